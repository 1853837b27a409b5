"""Throwaway clusters for tests and for `lantoa run`: swept when their owner was killed."""

import fcntl
import os
import shutil
import stat
import tempfile
import time
from pathlib import Path

from config.keeper import Keeper
from config.programs import CannotStart, account_for, reaches

SWEEP_SECONDS = 60.0  # a scratch folder younger than this is left alone


def scratch_folder(kind: str = "scratch") -> Path:
    """A new folder for a throwaway cluster, after sweeping those whose owners were killed."""
    account = account_for(Path("/nonexistent"))
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if parent.is_dir() and os.access(parent, os.W_OK) and reaches(parent, account):
            sweep(parent)
            folder = Path(tempfile.mkdtemp(prefix=f"lantoa-{kind}-", dir=parent))
            folder.chmod(0o711 if account.uid is not None else 0o700)
            return folder
    raise CannotStart("Cannot make a scratch database: no temporary folder can be written. Set TMPDIR.")


def sweep(parent: Path) -> list[Path]:
    """Delete the scratch folders below `parent` that are ours and that no keeper holds any more."""
    swept = []
    for folder in sorted(parent.glob("lantoa-*-*")):
        try:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                continue
            if time.time() - found.st_mtime < SWEEP_SECONDS:
                continue  # perhaps just being made
            lock = os.open(folder / "postgres.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            keeper = Keeper(folder, True)
            keeper.remove_leftovers()
            shutil.rmtree(folder, ignore_errors=True)
            swept.append(folder)
        except BlockingIOError:
            pass  # in use
        finally:
            os.close(lock)
    return swept
