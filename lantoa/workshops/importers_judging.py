"""What each row of a list of sites means for the workshop as it stands."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any, Final

from django.utils import timezone

from lantoa.common.refused import N_
from lantoa.common.vietnamese import fold
from lantoa.directory.models import Unit
from lantoa.directory.queries.people import barred_among
from lantoa.directory.queries.units import names, unit_finder
from lantoa.directory.rules.people import Known
from lantoa.office.rules.imports import (
    CHANGED,
    DOUBTFUL,
    KNOWN,
    NEW,
    WRONG,
    Candidate,
    ReadRow,
    RowChange,
    RowFault,
)
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.queries.people import namesakes
from lantoa.workshops.rules.people import ADD, NOBODY, Meant, choice_of, who_is
from lantoa.workshops.rules.site_list import VOCABULARY, SiteRow, wrong_tree

MOST_CHOICES: Final = 12
BARRED = N_("Cannot take %(person)s: somebody of this name asked that their data not be used. Ask the privacy desk.")
SEVERAL = N_("Several sites have the name %(name)s: write their codes.")


class Judge:
    """What each row means: a new site, a known one, a changed one; and who looks after it."""

    def __init__(self, workshop: Workshop, rows: Sequence[SiteRow]) -> None:
        self.workshop = workshop
        self.on = timezone.localdate(workshop.during.lower)
        standing = Site.objects.filter(workshop=workshop).select_related("above", "operator", "deputy")
        self.sites = {one.code: one for one in standing}
        self.number = len(self.sites)
        self._give_codes(rows)
        above = {code: one.above.code if one.above else "" for code, one in self.sites.items()}
        wrong_tree(rows, above)
        self.finder = unit_finder()
        self.near = {workshop.unit_id, *Unit.objects.under(workshop.unit, on=self.on).values_list("pk", flat=True)}
        self.units: dict[str, tuple[int | None, RowFault | None]] = {}
        named = [pair for row in rows for pair in self._people(row)]
        self.namesakes = namesakes(named)
        ids = {known.id for found in self.namesakes.values() for known in found}
        self.barred, self.barred_names = barred_among(ids, (name for name, _phone, _unit in named))
        self.titles: dict[int, str] = {}

    def _give_codes(self, rows: Sequence[SiteRow]) -> None:
        """A row without a code is the site on record of its name under the same site (of its name alone where the
        list tells no sites above); one of a new name gets the next number. Where several may be meant, it is
        wrong."""
        taken = {*self.sites, *(row.code for row in rows)}
        coded = {row.code for row in rows if row.code}
        standing: defaultdict[tuple[str, str | None], list[str]] = defaultdict(list)
        for one in self.sites.values():
            if one.code not in coded:
                for up in (one.above.code if one.above else "", None):
                    standing[fold(one.name), up].append(one.code)
        spelled = [(fold(row.texts["name"]), row.above if "above" in row.told else None) for row in rows]
        alike, named, found = Counter(spelled), Counter(name for name, _up in spelled), Counter[str]()
        new = []
        for row, (name, up) in zip(rows, spelled, strict=True):
            if row.code or row.is_wrong:
                continue
            same = standing[name, up]
            twins = named[name] if up is None else alike[name, up] + alike[name, None]
            if len(same) == twins == 1:
                row.code = same[0]
                found[name] += 1
            elif same or twins > 1:
                row.faults.append(RowFault(SEVERAL, {"name": row.texts["name"]}))
            else:
                new.append((row, name))
        for row, name in new:
            if len(standing[name, None]) > found[name]:  # one stands elsewhere, and no row says that it stays there
                row.faults.append(RowFault(SEVERAL, {"name": row.texts["name"]}))
                continue
            self.number += 1
            while f"{self.number:03d}" in taken:
                self.number += 1
            row.code = f"{self.number:03d}"
            taken.add(row.code)

    def _people(self, row: SiteRow) -> list[tuple[str, str, int | None]]:
        unit, _fault = self.unit_of(row.unit)
        pairs = ((row.operator, row.operator_phone), (row.deputy, row.deputy_phone))
        return [(name, phone, unit) for name, phone in pairs]

    def unit_of(self, text: str) -> tuple[int | None, RowFault | None]:
        """The unit that a text names on the day; what is wrong with it is a warning: a site needs no unit."""
        if not text:
            return None, None
        if text not in self.units:
            self.units[text] = self._resolved(text)
        return self.units[text]

    def _resolved(self, text: str) -> tuple[int | None, RowFault | None]:
        found = self.finder.resolve(text, on=self.on, within=self.near)
        if found.unit is None and "," in text and not found.candidates:
            name, _, above = text.partition(",")
            found = self.finder.resolve(name, above, on=self.on, within=self.near)
        if found.unit is not None:
            return found.unit, None
        if len(found.candidates) > 1:
            words = N_("«%(unit)s» may be any of %(several)d units: the site is loaded without a unit.")
            return None, RowFault(words, {"unit": text, "several": len(found.candidates)}, severity="warning")
        words = N_("No unit «%(unit)s» is known on %(day)s: the site is loaded without a unit.")
        return None, RowFault(words, {"unit": text, "day": f"{self.on:%d/%m/%Y}"}, severity="warning")

    def read(self, row: SiteRow) -> ReadRow:
        """The row with its verdict."""
        site = self.sites.get(row.code)
        unit, fault = self.unit_of(row.unit)
        faults = [*row.faults, *([fault] if fault else [])]
        operator, deputy = (who_is(*pair, self.namesakes.get(pair, ())) for pair in self._people(row))
        faults += self._people_faults(row, site, operator, deputy)
        values = self._values(row, unit, operator, deputy)
        if any(one.severity == "error" for one in faults):
            return ReadRow(row.number, WRONG, values, tuple(faults), sheet=row.sheet)
        if "doubtful" in (operator.kind, deputy.kind):
            candidates = self._candidates(row, operator, deputy)
            return ReadRow(row.number, DOUBTFUL, values, tuple(faults), (), candidates, row.sheet)
        if site is None:
            return ReadRow(row.number, NEW, values, tuple(faults), sheet=row.sheet)
        changes = self._changes(row, site, unit, operator, deputy)
        return ReadRow(row.number, CHANGED if changes else KNOWN, values, tuple(faults), changes, sheet=row.sheet)

    def _people_faults(self, row: SiteRow, site: Site | None, *meant: Meant) -> list[RowFault]:
        faults = []
        room = row.phone or (site.phone if site else "")
        pairs = ((row.operator, row.operator_phone), (row.deputy, row.deputy_phone))
        for (name, phone), found in zip(pairs, meant, strict=True):
            keys = {one.key for one in found.people}
            if name and (keys & self.barred or fold(name) in self.barred_names):
                faults.append(RowFault(BARRED, {"person": name}))
            elif name and not phone and not room and not (keys and all(one.phone for one in found.people)):
                faults.append(
                    RowFault(
                        N_("Cannot enter %(person)s: the list gives no telephone number, and none is on record."),
                        {"person": name},
                    )
                )
        if row.operator and spell_of(row.operator, row.operator_phone) == spell_of(row.deputy, row.deputy_phone):
            faults.append(RowFault(N_("Operator and deputy are one person: %(person)s."), {"person": row.operator}))
        return faults

    def _values(self, row: SiteRow, unit: int | None, operator: Meant, deputy: Meant) -> dict[str, Any]:
        given: dict[str, Any] = {name: text for name, text in row.texts.items() if name in row.told}
        if "unit" in row.told:
            given["unit_id"] = unit
        if {"country", "zone"} & row.told:
            given |= {"country": row.country, "zone": row.zone}
        for name in ("place", "seats", "expected"):
            value = getattr(row, name)
            if name in row.told and (value is not None or name == "seats"):
                given[name] = value
        if row.language:
            given["language"] = row.language
        if row.phone:
            given["phone"] = row.phone
        if row.code not in self.sites:
            given = {**self._blank(), **given}
        return {
            "code": row.code,
            "name": row.texts["name"],
            "above": row.above,
            "unit": row.unit,
            "operator": " ".join(filter(None, (row.operator, row.operator_phone))),
            "expected": "" if row.expected is None else str(row.expected),
            "_site": given,
            "_above": row.above if "above" in row.told else None,
            "_operator": [row.operator, row.operator_phone],
            "_deputy": [row.deputy, row.deputy_phone],
            "_told": {who: who in row.told for who in ("operator", "deputy")},
            "_people": [_said(operator), _said(deputy)],
        }

    def _blank(self) -> dict[str, Any]:
        return {
            "name_en": "", "unit_id": None, "place": None, "country": "VN", "zone": self.workshop.zone, "address": "",
            "phone": "", "equipment": "", "line": "", "seats": None, "language": self.workshop.languages[0],
            "expected": 0,
        }  # fmt: skip

    def _candidates(self, row: SiteRow, operator: Meant, deputy: Meant) -> tuple[Candidate, ...]:
        found = []
        for first in _choices(operator):
            for second in _choices(deputy):
                words = "; ".join(
                    f"{name}: {self._words(one, name)}" if one else f"{name}: +"
                    for name, one in ((row.operator, first), (row.deputy, second))
                    if name
                )
                key = choice_of(_key(first, operator), _key(second, deputy))
                if key != choice_of(ADD, ADD):
                    found.append(Candidate(key, words))
        return tuple(found[:MOST_CHOICES])

    def _words(self, one: Known, name: str) -> str:
        unit = one.posts[-1][0] if one.posts else None
        if unit is not None and unit not in self.titles:
            called = names([unit], on=self.on)
            self.titles[unit] = called[unit].full_name if unit in called else ""
        parts = [one.full_name, str(one.birth) if one.birth else "", self.titles.get(unit or 0, ""), one.phone]
        return " · ".join(filter(None, parts))

    def _changes(
        self, row: SiteRow, site: Site, unit: int | None, operator: Meant, deputy: Meant
    ) -> tuple[RowChange, ...]:
        changes = []
        given = self._values(row, unit, operator, deputy)["_site"]
        for name, new in given.items():
            old = getattr(site, name)
            if old != new:
                field = "unit" if name == "unit_id" else name
                said = (
                    (str(site.unit_id and self._unit_words(site.unit_id) or ""), row.unit)
                    if field == "unit"
                    else None
                )
                was, now = said or ("" if old is None else str(old), "" if new is None else str(new))
                changes.append(RowChange(VOCABULARY.fields[field].label, was, now))
        up = site.above.code if site.above else ""
        if "above" in row.told and up != row.above:
            changes.append(RowChange(VOCABULARY.fields["above"].label, up, row.above))
        for who, meant, name in (("operator", operator, row.operator), ("deputy", deputy, row.deputy)):
            person = getattr(site, who)
            key = meant.people[0].key if meant.kind == "known" else ""
            if who in row.told and (person.key if person else "") != key:
                changes.append(RowChange(VOCABULARY.fields[who].label, person.full_name if person else "", name))
        if (
            operator.kind == "known"
            and row.operator_phone
            and not (operator.people[0].phone or site.phone or row.phone)
        ):
            changes.append(RowChange(VOCABULARY.fields["phone"].label, "", row.operator_phone))
        return tuple(changes)

    def _unit_words(self, unit: int) -> str:
        called = names([unit], on=self.on)
        return called[unit].full_name if unit in called else ""


def spell_of(name: str, phone: str) -> tuple[str, str]:
    """What two mentions of one person in one row have in common."""
    return fold(name), phone


def _said(meant: Meant) -> str:
    """NOBODY, ADD, the key of a person; "" while it is doubtful."""
    if meant.kind == "known":
        return meant.people[0].key
    return {"none": NOBODY, "new": ADD, "doubtful": ""}[meant.kind]


def _choices(meant: Meant) -> list[Known | None]:
    if meant.kind == "doubtful":
        return [*meant.people, None]
    return [meant.people[0] if meant.kind == "known" else None]


def _key(one: Known | None, meant: Meant) -> str:
    if one is not None:
        return one.key
    return NOBODY if meant.kind == "none" else ADD
