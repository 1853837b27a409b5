"""What is typed at the privacy desk and on one's own page, made into clean values."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.office.forms import DateInput
from lantoa.office.models import Consent, DataRequest, Purpose
from lantoa.office.queries.privacy_papers import Head

KINDS = {
    DataRequest.Kind.SEE: _("See the data, get a copy"),
    DataRequest.Kind.CORRECT: _("Correct the data"),
    DataRequest.Kind.DELETE: _("Delete the data"),
    DataRequest.Kind.RESTRICT: _("Restrict the use"),
    DataRequest.Kind.OBJECT: _("Object to the use, withdraw consent"),
}
STATES = {
    DataRequest.State.RECEIVED: _("received"),
    DataRequest.State.ANSWERED: _("being done"),
    DataRequest.State.DONE: _("done"),
    DataRequest.State.REFUSED: _("refused"),
    DataRequest.State.TAKEN_BACK: _("taken back by the person"),
}
GROUNDS = {
    Purpose.Ground.CONSENT: _("consent of the person"),
    Purpose.Ground.STATE_FUNCTION: _("function of a state body (without consent)"),
    Purpose.Ground.LEGAL_DUTY: _("duty by law"),
    Purpose.Ground.CONTRACT: _("contract"),
    Purpose.Ground.EMERGENCY: _("emergency"),
}
CHANNELS = {Consent.Channel.PAPER: _("on paper"), Consent.Channel.SPOKEN: _("by word of mouth, by telephone")}


def _asks(words: Any) -> dict[str, Any]:
    return {"required": words}


def moment(label: Any) -> forms.DateTimeField:
    """A moment, as the browser's own field."""
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M"],
        error_messages={
            "required": _("Enter day and hour"),
            "invalid": _("Enter day and hour, like 05/10/2026 13:30"),
        },
    )


def long_text(label: Any, *, required: bool = True, limit: int = 4000) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=limit,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=_asks(_("Write it down")),
    )


class OwnRequestForm(Form):
    """A person's own request."""

    kind = forms.ChoiceField(
        label=_("What do you ask for?"),
        choices=list(KINDS.items()),
        widget=forms.RadioSelect,
        error_messages=_asks(_("Choose what you ask for")),
    )
    words = long_text(_("In your own words"), required=False)


class RequestForm(OwnRequestForm):
    """A request that came on paper or by word of mouth."""

    channel = forms.ChoiceField(
        label=_("How it came"), choices=list(CHANNELS.items()), error_messages=_asks(_("Choose how it came"))
    )
    received = forms.DateField(
        label=_("Received on"),
        widget=DateInput(),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages=_asks(_("Enter the day it came")),
    )


class ReasonForm(Form):
    """A reason, or what was done."""

    words = forms.CharField(label=_("What was done, or why not"), max_length=500, required=False)


class HeadForm(Form):
    """Who issues a paper and who signs it."""

    issuer = forms.CharField(
        label=_("Issuing body"), max_length=200, error_messages=_asks(_("Enter the issuing body"))
    )
    superior = forms.CharField(label=_("Superior body"), max_length=200, required=False)
    code = forms.CharField(
        label=_("Abbreviation in the code"),
        help_text=_("UBND in 05/TB-UBND"),
        max_length=20,
        error_messages=_asks(_("Enter the abbreviation")),
    )
    place = forms.CharField(label=_("Place"), max_length=80, error_messages=_asks(_("Enter the place")))
    post = forms.CharField(
        label=_("Post of the signer"), max_length=200, error_messages=_asks(_("Enter the post of the signer"))
    )
    signer = forms.CharField(label=_("Name of the signer"), max_length=100, error_messages=_asks(_("Enter the name")))

    @property
    def head(self) -> Head:
        """The values, cleaned."""
        return Head(**{name: self.cleaned_data[name] for name in self.fields})


class TextForm(Form):
    """What people read about a purpose, in both languages."""

    title_vi = forms.CharField(
        label=_("Title (Vietnamese)"), max_length=200, error_messages=_asks(_("Write it down"))
    )
    text_vi = long_text(_("Text (Vietnamese)"))
    title_en = forms.CharField(label=_("Title (English)"), max_length=200, error_messages=_asks(_("Write it down")))
    text_en = long_text(_("Text (English)"))

    @property
    def titles(self) -> tuple[str, str]:
        """(Vietnamese, English)."""
        return self.cleaned_data["title_vi"], self.cleaned_data["title_en"]

    @property
    def texts(self) -> tuple[str, str]:
        """(Vietnamese, English)."""
        return self.cleaned_data["text_vi"], self.cleaned_data["text_en"]


class PurposeForm(TextForm):
    """A purpose of the register."""

    code = forms.SlugField(
        label=_("Short name"),
        max_length=40,
        error_messages={**_asks(_("Enter a short name")), "invalid": _("Letters, digits and hyphens only")},
    )
    ground = forms.ChoiceField(
        label=_("Legal ground"), choices=list(GROUNDS.items()), error_messages=_asks(_("Choose the legal ground"))
    )
    basis = forms.CharField(
        label=_("Legal basis"), max_length=300, error_messages=_asks(_("Name the article or the decision"))
    )
    data = forms.CharField(  # type: ignore[assignment]
        label=_("Which data"), max_length=300, error_messages=_asks(_("Say which data"))
    )
    recipients = forms.CharField(label=_("Who receives them"), max_length=300, required=False)
    kept_for = forms.CharField(label=_("Kept for"), max_length=200, required=False)
    field_order = ("code", "ground", "basis", "data", "recipients", "kept_for")


class RetentionForm(Form):
    """For how many days, and why."""

    days = forms.IntegerField(
        label=_("Kept for (days)"), min_value=1, max_value=3650, error_messages=_asks(_("Enter the number of days"))
    )
    why = forms.CharField(label=_("Why"), max_length=300, error_messages=_asks(_("Say why")))


class BreachForm(Form):
    """What is known of a breach."""

    title = forms.CharField(
        label=_("What it is, in a few words"), max_length=200, error_messages=_asks(_("Write it down"))
    )
    detected_at = moment(_("Detected at"))
    happened = forms.CharField(label=_("When and where it happened"), max_length=300, required=False)
    what = long_text(_("What happened"))
    data = forms.CharField(  # type: ignore[assignment]
        label=_("Which data"), max_length=500, error_messages=_asks(_("Say which data"))
    )
    people = forms.IntegerField(
        label=_("How many people"),
        help_text=_("Leave empty while it is not known."),
        required=False,
        min_value=0,
        max_value=2_000_000_000,
    )
    effects = long_text(_("What may come of it"), required=False)
    measures = long_text(_("What was done"), required=False)
    must_report = forms.BooleanField(
        label=_("It may harm security, order, life, health, honour, dignity or property: the authority must be told"),
        required=False,
    )


class ReportForm(Form):
    """That the authority was told."""

    reported_at = moment(_("Sent at"))
    late_reason = forms.CharField(label=_("Why late, if it is"), max_length=300, required=False)
