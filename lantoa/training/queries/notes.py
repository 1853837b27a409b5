"""What stands in the way of people who may be nominated: the course done, two classes at once or within a week."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils import timezone

from lantoa.training.models import Call, Enrolment, Meeting, Nomination
from lantoa.training.queries.calls import classes_for
from lantoa.training.rules.notes import Note
from lantoa.training.rules.year import WEEK, Engagement, clash, near

LEARNS, TEACHES, NOMINATED = "learns", "teaches", "nominated"


def notes(call: Call, people: Iterable[int], *, at: datetime) -> dict[int, list[Note]]:
    """By person (id), what is to be said beside the name; those of whom nothing is to be said are left out.

    Clashes are looked for in what is to come. A call for a course leaves the class open: then what counts is what
    stands in the way of that one of its classes which suits the person best. Six queries, however many people.
    """
    ids = list(people)
    found: dict[int, list[Note]] = defaultdict(list)
    for person, note in _same_course(call, ids, at):
        found[person].append(note)
    mine = _meetings_of_call(call, at)
    spans = [one for of_class in mine.values() for one in of_class]
    if spans:
        first = min(one.starts for one in spans) - WEEK
        last = max(one.ends for one in spans) + WEEK
        others = engagements(ids, since=max(first, at), until=last, but=call)
        for person, theirs in others.items():
            gravest = min((_note(of_class, theirs) for of_class in mine.values() if of_class), key=_weight)
            if gravest:
                found[person].append(gravest)
    return dict(found)


def _same_course(call: Call, ids: list[int], at: datetime) -> Iterable[tuple[int, Note]]:
    rows = (
        Enrolment.objects.filter(person__in=ids, training_class__course=call.course_id, withdrawn_at=None)
        .annotate(ends=Max("training_class__meetings__during__endswith"))
        .values_list("person", "training_class__code", "completed_at", "ends")
        .order_by("-enrolled_at")
    )
    said: set[int] = set()
    for person, code, completed, ends in rows:
        if person in said:
            continue
        said.add(person)
        if completed:
            yield person, Note("done", {"day": f"{timezone.localdate(completed):%d/%m/%Y}", "code": code})
        elif ends and ends <= at:
            yield person, Note("left", {"code": code})
        else:
            yield person, Note("inside", {"code": code})


def _meetings_of_call(call: Call, at: datetime) -> dict[str, list[Engagement]]:
    """What is still to come, by class for which the call may be."""
    found: dict[str, list[Engagement]] = {code: [] for code in classes_for(call).values_list("key", flat=True)}
    rows = Meeting.objects.filter(training_class__key__in=found, during__endswith__gt=at)
    for key, code, during in rows.values_list("training_class__key", "training_class__code", "during"):
        found[key].append(engagement(key, code, during))
    return found


def engagement(source: str, code: str, during: Any) -> Engagement:
    """A meeting as the rules see it, in the zone of the place."""
    return Engagement(source, code, timezone.localtime(during.lower), timezone.localtime(during.upper))


def engagements(
    people: Iterable[int], *, since: datetime, until: datetime, but: Call | None = None
) -> dict[int, dict[str, list[Engagement]]]:
    """By person (id) and by why they are expected: meetings they learn at, teach, or are nominated for, in
    [since, until). Nominations count while their call is open; those of the call `but` do not. Three queries."""
    ids = list(people)
    found: dict[int, dict[str, list[Engagement]]] = defaultdict(lambda: defaultdict(list))
    span = {"during__endswith__gt": since, "during__startswith__lt": until}
    meeting = {f"training_class__meetings__{name}": value for name, value in span.items()}
    columns = ("person", "training_class__key", "training_class__code", "training_class__meetings__during")
    learned = Enrolment.objects.filter(person__in=ids, withdrawn_at=None, **meeting).values_list(*columns)
    taught = Meeting.objects.filter(lecturer__in=ids, **span)
    called = Nomination.objects.filter(
        person__in=ids,
        state__in=("placed", "waiting"),
        call__closed_at=None,
        **{f"call__{name}": value for name, value in meeting.items()},
    )
    if but is not None:
        called = called.exclude(call=but)
    rows = {
        LEARNS: learned,
        TEACHES: taught.values_list("lecturer", "training_class__key", "training_class__code", "during"),
        NOMINATED: called.values_list("person", *(f"call__{column}" for column in columns[1:])),
    }
    for why, of_kind in rows.items():
        for person, key, code, during in of_kind:
            found[person][why].append(engagement(key, code, during))
    return {person: dict(by_why) for person, by_why in found.items()}


KINDS = {
    LEARNS: ("clash", "near"),
    TEACHES: ("teaches", "near_teaching"),
    NOMINATED: ("clash_call", "near_call"),
}
GRAVE = {None: 0, "wait": 1, "late": 2}


def _note(mine: list[Engagement], theirs: dict[str, list[Engagement]]) -> Note | None:
    """The gravest that stands in the way of one class."""
    for which, place in ((clash, 0), (near, 1)):
        for why, kinds in KINDS.items():
            pair = which(mine, theirs.get(why, []))
            if pair:
                other = pair[1]
                taken = f"{other.starts:%H:%M}–{other.ends:%H:%M} {other.starts:%d/%m/%Y}"
                return Note(kinds[place], {"other": other.code, "taken": taken})
    return None


def _weight(note: Note | None) -> int:
    return GRAVE[note.shape if note else None]
