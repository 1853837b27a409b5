"""A campaign of an index: opened, answered on a phone, reviewed, objected to, published with its paths."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from journeys.browser import Reader
from journeys.town import Town

INDEX = Path(__file__).with_name("index_of_three.toml")
TITLE = "Phục vụ người dân năm 2026 (thử)"
CITY = "Thành phố Hồ Chí Minh"
PLAN, ONLINE, TRAINED = (
    "1 Có kế hoạch chuyển đổi số của năm",
    "2 Hồ sơ nộp trực tuyến",
    "3 Cán bộ đã qua bồi dưỡng",
)
OVERTAKEN = (
    "“%(code)s” is not saved: another answer was saved meanwhile, %(other)s. "
    "Save again if yours shall stand in its place."
)
PAPER = {"name": "ke-hoach.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}


def test_a_campaign_goes_from_its_index_to_scores_that_say_why(reader: Callable[..., Reader], town: Town) -> None:
    officer, ward, chief = reader("canbo", width=1280), reader("dieuphoi"), reader("quantri")
    campaign = open_it(officer)
    sheet = answer_on_a_phone(ward)
    what_another_device_saved_stands(ward, reader("dieuphoi", width=1280), sheet)
    hand_in_with_a_paper(ward, sheet)
    town.make("journeys.neighbours_in_the_campaign")
    lower_one_and_return_one(officer, campaign)
    answer_again(ward, sheet)
    accept_and_open_objections(officer, campaign)
    object_with_a_paper(ward, sheet)
    nobody_decides_on_their_own_ruling(officer, campaign)
    decide(chief, campaign)
    publish(officer, town, campaign)
    read_the_path(ward, campaign)


def move_on(officer: Reader, step: str) -> None:
    """What a step does is read before it is done."""
    officer.follow(step)
    officer.must_be_sound()
    officer.press(step)


def open_it(officer: Reader) -> str:
    officer.go("/readiness/")
    officer.must_be_sound()
    officer.follow("Indices")
    officer.must_be_sound()
    officer.follow("Load an index")
    officer.write("Unit that holds it", CITY)
    officer.page.locator("input[type=file]").set_input_files(INDEX)
    officer.must_be_sound()
    officer.press("Load it")
    officer.must_be_sound()
    assert officer.page.locator("main table tbody tr").count() == 5  # two groups, three components
    officer.go("/readiness/")
    officer.follow("New campaign")
    officer.write("Unit that holds it", CITY)
    officer.page.locator("select[name=version]").select_option(
        label="Ba câu hỏi về phục vụ người dân (thử), phiên bản 2026-thu"
    )
    today = timezone.localdate()
    officer.write("Year", "2026")
    officer.write("Title", TITLE)
    officer.write("Units in force on", today.isoformat())
    officer.write("Last day for answers", (today + timedelta(days=20)).isoformat())
    officer.write("Last day for objections", (today + timedelta(days=10)).isoformat())
    officer.press("Plan it")
    assert officer.page.locator(".govuk-error-summary").count() == 1  # objections end after answers do
    officer.must_be_sound()
    officer.write("Last day for objections", (today + timedelta(days=40)).isoformat())
    officer.press("Plan it")
    assert officer.heading == TITLE
    officer.must_be_sound()
    move_on(officer, "Take answers")
    assert officer.says("answers are taken") in officer.text
    officer.must_be_sound()
    return officer.page.url


def answer_on_a_phone(ward: Reader) -> str:
    ward.go("/readiness/")
    ward.follow_name(TITLE)
    assert ward.page.locator("main table tbody tr").count() == 1  # no other unit's sheet
    ward.must_be_sound()
    ward.page.locator("main table tbody th a").click()
    ward.page.wait_for_load_state("load")
    sheet = ward.page.url
    ward.must_be_sound()
    ward.follow("Go on with the next answer")
    assert ward.page.locator("main input:checked").count() == 0
    ward.choose("yes")
    ward.must_be_sound()
    saved(ward, "Save and go on")
    answer_part_of(ward, "60", "100")
    ward.must_be_sound()
    saved(ward, "Save and go on")
    answer_part_of(ward, "80", "90")
    saved(ward)
    return sheet


def what_another_device_saved_stands(ward: Reader, desk: Reader, sheet: str) -> None:
    """What a phone typed without a line neither overwrites what was saved elsewhere meanwhile, nor is it lost."""
    ward.follow_name(TRAINED)
    ward.page.context.set_offline(True)
    answer_part_of(ward, "82", "90")
    ward.page.get_by_text(ward.says("Kept on this device; not yet at the centre.")).wait_for()
    save(desk, sheet, "75")
    ward.page.context.set_offline(False)
    ward.page.get_by_text(ward.says(OVERTAKEN).split(": ")[1].split(",")[0]).wait_for()
    ward.go(sheet)
    ward.follow_name(TRAINED)
    assert ward.field("Part: how many of them").input_value() == "75"
    other = ward.page.locator("[data-kept-other]")
    assert "82 / 90" in other.inner_text()
    ward.must_be_sound()
    ward.press("Take what was typed here")
    assert ward.field("Part: how many of them").input_value() == "82"
    ward.page.get_by_text(ward.says("Saved at the centre.")).wait_for()
    save(desk, sheet, "75")
    ward.go(sheet)
    ward.follow_name(TRAINED)
    assert ward.field("Part: how many of them").input_value() == "75"
    assert not ward.page.locator("[data-kept-other]").is_visible()
    ward.go(sheet)


def save(somebody: Reader, sheet: str, part: str) -> None:
    somebody.go(sheet)
    somebody.follow_name(TRAINED)
    answer_part_of(somebody, part, "90")
    saved(somebody)


def saved(somebody: Reader, button: str = "Save") -> None:
    """Presses a button that sends by the script and goes on when the centre has it."""
    with somebody.page.expect_navigation():
        somebody.press(button)


def hand_in_with_a_paper(ward: Reader, sheet: str) -> None:
    ward.press("Hand the sheet in")
    assert ward.says("Cannot hand in: these answers need a paper: %(codes)s.").split("%")[0] in page_text(ward)
    ward.must_be_sound()
    ward.follow_name(PLAN)
    ward.page.locator("main summary").click()
    ward.write("Number of the document", "12/KH-UBND")
    ward.write("Day of the document", "2026-01-15")
    ward.write("Abstract", "Kế hoạch chuyển đổi số năm 2026")
    ward.page.locator("input[type=file]").set_input_files(PAPER)  # type: ignore[arg-type]
    ward.must_be_sound()
    ward.press("Add the paper")
    assert ward.text.count("12/KH-UBND") == 1
    ward.must_be_sound()
    ward.go(sheet)
    ward.press("Hand the sheet in")
    assert ward.says("handed in") in ward.text
    ward.must_be_sound()


def answer_part_of(somebody: Reader, part: str, whole: str) -> None:
    somebody.write("Part: how many of them", part)
    somebody.write("Whole: how many there are", whole)


def page_text(somebody: Reader) -> str:
    return " ".join(somebody.page.locator("body").inner_text().split())


def lower_one_and_return_one(officer: Reader, campaign: str) -> None:
    open_the_sheet(officer, campaign)
    officer.follow_name(PLAN)
    assert officer.download(lambda: officer.page.locator("main .lt-download").click()) == PAPER["buffer"]
    open_the_sheet(officer, campaign)
    rule(officer, ONLINE, "lower", "Bảng kê kèm theo chỉ có 30 hồ sơ.", part=("70", "100"))
    assert officer.page.locator(".govuk-error-summary").count() == 1  # 70 is not less than the 60 declared
    officer.must_be_sound()
    answer_part_of(officer, "30", "100")
    officer.press("Save")
    rule(officer, TRAINED, "return to be corrected", "Tổng số cán bộ không khớp với danh sách đã gửi.")
    officer.press("Accept all without a ruling")
    officer.must_be_sound()
    officer.press("Finish the review")
    officer.must_be_sound()


def open_the_sheet(officer: Reader, campaign: str) -> None:
    """The first of those that are handed in."""
    officer.go(campaign)
    officer.follow_name(re.compile(rf"\d {officer.says('handed in')}$"))
    officer.page.locator("main table tbody th a").click()
    officer.page.wait_for_load_state("load")
    officer.must_be_sound()


def rule(officer: Reader, component: str, ruling: str, reason: str, part: tuple[str, str] | None = None) -> None:
    officer.follow_name(component)
    officer.choose(ruling)
    if part:
        answer_part_of(officer, *part)
    officer.write("Reason", reason)
    officer.must_be_sound()
    officer.press("Save")


def answer_again(ward: Reader, sheet: str) -> None:
    """What came back says why; what was lowered is not told while the review goes on."""
    ward.go(sheet)
    ward.must_be_sound()
    ward.follow_name(ONLINE)
    assert "Bảng kê kèm theo" not in ward.text
    ward.go(sheet)
    ward.follow_name(TRAINED)
    assert "Tổng số cán bộ không khớp" in ward.text
    ward.must_be_sound()
    answer_part_of(ward, "55", "110")
    saved(ward)
    ward.press("Hand the sheet in")
    assert ward.says("handed in") in ward.text


def accept_and_open_objections(officer: Reader, campaign: str) -> None:
    open_the_sheet(officer, campaign)
    officer.press("Accept all without a ruling")
    officer.press("Finish the review")
    move_on(officer, "Take no more answers")
    officer.must_be_sound()
    move_on(officer, "Open objections")
    assert officer.says("appeals are open") in officer.text
    officer.must_be_sound()


def object_with_a_paper(ward: Reader, sheet: str) -> None:
    ward.go(sheet)
    ward.must_be_sound()
    ward.follow_name(ONLINE)
    assert "Bảng kê kèm theo" in ward.text
    ward.write("Why you object", "Có thêm 15 hồ sơ nộp qua bưu chính công ích.")
    ward.must_be_sound()
    ward.press("Object")
    ward.page.locator("main summary").click()
    ward.write("Abstract", "Danh sách 15 hồ sơ")
    ward.press("Add the paper")
    assert "Danh sách 15 hồ sơ" in ward.text
    ward.must_be_sound()


def to_the_objection(somebody: Reader, campaign: str) -> None:
    somebody.go(campaign)
    somebody.follow_name(re.compile(somebody.says("with an objection to decide")))
    somebody.must_be_sound()
    somebody.page.locator("main table tbody td a").click()  # the review of the one unit that objects
    somebody.page.wait_for_load_state("load")
    somebody.follow_name(ONLINE)
    assert "15 hồ sơ nộp qua bưu chính" in somebody.text


def nobody_decides_on_their_own_ruling(officer: Reader, campaign: str) -> None:
    to_the_objection(officer, campaign)
    assert officer.says("You ruled on this answer yourself; somebody else decides on the objection.") in officer.text
    assert officer.page.locator("main textarea").count() == 0
    officer.must_be_sound()


def decide(chief: Reader, campaign: str) -> None:
    to_the_objection(chief, campaign)
    answer_part_of(chief, "45", "100")
    chief.write("Reason", "Danh sách bổ sung có xác nhận của bưu điện.")
    chief.must_be_sound()
    chief.press("Save")
    chief.must_be_sound()


def publish(officer: Reader, town: Town, campaign: str) -> None:
    officer.go(campaign)
    move_on(officer, "Score and publish")
    town.work()
    officer.page.reload()
    officer.follow("See the result")
    officer.must_be_sound()
    places = officer.page.locator("main table tbody tr")
    said = [" ".join(places.nth(number).inner_text().split()) for number in range(3)]
    assert [line.split()[0] for line in said] == ["1", "2", "3"]
    assert "0,6250" in said[1]  # 30 of the plan, 50 x 45/100, 20 x 55/110


def read_the_path(ward: Reader, campaign: str) -> None:
    ward.go(campaign)
    ward.follow("Results")
    ward.must_be_sound()
    ward.page.locator("main table tbody tr").nth(1).locator("th a").click()
    ward.page.wait_for_load_state("load")
    for part in ward.page.locator("main details").all():
        part.locator("summary").click()
    assert ("0,6250" in ward.text, "45 trên 100: 22,50 trên 50" in ward.text) == (True, True)
    ward.must_be_sound()
