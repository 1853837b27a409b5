"""An exam on paper, from the print desk to the points: who printed what, whose sheet, what was read, what counts."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from decimal import Decimal
from typing import Any

import factories as make
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from exams.printed import pages_of
from exams.sat import QUESTIONS, T0, act, attempts, events, paper, sitting
from exams.test_handed_files import OTHER, PDF, asks, sha
from exams.test_sittings import all_kinds, officer, refusal, text_of

from lantoa.common.tickets import Malformed
from lantoa.directory.models import Level, Role
from lantoa.exams.actions.answering import save_answer
from lantoa.exams.actions.asked import add_people
from lantoa.exams.actions.log import Kind, write
from lantoa.exams.actions.marking import judge, mark_sitting, publish_results
from lantoa.exams.actions.on_paper import enter_paper, withdraw_paper
from lantoa.exams.actions.printing import AT_ONCE
from lantoa.exams.actions.sittings import end_sitting, make_sitting, mark_attempts
from lantoa.exams.models import Answer, Attempt, HandedFile, Sitting
from lantoa.exams.queries.log import log_of
from lantoa.exams.queries.printing import numbers_of, rooms_of
from lantoa.exams.queries.sittings import count_rows
from lantoa.exams.rules.answers import PAPER, findings, fingerprint, read_batch
from lantoa.exams.rules.by_letters import letters_said, read_letters
from lantoa.exams.rules.handed import value_of
from lantoa.exams.tasks import answer_sheets, parts_of
from lantoa.ledger.models import Entry
from lantoa.office.actions.files import keep_file
from lantoa.office.actions.imports import apply_import, preview_file, undo_import
from lantoa.office.actions.jobs import Running
from lantoa.office.models import File, Import, Job
from lantoa.office.queries.files import path_of

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
LATER = T0 + timedelta(days=3)  # long after the late answers of devices are taken
ONE, TWO, THREE = QUESTIONS


def held(people: int = 1, **fields: Any) -> Sitting:
    """An exam that was over long ago, of questions with the letters a to d."""
    of = fields.pop("paper", None) or paper()
    for one in of.variants.all():
        for asked in one.content:
            asked.update(points="1", options=[{"id": letter, "text": f"chữ {letter}"} for letter in "abcd"])
        one.save()
    return sitting(people, paper=of, **fields)


# ---- letters


def test_letters_are_read_for_every_kind_of_question() -> None:
    questions = all_kinds().variants.get().content  # single multiple truefalse matching ordering numeric short long

    read = read_letters(" 1b 2 BA,3đ; 4:c-a".replace("c-a", "ca") + " 5 =cab ", questions)

    assert (read.answers, read.faults) == (
        {"0single": "b", "0multiple": ["a", "b"], "0truefalse": "true", "0matching": {"1": "c", "2": "a"},
         "0ordering": ["c", "a", "b"]},
        (),
    )  # fmt: skip
    again = " ".join(f"{at}{letters_said(questions[at - 1], one)}" for at, one in enumerate(read.answers.values(), 1))
    assert (again, read_letters(again, questions).answers) == ("1B 2AB 3Đ 4CA 5CAB", read.answers)


def test_what_is_left_empty_on_a_sheet_is_no_answer() -> None:
    questions = all_kinds().variants.get().content

    read = read_letters("1- 2* 3- 4-A 5-", questions)

    assert read.answers == {
        "0single": None, "0multiple": None, "0truefalse": None, "0matching": {"2": "a"}, "0ordering": None,
    }  # fmt: skip


def test_letters_alone_will_do_where_every_question_takes_one() -> None:
    questions = held().sat.get().variant.content

    assert read_letters("A c\n-", questions).answers == {ONE: "a", TWO: "c", THREE: None}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1A 1B", "Question 1 is written twice."),
        ("9A", "There is no question 9: the variant has 8."),
        ("1E", "Question 1 has no letter E: it goes from A to C."),
        ("1AB", "Question 1 takes one letter, AB was written. Where the sheet shows more than one, write 1-."),
        ("2AA", "Question 2: a letter stands twice in AA."),
        ("3A", "Question 3 takes Đ or S, A was written."),
        ("4ABC", "Question 4 takes 2 letters, ABC was written."),
        ("6A", "Question 6 is not answered by letters."),
        ("1 2A", "Question 1 has no letter. Where the sheet shows no answer, write 1-."),
        ("1A ?B", "Cannot read from “?B” on."),
        ("ABC", "Write the number before each answer: question 2 may take several letters."),
    ],
)
def test_letters_that_cannot_be_are_named(text: str, words: str) -> None:
    assert [str(one) for one in read_letters(text, all_kinds().variants.get().content).faults] == [words]


def test_more_letters_than_questions_are_named() -> None:
    faults = read_letters("ABCDA", held().sat.get().variant.content).faults

    assert [str(one) for one in faults] == ["There are 5 letters for 3 questions."]


# ---- what counts


def test_a_sheet_entered_long_after_the_end_counts_as_handed_in_in_time() -> None:
    of = held()
    (one,) = attempts(of)

    done = enter_paper(by=make.BY, attempt=one, answers_given={ONE: "b", TWO: "a", THREE: None}, at=LATER)

    one.refresh_from_db()
    assert (done.again, done.changed) == (False, (ONE, TWO))
    assert (one.points, one.out_of, one.started_at, one.handed_in_at) == (1, 3, T0, T0 + 30 * MINUTE)
    assert (one.on_paper_at, one.on_paper_by, one.on_paper_stamped) == (LATER, make.BY.actor_key, True)
    assert set(Answer.objects.values_list("device", "received_at")) == {(PAPER, LATER)}
    assert one.late_taken_at is None
    found = findings(log_of([one])[one.pk], attempt=one.key, ends=one.ends_at(), handed_in_at=one.handed_in_at)
    assert (found.late, found.after, found.broken, found.missing) == (0, 0, 0, 0)
    assert count_rows(of, at=LATER)["late"] == 0
    assert list(Entry.objects.filter(thing__endswith=one.key).order_by("pk").values_list("act", flat=True)) == [
        "exams.start", "exams.hand_in", "exams.enter_paper", "exams.mark",
    ]  # fmt: skip
    assert Entry.objects.get(act="exams.enter_paper").about == {"changed": [1, 2], "again": False}


def test_a_sheet_entered_while_others_still_write_is_handed_in_now() -> None:
    (one,) = attempts(held())

    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "b"}, at=T0 + 5 * MINUTE)

    one.refresh_from_db()
    assert (one.handed_in_at, one.points) == (T0 + 5 * MINUTE, 1)


def test_in_a_window_a_sheet_is_of_the_hour_when_the_window_opened() -> None:
    (one,) = attempts(held(together=False, closes_at=T0 + 60 * MINUTE))

    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "b"}, at=LATER)

    one.refresh_from_db()
    assert (one.started_at, one.handed_in_at, one.points) == (T0, T0 + 30 * MINUTE, 1)


def test_late_answers_of_a_device_stay_late_beside_a_sheet() -> None:
    (one,) = attempts(held())
    write([act(Kind.START, one)])
    write([act(Kind.ANSWERS, one, T0 + MINUTE, events(one, (ONE, "b")))])
    write([act(Kind.ANSWERS, one, T0 + 40 * MINUTE, events(one, (TWO, "b"), device="device11"))])

    enter_paper(by=make.BY, attempt=one, answers_given={ONE: None, TWO: None, THREE: "b"}, at=LATER)

    one.refresh_from_db()
    assert (one.points, one.started_at, one.on_paper_stamped) == (2, T0, False)  # the device's 1, the sheet's 3
    assert refusal(lambda: withdraw_paper(by=make.BY, attempt=one)) == (
        "Cannot take the answers back in Kiểm tra cuối khóa: this candidate had started on a device."
    )


def test_no_device_can_call_itself_paper() -> None:
    with pytest.raises(Malformed, match="device"):
        read_batch(b'{"ticket": "x", "device": "on-paper", "events": []}')


def test_the_second_entry_writes_only_what_differs() -> None:
    (one,) = attempts(held())
    first = {ONE: "b", TWO: "a", THREE: None}
    enter_paper(by=make.BY, attempt=one, answers_given=first, at=LATER)

    same = enter_paper(by=make.BY, attempt=one, answers_given=first, at=LATER + MINUTE)
    other = enter_paper(by=make.BY, attempt=one, answers_given={**first, TWO: "b"}, at=LATER + 2 * MINUTE)

    assert (same.again, same.changed, other.changed, dict(other.before)) == (True, (), (TWO,), {TWO: "a"})
    assert (Attempt.objects.get().points, Answer.objects.count()) == (2, 3)
    found = findings(log_of([one])[one.pk], attempt=one.key, ends=None, handed_in_at=None)
    assert (found.broken, found.missing, found.forked) == (0, 0, 0)


def test_sheets_are_refused_before_the_start_and_of_whoever_handed_in_on_a_device() -> None:
    (waiting,) = attempts(held(starts_at=None))
    (done,) = attempts(held())
    write([act(Kind.START, done), act(Kind.HAND_IN, done, T0 + MINUTE)])

    assert refusal(lambda: enter_paper(by=make.BY, attempt=waiting, answers_given={ONE: "b"}, at=LATER)) == (
        "Cannot enter answers in Kiểm tra cuối khóa: the exam has not begun."
    )
    assert refusal(lambda: enter_paper(by=make.BY, attempt=done, answers_given={ONE: "b"}, at=LATER)) == (
        "Cannot enter answers in Kiểm tra cuối khóa: this candidate has handed in on a device."
    )
    assert Answer.objects.count() == 0


def test_a_sheet_is_taken_back_and_leaves_its_trace_in_the_log_alone() -> None:
    (one,) = attempts(held())
    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "b"}, at=LATER)

    withdraw_paper(by=make.BY, attempt=one)

    one.refresh_from_db()
    assert (one.started_at, one.handed_in_at, one.on_paper_at, one.points) == (None, None, None, None)
    assert Answer.objects.count() == 1
    assert refusal(lambda: withdraw_paper(by=make.BY, attempt=one)) == (
        "Cannot take the answers back in Kiểm tra cuối khóa: this candidate did not sit on paper."
    )
    write([act(Kind.START, one)])
    mark_sitting(by=make.BY, sitting=one.sitting, at=LATER)
    assert Attempt.objects.get().points == 0  # what stood on the sheet counts no more
    with pytest.raises(DatabaseError, match="began before"), transaction.atomic():
        Attempt.objects.update(on_paper_at=LATER, on_paper_by="x", on_paper_stamped=True)


def test_a_sheet_on_which_something_rests_is_not_taken_back() -> None:
    (marked,) = attempts(sitting(paper=all_kinds()))
    enter_paper(by=make.BY, attempt=marked, answers_given={"0long": "Sẽ họp tổ"}, at=LATER)
    judge(by=make.BY, attempt=marked, question="0long", of=fingerprint("Sẽ họp tổ"), points=Decimal(1), at=LATER)
    (told,) = attempts(held())
    enter_paper(by=make.BY, attempt=told, answers_given={ONE: "b"}, at=LATER)
    publish_results(by=make.BY, sitting=told.sitting, at=LATER)

    assert refusal(lambda: withdraw_paper(by=make.BY, attempt=marked)) == (
        "Cannot take the answers back in Kiểm tra cuối khóa: a person has given points for them."
    )
    assert refusal(lambda: withdraw_paper(by=make.BY, attempt=told)) == (
        "Cannot take the answers back in Kiểm tra cuối khóa: the results are published."
    )


def test_the_database_lets_a_start_go_only_together_with_the_word_it_rests_on() -> None:
    (one,) = attempts(held())
    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "b"}, at=LATER)

    for fields in ({"started_at": None, "handed_in_at": None}, {"started_at": T0 + MINUTE}):
        with pytest.raises(DatabaseError, match="they stay as they were"), transaction.atomic():
            Attempt.objects.update(**fields)


# ---- the pages of entering


def entry(client: Client, row: Attempt, **posted: str) -> Any:
    return client.post(reverse("exams:paper_entry", args=[row.key]), posted)


def seen_in(answer: Any) -> str:
    return str(answer.context["form"].data["seen"])


def test_a_sheet_is_shown_as_it_was_read_and_saved_only_then() -> None:
    of = held(people=2)
    first, second = attempts(of)
    client = officer(of.unit)

    read = entry(client, first, letters="1b 2c 3-", check="1")
    assert ("This was read" in text_of(read), "chữ b" in text_of(read), Answer.objects.count()) == (True, True, 0)
    assert "1 question without an answer." in text_of(read)

    changed = entry(client, first, letters="1b 2d 3-", seen=seen_in(read), save="1")
    assert (changed.status_code, Answer.objects.count()) == (200, 0)  # another text than the one that was shown
    saved = entry(client, first, letters="1b 2d 3-", seen=seen_in(changed), save="1")
    assert saved.headers["Location"] == reverse("exams:paper_entry", args=[second.key])
    first.refresh_from_db()
    assert (first.points, Answer.objects.count()) == (1, 2)
    assert "2 answers saved." in text_of(client.get(reverse("exams:paper_entry", args=[second.key])))
    assert "sat on paper" in text_of(client.get(reverse("exams:sitting", args=[of.key])))


def test_the_second_person_does_not_see_the_first_entry_before_the_two_are_compared() -> None:
    of = held()
    (one,) = attempts(of)
    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "b", TWO: "c", THREE: "d"}, at=timezone.now())
    client = officer(of.unit)
    page = reverse("exams:paper_entry", args=[one.key])

    assert ("1B 2C 3D" in text_of(client.get(page)), "1B 2C 3D" in text_of(client.get(page, {"show": "1"}))) == (
        False,
        True,
    )
    differing = entry(client, one, letters="1b 2a 3d", check="1")
    assert "1 answer differs from the first entry." in text_of(differing)
    same = entry(client, one, letters="bcd", check="1")
    assert "Nothing differs from the first entry." in text_of(same)
    told = client.post(page, {"letters": "bcd", "seen": seen_in(same), "save": "1"}, follow=True)
    assert "the second entry says the same as the first." in text_of(told)


def test_faults_of_a_sheet_are_shown_at_its_field_and_nothing_is_written() -> None:
    of = held()
    (one,) = attempts(of)

    answer = entry(officer(of.unit), one, letters="1x 7a", check="1")

    said = text_of(answer)
    assert (answer.status_code, Answer.objects.count()) == (422, 0)
    assert "Question 1 has no letter X: it goes from A to D." in said
    assert "There is no question 7: the variant has 3." in said


def test_words_and_numbers_of_a_sheet_have_fields_of_their_own_and_a_number_that_is_none_is_kept_as_written() -> None:
    of = sitting(paper=all_kinds())
    (one,) = attempts(of)
    client = officer(of.unit)
    said = {"letters": "1b", "words_6": "ba phẩy một", "words_7": "chữ ký số", "words_8": "Sẽ họp tổ"}

    read = entry(client, one, **said, check="1")
    assert "(no number)" in text_of(read)
    entry(client, one, **said, seen=seen_in(read), save="1")

    one.refresh_from_db()
    assert (one.points, one.unmarked) == (2, 1)


def test_a_sheet_is_found_by_its_number_or_by_its_code() -> None:
    of = held(people=3)
    _first, second, third = attempts(of)
    client = officer(of.unit)
    page = reverse("exams:paper_find", args=[of.key])

    for said, row in (("2", second), ("002", second), (third.key.upper(), third)):
        assert client.get(page, {"sheet": said}).headers["Location"] == reverse("exams:paper_entry", args=[row.key])
    wrong = client.get(page, {"sheet": "17"})
    assert (wrong.status_code, "Nobody in this exam has this number or code." in text_of(wrong)) == (422, True)
    foreign = attempts(held())[0]
    assert client.get(page, {"sheet": foreign.key}).status_code == 422


def test_taking_a_sheet_back_asks_first() -> None:
    of = held()
    (one,) = attempts(of)
    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "b"}, at=timezone.now())
    client = officer(of.unit)
    page = reverse("exams:paper_withdraw", args=[one.key])

    assert "Take the answers from paper back?" in text_of(client.get(page))
    assert (client.post(page).status_code, Attempt.objects.get().on_paper_at) == (302, None)
    assert client.post(page).status_code == 409


# ---- the Excel sheet


def filled(sitting_of: Sitting, *rows: dict[str, str], client: Client) -> bytes:
    """The sheet as it is taken away, with these cells written into its rows (heading -> text)."""
    taken = client.get(reverse("exams:paper_sheet", args=[sitting_of.key]))
    book = openpyxl.load_workbook(io.BytesIO(taken.content))
    sheet = book["Bài làm"]
    heads = {cell.value: cell.column for cell in sheet[1]}
    for number, cells in enumerate(rows, 2):
        for head, said in cells.items():
            sheet.cell(number, heads[head]).value = said
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def loaded(of: Sitting, content: bytes) -> Import:
    file = keep_file(by=make.BY, name="bai.xlsx", content=content, unit=of.unit, at=LATER)
    return preview_file(
        by=make.BY, kind="exams.answers", target=f"exams.sitting:{of.key}", file=file, unit=of.unit, at=LATER
    )


def test_the_sheet_of_all_candidates_is_filled_in_loaded_and_undone() -> None:
    of = held(people=3)
    first, second, third = attempts(of)
    client = officer(of.unit)
    content = filled(of, {"Câu 1": "b", "Câu 2": "B", "Câu 3": "-"}, {"Câu 1": "a"}, client=client)

    made = loaded(of, content)
    assert made.summary == {"new": 2, "changed": 0, "known": 1, "doubtful": 0, "wrong": 0}
    apply_import(by=make.BY, made=made, at=LATER)
    assert [Attempt.objects.get(pk=one.pk).points for one in (first, second, third)] == [2, 0, None]

    again = loaded(of, content)
    assert again.summary["known"] == 3
    assert openpyxl.load_workbook(io.BytesIO(filled(of, client=client)))["Bài làm"]["H2"].value == "B"
    undo_import(by=make.BY, made=Import.objects.get(pk=made.pk), at=LATER + MINUTE)
    assert list(Attempt.objects.values_list("points", "started_at", "on_paper_at").distinct()) == [(None, None, None)]


def test_undoing_a_changed_row_brings_back_what_stood_there() -> None:
    of = held()
    (one,) = attempts(of)
    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "b", TWO: "b", THREE: "b"}, at=LATER)
    made = loaded(of, filled(of, {"Câu 2": "A"}, client=officer(of.unit)))
    assert made.summary["changed"] == 1
    apply_import(by=make.BY, made=made, at=LATER)
    assert Attempt.objects.get().points == 2

    undo_import(by=make.BY, made=Import.objects.get(pk=made.pk), at=LATER + MINUTE)

    assert Attempt.objects.get().points == 3


def test_faults_of_the_excel_sheet_name_their_cell() -> None:
    of = held(people=4)
    rows = attempts(of)
    write([act(Kind.START, rows[2]), act(Kind.HAND_IN, rows[2], T0 + MINUTE)])
    client = officer(of.unit)
    content = filled(
        of,
        {"Câu 1": "X"},
        {"Câu 1": "A", "Mã đề": "002"},
        {"Câu 1": "A", "Mã phiếu": rows[2].key},
        client=client,
    )  # the sheet has three rows: who handed in on a device is not on it

    made = loaded(of, content)

    assert [row.faults[0]["message"] % row.faults[0]["values"] for row in made.rows.order_by("number")] == [
        "Question 1 has no letter X: it goes from A to D.",
        "The sheet says variant 002, this candidate has 001.",
        "This candidate has handed in on a device.",
    ]
    assert made.rows.order_by("number")[0].faults[0]["cell"] == "G2"


def test_a_row_of_nobody_and_a_row_that_stands_twice_are_faults_and_a_file_without_our_head_is_refused() -> None:
    of = held(people=2)
    first, _second = attempts(of)
    client = officer(of.unit)
    content = filled(
        of,
        {"Câu 1": "A"},
        {"Câu 1": "A", "Mã phiếu": first.key},
        {"Câu 1": "A", "Mã phiếu": "0000000000000"},
        client=client,
    )
    messages = [
        row.faults[0]["message"] % row.faults[0]["values"]
        for row in loaded(of, content).rows.order_by("number")
        if row.faults
    ]
    assert messages == [
        "The candidate stands in row 2 already.",
        "No candidate of this exam has the code 0000000000000.",
    ]
    empty = io.BytesIO()
    openpyxl.Workbook().save(empty)
    refused = loaded(of, empty.getvalue())
    assert (refused.state, refused.summary["refusal"]["message"]) == (
        "refused",
        'Cannot read the file "%(name)s": no sheet has the columns %(columns)s. Use the sheet of this exam.',
    )


def test_an_import_is_not_undone_once_its_sheets_were_changed_or_results_are_published() -> None:
    of = held()
    (one,) = attempts(of)
    made = loaded(of, filled(of, {"Câu 1": "b"}, client=officer(of.unit)))
    apply_import(by=make.BY, made=made, at=LATER)
    made = Import.objects.get(pk=made.pk)

    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "c"}, at=LATER + MINUTE)
    assert refusal(lambda: undo_import(by=make.BY, made=made, at=LATER)) == (
        f"Cannot undo: the sheet of {one.key} was changed since."
    )
    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "b"}, at=LATER + 2 * MINUTE)
    publish_results(by=make.BY, sitting=of, at=LATER)
    assert refusal(lambda: undo_import(by=make.BY, made=made, at=LATER)) == (
        "Cannot take the answers back in Kiểm tra cuối khóa: the results are published."
    )


def test_a_sheet_is_loaded_on_its_page() -> None:
    of = held()
    client = officer(of.unit)
    content = filled(of, {"Câu 1": "b"}, client=client)
    page = reverse("exams:paper_import", args=[of.key])

    answer = client.post(page, {"file": SimpleUploadedFile("bai.xlsx", content)})

    made = Import.objects.get()
    assert answer.headers["Location"] == reverse("office:show_import", args=[made.key])
    assert "Candidate number" in text_of(client.get(answer.headers["Location"]))
    wrong = client.post(page, {"file": SimpleUploadedFile("bai.pdf", b"%PDF-1.7")})
    assert (wrong.status_code, "files of this kind are not taken here" in text_of(wrong)) == (422, True)


# ---- printing


def test_the_print_desk_prints_papers_sheets_and_when_it_is_over_the_key_and_the_ledger_says_so() -> None:
    of = held(people=2, starts_at=None)
    client = officer(of.unit)

    def post(name: str, **said: str) -> Any:
        return client.post(reverse(f"exams:{name}", args=[of.key]), said)

    desk = text_of(client.get(reverse("exams:sitting_paper", args=[of.key])))
    assert "They can be printed when the exam is over." in desk
    papers, answer_pages = post("print_papers"), post("print_sheets")
    assert (papers.headers["Content-Type"], papers.content[:5]) == ("application/pdf", b"%PDF-")
    assert "Câu 1, đề 1" in pages_of(papers.content)[0]
    assert len(pages_of(answer_pages.content)) == 1
    early = post("print_key")
    assert (early.status_code, "the exam is not over yet." in text_of(early)) == (409, True)

    Sitting.objects.update(released_at=timezone.now() - 40 * MINUTE)
    key = post("print_key")
    assert "Đáp án: B" in pages_of(key.content)[0]
    assert list(
        Entry.objects.filter(act__startswith="exams.print").order_by("pk").values_list("act", "about")
    ) == [
        ("exams.print_paper", {"variants": [1]}),
        ("exams.print_sheets", {"people": 2}),
        ("exams.print_key", {"variants": [1]}),
    ]  # fmt: skip


def test_the_key_is_not_printed_while_somebody_with_extra_time_is_at_work() -> None:
    of = held(people=2, starts_at=timezone.now() - 31 * MINUTE)
    first, _second = attempts(of)
    Attempt.objects.filter(pk=first.pk).update(extra_minutes=20)
    write([act(Kind.START, first, timezone.now() - 30 * MINUTE)])
    client = officer(of.unit)
    page = reverse("exams:print_key", args=[of.key])

    assert client.post(page).status_code == 409
    end_sitting(by=make.BY, sitting=of, at=timezone.now() - MINUTE)
    assert client.post(page).status_code == 200


def test_the_key_of_a_paper_of_another_unit_is_not_printed() -> None:
    of = held()
    Sitting.objects.update(unit=make.unit("Xa", kind="Tỉnh", level=Level.PROVINCE))
    of.refresh_from_db()

    assert officer(of.unit).post(reverse("exams:print_key", args=[of.key])).status_code == 404


def test_the_page_before_printing_names_what_cannot_be_printed() -> None:
    of = paper()
    variant = of.variants.get()
    variant.content[1]["text"] = '<p>Xem <img src="data:image/png;base64,AAAA" alt="sơ đồ"></p>'
    variant.save()
    made = held(paper=of)
    client = officer(made.unit)

    said = text_of(client.get(reverse("exams:paper_preview", args=[made.key, 1])))

    assert "Question 2: a picture that cannot be printed (sơ đồ)" in said
    assert client.get(reverse("exams:paper_preview", args=[made.key, 2])).status_code == 404
    assert client.post(reverse("exams:print_papers", args=[made.key]), {"variant": "1"}).status_code == 200
    assert client.post(reverse("exams:print_papers", args=[made.key]), {"variant": "9"}).status_code == 404


def test_a_variant_printed_without_an_exam_is_in_use_from_then_on() -> None:
    of = paper()
    variant = of.variants.get()
    client = officer(of.unit)

    answer = client.post(reverse("exams:print_variant", args=[variant.key]))

    variant.refresh_from_db()
    assert (answer.headers["Content-Disposition"], variant.used_at is not None) == (
        'attachment; filename="de-001.pdf"',
        True,
    )
    assert list(Entry.objects.filter(thing__endswith=variant.key).order_by("pk").values_list("act", flat=True)) == [
        "exams.use_variant",
        "exams.print_paper",
    ]


def test_sheets_come_in_the_order_of_units_then_of_vietnamese_names_and_of_one_unit_alone() -> None:
    of = paper()
    province = make.unit("Thử", kind="Tỉnh", level=Level.PROVINCE)
    wards = [make.unit(name, kind="Phường", level=Level.COMMUNE, under=province) for name in ("Đông Hòa", "An Bình")]
    people = [
        make.person("Trần Thị Ân", at=wards[0]),
        make.person("Lê Văn Đức", at=wards[1]),
        make.person("Đỗ Thị An", at=wards[1]),
        make.person("Phan Anh"),
    ]
    made = sitting(paper=of)
    Attempt.objects.all().delete()
    variant = of.variants.get()
    Attempt.objects.bulk_create(Attempt(sitting=made, person=one, variant=variant) for one in people)

    rooms = rooms_of(made, on=timezone.localdate())

    assert [(room.name, [row.person.full_name for row in room.attempts]) for room in rooms] == [
        ("Phường An Bình", ["Đỗ Thị An", "Lê Văn Đức"]),
        ("Phường Đông Hòa", ["Trần Thị Ân"]),
        ("", ["Phan Anh"]),
    ]
    assert list(numbers_of(made).values()) == ["001", "002", "003", "004"]
    client = Client()
    client.force_login(make.user(Role.ADMINISTRATOR, on=made.unit))
    page = reverse("exams:print_sheets", args=[made.key])
    (alone,) = pages_of(client.post(page, {"unit": wards[0].key}).content)
    assert ("Trần Thị Ân" in alone, "Lê Văn Đức" in alone) == (True, False)
    assert client.post(page, {"unit": "khong-co"}).status_code == 404


def test_many_sheets_are_a_job_whose_files_stand_on_the_desk_and_are_made_once() -> None:
    of = held(people=AT_ONCE + 1)
    client = officer(of.unit)

    answer = client.post(reverse("exams:print_sheets", args=[of.key]))

    job = Job.objects.get(kind="exams.answer_sheets")
    assert answer.headers["Location"] == reverse("office:job", args=[job.key])
    Job.objects.update(state=Job.State.RUNNING)
    for _time in range(2):  # begun again it finds its file
        row = Job.objects.get(pk=job.pk)
        answer_sheets(Running(row, connection.connection, lambda: False))
    Job.objects.update(state=Job.State.DONE)
    file = File.objects.get()
    assert (file.name, file.seen_with) == ("phieu-tra-loi.pdf", "exams.hold")
    assert "phieu-tra-loi.pdf" in text_of(client.get(reverse("exams:sitting_paper", args=[of.key])))
    taken = client.get(reverse("office:file", args=[file.key]))
    assert b"".join(taken.streaming_content)[:5] == b"%PDF-"
    taken.close()


def test_a_file_holds_a_unit_and_one_that_is_larger_is_cut() -> None:
    of = held(people=7)
    (room,) = rooms_of(of, on=timezone.localdate())
    rooms = [type(room)(None, str(count), room.attempts[:count]) for count in (2, 7)]
    assert [(part["name"], len(part["attempts"])) for part in parts_of(rooms, most=4)] == [
        ("2", 2),
        ("7", 4),
        ("7", 3),
    ]
    known = {row.key for row in room.attempts[:6]}
    assert [part["attempts"] for part in parts_of(rooms, known=known)] == [[room.attempts[6].key]]


class Killed(BaseException):
    """As if nobody were there any more."""


def running_again(job: Job, dies_after: int = -1) -> Running:
    """The job taken up again; it dies after so many files."""
    made = Running(Job.objects.get(pk=job.pk), connection.connection, lambda: False)
    keep = made.keep

    def kept(**values: Any) -> None:
        keep(**values)
        if len(values.get("files", [])) == dies_after and "whole" not in values:
            transaction.on_commit(dies)

    def dies() -> None:
        raise Killed

    made.keep = kept  # type: ignore[method-assign]
    return made


@pytest.mark.django_db(transaction=True)
def test_sheets_of_people_added_after_a_job_was_killed_are_neither_doubled_nor_missing() -> None:
    wards = [make.unit(name) for name in ("An Bình", "Bình Thọ", "Cát Lái")]
    people = [make.person(f"Nguyễn Văn {ward.pk}-{number}", at=ward) for ward in wards for number in range(3)]
    of = paper()
    sitting_made = make_sitting(
        by=make.BY, unit=of.unit, paper=of, title="Thi", people=people, minutes=30, at=T0, starts_at=T0
    )
    on = timezone.localdate().isoformat()
    job = Job.objects.create(
        kind="exams.answer_sheets",
        arguments={"sitting": sitting_made.key, "unit": "", "on": on},
        unit=of.unit,
        requested_by="machine:test",
        requested_at=T0,
        state=Job.State.RUNNING,
    )
    with pytest.raises(Killed):
        answer_sheets(running_again(job, dies_after=2))
    added = [make.person("Aa Trước Hết", at=wards[0]), make.person("Nguyễn Đầu", at=make.unit("Á Châu"))]
    add_people(by=make.BY, sitting=sitting_made, people=added, at=T0)
    answer_sheets(running_again(job))
    answer_sheets(running_again(job))  # once more it has nothing to do

    (file,) = File.objects.filter(removed_at=None)
    assert (file.name, Job.objects.get().checkpoint["files"]) == ("phieu-tra-loi.zip", [file.key])
    with zipfile.ZipFile(path_of(file)) as packed:
        index = list(csv.reader(packed.read("muc-luc.csv").decode("utf-8-sig").splitlines()))
        said = {name: pages_of(packed.read(name)) for name in packed.namelist() if name.endswith(".pdf")}
    assert [row[1:] for row in index] == [
        ["Đơn vị", "Số phiếu", "Số báo danh"],
        ["Phường An Bình", "3", "001 002 003"],
        ["Phường Bình Thọ", "3", "004 005 006"],
        ["Phường Cát Lái", "3", "007 008 009"],
        ["Phường Á Châu", "1", "011"],
        ["Phường An Bình", "1", "010"],
    ]
    assert [row[0] for row in index[1:]] == list(said)
    whole = " ".join(" ".join(pages) for pages in said.values())
    names = [one.full_name for one in (*people, *added)]
    assert [whole.count(name) for name in names] == [1] * len(names)


def test_names_with_letters_of_no_typeface_are_printed_by_their_codes_and_told() -> None:
    of = held(people=1)
    strange = make.person("王 小明 🙂")
    add_people(by=make.BY, sitting=of, people=[strange], at=T0)
    client = officer(of.unit)
    (page,) = pages_of(client.post(reverse("exams:print_sheets", args=[of.key])).content)
    assert "[U+738B]" in page
    told = text_of(client.get(reverse("exams:sitting_paper", args=[of.key])))
    assert told.count("The typeface has not every letter of the name 王 小明 🙂") == 1


def test_the_pages_of_paper_cost_the_same_queries_for_one_and_for_three(django_assert_num_queries: Any) -> None:
    of = paper()
    client = officer(of.unit)
    for count in (1, 3):
        made = sitting(count, paper=of)
        with django_assert_num_queries(DESK_QUERIES):
            client.get(reverse("exams:sitting_paper", args=[made.key]))
        with django_assert_num_queries(SHEETS_QUERIES):
            client.post(reverse("exams:print_sheets", args=[made.key]))
        with django_assert_num_queries(TABLE_QUERIES):
            client.get(reverse("exams:paper_sheet", args=[made.key]))


DESK_QUERIES, SHEETS_QUERIES, TABLE_QUERIES = 12, 15, 10


def test_where_the_sheet_was_corrected_to_say_nothing_the_device_counts_again() -> None:
    (one,) = attempts(held())
    write([act(Kind.START, one)])
    write([act(Kind.ANSWERS, one, T0 + MINUTE, events(one, (ONE, "b")))])
    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "a", TWO: None, THREE: None}, at=LATER)

    enter_paper(by=make.BY, attempt=one, answers_given={ONE: None, TWO: None, THREE: None}, at=LATER + MINUTE)

    assert Attempt.objects.get().points == 1


def test_an_answer_like_that_of_a_sheet_that_was_taken_back_is_written() -> None:
    (one,) = attempts(held())
    enter_paper(by=make.BY, attempt=one, answers_given={ONE: "b", TWO: None, THREE: None}, at=LATER)
    withdraw_paper(by=make.BY, attempt=one)
    write([act(Kind.START, one)])

    save_answer(by=make.BY, attempt=one, question=ONE, answer="b", at=T0 + MINUTE)

    mark_attempts(by=make.BY, attempts=[one], at=LATER)
    assert Attempt.objects.get().points == 1


# ---- files handed in beside a sheet


def test_a_file_beside_a_sheet_is_entered_after_the_sheet_replaced_and_marked() -> None:
    of = asks()
    (one,) = attempts(of)
    page = reverse("exams:paper_file", args=[one.key, 1])
    entry = reverse("exams:paper_entry", args=[one.key])
    client = officer(of.unit)
    pdf = lambda said: SimpleUploadedFile("ke-hoach-An.pdf", said)  # noqa: E731

    early = client.post(page, {"file": pdf(PDF)})
    shown_early = text_of(client.get(entry))
    saved = client.post(entry, {"seen": fingerprint({}), "save": "1"})
    shows = text_of(client.get(entry))
    for said in (OTHER, PDF, PDF):
        assert client.post(page, {"file": pdf(said)}).headers["Location"] == entry

    assert early.status_code == 422
    assert "the sheet of this candidate in Kiểm tra cuối khóa is not entered yet" in text_of(early)
    assert "Enter the sheet first, then the files." in shown_early
    assert saved.headers["Location"] == entry  # its file is missing
    assert ("no file yet" in shows, "Enter the file" in shows) == (True, True)
    files = list(HandedFile.objects.order_by("pk"))
    assert [(row.sha256, row.file.name) for row in files] == [
        (sha(OTHER), f"cau-1-{one.key}.pdf"),
        (sha(PDF), f"cau-1-{one.key}.pdf"),
    ]
    last = Answer.objects.filter(attempt=one).latest("pk")
    assert (last.device, json.loads(last.value)) == (PAPER, value_of(sha(PDF), len(PDF), "pdf"))
    assert reverse("exams:handed_file", args=[files[1].key]) in text_of(client.get(entry))
    mark_sitting(by=make.BY, sitting=of, at=LATER)
    judged = judge(
        by=make.BY, attempt=one, question="0file", of=fingerprint(json.loads(last.value)), points=Decimal(1), at=LATER
    )
    one.refresh_from_db()
    assert (judged.points, one.points, one.unmarked) == (1, 1, 0)


def test_a_file_beside_a_sheet_is_checked_and_only_where_one_is_asked_for() -> None:
    of = asks()
    (one,) = attempts(of)
    enter_paper(by=make.BY, attempt=one, answers_given={}, at=LATER)
    client, page = officer(of.unit), reverse("exams:paper_file", args=[one.key, 1])

    for name, said, words in (
        ("bai.exe", b"MZ", "files of this kind are not taken here"),
        ("bai.pdf", b"khong phai", "its content is not that of a .pdf file"),
    ):
        refused = client.post(page, {"file": SimpleUploadedFile(name, said)})
        assert (refused.status_code, words in text_of(refused)) == (422, True), text_of(refused)
    assert client.post(page, {"csrfmiddlewaretoken": "x"}).status_code == 422
    assert client.get(reverse("exams:paper_file", args=[one.key, 2])).status_code == 404
    assert HandedFile.objects.count() == 0
