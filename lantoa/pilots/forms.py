"""Text into clean values: pain points and pilots."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form, NumberField
from lantoa.directory.models import Unit
from lantoa.pilots.forms_fields import CODE, DayField, FieldsField, UnitField, field_choices
from lantoa.pilots.models import Measure, PainPoint, Pilot

DIRECTION_WORDS = {Measure.Direction.UP: _("Higher is better"), Measure.Direction.DOWN: _("Lower is better")}
OUTCOME_WORDS = {
    Pilot.Outcome.SPREAD: _("Spread it"),
    Pilot.Outcome.ADAPT: _("Adapt it"),
    Pilot.Outcome.STOP: _("Stop it"),
}
ORDER_WORDS = {
    "votes": _("Most votes first"),
    "people": _("Most people hit first"),
    "feasibility": _("Most feasible first"),
    "cost": _("Cheapest first"),
    "newest": _("Newest first"),
}
STAGE_WORDS = {
    "planned": _("being planned"),
    "waiting": _("fixed, not begun"),
    "running": _("running"),
    "undecided": _("over, not decided"),
    "decided": _("decided"),
}


class FindPainForm(Form):
    """Which pain points to show, and in which order."""

    text = forms.CharField(label=_("Words in it"), required=False, max_length=100)
    field = forms.ChoiceField(label=_("Field of work"), required=False)
    order = forms.ChoiceField(label=_("Order"), required=False, choices=list(ORDER_WORDS.items()))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [("", _("All")), *field_choices()]  # type: ignore[attr-defined]


class FindPilotForm(Form):
    """Which pilots to show."""

    text = forms.CharField(label=_("Words in it"), required=False, max_length=100)
    field = forms.ChoiceField(label=_("Field of work"), required=False)
    show = forms.ChoiceField(label=_("Stage"), required=False, choices=[("", _("All")), *STAGE_WORDS.items()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [("", _("All")), *field_choices()]  # type: ignore[attr-defined]


class PainForm(Form):
    """A pain point in the office's words."""

    title = forms.CharField(label=_("What hurts, in one line"), max_length=200)
    text = forms.CharField(
        label=_("In more words"),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text=_("Whom it hits, how often, what it costs them. No names of people."),
    )

    def __init__(self, *args: Any, on: date, allowed: Callable[[Unit], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitField(label=_("Whose pain it is"), on=on, allowed=allowed)
        self.fields["fields_of_work"] = FieldsField()


class WeighForm(Form):
    """What a pain point weighs, and why."""

    people = forms.IntegerField(label=_("People hit"), min_value=0, max_value=100_000_000)
    cost = NumberField(label=_("Cost of solving it, in đồng"), min_value=0, max_digits=15, decimal_places=0)
    feasibility = forms.TypedChoiceField(
        label=_("How feasible"),
        coerce=int,
        choices=[(5, _("5: at once")), (4, "4"), (3, "3"), (2, "2"), (1, _("1: hardly"))],
    )
    reason = forms.CharField(label=_("What the figures rest on"), max_length=1000, widget=forms.Textarea)


class MergeForm(Form):
    """Into which other pain point, and why."""

    into = forms.ModelChoiceField(label=_("Says the same as"), queryset=PainPoint.objects.none(), to_field_name="key")
    reason = forms.CharField(label=_("Why the two are one"), max_length=300)

    def __init__(self, *args: Any, others: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = others  # type: ignore[attr-defined]


class OpenForm(Form):
    """To whom a pain point is opened for votes."""

    def __init__(self, *args: Any, on: date, allowed: Callable[[Unit], bool], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"] = UnitField(
            label=_("Everybody in this unit and under it may read it and vote"),
            required=False,
            on=on,
            allowed=allowed,
        )


class PilotForm(Form):
    """The plan of a pilot."""

    code = forms.CharField(label=_("Code"), max_length=40, validators=[CODE])
    name = forms.CharField(label=_("Name"), max_length=200)
    problem = forms.CharField(label=_("Problem"), max_length=2000, widget=forms.Textarea)
    hypothesis = forms.CharField(
        label=_("Hypothesis"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("If we do this, then that changes, because …"),
    )
    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"), help_text=_("A pilot lasts three to six months."))
    budget = NumberField(label=_("Budget, in đồng"), min_value=0, max_digits=15, decimal_places=0, required=False)
    paid_by = forms.CharField(label=_("Paid by"), max_length=200, required=False)

    def __init__(
        self, *args: Any, on: date, allowed: Callable[[Unit], bool], is_new: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = UnitField(label=_("Owner"), on=on, allowed=allowed)
        self.fields["fields_of_work"] = FieldsField()
        if not is_new:
            del self.fields["code"]


class MeasureForm(Form):
    """What is measured, and the baseline, which may be entered at once."""

    name = forms.CharField(label=_("What is measured"), max_length=200)
    counted_in = forms.CharField(label=_("Counted in"), max_length=40, help_text=_("%, households, minutes …"))
    direction = forms.ChoiceField(label=_("What is better"), choices=list(DIRECTION_WORDS.items()))
    every = forms.IntegerField(
        label=_("Measured every so many days"), min_value=1, max_value=92, help_text=_("7 is weekly, 30 monthly.")
    )
    goal = NumberField(label=_("Goal"), max_digits=15, decimal_places=2, required=False)


class ReadingForm(Form):
    """A value on a day."""

    value = NumberField(label=_("Value"), max_digits=15, decimal_places=2)
    day = DayField(label=_("Measured on"))
    how = forms.CharField(
        label=_("How it was measured"), max_length=300, required=False, help_text=_("A document, a count, a survey")
    )


class CorrectForm(Form):
    """Another value for the same day, and why."""

    value = NumberField(label=_("Right value"), max_digits=15, decimal_places=2)
    reason = forms.CharField(label=_("Why it is corrected"), max_length=300)


class GateForm(Form):
    """A day and the criterion asked on it."""

    day = DayField(label=_("Day of the gate"))
    criterion = forms.CharField(label=_("Criterion"), max_length=500, widget=forms.Textarea)
    measure = forms.ModelChoiceField(
        label=_("Measure that tells"), queryset=Measure.objects.none(), to_field_name="key", required=False
    )
    bound = NumberField(label=_("It must reach"), max_digits=15, decimal_places=2, required=False)

    def __init__(self, *args: Any, pilot: Pilot, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["measure"]
        choices.queryset = pilot.measures.order_by("position")
        choices.label_from_instance = lambda measure: measure.name


class DecideGateForm(Form):
    """Whether the criterion was met, and what was seen."""

    passed = forms.TypedChoiceField(
        label=_("Is the criterion met?"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    words = forms.CharField(label=_("What was found at the gate"), max_length=1000, widget=forms.Textarea)


class DecidePilotForm(Form):
    """The decision at the end, with its record."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=list(OUTCOME_WORDS.items()), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("What the decision rests on"), max_length=2000, widget=forms.Textarea)
    number = forms.CharField(label=_("Decision: number"), max_length=60, required=False)
    issued_on = DayField(label=_("Decision: date"), required=False)
    issuer = forms.CharField(label=_("Decision: issued by"), max_length=200, required=False)
    title = forms.CharField(label=_("Decision: title"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        names = ("number", "issued_on", "issuer", "title")
        if any(values.get(name) for name in names):
            for name in names:
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _("A decision has a number, a date, an issuer and a title."))
        return values
