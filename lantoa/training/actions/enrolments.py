"""Many enrolments at once, as lists bring them, and taking them back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Min

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.presence.models import Attendance
from lantoa.training.actions.classes import check_listed_learners, lock_people
from lantoa.training.models import Certificate, Enrolment, Mark, Submission, TrainingClass

Seat = tuple[int, int, int, str]  # class, person, unit (ids), title of the post


@transaction.atomic
def enrol_listed(*, by: Actor, places: Sequence[Seat], source: str, at: datetime) -> dict[tuple[int, int], str]:
    """Enrols people of a list; all or none. By (class, person): the key of each enrolment that is new.

    A list says who is in the class from its first meeting on, whenever it is loaded. Whoever is in the class
    already stays as they are. Refused and named: a class that would be over its places, a
    learner who would be in two classes at the same time.
    """
    classes = {
        one.pk: one
        for one in TrainingClass.objects.select_for_update()
        .filter(pk__in={class_id for class_id, *_rest in places})
        .order_by("pk")
    }
    lock_people({person for _class_id, person, *_rest in places})
    starts = dict(
        TrainingClass.objects.filter(pk__in=classes).values_list("pk", Min("meetings__during__startswith"))
    )
    inside = set(
        Enrolment.objects.filter(training_class__in=classes, withdrawn_at=None).values_list(
            "training_class", "person"
        )
    )
    wanted = {(seat[0], seat[1]): seat for seat in places}
    new = [seat for key, seat in wanted.items() if key not in inside]
    made = Enrolment.objects.bulk_create(
        [
            Enrolment(
                training_class_id=class_id,
                person_id=person,
                unit_id=unit,
                post_title=title,
                enrolled_at=min(at, starts[class_id]) if starts.get(class_id) else at,
                source=source,
            )
            for class_id, person, unit, title in new
        ],
        batch_size=5_000,
    )
    for pk, one in classes.items():
        count = sum(1 for class_id, _person in inside if class_id == pk) + sum(1 for seat in new if seat[0] == pk)
        if count > one.capacity:
            raise Refused(
                N_("Cannot enrol %(count)d people in class %(code)s: it has %(capacity)d places."),
                count=count,
                code=one.code,
                capacity=one.capacity,
            )
    check_listed_learners([enrolment.pk for enrolment in made])
    if made:
        about = {"people": len(made), "classes": sorted(one.key for one in classes.values())[:50]}
        record(by=by, act="training.enrol_listed", thing=source, about=about)
    return {(one.training_class_id, one.person_id): one.key for one in made}


@transaction.atomic
def take_back_enrolments(*, by: Actor, keys: Sequence[str]) -> None:
    """Removes enrolments that nothing depends on (see `what_depends`); the database refuses otherwise."""
    gone, _ = Enrolment.objects.filter(key__in=keys).delete()
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
        N_(
            "Cannot undo: %(person)s has handed something in, in class %(code)s, since."
        ): Submission.objects.filter(enrolment__in=mine).values_list("enrolment", flat=True)[:1],
        N_("Cannot undo: %(person)s has a certificate of class %(code)s since."): Certificate.objects.filter(
            enrolment__in=mine
        ).values_list("enrolment", flat=True)[:1],
    }
    for words, found in since.items():
        for pk in found:
            row = Enrolment.objects.select_related("person", "training_class").get(pk=pk)
            return Refused(words, person=row.person.full_name, code=row.training_class.code)
    return None


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
