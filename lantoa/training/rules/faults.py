"""What is wrong in a programme file or a form as data, and where."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from lantoa.common.refused import N_, Refused


@dataclass(frozen=True)
class Fault:
    """One fault: its place (line and column count from 1; 0 when it is the whole file's), the key, the reason.

    `path` is the key's way from the top, e.g. `classes[2].meetings[5].date`; items count from 1.
    """

    line: int
    column: int
    path: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def reason(self) -> Refused:
        """The sentence, to be said in the reader's language."""
        return Refused(self.message, **self.values)

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}: " if self.line else ""
        return f"{place}{self.path + ': ' if self.path else ''}{self.reason}"


class Faults(Refused):
    """A file that cannot be loaded, with all its faults in the order of the file; `sentence` says of what kind."""

    sentence: ClassVar[str]

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.line, fault.column))
        first = self.faults[0]
        super().__init__(self.sentence, count=len(self.faults), line=first.line, path=first.path, reason=first.reason)


class PlanFaults(Faults):
    """A programme file that cannot be loaded."""

    sentence = N_("Cannot load the programme file: %(count)d faults. Line %(line)d, %(path)s: %(reason)s")
