"""Who interprets a workshop, and the words that interpreters agree on. See decision 0037."""

from django.db import models

from lantoa.common.models import Thing
from lantoa.workshops.models.workshop import Workshop


class Interpreter(Thing):
    """An account that may use the booth of a workshop without any role."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="interpreters")
    account = models.CharField(max_length=60)  # an actor's key
    named_by = models.CharField(max_length=60)
    named_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "account"], name="one_interpreter_of_an_account")]


class Term(Thing):
    """A word in both languages, as it is to be said in this workshop."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="terms")
    vi = models.CharField(max_length=200)
    en = models.CharField(max_length=200)
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "vi"], name="one_term_of_a_word")]
