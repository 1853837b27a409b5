"""Where an installation keeps its things, and what of its preparation is already done."""

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from config.processes import ROOT


def data_folder() -> Path:
    """The folder of files, keys and the embedded database: LANTOA_DATA, else `data/` beside the code."""
    return Path(os.environ.get("LANTOA_DATA") or ROOT / "data").absolute()


def sign_ins_file(data: Path) -> Path:
    """Written by the demonstration: a list of {role, name, username, password, what}."""
    return data / "demo-sign-ins.json"


class Stamps:
    """Remembers which preparation was done for which state, so that the next start costs nothing.

    A stamp is a name and a checksum of everything the work depends on; another checksum means: do it again.
    """

    def __init__(self, data: Path) -> None:
        self._file = data / "stamps.json"

    def holds(self, name: str, state: str) -> bool:
        return self._read().get(name) == state

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
