"""Starting processes of our own so that none of them outlives us, however we end."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# A child is not started with `-m`: that would look for our code in the folder the user happens to stand in.
_BOOT = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); module = sys.argv.pop(1); sys.argv[0] = module; "
    "import importlib; sys.exit(importlib.import_module(module).main())"
)
_PR_SET_PDEATHSIG = 1
_WATCH_SECONDS = 1.0


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs `main()` of one of our modules, wherever the user stands."""
    return [sys.executable, "-X", "utf8", "-P", "-c", _BOOT, str(ROOT), module, *arguments]


def dying_with_parent(sign: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: the child gets `sign` when we are gone. None where the system has no such thing.

    It must be the last thing before the child's program starts: a change of user clears it.
    """
    prctl = _prctl()
    if prctl is None:
        return None
    parent = os.getpid()

    def ask() -> None:
        prctl(_PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != parent:  # we were killed between fork and here
            os.kill(os.getpid(), sign)

    return ask


def die_with_parent(sign: signal.Signals = signal.SIGTERM, *, parent: int | None = None) -> None:
    """Called in a child: end with `sign` when the parent is gone, however it went.

    `parent` is the process number the caller expects, for the case that it went before this call.
    """
    expected = os.getppid() if parent is None else parent
    prctl = _prctl()
    if prctl is not None:
        prctl(_PR_SET_PDEATHSIG, int(sign))
        if os.getppid() != expected:
            os.kill(os.getpid(), sign)
        return

    def watch() -> None:
        while os.getppid() == expected:
            time.sleep(_WATCH_SECONDS)
        os.kill(os.getpid(), sign)

    threading.Thread(target=watch, name="watch-parent", daemon=True).start()


def _prctl() -> Callable[[int, int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    function = ctypes.CDLL(None, use_errno=True).prctl
    function.argtypes = [ctypes.c_int, ctypes.c_ulong]
    function.restype = ctypes.c_int
    call: Callable[[int, int], int] = function
    return call
