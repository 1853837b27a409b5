"""Pages for when something went wrong: they stand on their own, say what happened and lead back."""

import re

import pytest
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from lantoa.common.middleware import server_error


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "refused"])
def test_an_error_page_says_what_happened_and_leads_back(name: str) -> None:
    page = render_to_string(f"{name}.html", {"reason": "Lớp đã đủ chỗ (40/40)."}, RequestFactory().get("/x/"))
    assert len(re.findall(r"<h1[^>]*>[^<]+</h1>", page)) == 1
    main = page.partition("<main")[2]
    assert 'href="/"' in main


def test_a_page_that_does_not_exist_is_answered_in_vietnamese() -> None:
    answer = Client().get("/no-such-page/")
    assert answer.status_code == 404
    assert "Không tìm thấy trang" in answer.content.decode()


def test_a_form_that_was_open_too_long_says_so() -> None:
    page = Client(enforce_csrf_checks=True).post("/look/", {}).content.decode()
    assert "Trang đã mở quá lâu" in page


def test_a_refusal_shows_its_reason_escaped() -> None:
    page = render_to_string("refused.html", {"reason": "Lớp <Q9>"}, RequestFactory().get("/"))
    assert "Lớp &lt;Q9&gt;" in page


def test_the_page_of_our_own_faults_needs_nothing_and_quotes_its_code() -> None:
    page = render_to_string("500.html", {"error_code": "4f6k2m9q"})
    assert page.count("4f6k2m9q") == 2  # in both languages
    assert "csrf" not in page
    assert '<div lang="en">' in page


def test_a_crash_is_answered_with_a_code(caplog: pytest.LogCaptureFixture) -> None:
    request: HttpRequest = RequestFactory().get("/x/")
    request.session = {}  # type: ignore[assignment]
    answer = server_error(request)
    assert answer.status_code == 500
    code = re.search(r'class="lt-code">([0-9a-f]{8})<', answer.content.decode())
    assert code
    assert code[1] in caplog.text


@pytest.mark.parametrize("name", ["400", "403", "404", "500"])
def test_an_error_page_can_be_drawn_without_a_request(name: str) -> None:
    assert "</html>" in render_to_string(f"{name}.html")
