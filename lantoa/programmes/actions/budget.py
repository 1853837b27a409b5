"""What can be done with the budget of a programme: adding lines, entering amounts, countering them with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import BudgetEntry, BudgetLine, Programme
from lantoa.programmes.queries.budget import net, planned_standing
from lantoa.programmes.rules import last_day
from lantoa.programmes.rules.budget import KINDS, PLANNED, Amount, LineText, check_line, in_dong


@dataclass(frozen=True)
class EntryText:
    """An amount of a line as of a day, as a form or a file says it."""

    kind: str
    day: date
    amount: Amount
    document_number: str = ""
    document_date: date | None = None
    note: str = ""


@transaction.atomic
def add_budget_line(*, by: Actor, programme: Programme, text: LineText, demonstration: bool = False) -> BudgetLine:
    """A line of the budget. Refused: one that stands there, a source, a year or a giver that cannot be."""
    partners = {one.name: one for one in programme.partners.order_by("-position")}
    period = programme.period
    check_line(text, first=period.lower, last=last_day(period.upper), partners=frozenset(partners))
    giver = partners.get(text.partner)
    taken = Refused(N_("Cannot add the budget line: it stands there already."))
    rows = programme.budget_lines.filter(year=text.year, source=text.source, purpose=text.purpose, partner=giver)
    if rows.exists():
        raise taken
    with only_one(taken):
        made = BudgetLine.objects.create(
            programme=programme,
            year=text.year,
            source=text.source,
            partner=giver,
            purpose=text.purpose,
            is_demonstration=demonstration,
        )
    about = {"programme": programme.key, "year": text.year, "source": text.source}
    record(by=by, act="programmes.add_budget_line", thing=made, about=about)
    return made


@transaction.atomic
def enter_amount(*, by: Actor, line: BudgetLine, text: EntryText, at: datetime) -> BudgetEntry:
    """An amount planned, allocated or spent as of a day. Spending above what is allocated is entered: it is shown."""
    dong = check_amount(text, on=timezone.localdate(at))
    made = BudgetEntry.objects.create(
        line=line,
        kind=text.kind,
        day=text.day,
        amount=dong,
        currency=text.amount.currency,
        foreign=text.amount.foreign,
        rate=text.amount.rate,
        document_number=text.document_number,
        document_date=text.document_date,
        note=text.note.strip(),
        said_by=by.actor_key,
        said_at=at,
    )
    about = {"line": line.key, "kind": text.kind, "day": text.day.isoformat(), "amount": dong}
    record(by=by, act="programmes.enter_amount", thing=made, about=about)
    return made


def check_amount(text: EntryText, *, on: date) -> int:
    """The amount in whole đồng. Refused: an unknown kind, an amount that cannot be, a day to come."""
    if text.kind not in KINDS:
        raise Refused(N_("Cannot enter the amount: there is no kind %(kind)s."), kind=text.kind)
    dong = in_dong(text.amount)
    if text.day > on:
        raise Refused(N_("Cannot enter the amount: %(day)s is still to come."), day=f"{text.day:%d/%m/%Y}")
    return dong


@transaction.atomic
def counter_amount(*, by: Actor, entry: BudgetEntry, reason: str, at: datetime) -> BudgetEntry:
    """Counters an amount by its opposite as of the same day, with a reason; both stay readable. What is right instead
    is entered anew."""
    entry = BudgetEntry.objects.select_for_update().get(pk=entry.pk)
    if not reason.strip():
        raise Refused(N_("Cannot counter the amount: the reason is missing."))
    if entry.counters_id is not None:
        raise Refused(N_("Cannot counter the amount: it counters another itself. Enter the right amount anew."))
    twice = Refused(N_("Cannot counter the amount: it has been countered already."))
    if BudgetEntry.objects.filter(counters=entry).exists():
        raise twice
    with only_one(twice):
        made = BudgetEntry.objects.create(
            line_id=entry.line_id,
            kind=entry.kind,
            day=entry.day,
            amount=-entry.amount,
            currency=entry.currency,
            foreign=-entry.foreign if entry.foreign is not None else None,
            rate=entry.rate,
            counters=entry,
            reason=reason.strip(),
            said_by=by.actor_key,
            said_at=at,
        )
    about = {"counters": entry.key, "kind": entry.kind, "amount": made.amount}
    record(by=by, act="programmes.counter_amount", thing=made, about=about)
    return made


@transaction.atomic
def write_budget(
    *, by: Actor, programme: Programme, lines: Sequence[tuple[LineText, Amount]], at: datetime, reason: str
) -> bool:
    """What is planned of a programme is this; whether anything changed. A plan that differs is countered and entered
    anew; of a line that is no longer named the plan is countered, and what was allocated and spent stays."""
    changed = False
    standing = {named(one): one for one in programme.budget_lines.select_related("partner")}
    decided = programme.decision.issued_on if programme.decision else programme.period.lower
    day = min(decided, timezone.localdate(at))
    for text, amount in lines:
        line = standing.pop(text, None)
        if line is None:
            line = add_budget_line(by=by, programme=programme, text=text, demonstration=programme.is_demonstration)
        now, wanted = planned_standing(line), in_dong(amount)
        said = (amount.currency, amount.foreign, amount.rate)
        if net(now) == wanted and (len(now) != 1 or (now[0].currency, now[0].foreign, now[0].rate) == said):
            continue
        _counter_all(by, now, reason, at)
        enter_amount(by=by, line=line, text=EntryText(PLANNED, day, amount), at=at)
        changed = True
    for line in standing.values():
        changed |= _counter_all(by, planned_standing(line), reason, at)
    return changed


def named(line: BudgetLine) -> LineText:
    """A line as it is called, among the lines of its programme."""
    return LineText(line.year, line.source, line.partner.name if line.partner else "", line.purpose)


def _counter_all(by: Actor, entries: Sequence[BudgetEntry], reason: str, at: datetime) -> bool:
    for one in entries:
        counter_amount(by=by, entry=one, reason=reason, at=at)
    return bool(entries)


@transaction.atomic
def take_back_amounts(*, by: Actor, entries: Sequence[str], reason: str, at: datetime) -> None:
    """Counters the amounts (keys) of a file that is undone; they and the lines that came with them stay readable."""
    if refused := why_not_take_back(entries):
        raise refused
    for one in BudgetEntry.objects.filter(key__in=entries).order_by("pk"):
        counter_amount(by=by, entry=one, reason=reason, at=at)


def why_not_take_back(entries: Sequence[str]) -> Refused | None:
    """What stands in the way of taking amounts (keys) back; None when nothing does."""
    if found := BudgetEntry.objects.filter(counters__key__in=entries).select_related("counters").first():
        words = N_("Cannot undo: the amount of %(amount)d đồng as of %(day)s was countered since.")
        return Refused(words, amount=-found.amount, day=f"{found.day:%d/%m/%Y}")
    return None
