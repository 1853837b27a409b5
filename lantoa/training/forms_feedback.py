"""Text into clean values: answers to a form, forms chosen and loaded."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from lantoa.common.forms import Form
from lantoa.training.models import FeedbackForm
from lantoa.training.queries.feedback import words_of_value
from lantoa.training.rules.feedback.form import MOST_WORDS, Question
from lantoa.training.rules.feedback.form import Form as Asked
from lantoa.training.rules.feedback.occasions import Occasion

OCCASION_WORDS = {
    Occasion.MEETING: gettext_lazy("After each meeting, of those who were there"),
    Occasion.COURSE: gettext_lazy("After the course, of everyone in the class"),
    Occasion.LEARNER: gettext_lazy("3 and 6 months later, of those who completed it"),
    Occasion.SUPERIOR: gettext_lazy("3 and 6 months later, of their superiors"),
}


class AnswerForm(Form):
    """The questions of a form. Nothing is chosen before the reader chooses it."""

    def __init__(self, *args: Any, asked: Asked, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for number, question in enumerate(asked.questions):
            self.fields[f"q{number}"] = _field(question)

    @property
    def values(self) -> dict[str, str]:
        """The answers by question."""
        return {one.code: self.cleaned_data[f"q{number}"] for number, one in enumerate(self.asked.questions)}


def _field(question: Question) -> forms.Field:
    label = question.words.in_(get_language() or "vi")
    if question.kind == "words":
        return forms.CharField(
            label=label,
            required=not question.optional,
            max_length=MOST_WORDS,
            widget=forms.Textarea,
            error_messages={"required": _("Answer the question")},
        )
    return forms.ChoiceField(
        label=label,
        required=not question.optional,
        choices=[(value, _said(question, value)) for value in question.values],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer"), "invalid_choice": _("Choose one of them")},
    )


def _said(question: Question, value: str) -> str:
    """Of a scale the ends say what they mean."""
    end = {"1": question.low, "5": question.high}.get(value) if question.kind == "scale" else None
    words = words_of_value(question, value)
    return f"{words} – {end.in_(get_language() or 'vi')}" if end else words


class ChosenForms(Form):
    """Which form is asked on which occasion; the newest version of each."""

    def __init__(self, *args: Any, offered: list[FeedbackForm], now: dict[str, FeedbackForm], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {form.key: form for form in [*offered, *now.values()]}
        language = get_language() or "vi"
        names = [
            (key, _("%(title)s (%(code)s, version %(version)d)") % {
                "title": form.form.title.in_(language), "code": form.code, "version": form.version
            })
            for key, form in self.offered.items()
        ]  # fmt: skip
        for occasion, words in OCCASION_WORDS.items():
            self.fields[occasion.value] = forms.ChoiceField(
                label=words, choices=[("", _("nothing is asked")), *names], required=False
            )
            if occasion.value in now:
                self.initial.setdefault(occasion.value, now[occasion.value].key)

    @property
    def chosen(self) -> dict[str, FeedbackForm | None]:
        """By occasion the form."""
        return {
            occasion.value: self.offered.get(self.cleaned_data.get(occasion.value, "")) for occasion in OCCASION_WORDS
        }


class FormFileForm(Form):
    """A form's file as it is, or its text."""

    file = forms.FileField(label=gettext_lazy("File of the form (.yaml)"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or its text"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 20})
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if not values.get("file") and not (values.get("text") or "").strip():
            raise ValidationError(_("Choose a file, or write its text."))
        return values
