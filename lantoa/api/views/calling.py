"""From a request to an answer: who calls, may they, what do they say; what is answered, and every way it can fail."""

import hashlib
import json
import logging
import math
import re
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, UnreadablePostError
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from lantoa.api.actions.answers import Answer, answer_once
from lantoa.api.actions.tokens import Counted, count_call
from lantoa.api.models import Token
from lantoa.api.queries.tokens import granted_to, token_of
from lantoa.api.rules.problems import Problem
from lantoa.api.rules.shapes import Added, Unreadable, read, read_query, write
from lantoa.api.views.operations import Operation, name_of
from lantoa.common.models import Thing
from lantoa.common.outage import is_away
from lantoa.common.refused import N_, Refused
from lantoa.common.words import fill, say
from lantoa.directory.access import care_of, reaches
from lantoa.directory.models import Unit, UnitQuerySet
from lantoa.directory.permissions import BY_TOKEN
from lantoa.ledger.actions import look

logger = logging.getLogger("lantoa")
MOST_BYTES = 1024 * 1024
KEY_OF_A_WRITE = re.compile("[!-~]{1,100}")
PROBLEMS = "/api/#"
SAID_TWICE = N_("The name %(name)s stands twice in one object.")
SHOWS = N_("read by another system")
SHOW_PEOPLE = {
    "list_people",
    "show_person",
    "list_results",
    "show_presence",
    "show_marks",
    "list_certificates",
    "show_certificate",
    "fetch_export",
}


@dataclass(frozen=True)
class Made:
    """What was added: its key, how many, its address. No names: it is kept for a day."""

    key: str
    added: int = 1
    location: str = ""


@dataclass
class Call:
    """A call under way, as the handler of its operation sees it."""

    request: HttpRequest
    token: Token
    operation: Operation
    now: datetime
    looks: list[tuple[Thing, int | None]] = field(default_factory=list)

    def saw(self, whom: Thing, people: int | None) -> None:
        """Says whose personal data are given out: a person's, or those of so many of a unit or class; None where
        they are not counted (a file)."""
        self.looks.append((whom, people))

    @cached_property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def care(self, permission: str = "") -> UnitQuerySet:
        """The units for which the token holds the permission of the operation (or the one named) today."""
        return care_of(granted_to(self.token, permission or self.operation.needs), on=self.today)

    def check(self, unit: Unit, permission: str = "") -> None:
        """The answer is 404 unless the token holds the permission for this unit today."""
        if not reaches(granted_to(self.token, permission or self.operation.needs), unit, on=self.today):
            raise Http404

    def unit(self, key: str) -> Unit:
        """The unit of that key. The answer is 404 unless there is one and the token holds the permission for it."""
        unit = Unit.objects.filter(key=key).first()
        if unit is None:
            raise Http404
        self.check(unit)
        return unit

    def match(self, now: Any) -> None:
        """Goes on only if the caller has read it as it stands `now` (the answer that reading it would give).

        Whatever is replaced must be locked before.
        """
        wanted = self.request.headers.get("If-Match", "")
        if not wanted:
            raise Problem("condition-missing")
        # an ETag that was compressed on its way came back weak: the same state all the same
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        if etag(write(now)) not in tags:
            raise Problem("changed-since")


def etag(body: Any) -> str:
    """The state of what is answered, in 128 bits."""
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def language_of(request: HttpRequest) -> str:
    """What the caller reads: Vietnamese, unless English is asked for before it."""
    for part in request.headers.get("Accept-Language", "").lower().split(",")[:20]:
        wanted = part.partition(";")[0].strip()[:2]
        if wanted in ("vi", "en"):
            return wanted
    return "vi"


class Resource:
    """The view of one path: its operations by method."""

    permission = BY_TOKEN
    csrf_exempt = True  # no cookie is looked at, so there is nothing to forge
    login_required = False
    answers_itself = True  # also what the middleware would answer with a page

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = {one.method: one for one in operations}
        self.name = name_of(operations[0].path)
        self.shows_people = SHOWS if {one.name for one in operations} & SHOW_PEOPLE else ""
        self.__name__ = self.__qualname__ = operations[0].name
        self.__doc__ = operations[0].handler.__doc__

    def __call__(self, request: HttpRequest, **arguments: str) -> HttpResponseBase:
        with translation.override(language_of(request)):
            counted: list[Counted] = []
            response: HttpResponseBase
            try:
                response = self._answer(request, arguments, counted)
            except Problem as problem:
                response = answer_problem(problem)
            except Refused as refused:
                response = answer_problem(Problem("refused", "%(reason)s", {"reason": say(refused)}))
            except Http404:
                response = answer_problem(Problem("not-found"))
            except Exception as error:
                if is_away(error):
                    raise  # answered as everywhere
                code = secrets.token_hex(4)
                logger.error("error %s %s %s", code, request.method, request.path, exc_info=True)
                response = answer_problem(Problem("our-fault", more={"code": code}))
            for one in counted:
                response["RateLimit-Limit"] = str(one.limit)
                response["RateLimit-Remaining"] = str(max(one.left, 0))
            response["Content-Language"] = translation.get_language()
            response.setdefault("Cache-Control", "private, no-cache")
            patch_vary_headers(response, ["Authorization", "Accept-Language"])
            return response

    def _answer(self, request: HttpRequest, arguments: dict[str, str], counted: list[Counted]) -> HttpResponseBase:
        method = "GET" if request.method == "HEAD" else request.method or ""
        operation = self.operations.get(method)
        if operation is None:
            raise Problem("no-such-method", headers={"Allow": ", ".join(self.operations)})
        now = timezone.now()
        token = _token(request, now)
        counted.append(count_call(token, at=now))
        if counted[0].left < 0:
            wait = max(1, math.ceil((counted[0].ends_at - now).total_seconds()))
            raise Problem(
                "too-many",
                N_("This token may make %(calls)d calls a minute."),
                {"calls": token.calls_a_minute},
                headers={"Retry-After": str(wait)},
            )
        if operation.needs and operation.needs not in token.scopes:
            raise Problem("not-allowed", N_("It needs the permission %(scope)s."), {"scope": operation.needs})
        if any("\0" in value for value in arguments.values()):
            raise Http404
        call = Call(request, token, operation, now)
        given = {**arguments, **_parameters(operation, request)}
        if operation.method == "GET":
            response = _answer_reading(request, operation.handler(call, **given))
            if response.status_code in (200, 206):  # written down before the answer goes out (decision 0016)
                for whom, people in call.looks:
                    look(by=token, page=f"api:{self.name}", whom=whom, people=people, at=now)
            return response
        with transaction.atomic():
            return _answer_writing(call, given)


def _token(request: HttpRequest, now: datetime) -> Token:
    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    token = token_of(text.strip(), at=now) if scheme.lower() == "bearer" else None
    if token is None:
        raise Problem("no-token", headers={"WWW-Authenticate": "Bearer"})
    return token


def _parameters(operation: Operation, request: HttpRequest) -> dict[str, Any]:
    given: dict[str, Any] = {}
    texts = {name: [str(one) for one in ones] for name, ones in request.GET.lists()}
    try:
        if operation.query is not None:
            given["query"] = read_query(operation.query, texts)
        elif texts:
            read_query(Nothing, texts)
    except Unreadable as unreadable:
        raise Problem("wrong-parameters", errors=unreadable.faults) from unreadable
    if operation.body is not None:
        try:
            given["body"] = read(operation.body, _json(request))
        except Unreadable as unreadable:
            raise Problem("wrong-body", errors=unreadable.faults) from unreadable
    return given


@dataclass(frozen=True)
class Nothing:
    """No parameters."""


def _json(request: HttpRequest) -> Any:
    if request.content_type != "application/json":
        raise Problem("not-json")
    try:
        if int(request.headers.get("Content-Length") or 0) > MOST_BYTES:
            raise Problem("too-large")
        body = request.body
    except RequestDataTooBig as error:
        raise Problem("too-large") from error
    except (UnreadablePostError, ValueError) as error:
        raise Problem("not-readable") from error
    if len(body) > MOST_BYTES:
        raise Problem("too-large")
    try:
        text = body.decode("utf-8")
        return json.loads(text, parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_each_once)
    except SaidTwice as error:
        raise Problem("not-readable", SAID_TWICE, {"name": str(error)[:100]}) from error
    except (ValueError, RecursionError, InvalidOperation) as error:
        raise Problem("not-readable") from error


class SaidTwice(ValueError):
    """A name that stands twice in one object: which of the values is meant?"""


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    said = dict(pairs)
    if len(said) < len(pairs):
        times = Counter(name for name, _value in pairs)
        raise SaidTwice(next(name for name in said if times[name] > 1))
    return said


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _answer_reading(request: HttpRequest, result: Any) -> HttpResponseBase:
    if isinstance(result, HttpResponseBase):
        return result
    body = write(result)
    tag = etag(body)
    known = {one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")}
    response = HttpResponse(status=304) if tag in known else answer_json(body)
    response["ETag"] = tag
    return response


def _answer_writing(call: Call, given: Mapping[str, Any]) -> HttpResponse:
    operation, request = call.operation, call.request
    if not operation.adds:
        body = write(operation.handler(call, **given))
        response = answer_json(body)
        response["ETag"] = etag(body)
        return response
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Problem("key-missing")
    if not KEY_OF_A_WRITE.fullmatch(key):
        raise Problem("key-missing", N_("It must have 1 to 100 letters, digits or signs, without spaces."))

    def do() -> Answer:
        made: Made = operation.handler(call, **given)
        return Answer(write(Added(made.key, made.added)), made.location)

    said = b"\0".join([str(request.method).encode(), request.get_full_path().encode(), request.body])
    fingerprint = hashlib.sha256(said).hexdigest()
    answer = answer_once(token=call.token, key=key, fingerprint=fingerprint, at=call.now, do=do)
    response = answer_json(answer.body, status=201)
    if answer.location:
        response["Location"] = answer.location
    if answer.again:
        response["Idempotency-Replayed"] = "true"
    return response


def answer_json(body: Any, *, status: int = 200, media_type: str = "application/json") -> HttpResponse:
    """The body as JSON; letters of every language stand as they are."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text.encode("utf-8", "replace"), status=status, content_type=media_type)


def answer_problem(problem: Problem) -> HttpResponse:
    """Problem details in the caller's language."""
    kind = problem.kind
    body: dict[str, Any] = {
        "type": f"{PROBLEMS}{kind.name}",
        "title": fill(kind.title, {}),
        "status": kind.status,
        "detail": fill(problem.detail, problem.values) if problem.detail else fill(kind.advice, {}),
    }
    if problem.errors:
        body["errors"] = [{"pointer": one.pointer, "detail": fill(one.message, one.values)} for one in problem.errors]
    response = answer_json(body | write(problem.more), status=kind.status, media_type="application/problem+json")
    for name, value in problem.headers.items():
        response[name] = value
    return response
