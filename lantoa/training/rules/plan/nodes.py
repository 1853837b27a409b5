"""YAML text as a tree that knows its lines, read with care: the text may come from anyone.

Only what a programme file needs is read: mappings, lists and texts. Anchors, aliases, tags and several documents are
refused, so that no small file can grow into a large one. Every scalar stays text; the schema says what it means.
"""

from dataclasses import dataclass, field

from lantoa.common.refused import N_
from lantoa.common.vietnamese import nfc
from lantoa.training.rules.faults import Fault, PlanFaults

LARGEST = 512 * 1024  # characters
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how .xlsx, .ods and .xls begin
WORKBOOK = N_(
    "This is a spreadsheet, and a programme file is a text (YAML). A list of people is loaded on the progress "
    "page of its programme, by “Load a roster from a file”."
)


@dataclass
class Node:
    """A part of the file. `text` of a scalar, `items` of a list, `pairs` of a mapping; exactly one is not None."""

    line: int
    column: int
    text: str | None = None
    items: "list[Node] | None" = None
    pairs: "list[tuple[Node, Node]] | None" = None
    empty: bool = field(default=False)  # a key with nothing after it


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, or UTF-16 that says so in its first bytes; else refused with its line."""
    if data.startswith(WORKBOOKS):
        raise PlanFaults([Fault(1, 1, "", WORKBOOK, {})])
    if len(data) > 4 * LARGEST:
        raise _too_large(len(data))
    encoding = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        message = N_("The file is not written in Unicode (UTF-8): byte %(byte)s. Save it again as UTF-8.")
        raise PlanFaults([Fault(line, column, "", message, {"byte": f"0x{data[error.start]:02x}"})]) from error


def parse(text: str) -> Node:
    """The tree of a text, or `PlanFaults`."""
    if len(text) > LARGEST:
        raise _too_large(len(text))
    text = nfc(text.removeprefix("\ufeff"))
    _refuse_unreadable(text)
    from .tree import tree_of  # late: the parser costs every start a tenth of a second

    return tree_of(text)


def _too_large(size: int) -> PlanFaults:
    message = N_("The file is too large: %(size)d KB; a programme file has at most %(most)d KB.")
    return PlanFaults([Fault(0, 0, "", message, {"size": size // 1024, "most": LARGEST // 1024})])


def _refuse_unreadable(text: str) -> None:
    faults = []
    for number, line in enumerate(text.split("\n"), 1):
        margin = line[: len(line) - len(line.lstrip(" \t"))]
        if "\t" in margin and line.strip():
            message = N_("The line begins with a tab. Use spaces to move a line to the right.")
            faults.append(Fault(number, margin.index("\t") + 1, "", message))
        for column, letter in enumerate(line, 1):
            if (letter < " " and letter not in "\t\r") or letter == "\x7f" or letter == "\ufffd":
                message = N_("There is a character that is no text (%(code)s).")
                faults.append(Fault(number, column, "", message, {"code": f"U+{ord(letter):04X}"}))
                break
    if faults:
        raise PlanFaults(faults[:50])
