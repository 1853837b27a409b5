"""Starting, answering and handing in: what is written, and that it may be sent again."""

from datetime import timedelta

import factories as make
import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import Error
from exams.sat import QUESTIONS, T0, act, attempts, events, paper, sitting

from lantoa.common.refused import Refused
from lantoa.exams.actions.log import Kind, write
from lantoa.exams.actions.sittings import end_sitting, give_time, make_sitting, start_now
from lantoa.exams.models import Answer, Attempt, Incident, Seal, Sitting
from lantoa.exams.queries.log import log_of
from lantoa.exams.rules.clock import Phase
from lantoa.exams.rules.sealing import unseal
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def lines(of: str) -> list[str]:
    return list(Entry.objects.filter(act=of).order_by("id").values_list("thing", flat=True))


def test_a_sitting_has_an_attempt_for_each_person_once_and_its_variants_sealed_in_turn() -> None:
    of = paper(variants=2)
    one, two, three = make.person(), make.person(), make.person()
    made = make_sitting(
        by=make.BY, unit=of.unit, paper=of, title="Thi", people=[one, two, three, one], minutes=30, at=T0
    )

    assert [(row.person, row.variant.number) for row in attempts(made)] == [(one, 1), (two, 2), (three, 1)]
    assert [
        unseal(bytes(row.sealed), row.letters, made.key) == row.variant.content
        for row in Seal.objects.filter(sitting=made)
    ] == [True, True]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"people": 0}, "Cannot make sitting Kiểm tra cuối khóa: nobody is on its list."),
        (
            {"minutes": 0},
            "Cannot make sitting Kiểm tra cuối khóa: it lasts 0 minutes, from 1 to 1440 are possible.",
        ),
        (
            {"together": False, "closes_at": T0},
            "Cannot make sitting Kiểm tra cuối khóa: its window has no beginning and end.",
        ),
    ],
)
def test_a_sitting_that_cannot_be_is_refused(fields: dict[str, object], words: str) -> None:
    with pytest.raises(Refused) as refusal:
        sitting(**fields)  # type: ignore[arg-type]

    assert str(refusal.value) == words


def test_a_paper_without_variants_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        sitting(paper=paper(variants=0))

    assert str(refusal.value) == "Cannot make sitting Kiểm tra cuối khóa: paper Đề thử has no variant yet."


def test_the_button_starts_it_once_and_ending_it_ends_it_once() -> None:
    made = sitting(starts_at=None)
    (one,) = attempts(made)
    (told,) = write([act(Kind.START, one)])
    assert (told.refused, told.phase, told.letters) == ("early", Phase.WAITING, "")

    start_now(by=make.BY, sitting=made, at=T0)
    with pytest.raises(Refused) as refusal:
        start_now(by=make.BY, sitting=made, at=T0)
    assert str(refusal.value) == "Cannot start Kiểm tra cuối khóa: it has begun already."

    (told,) = write([act(Kind.START, one, T0 + MINUTE)])
    assert (told.refused, told.phase, told.started, told.ends) == (
        "",
        Phase.RUNNING,
        T0 + MINUTE,
        T0 + 30 * MINUTE,
    )
    assert told.letters == Seal.objects.get(sitting=made).letters

    end_sitting(by=make.BY, sitting=made, at=T0 + 2 * MINUTE)
    with pytest.raises(Refused) as refusal:
        end_sitting(by=make.BY, sitting=made, at=T0 + 2 * MINUTE)
    assert str(refusal.value) == "Cannot end Kiểm tra cuối khóa: it was ended already."
    (told,) = write([act(Kind.STATE, one, T0 + 2 * MINUTE)])
    assert told.phase is Phase.LATE


def test_a_sitting_of_a_window_has_no_button_and_an_ended_one_none_any_more() -> None:
    with pytest.raises(Refused) as refusal:
        start_now(by=make.BY, sitting=sitting(together=False, closes_at=T0 + 60 * MINUTE), at=T0)
    assert str(refusal.value) == (
        "Cannot start Kiểm tra cuối khóa: in it everybody starts by themselves, within its hours."
    )
    ended = end_sitting(by=make.BY, sitting=sitting(starts_at=None), at=T0)
    with pytest.raises(Refused) as refusal:
        start_now(by=make.BY, sitting=ended, at=T0)
    assert str(refusal.value) == "Cannot start Kiểm tra cuối khóa: it was ended."


def test_starting_and_handing_in_again_change_nothing_and_write_one_line() -> None:
    (one,) = attempts(sitting())

    write([act(Kind.START, one), act(Kind.START, one, T0 + MINUTE)])
    write([act(Kind.START, one, T0 + 2 * MINUTE)])
    first, second = write([act(Kind.HAND_IN, one, T0 + 3 * MINUTE), act(Kind.HAND_IN, one, T0 + 4 * MINUTE)])

    assert (first.phase, first.handed_in) == (second.phase, second.handed_in) == (Phase.OVER, T0 + 3 * MINUTE)
    one.refresh_from_db()
    assert (one.started_at, one.handed_in_at) == (T0, T0 + 3 * MINUTE)
    assert lines("exams.start") == lines("exams.hand_in") == [f"exams.attempt:{one.key}"]


def test_answers_are_kept_once_however_often_and_in_whatever_order_they_are_sent() -> None:
    (one,) = attempts(sitting())
    sent = events(one, *((question, "b") for question in QUESTIONS))

    told = [write([act(Kind.ANSWERS, one, T0, part)])[0].stored for part in (sent[::-1], sent, sent[1:], sent * 3)]

    assert told == [3, 3, 2, 9]
    assert sorted(Answer.objects.values_list("sequence", flat=True)) == [1, 2, 3]


def test_another_event_under_a_number_already_taken_is_kept_beside_the_first() -> None:
    (one,) = attempts(sitting())

    for value in ("a", "b"):
        write([act(Kind.ANSWERS, one, T0, events(one, (QUESTIONS[0], value)))])

    assert sorted(Answer.objects.values_list("sequence", "value")) == [(1, '"a"'), (1, '"b"')]


def test_answers_after_the_end_after_handing_in_and_before_the_start_are_all_kept() -> None:
    (one,) = attempts(sitting())

    for number, at in enumerate((T0 - MINUTE, T0 + 60 * MINUTE, T0 + 100_000 * MINUTE)):
        write([act(Kind.ANSWERS, one, at, events(one, (QUESTIONS[0], number), after=number))])
    write([act(Kind.HAND_IN, one, T0 + MINUTE)])
    write([act(Kind.ANSWERS, one, T0 + 2 * MINUTE, events(one, (QUESTIONS[0], 9), after=9))])

    assert len(log_of([one])[one.pk]) == 4


def test_many_acts_cost_as_many_queries_as_one(django_assert_num_queries: object) -> None:
    people = attempts(sitting(people=3))

    for some in (people[:1], people):
        with django_assert_num_queries(5):  # type: ignore[operator]  # savepoint, read, insert, release
            write([act(Kind.ANSWERS, one, T0, events(one, (QUESTIONS[0], "a"))) for one in some])


def test_of_an_attempt_that_is_none_nothing_is_written() -> None:
    (one,) = attempts(sitting())
    nobody = Attempt(key="0nobody000000")

    unknown, known = write(
        [
            act(Kind.ANSWERS, nobody, T0, events(nobody, (QUESTIONS[0], "a"))),
            act(Kind.ANSWERS, one, T0, events(one, (QUESTIONS[0], "a"))),
        ]
    )

    assert (unknown.refused, known.refused, known.stored) == ("unknown", "", 1)
    assert list(Answer.objects.values_list("attempt", flat=True)) == [one.pk]


def test_a_foreign_batch_is_written_down_and_counted() -> None:
    (one,) = attempts(sitting())

    write([act(Kind.FOREIGN, one), act(Kind.FOREIGN, one, T0 + MINUTE)])

    assert list(Incident.objects.values_list("attempt", "actor", "count", "first_at", "last_at")) == [
        (one.pk, "user:0candidate000", 2, T0, T0 + MINUTE)
    ]


def test_extra_minutes_reach_a_candidate_who_has_started_and_nobody_who_has_handed_in() -> None:
    (one,) = attempts(sitting())
    write([act(Kind.START, one)])

    give_time(by=make.BY, attempt=one, minutes=10)

    assert write([act(Kind.STATE, one)])[0].ends == T0 + 40 * MINUTE
    with pytest.raises(Refused) as refusal:
        give_time(by=make.BY, attempt=one, minutes=1441)
    assert str(refusal.value) == (
        "Cannot give 1441 extra minutes in Kiểm tra cuối khóa: from 0 to 1440 are possible."
    )
    write([act(Kind.HAND_IN, one, T0 + MINUTE)])
    with pytest.raises(Refused) as refusal:
        give_time(by=make.BY, attempt=one, minutes=20)
    assert str(refusal.value) == ("Cannot give extra time in Kiểm tra cuối khóa: this candidate has handed in.")


def test_the_database_refuses_to_change_or_delete_what_was_answered() -> None:
    (one,) = attempts(sitting())
    write([act(Kind.ANSWERS, one, T0, events(one, (QUESTIONS[0], "a")))])

    for change in (lambda: Answer.objects.update(value='"b"'), lambda: Answer.objects.all().delete()):
        with pytest.raises(Error, match="what was answered stays as it is"), transaction.atomic():
            change()


def test_the_database_refuses_to_empty_the_log() -> None:
    with pytest.raises(Error, match="Cannot empty the log"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lantoa.as_installed = 'on'")
        cursor.execute("TRUNCATE exams_answer")


def test_the_database_refuses_to_move_a_start_or_a_hand_in() -> None:
    (one,) = attempts(sitting())
    write([act(Kind.START, one), act(Kind.HAND_IN, one, T0 + MINUTE)])

    for change in ({"started_at": T0 - MINUTE}, {"handed_in_at": None}):
        with pytest.raises(Error, match="they stay as they were"), transaction.atomic():
            Attempt.objects.filter(pk=one.pk).update(**change)


def test_the_database_refuses_a_window_without_an_end() -> None:
    made = sitting()
    with pytest.raises(IntegrityError), transaction.atomic():
        Sitting.objects.filter(pk=made.pk).update(together=False)
