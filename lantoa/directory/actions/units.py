"""Importing lists of units."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from lantoa.common.bulk import add_rows
from lantoa.common.refused import N_
from lantoa.directory.models import (
    Coverage,
    Decision,
    Placement,
    Snapshot,
    Succession,
    SuccessionLink,
    Unit,
    period_of,
)
from lantoa.directory.rules.changes import Book, Facts, KnownLink, Plan, Stood, plan
from lantoa.directory.rules.naming import code_number, folded_name, unit_sort_key
from lantoa.directory.rules.periods import Period
from lantoa.directory.rules.unit_lists import Faulty, UnitList
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

BATCH = 2_000
LOCK = "SELECT pg_advisory_xact_lock(hashtext('lantoa.directory.import_units'))"


@dataclass(frozen=True)
class Changes:
    """What an import changed, or would change: counts, and a few examples of each kind."""

    title: str
    applied: bool
    units: int = 0
    placements: dict[str, int] = field(default_factory=dict)  # by level
    ended: int = 0
    successions: dict[str, int] = field(default_factory=dict)  # by kind
    links: int = 0
    coverage: int = 0
    already_known: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        return not (self.placements or self.ended or self.links or self.coverage)

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "applied": self.applied,
            "units": self.units,
            "placements": self.placements,
            "ended": self.ended,
            "successions": self.successions,
            "links": self.links,
            "coverage": self.coverage,
            "already_known": self.already_known,
            "examples": self.examples,
        }


def import_units(*, by: Actor, listed: UnitList, apply: bool) -> Changes:
    """Adds what the list knows more than the directory; without `apply` only says what it would add.

    Idempotent. Nothing that stands is rewritten: a list that contradicts it is refused whole (`Faulty` names each
    contradiction). One import at a time.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(LOCK)
        planned = plan(listed, _book(), _links(), _coverage())
        if planned.contradictions:
            raise Faulty(
                N_("Cannot import the list of units %(title)s (contradictions: %(count)d): %(first)s"),
                listed.title,
                planned.contradictions,
            )
        changes = _changes(listed.title, planned, applied=apply)
        if apply and not planned.changes_nothing:
            _write(listed, planned)
            _look_at_sizes()
            record(
                by=by,
                act="directory.import_units",
                thing=f"unit_list:{listed.title}"[:80],
                about={key: value for key, value in changes.as_json().items() if key not in ("examples", "title")},
            )
    return changes


def _look_at_sizes() -> None:
    """The planner of the database must know at once that the tables have grown: lists are ten times faster then."""
    tables = (Unit, Placement, Succession, SuccessionLink, Coverage)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE " + ", ".join(table._meta.db_table for table in tables))


def _book() -> Book:
    rows = Placement.objects.values_list(
        "id", "unit_id", "period", "level", "kind", "name", "code", "parent_id"
    ).order_by("id")
    return Book(
        Stood(unit, _period(period), Facts(level, kind, name, code, parent), placement)
        for placement, unit, period, level, kind, name, code, parent in rows.iterator(chunk_size=5_000)
    )


def _links() -> list[KnownLink]:
    rows = SuccessionLink.objects.values_list(
        "succession__day", "forebear_id", "heir_id", "whole", "default", "succession_id"
    )
    return [KnownLink(*row) for row in rows]


def _coverage() -> list[tuple[int, Period]]:
    return [(unit, _period(period)) for unit, period in Coverage.objects.values_list("unit_id", "period")]


def _period(period: "DateRange") -> Period:
    return Period(period.lower, period.upper)


def _write(listed: UnitList, planned: Plan) -> None:
    decisions, snapshots = _sources(listed)
    made = dict(zip(planned.new_units, add_rows(Unit, (), [()] * len(planned.new_units)), strict=True))

    def id_of(unit: int) -> int:
        return made[unit][0] if unit < 0 else unit

    for closing in planned.closings:
        placement = Placement.objects.select_for_update().get(pk=closing.placement)
        placement.period = period_of(placement.period.lower, closing.until)
        placement.ended_by_id = decisions.get(closing.ended_by)
        placement.save(update_fields=["period", "ended_by"])
    add_rows(
        Placement,
        (
            "unit_id",
            "period",
            "level",
            "kind",
            "name",
            "code",
            "code_number",
            "parent_id",
            "decision_id",
            "snapshot_id",
            "ended_by_id",
            "folded",
            "sort_key",
        ),
        (
            (
                id_of(new.stood.unit),
                period_of(new.stood.period.since, new.stood.period.until),
                facts.level,
                facts.kind,
                facts.name,
                facts.code,
                code_number(facts.level, facts.code),
                None if facts.parent is None else id_of(facts.parent),
                decisions.get(new.decision),
                snapshots.get(new.snapshot),
                decisions.get(new.ended_by),
                folded_name(facts.kind, facts.name),
                unit_sort_key(facts.name),
            )
            for new in planned.placements
            for facts in [new.stood.facts]
        ),
    )
    fresh = [event for event in planned.successions if not event.succession]
    events = add_rows(
        Succession,
        ("day", "kind", "decision_id", "snapshot_id"),
        [(one.day, one.kind, decisions.get(one.decision), snapshots.get(one.snapshot)) for one in fresh],
    )
    succession_id = {id(event): succession for event, (succession, _) in zip(fresh, events, strict=True)}
    SuccessionLink.objects.bulk_create(
        [
            SuccessionLink(
                succession_id=event.succession or succession_id[id(event)],
                forebear_id=id_of(forebear),
                heir_id=id_of(heir),
                whole=row.whole,
                default=row.default,
            )
            for event in planned.successions
            for row, (forebear, heir) in zip(event.links, event.pairs, strict=True)
        ],
        batch_size=BATCH,
    )
    Coverage.objects.bulk_create(
        [
            Coverage(unit_id=id_of(unit), period=period_of(period.since, period.until))
            for unit, period in planned.coverage
        ],
        batch_size=BATCH,
    )


def _sources(listed: UnitList) -> tuple[dict[str, int], dict[str, int]]:
    """The ids of the decisions and snapshots that the list names, made where they are new; by the list's slugs."""
    decisions = {
        slug: Decision.objects.get_or_create(
            number=stated.number,
            issued_on=stated.issued_on,
            issuer=stated.issuer,
            defaults={"title": stated.title},
        )[0].pk
        for slug, stated in listed.decisions.items()
    }
    snapshots = {
        slug: Snapshot.objects.get_or_create(
            slug=slug,
            defaults={
                "title": stated.title,
                "as_of": stated.as_of,
                "publisher": stated.publisher,
                "licence": stated.licence,
            },
        )[0].pk
        for slug, stated in listed.snapshots.items()
    }
    return decisions, snapshots


def _changes(title: str, planned: Plan, *, applied: bool) -> Changes:
    def example(name: str, since: date, until: date | None) -> str:
        return f"{name}, {since} – {until or '…'}"

    return Changes(
        title=title,
        applied=applied,
        units=len(planned.new_units),
        placements=dict(Counter(new.stood.facts.level for new in planned.placements)),
        ended=len(planned.closings),
        successions=dict(Counter(event.kind for event in planned.successions)),
        links=sum(len(event.pairs) for event in planned.successions),
        coverage=len(planned.coverage),
        already_known=planned.already_known,
        examples={
            "placements": [
                example(new.stood.facts.full, new.stood.period.since, new.stood.period.until)
                for new in planned.placements[:5]
            ],
        },
    )
