"""The look is tested with its own addresses and without a database."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import translation


@pytest.fixture(autouse=True)
def _look_addresses(settings: Any, tmp_path: Path) -> None:
    settings.ROOT_URLCONF = "tests.look.look_urls"
    settings.STATIC_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _vietnamese() -> Iterator[None]:
    with translation.override("vi"):
        yield


@pytest.fixture
def render() -> Callable[..., str]:
    """Renders a piece of a page: `render('{% state "late" word %}', word="trễ hạn")`."""

    def rendered(source: str, address: str = "/", **context: Any) -> str:
        request: HttpRequest = RequestFactory().get(address)
        template = Template("{% load i18n lantoa %}" + source)
        return template.render(Context({"request": request, **context})).strip()

    return rendered
