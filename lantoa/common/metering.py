"""How often pages were asked for and how long they took, of all web processes of this machine together.

Each process counts for itself and writes what it has into a file of its own, a moment after something changed.
Whoever is asked adds up the files of all, also of processes that have ended: a count never falls until the server
starts anew, which clears the folder.
"""

import contextlib
import json
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from pathlib import Path

BOUNDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
BETWEEN_WRITES = 0.5  # seconds

Counts = dict[str, list[float]]  # "view method status" -> requests in each bucket, above all bounds, seconds in sum


def _empty() -> list[float]:
    return [0.0] * (len(BOUNDS) + 2)


class Meter:
    """The counts of this process, written to `folder` by a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._counts: Counts = {}
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._process = 0

    def count(self, view: str, method: str, status: int, seconds: float) -> None:
        """One request."""
        with self._lock:
            if self._process != os.getpid():  # the first one, or a process made from one that counted
                self._process = os.getpid()
                self._counts = {}
                self._changed = threading.Event()
                threading.Thread(target=self._write, name="metering", daemon=True).start()
            row = self._counts.setdefault(f"{view} {method} {status}", _empty())
            row[bisect_left(BOUNDS, seconds)] += 1
            row[-1] += seconds
        self._changed.set()

    def counts(self) -> Counts:
        """What this process has counted until now."""
        with self._lock:
            return {name: list(row) for name, row in self._counts.items()}

    def _write(self) -> None:
        file = self._folder / f"{os.getpid()}-{time.time_ns()}.json"
        while True:
            self._changed.wait()
            time.sleep(BETWEEN_WRITES)
            self._changed.clear()
            text = json.dumps(self.counts())
            with contextlib.suppress(OSError):  # a full disk must not end the counting
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                draft = file.with_suffix(".part")
                draft.write_text(text)
                draft.replace(file)


def read(folder: Path) -> Counts:
    """The counts of all processes that write to this folder, added up."""
    together: Counts = {}
    for file in folder.glob("*.json"):
        try:
            found = json.loads(file.read_text())
        except (OSError, ValueError):
            continue
        for name, row in found.items():
            sums = together.setdefault(name, _empty())
            together[name] = [a + b for a, b in zip(sums, row, strict=True)]
    return together


def clear(folder: Path) -> None:
    """Forgets all counts; called before the first web process starts."""
    for file in folder.glob("*.json"):
        file.unlink(missing_ok=True)


# ---- the text format of Prometheus (exposition format 0.0.4)

Sample = tuple[Mapping[str, str], float]


def metric(name: str, kind: str, words: str, samples: Iterable[Sample]) -> list[str]:
    """The lines of one metric; none when it has no samples."""
    lines = [f"{_sample(name, labels)} {_number(value)}" for labels, value in samples]
    return [f"# HELP {name} {words}", f"# TYPE {name} {kind}", *lines] if lines else []


def requests(counts: Counts) -> list[str]:
    """The counts as metrics: requests by view, method and status; seconds by view in buckets."""
    lines = metric(
        "lantoa_requests_total",
        "counter",
        "Requests answered.",
        [
            (dict(zip(("view", "method", "status"), name.split(" "), strict=True)), sum(row[:-1]))
            for name, row in sorted(counts.items())
        ],
    )
    views: Counts = {}
    for name, row in sorted(counts.items()):
        view = name.split(" ")[0]
        views[view] = [a + b for a, b in zip(views.get(view, _empty()), row, strict=True)]
    if not views:
        return lines
    name = "lantoa_request_seconds"
    lines += [f"# HELP {name} Seconds from the first line of a request to its answer.", f"# TYPE {name} histogram"]
    for view, row in views.items():
        upto = 0.0
        for bound, count in zip((*BOUNDS, float("inf")), row[:-1], strict=True):
            upto += count
            edge = "+Inf" if bound == float("inf") else _number(bound)
            lines.append(f"{_sample(f'{name}_bucket', {'view': view, 'le': edge})} {_number(upto)}")
        lines.append(f"{_sample(f'{name}_sum', {'view': view})} {_number(row[-1])}")
        lines.append(f"{_sample(f'{name}_count', {'view': view})} {_number(upto)}")
    return lines


def _sample(name: str, labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{label}="{_escaped(value)}"' for label, value in labels.items())
    return f"{name}{{{inside}}}" if inside else name


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, 6))
