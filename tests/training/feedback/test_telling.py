"""Groups under five stay untold: alone, in sums, by subtraction, in sheets, and while a form still runs."""

from collections import Counter
from datetime import timedelta
from io import BytesIO

import factories
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from training.feedback.saying import OPEN, OVER, SHORT, Ask, say

from lantoa.training.models import TrainingClass
from lantoa.training.queries.feedback import narrowed, rows_of, series_of, surveys, telling, words_of
from lantoa.training.queries.feedback_sheet import sheet_of
from lantoa.training.rules.feedback.reading import read_form
from lantoa.training.rules.feedback.telling import SMALLEST, Box, grouped, together, told

QUESTIONS = read_form(SHORT).counted
GROUPS = ("class", "topic", "lecturer")


FEW = st.integers(0, 6)


def box(number: int, groups: tuple[str, str, str], hay: list[int], dung: list[int], closed: bool) -> Box:
    """Of the optional second question not everybody answers."""
    scale = dict(zip("12345", hay, strict=True))
    yes = dict(zip(("yes", "no"), (min(count, sum(hay) // 2) for count in dung), strict=True))
    named = dict(zip(GROUPS, groups, strict=True))
    return Box(number, named, sum(hay), {"hay": scale, "dung": yes}, closed)


NAMES = st.sampled_from("abc")
BOX = st.builds(
    box,
    st.integers(0, 99),
    st.tuples(NAMES, NAMES, NAMES),
    st.lists(st.integers(0, 3), min_size=5, max_size=5),
    st.lists(FEW, min_size=2, max_size=2),
    st.booleans(),
)
BOXES = st.lists(BOX, min_size=1, max_size=8)


def everything(found: list[Box]) -> list[object]:
    """Whatever a page, a picture or a sheet could say of these boxes."""
    shown = told(found, QUESTIONS)
    return [
        together(shown, QUESTIONS),
        *(grouped(shown, QUESTIONS, by) for by in GROUPS),
        [(box.groups, box.answered, box.counts) for box in shown],
    ]


@given(BOXES)
def test_what_few_people_say_changes_nothing_that_is_told(found: list[Box]) -> None:
    """Nothing depends on a group under five. So no sum, difference or comparison of what is told can find it out."""
    without = [
        Box(
            box.id,
            box.groups,
            box.answered,
            {code: counts for code, counts in box.counts.items() if sum(counts.values()) >= SMALLEST},
        )
        for box in found
        if box.closed and box.answered >= SMALLEST
    ]
    assert everything(found) == everything(without)


@given(BOXES, st.sampled_from(GROUPS), st.sampled_from(GROUPS))
def test_every_breakdown_has_the_same_sum(found: list[Box], one: str, other: str) -> None:
    shown = told(found, QUESTIONS)
    sums = [
        Counter[str]() + sum((part.tallies["hay"].counts for part in grouped(shown, QUESTIONS, by)), Counter())
        for by in (one, other)
    ]
    assert sums[0] == sums[1] == together(shown, QUESTIONS).tallies["hay"].counts


def test_a_small_class_is_in_no_sum(training_class: TrainingClass, ask: Ask) -> None:
    programme = training_class.programme
    small = factories.training_class(programme, code="Q9-2")
    survey, people = ask(6)
    say(survey, people, loi="của lớp lớn")
    other, few = ask(5, of=small)
    say(other, few[:4], loi="của bốn người")
    rows = surveys(programme)
    (series,) = series_of(rows)

    found = telling(rows, series, on=OVER)

    assert (found.answered, found.withheld, found.open) == (6, 1, 0)
    assert [box.groups["class"] for box in found.boxes] == ["Q9-1"]
    assert len(rows_of(found)) == 6
    assert {text for _groups, text in words_of(found, series.form.form.worded[0])} == {"của lớp lớn"}
    sheet = load_workbook(BytesIO(sheet_of(found, title="thử", language="vi")))
    cells = [str(cell.value) for page in sheet for row in page.iter_rows() for cell in row]
    assert "Q9-2" not in cells
    assert "của bốn người" not in cells


def test_an_optional_question_that_few_answered_is_withheld_everywhere(
    training_class: TrainingClass, ask: Ask
) -> None:
    survey, people = ask(8)
    say(survey, people[:4], dung="no")
    say(survey, people[4:])
    rows = surveys(training_class.programme)

    found = telling(rows, series_of(rows)[0], on=OVER)

    assert [dict(box.counts) for box in found.boxes] == [{"hay": {"4": 8}}]
    assert [row.values for row in rows_of(found)] == [["4", ""]] * 8
    assert rows_of(narrowed(found, question="dung", value="no"), question="dung", value="no") == []


def test_nothing_is_told_while_answers_can_still_come(training_class: TrainingClass, ask: Ask) -> None:
    """Else the sixth answer would be the difference of today and yesterday."""
    survey, people = ask(6)
    say(survey, people)
    rows = surveys(training_class.programme)
    (series,) = series_of(rows)

    last = telling(rows, series, on=OPEN + timedelta(days=6))
    after = telling(rows, series, on=OPEN + timedelta(days=7))

    assert (last.boxes, last.open, last.answered) == ([], 1, 0)
    assert (len(after.boxes), after.open, after.answered) == (1, 0, 6)


def test_rows_stand_in_the_order_of_what_they_say(training_class: TrainingClass, ask: Ask) -> None:
    survey, people = ask(6)
    for person, mark in zip(people, "352414", strict=True):
        say(survey, [person], hay=mark)
    rows = surveys(training_class.programme)
    found = telling(rows, series_of(rows)[0], on=OVER)

    assert [row.values[0] for row in rows_of(found)] == ["1", "2", "3", "4", "4", "5"]
    fours = narrowed(found, by="class", group="Q9-1", question="hay", value="4")
    assert fours.answered == len(rows_of(fours, question="hay", value="4")) == 2
