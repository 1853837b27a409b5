"""The widths of Times letters: how long a line of text is, and where it must break. Points in, points out.

Advance widths of Tinos regular and bold (those of Times New Roman) in 1/2048 of the size, for ASCII and the
Vietnamese base letters; a letter with marks is as wide as its base.
"""

import unicodedata
from functools import lru_cache
from typing import Final

_EXTRA: Final = "đĐơƠưƯ–—“”‘’…"
_REGULAR: Final = (
    512, 682, 836, 1024, 1024, 1706, 1593, 369, 682, 682, 1024, 1155, 512, 682, 512, 569, 1024, 1024, 1024, 1024,
    1024, 1024, 1024, 1024, 1024, 1024, 569, 569, 1155, 1155, 1155, 909, 1886, 1479, 1366, 1366, 1479, 1251, 1139,
    1479, 1479, 682, 797, 1479, 1251, 1821, 1479, 1479, 1139, 1479, 1366, 1139, 1251, 1479, 1479, 1933, 1479, 1479,
    1251, 682, 569, 682, 961, 1024, 682, 909, 1024, 909, 1024, 909, 682, 1024, 1024, 569, 569, 1024, 569,
    1593, 1024,
    1024, 1024, 1024, 682, 797, 569, 1024, 1024, 1479, 1024, 1024, 909, 983, 410, 983, 1108,
    1024, 1479, 1083, 1479, 1110, 1589, 1024, 2048, 909, 909, 682, 682, 2048,
)  # fmt: skip
_BOLD: Final = (
    512, 682, 1137, 1024, 1024, 2048, 1706, 569, 682, 682, 1024, 1167, 512, 682, 512, 569, 1024, 1024, 1024, 1024,
    1024, 1024, 1024, 1024, 1024, 1024, 682, 682, 1167, 1167, 1167, 1024, 1905, 1479, 1366, 1479, 1479, 1366, 1251,
    1593, 1593, 797, 1024, 1593, 1366, 1933, 1479, 1593, 1251, 1593, 1479, 1139, 1366, 1479, 1479, 2048,
    1479, 1479,
    1366, 682, 569, 682, 1190, 1024, 682, 1024, 1139, 909, 1139, 909, 682, 1024, 1139, 569, 682, 1139, 569,
    1706, 1139,
    1024, 1139, 1139, 909, 797, 682, 1139, 1024, 1479, 1024, 1024, 909, 807, 451, 807, 1065,
    1139, 1479, 1134, 1593, 1229, 1630, 1024, 2048, 1024, 1024, 682, 682, 2048,
)  # fmt: skip
_LETTERS: Final = "".join(map(chr, range(32, 127))) + _EXTRA
_TABLES: Final = (dict(zip(_LETTERS, _REGULAR, strict=True)), dict(zip(_LETTERS, _BOLD, strict=True)))
_WIDE: Final = 2048  # an unknown letter is taken as a full square, so that a measure is never too small
_HORN: Final = "\u031b"


@lru_cache(maxsize=4096)
def _letter(letter: str, bold: bool) -> int:
    table = _TABLES[bold]
    if letter == "\u00a0":
        return table[" "]
    parts = unicodedata.normalize("NFD", letter)
    if _HORN in parts:
        return table[{"o": "ơ", "O": "Ơ", "u": "ư", "U": "Ư"}.get(parts[0], "—")]
    return table.get(letter, table.get(parts[0], _WIDE))


def width(text: str, size: float, *, bold: bool = False) -> float:
    """The length of the text on one line, in points."""
    return sum(_letter(letter, bold) for letter in unicodedata.normalize("NFC", text)) * size / 2048


def cut_long_words(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """The words of the text, each cut where it alone is wider than the room; nothing is lost or added."""
    words: list[str] = []
    for word in text.split(" "):
        while width(word, size, bold=bold) > room and len(word) > 1:
            end = len(word)
            while end > 1 and width(word[:end], size, bold=bold) > room:
                end -= 1
            words.append(word[:end])
            word = word[end:]
        words.append(word)
    return words


def wrap(text: str, room: float, size: float, *, bold: bool = False) -> list[str]:
    """The text in as few lines as fit the room, and then as even as they can be. Line breaks of the text stay.

    "ỦY BAN NHÂN DÂN" and a numbered name ("QUẬN 9") stay together where they fit.
    """
    lines: list[str] = []
    for part in text.split("\n"):
        lines.extend(_even(part, room, size, bold))
    return lines


def _greedy(words: list[str], room: float, size: float, bold: bool) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if line and width(longer, size, bold=bold) > room:
            lines.append(line)
            line = word
        else:
            line = longer
    return [*lines, line]


_TOGETHER: Final = ("ỦY BAN NHÂN DÂN", "HỘI ĐỒNG NHÂN DÂN", "HỒ CHÍ MINH", "HÀ NỘI", "THỦ ĐỨC")


def _even(text: str, room: float, size: float, bold: bool) -> list[str]:
    if width(text, size, bold=bold) <= room:
        return [text]
    glued = text
    for phrase in _TOGETHER:
        glued = glued.replace(phrase, phrase.replace(" ", "\u00a0"))
    words = cut_long_words(glued, room, size, bold=bold)
    for position in range(len(words) - 1, 0, -1):
        if words[position].isdigit() and width(f"{words[position - 1]} {words[position]}", size, bold=bold) <= room:
            words[position - 1 : position + 1] = [f"{words[position - 1]}\u00a0{words[position]}"]
    best = _greedy(words, room, size, bold)
    narrow = room
    while narrow > 4:
        narrow -= 4
        lines = _greedy(words, narrow, size, bold)
        if len(lines) > len(best) or any(width(line, size, bold=bold) > narrow for line in lines):
            break
        best = lines
    return [line.replace("\u00a0", " ") for line in best]
