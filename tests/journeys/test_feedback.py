"""Feedback: asked by an office, answered on the phone and on paper, small groups untold; superiors follow up."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone
from journeys.browser import Reader
from journeys.steps import come_in, common_day, new_class, person_in, way_in
from journeys.town import Town

NAME = "Tập huấn ngắn về hồ sơ điện tử (minh họa)"
PEOPLE = ["Doãn Thị Hạnh", "Kha Văn Bền", "Lều Thị Mận", "Mạch Quang Tâm", "Nhữ Đình Khoa", "Ông Thị Sen"]
LEARNER = "Doãn Thị Hạnh"
ON_PAPER = ["Kha Văn Bền", "Lều Thị Mận", "Mạch Quang Tâm", "Nhữ Đình Khoa"]
WORDS = "Xin thêm thời gian thực hành trên máy."


def test_learners_answer_on_the_phone_and_on_paper_and_small_groups_stay_untold(
    reader: Callable[..., Reader],
) -> None:
    officer = reader("canbo")
    programme = hold_a_class(officer)
    ask_the_forms(officer, programme)
    learner = person_in(officer, programme, "YK-1", LEARNER)
    answer_on_the_phone(come_in(reader, way_in(officer, learner)))
    enter_sheets(officer, programme)
    remind_the_others(officer)
    read_the_results(officer, programme, timezone.localdate() + timedelta(days=30))


def hold_a_class(officer: Reader) -> str:
    """A class that met before today, its roll called; the address of its programme."""
    day = common_day(timezone.localdate() - timedelta(days=1), -1)
    rows = [f"{name},,Chuyên viên,Phường Sài Gòn" for name in PEOPLE]
    programme = new_class(officer, "YK-1", NAME, day, rows, invented=True)
    officer.go(programme)
    officer.follow_name("YK-1")
    officer.follow("Call the roll")
    officer.press("Save the roll")
    return programme


def ask_the_forms(officer: Reader, programme: str) -> None:
    officer.go(programme)
    officer.follow("Feedback: what people said")
    officer.must_be_sound()
    officer.follow("Forms: what is asked, and when")
    officer.must_be_sound()
    officer.press("Take the ready-made forms")
    officer.must_be_sound()
    officer.follow_name("Ý kiến sau buổi học")
    officer.must_be_sound()
    officer.page.go_back()
    officer.press("Ask now")
    assert officer.page.locator("main").get_by_role("link", name=officer.says("Enter paper sheets")).count() == 2
    officer.must_be_sound()


def answer_on_the_phone(learner: Reader) -> None:
    learner.go("/me/")
    learner.must_be_sound()
    learner.follow_name("Ý kiến sau buổi học")
    learner.must_be_sound()
    learner.press("Send")
    assert learner.page.locator(".govuk-error-message").count() > 1
    learner.must_be_sound()
    fill(learner)
    learner.page.locator("main textarea").last.fill(WORDS)
    learner.press("Send")
    assert learner.says("Thank you. Your answer is kept.") in learner.page.locator("body").inner_text()
    assert learner.page.get_by_role("link", name="Ý kiến sau buổi học").count() == 0


def fill(reader: Reader) -> None:
    """Takes the last but one of the answers to every question."""
    for question in reader.page.locator("main fieldset").all():
        choices = question.locator("input[type=radio]")
        choices.nth(choices.count() - 2).check(force=True)


def enter_sheets(officer: Reader, programme: str) -> None:
    officer.go(programme.replace("progress/", "feedback/forms/"))
    meeting = officer.page.locator("main tbody tr", has_text="Lập và ký hồ sơ")
    assert "1/6" in meeting.inner_text()
    meeting.get_by_role("link", name=officer.says("Enter paper sheets")).click()
    officer.page.wait_for_load_state("load")
    officer.must_be_sound()
    assert officer.page.get_by_label(LEARNER, exact=True).count() == 0  # has answered already
    for name in ON_PAPER:
        officer.page.get_by_label(name, exact=True).check(force=True)
    officer.press("Go on to the sheets")
    officer.must_be_sound()
    officer.press("Enter the sheets")  # with nothing on them
    assert officer.page.locator(".govuk-error-message").count() > 1
    officer.must_be_sound()
    fill(officer)
    officer.press("Enter the sheets")
    assert "5/6" in officer.page.locator("main tbody tr", has_text="Lập và ký hồ sơ").inner_text()


def remind_the_others(officer: Reader) -> None:
    meeting = officer.page.locator("main tbody tr", has_text="Lập và ký hồ sơ")
    meeting.get_by_role("button", name=officer.says("Remind the others")).click()
    officer.page.wait_for_load_state("load")
    officer.must_be_sound()


def read_the_results(officer: Reader, programme: str, later: date) -> None:
    results = programme.replace("progress/", "feedback/")
    officer.go(results)
    assert "4,0" not in officer.text  # as long as somebody may still answer nothing is told
    officer.must_be_sound()
    officer.go(f"{results}?on={later.isoformat()}")
    assert "4,0" in officer.text
    officer.must_be_sound()
    officer.page.get_by_role("link", name=officer.says("Read the words")).first.click()
    officer.page.wait_for_load_state("load")
    assert WORDS in officer.text
    officer.must_be_sound()
    officer.go(f"{results}?on={later.isoformat()}")
    officer.follow_name(re.compile("^Ý kiến sau khóa học"))
    assert officer.says("Read the words") not in officer.text  # of the course nobody said anything
    officer.must_be_sound()


def test_a_superior_says_by_a_link_whether_what_was_learned_is_used(
    reader: Callable[..., Reader], town: Town
) -> None:
    coordinator, superior = reader("dieuphoi"), reader()
    coordinator.go("/")
    coordinator.follow_name(
        re.compile(re.escape(coordinator.says("Superiors to be asked about learners of %(unit)s").split("%")[0]))
    )
    coordinator.must_be_sound()
    coordinator.page.locator(f"main a[href$='/{town.found['things']['learner']}/']").first.click()
    coordinator.must_be_sound()
    coordinator.press("Make a link")
    coordinator.must_be_sound()
    superior.go(coordinator.page.locator("[data-copy] input").input_value())
    superior.must_be_sound()
    fill(superior)
    superior.press("Send")
    assert superior.says("Thank you. Your answer is kept.") in superior.text
    superior.must_be_sound()
