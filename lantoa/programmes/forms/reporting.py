"""Campaigns as people type them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.common.refused import Refused
from lantoa.common.vietnamese import fold
from lantoa.common.words import say
from lantoa.programmes.forms import DayField
from lantoa.programmes.forms.targets import UnitField
from lantoa.programmes.queries import unit_called
from lantoa.programmes.queries.reporting import APPROVED, LATE, MISSING, RETURNED, WAITING
from lantoa.programmes.rules.spans import Span, read_span

DUE_WORDS = {
    MISSING: _("not reported"),
    WAITING: _("waits for review"),
    RETURNED: _("returned"),
    APPROVED: _("approved"),
    LATE: _("late"),
}


class ReportingForm(Form):
    """A campaign: who asks, for which period, until when."""

    title = forms.CharField(label=_("Title"), max_length=300)
    unit = UnitField(label=_("The office that asks"))
    period = forms.CharField(label=_("Period"), max_length=20, help_text=_("2025, Q3/2025 or 09/2025"))
    due_on = DayField(label=_("Figures are due by"))

    def clean_period(self) -> Span:
        span = read_span(fold(self.cleaned_data["period"]))
        if span is None:
            raise ValidationError(_("A period is written 2025, Q3/2025 or 09/2025."))
        return span

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("unit") and values.get("due_on"):
            try:
                values["owner"] = unit_called(values["unit"], on=values["due_on"])
            except Refused as reason:
                self.add_error("unit", say(reason))
        return values


class DeadlineForm(Form):
    """Another last day."""

    due_on = DayField(label=_("Figures are due by"))


class DuesForm(Form):
    """Which figures of a campaign to show."""

    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All")), *DUE_WORDS.items()])
    text = forms.CharField(label=_("Unit or target"), required=False, max_length=100)


class FiguresFileForm(Form):
    """The sheet of a campaign, filled in."""

    file = forms.FileField(
        label=_("The sheet that was filled in (.xlsx, .xls, .ods or .csv)"),
        error_messages={"required": _("Choose a file")},
    )
