"""Sessions in the database, as Django keeps them; a new one is written once (SESSION_ENGINE).

Django asks whether the new key is free, inserts an empty row, and updates it at the end of the request: a sign-in of
a whole province would pay three statements and two commits for one. A key is 32 letters of the system's randomness;
that it is new is kept by the primary key, which refuses an INSERT under a key that is taken.
"""

from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils.crypto import get_random_string


class SessionStore(DatabaseStore):
    """One session."""

    _unwritten = False

    def _get_new_session_key(self) -> str:
        return get_random_string(32, VALID_KEY_CHARS)

    def create(self) -> None:
        """A key and nothing in the database yet: it is written when the request is over, whole."""
        self._session_key: Any = self._get_new_session_key()
        self._session_cache: dict[str, Any] = {}
        self._unwritten = self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Inserts what is new, updates what was there; a session that was ended meanwhile is not written again."""
        if self.session_key is None:
            kept = self._get_session(no_load=True)  # type: ignore[attr-defined]
            self.create()
            self._session_cache = kept
        super().save(must_create=must_create or self._unwritten)
        self._unwritten = False
