"""The database is away: known by the kind of the error, and not asked by every request until it is back."""

import threading
import time

import psycopg
from django.db import Error, InterfaceError, OperationalError, connection

ASK_EVERY = 1.0  # seconds
_STATES = {"57P01", "57P02", "57P03", "53300"}  # it shuts down, has crashed, starts, has no connection left
_CONNECTION = "08"  # the class of what goes wrong between us and it


def is_away(error: BaseException | None) -> bool:
    """Whether this error says that the database cannot be reached, and not that it refused something."""
    while error is not None:
        if isinstance(error, InterfaceError) and str(error) == "connection already closed":
            return True
        if isinstance(error, psycopg.OperationalError | OperationalError):
            cause = error.__cause__ if isinstance(error, OperationalError) else error
            state = getattr(cause, "sqlstate", None)
            if state is None or state in _STATES or state.startswith(_CONNECTION):
                return True
        error = error.__cause__
    return False


class Outage:
    """Whether the database is away, as far as this process knows.

    While it is, one request in each second finds out whether it is back; all others are answered at once and hold
    up nobody.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._away = False
        self._asked_at = 0.0
        self._asking = False

    def begins(self) -> None:
        """A request has found it away."""
        with self._lock:
            self._away, self._asked_at = True, time.monotonic()

    def holds(self) -> bool:
        """Whether it is still away."""
        with self._lock:
            if not self._away:
                return False
            if self._asking or time.monotonic() - self._asked_at < ASK_EVERY:
                return True
            self._asking = True
        away = True
        try:
            away = not _answers()
        finally:
            with self._lock:
                self._away, self._asking, self._asked_at = away, False, time.monotonic()
        return away


def _answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        return False
    return True


OUTAGE = Outage()
