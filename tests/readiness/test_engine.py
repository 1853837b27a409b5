"""The arithmetic of an index: exact where points are, and the acceptance tests of the known indices."""

import random
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readiness.indices import LINE, RATIO, YES_NO, component, group, index_of, shipped

from lantoa.common.refused import Refused
from lantoa.readiness.rules.answers import is_better, reckoned
from lantoa.readiness.rules.engine import score
from lantoa.readiness.rules.numbers import SCALE, divided, fixed, written
from lantoa.readiness.rules.structure import ROOT, Component, Index


def one(index: Index, **answers: Any) -> Any:
    """What one unit with these answers has."""
    return score(index, {code: [answer] for code, answer in answers.items()}, 1)


def only(rule: str, more: str = "points = 10") -> Index:
    return index_of(component("a", rule, more))


def points(rule: str, answers: list[Any], more: str = "points = 10") -> list[Any]:
    return [
        None if value is None else Fraction(value, SCALE)
        for value in score(only(rule, more), {"a": answers}, len(answers)).nodes["a"]
    ]


def test_a_division_is_rounded_once_and_halves_go_up() -> None:
    assert [divided(5, 10), divided(-5, 10), divided(15, 10), divided(1, 3)] == [1, 0, 2, 0]


def test_a_figure_of_more_than_six_decimals_is_no_figure() -> None:
    with pytest.raises(ValueError, match=r"0\.1234567"):
        fixed("0.1234567")


def test_a_figure_is_written_as_it_was_read() -> None:
    assert [written(fixed(text)) for text in ("12.5", "-3", "0.000001", "1000")] == ["12.5", "-3", "0.000001", "1000"]


def test_yes_earns_all_and_no_nothing() -> None:
    assert points(YES_NO, [True, False]) == [10, 0]


def test_where_less_is_better_no_earns_all() -> None:
    assert points(YES_NO, [True, False], 'points = 10\ndirection = "down"') == [0, 10]


def test_a_step_earns_its_share() -> None:
    steps = 'kind = "steps", steps = [{code = "a", share = 1, title = "a"}, {code = "b", share = 0.5, title = "b"}]'

    assert points(steps, ["a", "b"]) == [10, 5]


def test_a_share_earns_exactly_its_share() -> None:
    assert points(RATIO, [(SCALE, 4 * SCALE), (4 * SCALE, 4 * SCALE), (0, 4 * SCALE)]) == [Fraction(5, 2), 10, 0]


def test_a_share_of_the_target_earns_all() -> None:
    assert points('kind = "ratio", target = 0.8', [(8, 10), (9, 10), (4, 10)]) == [10, 10, 5]


def test_a_share_of_nothing_is_no_answer() -> None:
    assert score(only(RATIO), {"a": [(0, 0)]}, 1).missing == {"a": [0]}


def test_between_goalposts_it_is_even_and_beyond_them_level() -> None:
    line = 'kind = "goalposts", low = 20, high = 60'

    assert points(line, [fixed(x) for x in (10, 20, 40, 60, 90)]) == [0, 0, 5, 10, 10]


def test_on_a_logarithm_ten_times_is_a_step_of_the_same_size() -> None:
    line = 'kind = "log", low = 1, high = 1000'

    assert points(line, [fixed(x) for x in (0, 1, 1000, 5000)]) == [0, 0, 10, 10]
    assert points(line, [fixed(10)]) == [Fraction(3333333, SCALE)]


def test_a_band_begins_at_its_value() -> None:
    bands = 'kind = "banded", steps = [{from = 0, share = 0.2}, {from = 2, share = 1}]'

    assert points(bands, [fixed(x) for x in ("-1", "0", "1.999999", "2")]) == [0, 2, 2, 10]


def test_by_rank_ties_share_the_middle() -> None:
    assert points('kind = "rank"', [1, 2, 2, 3]) == [0, 5, 5, 10]


def test_by_the_range_the_least_has_nothing_and_the_greatest_all() -> None:
    assert points('kind = "min_max"', [10, 20, 30]) == [0, 5, 10]


def test_by_standard_scores_the_mean_has_half() -> None:
    assert points('kind = "z_score", spread = 3', [10, 20, 30])[1] == 5


def test_of_equal_units_all_have_all_where_the_sample_is_the_measure() -> None:
    assert points('kind = "min_max"', [7, 7]) == [10, 10]


def test_outliers_are_drawn_in_before_the_rule() -> None:
    more = 'points = 10\noutliers = { kind = "iqr", factor = 1.5 }'
    answers = [fixed(x) for x in (1, 2, 3, 4, 1000)]

    drawn = points('kind = "min_max"', answers, more)

    assert (drawn[4], drawn[3] > 2) == (10, True)  # without: 4 would stand at 0.03 of 10


def test_what_is_missing_counts_as_the_index_says() -> None:
    found = {
        how: score(only(LINE, f'points = 10\nmissing = "{how}"'), {"a": [fixed(20), fixed(60), None]}, 3).nodes["a"][
            2
        ]
        for how in ("zero", "mean", "median", "skip")
    }

    assert found == {"zero": 0, "mean": 4 * SCALE, "median": 4 * SCALE, "skip": None}


def test_what_is_left_out_gives_its_weight_to_the_others() -> None:
    index = index_of(component("a", YES_NO), component("b", YES_NO, 'points = 30\nmissing = "skip"'))

    assert one(index, a=True).published(0) == SCALE


def test_a_unit_without_an_answer_that_must_be_there_has_no_score() -> None:
    index = index_of(component("a", YES_NO), component("b", YES_NO, 'points = 5\nmissing = "block"'))

    found = score(index, {"a": [True, True], "b": [None, True]}, 2)

    assert ([found.published(0), found.published(1)], found.blocked) == ([None, SCALE], {0: ["b"]})


def test_a_group_brings_at_most_its_cap() -> None:
    index = index_of(
        group("g", "cap = 12\npoints = 12"), component("a", YES_NO, under="g"), component("b", YES_NO, under="g")
    )

    assert one(index, a=True, b=True).nodes[ROOT] == [12 * SCALE]


@pytest.mark.parametrize(
    ("how", "expected"),
    [("arithmetic", 625_000), ("geometric", 500_000), ("harmonic", 400_000), ("minimum", 250_000)],
)
def test_means_of_a_quarter_and_of_all(how: str, expected: int) -> None:
    index = index_of(component("a", LINE, ""), component("b", LINE, ""), head=f'aggregate = "{how}"\ndecimals = 6')

    assert one(index, a=fixed(25), b=fixed(100)).published(0) == expected


# ---- the indices that come with the house


def test_idi_2010_a_unit_at_every_reference_scores_ten() -> None:
    index = shipped("idi-2010")
    at_reference = {component.code: [component.rule.high] for component in index.components}

    assert len(index.components) == 11
    assert score(index, at_reference, 1).published(0) == 10 * SCALE


def test_idi_2010_access_and_use_weigh_twice_skills() -> None:
    index = shipped("idi-2010")
    alone = {
        group: score(index, {one.code: [one.rule.high] for one in index.below(group)}, 1).published(0)
        for group in ("access", "use", "skills")
    }

    assert alone == {"access": 4 * SCALE, "use": 4 * SCALE, "skills": 2 * SCALE}


def test_in_the_manner_of_the_hdi_nothing_in_one_dimension_is_nothing_in_all() -> None:
    answers = {"ket-noi.1": [0], "hoc.1": [fixed(100)], "dich-vu.1": [fixed(1000)]}

    assert score(shipped("kieu-hdi"), answers, 1).published(0) == 0


def test_dti_2022_has_98_components_and_1000_points() -> None:
    index = shipped("dti-tinh-2022")

    assert sum(group.count or 0 for group in index.groups) == 98
    assert index.most[ROOT] == 1000 * SCALE


@given(st.integers(0, 3))
def test_dti_2022_what_a_smart_city_reports_never_moves_the_total(reported: int) -> None:
    index = shipped("dti-tinh-2022")
    answers = {one.code: [one.most // 2] for one in index.components if one.is_scored}
    without = score(index, answers, 1).published(0)

    assert score(index, {**answers, "6.tong": [fixed(reported)]}, 1).published(0) == without == SCALE // 2


def test_dti_2025_has_eight_main_indicators_and_refuses_to_score() -> None:
    index = shipped("dti-tinh-2025")

    assert (len(index.pillars), index.can_score) == (8, False)
    with pytest.raises(Refused) as refused:
        score(index, {}, 1)
    assert str(refused.value) == (
        "Cannot score dti-tinh 405-2025: its source does not say what these are worth:"
        " 1.tong, 2.tong, 3.tong, 4.tong, 5.tong, 6.tong, 7.tong, 8.tong."
    )


def test_gtmi_components_weigh_the_same_however_many_indicators_they_have() -> None:
    parts = []
    for name, many in (("CGSI", 17), ("PSDI", 9), ("DCEI", 6), ("GTEI", 16)):
        parts.append(group(name))
        parts += [component(f"{name}.{number}", YES_NO, "points = 1", under=name) for number in range(many)]
    index = index_of(*parts, head='aggregate = "arithmetic"')

    found = [one(index, **{c.code: True for c in index.below(name)}).published(0) for name in ("CGSI", "DCEI")]

    assert (len(index.components), found) == (48, [SCALE // 4, SCALE // 4])


def test_in_a_relative_index_another_units_change_moves_ones_own_score() -> None:
    head = 'aggregate = "arithmetic"'
    index = index_of(*[component(name, 'kind = "z_score"', "") for name in ("OSI", "TII", "HCI")], head=head)
    before = {name: [10, 20, 30] for name in ("OSI", "TII", "HCI")}
    after = {**before, "OSI": [10, 20, 90]}

    assert (index.is_relative, score(index, before, 3).published(1)) == (True, SCALE // 2)
    assert score(index, after, 3).published(1) == fixed("0.375")


# ---- what always holds

KINDS = {
    "yes_no": (YES_NO, st.booleans()),
    "ratio": (RATIO, st.tuples(st.integers(0, 50), st.just(50))),
    "goalposts": (LINE, st.integers(-10 * SCALE, 120 * SCALE)),
    "log": ('kind = "log", low = 1, high = 50', st.integers(0, 60 * SCALE)),
    "banded": (
        'kind = "banded", steps = [{from = 0, share = 0}, {from = 5, share = 0.4}, {from = 9, share = 1}]',
        st.integers(0, 12 * SCALE),
    ),
    "min_max": ('kind = "min_max"', st.integers(0, 30)),
    "z_score": ('kind = "z_score", spread = 2', st.integers(0, 30)),
    "rank": ('kind = "rank"', st.integers(0, 30)),
}
AGGREGATES = ("sum", "arithmetic", "geometric", "harmonic", "minimum")


@st.composite
def tables(draw: st.DrawFn, units: int = 5) -> tuple[Index, dict[str, list[Any]]]:
    """An index of two groups with rules of any kind, and answers of some units."""
    parts, columns = [], {}
    top = draw(st.sampled_from(AGGREGATES))
    for name in ("g", "h"):
        aggregate = draw(st.sampled_from(AGGREGATES))
        worth = "" if aggregate == "sum" or top != "sum" else "points = 7\n"
        parts.append(group(name, f'aggregate = "{aggregate}"\nweight = {draw(st.integers(1, 5))}\n{worth}'))
        for number in range(draw(st.integers(1, 3))):
            rule, answers = KINDS[draw(st.sampled_from(sorted(KINDS)))]
            missing = draw(st.sampled_from(("zero", "skip", "mean", "median")))
            more = f'points = {draw(st.integers(1, 40))}\nmissing = "{missing}"\nweight = {draw(st.integers(1, 5))}'
            code = f"{name}{number}"
            parts.append(component(code, rule, more, under=name))
            column = st.lists(answers | st.none(), min_size=units, max_size=units)
            columns[code] = draw(column)
    return index_of(*parts, head=f'aggregate = "{top}"'), columns


@given(tables(), st.randoms(use_true_random=False))
def test_the_order_of_units_never_matters(table: tuple[Index, dict[str, list[Any]]], chance: random.Random) -> None:
    index, columns = table
    order = list(range(5))
    chance.shuffle(order)
    shuffled = {code: [column[place] for place in order] for code, column in columns.items()}

    before, after = score(index, columns, 5).nodes, score(index, shuffled, 5).nodes

    assert after == {code: [column[place] for place in order] for code, column in before.items()}


@given(tables(), st.integers(0, 4), st.data())
def test_improving_a_component_never_lowers_its_holder(
    table: tuple[Index, dict[str, list[Any]]], place: int, data: st.DataObject
) -> None:
    index, columns = table
    code = data.draw(st.sampled_from(sorted(columns)))
    asked: Component = index.component[code]
    was = columns[code][place]
    if was is None:
        return
    raised = True if was is True or was is False else (50, 50) if isinstance(was, tuple) else was + 3 * SCALE
    better = {**columns, code: [*columns[code][:place], raised, *columns[code][place + 1 :]]}

    assert asked.is_monotone
    before, after = score(index, columns, 5), score(index, better, 5)
    assert (after.nodes[code][place] or 0) >= (before.nodes[code][place] or 0)
    assert (after.nodes[ROOT][place] or 0) >= (before.nodes[ROOT][place] or 0)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 100)), min_size=1, max_size=6), st.integers(2, 50),
       st.sampled_from(AGGREGATES[1:]))  # fmt: skip
def test_weights_scale_out(rows: list[tuple[int, int]], times: int, aggregate: str) -> None:
    def total(factor: int) -> Any:
        parts = [component(f"c{at}", LINE, f"weight = {weight * factor}") for at, (weight, _x) in enumerate(rows)]
        index = index_of(*parts, head=f'aggregate = "{aggregate}"\ndecimals = 6')
        return score(index, {f"c{at}": [fixed(x)] for at, (_weight, x) in enumerate(rows)}, 1).nodes[ROOT]

    assert total(1) == total(times)


@given(st.lists(st.tuples(st.integers(1, 60), st.integers(0, 500)), min_size=1, max_size=12))
def test_a_sum_of_points_is_exact(rows: list[tuple[int, int]]) -> None:
    parts = [component(f"c{at}", 'kind = "ratio"', f"points = {most}") for at, (most, _part) in enumerate(rows)]
    answers = {f"c{at}": [(part, 500)] for at, (_most, part) in enumerate(rows)}

    (total,) = score(index_of(*parts), answers, 1).nodes[ROOT]

    assert Fraction(total or 0, SCALE) == sum(Fraction(most * part, 500) for most, part in rows)


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 100 * SCALE)), min_size=1, max_size=6))
def test_a_weighted_mean_is_within_half_a_millionth_of_the_truth(rows: list[tuple[int, int]]) -> None:
    line = 'kind = "goalposts", low = 0, high = 100'
    index = index_of(
        *[component(f"c{at}", line, f"weight = {weight}") for at, (weight, _x) in enumerate(rows)],
        head='aggregate = "arithmetic"',
    )
    scores = score(index, {f"c{at}": [x] for at, (_w, x) in enumerate(rows)}, 1)
    total = sum(weight for weight, _x in rows)
    truth = sum(
        Fraction(weight * (scores.nodes[f"c{at}"][0] or 0), total * SCALE) for at, (weight, _x) in enumerate(rows)
    )

    assert abs(Fraction(scores.nodes[ROOT][0] or 0, SCALE) - truth) <= Fraction(1, 2 * SCALE)


def test_a_better_share_of_a_smaller_whole_is_better() -> None:
    ratio = only(RATIO).components[0]

    assert is_better(ratio, ["3", "4"], ["4", "8"])
    assert not is_better(ratio, ["4", "8"], ["3", "4"])
    assert reckoned(ratio, ["3", "4"]) == (3 * SCALE, 4 * SCALE)
