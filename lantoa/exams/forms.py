"""Text into clean values: banks, shares, questions, files."""

import dataclasses
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantoa.common.forms import Form, NumberField
from lantoa.common.refused import Refused
from lantoa.common.words import fill, say
from lantoa.competence.models import Topic
from lantoa.directory.models import Unit
from lantoa.exams.models import Bank, Share, Version
from lantoa.exams.queries.bank import content_of
from lantoa.exams.rules import notation, texts
from lantoa.exams.rules.content import (
    DIFFICULTIES,
    KINDS,
    LETTERS,
    MOST_MEGABYTES,
    MOST_OPTIONS,
    MOST_POINTS,
    Content,
    Option,
    faults_of,
    normal,
)
from lantoa.office.rules.files import MATERIALS

ROWS = 6
RIGHTS = [
    (Share.Right.SEE, _("see the questions, without the right answers")),
    (Share.Right.USE, _("put the questions into papers")),
    (Share.Right.EDIT, _("write, change and import questions")),
]
Owners = list[tuple[str, str]]


def kind_choices() -> list[tuple[str, str]]:
    """The kinds of question in the reader's language."""
    return [(kind, gettext(words)) for kind, words in KINDS.items()]


def difficulty_choices() -> list[tuple[str, str]]:
    """The difficulties in the reader's language."""
    return [(str(number), gettext(words)) for number, words in DIFFICULTIES.items()]


class FindForm(Form):
    """Which banks or papers to show."""

    text = forms.CharField(label=_("Title"), required=False, max_length=100)


class QuestionFilter(Form):
    """Which questions of a bank to show."""

    text = forms.CharField(label=_("Words or code"), required=False, max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    difficulty = forms.ChoiceField(label=_("Difficulty"), required=False)
    topic = forms.ChoiceField(label=_("Topic"), required=False)
    retired = forms.BooleanField(label=_("Only the retired ones"), required=False)

    def __init__(self, *args: Any, topics: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("kind", kind_choices()), ("difficulty", difficulty_choices()), ("topic", topics)):
            self.fields[name].choices = [("", gettext("all")), *choices]  # type: ignore[attr-defined]


class OwnedForm(Form):
    """Something that a unit owns; the unit is chosen once."""

    def __init__(self, *args: Any, owners: Owners | None, units: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if owners is None:
            del self.fields["unit"]
        else:
            self.fields["unit"].queryset = units  # type: ignore[attr-defined]
            self.fields["unit"].choices = owners  # type: ignore[attr-defined]


class BankForm(OwnedForm):
    """What a bank is called, and whose it is."""

    title = forms.CharField(label=_("Title"), max_length=300)
    summary = forms.CharField(label=_("Summary"), max_length=4000, required=False, widget=forms.Textarea)
    unit = forms.ModelChoiceField(label=_("Owner"), queryset=Unit.objects.none(), to_field_name="key")

    def __init__(self, *args: Any, bank: Bank | None = None, **kwargs: Any) -> None:
        if bank is not None:
            kwargs["initial"] = {"title": bank.title, "summary": bank.summary}
        super().__init__(*args, **kwargs)


class ShareForm(Form):
    """To whom a bank is shared, and for what."""

    unit = forms.CharField(
        label=_("Unit"),
        max_length=200,
        help_text=_("Its name, with that of the province where there are several. It holds for all under it, too."),
    )
    right = forms.ChoiceField(label=_("They may"), choices=RIGHTS, widget=forms.RadioSelect)


class ImportForm(Form):
    """A file of questions."""

    file = forms.FileField(label=_("File"))


class QuestionForm(Form):
    """One question of a kind: the common part, and what belongs to the kind."""

    code = forms.CharField(
        label=_("Code"), max_length=80, required=False, help_text=_("Left empty, the next number of the bank.")
    )
    text = forms.CharField(
        label=_("Question"),
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Lists and tables may be written with HTML tags, maths as TeX between \\( and \\)."),
    )
    picture = forms.FileField(
        label=_("Picture"), required=False, help_text=_("At most 200 KB; it is shown under the question.")
    )
    picture_words = forms.CharField(
        label=_("What the picture shows"),
        max_length=300,
        required=False,
        help_text=_("For those who cannot see it."),
    )
    difficulty = forms.ChoiceField(label=_("Difficulty"))
    points = NumberField(label=_("Points"), min_value=Decimal("0.01"), max_value=MOST_POINTS, decimal_places=2)
    penalty = NumberField(
        label=_("A wrong answer costs, in % of the points"),
        min_value=0,
        max_value=100,
        decimal_places=5,
        required=False,
    )
    aim_1 = forms.ChoiceField(label=_("Topic or outcome"), required=False)
    aim_2 = forms.ChoiceField(label=_("Another topic or outcome"), required=False)
    feedback = forms.CharField(
        label=_("What is said after the exam"), widget=forms.Textarea(attrs={"rows": 3}), required=False
    )

    def __init__(
        self, *args: Any, kind: str, topics: Sequence[Topic], version: Version | None = None, **kwargs: Any
    ) -> None:
        self.kind = kind
        self.before = None if version is None else content_of(version)
        standing = [] if version is None else [(aim.topic, aim.outcome) for aim in version.aims.all()]
        self.more_aims = standing[2:]  # what an import gave beyond the two fields stays
        self.topics = {topic.key: topic for topic in (*topics, *(topic for topic, _said in standing))}
        kwargs["initial"] = self._initial(version) | dict(kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.fields["difficulty"].choices = difficulty_choices()  # type: ignore[attr-defined]
        for name in ("aim_1", "aim_2"):
            self.fields[name].choices = _aim_choices(topics, self.initial.get(name, ""))  # type: ignore[attr-defined]
        if version is not None:
            del self.fields["code"]
        after = list(self.fields)
        self._add_fields_of_kind()
        new = [name for name in self.fields if name not in after]
        self.order_fields(["code", "text", "picture", "picture_words", *new])

    def _initial(self, version: Version | None) -> dict[str, Any]:
        if version is None or self.before is None:
            return {"difficulty": "2", "points": Decimal(1), "penalty": Decimal(0)}
        found: dict[str, Any] = {
            "text": self.before.text,
            "difficulty": str(self.before.difficulty),
            "points": self.before.points,
            "penalty": Decimal(notation.plain_percent(self.before.penalty)),
            "feedback": self.before.feedback,
        }
        aims = [_aim_value(aim.topic.key, aim.outcome) for aim in version.aims.all()]
        return found | {f"aim_{number}": value for number, value in enumerate(aims[:2], 1)}

    def _add_fields_of_kind(self) -> None:
        before = self.before or Content(self.kind, "")
        add = {
            "single": self._add_options,
            "multiple": self._add_options,
            "truefalse": self._add_truth,
            "ordering": self._add_order,
            "matching": self._add_pairs,
            "numeric": self._add_answers,
            "short": self._add_answers,
            "long": self._add_long,
            "file": self._add_file,
        }[self.kind]
        add(before)

    def _add_options(self, before: Content) -> None:
        count = max(ROWS, len(before.options) + 2)
        if self.is_bound:
            count = max(count, sum(1 for name in self.data if name.startswith("option_")))
        for number in range(1, min(count, MOST_OPTIONS) + 1):
            here = before.options[number - 1] if number <= len(before.options) else Option("")
            label = gettext("Choice %(letter)s") % {"letter": LETTERS[number - 1].upper()}
            self.fields[f"option_{number}"] = forms.CharField(
                label=label, initial=here.text, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"share_{number}"] = forms.ChoiceField(
                label=gettext("Choice %(letter)s is") % {"letter": LETTERS[number - 1].upper()},
                choices=_share_choices(self.kind, before, here),
                initial=_share_value(self.kind, before, here),
                required=False,
            )
        self._add_shuffle(before)

    def _add_shuffle(self, before: Content) -> None:
        self.fields["shuffle"] = forms.BooleanField(
            label=_("Papers may show the choices in another order"), initial=before.shuffle, required=False
        )

    def _add_truth(self, before: Content) -> None:
        chosen = "" if not before.options else "true" if before.options[0].share == 1 else "false"
        self.fields["truth"] = forms.ChoiceField(
            label=_("The statement is"),
            choices=[("true", _("true")), ("false", _("false"))],
            widget=forms.RadioSelect,
            initial=chosen,
        )

    def _add_order(self, before: Content) -> None:
        self.fields["lines"] = _lines(
            _("The items in their right order"), _("One a line."), [option.text for option in before.options]
        )

    def _add_pairs(self, before: Content) -> None:
        self.fields["lines"] = _lines(
            _("What belongs together"),
            _("A pair a line: left => right. A line that begins with => is a right side too many."),
            [notation.pair_line(pair) for pair in before.pairs],
        )
        self._add_shuffle(before)

    def _add_answers(self, before: Content) -> None:
        numeric = self.kind == "numeric"
        hint = (
            _("One a line. A tolerance is written 3,14 ± 0,01; an answer that earns half: 3 = 50%.")
            if numeric
            else _("One a line. An answer that earns half is written: chữ ký = 50%.")
        )
        said = [notation.answer_line(one, numeric=numeric) for one in before.answers]
        self.fields["lines"] = _lines(_("Answers that are taken"), hint, said)
        if not numeric:
            self.fields["marks"] = forms.BooleanField(
                label=_("Vietnamese marks must be right"), initial=before.marks, required=False
            )
            self.fields["case"] = forms.BooleanField(
                label=_("Capitals must be right"), initial=before.case, required=False
            )

    def _add_long(self, before: Content) -> None:
        self._add_rubric(before)
        self.fields["words"] = forms.IntegerField(
            label=_("At most so many words (0: no limit)"), min_value=0, max_value=20_000, initial=before.words
        )

    def _add_file(self, before: Content) -> None:
        self._add_rubric(before)
        self.fields["extensions"] = forms.CharField(
            label=_("Kinds of file that are taken"),
            initial=", ".join(before.extensions or ("pdf", "docx", "xlsx", "jpg", "png")),
            help_text=_("Of these: %(kinds)s.") % {"kinds": ", ".join(MATERIALS)},
        )
        self.fields["megabytes"] = forms.IntegerField(
            label=_("At most so many MB"),
            min_value=1,
            max_value=MOST_MEGABYTES,
            initial=min(before.megabytes, MOST_MEGABYTES),
        )

    def _add_rubric(self, before: Content) -> None:
        self.fields["rubric"] = forms.CharField(
            label=_("How it is marked"),
            initial=before.rubric,
            required=False,
            widget=forms.Textarea(attrs={"rows": 5}),
            help_text=_("Only those who mark see it."),
        )
        self.fields["criteria"] = forms.CharField(
            label=_("What is looked for, with points"),
            initial="\n".join(notation.criterion_line(one) for one in before.criteria),
            required=False,
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_(
                "One a line, the points first: 0,5: what is looked for. Together they give the points above."
            ),
        )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.errors:
            return values
        try:
            content = normal(self._content_of(values))
        except Refused as reason:
            raise ValidationError(say(reason)) from reason
        faults = [fill(fault.message, fault.values) for fault in faults_of(content)]
        if faults:
            raise ValidationError(faults)
        values["content"] = content
        values["aims"] = self._aims(values)
        return values

    def _content_of(self, values: dict[str, Any]) -> Content:
        common = Content(
            kind=self.kind,
            text=texts.from_typed(values["text"]),
            points=values["points"],
            penalty=notation.usual(Fraction(values.get("penalty") or 0) / 100),
            difficulty=int(values["difficulty"]),
            feedback=texts.from_typed(values["feedback"]),
        )
        return dataclasses.replace(common, **self._part_of_kind(values))

    def _part_of_kind(self, values: dict[str, Any]) -> dict[str, Any]:
        lines = [line for line in values.get("lines", "").splitlines() if line.strip()]
        if self.kind in ("single", "multiple"):
            return {"options": self._options(values), "shuffle": values["shuffle"]}
        if self.kind == "truefalse":
            right = values["truth"] == "true"
            said = self.before.options if self.before else (Option(""), Option(""))
            return {
                "options": tuple(
                    Option("", Fraction(int(right is here)), one.feedback)
                    for here, one in zip((True, False), said, strict=True)
                )
            }
        if self.kind == "ordering":
            return {"options": tuple(Option(texts.clean(line)) for line in lines)}
        if self.kind == "matching":
            pairs = [(line, notation.pair_said(line)) for line in lines]
            for line, pair in pairs:
                if pair is None:
                    raise ValidationError(_("There is no => in the line: %(line)s"), params={"line": line[:60]})
            return {"pairs": tuple(pair for _line, pair in pairs if pair), "shuffle": values["shuffle"]}
        if self.kind in ("numeric", "short"):
            said_answers = notation.answers_said(lines, numeric=self.kind == "numeric")
            return {"answers": said_answers, "marks": values.get("marks", True), "case": values.get("case", False)}
        criteria = tuple(notation.criterion_said(one) for one in values["criteria"].splitlines() if one.strip())
        marked = {"rubric": texts.from_typed(values["rubric"]), "criteria": criteria}
        if self.kind == "long":
            return {**marked, "words": values["words"]}
        kinds = tuple(one.strip(" .") for one in values["extensions"].split(",") if one.strip(" ."))
        return {**marked, "extensions": kinds, "megabytes": values["megabytes"]}

    def _options(self, values: dict[str, Any]) -> tuple[Option, ...]:
        found = []
        before = self.before.options if self.before else ()
        for number in range(1, MOST_OPTIONS + 1):
            text = values.get(f"option_{number}", "")
            if text.strip():
                feedback = before[number - 1].feedback if number <= len(before) else ""
                found.append((texts.from_typed(text), values.get(f"share_{number}") or "0", feedback))
        right = sum(1 for _text, share, _feedback in found if share == "right")
        equal = Fraction(1, right) if right and self.kind == "multiple" else Fraction(1)
        return tuple(
            Option(text, equal if share == "right" else Fraction(share), feedback) for text, share, feedback in found
        )

    def _aims(self, values: dict[str, Any]) -> list[tuple[Topic, str]]:
        found = []
        for name in ("aim_1", "aim_2"):
            key, _colon, outcome = values.get(name, "").partition(":")
            if key in self.topics:
                found.append((self.topics[key], outcome))
        return list(dict.fromkeys([*found, *self.more_aims]))


def _lines(label: Any, hint: Any, said: Sequence[str]) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=hint, initial="\n".join(said), widget=forms.Textarea(attrs={"rows": 6})
    )


def _aim_value(topic: str, outcome: str) -> str:
    return f"{topic}:{outcome}" if outcome else topic


def _aim_choices(topics: Sequence[Topic], standing: str) -> list[Any]:
    """The topics with their outcomes, under their courses; what stands there stays to be chosen."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for topic in topics:
        listed = groups.setdefault(topic.course.title, [])
        listed.append((topic.key, topic.title))
        listed += [(_aim_value(topic.key, line), f"– {line}") for line in topic.outcomes.splitlines() if line]
    known = {value for listed in groups.values() for value, _words in listed}
    kept = [(standing, standing.partition(":")[2])] if standing and standing not in known else []
    return [("", gettext("none")), *kept, *groups.items()]


def _share_choices(kind: str, before: Content, here: Option) -> list[tuple[str, str]]:
    choices = [("0", gettext("wrong")), ("right", gettext("right"))] if kind == "multiple" else [
        ("0", gettext("wrong")),
        ("1", gettext("right")),
        *((str(Fraction(part)), gettext("partly right: %(share)s") % {"share": notation.percent(Fraction(part))})
          for part in ("3/4", "2/3", "1/2", "1/3", "1/4")),
    ]  # fmt: skip
    choices += [
        (str(Fraction(part)), gettext("wrong, costs %(share)s") % {"share": notation.percent(-Fraction(part))})
        for part in ("-1/4", "-1/3", "-1/2", "-1")
    ]
    value = _share_value(kind, before, here)
    if value not in {choice for choice, _words in choices}:
        choices.append((value, notation.percent(here.share)))
    return choices


def _share_value(kind: str, before: Content, here: Option) -> str:
    if kind == "multiple" and here.share > 0:
        right = [option.share for option in before.options if option.share > 0]
        return "right" if len(set(right)) == 1 else str(here.share)
    return str(here.share)
