"""What can be done with the inventory: entering what runs, saying what changed, taking over, what is expected."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.directory.queries.heirs import place_taken_of
from lantoa.directory.queries.units import NOT_KNOWN, STANDS, standing
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import ExpectedList, Stage, System
from lantoa.programmes.queries.inventory import kinds
from lantoa.programmes.rules.inventory import IN_USE, LEVELS, STATES, STOPPED, Expected

MOST_USERS: Final = 2_000_000_000
MOST_MONEY: Final = 10**15  # đồng a year


@dataclass(frozen=True)
class StageText:
    """What is true of a system from a day on, as a form or a sheet says it. `links`: codes of kinds."""

    since: date
    state: str
    name: str
    owner: str = ""
    supplier: str = ""
    users: int | None = None
    cost: int | None = None
    links: tuple[str, ...] = ()
    note: str = ""


@transaction.atomic
def enter_system(
    *,
    by: Actor,
    unit: Unit,
    kind: str,
    text: StageText,
    at: datetime,
    came_from: System | None = None,
    demonstration: bool = False,
) -> System:
    """A platform or a piece of infrastructure that the unit runs from that day on."""
    check_stage(unit, kind, text, on=timezone.localdate(at))
    made = System.objects.create(unit=unit, kind=kind, came_from=came_from, is_demonstration=demonstration)
    _write(by, made, text, at, number=1)
    record(by=by, act="programmes.enter_system", thing=made, about={"unit": unit.key, "kind": kind})
    return made


@transaction.atomic
def say_stage(*, by: Actor, system: System, text: StageText, at: datetime, reason: str = "") -> Stage:
    """Says what is true of a system from a day on. What was said of other days stays; what was said of the same day
    is corrected by a new line with its reason. Refused when nothing would change."""
    system = System.objects.select_for_update().select_related("unit").get(pk=system.pk)
    check_stage(system.unit, system.kind, text, on=timezone.localdate(at))
    before, stage = standing_at(system, text.since)
    if stage is not None and says_the_same(stage, text):
        raise Refused(N_("Cannot change %(name)s: nothing would change."), name=text.name)
    if before is not None and not reason.strip():
        raise Refused(
            N_("Cannot change %(name)s from %(day)s on: something is said of that day already; say why it changes."),
            name=text.name,
            day=f"{text.since:%d/%m/%Y}",
        )
    number = before.number + 1 if before else 1
    made = _write(by, system, text, at, number=number, reason=reason.strip() if before else "")
    act = "programmes.correct_system" if before else "programmes.change_system"
    record(by=by, act=act, thing=system, about={"since": text.since.isoformat(), "state": text.state})
    return made


@transaction.atomic
def take_over(*, by: Actor, system: System, unit: Unit, since: date, at: datetime) -> System:
    """A unit that took another's place says that it runs on what that one ran. The history stays where it was."""
    system = System.objects.select_for_update().get(pk=system.pk)
    _before, stage = standing_at(system, since)
    names = {"name": stage.name if stage else system.kind}
    if system.unit_id not in place_taken_of(unit.pk, on=since):
        raise Refused(
            N_("Cannot take over %(name)s on %(day)s: this unit does not stand in the place of the one that ran it."),
            **names,
            day=f"{since:%d/%m/%Y}",
        )
    if System.objects.filter(came_from=system).exists():
        raise Refused(N_("Cannot take over %(name)s: it has been taken over already."), **names)
    if stage is None or stage.state == STOPPED:
        raise Refused(N_("Cannot take over %(name)s: it did not run on that day."), **names)
    said = text_of(stage)
    text = StageText(**{**asdict(said), "since": since, "links": said.links})
    return enter_system(
        by=by, unit=unit, kind=system.kind, text=text, at=at, came_from=system, demonstration=system.is_demonstration
    )


@transaction.atomic
def declare_expected(
    *, by: Actor, unit: Unit, level: str, since: date, items: Sequence[Expected], at: datetime, basis: str = ""
) -> ExpectedList:
    """What an office expects the units of a level under it to run, from that day on. The lists before stay."""
    if level not in LEVELS:
        raise Refused(N_("Cannot declare what is expected: there is no level %(level)s."), level=level)
    wrong = [one.kind for one in items if one.kind not in kinds()]
    if wrong:
        raise Refused(N_("Cannot declare what is expected: there is no kind %(kind)s."), kind=", ".join(wrong))
    if len({one.kind for one in items}) != len(items):
        raise Refused(N_("Cannot declare what is expected: a kind stands there twice."))
    made = ExpectedList.objects.create(
        unit=unit,
        level=level,
        since=since,
        basis=basis.strip(),
        items=[one.data() for one in items],
        said_by=by.actor_key,
        said_at=at,
    )
    about = {"unit": unit.key, "level": level, "kinds": [one.kind for one in items]}
    record(by=by, act="programmes.declare_expected", thing=made, about=about)
    return made


@transaction.atomic
def take_back_stages(*, by: Actor, stages: Sequence[str], systems: Sequence[str]) -> None:
    """Takes back stages (keys), and the systems (keys) that came with them, of a file that is undone."""
    rows = list(Stage.objects.filter(key__in=stages).select_related("system").order_by("-pk"))
    if refused := why_not_take_back(rows):
        raise refused
    for row in rows:
        row.delete()
    gone = System.objects.filter(key__in=systems, stages=None)
    for one in gone:
        record(by=by, act="programmes.take_back_system", thing=one, about={"kind": one.kind})
        one.delete()


def why_not_take_back(rows: Sequence[Stage]) -> Refused | None:
    """What stands in the way of taking stages back; None when nothing does."""
    mine = {row.pk for row in rows}
    systems = {row.system_id for row in rows}
    later = Stage.objects.filter(system__in=systems, pk__gt=min(mine, default=0)).exclude(pk__in=mine)
    if said := later.order_by("pk").first():
        return Refused(N_("Cannot undo: something was said of %(name)s since."), name=said.name)
    if heir := Stage.objects.filter(system__came_from__in=systems).exclude(pk__in=mine).first():
        return Refused(N_("Cannot undo: %(name)s was taken over since."), name=heir.name)
    return None


def check_stage(unit: Unit, kind: str, text: StageText, *, on: date) -> None:
    """Refuses what cannot be true: an unknown kind or state, a day to come for what is said to run, a day on which
    the unit did not stand, a figure beyond all measure."""
    if kind not in kinds():
        raise Refused(N_("Cannot enter %(name)s: there is no kind %(kind)s."), name=text.name, kind=kind)
    if text.state not in STATES:
        raise Refused(N_("Cannot enter %(name)s: there is no state %(state)s."), name=text.name, state=text.state)
    if not text.name.strip():
        raise Refused(N_("Cannot enter the system: its name is missing."))
    day = f"{text.since:%d/%m/%Y}"
    if text.state in IN_USE and text.since > on:
        raise Refused(
            N_("Cannot enter %(name)s: it cannot be in use from %(day)s on, that day is still to come."),
            name=text.name,
            day=day,
        )
    if wrong := [code for code in text.links if code not in kinds()]:
        raise Refused(N_("Cannot enter %(name)s: there is no kind %(kind)s."), name=text.name, kind=wrong[0])
    for value, most in ((text.users, MOST_USERS), (text.cost, MOST_MONEY)):
        if value is not None and not 0 <= value <= most:
            raise Refused(
                N_("Cannot enter %(name)s: %(value)d is no number of users and no cost that can be."),
                name=text.name,
                value=value,
            )
    if text.state != STOPPED and standing(unit, on=text.since).state not in (STANDS, NOT_KNOWN):
        raise Refused(N_("Cannot enter %(name)s: the unit did not stand on %(day)s."), name=text.name, day=day)


def standing_at(system: System, day: date) -> tuple[Stage | None, Stage | None]:
    """What was last said of exactly that day, and what holds on it."""
    until = [one for one in system.stages.all() if one.since <= day]
    stage = max(until, key=lambda one: (one.since, one.number), default=None)
    return (stage if stage is not None and stage.since == day else None), stage


def text_of(stage: Stage) -> StageText:
    """A stage as it was said."""
    return StageText(
        stage.since, stage.state, stage.name, stage.owner, stage.supplier, stage.users, stage.cost,
        tuple(stage.links), stage.note,
    )  # fmt: skip


def says_the_same(stage: Stage, text: StageText) -> bool:
    """Whether a text says nothing else than what holds."""
    now, said = asdict(text_of(stage)), asdict(text)
    return all(now[name] == said[name] for name in now if name not in ("since", "links")) and set(
        now["links"]
    ) == set(said["links"])


def _write(by: Actor, system: System, text: StageText, at: datetime, *, number: int, reason: str = "") -> Stage:
    order = list(kinds())
    said = asdict(text) | {"links": sorted(set(text.links), key=order.index)}
    return Stage.objects.create(system=system, number=number, reason=reason, said_by=by.actor_key, said_at=at, **said)
