"""What every answer passes: whom to believe, the log, the content-security policy, refusals and errors as pages."""

import json
import logging
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from lantoa.common.metering import Meter
from lantoa.common.outage import OUTAGE, is_away
from lantoa.common.proxies import is_proxy
from lantoa.common.refused import Refused
from lantoa.common.words import say

logger = logging.getLogger("lantoa")
requests = logging.getLogger("lantoa.requests")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

FORWARDED = tuple(
    f"HTTP_{name}"
    for name in ("X_FORWARDED_FOR", "X_FORWARDED_PROTO", "X_FORWARDED_HOST", "X_FORWARDED_PORT", "FORWARDED")
)
ASKED_ANYWAY = ("/health/", "/metrics")  # how it is must be told also while the database is away
TRY_AGAIN = 30  # seconds
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

Answer = Callable[[HttpRequest], HttpResponse]


class ProxyMiddleware:
    """What a front server says of the caller is believed only of those named in the settings, and of this machine."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not is_proxy(request.META.get("REMOTE_ADDR", ""), settings.PROXIES):
            for name in FORWARDED:
                request.META.pop(name, None)
        return self.get_response(request)


class LogMiddleware:
    """A line for each request, and its count. The code of the request stands in the line and on every error page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.meter = Meter(Path(settings.METERS_DIR))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = time.perf_counter()
        request.error_code = new_code()  # type: ignore[attr-defined]
        response = self.get_response(request)
        seconds = time.perf_counter() - started
        view = view_of(request)
        method = request.method if request.method in METHODS else "OTHER"
        self.meter.count(view, str(method), response.status_code, seconds)
        user = getattr(request, "_cached_user", None)  # asked for or not: the log asks nobody
        requests.info(
            "",
            extra={
                "code": code_of(request),
                "view": view,
                "method": method,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "actor": getattr(user, "actor_key", ""),
            },
        )
        return response


METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def new_code() -> str:
    """Eight letters and digits that a person can read out."""
    return secrets.token_hex(4)


def code_of(request: HttpRequest) -> str:
    """The code of this request."""
    return str(getattr(request, "error_code", ""))


def view_of(request: HttpRequest) -> str:
    """The name of the view that answers; "-" when there is none. Never the address: it may hold a personal link."""
    found = request.resolver_match
    return (found.view_name if found else "") or "-"


def _way_back(request: HttpRequest) -> str:
    """The page of ours from which this was asked; "" when it is not known or would only be refused again."""
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(came_from)
    if request.method == "GET" and parts.path == request.path:
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


class ContentSecurityPolicyMiddleware:
    """Nothing inline, nothing from elsewhere."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        return response


class LanguageMiddleware:
    """Vietnamese, unless this device has chosen otherwise: what the browser was set to abroad does not decide."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)  # as Django's own middleware: the next request of this thread says its own
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response


class DatabaseAwayMiddleware:
    """While the database is away, a page says so at once; nobody waits for it."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(ASKED_ANYWAY) and OUTAGE.holds():
            return unavailable(request)
        return self.get_response(request)


class RefusalMiddleware:
    """A refusal that no form has shown becomes a page of its own, and so does an address that only takes what a form
    sends; an address that cannot be one is not found."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content and request.method == "GET":
            said = render(request, "405.html", {"back": _way_back(request)}, status=405)
            said.headers["Allow"] = response.headers["Allow"]
            return said
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """PostgreSQL holds no NUL: nothing can be found by one. (A view that answers machines says so itself.)"""
        if getattr(view, "answers_itself", False):
            return
        if "\0" in request.path or any("\0" in text for _name, texts in request.GET.lists() for text in texts):
            raise Http404

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            messages.get_messages(request)
            logger.info("refused", extra={"code": code_of(request), "view": view_of(request)}, exc_info=exception)
            context = {"reason": say(exception), "back": _way_back(request)}
            return render(request, "refused.html", context, status=409)
        if isinstance(exception, DataError) and "NUL" in str(exception):  # typed nowhere, only sent
            return bad_request(request, exception)
        return None


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for our own faults: a code to quote, found in the log beside the places it passed. That the database
    is away is no fault of the page that asked it."""
    code = code_of(request) or new_code()
    if is_away(sys.exception()):
        OUTAGE.begins()
        logger.error("no database %s", code, exc_info=True, extra={"code": code, "view": view_of(request)})
        return unavailable(request)
    logger.error(
        "error %s",
        code,
        exc_info=True,
        extra={"code": code, "view": view_of(request), "method": request.method},
    )
    return render(request, "500.html", {"error_code": code}, status=500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """The database does not answer: said in the language of this device, without asking it anything."""
    code = code_of(request)
    if "text/html" in request.headers.get("Accept", "text/html"):
        page = render_to_string("503.html", {"request": request})
        response = HttpResponse(page, status=503)
    else:
        problem = {"type": "about:blank", "title": _("The database does not answer."), "status": 503, "code": code}
        text = json.dumps(problem, ensure_ascii=False)
        response = HttpResponse(text, status=503, content_type="application/problem+json")
    response.headers["Retry-After"] = str(TRY_AGAIN)
    response.headers["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What could not be read; 413 when it was only too much."""
    too_large = isinstance(exception, TOO_LARGE)
    logger.warning(
        "refused before a view",
        extra={"code": code_of(request), "view": view_of(request)},
        exc_info=exception,
    )
    return render(request, "413.html" if too_large else "400.html", status=413 if too_large else 400)
