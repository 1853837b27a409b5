"""What all tests share: files and keys in a folder of their own, plain static files."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
import pytest_django
from django.db import connection
from django.utils import translation

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Nothing that a test writes reaches the installation's own data folder.
_FROM_THE_START: dict[str, bytes] = {}  # by table: the rows that migrations enter
_DATA = tempfile.TemporaryDirectory(prefix="lantoa-tests-")
os.environ["LANTOA_DATA"] = _DATA.name


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """The machine's own browser without a window: one for all tests of a worker, since its driver runs only once."""
    from playwright.sync_api import sync_playwright

    from config.testing import find_browser

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = (
        "1"  # the driver's event loop is this thread's from now on, and harms none
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> Iterator[None]:
    """The database of this worker. What stands in it from the start is noted. At its end no line that a thread has
    left open keeps it from being dropped."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            " AND relname NOT LIKE 'django_%' AND relname NOT LIKE 'auth_%' ORDER BY oid"
        )
        for (table,) in cursor.fetchall():
            with cursor.copy(f'COPY "{table}" TO STDOUT') as rows:
                if found := b"".join(rows):
                    _FROM_THE_START[table] = found
    yield
    # A line of its own: the one from before the browser came may have been cut by a test that cuts all lines.
    with psycopg.connect(**connection.get_connection_params()) as line:
        line.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test with transactions of its own ends with empty tables: what stood there from the start comes back, since
    any test may follow (a worker without work takes over from another)."""
    yield
    marker = item.get_closest_marker("django_db")
    if nextitem is None or not (marker and marker.kwargs.get("transaction")):
        return
    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as line:
        for table, rows in _FROM_THE_START.items():
            if not line.execute(f'SELECT EXISTS (SELECT FROM "{table}")').fetchone()[0]:
                with line.cursor().copy(f'COPY "{table}" FROM STDIN') as copy:
                    copy.write(rows)


@pytest.fixture(autouse=True)
def _house(settings: object, tmp_path: Path) -> Iterator[None]:
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.FILES_DIR = tmp_path / "files"  # type: ignore[attr-defined]
    settings.STATIC_ROOT = tmp_path / "static"  # type: ignore[attr-defined]
    (tmp_path / "static").mkdir()
    settings.DATA_DIR = Path(_DATA.name)  # type: ignore[attr-defined]
    settings.KEYS_DIR = Path(_DATA.name) / "keys"  # type: ignore[attr-defined]
    with translation.override("vi"):
        yield
