"""TOML with the line of every value, so that a fault in somebody's file can be named by its line. Pure Python."""

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lantoa.common.refused import N_, Refused

Place = tuple[str | int, ...]
MOST_BYTES: Final = 2_000_000

_HEADER: Final = re.compile(r"\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(?:#.*)?$")
_NAME: Final = r"""(?:[\w-]+|"[^"\n]*"|'[^'\n]*')"""
_KEY: Final = re.compile(rf"\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*=")
_AT: Final = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True)
class LinedFault:
    """What is wrong in a file: the line, the place in words ("target 3, kind"), and why."""

    line: int
    place: str
    reason: Refused


class LinedFaults(Exception):
    """A file that cannot be used, with everything that is wrong in it, in the order of its lines."""

    def __init__(self, faults: list[LinedFault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = sorted(faults, key=lambda fault: fault.line)


@dataclass(frozen=True)
class Lined:
    """The values of a file and the line on which each stands."""

    values: dict[str, Any]
    lines: dict[Place, int]

    def line(self, *place: str | int) -> int:
        """The line of a value; of what it would stand in, when it is missing."""
        return line_at(self.lines, place)


def read_toml(data: bytes) -> Lined:
    """The values of a TOML file with their lines; numbers are exact decimals. LinedFaults for what is no TOML."""
    if len(data) > MOST_BYTES:
        raise _alone(1, N_("The file is larger than %(most)d bytes."), most=MOST_BYTES)
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise _alone(data[: error.start].count(b"\n") + 1, N_("The file is not UTF-8.")) from error
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, InvalidOperation, RecursionError) as error:
        said = str(error)
        found = _AT.search(said)
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        raise _alone(line, N_("The file is no TOML: %(reason)s."), reason=_AT.sub("", said)) from error
    return Lined(values, lines_of(text))


def _alone(line: int, message: str, **values: Any) -> LinedFaults:
    return LinedFaults([LinedFault(line, "", Refused(message, **values))])


def lines_of(text: str) -> dict[Place, int]:
    """The line (from 1) of every header, of every key outside inline tables, and of the elements of a list that
    begins below its key, one a line: ("component", 3, "points") -> 41. The text is known to be TOML."""
    found: dict[Place, int] = {(): 1}
    arrays: dict[Place, int] = {}
    at: Place = ()
    open_ = _Open()
    elements: Place | None = None  # the list whose elements follow, one a line
    count = 0
    for number, line in enumerate(text.split("\n"), 1):
        if open_.goes_on:
            if (
                elements is not None
                and open_.depth == 1
                and not open_.quotes
                and line.strip()[:1] not in ("", "#", "]")
            ):
                found[(*elements, count)] = number
                count += 1
            open_.read(line)
            continue
        if header := _HEADER.match(line):
            at = _place(header[2], arrays, opens=header[1] == "[[")
            found.setdefault(at, number)
        elif key := _KEY.match(line):
            place = at
            for piece in _parts(key[1]):
                place = (*place, piece)
                found.setdefault(place, number)
            elements, count = (place, 0) if line[key.end() :].split("#")[0].strip() == "[" else (None, 0)
            open_.read(line[key.end() :])
    return found


def line_at(lines: dict[Place, int], place: Place) -> int:
    """The line of a place, or of the nearest one around it."""
    while place not in lines:
        place = place[:-1]
    return lines[place]


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_NAME, dotted)]


def _place(name: str, arrays: dict[Place, int], *, opens: bool) -> Place:
    place: Place = ()
    pieces = _parts(name)
    for position, piece in enumerate(pieces):
        place = (*place, piece)
        if opens and position == len(pieces) - 1:
            arrays[place] = arrays.get(place, -1) + 1
        if place in arrays:
            place = (*place, arrays[place])
    return place


class _Open:
    """A value that goes on over lines: a text in three quotes, an array."""

    def __init__(self) -> None:
        self.quotes = ""
        self.depth = 0

    @property
    def goes_on(self) -> bool:
        return bool(self.quotes) or self.depth > 0

    def read(self, line: str) -> None:
        """Goes over one more line of the value."""
        place = 0
        while place < len(line):
            if self.quotes:
                place = self._in_text(line, place)
                continue
            letter = line[place]
            if letter == "#":
                return
            if letter in "\"'":
                self.quotes = line[place : place + 3] if line[place : place + 3] == letter * 3 else letter
                place += len(self.quotes)
                continue
            self.depth += (letter in "[{") - (letter in "]}")
            place += 1
        if len(self.quotes) == 1:
            self.quotes = ""  # a text in one quote ends with its line

    def _in_text(self, line: str, place: int) -> int:
        if self.quotes[0] == '"' and line[place] == "\\":
            return place + 2
        if line.startswith(self.quotes, place):
            place += len(self.quotes)
            self.quotes = ""
            return place
        return place + 1
