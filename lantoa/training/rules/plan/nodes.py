"""YAML text as a tree that knows its lines, read with care: the text may come from anyone.

Only what a programme file needs is read: mappings, lists and texts. Anchors, aliases, tags and several documents are
refused, so that no small file can grow into a large one. Every scalar stays text; the schema says what it means.
"""

from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from lantoa.common.refused import N_
from lantoa.common.vietnamese import nfc

from .faults import Fault, PlanFaults

LARGEST = 512 * 1024  # characters
DEEPEST = 12
MOST = 15_000  # values; a programme of a whole province has some thousand


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
    try:
        return _tree(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        message = N_("This is not YAML: %(problem)s.")
        problem = " ".join(part for part in (error.context, error.problem) if part)
        raise PlanFaults([Fault(line, column, "", message, {"problem": problem})]) from error
    except (YAMLError, RecursionError, ValueError) as error:
        raise PlanFaults(
            [Fault(0, 0, "", N_("This is not YAML: %(problem)s."), {"problem": str(error)[:200]})]
        ) from error


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


def _tree(text: str) -> Node:
    root: Node | None = None
    stack: list[tuple[Node, list[Node]]] = []  # an open mapping or list, and what stands in it so far
    documents = values = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        if isinstance(event, DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _refused(event, N_("A second document begins here. A programme file is one document."))
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            node, inside = stack.pop()
            if isinstance(event, MappingEndEvent):
                node.pairs = list(zip(inside[::2], inside[1::2], strict=True))
            else:
                node.items = inside
            root = _put(stack, node, root)
        elif isinstance(event, NodeEvent):
            _refuse_tricks(event, len(stack))
            values += 1
            if values > MOST:
                raise _refused(event, N_("The file holds too many values: at most %(most)d."), most=MOST)
            node = Node(event.start_mark.line + 1, event.start_mark.column + 1)
            if isinstance(event, ScalarEvent):
                node.text = event.value
                node.empty = event.value == "" and event.implicit[0]
                root = _put(stack, node, root)
            elif isinstance(event, MappingStartEvent | SequenceStartEvent):
                stack.append((node, []))
    if root is None:
        raise PlanFaults([Fault(1, 1, "", N_("The file is empty."))])
    return root


def _put(stack: list[tuple[Node, list[Node]]], node: Node, root: Node | None) -> Node | None:
    if not stack:
        return node
    stack[-1][1].append(node)
    return root


def _refuse_tricks(event: Any, depth: int) -> None:
    if isinstance(event, AliasEvent) or event.anchor is not None:
        raise _refused(
            event, N_("Anchors and aliases (& and *) are not used in programme files. Write the value again.")
        )
    tag = getattr(event, "tag", None)
    if tag is not None and str(tag) != "!":
        raise _refused(event, N_("Tags (%(tag)s) are not used in programme files."), tag=str(tag))
    if depth > DEEPEST:
        raise _refused(event, N_("The file is nested too deeply here."))


def _refused(event: Any, message: str, **values: Any) -> PlanFaults:
    mark = event.start_mark
    return PlanFaults([Fault(mark.line + 1, mark.column + 1, "", message, values)])
