"""An administrator sees on their desk that backups fail; nobody else does."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import factories
import pytest
from django.test import Client
from django.utils import timezone

from lantoa.directory.models import Role
from lantoa.web.queries_installation import backup_trouble

WORDS = "Lần sao lưu gần nhất không thành công"


def said(folder: Path, name: str, **facts: Any) -> None:
    (folder / name).write_text(json.dumps(facts))


def test_a_failed_backup_is_trouble_until_one_stands(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR, now = tmp_path, timezone.now()
    assert backup_trouble(now=now) is None  # nobody has set backups up: doctor speaks of that
    said(tmp_path, "last-backup.json", at=now.isoformat())
    assert backup_trouble(now=now) is None
    late = backup_trouble(now=now + timedelta(hours=27))
    assert late is not None and (late.failed, late.at) == (False, now)
    said(tmp_path, "backup-failed.json", at=now.isoformat(), words="x", pid=1)
    assert backup_trouble(now=now) is None  # one is under way
    said(tmp_path, "backup-failed.json", at=now.isoformat(), words="x", pid=0)
    failed = backup_trouble(now=now)
    assert failed is not None and (failed.failed, failed.at) == (True, now)
    (tmp_path / "backup-failed.json").write_text("?")
    assert backup_trouble(now=now) is None


@pytest.mark.django_db
@pytest.mark.parametrize(("role", "seen"), [(Role.ADMINISTRATOR, True), (Role.PROGRAMME_OFFICER, False)])
def test_the_desk_of_an_administrator_says_so(settings: Any, tmp_path: Path, role: str, seen: bool) -> None:
    settings.DATA_DIR = tmp_path
    said(tmp_path, "backup-failed.json", at=timezone.now().isoformat(), words="the disk is full", pid=0)
    browser = Client()
    browser.force_login(factories.user(role, on=factories.unit()))
    page = browser.get("/").content.decode()
    assert (WORDS in page) is seen
    assert "the disk is full" not in page  # its words may hold paths
