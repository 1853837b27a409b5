"""Text into clean values."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.programmes.models import Partner, Programme
from lantoa.programmes.queries import fields_by_name, unit_called, unit_in_words
from lantoa.programmes.rules import BEFORE, OVER, RUNNING, last_day

ROLE_WORDS = {
    Partner.Role.HOST: _("Host"),
    Partner.Role.TEACHING: _("Teaching"),
    Partner.Role.PARTNER: _("Partner"),
    Partner.Role.DONOR: _("Donor"),
}
STAGE_WORDS = {BEFORE: _("Not begun"), RUNNING: _("Running"), OVER: _("Over")}
CODE = RegexValidator(r"^[\w.\-/]+$", _("Use letters, digits, - . _ / and no spaces."))


class DayField(forms.DateField):
    """A day, typed 05/10/2020 or chosen from the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d", "%d/%m/%Y")


def field_choices() -> list[tuple[str, str]]:
    """The fields of work in the reader's language."""
    english = (get_language() or "vi").startswith("en")
    return [(one.code, one.name_en if english else one.name_vi) for one in fields_by_name(get_language() or "vi")]


class FindForm(Form):
    """Which programmes to show."""

    text = forms.CharField(label=_("Name, code or decision"), required=False, max_length=100)
    field = forms.ChoiceField(label=_("Field of work"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=[("", _("All")), *STAGE_WORDS.items()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["field"].choices = [("", _("All")), *field_choices()]  # type: ignore[attr-defined]


class ProgrammeForm(Form):
    """The mandate of a programme."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        validators=[CODE],
        help_text=_("A short name for files and lists: quan-9-2020"),
    )
    name = forms.CharField(label=_("Name"), max_length=300)
    unit = forms.CharField(
        label=_("Owner"),
        max_length=600,
        help_text=_("The unit by its name on the first day, the smallest first: Quận 9, Thành phố Hồ Chí Minh"),
    )
    first = DayField(label=_("First day"))
    last = DayField(label=_("Last day"))
    audience = forms.CharField(label=_("For whom"), max_length=300, required=False)
    fields_of_work = forms.MultipleChoiceField(
        label=_("Fields of work"), required=False, widget=forms.CheckboxSelectMultiple
    )
    number = forms.CharField(
        label=_("Decision: number"), max_length=60, required=False, help_text=_("As written on it: 2393/QĐ-UBND")
    )
    issued_on = DayField(label=_("Decision: date"), required=False)
    issuer = forms.CharField(label=_("Decision: issued by"), max_length=200, required=False)
    title = forms.CharField(label=_("Decision: title"), max_length=500, required=False)

    def __init__(self, *args: Any, programme: Programme | None = None, **kwargs: Any) -> None:
        if programme is not None:
            kwargs["initial"] = values_of(programme)
        super().__init__(*args, **kwargs)
        self.fields["fields_of_work"].choices = field_choices()  # type: ignore[attr-defined]
        if programme is not None:
            self.fields["code"].disabled = True

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        first, last = values.get("first"), values.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first day."))
        if first and values.get("unit"):
            values["owner"] = self._owner(values["unit"], first)
        said = [name for name in ("number", "issued_on", "issuer", "title") if values.get(name)]
        if said:
            for name in ("number", "issued_on", "issuer", "title"):
                if not values.get(name) and name not in self.errors:
                    self.add_error(name, _("A decision has a number, a date, an issuer and a title."))
        return values

    def _owner(self, text: str, on: date) -> Any:
        try:
            return unit_called(text, on=on)
        except Refused as reason:
            self.add_error("unit", ValidationError(say(reason)))
            return None


def values_of(programme: Programme) -> dict[str, Any]:
    """A programme as its form shows it."""
    first = programme.period.lower
    decision = programme.decision
    return {
        "code": programme.code,
        "name": programme.name,
        "unit": unit_in_words(programme.unit, on=first),
        "first": first,
        "last": last_day(programme.period.upper),
        "audience": programme.audience,
        "fields_of_work": list(programme.fields.values_list("code", flat=True)),
        "number": decision.number if decision else "",
        "issued_on": decision.issued_on if decision else None,
        "issuer": decision.issuer if decision else "",
        "title": decision.title if decision else "",
    }


class PartnerForm(Form):
    """A partner more."""

    name = forms.CharField(label=_("Name of the partner"), max_length=200)
    role = forms.ChoiceField(label=_("Takes part as"), choices=list(ROLE_WORDS.items()))
