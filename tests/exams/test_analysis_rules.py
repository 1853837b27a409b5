"""What a test tells: every definition against a published example, or against a second way of working it out."""

import math
import random
import statistics
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.exams.rules.analysis import (
    FEW,
    LEAST,
    Interval,
    Reply,
    Told,
    Work,
    alpha_of,
    analyse,
    as_json,
    correlation,
    feldt_interval,
    findings_of,
    reliability_words,
    thirds_of,
    told_from,
    upper_lower_of,
    wholes,
)
from lantoa.exams.rules.quantiles import beta_share, f_quantile

# Ten students, ten items: K. L. Wuensch, "The Kuder-Richardson 20" (core.ecu.edu/wuenschk/StatHelp/KR20.txt), which
# prints the p, the p*q of each item and the variance of the totals, 5.84.
WUENSCH = [
    *("1111110110", "1011011101", "1111011001", "0010001000", "0000010010"),
    *("1110111111", "1101110111", "1111111101", "0101111101", "1101101110"),
]
WUENSCH_P = [0.7, 0.7, 0.6, 0.7, 0.6, 0.8, 0.7, 0.7, 0.5, 0.6]
WUENSCH_PQ = [0.21, 0.21, 0.24, 0.21, 0.24, 0.16, 0.21, 0.21, 0.25, 0.24]
WUENSCH_VARIANCE = 5.84

# Section 6 of the Law School Admission Test, 1,000 people, five items (Bock and Lieberman 1970): how often each
# pattern from 00000 to 11111 was given, cumulated as the example "LSAT" of OpenBUGS prints it.
LSAT = [3, 9, 11, 22, 23, 24, 27, 31, 32, 40, 40, 56, 56, 59, 61, 76, 86, 115, 129, 210, 213, 241, 256, 336, 352, 408,
        429, 602, 613, 674, 702, 1000]  # fmt: skip


def works(rows: list[str]) -> list[Work]:
    """A candidate a row, a question a place, right or wrong, a point each."""
    return [
        {
            f"q{place}": Reply(float(one), 1.0, "full" if one == "1" else "wrong", ("b" if one == "1" else "a",))
            for place, one in enumerate(row, 1)
        }
        for row in rows
    ]


def lsat() -> list[str]:
    counts = [now - before for before, now in zip([0, *LSAT], LSAT, strict=False)]
    return [f"{pattern:05b}" for pattern, count in enumerate(counts) for _ in range(count)]


def columns(rows: list[str]) -> list[list[float]]:
    return [[float(row[place]) for row in rows] for place in range(len(rows[0]))]


# ---- quantiles of F


@pytest.mark.parametrize(
    ("share", "d1", "d2", "printed"),
    [  # upper critical values as statistical tables print them (atozmath.com, F distribution tables)
        (0.95, 1, 1, "161.4476"),
        (0.975, 1, 1, "647.7890"),
        (0.95, 10, 1, "241.8817"),
        (0.95, 1, 2, "18.5128"),
        (0.95, 3, 2, "19.1643"),
        (0.90, 5, 3, "5.3092"),
        (0.95, 10, 3, "8.7855"),
        (0.975, 4, 3, "15.1010"),
        (0.99, 2, 2, "99.0000"),
        (0.95, 1000, 3, "8.5292"),
    ],
)
def test_quantiles_of_f_are_those_of_the_tables(share: float, d1: int, d2: int, printed: str) -> None:
    assert f"{f_quantile(share, d1, d2):.4f}" == printed


def test_the_incomplete_beta_function_is_exact_where_it_is_a_polynomial() -> None:
    """With whole a and b it is the tail of a binomial distribution: a second way, in fractions."""
    for a, b, x in [
        (1, 1, Fraction(1, 3)),
        (2, 3, Fraction(1, 7)),
        (5, 2, Fraction(9, 10)),
        (40, 60, Fraction(2, 5)),
    ]:
        n = a + b - 1
        tail = sum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
        assert beta_share(float(x), a, b) == pytest.approx(float(tail), rel=1e-12)
    assert (beta_share(0, 2, 3), beta_share(1, 2, 3)) == (0, 1)


@given(st.floats(0.001, 0.999), st.integers(1, 400), st.integers(1, 400))
def test_a_quantile_turned_upside_down_is_that_of_the_degrees_turned_round(share: float, d1: int, d2: int) -> None:
    assert f_quantile(share, d1, d2) * f_quantile(1 - share, d2, d1) == pytest.approx(1, rel=1e-6)


def test_a_whole_province_with_a_long_paper_has_quantiles_near_one() -> None:
    low, high = (f_quantile(share, 3399, 3399 * 39) for share in (0.025, 0.975))

    assert 0.9 < low < 1 < high < 1.1


@pytest.mark.parametrize(("share", "d1", "d2"), [(0, 1, 1), (1, 1, 1), (0.5, 0, 1), (0.5, 1, -1)])
def test_what_is_no_probability_has_no_quantile(share: float, d1: int, d2: int) -> None:
    with pytest.raises(ValueError, match="no quantile"):
        f_quantile(share, d1, d2)


# ---- reliability


@pytest.mark.parametrize(
    ("alpha", "people", "questions", "low", "high"),
    [
        # C. Evans's R function at MRC CBU, feldt1.return(0.913, 873, 20): prints 0.9044024 and 0.9211588
        (0.913, 873, 20, 0.9044024, 0.9211588),
        # the example of real-statistics.com as worked in Julia (blog.goo.ne.jp, r-de-r, 2021-10-13): prints
        # 0.19492168920552821 and 0.8398208740258171
        (0.591719, 15, 10, 0.1949216892, 0.8398208740),
    ],
)
def test_the_interval_of_alpha_is_feldts(alpha: float, people: int, questions: int, low: float, high: float) -> None:
    made = feldt_interval(alpha, people=people, questions=questions)

    assert made is not None
    assert (made.low, made.high) == (pytest.approx(low, abs=6e-8), pytest.approx(high, abs=6e-8))


def test_an_interval_needs_two_people_and_two_questions() -> None:
    assert feldt_interval(0.5, people=1, questions=9) is None
    assert feldt_interval(0.5, people=9, questions=1) is None
    assert isinstance(feldt_interval(1.0, people=9, questions=9), Interval)


def test_kr_20_of_the_worked_example() -> None:
    """10/9 (1 - sum(pq) / variance), from the p*q and the variance that the source prints."""
    told = analyse(works(WUENSCH))
    (whole,) = wholes(works(WUENSCH))

    assert [round(one.difficulty, 10) for one in told] == WUENSCH_P
    assert whole.alpha == pytest.approx(10 / 9 * (1 - sum(WUENSCH_PQ) / WUENSCH_VARIANCE))
    assert (whole.dichotomous, whole.people, whole.questions, whole.most) == (True, 10, 10, 10)


def test_alpha_is_what_the_mean_covariance_says() -> None:
    """A second way: k c / (v + (k - 1) c), with v the mean variance and c the mean covariance of the questions."""
    found = [[3.0, 4, 2, 5, 4, 1], [2.0, 4, 3, 5, 3, 1], [3.0, 5, 1, 4, 4, 2]]
    k = len(found)
    v = statistics.fmean(statistics.variance(one) for one in found)
    c = statistics.fmean(statistics.covariance(a, b) for a in found for b in found if a is not b)

    assert alpha_of(found) == pytest.approx(k * c / (v + (k - 1) * c))


def test_alpha_has_no_value_where_nothing_varies_or_one_question_stands_alone() -> None:
    assert alpha_of([[1.0, 0.0]]) is None
    assert alpha_of([[1.0, 1.0], [0.0, 0.0]]) is None


def test_the_standard_error_is_the_deviation_times_the_root_of_what_alpha_leaves() -> None:
    (whole,) = wholes(works(WUENSCH))
    totals = [row.count("1") for row in WUENSCH]

    assert whole.alpha is not None
    assert whole.deviation == pytest.approx(statistics.stdev(totals))
    assert whole.error == pytest.approx(statistics.stdev(totals) * math.sqrt(1 - whole.alpha))


def test_partial_credit_and_unequal_points_are_alpha_not_kr_20() -> None:
    half: list[Work] = [
        {"a": Reply(share, 2.0, "part"), "b": Reply(1.0 if share > 0.4 else 0.0, 1.0, "full")}
        for share in (0.0, 0.5, 1.0, 0.5, 0.25)
    ]
    (whole,) = wholes(half)

    assert (whole.dichotomous, whole.most) == (False, 3.0)
    assert whole.alpha == pytest.approx(alpha_of([[0, 1, 2, 1, 0.5], [0, 1, 1, 1, 0]]) or 0)


def test_variants_of_other_questions_are_tests_of_their_own() -> None:
    one = works(["11", "10", "00", "01", "11", "10"])
    other: list[Work] = [{f"x{name}": reply for name, reply in work.items()} for work in one[:4]]

    assert [(found.people, found.questions) for found in wholes([*one, *other])] == [(6, 2)]
    assert [(found.people, found.questions) for found in wholes([*one, *other, *other])] == [(8, 2), (6, 2)]


# ---- questions


def test_the_difficulties_of_the_law_school_test() -> None:
    """924, 709, 553, 763 and 870 of 1,000 were right: counted from the patterns."""
    told = analyse(works(lsat()))

    assert [round(one.difficulty * 1000) for one in told] == [924, 709, 553, 763, 870]


def test_discrimination_is_the_correlation_with_the_other_questions() -> None:
    """Two further ways: the standard library's correlation, and Henrysson's correction of the uncorrected one."""
    rows = lsat()
    for place, (one, column) in enumerate(zip(analyse(works(rows)), columns(rows), strict=True)):
        totals = [float(row.count("1")) for row in rows]
        rest = [total - own for total, own in zip(totals, column, strict=True)]
        assert one.discrimination == pytest.approx(statistics.correlation(column, rest)), place
        r, s, t = statistics.correlation(column, totals), statistics.stdev(column), statistics.stdev(totals)
        assert one.discrimination == pytest.approx((r * t - s) / math.sqrt(t * t + s * s - 2 * r * t * s)), place


def test_a_correlation_with_what_does_not_vary_is_none() -> None:
    assert correlation([1.0, 1.0, 1.0], [0.0, 1.0, 0.5]) is None
    assert correlation([0.0, 1.0, 0.5], [0.0, 1.0, 0.5]) == pytest.approx(1)


def test_kelleys_index_of_a_hundred_candidates() -> None:
    """22 of the upper 27 and 11 of the lower 27 right: (22 - 11) / 27 = 0.4074 (a worked example of askfilo.com)."""
    shares = [1.0] * 22 + [0.0] * 5 + [0.5] * 46 + [1.0] * 11 + [0.0] * 16
    results = [float(100 - place) for place in range(100)]

    assert upper_lower_of(shares, results) == pytest.approx(11 / 27)
    assert round(upper_lower_of(shares, results) or 0, 4) == 0.4074


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.5, 1.0]), st.integers(0, 6)), min_size=5, max_size=60))
def test_the_order_of_the_list_changes_nothing(rows: list[tuple[float, int]]) -> None:
    mixed = list(rows)
    random.Random(7).shuffle(mixed)

    def index(of: list[tuple[float, int]]) -> float | None:
        return upper_lower_of([share for share, _result in of], [float(result) for _share, result in of])

    assert index(mixed) == (None if index(rows) is None else pytest.approx(index(rows)))


@given(st.lists(st.integers(0, 8), min_size=1, max_size=60))
def test_equal_results_stand_in_one_third_and_better_ones_never_lower(results: list[int]) -> None:
    found = list(zip(results, thirds_of([float(one) for one in results]), strict=True))

    assert len({third for _one, third in found}) <= len(set(results))
    assert all(low[1] <= high[1] for low in found for high in found if low[0] <= high[0])


def test_thirds_of_different_results_are_equal_parts() -> None:
    assert thirds_of([9.0, 1, 8, 2, 7, 3, 6, 4, 5]) == [2, 0, 2, 0, 2, 0, 1, 1, 1]


def test_of_too_few_nothing_is_told() -> None:
    assert (analyse(works(WUENSCH[: LEAST - 1])), wholes(works(WUENSCH[: LEAST - 1]))) == ([], [])
    assert as_json([]) == {"people": 0, "wholes": [], "questions": {}}


def test_what_is_kept_is_read_again_as_it_was() -> None:
    told = analyse(works(WUENSCH))
    kept = as_json(works(WUENSCH))["questions"]

    assert [told_from(one.question, kept[one.question]) for one in told] == told


# ---- in plain words


def told(
    choices: dict[str, tuple[int, int, int]],
    right: str = "c",
    *,
    discrimination: float | None = 0.4,
    upper_lower: float | None = 0.4,
    people: int = FEW,
) -> Told:
    got = sum(choices.get(right, (0, 0, 0)))
    third = people // 3
    return Told("q", people, got / people, discrimination, upper_lower, (third, third, third), {}, choices)


OPTIONS = {"a": 0.0, "b": 0.0, "c": 1.0}


@pytest.mark.parametrize(
    ("question", "names"),
    [
        (told({"a": (5, 3, 0), "b": (1, 2, 9), "c": (4, 5, 1)}, discrimination=-0.3, upper_lower=-0.3), ["key"]),
        (told({"a": (1, 3, 4), "b": (1, 2, 4), "c": (8, 5, 5)}, discrimination=-0.1, upper_lower=-0.3), ["against"]),
        (told({"a": (5, 5, 5), "b": (5, 5, 5), "c": (0, 0, 0)}, discrimination=None, upper_lower=0.0), ["nobody"]),
        (told({"a": (10, 7, 0), "b": (0, 3, 0), "c": (0, 0, 0)}, discrimination=None, upper_lower=0.0), ["nobody"]),
        (told({"c": (10, 10, 10)}, discrimination=None, upper_lower=0.0), ["everybody"]),
        (told({"a": (3, 3, 3), "b": (3, 3, 2), "c": (4, 4, 5)}, discrimination=0.05), ["weak"]),
        (told({"a": (5, 5, 1), "b": (5, 5, 2), "c": (0, 0, 4)}), ["hard"]),
        (told({"a": (1, 0, 0), "c": (9, 10, 10)}), ["easy", "unchosen"]),
        (told({"a": (5, 3, 1), "c": (5, 7, 9)}), ["unchosen"]),
        (told({"a": (3, 2, 1), "b": (2, 1, 0), "c": (5, 7, 9)}), ["good"]),
        (told({"a": (3, 2, 1), "b": (2, 1, 0), "c": (5, 7, 9)}, discrimination=0.2), ["fair"]),
    ],
)
def test_what_is_said_of_a_question(question: Told, names: list[str]) -> None:
    assert [one.name for one in findings_of(question, OPTIONS)] == names


def test_the_choice_of_those_who_knew_most_is_named() -> None:
    wrong = told({"a": (5, 3, 0), "b": (1, 2, 9), "c": (4, 5, 1)}, discrimination=-0.3, upper_lower=-0.3)
    (finding,) = findings_of(wrong, OPTIONS)

    assert (finding.letters, finding.urgent) == ({"chosen": ("b",), "right": ("c",)}, True)


def test_an_unchosen_choice_of_a_small_group_says_nothing() -> None:
    assert [one.name for one in findings_of(told({"a": (2, 1, 0), "c": (1, 2, 3)}, people=9), OPTIONS)] == ["good"]


def test_a_question_without_choices_has_its_sentences_too() -> None:
    assert [one.name for one in findings_of(told({}, discrimination=None), {})] == ["nobody"]


@pytest.mark.parametrize(
    ("alpha", "beginning"),
    [(0.9, "The test is reliable"), (0.75, "Reliable enough"), (0.5, "The marks are rough"), (-0.2, "The marks say")],
)
def test_what_an_alpha_means(alpha: float, beginning: str) -> None:
    assert reliability_words(alpha).startswith(beginning)
