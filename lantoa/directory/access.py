"""May you? The one gate of all pages. And: who looked?

    @needs("training.manage")
    def edit_class(request, key):
        training_class = get_object_or_404(TrainingClass, key=key)
        check(request, training_class.unit)          # 404 for strangers

`needs` lets in whoever holds the permission anywhere; `check` asks for it on the unit at hand; `in_care` filters a
list. A role on a unit holds for everything under it, and for the ended units whose default heir is in its care: the
class of 2020 stays within reach of the city that took the district's place.

A page that shows personal data of others says so beside its gate, and in its view whose (decision 0016):

    @needs("directory.view_people")
    @shows_people(N_("the page of a person"))
    def person(request, key):
        ...
        saw(request, this, 1)
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from lantoa.accounts.models import User
from lantoa.common.likely import FIRST_DAY, LAST_DAY
from lantoa.common.models import Thing
from lantoa.common.ready import asking
from lantoa.directory.models import RoleGrant, Unit, UnitQuerySet
from lantoa.directory.permissions import PERMISSIONS, PUBLIC, ROLES, SIGNED_IN, roles_with
from lantoa.ledger.actions import look

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

Held = list[tuple[str, int, bool]]  # role, unit (its id), whether that is the country
_reading: ContextVar[tuple[int | None, dict[date, Held]] | None] = ContextVar("_reading", default=None)

# Up from a unit: the parent of its last placement begun by the day, and, if it has ended, its default heirs.
HOLDERS = """
    WITH RECURSIVE holder(unit_id) AS (
        SELECT %s::bigint
        UNION
        SELECT step.unit_id FROM holder h CROSS JOIN LATERAL (
            (SELECT p.parent_id AS unit_id FROM directory_placement p
              WHERE p.unit_id = h.unit_id AND lower(p.period) <= %s::date AND p.parent_id IS NOT NULL
              ORDER BY lower(p.period) DESC LIMIT 1)
            UNION
            (SELECT l.heir_id FROM directory_successionlink l JOIN directory_succession s ON s.id = l.succession_id
              WHERE l.forebear_id = h.unit_id AND l."default" AND s.day <= %s::date)
        ) step
    ) SELECT unit_id FROM holder
"""

HELD = """
    SELECT g.role, g.unit_id, EXISTS (SELECT 1 FROM directory_placement p
                                       WHERE p.unit_id = g.unit_id AND p.level = 'country')
      FROM directory_rolegrant g
     WHERE g.user_id = %s AND g.since <= %s AND (g.until IS NULL OR g.until > %s)
"""

# The same steps read the other way, from a unit in `care c` to those it cares for. `{on}` is the place of the day.
DOWN = """
            (SELECT p.unit_id FROM directory_placement p
              WHERE p.parent_id = c.unit_id AND lower(p.period) <= {on}::date
                AND NOT EXISTS (SELECT 1 FROM directory_placement later WHERE later.unit_id = p.unit_id
                                 AND lower(later.period) > lower(p.period) AND lower(later.period) <= {on}::date))
            UNION ALL
            (SELECT l.forebear_id FROM directory_successionlink l
               JOIN directory_succession s ON s.id = l.succession_id
              WHERE l.heir_id = c.unit_id AND l."default" AND s.day <= {on}::date)
"""

# Down from the granted units.
IN_CARE = f"""
    WITH RECURSIVE care(unit_id) AS (
        SELECT unnest(%s::bigint[])
        UNION
        SELECT step.unit_id FROM care c CROSS JOIN LATERAL ({DOWN.format(on="%s")}) step
    ) SELECT unit_id FROM care
"""

# Up from all of the granted units at once.
ABOVE = HOLDERS.replace("%s::bigint", "unnest(%s::bigint[])")


def today() -> date:
    """The day of the house's time zone; for pages, commands and tasks only."""
    return timezone.localdate()


@dataclass(frozen=True)
class Granted:
    """Where a user holds a permission by grants of their own: ids of units, and whether the country is among them."""

    units: list[int]
    everywhere: bool


def _held_by(user: User, on: date) -> Held:
    """What the user holds on that day. Of the reader of a page (`needs`) it is read once, for the whole page."""
    reader, kept = _reading.get() or (None, {})
    if user.pk == reader and on in kept:
        return kept[on]
    with asking() as cursor:
        cursor.execute(HELD, [user.pk, on, on])
        held: Held = cursor.fetchall()
    if user.pk == reader:
        kept[on] = held
    return held


def grants_of(user: User, permission: str, *, on: date) -> Granted:
    """Where the user holds the permission on that day. One query.

    Whoever holds it on the country holds it for all: also for partners abroad, which stand under nothing.
    """
    roles = roles_with(permission)
    held = [(unit, country) for role, unit, country in _held_by(user, on) if role in roles]
    return Granted([unit for unit, _country in held], any(country for _unit, country in held))


def may(user: Any, permission: str, unit: Unit, *, on: date) -> bool:
    """Whether the user holds the permission for this unit on that day."""
    if not isinstance(user, User) or not user.is_active:
        return False
    return reaches(grants_of(user, permission, on=on), unit, on=on)


def reaches(granted: Granted, unit: Unit, *, on: date) -> bool:
    """Whether what is granted there holds for this unit on that day, whoever it is granted to."""
    if not granted.units or granted.everywhere or unit.pk in granted.units:
        return bool(granted.units)
    return not _holders(unit, on=on).isdisjoint(granted.units)


def _holders(unit: Unit, *, on: date) -> set[int]:
    """The units (ids) that a role has to be granted on to hold for this unit on that day. One query."""
    with asking() as cursor:
        cursor.execute(HOLDERS, [unit.pk, on, on])
        return {pk for (pk,) in cursor.fetchall()}


def permissions_on(user: Any, unit: Unit, *, on: date) -> frozenset[str]:
    """All that the user may do for this unit on that day. Two queries at most."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    held = _held_by(user, on)
    if all(country or place == unit.pk for _role, place, country in held):
        return frozenset().union(*(ROLES[role] for role, _place, _country in held))
    above = _holders(unit, on=on)
    return frozenset().union(*(ROLES[role] for role, place, country in held if country or place in above))


def may_all_of(user: User, role: str, unit: Unit, *, on: date) -> bool:
    """Whether the user may do themselves, for this unit, all that the role allows: nobody gives more than that."""
    return ROLES[role] <= permissions_on(user, unit, on=on)


def roles_held(users: Iterable[User], *, on: date) -> "QuerySet[RoleGrant]":
    """The roles these users hold anywhere on that day, with unit and user."""
    held = RoleGrant.objects.filter(user__in=list(users), since__lte=on).filter(Q(until=None) | Q(until__gt=on))
    return held.select_related("unit", "user").order_by("id")


def in_care(user: User, permission: str, *, on: date) -> UnitQuerySet:
    """The units for which the user holds the permission on that day, as a query to filter lists with."""
    return care_of(grants_of(user, permission, on=on), on=on)


def care_of(granted: Granted, *, on: date) -> UnitQuerySet:
    """The units for which what is granted there holds on that day."""
    if granted.everywhere:
        return Unit.objects.all()
    if not granted.units:
        return Unit.objects.none()
    return Unit.objects.filter(id__in=RawSQL(IN_CARE, [granted.units, on, on, on]))


def care_of_unit(unit: int, *, on: date) -> UnitQuerySet:
    """A unit (its id) and all that a role on it alone reaches on that day."""
    return care_of(Granted([unit], everywhere=False), on=on)


def above(granted: Granted, *, on: date) -> UnitQuerySet:
    """The units that what is granted stands under on that day, itself among them: what they are given is its too."""
    return Unit.objects.filter(id__in=RawSQL(ABOVE, [granted.units, on, on]))


def needs(permission: str) -> Callable[[View[P]], View[P]]:
    """Lets a request in that holds the permission anywhere (`PUBLIC`: anyone, `SIGNED_IN`: any account)."""
    if permission not in {PUBLIC, SIGNED_IN, *PERMISSIONS}:
        raise KeyError(permission)

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            request.permission = permission  # type: ignore[attr-defined]
            if permission == PUBLIC:
                return view(request, *args, **kwargs)
            before = _reading.set((request.user.pk, {}))
            try:
                if permission != SIGNED_IN and not holds_anywhere(request.user, permission):
                    raise Http404
                return view(request, *args, **kwargs)
            finally:
                _reading.reset(before)

        guarded.permission = permission  # type: ignore[attr-defined]
        return cast("View[P]", login_not_required(guarded) if permission == PUBLIC else guarded)

    return decorate


def holds_anywhere(user: Any, permission: str) -> bool:
    """Whether the user holds the permission on any unit today."""
    return isinstance(user, User) and user.is_active and bool(grants_of(user, permission, on=today()).units)


def held_permissions(user: Any, *, on: date) -> frozenset[str]:
    """Everything the user may do on some unit on that day: for navigation, never for letting someone in."""
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    return frozenset().union(*(ROLES[role] for role, _place, _country in _held_by(user, on)))


def check(request: HttpRequest, unit: Unit, permission: str | None = None) -> None:
    """404 unless the reader holds the page's permission (or the one named) for this unit today."""
    wanted = permission or request.permission  # type: ignore[attr-defined]
    if not may(request.user, wanted, unit, on=today()):
        raise Http404


def day_of(request: HttpRequest) -> date:
    """The day a page speaks of: `?on=2020-10-01`, else today. A day that is none, or of no use here, is a 404."""
    text = request.GET.get("on", "")
    if not text:
        return today()
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise Http404
    return day


def shows_people(page: str) -> Callable[[View[P]], View[P]]:
    """Declares that a page shows personal data of others; `page` (a msgid) is what the list of looks calls it.

    The view says whose by `saw`, also when it is nobody's this time. The looks are written down before the answer
    goes out: no page without its line. An answer that leads elsewhere has shown nothing.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def watched(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            request.looks = []  # type: ignore[attr-defined]
            response = view(request, *args, **kwargs)
            looks = request.looks  # type: ignore[attr-defined]
            name = request.resolver_match.view_name if request.resolver_match else view.__name__
            if response.status_code == HTTPStatus.OK and not looks:
                raise RuntimeError(f"{name} is declared to show people, but its view does not say whose (saw)")
            if 300 <= response.status_code < 400 or request.method == "HEAD":
                return response
            for whom, people, part in looks:
                look(by=request.user, page=name, whom=whom, people=people, part=part, at=timezone.now())  # type: ignore[arg-type]
            return response

        watched.shows_people = page  # type: ignore[attr-defined]
        return cast("View[P]", watched)

    return decorate


def saw(request: HttpRequest, whom: Thing | str, people: int | None, *, part: int = 1) -> None:
    """Says whose personal data this page shows: a person's, or those of `people` of a unit, class or programme.

    0 shows nobody's (an empty list, one's own page), None is not counted (a file); `part` is the page of a list.
    """
    request.looks.append((whom, people, part))  # type: ignore[attr-defined]


def audit_links(choice: str) -> list[dict[str, str]]:
    """Where an auditor reads what was done here and who looked."""
    return [
        {"label": _("What was done here"), "url": reverse("web:ledger") + choice},
        {"label": _("Who looked at personal data here"), "url": reverse("web:looks") + choice},
    ]
