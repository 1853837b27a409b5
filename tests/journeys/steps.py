"""What several journeys begin with: somebody new in the coordinator's ward, and their way in."""

import re
from collections.abc import Callable
from datetime import date

from journeys.browser import Reader


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


def come_in(reader: Callable[..., Reader], link: str) -> Reader:
    """Somebody on a phone of their own who has opened their link and said that it is them."""
    somebody = reader()
    somebody.go(link)
    somebody.press("Yes, sign in")
    return somebody
