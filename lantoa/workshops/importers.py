"""Lists of sites: previewed row by row, applied, taken back."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, ClassVar, Final

from django.db import connection
from django.urls import reverse
from django.utils import timezone

from lantoa.common.bulk import add_rows, new_ids
from lantoa.common.refused import N_, Refused
from lantoa.directory.actions.rosters import Listed, add_people, take_back_people
from lantoa.directory.models import Person
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.imports import Importer, Tell, importer
from lantoa.office.models import Import
from lantoa.office.rules.imports import CHANGED, DOUBTFUL, NEW, SKIP, KeptRow, ReadRow, SheetColumn, columns_in
from lantoa.office.rules.sheets import read_table_file
from lantoa.workshops.actions.checks import outdate_checks
from lantoa.workshops.actions.sites import (
    TECHNOLOGY,
    folded_names,
    look_anew,
    next_place,
    open_workshop,
    roots_of,
    settle_tree,
    write_codes,
)
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.importers_judging import Judge
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.queries.sites import sites_with_more
from lantoa.workshops.rules.people import ADD, NOBODY, chosen
from lantoa.workshops.rules.site_list import VOCABULARY, read_site_list

KIND: Final = "workshops.sites"
COLUMNS: Final = (
    "code", "name", "name_en", "folded", "unit_id", "place", "country", "zone", "address", "operator_id", "deputy_id",
    "phone", "equipment", "line", "seats", "language", "expected",
)  # fmt: skip
CHANGE = """
    UPDATE workshops_site s SET
        name = v.name, name_en = v.name_en, folded = v.folded, unit_id = v.unit_id, place = v.place,
        country = v.country, zone = v.zone, address = v.address, operator_id = v.operator_id,
        deputy_id = v.deputy_id, phone = v.phone, equipment = v.equipment, line = v.line, seats = v.seats,
        language = v.language, expected = v.expected, above_id = v.above_id
      FROM jsonb_to_recordset(%s::jsonb) AS v(
        key text, name text, name_en text, folded text, unit_id bigint, place int, country text, zone text,
        address text, operator_id bigint, deputy_id bigint, phone text, equipment text, line text, seats int,
        language text, expected int, above_id bigint)
     WHERE s.key = v.key
"""
# The first site that is no longer as the list left it, or whose former site above is gone.
CHANGED_SINCE = """
    SELECT s.name, is_now.changed
      FROM office_importrow r
      JOIN workshops_site s ON s.key = r.result -> 'before' ->> 'key'
      LEFT JOIN workshops_site up ON up.id = s.above_id
     CROSS JOIN LATERAL (SELECT (r.result -> 'before' ->> 'above_id')::bigint AS above_id) was
     CROSS JOIN LATERAL (
        SELECT NOT to_jsonb(s) @> (r.result -> 'after') OR CASE
               WHEN r.values ->> '_above' IS NULL THEN s.above_id IS DISTINCT FROM was.above_id
               ELSE coalesce(up.code, '') <> r.values ->> '_above' END AS changed) is_now
     WHERE r.source_id = %s AND (is_now.changed OR was.above_id IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM workshops_site a WHERE a.id = was.above_id))
     ORDER BY r.id LIMIT 1
"""
# New sites of the list that somebody has corrected since: undoing would delete their work.
CORRECTED = """
    SELECT s.name
      FROM office_importrow r
      JOIN workshops_site s ON s.key = r.result ->> 'made'
      LEFT JOIN workshops_site up ON up.id = s.above_id
     WHERE r.source_id = %s AND r.result -> 'after' IS NOT NULL
       AND (NOT to_jsonb(s) @> (r.result -> 'after')
            OR coalesce(up.code, '') <> coalesce(r.values ->> '_above', ''))
     ORDER BY r.id LIMIT 5
"""
# What is about to be written: the codes, each with the site above that the list names for it.
LISTED = """
    SELECT values ->> 'code', values ->> '_above' FROM office_importrow
     WHERE source_id = %s AND (verdict IN (%s, %s) OR verdict = %s AND choice NOT IN ('', %s))
     ORDER BY id
"""


Wanted = tuple[KeptRow, dict[str, Any] | None, dict[str, Any]]  # a row, the site as it stands, as it will stand


def workshop_of(made: Import) -> Workshop:
    """The workshop an import goes into."""
    return Workshop.objects.select_related("unit").get(key=made.target.partition(":")[2])


@importer(KIND)
class SitesImporter(Importer):
    """Sites of a workshop, known again by their codes. The same file twice changes nothing."""

    title: ClassVar[str] = N_("List of sites")
    columns: ClassVar[Mapping[str, str]] = {
        "code": N_("Code"),
        "name": N_("Site"),
        "above": N_("Site above"),
        "unit": N_("Unit"),
        "operator": N_("Operator"),
        "expected": N_("People expected"),
    }
    fields: ClassVar[Mapping[str, str]] = {name: known.label for name, known in VOCABULARY.fields.items()}

    def read(self, made: Import, data: bytes, *, on_step: Tell) -> Iterable[ReadRow]:
        workshop = workshop_of(made)
        rows, _tables = read_site_list(read_table_file(data, made.file.name), mapping=made.options.get("columns"))
        on_step(0, len(rows))
        judge = Judge(workshop, rows)
        for done, row in enumerate(rows, 1):
            if done % 2_000 == 0:
                on_step(done, len(rows))
            yield judge.read(row)

    def apply(
        self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell
    ) -> Iterator[list[KeptRow]]:
        workshop = workshop_of(made)
        write_codes(workshop)
        workshop = open_workshop(workshop)
        people = _People(made, workshop, by=by)
        place, tree, count = next_place(workshop), _Tree(made, workshop), 0
        for chunk in chunks:
            people.add(chunk)
            known = _as_they_stand(workshop, [row.values["code"] for row in chunk])
            wanted = []
            for row in chunk:
                site = known.get(row.values["code"])
                values = {"operator_id": None, "deputy_id": None, **(site or {}), **row.values["_site"]}
                if not values.get("place"):
                    values["place"], place = place, place + 1
                values |= people.of(row, values)
                values["folded"] = folded_names(row.values["code"], values["name"], values["name_en"])
                values |= tree.place_of(row.values["code"], told=row.values["_above"] is not None)
                wanted.append((row, site, values))
            _write(workshop, wanted, at)
            count += len(chunk)
            yield chunk
        look_anew(count)
        tree.refuse_left_out()
        settle_tree(workshop)
        record(by=by, act="workshops.load_sites", thing=workshop, about={"import": made.key, "sites": count})
        tell(workshop=workshop, kind="sites", about={"count": count}, at=at)

    def undo(self, made: Import, chunks: Iterator[list[KeptRow]], *, by: Actor, at: datetime, on_step: Tell) -> None:
        workshop = open_workshop(workshop_of(made))
        if refused := self.obstacle(made):
            raise refused
        new: list[str] = []
        before: list[dict[str, Any]] = []
        people: list[dict[str, Any]] = []
        for chunk in chunks:
            for row in chunk:
                if "made" in row.result:
                    new.append(row.result["made"])
                else:
                    before.append(row.result["before"])
                people += row.result.get("people", [])
        with connection.cursor() as cursor:
            cursor.execute(CHANGE, [json.dumps(before)])
            cursor.execute("DELETE FROM workshops_site WHERE key = ANY(%s)", [new])
        settle_tree(workshop)
        take_back_people(by=by, undone=people, source=_source(made))
        record(by=by, act="workshops.take_sites_back", thing=workshop, about={"import": made.key, "sites": len(new)})
        tell(workshop=workshop, kind="sites", about={"count": -len(new)}, at=at)

    def obstacle(self, made: Import) -> Refused | None:
        new = list(made.rows.filter(result__has_key="made").values_list("result__made", flat=True))
        if more := sites_with_more(new):
            words = N_(
                "Cannot undo: %(site)s has sites under it, an answer or a check since, which the list did not bring."
            )
            return Refused(words, site=more[0])
        with connection.cursor() as cursor:
            cursor.execute(CORRECTED, [made.pk])
            if corrected := [name for (name,) in cursor.fetchall()]:
                words = N_("Cannot undo: it would delete sites that were changed since: %(sites)s.")
                return Refused(words, sites=", ".join(corrected))
            cursor.execute(CHANGED_SINCE, [made.pk])
            found = cursor.fetchone()
        if found is None:
            return None
        site, changed = found
        if changed:
            return Refused(N_("Cannot undo: %(site)s was changed since."), site=site)
        return Refused(N_("Cannot undo: the site that stood above %(site)s is no longer there."), site=site)

    def sheet_columns(self, made: Import, data: bytes) -> list[SheetColumn]:
        _rows, tables = read_site_list(read_table_file(data, made.file.name), mapping=made.options.get("columns"))
        return columns_in(tables)

    def page_of(self, made: Import) -> str:
        return reverse("workshops:sites", args=[made.target.partition(":")[2]])


def _source(made: Import) -> str:
    return f"office.import:{made.key}"


class _People:
    """The operators and deputies of a list as ids: those on record by their keys, the others added once each."""

    def __init__(self, made: Import, workshop: Workshop, *, by: Actor) -> None:
        self.made, self.workshop, self.by = made, workshop, by
        self.added: dict[tuple[str, str], int] = {}
        self.known: dict[str, tuple[int, str]] = {}  # id and telephone by key

    def add(self, chunk: Sequence[KeptRow]) -> None:
        """Adds whoever of the chunk is new; finds the others."""
        since: date = timezone.localdate(self.workshop.during.lower)
        keys = {key for row in chunk for key in self._said(row) if key not in (ADD, NOBODY)} - set(self.known)
        for key, pk, phone in Person.objects.filter(key__in=keys).values_list("key", "pk", "phone"):
            self.known[key] = (pk, phone)
        wanted: dict[tuple[str, str], tuple[KeptRow, Listed]] = {}
        for row in chunk:
            for said, who in zip(self._said(row), ("operator", "deputy"), strict=True):
                name, phone = row.values[f"_{who}"]
                if said == ADD and (name, phone) not in self.added:
                    unit = row.values["_site"].get("unit_id") or self.workshop.unit_id
                    wanted.setdefault((name, phone), (row, Listed(name, unit, phone=phone)))
        listed = [one for _row, one in wanted.values()]
        taken = add_people(by=self.by, people=listed, since=min(since, self._today()), source=_source(self.made))
        for (pair, (row, _one)), made in zip(wanted.items(), taken, strict=True):
            self.added[pair] = made.person
            row.result.setdefault("people", []).append(made.undo)

    def _today(self) -> date:
        return timezone.localdate(self.made.made_at)

    def _said(self, row: KeptRow) -> tuple[str, str]:
        """The choice of a person; what was clear from the beginning stands in the row."""
        operator, deputy = row.values["_people"]
        if row.verdict == "doubtful" and " " in row.choice:
            return chosen(row.choice)
        return operator or ADD, deputy or ADD  # "" was doubtful, and somebody has said: all of them are new

    def of(self, row: KeptRow, values: Mapping[str, Any]) -> dict[str, Any]:
        """What the site says of its people; a telephone that the record does not have becomes that of the room."""
        found: dict[str, Any] = {}
        for said, who in zip(self._said(row), ("operator", "deputy"), strict=True):
            name, phone = row.values[f"_{who}"]
            if said == NOBODY:
                if row.values["_told"][who]:
                    found[f"{who}_id"] = None
                continue
            if said != ADD and said not in self.known:
                raise Refused(
                    N_("Cannot load %(site)s: %(person)s was on record when the list was read and is no longer."),
                    site=values["name"],
                    person=name,
                )
            pk, on_record = (self.added[name, phone], phone) if said == ADD else self.known[said]
            found[f"{who}_id"] = pk
            if phone and not on_record and not values.get("phone"):
                found["phone"] = phone
        return found


def _as_they_stand(workshop: Workshop, codes: Sequence[str]) -> dict[str, dict[str, Any]]:
    rows = Site.objects.filter(workshop=workshop, code__in=codes).values("key", "above_id", *COLUMNS)
    return {row["code"]: row for row in rows}


def _write(workshop: Workshop, wanted: Sequence[Wanted], at: datetime) -> None:
    """Adds the new sites and changes the others, with what undoing needs in the rows."""
    new = [(row, values) for row, site, values in wanted if site is None]
    columns = ("above_id", "root_id", *COLUMNS)
    made = add_rows(
        Site,
        ("workshop_id", *columns),
        [(workshop.pk, *({**values, "code": row.values["code"]}[name] for name in columns)) for row, values in new],
        ids=[values["id"] for _row, values in new],
    )
    for (row, values), (_id, key) in zip(new, made, strict=True):
        row.result["made"] = key
        row.result["after"] = {
            **{name: values[name] for name in COLUMNS if name != "code"},
            "code": row.values["code"],
        }
    changed = []
    for row, site, values in wanted:
        if site is not None:
            row.result["before"], row.result["after"] = site, {name: values[name] for name in COLUMNS}
            changed.append({**row.result["after"], "key": values["key"], "above_id": values["above_id"]})
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(CHANGE, [json.dumps(changed)])
        other = [
            site["key"] for _row, site, values in wanted if site and any(site[t] != values[t] for t in TECHNOLOGY)
        ]
        outdate_checks(sites=Site.objects.filter(key__in=other).values_list("pk", flat=True), at=at)


class _Tree:
    """The sites as they will stand under each other, by id, before they are written: each row is written once. (One
    that is added and then put under another pays for every check of the database twice.)"""

    def __init__(self, made: Import, workshop: Workshop) -> None:
        standing = list(workshop.sites.values_list("code", "pk", "above_id"))
        self._ids = {code: pk for code, pk, _above in standing}
        self._standing = frozenset(self._ids)
        self._there = set(self._ids)
        with connection.cursor() as cursor:
            cursor.execute(LISTED, [made.pk, NEW, CHANGED, DOUBTFUL, SKIP])
            self._listed: dict[str, str | None] = dict(cursor.fetchall())
        new = [code for code in self._listed if code not in self._ids]
        self._ids |= zip(new, new_ids(Site, len(new)), strict=True)
        above: dict[int, int | None] = dict.fromkeys(self._ids.values())
        above |= {pk: up for _code, pk, up in standing}
        above |= {self._ids[code]: self._id(up) for code, up in self._listed.items() if up is not None}
        self._roots = roots_of(above)
        self._wanted: dict[str, str] = {}

    def _id(self, code: str | None) -> int | None:
        return self._ids.get(code) if code else None

    def place_of(self, code: str, *, told: bool) -> dict[str, Any]:
        """Id and topmost site; the site above as far as the list tells one (a new site has one, if only none)."""
        self._there.add(code)
        up = self._listed[code]
        if up:
            self._wanted[code] = up
        found: dict[str, Any] = {"id": self._ids[code], "root_id": self._roots[self._ids[code]]}
        return {**found, "above_id": self._id(up)} if told or code not in self._standing else found

    def refuse_left_out(self) -> None:
        """Refuses a site whose site above was left out of what was applied."""
        lost = next(((code, up) for code, up in self._wanted.items() if up not in self._there), None)
        if lost:
            raise Refused(
                N_("Cannot load the site %(code)s: the site above it, %(above)s, is left out."),
                code=lost[0],
                above=lost[1],
            )
