"""What is said of scores: ranks, bands, gains, why they changed, both rankings of a merger, how far to trust them."""

from datetime import date
from typing import Any

import pytest
from factories import unit
from hypothesis import given
from hypothesis import strategies as st
from readiness.held import PLAIN, answered, campaign, province, published
from readiness.indices import LINE, YES_NO, component, group, index_of, shipped, text_of

from lantoa.directory.models import Succession, SuccessionLink, Unit
from lantoa.readiness.models import Campaign
from lantoa.readiness.queries.change import regrouped
from lantoa.readiness.queries.standing import change_of, standings
from lantoa.readiness.rules.engine import score
from lantoa.readiness.rules.honest import correlations, intervals, silent
from lantoa.readiness.rules.numbers import SCALE, fixed
from lantoa.readiness.rules.results import Change, Rank, band_of, gains, joined, ranks
from lantoa.readiness.rules.structure import ROOT
from lantoa.readiness.rules.structure import published as published_value


def of(*scores: str) -> list[int]:
    return [fixed(score) for score in scores]


def test_equal_scores_share_the_best_place_and_the_next_stands_after_all_of_them() -> None:
    assert ranks([5, 9, 5, None, 1]) == [Rank(2, 2), Rank(1, 1), Rank(2, 2), None, Rank(4, 1)]


@given(st.lists(st.integers(0, 5) | st.none(), max_size=20))
def test_a_place_is_one_more_than_those_that_are_better(values: list[int | None]) -> None:
    known = [value for value in values if value is not None]

    assert [None if one is None else one.place for one in ranks(values)] == [
        None if value is None else 1 + sum(other > value for other in known) for value in values
    ]


def test_who_has_just_the_value_of_a_band_stands_in_it() -> None:
    index = shipped("cap-xa-2026")

    found = [band_of(index, score) for score in of("0.799999", "0.8", "0")]

    assert [band.code if band else "" for band in found] == ["B", "A", "D"]


def test_a_published_value_has_the_decimals_of_its_index_with_halves_up() -> None:
    index = shipped("dti-tinh-2022")

    assert [published_value(index, fixed(points)) for points in ("777", "777.049999", "777.05")] == of(
        "0.777", "0.777", "0.7771"
    )


def test_what_would_move_most_comes_first_and_adds_up_where_points_are_added() -> None:
    index = index_of(component("a", YES_NO, "points = 30"), component("b", LINE, "points = 70"))
    nodes = {code: column[0] for code, column in score(index, {"a": [False], "b": [fixed(80)]}, 1).nodes.items()}

    assert [(gain.code, gain.gain) for gain in gains(index, nodes)] == [("a", fixed("0.3")), ("b", fixed("0.14"))]


def test_in_a_geometric_mean_what_is_least_would_move_most() -> None:
    index = index_of(component("a", LINE, ""), component("b", LINE, ""), head='aggregate = "geometric"')
    nodes = {code: column[0] for code, column in score(index, {"a": of("25"), "b": of("64")}, 1).nodes.items()}

    assert [(gain.code, gain.gain) for gain in gains(index, nodes)] == [("a", fixed("0.4")), ("b", fixed("0.1"))]


@given(*[st.integers(0, SCALE)] * 4)
def test_real_method_and_units_add_up_to_the_change(before: int, base: int, rescored: int, now: int) -> None:
    change = Change(before, base, rescored, now)

    assert change.units + change.method + change.real == change.total == now - before


def test_a_unit_that_several_became_has_the_mean_of_their_main_indicators() -> None:
    index = shipped("dti-tinh-2022")
    parts = []
    for share in (2, 4):
        answers = {one.code: [one.most // share] for one in index.components if one.is_scored}
        parts.append({code: column[0] for code, column in score(index, answers, 1).nodes.items()})

    assert published_value(index, joined(index, parts)[ROOT]) == fixed("0.375")


def test_with_weights_the_larger_counts_more() -> None:
    index = index_of(group("g"), component("a", LINE, under="g"))
    parts: list[dict[str, int | None]] = [{"g": 10 * SCALE}, {"g": 0}]

    assert joined(index, parts, [3, 1])["g"] == fixed("7.5")


# ---- how far it can be trusted


def sample(count: int = 12) -> tuple[Any, Any]:
    index = index_of(*[component(name, LINE, "points = 10") for name in "abcd"])
    columns: dict[str, Any] = {
        "a": [fixed(at * 8) for at in range(count)],
        "b": [fixed(at * 8) for at in range(count)],
        "c": [fixed(90 - at * 7) for at in range(count)],
        "d": [fixed(50)] * count,
    }
    return index, score(index, columns, count)


def test_the_same_seed_gives_the_same_intervals_and_holds_the_place() -> None:
    index, scores = sample()

    first, again = (intervals(index, scores.nodes, scores.missing, seed=7) for _turn in range(2))

    assert first == again
    assert all(one is not None and one.low <= one.high for one in first)


def test_who_is_best_in_everything_is_first_however_it_is_weighed() -> None:
    index = index_of(component("a", LINE), component("b", LINE))
    scores = score(index, {"a": of("90", "50", "10"), "b": of("80", "40", "20")}, 3)

    found = intervals(index, scores.nodes, scores.missing, seed=1)

    assert [(one.low, one.high) for one in found if one] == [(1, 1), (2, 2), (3, 3)]


def test_a_unit_without_a_score_has_no_interval() -> None:
    index = index_of(component("a", LINE, 'points = 1\nmissing = "block"'))
    scores = score(index, {"a": [fixed(1), None, fixed(3)]}, 3)

    assert [one is None for one in intervals(index, scores.nodes, scores.missing, seed=1)] == [False, True, False]


def test_two_that_say_the_same_are_redundant_and_two_that_pull_apart_opposed() -> None:
    _index, scores = sample()

    found = {(tie.one, tie.other): (tie.is_redundant, tie.is_opposed) for tie in correlations(scores.nodes, "abcd")}

    assert found == {("a", "b"): (True, False), ("a", "c"): (False, True), ("b", "c"): (False, True)}
    assert silent(scores.nodes, "abcd") == ["d"]


def test_fewer_than_ten_units_say_nothing_of_a_correlation() -> None:
    _index, scores = sample(9)

    assert correlations(scores.nodes, "abcd") == []


# ---- last year and this year

OTHER_METHOD = text_of(
    component("1", 'kind = "yes_no"', "points = 20"),
    component("2", 'kind = "ratio"', "points = 60"),
    component("3", 'kind = "yes_no"', "points = 20"),
    head='previous = "1"',
).replace('version = "1"', 'version = "2"')


def years(top: Unit, text: str, wards: list[Unit], now: list[dict[str, Any]], then: list[dict[str, Any]]) -> Campaign:
    """Last year's campaign by `PLAIN` and this year's by another text, both published."""
    before = campaign(top, PLAIN, year=2025)
    for ward, answers in zip(wards, then, strict=True):
        answered(before, ward, **answers)
    held = campaign(top, text, year=2026, previous=published(before))
    for ward, answers in zip(wards, now, strict=True):
        answered(held, ward, **answers)
    return published(held)


@pytest.mark.django_db
def test_by_the_same_method_the_whole_change_is_what_the_unit_did() -> None:
    top, wards = province(1)
    answers = {"a1": "yes", "a2": ("1", "2")}

    done = years(
        top, PLAIN.replace('version = "1"', 'version = "2"'), wards, [{**answers, "a2": ("3", "4")}], [answers]
    )

    change = change_of(done.results.get())
    assert change is not None
    assert (change.before, change.units, change.method, change.real) == (fixed("0.7"), 0, 0, fixed("0.15"))


@pytest.mark.django_db
def test_what_a_new_method_asks_and_weighs_otherwise_is_the_method() -> None:
    top, wards = province(1)
    then = {"a1": "yes", "a2": ("1", "2")}

    done = years(top, OTHER_METHOD, wards, [{"a1": "yes", "a2": ("3", "4"), "a3": "no"}], [then])

    change = change_of(done.results.get())
    assert change is not None  # by this year's method last year's answers are 20 + 30 + 0 of 100
    assert (change.before, change.method, change.real, change.now) == tuple(of("0.7", "-0.2", "0.15", "0.65"))


def merged(wards: list[Unit], on: date, heir: Unit) -> None:
    one = Succession.objects.create(day=on, kind=Succession.Kind.MERGED)
    for ward in wards:
        SuccessionLink.objects.create(succession=one, forebear=ward, heir=heir)


@pytest.mark.django_db
def test_a_unit_made_of_two_is_compared_with_the_mean_of_both() -> None:
    top, wards = province(2)
    before = campaign(top, PLAIN, year=2025)
    for ward, part in zip(wards, ("1", "2"), strict=True):
        answered(before, ward, a1="yes", a2=(part, "2"))
    heir = unit(under=top)
    merged(wards, date(2026, 2, 1), heir)
    previous = published(before)
    held = campaign(top, PLAIN.replace('version = "1"', 'version = "2"'), year=2026, previous=previous, units=[heir],
                    on=date(2026, 3, 2))  # fmt: skip
    Campaign.objects.filter(pk=previous.pk).update(on=date(2026, 1, 1))
    answered(held, heir, a1="yes", a2=("9", "10"))

    row = published(Campaign.objects.get(pk=held.pk)).results.get()

    change = change_of(row)
    assert change is not None and row.change is not None
    assert (change.before, change.method, change.real, row.change["parts"]) == (fixed("0.85"), 0, fixed("0.09"), 2)


@pytest.mark.django_db
def test_both_rankings_can_be_told_across_a_merger() -> None:
    top, wards = province(3)
    held = campaign(top)
    for ward, part in zip(wards, ("4", "2", "3"), strict=True):
        answered(held, ward, a1="yes", a2=(part, "4"))
    done = published(held)
    heir = unit(under=top)
    merged(wards[:2], date(2026, 6, 1), heir)

    old = [(one.unit, one.rank) for one in standings(done)]
    new = [
        (one.unit, one.score, one.rank.place if one.rank else None) for one in regrouped(done, on=date(2026, 7, 1))
    ]

    assert old == [(wards[0].pk, 1), (wards[2].pk, 2), (wards[1].pk, 3)]
    assert sorted(new) == sorted([(heir.pk, fixed("0.85"), 1), (wards[2].pk, fixed("0.85"), 1)])
    assert [one.unit for one in regrouped(done, on=date(2026, 5, 1))] == [wards[0].pk, wards[2].pk, wards[1].pk]
