"""What can be done with a sitting: make it for a list of people, start it now, give time, end it, mark it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person, Unit
from lantoa.exams.actions.asked import tell_of_results
from lantoa.exams.models import Attempt, KeyChange, Paper, PointsChange, Seal, Sitting, Variant
from lantoa.exams.queries.corrections import corrections_in
from lantoa.exams.queries.log import Judged, answers_that_count, judged, log_of
from lantoa.exams.rules import texts
from lantoa.exams.rules.clock import Phase
from lantoa.exams.rules.corrections import corrected_keys
from lantoa.exams.rules.drawing import blueprint_from
from lantoa.exams.rules.marking import points_each
from lantoa.exams.rules.sealing import new_letters, seal
from lantoa.ledger.actions import record, record_each, thing_key
from lantoa.ledger.rules import Actor

LONGEST = 24 * 60  # minutes
MARK = ["points", "out_of", "unmarked", "marked_at", "points_before", "out_of_before"]  # of an attempt
KEEP_MARKS = """
    UPDATE exams_attempt a SET points = v.points, out_of = v.out_of, unmarked = v.unmarked, marked_at = v.marked_at,
           points_before = v.points_before, out_of_before = v.out_of_before
      FROM unnest(%s::bigint[], %s::numeric[], %s::numeric[], %s::int[], %s::timestamptz[], %s::numeric[],
                  %s::numeric[])
        AS v(id, points, out_of, unmarked, marked_at, points_before, out_of_before)
     WHERE a.id = v.id
"""  # of a whole province: the query builder would write a CASE for each row and field
REASONS = {  # why somebody gets more time
    "line": N_("the line or the device failed"),
    "centre": N_("a fault on our side"),
    "needs": N_("health or a disability"),
    "room": N_("a disturbance in the room"),
}


@transaction.atomic
def make_sitting(
    *,
    by: Actor,
    unit: Unit,
    paper: Paper,
    title: str,
    people: Sequence[Person],
    minutes: int,
    at: datetime,
    together: bool = True,
    starts_at: datetime | None = None,
    closes_at: datetime | None = None,
    late_minutes: int = 24 * 60,
    attempts: int = 1,
    counts: str = "best",
    source: str = "",
) -> Sitting:
    """A sitting of this paper for these people. Variants go round in the order of the list: neighbours differ.

    The attempts are made and the variants sealed here and now, so that the start of all is a key and a stamp.
    """
    if not people:
        raise Refused(N_("Cannot make sitting %(title)s: nobody is on its list."), title=title)
    if not 0 < minutes <= LONGEST:
        raise Refused(
            N_("Cannot make sitting %(title)s: it lasts %(minutes)d minutes, from 1 to %(most)d are possible."),
            title=title,
            minutes=minutes,
            most=LONGEST,
        )
    if not together and (starts_at is None or closes_at is None or closes_at <= starts_at):
        raise Refused(N_("Cannot make sitting %(title)s: its window has no beginning and end."), title=title)
    variants = list(Variant.objects.select_for_update(no_key=True).filter(paper=paper).order_by("number"))
    if not variants or not all(variant.content for variant in variants):
        raise Refused(
            N_("Cannot make sitting %(title)s: paper %(paper)s has no variant yet."), title=title, paper=paper.title
        )
    sitting = Sitting.objects.create(
        unit=unit,
        paper=paper,
        title=title,
        source=source,
        together=together,
        starts_at=starts_at,
        closes_at=None if together else closes_at,
        minutes=minutes,
        late_minutes=late_minutes,
        attempts=attempts,
        counts=counts,
        made_by=by.actor_key,
        made_at=at,
    )
    Variant.objects.filter(pk__in=[one.pk for one in variants], used_at=None).update(used_at=at)
    _seal(sitting, variants)
    Attempt.objects.bulk_create(
        [
            Attempt(sitting=sitting, person=person, variant=variants[place % len(variants)])
            for place, person in enumerate(_each_once(people))
        ],
        batch_size=1000,
    )
    record(
        by=by,
        act="exams.make_sitting",
        thing=sitting,
        about={"unit": unit.key, "paper": paper.key, "people": len(people), "together": together},
    )
    return sitting


def _each_once(people: Iterable[Person]) -> list[Person]:
    return list({person.pk: person for person in people}.values())


def _seal(sitting: Sitting, variants: Sequence[Variant]) -> None:
    """The introduction of the paper goes with the questions, behind them: it too is read at the start, not before."""
    introduction = texts.with_maths(blueprint_from(sitting.paper.settings).introduction)
    behind = [{"kind": "introduction", "text": introduction}] if introduction else []
    for variant in variants:
        letters = new_letters()
        sealed = seal([*variant.content, *behind], letters, sitting.key)
        Seal.objects.create(sitting=sitting, variant=variant, letters=letters, sealed=sealed)


def _locked(sitting: Sitting) -> Sitting:
    return Sitting.objects.select_for_update(no_key=True).get(pk=sitting.pk)


@transaction.atomic
def start_now(*, by: Actor, sitting: Sitting, at: datetime) -> Sitting:
    """Opens the sitting for all rooms in this moment. It cannot be taken back: the keys leave us."""
    sitting = _locked(sitting)
    if not sitting.together:
        raise Refused(
            N_("Cannot start %(title)s: in it everybody starts by themselves, within its hours."), title=sitting.title
        )
    begins = sitting.times().begins()
    if begins is not None and begins <= at:
        raise Refused(N_("Cannot start %(title)s: it has begun already."), title=sitting.title)
    if sitting.ended_at is not None:
        raise Refused(N_("Cannot start %(title)s: it was ended."), title=sitting.title)
    sitting.released_at = at
    sitting.save(update_fields=["released_at"])
    record(by=by, act="exams.start_now", thing=sitting)
    return sitting


@transaction.atomic
def end_sitting(*, by: Actor, sitting: Sitting, at: datetime) -> Sitting:
    """Ends it for all, before its time. What still waits on devices is kept as late."""
    sitting = _locked(sitting)
    if sitting.ended_at is not None:
        raise Refused(N_("Cannot end %(title)s: it was ended already."), title=sitting.title)
    sitting.ended_at = at
    sitting.save(update_fields=["ended_at"])
    record(by=by, act="exams.end_sitting", thing=sitting)
    return sitting


@transaction.atomic
def give_time(*, by: Actor, attempt: Attempt, minutes: int, reason: str = "") -> Attempt:
    """So many extra minutes in all (not on top of those given before), before the start or on the spot.

    `reason` is a word of `REASONS`. Points worked out before are worked out anew.
    """
    attempt = Attempt.objects.select_for_update(no_key=True).select_related("sitting").get(pk=attempt.pk)
    if attempt.handed_in_at is not None:
        raise Refused(
            N_("Cannot give extra time in %(title)s: this candidate has handed in."), title=attempt.sitting.title
        )
    refuse_published(attempt.sitting)
    if not 0 <= minutes <= LONGEST:
        raise Refused(
            N_("Cannot give %(minutes)d extra minutes in %(title)s: from 0 to %(most)d are possible."),
            minutes=minutes,
            title=attempt.sitting.title,
            most=LONGEST,
        )
    before, attempt.extra_minutes = attempt.extra_minutes, minutes
    attempt.take_mark_back()
    attempt.save(update_fields=["extra_minutes", *MARK])
    about = {"minutes": minutes, "before": before, **({"reason": reason} if reason else {})}
    record(by=by, act="exams.give_time", thing=attempt, about=about)
    return attempt


def refuse_published(sitting: Sitting) -> None:
    """More time would take back points that people have read."""
    if sitting.published_at is not None:
        raise Refused(N_("Cannot give extra time in %(title)s: its results are published."), title=sitting.title)


@transaction.atomic
def take_late(*, by: Actor, attempt: Attempt, at: datetime) -> Attempt:
    """A person has judged: what has come late until now, or after handing in, counts as if it had come in time. Marks
    anew. What comes after that waits for another decision."""
    attempt = (
        Attempt.objects.select_for_update(no_key=True, of=("self",)).select_related("sitting").get(pk=attempt.pk)
    )
    phase = attempt.sitting.times().phase(at, attempt.started_at, attempt.handed_in_at, attempt.extra())
    if attempt.started_at is None or phase is Phase.RUNNING:
        raise Refused(
            N_("Cannot let late answers count in %(title)s: this candidate is still at work, or has never started."),
            title=attempt.sitting.title,
        )
    attempt.late_taken_at = at
    attempt.save(update_fields=["late_taken_at"])
    record(by=by, act="exams.take_late", thing=attempt)
    mark_attempts(by=by, attempts=[attempt], at=at)
    return attempt


@transaction.atomic
def mark_attempts(
    *, by: Actor, attempts: Sequence[Attempt], at: datetime, cause: KeyChange | None = None, anew: bool = False
) -> int:
    """Works out the points of these attempts from the log; the number whose points changed.

    It may be done as often as one likes: the same log gives the same points. `anew`: only of those that are marked.
    What somebody's points were before stays readable (`PointsChange`), once they were marked whole: also where the
    mark was taken back meanwhile.
    """
    rows = list(
        Attempt.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=[one.pk for one in attempts])
        .select_related("sitting")
        .order_by("pk")
    )
    rows = [row for row in rows if not anew or row.marked_at is not None]
    # Read after the lock: whoever corrects a key marks anew whatever was marked without it.
    corrections = corrections_in({row.sitting_id for row in rows})
    variants = {one.pk: one for one in Variant.objects.filter(pk__in={row.variant_id for row in rows})}
    logs, given = log_of(rows), judged(rows)
    keys: dict[tuple[int, int], dict[str, Mapping[str, Any]]] = {}
    changed, changes = [], []
    for row in rows:
        row.variant = variants[row.variant_id]
        place = row.sitting_id, row.variant_id
        if place not in keys:
            keys[place] = corrected_keys(row.variant.keys, corrections.get(row.sitting_id, {}))
        counted = answers_that_count(row, logs.get(row.pk, ()))
        points, out_of, unmarked = points_in(row.variant.content, keys[place], counted, given.get(row.pk, {}))
        if (row.points, row.out_of, row.unmarked) == (points, out_of, unmarked):
            continue
        if not row.unmarked:
            row.take_mark_back()
        if not unmarked:
            before, most = row.points_before, row.out_of_before
            if before is not None and most is not None and (before, most) != (points, out_of):
                changes.append(
                    PointsChange(
                        attempt=row,
                        cause=cause,
                        points_before=before,
                        out_of_before=most,
                        points=points,
                        out_of=out_of,
                        made_by=by.actor_key,
                        made_at=at,
                    )
                )
            row.points_before = row.out_of_before = None
        row.points, row.out_of, row.unmarked, row.marked_at = points, out_of, unmarked, at
        changed.append(row)
    _keep_marks(changed)
    PointsChange.objects.bulk_create(changes, batch_size=1000)
    earlier = {change.attempt_id: str(change.points_before) for change in changes}
    record_each(
        (
            by.actor_key,
            "exams.mark",
            thing_key(row),
            {
                "points": str(row.points),
                "out_of": str(row.out_of),
                **({"before": earlier[row.pk]} if row.pk in earlier else {}),
            },
        )
        for row in changed
    )
    for sitting in {row.sitting_id: row.sitting for row in changed}.values():
        tell_of_results(by=by, sitting=sitting, at=at)
    return len(changed)


def _keep_marks(rows: Sequence[Attempt]) -> None:
    if rows:
        columns = [[getattr(row, name) for row in rows] for name in ("pk", *MARK)]
        with connection.cursor() as cursor:
            cursor.execute(KEEP_MARKS, columns)


def points_in(
    content: Sequence[Mapping[str, Any]],
    keys: Mapping[str, Mapping[str, Any]],
    given: Mapping[str, Any],
    judgements: Judged,
) -> tuple[Decimal, Decimal, int]:
    """The points of these answers, out of how many, and how many answers people still have to mark."""
    points, out_of, unmarked = Decimal(0), Decimal(0), 0
    for _question, earned, most in points_each(content, keys, given, judgements):
        out_of += most
        if earned is None:
            unmarked += 1
        else:
            points += earned
    return points, out_of, unmarked
