"""Questions of a workshop: held until read, merged, answered by one, forwarded with a deadline; a vote a person."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import factories as make
import pytest
from at_once import at_once
from django.db import IntegrityError, connection, transaction
from workshops.held import T0, refusal, site, workshop

from lantoa.directory.models import Person, Role
from lantoa.ledger.models import Entry
from lantoa.ledger.rules import Machine
from lantoa.office.models import Notice
from lantoa.workshops.actions.floor import set_conduct
from lantoa.workshops.actions.question_notices import remind_due
from lantoa.workshops.actions.questions import (
    answer,
    ask,
    decline,
    forward,
    let_stand,
    let_through,
    merge,
    pin,
    publish,
    take_back,
    take_vote_back,
    vote,
)
from lantoa.workshops.models import Conduct, Forwarding, Question, Reply, Telling, Vote, Workshop
from lantoa.workshops.queries.questions import (
    IN_STATE,
    answered,
    count_questions,
    due_within,
    open_for,
    rows_in,
    shown_to,
    unanswered,
    votes_of,
)
from lantoa.workshops.views.during import pinned_of

ONE, TWO = Machine("one"), Machine("two")
MINUTE = timedelta(minutes=1)
TODAY = date(2026, 12, 1)


def live(**values: Any) -> Workshop:
    return workshop(state="live", **values)


def asked(of: Workshop, text: str = "Bao giờ có phần mềm?", person: Person | None = None, **values: Any) -> Question:
    return ask(by=make.BY, workshop=of, person=person or make.person(), text=text, language="vi", at=T0, **values)


def opened(of: Workshop, text: str = "Bao giờ có phần mềm?") -> Question:
    return let_through(by=ONE, question=asked(of, text), at=T0)


def anonymous_allowed(of: Workshop) -> None:
    set_conduct(
        by=ONE,
        workshop=of,
        by_protocol=False,
        hands_open=True,
        seconds=180,
        questions_open=True,
        anonymous=True,
        at=T0,
    )


def written(question: Question, text: str, read: str = "", by: Machine = ONE, **values: Any) -> Any:
    values = {"language": "vi", "publish": False, "at": T0 + MINUTE, **values}
    return answer(by=by, question=question, text=text, read=read, **values)


# ---- asked


@pytest.mark.django_db
def test_nobody_sees_a_question_before_a_moderator_has_read_it() -> None:
    found = live()
    question = asked(found)

    assert shown_to(found, None, most=9) == []
    let_through(by=ONE, question=question, at=T0)
    assert [one.question for one in shown_to(found, None, most=9)] == [question]


@pytest.mark.django_db
def test_the_same_words_sent_again_are_the_same_question() -> None:
    found, person = live(), make.person()

    assert asked(found, "Khi nào?", person).pk == asked(found, " Khi nào? ", person).pk
    assert asked(found, "Khi nào?", make.person()).pk != asked(found, "Khi nào?", person).pk


@pytest.mark.django_db
def test_one_person_floods_nobody() -> None:
    found, person = live(), make.person()
    for number in range(20):
        asked(found, f"Câu {number}", person)

    assert refusal(lambda: asked(found, "Câu nữa", person)) == (
        "Cannot send another question: 20 of yours wait to be read."
    )


@pytest.mark.django_db
def test_questions_without_a_name_are_one_when_they_are_the_same_and_are_not_taken_without_end() -> None:
    found = live()
    anonymous_allowed(found)

    assert asked(found, "Ai?", anonymous=True) == asked(found, "Ai?", anonymous=True)
    for number in range(499):
        asked(found, f"Câu {number}", anonymous=True)
    assert refusal(lambda: asked(found, "Câu nữa", anonymous=True)) == (
        "Cannot send the question: 500 without a name wait to be read already."
    )


@pytest.mark.django_db
def test_empty_and_untimely_questions_are_refused() -> None:
    found = live()

    assert refusal(lambda: asked(found, "  ")) == "Cannot send the question: it is empty."
    assert refusal(lambda: asked(found, anonymous=True)) == (
        "Cannot ask without a name in “Hội thảo chuyển đổi số”: the chair has not allowed it."
    )
    Conduct.objects.create(workshop=found, questions_open=False)
    assert refusal(lambda: asked(found)) == ("Cannot ask in “Hội thảo chuyển đổi số”: no questions are taken now.")


@pytest.mark.django_db
def test_a_question_without_a_name_leads_back_to_nobody() -> None:
    found, person = live(), make.person("Nguyễn Thị Lạ Lùng")
    anonymous_allowed(found)

    question = asked(found, "Ai chịu trách nhiệm?", person, site=site(found), anonymous=True)

    assert (question.person, question.site) == (None, None)
    line = Entry.objects.get(act="workshops.ask")
    assert (line.actor, line.about) == ("machine:anonymous", {"question": question.key})
    with pytest.raises(IntegrityError, match="question_of_nobody"), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(person=person)


@pytest.mark.django_db
def test_text_that_tries_to_be_markup_is_kept_as_it_was_written() -> None:
    assert asked(live(), "<script>alert(1)</script>").text == "<script>alert(1)</script>"


@pytest.mark.django_db(transaction=True)
def test_a_thousand_questions_from_many_at_once_are_all_kept_and_told_without_a_gap() -> None:
    found = live()
    people = [make.person() for _ in range(8)]

    def many(person: Person) -> Callable[[], object]:
        def act() -> None:
            for number in range(125):
                made = asked(found, f"Câu {number}", person)
                Question.objects.filter(pk=made.pk).update(state="open")  # as a moderator reads on meanwhile

        return act

    before = found.told
    assert at_once([many(person) for person in people]) == ["done"] * 8

    assert Question.objects.filter(workshop=found, state="open").count() == 1000
    numbers = list(found.tellings.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, before + 1001))


# ---- votes


@pytest.mark.django_db
def test_a_person_votes_once_and_may_take_it_back() -> None:
    question, person = opened(live()), make.person()

    assert [vote(by=make.BY, question=question, person=person, at=T0) for _again in range(3)] == [1, 1, 1]
    assert vote(by=make.BY, question=question, person=make.person(), at=T0) == 2
    assert take_vote_back(by=make.BY, question=question, person=person) == 1


@pytest.mark.django_db
def test_a_question_that_is_not_open_takes_no_votes() -> None:
    words = "Cannot vote for this question: it is not open."

    assert refusal(lambda: vote(by=make.BY, question=asked(live()), person=make.person(), at=T0)) == words


@pytest.mark.django_db(transaction=True)
def test_votes_of_one_person_from_several_devices_are_one() -> None:
    question, person = opened(live()), make.person()

    assert at_once([lambda: vote(by=make.BY, question=question, person=person, at=T0)] * 6) == ["done"] * 6

    assert votes_of(question) == 1


@pytest.mark.django_db
def test_the_most_wanted_questions_stand_first_and_the_reader_sees_their_own_votes() -> None:
    found, reader = live(), make.person()
    few, many = opened(found, "Ít"), opened(found, "Nhiều")
    for person in (reader, make.person()):
        vote(by=make.BY, question=many, person=person, at=T0)
    vote(by=make.BY, question=few, person=make.person(), at=T0)

    assert [(one.question.text, one.voices, one.mine) for one in shown_to(found, reader, most=9)] == [
        ("Nhiều", 2, True),
        ("Ít", 1, False),
    ]


@pytest.mark.django_db
def test_the_questions_are_read_in_three_queries_however_many_there_are(django_assert_num_queries: Any) -> None:
    for many in (1, 3):
        found = live()
        for number in range(many):
            opened(found, f"Mở {number}")
            written(opened(found, f"Đáp {number}"), "Đã có.", publish=True)
        with django_assert_num_queries(3):
            assert len(shown_to(found, None, most=20)) == 2 * many


# ---- merged, declined, pinned


@pytest.mark.django_db
def test_merged_questions_count_each_person_once() -> None:
    found = live()
    one, other = opened(found, "Một"), opened(found, "Hai")
    both, only = make.person(), make.person()
    for question, person in ((one, both), (other, both), (one, only)):
        vote(by=make.BY, question=question, person=person, at=T0)

    merge(by=ONE, question=one, into=other, at=T0)

    one.refresh_from_db()
    assert (one.state, one.into, votes_of(other)) == ("merged", other, 2)


@pytest.mark.django_db
def test_what_cannot_be_merged_is_refused() -> None:
    found = live()
    one, other, third = opened(found, "Một"), opened(found, "Hai"), opened(found, "Ba")

    assert refusal(lambda: merge(by=ONE, question=one, into=one, at=T0)) == (
        "Cannot merge the question: it is the same one."
    )
    assert refusal(lambda: merge(by=ONE, question=one, into=opened(live()), at=T0)) == (
        "Cannot merge the question: the other one was asked in another workshop."
    )
    merge(by=ONE, question=one, into=other, at=T0)
    assert refusal(lambda: merge(by=ONE, question=third, into=one, at=T0)) == (
        "Cannot merge the question: the other one is merged or declined itself."
    )
    assert refusal(lambda: merge(by=ONE, question=one, into=third, at=T0)) == (
        "Cannot change the question: it is merged into another one."
    )
    assert refusal(lambda: written(one, "Đáp")) == (
        "Cannot answer the question: it is merged into another one. Answer that."
    )


@pytest.mark.django_db(transaction=True)
def test_two_questions_merged_into_each_other_in_one_moment_are_merged_once() -> None:
    found = live()
    one, other = opened(found, "Một"), opened(found, "Hai")

    came = at_once(
        [
            lambda: merge(by=ONE, question=one, into=other, at=T0),
            lambda: merge(by=TWO, question=other, into=one, at=T0),
        ]
    )

    assert sorted(came) in (
        ["Cannot change the question: it is merged into another one.", "done"],
        ["Cannot merge the question: the other one is merged or declined itself.", "done"],
    )
    assert Question.objects.filter(state="merged").count() == 1


@pytest.mark.django_db
def test_whoever_asked_reads_why_a_question_was_declined() -> None:
    question = asked(live())

    assert refusal(lambda: decline(by=ONE, question=question, reason=" ", at=T0)) == (
        "Cannot decline the question: say why, whoever asked reads it."
    )
    declined = decline(by=ONE, question=question, reason="Ngoài chủ đề.", at=T0)
    assert (declined.state, declined.reason) == ("declined", "Ngoài chủ đề.")
    assert let_through(by=ONE, question=question, at=T0).reason == ""


@pytest.mark.django_db
def test_a_question_that_nobody_has_read_does_not_come_on_the_screens() -> None:
    found = live()
    question = asked(found)

    assert refusal(lambda: pin(by=ONE, workshop=found, question=question, at=T0)) == (
        "Cannot put the question on the screens: let it through first."
    )
    let_through(by=ONE, question=question, at=T0)
    pin(by=ONE, workshop=found, question=question, at=T0)
    assert Conduct.objects.get(workshop=found).pinned == question.key
    pin(by=ONE, workshop=found, question=None, at=T0)
    assert Conduct.objects.get(workshop=found).pinned == ""


@pytest.mark.django_db
def test_a_question_that_is_declined_or_merged_leaves_the_screens() -> None:
    found = live()
    rude, same, other = opened(found), opened(found, "Khi nào?"), opened(found, "Bao giờ?")
    takes_down: list[tuple[Question, Callable[[], object]]] = [
        (rude, lambda: decline(by=ONE, question=rude, reason="Không phù hợp.", at=T0)),
        (same, lambda: merge(by=ONE, question=same, into=other, at=T0)),
    ]
    for question, act in takes_down:
        pin(by=ONE, workshop=found, question=question, at=T0)
        assert pinned_of(Conduct.objects.get(workshop=found))["question"] == question  # type: ignore[index]
        act()
        assert Conduct.objects.get(workshop=found).pinned == ""
        assert Telling.objects.filter(workshop=found, kind="pinned").latest("number").about == {"question": ""}


# ---- answered


@pytest.mark.django_db
def test_the_second_of_two_answers_is_kept_beside_and_its_writer_told() -> None:
    question = opened(live())
    first, nobody = written(question, "Quý I.")

    second, other = written(question, "Quý II.", by=TWO)

    assert (nobody, other, second.stands) == (None, first, False)
    assert [(one.text, one.stands) for one in question.replies.order_by("pk")] == [
        ("Quý I.", True),
        ("Quý II.", False),
    ]
    let_stand(by=TWO, reply=second, at=T0)
    assert [(one.text, one.stands) for one in question.replies.order_by("pk")] == [
        ("Quý I.", False),
        ("Quý II.", True),
    ]


@pytest.mark.django_db(transaction=True)
def test_two_moderators_who_answer_in_one_moment_lose_nothing() -> None:
    question = opened(live())

    came = at_once([lambda: written(question, "Một", by=ONE), lambda: written(question, "Hai", by=TWO)])

    assert came == ["done", "done"]
    assert sorted(Reply.objects.values_list("text", flat=True)) == ["Hai", "Một"]
    assert Reply.objects.filter(stands=True).count() == 1


@pytest.mark.django_db
def test_whoever_has_read_the_answer_may_write_it_anew_and_the_one_before_is_kept() -> None:
    question = opened(live())
    first, _nobody = written(question, "Quý I.", publish=True)

    second, other = written(question, "Quý I năm 2027.", read=first.key)

    assert (other, second.stands, second.published_at) == (None, True, None)
    first.refresh_from_db()
    assert (first.stands, first.published_at) == (False, None)


@pytest.mark.django_db
def test_each_language_has_an_answer_of_its_own() -> None:
    question = opened(live())
    written(question, "Quý I.")
    _english, other = written(question, "In the first quarter.", language="en", by=TWO)

    assert other is None
    assert refusal(lambda: written(question, "Au printemps.", language="fr")) == (
        "Cannot save the answer: the workshop does not speak “fr”."
    )
    assert refusal(lambda: written(question, " ")) == "Cannot save the answer: it is empty."


@pytest.mark.django_db
def test_an_answer_is_seen_by_all_when_it_is_published_also_after_the_workshop() -> None:
    found = live()
    question = opened(found)
    written(question, "Quý I.")
    Workshop.objects.filter(pk=found.pk).update(state="over")

    assert [one.replies for one in shown_to(found, None, most=9)] == []
    assert [publish(by=ONE, question=question, at=T0) for _again in range(2)] == [1, 0]
    assert [[reply.text for reply in one.replies] for one in shown_to(found, None, most=9)] == [["Quý I."]]


@pytest.mark.django_db
def test_an_answered_question_is_not_declined_any_more() -> None:
    question = opened(live())
    written(question, "Quý I.")

    assert refusal(lambda: decline(by=TWO, question=question, reason="Muộn", at=T0)) == (
        "Cannot change the question: one has answered it."
    )


# ---- forwarded


@pytest.mark.django_db
def test_a_unit_is_asked_until_a_day_and_its_coordinators_are_told_once() -> None:
    found, ward = live(), make.unit()
    make.user(Role.UNIT_COORDINATOR, on=ward)
    question = opened(found)

    made = forward(by=ONE, question=question, unit=ward, due_on=TODAY, at=T0, on=TODAY)

    assert [one.pk for one in open_for([ward.pk])] == [made.pk]
    assert Notice.objects.filter(template="workshops.question_forwarded").count() == 1
    for _again in range(2):
        remind_due(by=ONE, forwardings=due_within(2, on=TODAY), at=T0)
    assert Notice.objects.filter(template="workshops.question_due").count() == 1


@pytest.mark.django_db
def test_one_unit_at_a_time_is_asked_and_only_for_a_day_to_come() -> None:
    question, ward = opened(live()), make.unit(name="Hiệp Phú")

    assert (
        refusal(
            lambda: forward(by=ONE, question=question, unit=ward, due_on=TODAY - timedelta(days=1), at=T0, on=TODAY)
        )
        == "Cannot forward the question: its deadline 30/11/2026 has passed already."
    )
    forward(by=ONE, question=question, unit=ward, due_on=TODAY, at=T0, on=TODAY)
    assert refusal(lambda: forward(by=ONE, question=question, unit=make.unit(), due_on=TODAY, at=T0, on=TODAY)) == (
        "Cannot forward the question: Phường Hiệp Phú is asked already. Take that back first."
    )
    take_back(by=ONE, question=question, at=T0)
    forward(by=ONE, question=question, unit=make.unit(), due_on=TODAY, at=T0, on=TODAY)


@pytest.mark.django_db
def test_an_answer_ends_what_a_unit_was_asked() -> None:
    question, ward = opened(live()), make.unit()
    forward(by=ONE, question=question, unit=ward, due_on=TODAY, at=T0, on=TODAY)

    written(question, "Quý I.")

    assert (list(open_for([ward.pk])), Forwarding.objects.get().ended_at) == ([], T0 + MINUTE)


@pytest.mark.django_db
def test_a_unit_whose_question_was_taken_back_meanwhile_does_not_answer_it() -> None:
    question = opened(live())
    asked_of = forward(by=ONE, question=question, unit=make.unit(), due_on=TODAY, at=T0, on=TODAY)
    take_back(by=ONE, question=question, at=T0)

    assert refusal(lambda: written(question, "Quý I.", asked=asked_of)) == (
        "Cannot answer the question: it has been answered or taken back meanwhile."
    )


@pytest.mark.django_db
def test_what_is_due_soon_or_late_is_reminded_of_and_nothing_else() -> None:
    found, ward = live(), make.unit()
    for days in (0, 2, 3):
        due = TODAY + timedelta(days=days)
        forward(by=ONE, question=opened(found, f"Câu {days}"), unit=ward, due_on=due, at=T0, on=TODAY)

    assert [one.question.text for one in due_within(2, on=TODAY)] == ["Câu 0", "Câu 2"]


# ---- told


@pytest.mark.django_db
def test_each_number_opens_exactly_its_questions_and_the_minutes_know_all() -> None:
    found = live()
    held, open_one, forwarded, done, seen, no, gone = (
        asked(found, "Chờ"),
        opened(found, "Mở"),
        opened(found, "Chuyển"),
        opened(found, "Xong"),
        opened(found, "Công bố"),
        asked(found, "Không"),
        opened(found, "Trùng"),
    )
    forward(by=ONE, question=forwarded, unit=make.unit(), due_on=TODAY, at=T0, on=TODAY)
    written(done, "Đáp")
    written(seen, "Đáp", publish=True)
    decline(by=ONE, question=no, reason="Không", at=T0)
    merge(by=ONE, question=gone, into=open_one, at=T0)

    rows = {name: {one.pk for one in rows_in(found, show=name)} for name in IN_STATE}

    assert rows == {
        "held": {held.pk},
        "open": {open_one.pk},
        "forwarded": {forwarded.pk},
        "unpublished": {done.pk},
        "answered": {done.pk, seen.pk},
        "declined": {no.pk},
        "merged": {gone.pk},
    }
    assert count_questions(found) == {name: len(found_rows) for name, found_rows in rows.items()}
    assert [one.text for one in unanswered(found)] == ["Chờ", "Mở", "Chuyển"]
    assert [one.text for one in answered(found)] == ["Xong", "Công bố"]


@pytest.mark.django_db(transaction=True)
def test_a_vote_and_a_merge_in_one_moment_lose_no_voice() -> None:
    found, voters = live(), [make.person() for _ in range(4)]
    one, other = opened(found, "Một"), opened(found, "Hai")

    def cast(person: Person) -> Callable[[], object]:
        return lambda: vote(by=make.BY, question=one, person=person, at=T0)

    came = at_once([*(cast(person) for person in voters), lambda: merge(by=ONE, question=one, into=other, at=T0)])

    said = came[:-1].count("done")
    assert came[-1] == "done"
    assert Vote.objects.filter(question=other).count() == said
    connection.close()
