"""Who is on the list of a sitting: one taken off, another attempt for one of them, the whole taken back. Added by
`actions.asked`."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.rooms import refuse_signed
from lantoa.exams.models import (
    Analysis,
    Answer,
    Attempt,
    Incident,
    Invigilator,
    KeyChange,
    LastSeen,
    Minutes,
    Remark,
    Room,
    Seal,
    Seat,
    Sitting,
    Variant,
)
from lantoa.exams.rules.clock import Phase
from lantoa.ledger.actions import record
from lantoa.ledger.models import Entry
from lantoa.ledger.rules import Actor


def _variants(sitting: Sitting) -> list[Variant]:
    """Those that were sealed when the sitting was made, in their order."""
    return list(
        Variant.objects.filter(pk__in=sitting.seals.values("variant")).order_by("number").only("pk", "number")
    )


@transaction.atomic
def withdraw(*, by: Actor, attempt: Attempt) -> None:
    """Takes somebody off the list who has not started and of whom nothing is known in this exam."""
    seat = Seat.objects.filter(attempt=attempt).first()
    room = Room.objects.select_for_update(no_key=True).filter(pk=seat.room_id).first() if seat else None
    attempt = Attempt.objects.select_for_update(of=("self",)).select_related("sitting", "person").get(pk=attempt.pk)
    if room is not None:
        refuse_signed(room)
    person, title = attempt.person.full_name, attempt.sitting.title
    if attempt.started_at is not None:
        raise Refused(
            N_("Cannot take %(person)s off %(title)s: they have started the exam."), person=person, title=title
        )
    known = any(kind.objects.filter(attempt=attempt).exists() for kind in (Answer, Incident, Remark))
    if known or attempt.number > 1:
        raise Refused(
            N_("Cannot take %(person)s off %(title)s: something was noted of them there."), person=person, title=title
        )
    if Entry.objects.about_thing(attempt.sitting).filter(act="exams.print_sheets").exists():
        raise Refused(
            N_(
                "Cannot take %(person)s off %(title)s: answer sheets are printed, and the numbers on them would lead "
                "to others."
            ),
            person=person,
            title=title,
        )
    about = {"attempt": attempt.key, "person": attempt.person.key}
    record(by=by, act="exams.withdraw", thing=attempt.sitting, about=about)
    attempt.delete()


@transaction.atomic
def remove_sitting(*, by: Actor, sitting: Sitting, source: str = "") -> None:
    """Takes back a sitting that was made by mistake: nobody has started it, and nothing is known of it.

    `source`: whoever asked for it says so; others leave it to them.
    """
    sitting = Sitting.objects.select_for_update().get(pk=sitting.pk)
    if sitting.source != source:
        raise Refused(
            N_("Cannot delete %(title)s here: a class holds it. It is called off on the page of its class."),
            title=sitting.title,
        )
    rows = sitting.sat.select_for_update().order_by("pk").values_list("started_at", flat=True)
    started = sum(1 for one in rows if one is not None)
    if started:
        raise Refused(
            N_("Cannot delete %(title)s: %(count)d people have started it."), title=sitting.title, count=started
        )
    noted = (
        sum(kind.objects.filter(attempt__sitting=sitting).count() for kind in (Answer, Incident))
        + sum(kind.objects.filter(room__sitting=sitting).count() for kind in (Remark, Minutes))
        + KeyChange.objects.filter(sitting=sitting).count()
    )
    if noted:
        raise Refused(
            N_(
                "Cannot delete %(title)s: %(count)d answers, incidents, remarks or corrections of keys were noted "
                "in it."
            ),
            title=sitting.title,
            count=noted,
        )
    if Entry.objects.about_thing(sitting).filter(act="exams.print_sheets").exists():
        raise Refused(
            N_("Cannot delete %(title)s: answer sheets are printed, and would lead nowhere."), title=sitting.title
        )
    record(by=by, act="exams.remove_sitting", thing=sitting, about={"people": len(rows)})
    LastSeen.objects.filter(attempt__sitting=sitting).delete()
    Seat.objects.filter(room__sitting=sitting).delete()
    Invigilator.objects.filter(room__sitting=sitting).delete()
    for kind in (Room, Attempt, Seal, Analysis):
        kind.objects.filter(sitting=sitting).delete()
    sitting.delete()


@transaction.atomic
def try_again(*, by: Actor, attempt: Attempt, at: datetime) -> Attempt:
    """Another attempt for the same person, with a variant that they have not had if there is one.

    While the window is open, when the attempt before is finished, as often as the sitting says.
    """
    sitting = attempt.sitting
    rows = Attempt.objects.filter(sitting=sitting, person=attempt.person_id).order_by("number")
    list(rows.select_for_update(no_key=True).values_list("pk", flat=True))  # pressed twice: one after the other
    own = list(rows.select_related("sitting", "seat"))
    last = own[-1]
    if sitting.together:
        raise Refused(N_("Cannot try %(title)s again: all sit it together."), title=sitting.title)
    if last.number >= sitting.attempts:
        raise Refused(
            N_("Cannot try %(title)s again: %(attempts)d attempts are possible."),
            title=sitting.title,
            attempts=sitting.attempts,
        )
    if sitting.published_at is not None:
        raise Refused(N_("Cannot try %(title)s again: its results are published."), title=sitting.title)
    phase = sitting.times().phase(at, last.started_at, last.handed_in_at, last.extra())
    if last.started_at is None or phase is Phase.RUNNING:
        raise Refused(
            N_("Cannot try %(title)s again: attempt %(number)d is not finished."),
            title=sitting.title,
            number=last.number,
        )
    if not sitting.times().may_start(at, last.extra()):
        raise Refused(N_("Cannot try %(title)s again: its time is over."), title=sitting.title)
    made = Attempt.objects.create(
        sitting=sitting,
        person_id=last.person_id,
        number=last.number + 1,
        variant=_next_variant(_variants(sitting), [one.variant_id for one in own]),
        extra_minutes=last.extra_minutes,
    )
    record(by=by, act="exams.try_again", thing=made, about={"number": made.number, "before": last.key})
    return made


def _next_variant(variants: Sequence[Variant], had: Sequence[int]) -> Variant:
    """The next one in turn after the last; one that they have not had, if there is any."""
    order = [one.pk for one in variants]
    after = order.index(had[-1]) + 1
    turn = [*variants[after:], *variants[:after]]
    return next((one for one in turn if one.pk not in had), turn[0])
