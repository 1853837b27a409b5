"""A day in class, on phones and in Vietnamese: the link, the code on the wall, the roll, a correction, a plan."""

from collections.abc import Callable

from journeys.browser import Reader
from journeys.town import Town

ONE_OF_ALL = "1 trên 42"


def test_a_learner_comes_in_by_a_link_types_the_code_of_the_wall_and_hands_in_a_plan(
    reader: Callable[..., Reader], town: Town
) -> None:
    things = town.found["things"]
    coordinator, lecturer, learner = reader("dieuphoi"), reader("giangvien"), reader()
    name, link = make_a_personal_link(coordinator, things["learner"])

    wall = show_the_code(lecturer, things["meeting"])
    assert wall.text.count("0 trên 42") == 1
    sign_in_by_link(learner, name, link)
    type_the_code(learner, digits_on(wall))
    wall.go(f"/meetings/{things['meeting']}/wall/")
    assert wall.text.count(ONE_OF_ALL) == 1

    hand_in_a_plan(learner)
    stop_the_code_and_call_the_roll_without_scripts(reader("giangvien", javascript=False), things["meeting"])
    correct_one_with_a_reason(lecturer, things["meeting"])


def make_a_personal_link(coordinator: Reader, person: str) -> tuple[str, str]:
    coordinator.go(f"/people/{person}/")
    name = coordinator.heading
    coordinator.follow("Way in")
    coordinator.press("Make a new link")
    coordinator.must_be_sound()
    link = coordinator.page.locator("[data-copy] input").input_value()
    coordinator.page.reload()  # a browser asks before it sends a form again; here it does, and makes another link
    assert coordinator.page.locator("[data-copy] input").input_value() != link
    return name, coordinator.page.locator("[data-copy] input").input_value()


def show_the_code(lecturer: Reader, meeting: str) -> Reader:
    lecturer.go(f"/meetings/{meeting}/")
    lecturer.must_be_sound()
    lecturer.press("Show the code on the wall")
    lecturer.must_be_sound()
    return lecturer


def digits_on(wall: Reader) -> str:
    wall.go(wall.page.url)
    return wall.page.locator(".lt-wall__code").inner_text().removeprefix(wall.says("Code")).strip()


def sign_in_by_link(learner: Reader, name: str, link: str) -> None:
    learner.go(link)
    assert learner.heading == f"Bạn là {name}?"
    learner.must_be_sound()
    learner.press("Yes, sign in")
    learner.follow("My learning")


def type_the_code(learner: Reader, digits: str) -> None:
    learner.must_be_sound()
    learner.write("The six digits on the wall", digits)
    learner.press("I am here")
    assert learner.heading == "Bạn đã có mặt"
    learner.must_be_sound()
    learner.follow("My learning")


def hand_in_a_plan(learner: Reader) -> None:
    learner.follow("Hand in")
    learner.press("Hand in")  # with nothing in it
    learner.must_be_sound()
    learner.write("The problem in your office", "Người dân phải đi lại ba lần để xác nhận cư trú.")
    learner.write("The first step", "Trả lời trước qua điện thoại trong tuần này.")
    learner.press("Hand in")
    assert learner.says("handed in") in learner.text


def stop_the_code_and_call_the_roll_without_scripts(lecturer: Reader, meeting: str) -> None:
    lecturer.go(f"/meetings/{meeting}/")
    lecturer.press("Stop the code")
    lecturer.follow("Call the roll")
    assert lecturer.page.locator("fieldset").count() == 41  # the one who checked in is not asked for again
    lecturer.choose("excused")
    lecturer.press("Save the roll")
    assert "41 trên 42" in lecturer.text


def correct_one_with_a_reason(lecturer: Reader, meeting: str) -> None:
    lecturer.go(f"/meetings/{meeting}/")
    lecturer.page.locator("tbody tr", has_text=lecturer.says("on leave")).first.locator("a").click()
    lecturer.choose("Present")
    lecturer.press("Save")
    assert lecturer.page.locator(".govuk-error-message").count() == 1  # a correction without a reason is none
    lecturer.must_be_sound()
    lecturer.write("Reason of the correction", "Đến muộn vì mưa, có mặt từ đầu giờ")
    lecturer.press("Save")
    assert "42 trên 42" in lecturer.text
