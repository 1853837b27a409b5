"""Who was erased, as a list beside the database: so that an older backup does not bring anybody back.

A line for each erasure: keys only, the moment, and the mark of the installation, so that nobody can have somebody
erased by writing into the list. It lies in the key folder, which every backup carries, and beside the archives.
"""

import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NAME = "erasures"  # in the key folder
BESIDE = "lantoa-erasures"  # in a folder of archives


@dataclass(frozen=True)
class Erased:
    """One erasure: the key of the person and those of the records merged into them, the unit, when (ISO 8601)."""

    people: tuple[str, ...]
    unit: str
    at: str

    def line(self, key: bytes) -> str:
        """As it is written; `key` is the installation's key of the ledger."""
        said: dict[str, object] = {"people": list(self.people), "unit": self.unit, "at": self.at}
        return json.dumps(said | {"mark": _mark(said, key)}) + "\n"


def _mark(said: dict[str, object], key: bytes) -> str:
    return hmac.digest(key, b"erasure " + json.dumps(said, sort_keys=True).encode(), "sha256").hex()


def read(text: str, key: bytes) -> tuple[list[Erased], int]:
    """The erasures of a list, and how many lines were cut short or not written by this installation."""
    found, foreign = [], 0
    for line in filter(None, text.split("\n")):
        try:
            said = json.loads(line)
            mark = said.pop("mark")
            one = Erased(tuple(map(str, said["people"])), str(said["unit"]), str(said["at"]))
            genuine = hmac.compare_digest(mark, _mark(said, key)) and len(one.people) > 0
        except (ValueError, KeyError, TypeError, AttributeError):
            genuine = False
        if genuine:
            found.append(one)
        else:
            foreign += 1
    return found, foreign


def text_of(file: Path) -> str:
    """What a list holds; nothing where there is none."""
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def append(file: Path, erased: Iterable[Erased], key: bytes) -> None:
    """Adds lines, on the disk when this returns. A line that a power cut has left unfinished is ended first."""
    lines = "".join(one.line(key) for one in erased)
    if not lines:
        return
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = text_of(file)
    if before and not before.endswith("\n"):
        lines = "\n" + lines
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, lines.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def not_in(text: str, erased: Iterable[Erased], key: bytes) -> list[Erased]:
    """Those that a list does not hold yet."""
    known = {person for one in read(text, key)[0] for person in one.people}
    return [one for one in erased if not known >= set(one.people)]
