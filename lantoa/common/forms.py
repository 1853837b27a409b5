"""Forms whose text arrives clean: NFC, trimmed, without the invisible characters that phones and Word leave."""

import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from lantoa.common.figures import AMBIGUOUS, Ambiguous, read_figure, typed
from lantoa.common.likely import FIRST_DAY, LAST_DAY

# What nobody sees: joiners, marks that turn the direction of writing, control characters but tab and new line. (A NUL
# is left for Django to refuse.)
INVISIBLE = dict.fromkeys(
    [*map(ord, "\u00ad\u061c\ufeff"), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A)]
    + [*range(0x01, 0x09), *range(0x0B, 0x0D), *range(0x0E, 0x20), *range(0x7F, 0xA0)]
)


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


class NumberField(forms.DecimalField):
    """A number as people write it, the same in every language (`read_figure`): a comma never vanishes, nothing is
    guessed. `decimal_places=0` is a whole number."""

    widget = forms.TextInput
    default_error_messages = {
        "ambiguous": _(AMBIGUOUS),
        "max_decimal_places": _("“%(value)s” has too many digits after the comma: at most %(max)s are kept."),
    }

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value:
            try:
                return read_figure(tidy(value), whole=self.decimal_places == 0)
            except Ambiguous as error:
                raise ValidationError(
                    self.error_messages["ambiguous"], code="ambiguous", params={"value": value}
                ) from error
            except ValueError as error:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int | Decimal) or isinstance(value, bool):
            return value
        if self.decimal_places == 0:
            return f"{value:,.0f}".replace(",", get_format("THOUSAND_SEPARATOR"))
        return typed(value).replace(",", get_format("DECIMAL_SEPARATOR"))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "inputmode": "numeric" if self.decimal_places == 0 else "decimal"}


# What is wrong with a value, naming the field and the value, where the field has no words of its own for it.
SAID: dict[str, Any] = {
    "required": _("Fill in “{field}”"),
    "min_value": _("“{field}” cannot be less than %(limit_value)s; %(show_value)s was entered"),
    "max_value": _("“{field}” cannot be more than %(limit_value)s; %(show_value)s was entered"),
    "max_length": _("“{field}” holds at most %(limit_value)d letters; %(show_value)d were entered"),
    "min_length": _("“{field}” needs at least %(limit_value)d letters; %(show_value)d were entered"),
    "invalid_choice": _("Choose “{field}” from the list: “%(value)s” is not in it"),
}
UNREADABLE: dict[type[forms.Field], Any] = {
    forms.DateTimeField: _("“{field}” is a day and an hour, like 05/10/2026 13:30"),
    forms.DateField: _("“{field}” is a day, like 05/10/2026"),
    forms.TimeField: _("“{field}” is an hour, like 13:30"),
    forms.DecimalField: _("“{field}” is a number"),
    forms.IntegerField: _("“{field}” is a whole number"),  # above it: a DecimalField is one, too
    forms.EmailField: _("“{field}” is an e-mail address, like an@xa.gov.vn"),
}


def _naming(words: str, field: forms.Field, name: str, *, has_values: bool) -> str:
    label = str(field.label or name.replace("_", " "))
    return str(words).replace("{field}", label.replace("%", "%%") if has_values else label)


_naming_lazy = lazy(_naming, str)


def _speak_for_the_house(name: str, field: forms.Field) -> None:
    """Gives a field the house's words wherever it would use the framework's."""
    usual: dict[str, Any] = {}
    for one in reversed(type(field).__mro__):
        usual |= getattr(one, "default_error_messages", {})
    ours = dict(SAID)
    if words := next((words for kind, words in UNREADABLE.items() if isinstance(field, kind)), None):
        ours["invalid"] = words
    for code, words in ours.items():
        if field.error_messages.get(code) is usual.get(code):
            field.error_messages[code] = _naming_lazy(
                words, field, name, has_values=code not in ("required", "invalid")
            )


class _TidyMixin:
    """Every text field of the form is tidied before it is cleaned; every day is a likely one; what is wrong is said
    in the house's words."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            _speak_for_the_house(name, field)
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
