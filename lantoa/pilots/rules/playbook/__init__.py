"""The playbook file: what another unit needs to do the same, in one readable TOML file (docs/playbook-file.md).

`read_playbook` gives a `Book` or raises `PlaybookFaults` with every fault and its line;
`write_playbook` is its inverse.
"""

from lantoa.pilots.rules.playbook.model import PARTS, Book, Item, Part
from lantoa.pilots.rules.playbook.reading import PlaybookFaults, decode, read_playbook
from lantoa.pilots.rules.playbook.writing import write_playbook

__all__ = [
    "PARTS",
    "Book",
    "Item",
    "Part",
    "PlaybookFaults",
    "decode",
    "read_playbook",
    "write_playbook",
]
