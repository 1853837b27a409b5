"""Text into clean values: an exam of a class."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form, MomentField
from lantoa.exams.actions.sittings import LONGEST
from lantoa.exams.models import Paper
from lantoa.exams.rules.clock import COUNTS, MOST_ATTEMPTS, STARTS, hours_of, wrong_hours
from lantoa.training.models import Assessment
from lantoa.training.rules.exams import PURPOSES


class ExamForm(Form):
    """What for, which paper, when, how long. Who sits it is said by the class."""

    purpose = forms.ChoiceField(
        label=_("What the exam is for"),
        choices=[(code, _(words)) for code, words in PURPOSES.items()],
        widget=forms.RadioSelect,
        help_text=_("A pre-test and a post-test are compared learner by learner."),
    )
    title = forms.CharField(label=_("Name of the exam"), max_length=300)
    paper = forms.ModelChoiceField(label=_("Exam paper"), queryset=Paper.objects.none(), to_field_name="key")
    assessment = forms.ModelChoiceField(
        label=_("Its result is the mark for"),
        queryset=Assessment.objects.none(),
        to_field_name="key",
        required=False,
        help_text=_(
            "Once the results are published, each learner's share of the points becomes the mark, and it counts for "
            "completing the class. Only for a post-test or a test that counts."
        ),
    )
    start = forms.ChoiceField(
        label=_("How it begins"),
        choices=[(code, _(words)) for code, words in STARTS.items()],
        widget=forms.RadioSelect,
        initial="button",
    )
    starts_at = MomentField(label=_("Begins at"), required=False)
    closes_at = MomentField(
        label=_("Ends at"), required=False, help_text=_("Only where each starts at a time of their own.")
    )
    minutes = forms.IntegerField(label=_("Minutes for the exam"), min_value=1, max_value=LONGEST)
    late_minutes = forms.IntegerField(
        label=_("How many minutes late answers are taken"),
        min_value=0,
        max_value=10 * LONGEST,
        initial=60,
        help_text=_("They are kept, and count only when you say so."),
    )

    attempts = forms.IntegerField(
        label=_("Attempts of a person, at most"),
        min_value=1,
        max_value=MOST_ATTEMPTS,
        initial=1,
        required=False,
        help_text=_("More than one only where each starts at a time of their own."),
    )
    counts = forms.ChoiceField(
        label=_("Which attempt counts"),
        choices=[(code, _(words)) for code, words in COUNTS.items()],
        widget=forms.RadioSelect,
        initial="best",
        required=False,
    )

    def __init__(self, *args: Any, papers: Any, assessments: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].queryset = papers  # type: ignore[attr-defined]
        self.fields["assessment"].queryset = assessments  # type: ignore[attr-defined]
        self.fields["assessment"].label_from_instance = lambda one: one.title  # type: ignore[attr-defined]
        self.fields["assessment"].empty_label = _("no mark of the class")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        values["attempts"], values["counts"] = values.get("attempts") or 1, values.get("counts") or "best"
        hours = values.pop("start", ""), values.get("starts_at"), values.get("closes_at")
        for name, words in wrong_hours(*hours, values["attempts"]):
            if name not in self.errors:
                self.add_error(name, gettext(words))
        return values | hours_of(*hours)
