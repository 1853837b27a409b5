"""What the administrator must know of the installation itself; read from its notes, no database asked."""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

LATE = timedelta(hours=26)


@dataclass(frozen=True)
class BackupTrouble:
    """The last backup failed at this moment; or, where none failed, the newest one is of that moment, and too old."""

    failed: bool
    at: datetime


def backup_trouble(*, now: datetime) -> BackupTrouble | None:
    """None when all is well, or nobody has set backups up yet (`lantoa doctor` speaks of that)."""
    folder = Path(settings.DATA_DIR)
    failed = _read(folder / "backup-failed.json")
    if failed and not _lives(failed.get("pid")):
        return BackupTrouble(True, datetime.fromisoformat(str(failed["at"])))
    last = _read(folder / "last-backup.json")
    if last and now - (at := datetime.fromisoformat(str(last["at"]))) > LATE:
        return BackupTrouble(False, at)
    return None


def _read(file: Path) -> dict[str, object]:
    try:
        found = json.loads(file.read_text())
        datetime.fromisoformat(str(found["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return dict(found)


def _lives(pid: object) -> bool:
    if not isinstance(pid, int) or pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
