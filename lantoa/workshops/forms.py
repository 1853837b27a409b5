"""Text into clean values: a workshop."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form, MomentField
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.programmes.models import Programme
from lantoa.programmes.queries import unit_called, unit_in_words
from lantoa.workshops.models import Workshop
from lantoa.workshops.rules.words import LANGUAGES

CODE = RegexValidator(r"^[\w.\-/]+$", _("Use letters, digits, - . _ / and no spaces."))


class WorkshopForm(Form):
    """What a workshop is, who holds it and when."""

    code = forms.CharField(label=_("Code"), max_length=40, validators=[CODE], help_text=_("Short: ht-chuyen-doi-so"))
    name = forms.CharField(label=_("Name"), max_length=300)
    name_en = forms.CharField(label=_("Name in English"), max_length=300, required=False)
    unit = forms.CharField(
        label=_("Unit that holds it"),
        max_length=600,
        help_text=_("By its name on that day, the smallest first: Quận 9, Thành phố Hồ Chí Minh"),
    )
    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), to_field_name="key", required=False
    )
    begins = MomentField(label=_("Begins at"))
    ends = MomentField(label=_("Ends at"))
    dry_run_begins = MomentField(
        label=_("Dry run begins at"), required=False, help_text=_("When all sites try their technology together")
    )
    dry_run_ends = MomentField(label=_("Dry run ends at"), required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=[(code, _(words)) for code, words in LANGUAGES.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With two languages every text has a place for each."),
    )
    previous = forms.ModelChoiceField(
        label=_("The workshop before"),
        queryset=Workshop.objects.none(),
        to_field_name="key",
        required=False,
        help_text=_("Its sites can be carried over, and both are compared."),
    )
    stream_url = forms.CharField(
        label=_("Address of the stream"),
        max_length=500,
        required=False,
        help_text=_("An HLS address (https://….m3u8), or the link to the video system"),
    )

    def __init__(
        self, *args: Any, workshop: Workshop | None = None, programmes: Any, workshops: Any, **kwargs: Any
    ) -> None:
        if workshop is not None:
            kwargs["initial"] = values_of(workshop)
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes  # type: ignore[attr-defined]
        self.fields["previous"].queryset = (  # type: ignore[attr-defined]
            workshops.exclude(pk=workshop.pk) if workshop is not None else workshops
        )
        if workshop is not None:
            self.fields["unit"].disabled = True

    def clean_stream_url(self) -> str:
        """Over https only: a page served encrypted does not play another."""
        url: str = self.cleaned_data["stream_url"].strip()
        if url:
            URLValidator(schemes=["https"], message=_("The address of the stream begins with https://"))(url)
        return url

    def clean(self) -> dict[str, Any]:
        """The unit is found by its name on the first day; the end stands after the beginning."""
        values = super().clean() or {}
        begins, ends = values.get("begins"), values.get("ends")
        if begins and ends and ends <= begins:
            self.add_error("ends", _("The end is before the beginning."))
        first, last = values.get("dry_run_begins"), values.get("dry_run_ends")
        if bool(first) != bool(last) or (first and last and last <= first) or (last and begins and last > begins):
            self.add_error("dry_run_ends", _("A dry run has a beginning and an end, before the workshop."))
        if begins and values.get("unit"):
            try:
                values["owner"] = unit_called(values["unit"], on=begins.date())
            except Refused as reason:
                self.add_error("unit", ValidationError(say(reason)))
        return values

    def facts(self) -> dict[str, Any]:
        """The values that both making and changing take."""
        names = ("code", "name", "name_en", "programme", "begins", "ends", "languages", "previous", "stream_url")
        first, last = self.cleaned_data["dry_run_begins"], self.cleaned_data["dry_run_ends"]
        dry_run = DateTimeTZRange(first, last, "[)") if first and last else None
        return {**{name: self.cleaned_data[name] for name in names}, "dry_run": dry_run}


def values_of(workshop: Workshop) -> dict[str, Any]:
    """A workshop as its form shows it."""
    first = workshop.during.lower
    return {
        "code": workshop.code,
        "name": workshop.name,
        "name_en": workshop.name_en,
        "unit": unit_in_words(workshop.unit, on=first.date()),
        "programme": workshop.programme.key if workshop.programme else None,
        "begins": first,
        "ends": workshop.during.upper,
        "dry_run_begins": workshop.dry_run.lower if workshop.dry_run else None,
        "dry_run_ends": workshop.dry_run.upper if workshop.dry_run else None,
        "languages": workshop.languages,
        "previous": workshop.previous.key if workshop.previous else None,
        "stream_url": workshop.stream_url,
    }
