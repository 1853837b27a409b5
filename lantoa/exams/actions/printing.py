"""Printing a paper, its key, the answer sheets. Papers leak: the ledger keeps who printed what and when."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.exams.actions.paper import use_variant
from lantoa.exams.models import Sitting, Variant
from lantoa.exams.queries.printing import (
    Group,
    is_over,
    numbers_of,
    printed_paper,
    sheets_for,
    variants_of,
)
from lantoa.exams.rules.drawing import blueprint_from
from lantoa.exams.rules.printing.pdf import Made, make_paper, set_sheets
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

AT_ONCE = 200  # answer sheets made while somebody waits; more are a job


def paper_for(sitting: Sitting, variants: Sequence[Variant], *, unit: str, day: date) -> Made:
    """The papers of a sitting, to look at what cannot be printed; printing them is `print_papers`."""
    printed = printed_paper(sitting.paper, variants, unit=unit, title=sitting.title, minutes=sitting.minutes)
    return make_paper(printed, day=day)


@transaction.atomic
def print_papers(*, by: Actor, sitting: Sitting, variants: Sequence[Variant], unit: str, day: date) -> Made:
    """The papers of a sitting as PDF. `unit` is what it is called on that day."""
    made = paper_for(sitting, variants, unit=unit, day=day)
    record(by=by, act="exams.print_paper", thing=sitting, about={"variants": [one.number for one in variants]})
    return made


@transaction.atomic
def print_variant(*, by: Actor, variant: Variant, unit: str, day: date, at: datetime) -> Made:
    """A variant as PDF without a sitting. It stays as it is from now on."""
    paper = variant.paper
    minutes = blueprint_from(paper.settings).minutes
    made = make_paper(printed_paper(paper, [variant], unit=unit, title=paper.title, minutes=minutes), day=day)
    use_variant(by=by, variant=variant, at=at)
    record(by=by, act="exams.print_paper", thing=variant, about={"variants": [variant.number]})
    return made


@transaction.atomic
def print_key(*, by: Actor, sitting: Sitting, unit: str, day: date, at: datetime) -> Made:
    """The right answers of all variants of a sitting, once it is over."""
    if not is_over(sitting, at=at):
        raise Refused(N_("Cannot print the key of %(title)s: the exam is not over yet."), title=sitting.title)
    variants = variants_of(sitting)
    printed = printed_paper(
        sitting.paper, variants, unit=unit, title=sitting.title, minutes=sitting.minutes, key=True
    )
    made = make_paper(printed, day=day)
    record(by=by, act="exams.print_key", thing=sitting, about={"variants": [one.number for one in variants]})
    return made


@transaction.atomic
def print_sheets(
    *, by: Actor, sitting: Sitting, rooms: Sequence[Group], unit: str, day: date
) -> tuple[bytes, tuple[str, ...]]:
    """The answer sheets of these rooms as PDF, and the keys of the candidates whose names could not be set whole."""
    made = sheets_of(sitting, rooms, unit=unit, day=day)
    note_sheets(by=by, sitting=sitting, people=sum(len(room.attempts) for room in rooms))
    return made


def sheets_of(sitting: Sitting, rooms: Sequence[Group], *, unit: str, day: date) -> tuple[bytes, tuple[str, ...]]:
    """The answer sheets of these rooms, in their order; and whose name could not be set whole (keys)."""
    content = {one.number: one.content for one in variants_of(sitting)}
    named = sheets_for(rooms, numbers_of(sitting))
    return set_sheets(named, content, unit=unit, title=sitting.title, day=day)


@transaction.atomic
def note_sheets(*, by: Actor, sitting: Sitting, people: int) -> None:
    """The line of the ledger for answer sheets, printed at once or by a job."""
    record(by=by, act="exams.print_sheets", thing=sitting, about={"people": people})
