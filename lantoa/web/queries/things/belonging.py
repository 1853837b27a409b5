"""What belongs to what: the things of a person, of a class, of a unit, and the lists somebody stands in."""

from typing import Any

from django.db.models import QuerySet

from lantoa.accounts.models import User
from lantoa.common.models import Thing
from lantoa.directory.models import Person, Placement, Post, RoleGrant, Unit
from lantoa.ledger.models import thing_key
from lantoa.presence.models import Attendance, Gathering
from lantoa.training.models import Assessment, Certificate, Enrolment, Meeting, Submission
from lantoa.web.queries.things.seeing import KINDS, PERSON, UNIT, with_merged


def things_of(person: Person) -> list[str]:
    """Everything in the ledger that is a person's own: themselves, posts, account, places in classes, presence,
    work, certificates."""
    things = [thing_key(person)]
    if person.user_id:
        things.append(f"accounts.user:{User.objects.values_list('key', flat=True).get(pk=person.user_id)}")
    own: dict[type[Thing], QuerySet[Any]] = {
        RoleGrant: RoleGrant.objects.filter(user=person.user_id, user__isnull=False),
        Post: person.posts.all(),
        Enrolment: person.enrolments.all(),
        Attendance: person.attendance.all(),
        Submission: Submission.objects.filter(enrolment__person=person),
        Certificate: Certificate.objects.filter(enrolment__person=person),
    }
    for model, rows in own.items():
        things += [f"{model._meta.label_lower}:{key}" for key in rows.values_list("key", flat=True)]
    return things


def things_within(thing: str) -> list[str]:
    """The thing itself; of a person also those merged into them, of a class also its meetings, rolls, places, marks
    and certificates, of a unit also its posts, roles, programmes, classes, files and documents: what "here" means on
    their pages."""
    label, _colon, key = thing.partition(":")
    if label == PERSON:
        return [thing, *(other for one in with_merged([key]) if (other := thing_key(one)) != thing)]
    if label == UNIT:
        inside = {kind.model: kind.unit for kind in KINDS.values() if kind.unit in {"unit", "issuer"}}
    elif label == "training.trainingclass":
        inside = _IN_A_CLASS
    else:
        inside = {}
    things = [thing]
    for model, path in inside.items():
        rows = model._default_manager.filter(**{f"{path}__key": key}).order_by("pk").values_list("key", flat=True)
        things += [f"{model._meta.label_lower}:{one}" for one in rows]
    return things


_IN_A_CLASS: dict[type[Thing], str] = {
    Meeting: "training_class",
    Gathering: "meeting__training_class",
    Attendance: "gathering__meeting__training_class",
    Enrolment: "training_class",
    Assessment: "training_class",
    Submission: "enrolment__training_class",
    Certificate: "enrolment__training_class",
}


def lists_of(person: Person) -> list[str]:
    """The lists in which a person may have been seen: of their classes and programmes, of the units of their posts
    and of every unit above."""
    rows = person.enrolments.values_list("training_class__key", "training_class__programme__key")
    classes, programmes = {key for key, _programme in rows}, {key for _class, key in rows}
    things = [f"training.trainingclass:{key}" for key in sorted(classes)]
    things += [f"programmes.programme:{key}" for key in sorted(programmes)]
    units = Unit.objects.filter(pk__in=_with_those_above({post.unit_id for post in person.posts.all()}))
    return things + [f"{UNIT}:{key}" for key in units.order_by("pk").values_list("key", flat=True)]


def _with_those_above(units: set[int]) -> set[int]:
    """The units and all they ever stood under."""
    found, coming = set(units), set(units)
    while coming:
        above = Placement.objects.filter(unit__in=coming, parent__isnull=False).values_list("parent_id", flat=True)
        coming = set(above) - found
        found |= coming
    return found
