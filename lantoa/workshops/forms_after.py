"""Text into clean values: the head of the minutes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.workshops.queries.minutes import Head


class HeadForm(Form):
    """Who issues the minutes, who chaired, who wrote."""

    issuer = forms.CharField(label=_("Issuing body"), max_length=200)
    superior = forms.CharField(label=_("Superior body"), max_length=200, required=False)
    code = forms.CharField(label=_("Abbreviation in the code"), help_text=_("UBND in 05/BB-UBND"), max_length=20)
    place = forms.CharField(label=_("Place"), max_length=80)
    chair = forms.CharField(label=_("Chair"), max_length=100)
    secretary = forms.CharField(label=_("Secretary"), max_length=100)

    @property
    def head(self) -> Head:
        """The values, cleaned."""
        return Head(**{name: self.cleaned_data[name] for name in self.fields})


class CreditForm(Form):
    """Which meeting of a class the workshop was."""

    meeting = forms.ChoiceField(label=_("Meeting of a class"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, meetings: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meeting"].choices = list(meetings)  # type: ignore[attr-defined]


class ConclusionForm(Form):
    """What was concluded; with a unit and a day it is a task."""

    text = forms.CharField(label=_("Conclusion, or what is to be done"), max_length=1000, widget=forms.Textarea)
    text_en = forms.CharField(label=_("The same in English"), max_length=1000, required=False, widget=forms.Textarea)
    unit = forms.CharField(
        label=_("Unit that is to do it"),
        max_length=600,
        required=False,
        help_text=_("By its name, the smallest first: Phường Hiệp Phú, Thành phố Hồ Chí Minh"),
    )
    due_on = forms.DateField(
        label=_("To be done by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class OutcomeForm(Form):
    """What came of a task."""

    outcome = forms.CharField(label=_("What came of it"), max_length=1000, widget=forms.Textarea)
