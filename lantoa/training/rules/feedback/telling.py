"""What may be told of answers without telling on anybody. Pure counting.

The smallest thing told is a *box*: the answers of one class to one form on one occasion. A box with fewer than
`SMALLEST` answers, and within a box a question that fewer answered, is withheld: it enters no group, no total and no
sheet. Since whatever is told is a sum over boxes that may each be told alone, no subtraction between totals, classes,
topics and lecturers gives away a smaller group. A box is told only when nobody can answer any more (`Box.closed`):
else the answers of whoever comes next would be the difference of two days.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .form import Question

SMALLEST = 5  # answers


@dataclass(frozen=True)
class Box:
    """The answers of a class to a form on an occasion: how many answered, and by question how often each value."""

    id: int
    groups: Mapping[str, str]  # what it belongs to: {"class": "Q9-1", "topic": "…", "lecturer": "…"}
    answered: int
    counts: Mapping[str, Mapping[str, int]]
    closed: bool = True
    voices: int | None = None  # how many people these answers are of, where one may answer several times

    @property
    def people(self) -> int:
        """How many people speak here."""
        return self.answered if self.voices is None else min(self.answered, self.voices)


@dataclass
class Tally:
    """The answers to one question, added up."""

    question: Question
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def mean(self) -> Decimal | None:
        """Of a scale; None without answers and for other kinds."""
        if self.question.kind != "scale" or not self.total:
            return None
        return Decimal(sum(int(value) * count for value, count in self.counts.items())) / self.total

    @property
    def share(self) -> Decimal | None:
        """Of yes, 0 to 1; None without answers and for other kinds."""
        if self.question.kind != "yesno" or not self.total:
            return None
        return Decimal(self.counts["yes"]) / self.total

    @property
    def distribution(self) -> list[tuple[str, int]]:
        """Every value in its order with how many gave it."""
        return [(value, self.counts[value]) for value in self.question.values]


@dataclass
class Group:
    """Some boxes together."""

    name: str
    answered: int = 0
    tallies: dict[str, Tally] = field(default_factory=dict)


def told(boxes: Iterable[Box], questions: Sequence[Question]) -> list[Box]:
    """The boxes that may be told, each with the questions of it that may be told."""
    counted = {one.code for one in questions}
    return [
        Box(
            box.id,
            box.groups,
            box.answered,
            {
                code: dict(counts)
                for code, counts in box.counts.items()
                if code in counted and sum(counts.values()) >= SMALLEST
            },
        )
        for box in boxes
        if box.closed and box.people >= SMALLEST
    ]


def together(boxes: Iterable[Box], questions: Sequence[Question], name: str = "") -> Group:
    """The sum over boxes. Only boxes that `told` gave."""
    group = Group(name, tallies={one.code: Tally(one) for one in questions})
    for box in boxes:
        group.answered += box.answered
        for code, counts in box.counts.items():
            group.tallies[code].counts.update(counts)
    return group


def grouped(boxes: Sequence[Box], questions: Sequence[Question], by: str) -> list[Group]:
    """The same for each class, topic or lecturer, in the order in which they come."""
    parts: dict[str, list[Box]] = {}
    for box in boxes:
        parts.setdefault(box.groups.get(by, ""), []).append(box)
    return [together(part, questions, name) for name, part in parts.items()]
