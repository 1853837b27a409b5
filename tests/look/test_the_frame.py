"""Header and footer are rendered once and filled: nobody can tell from the page."""

from typing import Any

import pytest
from django.test import Client
from django.utils import translation

LINKS = [{"label": "Việc của tôi", "url": "/mine/"}, {"label": "Trợ giúp", "url": "/help/a#b"}]


class Reader:
    is_authenticated = True

    def __init__(self, full_name: str) -> None:
        self.full_name = full_name


SITUATIONS: list[dict[str, Any]] = [
    {},
    {"csrf_token": "abc123"},
    {"help_url": "/help/a#b"},
    {"csrf_token": "abc123", "help_url": "/help/?a=1&b=2", "footer_links": LINKS},
    {"csrf_token": "x", "user": Reader("Nguyễn Thị <b>An</b>"), "person_links": LINKS, "help_url": "/help/a#b"},
    {"csrf_token": "y", "user": Reader("Trần  Văn Bình"), "person_links": LINKS[:1], "footer_links": LINKS},
]


@pytest.mark.parametrize("said", SITUATIONS)
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("address", ["/", "/a/?q=%22%3E&page=2", "/thử/"])
def test_what_is_filled_is_what_the_templates_say(
    render: Any, said: dict[str, Any], language: str, address: str
) -> None:
    with translation.override(language):
        for part in ("header", "footer"):
            own = render(f'{{% include "components/{part}.html" %}}', address, **said)
            for _again in range(2):
                assert render(f'{{% frame "{part}" %}}', address, **said) == own


def test_two_readers_of_the_same_kind_find_their_own_words(render: Any) -> None:
    pages = [
        render('{% frame "header" %}', f"/{name}/", csrf_token=name, user=Reader(name), person_links=LINKS)
        for name in ("an", "binh")
    ]

    for own, other, page in (("an", "binh", pages[0]), ("binh", "an", pages[1])):
        assert (page.count(f">{own}<"), page.count(f'value="{own}"'), page.count(f'value="/{own}/"')) == (2, 3, 2)
        assert (f">{other}<" in page, f'value="{other}"' in page) == (False, False)


def test_a_page_tells_its_own_look_and_place() -> None:
    dark, light = Client(), Client()
    dark.cookies["look_theme"] = "dark"
    pages = [client.get(f"/style/?page={page}").content.decode() for page, client in ((1, dark), (2, light))]

    assert ['value="dark" aria-pressed="true"' in page for page in pages] == [True, False]
    assert [page.count('name="next" value="/style/?page=1"') for page in pages] == [2, 0]
    assert [page.count('name="next" value="/style/?page=2"') for page in pages] == [0, 2]
