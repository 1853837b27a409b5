"""Forms whose text arrives clean: NFC, trimmed, without the invisible characters that phones and Word leave."""

import unicodedata
from typing import Any

from django import forms

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def tidy(value: Any) -> Any:
    """NFC text without invisible characters and with plain spaces; anything but text stays as it is."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).translate(INVISIBLE).replace("\u00a0", " ")
    if isinstance(value, list):
        return [tidy(item) for item in value]
    return value


class _TidyMixin:
    """Every text field of the form is tidied before it is cleaned."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.CharField | forms.ChoiceField):
                field.to_python = _tidied(field.to_python)  # type: ignore[method-assign]


def _tidied(to_python: Any) -> Any:
    def to_tidy_python(value: Any) -> Any:
        return to_python(tidy(value))

    return to_tidy_python


class Form(_TidyMixin, forms.Form):
    """The house's form."""


class ModelForm(_TidyMixin, forms.ModelForm):  # type: ignore[type-arg]
    """The house's form over a table."""
