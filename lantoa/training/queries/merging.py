"""Where two records of one person stand in each other's way."""

from lantoa.directory.models import Person
from lantoa.training.models import Enrolment


def enrolled_twice(one: Person, other: Person) -> list[tuple[Enrolment, Enrolment]]:
    """The classes both are in: the place of the one, the place of the other. One query."""
    rows = Enrolment.objects.filter(person__in=[one, other], withdrawn_at=None).order_by("training_class", "id")
    places: dict[int, dict[int, Enrolment]] = {}
    for row in rows.select_related("training_class__programme").prefetch_related("certificates"):
        places.setdefault(row.training_class_id, {})[row.person_id] = row
    return [(both[one.pk], both[other.pk]) for both in places.values() if len(both) == 2]
