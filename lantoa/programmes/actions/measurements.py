"""What can be done with figures: reporting them, correcting them, approving them and giving them back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record, record_each, thing_key
from lantoa.ledger.rules import Actor
from lantoa.programmes.actions.reporting import tell_returned
from lantoa.programmes.models import Measurement, Review, Target
from lantoa.programmes.queries.measurements import RETURNED, latest_lines, state_of
from lantoa.programmes.rules.checking import Limits, Reported, doubts, worked_out
from lantoa.programmes.rules.spans import Span, before, span_at

Verdict = Review.Verdict


@dataclass(frozen=True)
class Report:
    """A figure as somebody reports it. `reason` corrects the line that stands; `note` explains the figure."""

    target: Target
    span: Span
    value: Decimal | None
    part: Decimal | None = None
    whole: Decimal | None = None
    document_number: str = ""
    document_date: date | None = None
    note: str = ""
    reason: str = ""

    @property
    def said(self) -> Reported:
        """As the checks take it."""
        return Reported(self.value, self.part, self.whole, explained=bool(self.note.strip()))


def limits_of(target: Target) -> Limits:
    """What a target says of its figures."""
    return Limits(target.kind, target.measure, target.low, target.high, target.jump)


@transaction.atomic
def report_figure(*, by: Actor, report: Report, at: datetime) -> Measurement:
    """Enters a figure, or corrects the one that stands by a new line. Nothing is overwritten."""
    return report_figures(by=by, reports=[report], at=at)[0]


@transaction.atomic
def report_figures(*, by: Actor, reports: Sequence[Report], at: datetime) -> list[Measurement]:
    """Enters figures in the order given, all or none. The lines made.

    Refused, naming target and period: a target that does not hold then, a period that is none of its own or is not
    over, a figure that the checks do not let pass, a correction without a reason, one that changes nothing.
    """
    held = _locked(reports)
    known = latest_lines(held, (span for one in reports for span in (one.span, before(one.span, one.target.every))))
    made: list[Measurement] = []
    on = timezone.localdate(at)
    for one in reports:
        target = held[one.target.pk]
        standing = known.get((target.pk, one.span))
        earlier = known.get((target.pk, before(one.span, target.every)))
        value = check_report(target, one, standing, before_jump(earlier), on=on)
        line = Measurement(
            target=target,
            unit_id=target.unit_id,
            period=DateRange(one.span.first, one.span.end, "[)"),
            number=standing.number + 1 if standing else 1,
            value=value,
            part=one.part,
            whole=one.whole,
            document_number=one.document_number,
            document_date=one.document_date,
            note=one.note.strip(),
            reason=one.reason.strip() if standing else "",
            reported_by=by.actor_key,
            reported_at=at,
        )
        known[target.pk, one.span] = line
        made.append(line)
    Measurement.objects.bulk_create(made)
    record_each(
        (
            by.actor_key,
            "programmes.report_figure" if line.number == 1 else "programmes.correct_figure",
            thing_key(line),
            {"target": line.target.key, "from": line.period.lower.isoformat(), "number": line.number},
        )
        for line in made
    )
    return made


def check_report(
    target: Target, one: Report, standing: Measurement | None, earlier: Decimal | None, *, on: date
) -> Decimal:
    """The value of a report, or a refusal that says why it cannot be taken. `standing`: the line it would correct;
    `earlier`: the figure of the period before."""
    names = {"code": target.code, "period": one.span.code}
    if one.span != span_at(target.every, one.span.first):
        raise Refused(N_("Cannot report %(code)s for %(period)s: it is measured over another period."), **names)
    if one.span.last > on:
        raise Refused(
            N_("Cannot report %(code)s for %(period)s: the period ends only on %(day)s."),
            **names,
            day=f"{one.span.last:%d/%m/%Y}",
        )
    if target.retired_on is not None and target.retired_on <= one.span.first:
        raise Refused(
            N_("Cannot report %(code)s for %(period)s: the target was retired on %(day)s."),
            **names,
            day=f"{target.retired_on:%d/%m/%Y}",
        )
    for doubt in doubts(limits_of(target), one.said, earlier):
        raise Refused(
            N_("Cannot report %(code)s for %(period)s: %(reason)s"),
            **names,
            reason=Refused(doubt.message, **doubt.values),
        )
    value = worked_out(limits_of(target), one.said)
    assert value is not None
    if standing is not None:
        if says_the_same(standing, one, value):
            raise Refused(N_("Cannot correct %(code)s for %(period)s: nothing would change."), **names)
        if not one.reason.strip():
            raise Refused(
                N_("Cannot correct %(code)s for %(period)s: a figure stands there; say why it changes."), **names
            )
    return value


def before_jump(earlier: Measurement | None) -> Decimal | None:
    """The figure that the one of the next period is measured against: of the line that stands, if it was not returned
    as a slip."""
    if earlier is None or state_of(earlier) == RETURNED:
        return None
    return earlier.value


def says_the_same(standing: Measurement, one: Report, value: Decimal | None) -> bool:
    """Whether a report says nothing else than the line that stands."""
    return (standing.value, standing.part, standing.whole, standing.document_number, standing.document_date) == (
        value, one.part, one.whole, one.document_number, one.document_date,
    ) and (not one.note.strip() or standing.note == one.note.strip())  # fmt: skip


def _locked(reports: Sequence[Report]) -> dict[int, Target]:
    """The targets, held until the transaction ends, in the order of their ids."""
    ids = {one.target.pk for one in reports}
    return {row.pk: row for row in Target.objects.select_for_update().filter(pk__in=ids).order_by("pk")}


@transaction.atomic
def review_figures(
    *, by: Actor, lines: Iterable[Measurement], verdict: str, at: datetime, reason: str = ""
) -> list[Review]:
    """Approves lines, or returns them with a reason; each once, and only the line that stands.

    Returned ones count for nothing; the unit reports anew, as a correction.
    """
    wanted = sorted({one.pk for one in lines})
    rows = list(
        Measurement.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted)
        .select_related("target__unit")
        .order_by("pk")
    )
    reviewed = set(Review.objects.filter(measurement__in=rows).values_list("measurement_id", flat=True))
    if verdict == Verdict.RETURNED and not reason.strip():
        raise Refused(N_("Cannot return the figure: the reason is missing."))
    standing = latest_lines({row.target_id for row in rows}, {span_of(row) for row in rows})
    for row in rows:
        names = {"code": row.target.code, "period": span_of(row).code}
        if standing[row.target_id, span_of(row)].pk != row.pk:
            raise Refused(
                N_("Cannot review %(code)s for %(period)s: it was corrected since. Load the page again."), **names
            )
        if row.pk in reviewed:
            raise Refused(N_("Cannot review %(code)s for %(period)s: somebody has reviewed it already."), **names)
    made = Review.objects.bulk_create(
        Review(measurement=row, verdict=verdict, reason=reason.strip(), by=by.actor_key, at=at) for row in rows
    )
    act = "programmes.approve_figure" if verdict == Verdict.APPROVED else "programmes.return_figure"
    record_each((by.actor_key, act, thing_key(row), {"target": row.target.key}) for row in rows)
    if verdict == Verdict.RETURNED:
        tell_returned(by=by, lines=rows, at=at)
    return made


@transaction.atomic
def take_back_figures(*, by: Actor, keys: Sequence[str]) -> int:
    """Takes back lines that nobody has reviewed and none has followed: of a file that is undone. How many."""
    rows = list(Measurement.objects.filter(key__in=keys).select_related("target", "review").order_by("-number"))
    if refused := why_not_take_back(rows):
        raise refused
    for row in rows:
        record(by=by, act="programmes.take_back_figure", thing=row, about={"target": row.target.key})
        row.delete()
    return len(rows)


def why_not_take_back(rows: Sequence[Measurement]) -> Refused | None:
    """What stands in the way of taking lines back; None when nothing does."""
    standing = latest_lines({row.target_id for row in rows}, {span_of(row) for row in rows})
    mine = {row.pk for row in rows}
    for row in rows:
        names: Mapping[str, str] = {"code": row.target.code, "period": span_of(row).code}
        if hasattr(row, "review"):
            return Refused(N_("Cannot undo: the figure of %(code)s for %(period)s was reviewed since."), **names)
        if standing[row.target_id, span_of(row)].pk not in mine:
            return Refused(N_("Cannot undo: the figure of %(code)s for %(period)s was corrected since."), **names)
    return None


def span_of(line: Measurement) -> Span:
    """The period of a line."""
    return Span(line.period.lower, line.period.upper)
