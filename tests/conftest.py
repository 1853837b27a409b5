"""What all tests share: files and keys in a folder of their own, plain static files."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

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
    """The database of this worker. At its end no line that a thread has left open keeps it from being dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


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
