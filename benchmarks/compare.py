"""Whether this commit is slower than an earlier one: the same benchmarks of both, in turn, in one run. Prints JSON.

    python benchmarks/compare.py EARLIER [--only startup pages ...] [--rounds 2]

Both commits are checked out and set up afresh in a temporary folder; each benchmark is run by the program and on the
packages of its own commit, earlier and now in turn, so that a busy moment of the machine meets both. Given for every
figure that both print: the median of each, and their ratio (above 1: slower, or more memory, now).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from _measure import ROOT, report
from roster_import import own_server

COMMANDS = {
    "startup": ["--runs", "1"],
    "units_on_a_day": [],
    "roster_import": ["--runs", "1"],
    "certificates": ["--counts", "160", "1000", "--runs", "1"],
    "pages": ["--runs", "3"],
}
WORDS = ("_s", "_ms", "_mb", "median", "wall", "cpu", "least")
LEFT_OUT = ("min", "max", "values", "runs", "greatest", "dearest", "over_the_limit", "more_queries", "load")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("earlier", metavar="EARLIER", help="a commit")
    parser.add_argument("--only", nargs="+", choices=list(COMMANDS), default=list(COMMANDS))
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lantoa compare ") as folder:
        trees = {"earlier": options.earlier, "now": "HEAD"}
        for name, commit in trees.items():
            checked_out(Path(folder, name), commit)
        found: dict[str, dict[str, dict[str, list[float]]]] = {}
        for _round in range(options.rounds):
            for benchmark in options.only:
                for name in trees:
                    figures = found.setdefault(benchmark, {}).setdefault(name, {})
                    for key, value in numbers(printed(Path(folder, name), benchmark)):
                        figures.setdefault(key, []).append(value)
    report(
        "compare", {"earlier": options.earlier, "rounds": options.rounds} | {k: ratios(v) for k, v in found.items()}
    )


def checked_out(tree: Path, commit: str) -> None:
    subprocess.run(["git", "clone", "-q", str(ROOT), str(tree)], check=True)
    subprocess.run(["git", "-C", str(tree), "checkout", "-q", commit], check=True)
    subprocess.run([str(tree / "bin" / "setup"), "--dev"], check=True, stdout=sys.stderr)


def printed(tree: Path, benchmark: str) -> dict[str, Any]:
    """What a benchmark prints, its results only; it has a database server to itself."""
    print(f"{tree.name}: {benchmark}", file=sys.stderr, flush=True)
    with own_server() as server:
        surroundings = os.environ | {"PYTHONPATH": str(tree)}
        if benchmark == "units_on_a_day":
            surroundings["DATABASE_URL"] = server
        ended = subprocess.run(
            [tree / ".venv" / "bin" / "python", tree / "benchmarks" / f"{benchmark}.py", *COMMANDS[benchmark]],
            env=surroundings,
            cwd=tree,
            capture_output=True,
            text=True,
            check=False,
        )
    if ended.returncode:  # said, and the others go on
        print(f"{tree.name}: {benchmark} failed:\n{ended.stderr}", file=sys.stderr)
        return {}
    found: dict[str, Any] = json.loads(ended.stdout)
    results: dict[str, Any] = found.get("results", found)
    return results


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every figure of a result by its place in it; only times and memory, the middle of several."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not str(key).startswith(LEFT_OUT):
                yield from numbers(inner, f"{path} / {key}" if path else str(key))
    elif isinstance(value, int | float) and not isinstance(value, bool) and any(word in path for word in WORDS):
        yield path, float(value)


def ratios(figures: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    both = [key for key in figures["now"] if key in figures["earlier"]]
    found = {}
    for key in both:
        earlier, now = (statistics.median(figures[name][key]) for name in ("earlier", "now"))
        ratio = round(now / earlier, 3) if earlier else None
        found[key] = {"earlier": round(earlier, 3), "now": round(now, 3), "ratio": ratio}
    return found


if __name__ == "__main__":
    main()
