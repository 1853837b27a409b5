"""Text into clean values: a playbook written in forms, its head and part by part."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.pilots.forms_fields import CODE as CODE_RULE
from lantoa.pilots.forms_fields import FieldsField, UnitField
from lantoa.pilots.rules.playbook import Book, Item, Part
from lantoa.pilots.rules.playbook.model import CHOICE, CODE, PROSE, WHOLE, Key
from lantoa.pilots.rules.playbook.reading import LONGEST_HEAD, LONGEST_LINE

BLANK: Final = 2  # rows to write something new into
KEY_WORDS: Final = {
    "what": _("What"),
    "value": _("Value"),
    "code": _("Code"),
    "title": _("Title"),
    "text": _("Text"),
    "week": _("Begins in week"),
    "weeks": _("Takes weeks"),
    "who": _("Who"),
    "count": _("How many"),
    "task": _("Task"),
    "amount": _("Amount"),
    "course": _("Code of the course"),
    "for_whom": _("For whom"),
    "dong": _("In đồng"),
    "when": _("How often"),
    "instead": _("What to do instead"),
    "name": _("Name"),
    "counted_in": _("Counted in"),
    "direction": _("Direction"),
    "every_days": _("Every so many days"),
    "evidence": _("How sure it is"),
    "source": _("Source"),
}
CHOICE_WORDS: Final = {
    "verified": _("checked"),
    "found": _("from a named source"),
    "known": _("known to the author"),
    "invented": _("made up"),
    "up": _("Higher is better"),
    "down": _("Lower is better"),
    "once": _("once"),
    "monthly": _("monthly"),
    "yearly": _("yearly"),
}


class NewPlaybookForm(Form):
    """The beginning of a playbook: whose it is, what it is called, and its first step."""

    code = forms.CharField(label=_("Code"), max_length=40, validators=[CODE_RULE])
    title = forms.CharField(label=_("Title"), max_length=LONGEST_HEAD)
    step = forms.CharField(label=_("First step"), max_length=LONGEST_LINE)

    def __init__(self, *args: Any, unit: UnitField, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"] = unit
        self.order_fields(["unit", "code", "title", "step"])


class _OfVersion(Form):
    """A form that knows which version it was opened on."""

    was = forms.IntegerField(widget=forms.HiddenInput)


class HeadForm(_OfVersion):
    """What stands above the parts."""

    title = forms.CharField(label=_("Title"), max_length=LONGEST_HEAD)
    summary = forms.CharField(label=_("Summary"), max_length=5_000, required=False, widget=forms.Textarea)
    origin = forms.CharField(label=_("Where it was tried"), max_length=LONGEST_LINE, required=False)
    months = forms.IntegerField(label=_("How many months"), min_value=1, max_value=60, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fields_of_work"] = FieldsField()

    def clean_summary(self) -> str:
        """Line ends as a file has them."""
        return str(_plain(self.cleaned_data["summary"]))


class PartForm(_OfVersion):
    """The items of one part, and two empty ones; an item whose every field is emptied is taken out."""

    def __init__(self, *args: Any, part: Part, book: Book, **kwargs: Any) -> None:
        items = book.items(part.name)
        initial = {f"{place}-{key}": value for place, item in enumerate(items) for key, value in item.items()}
        super().__init__(*args, initial={**initial, **kwargs.pop("initial", {})}, **kwargs)
        self.part = part
        self.places = range(len(items) + BLANK)
        for place in self.places:
            for key in part.keys:
                self.fields[f"{place}-{key.name}"] = _field(key)

    def rows(self) -> list[list[tuple[Any, bool]]]:
        """The fields of each item, and whether an item cannot be without it."""
        return [[(self[f"{place}-{key.name}"], key.needed) for key in self.part.keys] for place in self.places]

    def clean(self) -> dict[str, Any]:
        """`items`: what is written, in order. Whatever is begun needs what its part asks for."""
        values = super().clean() or {}
        found: list[Item] = []
        for place in self.places:
            said = {key.name: values.get(f"{place}-{key.name}") for key in self.part.keys}
            item = {name: _plain(value) for name, value in said.items() if value not in (None, "")}
            if not item:
                continue
            for key in self.part.keys:
                if key.needed and key.name not in item and not self.errors.get(f"{place}-{key.name}"):
                    words = gettext("Enter “%(label)s”, or empty the whole item to take it out")
                    self.add_error(
                        f"{place}-{key.name}", ValidationError(words % {"label": str(KEY_WORDS[key.name])})
                    )
            found.append(item)
        if self.part.needed and not found:
            self.add_error(None, ValidationError(gettext("At least one is needed here.")))
        values["items"] = tuple(found)
        return values


def _plain(value: Any) -> Any:
    """Line ends as a file has them."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _field(key: Key) -> forms.Field:
    label = KEY_WORDS[key.name]
    if key.kind == WHOLE:
        return forms.IntegerField(label=label, min_value=0, max_value=10**12, required=False)
    if key.kind == CHOICE:
        choices = [("", _("Choose …")), *((one, CHOICE_WORDS[one]) for one in key.choices)]
        return forms.ChoiceField(label=label, choices=choices, required=False)
    if key.kind == CODE:
        return forms.CharField(label=label, max_length=40, required=False, validators=[CODE_RULE])
    if key.kind == PROSE:
        return forms.CharField(label=label, max_length=5_000, required=False, widget=forms.Textarea)
    return forms.CharField(label=label, max_length=LONGEST_LINE, required=False)
