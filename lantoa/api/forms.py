"""What administrators type about other systems."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.api.rules.dictionary import ROOM_WORDS
from lantoa.api.rules.events import EVENTS
from lantoa.api.rules.scopes import CALLS_A_MINUTE, LONGEST_DAYS, MOST_CALLS_A_MINUTE, SCOPES
from lantoa.common.forms import Form
from lantoa.directory.permissions import PERMISSIONS


class TokenForm(Form):
    """A token for another system. `scopes` are those the reader may give."""

    name = forms.CharField(
        label=_("Name of the system"), max_length=80, error_messages={"required": _("Enter the name of the system")}
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one")},
    )
    last_day = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("At most a year from now; a new token can be issued before that."),
        error_messages={"required": _("Enter the last day")},
    )
    calls_a_minute = forms.IntegerField(
        label=_("Calls a minute at most"), min_value=1, max_value=MOST_CALLS_A_MINUTE, initial=CALLS_A_MINUTE
    )

    def __init__(self, *args: Any, today: date, scopes: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["scopes"]
        assert isinstance(choices, forms.MultipleChoiceField)
        choices.choices = [(scope, _(PERMISSIONS[scope])) for scope in SCOPES if scope in scopes]
        self._today = today

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        latest = self._today + timedelta(days=LONGEST_DAYS - 1)
        if not self._today <= day <= latest:
            raise forms.ValidationError(
                _("The last day must lie between %(first)s and %(latest)s"),
                params={"first": f"{self._today:%d/%m/%Y}", "latest": f"{latest:%d/%m/%Y}"},
            )
        return day


class SubscriptionForm(Form):
    """Another system that wants to be told."""

    name = forms.CharField(
        label=_("Name of the system"), max_length=80, error_messages={"required": _("Enter the name of the system")}
    )
    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Begins with https://; the receiver must answer within ten seconds."),
        error_messages={"required": _("Enter the address")},
    )
    events = forms.MultipleChoiceField(
        label=_("What it is told of"),
        widget=forms.CheckboxSelectMultiple,
        choices=[(name, _(words)) for name, words in EVENTS.items()],
        error_messages={"required": _("Choose at least one")},
    )


class FindUnitForm(Form):
    """For which unit a token is wanted."""

    unit = forms.CharField(label=_("Unit"), max_length=300, required=False)


class ExportForm(Form):
    """A room to be taken away as a file; `formats` are those that can be written here."""

    room = forms.ChoiceField(
        label=_("What"),
        widget=forms.RadioSelect,
        choices=[(room, _(words)) for room, words in ROOM_WORDS.items()],
        error_messages={"required": _("Choose what is to be taken")},
    )
    format = forms.ChoiceField(
        label=_("Written as"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it is written")},
    )
    unit = forms.CharField(
        label=_("Unit"),
        max_length=300,
        required=False,
        help_text=_("Left empty, it is your own. Such as: Phường Phước Long A, Quận 9"),
    )

    def __init__(self, *args: Any, formats: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = self.fields["format"]
        assert isinstance(choices, forms.ChoiceField)
        choices.choices = [(name, FORMAT_WORDS[name]) for name in formats]
        choices.initial = formats[0]


FORMAT_WORDS = {"csv": _("CSV, for spreadsheets"), "parquet": _("Parquet, for analysis")}
