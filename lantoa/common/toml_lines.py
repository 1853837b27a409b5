"""TOML with the line of every value, so that a fault in somebody's file can be named by its line. Pure Python.

The file may be a stranger's: what would cost too long, cannot be printed or cannot be seen is refused with its line.
"""

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, Final

from lantoa.common.refused import N_, Refused

Place = tuple[str | int, ...]
MOST_BYTES: Final = 2_000_000
LONGEST_LINE: Final = 20_000  # letters
MOST_DOTS: Final = 10  # of a key; each one more costs the parser more than the one before
MOST_DIGITS: Final = 40  # of a number
MOST_POWER: Final = 100  # of ten, in a number
MOST_DEPTH: Final = 50  # of values in values
MOST_TOLD: Final = 100  # of such faults

# Texts and comments. One that is not closed goes to the end, so that nothing is looked at twice.
_TEXT: Final = re.compile(
    r'''"""(?:\\.?|[^\\])*?(?:"{3,5}|\Z)|'{3}.*?(?:'{3,5}|\Z)|"(?:\\[^\n]|[^"\\\n])*"?|'[^'\n]*'?|#[^\n]*''',
    re.DOTALL,
)
_KEYS: Final = re.compile(r"[\w.\- \t]+")
_NUMBER: Final = re.compile(r"(?<![\w.+-])[+-]?\d[\w.+-]*")
_POWER: Final = re.compile(r"[+-]?\d[\d_.]*[eE]([+-]?\d[\d_]*)")
# Control characters but tab and the ends of lines, and marks that turn the direction of writing.
_HIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_NAME: Final = r"""(?:[\w-]+|"(?:\\[^\n]|[^"\\\n])*"|'[^'\n]*')"""
_HEADER: Final = re.compile(rf"\s*(\[\[?)\s*({_NAME}(?:\s*\.\s*{_NAME})*)\s*\]\]?\s*(?:#.*)?$")
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


class NoToml(Exception):
    """A text that is not written as TOML asks: the line, and why in the words of the parser."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line, self.why = line, why


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
        return toml_of(text, number=Decimal)
    except NoToml as error:
        raise _alone(error.line, N_("The file is no TOML: %(reason)s."), reason=error.why) from error


def toml_of(text: str, *, number: Callable[[str], Any] = float) -> Lined:
    """The values of a text that anybody may have written, with their lines; `number` makes those with a point.

    NoToml for what is none; LinedFaults for what nobody needs: lines, keys and numbers without end, values too deep
    in each other, letters that nobody sees.
    """
    if faults := list(islice(_beyond(text), MOST_TOLD)):
        raise LinedFaults(faults)
    try:
        values = tomllib.loads(text, parse_float=number)
    except (ValueError, ArithmeticError, RecursionError) as error:
        found = _AT.search(str(error))
        line = int(found[1]) if found and found[1] else text.count("\n") + 1
        raise NoToml(line, _AT.sub("", str(error))) from error
    lines = lines_of(text)
    if faults := list(islice(_unseen(values, lines), MOST_TOLD)):
        raise LinedFaults(faults)
    return Lined(values, lines)


def _fault(line: int, message: str, **values: Any) -> LinedFault:
    return LinedFault(line, "", Refused(message, **values))


def _beyond(text: str) -> Iterator[LinedFault]:
    """What is too long, or unseen, in a text that is not read yet."""
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            yield _fault(number, N_("The line is longer than %(most)d letters."), most=LONGEST_LINE)
        if hidden := _HIDDEN.search(line):
            yield _hidden(number, hidden[0])
    bare = _TEXT.sub(_without, text)
    for keys in _KEYS.finditer(bare):
        if keys[0].count(".") > MOST_DOTS:
            yield _fault(_line_of(bare, keys), N_("A key here has more than %(most)d dots."), most=MOST_DOTS)
    for said in _NUMBER.finditer(bare):
        power = _POWER.fullmatch(said[0])
        if len(said[0]) > MOST_DIGITS or (power and abs(int(power[1].replace("_", ""))) > MOST_POWER):
            shown = said[0] if len(said[0]) <= MOST_DIGITS else f"{said[0][:20]}…"
            yield _fault(
                _line_of(bare, said), N_("The number %(number)s is longer or larger than can be read."), number=shown
            )


def _without(text: re.Match[str]) -> str:
    """In place of a text one letter (it may be part of a key), of a comment nothing; the lines stay."""
    return "" if text[0][0] == "#" else "q" + "\n" * text[0].count("\n")


def _line_of(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1


def _unseen(values: dict[str, Any], lines: dict[Place, int]) -> Iterator[LinedFault]:
    """What cannot be seen in keys and texts, also where it is written as an escape; and what stands too deep."""
    waiting: list[tuple[Place, Any]] = [((), values)]
    while waiting:
        place, value = waiting.pop()
        if len(place) > MOST_DEPTH:
            message = N_("Values stand more than %(most)d deep in each other here.")
            yield _fault(line_at(lines, place), message, most=MOST_DEPTH)
        elif isinstance(value, dict):
            waiting += (((*place, key), one) for key, one in value.items())
            if hidden := _HIDDEN.search("".join(value)):
                yield _hidden(line_at(lines, place), hidden[0])
        elif isinstance(value, list):
            waiting += (((*place, count), one) for count, one in enumerate(value))
        elif isinstance(value, str) and (hidden := _HIDDEN.search(value)):
            yield _hidden(line_at(lines, place), hidden[0])


def _hidden(line: int, letter: str) -> LinedFault:
    code = f"U+{ord(letter):04X}"
    return _fault(line, N_("A letter that nobody sees (%(code)s) stands here. Write the text without it."), code=code)


def _alone(line: int, message: str, **values: Any) -> LinedFaults:
    return LinedFaults([_fault(line, message, **values)])


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
