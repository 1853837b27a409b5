"""A key was wrong: what counts instead, what that changes, and what was before."""

import random
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import factories as make
import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from exams.banked import END, ids, paper_of, sat, shown, single, sitting_of
from exams.sat import T0, act, attempts, events
from exams.test_analysis import key_of
from exams.test_sittings import candidate, officer, refusal, text_of
from office.conftest import Workers, row, until
from office.conftest import workers as workers_of_the_office

from lantoa.exams.actions.invigilating import give_room_time
from lantoa.exams.actions.log import Kind, write
from lantoa.exams.actions.marking import mark_sitting, publish_results
from lantoa.exams.actions.remarking import change_key
from lantoa.exams.actions.rooms import add_room, move_candidates
from lantoa.exams.actions.sittings import give_time, mark_attempts, take_late
from lantoa.exams.models import KeyChange, PointsChange, Sitting
from lantoa.exams.queries.analysis import rows_in, summary_of, variants_of
from lantoa.exams.queries.corrections import corrections_in
from lantoa.exams.queries.remarking import would_change
from lantoa.exams.rules.content import Answer, Content, Option, Pair
from lantoa.exams.rules.corrections import Correction, corrected
from lantoa.exams.views import marking
from lantoa.ledger.models import Entry
from lantoa.office.actions.jobs import start_job
from lantoa.office.actions.worker import Worker
from lantoa.office.models import Job

workers = workers_of_the_office
HALF = Fraction(1, 2)
B_IS_RIGHT = Correction("key", {"options": {"a": "0", "b": "1", "c": "0", "d": "0"}})
EVERYONE, DROPPED, PAPER = (Correction(rule) for rule in ("everyone", "dropped", "paper"))


def held(people: int = 3, **questions: Content) -> Sitting:
    """Q1 and Q2, right is A; the first answers A and B, the second A and A, the third nothing."""
    return sitting_of(paper_of(questions or {code: single(f"Câu {code}") for code in ("Q1", "Q2")}), people)


def answered() -> Sitting:
    of = held()
    sat(of, [{"Q1": "a", "Q2": "b"}, {"Q1": "a", "Q2": "a"}, {}])
    return of


def points(of: Sitting) -> list[tuple[int, int]]:
    return [(int(one.points or 0), int(one.out_of or 0)) for one in attempts(of)]


def correct(of: Sitting, correction: Correction, code: str = "Q2", **more: Any) -> Any:
    said: dict[str, Any] = {"by": make.BY, "sitting": of, "question": key_of(of, code), "correction": correction}
    return change_key(**{**said, "reason": "Đáp án ghi nhầm", "at": END, **more})


# ---- what counts


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("correction", "after"),
    [
        (B_IS_RIGHT, [(2, 2), (1, 2), (0, 2)]),
        (Correction("key", {"options": {"a": "1", "b": "1", "c": "0", "d": "0"}}), [(2, 2), (2, 2), (0, 2)]),
        (EVERYONE, [(2, 2), (2, 2), (1, 2)]),
        (DROPPED, [(1, 1), (1, 1), (0, 1)]),
    ],
)
def test_what_a_correction_makes_of_the_points(correction: Correction, after: list[tuple[int, int]]) -> None:
    of = answered()
    before = points(of)
    frozen = [(one.content, one.keys) for one in variants_of(of)]
    previewed = would_change(of, key_of(of, "Q2"), correction, least=HALF)

    done = correct(of, correction)

    assert before == [(1, 2), (2, 2), (0, 2)]
    assert points(of) == after
    assert [(one.content, one.keys) for one in variants_of(of)] == frozen
    assert done.people == len(previewed.rows) == sum(1 for old, new in zip(before, after, strict=True) if old != new)
    assert {one.attempt.pk: (one.points, one.out_of) for one in previewed.rows} == {
        one.attempt_id: (one.points, one.out_of) for one in PointsChange.objects.all()
    }


@pytest.mark.django_db
def test_a_preview_counts_who_passes_more_and_who_no_longer_and_changes_nothing() -> None:
    of = answered()

    found = would_change(of, key_of(of, "Q2"), B_IS_RIGHT, least=Fraction(1))

    assert (found.people, len(found.rows), found.pass_more, found.fail_more) == (3, 2, 1, 1)
    assert [one.better for one in found.rows].count(True) == 1
    assert (points(of), KeyChange.objects.count()) == ([(1, 2), (2, 2), (0, 2)], 0)


@pytest.mark.django_db
def test_the_last_correction_counts_and_one_can_be_taken_back() -> None:
    of = answered()
    for correction, total in ((EVERYONE, 5), (DROPPED, 2), (B_IS_RIGHT, 3), (PAPER, 3)):
        correct(of, correction)
        assert sum(got for got, _most in points(of)) == total

    assert points(of) == [(1, 2), (2, 2), (0, 2)]
    assert [change.rule for change in KeyChange.objects.order_by("id")] == ["everyone", "dropped", "key", "paper"]


@pytest.mark.django_db
def test_a_number_and_words_get_other_answers() -> None:
    of = held(
        2,
        N=Content("numeric", "Bao nhiêu?", answers=(Answer("8"),)),
        S=Content("short", "Gì?", answers=(Answer("x"),)),
    )
    sat(of, [{"N": "10,0", "S": "Chữ ký số"}, {"N": "8", "S": "chu ky"}])

    correct(of, Correction("key", {"answers": [{"text": "10", "tolerance": "0", "share": "1"}]}), "N")
    correct(of, Correction("key", {"answers": [{"text": "chữ ký số", "tolerance": "0", "share": "1"}]}), "S")

    assert points(of) == [(2, 2), (0, 2)]


def test_a_correction_of_choices_follows_the_letters_of_the_variant() -> None:
    key = {"options": {"a": "1", "b": "0"}, "origin": {"a": "b", "b": "a"}, "points": "1"}

    assert corrected(key, Correction("key", {"options": {"a": "1", "b": "0"}}))["options"] == {"a": "0", "b": "1"}
    assert corrected(key, None) == corrected(key, PAPER) == key
    assert corrected(key, DROPPED)["given"] == "dropped"


def first_three(kind: str) -> Content:
    """Three lines to put in order, or three pairs: as the author wrote them they are right."""
    if kind == "ordering":
        return Content("ordering", "Sắp xếp", options=(Option("Lập"), Option("Ký"), Option("Gửi")))
    return Content("matching", "Ghép", pairs=(Pair("1", "Lập"), Pair("2", "Ký"), Pair("3", "Gửi")))


@pytest.mark.django_db
def test_another_order_and_other_pairs_count_in_every_variant() -> None:
    of = held(4, O=first_three("ordering"), M=first_three("matching"))
    for one in attempts(of):  # each says: second, first, third
        codes, keys = ids(one), one.variant.keys
        order = [shown(one, codes["O"], letter) for letter in "bac"]
        pairs = {
            shown(one, codes["M"], left): shown(one, codes["M"], right)
            for left, right in zip("123", "bac", strict=True)
        }
        assert keys[codes["M"]]["pairs"].keys() == pairs.keys()
        write([act(Kind.START, one)])
        write([act(Kind.ANSWERS, one, T0, events(one, (codes["O"], order), (codes["M"], pairs)))])
    mark_attempts(by=make.BY, attempts=attempts(of), at=END)
    assert len({str(one.variant.content) for one in attempts(of)}) == 2
    assert {one.points for one in attempts(of)} == {Decimal("0.66")}  # a third of each is in its place

    correct(of, Correction("key", {"order": ["b", "a", "c"]}), "O")
    correct(of, Correction("key", {"pairs": {"1": "b", "2": "a", "3": "c"}}), "M")

    assert points(of) == [(2, 2)] * 4


@pytest.mark.django_db
def test_pairs_drawn_before_their_letters_were_led_back_get_no_other_key() -> None:
    drawn = paper_of({"M": first_three("matching")})
    for variant in drawn.variants.all():
        for key in variant.keys.values():
            del key["origin"]
        variant.save(update_fields=["keys"])
    of = sitting_of(drawn, 1)
    sat(of, [{}])

    refused = refusal(lambda: correct(of, Correction("key", {"pairs": {"1": "b", "2": "a", "3": "c"}}), "M"))
    page = text_of(officer(of.unit).get(reverse("exams:sitting_key", args=[of.key, key_of(of, "M")])))

    assert refused == ("Cannot correct a key of Kiểm tra cuối khóa: for this question no other answer can be named.")
    assert ("Another answer is right." in page, "Everybody gets the points." in page) == (False, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "wrong", "right", "said", "words"),
    [
        (
            "ordering",
            {"place_a": "1", "place_b": "1", "place_c": "3"},
            {"place_a": "2", "place_b": "1", "place_c": "3"},
            {"order": ["b", "a", "c"]},
            ("Give each line a place, and each place to one line only.", "A – B – C", "B – A – C"),
        ),
        (
            "matching",
            {"pair_1": "b", "pair_2": "", "pair_3": "c"},
            {"pair_1": "b", "pair_2": "b", "pair_3": "c"},
            {"pairs": {"1": "b", "2": "b", "3": "c"}},
            ("Give each number its letter.", "1 → A, 2 → B, 3 → C", "1 → B, 2 → B, 3 → C"),
        ),
    ],
)
def test_the_page_names_another_order_or_other_pairs_in_the_letters_of_the_bank(
    kind: str, wrong: Any, right: Any, said: Any, words: tuple[str, str, str]
) -> None:
    of = held(2, O=first_three(kind))
    sat(of, [{}, {}])
    client, page = officer(of.unit), reverse("exams:sitting_key", args=[of.key, key_of(of, "O")])
    asked = {"rule": "key", "reason": "Đáp án ghi nhầm", "least": "50"}

    shows = text_of(client.get(page))
    refused = client.post(page, {**asked, **wrong})
    preview = text_of(client.post(page, {**asked, **right}))
    client.post(page, {**asked, **right, "go": "apply"})

    assert f"The right answer:</strong> {words[1]}" in shows
    assert shows.index("Lập") < shows.index("Ký") < shows.index("Gửi")
    assert (refused.status_code, words[0] in text_of(refused)) == (422, True)
    assert f"Right before: {words[1]}; right now: {words[2]}." in preview
    assert KeyChange.objects.get().key_now == said
    assert words[2] in text_of(client.get(reverse("exams:sitting_keys", args=[of.key])))


# ---- what stays readable


@pytest.mark.django_db
def test_each_change_keeps_what_was_before_who_and_why() -> None:
    of = answered()

    change = correct(of, B_IS_RIGHT).change

    better, worse, _same = attempts(of)
    kept = PointsChange.objects.order_by("attempt__pk").values_list(
        "attempt", "cause", "points_before", "points", "made_by"
    )
    assert list(kept) == [
        (better.pk, change.pk, Decimal(1), Decimal(2), make.BY.actor_key),
        (worse.pk, change.pk, Decimal(2), Decimal(1), make.BY.actor_key),
    ]
    line = Entry.objects.get(act="exams.change_key")
    assert line.about == {"change": change.key, "question": change.question, "rule": "key"}
    assert Entry.objects.filter(act="exams.mark", about__before="1.00").count() == 1


@pytest.mark.django_db
def test_late_answers_that_count_leave_a_record_too_and_first_marks_do_not() -> None:
    of = answered()
    assert PointsChange.objects.count() == 0
    one = attempts(of)[2]
    right = shown(one, key_of(of, "Q1"), "a")
    write([act(Kind.ANSWERS, one, T0 + timedelta(minutes=5), events(one, (key_of(of, "Q1"), right)))])  # too late

    take_late(by=make.BY, attempt=one, at=END)

    kept = PointsChange.objects.get()
    assert (kept.attempt_id, kept.cause, kept.points_before, kept.points) == (one.pk, None, 0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("room", [False, True])
def test_a_mark_that_more_time_took_back_leaves_a_record_once_it_is_another(room: bool) -> None:
    of = held(2)
    same, other = attempts(of)
    for one in (same, other):
        write([act(Kind.START, one)])
    mark_sitting(by=make.BY, sitting=of, at=END)
    if room:
        seated = add_room(by=make.BY, sitting=of, unit=of.unit, name="Phòng 1")
        move_candidates(by=make.BY, room=seated, attempts=[same, other])
        for given in (0, 1):
            give_room_time(by=make.BY, room=seated, minutes=30, reason="centre", given=given, at=END)
    else:
        for one in (same, other):
            for minutes in (30, 60):  # given twice it is still known
                give_time(by=make.BY, attempt=one, minutes=minutes)
    later = END + timedelta(minutes=5)
    write([act(Kind.ANSWERS, other, later, events(other, (key_of(of, "Q1"), shown(other, key_of(of, "Q1"), "a"))))])

    mark_sitting(by=make.BY, sitting=of, at=END + timedelta(hours=2))

    kept = PointsChange.objects.get()
    assert (kept.attempt_id, kept.cause, kept.points_before, kept.points) == (other.pk, None, 0, 1)
    assert points(of) == [(0, 2), (1, 2)]
    assert {(one.points_before, one.out_of_before) for one in attempts(of)} == {(None, None)}


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["exams_keychange", "exams_pointschange"])
def test_the_database_refuses_to_change_what_was_corrected(table: str) -> None:
    correct(answered(), B_IS_RIGHT)

    for statement in (f"UPDATE {table} SET made_by = 'x'", f"DELETE FROM {table}"):
        with (
            pytest.raises(DatabaseError, match="stays as it is"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.django_db
def test_the_database_refuses_to_empty_what_was_corrected() -> None:
    with pytest.raises(DatabaseError, match="Cannot empty"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lantoa.as_installed = 'on'")
        cursor.execute("TRUNCATE exams_pointschange, exams_keychange")


@pytest.mark.django_db
def test_what_cannot_be_corrected_is_refused() -> None:
    of = answered()

    assert refusal(lambda: correct(of, B_IS_RIGHT, at=T0)) == (
        "Cannot correct a key of Kiểm tra cuối khóa: the exam is not over yet."
    )
    assert refusal(lambda: correct(of, PAPER)) == (
        "Cannot correct a key of Kiểm tra cuối khóa: this is what counts already."
    )
    assert refusal(lambda: correct(of, B_IS_RIGHT, question="0khong")) == (
        "Cannot correct a key of Kiểm tra cuối khóa: it has no such question."
    )
    essay = held(1, L=Content("long", "Kể"))
    assert refusal(lambda: correct(essay, B_IS_RIGHT, "L")) == (
        "Cannot correct a key of Kiểm tra cuối khóa: for this question no other answer can be named."
    )
    assert KeyChange.objects.count() == 0


@pytest.mark.django_db
def test_the_analysis_follows_the_corrected_key_and_leaves_out_what_does_not_count() -> None:
    of = held(6)
    sat(of, [{"Q1": "a", "Q2": "b"}] * 6)
    correct(of, B_IS_RIGHT)
    told = {one.asked.code: one for one in rows_in(of, variants_of(of), summary_of(of))}
    assert (told["Q2"].told and told["Q2"].told.difficulty, told["Q2"].asked.options["b"]) == (1.0, 1.0)

    correct(of, DROPPED)
    told = {one.asked.code: one for one in rows_in(of, variants_of(of), summary_of(of))}
    assert (told["Q2"].told, told["Q2"].asked.given, told["Q1"].told is None) == (None, "dropped", False)


# ---- pages


@pytest.mark.django_db
def test_an_officer_previews_confirms_and_sees_who_changed() -> None:
    of = answered()
    client = officer(of.unit)
    address = reverse("exams:sitting_key", args=[of.key, key_of(of, "Q2")])
    said = {"rule": "key", "right": ["b"], "reason": "Đáp án ghi nhầm", "least": "100"}

    assert client.get(address).status_code == 200
    preview = text_of(client.post(address, said))
    assert KeyChange.objects.count() == 0
    applied = client.post(address, {**said, "go": "apply"}, follow=True)
    listed = text_of(
        client.get(reverse("exams:sitting_changes", args=[of.key]), {"change": KeyChange.objects.get().key})
    )

    assert "Right before: A; right now: B." in preview
    assert all(one.person.full_name in preview for one in attempts(of)[:2])
    assert attempts(of)[2].person.full_name not in preview
    assert "Marked anew: the points of 2 people changed." in text_of(applied)
    assert "Đáp án ghi nhầm" in text_of(applied)
    assert "1/2" in listed and "2/2" in listed
    assert "this is what counts already." in text_of(client.post(address, {**said, "go": "apply"}))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"rule": "key", "reason": "x"}, "Tick at least one choice."),
        ({"rule": "key", "right": ["b"]}, "Enter the reason"),
        ({"reason": "x"}, "Fill in “What counts from now on”"),
        ({"rule": "paper", "reason": "x"}, "“paper” is not in it"),  # nothing to take back
    ],
)
def test_a_correction_that_says_too_little_is_refused(said: dict[str, Any], words: str) -> None:
    of = answered()
    address = reverse("exams:sitting_key", args=[of.key, key_of(of, "Q2")])

    answer = officer(of.unit).post(address, {"least": "50", **said})

    assert (answer.status_code, words in text_of(answer)) == (422, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "lines", "words"),
    [
        (Content("numeric", "Bao nhiêu?", answers=(Answer("8"),)), "mười", "mười is no number."),
        (Content("short", "Gì?", answers=(Answer("x"),)), "y = 50%", "No answer earns all the points."),
        (Content("short", "Gì?", answers=(Answer("x"),)), "", "No answer earns all the points."),
    ],
)
def test_answers_that_cannot_be_a_key_are_refused(content: Content, lines: str, words: str) -> None:
    of = held(1, Q=content)
    address = reverse("exams:sitting_key", args=[of.key, key_of(of, "Q")])

    answer = officer(of.unit).post(address, {"rule": "key", "lines": lines, "reason": "x", "least": "50"})

    assert (answer.status_code, words in text_of(answer)) == (422, True)


@pytest.mark.django_db
def test_numbers_and_words_are_previewed_by_their_form() -> None:
    of = held(1, N=Content("numeric", "Bao nhiêu?", answers=(Answer("8"),)))
    sat(of, [{"N": "3,15"}])
    address = reverse("exams:sitting_key", args=[of.key, key_of(of, "N")])
    said = {"rule": "key", "lines": "3,14 ± 0,01\n8 = 50%", "reason": "x", "least": "50"}

    assert "1/1" in text_of(officer(of.unit).post(address, said))
    officer(of.unit).post(address, {**said, "go": "apply"})

    assert points(of) == [(1, 1)]


@pytest.mark.django_db
def test_keys_are_shown_when_the_exam_is_over_and_not_before() -> None:
    of = held(1)
    client = officer(of.unit)
    Sitting.objects.filter(pk=of.pk).update(starts_at=timezone.now())

    page = text_of(client.get(reverse("exams:sitting_keys", args=[of.key])))

    assert "This page opens when the exam is over: it shows right answers." in page
    assert client.get(reverse("exams:sitting_key", args=[of.key, key_of(of, "Q1")])).status_code == 404


@pytest.mark.django_db
def test_a_candidate_reads_that_a_published_result_was_marked_anew_when_and_why() -> None:
    of = answered()
    publish_results(by=make.BY, sitting=of, at=END)
    correct(of, B_IS_RIGHT, at=END + timedelta(hours=1))
    pages = []
    for place in (0, 2):
        attempt, client = candidate(of, place)
        pages.append(text_of(client.get(reverse("exams:my_exam", args=[attempt.key]))))

    assert "2 of 2 points" in pages[0]
    assert "Your result was marked anew" in pages[0] and "Another answer is right." in pages[0]
    assert "Your points: from 1 of 2 to 2 of 2." in pages[0] and "Why: Đáp án ghi nhầm" in pages[0]
    assert "Your points stayed the same." in pages[1]


@pytest.mark.django_db
def test_a_candidate_reads_that_late_answers_changed_a_published_result() -> None:
    of = answered()
    attempt, client = candidate(of, 2)
    right = shown(attempt, key_of(of, "Q1"), "a")
    write([act(Kind.ANSWERS, attempt, T0 + timedelta(minutes=5), events(attempt, (key_of(of, "Q1"), right)))])
    publish_results(by=make.BY, sitting=of, at=END)

    take_late(by=make.BY, attempt=attempt, at=END + timedelta(hours=1))
    page = text_of(client.get(reverse("exams:my_exam", args=[attempt.key])))

    assert "Your points: from 0 of 2 to 1 of 2." in page
    assert "Why: late answers, or a second look at an answer" in page


@pytest.mark.django_db
def test_a_correction_before_the_results_are_published_is_nothing_to_tell() -> None:
    of = answered()
    correct(of, B_IS_RIGHT, at=END)
    publish_results(by=make.BY, sitting=of, at=END + timedelta(hours=1))
    attempt, client = candidate(of)

    page = text_of(client.get(reverse("exams:my_exam", args=[attempt.key])))

    assert ("marked anew" in page, "2 of 2 points" in page) == (False, True)


@pytest.mark.django_db
def test_the_pages_cost_the_same_queries_for_one_and_for_three(django_assert_num_queries: Any) -> None:
    for people in (1, 3):
        of = held(people)
        sat(of, [{"Q1": "a", "Q2": "b"}] * people)
        for correction in (B_IS_RIGHT, EVERYONE, DROPPED)[:people]:
            correct(of, correction)
        client: Client = officer(of.unit)
        with django_assert_num_queries(KEYS_QUERIES):
            client.get(reverse("exams:sitting_keys", args=[of.key]))
        with django_assert_num_queries(CHANGES_QUERIES):
            client.get(reverse("exams:sitting_changes", args=[of.key]))


KEYS_QUERIES, CHANGES_QUERIES = 11, 8


# ---- large exams: jobs


def worked() -> None:
    Worker().run(until_idle=True, housekeeping=False)


@pytest.fixture
def many(transactional_db: None) -> Iterator[Sitting]:
    """Marked: forty who answered Q2 with B."""
    of = held(40)
    sat(of, [{"Q1": "a", "Q2": "b"}] * 40)
    yield of


def test_a_large_exam_is_marked_anew_by_a_job_each_once(many: Sitting) -> None:
    done = correct(many, B_IS_RIGHT, most=10)
    assert done.job is not None
    assert points(many) == [(1, 2)] * 40

    worked()

    assert row(done.job).state == "done", row(done.job).refusal
    assert points(many) == [(2, 2)] * 40
    assert PointsChange.objects.filter(cause=done.change).count() == 40


def test_killed_while_it_marks_anew_the_next_worker_goes_on_and_nobody_is_counted_twice(
    many: Sitting, workers: Workers
) -> None:
    moment = random.Random(20261122)
    change = KeyChange.objects.create(
        sitting=many,
        question=key_of(many, "Q2"),
        rule="key",
        key_now=dict(B_IS_RIGHT.key),
        reason="x",
        made_by=make.BY.actor_key,
        made_at=END,
    )
    arguments = {"change": change.key, "at_a_time": 2}
    job = start_job(by=make.BY, kind="exams.remark", arguments=arguments, unit=many.unit, at=END)
    for _kill in range(3):
        process = workers.start()
        until(lambda: row(job).checkpoint or row(job).state == "done", "the first candidates")
        time.sleep(moment.uniform(0, 0.1))
        process.kill()
        process.wait()
    workers.finish()

    assert row(job).state == "done"
    assert points(many) == [(2, 2)] * 40
    assert PointsChange.objects.filter(cause=change).count() == 40


def test_marking_many_is_a_job_too_and_marks_each_once(transactional_db: None, monkeypatch: Any) -> None:
    monkeypatch.setattr(marking, "MOST", 5)
    of = held(12)
    sat(of, [{"Q1": "a"}] * 12, marked=False)
    client = officer(of.unit)
    address = reverse("exams:sitting_mark", args=[of.key])

    first, second = client.post(address), client.post(address)
    assert (first.headers["Location"], Job.objects.filter(kind="exams.mark").count()) == (
        second.headers["Location"],
        1,
    )
    worked()

    assert points(of) == [(1, 2)] * 12
    assert Entry.objects.filter(act="exams.mark").count() == 12
    assert Job.objects.get(kind="exams.mark").state == "done"


def test_killed_in_the_middle_of_marking_the_next_worker_goes_on_and_marks_each_once(workers: Workers) -> None:
    of = held(12)
    sat(of, [{"Q1": "a"}] * 12, marked=False)
    people, marked = attempts(of), of.sat.filter(marked_at__isnull=False)
    arguments = {"sitting": of.key, "at_a_time": 2}
    job = start_job(by=make.BY, kind="exams.mark", arguments=arguments, unit=of.unit, at=END)
    for place in (4, 9):
        with transaction.atomic():
            of.sat.select_for_update().get(pk=people[place].pk)  # there the worker waits
            process = workers.start()
            until(lambda: marked.count() == place // 2 * 2, "those before")  # noqa: B023
            process.kill()
            process.wait()
        assert row(job).state == "running"
    workers.finish()

    assert (row(job).state, row(job).losses) == ("done", 2)
    assert points(of) == [(1, 2)] * 12
    assert Entry.objects.filter(act="exams.mark").count() == 12
    assert not PointsChange.objects.exists()


def test_whoever_hands_in_while_a_key_is_corrected_is_marked_by_the_new_key(transactional_db: None) -> None:
    """Marked by an old reading of the keys, committed after the correction: the job's lock waits for it."""
    of = held(2)
    sat(of, [{"Q2": "b"}, {"Q2": "b"}], marked=False)
    mark_sitting(by=make.BY, sitting=of, at=END, most=1)
    done = correct(of, B_IS_RIGHT, most=0)
    mark_sitting(by=make.BY, sitting=of, at=END)
    worked()

    assert done.job is not None
    assert points(of) == [(1, 2), (1, 2)]
    assert corrections_in([of.pk])[of.pk][key_of(of, "Q2")] == B_IS_RIGHT
    mark_attempts(by=make.BY, attempts=attempts(of), at=END)
    assert PointsChange.objects.count() == 1


def test_a_job_that_is_begun_again_changes_nothing(many: Sitting) -> None:
    done = correct(many, B_IS_RIGHT, most=10)
    worked()
    start_job(by=make.BY, kind="exams.remark", arguments={"change": done.change.key}, unit=many.unit, at=END)

    worked()

    assert PointsChange.objects.count() == 40
