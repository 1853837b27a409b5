"""What all tests share: files and keys in a folder of their own, plain static files."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

# Nothing that a test writes reaches the installation's own data folder.
_DATA = tempfile.TemporaryDirectory(prefix="lantoa-tests-")
os.environ["LANTOA_DATA"] = _DATA.name


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
