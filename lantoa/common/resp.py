"""The protocol of Redis and Valkey (RESP2), as far as a doorbell needs it: commands out, replies and messages in.

A command is an array of texts, each with its length before it; a reply is a line (`+OK`, `-ERR …`, `:1`), a text with
its length or nothing (`$-1`), or an array of these. One connection either asks and is answered, or has subscribed and
is told.
"""

import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

PORT = 6379
LONGEST = 1024 * 1024  # bytes of one reply: a doorbell is told keys
DEEPEST = 4
SCHEMES = {"redis": False, "valkey": False, "rediss": True, "valkeys": True}  # and whether over TLS


class Spoken(Exception):
    """The server answered with an error, or not in this protocol."""


@dataclass(frozen=True)
class Where:
    """A server: `valkey://NAME:PASSWORD@HOST:PORT`; `valkeys://` over TLS; `redis` and `rediss` are the same."""

    host: str
    port: int = PORT
    name: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False

    @classmethod
    def read(cls, address: str) -> "Where":
        """Raises ValueError when it is none."""
        parts = urlsplit(address)
        if parts.scheme not in SCHEMES or not parts.hostname or parts.path not in {"", "/"}:
            raise ValueError("not the address of a Valkey or Redis server: valkey://HOST[:PORT]")
        name, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or PORT, name, password, SCHEMES[parts.scheme])


def command(*words: str) -> bytes:
    """A command as it is sent."""
    said = [b"*%d\r\n" % len(words)]
    for word in words:
        text = word.encode()
        said.append(b"$%d\r\n%b\r\n" % (len(text), text))
    return b"".join(said)


def read(said: bytes, start: int = 0, deep: int = 0) -> tuple[Any, int] | None:
    """One whole reply that begins at `start`, and where the next one begins; None while some of it is missing. Texts
    are `str`, nothing is None, an error of the server is a `Spoken` (not raised). Raises Spoken for anything else."""
    end = said.find(b"\r\n", start)
    if end < 0:
        if len(said) - start > LONGEST:
            raise Spoken("a reply without an end")
        return None
    kind, line, after = said[start : start + 1], said[start + 1 : end].decode("utf-8", "replace"), end + 2
    if kind == b"+":
        return line, after
    if kind == b"-":
        return Spoken(line), after
    number = _number(line) if kind in {b":", b"$", b"*"} else None
    if number is None or deep > DEEPEST or (kind != b":" and not -1 <= number <= LONGEST):
        raise Spoken("no reply of this protocol")
    if kind == b":":
        return number, after
    if number < 0:
        return None, after
    if kind == b"$":
        if len(said) < after + number + 2:
            return None
        return said[after : after + number].decode("utf-8", "replace"), after + number + 2
    found: list[Any] = []
    for _ in range(number):
        one = read(said, after, deep + 1)
        if one is None:
            return None
        value, after = one
        found.append(value)
    return found, after


def _number(line: str) -> int | None:
    digits = line.removeprefix("-")
    return int(line) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None


class Line:
    """One connection. Raises OSError when it breaks, Spoken when the server refuses."""

    def __init__(self, where: Where, seconds: float) -> None:
        self._kept = b""
        self._seconds = seconds
        made = socket.create_connection((where.host, where.port), timeout=seconds)
        try:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if where.tls:
                made = ssl.create_default_context().wrap_socket(made, server_hostname=where.host)
            self._socket = made
            if where.password:
                self.ask("AUTH", *([where.name] if where.name else []), where.password)
        except BaseException:
            made.close()
            raise

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_problem: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def say(self, *words: str) -> None:
        """A command whose answer is read later."""
        self._socket.settimeout(self._seconds)
        self._socket.sendall(command(*words))

    def ask(self, *words: str) -> Any:
        """A command and its answer."""
        self.say(*words)
        found = self.told(self._seconds)
        if found is None:
            raise TimeoutError("the server does not answer")
        (value,) = found
        if isinstance(value, Spoken):
            raise value
        return value

    def told(self, seconds: float) -> tuple[Any] | None:
        """The next thing that the server says, within so many seconds; None when it says nothing."""
        until = time.monotonic() + seconds
        while (found := read(self._kept)) is None:
            if (left := until - time.monotonic()) <= 0:
                return None
            self._socket.settimeout(left)
            try:
                more = self._socket.recv(65_536)
            except TimeoutError:
                return None
            if not more:
                raise ConnectionResetError("the server has closed the connection")
            self._kept += more
        value, after = found
        self._kept = self._kept[after:]
        return (value,)
