"""What every answer passes: the content-security policy, refusals as pages, error codes."""

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from lantoa.common.refused import Refused
from lantoa.common.words import say

logger = logging.getLogger("lantoa")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)

Answer = Callable[[HttpRequest], HttpResponse]


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


class RefusalMiddleware:
    """A refusal that no form has shown becomes a page of its own; an address that cannot be one is not found."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        """PostgreSQL holds no NUL: nothing can be found by one."""
        if "\0" in request.path or any("\0" in text for _name, texts in request.GET.lists() for text in texts):
            raise Http404

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            messages.get_messages(request)
            return render(request, "refused.html", {"reason": say(exception)}, status=409)
        return None


def server_error(request: HttpRequest) -> HttpResponse:
    """The page for our own faults: a code to quote, found in the log beside the traceback."""
    code = secrets.token_hex(4)
    logger.error("error %s %s %s", code, request.method, request.path, exc_info=True)
    return render(request, "500.html", {"error_code": code}, status=500)
