"""What the API can do: one declaration per operation, from which the addresses, the answers, the OpenAPI document and
the page of documentation all follow.

    @get("people/{key}", needs="directory.view_people", says=N_("One person, with all posts"))
    def show_person(call: Call, key: str) -> Person:
        ...

A parameter called `query` is read from the address, one called `body` from the body; the others stand in the path.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_type_hints

from lantoa.directory.permissions import PERMISSIONS

ANY_TOKEN = ""
BASE = "api/v1/"
WRITES = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked of the API. `needs` is the permission its token must have."""

    method: str
    path: str  # "people/{key}"
    handler: Callable[..., Any]
    needs: str
    says: str  # a msgid
    group: str  # the file it stands in: "people"
    query: Any
    body: Any
    answer: Any
    arguments: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.handler.__name__

    @property
    def adds(self) -> bool:
        """Whether it adds something, so that asking twice would add it twice: it wants an Idempotency-Key."""
        return self.method == "POST"

    @property
    def replaces(self) -> bool:
        """Whether it replaces something that another may have changed meanwhile: it wants If-Match."""
        return self.method in ("PUT", "PATCH")

    @property
    def status(self) -> int:
        return 201 if self.adds else 200


OPERATIONS: list[Operation] = []
Handler = Callable[..., Any]


def _operation(method: str, path: str, needs: str, says: str) -> Callable[[Handler], Handler]:
    if needs and needs not in PERMISSIONS:
        raise KeyError(needs)

    def register(handler: Handler) -> Handler:
        hints = get_type_hints(handler, include_extras=True)
        answer = hints.pop("return")
        hints.pop("call")
        made = Operation(
            method=method,
            path=path,
            handler=handler,
            needs=needs,
            says=says,
            group=handler.__module__.rpartition(".")[2],
            query=hints.pop("query", None),
            body=hints.pop("body", None),
            answer=answer,
            arguments=tuple(hints),
        )
        if [one for one in OPERATIONS if (one.method, one.path) == (method, path) or one.name == made.name]:
            raise RuntimeError(f"two operations {method} {path} {made.name}")
        OPERATIONS.append(made)
        return handler

    return register


def get(path: str, *, needs: str, says: str) -> Callable[[Handler], Handler]:
    """Something to be read."""
    return _operation("GET", path, needs, says)


def post(path: str, *, needs: str, says: str) -> Callable[[Handler], Handler]:
    """Something to be added. The handler gives back a `Made`."""
    return _operation("POST", path, needs, says)


def put(path: str, *, needs: str, says: str) -> Callable[[Handler], Handler]:
    """Something to be put in the place of what stands there. The handler calls `call.match`."""
    return _operation("PUT", path, needs, says)


def patch(path: str, *, needs: str, says: str) -> Callable[[Handler], Handler]:
    """Some of something to be changed. The handler calls `call.match`."""
    return _operation("PATCH", path, needs, says)


def name_of(template: str) -> str:
    """The name of an address: `meetings/{key}/presence` -> `meetings_key_presence`."""
    return template.replace("/", "_").replace("{", "").replace("}", "")
