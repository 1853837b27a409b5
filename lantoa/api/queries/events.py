"""Whose care an event stands in, and what is said of it: keys and an address, never a name."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from django.db.models import Exists, OuterRef

from lantoa.api.models import Delivery, Event, Subscription
from lantoa.api.queries.imports import units_of_rows
from lantoa.api.rules.events import OF_ACTS, OF_THE_OTHER
from lantoa.directory.access import Granted, care_of
from lantoa.directory.models import Level, Person, Placement, Post, UnitQuerySet
from lantoa.directory.queries.duplicates import person_of
from lantoa.directory.queries.people import deciding_units, is_in_care
from lantoa.ledger.models import Entry
from lantoa.office.models import Import
from lantoa.presence.models import Attendance, Gathering
from lantoa.programmes.models import Programme
from lantoa.training.models import Assessment, Certificate, Enrolment, Meeting, TrainingClass

PERSON = Person._meta.label_lower


@dataclass(frozen=True)
class Concerned:
    """What a line of the ledger is about, as other systems know it: the thing, its address here, and its units."""

    thing: str
    address: str
    units: tuple[int, ...]


def _person(key: str, on: date) -> Concerned | None:
    stands = person_of(key)  # whoever was merged is kept where those are who they were merged into
    units = tuple(deciding_units(stands, on=on)) if stands else ()
    return Concerned(f"{PERSON}:{key}", f"people/{key}", units) if stands else None


def _post(key: str, on: date) -> Concerned | None:
    post = Post.objects.select_related("person").filter(key=key).first()
    return _person(post.person.key, on) if post else None


def _import(key: str, _on: date) -> Concerned | None:
    made = Import.objects.filter(key=key).first()
    units = tuple({made.unit_id, *units_of_rows(made)}) if made else ()
    return Concerned(f"office.import:{key}", f"imports/{key}", units) if made else None


def _programme(key: str, _on: date) -> Concerned | None:
    found = Programme.objects.filter(key=key).first()
    return Concerned(f"programmes.programme:{key}", f"programmes/{key}", (found.unit_id,)) if found else None


def _class(found: TrainingClass | None) -> Concerned | None:
    if found is None:
        return None
    return Concerned(f"training.trainingclass:{found.key}", f"classes/{found.key}", (found.unit_id,))


def _meeting(found: Meeting | None) -> Concerned | None:
    if found is None:
        return None
    return Concerned(f"training.meeting:{found.key}", f"meetings/{found.key}", (found.training_class.unit_id,))


def _enrolment(key: str, _on: date) -> Concerned | None:
    row = Enrolment.objects.select_related("training_class").filter(key=key).first()
    return _class(row.training_class if row else None)


def _assessment(key: str, _on: date) -> Concerned | None:
    found = Assessment.objects.select_related("training_class").filter(key=key).first()
    if found is None:
        return None
    return Concerned(f"training.assessment:{key}", f"assessments/{key}/marks", (found.training_class.unit_id,))


def _certificate(key: str, _on: date) -> Concerned | None:
    found = Certificate.objects.select_related("enrolment__training_class").filter(key=key).first()
    if found is None:
        return None
    unit = found.enrolment.training_class.unit_id
    return Concerned(f"training.certificate:{key}", f"certificates/{key}", (unit,))


def _meeting_of(**which: Any) -> Concerned | None:
    return _meeting(Meeting.objects.select_related("training_class").filter(**which).first())


CONCERNED = {
    PERSON: _person,
    Import._meta.label_lower: _import,
    Post._meta.label_lower: _post,
    Programme._meta.label_lower: _programme,
    TrainingClass._meta.label_lower: lambda key, _on: _class(TrainingClass.objects.filter(key=key).first()),
    Meeting._meta.label_lower: lambda key, _on: _meeting_of(key=key),
    Gathering._meta.label_lower: lambda key, _on: _meeting_of(gathering__key=key),
    Attendance._meta.label_lower: lambda key, _on: _meeting_of(gathering__attendance__key=key),
    Enrolment._meta.label_lower: _enrolment,
    Assessment._meta.label_lower: _assessment,
    Certificate._meta.label_lower: _certificate,
}


def concerned_by(thing: str, *, on: date) -> Concerned | None:
    """What a thing of the ledger is about; None when it is gone, or nothing that other systems are told of."""
    label, _colon, key = thing.partition(":")
    return CONCERNED[label](key, on) if label in CONCERNED else None


def told_lines(ids: Iterable[int]) -> list[Entry]:
    """Of these lines of the ledger those that become events, in their order."""
    return list(Entry.objects.filter(pk__in=list(ids), act__in=list(OF_ACTS)).order_by("pk"))


def told_of(line: Entry) -> list[tuple[str, str]]:
    """What a line is told as, and of what: (kind, thing)."""
    told = [(OF_ACTS[line.act], line.thing)]
    if line.act in OF_THE_OTHER:
        value, kind = OF_THE_OTHER[line.act]
        told.append((kind, f"{PERSON}:{line.about[value]}"))
    return told


def wants(subscription: Subscription, kind: str, units: Iterable[int], *, on: date) -> bool:
    """Whether the subscriber is to be told: it asked for this kind, and one of the units is in its unit's care."""
    if kind not in subscription.events:
        return False
    country = Placement.objects.filter(unit=subscription.unit_id, level=Level.COUNTRY).exists()
    return is_in_care(list(units), care_of(Granted([subscription.unit_id], country), on=on))


def body_of(event: Event, base: str) -> bytes:
    """The message: what happened to what, and where it can be read with a token."""
    concerned = concerned_by(event.thing, on=event.at.date())
    said = {
        "id": event.key,
        "type": event.kind,
        "timestamp": event.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "data": {
            "key": event.thing.partition(":")[2],
            "url": f"{base}/api/v1/{concerned.address}" if concerned else None,
        },
    }
    return json.dumps(said, separators=(",", ":")).encode()


def subscriptions_in(units: UnitQuerySet) -> list[Subscription]:
    """The subscriptions of these units, running ones first; each with `late`: whether something was not taken."""
    waiting = Delivery.objects.filter(subscription=OuterRef("pk"), state=Delivery.State.WAITING, attempts__gt=0)
    found = Subscription.objects.filter(unit__in=units).annotate(late=Exists(waiting))
    return list(found.order_by("-stopped_at", "-id")[:100])


def last_deliveries(subscription: Subscription) -> list[Delivery]:
    """The newest deliveries, with their events."""
    return list(subscription.deliveries.select_related("event").order_by("-id")[:50])
