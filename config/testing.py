"""`bin/test`: all tests in parallel and in random order, on a throwaway database that is gone afterwards."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from config.messages import MessageFault, compile_all
from config.postgres import CannotStart, hold
from config.processes import ROOT, dying_with_parent
from config.scratch import scratch_folder

BROWSERS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")


def find_browser() -> str:
    """The machine's own Chromium: LANTOA_BROWSER or a usual place; empty when there is none."""
    for name in (os.environ.get("LANTOA_BROWSER", ""), *BROWSERS, "chromium"):
        if name and (found := shutil.which(name)):
            return found
    return ""


def main() -> int:
    """Run pytest with the arguments of the command line; its exit code."""
    arguments = sys.argv[1:]
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGHUP, _stop)
    try:
        compile_all()
        folder = scratch_folder("tests")
        with hold(folder, throwaway=True) as session:
            code = _pytest(arguments, session.url, folder)
    except (CannotStart, MessageFault) as fault:
        print(fault, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    if not find_browser():
        _say_loudly("NO BROWSER: the journeys in a real browser were SKIPPED. Install chromium to run them.")
    return code


def _pytest(arguments: list[str], url: str, folder: Path) -> int:
    if not any(argument.startswith(("-n", "--numprocesses")) for argument in arguments):
        arguments = ["-n", "auto", "--dist", "worksteal", *arguments]
    surroundings = os.environ | {
        "DATABASE_URL": url,
        "LANTOA_DATA": str(folder / "installation"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUTF8": "1",
    }
    running = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        cwd=ROOT,
        env=surroundings,
        preexec_fn=dying_with_parent(signal.SIGTERM),
    )
    while True:
        try:
            return running.wait()
        except KeyboardInterrupt:
            continue  # the terminal told pytest as well: let it end and say what it found
        except SystemExit:
            running.terminate()
            running.wait()
            raise


def _stop(number: int, _frame: object) -> None:
    sys.exit(128 + number)


def _say_loudly(words: str) -> None:
    line = "!" * (len(words) + 6)
    print(f"\n{line}\n!! {words} !!\n{line}", file=sys.stderr)
