"""Who sits where: what a participant's votes are counted under."""

from typing import ClassVar

from django.db import models

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person
from lantoa.directory.rules.merging import Merging
from lantoa.workshops.models.site import Site
from lantoa.workshops.models.workshop import Workshop


class Place(Thing):
    """The site at which a person takes part in a workshop, as they say themselves."""

    merging: ClassVar = Merging(N_("sites of workshops at which people took part"), clash="aside")

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="places")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="workshop_places")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="places")
    taken_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "person"], name="one_place_a_person")]
