"""The office's forms: a file, a number, choices, columns."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.common.refused import N_, Refused
from lantoa.office.models import ImportRow
from lantoa.office.models.notices import Channel, Language, Notice
from lantoa.office.rules.files import KINDS, MB
from lantoa.office.rules.imports import NEW, SKIP, SheetColumn
from lantoa.office.rules.notices import MOST_BODY, MOST_SHORT, MOST_SUBJECT, Text
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


class _Day(forms.DateField):
    def __init__(self, **kwargs: Any) -> None:
        words = {"required": _("Enter the date"), "invalid": _("The date must be a real date, like 05/10/2020")}
        formats = ["%Y-%m-%d", "%d/%m/%Y"]
        super().__init__(widget=DateInput(), input_formats=formats, error_messages=words, **kwargs)


class NumberForm(Form):
    """The clerk's number and date of a document."""

    number = forms.IntegerField(
        label=_("Number"),
        min_value=1,
        error_messages={"required": _("Enter the number"), "invalid": _("The number must be a whole number")},
    )
    dated = _Day(label=_("Date"))


class CorrectNumberForm(NumberForm):
    """The right number and date of a document that has its number, and why the old ones were wrong."""

    reason = forms.CharField(
        label=_("Reason of the correction"), max_length=300, error_messages={"required": _("Enter the reason")}
    )


class DayForm(Form):
    """A day that offices rest or work against the calendar; perhaps the day it is swapped with."""

    REST, WORK = "rest", "work"

    day = _Day(label=_("Day"))
    kind = forms.ChoiceField(
        label=_("On that day offices"),
        choices=[(REST, _("rest")), (WORK, _("work"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of them")},
    )
    other = _Day(
        label=_("Swapped with"),
        required=False,
        help_text=_("The day that is worked instead of a day of rest, or rested instead of a day of work"),
    )
    words = forms.CharField(
        label=_("Why, and by which decision"), max_length=200, error_messages={"required": _("Enter the reason")}
    )


class WhyForm(Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, error_messages={"required": _("Enter the reason")})


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


NOTICE_STATES = {
    Notice.State.WAITING: _("waiting"),
    Notice.State.SENT: _("sent"),
    Notice.State.BOUNCED: _("returned"),
    Notice.State.UNREACHABLE: _("no way to reach them"),
    Notice.State.FAILED: _("not sent"),
    Notice.State.CANCELLED: _("cancelled"),
}
CHANNELS = {Channel.EMAIL: _("E-mail"), Channel.SMS: _("SMS"), Channel.ZALO: _("Zalo"), Channel.NONE: _("none")}


class NoticeFilter(Form):
    """What a list of notices can be narrowed by."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("all")), ("unreached", _("reached nobody")), *NOTICE_STATES.items()],
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[("", _("all")), *((channel, words) for channel, words in CHANNELS.items() if channel != "none")],
    )
    template = forms.ChoiceField(label=_("Kind of message"), required=False)
    q = forms.CharField(label=_("Name of a person"), required=False, max_length=100)

    def __init__(self, *args: Any, kinds: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].choices = [("", gettext("all")), *kinds.items()]  # type: ignore[attr-defined]


class TimeInput(forms.TimeInput):
    """A time of the day as the browser's own field; 21:00 may be typed where there is none."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class ReachForm(Form):
    """How a person wants to be reached."""

    channel = forms.ChoiceField(
        label=_("How messages reach you"),
        widget=forms.RadioSelect,
        choices=[
            (Channel.EMAIL, _("By e-mail")),
            (Channel.SMS, _("By SMS")),
            (Channel.ZALO, _("By Zalo")),
            (Channel.NONE, _("Not at all: my coordinator tells me")),
        ],
        error_messages={"required": _("Choose how messages reach you")},
    )
    language = forms.ChoiceField(
        label=_("Language of the messages"),
        widget=forms.RadioSelect,
        choices=[(Language.VIETNAMESE, "Tiếng Việt"), (Language.ENGLISH, "English")],
        error_messages={"required": _("Choose a language")},
    )
    digest = forms.BooleanField(
        label=_("All of a day in one message, at 17:00"),
        required=False,
    )
    quiet_from = forms.TimeField(
        label=_("Nothing is sent from"),
        widget=TimeInput(),
        error_messages={"required": _("Enter a time"), "invalid": _("The time must look like 21:00")},
    )
    quiet_until = forms.TimeField(
        label=_("until"),
        help_text=_("The same time twice: at any hour."),
        widget=TimeInput(),
        error_messages={"required": _("Enter a time"), "invalid": _("The time must look like 21:00")},
    )


class WordingForm(Form):
    """The words of a kind of notice in one language."""

    subject = forms.CharField(
        label=_("Subject"), max_length=MOST_SUBJECT, error_messages={"required": _("Enter the subject")}
    )
    body = forms.CharField(
        label=_("Text of the e-mail"),
        widget=forms.Textarea,
        max_length=MOST_BODY,
        error_messages={"required": _("Enter the text of the e-mail")},
    )
    short = forms.CharField(
        label=_("Short text for SMS and Zalo"),
        widget=forms.Textarea,
        max_length=MOST_SHORT,
        error_messages={"required": _("Enter the short text")},
    )

    def text(self) -> Text:
        """What was entered; lines end as everywhere in the house."""
        values = {name: str(value).replace("\r\n", "\n") for name, value in self.cleaned_data.items()}
        return Text(values["subject"], values["body"], values["short"])
