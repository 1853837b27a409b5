"""An officer reads where the city stands, opens its numbers, sorts the communes, goes back to a day of 2020."""

from collections.abc import Callable

from journeys.browser import Reader
from journeys.town import Town


def test_an_officer_reads_where_the_city_stands_and_each_number_opens(
    reader: Callable[..., Reader], town: Town
) -> None:
    officer = reader("canbo")
    officer.go("/")
    officer.follow("Leader's page")
    officer.page.locator("#units").wait_for()
    assert (officer.heading, officer.says("Targets against plan") in officer.text) == ("Thành phố Hồ Chí Minh", True)
    officer.must_be_sound()
    assert officer.page.locator(".lt-number__words[href^='/units/'][href$='/results/']").count() == 1
    open_the_numbers(officer)
    sort_the_communes(officer)
    open_a_commune(officer)
    print_it(officer)


def test_the_page_of_a_day_in_2020_knows_nothing_of_later(reader: Callable[..., Reader], town: Town) -> None:
    officer = reader("canbo")
    officer.go("/leader/")
    officer.go(officer.page.url + "?on=2020-12-31")
    assert (officer.heading, "2026" in officer.text) == ("Thành phố Hồ Chí Minh", False)
    officer.must_be_sound()


def open_the_numbers(officer: Reader) -> None:
    """Each sentence of the page leads to a page that stands."""
    here = officer.page.url
    links = officer.page.locator(".lt-number__words")
    addresses = [links.nth(number).get_attribute("href") or "" for number in range(links.count())]
    assert len(addresses) >= 4
    for address in addresses:
        officer.go(address)
        assert officer.status == 200
    officer.go(here)


def sort_the_communes(officer: Reader) -> None:
    table = officer.page.locator("#units")
    table.get_by_role("link", name=officer.says("Readiness"), exact=True).click()
    officer.page.wait_for_load_state("load")
    sorted_by = officer.page.locator("#units th[aria-sort]")
    assert (sorted_by.count(), sorted_by.get_attribute("aria-sort")) == (1, "descending")
    assert officer.page.locator("#units tbody tr").count() >= 168
    officer.must_be_sound()


def open_a_commune(officer: Reader) -> None:
    first = officer.page.locator("#units tbody th a").first
    name = first.inner_text()
    first.click()
    officer.page.wait_for_load_state("load")
    assert officer.heading == name
    officer.must_be_sound()


def print_it(officer: Reader) -> None:
    words = officer.says("One sheet to print (PDF)")
    paper = officer.download(lambda: officer.page.get_by_role("link", name=words).click())
    assert paper.startswith(b"%PDF-")
