"""Files handed in during an exam: named in the log by their checksum, taken beside it, marked by people."""

import base64
import hashlib
import io
import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import factories as make
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from exams.sat import T0, act, attempts, events, sitting, ticket_of
from exams.test_sheet import changed, file_of
from exams.test_sittings import all_kinds, candidate, officer, refusal, running, text_of

from lantoa.common.personal import Subject
from lantoa.common.refused import Refused
from lantoa.directory.models import Role
from lantoa.exams.actions.answering import save_answer, start
from lantoa.exams.actions.dead_line import bring_files, take_file
from lantoa.exams.actions.handing_in import hand_in_file, take_handed_file
from lantoa.exams.actions.log import Kind, write
from lantoa.exams.actions.marking import judge
from lantoa.exams.actions.sittings import end_sitting, mark_attempts, take_late
from lantoa.exams.models import Answer, Attempt, HandedFile, Incident, Sitting
from lantoa.exams.personal import PERSONAL
from lantoa.exams.queries.handed import asks_for_files
from lantoa.exams.queries.log import log_of
from lantoa.exams.queries.sittings import unmarked_answers
from lantoa.exams.rules.answer_file import MOST_FILE_BYTES
from lantoa.exams.rules.answers import answers, fingerprint
from lantoa.exams.rules.formats import moodle, sheet
from lantoa.exams.rules.handed import MB, MOST_FILES, digest_in, said_of, value_of
from lantoa.ledger.models import Entry
from lantoa.office.models import File
from lantoa.office.queries.files import path_of, read_file
from lantoa.office.rules.sheets.values import Sheet, Workbook

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
END = T0 + 30 * MINUTE
ASKS = ("file", {"extensions": ["pdf", "txt"], "megabytes": 5}, {"rubric": "<p>Rõ việc</p>"}, {}, None)
QUESTION = "0file"
PDF = b"%PDF-1.7 mot"
OTHER = b"%PDF-1.7 hai"


def asks(people: int = 1, **fields: Any) -> Sitting:
    return sitting(people, paper=all_kinds(of=[ASKS]), **fields)


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def value(content: bytes = PDF) -> dict[str, Any]:
    return value_of(sha(content), len(content), "pdf")


def named(attempt: Attempt, content: bytes = PDF, at: Any = T0, **chain: Any) -> None:
    """A device has said which file it is about to send."""
    write([act(Kind.START, attempt, at)])
    write([act(Kind.ANSWERS, attempt, at, events(attempt, (QUESTION, value(content)), **chain))])


def take(attempt: Attempt, content: bytes = PDF, at: Any = T0, kind: str = "pdf") -> HandedFile:
    attempt = Attempt.objects.select_related("sitting__unit", "variant").get(pk=attempt.pk)
    return take_handed_file(
        by=make.BY, attempt=attempt, question=QUESTION, kind=kind, content=io.BytesIO(content), at=at
    )


# ---- what the log says of a file


@pytest.mark.parametrize(
    ("answer", "digest", "said"),
    [
        (value_of("a" * 64, 2049, "pdf"), "a" * 64, ("pdf", 3)),
        ({"sha256": "a" * 63}, "", ("", 0)),
        ({"sha256": 5}, "", ("", 0)),
        ("a" * 64, "", ("", 0)),
        (None, "", ("", 0)),
        ({"sha256": "a" * 64, "size": True, "kind": "../x"}, "a" * 64, ("", 0)),
        ({"sha256": "a" * 64, "size": -1, "kind": ["pdf"]}, "a" * 64, ("", 0)),
    ],
)
def test_an_answer_names_a_file_by_its_checksum_or_names_none(answer: Any, digest: str, said: Any) -> None:
    assert (digest_in(answer), said_of(answer)) == (digest, said)


# ---- a device


def test_a_content_is_taken_once_its_checksum_stands_in_the_log_and_again_it_changes_nothing() -> None:
    (one,) = attempts(asks())
    assert refusal(lambda: take(one)) == "Cannot keep the file: no answer of this exam names it."
    named(one)
    assert refusal(lambda: take(one, OTHER)) == "Cannot keep the file: no answer of this exam names it."

    made = take(one)
    assert take(one).pk == made.pk
    assert read_file(made.file) == PDF
    assert (made.file.name, made.file.seen_with) == (f"cau-1-{one.key}.pdf", "exams.hold")
    line = Entry.objects.get(act="exams.hand_in_file")
    assert line.about == {"question": QUESTION, "size": len(PDF), "sha256": sha(PDF)}
    assert File.objects.count() == 1
    assert PDF.decode() not in Answer.objects.get().value


def test_a_file_that_was_named_in_time_counts_however_late_its_content_comes_and_one_named_late_does_not() -> None:
    in_time, late = attempts(asks(people=2, late_minutes=60))
    named(in_time, at=T0 + MINUTE)
    write([act(Kind.START, late)])
    write([act(Kind.ANSWERS, late, END + MINUTE, events(late, (QUESTION, value())))])
    for one in (in_time, late):
        take(one, at=END + 30 * MINUTE)
    mark_attempts(by=make.BY, attempts=[in_time, late], at=END + 40 * MINUTE)
    for one in (in_time, late):
        one.refresh_from_db()
    assert (in_time.unmarked, late.unmarked) == (1, 0)
    take_late(by=make.BY, attempt=late, at=END + 50 * MINUTE)
    late.refresh_from_db()
    assert late.unmarked == 1


def test_a_content_that_comes_when_late_answers_are_no_more_taken_is_refused() -> None:
    (one,) = attempts(asks(late_minutes=60))
    named(one)
    assert refusal(lambda: take(one, at=END + 60 * MINUTE)) == (
        "Cannot keep the file: it came after the time in which late answers of Kiểm tra cuối khóa are taken."
    )


def test_a_file_is_checked_and_limited_like_all_files() -> None:
    (one,) = attempts(asks())
    start(by=make.BY, attempt=one, at=T0)
    large, pdf = b"%PDF-" + bytes(5 * MB), b"MZ no pdf"
    for number, (content, kind, words) in enumerate(
        [
            (large, "pdf", "Cannot keep the file: it is larger than 5 MB, the most here."),
            (
                pdf,
                "pdf",
                f'Cannot keep the file "cau-1-{one.key}.pdf": its content is not that of a .pdf file.',
            ),
            (
                b"x",
                "docx",
                f'Cannot keep the file "cau-1-{one.key}.docx": files of this kind are not taken here, only .pdf, '
                ".txt.",
            ),
            (b"", "txt", f'Cannot keep the file "cau-1-{one.key}.txt": it is empty.'),
        ]
    ):
        named(one, content, device=f"device0{number}")
        assert refusal(lambda content=content, kind=kind: take(one, content, kind=kind)) == words  # type: ignore[misc]
    assert not HandedFile.objects.exists()
    assert not list(Path(settings.FILES_DIR).glob("incoming/*"))


def test_a_question_takes_so_many_files_of_one_candidate_and_no_more() -> None:
    (one,) = attempts(asks())
    for number in range(MOST_FILES + 1):
        named(one, PDF + bytes([number]), device=f"device{number:02}")
    for number in range(MOST_FILES):
        take(one, PDF + bytes([number]))
    assert refusal(lambda: take(one, PDF + bytes([MOST_FILES]))) == (
        "Cannot keep the file: question 1 has 10 files of yours already, the most."
    )


def test_a_file_for_a_question_that_asks_for_none_is_refused() -> None:
    (one,) = attempts(sitting())
    attempt = Attempt.objects.select_related("variant", "sitting").get(pk=one.pk)
    assert (
        refusal(lambda: hand_in_file(by=make.BY, attempt=attempt, question=QUESTION, upload=None, at=T0))
        == "Cannot keep the file: this question does not ask for one."
    )


def post(attempt: Attempt, content: bytes = PDF, *, ticket: str | None = None, name: str = "Nguyễn An.pdf") -> Any:
    client = Client(enforce_csrf_checks=True)
    client.cookies["django_language"] = "en"
    address = reverse("exams:my_exam_file", args=[attempt.key, QUESTION])
    shown = ticket_of(attempt) if ticket is None else ticket
    return client.post(address, {"ticket": shown, "file": SimpleUploadedFile(name, content)})


def test_a_device_shows_its_ticket_and_is_told_what_became_of_its_file() -> None:
    of = running(people=2, of=all_kinds(of=[ASKS]))
    one, other = attempts(of)
    now = timezone.now()
    answer = post(one)
    assert (answer.status_code, answer.json()) == (409, {"refused": "unnamed"})
    named(one, at=now)
    answer = post(one)
    assert (answer.status_code, answer.json()) == (200, {"stored": sha(PDF)})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "An" not in HandedFile.objects.get().file.name

    named(other, b"MZ", at=now)
    answer = post(other, b"MZ")
    assert answer.status_code == 422
    assert "its content is not that of a .pdf file" in answer.json()["words"]
    assert (post(one, ticket=ticket_of(one, until=5)).status_code, post(one, ticket="x").status_code) == (401, 403)
    assert post(one, ticket=ticket_of(other)).json() == {"refused": "foreign"}
    assert Incident.objects.filter(attempt=one).count() == 2
    assert post(Attempt(key="0000000000000")).status_code == 404
    empty = Client().post(reverse("exams:my_exam_file", args=[one.key, QUESTION]), {"ticket": ticket_of(one)})
    assert (empty.status_code, empty.json()) == (400, {"refused": "malformed"})


def test_the_page_brings_what_files_need_only_where_the_paper_asks_for_one() -> None:
    _attempt, client = candidate(running())
    assert "sheet-files.js" not in client.get(reverse("exams:my_exam", args=[_attempt.key])).content.decode()
    attempt, client = candidate(running(of=all_kinds(of=[ASKS])))
    assert "sheet-files.js" in client.get(reverse("exams:my_exam", args=[attempt.key])).content.decode()
    assert asks_for_files(attempt.variant_id)
    named(attempt, at=timezone.now())
    address = reverse("exams:my_exam_device", args=[attempt.key])
    assert client.get(address).json()["files"] == {}
    take(attempt, at=timezone.now())
    assert client.get(address).json()["files"] == {QUESTION: [sha(PDF)]}


# ---- the plain page


def test_a_file_is_handed_in_replaced_and_taken_back_on_the_plain_page() -> None:
    attempt, client = candidate(running(of=all_kinds(of=[ASKS])))
    start(by=make.BY, attempt=attempt, at=timezone.now())
    address = reverse("exams:my_exam_question", args=[attempt.key, 1])
    page = text_of(client.get(address))
    assert 'enctype="multipart/form-data"' in page and "One file (pdf, txt) of at most 5 MB." in page

    def send(**fields: Any) -> Any:
        return client.post(address, {"go": "list", **fields})

    assert send(answer=SimpleUploadedFile("a.pdf", PDF)).status_code == 302
    assert send(answer=SimpleUploadedFile("b.pdf", OTHER)).status_code == 302
    assert answers(log_of([attempt])[attempt.pk]) == {QUESTION: value(OTHER)}
    page = text_of(client.get(address))
    assert "Handed in: a file (PDF, 1 KB)." in page and "at the centre" in page
    assert send().status_code == 302  # nothing chosen: what is there stays
    assert answers(log_of([attempt])[attempt.pk]) == {QUESTION: value(OTHER)}
    assert HandedFile.objects.count() == 2
    assert send(back="on").status_code == 302
    assert answers(log_of([attempt])[attempt.pk]) == {QUESTION: None}


def test_what_the_plain_page_cannot_take_is_said_at_its_field_and_leaves_nothing() -> None:
    attempt, client = candidate(running(of=all_kinds(of=[ASKS])))
    start(by=make.BY, attempt=attempt, at=timezone.now())
    address = reverse("exams:my_exam_question", args=[attempt.key, 1])
    for name, content, words in (
        ("a.exe", b"MZ", "files of this kind are not taken here, only .pdf, .txt."),
        ("a.pdf", b"MZ", "its content is not that of a .pdf file."),
        ("a.pdf", b"%PDF-" + bytes(5 * MB), "it is larger than 5 MB, the most here."),
    ):
        answer = client.post(address, {"answer": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert (Answer.objects.count(), HandedFile.objects.count()) == (0, 0)


def test_a_late_file_on_the_plain_page_is_kept_and_flagged_and_later_still_refused() -> None:
    of = running(of=all_kinds(of=[ASKS]), late_minutes=60)
    attempt, client = candidate(of)
    start(by=make.BY, attempt=attempt, at=timezone.now())
    address = reverse("exams:my_exam_question", args=[attempt.key, 1])
    Sitting.objects.filter(pk=of.pk).update(starts_at=timezone.now() - 40 * MINUTE)
    said = client.post(address, {"answer": SimpleUploadedFile("a.pdf", PDF)}, follow=True)
    assert "Your answer came late." in text_of(said)
    Sitting.objects.filter(pk=of.pk).update(starts_at=timezone.now() - 100 * MINUTE)
    refused = client.post(address, {"answer": SimpleUploadedFile("a.pdf", OTHER)})
    assert "it came after the time in which late answers of Kiểm tra cuối khóa are taken." in text_of(refused)
    assert HandedFile.objects.count() == 1


def test_the_list_of_questions_tells_a_file_whose_content_has_not_come() -> None:
    attempt, client = candidate(running(of=all_kinds(of=[ASKS])))
    now = timezone.now()
    named(attempt, at=now)
    address = reverse("exams:my_exam", args=[attempt.key]) + "?plain=1"
    assert "its content has not reached the centre" in text_of(client.get(address))
    take(attempt, at=now)
    assert "its content has not reached the centre" not in text_of(client.get(address))


# ---- whoever marks


def marked(people: int = 1, **fields: Any) -> tuple[Sitting, list[Attempt]]:
    """Over and marked; everybody named a file."""
    of = asks(people, late_minutes=60, **fields)
    for one in attempts(of):
        named(one)
    mark_attempts(by=make.BY, attempts=attempts(of), at=END)
    return of, attempts(of)


def give(attempt: Attempt, points: str, at: Any = END) -> None:
    of = fingerprint(value())
    judge(by=make.user(), attempt=attempt, question=QUESTION, of=of, points=Decimal(points), at=at)


def test_a_marker_downloads_the_file_under_a_name_that_tells_nobodys_and_gives_points() -> None:
    of, (attempt,) = marked()
    made = take(attempt)
    client = officer(of.unit)
    page = text_of(client.get(reverse("exams:sitting_answers", args=[of.key])))
    address = reverse("exams:handed_file", args=[made.key])
    assert address in page and attempt.person.full_name not in page and "Rõ việc" in page
    answer = client.get(address)
    assert b"".join(answer) == PDF
    assert f"cau-1-{attempt.key}.pdf" in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    give(attempt, "0.5")
    attempt.refresh_from_db()
    assert (attempt.points, attempt.unmarked) == (Decimal("0.5"), 0)


def test_only_who_holds_the_exam_opens_a_file() -> None:
    of, (attempt,) = marked()
    made = take(attempt)
    address = reverse("exams:handed_file", args=[made.key])
    own = Client()
    own.force_login(make.user(is_person=attempt.person))
    lecturer = Client()
    lecturer.force_login(make.user(Role.LECTURER, on=of.unit))
    beside = officer(make.unit())
    assert [one.get(address).status_code for one in (own, lecturer, beside)] == [404, 404, 404]
    office = reverse("office:file", args=[made.file.key])
    assert [one.get(office).status_code for one in (own, lecturer, beside)] == [404, 404, 404]


def test_what_has_not_come_is_not_marked_while_it_may_come_and_is_worth_nothing_after_that() -> None:
    of, (attempt,) = marked()
    assert unmarked_answers(of, most=10, at=END + 59 * MINUTE) == []
    assert refusal(lambda: give(attempt, "0", END + 59 * MINUTE)) == (
        "Cannot give points: the file of this answer has not reached the centre, and may still come."
    )
    after = END + 60 * MINUTE
    (one,) = unmarked_answers(of, most=10, at=after)
    assert one.file is None
    assert refusal(lambda: give(attempt, "1", after)) == (
        "Cannot give 1 points: the file of this answer has not reached the centre. 0 is what can be given."
    )
    page = text_of(officer(of.unit).get(reverse("exams:sitting_answers", args=[of.key])))
    assert "The file was named and has not reached the centre" in page
    give(attempt, "0", after)
    attempt.refresh_from_db()
    assert (attempt.points, attempt.unmarked) == (Decimal(0), 0)


def test_files_that_may_still_come_keep_nobody_from_marking_the_others() -> None:
    of, rows = marked(people=3)
    last = max(rows, key=lambda one: one.key)
    take(last)
    (one,) = unmarked_answers(of, most=1, at=END)
    assert one.attempt.pk == last.pk


def test_an_exam_ended_early_still_waits_for_files_that_were_named() -> None:
    of, (attempt,) = marked()
    end_sitting(by=make.BY, sitting=of, at=T0 + 5 * MINUTE)
    take(attempt, at=T0 + 10 * MINUTE)
    assert HandedFile.objects.count() == 1


def test_the_page_costs_the_same_queries_for_one_file_and_for_three(django_assert_num_queries: Any) -> None:
    for count in (1, 3):
        of, rows = marked(people=count)
        for one in rows:
            take(one)
        client = officer(of.unit)
        address = reverse("exams:sitting_answers", args=[of.key])
        client.get(address)
        with django_assert_num_queries(QUERIES):
            client.get(address)


QUERIES = 14


# ---- the file of last resort


def saved(attempt: Attempt, content: bytes = PDF, kind: str = "pdf") -> bytes:
    """What a device writes that could send neither the event nor the file."""
    file = {"question": QUESTION, "sha256": sha(content), "kind": kind, "content": base64.b64encode(content).decode()}
    return file_of(attempt, events(attempt, (QUESTION, value(content))), files=[file])


def test_files_lie_beside_the_answers_in_the_file_of_last_resort() -> None:
    of = running(of=all_kinds(of=[ASKS]))
    (attempt,) = attempts(of)
    start(by=make.BY, attempt=attempt, at=timezone.now())
    client = officer(of.unit)
    address = reverse("exams:sitting_file", args=[attempt.key])
    for new in (True, False):
        answer = client.post(address, {"file": SimpleUploadedFile("a.json", saved(attempt))}, follow=True)
        assert ("1 file beside them is new." in text_of(answer)) is new
    assert read_file(HandedFile.objects.get().file) == PDF


def test_a_file_that_cannot_be_kept_takes_nothing_from_the_answers_beside_it() -> None:
    of = running(of=all_kinds(of=[ASKS]))
    (attempt,) = attempts(of)
    start(by=make.BY, attempt=attempt, at=timezone.now())
    address = reverse("exams:sitting_file", args=[attempt.key])
    content = saved(attempt, b"MZ")
    answer = officer(of.unit).post(address, {"file": SimpleUploadedFile("a.json", content)}, follow=True)
    assert "1 answer of the file is new." in text_of(answer)
    assert "its content is not that of a .pdf file." in text_of(answer)
    assert (Answer.objects.count(), HandedFile.objects.count()) == (1, 0)


def test_a_file_brought_after_points_were_given_without_it_is_refused() -> None:
    _of, (attempt,) = marked()
    after = END + 61 * MINUTE
    give(attempt, "0", after)
    content = saved(attempt)
    row = Attempt.objects.select_related("sitting__unit", "variant").get(pk=attempt.pk)
    take_file(by=make.BY, attempt=row, content=content, at=after)
    brought = bring_files(by=make.BY, attempt=row, content=content, at=after)
    assert [str(one) for one in brought.refused] == [
        "Cannot keep the file: points were given for this answer without it."
    ]


def test_files_in_it_that_were_changed_or_are_none_are_refused() -> None:
    (one,) = attempts(asks())
    good = saved(one)
    (file,) = json.loads(good)["files"]
    no_file = "Cannot take the file: it is no file of answers that a page of an exam has saved."

    def said(files: Any) -> str:
        content = changed(good, files=files)
        return refusal(lambda: take_file(by=make.BY, attempt=one, content=content, at=T0 + MINUTE))

    assert said({}) == no_file
    assert said(["x"]) == no_file
    assert said([{**file, "content": "§"}]) == no_file
    assert said([{**file, "kind": 5}]) == no_file
    swapped = base64.b64encode(OTHER).decode()
    assert said([{**file, "content": swapped}]) == (
        "Cannot take the file: a file in it was changed after it was saved."
    )
    assert MOST_FILE_BYTES > 3 * 5 * MB * 4 / 3
    assert not Answer.objects.exists()


# ---- the plain page and a device at once


def test_of_two_devices_the_file_named_last_counts_and_both_are_kept() -> None:
    (one,) = attempts(asks())
    named(one, PDF)
    named(one, OTHER, T0 + MINUTE, device="device02")
    take(one, OTHER, T0 + 2 * MINUTE)
    take(one, PDF, T0 + 3 * MINUTE)  # its content comes later: the log decides, not the contents
    assert answers(log_of([one])[one.pk]) == {QUESTION: value(OTHER)}
    assert HandedFile.objects.count() == 2
    mark_attempts(by=make.BY, attempts=[one], at=END)
    (waits,) = unmarked_answers(one.sitting, most=10, at=END)
    assert waits.file is not None and read_file(waits.file.file) == OTHER


def test_the_same_file_from_the_plain_page_and_from_a_device_is_one() -> None:
    (one,) = attempts(asks())
    named(one)
    attempt = Attempt.objects.select_related("sitting__unit", "variant").get(pk=one.pk)
    made = hand_in_file(
        by=make.BY, attempt=attempt, question=QUESTION, upload=SimpleUploadedFile("a.pdf", PDF), at=T0 + MINUTE
    )
    assert take(one).pk == made.pk
    assert Answer.objects.count() == 1  # the log says it already
    save_answer(by=make.BY, attempt=attempt, question=QUESTION, answer=None, at=T0 + 2 * MINUTE)
    assert path_of(made.file).exists()


# ---- what becomes of them


def test_the_contents_go_with_the_person_and_after_five_years_and_that_they_were_handed_in_stays(
    django_capture_on_commit_callbacks: Any,
) -> None:
    one, other = attempts(asks(people=2))
    for each in (one, other):
        named(each)
        take(each, at=T0)
    subject = Subject(one.person.pk, one.person.key, None, "", one.person.full_name, "")
    with django_capture_on_commit_callbacks(execute=True):
        gone = PERSONAL.erase(by=make.BY, subject=subject, at=END)  # type: ignore[misc]
    assert [(row.count, row.fate) for row in gone if row.table == "Files handed in during exams"] == [
        (1, "anonymised")
    ]
    assert [row.count for row in gone if row.table == "Files handed in"] == [1]
    (perishable,) = PERSONAL.perishables
    assert (perishable.days, perishable.due(T0), perishable.due(T0 + MINUTE)) == (1825, 0, 1)
    with django_capture_on_commit_callbacks(execute=True):
        assert perishable.forget(by=make.BY, before=T0 + MINUTE, at=END) == 1
    assert HandedFile.objects.count() == 2
    assert [path_of(row.file).exists() for row in HandedFile.objects.select_related("file")] == [False, False]
    with pytest.raises(
        Refused, match="^Cannot keep the file: its content was removed before, when its time was over.$"
    ):
        take(other, at=T0)


@pytest.mark.parametrize(
    ("said", "kept", "warns"), [("pdf; 20 MB", 5, True), ("pdf; 3 MB", 3, False), ("pdf", 5, False)]
)
def test_a_sheet_that_asks_for_larger_files_is_read_with_a_word_about_it(said: str, kept: int, warns: bool) -> None:
    head = ["Mã câu hỏi", "Loại", "Nội dung câu hỏi", "Giới hạn"]
    book = Workbook("a.xlsx", "xlsx", [Sheet("Câu hỏi", [head, ["C1", "nộp tệp", "Nộp kế hoạch", said]])])
    ((_name, read),) = sheet.read(book, "a.xlsx")
    assert read.content is not None and read.content.megabytes == kept
    told = [fault.message % fault.values for fault in read.faults]
    assert told == (["Files of at most 5 MB are taken, not 20 MB."] if warns else [])


def test_moodle_files_that_may_be_larger_are_read_with_a_word_about_it() -> None:
    xml = """<quiz><question type="essay"><name><text>C1</text></name><questiontext><text>Nộp</text></questiontext>
    <responseformat>noinline</responseformat><attachments>1</attachments><filetypeslist>.pdf</filetypeslist>
    <maxbytes>20971520</maxbytes></question></quiz>"""
    (read,) = moodle.read(xml.encode(), "a.xml")
    assert read.content is not None and (read.content.kind, read.content.megabytes) == ("file", 5)
    assert [fault.message % fault.values for fault in read.faults] == ["Files of at most 5 MB are taken, not 20 MB."]
