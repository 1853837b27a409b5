"""Text size, colours and language: kept on the device, set without JavaScript, told to the page by the server."""

import re
from typing import Any

import pytest
from django.test import Client


def html_tag(client: Client) -> str:
    found = re.search(r"<html[^>]*>", client.get("/style/").content.decode())
    assert found
    return found[0]


@pytest.mark.parametrize("theme", ["auto", "light", "dark", "contrast"])
def test_a_chosen_theme_is_kept_and_the_reader_is_back_on_the_page(theme: str) -> None:
    client = Client()
    answer = client.post("/look/", {"theme": theme, "next": "/style/?page=3"})
    assert (answer.status_code, answer["Location"]) == (302, "/style/?page=3")
    assert f'data-theme="{theme}" data-text="100"' in html_tag(client)


@pytest.mark.parametrize("size", ["100", "125", "150"])
def test_a_chosen_text_size_is_kept(size: str) -> None:
    client = Client()
    client.post("/look/", {"text": size, "next": "/style/"})
    assert f'data-theme="auto" data-text="{size}"' in html_tag(client)


def test_the_choice_lasts_a_year_and_is_readable_for_the_script_that_makes_the_same() -> None:
    answer = Client().post("/look/", {"text": "125"})
    cookie = answer.cookies["look_text"]
    assert (cookie["max-age"], cookie["samesite"], cookie["httponly"]) == (31_536_000, "Lax", "")


@pytest.mark.parametrize("sent", [{"theme": "pink"}, {"text": "400"}, {"theme": '"><script>'}, {}])
def test_what_is_not_offered_is_not_kept(sent: dict[str, str]) -> None:
    assert dict(Client().post("/look/", sent).cookies) == {}


def test_a_cookie_with_nonsense_shows_the_default() -> None:
    client = Client()
    client.cookies["look_theme"] = '"><script>alert(1)</script>'
    client.cookies["look_text"] = "9000"
    assert html_tag(client) == '<html lang="vi" class="govuk-template" data-theme="auto" data-text="100">'


@pytest.mark.parametrize(
    "address",
    ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)", "", "/\\elsewhere.example"],
)
def test_the_way_back_never_leaves_the_site(address: str) -> None:
    assert Client().post("/look/", {"theme": "dark", "next": address})["Location"] == "/"


def test_looking_is_set_by_a_post_only() -> None:
    assert Client().get("/look/").status_code == 405


def test_a_form_from_elsewhere_sets_nothing() -> None:
    answer = Client(enforce_csrf_checks=True).post("/look/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "look_theme" not in answer.cookies


def test_the_chosen_buttons_say_that_they_are_pressed() -> None:
    client = Client()
    client.cookies["look_theme"] = "contrast"
    client.cookies["look_text"] = "150"
    pressed = re.findall(r'name="(\w+)" value="(\w+)" aria-pressed="true"', client.get("/style/").content.decode())
    assert pressed == [("text", "150"), ("theme", "contrast")]


def test_the_language_is_changed_by_a_plain_form_and_told_to_the_browser() -> None:
    client = Client()
    page = client.get("/style/?page=2").content.decode()
    assert '<button class="lt-tool" name="language" value="en" lang="en">' in page
    answer = client.post("/language/", {"language": "en", "next": "/style/"})
    assert answer["Location"] == "/style/"
    assert html_tag(client).startswith('<html lang="en"')
    assert '<button class="lt-tool" name="language" value="vi" lang="vi">' in client.get("/style/").content.decode()


def test_every_form_of_the_header_carries_the_page_it_stands_on() -> None:
    page = Client().get("/style/?page=2&q=%22%3E").content.decode()
    assert page.count('<input type="hidden" name="next" value="/style/?page=2&amp;q=%22%3E">') == 2


def test_who_is_signed_in_is_named_and_can_sign_out(render: Any) -> None:
    class Reader:
        is_authenticated = True
        full_name = "Nguyễn Thị <b>An</b>"

    shown = render('{% include "components/header.html" %}', user=Reader())
    assert "Nguyễn Thị &lt;b&gt;An&lt;/b&gt;" in shown
    assert '<form method="post" action="/sign-out/">' in shown
    assert "Đăng nhập" not in shown


def test_who_is_not_signed_in_finds_the_way_in() -> None:
    page = Client().get("/style/").content.decode()
    assert '<a class="lt-tool" href="/sign-in/">Đăng nhập</a>' in page
    assert "Đăng xuất" not in page


def test_the_navigation_marks_where_one_is(render: Any) -> None:
    shown = render(
        '{% include "components/navigation.html" %}',
        navigation=[
            {"label": "Bàn làm việc", "url": "/", "current": False},
            {"label": "Đơn vị", "url": "/units/", "current": True},
        ],
    )
    assert re.findall(r'href="([^"]+)"( aria-current="true")?', shown) == [
        ("/", ""),
        ("/units/", ' aria-current="true"'),
    ]
