"""Legal acts: their kinds, and whether one is in force on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from lantoa.common.refused import N_, Refused

LAW, RESOLUTION, DECREE, DECISION, CIRCULAR, DIRECTIVE, PLAN, LETTER, OTHER = (
    "law", "resolution", "decree", "decision", "circular", "directive", "plan", "letter", "other",
)  # fmt: skip
KINDS: Final = (LAW, RESOLUTION, DECREE, DECISION, CIRCULAR, DIRECTIVE, PLAN, LETTER, OTHER)
REPLACES, AMENDS = "replaces", "amends"
WAYS: Final = (REPLACES, AMENDS)
MARKS: Final = ("V", "F", "K")

NOT_YET, IN_FORCE, OVER, REPLACED = "not_yet", "in_force", "over", "replaced"
FORCES: Final = (IN_FORCE, NOT_YET, OVER, REPLACED)


@dataclass(frozen=True)
class ActText:
    """A legal act as a form or a file says it. `starts`: the first day it is in force, None for that of its issue;
    `ends`: the first day it no longer is. `mark` is the evidence of what is said of it (decision 0039)."""

    number: str
    issued_on: date
    issuer: str
    title: str
    kind: str
    starts: date | None = None
    ends: date | None = None
    url: str = ""
    mark: str = ""


def force(starts: date, ends: date | None, replaced: Iterable[date], *, on: date) -> str:
    """Whether an act is in force on a day; `replaced` are the first days of the acts that take its place. One of them
    ends it, whatever the act says of itself."""
    if on < starts:
        return NOT_YET
    if any(day <= on for day in replaced):
        return REPLACED
    return OVER if ends is not None and ends <= on else IN_FORCE


def check_act(text: ActText) -> None:
    """Refuses what cannot be said of an act."""
    if text.kind not in KINDS:
        raise Refused(N_("Cannot enter %(number)s: there is no kind %(kind)s."), number=text.number, kind=text.kind)
    if text.mark and text.mark not in MARKS:
        raise Refused(N_("Cannot enter %(number)s: there is no mark %(mark)s."), number=text.number, mark=text.mark)
    starts = text.starts or text.issued_on
    if text.ends is not None and text.ends <= starts:
        raise Refused(
            N_("Cannot enter %(number)s: it ends on %(ends)s, before it is in force on %(starts)s."),
            number=text.number,
            ends=f"{text.ends:%d/%m/%Y}",
            starts=f"{starts:%d/%m/%Y}",
        )
    if text.url and not text.url.startswith(("https://", "http://")):
        raise Refused(N_("Cannot enter %(number)s: its address does not begin with https://."), number=text.number)
