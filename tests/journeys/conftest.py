"""Journeys need a town and a browser. Each test process has one of each; without a browser they are skipped aloud."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from journeys.browser import Reader, browser_is_missing
from journeys.town import Town, town
from playwright.sync_api import Browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if browser_is_missing():
                item.add_marker(pytest.mark.skip(reason="NO BROWSER: install chromium to walk the journeys"))


@pytest.fixture(scope="session", name="town")
def _town(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Town]:
    base = tmp_path_factory.getbasetemp()
    with town(base.parent if hasattr(request.config, "workerinput") else base) as served:
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
