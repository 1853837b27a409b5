"""Figures are reported, corrected by new lines, approved and returned; nothing that was written changes."""

from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import factories as make
import pytest
from at_once import meanwhile
from django.db import IntegrityError, transaction

from lantoa.common.refused import Refused
from lantoa.ledger.models import Entry
from lantoa.programmes.actions.measurements import Report, report_figure, review_figures, take_back_figures
from lantoa.programmes.models import Measurement, Review, Target
from lantoa.programmes.rules.spans import span_at

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 2, tzinfo=UTC)
APPROVED, RETURNED = Review.Verdict.APPROVED, Review.Verdict.RETURNED


def report(target: Target, value: Any, year: int = 2025, **more: Any) -> Report:
    return Report(target, span_at("year", date(year, 1, 1)), None if value is None else Decimal(value), **more)


@pytest.fixture
def target() -> Target:
    return make.target(code="CT1", low=Decimal(0), high=Decimal(100), jump=Decimal(50))


def refusal(target: Target, value: Any, **more: Any) -> str:
    with pytest.raises(Refused) as refused:
        report_figure(by=make.BY, report=report(target, value, **more), at=AT)
    return str(refused.value)


def test_a_figure_keeps_its_unit_its_document_and_who_reported_it(target: Target) -> None:
    said = report(target, None, part=Decimal(3), whole=Decimal(4), document_number="12/BC-UBND",
                  document_date=date(2026, 1, 8))  # fmt: skip
    line = report_figure(by=make.BY, report=said, at=AT)
    line.refresh_from_db()
    assert (line.value, line.part, line.whole, line.unit, line.number) == (75, 3, 4, target.unit, 1)
    assert (line.document_number, line.document_date) == ("12/BC-UBND", date(2026, 1, 8))
    assert (line.reported_by, line.reported_at) == ("machine:test", AT)
    assert [(e.act, e.thing, e.about) for e in Entry.objects.all()] == [
        (
            "programmes.report_figure",
            f"programmes.measurement:{line.key}",
            {"target": target.key, "from": "2025-01-01", "number": 1},
        )
    ]


def test_a_correction_is_a_new_line_with_its_reason(target: Target) -> None:
    report_figure(by=make.BY, report=report(target, 60), at=AT)
    assert refusal(target, 70) == "Cannot correct CT1 for 2025: a figure stands there; say why it changes."
    assert refusal(target, 60, reason="x") == "Cannot correct CT1 for 2025: nothing would change."
    line = report_figure(by=make.BY, report=report(target, 70, reason="Cộng thiếu một phường"), at=AT)
    assert (line.number, line.reason) == (2, "Cộng thiếu một phường")
    assert list(target.measurements.order_by("number").values_list("value", flat=True)) == [60, 70]


def test_figures_are_checked_before_they_are_taken(target: Target) -> None:
    report_figure(by=make.BY, report=report(target, 20, 2024), at=AT)
    assert refusal(target, 120) == "Cannot report CT1 for 2025: 120 is above 100, the most that can be."
    assert refusal(target, 80) == (
        "Cannot report CT1 for 2025: 80 is 300 % away from 20, the figure of the period before. Say why."
    )
    assert report_figure(by=make.BY, report=report(target, 80, note="Thêm 200 thủ tục"), at=AT).value == 80


def test_a_period_must_be_over_and_be_one_that_is_measured(target: Target) -> None:
    assert refusal(target, 50, year=2026) == "Cannot report CT1 for 2026: the period ends only on 31/12/2026."
    with pytest.raises(Refused) as refused:
        quarter = span_at("quarter", date(2025, 1, 1))
        report_figure(by=make.BY, report=Report(target, quarter, Decimal(5)), at=AT)
    assert str(refused.value) == "Cannot report CT1 for Q1/2025: it is measured over another period."


def test_nothing_is_reported_for_a_time_after_the_target_was_retired(target: Target) -> None:
    Target.objects.filter(pk=target.pk).update(retired_on=date(2025, 1, 1), retired_reason="x")
    assert refusal(target, 50) == "Cannot report CT1 for 2025: the target was retired on 01/01/2025."


def test_a_figure_is_approved_or_returned_once_with_a_reason(target: Target) -> None:
    line = report_figure(by=make.BY, report=report(target, 60), at=AT)
    with pytest.raises(Refused) as refused:
        review_figures(by=make.BY, lines=[line], verdict=RETURNED, at=AT)
    assert str(refused.value) == "Cannot return the figure: the reason is missing."
    review_figures(by=make.BY, lines=[line], verdict=RETURNED, reason="Thiếu văn bản", at=AT)
    with pytest.raises(Refused) as refused:
        review_figures(by=make.BY, lines=[line], verdict=APPROVED, at=AT)
    assert str(refused.value) == "Cannot review CT1 for 2025: somebody has reviewed it already."
    review = Review.objects.get()
    assert (review.measurement, review.verdict, review.reason, review.by) == (
        line, RETURNED, "Thiếu văn bản", "machine:test",
    )  # fmt: skip


def test_only_the_line_that_stands_is_reviewed(target: Target) -> None:
    first = report_figure(by=make.BY, report=report(target, 60), at=AT)
    report_figure(by=make.BY, report=report(target, 61, reason="x"), at=AT)
    with pytest.raises(Refused) as refused:
        review_figures(by=make.BY, lines=[first], verdict=APPROVED, at=AT)
    assert str(refused.value) == "Cannot review CT1 for 2025: it was corrected since. Load the page again."


@pytest.mark.django_db(transaction=True)
def test_who_reviews_while_another_does_is_told_so() -> None:
    line = make.figure(make.target(code="CT1"), 2025, 60)
    act = partial(review_figures, by=make.BY, lines=[line], verdict=APPROVED, at=AT)
    assert meanwhile(act, act) == "Cannot review CT1 for 2025: somebody has reviewed it already."
    assert Review.objects.count() == 1


def test_a_returned_figure_is_no_measure_for_the_next_one(target: Target) -> None:
    slip = report_figure(by=make.BY, report=report(target, 2, 2024), at=AT)
    assert refusal(target, 80).endswith("80 is 3900 % away from 2, the figure of the period before. Say why.")
    review_figures(by=make.BY, lines=[slip], verdict=RETURNED, reason="Gõ nhầm", at=AT)
    assert report_figure(by=make.BY, report=report(target, 80), at=AT).value == 80


def test_what_was_written_is_never_changed_not_even_by_hand(target: Target) -> None:
    line = report_figure(by=make.BY, report=report(target, 60), at=AT)
    (review,) = review_figures(by=make.BY, lines=[line], verdict=APPROVED, at=AT)
    for change in (
        lambda: Measurement.objects.update(value=61),
        lambda: Review.objects.update(verdict=RETURNED, reason="x"),
        lambda: Review.objects.filter(pk=review.pk).delete(),
    ):
        with pytest.raises(IntegrityError, match="corrected by a new line"), transaction.atomic():
            change()


def test_lines_are_taken_back_while_nobody_has_reviewed_them(target: Target) -> None:
    first = report_figure(by=make.BY, report=report(target, 60), at=AT)
    second = report_figure(by=make.BY, report=report(target, 61, reason="x"), at=AT)
    with pytest.raises(Refused) as refused:
        take_back_figures(by=make.BY, keys=[first.key])
    assert str(refused.value) == "Cannot undo: the figure of CT1 for 2025 was corrected since."
    assert take_back_figures(by=make.BY, keys=[first.key, second.key]) == 2
    third = report_figure(by=make.BY, report=report(target, 60), at=AT)
    review_figures(by=make.BY, lines=[third], verdict=APPROVED, at=AT)
    with pytest.raises(Refused) as refused:
        take_back_figures(by=make.BY, keys=[third.key])
    assert str(refused.value) == "Cannot undo: the figure of CT1 for 2025 was reviewed since."
