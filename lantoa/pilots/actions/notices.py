"""What coordinators are told of pilots and spreads: a gate, a value or the decision is due, a step is late, somebody
asks for help or has given it. Each occasion once."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lantoa.directory.queries.units import names
from lantoa.ledger.actions import thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.coordinators import Word, tell_coordinators
from lantoa.office.queries.days import reminder_of
from lantoa.pilots.models import Adoption, Help, Pilot
from lantoa.pilots.queries.pilots import PilotNow, last_day, pilot_now
from lantoa.pilots.queries.playbooks import book_of
from lantoa.pilots.queries.spreads import ALL, LEFT, adoption_now, steps_late, who_may_help, with_steps
from lantoa.pilots.rules.windows import UNDECIDED

GOOD_FOR: Final = timedelta(days=14)


@transaction.atomic
def remind_of_pilots(*, by: Actor, pilots: Iterable[Pilot], at: datetime) -> int:
    """Tells units of gates that are due (three working days before, on the day, and when nobody has decided), values
    that are late, and pilots that wait for their decision. `pilots`: of `running_pilots`. Asked again on the day it
    tells nobody twice."""
    on = timezone.localdate(at)
    return sum(_remind(by, pilot_now(one, on=on), at) for one in pilots)


def _remind(by: Actor, now: PilotNow, at: datetime) -> int:
    pilot = now.pilot
    common = {"pilot": pilot.name, "link": reverse("pilots:pilot", args=[pilot.key])}

    def tell(template: str, unit: int, occasion: str, **values: Any) -> int:
        word = Word(unit, occasion, {**common, **values}, thing_key(pilot))
        return tell_coordinators(
            by=by, template=template, office=pilot.unit, words=[word], at=at, good_until=at + GOOD_FOR
        )

    told = 0
    for one in now.gates:
        which = reminder_of(one.gate.on, on=now.on) if one.passed is None else ""
        if which:
            told += tell(
                "pilots.gate_due",
                pilot.unit_id,
                f"{one.gate.key}:{which}",
                criterion=one.gate.criterion,
                due=one.gate.on,
            )
    for measure in now.measures:
        if measure.late and measure.due is not None:
            told += tell(
                "pilots.measure_late",
                measure.measure.unit_id,
                f"{measure.measure.key}:{measure.due}",
                measure=measure.measure.name,
                due=measure.due,
            )
    if now.stage == UNDECIDED:
        told += tell("pilots.decision_due", pilot.unit_id, pilot.key, due=last_day(pilot))
    return told


@transaction.atomic
def remind_of_steps(*, by: Actor, at: datetime) -> int:
    """Tells units which steps are late, by the weeks of the playbook and the first day of their wave; each once."""
    on = timezone.localdate(at)
    told = 0
    rows = with_steps(Adoption.objects.filter(wave__starts_on__lte=on, left_on=None))
    by_office: dict[int, list[Adoption]] = {}
    for one in rows:
        by_office.setdefault(one.spread.unit_id, []).append(one)
    for mine in by_office.values():
        words = [word for one in mine for word in _late(one, on)]
        told += tell_coordinators(
            by=by,
            template="pilots.step_late",
            office=mine[0].spread.unit,
            words=words,
            at=at,
            good_until=at + GOOD_FOR,
        )
    return told


def _late(adoption: Adoption, on: date) -> list[Word]:
    now = adoption_now(adoption, on=on)
    if now.state in (ALL, LEFT):
        return []
    titles = book_of(adoption.spread.version).steps
    link = reverse("pilots:adoption", args=[adoption.key])
    return [
        Word(
            adoption.unit_id,
            f"{adoption.key}:{step}",
            {"spread": adoption.spread.name, "step": titles[step], "due": due, "link": link},
            thing_key(adoption),
        )
        for step, due in steps_late(now, on=on)
    ]


@transaction.atomic
def tell_help_asked(*, by: Actor, asked: Help, at: datetime) -> int:
    """Tells those who may know: the office that runs the spread, the unit whose pilot it was, and units that have
    done the step."""
    spread = asked.adoption.spread
    title = book_of(spread.version).steps.get(asked.step, "–")
    values = {
        "spread": spread.name,
        "step": title,
        "asker": _name(asked.adoption.unit_id, at),
        "link": reverse("pilots:helps", args=[spread.key]),
    }
    return tell_coordinators(
        by=by,
        template="pilots.help_asked",
        office=spread.unit,
        words=[Word(unit, asked.key, values, thing_key(asked.adoption)) for unit in who_may_help(asked)],
        at=at,
        good_until=at + GOOD_FOR,
    )


@transaction.atomic
def tell_help_given(*, by: Actor, answered: Help, at: datetime) -> int:
    """Tells the unit that asked that another has answered."""
    assert answered.helper_id is not None
    adoption = answered.adoption
    values = {
        "spread": adoption.spread.name,
        "helper": _name(answered.helper_id, at),
        "link": reverse("pilots:adoption", args=[adoption.key]),
    }
    return tell_coordinators(
        by=by,
        template="pilots.help_given",
        office=adoption.spread.unit,
        words=[Word(adoption.unit_id, answered.key, values, thing_key(adoption))],
        at=at,
        good_until=at + GOOD_FOR,
    )


def _name(unit: int, at: datetime) -> str:
    called = names([unit], on=timezone.localdate(at))
    return called[unit].full_name if unit in called else ""
