"""Changing the calendar: a swapped day, a local holiday."""

from datetime import date, datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Decision
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.models import DayBefore, DayChange
from lantoa.office.rules.days import WorkingCalendar


@transaction.atomic
def change_day(
    *, by: Actor, day: date, works: bool, words: str, at: datetime, decision: Decision | None = None
) -> DayChange:
    """Says that offices work or rest on this day whatever the calendar says; saying it again replaces it, and what
    was said before is kept."""
    if not words.strip():
        raise Refused(N_("Cannot change %(day)s: the reason is missing."), day=f"{day:%d/%m/%Y}")
    found = _locked(day)
    if WorkingCalendar().works(day) and works and found is None:
        raise Refused(N_("Cannot change %(day)s: offices work on that day already."), day=f"{day:%d/%m/%Y}")
    if found is not None:
        _keep(found, by=by, reason="", at=at)
    changed, _ = DayChange.objects.update_or_create(
        day=day, defaults={"works": works, "words": words.strip()[:200], "decision": decision}
    )
    record(by=by, act="office.change_day", thing=f"office.daychange:{day.isoformat()}", about={"works": works})
    return changed


@transaction.atomic
def swap_days(*, by: Actor, rests: date, works: date, words: str, at: datetime) -> None:
    """One day rests and another is worked for it; both or none."""
    if rests == works:
        raise Refused(N_("Cannot swap %(day)s with itself: say another day."), day=f"{rests:%d/%m/%Y}")
    change_day(by=by, day=rests, works=False, words=words, at=at)
    change_day(by=by, day=works, works=True, words=words, at=at)


@transaction.atomic
def restore_day(*, by: Actor, day: date, reason: str, at: datetime) -> None:
    """Takes a change back: the day is as the calendar has it; what was said is kept, with the reason. Nothing
    happens where nothing was changed."""
    found = _locked(day)
    if found is None:
        return
    if not reason.strip():
        raise Refused(N_("Cannot take back the change of %(day)s: the reason is missing."), day=f"{day:%d/%m/%Y}")
    _keep(found, by=by, reason=reason.strip()[:300], at=at)
    found.delete()
    record(by=by, act="office.restore_day", thing=f"office.daychange:{day.isoformat()}")


def _locked(day: date) -> DayChange | None:
    return DayChange.objects.select_for_update().filter(day=day).first()


def _keep(found: DayChange, *, by: Actor, reason: str, at: datetime) -> None:
    DayBefore.objects.create(
        day=found.day, works=found.works, words=found.words, reason=reason, at=at, by=by.actor_key
    )
