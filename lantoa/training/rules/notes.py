"""What is said beside the name of someone who may be nominated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lantoa.common.refused import N_

WORDS = {
    "done": N_("completed this course on %(day)s (class %(code)s)"),
    "inside": N_("is in class %(code)s of this course"),
    "left": N_("was in class %(code)s of this course and did not complete it"),
    "clash": N_("class %(other)s at the same time: %(taken)s"),
    "teaches": N_("teaches class %(other)s at the same time: %(taken)s"),
    "near": N_("class %(other)s within a week: %(taken)s"),
    "near_teaching": N_("teaches class %(other)s within a week: %(taken)s"),
    "near_call": N_("nominated for class %(other)s within a week: %(taken)s"),
    "clash_call": N_("nominated for class %(other)s at the same time: %(taken)s"),
}
SHAPES = {"done": "late", "clash": "late", "teaches": "late", "inside": "late", "clash_call": "late"}


@dataclass(frozen=True)
class Note:
    """Something to know before this person is nominated, as a sentence with its values."""

    kind: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def message(self) -> str:
        return WORDS[self.kind]

    @property
    def shape(self) -> str:
        """`late` for what speaks against it, `wait` for what should be weighed."""
        return SHAPES.get(self.kind, "wait")

    def __str__(self) -> str:
        return self.message % self.values
