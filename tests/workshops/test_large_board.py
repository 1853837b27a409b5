"""The board of a workshop of many sites: a page of them at a time, and one of them found by its name."""

import re
from typing import Any

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from workshops.test_roll import called, now_live  # noqa: F401
from workshops.test_workshops import browser

from lantoa.directory.models import Role
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.views.desk import MOST_TILES

pytestmark = pytest.mark.django_db

WEIGHT = 130_000  # bytes of one page


def fill(of: Workshop, count: int, *, above: Site | None = None) -> None:
    """So many sites with names as long as they are, and codes as the country has them."""
    first = of.sites.count()
    Site.objects.bulk_create(
        Site(
            workshop=of,
            code=f"{number:05}",
            name=f"Điểm cầu nhà văn hóa thôn Đông Đoài, xã Thượng Đình {number}",
            folded=f"diem cau nha van hoa thon dong doai, xa thuong dinh {number} {number:05}",
            place=number,
            language="vi",
            above=above,
            phone="+842838970000",
        )
        for number in range(first, first + count)
    )


def page(reader: Client, of: Workshop, name: str = "desk", **asked: str) -> str:
    answer = reader.get(reverse(f"workshops:{name}", args=[of.key]), asked)
    assert answer.status_code == 200
    assert len(answer.content) <= WEIGHT
    return answer.content.decode()


def tiles(text: str) -> int:
    return text.count('class="lt-tile ')


def test_many_sites_are_shown_a_page_at_a_time_with_how_many_there_are(now_live: Workshop) -> None:  # noqa: F811
    fill(now_live, 1)
    province = now_live.sites.get()
    fill(now_live, 300, above=province)
    desk = browser(Role.PROGRAMME_OFFICER, now_live.unit)
    called(now_live)

    assert tiles(page(desk, now_live)) == 0
    first = page(desk, now_live, root=province.key)
    assert (tiles(first), "All sites (301)" in first) == (MOST_TILES, True)
    assert f"?root={province.key}&amp;page=2&amp;part=tiles" in page(desk, now_live, root=province.key, page="2")
    silent = page(desk, now_live, show="silent", page="2")
    assert (tiles(silent), "Sites: not reported (301)" in silent) == (301 - MOST_TILES, True)
    assert page(desk, now_live, "rest").count("<select") == MOST_TILES


def test_a_part_of_a_later_page_keeps_the_other_pages_within_reach(now_live: Workshop) -> None:  # noqa: F811
    fill(now_live, 250)
    desk = browser(Role.PROGRAMME_OFFICER, now_live.unit)

    answer = desk.get(
        reverse("workshops:desk", args=[now_live.key]),
        {"part": "tiles", "page": "2"},
        headers={"X-Requested-With": "fetch"},
    ).content.decode()

    assert tiles(answer) == 250 - MOST_TILES
    assert re.findall(r'href="(\?[^"]*)"', answer) == ["?page=1", "?page=1", "?page=2"]


def test_sites_that_are_under_no_other_are_no_provinces(now_live: Workshop) -> None:  # noqa: F811
    fill(now_live, 301)

    assert tiles(page(browser(Role.PROGRAMME_OFFICER, now_live.unit), now_live)) == MOST_TILES


@pytest.mark.parametrize("count", [301, 303])
def test_a_site_is_found_by_its_name_without_marks_with_whom_to_call(
    count: int,
    now_live: Workshop,  # noqa: F811
    django_assert_num_queries: Any,
) -> None:
    fill(now_live, count)
    one = Site.objects.get(workshop=now_live, code="00299")
    Site.objects.filter(pk=one.pk).update(operator=make.person())
    desk = browser(Role.PROGRAMME_OFFICER, now_live.unit)
    page(desk, now_live)

    with django_assert_num_queries(QUERIES):
        found = page(desk, now_live, q="Đông Đoài, xã thuong dinh 299")

    assert re.findall(r"/desk-site/(\w+)/", found) == [one.key]
    assert 'href="tel:+842838970000"' in found
    assert "No site answers this." in page(desk, now_live, q="xa khong co")


QUERIES = 9
