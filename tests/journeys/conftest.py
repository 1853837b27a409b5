"""Journeys need a town and a browser: each file has its own town, each process one browser; without a browser they
are skipped aloud."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from journeys.browser import Reader, browser_is_missing
from journeys.town import Founded, Town, founded, town
from playwright.sync_api import Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if browser_is_missing():
                item.add_marker(pytest.mark.skip(reason="NO BROWSER: install chromium to walk the journeys"))


@pytest.fixture(scope="session", name="founded")
def _founded(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Founded]:
    base = tmp_path_factory.getbasetemp()
    with founded(base.parent if hasattr(request.config, "workerinput") else base) as one:
        yield one


@pytest.fixture(scope="module", name="town")
def _town(founded: Founded) -> Iterator[Town]:
    with town(founded) as served:
        yield served


@pytest.fixture
def reader(chromium: Browser, town: Town) -> Iterator[Callable[..., Reader]]:
    """Somebody with a phone: `reader("canbo")` is signed in, `reader()` is not; `javascript=False`, `width=1280`."""
    readers: list[Reader] = []

    def made(account: str = "", **options: Any) -> Reader:
        session = town.found["sessions"][account] if account else ""
        readers.append(Reader(chromium, town, session=session, **options))
        return readers[-1]

    yield made
    for one in readers:
        one.close()
