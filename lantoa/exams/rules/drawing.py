"""A paper from its blueprint: which questions, in which order, with which letters. The seed says everything.

Whatever is put in a random order is sorted by the SHA-256 of "seed/purpose/key": the same seed gives the same paper
on every machine and in every year, however the questions came in.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeVar

from lantoa.exams.rules import texts
from lantoa.exams.rules.content import LETTERS, Content, share_of
from lantoa.exams.rules.handed import most_megabytes

T = TypeVar("T")
MOST_QUESTIONS: Final = 200


@dataclass(frozen=True, slots=True)
class Part:
    """So many questions of a bank, a topic (its key; "": any) and a difficulty (0: any). `points` and `penalty`
    are None where each question keeps its own."""

    bank: str
    topic: str = ""
    difficulty: int = 0
    count: int = 1
    points: Decimal | None = None
    penalty: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Blueprint:
    """How a paper is made and marked: `Paper.settings`."""

    parts: tuple[Part, ...] = ()
    partial: bool = True
    shuffle_questions: bool = True
    shuffle_options: bool = True
    minutes: int = 0  # what is printed on the sheet; 0: nothing
    introduction: str = ""

    @property
    def count(self) -> int:
        """How many questions a paper has."""
        return sum(part.count for part in self.parts)


def blueprint_json(blueprint: Blueprint) -> dict[str, Any]:
    """As `Paper.settings` holds it."""
    return {
        "parts": [
            {
                "bank": part.bank,
                "topic": part.topic,
                "difficulty": part.difficulty,
                "count": part.count,
                "points": None if part.points is None else f"{part.points:f}",
                "penalty": None if part.penalty is None else str(part.penalty),
            }
            for part in blueprint.parts
        ],
        "partial": blueprint.partial,
        "shuffle_questions": blueprint.shuffle_questions,
        "shuffle_options": blueprint.shuffle_options,
        "minutes": blueprint.minutes,
        "introduction": blueprint.introduction,
    }


def blueprint_from(kept: Mapping[str, Any]) -> Blueprint:
    """What `blueprint_json` wrote."""
    return Blueprint(
        tuple(
            Part(
                part["bank"],
                part["topic"],
                part["difficulty"],
                part["count"],
                None if part["points"] is None else Decimal(part["points"]),
                None if part["penalty"] is None else share_of(part["penalty"]),
            )
            for part in kept.get("parts", [])
        ),
        kept.get("partial", True),
        kept.get("shuffle_questions", True),
        kept.get("shuffle_options", True),
        kept.get("minutes", 0),
        kept.get("introduction", ""),
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that may be drawn: the key of its current version, and what a part asks of it."""

    key: str
    question: str
    bank: str
    topics: tuple[str, ...]
    difficulty: int
    content: Content = field(compare=False)

    def fits(self, part: Part) -> bool:
        """Whether the part may take it."""
        return self.bank == part.bank and part.topic in ("", *self.topics) and part.difficulty in (0, self.difficulty)


@dataclass(frozen=True, slots=True)
class Lack:
    """A part that the bank cannot fill: its place from 0, how many it has, how many are asked."""

    part: int
    there: int
    wanted: int


class TooFew(Exception):
    """The banks have too few questions; which parts lack how many."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        super().__init__(lacks)
        self.lacks = tuple(lacks)


def shuffled(items: Iterable[T], key: Callable[[T], str], *, seed: int, purpose: str) -> list[T]:
    """The items in the order that the seed gives them for this purpose."""
    return sorted(items, key=lambda item: hashlib.sha256(f"{seed}/{purpose}/{key(item)}".encode()).digest())


@dataclass(frozen=True, slots=True)
class Drawn:
    """A question in a paper, and the part that asked for it."""

    candidate: Candidate
    part: Part


def draw(blueprint: Blueprint, candidates: Sequence[Candidate], *, seed: int) -> list[Drawn]:
    """The questions of a variant in their order; each stands in it once. Raises `TooFew`.

    Parts may want the same questions: they are shared out so that every part is filled wherever that is possible.
    """
    parts = blueprint.parts
    fitting = [
        [
            one
            for one in shuffled(candidates, lambda item: item.question, seed=seed, purpose=f"draw-{at}")
            if one.fits(part)
        ]
        for at, part in enumerate(parts)
    ]
    short = [Lack(at, len(fitting[at]), part.count) for at, part in enumerate(parts) if len(fitting[at]) < part.count]
    if short:
        raise TooFew(short)
    taken: dict[str, int] = {}  # question -> its slot
    slots = [at for at, part in enumerate(parts) for _ in range(part.count)]
    held: list[Candidate | None] = [None] * len(slots)
    for slot in range(len(slots)):
        if not _place(slot, slots, fitting, taken, held, set()):
            at = slots[slot]
            filled = sum(1 for other, one in zip(slots, held, strict=True) if other == at and one is not None)
            raise TooFew([Lack(at, filled, parts[at].count)])
    drawn = [Drawn(one, parts[at]) for at, one in zip(slots, held, strict=True) if one is not None]
    if blueprint.shuffle_questions:
        drawn = shuffled(drawn, lambda one: one.candidate.question, seed=seed, purpose="questions")
    return drawn


def _place(
    slot: int,
    slots: Sequence[int],
    fitting: Sequence[Sequence[Candidate]],
    taken: dict[str, int],
    held: list[Candidate | None],
    seen: set[str],
) -> bool:
    """Gives the slot a question; one that is taken is taken over when its holder can have another (Kuhn)."""
    for one in fitting[slots[slot]]:
        if one.question not in taken:
            break
    else:
        for one in fitting[slots[slot]]:
            if one.question not in seen:
                seen.add(one.question)
                if _place(taken[one.question], slots, fitting, taken, held, seen):
                    break
        else:
            return False
    taken[one.question], held[slot] = slot, one
    return True


# ---- what a candidate sees, and apart from it the key


def frozen(
    blueprint: Blueprint,
    drawn: Sequence[Drawn],
    *,
    seed: int,
    address: Callable[[str, str], str],
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """`Variant.content` and `Variant.keys`. `address(bank, checksum)` gives the picture as it is shown.

    Choices are lettered in the order in which they are shown, so that no letter tells anything; `origin` in the key
    leads back to the letters of the bank (and, of a matching question, to the numbers of its left sides there).
    """
    content, keys = [], {}
    for one in drawn:
        shuffle = blueprint.shuffle_options and one.candidate.content.shuffle
        shown, key = _frozen(one.candidate, shuffle=shuffle, seed=seed, address=address)
        points = one.part.points or one.candidate.content.points
        penalty = one.part.penalty if one.part.penalty is not None else one.candidate.content.penalty
        content.append({**shown, "points": f"{points:f}"})
        keys[one.candidate.key] = {
            **key,
            "kind": one.candidate.content.kind,
            "points": f"{points:f}",
            "penalty": str(penalty),
            "partial": blueprint.partial,
            "question": one.candidate.question,
            "topics": list(one.candidate.topics),
            "difficulty": one.candidate.difficulty,
        }
    return content, keys


def _frozen(
    candidate: Candidate, *, shuffle: bool, seed: int, address: Callable[[str, str], str]
) -> tuple[dict[str, Any], dict[str, Any]]:
    asked = candidate.content

    def show(text: str) -> str:
        return texts.with_maths(texts.with_pictures(text, lambda picture: address(candidate.bank, picture)))

    def order(count: int, side: str, always: bool = False) -> list[int]:
        places = list(range(count))
        if not (shuffle or always):
            return places
        purpose = f"{candidate.question}/{side}"
        return shuffled(places, str, seed=seed, purpose=purpose)

    shown: dict[str, Any] = {"id": candidate.key, "kind": asked.kind, "text": show(asked.text)}
    key: dict[str, Any] = {}
    if asked.kind == "truefalse":
        shown["options"] = [{"id": "true", "text": ""}, {"id": "false", "text": ""}]
        key["options"] = {name: str(one.share) for name, one in zip(("true", "false"), asked.options, strict=True)}
    elif asked.kind in ("single", "multiple", "ordering"):
        places = order(len(asked.options), "options", always=asked.kind == "ordering")
        shown["options"] = [
            {"id": LETTERS[at], "text": show(asked.options[place].text)} for at, place in enumerate(places)
        ]
        if asked.kind == "ordering":
            key["order"] = [LETTERS[places.index(place)] for place in range(len(places))]
        else:
            key["options"] = {LETTERS[at]: str(asked.options[place].share) for at, place in enumerate(places)}
        key["origin"] = {LETTERS[at]: LETTERS[place] for at, place in enumerate(places)}
    elif asked.kind == "matching":
        lefts = [pair for pair in asked.pairs if texts.words(pair.left)]
        rights = list(dict.fromkeys(pair.right for pair in asked.pairs))
        left_places, right_places = order(len(lefts), "lefts"), order(len(rights), "rights", always=True)
        shown["lefts"] = [{"id": str(at), "text": show(lefts[place].left)} for at, place in enumerate(left_places, 1)]
        shown["rights"] = [{"id": LETTERS[at], "text": show(rights[place])} for at, place in enumerate(right_places)]
        letters = {rights[place]: LETTERS[at] for at, place in enumerate(right_places)}
        key["pairs"] = {str(at): letters[lefts[place].right] for at, place in enumerate(left_places, 1)}
        key["origin"] = {str(at): str(place + 1) for at, place in enumerate(left_places, 1)}
        key["origin"] |= {LETTERS[at]: LETTERS[place] for at, place in enumerate(right_places)}
    elif asked.kind in ("numeric", "short"):
        key["answers"] = [
            {"text": one.text, "tolerance": f"{one.tolerance:f}", "share": str(one.share)} for one in asked.answers
        ]
        key |= {"marks": asked.marks, "case": asked.case} if asked.kind == "short" else {}
    else:
        key["rubric"] = asked.rubric
        if asked.criteria:
            key["criteria"] = [{"text": one.text, "points": f"{one.points:f}"} for one in asked.criteria]
        if asked.kind == "long":
            shown["words"] = asked.words
        else:
            shown |= {"extensions": list(asked.extensions), "megabytes": most_megabytes(asked.megabytes)}
    return shown, key
