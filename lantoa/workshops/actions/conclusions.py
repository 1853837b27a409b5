"""What a workshop concluded and whom it gave what to do; followed until the unit has reported it done."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.directory.queries.people import coordinators_of
from lantoa.directory.queries.units import names
from lantoa.ledger.actions import record, thing_key
from lantoa.ledger.rules import Actor
from lantoa.office.actions.notices import Letter, notify_all
from lantoa.office.queries.documents import code_of
from lantoa.workshops.actions.telling import held
from lantoa.workshops.models import Conclusion, Workshop
from lantoa.workshops.queries.minutes import minutes_of
from lantoa.workshops.rules.words import LIVE, OVER


@transaction.atomic
def conclude(
    *,
    by: Actor,
    workshop: Workshop,
    text: str,
    text_en: str = "",
    unit: Unit | None = None,
    due_on: date | None = None,
    at: datetime,
    on: date,
) -> Conclusion:
    """Writes down a conclusion; with a unit and a day it is a task, and the unit's coordinators are told."""
    workshop = held(workshop)
    if workshop.state not in {LIVE, OVER}:
        raise Refused(N_("Cannot write down what “%(name)s” concluded: it has not begun."), name=workshop.name)
    _refuse_frozen(workshop)
    words = text.strip()
    if not words:
        raise Refused(N_("Cannot write down the conclusion: it is empty."))
    if (unit is None) != (due_on is None):
        raise Refused(N_("Cannot give the task: it needs a unit and a day, or neither."))
    if due_on is not None and due_on < on:
        raise Refused(N_("Cannot give the task: its day %(due)s has passed already."), due=f"{due_on:%d/%m/%Y}")
    made = Conclusion.objects.create(
        workshop=workshop,
        text=words,
        text_en=text_en.strip(),
        unit=unit,
        due_on=due_on,
        written_by=by.actor_key,
        written_at=at,
    )
    about = {"conclusion": made.key, "unit": unit.key if unit else "", "due": due_on.isoformat() if due_on else ""}
    record(by=by, act="workshops.conclude", thing=workshop, about=about)
    if unit is not None:
        _tell(by, "workshops.task_given", [made], at, "")
    return made


@transaction.atomic
def remove_conclusion(*, by: Actor, conclusion: Conclusion) -> None:
    """Takes a conclusion back, as long as the minutes have no number and nothing was reported."""
    workshop = held(conclusion.workshop)
    _refuse_frozen(workshop)
    conclusion = _locked(conclusion)
    if conclusion.done_at is not None:
        raise Refused(N_("Cannot take the conclusion back: its unit has reported it done."))
    about = {"conclusion": conclusion.key, "unit": conclusion.unit.key if conclusion.unit else ""}
    record(by=by, act="workshops.remove_conclusion", thing=workshop, about=about)
    conclusion.delete()


@transaction.atomic
def report_done(*, by: Actor, conclusion: Conclusion, outcome: str, at: datetime) -> Conclusion:
    """The unit says what came of it. The first report stands."""
    conclusion = _locked(conclusion)
    if conclusion.unit is None:
        raise Refused(N_("Cannot report the conclusion done: it is no task of a unit."))
    if conclusion.done_at is not None:
        done = timezone.localtime(conclusion.done_at)
        raise Refused(
            N_("Cannot report the task done: it was reported on %(day)s already."), day=f"{done:%d/%m/%Y %H:%M}"
        )
    if not outcome.strip():
        raise Refused(N_("Cannot report the task done: say what came of it."))
    conclusion.done_at, conclusion.done_by, conclusion.outcome = at, by.actor_key, outcome.strip()[:1000]
    conclusion.save(update_fields=["done_at", "done_by", "outcome"])
    about = {"conclusion": conclusion.key, "unit": conclusion.unit.key}
    record(by=by, act="workshops.report_done", thing=conclusion.workshop, about=about)
    return conclusion


@transaction.atomic
def not_done(*, by: Actor, conclusion: Conclusion, at: datetime) -> Conclusion:
    """The secretariat says that it is not done yet: it is followed again. Said twice it is said once."""
    conclusion = _locked(conclusion)
    if conclusion.done_at is not None:
        conclusion.done_at, conclusion.done_by, conclusion.outcome = None, "", ""
        conclusion.save(update_fields=["done_at", "done_by", "outcome"])
        about = {"conclusion": conclusion.key}
        record(by=by, act="workshops.not_done", thing=conclusion.workshop, about=about)
        _tell(by, "workshops.task_given", [conclusion], at, f":{at.isoformat()}")
    return conclusion


@transaction.atomic
def remind_tasks(*, by: Actor, conclusions: Iterable[Conclusion], at: datetime) -> int:
    """Reminds the coordinators of units whose tasks are due soon or late, once a day."""
    return _tell(by, "workshops.task_due", list(conclusions), at, f":{timezone.localdate(at).isoformat()}")


def _locked(conclusion: Conclusion) -> Conclusion:
    rows = Conclusion.objects.select_for_update(no_key=True, of=("self",)).select_related("workshop__unit", "unit")
    found = rows.filter(pk=conclusion.pk).first()
    if found is None:
        raise Refused(N_("Cannot change the conclusion: it was taken back meanwhile."))
    return found


def _refuse_frozen(workshop: Workshop) -> None:
    minutes = minutes_of(workshop)
    if minutes is not None and minutes.number is not None:
        raise Refused(
            N_("Cannot change what “%(name)s” concluded: its minutes have the number %(code)s."),
            name=workshop.name,
            code=code_of(minutes),
        )


def _tell(by: Actor, template: str, rows: list[Conclusion], at: datetime, occasion: str) -> int:
    on = timezone.localdate(at)
    units = [one.unit_id for one in rows if one.unit_id is not None]
    keepers, called = coordinators_of(units, on=on), names(units, on=on)
    told = 0
    for one in rows:
        if one.unit_id is None:
            continue
        values = {
            "workshop": one.workshop.name,
            "unit": called[one.unit_id].full_name if one.unit_id in called else "",
            "due": one.due_on,
            "link": reverse("workshops:task", args=[one.key]),
        }
        letters = [
            Letter(
                once=f"{template}:{one.key}:{user.key}{occasion}",
                user=user,
                values=values,
                about=thing_key(one.workshop),
            )
            for user in keepers.get(one.unit_id, [])
        ]
        if letters:
            until = at + timedelta(days=2) if template == "workshops.task_due" else None
            told += notify_all(
                by=by, template=template, unit=one.workshop.unit, letters=letters, at=at, good_until=until
            )
    return told
