"""A ledger with a key and a head of its own for every test."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lantoa.ledger.actions import record, seal
from lantoa.ledger.models import Entry, Seal
from lantoa.ledger.rules import Machine

BY = Machine("test")


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> Path:
    settings.KEYS_DIR = tmp_path / "keys"
    return tmp_path / "keys"


def write(act: str = "test.done", thing: str = "test.thing:1", by: Machine = BY, **about: Any) -> Entry:
    """One line of the ledger in a transaction of its own."""
    with transaction.atomic():
        return record(by=by, act=act, thing=thing, about=about)


@pytest.fixture
def seal_now(django_capture_on_commit_callbacks: Any) -> Callable[..., list[Seal]]:
    """Seals what stands, and remembers the head as after a commit."""

    def sealed(**options: Any) -> list[Seal]:
        with django_capture_on_commit_callbacks(execute=True):
            return seal(at=timezone.now(), **options)

    return sealed


@pytest.fixture
def behind_the_back(db: None) -> Iterator[Callable[[str, list[Any]], None]]:
    """Somebody with the rights of the tables' owner, past the triggers."""

    def run(sql: str, values: list[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(sql, values)
            cursor.execute("SET LOCAL session_replication_role = origin")

    yield run
    # the foreign key is checked when the test ends
    run("UPDATE ledger_entry SET seal_id = NULL WHERE seal_id NOT IN (SELECT number FROM ledger_seal)", [])
