"""The agenda of a workshop: planned parts, one after another."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.workshops.actions.telling import held, tell
from lantoa.workshops.models import AgendaItem, Workshop
from lantoa.workshops.rules.words import OVER

FIELDS: Final = ("title", "title_en", "speaker", "speaker_en", "language")


@transaction.atomic
def add_item(
    *, by: Actor, workshop: Workshop, values: Mapping[str, Any], begins: datetime, ends: datetime, at: datetime
) -> AgendaItem:
    """One more part; `values` are fields of `FIELDS`."""
    workshop = _open(workshop)
    made = AgendaItem(workshop=workshop, position=workshop.agenda.count() + 1, **values)
    _place(made, begins, ends)
    made.save()
    _number(workshop)
    record(by=by, act="workshops.add_item", thing=made, about={"workshop": workshop.key})
    tell(workshop=workshop, kind="agenda", about={"item": made.key}, at=at)
    made.refresh_from_db()
    return made


@transaction.atomic
def change_item(
    *, by: Actor, item: AgendaItem, values: Mapping[str, Any], begins: datetime, ends: datetime, at: datetime
) -> AgendaItem:
    """Other words or hours of a part that has not begun."""
    workshop = _open(item.workshop)
    item = AgendaItem.objects.select_related("workshop").get(pk=item.pk)
    _refuse_begun(item)
    for name in FIELDS:
        if name in values:
            setattr(item, name, values[name])
    _place(item, begins, ends)
    item.save()
    _number(workshop)
    record(by=by, act="workshops.change_item", thing=item, about={"fields": sorted(values)})
    tell(workshop=workshop, kind="agenda", about={"item": item.key}, at=at)
    return item


@transaction.atomic
def remove_item(*, by: Actor, item: AgendaItem, at: datetime) -> None:
    """Takes a part out that has not begun."""
    workshop = _open(item.workshop)
    item = AgendaItem.objects.select_related("workshop").get(pk=item.pk)
    _refuse_begun(item)
    record(by=by, act="workshops.remove_item", thing=item, about={"workshop": workshop.key})
    item.delete()
    _number(workshop)
    tell(workshop=workshop, kind="agenda", about={}, at=at)


def _open(workshop: Workshop) -> Workshop:
    workshop = held(workshop)
    if workshop.state == OVER:
        raise Refused(N_("Cannot change the agenda of %(name)s: it is over."), name=workshop.name)
    return workshop


def _refuse_begun(item: AgendaItem) -> None:
    if item.started_at is not None:
        raise Refused(N_("Cannot change “%(title)s”: it has begun."), title=item.title)


def _place(item: AgendaItem, begins: datetime, ends: datetime) -> None:
    """Its hours: forward, inside the workshop, and beside everything else."""
    if ends <= begins:
        raise Refused(N_("Cannot plan “%(title)s”: it ends before it begins."), title=item.title)
    workshop = item.workshop
    if begins < workshop.during.lower or ends > workshop.during.upper:
        raise Refused(N_("Cannot plan “%(title)s”: its hours stand outside those of the workshop."), title=item.title)
    item.during = DateTimeTZRange(begins, ends, "[)")
    others = workshop.agenda.exclude(pk=item.pk).filter(during__overlap=item.during).order_by("position")
    if clash := others.first():
        raise Refused(
            N_("Cannot plan “%(title)s”: “%(other)s” is planned at the same time."),
            title=item.title,
            other=clash.title,
        )


def _number(workshop: Workshop) -> None:
    """Positions follow the hours; the database looks at them when the transaction ends."""
    for position, item in enumerate(workshop.agenda.order_by("during", "pk"), 1):
        if item.position != position:
            AgendaItem.objects.filter(pk=item.pk).update(position=position)
