"""What all benchmarks share: repeated measurement of wall and CPU time, and the description of the machine."""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

Figures = dict[str, float | int | list[float]]


def summary(values: Sequence[float]) -> Figures:
    """Median, least, greatest and all values, rounded to a tenth of a millisecond; the unit is the caller's."""
    return {
        "median": round(statistics.median(values), 4),
        "min": round(min(values), 4),
        "max": round(max(values), 4),
        "runs": len(values),
        "values": [round(value, 4) for value in values],
    }


def _cpu_seconds(children: bool) -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN if children else resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def run(work: Callable[[], object] | Sequence[str], repeats: int = 5, warm_up: int = 0) -> dict[str, Figures]:
    """Do `work` (a function, or a command as a list) `repeats` times: `{"wall": {...}, "cpu": {...}}` in seconds.

    CPU is that of this process for a function and of the command with all it waited for, for a command; the work
    of a database server is not in it. Raises CalledProcessError when the command fails.
    """
    command = None if callable(work) else list(work)
    walls, cpus = [], []
    for turn in range(warm_up + repeats):
        before, started = _cpu_seconds(command is not None), time.perf_counter()
        if command is not None:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        else:
            assert callable(work)
            work()
        wall, cpu = time.perf_counter() - started, _cpu_seconds(command is not None) - before
        if turn >= warm_up:
            walls.append(wall)
            cpus.append(cpu)
    return {"wall": summary(walls), "cpu": summary(cpus)}


def peak_memory_mb() -> float:
    """The most memory this process has held, in megabytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def describe_machine() -> dict[str, Any]:
    """What the figures were measured on: processor, cores, memory, load at this moment, systems and versions."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3, 1),
        "load": [round(value, 2) for value in os.getloadavg()],
        "system": _system(),
        "python": platform.python_version(),
        "day": time.strftime("%Y-%m-%d", time.gmtime()),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _system() -> str:
    try:
        named = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    except OSError:
        named = ""
    return named or f"{platform.system()} {platform.release()}"


def report(name: str, results: dict[str, Any]) -> None:
    """Print the results of a benchmark as one JSON object, with the machine."""
    print(
        json.dumps(
            {"benchmark": name, "results": results, "machine": describe_machine()}, ensure_ascii=False, indent=1
        )
    )
