"""Another system, as tests see it: a token, and calls with it."""

import itertools
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import factories
from django.test import Client
from django.utils import timezone

from lantoa.api.actions.tokens import issue_token
from lantoa.api.models import Token
from lantoa.api.rules.scopes import SCOPES
from lantoa.directory.models import Unit

_number = itertools.count(1)


@dataclass
class System:
    """Calls the API with its token."""

    token: Token
    text: str
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    language: str = "en"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The response; `headers` such as `if_match="..."`."""
        sent = {"Authorization": f"Bearer {self.text}", "Accept-Language": self.language}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data: dict[str, Any] = {}
        if body is not None:
            data = {
                "data": body if isinstance(body, str | bytes) else json.dumps(body),
                "content_type": "application/json",
            }
        return self.client.generic(method, f"/api/v1/{path}", headers=sent, **data)

    def read(self, path: str) -> Any:
        """What a GET answers, as values."""
        response = self.call("GET", path)
        assert response.status_code == 200, response.content
        return response.json()

    def add(self, path: str, body: Any, key: str = "") -> Any:
        """A POST with a key of its own."""
        return self.call("POST", path, body, idempotency_key=key or f"key-{next(_number)}")

    def replace(self, path: str, body: Any, *, method: str = "PUT", read: str = "") -> Any:
        """A PUT or PATCH of what was read just before."""
        tag = self.call("GET", read or path)["ETag"]
        return self.call(method, path, body, if_match=tag)


def system(unit: Unit, *scopes: str, **options: Any) -> System:
    """A system with a token for this unit; without scopes, with all there are."""
    now = timezone.now()
    options.setdefault("expires_at", now + timedelta(days=30))
    issued = issue_token(
        by=factories.BY,
        name=f"Hệ thống {next(_number)}",
        unit=unit,
        scopes=scopes or SCOPES,
        at=now,
        **options,
    )
    return System(issued.token, issued.text)
