"""Targets in the demonstration: the real milestones of Decisions 749 and 2393, with figures that are all invented.

The city reports for itself until 2024; for the last year its 168 communes do, and a campaign waits for some of them.
"""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from lantoa.directory.models import Level, Unit
from lantoa.directory.queries.units import children
from lantoa.ledger.rules import Actor
from lantoa.programmes.actions.measurements import Report, report_figures, review_figures
from lantoa.programmes.actions.reporting import ask_for, open_reporting
from lantoa.programmes.actions.target_files import load_targets, shipped_file
from lantoa.programmes.actions.targets import Share, share_out
from lantoa.programmes.models import Measurement, Reporting, Review, Target
from lantoa.programmes.rules.spans import Span, last_ended, span_at

NATIONAL, OF_THE_CITY = "749-2020", "2393-2020"
SHARED: Final = "2393-G1"  # the one that goes down to the communes
NOTE: Final = "Số liệu minh họa, không có thật"
FIRST_YEAR: Final = 2021
FIGURES: Final[dict[str, tuple[str, ...]]] = {  # invented, year by year from 2021 on
    "2393-G1": ("18.2", "27.5", "35.1", "43.8"),
    "2393-G1b": ("21", "34", "46", "58", "66"),
    "2393-G2": ("84.5", "86", "88.2", "89.1", "91.3"),
    "2393-G3": ("0", "0", "0", "1", "1"),
    "2393-G3b": ("0", "0", "0", "0", "0"),
    "2393-E1": ("14.4", "17.1", "18.7", "21.3", "23.6"),
    "2393-E2": ("2.1", "6.4", "5.2", "6.9", "7.3"),
    "2393-S1": ("41", "49", "55", "59", "63"),
    "2393-S2": ("81", "86", "90", "93", "95.4"),
}
SILENT: Final = 12  # communes that have not reported
WAITING: Final = 9  # that have, and nobody has looked at it yet


def set_targets(*, by: Actor, coordinated: Unit, at: datetime) -> None:
    """Loads both decisions, reports invented figures and leaves a campaign open; nothing when that was done before.
    `coordinated` is the ward of the demonstration's coordinator, which still owes its figure."""
    if Reporting.objects.exists():
        return
    on = timezone.localdate(at)
    load_targets(by=by, file=shipped_file(NATIONAL), on=on, apply=True)
    load_targets(by=by, file=shipped_file(OF_THE_CITY), on=on, apply=True, demonstration=True)
    mine = {one.code: one for one in Target.objects.filter(code__in=FIGURES).select_related("unit")}
    for code, values in FIGURES.items():
        for number, value in enumerate(values):
            span = span_at("year", date(FIRST_YEAR + number, 1, 1))
            if span.last < timezone.localdate(at):
                _report(by, [Report(mine[code], span, Decimal(value), note=NOTE)])
    _communes(by, mine[SHARED], coordinated, at)


def _report(by: Actor, reports: list[Report], approve: int | None = None) -> list[Measurement]:
    """Reports in the January after, and approves the first so many of them."""
    last = reports[0].span.end
    moment = datetime(last.year, last.month, 20, 2, tzinfo=UTC)
    lines = report_figures(by=by, reports=reports, at=moment)
    count = len(lines) if approve is None else approve
    review_figures(by=by, lines=lines[:count], verdict=Review.Verdict.APPROVED, at=moment + timedelta(days=3))
    return lines


def _communes(by: Actor, target: Target, coordinated: Unit, at: datetime) -> None:
    """The last year: every commune has its share, most have reported, some wait, a few owe."""
    on = timezone.localdate(at)
    span: Span = last_ended("year", on)
    listed = [one.unit for one in children(target.unit, on=on) if one.level == Level.COMMUNE]
    since = max(date(2025, 7, 1), date(span.year, 1, 1))
    shares = share_out(by=by, target=target, shares=[Share(unit) for unit in listed], way="copied", since=since)
    if not shares:
        return
    reporting = open_reporting(
        by=by,
        unit=target.unit,
        title=f"Báo cáo chỉ tiêu chuyển đổi số năm {span.year} (minh họa)",
        span=span,
        due_on=on + timedelta(days=10),
        at=at,
    )
    ask_for(by=by, reporting=reporting, targets=shares, at=at)
    chance = random.Random("lantoa")
    reports = []
    for share in sorted(shares, key=lambda one: (one.unit_id == coordinated.pk, one.pk))[: len(shares) - SILENT]:
        whole = chance.randint(4_000, 30_000)
        part = int(whole * chance.uniform(0.38, 0.71))
        reports.append(
            Report(share, span, None, Decimal(part), Decimal(whole), document_number="01/BC-UBND", note=NOTE)
        )
    if reports:
        _report(by, reports, approve=len(reports) - WAITING)
