"""Which unit do they mean? Units found by the words of a roster or of a search box, on a day."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lantoa.common.vietnamese import spell
from lantoa.directory.rules.naming import Wanted, flat, level_rank, parts_of, wanted
from lantoa.directory.rules.periods import Period

_LONG = (
    (re.compile(r"\bubnd\b"), "uy ban nhan dan"),
    (re.compile(r"\bhdnd\b"), "hoi dong nhan dan"),
    (re.compile(r"\b(?:tphcm|tp hcm)\b"), "thanh pho ho chi minh"),
    (re.compile(r"\b(?:tttt|tt tt|tt va tt)\b"), "thong tin va truyen thong"),
    (re.compile(r"\b(?:stttt)\b"), "so thong tin va truyen thong"),
    (re.compile(r"\b(?:khcn|kh cn|kh va cn)\b"), "khoa hoc va cong nghe"),
    (re.compile(r"\bdhqg\b"), "dai hoc quoc gia"),
    (re.compile(r"\btp\b"), "thanh pho"),
    (re.compile(r"\bq (?=\d)"), "quan "),
    (re.compile(r"\bq(?=\d)"), "quan "),
)
_JOINING = re.compile(r"\b(?:va|tinh|thanh pho)\b")


@dataclass(frozen=True)
class Entry:
    """One placement, as far as finding needs it. `folded` is `naming.folded_name` of kind and name."""

    unit: int
    period: Period
    level: str
    kind: str
    name: str
    folded: str
    parent: int | None

    @property
    def full(self) -> str:
        return f"{self.kind} {self.name}".strip()


@dataclass(frozen=True)
class Found:
    """What a text means: one unit, or several that it may mean, or nothing."""

    unit: int | None
    candidates: tuple[int, ...] = ()


class Finder:
    """All placements in memory, to be asked many times (an import has 100,000 rows and some hundred units)."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._of_unit: dict[int, list[Entry]] = defaultdict(list)
        self._full: dict[str, list[Entry]] = defaultdict(list)
        self._bare: dict[str, list[Entry]] = defaultdict(list)
        self._agencies: list[Entry] = []
        for entry in entries:
            self._of_unit[entry.unit].append(entry)
            self._full[entry.folded].append(entry)
            if entry.level == "agency":
                self._agencies.append(entry)
                self._bare[_plain(entry.folded)].append(entry)
            else:
                self._bare[_name_of(entry)].append(entry)
        self._asked: dict[tuple[object, ...], Found] = {}

    def resolve(
        self,
        unit_text: str,
        district_text: str = "",
        province_text: str = "",
        *,
        on: date,
        within: Container[int] | None = None,
    ) -> Found:
        """The unit meant by these words on this day; `within`: only these units are meant when any of them fits.

        One unit only where the words leave one that stood on the day. A unit of another day, or one of several,
        is a candidate for a person to decide on.
        """
        asked = (unit_text, district_text, province_text, on, id(within))
        if asked not in self._asked:
            self._asked[asked] = self._resolve(unit_text, [district_text, province_text], on, within)
        return self._asked[asked]

    def _resolve(self, unit_text: str, context: list[str], on: date, within: Container[int] | None) -> Found:
        parts = parts_of(unit_text)
        if not parts:
            return Found(None)
        whole = [(parts[0], parts[1:])] if len(parts) == 1 else [(unit_text, []), (parts[0], parts[1:])]
        for text, rest in whole:
            entries = self._meant(text)
            places = [wanted(words) for words in [*rest, *context] if words.strip()]
            entries = self._fitting(entries, places, on)
            if within is not None and any(entry.unit in within for entry in entries):
                entries = [entry for entry in entries if entry.unit in within]
            if entries:
                return self._decide(text, entries, on)
        return Found(None)

    def _meant(self, text: str) -> list[Entry]:
        """The placements that these words name, before place and day are looked at."""
        long = _long(text)
        words = wanted(text)
        if words.level or words.kind or words.committee:
            found = self._full.get(words.full, []) if words.kind else self._bare.get(words.name, [])
            exact = self._full.get(long, [])
            agencies = [entry for entry in exact if entry.level == "agency"]
            territorial = [entry for entry in found if entry.level != "agency"]
            return agencies or territorial or exact
        plain = _plain(long)
        named = self._full.get(long, []) or self._bare.get(plain, []) or self._bare.get(words.name, [])
        if named:
            return named
        return [entry for entry in self._agencies if _plain(entry.folded).startswith(plain + " ")]

    def _fitting(self, entries: list[Entry], places: list[Wanted], on: date) -> list[Entry]:
        """Those that stand under each of the places named; under one of their earlier or later places counts less."""
        for place in places:
            under = [entry for entry in entries if self._under(entry, place, on, any_day=False)]
            ever = [entry for entry in entries if self._under(entry, place, on, any_day=True)]
            stand = [entry for entry in ever if entry.period.holds(on)]
            entries = [entry for entry in under if entry.period.holds(on)] or stand or under or ever
        return entries

    def _under(self, entry: Entry, place: Wanted, on: date, *, any_day: bool) -> bool:
        day = on if entry.period.holds(on) else entry.period.since
        if _is(entry, place) and entry.level != "commune":
            return True
        seen: set[int] = set()
        parents = {entry.parent}
        if any_day:
            parents |= {other.parent for other in self._of_unit[entry.unit]}
        while parents:
            above: set[int | None] = set()
            for parent in parents:
                if parent is None or parent in seen:
                    continue
                seen.add(parent)
                for other in self._of_unit[parent]:
                    if any_day or other.period.holds(day):
                        if _is(other, place):
                            return True
                        above.add(other.parent)
            parents = above
        return False

    def _decide(self, text: str, entries: list[Entry], on: date) -> Found:
        today = [entry for entry in entries if entry.period.holds(on)]
        units = list(dict.fromkeys(entry.unit for entry in today))
        if len(units) > 1:
            exact = {entry.unit for entry in today if spell(entry.name) in spell(text)}
            units = [unit for unit in units if unit in exact] if len(exact) == 1 else units
        if len(units) == 1:
            return Found(units[0])
        others = sorted(entries, key=lambda entry: (not entry.period.holds(on), level_rank(entry.level)))
        return Found(None, tuple(dict.fromkeys(entry.unit for entry in others))[:20])


def _is(entry: Entry, place: Wanted) -> bool:
    if place.kind and entry.folded == place.full:
        return True
    return (not place.kind or place.level == "" or place.level == entry.level) and _name_of(entry) == place.name


def _name_of(entry: Entry) -> str:
    kind = _flat_kind(entry.kind)
    return entry.folded.removeprefix(kind + " ") if kind else entry.folded


@lru_cache
def _flat_kind(kind: str) -> str:
    """There are some twenty kinds and tens of thousands of placements."""
    return flat(kind)


def _long(text: str) -> str:
    written = flat(text.replace("&", " va "))
    for pattern, words in _LONG:
        written = pattern.sub(words, written)
    return " ".join(written.split())


def _plain(folded: str) -> str:
    """Without the little words that people leave out: "phong van hoa thong tin" is "phong van hoa va thong tin"."""
    return " ".join(_JOINING.sub(" ", folded).split())


def rank(text: str, folded: str, level: str, stands: bool) -> tuple[int, ...]:
    """How well a placement answers a search: standing on the day first, then exact, then beginning, then within."""
    words = wanted(text)
    whole = flat(text)
    if folded in (words.full, whole):
        fit = 0
    elif folded.endswith(" " + words.name) and words.name:
        fit = 1
    elif folded.startswith(words.full) or f" {words.name}" in folded:
        fit = 2
    else:
        fit = 3
    return (fit > 1, not stands, fit, level_rank(level))
