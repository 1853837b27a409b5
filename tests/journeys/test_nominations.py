"""A unit answers a call and the office decides, both on a phone and in Vietnamese; what the demonstration asks."""

import re
from collections.abc import Callable

from journeys.browser import Reader

CALL = "Cử học viên lớp DP-5 (minh họa)"
FIRST, SECOND = "Tạ Ngọc Minh Khuê", "Đoàn Quốc Hưng Thịnh"


def test_a_unit_nominates_changes_its_mind_and_the_office_accepts(reader: Callable[..., Reader]) -> None:
    coordinator, officer = reader("dieuphoi"), reader("canbo")
    nominate_two(coordinator)
    replace_the_first(coordinator)
    accept_all(officer)
    see_what_came_of_it(coordinator)


def test_a_unit_declines_and_the_office_reads_why(reader: Callable[..., Reader]) -> None:
    officer = reader("canbo")
    call_of(officer)
    assert "Đơn vị đang tập trung bàn giao sau sắp xếp, xin cử ở đợt sau." in officer.text


def nominate_two(coordinator: Reader) -> None:
    """One place is left: the second waits."""
    coordinator.go("/")
    coordinator.follow_name(CALL)
    coordinator.must_be_sound()
    coordinator.follow("Nominate people")
    for name in (FIRST, SECOND):
        coordinator.page.get_by_label(name, exact=True).press("Space")
    coordinator.press("Nominate these people")
    assert (coordinator.heading, "chỗ số 4" in coordinator.text, "dự bị thứ 1" in coordinator.text) == (
        CALL,
        True,
        True,
    )
    coordinator.must_be_sound()


def replace_the_first(coordinator: Reader) -> None:
    """Whoever comes instead has the place; what speaks against them is said once more before it counts."""
    coordinator.page.get_by_role("link", name=f"{coordinator.says('Replace')} {FIRST}").click()
    learner = coordinator.page.locator("main tbody tr").filter(has_text=re.compile(r"DP-\d")).first
    name = learner.locator("th").first.inner_text().split(" (")[0]
    learner.get_by_role("button").click()
    assert coordinator.page.locator("h1").inner_text() == coordinator.says("Nominate them all the same?")
    coordinator.must_be_sound()
    coordinator.follow("Cancel")
    coordinator.page.go_back()
    coordinator.page.get_by_role("button", name=coordinator.says("Nominate all the same")).click()
    assert f"Đã cử {name} thay {FIRST}." in coordinator.page.locator("body").inner_text()


def call_of(officer: Reader) -> None:
    officer.go("/programmes/")
    officer.follow_name("Bồi dưỡng điều phối viên chuyển đổi số cấp xã Thành phố Hồ Chí Minh (minh họa)")
    officer.go(officer.page.url + "progress/")
    officer.follow("Calls for nominations")
    officer.must_be_sound()
    officer.follow_name(CALL)


def accept_all(officer: Reader) -> None:
    call_of(officer)
    officer.must_be_sound()
    officer.press("Remind those who have not answered")
    officer.follow("Decide")
    boxes = officer.page.locator("main tbody input[type=checkbox]")
    assert boxes.count() == 4
    for number in range(4):
        boxes.nth(number).press("Space")
    officer.must_be_sound()
    officer.page.get_by_role("button", name="Nhận vào lớp DP-5").click()
    assert "Đã nhận 4 người vào lớp DP-5." in officer.page.locator("body").inner_text()


def see_what_came_of_it(coordinator: Reader) -> None:
    coordinator.go("/asked/")
    coordinator.follow_name(CALL)
    assert "đã nhận DP-5" in coordinator.text
    coordinator.follow("The year ahead of this unit")
    assert coordinator.heading == coordinator.says("The year ahead")
    coordinator.must_be_sound()
