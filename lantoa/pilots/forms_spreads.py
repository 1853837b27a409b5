"""Text into clean values: spreads, their waves, and what a unit does."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.directory.models import Unit
from lantoa.pilots.forms_fields import DayField, UnitField
from lantoa.pilots.models import Playbook, Spread

FOUND_WORDS = {
    "as_written": _("as it is written"),
    "adapted": _("adapted"),
    "left_out": _("left out"),
}
ORDER_WORDS = {
    Spread.Order.DRAWN: _("Drawn by lot, so that the effect can be learned"),
    Spread.Order.LIST: _("As the list stands: the readiest first, then most trained people"),
}


class SpreadForm(Form):
    """Which playbook is carried to units, by which office."""

    playbook = forms.ModelChoiceField(label=_("Playbook"), queryset=Playbook.objects.none(), to_field_name="key")
    name = forms.CharField(label=_("Name"), max_length=200)

    def __init__(self, *args: Any, playbooks: Any, unit: UnitField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["playbook"].queryset = playbooks  # type: ignore[attr-defined]
        self.fields["unit"] = unit


class WaveForm(Form):
    """From which day, and for how many units."""

    starts_on = DayField(label=_("Begins on"))
    capacity = forms.IntegerField(label=_("Units at once"), min_value=1, max_value=5_000)


class SettleForm(Form):
    """How the order comes about."""

    order = forms.ChoiceField(label=_("Order"), choices=list(ORDER_WORDS.items()), widget=forms.RadioSelect)


class StepForm(Form):
    """A step done on a day."""

    step = forms.ChoiceField(label=_("Step"))
    day = DayField(label=_("Done on"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, *args: Any, steps: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = list(steps.items())  # type: ignore[attr-defined]


class CheckForm(Form):
    """For each step: done as it is written, adapted, or left out."""

    def __init__(self, *args: Any, steps: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["day"] = DayField(label=_("Looked at on"))
        for code, title in steps.items():
            self.fields[f"step-{code}"] = forms.ChoiceField(
                label=title, choices=list(FOUND_WORDS.items()), widget=forms.RadioSelect
            )
        self.fields["words"] = forms.CharField(
            label=_("What was seen at the unit"), max_length=1000, required=False, widget=forms.Textarea
        )

    def found(self) -> dict[str, str]:
        """By code of the step what was found."""
        return {
            name.removeprefix("step-"): value for name, value in self.cleaned_data.items() if name.startswith("step-")
        }


class ReasonForm(Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class HelpForm(Form):
    """What a unit asks the others."""

    step = forms.ChoiceField(label=_("Step"), required=False)
    text = forms.CharField(label=_("What you need help with"), max_length=1000, widget=forms.Textarea)

    def __init__(self, *args: Any, steps: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].choices = [("", _("None in particular")), *steps.items()]  # type: ignore[attr-defined]


class AnswerForm(Form):
    """An answer, and the unit that gives it."""

    helper = forms.ModelChoiceField(label=_("Unit that helps"), queryset=Unit.objects.none(), to_field_name="key")
    answer = forms.CharField(label=_("Answer"), max_length=1000, widget=forms.Textarea)

    def __init__(self, *args: Any, units: Any, names: Mapping[int, Mapping[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        helper: Any = self.fields["helper"]
        helper.queryset = units
        helper.label_from_instance = lambda unit: names[unit.pk]["name"]
