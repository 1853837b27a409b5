"""What several journeys begin with: somebody new in the coordinator's ward, and their way in."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from journeys.browser import Reader

from lantoa.office.rules.days import WorkingCalendar


def ward_people(coordinator: Reader) -> str:
    """Opens the people of the coordinator's own ward; the address of that page."""
    coordinator.go("/")
    coordinator.follow_name(re.compile("^" + re.escape(coordinator.says("People of %(unit)s").split("%")[0])))
    return coordinator.page.url


def add_person(coordinator: Reader, name: str, *, email: str = "", born: date | None = None) -> str:
    """Adds somebody to the ward; the address of their page."""
    ward_people(coordinator)
    coordinator.follow("Add a person")
    coordinator.write("Full name", name)
    if born is not None:
        for part, value in (("Day", born.day), ("Month", born.month), ("Year", born.year)):
            coordinator.write(part, str(value))
    coordinator.write("Email", email)
    coordinator.write("Post in this unit", "Công chức văn hóa – xã hội")
    coordinator.write("In this post since", "2024-01-02")
    coordinator.press("Add")
    return coordinator.page.url


def way_in(coordinator: Reader, person: str) -> str:
    """The address of a new personal link of the person whose page that is."""
    coordinator.go(person)
    coordinator.follow("Way in")
    coordinator.press("Make a new link")
    return coordinator.page.locator("[data-copy] input").input_value()


def common_day(day: date, step: int) -> date:
    """That day, or the nearest one in the direction of `step` that is no public holiday."""
    calendar = WorkingCalendar({})
    while calendar.holiday_name(day):
        day += timedelta(days=step)
    return day


def new_class(officer: Reader, code: str, name: str, day: date, people: list[str], *, invented: bool) -> str:
    """A programme with a class of one meeting on that day and with these rows of a roster; its address."""
    plan = f"""
lantoa: 1
programme:
  code: {code.lower()}
  name: {name}
  period: {{from: {day - timedelta(days=60):%d/%m/%Y}, to: {day + timedelta(days=60):%d/%m/%Y}}}
  unit: Thành phố Hồ Chí Minh
  demonstration: {"true" if invented else "false"}
courses:
  - code: {code.lower()}
    title: Hồ sơ điện tử trong một buổi
    topics: [{{title: Lập và ký hồ sơ, hours: 4}}]
completion: {{presence: 50%}}
classes:
  - code: {code}
    course: {code.lower()}
    capacity: 20
    place: Hội trường
    meetings: [{{date: {day:%d/%m/%Y}, time: 08:00-11:00, topic: 1}}]
"""
    officer.go("/programme-files/")
    officer.write("Or the text of the file", plan)
    officer.press("Show what changes")
    officer.press("Apply these changes")
    programme = officer.page.url + "progress/"
    officer.go(programme)
    officer.follow("Load a roster from a file")
    roster = "\n".join(["Họ và tên,Email,Chức vụ,Đơn vị,Lớp", *(f"{one},{code}" for one in people)])
    sheet = {"name": "danh-sach.csv", "mimeType": "text/csv", "buffer": roster.encode()}
    officer.page.locator("input[type=file]").set_input_files(sheet)  # type: ignore[arg-type]
    officer.press("Read the list")
    officer.press("Apply")
    return programme


def person_in(officer: Reader, programme: str, code: str, name: str) -> str:
    """The address of the page of somebody in the class."""
    officer.go(programme)
    officer.follow_name(code)
    officer.follow_name(name)
    officer.page.locator(".govuk-breadcrumbs").get_by_role("link", name=name).click()
    officer.page.wait_for_load_state("load")
    return officer.page.url


def come_in(reader: Callable[..., Reader], link: str) -> Reader:
    """Somebody on a phone of their own who has opened their link and said that it is them."""
    somebody = reader()
    somebody.go(link)
    somebody.press("Yes, sign in")
    return somebody


def choose_paper(officer: Reader) -> None:
    """A paper of questions to answer on the page, whatever other papers stand in the list."""
    papers = officer.page.locator("select[name=paper]")
    papers.select_option(papers.locator("option", has_text="Đề thi").first.get_attribute("value"))
