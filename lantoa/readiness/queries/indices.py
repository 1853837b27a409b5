"""Versions of indices, and the indices that come with the house."""

from functools import lru_cache
from pathlib import Path

from lantoa.readiness.models import IndexVersion
from lantoa.readiness.rules.file import read_index
from lantoa.readiness.rules.structure import Index

READY_MADE = Path(__file__).parents[1] / "indices"


@lru_cache(maxsize=32)
def _read(text: str) -> Index:
    return read_index(text, loaded=True)


def index_of(version: IndexVersion) -> Index:
    """The index of a version, read once in a process."""
    return _read(version.text)


def ready_made() -> dict[str, Index]:
    """The indices that come with the house, by the names of their files."""
    return {path.stem: _read(path.read_text(encoding="utf-8")) for path in sorted(READY_MADE.glob("*.toml"))}


def ready_made_text(name: str) -> str | None:
    """The file of one of them; None when there is none of this name."""
    path = READY_MADE / f"{name}.toml"
    return path.read_text(encoding="utf-8") if name in ready_made() else None
