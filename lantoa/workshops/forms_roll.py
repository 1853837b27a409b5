"""What somebody says of a site, by an ordinary form."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.workshops.rules.roll import ABSENT, MOST_PEOPLE, STATES, Report

TOO_MANY_NAMED = _("Leaders and guests together are more than the people here.")


class ReportForm(forms.Form):
    """How many are here. Which of the buttons was pressed says the rest."""

    people = forms.IntegerField(
        label=_("How many people are here"), min_value=0, max_value=MOST_PEOPLE, required=False
    )
    leaders = forms.IntegerField(label=_("of whom leaders"), min_value=0, max_value=MOST_PEOPLE, required=False)
    guests = forms.IntegerField(label=_("of whom guests"), min_value=0, max_value=MOST_PEOPLE, required=False)
    state = forms.ChoiceField(choices=[(name, name) for name in STATES], widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.errors:
            return data
        if data["state"] == ABSENT:
            return data | {"people": 0, "leaders": 0, "guests": 0}
        if data["people"] is None:
            self.add_error("people", _("Enter how many people are here. 0 if there is nobody yet."))
        elif (data["leaders"] or 0) + (data["guests"] or 0) > data["people"]:
            self.add_error("people", TOO_MANY_NAMED)
        return data

    def report(self, nonce: str) -> Report:
        """As a value. Valid forms only."""
        data = self.cleaned_data
        return Report(data["state"], data["people"], data["leaders"] or 0, data["guests"] or 0, nonce)


class AnswerForm(forms.Form):
    """What the site whose turn it is has said. Which of the buttons was pressed says how it is there."""

    people = forms.IntegerField(
        label=_("How many people, if they have said so"), min_value=0, max_value=MOST_PEOPLE, required=False
    )
    state = forms.ChoiceField(choices=[("", ""), *((name, name) for name in STATES)], required=False)


class EnterForm(ReportForm):
    """What the desk enters: the state is chosen, and a correction says why."""

    state = forms.ChoiceField(
        label=_("The site is"), choices=[(name, _(words)) for name, words in STATES.items()], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("Why it is corrected"),
        help_text=_("Needed where something was reported before, for instance: told by telephone."),
        max_length=300,
        required=False,
    )
