"""Targets are written, shared out, handed on to heirs and retired; where each stands is told for any day."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import factories as make
import pytest

from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Unit
from lantoa.ledger.models import Entry
from lantoa.programmes.actions.targets import (
    Share,
    change_target,
    make_target,
    retire_target,
    set_forebears,
    share_out,
)
from lantoa.programmes.models import Target
from lantoa.programmes.queries.targets import Figures, lines_of, plan_against_actual, standings, text_of
from lantoa.programmes.rules.spans import span_at
from lantoa.programmes.rules.target_text import Goal, TargetText

pytestmark = pytest.mark.django_db
SINCE = date(2020, 7, 3)
KINDS_SAID = "at_least, at_most, exactly, rank, yes_no, growth, reduction."
END_OF_2025 = date(2025, 12, 31)
TEXT = TargetText(
    "CT1", "Hồ sơ trực tuyến", "government", "at_least", "%", SINCE, goals=(Goal(2025, Decimal(80), "F", "báo"),)
)


def year(number: int) -> Any:
    return span_at("year", date(number, 1, 1))


@pytest.fixture
def city() -> Unit:
    return make.unit("Một", kind="Thành phố", level=Level.PROVINCE)


def test_a_target_and_its_ledger_line_are_made_together(city: Unit) -> None:
    made = make_target(by=make.BY, unit=city, text=TEXT)
    assert text_of(made) == TEXT
    assert [(e.act, e.thing) for e in Entry.objects.all()] == [
        ("programmes.make_target", f"programmes.target:{made.key}")
    ]


def test_a_unit_has_a_code_once(city: Unit) -> None:
    make_target(by=make.BY, unit=city, text=TEXT)
    with pytest.raises(Refused) as refused:
        make_target(by=make.BY, unit=city, text=TEXT)
    assert str(refused.value) == "Cannot make target CT1: the unit has a target of this code already."
    make_target(by=make.BY, unit=make.unit(), text=TEXT)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "rank", "measure": "hạng", "roll_up": "sum", "goals": ()},
         "Figures of units cannot be joined by “sum” in a target of this kind; possible are: worst."),
        ({"kind": "best"}, "“best” is not known here; known are: " + KINDS_SAID),
        ({"baseline": Decimal(5)}, "A baseline has a figure and a year."),
        ({"baseline": Decimal(10) ** 30, "baseline_year": 2020},
         "More digits than are kept: 18 before the comma, 6 after it."),
        ({"baseline": Decimal(5), "baseline_year": 99_999_999_999},
         "99999999999 is no year of a baseline: it is from 1990 to 2100."),
        ({"low": Decimal("1e9999999")}, "More digits than are kept: 18 before the comma, 6 after it."),
        ({"high": Decimal("1e-9999999")}, "More digits than are kept: 18 before the comma, 6 after it."),
        ({"low": Decimal("1e40")}, "More digits than are kept: 18 before the comma, 6 after it."),
        ({"high": Decimal("0.0000001")}, "More digits than are kept: 18 before the comma, 6 after it."),
        ({"jump": Decimal(12_345_678)},
         "12345678 is no change in percent: more than 0, less than 100000, two digits after the comma."),
        ({"jump": Decimal(-5)},
         "-5 is no change in percent: more than 0, less than 100000, two digits after the comma."),
        ({"low": Decimal(9), "high": Decimal(1)}, "The most that can be is less than the least."),
        ({"goals": (Goal(2025, Decimal(1)), Goal(2025, Decimal(2)))}, "The year 2025 has a milestone already."),
        ({"goals": (Goal(25, Decimal(1)),)}, "25 is no year of a plan."),
        ({"goals": (Goal(2025, Decimal(1), "F"),)}, "A figure marked F names the source it was found in."),
        ({"goals": (Goal(2025, Decimal(1), "X"),)}, "“X” is not known here; known are: V, F, K."),
        ({"kind": "yes_no", "goals": (Goal(2025, Decimal(2)),)}, "A yes-or-no target is reached with 1."),
        ({"kind": "rank", "goals": (Goal(2025, Decimal("1.5")),)}, "A place is a whole number from 1."),
        ({"goals": (Goal(2025, Decimal("1.1234567")),)},
         "More digits than are kept: 18 before the comma, 6 after it."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_target_is_said(city: Unit, change: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as refused:
        make_target(by=make.BY, unit=city, text=replace(TEXT, **change))
    assert str(refused.value) == f"Cannot write target CT1: {words}"


def test_a_field_of_work_that_is_none_is_refused(city: Unit) -> None:
    with pytest.raises(Refused) as refused:
        make_target(by=make.BY, unit=city, text=replace(TEXT, field="hoa"))
    assert str(refused.value) == "Cannot write target CT1: there is no field of work hoa."


def test_a_change_writes_what_differs_and_nothing_else(city: Unit) -> None:
    made = make_target(by=make.BY, unit=city, text=TEXT)
    text = replace(TEXT, name="Tên mới", goals=(Goal(2025, Decimal(85)),))
    assert change_target(by=make.BY, target=made, text=text, on=SINCE) == ["name", "milestones"]
    assert change_target(by=make.BY, target=made, text=text, on=SINCE) == []
    made.refresh_from_db()
    assert text_of(made) == text
    assert Entry.objects.filter(act="programmes.change_target").count() == 1


def test_the_milestone_of_a_year_that_is_over_changes_only_with_a_reason_and_the_ledger_keeps_what_it_was(
    city: Unit,
) -> None:
    made = make_target(by=make.BY, unit=city, text=replace(TEXT, goals=(Goal(2024, Decimal(70)), *TEXT.goals)))
    text = replace(TEXT, goals=(Goal(2025, Decimal("60.5")),))
    with pytest.raises(Refused) as refused:
        change_target(by=make.BY, target=made, text=text, on=date(2026, 1, 1), goals_reason=" ")
    assert str(refused.value) == (
        "Cannot change the milestone of target CT1 for 2024, 70: the year is over. Say why."
    )
    assert [one.value for one in text_of(made).goals] == [70, 80]
    change_target(by=make.BY, target=made, text=text, on=date(2026, 1, 1), goals_reason="Quyết định 12 điều chỉnh")
    assert Entry.objects.get(act="programmes.change_target").about == {
        "changed": ["milestones"],
        "past": [
            {"year": 2024, "was": "70.000000", "now": ""},
            {"year": 2025, "was": "80.000000", "now": "60.5"},
        ],
        "reason": "Quyết định 12 điều chỉnh",
    }


def test_a_milestone_still_to_come_changes_without_a_reason(city: Unit) -> None:
    made = make_target(by=make.BY, unit=city, text=TEXT)
    later = replace(TEXT, goals=(Goal(2025, Decimal(60)),))
    assert change_target(by=make.BY, target=made, text=later, on=END_OF_2025) == ["milestones"]
    more = replace(later, goals=(*later.goals, Goal(2027, Decimal(90))))
    assert change_target(by=make.BY, target=made, text=more, on=date(2026, 6, 1)) == ["milestones"]
    acts = Entry.objects.filter(act="programmes.change_target").values_list("about", flat=True)
    assert list(acts) == [{"changed": ["milestones"]}] * 2


def test_what_a_target_measures_stays_when_figures_are_there(city: Unit) -> None:
    made = make_target(by=make.BY, unit=city, text=TEXT)
    make.figure(made, 2023, 50)
    with pytest.raises(Refused) as refused:
        change_target(by=make.BY, target=made, text=replace(TEXT, measure="hồ sơ"), on=SINCE)
    assert str(refused.value) == (
        "Cannot change what target CT1 measures: figures are there. Retire it and make another."
    )


def test_a_target_is_retired_once_with_a_day_and_a_reason(city: Unit) -> None:
    made = make_target(by=make.BY, unit=city, text=TEXT)
    for on, reason, words in (
        (END_OF_2025, " ", "Cannot retire target CT1: the reason is missing."),
        (date(2020, 1, 1), "x", "Cannot retire target CT1 on 01/01/2020: it holds only since 03/07/2020."),
    ):
        with pytest.raises(Refused) as refused:
            retire_target(by=make.BY, target=made, on=on, reason=reason)
        assert str(refused.value) == words
    assert retire_target(by=make.BY, target=made, on=date(2025, 7, 1), reason="Không còn cấp huyện") == 1
    with pytest.raises(Refused) as refused:
        retire_target(by=make.BY, target=made, on=END_OF_2025, reason="x")
    assert str(refused.value) == "Cannot retire target CT1: it was retired on 01/07/2025."
    with pytest.raises(Refused) as refused:
        share_out(by=make.BY, target=made, shares=[Share(make.unit())], way="copied", since=SINCE)
    assert str(refused.value) == "Cannot share out target CT1: it is retired."
    assert [line.target.code for line in plan_against_actual(city, on=date(2025, 6, 30))] == ["CT1"]
    assert plan_against_actual(city, on=date(2025, 7, 1)) == []


def test_retiring_reaches_the_shares_when_asked(city: Unit) -> None:
    made = make_target(by=make.BY, unit=city, text=TEXT)
    share_out(by=make.BY, target=made, shares=[Share(make.unit()), Share(make.unit())], way="copied", since=SINCE)
    assert retire_target(by=make.BY, target=made, on=END_OF_2025, reason="hết hạn", shares_too=True) == 3


# ---- shares


def test_a_copied_target_has_the_same_milestones_in_each_unit(city: Unit) -> None:
    made = make_target(by=make.BY, unit=city, text=TEXT)
    wards = [make.unit(under=city), make.unit(under=city)]
    shares = share_out(by=make.BY, target=made, shares=[Share(one) for one in wards], way="copied", since=SINCE)
    assert [(one.unit, one.parent, one.way) for one in shares] == [(ward, made, "copied") for ward in wards]
    assert [text_of(one).goals for one in shares] == [TEXT.goals, TEXT.goals]
    again = share_out(by=make.BY, target=made, shares=[Share(one) for one in wards], way="copied", since=SINCE)
    assert again == []


def test_a_split_amount_is_divided_by_weights_to_the_last_file(city: Unit) -> None:
    text = replace(TEXT, measure="hồ sơ", roll_up="sum", goals=(Goal(2025, Decimal(100)),))
    made = make_target(by=make.BY, unit=city, text=text)
    shares = [Share(make.unit(under=city), Decimal(weight)) for weight in (1, 1, 1)]
    made_shares = share_out(by=make.BY, target=made, shares=shares, way="split", since=SINCE)
    assert [one.milestones.get().value for one in made_shares] == [34, 33, 33]


def test_what_is_split_later_is_what_was_left_of_the_amount(city: Unit) -> None:
    text = replace(TEXT, measure="hồ sơ", roll_up="sum", goals=(Goal(2026, Decimal(100)),))
    made = make_target(by=make.BY, unit=city, text=text)

    def split(*weights: str) -> list[Decimal]:
        shares = [Share(make.unit(under=city), Decimal(weight)) for weight in weights]
        found = share_out(by=make.BY, target=made, shares=shares, way="split", since=SINCE)
        return [one.milestones.get().value for one in found]

    assert split("1", "1", "1", "1") == [25, 25, 25, 25]
    with pytest.raises(Refused) as refused:
        split("1", "1")
    assert str(refused.value) == "Cannot split target CT1: of 100 for 2026 nothing is left to share out."
    assert made.shares.count() == 4
    retire_target(by=make.BY, target=made.shares.order_by("pk")[0], on=END_OF_2025, reason="Sáp nhập")
    assert split("2", "3") == [10, 15]
    retire_target(
        by=make.BY, target=made.shares.filter(retired_on=None).order_by("pk")[0], on=END_OF_2025, reason="Sáp nhập"
    )
    made.shares.filter(retired_on=None).order_by("pk")[0].milestones.update(value=Decimal("24.5"))
    assert split("1", "1") == [Decimal("12.8"), Decimal("12.7")]


def test_only_an_amount_can_be_split(city: Unit) -> None:
    made = make_target(by=make.BY, unit=city, text=replace(TEXT, roll_up="ratio"))
    with pytest.raises(Refused) as refused:
        share_out(by=make.BY, target=made, shares=[Share(make.unit())], way="split", since=SINCE)
    assert str(refused.value) == (
        "Cannot split target CT1: only an amount whose parts are added up again can be split."
    )
    amounts = make_target(by=make.BY, unit=city, text=replace(TEXT, code="CT2", roll_up="sum"))
    with pytest.raises(Refused) as refused:
        share_out(by=make.BY, target=amounts, shares=[Share(make.unit(), Decimal(0))], way="split", since=SINCE)
    assert str(refused.value) == "Cannot split target CT2: the weights must be more than 0."


def test_a_unit_with_a_target_of_its_own_has_no_milestones_from_above(city: Unit) -> None:
    made = make_target(by=make.BY, unit=city, text=TEXT)
    (share,) = share_out(by=make.BY, target=made, shares=[Share(make.unit())], way="own", since=SINCE)
    assert text_of(share).goals == ()


# ---- where it stands


def shared(city: Unit, roll_up: str, count: int = 3, **more: Any) -> tuple[Target, list[Target]]:
    parent = make.target(city, {2025: 80}, roll_up=roll_up, **more)
    shares = [
        make.target(make.unit(under=city), code=parent.code, parent=parent, way="copied", roll_up=roll_up)
        for _ in range(count)
    ]
    return parent, shares


def test_what_units_report_becomes_the_figure_of_the_one_above(city: Unit) -> None:
    parent, shares = shared(city, "ratio")
    for share, (part, whole) in zip(shares, [(90, 100), (30, 50), (5, 10)], strict=True):
        make.figure(share, 2025, 100 * part // whole, part=part, whole=whole, approved=True)
    (line,) = plan_against_actual(city, on=END_OF_2025)
    assert line.actual is not None
    assert (line.actual.value, line.actual.how, line.actual.complete) == (Fraction(12500, 160), "rolled", True)
    assert (line.verdict, line.overdue) == ("missed", False)


def test_a_unit_that_is_missing_leaves_the_figure_above_open_and_not_judged(city: Unit) -> None:
    _parent, shares = shared(city, "mean")
    make.figure(shares[0], 2025, 90, approved=True)
    make.figure(shares[1], 2025, 95)  # reported, and nobody has looked at it yet
    (line,) = plan_against_actual(city, on=END_OF_2025)
    assert line.actual is not None
    assert (line.actual.value, line.actual.missing, line.actual.figure.count) == (90, 2, 3)
    assert (line.verdict, line.is_late) == ("unknown", True)


def test_a_share_that_ended_before_the_period_was_over_does_not_belong_to_it(city: Unit) -> None:
    _parent, shares = shared(city, "sum", 2, measure="hồ sơ")
    for number in (2024, 2025):
        make.figure(shares[0], number, 10, approved=True)
    make.figure(shares[1], 2024, 5, approved=True)
    Target.objects.filter(pk=shares[1].pk).update(retired_on=date(2025, 7, 1), retired_reason="sáp nhập")
    known = Figures([shares[0].parent_id or 0], on=END_OF_2025)
    values = [(one.span.year, one.value, one.complete) for one in known.series(shares[0].parent_id or 0, SINCE)]
    assert values == [(2024, 15, True), (2025, 10, True)]


def test_a_figure_of_its_own_counts_before_what_the_units_report(city: Unit) -> None:
    parent, shares = shared(city, "mean", 1)
    make.figure(shares[0], 2025, 20, approved=True)
    make.figure(parent, 2025, 81, approved=True)
    (line,) = plan_against_actual(city, on=END_OF_2025)
    assert (line.actual and line.actual.value, line.actual and line.actual.how) == (81, "reported")
    assert line.verdict == "met"


def test_a_correction_counts_when_it_is_approved_and_the_line_before_stays(city: Unit) -> None:
    one = make.target(city, {2025: 80})
    make.figure(one, 2025, 70, approved=True)
    make.figure(one, 2025, 85)
    assert [line.verdict for line in plan_against_actual(city, on=END_OF_2025)] == ["missed"]
    make.figure(one, 2025, 86, approved=True)
    assert [line.verdict for line in plan_against_actual(city, on=END_OF_2025)] == ["met"]
    assert list(one.measurements.order_by("number").values_list("value", flat=True)) == [70, 85, 86]


def test_a_day_knows_only_the_periods_that_were_over(city: Unit) -> None:
    one = make.target(city, {2024: 40, 2025: 80})
    make.figure(one, 2024, 50, approved=True)
    make.figure(one, 2025, 60, approved=True)
    (before,) = plan_against_actual(city, on=date(2025, 12, 30))
    (after,) = plan_against_actual(city, on=END_OF_2025)
    assert [(line.actual and line.actual.value, line.verdict) for line in (before, after)] == [
        (50, "met"),
        (60, "missed"),
    ]


def test_a_period_without_a_figure_falls_back_to_the_last_known_one_and_is_said_to_be_late(city: Unit) -> None:
    one = make.target(city, {2023: 40, 2025: 80})
    make.figure(one, 2023, 50, approved=True)
    (line,) = plan_against_actual(city, on=END_OF_2025)
    assert (line.actual and line.actual.span.year, line.is_late, line.verdict) == (2023, True, "met")


# ---- heirs


def test_the_series_of_an_heir_is_built_from_the_units_before_it_and_their_history_stays() -> None:
    old = [make.unit(until=date(2025, 7, 1)) for _ in range(2)]
    heir = make.unit(since=date(2025, 7, 1))
    before = [make.target(one, measure="hồ sơ") for one in old]
    target = make.target(heir, {2025: 20}, measure="hồ sơ", since=date(2025, 7, 1))
    for one, value in zip(before, (10, 6), strict=True):
        make.figure(one, 2024, value, approved=True)
    make.figure(before[0], 2023, 9, approved=True)
    set_forebears(by=make.BY, target=target, forebears=before, rule="sum")
    make.figure(target, 2025, 21, approved=True)
    known = Figures([target.pk], on=END_OF_2025)
    series = [(one.span.year, one.value, one.how, one.complete) for one in known.series(target.pk, date(2023, 1, 1))]
    assert series == [
        (2023, 9, "built", False),
        (2024, 16, "built", True),
        (2025, 21, "reported", True),
    ]
    assert [one.measurements.filter(unit=one.unit).count() for one in before] == [2, 1]


def test_the_figures_before_are_never_built_from_what_measures_something_else(city: Unit) -> None:
    target, other = make.target(city), make.target(code="KHAC", measure="hồ sơ")
    with pytest.raises(Refused) as refused:
        set_forebears(by=make.BY, target=target, forebears=[other], rule="mean")
    assert str(refused.value) == (
        f"Cannot build the series of target {target.code} from KHAC: it measures something else."
    )
    with pytest.raises(Refused) as refused:
        set_forebears(by=make.BY, target=target, forebears=[make.target()], rule="")
    assert str(refused.value) == (
        f"Cannot build the series of target {target.code}: choose how the figures of the units before are joined."
    )


def test_no_series_is_built_from_itself(city: Unit) -> None:
    first, second = make.target(city), make.target(city)
    set_forebears(by=make.BY, target=first, forebears=[second], rule="mean")
    for forebear in (first, second):
        with pytest.raises(Refused) as refused:
            set_forebears(by=make.BY, target=second, forebears=[first if forebear is second else second], rule="mean")
        assert str(refused.value) == f"Cannot build the series of target {second.code} from itself."


# ---- many


@pytest.mark.parametrize("count", [1, 3])
def test_a_plan_takes_the_same_queries_for_one_target_and_for_three(
    city: Unit, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        _parent, shares = shared(city, "mean", count)
        for share in shares:
            make.figure(share, 2025, 90, approved=True)
    with django_assert_num_queries(3):
        lines = plan_against_actual(city, on=END_OF_2025)
    assert [line.verdict for line in lines] == ["met"] * count


def test_units_are_counted_all_at_once(django_assert_num_queries: Any) -> None:
    good, bad, silent = make.unit(), make.unit(), make.unit()
    for unit, value in ((good, 90), (bad, 10)):
        make.figure(make.target(unit, {2025: 80}), 2025, value, approved=True)
    make.target(silent, {2025: 80})
    with django_assert_num_queries(1):
        found, lines = standings([good.pk, bad.pk, silent.pk], on=END_OF_2025, whole=bad.pk)
    assert [line.verdict for line in lines] == ["missed"]
    assert {unit: (one.met, one.missed, one.unknown, one.total) for unit, one in found.items()} == {
        good.pk: (1, 0, 0, 1),
        bad.pk: (0, 1, 0, 1),
        silent.pk: (0, 0, 1, 1),
    }


def test_lines_come_in_the_order_they_are_asked_for(city: Unit) -> None:
    asked = [make.target(city) for _ in range(3)][::-1]
    assert [line.target for line in lines_of(asked, on=END_OF_2025)] == asked
