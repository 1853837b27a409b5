"""What exams showed of a person, topic by topic: from the published and wholly marked work, as it stands."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import factories as make
import pytest

from lantoa.competence.models import Topic
from lantoa.directory.models import Person
from lantoa.exams.actions.answering import hand_in, save_answer, start
from lantoa.exams.actions.bank import add_question, create_bank
from lantoa.exams.actions.marking import publish_results
from lantoa.exams.actions.paper import create_paper, draw_variant
from lantoa.exams.actions.remarking import change_key
from lantoa.exams.actions.sittings import make_sitting, start_now
from lantoa.exams.models import Bank, Paper, Sitting
from lantoa.exams.queries.evidence import evidence_of, latest
from lantoa.exams.rules.content import Content, Option
from lantoa.exams.rules.corrections import Correction
from lantoa.exams.rules.drawing import Blueprint, Part

T0 = datetime(2020, 10, 6, 2, 0, tzinfo=UTC)
SIGN = "Ký được văn bản điện tử"


@pytest.fixture
def topics(db: None) -> list[Topic]:
    course = make.course(make.unit(), topics=2)
    course.topics.filter(position=1).update(outcomes=SIGN)
    return list(course.topics.order_by("position"))


@pytest.fixture
def drawn(topics: list[Topic]) -> Paper:
    """Three questions: two aim at the first topic, one of them at an outcome of it; the third at both topics."""
    first, second = topics
    bank = create_bank(by=make.BY, title="Ngân hàng", summary="", unit=first.course.unit, at=T0)
    options = (Option("Đúng", Fraction(1)), Option("Sai"))
    for code, aims in (("1", [(first, SIGN)]), ("2", [(first, "")]), ("3", [(first, ""), (second, "")])):
        asked = Content("single", f"Câu {code}", options=options)
        add_question(by=make.BY, bank=bank, content=asked, code=code, aims=aims, at=T0)
    plan = Blueprint((Part(bank.key, count=3),), shuffle_questions=False, shuffle_options=False)
    made = create_paper(by=make.BY, title="Đề", unit=bank.unit, blueprint=plan, at=T0)
    draw_variant(by=make.BY, paper=made, banks=Bank.objects.all(), at=T0, seed=1)
    return made


def sat(paper: Paper, person: Person, right: set[str], *, at: datetime = T0, publish: bool = True) -> Sitting:
    """They answer all three; those whose code is in `right` are right."""
    exam = make_sitting(
        by=make.BY, unit=paper.unit, paper=paper, title=f"Kỳ {at:%d/%m}", people=[person], minutes=30, at=at
    )
    start_now(by=make.BY, sitting=exam, at=at)
    attempt = exam.sat.select_related("sitting", "variant").get()
    start(by=make.BY, attempt=attempt, at=at)
    for asked in attempt.variant.content:
        code = asked["text"].split()[-1].removesuffix("</p>")
        answer = "a" if code in right else "b"
        save_answer(by=make.BY, attempt=attempt, question=asked["id"], answer=answer, at=at + timedelta(minutes=1))
    attempt.refresh_from_db()
    hand_in(by=make.BY, attempt=attempt, at=at + timedelta(minutes=2))
    if publish:
        publish_results(by=make.BY, sitting=exam, at=at + timedelta(hours=1))
    return exam


def told(
    person: Person, of: Callable[[Any], Any] = lambda found: found
) -> list[tuple[str, str, int, Decimal, Decimal]]:
    return [(one.topic.title, one.outcome, one.questions, one.points, one.out_of) for one in of(evidence_of(person))]


def test_each_topic_and_outcome_has_the_points_of_the_questions_aimed_at_it(drawn: Paper) -> None:
    person = make.person()
    sat(drawn, person, {"1", "3"})

    assert told(person) == [
        ("Chuyên đề 1", "", 3, Decimal(2), Decimal(3)),
        ("Chuyên đề 1", SIGN, 1, Decimal(1), Decimal(1)),
        ("Chuyên đề 2", "", 1, Decimal(1), Decimal(1)),
    ]


def test_nothing_is_told_before_the_results_are_published(drawn: Paper) -> None:
    person = make.person()
    sat(drawn, person, {"1"}, publish=False)

    assert told(person) == []


def test_the_last_exam_that_asked_a_topic_is_what_counts_now(drawn: Paper) -> None:
    person = make.person()
    sat(drawn, person, set())
    sat(drawn, person, {"1", "2", "3"}, at=T0 + timedelta(days=30))

    assert len(told(person)) == 6
    assert told(person, latest) == [
        ("Chuyên đề 1", "", 3, Decimal(3), Decimal(3)),
        ("Chuyên đề 1", SIGN, 1, Decimal(1), Decimal(1)),
        ("Chuyên đề 2", "", 1, Decimal(1), Decimal(1)),
    ]


def test_a_corrected_key_changes_what_was_shown_and_a_dropped_question_shows_nothing(drawn: Paper) -> None:
    person = make.person()
    of = sat(drawn, person, {"1"})
    asked = of.sat.get().variant.content
    questions = {one["text"].split()[-1].removesuffix("</p>"): one["id"] for one in asked}
    second = Correction("key", {"options": {"a": "0", "b": "1"}})
    said: dict[str, Any] = {"by": make.BY, "sitting": of, "reason": "Ghi nhầm", "at": T0 + timedelta(days=1)}
    for question, correction in ((questions["2"], second), (questions["3"], Correction("dropped"))):
        change_key(question=question, correction=correction, **said)

    assert told(person)[0] == ("Chuyên đề 1", "", 2, Decimal(2), Decimal(2))
    assert len(told(person)) == 2


def test_nobody_has_the_evidence_of_another(drawn: Paper) -> None:
    sat(drawn, make.person(), {"1"})

    assert told(make.person()) == []


@pytest.mark.parametrize("exams", [1, 3])
def test_as_many_questions_for_three_exams_as_for_one(
    drawn: Paper, exams: int, django_assert_num_queries: Any
) -> None:
    person = make.person()
    for number in range(exams):
        sat(drawn, person, {"1"}, at=T0 + timedelta(days=number))

    with django_assert_num_queries(5):
        evidence_of(person)
