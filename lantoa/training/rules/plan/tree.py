"""YAML text into `Node`s, by the library's events."""

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
from lantoa.training.rules.faults import Fault, PlanFaults

from .nodes import Node

DEEPEST = 12
MOST = 15_000  # values; a programme of a whole province has some thousand


def tree_of(text: str) -> Node:
    """The tree of a text without control characters, or `PlanFaults`."""
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
