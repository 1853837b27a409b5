"""What devices send during a workshop, written many together (decisions 0024, 0032): head-counts of sites, check-ins
of people, signs of life. The one way in, for the plain pages and for the hot path. Every act may be sent again."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import connection, transaction

from lantoa.common.models import new_key
from lantoa.ledger.actions import record_each
from lantoa.presence.actions import Arrival, check_in_each
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.models import How, Workshop
from lantoa.workshops.rules.roll import Report, row
from lantoa.workshops.rules.streams import DESK

MOST_ACTORS = 20  # strangers named for one workshop and thing; what more of them do is counted together
OTHERS = "others"


class Kind(StrEnum):
    """What a device asks for."""

    REPORT = "report"
    CHECK_IN = "check-in"
    HEARD = "heard"
    FOREIGN = "foreign"  # refused already: it only has to be written down


@dataclass(frozen=True, slots=True)
class Act:
    """What one device says, about one workshop. `at`: when it reached the centre, whose clock decides."""

    kind: Kind
    workshop: str
    actor: str
    at: datetime
    site: str = ""
    report: Report | None = None
    person: str = ""
    code: str = ""
    what: str = ""  # FOREIGN: to what the ticket was shown


@dataclass(frozen=True, slots=True)
class Told:
    """What it is told after the commit. `refused` is "" or "unknown", "closed", "over", "code"."""

    refused: str = ""
    number: int = 0  # of the roll call


UNKNOWN = Told("unknown")
CLOSED = Told("closed")  # nobody had called the roll when it was tapped
OVER = Told("over")

# The last roll call of the workshop: a report that was kept on a device while the line was dead counts as well.
READ = """
    SELECT w.key, s.key, s.id, w.id, w.state, r.id, r.number, r.opened_at
      FROM workshops_site s JOIN workshops_workshop w ON w.id = s.workshop_id
      LEFT JOIN LATERAL (SELECT id, number, opened_at FROM workshops_rollcall WHERE workshop_id = w.id
                          ORDER BY number DESC LIMIT 1) r ON true
     WHERE s.key = ANY(%s)
"""
NUMBERED = "SELECT workshop_id, number, id FROM workshops_rollcall WHERE workshop_id = ANY(%s)"
TAKEN = """
    SELECT r.site_id, r.nonce FROM workshops_sitereport r
      JOIN unnest(%s::bigint[], %s::text[]) AS u(site_id, nonce) ON u.site_id = r.site_id AND u.nonce = r.nonce
"""
INSERT = """
    INSERT INTO workshops_sitereport
        (roll_call_id, site_id, state, people, leaders, guests, how, reason, nonce, tapped_at, at, by)
    SELECT u.*
      FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::integer[], %s::integer[], %s::integer[], %s::text[],
                  %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::text[])
        AS u(roll_call_id, site_id, state, people, leaders, guests, how, reason, nonce, tapped_at, at, by)
    ON CONFLICT (roll_call_id, site_id, nonce) DO NOTHING
    RETURNING site_id, by
"""
HEARD = """
    INSERT INTO workshops_siteheard AS h (site_id, at)
    SELECT id, at FROM unnest(%s::bigint[], %s::timestamptz[]) u(id, at) ORDER BY id
    ON CONFLICT (site_id) DO UPDATE SET at = GREATEST(h.at, EXCLUDED.at)
"""
NOTE = """
    INSERT INTO workshops_trespass AS t (key, workshop_id, what, actor, count, first_at, last_at)
    SELECT min(v.key), v.workshop, v.what,
           CASE WHEN v.actor = '' OR v.known OR v.named + v.place <= %s THEN v.actor ELSE %s END AS named,
           sum(v.count), min(v.first), max(v.last)
      FROM (SELECT u.*, w.id AS workshop,
                   EXISTS (SELECT 1 FROM workshops_trespass o
                            WHERE o.workshop_id = w.id AND o.what = u.what AND o.actor = u.actor) AS known,
                   (SELECT count(*) FROM workshops_trespass o
                     WHERE o.workshop_id = w.id AND o.what = u.what) AS named,
                   row_number() OVER (PARTITION BY w.id, u.what) AS place
              FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::integer[], %s::timestamptz[],
                          %s::timestamptz[]) AS u(key, of, what, actor, count, first, last)
              JOIN workshops_workshop w ON w.key = u.of) v
     GROUP BY v.workshop, v.what, 4 ORDER BY v.workshop, v.what, 4
    ON CONFLICT (workshop_id, what, actor)
    DO UPDATE SET count = t.count + EXCLUDED.count, last_at = GREATEST(t.last_at, EXCLUDED.last_at)
"""


@dataclass(frozen=True, slots=True)
class _Site:
    """A site as it stands while a group of acts is worked on."""

    workshop: str
    key: str
    id: int
    workshop_id: int
    state: str
    roll_call: int | None
    number: int | None
    opened_at: datetime | None


@transaction.atomic
def write(acts: Sequence[Act]) -> list[Told]:
    """Works on the acts in one transaction; what each is told counts once this has returned.

    A handful of statements however many acts. Whoever is signed in has been looked at before: a page by its gate, a
    device by its ticket.
    """
    sites = _sites({act.site for act in acts if act.site})
    told: list[Told] = [Told()] * len(acts)
    numbered, taken = _known([(act.report, sites[act.site]) for act in acts if act.report and act.site in sites])
    reports: list[tuple[Act, _Site, int]] = []
    arrivals: list[tuple[int, Arrival]] = []
    for place, act in enumerate(acts):
        site = sites.get(act.site)
        if act.kind is Kind.FOREIGN:
            continue
        if site is None or site.workshop != act.workshop:
            told[place] = UNKNOWN
        elif act.kind is Kind.REPORT:
            roll, told[place] = _roll_of(act, site, numbered, taken)
            if roll is not None:
                reports.append((act, site, roll))
        elif act.kind is Kind.CHECK_IN:
            arrivals.append((place, Arrival(f"workshops.site:{site.key}", act.person, act.code, act.actor, act.at)))
    if arrivals:
        answers = check_in_each([arrival for _place, arrival in arrivals])
        for (place, _arrival), refused in zip(arrivals, answers, strict=True):
            told[place] = Told(refused)
    _hear([(act, sites[act.site]) for act in acts if act.kind in {Kind.REPORT, Kind.HEARD} and act.site in sites])
    _note([act for act in acts if act.kind is Kind.FOREIGN])
    if reports:
        _report(reports)
    return told


def _sites(keys: Iterable[str]) -> dict[str, _Site]:
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(keys)])
        return {row[1]: _Site(*row) for row in cursor.fetchall()}


def _known(reports: Sequence[tuple[Report, _Site]]) -> tuple[dict[tuple[int, int], int], set[tuple[int, str]]]:
    """The roll calls by workshop and number; and those of the reports without a number that were taken before."""
    numbered: dict[tuple[int, int], int] = {}
    taken: set[tuple[int, str]] = set()
    with connection.cursor() as cursor:
        if of := {site.workshop_id for said, site in reports if said.roll}:
            cursor.execute(NUMBERED, [list(of)])
            numbered = {(workshop, number): pk for workshop, number, pk in cursor.fetchall()}
        if plain := {(site.id, said.nonce) for said, site in reports if not said.roll}:
            cursor.execute(TAKEN, [list(column) for column in zip(*plain, strict=True)])
            taken = set(cursor.fetchall())
    return numbered, taken


def _roll_of(
    act: Act, site: _Site, numbered: Mapping[tuple[int, int], int], taken: Container[tuple[int, str]]
) -> tuple[int | None, Told]:
    """The roll call of a report, if it is to be written: the one that its page knew, open or closed. A report without
    a number is one of the last roll call, unless it was tapped before that was opened or was taken before."""
    said = act.report
    assert said is not None
    if site.state == Workshop.State.OVER:
        return None, OVER
    if said.roll:
        found = numbered.get((site.workshop_id, said.roll))
        return found, UNKNOWN if found is None else Told(number=said.roll)
    if (site.id, said.nonce) in taken:
        return None, Told(number=site.number or 0)
    if site.opened_at is None or (said.tapped_at is not None and said.tapped_at < site.opened_at):
        return None, CLOSED
    return site.roll_call, Told(number=site.number or 0)


def _report(reports: Sequence[tuple[Act, _Site, int]]) -> None:
    rows = []
    for act, site, roll in reports:
        said = act.report
        assert said is not None
        rows.append(
            (roll, site.id, said.state, said.people, said.leaders, said.guests, How.SITE, "")
            + (said.nonce, said.tapped_at, act.at, act.actor)
        )
    with connection.cursor() as cursor:
        cursor.execute(INSERT, [list(column) for column in zip(*rows, strict=True)])
        written = cursor.fetchall()
    keys = {site.id: site.key for _act, site, _roll in reports}
    if written:
        record_each([(by, "workshops.report", f"workshops.site:{keys[site]}") for site, by in written])
    tell_roll([pk for pk, _by in written], at=max(act.at for act, _site, _roll in reports))


def tell_roll(sites: Iterable[int], *, at: datetime) -> None:
    """Tells the desks what now stands of these sites in the last roll call of their workshop. Comes last in an act:
    the row of the workshop is locked after those of its sites."""
    with connection.cursor() as cursor:
        cursor.execute(STANDS, [sorted(sites)])
        rows: dict[int, dict[str, list[object]]] = {}
        for workshop, key, state, people, reported in cursor.fetchall():
            rows.setdefault(workshop, {})[key] = row(state, people, reported)
    for workshop, told in sorted(rows.items()):
        tell(workshop=Workshop(pk=workshop), kind="roll", audience=DESK, about={"rows": told}, at=at)


STANDS = """
    SELECT s.workshop_id, s.key, t.state, t.people, t.at
      FROM workshops_sitestate t JOIN workshops_site s ON s.id = t.site_id
     WHERE t.site_id = ANY(%s)
       AND t.roll_call_id = (SELECT id FROM workshops_rollcall WHERE workshop_id = s.workshop_id
                              ORDER BY number DESC LIMIT 1)
"""


def _hear(heard: Sequence[tuple[Act, _Site]]) -> None:
    last: dict[int, datetime] = {}
    for act, site in heard:
        if site.workshop == act.workshop:
            last[site.id] = max(act.at, last.get(site.id, act.at))
    if last:
        with connection.cursor() as cursor:
            cursor.execute(HEARD, [list(last), list(last.values())])


def _note(acts: Iterable[Act]) -> None:
    """Counts what was tried with the tickets of others: a row for each who tried, and never more than a few."""
    found: dict[tuple[str, str, str], list[datetime]] = {}
    for act in acts:
        found.setdefault((act.workshop, act.what, act.actor), []).append(act.at)
    rows = [
        (new_key(), workshop, what, actor, len(times), min(times), max(times))
        for (workshop, what, actor), times in sorted(found.items())
    ]
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(NOTE, [MOST_ACTORS, OTHERS, *columns])
