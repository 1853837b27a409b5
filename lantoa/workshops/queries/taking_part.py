"""Who takes part, and at which site."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from lantoa.accounts.models import User
from lantoa.directory.access import Granted, above
from lantoa.directory.models import Person, Post
from lantoa.presence.models import Attendance
from lantoa.workshops.models import Place, Site, Workshop
from lantoa.workshops.queries.access import sites_of


def person_of(user: Any) -> Person | None:
    """The person whose account this is, if it is one's."""
    return Person.objects.filter(user=user.pk).first() if isinstance(user, User) else None


def near(user: Any, workshop: Workshop, *, on: date) -> "QuerySet[Site]":
    """The sites of the workshop that are the user's own: those they answer for, those of the units in which, or under
    which, they have a post that day, and those at which they have checked in. Nobody else takes part."""
    if not isinstance(user, User) or not user.is_active or workshop.state == Workshop.State.DRAFT:
        return Site.objects.none()
    posts = Post.objects.filter(person__user=user, period__contains=on)
    units = above(Granted(list(posts.values_list("unit_id", flat=True)), False), on=on)
    answered = sites_of(user, on=on, workshop=workshop)
    of_site = "workshops.site:"
    came = Attendance.objects.filter(person__user=user, gathering__source__startswith=of_site)
    keys = [source.removeprefix(of_site) for source in came.values_list("gathering__source", flat=True)]
    theirs = Q(workshop=workshop) & (Q(unit__in=units) | Q(key__in=keys))
    return Site.objects.filter(theirs | Q(pk__in=answered.values("pk"))).order_by("place", "pk")


def takes_part(user: Any, workshop: Workshop, *, on: date) -> bool:
    """Whether the user may open a seat of this workshop."""
    if not isinstance(user, User) or workshop.state == Workshop.State.DRAFT:
        return False
    return Place.objects.filter(workshop=workshop, person__user=user).exists() or near(user, workshop, on=on).exists()


def place_of(person: Person | None, workshop: Workshop) -> Place | None:
    """Where the person said that they sit."""
    if person is None:
        return None
    return Place.objects.filter(workshop=workshop, person=person).select_related("site").first()
