"""What a browser sees of a page, and what is wrong with it."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.utils import translation
from journeys.town import Town
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Locator, Page, Response

from config.testing import find_browser

T = TypeVar("T")
AXE = Path(__file__).with_name("vendor") / "axe.min.js"
PHONE = {"width": 360, "height": 740}
FIRST_VISIT = 130_000  # bytes over the line with empty hands, fonts included
LATER = 40_000  # bytes over the line once style, scripts and fonts are there
CHROMIUM = find_browser()

SEEN = """() => {
    const main = document.querySelector("main");
    const buttons = main ? [...main.querySelectorAll("button")] : [];  // some are there for scripts only
    const shown = () => main ? main.innerText.normalize("NFC").replace(/\\s+/g, " ").trim() : "";
    const styles = buttons.map(one => one.style.display);
    buttons.forEach(one => { one.style.display = "none"; });
    const text = shown();
    buttons.forEach((one, index) => { one.style.display = styles[index]; });
    return {
        lang: document.documentElement.lang,
        title: document.title,
        headings: document.querySelectorAll("h1").length,
        width: document.scrollingElement.scrollWidth,
        widest: [...document.querySelectorAll("body *")]
            .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
            .map(one => one.tagName.toLowerCase() + "." + one.className).slice(-3),
        main: text,
        help: Boolean(document.querySelector("footer a[href^='/help/']")),
    };
}"""
FAULTS = """async () => {
    const said = await axe.run(document, {
        resultTypes: ["violations"],
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return said.violations.map(one => one.id + ": " + one.help + ": " +
        one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ") + " (" + one.nodes.length + ")");
}"""


@dataclass
class Visit:
    """One page as it came: what it shows, what it cost, what it complained about."""

    status: int
    seen: dict[str, Any]
    document: int  # bytes over the line
    parts: dict[str, int]  # bytes of what it asked for besides, 0 where it was known already
    complaints: list[str] = field(default_factory=list)


class Reader:
    """Somebody with a phone, or with a screen of another width: pages are opened in one window after another."""

    def __init__(
        self,
        browser: Browser,
        town: Town,
        *,
        session: str = "",
        language: str = "vi",
        javascript: bool = True,
        width: int = PHONE["width"],
        sharp: float = 1,
    ) -> None:
        self.town, self.language, self.javascript = town, language, javascript
        self.context: BrowserContext = browser.new_context(
            viewport={"width": width, "height": PHONE["height"]},
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            java_script_enabled=javascript,
            device_scale_factor=sharp,
            accept_downloads=True,
        )
        self.context.set_default_timeout(60_000)
        self.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=town.address)
        self._cookie("django_language", language)
        if session:
            self._cookie("sessionid", session)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self._sizes: dict[str, int] = {}
        self._urls: dict[str, str] = {}
        self._listen()

    def _cookie(self, name: str, value: str) -> None:
        self.context.add_cookies([{"name": name, "value": value, "url": self.town.address}])

    def _listen(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda fault: self.complaints.append(f"script: {fault}"))
        line = self.context.new_cdp_session(self.page)
        line.send("Network.enable")
        line.on("Network.requestWillBeSent", lambda one: self._urls.update({one["requestId"]: one["request"]["url"]}))
        line.on("Network.loadingFinished", self._finished)

    def _console(self, said: ConsoleMessage) -> None:
        if said.type == "error" and not said.text.startswith("Failed to load resource"):
            self.complaints.append(f"console: {said.text}")

    def _finished(self, one: dict[str, Any]) -> None:
        url = self._urls.get(one["requestId"], "")
        if url.startswith("http"):
            self._sizes[url] = self._sizes.get(url, 0) + int(one["encodedDataLength"])

    def close(self) -> None:
        self.context.close()

    # ---- walking

    def visit(self, address: str) -> Visit:
        """Opens a page and looks at it until all of it is there."""
        self.complaints.clear()
        self._sizes.clear()
        missing: list[str] = []
        here = self.town.address + address

        def answered(response: Any) -> None:
            if response.status >= 400 and response.url != here:
                missing.append(f"{response.status} {urlsplit(response.url).path}")

        self.page.on("response", answered)
        response = self._open(here)
        self.page.remove_listener("response", answered)
        assert response is not None
        self._in_peace(lambda: self.page.evaluate("document.fonts.ready.then(() => true)"))
        seen = self._seen()
        document = sum(size for url, size in self._sizes.items() if "/static/" not in url)
        parts = {urlsplit(url).path: size for url, size in self._sizes.items() if "/static/" in url}
        return Visit(response.status, seen, document, parts, [*self.complaints, *missing])

    def faults(self) -> list[str]:
        """What is wrong with the page for whoever cannot see it, or can see it badly."""

        def faults() -> list[str]:
            if not self.page.evaluate("typeof axe !== 'undefined'"):
                self.page.evaluate(AXE.read_text(encoding="utf-8"))
            return list(self.page.evaluate(FAULTS))

        return self._in_peace(faults)

    def must_be_sound(self) -> None:
        """The page that is open now is wide enough for nobody to scroll sideways and has no fault."""
        seen = self._seen()
        assert (self.faults(), seen["width"], self.complaints) == ([], self.page.viewport_size["width"], [])  # type: ignore[index]

    # ---- acting. Words are given in English and looked for in the reader's language.

    def says(self, words: str, context: str = "") -> str:
        """The words as this reader's pages say them."""
        with translation.override(self.language):
            said = translation.pgettext(context, words) if context else translation.gettext(words)
        assert self.language == "en" or said != words, f"nothing translates {words!r}"
        return said

    def go(self, address: str) -> None:
        """Opens an address of the town, or a full one."""
        self._open(address if "://" in address else self.town.address + address)

    def _open(self, url: str) -> Response | None:
        return self._in_peace(lambda: self.page.goto(url))

    def _seen(self) -> dict[str, Any]:
        return self._in_peace(lambda: dict(self.page.evaluate(SEEN)))

    def _in_peace(self, act: Callable[[], T]) -> T:
        """Does it once more when a page that comes again by itself (the wall) came in the middle of it."""
        try:
            return act()
        except Error as fault:
            if not any(sign in fault.message for sign in ("ERR_ABORTED", "context was destroyed")):
                raise
            self.page.wait_for_load_state("load")
            return act()

    def press(self, words: str) -> None:
        """Presses the button of these words."""
        self.page.get_by_role("button", name=self.says(words), exact=True).first.click()
        self.page.wait_for_load_state("load")

    def follow(self, words: str) -> None:
        """Follows the link of these words."""
        self.follow_name(self.says(words))

    def follow_name(self, name: str | re.Pattern[str]) -> None:
        """Follows the link of that name, which is nobody's to translate."""
        self.page.get_by_role("link", name=name, exact=isinstance(name, str)).first.click()
        self.page.wait_for_load_state("load")

    def field(self, words: str) -> Locator:
        """The field whose label says these words."""
        return self.page.get_by_label(re.compile("^" + re.escape(self.says(words)))).first

    def choose(self, words: str, within: Locator | None = None) -> None:
        """Chooses the radio button or box of exactly these words, the first on the page or in a part of it."""
        (within or self.page.locator("main")).get_by_label(self.says(words), exact=True).first.check(force=True)

    def write(self, words: str, text: str) -> None:
        """Writes into the field whose label says these words."""
        self.field(words).fill(text)

    def sign_in(self, name: str, password: str = "lantoa-minh-hoa") -> None:
        """Signs in by name and password; the words are those of the reader's language."""
        if "/sign-in/" not in self.page.url:
            self.go("/sign-in/")
        self.page.locator("input[name=username]").fill(name)
        self.page.locator("input[name=password]").fill(password)
        self.press("Sign in")

    @property
    def status(self) -> int:
        """The status of the page when it is asked for again."""
        response = self._open(self.page.url)
        assert response is not None
        return response.status

    @property
    def heading(self) -> str:
        """The heading of the page without the small line above it."""
        return self.page.locator("h1").inner_text().splitlines()[-1]

    @property
    def text(self) -> str:
        """The words of the page's main part, in one line."""
        return " ".join(self.page.locator("main").inner_text().split())

    def download(self, act: Callable[[], None]) -> bytes:
        """What comes down when `act` is done."""
        with self.page.expect_download() as coming:
            act()
        return Path(coming.value.path()).read_bytes()


def browser_is_missing() -> bool:
    """Whether there is no browser; LANTOA_BROWSER names one in an unusual place."""
    return not CHROMIUM or not os.access(CHROMIUM, os.X_OK)
