"""What the page of an exam gives to devices, letters that are read out, files of answers: all without a browser."""

import gzip
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import factories as make
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from exams.sat import QUESTIONS, T0, act, attempts, events, paper, sitting
from exams.test_sittings import candidate, officer, refusal, running

from lantoa.common.keyring import secret
from lantoa.exams.actions.answering import save_answer, start
from lantoa.exams.actions.dead_line import open_letters, take_file
from lantoa.exams.actions.log import Act, Kind, write
from lantoa.exams.models import Answer, Attempt, LastSeen, Seal
from lantoa.exams.queries.log import log_of
from lantoa.exams.queries.sittings import rows_of
from lantoa.exams.rules.answer_file import MOST_FILE_BYTES, MOST_FILE_EVENTS
from lantoa.exams.rules.answers import Sent, answers, findings
from lantoa.exams.rules.drawing import Blueprint, blueprint_json
from lantoa.exams.rules.sealing import grouped, read_ticket, unseal
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
STATIC = Path(settings.BASE_DIR) / "static"


# ---- what a device gets


def test_a_candidate_gets_their_own_sealed_paper_and_a_ticket_for_it_and_nobody_elses() -> None:
    of = running(people=2)
    attempt, client = candidate(of)
    _other, stranger = candidate(of, 1)
    said = client.get(reverse("exams:my_exam_device", args=[attempt.key])).json()

    letters = Seal.objects.get(sitting=of).letters
    assert unseal(sealed(attempt), letters, of.key) == attempt.variant.content
    now = timezone.now().timestamp()
    shown = read_ticket(secret("exam-tickets"), said["ticket"], now)
    assert shown is not None and shown[0] == attempt.key
    assert read_ticket(secret("exam-tickets"), said["ticket"], now + 12 * 3600 + 5) is None
    assert stranger.get(reverse("exams:my_exam_device", args=[attempt.key])).status_code == 404


def sealed(attempt: Attempt) -> bytes:
    """What a device with the ticket of this attempt is given."""
    (told,) = write([Act(Kind.PAPER, attempt.key, "", timezone.now())])
    return told.sealed


def test_whoever_watches_the_room_is_told_that_the_paper_has_arrived() -> None:
    attempt, client = candidate(running())
    client.get(reverse("exams:my_exam_device", args=[attempt.key]))
    assert not LastSeen.objects.filter(attempt=attempt, delivered_at__isnull=False).exists()
    sealed(attempt)
    assert LastSeen.objects.filter(attempt=attempt, delivered_at__isnull=False).exists()


def test_neither_the_page_nor_what_it_fetches_before_the_start_holds_a_question_or_the_letters() -> None:
    of = sitting(starts_at=timezone.now() + MINUTE)
    attempt, client = candidate(of)
    letters = Seal.objects.get(sitting=of).letters
    pages = [
        client.get(reverse(f"exams:{name}", args=[attempt.key])).content for name in ("my_exam", "my_exam_device")
    ]
    for content in (*pages, sealed(attempt)):
        assert letters.encode() not in content
        assert "Câu 1".encode() not in content


def test_the_introduction_of_a_paper_is_sealed_behind_its_questions() -> None:
    made = paper()
    made.settings = blueprint_json(Blueprint(introduction="<p>Được dùng máy tính.</p>"))
    made.save()
    of = sitting(paper=made)
    seal = Seal.objects.get(sitting=of)
    *questions, introduction = unseal(bytes(seal.sealed), seal.letters, of.key)
    assert [one["id"] for one in questions] == list(QUESTIONS)
    assert introduction == {"kind": "introduction", "text": "<p>Được dùng máy tính.</p>"}


def test_a_second_device_is_told_what_counts_and_which_device_said_it() -> None:
    attempt, client = candidate(running())
    now = timezone.now()
    write([act(Kind.START, attempt, now)])
    write([act(Kind.ANSWERS, attempt, now, events(attempt, (QUESTIONS[0], "a"), (QUESTIONS[1], "b")))])
    write([act(Kind.ANSWERS, attempt, now, events(attempt, (QUESTIONS[0], "c"), device="device02"))])

    said = client.get(reverse("exams:my_exam_device", args=[attempt.key])).json()
    assert {question: one[:2] for question, one in said["answers"].items()} == {
        QUESTIONS[0]: ['"c"', "device02"],
        QUESTIONS[1]: ['"b"', "device00"],
    }
    assert said["devices"] == {"device00": 2, "device02": 1}
    assert said["phase"] == "running"


def test_whoever_chooses_the_plain_pages_keeps_them_in_this_exam() -> None:
    attempt, client = candidate(running())
    address = reverse("exams:my_exam", args=[attempt.key])
    assert "sheet-data" in client.get(address).content.decode()
    assert "sheet-data" not in client.get(address + "?plain=1").content.decode()
    assert "sheet-data" not in client.get(address).content.decode()
    assert "sheet-data" in client.get(address + "?plain=0").content.decode()
    answer = client.get(address)
    assert "sheet-data" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "private, no-cache"


def test_the_organiser_sees_who_used_the_plain_pages() -> None:
    of = running(people=2)
    one, two = attempts(of)
    now = timezone.now()
    for attempt in (one, two):
        write([act(Kind.START, attempt, now)])
        attempt.refresh_from_db()
    save_answer(by=make.user(), attempt=one, question=QUESTIONS[0], answer="b", at=now)
    write([act(Kind.ANSWERS, two, now, events(two, (QUESTIONS[0], "b")))])
    assert {row.pk: row.plain for row in rows_of(of, show="people", at=now)} == {one.pk: True, two.pk: False}


def test_the_worker_watches_over_exams_alone() -> None:
    _attempt, client = candidate(running())
    answer = client.get(reverse("exams:my_exam_worker"))
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert reverse("exams:my_exam_worker") == "/my-exams/worker.js"  # its folder is all it may watch over
    assert "Content-Security-Policy" in answer.headers


def test_a_first_visit_with_fonts_scripts_and_a_paper_of_forty_questions_stays_under_150_kb() -> None:
    made = paper()
    text = "<p>Theo quy định về văn thư, cơ quan nhận văn bản điện tử phải làm việc nào trước tiên?</p>"
    choice = "<p>Kiểm tra chữ ký số và tính toàn vẹn của văn bản trước khi đăng ký vào sổ.</p>"
    variant = made.variants.get()
    content = [
        {"id": f"0{n:012}", "kind": "single", "text": text, "options": [{"id": a, "text": choice} for a in "abcd"]}
        for n in range(40)
    ]
    type(variant).objects.filter(pk=variant.pk).update(
        content=content, keys={one["id"]: variant.keys[QUESTIONS[0]] for one in content}
    )
    attempt, client = candidate(sitting(starts_at=timezone.now() + MINUTE, paper=made))
    client.cookies["django_language"] = "vi"
    page = client.get(reverse("exams:my_exam", args=[attempt.key])).content.decode()
    paper_there = sealed(attempt)

    named = set(re.findall(r'(?:src|href)="/static/([^"]+)"', page)) - {"icon-180.png"}
    fonts = {
        f"fonts/{name}-{weight}.woff2"
        for name in ("be-vietnam-pro-latin", "be-vietnam-pro-vietnamese", "lantoa-figures")
        for weight in (400, 600)
    }
    files = sum(packed((STATIC / name).read_bytes(), name) for name in {*named, *fonts, "js/sheet-worker.js"})
    assert "js/sheet.js" in named
    assert packed(page.encode()) <= 8_000
    assert len(paper_there) > 25_000
    assert files + packed(page.encode()) + len(paper_there) <= 150_000


def packed(content: bytes, name: str = "") -> int:
    return len(content) if name.endswith(".woff2") else len(gzip.compress(content, 6))


# ---- a line that is dead until after the end


def test_answers_of_somebody_whose_line_came_back_after_the_end_are_late_and_stamp_a_start() -> None:
    (one,) = attempts(sitting())
    after = T0 + 40 * MINUTE
    (told,) = write([act(Kind.ANSWERS, one, after, events(one, (QUESTIONS[0], "b")))])
    one.refresh_from_db()
    assert (told.stored, told.phase, one.started_at) == (1, "late", after)
    assert Entry.objects.filter(act="exams.start").count() == 1


def test_answers_alone_start_nothing_before_the_end() -> None:
    (one,) = attempts(sitting())
    write([act(Kind.ANSWERS, one, T0 - MINUTE, events(one, (QUESTIONS[0], "b")))])
    write([act(Kind.ANSWERS, one, T0 + MINUTE, events(one, (QUESTIONS[0], "b")))])
    one.refresh_from_db()
    assert one.started_at is None


# ---- letters


def test_letters_are_shown_once_the_exam_has_begun_and_the_ledger_says_who_had_them() -> None:
    of = sitting(starts_at=None, paper=paper(variants=2))
    by = make.user()
    assert (
        refusal(lambda: open_letters(by=by, sitting=of, at=T0))
        == "Cannot show the letters of Kiểm tra cuối khóa: it has not begun yet."
    )
    of.released_at = T0
    of.save()
    seals = open_letters(by=by, sitting=of, at=T0)
    assert [one.variant.number for one in seals] == [1, 2]
    line = Entry.objects.get(act="exams.open_letters")
    assert (line.actor, line.thing, line.about) == (by.actor_key, f"exams.sitting:{of.key}", {"variants": 2})


def test_the_page_of_letters_asks_first() -> None:
    of = running()
    client = officer(of.unit)
    address = reverse("exams:sitting_letters", args=[of.key])
    letters = grouped(Seal.objects.get(sitting=of).letters).upper()
    assert letters not in client.get(address).content.decode()
    assert not Entry.objects.filter(act="exams.open_letters").exists()
    shown = client.post(address)
    assert letters in shown.content.decode()
    assert shown.headers["Cache-Control"] == "no-store"
    assert address in client.get(reverse("exams:sitting", args=[of.key])).content.decode()


# ---- files of answers


def file_of(attempt: Attempt, *chains: tuple[Sent, ...], **other: Any) -> bytes:
    """What `Kept.file` of static/js/sheet-kept.js writes."""
    devices = {
        chain[0].device: [
            [
                one.sequence,
                one.question,
                one.value,
                one.device_ms,
                one.monotonic_ms,
                one.before.hex(),
                one.hash(attempt.key).hex(),
            ]
            for one in chain
        ]
        for chain in chains
    }
    said = {"lantoa": "answers", "version": 1, "attempt": attempt.key, "saved": 1, "devices": devices}
    return json.dumps({**said, **other}).encode()


def test_a_file_is_taken_as_if_it_had_come_now_and_again_it_changes_nothing() -> None:
    (one,) = attempts(sitting())
    sent = events(one, (QUESTIONS[0], "a"), (QUESTIONS[0], "b"), (QUESTIONS[1], "b"))
    write([act(Kind.START, one), act(Kind.ANSWERS, one, T0, sent[:1])])
    content = file_of(one, sent, events(one, (QUESTIONS[2], "b"), device="device02"))
    by = make.user()

    assert take_file(by=by, attempt=one, content=content, at=T0 + 40 * MINUTE) == 3
    assert take_file(by=by, attempt=one, content=content, at=T0 + 50 * MINUTE) == 0
    log = log_of([one])[one.pk]
    assert answers(log) == {QUESTIONS[0]: "b", QUESTIONS[1]: "b", QUESTIONS[2]: "b"}
    one.refresh_from_db()
    found = findings(log, attempt=one.key, ends=one.ends_at(), handed_in_at=None)
    assert (found.late, found.missing, found.broken, found.forked) == (3, 0, 0, 0)
    lines = Entry.objects.filter(act="exams.take_file").order_by("pk")
    assert [line.about for line in lines] == [{"answers": 4, "new": 3}, {"answers": 4, "new": 0}]


def test_a_file_starts_an_attempt_whose_device_never_reached_the_centre() -> None:
    (one,) = attempts(sitting())
    content = file_of(one, events(one, (QUESTIONS[0], "b")))
    assert take_file(by=make.user(), attempt=one, content=content, at=T0 + MINUTE) == 1
    one.refresh_from_db()
    assert one.started_at == T0 + MINUTE


def test_a_file_of_more_events_than_a_batch_is_taken_whole() -> None:
    (one,) = attempts(sitting())
    sent = events(one, *((QUESTIONS[0], number) for number in range(450)))
    assert take_file(by=make.user(), attempt=one, content=file_of(one, sent), at=T0) == 450
    assert Answer.objects.count() == 450


def changed(content: bytes, **fields: Any) -> bytes:
    return json.dumps({**json.loads(content), **fields}).encode()


def test_what_is_no_file_of_this_candidate_or_was_changed_is_refused_with_its_reason() -> None:
    one, other = attempts(sitting(people=2))
    sent = events(one, (QUESTIONS[0], "a"), (QUESTIONS[1], "b"))
    good = file_of(one, sent)
    row = json.loads(good)["devices"]["device00"]
    no_file = "Cannot take the file: it is no file of answers that a page of an exam has saved."
    swapped = [row[0][:2] + ['"c"'] + row[0][3:], row[1]]

    def said(content: bytes, attempt: Attempt = one) -> str:
        return refusal(lambda: take_file(by=make.user(), attempt=attempt, content=content, at=T0 + MINUTE))

    assert said(b"PK\x03\x04") == no_file
    assert said(b"[]") == no_file
    assert said(changed(good, version=2)) == no_file
    assert said(changed(good, devices=[])) == no_file
    assert said(changed(good, devices={"device00": ["x"]})) == no_file
    assert said(changed(good, devices={})) == "Cannot take the file: it holds no answer."
    assert said(good, other) == (
        f"Cannot take the file for {other.person.full_name}: it was saved in the exam of somebody else, or in "
        "another exam."
    )
    for number, rows in (
        (1, swapped),
        (1, row[1:]),
        (2, [row[0], [*row[1][:6], "0" * 64]]),
        (2, [row[0], row[1][:6]]),
    ):
        assert said(changed(good, devices={"device00": rows})) == (
            f"Cannot take the file: it was changed after it was saved, from answer {number} on."
        )
    assert said(b" " * (MOST_FILE_BYTES + 1)) == "Cannot take the file: it has 24576 KB; the most is 24576 KB."
    many = {"device00": row * MOST_FILE_EVENTS}
    assert said(changed(good, devices=many)) == "Cannot take the file: it holds more than 5000 answers."
    assert not Answer.objects.exists()


def test_a_file_that_says_something_else_than_the_centre_holds_of_the_same_device_is_refused() -> None:
    (one,) = attempts(sitting())
    write([act(Kind.START, one), act(Kind.ANSWERS, one, T0, events(one, (QUESTIONS[0], "a"), (QUESTIONS[1], "a")))])
    content = file_of(one, events(one, (QUESTIONS[0], "b"), (QUESTIONS[1], "b")))
    assert refusal(lambda: take_file(by=make.user(), attempt=one, content=content, at=T0 + MINUTE)) == (
        "Cannot take the file: 2 of its answers are at the centre already, from the same device and under the same "
        "number, and say something else."
    )


def test_a_file_is_not_taken_before_the_exam_has_begun() -> None:
    (one,) = attempts(sitting())
    content = file_of(one, events(one, (QUESTIONS[0], "b")))
    assert refusal(lambda: take_file(by=make.user(), attempt=one, content=content, at=T0 - MINUTE)) == (
        f"Cannot take the file for {one.person.full_name}: Kiểm tra cuối khóa has not begun yet."
    )


def test_the_organiser_hands_a_file_in_on_a_page_that_says_what_was_new_or_why_not() -> None:
    of = running()
    (one,) = attempts(of)
    start(by=make.user(), attempt=one, at=timezone.now())
    client = officer(of.unit)
    address = reverse("exams:sitting_file", args=[one.key])
    content = file_of(one, events(one, (QUESTIONS[0], "b")))
    refused = client.post(address, {"file": SimpleUploadedFile("a.json", b"{}")})
    assert refused.status_code == 422
    assert "it is no file of answers" in refused.content.decode()
    taken = client.post(address, {"file": SimpleUploadedFile("a.json", content)}, follow=True)
    assert "1 answer of the file is new." in taken.content.decode()
    assert Answer.objects.get().value == '"b"'
