"""A form as data: its words in both languages, its questions, and which answers fit them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import clean
from lantoa.training.rules.faults import Faults

Kind = Literal["scale", "choice", "yesno", "words"]
KINDS: tuple[str, ...] = get_args(Kind)
SCALE = ("1", "2", "3", "4", "5")
YES_NO = ("yes", "no")
MOST_WORDS = 2_000  # letters of an answer in words


class FormFaults(Faults):
    """A form that cannot be loaded."""

    sentence = N_("Cannot load the form: %(count)d faults. Line %(line)d, %(path)s: %(reason)s")


@dataclass(frozen=True)
class Said:
    """The same words in both languages."""

    vi: str
    en: str

    def in_(self, language: str) -> str:
        """The words in this language; Vietnamese for any that is not English."""
        return self.en if language.startswith("en") else self.vi


@dataclass(frozen=True)
class Choice:
    """One answer to choose."""

    code: str
    words: Said


@dataclass(frozen=True)
class Question:
    """A question. `choices` of a choice only; `low` and `high` say what 1 and 5 of a scale mean, if said."""

    code: str
    kind: Kind
    words: Said
    optional: bool = False
    choices: tuple[Choice, ...] = ()
    low: Said | None = None
    high: Said | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """The answers there are, in their order; none for words."""
        return {"scale": SCALE, "yesno": YES_NO, "words": ()}.get(self.kind) or tuple(
            one.code for one in self.choices
        )

    @property
    def counted(self) -> bool:
        """Whether answers are counted; words are read."""
        return self.kind != "words"


@dataclass(frozen=True)
class Form:
    """A form. `open_days`: how many days it may be answered."""

    code: str
    title: Said
    lead: Said
    anonymous: bool
    open_days: int
    questions: tuple[Question, ...]

    @property
    def counted(self) -> tuple[Question, ...]:
        """The questions whose answers are counted."""
        return tuple(one for one in self.questions if one.counted)

    @property
    def worded(self) -> tuple[Question, ...]:
        """The questions answered in words."""
        return tuple(one for one in self.questions if not one.counted)

    def as_data(self) -> dict[str, Any]:
        """What is kept in the database."""
        return asdict(self)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> "Form":
        """The form that `as_data` wrote."""
        return cls(
            code=data["code"],
            title=Said(**data["title"]),
            lead=Said(**data["lead"]),
            anonymous=data["anonymous"],
            open_days=data["open_days"],
            questions=tuple(_question(one) for one in data["questions"]),
        )


def _question(data: Mapping[str, Any]) -> Question:
    return Question(
        code=data["code"],
        kind=data["kind"],
        words=Said(**data["words"]),
        optional=data["optional"],
        choices=tuple(Choice(one["code"], Said(**one["words"])) for one in data["choices"]),
        low=data["low"] and Said(**data["low"]),
        high=data["high"] and Said(**data["high"]),
    )


def fitting(form: Form, values: Mapping[str, str]) -> dict[str, str]:
    """The answers as they are kept: those given, cleaned. Raises Refused, naming question and answer, where one does
    not fit or is missing."""
    known = {one.code: one for one in form.questions}
    for code in values:
        if code not in known:
            raise Refused(
                N_("Cannot keep the answer: the form %(form)s has no question %(question)s."),
                form=form.title.vi,
                question=code[:40],
            )
    kept = {}
    for question in form.questions:
        value = _fit(question, values.get(question.code, ""))
        if value:
            kept[question.code] = value
        elif not question.optional:
            raise Refused(
                N_("Cannot keep the answer: the question “%(question)s” is not answered."), question=question.words.vi
            )
    return kept


def _fit(question: Question, value: str) -> str:
    if question.kind == "words":
        text = "\n".join(clean(line) for line in value.splitlines()).strip()
        if len(text) > MOST_WORDS:
            raise Refused(
                N_("Cannot keep the answer to “%(question)s”: it has %(length)d letters, at most %(most)d."),
                question=question.words.vi,
                length=len(text),
                most=MOST_WORDS,
            )
        return text
    if value and value not in question.values:
        raise Refused(
            N_("Cannot keep the answer to “%(question)s”: %(value)s is none of %(values)s."),
            question=question.words.vi,
            value=value[:40],
            values=", ".join(question.values),
        )
    return value
