"""Real units, loaded once for a file of tests and taken away after it."""

from collections.abc import Iterator

import pytest
from django.db import connection
from hypothesis import settings as hypothesis_settings

from lantoa.directory.actions import Changes, import_units
from lantoa.directory.queries import built_in
from lantoa.ledger.rules import Machine

# A shared machine is no place for deadlines of milliseconds.
hypothesis_settings.register_profile("house", deadline=None)
hypothesis_settings.load_profile("house")

TABLES = (
    "directory_placement, directory_coverage, directory_successionlink, directory_succession, directory_unit, "
    "directory_decision, directory_snapshot, ledger_entry"
)


def _loaded(provinces: list[str] | None) -> Changes:
    return import_units(by=Machine("test"), listed=built_in(provinces=provinces), apply=True)


@pytest.fixture(scope="module")
def two_provinces(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Changes]:
    """Ho Chi Minh City with what it took in, Bắc Kạn and Thái Nguyên, and the agencies of the house."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield _loaded(["79", "74", "77", "06", "19"])
        _clean()


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Changes]:
    """The whole country."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield _loaded(None)
        _clean()


def _clean() -> None:
    """The ledger lets itself be emptied in a database of tests only."""
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {TABLES} CASCADE")


@pytest.fixture(autouse=True)
def _static_folder(settings: object, tmp_path: object) -> None:
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
