"""Who was invited, who has answered what, and who is to be called."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from lantoa.common.refused import N_
from lantoa.directory.models import Person
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.rules.groups import whole_groups

INVITE: Final = "workshops.invite"  # the long jobs
REMIND: Final = "workshops.remind"
STATES: Final = {  # what the numbers count, with their words
    "uninvited": N_("not invited yet"),
    "waiting": N_("have not answered"),
    "yes": N_("take part"),
    "no": N_("do not take part"),
    "letters": N_("to be invited by letter"),
}
WHICH: Final = {
    "uninvited": Q(invitation=None),
    "waiting": Q(invitation__answer="", invitation__isnull=False),
    "yes": Q(invitation__answer="yes"),
    "no": Q(invitation__answer="no"),
    "letters": Q(invitation__by_letter=True),
}
TOGETHER: Final = 500  # sites in one transaction of a long job: the chair and the desk wait no longer than for these
# Up the tree: of each site the nearest one, itself first, whose operator or deputy is somebody.
NEAREST: Final = """
    WITH RECURSIVE up(asked, id, above_id, operator_id, deputy_id, depth) AS (
        SELECT id, id, above_id, operator_id, deputy_id, 0 FROM workshops_site WHERE id = ANY(%s)
        UNION ALL
        SELECT u.asked, s.id, s.above_id, s.operator_id, s.deputy_id, u.depth + 1
          FROM up u JOIN workshops_site s ON s.id = u.above_id
         WHERE u.operator_id IS NULL AND u.deputy_id IS NULL AND u.depth < 20
    )
    SELECT asked, operator_id, deputy_id FROM up WHERE operator_id IS NOT NULL OR deputy_id IS NOT NULL
"""


def count_answers(sites: "QuerySet[Site]") -> dict[str, int]:
    """How many sites stand behind each word of `STATES`, and how many people are announced ("people"). One query."""
    counted: dict[str, Any] = {name: Count("pk", filter=which) for name, which in WHICH.items()}
    found = sites.order_by().aggregate(**counted, people=Sum("invitation__people"))
    return {name: int(count or 0) for name, count in found.items()}


def sites_answered(sites: "QuerySet[Site]", state: str) -> "QuerySet[Site]":
    """The sites behind one of these numbers; all of them for "". By protocol."""
    found = sites.filter(WHICH[state]) if state else sites
    return found.select_related("invitation", "operator", "deputy", "above").order_by("place", "code", "pk")


def people_above(sites: Iterable[Site]) -> dict[int, list[Person]]:
    """Whom to tell of each site (by id): its operator and deputy, or those of the nearest site above that has any.
    Nobody who is not to be used. Two queries."""
    ids = [one.pk for one in sites]
    with connection.cursor() as cursor:
        cursor.execute(NEAREST, [ids])
        rows: Sequence[tuple[int, int | None, int | None]] = cursor.fetchall()
    wanted = {pk for _site, *people in rows for pk in people if pk}
    people = Person.objects.filter(restricted_at=None, erased_at=None).in_bulk(wanted)
    found: dict[int, list[Person]] = {pk: [] for pk in ids}
    for site, *both in rows:
        found[site] = [people[pk] for pk in both if pk in people]
    return found


def sites_by_person(sites: Iterable[Site], told: Mapping[int, list[Person]]) -> list[tuple[Person, list[Site]]]:
    """Each person of `told` (what `people_above` says) once, with all the sites that are theirs."""
    found: dict[int, tuple[Person, list[Site]]] = {}
    for site in sites:
        for person in told[site.pk]:
            found.setdefault(person.pk, (person, []))[1].append(site)
    return list(found.values())


def asked_about(workshop: Workshop, what: str, *, on: date, only: Collection[int] | None = None) -> "QuerySet[Site]":
    """The sites that are still to be invited (INVITE), or to be reminded on that day (REMIND); of those `only`."""
    left = Q(invitation=None) if what == INVITE else WHICH["waiting"] & ~Q(invitation__reminded_on=on)
    found = workshop.sites.filter(left).select_related("operator", "deputy", "above").order_by("place", "pk")
    return found if only is None else found.filter(pk__in=only)


def groups_asked_about(workshop: Workshop, what: str, *, on: date) -> list[list[int]]:
    """The same (ids) in groups for a long job, so that nobody has sites in two of them."""
    told = people_above(asked_about(workshop, what, on=on))
    return whole_groups({site: [one.pk for one in people] for site, people in told.items()}, most=TOGETHER)
