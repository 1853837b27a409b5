"""The log: one JSON object a line, with keys and numbers, never what people are called or what they sent.

A line of a request says its code, the name of its view, status, milliseconds and the key of who asked. The address
is left out (it may hold a personal link), and so is the message of an exception (it may hold what somebody typed):
its kind, the places it passed, and what the database says of its rule remain. `lantoa find-error CODE` reads it.
"""

import contextlib
import fcntl
import json
import logging
import os
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

OURS = ("lantoa", "config")  # loggers whose words are written by us: keys only
LIMIT = 20 * 1024 * 1024  # bytes of a file, before it is set aside
KEPT = 5  # files set aside
FRAMES = 12
_FIELDS = ("code", "view", "method", "status", "ms", "actor", "job")


def said(record: logging.LogRecord, *, messages: bool = False) -> dict[str, Any]:
    """A record as what is written of it. `messages` adds those of exceptions: for development only."""
    ours = record.name.split(".")[0] in OURS
    line: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "process": record.process,
    }
    if not ours:
        line["place"] = f"{_short(record.pathname)}:{record.lineno}"
    # a stranger's words without their values; words without any may have been put together before: left out
    words = record.getMessage() if ours or messages else str(record.msg) if record.args else ""
    if words:
        line["words"] = words
    for name in _FIELDS:
        if (value := getattr(record, name, None)) not in (None, ""):
            line[name] = value
    if record.exc_info and record.exc_info[1] is not None:
        line["error"] = _chain(record.exc_info[1], messages)
    return line


def _chain(error: BaseException, messages: bool) -> list[dict[str, Any]]:
    """The exception and what it came from, the last one first."""
    found: list[dict[str, Any]] = []
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen and len(found) < 5:
        seen.add(id(following))
        found.append(_error(following, messages))
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return found


def _error(error: BaseException, messages: bool) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
    told: dict[str, Any] = {
        "kind": type(error).__qualname__,
        "places": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }
    diagnosis = getattr(error, "diag", None)  # what PostgreSQL says: names of rules and tables, no values
    for name in ("sqlstate", "constraint_name", "table_name", "column_name"):
        if value := getattr(diagnosis, name, None):
            told[name] = value
    if messages:
        told["message"] = str(error)
    return told


def _short(path: str) -> str:
    parts = Path(path).parts
    for name in ("lantoa", "config", "site-packages"):
        if name in parts:
            last = len(parts) - 1 - parts[::-1].index(name)
            return "/".join(parts[last + (name == "site-packages") :])
    return parts[-1]


class JsonLines(logging.Formatter):
    """A record as one line of JSON."""

    def __init__(self, *, messages: bool = False) -> None:
        super().__init__()
        self._messages = messages

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(said(record, messages=self._messages), ensure_ascii=False, default=str)


class Terminal(logging.Formatter):
    """A record for whoever sits before the terminal: the same facts in one line of words."""

    def __init__(self, *, messages: bool = False) -> None:
        super().__init__()
        self._messages = messages

    def format(self, record: logging.LogRecord) -> str:
        line = said(record, messages=self._messages)
        words = [line["at"], line["level"].upper(), line.get("words", "")]
        words += [str(line[name]) for name in ("code", "view") if name in line]
        for error in line.get("error", [])[:1]:
            words += [error["kind"], error.get("message", ""), *[f"({place})" for place in error["places"][-1:]]]
        text = " ".join(filter(None, words))
        if self._messages and record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        return text


class LineFile(logging.Handler):
    """Appends whole lines to a file that several processes share; the one that finds it too long sets it aside.

    A file's length is judged and its line written under one lock (a process's own, so that it holds after a fork
    too): no file becomes longer than `limit` bytes, unless one line alone is.
    """

    def __init__(self, path: str | Path, limit: int = LIMIT, kept: int = KEPT) -> None:
        super().__init__()
        self._path = Path(path)
        self._limit = limit
        self._kept = kept
        self._handle: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = (self.format(record) + "\n").encode("utf-8", "replace")
            while not self._written(line):
                self._let_go()
        except Exception:
            self.handleError(record)

    def _written(self, line: bytes) -> bool:
        """Writes it, or tells that the file was set aside (by us, or by another process meanwhile)."""
        if self._handle is None:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.lockf(self._handle, fcntl.LOCK_EX)
        try:
            here = os.fstat(self._handle)
            if not self._still_named(here):
                return False
            if here.st_size and here.st_size + len(line) > self._limit:
                self._set_aside()
                return False
            os.write(self._handle, line)
            return True
        finally:
            fcntl.lockf(self._handle, fcntl.LOCK_UN)

    def _still_named(self, here: os.stat_result) -> bool:
        try:
            return here.st_ino == os.stat(self._path).st_ino
        except FileNotFoundError:
            return False

    def _set_aside(self) -> None:
        for number in range(self._kept - 1, 0, -1):
            with contextlib.suppress(FileNotFoundError):
                os.replace(f"{self._path}.{number}", f"{self._path}.{number + 1}")
        os.replace(self._path, f"{self._path}.1")

    def _let_go(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def close(self) -> None:
        self._let_go()
        super().close()
