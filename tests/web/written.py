"""What the rooms write into the ledger, read from their source: the keys of `about=` of every line."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Source:
    """The code of all rooms."""

    def __init__(self, folder: Path) -> None:
        self.functions: dict[tuple[str, str], list[Function]] = {}  # by room and name
        self.calls: dict[tuple[str, str], list[tuple[ast.Call, Function | None]]] = {}
        self.asked: list[tuple[Function, str]] = []  # names being looked up: `about = about | {…}` asks for itself
        for path in sorted(folder.rglob("*.py")):
            room = path.relative_to(folder).parts[0]
            self._walk(ast.parse(path.read_text(encoding="utf-8")), room, None)

    def _walk(self, node: ast.AST, room: str, within: Function | None) -> None:
        if isinstance(node, Function):
            self.functions.setdefault((room, node.name), []).append(node)
            within = node
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            self.calls.setdefault((room, name), []).append((node, within))
        for child in ast.iter_child_nodes(node):
            self._walk(child, room, within)

    def written(self) -> tuple[set[tuple[str, str]], set[str]]:
        """Every (room, key) of a line, and what cannot be read from the source, as it is written there."""
        keys: set[tuple[str, str]] = set()
        unread: set[str] = set()
        for (room, name), calls in self.calls.items():
            if name not in ("record", "record_each") or room == "ledger":
                continue
            for call, within in calls:
                for key in self._of_call(call, room, within):
                    (unread if key.startswith("?") else keys).add(key if key.startswith("?") else (room, key))  # type: ignore[arg-type]
        return keys, unread

    def _of_call(self, call: ast.Call, room: str, within: Function | None) -> Iterator[str]:
        about = next((one.value for one in call.keywords if one.arg == "about"), None)
        if about is not None:
            yield from self.keys(about, room, within)
        elif call.args:  # many lines at once: the dicts of their tuples
            lines = within if isinstance(call.args[0], ast.Name) and within else call
            for node in ast.walk(lines):
                if isinstance(node, ast.Tuple) and len(node.elts) == 4 and isinstance(node.elts[3], ast.Dict):
                    yield from self.keys(node.elts[3], room, within)

    def keys(self, node: ast.AST, room: str, within: Function | None) -> Iterator[str]:
        """The keys of what an expression comes to, those of dicts inside it too; "?…" for what cannot be read."""
        match node:
            case ast.Dict():
                for key, value in zip(node.keys, node.values, strict=True):
                    if key is None:
                        yield from self.keys(value, room, within)
                        continue
                    yield str(key.value) if isinstance(key, ast.Constant) else f"?{ast.unparse(key)}"
                    if isinstance(value, ast.Dict):
                        yield from self.keys(value, room, within)
            case ast.BinOp():
                yield from self.keys(node.left, room, within)
                yield from self.keys(node.right, room, within)
            case ast.BoolOp():
                for one in node.values:
                    yield from self.keys(one, room, within)
            case ast.IfExp():
                yield from self.keys(node.body, room, within)
                yield from self.keys(node.orelse, room, within)
            case ast.Name(id=name) if within is not None:
                if (within, name) not in self.asked:
                    self.asked.append((within, name))
                    yield from self._of_name(name, room, within)
                    self.asked.pop()
            case ast.Call(func=ast.Name(id=name)) if (room, name) in self.functions:
                for found in self.functions[room, name]:
                    for one in ast.walk(found):
                        if isinstance(one, ast.Return) and one.value is not None:
                            yield from self.keys(one.value, room, found)
            case ast.Constant(value=None):
                pass
            case _:
                yield f"?{ast.unparse(node)}"

    def _of_name(self, name: str, room: str, within: Function) -> Iterator[str]:
        given = {one.arg for one in (*within.args.args, *within.args.kwonlyargs)}
        if within.args.kwarg and within.args.kwarg.arg == name:  # whatever the callers call it
            for call, _where in self.calls.get((room, within.name), ()):
                yield from (one.arg for one in call.keywords if one.arg and one.arg not in given)
            return
        found = False
        for one in ast.walk(within):
            match one:
                case ast.Assign(targets=[ast.Name(id=target)]) | ast.AnnAssign(target=ast.Name(id=target)):
                    if target == name and one.value is not None:
                        found = True
                        yield from self.keys(one.value, room, within)
                case ast.AugAssign(target=ast.Name(id=target)) if target == name:
                    yield from self.keys(one.value, room, within)
                case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=target), slice=key)]) if target == name:
                    yield str(key.value) if isinstance(key, ast.Constant) else f"?{ast.unparse(key)}"
        if name in given:
            for call, where in self.calls.get((room, within.name), ()):
                for argument in call.keywords:
                    if argument.arg == name:
                        found = True
                        yield from self.keys(argument.value, room, where)
        if not found:
            yield f"?{within.name}: {name}"


@cache
def written(folder: Path) -> tuple[set[tuple[str, str]], set[str]]:
    """Every (room, key) that lines of the ledger hold, and what of it cannot be read from the source."""
    return Source(folder).written()
