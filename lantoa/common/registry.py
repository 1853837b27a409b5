"""What the rooms say of themselves in their `tasks`, `importers` and `personal`, for the rooms below (decision 0045).

These modules load most of the house, and the first page needs none of it: they are read when somebody first asks a
registry, or once the first page was answered (`config.web.settle`), whichever comes first.
"""

import threading
from collections.abc import Iterator, Mapping, MutableMapping
from typing import TypeVar

from django.utils.module_loading import autodiscover_modules

T = TypeVar("T")

_lock = threading.RLock()
_begun = _read = False


def read_all() -> None:
    """Reads the modules of all rooms, once. Whoever asks meanwhile waits."""
    global _begun, _read
    if _read:
        return
    with _lock:
        if not _begun:  # a module that asks while it is read is answered from what is known by then
            _begun = True
            try:
                autodiscover_modules("tasks", "importers", "personal")
                _read = True
            finally:
                _begun = _read


class Registry(MutableMapping[str, T]):
    """By name. Whoever asks finds what all rooms have entered; entering reads nothing."""

    def __init__(self) -> None:
        self._held: dict[str, T] = {}

    @property
    def so_far(self) -> Mapping[str, T]:
        """What was entered until now, for whoever enters."""
        return self._held

    def __setitem__(self, name: str, what: T) -> None:
        self._held[name] = what

    def __delitem__(self, name: str) -> None:
        del self._held[name]

    def __getitem__(self, name: str) -> T:
        read_all()
        return self._held[name]

    def __iter__(self) -> Iterator[str]:
        read_all()
        return iter(self._held)

    def __len__(self) -> int:
        read_all()
        return len(self._held)
