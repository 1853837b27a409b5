"""Sessions in the database, as Django keeps them; a new one is written once (SESSION_ENGINE).

Django asks whether the new key is free, inserts an empty row, and updates it at the end of the request: a sign-in of
a whole province would pay three statements and two commits for one. A key is 32 letters of the system's randomness;
that it is new is kept by the primary key, which refuses an INSERT under a key that is taken. Whoever signs in has it
written within the transaction of the sign-in; the end of the request finds nothing left to write (decision 0034).
"""

from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import IntegrityError
from django.utils.crypto import get_random_string

from lantoa.common.ready import asking

READ = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > now()"
INSERT = "INSERT INTO django_session (session_key, session_data, expire_date) VALUES (%s, %s, %s)"


class SessionStore(DatabaseStore):
    """One session."""

    _unwritten = False
    _written = b""  # what this object has put into the database

    def load(self) -> dict[str, Any]:
        """What it holds; nothing when it is not there or has ended. Every page asks: the question is ready made."""
        with asking() as cursor:
            cursor.execute(READ, [self.session_key])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(found[0])
        return held

    def _insert(self, data: dict[str, Any]) -> None:
        with asking() as cursor:
            cursor.execute(INSERT, [self.session_key, self.encode(data), self.get_expiry_date()])

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
        data = self._get_session(no_load=must_create or self._unwritten)  # type: ignore[attr-defined]
        content = self.serializer().dumps([self.session_key, data])
        if must_create or self._unwritten:
            try:
                self._insert(data)
            except IntegrityError as error:
                raise CreateError from error
            self._unwritten = False
        elif content != self._written:
            super().save()
        self._written = content
