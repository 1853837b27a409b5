"""The office's forms: a file, a number, choices, columns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.common.refused import N_, Refused
from lantoa.office.models import ImportRow
from lantoa.office.rules.files import KINDS, MB
from lantoa.office.rules.imports import NEW, SKIP, SheetColumn
from lantoa.office.rules.sheets import UNUSED


class UploadForm(Form):
    """One file of the kinds named (extensions). For the pages of rooms above; checks come with `keep_file`."""

    file = forms.FileField(label=_("File"), error_messages={"required": _("Choose a file")})

    def __init__(self, *args: Any, kinds: Sequence[str] = ("xlsx", "xls", "ods", "csv"), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.widget.attrs["accept"] = ",".join(f".{kind}" for kind in kinds)
        field.help_text = gettext("%(kinds)s, at most %(limit)d MB") % {
            "kinds": ", ".join(f".{kind}" for kind in kinds),
            "limit": max(KINDS[kind].limit for kind in kinds) // MB,
        }


class DateInput(forms.DateInput):
    """A day as the browser's own field; 05/10/2020 may be typed where there is none."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class NumberForm(Form):
    """The clerk's number and date of a document."""

    number = forms.IntegerField(
        label=_("Number"),
        min_value=1,
        error_messages={"required": _("Enter the number"), "invalid": _("The number must be a whole number")},
    )
    dated = forms.DateField(
        label=_("Date"),
        widget=DateInput(),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        error_messages={
            "required": _("Enter the date"),
            "invalid": _("The date must be a real date, like 05/10/2020"),
        },
    )


class ColumnsForm(Form):
    """What each column of a file is taken for: one select for each column."""

    def __init__(self, *args: Any, columns: Sequence[SheetColumn], choices: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.columns = {f"column-{at}": column for at, column in enumerate(columns)}
        options = [("", gettext("(not used)")), *((name, gettext(words)) for name, words in choices.items())]
        for name, column in self.columns.items():
            where = f"{column.sheet}!{column.letter}" if column.sheet else column.letter
            self.fields[name] = forms.ChoiceField(
                label=f"{where}: {column.title}" if column.title else where,
                help_text=column.sample,
                choices=options,
                required=False,
                initial=column.field,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        taken: dict[tuple[str, str], str] = {}
        for name, column in self.columns.items():
            field = cleaned.get(name, "")
            if field and (column.sheet, field) in taken:
                self.add_error(
                    name,
                    gettext("Columns %(first)s and %(second)s are both taken for the same thing")
                    % {"first": taken[column.sheet, field], "second": column.letter},
                )
            if field:
                taken[column.sheet, field] = column.letter
        return cleaned

    def options(self) -> dict[str, dict[str, str]]:
        """`{sheet: {field: letter}}`, as in `Import.options["columns"]`; UNUSED holds the letters of the rest."""
        said: dict[str, dict[str, str]] = {column.sheet: {} for column in self.columns.values()}
        for name, column in self.columns.items():
            if field := self.cleaned_data[name]:
                said[column.sheet][field] = column.letter
            else:
                said[column.sheet][UNUSED] = f"{said[column.sheet].get(UNUSED, '')} {column.letter}".strip()
        return said


def choice_options(row: ImportRow) -> list[tuple[str, str]]:
    """What may be said of a doubtful row."""
    return [
        ("", gettext("(decide)")),
        *(
            (candidate["key"], gettext("The same as %(who)s") % {"who": candidate["words"]})
            for candidate in row.candidates
        ),
        (NEW, gettext("Someone new")),
        (SKIP, gettext("Leave out")),
    ]


def read_choices(posted: Mapping[str, str], names: Iterable[str]) -> dict[int, str]:
    """The choices `row-ID=...` of a posted page, by row; refused when a name is none of ours."""
    choices: dict[int, str] = {}
    for name in names:
        if name.startswith("row-"):
            number = name.removeprefix("row-")
            if not number.isdecimal() or len(number) > 18:
                raise Refused(N_("Cannot choose: one of the rows does not offer this choice. Load the page again."))
            choices[int(number)] = posted[name]
    return choices
