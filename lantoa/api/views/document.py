"""The OpenAPI 3.1 document and the page of documentation, both from the declarations of the operations."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from lantoa.api.rules.events import EVENTS
from lantoa.api.rules.problems import KINDS, Problem
from lantoa.api.rules.shapes import (
    KEY_PATTERN,
    Added,
    fields,
    kind_in_words,
    schema,
    schema_of_parameter,
    shapes_within,
)
from lantoa.api.views import resources
from lantoa.api.views.calling import KEY_OF_A_WRITE, answer_problem, language_of
from lantoa.api.views.operations import BASE, OPERATIONS, Operation
from lantoa.common.refused import N_
from lantoa.directory.access import needs
from lantoa.directory.permissions import PUBLIC

VERSION = "1"
TAG = {"type": "string", "pattern": '^(W/)?"[0-9a-f]{32}"$'}
GROUPS = {
    "tokens": N_("The token itself"),
    "units": N_("Units on a day"),
    "people": N_("People and posts"),
    "programmes": N_("Programmes"),
    "classes": N_("Classes and meetings"),
    "presence": N_("Presence"),
    "results": N_("Results and marks"),
    "certificates": N_("Certificates"),
    "targets": N_("Targets and figures"),
    "readiness": N_("Scores of readiness"),
    "pilots": N_("Pilots, playbooks, spread"),
    "imports": N_("Lists that were loaded"),
    "exports": N_("Whole rooms as files"),
}
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "known": {"type": "array"},
        "code": {"type": "string"},
        "merged_into": {"type": "string", "pattern": KEY_PATTERN},
    },
}


@cache
def document(language: str, address: str) -> dict[str, Any]:
    """The document in that language."""
    assert resources  # importing them declares their operations
    with translation.override(language):
        named: dict[str, Any] = {"Problem": PROBLEM}
        paths: dict[str, Any] = {}
        for operation in OPERATIONS:
            paths.setdefault(f"/{operation.path}", {})[operation.method.lower()] = _operation(operation, named)
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "Lantoa",
                "version": VERSION,
                "description": gettext(
                    "What other systems read and write here. The rules are said on the page /api/."
                ),
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": f"{address.rstrip('/')}/{BASE.rstrip('/')}"}],
            "security": [{"token": []}],
            "tags": [
                {"name": group, "description": gettext(words)}
                for group, words in GROUPS.items()
                if any(one.group == group for one in OPERATIONS)
            ],
            "paths": paths,
            "components": {
                "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
                "schemas": named,
            },
        }


def _operation(operation: Operation, named: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.name,
        "summary": gettext(operation.says),
        "tags": [operation.group],
        "parameters": _parameters(operation),
        "responses": _responses(operation, named),
    }
    if operation.needs:
        made["x-permission"] = operation.needs
    if operation.body is not None:
        body = schema(operation.body, gettext, named, reading=True)
        made["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    return made


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    made: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": KEY_PATTERN}}
        for name in operation.arguments
    ]
    for field in fields(operation.query) if operation.query else ():
        one = {"name": field.name, "in": "query", "required": field.required}
        words = {"description": gettext(field.says.words)} if field.says.words else {}
        made.append({**one, **words, "schema": schema_of_parameter(field, gettext)})
    if operation.adds:
        pattern = {"type": "string", "pattern": f"^{KEY_OF_A_WRITE.pattern}$"}
        made.append({"name": "Idempotency-Key", "in": "header", "required": True, "schema": pattern})
    if operation.replaces:
        made.append({"name": "If-Match", "in": "header", "required": True, "schema": TAG})
    return made


def _responses(operation: Operation, named: dict[str, Any]) -> dict[str, Any]:
    answer = Added if operation.adds else operation.answer
    if isinstance(answer, type) and issubclass(answer, HttpResponse):
        content: dict[str, Any] = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
    else:
        content = {"application/json": {"schema": schema(answer, gettext, named, reading=False)}}
    statuses = _statuses(operation)
    good: dict[str, Any] = {"description": gettext(operation.says), "content": content}
    if not operation.adds:
        good["headers"] = {"ETag": {"schema": {"type": "string"}}}
    responses: dict[str, Any] = {str(operation.status): good}
    if operation.method == "GET":
        responses["304"] = {"description": gettext("Still as it was read before (If-None-Match).")}
    for status, kinds in statuses.items():
        responses[str(status)] = {
            "description": "; ".join(gettext(kind.title) for kind in kinds),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return responses


def _statuses(operation: Operation) -> dict[int, list[Any]]:
    """The problems that this operation may answer with, by status."""
    wanted = ["wrong-parameters", "no-token", "not-allowed", "not-found", "no-such-method", "too-many", "our-fault"]
    if operation.body is not None:
        wanted += ["not-readable", "refused", "too-large", "not-json", "wrong-body"]
    if operation.adds:
        wanted += ["key-missing", "key-used"]
    if operation.replaces:
        wanted += ["changed-since", "condition-missing"]
    if operation.name == "fetch_export":
        wanted += ["refused"]
    if operation.path.startswith("people/{key}") or "person" in operation.arguments:
        wanted += ["merged"]
    if operation.name == "add_person":
        wanted += ["maybe-known"]
    found: dict[int, list[Any]] = {}
    for kind in KINDS.values():
        if kind.name in wanted:
            found.setdefault(kind.status, []).append(kind)
    return found


@needs(PUBLIC)
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The document as JSON, for machines."""
    language = "en" if not request.headers.get("Accept-Language") else language_of(request)
    response = HttpResponse(
        json.dumps(document(language, settings.ADDRESS), ensure_ascii=False, indent=1).encode(),
        content_type="application/json",
    )
    patch_vary_headers(response, ["Accept-Language"])
    return response


@needs(PUBLIC)
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """The documentation for people: how to begin, what can be asked, what can go wrong."""
    groups = [
        {
            "name": group,
            "title": gettext(words),
            "operations": [_shown(one) for one in OPERATIONS if one.group == group],
        }
        for group, words in GROUPS.items()
    ]
    shapes = {shape: None for one in OPERATIONS for part in (one.body, one.answer) if part for shape in _shapes(part)}
    return render(
        request,
        "api/documentation.html",
        {
            "groups": [one for one in groups if one["operations"]],
            "shapes": [_shape(shape) for shape in sorted(shapes, key=lambda shape: shape.__name__)],
            "kinds": [
                {
                    "name": kind.name,
                    "status": kind.status,
                    "title": gettext(kind.title),
                    "advice": gettext(kind.advice),
                }
                for kind in KINDS.values()
            ],
            "events": [{"name": name, "words": gettext(words)} for name, words in EVENTS.items()],
            "base": f"{settings.ADDRESS}/{BASE}",
            "openapi_url": reverse("api:openapi"),
        },
    )


def _shapes(part: Any) -> list[Any]:
    if not hasattr(part, "__dataclass_fields__") and not hasattr(part, "__origin__"):
        return []
    return [
        one for one in shapes_within(Added if part.__name__ == "Made" else part) if not hasattr(one, "__origin__")
    ]


def _shown(operation: Operation) -> dict[str, Any]:
    answer = Added if operation.adds else operation.answer
    return {
        "name": operation.name,
        "method": operation.method,
        "path": f"/{operation.path}",
        "says": gettext(operation.says),
        "needs": operation.needs,
        "parameters": [_field(field) for field in fields(operation.query)] if operation.query else [],
        "body": kind_in_words(operation.body) if operation.body else "",
        "answer": kind_in_words(answer),
        "adds": operation.adds,
        "replaces": operation.replaces,
    }


def _shape(shape: Any) -> dict[str, Any]:
    return {"name": shape.__name__, "fields": [_field(field) for field in fields(shape)]}


def _field(field: Any) -> dict[str, Any]:
    words = gettext(field.says.words) if field.says.words else ""
    return {"name": field.name, "kind": kind_in_words(field.type), "required": field.required, "words": words}


@needs(PUBLIC)
def no_such_address(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever begins like the API and is none of its addresses."""
    with translation.override(language_of(request)):
        return answer_problem(Problem("not-found"))


no_such_address.csrf_exempt = True  # type: ignore[attr-defined]
no_such_address.answers_itself = True  # type: ignore[attr-defined]
