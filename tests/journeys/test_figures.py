"""Figures are asked for, reported in a form and in a sheet, returned, approved, and read on the plan."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from journeys.browser import Reader
from journeys.targets_of_three_wards import COUNT, RATIO
from journeys.town import Town
from openpyxl import load_workbook

TITLE = "Số liệu năm trước (hành trình)"
WHY = "Mẫu số chưa gồm hồ sơ nộp qua bưu chính."


def test_figures_come_from_a_form_and_a_sheet_and_count_when_they_are_approved(
    reader: Callable[..., Reader], town: Town
) -> None:
    town.make("journeys.targets_of_three_wards")
    officer, ward = reader("canbo", width=1280), reader("dieuphoi")
    campaign = ask(officer)
    plan, unit = report_in_the_form(ward)
    look_at_ones_own_sheet(ward)
    load_the_sheet(officer, campaign, but=unit)
    return_it_with_a_reason(officer, campaign, unit)
    answer_what_came_back(ward)
    approve(officer, campaign)
    read_the_plan(ward, plan)


def ask(officer: Reader) -> str:
    officer.go("/reporting/")
    officer.must_be_sound()
    officer.follow("New reporting campaign")
    officer.must_be_sound()
    officer.write("Title", TITLE)
    officer.write("The office that asks", "Thành phố Hồ Chí Minh")
    officer.write("Period", str(timezone.localdate().year - 1))
    officer.write("Figures are due by", (timezone.localdate() + timedelta(days=10)).isoformat())
    officer.press("Save")
    officer.must_be_sound()
    officer.press("Ask for these figures")
    assert officer.says("Choose at least one target.") in officer.page.locator("body").inner_text()
    officer.must_be_sound()
    for code in (RATIO, COUNT):
        officer.page.get_by_label(code, exact=True).press("Space")
    officer.press("Ask for these figures")
    assert officer.page.locator("main tbody tr").count() == 6  # two targets of three wards
    officer.must_be_sound()
    return officer.page.url


def report_in_the_form(ward: Reader) -> tuple[str, str]:
    """A part greater than it can be is doubted at once; the address of the plan of the ward, and its name."""
    ward.go("/reports/")
    ward.must_be_sound()
    unit = ward.page.locator("main tr", has_text=RATIO).locator("td").first.inner_text().splitlines()[-1]
    ward.follow_name(RATIO)
    ward.must_be_sound()
    ward.write("Of a ratio: the part", "700")
    ward.write("Of a ratio: the whole", "500")
    ward.write("Source document: number", "08/BC-UBND")
    ward.press("Save")
    assert ward.page.locator(".govuk-error-summary").count() == 1
    ward.must_be_sound()
    ward.write("Of a ratio: the whole", "1000")
    ward.press("Save")
    ward.must_be_sound()
    ward.follow("All targets of the unit")
    assert "70" not in ward.page.locator("main tr", has_text=RATIO).inner_text()  # not before it is approved
    ward.must_be_sound()
    return ward.page.url, unit


def look_at_ones_own_sheet(ward: Reader) -> None:
    """On a phone: the unit's own sheet, and what it would change; nothing was filled in."""
    ward.go("/reports/")
    sent = ward.download(lambda: ward.follow("Take the sheet"))
    ward.follow("Load the filled-in sheet")
    ward.must_be_sound()
    read_sheet(ward, sent)
    ward.must_be_sound()
    assert numbers(ward)[0] == "0"


def load_the_sheet(officer: Reader, campaign: str, *, but: str) -> None:
    """The sheet that went out comes back filled in; read again it changes nothing."""
    officer.go(campaign)
    officer.must_be_sound()
    sent = officer.download(lambda: officer.follow("The sheet to fill in"))
    filled = filled_in(sent, but)
    load(officer, campaign, filled)
    officer.must_be_sound()
    officer.press("Apply")
    officer.must_be_sound()
    load(officer, campaign, filled)
    assert numbers(officer)[0] == "0"
    officer.must_be_sound()


def filled_in(sent: bytes, but: str) -> bytes:
    """Every row but the one that was reported in the form: 55 of a hundred, 5 classes."""
    book = load_workbook(io.BytesIO(sent))
    sheet = book.active
    assert sheet is not None
    heads: dict[str, int] = {}
    seen = 0
    for row in sheet.iter_rows():
        texts = [str(cell.value or "") for cell in row]
        if not heads and "Mã dòng" in texts:
            heads = {text: place for place, text in enumerate(texts)}
        elif heads and texts[heads["Mã chỉ tiêu"]] == COUNT:
            row[heads["Giá trị"]].value = 5
        elif heads and texts[heads["Mã chỉ tiêu"]] == RATIO and not texts[heads["Đơn vị"]].startswith(but):
            seen += 1
            row[heads["Tử số"]].value, row[heads["Mẫu số"]].value = (550, 1000)
    assert seen == 2
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def load(officer: Reader, campaign: str, filled: bytes) -> None:
    officer.go(campaign)
    officer.follow("Load the filled-in sheet")
    read_sheet(officer, filled)


def read_sheet(somebody: Reader, filled: bytes) -> None:
    sheet = {"name": "bao-cao.xlsx", "mimeType": "application/octet-stream", "buffer": filled}
    somebody.page.locator("input[type=file]").set_input_files(sheet)  # type: ignore[arg-type]
    somebody.press("Read the filled-in sheet")


def numbers(officer: Reader) -> list[str]:
    return officer.page.locator(".lt-number__figure").all_inner_texts()


def return_it_with_a_reason(officer: Reader, campaign: str, unit: str) -> None:
    officer.go(campaign)
    officer.follow_name(re.compile(officer.says("figures wait for review")))
    officer.must_be_sound()
    officer.page.locator("main tbody tr", has_text=RATIO).filter(has_text=unit).locator("th a").click()
    officer.page.wait_for_load_state("load")
    officer.must_be_sound()
    officer.press("Return it")
    assert officer.page.locator(".govuk-error-summary").count() == 1  # not without a reason
    officer.must_be_sound()
    officer.write("Why it is returned", WHY)
    officer.press("Return it")
    officer.must_be_sound()


def answer_what_came_back(ward: Reader) -> None:
    ward.go("/reports/")
    assert ward.says("returned") in ward.text
    ward.must_be_sound()
    ward.follow_name(RATIO)
    assert WHY in ward.text
    ward.write("Of a ratio: the whole", "1120")
    ward.write("Why the figure that stands changes", "Thêm hồ sơ nộp qua bưu chính.")
    ward.must_be_sound()
    ward.press("Save")
    assert ward.says("The figure is reported. It counts when it is approved.") in page_text(ward)
    ward.must_be_sound()


def page_text(somebody: Reader) -> str:
    return " ".join(somebody.page.locator("body").inner_text().split())


def approve(officer: Reader, campaign: str) -> None:
    officer.go("/figures/")
    officer.must_be_sound()
    rows = officer.page.locator("main tbody tr", has_text=re.compile("hành trình"))
    assert rows.count() == 6
    for number in range(6):
        rows.nth(number).locator("input").press("Space")
    officer.press("Approve these figures")
    officer.go(campaign)
    assert numbers(officer)[0].split() == ["6", "trên", "6"]
    officer.must_be_sound()


def read_the_plan(ward: Reader, plan: str) -> None:
    """62,5 % of 60 %: met. It opens to the line it was made of, and to the one before it."""
    ward.go(plan)
    row = ward.page.locator("main tr", has_text=RATIO)
    assert "62,5" in row.inner_text()
    ward.must_be_sound()
    row.locator("th a").click()
    ward.page.wait_for_load_state("load")
    assert ("62,5" in ward.page.locator("#figures").inner_text(), "08/BC-UBND" in ward.text) == (True, True)
    ward.must_be_sound()
