"""The officer: from a plan and a roster as it came to certificates and a numbered report; a phone, Vietnamese."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from journeys.browser import Reader
from journeys.town import Town

ROSTER = settings.BASE_DIR / "examples/district-9/lop_q9-4.csv"
PLAN = Path(__file__).with_name("plan.yaml")
NAME = "Bồi dưỡng bổ sung chuyển đổi số Quận 9 (minh họa)"


def test_an_officer_brings_a_class_from_its_roster_to_certificates_and_report(
    reader: Callable[..., Reader], town: Town
) -> None:
    officer = reader()
    officer.sign_in("canbo")
    programme = load_the_plan(officer)
    load_the_roster_undo_it_and_load_it_again(officer)
    call_both_rolls(officer, programme)
    issue_certificates(officer, town, programme)
    draft_the_report_and_enter_its_number(officer, programme)


def load_the_plan(officer: Reader) -> str:
    officer.follow("Load a programme file")
    officer.write("Or the text of the file", PLAN.read_text(encoding="utf-8"))
    officer.press("Show what changes")
    assert officer.page.locator("main tbody tr").count() == 5  # programme, course, class, two meetings
    officer.must_be_sound()
    officer.press("Apply these changes")
    assert officer.heading == NAME
    officer.go(officer.page.url + "progress/")
    return officer.page.url


def load_the_roster_undo_it_and_load_it_again(officer: Reader) -> None:
    officer.follow("Load a roster from a file")
    officer.page.locator("input[type=file]").set_input_files(ROSTER)
    officer.press("Read the list")
    assert numbers(officer) == ["0", "39", "2"]  # all are known from the first programme; two rows are wrong
    assert '"31/2/1980" không phải là ngày: tháng 2 năm 1980 không có ngày 31.' in officer.text
    officer.must_be_sound()
    officer.press("Apply")
    officer.press("Undo")
    officer.press("Read the file again")
    assert numbers(officer) == ["0", "39", "2"]
    officer.press("Apply")
    officer.follow("Back to where it goes")
    assert "39 trên 45" in officer.text


def numbers(officer: Reader) -> list[str]:
    return officer.page.locator(".lt-number__figure").all_inner_texts()


def call_both_rolls(officer: Reader, programme: str) -> None:
    for _meeting in range(2):
        officer.go(programme)
        officer.follow_name("Q9-4")
        officer.follow("Call the roll")
        officer.choose("absent")  # the first of the list
        officer.press("Save the roll")
        assert "38 trên 39" in officer.text


def issue_certificates(officer: Reader, town: Town, programme: str) -> None:
    officer.go(programme)
    officer.follow("Certificates")
    assert "38 người đã hoàn thành và chưa được cấp chứng nhận." in officer.text
    officer.press("Issue certificates")
    assert officer.says("Waiting for its turn.") in officer.text
    officer.must_be_sound()
    town.work()
    officer.page.reload()
    assert officer.says("Done.") in officer.text
    officer.follow("See the result")
    assert officer.page.locator("main table tbody tr").count() == 38
    paper = officer.download(lambda: officer.page.locator("main table tbody th a").first.click())
    assert paper.startswith(b"%PDF-")


def draft_the_report_and_enter_its_number(officer: Reader, programme: str) -> None:
    officer.go(programme)
    officer.follow("Lists, presence sheets, results, report and decision")
    officer.press("Draft the report")
    officer.must_be_sound()
    officer.page.locator("input[name=number]").fill("17")
    officer.press("Enter the number")
    assert "17/BC-UBND" in officer.text
    word = officer.download(lambda: officer.follow_name("Word"))
    document = zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()
    assert ("17/BC-UBND" in document, "38" in document) == (True, True)
