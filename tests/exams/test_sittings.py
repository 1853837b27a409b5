"""The organiser's desk and the candidate's plain pages: from the list to the published points."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from exams.sat import QUESTIONS, T0, act, attempts, events, paper, sitting

from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Person, Role, Unit
from lantoa.exams.actions.answering import hand_in, save_answer, start
from lantoa.exams.actions.log import Kind, write
from lantoa.exams.actions.marking import judge, mark_sitting, publish_results
from lantoa.exams.actions.sittings import give_time, make_sitting, mark_attempts, start_now, take_late
from lantoa.exams.models import Answer, Attempt, LastSeen, Paper, Sitting, Variant
from lantoa.exams.queries.log import log_of
from lantoa.exams.queries.sittings import count_rows, due_for_marking, rows_of, unmarked_answers
from lantoa.exams.rules.answers import findings, fingerprint
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)

OPTIONS = [{"id": "a", "text": "<p>Một</p>"}, {"id": "b", "text": "<p>Hai</p>"}, {"id": "c", "text": "<p>Ba</p>"}]
KINDS: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], Any]] = [
    # kind, what is shown beside its text, its key, what is posted, the answer in the log
    ("single", {"options": OPTIONS}, {"options": {"a": "0", "b": "1", "c": "0"}}, {"answer": "b"}, "b"),
    (
        "multiple",
        {"options": OPTIONS},
        {"options": {"a": "1/2", "b": "1/2", "c": "0"}},
        {"answer": ["a", "b"]},
        ["a", "b"],
    ),
    (
        "truefalse",
        {"options": [{"id": "true", "text": ""}, {"id": "false", "text": ""}]},
        {"options": {"true": "1", "false": "0"}},
        {"answer": "true"},
        "true",
    ),
    (
        "matching",
        {"lefts": [{"id": "1", "text": "x"}, {"id": "2", "text": "y"}], "rights": OPTIONS},
        {"pairs": {"1": "c", "2": "a"}},
        {"pair_1": "c", "pair_2": "a"},
        {"1": "c", "2": "a"},
    ),
    (
        "ordering",
        {"options": OPTIONS},
        {"order": ["c", "a", "b"]},
        {"place_a": "2", "place_b": "3", "place_c": "1"},
        ["c", "a", "b"],
    ),
    (
        "numeric",
        {},
        {"answers": [{"text": "3.14", "tolerance": "0.01", "share": "1"}]},
        {"answer": "3,14"},
        "3,14",
    ),
    (
        "short",
        {},
        {"answers": [{"text": "Chữ ký số", "tolerance": "0", "share": "1"}], "marks": True, "case": False},
        {"answer": " chữ ký số. "},
        "chữ ký số.",
    ),
    (
        "long",
        {"words": 100},
        {"rubric": "<p>Rõ việc</p>"},
        {"answer": "Dòng một\r\nDòng hai"},
        "Dòng một\r\nDòng hai",
    ),
]


def all_kinds(*, of: list[Any] = KINDS) -> Paper:
    """A paper with a question of each kind, a point each."""
    made = Paper.objects.create(
        unit=make.unit("Thử", kind="Tỉnh", level=Level.PROVINCE), title="Đề thử", made_by="machine:test", made_at=T0
    )
    Variant.objects.create(
        paper=made,
        number=1,
        seed=1,
        content=[
            {"id": f"0{kind}", "kind": kind, "text": f"<p>Câu {kind}</p>", "points": "1", **shown}
            for kind, shown, *_rest in of
        ],
        keys={
            f"0{kind}": {"points": "1", "penalty": "0", "partial": True, **key} for kind, _shown, key, *_rest in of
        },
        made_by="machine:test",
        made_at=T0,
    )
    return made


def candidate(of: Sitting, place: int = 0) -> tuple[Attempt, Client]:
    """One of its people, in their browser."""
    attempt = attempts(of)[place]
    account = make.user(is_person=attempt.person)
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(account)
    return attempt, client


def officer(unit: Unit) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=unit))
    return client


def running(people: int = 1, of: Paper | None = None, **fields: Any) -> Sitting:
    """A sitting that began a minute ago, by the real clock."""
    return sitting(people, paper=of or paper(), starts_at=timezone.now() - MINUTE, **fields)


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def refusal(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return str(refused.value)


# ---- the candidate


def test_a_candidate_answers_every_kind_of_question_in_plain_forms_and_gets_the_right_points() -> None:
    of = running(of=all_kinds())
    attempt, client = candidate(of)
    first = client.post(reverse("exams:my_exam_start", args=[attempt.key]))
    assert first.headers["Location"] == reverse("exams:my_exam_question", args=[attempt.key, 1])

    for number, (_kind, _shown, _key, posted, _logged) in enumerate(KINDS, 1):
        address = reverse("exams:my_exam_question", args=[attempt.key, number])
        assert client.get(address).status_code == 200
        saved = client.post(address, {**posted, "go": "next"})
        assert saved.status_code == 302, text_of(saved)

    log = log_of([attempt])[attempt.pk]
    assert [json.loads(Answer.objects.get(question=f"0{kind}").value) for kind, *_rest in KINDS] == [
        logged for *_before, logged in KINDS
    ]
    found = findings(log, attempt=attempt.key, ends=None, handed_in_at=None)
    assert (found.devices, found.missing, found.broken, found.forked, found.jumped) == (1, 0, 0, 0, 0)

    assert client.post(reverse("exams:my_exam_hand_in", args=[attempt.key])).status_code == 302
    attempt.refresh_from_db()
    assert (attempt.points, attempt.out_of, attempt.unmarked) == (Decimal(7), Decimal(8), 1)


def test_what_was_answered_is_shown_again_in_its_fields_and_can_be_taken_back() -> None:
    attempt, client = candidate(running(of=all_kinds()))
    client.post(reverse("exams:my_exam_start", args=[attempt.key]))
    address = reverse("exams:my_exam_question", args=[attempt.key, 2])
    client.post(address, {"answer": ["a", "c"], "go": "list"})

    page = text_of(client.get(address))
    assert page.count(" checked") == 2
    assert "saved at the centre" in page

    client.post(address, {"go": "list"})
    assert text_of(client.get(address)).count(" checked") == 0
    assert list(Answer.objects.order_by("id").values_list("sequence", "value")) == [(1, '["a", "c"]'), (2, "null")]


def test_the_same_answer_sent_again_is_one_event() -> None:
    of = sitting()
    (one,) = attempts(of)
    start(by=make.BY, attempt=one, at=T0)

    for seconds in range(3):
        at = T0 + timedelta(seconds=seconds)
        save_answer(by=make.BY, attempt=one, question=QUESTIONS[0], answer="b", at=at)

    assert list(Answer.objects.values_list("sequence", "received_at")) == [(1, T0)]


def test_an_answer_given_on_the_page_after_another_device_counts_as_the_latest() -> None:
    (one,) = attempts(sitting())
    start(by=make.BY, attempt=one, at=T0)
    save_answer(by=make.BY, attempt=one, question=QUESTIONS[0], answer="a", at=T0)
    write([act(Kind.ANSWERS, one, T0 + MINUTE, events(one, (QUESTIONS[0], "b")))])

    save_answer(by=make.BY, attempt=one, question=QUESTIONS[0], answer="a", at=T0 + 2 * MINUTE)
    hand_in(by=make.BY, attempt=Attempt.objects.get(pk=one.pk), at=T0 + 3 * MINUTE)

    assert Attempt.objects.get(pk=one.pk).points == 0
    assert Answer.objects.count() == 3


@pytest.mark.parametrize(
    ("number", "posted", "words"),
    [
        (5, {"place_a": "1", "place_b": "1"}, "Give each line a place, and each place to one line only."),
        (6, {"answer": "ba phẩy một bốn"}, "Write a number, such as 3,14"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_words_and_nothing_is_written(
    number: int, posted: dict[str, str], words: str
) -> None:
    attempt, client = candidate(running(of=all_kinds()))
    client.post(reverse("exams:my_exam_start", args=[attempt.key]))

    answer = client.post(reverse("exams:my_exam_question", args=[attempt.key, number]), posted)

    assert (answer.status_code, words in text_of(answer), Answer.objects.count()) == (422, True, 0)


def test_the_waiting_page_asks_again_by_itself_and_starting_too_early_is_refused() -> None:
    attempt, client = candidate(sitting(starts_at=None))

    page = text_of(client.get(reverse("exams:my_exam", args=[attempt.key])))
    early = client.post(reverse("exams:my_exam_start", args=[attempt.key]))

    assert 'http-equiv="refresh"' in page and "The exam has not begun yet." in page
    assert early.status_code == 409
    assert "Cannot start Kiểm tra cuối khóa: it has not begun yet." in text_of(early)


def test_starting_after_the_end_answering_and_handing_in_before_the_start_are_refused() -> None:
    (one,) = attempts(sitting())

    assert refusal(lambda: start(by=make.BY, attempt=one, at=T0 + 60 * MINUTE)) == (
        "Cannot start Kiểm tra cuối khóa: its time is over."
    )
    assert refusal(lambda: save_answer(by=make.BY, attempt=one, question=QUESTIONS[0], answer="b", at=T0)) == (
        "Cannot save the answer in Kiểm tra cuối khóa: start the exam first."
    )
    assert refusal(lambda: hand_in(by=make.BY, attempt=one, at=T0)) == (
        "Cannot hand in Kiểm tra cuối khóa: start the exam first."
    )


def test_handing_in_asks_first_and_names_what_is_not_answered() -> None:
    attempt, client = candidate(running(of=paper()))
    client.post(reverse("exams:my_exam_start", args=[attempt.key]))
    save_answer(by=make.BY, attempt=attempt, question=QUESTIONS[1], answer="b", at=timezone.now())

    asked = text_of(client.get(reverse("exams:my_exam_hand_in", args=[attempt.key])))

    assert "Not answered: question 1, 3." in asked
    attempt.refresh_from_db()
    assert attempt.handed_in_at is None


def test_an_answer_after_the_end_is_kept_and_the_candidate_is_told_that_it_came_late() -> None:
    attempt, client = candidate(sitting(starts_at=timezone.now() - 31 * MINUTE, paper=all_kinds()))
    write([act(Kind.START, attempt, timezone.now() - 20 * MINUTE)])

    told = client.post(
        reverse("exams:my_exam_question", args=[attempt.key, 1]), {"answer": "b", "go": "next"}, follow=True
    )

    assert "Your answer came late. It is kept, and a person decides whether it counts." in text_of(told)
    assert Answer.objects.count() == 1
    mark_attempts(by=make.BY, attempts=[attempt], at=timezone.now())
    assert Attempt.objects.get(pk=attempt.pk).points == 0


def test_no_answer_key_reaches_the_pages_of_a_candidate() -> None:
    attempt, client = candidate(running(of=all_kinds()))
    client.post(reverse("exams:my_exam_start", args=[attempt.key]))

    pages = [reverse("exams:my_exam", args=[attempt.key])]
    pages += [reverse("exams:my_exam_question", args=[attempt.key, number]) for number in range(1, 9)]

    said = "".join(text_of(client.get(page)) for page in pages)
    assert [word for word in ("3.14", "Chữ ký số", "Rõ việc") if word in said] == []


def test_the_exam_of_somebody_else_is_not_found() -> None:
    of = running(2)
    _mine, client = candidate(of)
    other = attempts(of)[1]

    for name in ("my_exam", "my_exam_hand_in"):
        assert client.get(reverse(f"exams:{name}", args=[other.key])).status_code == 404
    assert client.post(reverse("exams:my_exam_question", args=[other.key, 1]), {"answer": "b"}).status_code == 404
    assert client.get(reverse("exams:my_exam_question", args=[other.key, 9])).status_code == 404


def test_the_points_are_seen_once_they_are_published_and_not_before() -> None:
    of = running()
    attempt, client = candidate(of)
    start(by=make.BY, attempt=attempt, at=timezone.now())
    save_answer(by=make.BY, attempt=attempt, question=QUESTIONS[0], answer="b", at=timezone.now())
    hand_in(by=make.BY, attempt=Attempt.objects.get(pk=attempt.pk), at=timezone.now())
    address = reverse("exams:my_exam", args=[attempt.key])

    before = text_of(client.get(address))
    publish_results(by=make.BY, sitting=of, at=timezone.now())
    after = text_of(client.get(address))

    assert ("1 of 3 points" in before, "1 of 3 points" in after) == (False, True)


def test_a_list_of_exams_and_an_exam_cost_the_same_queries_for_one_and_for_three(
    django_assert_num_queries: Any,
) -> None:
    person = make.person()
    client = Client()
    client.force_login(make.user(is_person=person))
    for count in (1, 3):
        while Attempt.objects.filter(person=person).count() < count:
            of = paper()
            make_sitting(by=make.BY, unit=of.unit, paper=of, title="Thi", people=[person], minutes=30, at=T0)
        with django_assert_num_queries(6):
            client.get(reverse("exams:my_exams"))


# ---- the organiser


def made_by_form(client: Client, of: Paper, unit: Unit, **fields: Any) -> Any:
    said = {
        "title": "Thi thử",
        "paper": of.key,
        "start": "button",
        "minutes": "30",
        "late_minutes": "60",
        "whom": "all",
    }
    return client.post(f"{reverse('exams:sitting_new')}?unit={unit.key}", {**said, **fields})


def test_an_exam_is_made_for_all_people_of_a_unit_or_for_those_ticked() -> None:
    of = paper()
    ward = make.unit(under=of.unit)
    one, _two = make.person(at=of.unit), make.person(at=ward)
    client = officer(of.unit)

    assert made_by_form(client, of, of.unit).status_code == 302
    assert made_by_form(client, of, of.unit, whom="some", people=[one.key]).status_code == 302

    assert [made.sat.count() for made in Sitting.objects.order_by("id")] == [2, 1]
    assert "Tick at least one person." in text_of(made_by_form(client, of, of.unit, whom="some"))
    assert "nobody is on its list." in text_of(made_by_form(client, of, make.unit(under=of.unit)))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"start": "hour"}, "Say when it begins."),
        ({"start": "window", "starts_at": "2026-12-01T08:00"}, "Say when it ends."),
        (
            {"start": "window", "starts_at": "2026-12-01T08:00", "closes_at": "2026-12-01T08:00"},
            "It must end after it begins.",
        ),
    ],
)
def test_times_that_cannot_be_are_refused(fields: dict[str, str], words: str) -> None:
    of = paper()
    make.person(at=of.unit)

    answer = made_by_form(officer(of.unit), of, of.unit, **fields)

    assert (answer.status_code, words in text_of(answer), Sitting.objects.count()) == (422, True, 0)


def test_an_exam_within_a_window_keeps_its_hours() -> None:
    of = paper()
    make.person(at=of.unit)
    times = {"start": "window", "starts_at": "2026-12-01T08:00", "closes_at": "2026-12-02T17:30"}

    made_by_form(officer(of.unit), of, of.unit, **times)

    made = Sitting.objects.get()
    local = [f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" for moment in (made.starts_at, made.closes_at) if moment]
    assert (made.together, local) == (False, ["2026-12-01 08:00", "2026-12-02 17:30"])


def test_a_unit_and_a_paper_outside_ones_care_are_not_to_be_had() -> None:
    of, foreign = paper(), paper()
    make.person(at=of.unit)
    client = officer(of.unit)

    assert client.get(f"{reverse('exams:sitting_new')}?unit={foreign.unit.key}").status_code == 404
    assert made_by_form(client, foreign, of.unit).status_code == 422


def test_the_numbers_of_an_exam_open_exactly_their_rows() -> None:
    of = sitting(people=6)
    waiting, working, silent, done, late, odd = attempts(of)
    now = T0 + 10 * MINUTE
    write([act(Kind.START, one, T0 + MINUTE) for one in (working, silent, done, late)])
    write([act(Kind.ANSWERS, working, now - MINUTE, events(working, (QUESTIONS[0], "b")))])
    write([act(Kind.HAND_IN, one, T0 + 2 * MINUTE) for one in (done, late)])
    write([act(Kind.ANSWERS, late, T0 + 3 * MINUTE, events(late, (QUESTIONS[0], "b")))])
    write([act(Kind.FOREIGN, odd)])
    mark_attempts(by=make.BY, attempts=[done], at=now)

    rows = {name: {row.pk for row in rows_of(of, show=name, at=now)} for name in count_rows(of, at=now)}

    assert rows == {
        "people": {waiting.pk, working.pk, silent.pk, done.pk, late.pk, odd.pk},
        "waiting": {waiting.pk, odd.pk},
        "started": {working.pk, silent.pk},
        "silent": {silent.pk},
        "handed_in": {done.pk, late.pk},
        "late": {late.pk},
        "incidents": {odd.pk},
        "marked": {done.pk},
    }
    assert count_rows(of, at=now) == {name: len(found) for name, found in rows.items()}


@pytest.mark.parametrize("fields", [{}, {"together": False, "closes_at": T0 + 20 * MINUTE}, {"starts_at": None}])
@pytest.mark.parametrize("ended", [None, T0 + 15 * MINUTE])
def test_the_database_reckons_the_end_of_an_attempt_as_the_rules_do(
    fields: dict[str, Any], ended: datetime | None
) -> None:
    of = sitting(people=2, **fields)
    Sitting.objects.filter(pk=of.pk).update(ended_at=ended)
    of.refresh_from_db()
    first, _second = attempts(of)
    assert count_rows(of, at=T0)["waiting"] == 2
    give_time(by=make.BY, attempt=first, minutes=7, reason="line")
    Attempt.objects.filter(pk=first.pk).update(started_at=T0 + MINUTE)

    for row in rows_of(of, show="people", at=T0).select_related("sitting"):
        if row.started_at is not None or of.together:
            assert row.time_over == row.ends_at()  # type: ignore[attr-defined]


def test_an_organiser_starts_gives_time_with_a_reason_lets_late_answers_count_marks_and_publishes() -> None:
    of = sitting(starts_at=None)
    client = officer(of.unit)
    (one,) = attempts(of)

    def post(name: str, key: str, **said: str) -> int:
        return client.post(reverse(f"exams:{name}", args=[key]), said).status_code

    assert client.get(reverse("exams:sitting_start", args=[of.key])).status_code == 200
    assert (post("sitting_start", of.key), post("sitting_start", of.key)) == (302, 409)
    assert post("sitting_time", one.key, minutes="5") == 422
    assert post("sitting_time", one.key, minutes="5", reason="line") == 302
    assert Entry.objects.get(act="exams.give_time").about == {"minutes": 5, "before": 0, "reason": "line"}

    now = timezone.now()
    write([act(Kind.START, one, now), act(Kind.HAND_IN, one, now)])
    write([act(Kind.ANSWERS, one, timezone.now(), events(one, (QUESTIONS[0], "b")))])
    assert post("sitting_mark", of.key) == 302
    assert Attempt.objects.get().points == 0
    assert post("sitting_late", one.key) == 302
    assert Attempt.objects.get().points == 1
    assert (post("sitting_publish", of.key), post("sitting_publish", of.key)) == (302, 409)
    assert (post("sitting_end", of.key), post("sitting_end", of.key)) == (302, 409)
    page = text_of(client.get(reverse("exams:sitting", args=[of.key])))
    assert ("1/3" in page, "late answers count" in page) == (True, True)


def test_before_it_begins_nothing_is_offered_that_needs_its_work_and_the_button_says_who_is_there() -> None:
    of = sitting(3, starts_at=None, late_minutes=24 * 60)
    LastSeen.objects.create(attempt=attempts(of)[0], opened_at=timezone.now())
    client, page = officer(of.unit), reverse("exams:sitting", args=[of.key])
    offered = ("Mark what is done", "Publish the results", "Correct a wrong key, mark anew")

    before = text_of(client.get(page))
    asks = text_of(client.get(reverse("exams:sitting_start", args=[of.key])))
    start_now(by=make.BY, sitting=of, at=timezone.now())
    begun = text_of(client.get(page))

    assert [words in before for words in offered] == [False, False, False]
    assert [words in begun for words in offered] == [True, True, True]
    assert "24 hours" in before
    assert "1 of 3 people have the waiting page open." in asks


def test_only_those_whose_work_is_done_are_marked_so_many_at_a_time() -> None:
    of = sitting(people=4)
    done, over, working, _absent = attempts(of)
    write([act(Kind.START, one, T0) for one in (done, over, working)])
    write([act(Kind.HAND_IN, done, T0 + MINUTE)])
    give_time(by=make.BY, attempt=working, minutes=60)

    first = mark_sitting(by=make.BY, sitting=of, at=T0 + 40 * MINUTE, most=1)
    second = mark_sitting(by=make.BY, sitting=of, at=T0 + 40 * MINUTE)

    assert [(one.now, one.left) for one in (first, second)] == [(1, 1), (1, 0)]
    assert not due_for_marking(of, at=T0 + 40 * MINUTE).exists()
    assert set(Attempt.objects.filter(marked_at__isnull=False)) == {done, over}


def test_extra_time_after_marking_takes_the_points_back_until_it_is_marked_anew() -> None:
    of = sitting()
    (one,) = attempts(of)
    write([act(Kind.START, one, T0)])
    mark_sitting(by=make.BY, sitting=of, at=T0 + 40 * MINUTE)

    give_time(by=make.BY, attempt=one, minutes=30)
    save_answer(by=make.BY, attempt=one, question=QUESTIONS[0], answer="b", at=T0 + 45 * MINUTE)
    assert Attempt.objects.get().points is None
    mark_sitting(by=make.BY, sitting=of, at=T0 + 61 * MINUTE)

    assert Attempt.objects.get().points == 1


def test_the_list_and_the_page_of_an_exam_cost_the_same_queries_for_one_and_for_three(
    django_assert_num_queries: Any,
) -> None:
    of = paper()
    client = officer(of.unit)
    for count in (1, 3):
        made = sitting(people=count, paper=of)
        for one in attempts(made):
            write([act(Kind.START, one)])
        with django_assert_num_queries(PAGE_QUERIES):
            client.get(reverse("exams:sitting", args=[made.key]))
    Sitting.objects.update(unit=of.unit)
    with django_assert_num_queries(LIST_QUERIES):
        assert text_of(client.get(reverse("exams:sittings"))).count("Kiểm tra cuối khóa") == 2
    for _ in range(2):
        sitting(paper=of)
    with django_assert_num_queries(LIST_QUERIES):
        client.get(reverse("exams:sittings"))


PAGE_QUERIES, LIST_QUERIES = 12, 7


# ---- marks by people


def written(of: Sitting, person: Person | None = None, said: str = "Sẽ họp tổ") -> Attempt:
    """Somebody who gave a long answer and handed in."""
    one = attempts(of)[0]
    start(by=make.BY, attempt=one, at=T0)
    save_answer(by=make.BY, attempt=one, question="0long", answer=said, at=T0)
    one.refresh_from_db()
    hand_in(by=make.BY, attempt=one, at=T0 + MINUTE)
    one.refresh_from_db()
    return one


def test_a_person_marks_long_answers_without_seeing_the_name() -> None:
    of = sitting(paper=all_kinds())
    one = written(of)
    client = officer(of.unit)
    address = reverse("exams:sitting_answers", args=[of.key])

    page = text_of(client.get(address))
    assert ("Sẽ họp tổ" in page, "Rõ việc" in page, one.person.full_name in page) == (True, True, False)
    said = {"attempt": one.key, "question": "0long", "of": fingerprint("Sẽ họp tổ")}
    assert client.post(address, {**said, "points": "x"}).status_code == 422
    assert client.post(address, {**said, "points": "0.5"}).status_code == 302

    one.refresh_from_db()
    assert (one.points, one.unmarked) == (Decimal("0.5"), 0)
    assert unmarked_answers(of, most=10) == []
    judge(by=make.BY, attempt=one, question="0long", of=said["of"], points=Decimal(1), at=T0)
    assert Attempt.objects.get().points == 1


def test_points_that_cannot_be_given_are_refused() -> None:
    of = sitting(paper=all_kinds())
    one = written(of)
    said: dict[str, Any] = {"by": make.BY, "attempt": one, "at": T0, "of": fingerprint("Sẽ họp tổ")}

    assert refusal(lambda: judge(question="0single", points=Decimal(1), **said)) == (
        "Cannot give points: this question is not one that people mark."
    )
    assert refusal(lambda: judge(question="0long", points=Decimal(2), **said)) == (
        "Cannot give 2 points: from 0 to 1 are possible."
    )
    assert refusal(lambda: judge(question="0long", points=Decimal(1), **{**said, "of": fingerprint("Khác")})) == (
        "Cannot give points: the answer is not the one that you read. Open the page again."
    )
    Attempt.objects.update(marked_at=None, points=None)
    assert refusal(lambda: judge(question="0long", points=Decimal(1), **said)) == (
        "Cannot give points: this candidate is still at work."
    )


def test_results_are_not_published_before_everybody_is_marked_whole() -> None:
    of = sitting(paper=all_kinds())
    one = written(of)

    assert refusal(lambda: publish_results(by=make.BY, sitting=of, at=T0)) == (
        "Cannot publish the results of Kiểm tra cuối khóa: 1 people are not marked whole, 0 are."
    )
    judge(by=make.BY, attempt=one, question="0long", of=fingerprint("Sẽ họp tổ"), points=Decimal(1), at=T0)
    publish_results(by=make.BY, sitting=of, at=T0)
    assert refusal(lambda: publish_results(by=make.BY, sitting=of, at=T0)) == (
        "Cannot publish the results of Kiểm tra cuối khóa: they are published."
    )


def test_where_many_units_are_in_care_the_one_meant_is_looked_for_by_name() -> None:
    city = make.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE)
    for name in ("Phước Long A", "Phước Long B", *(f"Ấp {number}" for number in range(1, 100))):
        make.unit(name, kind="Phường", level=Level.COMMUNE, under=city)
    client = Client()
    client.force_login(make.user(Role.ADMINISTRATOR, on=city))
    page = reverse("exams:sitting_new")
    assert client.get(page).content.decode().count("<option") == 0
    assert client.get(page, {"q": "phuoc long"}).content.decode().count("<option") == 3  # "choose", A and B
    assert client.get(page, {"q": "không có"}).content.decode().count("<option") == 0


def test_published_results_are_not_taken_back_by_more_time() -> None:
    of = sitting()
    (one,) = attempts(of)
    write([act(Kind.START, one, T0)])
    mark_sitting(by=make.BY, sitting=of, at=T0 + 40 * MINUTE)
    publish_results(by=make.BY, sitting=of, at=T0 + 41 * MINUTE)

    with pytest.raises(Refused) as refused:
        give_time(by=make.BY, attempt=one, minutes=30)

    assert str(refused.value) == "Cannot give extra time in Kiểm tra cuối khóa: its results are published."
    assert Attempt.objects.get().points == 0


def test_late_answers_of_somebody_at_work_or_never_there_are_no_matter_of_decision() -> None:
    working, absent = attempts(sitting(2))
    write([act(Kind.START, working, T0)])

    for one in (working, absent):
        with pytest.raises(Refused) as refused:
            take_late(by=make.BY, attempt=one, at=T0 + MINUTE)
        assert str(refused.value) == (
            "Cannot let late answers count in Kiểm tra cuối khóa: this candidate is still at work, or has never "
            "started."
        )


def test_what_comes_after_the_decision_waits_for_another_one() -> None:
    of = sitting()
    (one,) = attempts(of)
    write([act(Kind.START, one, T0)])
    write([act(Kind.ANSWERS, one, T0 + 40 * MINUTE, events(one, (QUESTIONS[0], "b")))])
    take_late(by=make.BY, attempt=one, at=T0 + 50 * MINUTE)
    write([act(Kind.ANSWERS, one, T0 + 60 * MINUTE, events(one, (QUESTIONS[1], "b"), device="device11"))])

    mark_attempts(by=make.BY, attempts=[one], at=T0 + 61 * MINUTE)
    assert (Attempt.objects.get().points, count_rows(of, at=T0 + 61 * MINUTE)["late"]) == (1, 1)

    take_late(by=make.BY, attempt=one, at=T0 + 70 * MINUTE)
    assert (Attempt.objects.get().points, count_rows(of, at=T0 + 71 * MINUTE)["late"]) == (2, 0)
