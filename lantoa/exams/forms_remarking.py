"""Text into clean values: the correction of a key."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form
from lantoa.common.refused import Refused
from lantoa.common.words import fill, say
from lantoa.exams.forms_sitting import AnswerForm
from lantoa.exams.rules import notation
from lantoa.exams.rules.content import Answer, Content, faults_of, normal, number_of
from lantoa.exams.rules.corrections import KEY, RULES, Correction

HALF = 50


class CorrectionForm(Form):
    """What counts instead of the key of one question, why, and (for the preview alone) from which share one passes.

    `letters` are the choices in the letters of the bank, with their words. Of what is put in order or paired the
    fields are those of a candidate: `item` is the question in the letters of the bank, `now` its right answer.
    """

    rule = forms.ChoiceField(label=_("What counts from now on"), widget=forms.RadioSelect)
    right = forms.MultipleChoiceField(
        label=_("Right, if another answer is right"), required=False, widget=forms.CheckboxSelectMultiple
    )
    lines = forms.CharField(
        label=_("Answers that are taken, if another answer is right"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("Candidates read this. Write no names."),
        error_messages={"required": _("Enter the reason")},
    )
    least = forms.IntegerField(
        label=_("One passes with so many percent of the points"),
        min_value=0,
        max_value=100,
        initial=HALF,
        help_text=_("For the preview only: it counts who passes more."),
    )

    def __init__(
        self,
        *args: Any,
        item: Mapping[str, Any],
        letters: list[tuple[str, str]],
        now: Any,
        can_name: bool,
        can_take_back: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.item, self.kind = item, item["kind"]
        self.placed: list[str] = []  # the fields of an order or of pairs
        rules = [
            (rule, gettext(words))
            for rule, words in RULES.items()
            if (rule != KEY or can_name) and (rule != "paper" or can_take_back)
        ]
        self.fields["rule"].choices = rules  # type: ignore[attr-defined]
        if letters:
            self.fields["right"].choices = letters  # type: ignore[attr-defined]
        else:
            del self.fields["right"]
        if self.kind not in ("numeric", "short"):
            del self.fields["lines"]
        if can_name and self.kind in ("ordering", "matching"):
            fields = AnswerForm(asked=item, before=now).fields
            self.placed = list(fields)
            self.fields |= fields
            self.order_fields(["rule", *self.placed])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("rule") == KEY and not self.errors:
            values["key"] = self._key(values)
        return values

    def _key(self, values: Mapping[str, Any]) -> dict[str, Any]:
        if "right" in self.fields:
            return self._options(values["right"])
        if self.placed:
            return self._placed()
        numeric = self.kind == "numeric"
        try:
            answers = notation.answers_said(values["lines"].splitlines(), numeric=numeric)
        except Refused as reason:
            raise ValidationError({"lines": say(reason)}) from reason
        content = normal(Content(self.kind, "?", answers=answers))
        if faults := [fill(fault.message, fault.values) for fault in faults_of(content)]:
            raise ValidationError({"lines": faults})
        return {"answers": [_kept(one, numeric=numeric) for one in content.answers]}

    def _placed(self) -> dict[str, Any]:
        given = AnswerForm(self.data, asked=self.item)
        right = given.answer() if given.is_valid() else None
        if right is None or len(right) != len(self.placed):
            ordering = self.kind == "ordering"
            raise ValidationError(
                _("Give each line a place, and each place to one line only.")
                if ordering
                else _("Give each number its letter.")
            )
        return {"order" if self.kind == "ordering" else "pairs": right}

    def _options(self, right: list[str]) -> dict[str, Any]:
        if not right:
            raise ValidationError({"right": _("Tick at least one choice.")})
        if self.kind == "truefalse" and len(right) > 1:
            raise ValidationError({"right": _("A statement is either true or false.")})
        share = str(Fraction(1, len(right))) if self.kind == "multiple" else "1"
        letters = [letter for letter, _words in self.fields["right"].choices]  # type: ignore[attr-defined]
        return {"options": {letter: share if letter in right else "0" for letter in letters}}

    def correction(self) -> Correction:
        """What was chosen."""
        return Correction(self.cleaned_data["rule"], self.cleaned_data.get("key", {}))

    def least_share(self) -> Fraction:
        """The share of the points with which one passes."""
        return Fraction(self.cleaned_data["least"], 100)


def _kept(answer: Answer, *, numeric: bool) -> dict[str, str]:
    number = number_of(answer.text) if numeric else None
    text = answer.text if number is None else f"{number:f}"
    return {"text": text, "tolerance": f"{answer.tolerance if numeric else Decimal(0):f}", "share": str(answer.share)}
