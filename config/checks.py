"""`bin/check`: format, lint, types, rows of rooms, migrations, translations, lock, licences; a line for each."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

from config.postgres import CannotStart, hold
from config.processes import ROOT, python
from config.scratch import scratch_folder

AT_ONCE = 2
_COPYLEFT = re.compile(r"(?<![A-Za-z])(A|L)?GPL|(AFFERO |LESSER |LIBRARY )?GENERAL PUBLIC LICEN[SC]E", re.IGNORECASE)


@dataclass(frozen=True)
class Outcome:
    """What a check found: is all well, and the words to show (shown for a good one only when `note`)."""

    well: bool
    words: str = ""
    note: bool = False


def _command(*command: str, **surroundings: str) -> Callable[[], Outcome]:
    def check() -> Outcome:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"PYTHONUTF8": "1"} | surroundings,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Outcome(done.returncode == 0, done.stdout.strip())

    return check


def check_migrations() -> Outcome:
    """Do the migrations say what the models say? Asked with a throwaway database."""
    with hold(scratch_folder("check"), throwaway=True) as session:
        command = python("config.manage", "makemigrations", "--check", "--dry-run")
        return _command(*command, DATABASE_URL=session.url)()


def check_lock(root: Path = ROOT) -> Outcome:
    """The lock names packages, versions and checksums, and no host: whence is the machine's choice."""
    faults = []
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (root / name).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            if re.search(r"[a-z]+://|^\s*(-i|--index-url|--extra-index-url|--find-links|--trusted-host)\b", line):
                faults.append(f"{name}:{number}: names a host: {line.strip()}")
        for place, line in enumerate(lines):
            if "==" in line and not line.startswith((" ", "#")):
                following = lines[place + 1] if place + 1 < len(lines) else ""
                if "--hash=sha256:" not in following:
                    faults.append(f"{name}:{place + 1}: has no checksum: {line.strip()}")
    return Outcome(not faults, "\n".join(faults))


def packages_of(lock: Path) -> list[str]:
    """The names of the packages in a lock file."""
    return re.findall(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==", lock.read_text(encoding="utf-8"), re.MULTILINE)


def licence_of(package: str) -> str:
    """What an installed package says of its licence: expression, classifiers, or the first line of its field."""
    found = metadata(package)
    if "License-Expression" in found:
        return str(found["License-Expression"])
    classified = [c.split("::")[-1].strip() for c in found.get_all("Classifier") or [] if c.startswith("License ::")]
    classified = [words for words in classified if words != "OSI Approved"]
    return ", ".join(classified) or (str(found["License"]) if "License" in found else "").strip().split("\n")[0][:80]


def kind_of(licence: str) -> str:
    """`forbidden` for GPL and AGPL without another choice, `lesser` for LGPL, `unknown` for none, else `free`."""
    if not licence or licence.upper() == "UNKNOWN":
        return "unknown"
    if " OR " in licence.upper():
        kinds = {kind_of(part.strip(" ()")) for part in re.split(r"\s+or\s+", licence, flags=re.IGNORECASE)}
        return next(kind for kind in ("free", "lesser", "unknown", "forbidden") if kind in kinds)
    found = [match.group(0).upper() for match in _COPYLEFT.finditer(licence)]
    if any(not words.startswith(("LGPL", "LESSER", "LIBRARY")) for words in found):
        return "forbidden"
    return "lesser" if found else "free"


def check_licences() -> Outcome:
    """No package that runs with Lantoa is under the GPL or AGPL; those under the LGPL are listed."""
    faults, lesser = [], []
    for package in packages_of(ROOT / "requirements.txt"):
        try:
            licence = licence_of(package)
        except PackageNotFoundError:
            continue  # for another kind of machine
        kind = kind_of(licence)
        if kind in {"forbidden", "unknown"}:
            faults.append(f"{package}: {licence or 'says no licence'}")
        elif kind == "lesser":
            lesser.append(f"{package} ({licence})")
    note = f"LGPL, used as unchanged libraries: {', '.join(lesser)}" if lesser else ""
    return Outcome(not faults, "\n".join([*faults, *filter(None, [note])]), note=bool(note))


def checks() -> dict[str, Callable[[], Outcome]]:
    """All checks, the slow ones first."""
    rows = "import sys; from importlinter.cli import lint_imports_command as check; sys.exit(check())"
    return {
        "types": _command(sys.executable, "-m", "mypy", "--strict"),
        "format": _command(sys.executable, "-m", "ruff", "format", "--check", "."),
        "lint": _command(sys.executable, "-m", "ruff", "check", "."),
        "rows of rooms": _command(sys.executable, "-c", rows, PYTHONPATH=str(ROOT)),
        "migrations": check_migrations,
        "translations": _command(*python("config.cli", "check-messages")),
        "lock": check_lock,
        "licences": check_licences,
    }


def main() -> int:
    """Run all checks (or those named), print a line for each; 1 when one failed."""
    every = checks()
    chosen = sys.argv[1:] or list(every)
    if unknown := [name for name in chosen if name not in every]:
        print(f"There is no check {unknown[0]!r}. There are: {', '.join(every)}.", file=sys.stderr)
        return 2

    def run(name: str) -> Outcome:
        started = time.monotonic()
        try:
            outcome = every[name]()
        except CannotStart as fault:
            outcome = Outcome(False, str(fault))
        seconds = time.monotonic() - started
        print(f"{name:<15} {'ok' if outcome.well else 'FAILED':<7} {seconds:5.1f} s", flush=True)
        return outcome

    with ThreadPoolExecutor(AT_ONCE) as pool:
        outcomes = dict(zip(chosen, pool.map(run, chosen), strict=True))
    for name, outcome in outcomes.items():
        if outcome.words and (outcome.note or not outcome.well):
            print(f"\n---- {name}\n{outcome.words}")
    failed = [name for name, outcome in outcomes.items() if not outcome.well]
    print(
        f"\n{len(failed)} of {len(outcomes)} checks failed: {', '.join(failed)}" if failed else "\nall checks passed"
    )
    return 1 if failed else 0
