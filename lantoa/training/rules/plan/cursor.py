"""Walking through the tree of a file and gathering what is wrong, instead of stopping at the first fault."""

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import clean, looks_legacy, nfc
from lantoa.training.rules.faults import Fault, PlanFaults

from .model import MeetingKey, Place
from .nodes import Node
from .values import quoted

T = TypeVar("T")
MOST_FAULTS = 200
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


class Reading:
    """The faults and the places found so far. Raises once too much is wrong to go on."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.places: dict[str, Place] = {}
        self.meeting_paths: dict[MeetingKey, str] = {}

    def fault(self, node: Node, path: str, message: str, **values: Any) -> None:
        self.faults.append(Fault(node.line, node.column, path, message, values))
        if len(self.faults) >= MOST_FAULTS:
            raise PlanFaults(self.faults)

    def refused(self, node: Node, path: str, reason: Refused) -> None:
        self.fault(node, path, reason.message, **reason.values)


class Cursor:
    """A mapping of the file: its known keys, each read once."""

    def __init__(
        self, reading: Reading, node: Node, path: str, keys: Iterable[str], needed: Iterable[str] = ()
    ) -> None:
        self.reading, self.node, self.path = reading, node, path
        self.nodes: dict[str, Node] = {}
        reading.places[path] = (node.line, node.column)
        if node.pairs is None:
            reading.fault(node, path, N_("Here stand keys with values (%(keys)s)."), keys=", ".join(keys))
            self.readable = False
            return
        self.readable = True
        self._take(list(keys))
        for key in needed:
            if key not in self.nodes:
                reading.fault(node, path, N_("The key %(key)s is missing."), key=key)

    def _take(self, keys: list[str]) -> None:
        seen: dict[str, int] = {}
        for key_node, value in self.node.pairs or ():
            key = key_node.text
            if key is None:
                self.reading.fault(key_node, self.path, N_("Here stands a key, one word."))
            elif key in seen:
                message = N_("The key %(key)s stands here a second time; the first is in line %(line)d.")
                self.reading.fault(key_node, self.at(key), message, key=key, line=seen[key])
            elif key not in keys:
                self._unknown(key_node, key, keys)
            else:
                self.reading.places[self.at(key)] = (value.line, value.column)
                if value.empty:
                    self.reading.fault(
                        key_node,
                        self.at(key),
                        N_("The key %(key)s is empty. Give a value or leave the key out."),
                        key=key,
                    )
                self.nodes[key] = value
            if key is not None:
                seen.setdefault(key, key_node.line)

    def _unknown(self, node: Node, key: str, keys: list[str]) -> None:
        near = difflib.get_close_matches(key.lower(), keys, 1, 0.6)
        if near:
            message = N_("There is no key %(key)s here. Is %(near)s meant?")
            self.reading.fault(node, self.at(key[:40]), message, key=quoted(key), near=near[0])
        else:
            message = N_("There is no key %(key)s here. The keys are: %(keys)s.")
            self.reading.fault(node, self.at(key[:40]), message, key=quoted(key), keys=", ".join(keys))

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        return key in self.nodes and not self.nodes[key].empty

    def value(self, key: str, read: Callable[[str], T], default: T) -> T:
        """A scalar read by `read`; `default` where it is left out or wrong (its fault is noted)."""
        return self._value(self.nodes[key], self.at(key), read, default) if self.has(key) else default

    def _value(self, node: Node, path: str, read: Callable[[str], T], default: T) -> T:
        if node.text is None:
            self.reading.fault(node, path, N_("Here stands a single value, not a list and not keys."))
            return default
        try:
            return read(node.text.strip())
        except Refused as reason:
            self.reading.refused(node, path, reason)
            return default

    def text(self, key: str, most: int = 300) -> str:
        """A line of text, composed and with single spaces; "" where it is left out."""
        return self.value(key, lambda text: _line(text, most), "")

    def prose(self, key: str, most: int = 4000) -> str:
        """A text that may have several lines."""
        return self.value(key, lambda text: _prose(text, most), "")

    def code(self, key: str) -> str:
        """A short code without spaces, as it stands in addresses and lists."""
        return self.value(key, read_code, "")

    def listed(self, key: str) -> list[tuple[Node, str]]:
        """The items of a list with their paths; a single value counts as a list of one."""
        if not self.has(key):
            return []
        node, path = self.nodes[key], self.at(key)
        if node.pairs is not None:
            self.reading.fault(node, path, N_("Here stands a list: each item on a line of its own after a hyphen."))
            return []
        items = [node] if node.items is None else node.items
        return [(item, f"{path}[{number}]") for number, item in enumerate(items, 1)]

    def listed_or_one(self, key: str) -> list[tuple[Node, str]]:
        """The mappings of a list; a single mapping counts as a list of one."""
        node = self.nodes.get(key)
        return [(node, self.at(key))] if node is not None and node.pairs is not None else self.listed(key)

    def values(self, key: str, read: Callable[[str], T]) -> list[T]:
        """A list of scalars; wrong ones are noted and left out."""
        found: list[T] = []
        for node, path in self.listed(key):
            self.reading.places[path] = (node.line, node.column)
            none: list[T] = []
            found += self._value(node, path, lambda text: [read(text)], none)
        return found

    def texts(self, key: str, most: int = 300) -> tuple[str, ...]:
        return tuple(self.values(key, lambda text: _line(text, most)))

    def one_of(self, key: str, choices: Iterable[str], default: str) -> str:
        known = list(choices)

        def read(text: str) -> str:
            if text in known:
                return text
            raise Refused(N_("%(value)s is not one of: %(choices)s."), value=quoted(text), choices=", ".join(known))

        return self.value(key, read, default)

    def fault(self, key: str, message: str, **values: Any) -> None:
        self.reading.fault(self.nodes.get(key, self.node), self.at(key), message, **values)


def read_code(text: str) -> str:
    """Letters, digits and . _ - / up to 40."""
    text = nfc(text)
    if not re.fullmatch(r"[\w.\-/]{1,40}", text):
        raise Refused(
            N_("%(value)s is not a code: letters, digits, - . _ / and no spaces, at most 40."), value=quoted(text)
        )
    return text


def _line(text: str, most: int) -> str:
    if _CONTROL.search(text):
        raise Refused(N_("%(value)s holds a character that is no text."), value=quoted(_CONTROL.sub("?", text)))
    text = clean(text)
    if not text:
        raise Refused(N_("The text is empty."))
    if len(text) > most:
        raise Refused(
            N_("The text is too long: %(length)d letters, at most %(most)d. It begins %(value)s."),
            length=len(text),
            most=most,
            value=quoted(text),
        )
    if kind := looks_legacy(text):
        raise Refused(
            N_("%(value)s is written in the old encoding %(kind)s. Convert the file to Unicode first."),
            value=quoted(text),
            kind=kind,
        )
    return text


def _prose(text: str, most: int) -> str:
    lines = [clean(line) for line in text.splitlines()]
    _line(" ".join(lines), most)
    return "\n".join(lines).strip("\n")
