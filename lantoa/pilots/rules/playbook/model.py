"""What a playbook holds. Each part is a list of tables of the file; each table says what stands for its truth."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

TEXT, PROSE, CODE, WHOLE, CHOICE = "text", "prose", "code", "whole", "choice"
# How sure what is said is: checked by somebody, found in a source that is named, known to who wrote it, made up.
EVIDENCE: Final = ("verified", "found", "known", "invented")
DIRECTIONS: Final = ("up", "down")
TIMES: Final = ("once", "monthly", "yearly")


@dataclass(frozen=True)
class Key:
    """A key of a table: what stands there, and whether it must."""

    name: str
    kind: str = TEXT
    needed: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A list of tables of the file. `needed`: at least one of them must stand."""

    name: str
    keys: tuple[Key, ...]
    needed: bool = False


_TRUTH = (Key("evidence", CHOICE, choices=EVIDENCE), Key("source", needed=False))
PARTS: Final = (
    Part("facts", (Key("what"), Key("value"), *_TRUTH)),
    Part(
        "steps",
        (
            Key("code", CODE),
            Key("title"),
            Key("text", PROSE, needed=False),
            Key("week", WHOLE, needed=False),
            Key("weeks", WHOLE, needed=False),
            *_TRUTH,
        ),
        needed=True,
    ),
    Part("people", (Key("who"), Key("count", WHOLE, needed=False), Key("task", needed=False), *_TRUTH)),
    Part("materials", (Key("what"), Key("amount", needed=False), *_TRUTH)),
    Part("classes", (Key("title"), Key("course", CODE, needed=False), Key("for_whom", needed=False), *_TRUTH)),
    Part("costs", (Key("what"), Key("dong", WHOLE, needed=False), Key("when", CHOICE, False, TIMES), *_TRUTH)),
    Part("pitfalls", (Key("what"), Key("instead", needed=False), *_TRUTH)),
    Part(
        "measures",
        (
            Key("name"),
            Key("counted_in"),
            Key("direction", CHOICE, choices=DIRECTIONS),
            Key("every_days", WHOLE, needed=False),
            *_TRUTH,
        ),
    ),
)
Item = Mapping[str, str | int]


@dataclass(frozen=True)
class Book:
    """A playbook: its head, and the items of each part by the part's name."""

    code: str
    title: str
    summary: str
    origin: str  # where and when it was tried, in words
    months: int | None = None
    fields: tuple[str, ...] = ()
    parts: Mapping[str, tuple[Item, ...]] = field(default_factory=dict)

    def items(self, part: str) -> tuple[Item, ...]:
        """The items of a part."""
        return self.parts.get(part, ())

    @property
    def steps(self) -> dict[str, str]:
        """The steps: code and title, in their order."""
        return {str(step["code"]): str(step["title"]) for step in self.items("steps")}

    @property
    def days(self) -> dict[str, int]:
        """By step the days from the first one of the plan to the one on which the step is done, where it says a week:
        a step of week 1 that takes 1 week is done by the 7th day, which is 6 days after the first."""
        return {
            str(step["code"]): 7 * (max(int(step["week"]), 1) - 1 + max(int(step.get("weeks", 1)), 1)) - 1
            for step in self.items("steps")
            if "week" in step
        }

    @property
    def courses(self) -> tuple[str, ...]:
        """The codes of the courses whose classes are to be attended."""
        return tuple(str(one["course"]) for one in self.items("classes") if "course" in one)
