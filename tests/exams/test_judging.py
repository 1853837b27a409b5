"""Answers that people mark: criteria, two markers who see nothing of each other, a third who decides."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import factories as make
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from exams.banked import END, paper_of, sat, sitting_of
from exams.sat import attempts
from exams.test_analysis import key_of
from exams.test_remarking import DROPPED, correct
from exams.test_sittings import officer, refusal, text_of
from hypothesis import given as given_by
from hypothesis import strategies as st

from lantoa.common.refused import Refused
from lantoa.exams.actions.bank import add_question, create_bank
from lantoa.exams.actions.marking import judge, set_markers
from lantoa.exams.models import Judgement, Sitting, Version
from lantoa.exams.queries.bank import content_of
from lantoa.exams.queries.export import export, written
from lantoa.exams.queries.sittings import answers_apart, unmarked_answers
from lantoa.exams.rules import notation
from lantoa.exams.rules.answers import fingerprint
from lantoa.exams.rules.content import Content, Criterion, as_json, faults_of, from_json, normal
from lantoa.exams.rules.judging import Given, State, Verdict, scaled, verdict
from lantoa.ledger.models import Entry

TWO, HALF = Decimal(2), Decimal("0.5")
SAID = "Sẽ họp tổ"


@dataclass(frozen=True)
class Marker:
    """Somebody who marks."""

    actor_key: str


ANNA, BINH, CHI = (Marker(f"user:0{name}000000000") for name in ("anna", "binh", "chi0"))


# ---- what counts: a pure rule


def gave(*points: tuple[str, str]) -> list[Given]:
    return [Given(by.rstrip("!"), Decimal(value), by.endswith("!")) for by, value in points]


@pytest.mark.parametrize(
    ("markers", "given", "expected"),
    [
        (1, [], Verdict(State.OPEN)),
        (1, [("a", "1")], Verdict(State.DONE, Decimal(1))),
        (1, [("a", "1"), ("b", "2"), ("a", "1.5")], Verdict(State.DONE, Decimal("1.5"))),
        (2, [("a", "1")], Verdict(State.OPEN)),
        (2, [("a", "1"), ("a", "2")], Verdict(State.OPEN)),  # twice the same person is one marker
        (2, [("a", "1"), ("b", "1.5")], Verdict(State.DONE, Decimal("1.25"))),
        (2, [("a", "1"), ("b", "1.25")], Verdict(State.DONE, Decimal("1.13"))),  # a half goes up
        (2, [("a", "1"), ("b", "1.51")], Verdict(State.APART)),
        (2, [("a", "1"), ("b", "3"), ("b", "1")], Verdict(State.DONE, Decimal(1))),
        (2, [("a", "1"), ("b", "3"), ("c!", "2")], Verdict(State.DONE, TWO)),
        (2, [("a", "1"), ("b", "3"), ("c!", "2"), ("c!", "3")], Verdict(State.DONE, Decimal(3))),
    ],
)
def test_what_counts_of_all_that_was_given(markers: int, given: list[tuple[str, str]], expected: Verdict) -> None:
    assert verdict(gave(*given), markers=markers, tolerance=HALF) == expected


@given_by(st.lists(st.decimals("0.01", "9", places=2), min_size=1, max_size=6), st.decimals("0.01", "20", places=2))
def test_scaled_criteria_give_exactly_the_points_of_the_paper(criteria: list[Decimal], most: Decimal) -> None:
    assert sum(scaled(criteria, most)) == most


def test_criteria_are_scaled_to_the_points_of_the_paper() -> None:
    assert scaled([Decimal(1), Decimal(1), Decimal(1)], Decimal(1)) == [
        Decimal("0.33"),
        Decimal("0.33"),
        Decimal("0.34"),
    ]
    assert scaled([], Decimal(1)) == []


# ---- criteria are data of the question


CRITERIA = (Criterion("Nêu rõ việc", Decimal("0.5")), Criterion("Nêu rõ người làm", Decimal("1.5")))
LONG = Content("long", "<p>Kể một việc</p>", points=TWO, criteria=CRITERIA)


def test_criteria_are_kept_and_read_again() -> None:
    assert from_json(as_json(normal(LONG))).criteria == CRITERIA
    assert "criteria" not in as_json(Content("numeric", "x"))
    assert from_json({"kind": "long", "text": "x"}).criteria == ()


@pytest.mark.parametrize(
    ("criteria", "words"),
    [
        ((Criterion("a", Decimal(1)),), "The criteria give 1 points together; the question gives 2."),
        ((Criterion("", TWO),), "Number 1 has no words."),
        (
            (Criterion("a", Decimal(0)), Criterion("b", TWO)),
            "A criterion gives more than 0 points, with two decimals at most.",
        ),
        (tuple(Criterion("a", Decimal("0.1")) for _ in range(21)), "There are 21 criteria; there may be 20."),
    ],
)
def test_criteria_that_cannot_be_are_named(criteria: tuple[Criterion, ...], words: str) -> None:
    faults = faults_of(Content("long", "<p>x</p>", points=TWO, criteria=criteria))

    assert words in [fault.message % fault.values for fault in faults]


def test_a_criterion_is_written_in_a_line_the_points_first() -> None:
    assert notation.criterion_said("0,5: Nêu rõ: ai làm") == Criterion("Nêu rõ: ai làm", HALF)
    assert notation.criterion_said(notation.criterion_line(CRITERIA[1])) == CRITERIA[1]
    with pytest.raises(Refused, match="Write the points first"):
        notation.criterion_said("Nêu rõ người làm")


@pytest.mark.django_db
def test_a_question_is_written_with_criteria_and_shows_them_to_whoever_sees_keys() -> None:
    unit = make.unit()
    bank = create_bank(by=make.BY, title="Ngân hàng", summary="", unit=unit, at=END)
    client = officer(unit)
    address = f"{reverse('exams:new_question', args=[bank.key])}?kind=long"
    said = {
        "code": "L1",
        "text": "Kể một việc",
        "points": "2",
        "difficulty": "2",
        "feedback": "",
        "rubric": "",
        "words": "0",
    }

    wrong = client.post(address, {**said, "criteria": "Nêu rõ việc"})
    made = client.post(address, {**said, "criteria": "0.5: Nêu rõ việc\n1.5: Nêu rõ người làm"}, follow=True)

    assert "Write the points first" in text_of(wrong)
    assert content_of(Version.objects.get()).criteria == CRITERIA
    assert "1.5 points: Nêu rõ người làm" in text_of(made)


@pytest.mark.django_db
@pytest.mark.parametrize("extension", ["xml", "gift", "xlsx"])
def test_an_export_names_the_criteria_that_it_loses(extension: str) -> None:
    bank = create_bank(by=make.BY, title="Ngân hàng", summary="", unit=make.unit(), at=END)
    add_question(by=make.BY, bank=bank, content=LONG, code="L1", aims=[], at=END)

    losses = export(written(bank), extension).losses

    assert [one.code for one in losses if one.message == "The criteria of the rubric cannot be carried."] == ["L1"]


# ---- marking


def held(markers: int = 1, tolerance: Decimal = HALF, people: int = 1, content: Content = LONG) -> Sitting:
    of = sitting_of(paper_of({"L": content}, variants=1), people)
    if markers == 2:
        set_markers(by=make.BY, sitting=of, markers=2, tolerance=tolerance)
    sat(of, [{"L": SAID}] * people)
    of.refresh_from_db()
    return of


def mark(of: Sitting, by: Marker, points: str, *, deciding: bool = False, place: int = 0, **more: Any) -> Judgement:
    said: dict[str, Any] = {
        "question": key_of(of, "L"),
        "of": fingerprint(SAID),
        "points": Decimal(points),
        "at": END,
    }
    return judge(by=by, attempt=attempts(of)[place], deciding=deciding, **{**said, **more})


def result(of: Sitting) -> tuple[Decimal | None, int]:
    one = attempts(of)[0]
    return one.points, one.unmarked


def waiting(of: Sitting, by: Marker) -> int:
    return len(unmarked_answers(of, most=10, reader=by.actor_key))


@pytest.mark.django_db
def test_two_who_agree_within_the_tolerance_give_their_mean() -> None:
    of = held(2)
    assert (waiting(of, ANNA), waiting(of, BINH)) == (1, 1)

    mark(of, ANNA, "1")
    assert (result(of), waiting(of, ANNA), waiting(of, BINH)) == ((Decimal(0), 1), 0, 1)
    mark(of, BINH, "1.5")

    assert (result(of), waiting(of, CHI), answers_apart(of, most=10)) == ((Decimal("1.25"), 0), 0, [])


@pytest.mark.django_db
def test_two_who_differ_more_wait_for_a_third_whose_points_count_alone() -> None:
    of = held(2)
    mark(of, ANNA, "0")
    mark(of, BINH, "2")
    (apart,) = answers_apart(of, most=10)
    assert (result(of), waiting(of, CHI), list(apart.given)) == ((Decimal(0), 1), 0, [Decimal(0), TWO])

    mark(of, CHI, "0.5", deciding=True)

    assert (result(of), answers_apart(of, most=10)) == ((HALF, 0), [])
    assert Entry.objects.filter(act="exams.judge", about__deciding=True).count() == 1


@pytest.mark.django_db
def test_who_may_not_mark_and_who_may_not_decide() -> None:
    of = held(2)
    mark(of, ANNA, "0")
    assert refusal(lambda: mark(of, CHI, "1", deciding=True)) == (
        "Cannot decide about an answer: its two markers are not too far apart."
    )
    mark(of, BINH, "2")

    assert refusal(lambda: mark(of, CHI, "1")) == "Cannot give points: two people have marked this answer."
    assert refusal(lambda: mark(of, ANNA, "1", deciding=True)) == (
        "Cannot decide about an answer: you are one of the two who marked it."
    )
    mark(of, ANNA, "2")  # a second thought of one of the two
    assert result(of) == (TWO, 0)


@pytest.mark.django_db
def test_who_marks_is_said_before_the_first_points() -> None:
    of = held(1)
    mark(of, ANNA, "1")

    assert refusal(lambda: set_markers(by=make.BY, sitting=of, markers=2, tolerance=HALF)) == (
        "Cannot change who marks the answers of Kiểm tra cuối khóa: points were given already (1 times)."
    )
    other = held(2)
    set_markers(by=make.BY, sitting=other, markers=1, tolerance=HALF)
    other.refresh_from_db()
    assert (other.markers, other.tolerance) == (1, 0)


@pytest.mark.django_db
def test_points_by_criterion_are_kept_and_each_has_its_most() -> None:
    of = held(1)

    made = mark(of, ANNA, "1.75", parts=[HALF, Decimal("1.25")])

    assert (made.parts, result(of)) == (["0.5", "1.25"], (Decimal("1.75"), 0))
    assert refusal(lambda: mark(of, ANNA, "2", parts=[Decimal(1), Decimal(1)])) == (
        'Cannot give 1 points for "Nêu rõ việc": from 0 to 0.5 are possible.'
    )
    assert refusal(lambda: mark(of, ANNA, "2", parts=[HALF, Decimal(1)])) == (
        "Cannot give 2 points: from 0 to 2 are possible."
    )


@pytest.mark.django_db
def test_answers_to_a_question_that_was_dropped_wait_for_nobody() -> None:
    of = held(1)
    correct(of, DROPPED, "L")

    assert (waiting(of, ANNA), result(of)) == (0, (Decimal(0), 0))
    assert refusal(lambda: mark(of, ANNA, "1")) == (
        "Cannot give points: the answers to this question are not marked any more."
    )


@pytest.mark.django_db
def test_the_database_refuses_to_change_what_people_gave() -> None:
    mark(held(1), ANNA, "1")

    for statement in ("UPDATE exams_judgement SET points = 2", "DELETE FROM exams_judgement"):
        with (
            pytest.raises(DatabaseError, match="stays as it is"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.django_db
def test_a_marker_goes_on_where_many_wait_for_the_other() -> None:
    of = held(2, people=4)
    for place in range(3):
        mark(of, ANNA, "1", place=place)

    assert len(unmarked_answers(of, most=1, reader=ANNA.actor_key)) == 1
    assert len(unmarked_answers(of, most=10, reader=BINH.actor_key)) == 4


# ---- pages


def posted(of: Sitting, client: Client, name: str = "sitting_answers", **parts: str) -> Any:
    one = attempts(of)[0]
    said = {"attempt": one.key, "question": key_of(of, "L"), "of": fingerprint(SAID)}
    return client.post(reverse(f"exams:{name}", args=[of.key]), {**said, **parts})


@pytest.mark.django_db
def test_markers_see_neither_names_nor_each_others_points_and_the_third_sees_both_points() -> None:
    of = held(2)
    first, second, third = (officer(of.unit) for _ in range(3))
    name = attempts(of)[0].person.full_name
    address = reverse("exams:sitting_answers", args=[of.key])

    assert posted(of, first, part_0="0.5", part_1="1.5").status_code == 302
    seen = text_of(second.get(address))
    assert ("Nêu rõ người làm" in seen, "at most 1.5 points" in seen) == (True, True)
    assert (name in seen, "Nothing to mark" in text_of(first.get(address))) == (False, True)
    assert posted(of, second, part_0="0", part_1="0").status_code == 302

    apart = text_of(third.get(reverse("exams:sitting_apart", args=[of.key])))
    assert "The two markers gave 0 and 2." in apart and name not in apart
    assert "Two markers differ about answers" in text_of(third.get(reverse("exams:sitting", args=[of.key])))
    assert posted(of, first, "sitting_apart", part_0="0", part_1="1").status_code == 409
    assert posted(of, third, "sitting_apart", part_0="0", part_1="1").status_code == 302
    assert result(of) == (Decimal(1), 0)
    assert "Nothing to decide" in text_of(third.get(reverse("exams:sitting_apart", args=[of.key])))


@pytest.mark.django_db
def test_points_that_are_missing_are_asked_for_where_they_are_missing() -> None:
    of = held(1)

    answer = posted(of, officer(of.unit), part_0="0.5")

    assert (answer.status_code, "This field is required." in text_of(answer)) == (422, True)


@pytest.mark.django_db
def test_an_organiser_says_who_marks() -> None:
    of = held(1)
    client = officer(of.unit)
    address = reverse("exams:sitting_markers", args=[of.key])

    assert "Who marks the answers" in text_of(client.get(reverse("exams:sitting", args=[of.key])))
    assert "Say by how many points two may differ." in text_of(client.post(address, {"markers": "2"}))
    assert client.post(address, {"markers": "2", "tolerance": "0.5"}).status_code == 302
    of.refresh_from_db()
    assert (of.markers, of.tolerance) == (2, HALF)
    mark(of, ANNA, "1")
    refused = client.post(address, {"markers": "1"})
    assert "points were given already (1 times)." in text_of(refused)


@pytest.mark.django_db
def test_the_page_costs_the_same_queries_for_one_answer_and_for_three(django_assert_num_queries: Any) -> None:
    for people in (1, 3):
        of = held(2, people=people)
        client = officer(of.unit)
        with django_assert_num_queries(QUERIES):
            client.get(reverse("exams:sitting_answers", args=[of.key]))


QUERIES = 13


@pytest.mark.django_db
def test_one_of_the_two_is_not_shown_what_the_other_gave() -> None:
    of = held(2)
    mark(of, ANNA, "0")
    mark(of, BINH, "2")

    shown = [len(answers_apart(of, most=10, reader=one.actor_key)) for one in (ANNA, BINH, CHI)]
    assert shown == [0, 0, 1]
