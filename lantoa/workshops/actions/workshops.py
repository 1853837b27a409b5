"""Planning a workshop: making it, changing it, announcing, beginning and ending it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import Programme
from lantoa.workshops.actions.ending import end_what_runs
from lantoa.workshops.actions.telling import held, tell
from lantoa.workshops.models import Workshop
from lantoa.workshops.rules.words import MAY_BECOME, OVER, STATES

FIELDS = ("code", "name", "name_en", "programme", "zone", "languages", "previous", "stream_url", "dry_run")


@transaction.atomic
def create_workshop(
    *,
    by: Actor,
    unit: Unit,
    code: str,
    name: str,
    begins: datetime,
    ends: datetime,
    languages: Sequence[str],
    at: datetime,
    programme: Programme | None = None,
    name_en: str = "",
    zone: str = "Asia/Ho_Chi_Minh",
    previous: Workshop | None = None,
    stream_url: str = "",
    dry_run: Any = None,
    simulated: bool = False,
) -> Workshop:
    """A workshop that is being prepared; `simulated`: of the demonstration, nobody real takes part."""
    _refuse_backwards(name, begins, ends)
    with only_one(_taken(unit, code)):
        made = Workshop.objects.create(
            unit=unit,
            programme=programme,
            code=code,
            name=name,
            name_en=name_en,
            during=DateTimeTZRange(begins, ends, "[)"),
            zone=zone,
            languages=list(languages),
            previous=previous,
            stream_url=stream_url,
            dry_run=dry_run,
            made_by=by.actor_key,
            made_at=at,
            simulated=simulated,
        )
    record(by=by, act="workshops.create_workshop", thing=made, about={"unit": unit.key})
    return made


@transaction.atomic
def change_workshop(
    *, by: Actor, workshop: Workshop, begins: datetime, ends: datetime, at: datetime, **values: Any
) -> Workshop:
    """Other facts of a workshop that is not over; `values` are fields of `FIELDS`."""
    workshop = held(workshop)
    if workshop.state == OVER:
        raise Refused(N_("Cannot change %(name)s: it is over."), name=workshop.name)
    _refuse_backwards(workshop.name, begins, ends)
    for field in FIELDS:
        if field in values:
            setattr(workshop, field, values[field])
    if workshop.previous_id == workshop.pk:
        raise Refused(N_("Cannot make %(name)s follow itself: choose another workshop."), name=workshop.name)
    moved = begins - workshop.during.lower
    workshop.during = DateTimeTZRange(begins, ends, "[)")
    _move_agenda(workshop, moved)
    with only_one(_taken(workshop.unit, workshop.code)):
        workshop.save(update_fields=[*FIELDS, "during"])
    record(by=by, act="workshops.change_workshop", thing=workshop, about={"fields": sorted(values)})
    tell(workshop=workshop, kind="workshop", about={}, at=at)
    return workshop


@transaction.atomic
def change_state(*, by: Actor, workshop: Workshop, to: str, at: datetime) -> Workshop:
    """Announces a workshop, takes it back into preparation, begins it or ends it: with it ends whatever runs
    in it."""
    if to == OVER:
        end_what_runs(by=by, workshop=workshop, at=at)
    workshop = held(workshop)
    if to not in MAY_BECOME[workshop.state]:
        raise Refused(
            N_("Cannot set %(name)s to “%(to)s”: it is “%(state)s”."),
            name=workshop.name,
            to=Refused(STATES[to]),
            state=Refused(STATES[workshop.state]),
        )
    workshop.state = to
    workshop.save(update_fields=["state"])
    record(by=by, act="workshops.change_state", thing=workshop, about={"state": to})
    tell(workshop=workshop, kind="state", about={"state": to}, at=at)
    return workshop


def _move_agenda(workshop: Workshop, moved: timedelta) -> None:
    """The agenda moves with the beginning; refused when a part of it would stand outside the workshop."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE workshops_agendaitem
                  SET during = tstzrange(lower(during) + make_interval(secs => %(by)s),
                                         upper(during) + make_interval(secs => %(by)s), '[)')
                WHERE workshop_id = %(workshop)s""",
            {"by": moved.total_seconds(), "workshop": workshop.pk},
        )
    if outside := workshop.agenda.exclude(during__contained_by=workshop.during).order_by("position").first():
        raise Refused(
            N_("Cannot change the hours of %(name)s: “%(title)s” of its agenda would stand outside them."),
            name=workshop.name,
            title=outside.title,
        )


def _refuse_backwards(name: str, begins: datetime, ends: datetime) -> None:
    if ends <= begins:
        raise Refused(N_("Cannot plan %(name)s: it ends before it begins."), name=name)


def _taken(unit: Unit, code: str) -> Refused:
    return Refused(N_("Cannot use the code %(code)s: another workshop of this unit has it."), code=code)
