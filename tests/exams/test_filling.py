"""Pages that are rendered once and filled are the pages that the templates make of the same words."""

import gzip
import re
from typing import Any

import factories as make
import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation
from django.utils.safestring import mark_safe

from lantoa.common.filling import filled

pytestmark = pytest.mark.django_db
WAITING = {
    "title": "Kiểm tra <cuối> khóa",
    "phase": "waiting",
    "plain": False,
    "breadcrumbs": [{"label": "Bài kiểm tra của tôi", "url": "/my-exams/"}],
    "when": "lúc 08:00",
    "minutes": 45,
    "together": True,
}
RESULT = {
    "title": "Kiểm tra",
    "phase": "over",
    "plain": True,
    "breadcrumbs": [],
    "handed_in": True,
    "came_late": True,
    "late_taken": False,
    "tries_again": True,
    "number": 1,
    "attempts": 2,
    "counts": "best",
    "shows_points": True,
}
PAGES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("accounts/personal_link.html", {}, {"invited": "Nguyễn Thị <b>Lan</b> & con"}),
    (
        "exams/my_exam_waiting.html",
        WAITING,
        {"sheet": mark_safe("<i>1</i>"), "sheet_parts": "", "again": "41", "page_url": "/a/?b&c", "start_url": "/s/"},
    ),
    (
        "exams/my_exam_waiting.html",
        {**WAITING, "phase": "open"},
        {"start_url": "/s/", "sheet": "", "sheet_parts": ""},
    ),
    (
        "exams/my_exam.html",
        RESULT,
        {
            "rows": mark_safe("<tr><td>1</td></tr>"),
            "handed_in_at": "22/11/2026 08:00",
            "points": "8,5",
            "out_of": "10",
            "again_url": "/again/",
            "hand_in_url": "",
        },
    ),
]


def asked(user: Any, address: str = "/my-exams/?q=%22%3E", **cookies: str) -> HttpRequest:
    request = RequestFactory().get(address)
    request.COOKIES |= cookies
    request.user = user
    request.resolver_match = resolve("/my-exams/0abc/")
    return request


def without_tokens(answer: Any) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w{64}"', "TOKEN", answer.content.decode())


def zipping(request: HttpRequest) -> HttpRequest:
    """A browser that takes gzip, as all do."""
    request.META["HTTP_ACCEPT_ENCODING"] = "br, gzip;q=0.9"
    return request


def unpacked(answer: Any) -> Any:
    assert (answer.headers["Content-Encoding"], answer.headers["Vary"]) == ("gzip", "Accept-Encoding")
    return HttpResponse(gzip.decompress(answer.content))


@pytest.mark.parametrize(("template", "said", "places"), PAGES)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_filled_page_is_the_page_that_is_rendered(
    template: str, said: dict[str, Any], places: dict[str, Any], language: str
) -> None:
    readers: list[Any] = [AnonymousUser()]
    if template.startswith("exams"):
        readers += [make.user(full_name="Trần <i>Bình</i>"), make.user(full_name="Lê An")]
    with translation.override(language):
        for reader in readers:
            for look in ({}, {"look_theme": "dark", "look_text": "150"}):
                made = [
                    without_tokens(filled(asked(reader, **look), template, said, places)),
                    without_tokens(unpacked(filled(zipping(asked(reader, **look)), template, said, places))),
                    without_tokens(render(asked(reader, **look), template, {**said, **places})),
                ]
                assert made[0] == made[1] == made[2]
                assert "TOKEN" in made[0]


def test_long_texts_that_many_share_make_a_page_of_their_own() -> None:
    pages = [
        filled(asked(make.user()), "exams/my_exam_waiting.html", WAITING, places, {"sheet_parts": mark_safe(words)})
        for words in ("<i>chữ</i>", "<i>letters</i>")
        for places in ({"sheet": "x", "again": "41", "page_url": "/a/", "start_url": "/s/"},)
    ]

    assert ["<i>chữ</i>" in page.content.decode() for page in pages] == [True, False]
    assert ["<i>letters</i>" in page.content.decode() for page in pages] == [False, True]


def test_what_an_act_has_reported_is_told_on_the_page_and_once() -> None:
    request = asked(make.user())
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    get_messages(request).add(20, "Đã nộp bài lúc 08:00:00.")  # type: ignore[union-attr]

    pages = [filled(request, *PAGES[3]), filled(asked(make.user()), *PAGES[3])]

    assert ["Đã nộp bài" in page.content.decode() for page in pages] == [True, False]
