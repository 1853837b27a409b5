"""The look in a real browser: nothing breaks the policy, nothing is wider than a phone, and it works without scripts.

No server: each request of the browser is answered by Django's test client, static files from the folder.
"""

import mimetypes
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Route

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ORIGIN = "http://127.0.0.1"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="NO BROWSER: install chromium to run the browser tests"),
]


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens an address of ours: `opened("/style/", width=360, javascript=False)`; fails if the page complains."""
    contexts, complaints = [], []

    def answer(route: Route) -> None:
        request = route.request
        parts = urlsplit(request.url)
        if parts.path.startswith("/static/"):
            file = Path(settings.BASE_DIR) / parts.path.lstrip("/")
            kind = mimetypes.guess_type(file.name)[0] or "font/woff2"
            route.fulfill(body=file.read_bytes(), content_type=kind)
            return
        client = Client(headers={"cookie": request.all_headers().get("cookie", "")})
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        if request.method == "POST":
            said = client.post(address, dict(parse_qsl(request.post_data or "")))
        else:
            said = client.get(address)
        headers = {name: value for name, value in said.items() if name != "Content-Length"}
        cookies = "\n".join(morsel.OutputString() for morsel in said.cookies.values())
        if cookies:
            headers["Set-Cookie"] = cookies
        if said.status_code == 302:  # an intercepted answer cannot redirect by itself in every browser
            headers["Content-Type"] = "text/html"
            page = f'<meta http-equiv="refresh" content="0;url={said["Location"]}">'
            headers.pop("Location")
            route.fulfill(status=200, headers=headers, body=page)
        else:
            route.fulfill(status=said.status_code, headers=headers, body=said.content)

    def open_page(
        address: str, *, width: int = 1280, javascript: bool = True, forgive: str = "", **options: Any
    ) -> Page:
        def complain(said: ConsoleMessage) -> None:
            if said.type == "error" and not (forgive and forgive in said.text):
                complaints.append(said.text)

        context = chromium.new_context(
            viewport={"width": width, "height": 900}, java_script_enabled=javascript, locale="vi-VN", **options
        )
        contexts.append(context)
        context.route("**/*", answer)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        page.goto(ORIGIN + address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.parametrize("width", [360, 768, 1280])
@pytest.mark.parametrize("size", ["100", "125", "150"])
def test_no_page_is_wider_than_its_window(opened: Callable[..., Page], width: int, size: str) -> None:
    page = opened("/style/", width=width)
    page.evaluate(f"document.documentElement.dataset.text = '{size}'")
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_open_menus_stay_inside_a_phone(opened: Callable[..., Page]) -> None:
    page = opened("/style/", width=360)
    page.evaluate("document.documentElement.dataset.text = '150'")
    page.click("details[data-look] summary")
    box = page.locator("details[data-look] .lt-menu__panel").bounding_box()
    assert box
    assert (box["x"] >= 0, box["x"] + box["width"] <= 360) == (True, True)


def test_colours_and_text_size_change_at_once_and_are_kept(opened: Callable[..., Page]) -> None:
    page = opened("/style/")
    page.click("details[data-look] summary")
    page.click("button[value=contrast]")
    page.click("button[value='150']")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    assert page.locator("button[value=contrast]").get_attribute("aria-pressed") == "true"
    assert page.locator("button[value=auto]").get_attribute("aria-pressed") == "false"
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "contrast"
    assert page.locator("html").get_attribute("data-text") == "150"


def test_a_menu_closes_by_the_escape_key_and_gives_the_focus_back(opened: Callable[..., Page]) -> None:
    page = opened("/style/")
    page.click("details[data-look] summary")
    page.keyboard.press("Escape")
    assert page.locator("details[data-look]").get_attribute("open") is None
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"


def test_colours_change_without_scripts(opened: Callable[..., Page]) -> None:
    page = opened("/style/", javascript=False)
    page.click("details[data-look] summary")
    page.click("button[value=dark]")
    page.wait_for_selector("html[data-theme=dark]")


def test_the_language_changes_without_scripts(opened: Callable[..., Page]) -> None:
    page = opened("/style/", javascript=False)
    page.click("button[name=language]")
    page.wait_for_selector("html[lang=en]")
    assert page.locator("h1").inner_text().endswith("The parts of our pages")


@pytest.mark.parametrize(("device", "paper"), [("dark", "rgb(20, 25, 27)"), ("light", "rgb(255, 255, 255)")])
def test_without_a_choice_the_page_follows_the_device(opened: Callable[..., Page], device: Any, paper: str) -> None:
    page = opened("/style/", color_scheme=device)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == paper


def test_paper_is_white_whatever_the_screen_was(opened: Callable[..., Page]) -> None:
    page = opened("/style/", color_scheme="dark")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator(".lt-nav, .lt-header__tools, .lt-footer").all()[0].is_visible() is False


def test_vietnamese_is_drawn_in_our_typeface(opened: Callable[..., Page]) -> None:
    page = opened("/style/")
    page.evaluate("document.fonts.ready")
    loaded = page.evaluate(
        "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family.replaceAll('\"', ''))"
    )
    assert set(loaded) == {"Be Vietnam Pro", "Lantoa Figures"}


def test_digits_of_a_column_have_one_width(opened: Callable[..., Page]) -> None:
    page = opened("/style/")
    widths = page.evaluate(
        """async () => {
            await document.fonts.ready;
            const cell = document.querySelector("td.lt-num");
            const box = document.createElement("span");
            cell.replaceChildren(box);
            const wide = [];
            for (const digit of "0123456789") {
                box.textContent = digit.repeat(20);
                wide.push(Math.round(box.getBoundingClientRect().width));
            }
            return wide;
        }"""
    )
    assert len(set(widths)) == 1


def test_a_row_of_a_table_is_a_card_on_a_phone(opened: Callable[..., Page]) -> None:
    page = opened("/style/", width=360)
    row = page.locator(".lt-table--cards tbody tr").first
    assert row.evaluate("row => getComputedStyle(row).display") == "block"
    label = row.locator("td").first.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert label == '"Học viên"'


def test_one_box_chooses_every_row_and_says_how_many(opened: Callable[..., Page]) -> None:
    page = opened("/style/")
    page.locator("[data-choose-all] input").check(force=True)
    assert page.locator("input[name=chosen]:checked").count() == 3
    assert page.locator("[data-chosen]").inner_text() == "3"
    page.locator("input[name=chosen]").first.uncheck(force=True)
    assert page.locator("[data-chosen]").inner_text() == "2"


def test_the_skip_link_leads_to_the_content(opened: Callable[..., Page]) -> None:
    page = opened("/style/")
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    page.keyboard.press("Home")
    page.locator(".govuk-skip-link").focus()
    assert page.locator(".govuk-skip-link").is_visible()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_long_work_is_followed_through_a_lost_line_to_its_end(opened: Callable[..., Page]) -> None:
    from tests.look.look_urls import Work

    Work.asked = 0
    page = opened("/work/", forgive="503")
    assert page.locator("progress").get_attribute("value") == "1"
    page.get_by_text("Đang làm 2 trên 4").wait_for(timeout=60_000)
    assert page.evaluate("document.querySelector('progress').value") == 2
    page.wait_for_selector("#done", timeout=60_000)
    assert Work.asked == 3
