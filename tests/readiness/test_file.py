"""A stranger's file is accepted, or refused with the line of each fault."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from readiness.indices import FOLDER, LINE, YES_NO, component, group, shipped, text_of

from lantoa.common.toml_lines import lines_of
from lantoa.readiness.rules.file import IndexFaults, read_index
from lantoa.readiness.rules.numbers import SCALE


def faults(text: str) -> list[tuple[int, str]]:
    with pytest.raises(IndexFaults) as refused:
        read_index(text)
    return [(fault.line, str(fault.words)) for fault in refused.value.faults]


def broken(old: str, new: str, text: str = "") -> list[tuple[int, str]]:
    """What is said of a file in which something is replaced."""
    text = text or text_of(group("g"), component("a", YES_NO, under="g"))
    assert old in text
    return faults(text.replace(old, new, 1))


# The file of the cases below, by its lines: 1 lantoa_index, 2 [index], 3 code, 4 version, 5 level, 6 title,
# 8 [[group]], 9 code, 10 title, 13 [[component]], 14 code, 15 title, 16 under, 17 points, 18 rule


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("lantoa_index = 1", "lantoa_index = 2", 1, "The file begins with “lantoa_index = 1”."),
        ("[index]", "[other]", 1, "The table [index] is missing."),
        ('code = "thu"', "", 2, "“code” is missing."),
        ('code = "thu"', 'code = "thử"', 3,
         "“thử” is no code: letters without marks, digits, dots and hyphens, 40 at most."),
        ('level = "commune"', 'level = "hamlet"', 5,
         "“level” cannot be “hamlet”: it is one of country, province, district, commune, agency."),
        ('title = "g"', 'titel = "g"', 8, "“title” is missing."),
        ('under = "g"', 'under = "h"', 13, "“a” stands under “h”, which is no group."),
        ("points = 10", "points = -1", 17, "“points” is -1, and must be between 0 and –."),
        ("points = 10", 'points = "ten"', 17, "“points” is a number with six decimals at most, not 'ten'."),
        ("points = 10", "", 13, "“a” has no points, and stands where points are added."),
        ("points = 10", "pointz = 10\npoints = 10", 17, "“pointz” means nothing here."),
        ('kind = "yes_no"', 'kind = "magic"', 18,
         "“kind” cannot be “magic”: it is one of banded, goalposts, log, min_max, points, rank, ratio, steps,"
         " yes_no, z_score."),
        ('kind = "yes_no"', 'kind = "goalposts", low = 5, high = 5', 18,
         "“low” stands below “high”; what is better, “direction” says."),
        ('kind = "yes_no"', 'kind = "log", low = 0, high = 5', 18, "“low” is 0, and must be between 0.000001 and –."),
        ('kind = "yes_no"', 'kind = "steps"', 18, "“steps” is missing."),
        ('kind = "yes_no"', 'kind = "banded", steps = [{from = 2, share = 1}, {from = 1, share = 0}]', 18,
         "Bands stand in the order of “from”, each once."),
        ("rule = {", "rul = {", 13, "“rule” is missing."),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_line(old: str, new: str, line: int, words: str) -> None:
    assert (line, words) in broken(old, new)


def test_what_is_no_toml_is_told_with_its_line() -> None:
    ((line, words),) = broken('version = "1"', "version = ")

    assert (line, words.startswith("This is not TOML: ")) == (4, True)


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("\n\n[[group]]", "\ntimes = 1000000000000000\n[[group]]", 7,
         "“times” is 1000000000000000, and must be between 0.000001 and 1000000."),
        ("\n\n[[group]]", "\ntimes = -1\n[[group]]", 7,
         "“times” is -1, and must be between 0.000001 and 1000000."),
        ("\n\n[[group]]", "\ntimes = 0\n[[group]]", 7,
         "“times” is 0, and must be between 0.000001 and 1000000."),
        ("points = 10", "points = 1000001", 17, "“points” is 1000001, and must be between – and 1000000."),
        ("points = 10", "points = 10\nweight = 1000001", 18,
         "“weight” is 1000001, and must be between – and 1000000."),
        ('title = "g"', 'title = "g"\ncap = 1000001', 11, "“cap” is 1000001, and must be between – and 1000000."),
    ],
)  # fmt: skip
def test_a_number_of_which_no_score_could_be_kept_is_told_with_its_line(
    old: str, new: str, line: int, words: str
) -> None:
    assert broken(old, new) == [(line, words)]


@pytest.mark.parametrize(("key", "most"), [("number", 60), ("issuer", 200), ("title", 500)])
def test_a_decision_longer_than_the_register_takes_is_told_with_its_line(key: str, most: int) -> None:
    told = {"number": "1/QĐ", "issuer": "UBND", "title": "Bộ chỉ số"}

    def text(length: int) -> str:
        lines = [f'{name} = "{"x" * length if name == key else words}"' for name, words in told.items()]
        head = "\n".join(["[index.decision]", "issued_on = 2026-01-31", *lines])
        return text_of(component("a", YES_NO), head=head)

    assert read_index(text(most)).act is not None
    assert faults(text(most + 1)) == [
        (9 + list(told).index(key), f"“{key}” is longer than {most} letters."),
    ]  # fmt: skip


def test_an_index_that_stands_here_is_read_whatever_is_asked_of_new_ones() -> None:
    text = text_of(component("a", YES_NO), head="times = -1")

    assert read_index(text, loaded=True).times == -SCALE


def test_the_second_of_two_equal_codes_is_told() -> None:
    text = text_of(component("a", YES_NO), component("a", LINE))

    assert faults(text) == [(14, "The code “a” stands here for the second time.")]


def test_a_group_under_itself_is_told() -> None:
    text = text_of(group("g", 'under = "h"'), group("h", 'under = "g"'), component("a", YES_NO, under="g"))

    assert faults(text) == [(8, "“g” stands under itself, or too deep.")]


def test_printed_points_that_are_not_the_sum_are_told() -> None:
    text = text_of(group("g", "points = 12"), component("a", YES_NO, under="g"), head="total = 11")

    assert faults(text) == [
        (7, "“index” says 11 points, and what stands under it comes to 10."),
        (8, "“g” says 12 points, and what stands under it comes to 10."),
    ]


def test_an_empty_group_is_told() -> None:
    assert faults(text_of(group("g"), component("a", YES_NO))) == [(8, "“g” has nothing under it.")]


def test_an_index_without_components_is_told() -> None:
    assert (2, "The index has no component.") in faults(text_of())


def test_only_numbers_have_outliers() -> None:
    text = text_of(component("a", YES_NO, 'points = 1\noutliers = { kind = "iqr" }'))

    assert faults(text) == [(12, "Only numbers have outliers.")]


def test_lines_are_found_behind_texts_and_lists_of_many_lines() -> None:
    text = 'a = """\n[b]\nc = 1\n"""\nd = [\n  1, # ]\n  2,\n]\n[[e]]\nf = 1\n[[e]]\nf = 2\ng.h = "#"\n[e.i]\nj = 1\n'

    assert lines_of(text) == {
        (): 1, ("a",): 1, ("d",): 5, ("d", 0): 6, ("d", 1): 7, ("e", 0): 9, ("e", 0, "f"): 10, ("e", 1): 11,
        ("e", 1, "f"): 12, ("e", 1, "g"): 13, ("e", 1, "g", "h"): 13, ("e", 1, "i"): 14, ("e", 1, "i", "j"): 15,
    }  # fmt: skip


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_a_line_less_is_accepted_or_refused_and_crashes_nothing(path: Any) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    for at in range(len(lines)):
        try:
            read_index("\n".join(lines[:at] + lines[at + 1 :]))
        except IndexFaults as told:
            assert all(1 <= fault.line <= len(lines) + 1 for fault in told.faults)


@given(st.text(max_size=300))
def test_no_text_crashes_the_reader(text: str) -> None:
    try:
        read_index("lantoa_index = 1\n" + text)
    except IndexFaults as told:
        assert told.faults


@pytest.mark.parametrize(
    ("name", "words"),
    [("cap-xa-2025", True), ("cap-xa-2026", True), ("kieu-hdi", True), ("idi-2010", False), ("dti-tinh-2022", False)],
)
def test_what_is_our_own_says_so(name: str, words: bool) -> None:
    assert shipped(name).own is words
