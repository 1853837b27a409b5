"""Few tests use a password: the framework's hashing is not weakened and takes a third of a second each."""

from pathlib import Path
from typing import Any

import pytest

from lantoa.accounts.models import User

PASSWORD = "một câu dài dễ nhớ"


@pytest.fixture(autouse=True)
def keys(settings: Any, tmp_path: Path) -> None:
    settings.KEYS_DIR = tmp_path / "keys"


@pytest.fixture
def lan(db: None) -> User:
    """An account with a password."""
    return User.objects.create_user("lan", PASSWORD, full_name="Nguyễn Thị Lan")
