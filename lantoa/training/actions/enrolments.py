"""Many enrolments at once, as lists bring them, and taking them back."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Min

from lantoa.common.bulk import add_rows
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.presence.models import Attendance
from lantoa.training.actions.classes import ENROLLING, refuse_barred, span
from lantoa.training.models import Certificate, Enrolment, Mark, Meeting, Nomination, Submission, TrainingClass
from lantoa.training.rules.timetable import called

FULL = N_("Cannot enrol %(person)s: class %(code)s has no place left (%(taken)d of %(capacity)d).")
Seat = tuple[int, int, int, str]  # class, person, unit (ids), title of the post


@transaction.atomic
def enrol_listed(*, by: Actor, places: Sequence[Seat], source: str, at: datetime) -> dict[tuple[int, int], str]:
    """Enrols people of a list; all or none. By (class, person): the key of each enrolment that is new.

    A list says who is in the class from its first meeting on, whenever it is loaded. Whoever is in the class
    already stays as they are and is not counted twice. Refused and named: a class without a place left, a learner
    who would be in two classes at the same time.
    """
    classes = lock_classes({class_id for class_id, *_rest in places})
    people = {person for _class_id, person, *_rest in places}
    _lock_people(people)
    refuse_barred(people)
    starts = dict(TrainingClass.objects.filter(pk__in=classes).values_list("pk", Min("meetings__during__startswith")))
    known = {(class_id, person) for person, ids in _running(people).items() for class_id in ids}
    wanted = {(seat[0], seat[1]): seat for seat in places}
    new = [seat for key, seat in wanted.items() if key not in known]
    _refuse_full(new, classes)
    made = add_rows(
        Enrolment,
        ("training_class_id", "person_id", "unit_id", "post_title", "enrolled_at", "source"),
        [
            (class_id, person, unit, title, min(at, starts[class_id] or at), source)
            for class_id, person, unit, title in new
        ],
    )
    _refuse_clashes({person for _class_id, person, *_rest in new})
    if made:
        about = {"people": len(made), "classes": sorted(one.key for one in classes.values())[:50]}
        record(by=by, act="training.enrol_listed", thing=source, about=about)
    return {(seat[0], seat[1]): key for seat, (_id, key) in zip(new, made, strict=True)}


def _lock_people(people: Iterable[int]) -> None:
    """As `classes.lock_people`, for many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM directory_person WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", [list(people)]
        )


def lock_classes(ids: Iterable[int]) -> dict[int, TrainingClass]:
    """Locks classes in the order of their ids: one enrolment after another counts the places that are left."""
    return {one.pk: one for one in TrainingClass.objects.select_for_update().filter(pk__in=list(ids)).order_by("pk")}


def _refuse_full(new: Sequence[Seat], classes: dict[int, TrainingClass]) -> None:
    """Refuses, by name, the first who would find no place left."""
    taken = Counter(
        dict(
            Enrolment.objects.filter(training_class__in=classes, withdrawn_at=None)
            .values_list("training_class")
            .annotate(Count("id"))
            .order_by()
        )
    )
    for class_id, person, *_rest in new:
        one = classes[class_id]
        if taken[class_id] >= one.capacity:
            raise Refused(
                FULL,
                person=Person.objects.get(pk=person).full_name,
                code=one.code,
                taken=one.capacity,
                capacity=one.capacity,
            )
        taken[class_id] += 1


def _running(people: Iterable[int]) -> dict[int, list[int]]:
    """The classes these people are in, by person, the earliest enrolment first."""
    found: dict[int, list[int]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, training_class_id FROM training_enrolment"
            " WHERE person_id = ANY(%s) AND withdrawn_at IS NULL ORDER BY id",
            [list(people)],
        )
        for person, class_id in cursor.fetchall():
            found[person].append(class_id)
    return found


def _refuse_clashes(people: set[int]) -> None:
    """Refuses when one of these people is in two classes of which two meetings are at the same time.

    Asked in small questions that need no statistics of tables which this transaction has only just filled.
    """
    of = _running(people)
    several = {person: ids for person, ids in of.items() if len(ids) > 1}
    if not several:
        return
    timetable = Timetable({class_id for ids in several.values() for class_id in ids})
    for person, ids in several.items():
        for other, mine in combinations(ids, 2):
            if clash := timetable.clash(mine, other):
                name = Person.objects.get(pk=person).full_name
                raise Refused(ENROLLING, **timetable.said(name, mine, other, clash))


Spans = tuple[Any, Any]


class Timetable:
    """When some classes meet, to be asked which of them cannot be attended together. One query."""

    def __init__(self, classes: Iterable[int]) -> None:
        self._classes = set(classes)
        self._spans: dict[int, list[Any]] | None = None
        self._asked: dict[tuple[int, int], Spans | None] = {}

    def clash(self, mine: int, other: int) -> Spans | None:
        """The first two meetings of these classes that are at the same time."""
        if mine == other:
            return None
        if (mine, other) not in self._asked:
            self._asked[mine, other] = self._clash(mine, other)
        return self._asked[mine, other]

    def _clash(self, mine: int, other: int) -> Spans | None:
        if self._spans is None:
            self._spans = defaultdict(list)
            meetings = Meeting.objects.filter(training_class__in=self._classes).order_by("during")
            for class_id, during in meetings.values_list("training_class", "during"):
                self._spans[class_id].append(during)
        left, right = iter(self._spans[mine]), iter(self._spans[other])
        a, b = next(left, None), next(right, None)
        while a is not None and b is not None:
            if a.lower < b.upper and b.lower < a.upper:
                return a, b
            if a.upper <= b.upper:
                a = next(left, None)
            else:
                b = next(right, None)
        return None

    @staticmethod
    def said(name: str, mine: int, other: int, clash: Spans) -> dict[str, str]:
        """The values of the words for a clash."""
        classes = TrainingClass.objects.select_related("programme").in_bulk([mine, other])
        here, there = classes[mine], classes[other]
        programmes = [(one.programme.code, one.programme.name) for one in (here, there)]
        return {
            "who": name,
            "code": here.code,
            "when": span(clash[0]),
            "other": called(there.code, programmes[1], beside=programmes[0]),
            "taken": span(clash[1]),
        }


@transaction.atomic
def take_back_enrolments(*, by: Actor, keys: Sequence[str]) -> None:
    """Removes enrolments that nothing depends on (see `what_depends`); the database refuses otherwise."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM training_enrolment WHERE key = ANY(%s)", [list(keys)])
        gone = cursor.rowcount
    if gone:
        record(by=by, act="training.take_back_enrolments", thing="training.enrolment", about={"count": gone})


def what_depends(source: str) -> Refused | None:
    """Why the enrolments of a list cannot be taken back: somebody was counted, marked or certified since."""
    mine = Enrolment.objects.filter(source=source)
    since = {
        N_("Cannot undo: %(person)s was counted at a meeting of class %(code)s since."): _counted(source),
        N_("Cannot undo: %(person)s has a mark in class %(code)s since."): Mark.objects.filter(
            enrolment__in=mine
        ).values_list("enrolment", flat=True)[:1],
        N_("Cannot undo: %(person)s has handed something in, in class %(code)s, since."): Submission.objects.filter(
            enrolment__in=mine
        ).values_list("enrolment", flat=True)[:1],
        N_("Cannot undo: %(person)s is in class %(code)s by a nomination since."): Nomination.objects.filter(
            enrolment__in=mine
        ).values_list("enrolment", flat=True)[:1],
        N_("Cannot undo: %(person)s has a certificate of class %(code)s since."): Certificate.objects.filter(
            enrolment__in=mine
        ).values_list("enrolment", flat=True)[:1],
    }
    for words, found in since.items():
        for pk in found:
            row = Enrolment.objects.select_related("person", "training_class").get(pk=pk)
            return Refused(words, person=row.person.full_name, code=row.training_class.code)
    return None


def who_withdrew(source: str) -> list[str]:
    """Who of a list was withdrawn from a class since: names with the class, in their order."""
    rows = Enrolment.objects.filter(source=source).exclude(withdrawn_at=None).order_by("person__sort_key", "id")
    return [f"{name} ({code})" for name, code in rows.values_list("person__full_name", "training_class__code")]


def _counted(source: str) -> list[int]:
    """An enrolment of the list whose person was counted at a meeting of its class; empty for none."""
    attendance = Attendance._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT e.id FROM training_enrolment e
                  JOIN training_meeting m ON m.training_class_id = e.training_class_id
                  JOIN {attendance} a ON a.gathering_id = m.gathering_id AND a.person_id = e.person_id
                 WHERE e.source = %s LIMIT 1""",
            [source],
        )
        return [row[0] for row in cursor.fetchall()]
