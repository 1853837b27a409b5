"""Fields that the forms of the room share: a unit by its name, fields of work, a day, a code."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.models import Unit
from lantoa.programmes.models import Field
from lantoa.programmes.queries import fields_by_name, unit_called

CODE = RegexValidator(r"^[\w.\-/]+$", _("Use letters, digits, - . _ / and no spaces."))
UNIT_HELP = _("By its name, the smallest first: Phường Phước Long A, Quận 9")


class DayField(forms.DateField):
    """A day, typed 05/10/2020 or chosen from the browser's calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d", "%d/%m/%Y")


def field_choices() -> list[tuple[str, str]]:
    """The fields of work in the reader's language."""
    language = get_language() or "vi"
    return [(one.code, one.name_en if language.startswith("en") else one.name_vi) for one in fields_by_name(language)]


class UnitField(forms.CharField):
    """A unit by its name on a day. `allowed` says whether the reader may act for it."""

    def __init__(self, *, on: date, allowed: Callable[[Unit], bool] = lambda unit: True, **more: Any) -> None:
        super().__init__(max_length=600, help_text=UNIT_HELP, **more)
        self.on, self.allowed = on, allowed

    def clean(self, value: Any) -> Unit | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            unit = unit_called(text, on=self.on)
        except Refused as reason:
            raise ValidationError(say(reason)) from reason
        if not self.allowed(unit):
            raise ValidationError(_("You may not do this for that unit."))
        return unit


class FieldsField(forms.MultipleChoiceField):
    """Fields of work, ticked."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self) -> None:
        super().__init__(label=_("Fields of work"), required=False, choices=field_choices)

    def clean(self, value: Any) -> list[Field]:
        return list(Field.objects.filter(code__in=super().clean(value)))
