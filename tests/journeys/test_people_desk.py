"""The people desk: somebody recorded twice is made one and two again, changes the unit, leaves office."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone
from journeys.browser import Reader
from journeys.steps import add_person

TWICE, MOVES = "Cù Thị Thu Hường", "Khổng Minh Trí"
BORN = date(1988, 3, 14)


def test_a_coordinator_makes_two_records_one_and_takes_it_back(reader: Callable[..., Reader]) -> None:
    coordinator = reader("dieuphoi")
    first = add_person(coordinator, TWICE, born=BORN, email="thu.huong@phuong.example")
    add_again(coordinator)
    compare_and_merge(coordinator)
    separate(coordinator, first)
    say_that_they_are_not_the_same(coordinator)


def add_again(coordinator: Reader) -> None:
    add_person(coordinator, TWICE, born=BORN)
    assert coordinator.says("Is it one of these?") in coordinator.text
    coordinator.must_be_sound()
    coordinator.choose("This is somebody else: add a new person")
    coordinator.press("Add")
    assert coordinator.heading == TWICE


def compare_and_merge(coordinator: Reader) -> None:
    coordinator.go("/")
    coordinator.follow("People recorded twice")
    coordinator.must_be_sound()
    pair(coordinator).get_by_role("link", name=coordinator.says("Compare and merge")).click()
    coordinator.page.wait_for_load_state("load")
    coordinator.must_be_sound()
    coordinator.press("Merge")
    assert coordinator.says("Other records of this person") in coordinator.text
    coordinator.must_be_sound()


def pair(coordinator: Reader):  # type: ignore[no-untyped-def]
    """The row of the two who are called so."""
    return coordinator.page.locator("main tbody tr", has_text=TWICE)


def separate(coordinator: Reader, person: str) -> None:
    coordinator.follow("Separate")
    coordinator.must_be_sound()
    coordinator.press("Separate")
    assert coordinator.says("They are two records again.") in coordinator.text
    coordinator.go(person)
    assert coordinator.heading == TWICE


def say_that_they_are_not_the_same(coordinator: Reader) -> None:
    coordinator.go("/people/duplicates/")
    pair(coordinator).get_by_role("button", name=coordinator.says("Not the same")).click()
    coordinator.page.wait_for_load_state("load")
    assert pair(coordinator).count() == 0
    coordinator.follow("Said not to be the same")
    assert pair(coordinator).count() == 1
    coordinator.must_be_sound()


def test_somebody_moves_to_another_ward_and_then_leaves_office(reader: Callable[..., Reader]) -> None:
    coordinator, officer = reader("dieuphoi"), reader("canbo")
    person = add_person(coordinator, MOVES)
    ward = ask_for_the_transfer(coordinator, officer)
    take_them_on(officer, ward)
    leave_office(officer, person)


def ask_for_the_transfer(coordinator: Reader, officer: Reader) -> str:
    """The ward that is asked: another one of the city."""
    officer.go("/units/")
    coordinator.follow("Transfer")
    coordinator.must_be_sound()
    coordinator.write("Receiving unit", "Phường Không Có")
    coordinator.press("Transfer")
    assert coordinator.page.locator(".govuk-error-message").count() == 1
    coordinator.must_be_sound()
    ward = "Phường Sài Gòn, Thành phố Hồ Chí Minh"
    coordinator.write("Receiving unit", ward)
    coordinator.write("Post in the new unit", "Chuyên viên")
    coordinator.write("First day in the new unit", (timezone.localdate() - timedelta(days=5)).isoformat())
    coordinator.press("Transfer")
    said = coordinator.says("The receiving unit was asked; nothing changes before it accepts.")
    assert said in coordinator.text
    coordinator.go("/transfers/")
    coordinator.must_be_sound()
    return "Phường Sài Gòn"


def take_them_on(officer: Reader, ward: str) -> None:
    officer.go("/")
    officer.follow("Transfers between units")
    officer.follow_name(MOVES)
    assert ward in officer.text
    officer.must_be_sound()
    officer.press("Take them on")
    assert officer.says("The transfer was accepted.") in officer.text
    officer.must_be_sound()


def leave_office(officer: Reader, person: str) -> None:
    officer.go(person)
    assert re.search("Chuyên viên", officer.text)
    officer.follow("Leaves office")
    officer.must_be_sound()
    tomorrow = timezone.localdate() + timedelta(days=1)
    officer.write("First day out of office", tomorrow.isoformat())
    officer.press("They have left office")
    assert f"{tomorrow:%d/%m/%Y}" in officer.page.locator(".govuk-error-summary").inner_text()
    officer.must_be_sound()
    officer.write("First day out of office", timezone.localdate().isoformat())
    officer.press("They have left office")
    assert officer.says("%(name)s has left office.") % {"name": MOVES} in officer.page.locator("body").inner_text()
    officer.must_be_sound()
