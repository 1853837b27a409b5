"""What an organiser does on a phone after an exam, and for one on paper: analysis, wrong key, markers, printing."""

import re
from collections.abc import Callable

import pytest
from django.utils import translation
from journeys.browser import Reader
from journeys.exam_on_the_desk import SAID, SAT, TO_PRINT, WRONG
from journeys.test_exam_rooms import number
from journeys.town import Town


@pytest.fixture(scope="module", name="exams")
def _exams(town: Town) -> None:
    town.make("journeys.exam_on_the_desk")


def open_the_exam(officer: Reader, title: str | re.Pattern[str]) -> str:
    officer.go("/sittings/")
    officer.follow_name(title)
    return officer.page.url


def test_an_organiser_reads_what_an_exam_tells_of_its_questions(reader: Callable[..., Reader], exams: None) -> None:
    officer = reader("canbo")
    open_the_exam(officer, re.compile("^Kiểm tra cuối khóa Q9"))
    officer.follow("What the exam tells of its questions")
    assert officer.heading == officer.says("What the exam tells")
    assert officer.says("What the numbers mean") in officer.text
    officer.must_be_sound()
    officer.page.locator("main table th a").first.click()
    officer.page.wait_for_load_state("load")
    officer.must_be_sound()


def test_a_wrong_key_is_mended_after_one_has_seen_what_it_changes(reader: Callable[..., Reader], exams: None) -> None:
    officer = reader("canbo")
    desk = open_the_exam(officer, SAT)
    officer.follow("Correct a wrong key, mark anew")
    officer.must_be_sound()
    officer.follow_name("Câu 1")
    assert WRONG in officer.text
    officer.must_be_sound()
    officer.choose("Another answer is right.")
    officer.page.locator("input[name=right]").nth(1).check(force=True)
    officer.write("Why", "Phương án B mới đúng")
    officer.press("See what would change")
    assert number(officer, "candidates get other points").split()[0] == "6"
    officer.must_be_sound()
    officer.press("Correct the key and mark anew")
    assert "Phương án B mới đúng" in officer.text
    officer.must_be_sound()
    officer.go(f"{desk}changes/")
    officer.must_be_sound()


def give(marker: Reader, *points: str) -> None:
    for field, said in zip(marker.page.locator("main form input[inputmode=decimal]").all(), points, strict=True):
        field.fill(said)


def test_two_markers_differ_and_a_third_decides(reader: Callable[..., Reader], exams: None) -> None:
    second, third = reader("canbo"), reader("quantri")
    desk = open_the_exam(second, SAT)
    second.follow("Mark answers")
    assert SAID in second.text
    second.must_be_sound()
    give(second, "2", "1")
    second.press("Save the points")
    assert second.says("Nothing to mark") in second.text
    second.must_be_sound()
    third.go(desk)
    third.follow("Decide where two markers differ")
    assert third.says("Names are withheld. Your points count alone.") in third.page.locator("body").inner_text()
    third.must_be_sound()
    give(third, "1,5", "1")
    third.press("Save the points")
    assert third.says("Nothing to decide") in third.text


def test_papers_and_sheets_are_printed_and_a_sheet_is_entered_by_its_letters(
    reader: Callable[..., Reader], exams: None
) -> None:
    officer = reader("canbo")
    exam = open_the_exam(officer, TO_PRINT)
    officer.must_be_sound()
    officer.follow("On paper: print, enter answers")
    officer.must_be_sound()
    desk = officer.page.url
    papers = officer.download(lambda: officer.press("Print the papers of all variants"))
    sheets = officer.download(lambda: officer.press("Print the answer sheets"))
    assert (papers[:5], sheets[:5]) == (b"%PDF-", b"%PDF-")
    officer.follow_name("001")
    officer.must_be_sound()
    officer.go(exam)
    officer.follow("Start now")
    officer.press("Start now")
    officer.go(desk)
    officer.follow("Enter a sheet")
    officer.must_be_sound()
    officer.write("Candidate number, or the code under the QR", "2")
    officer.press("Continue")
    officer.must_be_sound()
    officer.write("Letters on the sheet", "1B 2A")
    officer.page.locator("textarea").last.fill("Rà soát thủ tục, rồi báo cáo.")
    officer.press("Read the sheet")
    assert officer.says("This was read") in officer.text
    officer.must_be_sound()
    officer.press("Save the answers")
    officer.must_be_sound()
    hand_in_beside(officer)
    officer.go(f"{desk}entry/")
    with translation.override("vi"):
        said = translation.gettext("%(entered)s of %(people)s sheets are entered.") % {"entered": 1, "people": 6}
    assert said in officer.text


def hand_in_beside(officer: Reader) -> None:
    """The file that the candidate has handed in on a memory stick."""
    officer.page.locator("main a[href*='/paper/files/']").click()
    officer.page.wait_for_load_state("load")
    officer.must_be_sound()
    plan = {"name": "ke-hoach.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    officer.page.locator("input[type=file]").set_input_files(plan)  # type: ignore[arg-type]
    officer.press("Keep the file")
    assert officer.says("at the centre") in officer.text
    officer.must_be_sound()
