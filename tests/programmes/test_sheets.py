"""Cells of sheets become what is kept, or a fault that says why not; nothing is cut and nothing guessed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lantoa.common import forms
from lantoa.office.rules.imports import RowFault
from lantoa.office.rules.sheets import Sheet, Workbook
from lantoa.programmes.rules.budget_sheet import HEADINGS as MONEY
from lantoa.programmes.rules.budget_sheet import read_budget_sheet
from lantoa.programmes.rules.figure_sheet import FIRST_DAY, HEADINGS, LAST_DAY, read_figure_sheet
from lantoa.programmes.rules.inventory import Kind
from lantoa.programmes.rules.inventory_sheet import HEADINGS as SYSTEMS
from lantoa.programmes.rules.inventory_sheet import read_inventory_sheet

KINDS = {"website": Kind("website", "platform", "Trang", "Website", ("website",))}
TOO_MANY = "has more digits than are kept: 18 before the comma, 6 after it."


def book(headings: Mapping[str, str], cells: dict[str, Any]) -> Workbook:
    sheet = Sheet("Trang1", [list(headings.values()), [cells.get(name) for name in headings]])
    return Workbook("a.xlsx", "xlsx", [sheet])


def said(faults: list[RowFault]) -> list[str]:
    return [one.message % one.values for one in faults]


def figures(**cells: Any) -> list[str]:
    (row,), _tables = read_figure_sheet(book(HEADINGS, {"key": "abc", **cells}))
    return said(row.faults)


def money(**cells: Any) -> list[str]:
    usual = {"year": 2020, "source": "oda", "kind": "chi", "day": date(2020, 10, 5), "amount": 5}
    (row,), _tables = read_budget_sheet(book(MONEY, {**usual, **cells}))
    return said(row.faults)


def systems(**cells: Any) -> list[str]:
    usual = {"kind": "website", "name": "Trang", "since": date(2024, 1, 1)}
    (row,), _tables = read_inventory_sheet(book(SYSTEMS, {**usual, **cells}), KINDS)
    return said(row.faults)


@pytest.mark.parametrize("cell", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_finite_is_no_number(cell: float) -> None:
    words = [f"“{cell}” is no number."]
    assert figures(value=cell) == words
    assert money(amount=cell) == money(foreign=cell) == money(rate=cell) == words
    assert systems(users=cell) == systems(cost=cell) == words


@pytest.mark.parametrize("cell", [1e300, "9" * 5_000, ".".join(["999"] * 2_000)])
def test_a_whole_number_beyond_all_measure_is_a_fault(cell: Any) -> None:
    for faults in (money(amount=cell), money(year=cell), systems(users=cell), systems(cost=cell)):
        (words,) = faults
        assert words.endswith(TOO_MANY)
        assert len(words) < 120


def test_a_text_longer_than_its_field_is_a_fault_and_not_cut() -> None:
    words = "The text has %d letters; at most %d are kept."
    assert figures(value=1, document_number="x" * 300) == [words % (300, 60)]
    assert figures(value=1, note="x" * 9_000) == [words % (9_000, 500)]
    assert money(purpose="x" * 301) == [words % (301, 300)]
    assert systems(name="x" * 900) == [words % (900, 200)]
    assert figures(value=1, document_number="x" * 60, note="x" * 500) == []
    assert money(currency="USDT", foreign=5, rate=5) == ["USDT is no currency: three capital letters, as in USD."]


@pytest.mark.parametrize("cell", [date(9999, 12, 31), "01/01/2300", date(1, 1, 1), "31/12/1799"])
def test_a_day_that_nobody_can_mean_is_refused_as_in_forms(cell: Any) -> None:
    for faults in (figures(value=1, document_date=cell), money(day=cell), systems(since=cell)):
        (words,) = faults
        assert words.endswith(": the year must be between 1800 and 2200.")
    assert (FIRST_DAY, LAST_DAY) == (forms.FIRST_DAY, forms.LAST_DAY)


def test_cells_within_measure_are_taken_as_they_are() -> None:
    (row,), _tables = read_figure_sheet(book(HEADINGS, {"key": "abc", "value": 62.5, "document_date": "1800-01-01"}))
    assert (row.figures["value"], row.document_date, row.faults) == (Decimal("62.5"), date(1800, 1, 1), [])
