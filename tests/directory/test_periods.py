"""The algebra of periods, and plans of changes: whatever a list says, nothing known is rewritten."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.directory.rules.changes import Book, Facts, Stood, plan
from lantoa.directory.rules.periods import Period, minus
from lantoa.directory.rules.unit_lists import Faulty, Ref, StatedDecision, StatedPlacement, UnitList, read

START = date(2020, 1, 1)
DAYS = [START + timedelta(days=number) for number in range(60)]

days = st.integers(0, 50).map(lambda number: START + timedelta(days=number))
periods = st.builds(
    lambda since, length: Period(since, since + timedelta(days=length) if length else None),
    days,
    st.integers(0, 9),
)


@given(periods, st.lists(periods, max_size=6))
def test_what_is_left_of_a_period_holds_exactly_the_days_not_taken(period: Period, taken: list[Period]) -> None:
    left = minus(period, taken)
    for day in DAYS:
        expected = period.holds(day) and not any(other.holds(day) for other in taken)
        assert [part.holds(day) for part in left].count(True) == int(expected)


@given(periods, periods)
def test_two_periods_overlap_when_a_day_lies_in_both(one: Period, two: Period) -> None:
    assert one.overlaps(two) == any(one.holds(day) and two.holds(day) for day in DAYS)


def test_a_period_that_ends_before_it_begins_is_none() -> None:
    with pytest.raises(ValueError, match="a period ends after it begins"):
        Period(START, START)


def stated(period: Period, name: str, code: str = "1") -> StatedPlacement:
    return StatedPlacement(
        at="placements.csv:2",
        unit=None,
        period=period,
        level="commune",
        kind="Xã",
        name=name,
        code=code,
        parent=None,
        decision="d",
        snapshot="",
        ended_by="",
    )


def listed(*rows: StatedPlacement) -> UnitList:
    decisions = {"d": StatedDecision("1/NQ", START, "Quốc hội", "Về việc thử")}
    return UnitList("thử", decisions=decisions, placements=rows)


def book_after(rows: list[Stood]) -> Book:
    return Book(Stood(abs(one.unit), one.period, one.facts, number + 1) for number, one in enumerate(rows))


def all_of(book: Book) -> list[Stood]:
    return [one for stood in book.of_unit.values() for one in stood]


statements = st.lists(
    st.builds(stated, periods, st.sampled_from(["A", "B"]), st.sampled_from(["1", "2"])), max_size=6
)


@given(statements, statements)
def test_a_plan_keeps_every_day_known_before_as_it_was(
    first: list[StatedPlacement], second: list[StatedPlacement]
) -> None:
    book = Book()
    plan(listed(*first), book)
    book = book_after(all_of(book))
    before = [(one.unit, day, one.facts) for one in all_of(book) for day in DAYS if one.period.holds(day)]
    closed = {
        (one.unit, day) for one in all_of(book) if one.period.until is None for day in DAYS if one.period.holds(day)
    }
    planned = plan(listed(*second), book)
    after = {(one.unit, day): one.facts for one in all_of(book) for day in DAYS if one.period.holds(day)}
    assert not [
        (unit, day) for unit, day, facts in before if after.get((unit, day)) != facts and (unit, day) not in closed
    ]
    assert len(planned.placements) == len({id(new.stood) for new in planned.placements})


@given(statements)
def test_a_unit_stands_once_and_a_code_means_one_unit_on_every_day(rows: list[StatedPlacement]) -> None:
    book = Book()
    plan(listed(*rows), book)
    for day in DAYS:
        standing = [one for one in all_of(book) if one.period.holds(day)]
        assert len({one.unit for one in standing}) == len(standing)
        assert len({one.facts.code for one in standing}) == len(standing)


@given(statements)
def test_the_same_list_again_changes_nothing(rows: list[StatedPlacement]) -> None:
    book = Book()
    first = plan(listed(*rows), book)
    if not first.contradictions:
        again = plan(listed(*rows), book_after(all_of(book)))
        assert (again.changes_nothing, again.contradictions) == (True, [])


def test_an_open_placement_ends_where_a_new_one_of_the_same_unit_begins() -> None:
    since, renamed = date(2025, 7, 1), date(2026, 10, 1)
    known = Stood(7, Period(since), Facts("commune", "Xã", "A", "1", None), placement=3)
    row = stated(Period(renamed), "B")
    planned = plan(listed(row), Book([known]))
    assert [(c.placement, c.until, c.ended_by) for c in planned.closings] == [(3, renamed, "d")]
    assert [(new.stood.unit, new.stood.facts.name) for new in planned.placements] == [(7, "B")]


def test_a_list_that_says_two_things_of_one_day_contradicts_itself() -> None:
    since, day = date(2020, 1, 1), date(2020, 1, 2)
    rows = (stated(Period(since), "A"), stated(Period(day), "A"), stated(Period(day), "B"))
    assert len(plan(listed(*rows), Book()).contradictions) == 1


def test_an_old_list_loaded_after_a_later_change_adds_nothing() -> None:
    since, renamed = date(2025, 7, 1), date(2026, 10, 1)
    book = Book(
        [
            Stood(7, Period(since, renamed), Facts("commune", "Xã", "A", "1", None), placement=3),
            Stood(7, Period(renamed), Facts("commune", "Xã", "B", "1", None), placement=4),
        ]
    )
    planned = plan(listed(stated(Period(since), "A")), book)
    assert (planned.changes_nothing, planned.contradictions, planned.already_known) == (True, [], 1)


def test_tone_marks_in_another_place_are_no_contradiction() -> None:
    known = Stood(7, Period(START), Facts("commune", "Xã", "Trung Hoà", "1", None), placement=3)
    planned = plan(listed(stated(Period(START), "Trung Hòa")), Book([known]))
    assert (planned.changes_nothing, planned.contradictions) == (True, [])


def test_a_contradiction_names_both_sides() -> None:
    known = Stood(7, Period(START, date(2021, 1, 1)), Facts("commune", "Xã", "A", "1", None), placement=3)
    planned = plan(listed(stated(Period(START, date(2020, 6, 1)), "B")), Book([known]))
    assert [str(one) for one in planned.contradictions] == [
        "placements.csv:2: Xã B (1) is said to stand under  in 2020-01-01..2020-06-01, "
        "but the directory has Xã A (1) under  in 2020-01-01..2021-01-01."
    ]


def test_a_list_is_read_with_every_fault_at_its_line() -> None:
    with pytest.raises(Faulty) as refused:
        read(
            "mới",
            {
                "decisions.csv": "slug,number,issued_on,issuer,title\nd,1/NQ,2026-02-30,Quốc hội,Về việc\n",
                "placements.csv": (
                    "unit,since,until,level,kind,name,code,parent,decision,snapshot,ended_by\n"
                    ",2026-01-01,2025-01-01,commune,Xã,A,1,province:79,,,\n"
                    ",2026-01-01,,village,Xã,A,1,province:79,,,\n"
                    ",2026-01-01,,commune,Xã,,1,province:79,x,,\n"
                ),
                "notes.csv": "a\n",
            },
        )
    assert [str(fault) for fault in refused.value.faults] == [
        "notes.csv is no file of a list of units; there are decisions.csv, snapshots.csv, placements.csv, "
        "endings.csv, successions.csv, coverage.csv.",
        "decisions.csv:2: issued_on is no day written like 2025-07-01: 2026-02-30",
        "placements.csv:2: the period ends on 2025-01-01, before it has begun on 2026-01-01.",
        "placements.csv:3: level must be one of country, province, district, commune, agency, not village.",
        "placements.csv:4: decision names x, which the list does not describe.",
    ]


def test_a_row_without_a_source_is_refused() -> None:
    with pytest.raises(Faulty) as refused:
        read(
            "mới",
            {
                "placements.csv": (
                    "unit,since,until,level,kind,name,code,parent,decision,snapshot,ended_by\n"
                    ",2026-01-01,,country,,Việt Nam,VN,,,,\n"
                )
            },
        )
    assert str(refused.value) == (
        "Cannot read the list of units mới (faults: 1): placements.csv:2: neither a decision nor a snapshot says so."
    )


def test_a_ref_is_a_level_a_code_and_a_day() -> None:
    assert str(Ref("commune", "26851", START)) == "commune:26851@2020-01-01"
