"""Forms whose text arrives clean: NFC, trimmed, without the invisible characters that phones and Word leave."""

import unicodedata
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))

FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2200, 12, 31)  # beyond these a day is a slip of the hand


def likely(day: date) -> None:
    """Refuses a day that nobody can mean; what is reckoned from the others (the day after, its midnight) exists."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(
            _("The year must be between %(first)s and %(last)s"),
            code="unlikely",
            params={"first": str(FIRST_DAY.year), "last": str(LAST_DAY.year)},
        )


def tidy(value: Any) -> Any:
    """NFC text without invisible characters and with plain spaces; anything but text stays as it is."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).translate(INVISIBLE).replace("\u00a0", " ")
    if isinstance(value, list):
        return [tidy(item) for item in value]
    return value


class _TidyMixin:
    """Every text field of the form is tidied before it is cleaned; every day is a likely one."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField | forms.ChoiceField):
                field.to_python = _tidied(field.to_python)  # type: ignore[method-assign]
            if isinstance(field, forms.ModelChoiceField) and field.empty_label:
                field.empty_label = _("Choose …")  # Django writes nine hyphens
            if isinstance(field, forms.DateField):
                field.validators = [*field.validators, likely]


def _tidied(to_python: Any) -> Any:
    def to_tidy_python(value: Any) -> Any:
        return to_python(tidy(value))

    return to_tidy_python


class Form(_TidyMixin, forms.Form):
    """The house's form."""


class ModelForm(_TidyMixin, forms.ModelForm):  # type: ignore[type-arg]
    """The house's form over a table."""


class MomentField(forms.DateTimeField):
    """A day and an hour, as a browser asks for both at once."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        if moment is not None:
            likely(moment.date())
        return moment
