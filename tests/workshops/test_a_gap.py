"""What is lost between the centre and a page is found by its number, and asked for again."""

import factories as make
import pytest
from django.urls import reverse
from django.utils import timezone
from exams.hall import Line, Web
from playwright.sync_api import expect
from workshops import test_pages_survive as pages
from workshops.test_pages_survive import browses, live_now, secretary, until

from lantoa.workshops.actions.words import add_caption, announce
from lantoa.workshops.models import Workshop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
place, opens = pages._place, pages.opens
# The line swallows the first announcement: the page is never given it.
LOSES = """(() => {
    const given = Object.getOwnPropertyDescriptor(EventSource.prototype, "onmessage");
    Object.defineProperty(EventSource.prototype, "onmessage", { ...given, set(hear) {
        given.set.call(this, event => {
            if (!window.lost && JSON.parse(event.data).k === "announcement") { window.lost = true; return; }
            hear(event);
        });
    } });
})()"""


def say(made: Workshop, text: str) -> None:
    add_caption(by=make.BY, workshop=made, language="vi", text=text, at=timezone.now())


@browses
def test_a_page_that_was_not_given_something_finds_the_gap_and_has_it_given_again(
    opens: pages.Opens, place: tuple[Web, Line]
) -> None:
    made = live_now()
    page = opens(reverse("workshops:hall", args=[made.key]), secretary(made))
    page.add_init_script(LOSES)
    page.reload()
    captions, announced = page.locator("[data-live=caption-vi]"), page.locator("[data-live=announcement]")
    say(made, "Xin chào")
    expect(captions).to_contain_text("Xin chào")

    announce(by=make.BY, workshop=made, text="Nghỉ mười phút", at=timezone.now())
    until(lambda: page.evaluate("window.lost === true"), "the announcement never came")
    expect(announced).to_have_text("")
    say(made, "Xin mời")

    expect(announced).to_have_text("Nghỉ mười phút")
    expect(captions).to_contain_text("Xin mời")
