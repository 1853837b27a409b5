"""The pages that say what an exam tells of its questions."""

import io
from typing import Any

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation
from exams.banked import END, paper_of, sat, single, sitting_of
from exams.sat import T0, attempts
from exams.test_sittings import officer, text_of

from lantoa.exams.actions.analysis import keep_analysis
from lantoa.exams.actions.sittings import give_time, mark_attempts
from lantoa.exams.models import Analysis, Sitting
from lantoa.exams.queries.analysis import asked_in, is_over, rows_in, state_of, summary_of, variants_of
from lantoa.exams.rules.content import Content
from lantoa.exams.views import analysis
from lantoa.exams.views.analysis import name_of_question
from lantoa.ledger.models import Entry, Look
from lantoa.office.actions.worker import Worker
from lantoa.office.models import Job

pytestmark = pytest.mark.django_db

CODES = ("Q1", "Q2", "Q3", "Q4", "Q5")  # A is right; but those who know choose B in Q3: its key is wrong
ABLE = dict(zip(CODES, "aabaa", strict=True))
MIDDLE = dict(zip(CODES, "aabcc", strict=True))
WEAK = dict(zip(CODES, "ddadd", strict=True))


def with_a_wrong_key(people: int = 12) -> Sitting:
    of = sitting_of(paper_of({code: single(f"Câu {code}") for code in CODES}), people)
    third = people // 3
    sat(of, [ABLE] * third + [MIDDLE] * (people - 2 * third) + [WEAK] * third)
    return of


def page(of: Sitting, client: Client | None = None, *arguments: str, name: str = "sitting_analysis") -> str:
    return text_of((client or officer(of.unit)).get(reverse(f"exams:{name}", args=[of.key, *arguments])))


def key_of(of: Sitting, code: str) -> str:
    return next(one.id for one in asked_in(variants_of(of)) if one.code == code)


def test_a_wrong_key_is_said_in_a_plain_sentence_and_in_the_letters_of_the_bank() -> None:
    of = with_a_wrong_key()
    client = officer(of.unit)

    said = page(of, client)
    client.cookies["django_language"] = "vi"
    vietnamese = page(of, client)

    assert "Those who knew most chose B, the key says A: check the key." in said
    assert "Only 12 candidates: everything here is uncertain." in said
    assert "Người nắm bài tốt nhất chọn B, đáp án ghi A: hãy kiểm tra đáp án." in vietnamese


def test_variants_that_shuffle_are_pooled_by_the_letters_of_the_bank() -> None:
    of = with_a_wrong_key()
    first, second = variants_of(of)
    origins = [[variant.keys[key_of(of, code)]["origin"] for code in CODES] for variant in (first, second)]
    row = next(row for row in rows_in(of, [first, second], summary_of(of)) if row.asked.code == "Q3")

    assert origins[0] != origins[1]  # all five alike by chance: once in eight million
    assert row.told is not None
    assert (row.told.people, dict(row.told.choices)) == (12, {"a": (4, 0, 0), "b": (0, 4, 4)})


def test_the_page_of_a_question_counts_who_chose_what() -> None:
    of = with_a_wrong_key()

    said = page(of, None, key_of(of, "Q3"), name="sitting_analysis_question")

    assert said.count('class="lt-svg lt-svg--') == 2  # across and downward
    assert "A, upper third" in said and "100% (4)" in said
    assert "Question Q3 in the bank, with its key" in said
    assert officer(of.unit).get(
        reverse("exams:sitting_analysis_question", args=[of.key, "0khongcotrong"])
    ).status_code == 404  # fmt: skip


def test_no_key_is_shown_before_nobody_can_be_at_work_any_more() -> None:
    of = with_a_wrong_key()
    client = officer(of.unit)
    assert (is_over(of, at=END), is_over(of, at=T0)) == (True, False)
    Sitting.objects.filter(pk=of.pk).update(starts_at=None)
    of.refresh_from_db()

    said = page(of, client)

    assert is_over(of, at=END) is False  # its button was not pressed
    assert "This page opens when the exam is over: it shows right answers." in said
    assert "check the key" not in said
    for name, more in (("sitting_analysis_file", []), ("sitting_analysis_question", [key_of(of, "Q3")])):
        assert client.get(reverse(f"exams:{name}", args=[of.key, *more])).status_code == 404


def test_extra_time_of_one_person_keeps_it_closed_for_all() -> None:
    of = sitting_of(paper_of({"Q1": single("Một")}), 2)
    give_time(by=make.BY, attempt=attempts(of)[0], minutes=20)

    assert (is_over(of, at=END), is_over(of, at=END.replace(minute=50))) == (False, True)


def test_of_fewer_than_five_nothing_is_told() -> None:
    of = sitting_of(paper_of({"Q1": single("Một")}), 4)
    sat(of, [{"Q1": "a"}] * 4)

    assert "The work of 4 candidates is marked whole. Of fewer than 5 nothing is told." in page(of)


def test_work_that_waits_for_a_person_is_left_out_and_counted() -> None:
    questions = {"Q1": single("Một"), "Q2": Content("long", "<p>Kể</p>", rubric="")}
    of = sitting_of(paper_of(questions), 7)
    sat(of, [{"Q1": "a"}] * 5 + [{"Q1": "b", "Q2": "Sẽ làm"}] * 2)

    said = page(of)

    assert "5 candidates; 2 left out, whose answers people have not all marked" in said
    assert "Everybody got it right: it tells nobody apart." in said


def test_the_workbook_holds_the_same() -> None:
    import openpyxl

    of = with_a_wrong_key()
    answer = officer(of.unit).get(reverse("exams:sitting_analysis_file", args=[of.key]))
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = {row[1]: row for row in book["Questions"].iter_rows(min_row=4, values_only=True)}
    chosen = [row[2:] for row in book["Who chose what"].iter_rows(min_row=4, values_only=True) if row[1] == "Q3"]

    assert book.sheetnames == ["The whole", "Questions", "Who chose what"]
    assert rows["Q3"][-1] == "Those who knew most chose B, the key says A: check the key."
    assert rows["Q1"][5:7] == (12, 8 / 12)
    assert chosen[:2] == [("A", "yes", 4, 0, 0), ("B", "", 0, 4, 4)]


def test_opening_it_is_written_down_and_needs_the_right_to_see_keys() -> None:
    of = with_a_wrong_key(6)
    page(of)

    assert Look.objects.filter(page="exams:sitting_analysis").count() == 1
    stranger = Client()
    stranger.force_login(make.user("auditor", on=of.unit))
    assert stranger.get(reverse("exams:sitting_analysis", args=[of.key])).status_code == 404


# ---- large ones


def test_a_kept_summary_is_stale_once_marks_have_changed() -> None:
    of = with_a_wrong_key(6)
    kept = keep_analysis(by=make.BY, sitting=of, at=END)
    again = keep_analysis(by=make.BY, sitting=of, at=END)
    assert (kept.state, again.pk, Analysis.objects.count()) == (state_of(of)[0], kept.pk, 1)
    assert kept.content == summary_of(of)

    one_more(of)

    assert kept.state != state_of(of)[0]
    assert Entry.objects.filter(act="exams.analyse").count() == 2


def one_more(of: Sitting) -> None:
    """Somebody who gave no answer, marked because the time was over."""
    made = of.sat.create(person=make.person(), variant=attempts(of)[-1].variant, started_at=T0)
    mark_attempts(by=make.BY, attempts=[made], at=END)


def test_the_page_of_a_large_exam_shows_what_was_kept_and_says_when_it_is_stale(monkeypatch: Any) -> None:
    monkeypatch.setattr(analysis, "AT_ONCE", 5)
    of = with_a_wrong_key(6)
    client = officer(of.unit)

    before = page(of, client)
    keep_analysis(by=make.BY, sitting=of, at=END)
    fresh = page(of, client)
    one_more(of)
    stale = page(of, client)

    assert "6 candidates are marked. Working it out takes a moment" in before
    assert ("check the key" in before, "check the key" in fresh, "check the key" in stale) == (False, True, True)
    assert ("Marks have changed" in fresh, "Marks have changed since this was worked out" in stale) == (False, True)


def test_a_large_exam_is_worked_out_by_a_job_asked_for_once(transactional_db: None) -> None:
    of = with_a_wrong_key(6)
    client = officer(of.unit)
    address = reverse("exams:sitting_analysis", args=[of.key])

    first, second = client.post(address), client.post(address)

    assert Job.objects.filter(kind="exams.analyse").count() == 1
    assert first.headers["Location"] == second.headers["Location"]
    Worker().run(until_idle=True, housekeeping=False)
    assert Job.objects.get(kind="exams.analyse").state == "done"
    assert Analysis.objects.get().content == summary_of(of)


def test_the_page_costs_the_same_queries_for_one_question_and_for_three(django_assert_num_queries: Any) -> None:
    for count in (1, 3):
        of = sitting_of(paper_of({f"Q{number}": single(f"Câu {number}") for number in range(count)}), 5 * count)
        sat(of, [{f"Q{number}": "a" for number in range(count)}] * (5 * count))
        client = officer(of.unit)
        with django_assert_num_queries(QUERIES):
            client.get(reverse("exams:sitting_analysis", args=[of.key]))


QUERIES = 17


def test_a_question_that_one_variant_alone_has_is_named_with_its_variant() -> None:
    drawn = paper_of({code: single(f"Câu {code}") for code in ("Q1", "Q2")}, variants=2)
    first, second = drawn.variants.order_by("number")
    for variant, place in ((first, 0), (second, 1)):  # each keeps one of the two
        kept = sorted(variant.content, key=lambda one: one["id"])[place]
        variant.content, variant.keys = [kept], {kept["id"]: variant.keys[kept["id"]]}
        variant.save(update_fields=["content", "keys"])

    for language, both, alone in (
        ("en", ["Question 1 of variant 001", "Question 1 of variant 002"], "Question 1"),
        ("vi", ["Câu 1, mã đề 001", "Câu 1, mã đề 002"], "Câu 1"),
    ):
        with translation.override(language):
            assert sorted(name_of_question(one) for one in asked_in([first, second])) == both
            assert [name_of_question(one) for one in asked_in([first])] == [alone]
