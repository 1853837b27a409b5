"""Sites of a workshop by hand: added, changed, removed; carried over from the workshop before."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from lantoa.common.bulk import add_rows, new_ids
from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.directory.actions.rosters import Listed, add_people
from lantoa.directory.models import Person, Unit
from lantoa.directory.queries.heirs import stands_for
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.workshops.actions.checks import outdate_checks
from lantoa.workshops.actions.telling import held, tell
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.rules.people import NewPerson
from lantoa.workshops.rules.words import OVER

Tell = Callable[[int, int | None], None]
FIELDS: Final = (
    "code", "name", "name_en", "unit", "above", "place", "country", "zone", "address", "operator", "deputy", "phone",
    "equipment", "line", "seats", "language", "expected",
)  # fmt: skip
TECHNOLOGY: Final = ("equipment", "line")  # after a change of these the technical check is due again


def silent(_done: int, _total: int | None) -> None:
    """Nobody watches."""


@transaction.atomic
def add_site(*, by: Actor, workshop: Workshop, values: Mapping[str, Any], at: datetime) -> Site:
    """One more site; `values` are fields of `FIELDS`, code, name and language at least."""
    write_codes(workshop)
    workshop = open_workshop(workshop)
    values = _with_people(by, workshop, values, values.get("unit"))
    _refuse_people(values, values["name"])
    place = values.get("place") or next_place(workshop)
    with only_one(_taken(workshop, values["code"])):
        made = Site(
            workshop=workshop, **{**{name: values[name] for name in FIELDS if name in values}, "place": place}
        )
        made.folded = folded_names(made.code, made.name, made.name_en)
        made.save()
    made.refresh_from_db()
    settle_tree(workshop)
    record(by=by, act="workshops.add_site", thing=made, about={"workshop": workshop.key})
    tell(workshop=workshop, kind="site", about={"site": made.key}, at=at)
    return made


@transaction.atomic
def change_site(*, by: Actor, site: Site, values: Mapping[str, Any], at: datetime) -> Site:
    """Other facts of a site; `values` are fields of `FIELDS`."""
    if "code" in values:
        write_codes(site.workshop)
    workshop = open_workshop(site.workshop)
    site = Site.objects.select_related("operator", "deputy").get(pk=site.pk)
    values = _with_people(by, workshop, values, values.get("unit", site.unit))
    given = {name: value for name, value in values.items() if name in FIELDS}
    now = {name: given.get(name, getattr(site, name)) for name in ("operator", "deputy", "phone")}
    _refuse_people(now, given.get("name", site.name))
    changed = sorted(name for name in given if name in FIELDS and getattr(site, name) != given[name])
    if not changed:
        return site
    for name, value in given.items():
        setattr(site, name, value)
    site.folded = folded_names(site.code, site.name, site.name_en)
    with only_one(_taken(workshop, site.code)):
        site.save(update_fields=[*given, "folded"])
    if "above" in changed:
        settle_tree(workshop)
        site.refresh_from_db()
    if set(changed) & set(TECHNOLOGY):
        outdate_checks(sites=[site.pk], at=at)
    record(by=by, act="workshops.change_site", thing=site, about={"fields": changed})
    tell(workshop=workshop, kind="site", about={"site": site.key}, at=at)
    return site


@transaction.atomic
def remove_site(*, by: Actor, site: Site, at: datetime) -> None:
    """Takes a site out, while it is only planned."""
    workshop = open_workshop(site.workshop)
    below = Site.objects.filter(above=site).count()
    if below:
        raise Refused(N_("Cannot remove %(site)s: %(count)d sites stand under it."), site=site.name, count=below)
    if workshop.state not in {Workshop.State.DRAFT, Workshop.State.READY}:
        raise Refused(N_("Cannot remove %(site)s: the workshop has begun."), site=site.name)
    if site.reports.exists():
        raise Refused(N_("Cannot remove %(site)s: it has reported in a roll call."), site=site.name)
    if any(rows.exists() for rows in (site.places, site.faults, site.questions, site.hands)):
        raise Refused(
            N_("Cannot remove %(site)s: people have taken seats there, or a fault was reported."), site=site.name
        )
    record(by=by, act="workshops.remove_site", thing=site, about={"workshop": workshop.key})
    tell(workshop=workshop, kind="site", about={"site": site.key}, at=at)
    try:
        site.delete()
    except (ProtectedError, RestrictedError) as error:
        raise Refused(N_("Cannot remove %(site)s: something was recorded of it since."), site=site.name) from error


def open_workshop(workshop: Workshop) -> Workshop:
    """The workshop, held; refused when it is over."""
    workshop = held(workshop)
    if workshop.state == OVER:
        raise Refused(N_("Cannot change the sites of %(name)s: it is over."), name=workshop.name)
    return workshop


def write_codes(workshop: Workshop) -> None:
    """Whoever writes codes of sites writes them alone until the transaction ends, and says so before the workshop is
    held: else one who holds it waits for a code, and one who has written that code waits to hold it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"lantoa.workshops.codes.{workshop.key}"])


def next_place(workshop: Workshop) -> int:
    """The place after the last one."""
    last = Site.objects.filter(workshop=workshop).order_by("-place").values_list("place", flat=True).first()
    return (last or 0) + 1


def folded_names(code: str, name: str, name_en: str) -> str:
    """What a site is found by."""
    return fold(f"{code} {name} {name_en}")[:700]


def _with_people(by: Actor, workshop: Workshop, values: Mapping[str, Any], unit: Unit | None) -> dict[str, Any]:
    """The values with people in the place of those who are to be put on record."""
    found = dict(values)
    since: date = timezone.localdate(workshop.during.lower)
    for who in ("operator", "deputy"):
        named = found.get(who)
        if isinstance(named, NewPerson):
            listed = Listed(named.full_name, unit.pk if unit else workshop.unit_id, phone=named.phone)
            source = f"workshops.workshop:{workshop.key}"
            (taken,) = add_people(
                by=by, people=[listed], since=min(since, timezone.localdate(workshop.made_at)), source=source
            )
            found[who] = Person.objects.get(pk=taken.person)
    return found


def _refuse_people(values: Mapping[str, Any], name: str) -> None:
    """Whoever looks after a site can be called, and the deputy is somebody else."""
    operator, deputy = values.get("operator"), values.get("deputy")
    if operator is not None and operator == deputy:
        raise Refused(
            N_("Cannot enter %(person)s as deputy of %(site)s: they are its operator."),
            person=operator.full_name,
            site=name,
        )
    for person in (operator, deputy):
        if isinstance(person, Person) and not person.phone and not values.get("phone"):
            raise Refused(
                N_("Cannot enter %(person)s for %(site)s: no telephone number of theirs or of the room is known."),
                person=person.full_name,
                site=name,
            )


def _taken(workshop: Workshop, code: str) -> Refused:
    return Refused(
        N_("Cannot use the code %(code)s: another site of %(workshop)s has it."), code=code, workshop=workshop.name
    )


# ---- the tree

TREE = """
    WITH RECURSIVE tree(id, root_id) AS (
        SELECT id, id FROM workshops_site WHERE workshop_id = %(workshop)s AND above_id IS NULL
        UNION ALL
        SELECT s.id, t.root_id FROM workshops_site s JOIN tree t ON s.above_id = t.id
    )"""
ROOTS = (
    TREE
    + """, moved AS (
        UPDATE workshops_site s SET root_id = t.root_id FROM tree t WHERE s.id = t.id AND s.root_id <> t.root_id
    )
    SELECT (SELECT count(*) FROM tree), (SELECT count(*) FROM workshops_site WHERE workshop_id = %(workshop)s)
"""
)
LOST = (
    TREE
    + """
    SELECT s.name FROM workshops_site s
     WHERE s.workshop_id = %(workshop)s AND NOT EXISTS (SELECT 1 FROM tree t WHERE t.id = s.id)
     ORDER BY s.id LIMIT 1
"""
)


def settle_tree(workshop: Workshop) -> None:
    """Gives every site its topmost one; refused when sites stand above each other in a circle."""
    with connection.cursor() as cursor:
        cursor.execute(ROOTS, {"workshop": workshop.pk})
        reached, there = cursor.fetchone()
        if reached != there:  # which one is asked for only then: the database would compare each with each
            cursor.execute(LOST, {"workshop": workshop.pk})
            raise Refused(N_("Cannot place %(site)s: the sites above it lead back to it."), site=cursor.fetchone()[0])


# ---- carried over

_COPIED = (
    "code", "name", "name_en", "folded", "unit_id", "place", "country", "zone", "address", "operator_id", "deputy_id",
    "phone", "equipment", "line", "seats", "language", "expected",
)  # fmt: skip
CARRY_OVER: Final = "workshops.carry_over"  # the long job
AT_ONCE: Final = 1_000  # so many sites are worked on while somebody waits; more by a long job
MANY: Final = 1_000  # so many new rows at once make the database's idea of the table wrong


def look_anew(count: int) -> None:
    """After many new rows the database looks at the table again, so that it does not plan for an empty one."""
    if count >= MANY:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE workshops_site")


def roots_of(above: Mapping[int, int | None]) -> dict[int, int]:
    """The topmost site of each (ids), itself where none stands above it that is among them. In a circle each is its
    own, and `settle_tree` refuses it. A row that is written with its place in the tree is written once."""
    found: dict[int, int] = {}
    for one in above:
        way: dict[int, None] = {}
        at: int | None = one
        while at is not None and at in above and at not in found and at not in way:
            way[at] = None
            at = above[at]
        if at is not None and at in way:  # a circle
            found |= {lost: lost for lost in way}
            continue
        top = found[at] if at is not None and at in found else next(reversed(way))
        found |= dict.fromkeys(way, top)
    return found


@transaction.atomic
def carry_over(*, by: Actor, workshop: Workshop, on: date, at: datetime, on_step: Tell = silent) -> int:
    """Takes over the sites of the workshop before, as many as have no site of their code here; how many.

    Units that have ended since give way to their heirs, and nobody is taken over who is not to be used or is gone.
    All of them or none; begun again it finds them here. The workshop is held only once its sites are in: other
    acts go on meanwhile, and the database keeps codes apart.
    """
    if workshop.previous_id is None:
        raise Refused(N_("Cannot carry sites over to %(name)s: no workshop before it is chosen."), name=workshop.name)
    taken = set(workshop.sites.values_list("code", flat=True))
    old = Site.objects.filter(workshop=workshop.previous_id).exclude(code__in=taken).order_by("place", "id")
    usable = set(
        Person.objects.filter(restricted_at=None, erased_at=None)
        .filter(pk__in={pk for pair in old.values_list("operator_id", "deputy_id") for pk in pair if pk})
        .values_list("pk", flat=True)
    )
    before = list(old.values("id", "above_id", *_COPIED))
    heirs = stands_for((row["unit_id"] for row in before if row["unit_id"]), on=on)
    new = dict(zip((row["id"] for row in before), new_ids(Site, len(before)), strict=True))
    above = {new[row["id"]]: new.get(row["above_id"]) for row in before}
    roots = roots_of(above)
    rows = []
    for done, row in enumerate(before, 1):
        for who in ("operator_id", "deputy_id"):
            row[who] = row[who] if row[who] in usable else None
        row["unit_id"] = heirs.get(row["unit_id"])
        pk = new[row["id"]]
        rows.append((workshop.pk, row["id"], above[pk], roots[pk], *(row[name] for name in _COPIED)))
        on_step(done, len(before))
    columns = ("workshop_id", "carried_from_id", "above_id", "root_id", *_COPIED)
    meanwhile = N_("Cannot carry sites over to %(name)s: others were added meanwhile. Begin again.")
    write_codes(workshop)
    with only_one(Refused(meanwhile, name=workshop.name)):
        made = add_rows(Site, columns, rows, ids=list(new.values()))
    look_anew(len(made))
    workshop = open_workshop(workshop)
    settle_tree(workshop)
    about = {"from": workshop.previous.key if workshop.previous else "", "sites": len(made)}
    record(by=by, act="workshops.carry_over", thing=workshop, about=about)
    tell(workshop=workshop, kind="sites", about={"count": len(made)}, at=at)
    return len(made)
