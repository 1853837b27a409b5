"""Where an installation keeps its things, and what of its preparation is already done."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from config.processes import ROOT

NO_DEMONSTRATION = "no-demonstration"  # in the data folder of a restored installation: none is loaded into it
SERVING = "serving.json"  # in the data folder while `lantoa serve` runs
RESTORED = "restored.json"  # in the data folder until a restored installation was taken over (lantoa.web)
BACKUP_FAILED = "backup-failed.json"  # in the data folder while a backup is under way, and after one that failed
RESTORING = "restoring"  # in the data folder while a restore exchanges database, keys and files


def data_folder() -> Path:
    """The folder of files, keys and the embedded database: LANTOA_DATA, else `data/` beside the code."""
    return Path(os.environ.get("LANTOA_DATA") or ROOT / "data").absolute()


def sign_ins_file(data: Path) -> Path:
    """Written by the demonstration: a list of {role, name, username, password, what}."""
    return data / "demo-sign-ins.json"


def note_serving(data: Path, facts: dict[str, Any]) -> None:
    """What `lantoa serve` tells doctor of itself, while it runs."""
    draft = data / f".{SERVING}.{os.getpid()}"
    draft.write_text(json.dumps(facts | {"pid": os.getpid()}, indent=1))
    draft.replace(data / SERVING)


def serving(data: Path) -> dict[str, Any]:
    """What the running server said of itself; empty when none runs on this machine."""
    try:
        facts: dict[str, Any] = json.loads((data / SERVING).read_text())
        os.kill(int(facts["pid"]), 0)
    except PermissionError:
        return facts  # it runs under another account
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return facts


def no_longer_serving(data: Path) -> None:
    """Takes back what this process has noted."""
    if serving(data).get("pid") == os.getpid():
        (data / SERVING).unlink(missing_ok=True)


class Stamps:
    """Remembers which preparation was done for which state, so that the next start costs nothing.

    A stamp is a name and a checksum of everything the work depends on; another checksum means: do it again.
    """

    def __init__(self, data: Path) -> None:
        self._file = data / "stamps.json"

    def holds(self, name: str, state: str) -> bool:
        return self._read().get(name) == state

    def has(self, name: str) -> bool:
        """Was it done at all, for whichever state?"""
        return name in self._read()

    def keep(self, name: str, state: str) -> None:
        stamps = self._read() | {name: state}
        number, draft = tempfile.mkstemp(prefix=".stamps-", dir=self._file.parent)
        with open(number, "w", encoding="utf-8") as out:
            json.dump(stamps, out, indent=1)
        Path(draft).replace(self._file)

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self._file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}


def migrations_state(database: str) -> str:
    """Checksum of every migration and of the locked packages (Django brings migrations too), for one database."""
    files = [*ROOT.glob("lantoa/*/migrations/*.py"), ROOT / "requirements.txt"]
    digest = hashlib.sha256(database.encode())
    for file in sorted(files):
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def static_state() -> str:
    """Checksum of the names, sizes and times of the static files' sources."""
    return _state_of([*ROOT.glob("static/**/*"), *ROOT.glob("lantoa/*/static/**/*"), ROOT / "requirements.txt"])


def messages_state() -> str:
    """Checksum of the names, sizes and times of the translations."""
    return _state_of(ROOT.glob("locale/*/*.po"))


def _state_of(files: Iterable[Path]) -> str:
    digest = hashlib.sha256(os.fsencode(ROOT))
    for file in sorted(files):
        if file.is_file():
            found = file.stat()
            digest.update(f"{file.relative_to(ROOT)}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return digest.hexdigest()
