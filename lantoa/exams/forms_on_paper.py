"""Text into clean values: what stands on a candidate's answer sheet, and whose sheet it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.common.words import say
from lantoa.exams.forms_sitting import LONGEST_TEXT
from lantoa.exams.rules.by_letters import IN_WORDS, letters_said, read_letters
from lantoa.exams.rules.handed import most_megabytes


class WhoseSheetForm(Form):
    """The sheet that somebody holds in their hand."""

    sheet = forms.CharField(label=_("Candidate number, or the code under the QR"), max_length=20)


class PaperFileForm(Form):
    """A file handed in beside a sheet."""

    file = forms.FileField(label=_("The file that was handed in"))

    def __init__(self, *args: Any, asked: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["file"]
        field.widget.attrs["accept"] = ",".join(f".{one}" for one in asked["extensions"])
        field.help_text = gettext("One file (%(kinds)s) of at most %(most)d MB. Another one takes its place.") % {
            "kinds": ", ".join(asked["extensions"]),
            "most": most_megabytes(asked["megabytes"]),
        }


class PaperAnswersForm(Form):
    """The letters of a sheet in one field, and a field for each question that words answer.

    `given` is the answer to every question: a question that is not named has none.
    """

    letters = forms.CharField(
        label=_("Letters on the sheet"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocapitalize": "characters", "autocomplete": "off"}),
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, questions: Sequence[Mapping[str, Any]], before: Mapping[str, Any] | None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.given: dict[str, Any] = {}
        self.fields["letters"].help_text = gettext("Such as 1A 2C 3BD 4- ; for true or false Đ or S.")
        lettered = [one for one in questions if one["kind"] not in {*IN_WORDS, "file"}]
        if not lettered:
            del self.fields["letters"]
        elif before is not None:
            self.fields["letters"].initial = " ".join(
                f"{number}{letters_said(one, before.get(one['id']))}"
                for number, one in enumerate(questions, 1)
                if one in lettered
            )
        for number, one in enumerate(questions, 1):
            if one["kind"] in IN_WORDS:
                self.fields[f"words_{number}"] = forms.CharField(
                    label=gettext("Question %(number)d") % {"number": number},
                    required=False,
                    max_length=LONGEST_TEXT if one["kind"] == "long" else 500,
                    widget=forms.Textarea(attrs={"rows": 4}) if one["kind"] == "long" else forms.TextInput(),
                    initial=(before or {}).get(one["id"]) or "",
                )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self.given = {one["id"]: None for one in self.questions if one["kind"] != "file"}
        if "letters" in self.fields:
            read = read_letters(values.get("letters", ""), self.questions)
            self.given |= read.answers
            for fault in read.faults[:20]:
                self.add_error("letters", say(fault))
        for number, one in enumerate(self.questions, 1):
            if one["kind"] in IN_WORDS:
                self.given[one["id"]] = values.get(f"words_{number}") or None
        return values
