"""What a unit runs, against what is expected of it: kinds and expectations as data, gaps as a pure judgement."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from lantoa.common.refused import N_, Refused
from lantoa.common.toml_lines import LinedFault, LinedFaults, Place, read_toml
from lantoa.common.vietnamese import fold

PLATFORM, INFRASTRUCTURE = "platform", "infrastructure"
GROUPS: Final = (PLATFORM, INFRASTRUCTURE)
LEVELS: Final = ("province", "district", "commune", "agency")

PLANNED, TRIAL, RUNNING, BROKEN, STOPPED = "planned", "trial", "running", "broken", "stopped"
STATES: Final = (RUNNING, TRIAL, PLANNED, BROKEN, STOPPED)
IN_USE: Final = frozenset({TRIAL, RUNNING})

HUB: Final = "data_sharing"  # what "connected" means: to the data sharing platform
MISSING, INHERITED, OLD, UNCONNECTED = "missing", "inherited", "old", "unconnected"
GAPS: Final = (MISSING, INHERITED, OLD, UNCONNECTED)
MOST_YEARS: Final = 50


@dataclass(frozen=True)
class Kind:
    """A kind of platform or infrastructure, and the folded words by which a sheet may call it."""

    code: str
    group: str
    name: str
    name_en: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """What a unit is expected to run: of this kind, not older than so many years, connected to the data sharing
    platform. `mark` and `source` are the evidence; both empty where an office declared it."""

    kind: str
    oldest: int | None = None
    connected: bool = False
    mark: str = ""
    source: str = ""

    def data(self) -> dict[str, Any]:
        """As it is kept."""
        return {"kind": self.kind, "oldest": self.oldest, "connected": self.connected}


@dataclass(frozen=True)
class Run:
    """Something that is there on a day. `begun`: the first day it was in use; `inherited`: by a unit whose place this
    one took."""

    kind: str
    state: str
    begun: date | None = None
    connected: bool = False
    inherited: bool = False


@dataclass(frozen=True)
class Checked:
    """An expectation and what is wrong with it on a day: of GAPS, nothing for one that is met."""

    expected: Expected
    gaps: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Judged:
    """What is expected of a unit on a day, each judged. Units that run nothing and have to run the same share one."""

    checked: tuple[Checked, ...] = ()

    @cached_property
    def states(self) -> dict[str, frozenset[str]]:
        """By kind of what numbers a unit is a row: `expected`, then `met`, or `lacking` and its GAPS."""
        return {
            one.expected.kind: frozenset(("expected", *(("lacking", *one.gaps) if one.gaps else ("met",))))
            for one in self.checked
        }

    @cached_property
    def all_states(self) -> frozenset[str]:
        """The same of any kind."""
        return frozenset().union(*self.states.values())


def check(expected: Iterable[Expected], runs: Sequence[Run], *, on: date) -> Judged:
    """Each expectation against what runs on the day."""
    return Judged(tuple(Checked(one, gaps_of(one, runs, on=on)) for one in expected))


def gaps_of(one: Expected, runs: Sequence[Run], *, on: date) -> tuple[str, ...]:
    """What is wrong with one expectation. What only a unit before this one ran is neither had nor missing: somebody
    has to say what became of it. The newest and the best connected of a kind count."""
    there = [run for run in runs if run.kind == one.kind and run.state in IN_USE]
    own = [run for run in there if not run.inherited]
    if not own:
        return (INHERITED,) if there else (MISSING,)
    found = []
    if one.oldest is not None and all(older(run.begun, one.oldest, on=on) for run in own):
        found.append(OLD)
    if one.connected and not any(run.connected for run in own):
        found.append(UNCONNECTED)
    return tuple(found)


def older(begun: date | None, years: int, *, on: date) -> bool:
    """Whether more than so many years have passed since that day; a day that is not known is not held against it."""
    if begun is None:
        return False
    return (on.year - begun.year, on.month, on.day) > (years, begun.month, begun.day)


def read_kinds(data: bytes) -> dict[str, Kind]:
    """The kinds of a file, by code and in its order; LinedFaults for one that is wrong."""
    lined = read_toml(data)
    faults: list[LinedFault] = []
    found: dict[str, Kind] = {}
    for at, said in enumerate(lined.values.get("kind", [])):
        code = str(said.get("code", ""))
        names = (said.get("name"), said.get("name_en"))
        place: Place = ("kind", at)
        if not code or code in found or said.get("group") not in GROUPS or not all(names):
            words = N_("Kind %(code)s is not whole: it has a code of its own, a group and both names.")
            faults.append(LinedFault(lined.line(*place), code, Refused(words, code=code)))
            continue
        words_of = [*said.get("words", ()), said["name"], said["name_en"], code]
        found[code] = Kind(code, said["group"], said["name"], said["name_en"], tuple(map(fold, words_of)))
    if faults:
        raise LinedFaults(faults)
    return found


def read_expected(data: bytes, kinds: Mapping[str, Kind]) -> dict[str, tuple[Expected, ...]]:
    """What is expected, by level; LinedFaults for a level or kind that nobody knows."""
    lined = read_toml(data)
    faults: list[LinedFault] = []
    found: dict[str, list[Expected]] = {}
    for at, said in enumerate(lined.values.get("expected", [])):
        level, kind, oldest = said.get("level"), said.get("kind"), said.get("oldest")
        for name, value, known in (("level", level, LEVELS), ("kind", kind, tuple(kinds))):
            if value not in known:
                words = N_("“%(said)s” is not known here; known are: %(known)s.")
                refused = Refused(words, said=str(value), known=", ".join(known))
                faults.append(LinedFault(lined.line("expected", at, name), name, refused))
        if oldest is not None and not (isinstance(oldest, int) and 1 <= oldest <= MOST_YEARS):
            words = N_("The years must be a whole number from 1 to %(most)d.")
            faults.append(LinedFault(lined.line("expected", at, "oldest"), "oldest", Refused(words, most=MOST_YEARS)))
        made = Expected(str(kind), oldest, bool(said.get("connected")), said.get("mark", ""), said.get("source", ""))
        found.setdefault(str(level), []).append(made)
    if faults:
        raise LinedFaults(faults)
    return {level: tuple(rows) for level, rows in found.items()}


def kind_called(text: str, kinds: Mapping[str, Kind]) -> str:
    """The code of the kind that a cell means: its code, one of its names, or a word of its own; "" for none."""
    wanted = fold(text)
    for one in kinds.values():
        if wanted in one.words:
            return one.code
    return ""
