"""The code of the house as trees, for the tests of its habits. A finding names file:line and the rule."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file: its path from the root of the house, its text and its tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """`training` for lantoa/training/...; the first folder otherwise."""
        parts = self.path.split("/")
        return parts[1] if parts[0] == "lantoa" and len(parts) > 2 else parts[0]

    @property
    def layer(self) -> str:
        """`views` for lantoa/training/views.py and for everything in lantoa/training/views/; "" outside a room."""
        parts = self.path.removesuffix(".py").split("/")
        return parts[2] if parts[0] == "lantoa" and len(parts) > 2 else ""

    def at(self, node: ast.AST, rule: str) -> str:
        """A finding."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}: {rule}"


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """The Python files below these folders, migrations left out."""
    found = []
    for folder in folders or ("lantoa", "config"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                text = path.read_text(encoding="utf-8")
                found.append(Source(path.relative_to(ROOT).as_posix(), text, ast.parse(text)))
    return tuple(found)


def layer(name: str) -> Iterator[Source]:
    """The files of one layer of all rooms: `actions`, `rules`."""
    return (source for source in sources("lantoa") if source.layer == name)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with what is called as text: `models.ForeignKey`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imports(tree: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Every imported name in full: `django.db.models.Q`; those for type checking only are left out."""
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", node) for alias in node.names)


def public_functions(source: Source) -> Iterator[Function]:
    """The functions that stand in the module itself under a name without underscore."""
    for node in source.tree.body:
        if isinstance(node, Function) and not node.name.startswith("_"):
            yield node


def decorators(node: Function) -> list[str]:
    """What a function is decorated with, as text."""
    return [ast.unparse(one) for one in node.decorator_list]
