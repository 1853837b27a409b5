"""What tests of programmes share."""

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture
def english() -> Iterator[None]:
    """Commands that speak English."""
    with translation.override("en"):
        yield
