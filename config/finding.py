"""`lantoa find-error CODE`: from the code that an error page showed to the lines of the log."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from config.places import data_folder

LOG = "lantoa.jsonl"


def lines_with(code: str, lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """The lines of this code, in their order; what is no line of ours is passed over."""
    for line in lines:
        if code not in line:
            continue
        try:
            found = json.loads(line[line.index("{") :])  # a journal may write its own words before
        except ValueError:
            continue
        if isinstance(found, dict) and found.get("code") == code:
            yield found


def in_words(line: dict[str, Any]) -> str:
    """A line for a person."""
    facts = [f"{name} {line[name]}" for name in ("method", "view", "job", "status", "actor") if name in line]
    facts += [f"{line['ms']} ms"] if "ms" in line else []
    text = f"{line.get('at')} {line.get('level')} {line.get('words', '')}".rstrip() + f": {', '.join(facts)}"
    for error in line.get("error", []):
        rule = [
            str(error[name]) for name in ("sqlstate", "constraint_name", "table_name", "column_name") if name in error
        ]
        text += f"\n  {error['kind']} {' '.join(rule)}".rstrip()
        text += "".join(f"\n    {place}" for place in error["places"])
    return text


def find_command(arguments: list[str]) -> int:
    """`lantoa find-error`; the exit code."""
    parser = argparse.ArgumentParser(
        prog="lantoa find-error",
        description="Show the lines of the log that belong to the code of an error page or of a failed job.",
        epilog="Where the log goes to the journal: journalctl -u lantoa -o cat | lantoa find-error CODE -",
    )
    parser.add_argument("code")
    parser.add_argument("log", nargs="?", metavar="FILE|-", help="default: logs/lantoa.jsonl in the data folder")
    parser.add_argument("--json", action="store_true", help="the lines as they are")
    options = parser.parse_args(arguments)
    code = options.code.strip().lower()
    found = list(_search(code, options.log))
    for line in found:
        print(json.dumps(line, ensure_ascii=False) if options.json else in_words(line))
    if found:
        return 0
    print(
        f"There is no line with the code {code}. The log keeps the newest 120 MB; where it goes to the journal:"
        f" journalctl -u lantoa -o cat | lantoa find-error {code} -",
        file=sys.stderr,
    )
    return 1


def _search(code: str, log: str | None) -> Iterator[dict[str, Any]]:
    if log == "-":
        yield from lines_with(code, sys.stdin)
        return
    path = Path(log) if log else data_folder() / "logs" / LOG
    older = sorted(path.parent.glob(f"{path.name}.*"), key=lambda one: -int(one.suffix[1:] or 0))
    for file in [*older, path]:
        try:
            with open(file, encoding="utf-8", errors="replace") as lines:
                yield from lines_with(code, lines)
        except FileNotFoundError:
            continue
