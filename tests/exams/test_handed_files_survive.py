"""Files of an exam in a real browser before a real web process: a cut line, two devices, the last resort."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from exams.hall import Line, Web
from exams.sat import attempts
from exams.test_handed_files import ASKS, OTHER, PDF, QUESTION, value
from exams.test_sheet_survives import (
    SHORT,
    Candidate,
    _place,
    exam,
    pytestmark,
    sits,
    sound,
    there,
)
from playwright.sync_api import expect

from lantoa.directory.models import Role
from lantoa.exams.actions.sittings import mark_attempts
from lantoa.exams.models import Attempt, HandedFile
from lantoa.exams.queries.sittings import unmarked_answers
from lantoa.exams.rules.sheet_words import FILE_WORDS
from lantoa.office.queries.files import read_file

__all__ = ["_place", "pytestmark", "sits"]
Sits = Callable[..., Candidate]
PAPER = [ASKS, SHORT[0]]


@pytest.fixture(autouse=True)
def _files_of_the_process(place: tuple[Web, Line], settings: Any) -> None:
    settings.FILES_DIR = place[0].data / "files"


def words(name: str) -> str:
    with translation.override("vi"):
        said = translation.gettext(FILE_WORDS[name])
    assert said != FILE_WORDS[name]
    return said.split("%(")[0].strip()


def choose(one: Candidate, content: bytes = PDF, name: str = "Bài của An.pdf") -> None:
    file: Any = {"name": name, "mimeType": "application/pdf", "buffer": content}
    one.page.set_input_files("#answer", files=[file])


def is_told(one: Candidate, name: str) -> None:
    expect(one.page.locator("#sheet-state")).to_contain_text(words(name))


def contents() -> list[bytes]:
    return [read_file(row.file) for row in HandedFile.objects.select_related("file").order_by("id")]


def test_a_file_is_chosen_replaced_and_at_the_centre_before_the_exam_is_handed_in(sits: Sits) -> None:
    (attempt,) = attempts(exam(of=PAPER))
    one = sits(attempt).ready()
    one.sound()
    choose(one, b"x", "bai.exe")
    expect(one.page.locator("#sheet-fields [role=alert]")).to_contain_text(words("file_kind").partition(".")[0])
    choose(one, b"%PDF-" + bytes(5 * 1024 * 1024))
    expect(one.page.locator("#sheet-fields [role=alert]")).to_contain_text("5,1 MB")
    choose(one)
    one.told("state_centre")
    expect(one.page.locator("#sheet-fields")).to_contain_text("Bài của An.pdf (1 KB)")
    one.sound()
    choose(one, OTHER)
    expect(one.page.locator("#sheet-fields")).to_contain_text("Bài của An.pdf")
    one.until("Sheet.files.rows.length === 2 && !Sheet.files.waiting()")
    one.told("state_centre")
    one.hand_in()
    assert there(attempt) == {QUESTION: value(OTHER)}
    assert contents() == [PDF, OTHER]
    attempt.refresh_from_db()
    sound(attempt)


def test_a_file_taken_back_is_no_answer(sits: Sits) -> None:
    (attempt,) = attempts(exam(of=PAPER))
    one = sits(attempt).ready()
    choose(one)
    one.told("state_centre")
    one.page.get_by_role("button", name=words("file_back")).click()
    one.told("state_none")
    one.until("!Sheet.pending()")
    assert there(attempt) == {QUESTION: None}


def test_a_file_chosen_without_a_line_outlives_a_reload_and_is_sent_when_the_line_is_back(
    sits: Sits, place: tuple[Web, Line]
) -> None:
    (attempt,) = attempts(exam(of=PAPER))
    one = sits(attempt).ready()
    place[1].put("cut")
    choose(one)
    one.told("state_device")
    one.page.reload()
    expect(one.page.locator("#sheet[data-fresh=no]")).to_be_visible()
    one.told("state_device")
    expect(one.page.locator("#sheet-fields")).to_contain_text("Bài của An.pdf")
    assert (there(attempt), contents()) == ({}, [])
    place[1].put("open")
    one.page.evaluate("Sheet.all.line.now()")
    one.told("state_centre")
    assert (there(attempt), contents()) == ({QUESTION: value()}, [PDF])


HELD = """(() => {
    const send = XMLHttpRequest.prototype.send;
    XMLHttpRequest.prototype.send = function (body) {
        if (!window.held) { send.call(this, body); return; }
        window.release = () => { window.held = false; send.call(this, body); };
    };
    window.held = true;
})()"""


def test_handing_in_waits_for_a_file_that_is_on_its_way(sits: Sits) -> None:
    (attempt,) = attempts(exam(of=PAPER))
    one = sits(attempt, HELD).ready()
    choose(one)
    is_told(one, "file_waits")  # the event is at the centre, the content is not
    assert (there(attempt), contents()) == ({QUESTION: value()}, [])
    one.page.evaluate("location.hash = 'hand-in'")
    one.reads("first_send")
    one.press("hand_in")
    one.reads("not_yet_pending")
    one.page.wait_for_timeout(1500)
    attempt.refresh_from_db()
    assert attempt.handed_in_at is None
    one.page.evaluate("window.release()")
    one.reads("handed_in")
    one.reads("all_there")
    assert contents() == [PDF]


def test_a_file_named_in_time_counts_when_its_content_comes_after_the_end(sits: Sits) -> None:
    of = exam(of=PAPER)
    (attempt,) = attempts(of)
    one = sits(attempt, HELD).ready()
    choose(one)
    is_told(one, "file_waits")
    one.learns(of, timezone.now() - timedelta(minutes=30))
    one.reads("time_over")
    one.reads("still_here")
    one.page.evaluate("window.release()")
    one.reads("all_there")
    assert contents() == [PDF]
    mark_attempts(by=make.BY, attempts=[attempt], at=timezone.now())
    (waits,) = unmarked_answers(of, most=10, at=timezone.now())
    assert waits.file is not None


def test_a_second_device_sees_the_file_of_the_first_and_the_conflict(sits: Sits) -> None:
    (attempt,) = attempts(exam(of=PAPER))
    one = sits(attempt).ready()
    choose(one)
    one.told("state_centre")
    two = sits(attempt).ready()
    two.told("state_other")
    expect(two.page.locator("#sheet-fields")).to_contain_text(words("file_other"))
    choose(two, OTHER)
    two.told("state_centre")
    one.page.evaluate("Sheet.look()")
    one.told("state_differs")
    expect(one.page.locator("#sheet-differs")).to_contain_text("pdf")
    one.press("take_other")
    one.told("state_centre")
    assert there(attempt) == {QUESTION: value(OTHER)}


def test_a_file_that_the_centre_refuses_is_told_in_its_words_and_stays_for_the_last_resort(sits: Sits) -> None:
    (attempt,) = attempts(exam(of=PAPER))
    one = sits(attempt).ready()
    choose(one, b"MZ no pdf")
    expect(one.page.locator("#sheet-state")).to_contain_text("không")
    one.line_says("some_refused")
    one.page.evaluate("location.hash = 'hand-in'")
    one.reads("missing")
    one.press("hand_in")
    one.reads("handed_in")
    one.reads("some_refused")
    assert contents() == []


def test_the_file_of_last_resort_carries_what_never_left_the_device(sits: Sits, place: tuple[Web, Line]) -> None:
    of = exam(of=PAPER)
    (attempt,) = attempts(of)
    one = sits(attempt).ready()
    place[1].put("cut")
    choose(one)
    one.told("state_device")
    one.page.evaluate("location.hash = 'list'")
    with one.page.expect_download() as coming:
        one.press("save_file")
    saved = Path(coming.value.path())
    officer = Client()
    officer.force_login(make.user(Role.PROGRAMME_OFFICER, on=of.unit))
    with saved.open("rb") as file:
        answer = officer.post(reverse("exams:sitting_file", args=[attempt.key]), {"file": file})
    assert answer.status_code == 302
    assert (there(attempt), contents()) == ({QUESTION: value()}, [PDF])
    place[1].put("open")
    one.page.evaluate("Sheet.all.line.now()")
    one.line_says("line_all")
    one.until("!Sheet.pending()")
    assert HandedFile.objects.count() == 1


def test_without_javascript_a_file_is_handed_in_on_the_plain_page(sits: Sits) -> None:
    of = exam(of=PAPER)
    (attempt,) = attempts(of)
    one = sits(attempt, java_script_enabled=False).open()
    page = one.page
    page.locator("#plain button").click()
    file: Any = {"name": "bai.pdf", "mimeType": "application/pdf", "buffer": PDF}
    page.set_input_files("input[type=file]", files=[file])
    page.locator("button[value=list]").first.click()
    expect(page.locator("#plain table")).to_be_visible()
    assert (there(Attempt.objects.get(pk=attempt.pk)), contents()) == ({QUESTION: value()}, [PDF])
