"""An open class: the office opens it, a citizen joins with consent and leaves again, both without an account."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from journeys.browser import Reader
from journeys.steps import common_day, new_class

ABOUT = "Cho mọi người dân của thành phố. Mang theo điện thoại."
CLASS = "LM-1"
CITIZEN = "Tống Thị Ngọc Lan"


def test_a_citizen_joins_an_open_class_with_consent_and_leaves_it(reader: Callable[..., Reader]) -> None:
    officer, citizen = reader("canbo"), reader()
    page = open_the_class(officer)
    leaving = join(citizen, page)
    see_who_joined(officer, "in the class")
    leave(citizen, leaving)
    see_who_joined(officer, "left")
    read_the_register(reader("quantri"))


def open_the_class(officer: Reader) -> str:
    """The address of the public page."""
    day = common_day(timezone.localdate() + timedelta(days=9), 1)
    name, people = "Kỹ năng số cho người dân (minh họa)", ["Thập Văn Lành,,Tổ trưởng,Phường Sài Gòn"]
    officer.go(new_class(officer, CLASS, name, day, people, invented=True))
    officer.follow_name(CLASS)
    officer.follow("Open it to citizens and businesses")
    officer.must_be_sound()
    officer.write("Last day to join", (timezone.localdate() + timedelta(days=5)).isoformat())
    officer.write("For whom, and what to bring", ABOUT)
    officer.page.locator("main form").last.locator("button").click()
    officer.page.wait_for_load_state("load")
    officer.must_be_sound()
    return officer.page.locator("[data-copy] input").first.input_value()


def join(citizen: Reader, page: str) -> str:
    """The link to leave, shown this once."""
    citizen.go("/open-classes/")
    citizen.must_be_sound()
    citizen.go(page)
    assert ABOUT in citizen.text
    assert citizen.page.locator("input:checked").count() == 0
    citizen.must_be_sound()
    citizen.write("Full name", CITIZEN)
    citizen.write("Telephone", "0901234567")
    citizen.choose("a citizen")
    citizen.press("Join this class")
    assert citizen.says("Tick the box if you agree") in citizen.text
    citizen.must_be_sound()
    citizen.page.locator("input[name=consent]").check(force=True)
    citizen.press("Join this class")
    assert citizen.heading == citizen.says("You are in the class")
    citizen.must_be_sound()
    return citizen.page.locator("[data-copy] input").input_value()


def see_who_joined(officer: Reader, state: str) -> None:
    officer.page.reload()
    assert officer.says(state) in officer.page.locator("main tbody tr", has_text=CITIZEN).inner_text()
    officer.must_be_sound()


def leave(citizen: Reader, link: str) -> None:
    citizen.go(link)
    citizen.must_be_sound()
    citizen.press("Leave the class")
    assert citizen.says("You are out of the class. Your consent is taken back.") in citizen.text
    citizen.must_be_sound()


def read_the_register(desk: Reader) -> None:
    """The privacy desk counts the consents given and taken back, class by class."""
    desk.go("/privacy/purposes/")
    row = desk.page.locator("main tbody tr", has_text=CLASS)
    assert row.locator("td.lt-num").all_inner_texts() == ["0", "1", "1"]
    desk.must_be_sound()
