"""A file of targets (TOML): the decision they come from, whose they are, and each target with its milestones."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from lantoa.common.refused import N_, Refused
from lantoa.common.toml_lines import Lined, LinedFault, LinedFaults, Place, read_toml
from lantoa.programmes.rules.target_text import Goal, TargetText, wrongs

KIND: Final = "lantoa-targets"
NEEDED, OPTIONAL = True, False
TOP: Final = {"file": (str, NEEDED), "version": (int, NEEDED), "decision": (dict, NEEDED), "target": (list, NEEDED)}
DECISION: Final = {
    "number": (str, NEEDED),
    "date": (datetime.date, NEEDED),
    "issuer": (str, NEEDED),
    "title": (str, NEEDED),
    "owner": (str, NEEDED),
    "since": (datetime.date, OPTIONAL),
}
TARGET: Final = {
    "code": (str, NEEDED),
    "pillar": (str, NEEDED),
    "field": (str, OPTIONAL),
    "name": (str, NEEDED),
    "name_en": (str, OPTIONAL),
    "definition": (str, OPTIONAL),
    "source": (str, OPTIONAL),
    "measure": (str, NEEDED),
    "kind": (str, NEEDED),
    "roll_up": (str, OPTIONAL),
    "every": (str, OPTIONAL),
    "low": (Decimal, OPTIONAL),
    "high": (Decimal, OPTIONAL),
    "jump": (Decimal, OPTIONAL),
    "baseline": (dict, OPTIONAL),
    "goals": (list, OPTIONAL),
    "goals_reason": (str, OPTIONAL),
    "retired_on": (datetime.date, OPTIONAL),
    "retired_reason": (str, OPTIONAL),
}
BASELINE: Final = {"year": (int, NEEDED), "value": (Decimal, NEEDED), "mark": (str, OPTIONAL)}
GOAL: Final = {
    "year": (int, NEEDED),
    "value": (Decimal, NEEDED),
    "mark": (str, OPTIONAL),
    "source": (str, OPTIONAL),
}
LONGEST: Final = {
    "code": 40, "name": 300, "name_en": 300, "source": 300, "measure": 60, "number": 60, "issuer": 200, "title": 500,
    "retired_reason": 500, "goals_reason": 500, "field": 40,
}  # fmt: skip
WORDS: Final = {
    str: N_("a text"),
    int: N_("a whole number"),
    Decimal: N_("a number"),
    dict: N_("a table"),
    list: N_("a list"),
    datetime.date: N_("a day like 2020-06-03"),
}


@dataclass(frozen=True)
class Listed:
    """A target of the file, since when it no longer holds, if it does not, and why a milestone of a year that is over
    is another than before."""

    text: TargetText
    retired_on: datetime.date | None = None
    retired_reason: str = ""
    goals_reason: str = ""


@dataclass(frozen=True)
class TargetFile:
    """The file: the decision, the unit by its name on the first day, and the targets in their order."""

    number: str
    issued_on: datetime.date
    issuer: str
    title: str
    owner: str
    since: datetime.date
    targets: tuple[Listed, ...]


def read_target_file(data: bytes) -> TargetFile:
    """The file, or LinedFaults with everything that is wrong in it."""
    reading = _Reading(read_toml(data))
    made = reading.file()
    if reading.faults or made is None:
        raise LinedFaults(reading.faults)
    return made


class _Reading:
    """One file on its way into values; what is wrong is gathered, not raised."""

    def __init__(self, lined: Lined) -> None:
        self.lined = lined
        self.faults: list[LinedFault] = []

    def wrong(self, path: Place, message: str, **values: Any) -> None:
        """Notes a fault at its line."""
        self.faults.append(LinedFault(self.lined.line(*path), _place(path), Refused(message, **values)))

    def file(self) -> TargetFile | None:
        """The whole file; None when its frame is wrong already."""
        top = self.table(self.lined.values, TOP, ())
        if top is None:
            return None
        if (top["file"], top["version"]) != (KIND, 1):
            self.wrong(
                ("file",),
                N_("This is no file of targets: it begins with file = “%(kind)s” and version = 1."),
                kind=KIND,
            )
            return None
        head = self.table(top["decision"], DECISION, ("decision",))
        since = (head or {}).get("since") or (head or {}).get("date")
        targets = [self.target(one, since, ("target", at)) for at, one in enumerate(top["target"])]
        self.once(targets)
        if head is None or since is None:
            return None
        return TargetFile(
            head["number"], head["date"], head["issuer"], head["title"], head["owner"], since,
            tuple(one for one in targets if one is not None),
        )  # fmt: skip

    def once(self, targets: list[Listed | None]) -> None:
        """Each code stands once."""
        seen: set[str] = set()
        for at, one in enumerate(targets):
            if one is not None and one.text.code in seen:
                self.wrong(
                    ("target", at, "code"), N_("The code %(code)s stands in the file already."), code=one.text.code
                )
            elif one is not None:
                seen.add(one.text.code)

    def target(self, said: Any, since: datetime.date | None, path: Place) -> Listed | None:
        """One target; None when it cannot be read."""
        found = self.table(said, TARGET, path)
        if found is None or since is None:
            return None
        start = {} if "baseline" not in found else self.table(found["baseline"], BASELINE, (*path, "baseline"))
        goals = [self.goal(one, (*path, "goals", at)) for at, one in enumerate(found.get("goals", []))]
        if start is None or None in goals:
            return None
        plain = {name: found[name] for name in TARGET if name in found and name not in _APART}
        text = TargetText(
            **plain,
            since=since,
            baseline=start.get("value"),
            baseline_year=start.get("year"),
            baseline_mark=start.get("mark", ""),
            goals=tuple(one for one in goals if one is not None),
        )
        for one in wrongs(text):
            at = path if one.goal is None else (*path, "goals", one.goal)
            self.wrong((*at, one.field), one.message, **one.values)
        retired_on, reason = found.get("retired_on"), found.get("retired_reason", "")
        if (retired_on is None) != (not reason):
            self.wrong((*path, "retired_on"), N_("A target is retired with a day and a reason."))
        return Listed(text, retired_on, reason, found.get("goals_reason", ""))

    def goal(self, said: Any, path: Place) -> Goal | None:
        """One milestone."""
        found = self.table(said, GOAL, path)
        return None if found is None else Goal(**found)

    def table(self, said: Any, shape: Mapping[str, tuple[type, bool]], path: Place) -> dict[str, Any] | None:
        """The values of a table, each of its kind; None when one is missing or another."""
        if not isinstance(said, dict):
            self.wrong(path, N_("This must be %(kind)s."), kind=Refused(WORDS[dict]))
            return None
        found: dict[str, Any] = {}
        before = len(self.faults)
        for name in said:
            if name not in shape:
                self.wrong(
                    (*path, name),
                    N_("“%(name)s” is not known here; known are: %(known)s."),
                    name=name,
                    known=", ".join(shape),
                )
        for name, (kind, needed) in shape.items():
            if name not in said:
                if needed:
                    self.wrong((*path, name), N_("“%(name)s” is missing."), name=name)
                continue
            value = _as(kind, said[name])
            if value is None:
                self.wrong((*path, name), N_("This must be %(kind)s."), kind=Refused(WORDS[kind]))
            elif isinstance(value, str) and (not value.strip() if needed else False):
                self.wrong((*path, name), N_("“%(name)s” is empty."), name=name)
            elif isinstance(value, str) and len(value) > LONGEST.get(name, 5_000):
                self.wrong(
                    (*path, name), N_("The text is longer than %(most)d letters."), most=LONGEST.get(name, 5_000)
                )
            else:
                found[name] = value.strip() if isinstance(value, str) else value
        return found if len(self.faults) == before else None


_APART: Final = {"baseline", "goals", "goals_reason", "retired_on", "retired_reason"}


def _as(kind: type, value: Any) -> Any:
    """The value when it is of this kind; a whole number is a number, yes and no are none."""
    if isinstance(value, bool):
        return None
    if kind is Decimal:
        number = Decimal(value) if isinstance(value, int) else value
        return number if isinstance(number, Decimal) and number.is_finite() else None
    if kind is datetime.date and isinstance(value, datetime.datetime):
        return None
    return value if isinstance(value, kind) else None


def _place(path: Place) -> str:
    """Where in the file, as people count: "target 3, goals 1, year"."""
    said: list[str] = []
    for step in path:
        if isinstance(step, int):
            said[-1] = f"{said[-1]} {step + 1}"
        else:
            said.append(step)
    return ", ".join(said)
