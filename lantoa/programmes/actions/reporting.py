"""Asking for figures: opening a campaign, whom it asks, until when; closing it; who is told."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from lantoa.common.days import ends
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.directory.queries.people import coordinators_of
from lantoa.ledger.actions import record, thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.coordinators import Word, tell_coordinators
from lantoa.office.queries.days import reminder_of
from lantoa.programmes.models import Due, Measurement, Reporting, Target
from lantoa.programmes.queries.reporting import MISSING, RETURNED, dues_of, in_state
from lantoa.programmes.rules.spans import Span

ASKED, REMINDED = "programmes.figures_asked", "programmes.figures_due"
LATE, SENT_BACK = "programmes.figures_late", "programmes.figures_returned"
MOST_NAMED = 8  # codes in one message


@transaction.atomic
def open_reporting(*, by: Actor, unit: Unit, title: str, span: Span, due_on: date, at: datetime) -> Reporting:
    """Opens a campaign for the figures of a period. It asks nobody yet (`ask_for`)."""
    if due_on <= span.last:
        raise Refused(
            N_("Cannot open «%(title)s»: figures of %(period)s cannot be due on %(day)s, before the period is over."),
            title=title,
            period=span.code,
            day=f"{due_on:%d/%m/%Y}",
        )
    made = Reporting.objects.create(
        unit=unit,
        title=title,
        period=DateRange(span.first, span.end, "[)"),
        due_on=due_on,
        opened_at=at,
        opened_by=by.actor_key,
    )
    record(
        by=by,
        act="programmes.open_reporting",
        thing=made,
        about={"period": span.code, "due_on": due_on.isoformat()},
    )
    return made


@transaction.atomic
def ask_for(*, by: Actor, reporting: Reporting, targets: Iterable[Target], at: datetime) -> list[Due]:
    """Asks for the figures of targets; those asked already, of another rhythm, or that did not hold in the period are
    left out. The new ones, whose units' coordinators are told."""
    reporting = Reporting.objects.select_for_update().get(pk=reporting.pk)
    _refuse_closed(reporting)
    span = Span(reporting.period.lower, reporting.period.upper)
    known = set(reporting.dues.values_list("target", flat=True))
    wanted = {
        one.pk: one
        for one in targets
        if one.pk not in known
        and one.every == span.every
        and one.since <= span.last
        and (one.retired_on is None or one.retired_on > span.last)
    }
    made = Due.objects.bulk_create(Due(reporting=reporting, target=one) for one in wanted.values())
    if made:
        record(by=by, act="programmes.ask_for_figures", thing=reporting, about={"targets": len(made)})
        _tell(by, ASKED, reporting, {one.unit_id for one in wanted.values()}, at, occasion=str(min(wanted)))
    return made


@transaction.atomic
def change_deadline(*, by: Actor, reporting: Reporting, due_on: date) -> None:
    """Moves the last day of a campaign."""
    reporting = Reporting.objects.select_for_update().get(pk=reporting.pk)
    _refuse_closed(reporting)
    if due_on < reporting.period.upper:
        raise Refused(
            N_("Cannot set the deadline of «%(title)s» to %(day)s: the period is not over then."),
            title=reporting.title,
            day=f"{due_on:%d/%m/%Y}",
        )
    if reporting.due_on != due_on:
        reporting.due_on = due_on
        reporting.save(update_fields=["due_on"])
        record(by=by, act="programmes.change_reporting", thing=reporting, about={"due_on": due_on.isoformat()})


@transaction.atomic
def close_reporting(*, by: Actor, reporting: Reporting, at: datetime) -> None:
    """Ends a campaign; what is missing stays missing. Figures can still be corrected on the page of a target."""
    reporting = Reporting.objects.select_for_update().get(pk=reporting.pk)
    _refuse_closed(reporting)
    reporting.closed_at = at
    reporting.save(update_fields=["closed_at"])
    record(by=by, act="programmes.close_reporting", thing=reporting)


@transaction.atomic
def remind_missing(*, by: Actor, reporting: Reporting, at: datetime) -> tuple[int, list[int]]:
    """Reminds the coordinators of units that still owe figures, once a day: how many are told, and the units (ids)
    without a coordinator, to be called on the telephone."""
    _refuse_closed(reporting)
    units = set(in_state(dues_of([reporting.pk]), MISSING).values_list("target__unit", flat=True))
    day = timezone.localdate(at).isoformat()
    told = _tell(by, REMINDED, reporting, units, at, occasion=day)
    known = coordinators_of(sorted(units), on=timezone.localdate(at))
    return told, sorted(unit for unit in units if not known.get(unit))


@transaction.atomic
def remind_of_deadline(*, by: Actor, reporting: Reporting, at: datetime) -> int:
    """Tells the coordinators of units that still owe figures when the last day is near, when it has come, and once
    when it is over; how many. The job of the day calls it; asked again on the day it tells nobody twice."""
    on = timezone.localdate(at)
    owing = dues_of([reporting.pk]).filter(state__in=(MISSING, RETURNED))
    by_day: dict[date, set[int]] = {}
    for until, unit in owing.values_list("until", "target__unit"):
        by_day.setdefault(until, set()).add(unit)
    told = 0
    for until, units in sorted(by_day.items()):
        if which := reminder_of(until, on=on):
            template = LATE if which == "late" else REMINDED
            told += _tell(by, template, reporting, units, at, occasion=f"{which}:{until}", until=until)
    return told


@transaction.atomic
def tell_returned(*, by: Actor, lines: Iterable[Measurement], at: datetime) -> int:
    """Tells the coordinators of units that figures of theirs came back; one message for each unit, however many."""
    by_unit: dict[int, list[Measurement]] = {}
    for line in lines:
        by_unit.setdefault(line.target.unit_id, []).append(line)
    told = 0
    for unit, mine in by_unit.items():
        codes = sorted({line.target.code for line in mine})
        values = {
            "count": len(mine),
            "codes": ", ".join(codes[:MOST_NAMED]) + (" …" if len(codes) > MOST_NAMED else ""),
            "link": reverse("programmes:owed"),
        }
        first = min(mine, key=lambda line: line.pk)  # a line is looked at once
        word = Word(unit, first.key, values, thing_key(first.target))
        told += tell_coordinators(by=by, template=SENT_BACK, office=first.target.unit, words=[word], at=at)
    return told


def hold_open(reporting: Reporting) -> Reporting:
    """The campaign, held until the transaction ends. Refused: one that is closed takes no file of figures."""
    held = Reporting.objects.select_for_update().get(pk=reporting.pk)
    if held.closed_at is not None:
        raise Refused(
            N_("Cannot take the figures of a file into «%(title)s»: it was closed on %(day)s."),
            title=held.title,
            day=f"{timezone.localdate(held.closed_at):%d/%m/%Y}",
        )
    return held


def _refuse_closed(reporting: Reporting) -> None:
    if reporting.closed_at is not None:
        raise Refused(
            N_("Cannot change «%(title)s»: it was closed on %(day)s."),
            title=reporting.title,
            day=f"{timezone.localdate(reporting.closed_at):%d/%m/%Y}",
        )


def _tell(
    by: Actor,
    template: str,
    reporting: Reporting,
    units: Iterable[int],
    at: datetime,
    *,
    occasion: str,
    until: date | None = None,
) -> int:
    last = until or reporting.due_on
    values = {"title": reporting.title, "due": last, "link": reverse("programmes:owed")}
    over = ends(last)
    return tell_coordinators(
        by=by,
        template=template,
        office=reporting.unit,
        words=[
            Word(unit, f"{reporting.key}:{occasion}", values, thing_key(reporting)) for unit in sorted(set(units))
        ],
        at=at,
        good_until=over if over > at else None,  # whoever is late already is told all the same
    )
