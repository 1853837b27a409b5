"""Changing the calendar: a swapped day, a local holiday."""

from datetime import date

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Decision
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.models import DayChange


@transaction.atomic
def change_day(*, by: Actor, day: date, works: bool, words: str, decision: Decision | None = None) -> DayChange:
    """Says that offices work or rest on this day whatever the calendar says; saying it again replaces it."""
    if not words.strip():
        raise Refused(N_("Cannot change %(day)s: the reason is missing."), day=f"{day:%d/%m/%Y}")
    changed, _ = DayChange.objects.update_or_create(
        day=day, defaults={"works": works, "words": words.strip(), "decision": decision}
    )
    record(by=by, act="office.change_day", thing=f"office.daychange:{day.isoformat()}", about={"works": works})
    return changed


@transaction.atomic
def restore_day(*, by: Actor, day: date) -> None:
    """Takes a change back: the day is as the calendar has it. Nothing happens where nothing was changed."""
    deleted, _ = DayChange.objects.filter(day=day).delete()
    if deleted:
        record(by=by, act="office.restore_day", thing=f"office.daychange:{day.isoformat()}")
