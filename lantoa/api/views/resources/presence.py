"""Presence at meetings: read, a roll entered, a line corrected."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from django.http import Http404

from lantoa.api.rules.problems import Problem
from lantoa.api.rules.shapes import Key, Number, Says
from lantoa.api.views.calling import Call, Made
from lantoa.api.views.operations import get, post, put
from lantoa.api.views.resources.classes import load_meeting
from lantoa.api.views.resources.people import faults_of, load_person
from lantoa.common.refused import N_
from lantoa.presence import actions
from lantoa.presence.models import Attendance, Gathering
from lantoa.training.actions.classes import enrolled
from lantoa.training.actions.results import call_roll, decide_when_over
from lantoa.training.models import Meeting

NOT_ENROLLED = N_("This person is not enrolled in the class.")


@dataclass(frozen=True)
class LineSeen:
    """One person at one meeting. Without a line nothing is known yet: all but the person is null."""

    person: Key
    state: Annotated[str | None, Says(N_("present, partial, leave (excused) or absent."))]
    share: Annotated[Decimal | None, Says(N_("The share of the meeting that was attended, 0 to 1."))]
    how: Annotated[str | None, Says(N_("By code, roll_call or import."))]
    at: datetime | None


@dataclass(frozen=True)
class PresenceSeen:
    """Who was at a meeting: a line for everyone enrolled, in the order of names."""

    meeting: Key
    held: Annotated[bool, Says(N_("Whether its roll is complete."))]
    lines: tuple[LineSeen, ...]


@dataclass(frozen=True)
class LineToAdd:
    """Somebody's state at the meeting."""

    person: Key
    state: Literal["present", "leave", "absent"]


@dataclass(frozen=True)
class RollToAdd:
    """A roll, or a part of it."""

    lines: Annotated[tuple[LineToAdd, ...], Says(most=500, least=1)]


@dataclass(frozen=True)
class LineCorrected:
    """What is to stand there from now on, and why."""

    state: Literal["present", "partial", "leave", "absent"]
    reason: Annotated[
        str, Says(N_("Why it is corrected; what stood there before is kept with it."), most=300, least=1)
    ]
    share: Annotated[Number | None, Says(N_("For partial presence only: 0.01 to 0.99, as text."))] = None


@get("meetings/{key}/presence", needs="programmes.view", says=N_("Who was at a meeting"))
def show_presence(call: Call, key: str) -> PresenceSeen:
    """Everyone enrolled has a line, known or not."""
    found = load_meeting(call, key)
    seen = _seen(found)
    call.saw(found.training_class, len(seen.lines))
    return seen


@post("meetings/{key}/presence", needs="training.mark_presence", says=N_("Enter the roll of a meeting"))
def enter_roll(call: Call, key: str, body: RollToAdd) -> Made:
    """Lines that stand already stay as they are: they are corrected one by one. With the last person the roll is
    complete."""
    found = load_meeting(call, key)
    people = dict(enrolled(found.training_class).values_list("person__key", "person_id"))
    wrong = {
        f"#/lines/{place}/person": line.person for place, line in enumerate(body.lines) if line.person not in people
    }
    if wrong:
        raise Problem("wrong-body", errors=faults_of(call, wrong, NOT_ENROLLED))
    states = {people[line.person]: line.state for line in body.lines}
    entered = call_roll(by=call.token, meeting=found, states=states, at=call.now)
    decide_when_over(by=call.token, training_class=found.training_class, at=call.now)
    return Made(found.key, added=entered)


@put("meetings/{key}/presence/{person}", needs="training.mark_presence", says=N_("Correct one line of presence"))
def correct_line(call: Call, key: str, person: str, body: LineCorrected) -> PresenceSeen:
    """If-Match names the state of the whole roll."""
    found = load_meeting(call, key)
    row = enrolled(found.training_class).select_related("person").filter(person__key=person).first()
    if row is None:
        load_person(call, person)  # merged since: says into whom
        raise Http404
    Gathering.objects.select_for_update(no_key=True).get(pk=found.gathering_id)
    call.match(_seen(load_meeting(call, key)))
    actions.correct(
        by=call.token,
        gathering=found.gathering,
        person=row.person,
        state=body.state,
        share=body.share,
        reason=body.reason,
        at=call.now,
    )
    decide_when_over(by=call.token, training_class=found.training_class, at=call.now)
    return _seen(load_meeting(call, key))


def _seen(found: Meeting) -> PresenceSeen:
    lines = {line.person_id: line for line in Attendance.objects.filter(gathering=found.gathering_id)}
    rows = enrolled(found.training_class).order_by("person__sort_key", "id").values_list("person_id", "person__key")
    return PresenceSeen(
        meeting=found.key,
        held=found.gathering.held,
        lines=tuple(_line(key, lines.get(pk)) for pk, key in rows),
    )


def _line(person: str, line: Attendance | None) -> LineSeen:
    if line is None:
        return LineSeen(person, None, None, None, None)
    return LineSeen(person, line.state, line.share, line.how, line.at)
