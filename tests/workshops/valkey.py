"""A server that speaks the protocol of Valkey and Redis (RESP2), for tests: AUTH, PING, PUBLISH, SUBSCRIBE. It reads
and writes the protocol in its own way, not with the code that is tested."""

import socket
import threading
from contextlib import suppress
from typing import BinaryIO


class FakeValkey:
    """Listens on loopback. `say` takes one thing apart from another: `lost` swallows what is published."""

    def __init__(self, password: str = "") -> None:
        self.password, self.lost = password, False
        self.published: list[tuple[str, str]] = []
        self.ends: list[socket.socket] = []
        self._subscribers: list[tuple[str, socket.socket]] = []
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listening.getsockname()[1])
        threading.Thread(target=self._take, daemon=True).start()

    def address(self, account: str = "") -> str:
        return f"valkey://{account}127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Every connection, as a restart of the server does."""
        with self._lock:
            ends, self.ends, self._subscribers = self.ends, [], []
        for end in ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _take(self) -> None:
        while True:
            try:
                end, _whence = self._listening.accept()
            except OSError:
                return
            with self._lock:
                self.ends.append(end)
            threading.Thread(target=self._serve, args=(end,), daemon=True).start()

    def _serve(self, end: socket.socket) -> None:
        known = not self.password
        with suppress(OSError, ValueError), end.makefile("rb") as reader:
            while words := _command(reader):
                word = words[0].upper()
                if word == "AUTH":
                    known = words[-1] == self.password
                    end.sendall(b"+OK\r\n" if known else b"-WRONGPASS invalid username-password pair\r\n")
                elif not known:
                    end.sendall(b"-NOAUTH Authentication required.\r\n")
                else:
                    self._do(end, word, words[1:])

    def _do(self, end: socket.socket, word: str, said: list[str]) -> None:
        with self._lock:
            if word == "SUBSCRIBE":
                self._subscribers.append((said[0], end))
                end.sendall(_push("subscribe", said[0], 1))
            elif word == "PUBLISH":
                self.published.append((said[0], said[1]))
                hearing = [other for channel, other in self._subscribers if channel == said[0] and not self.lost]
                for other in hearing:
                    message = _push("message", *said)
                    other.sendall(message[:9])  # in two pieces, as a network may bring it
                    other.sendall(message[9:])
                end.sendall(f":{len(hearing)}\r\n".encode())
            elif word == "PING":
                end.sendall(_push("pong", "") if any(one is end for _c, one in self._subscribers) else b"+PONG\r\n")
            else:
                end.sendall(b"-ERR unknown command\r\n")


def _command(reader: BinaryIO) -> list[str]:
    head = reader.readline()
    if not head.startswith(b"*"):
        return []
    words = []
    for _ in range(int(head[1:])):
        length = int(reader.readline()[1:])
        words.append(reader.read(length + 2)[:-2].decode())
    return words


def _push(*words: str | int) -> bytes:
    said = f"*{len(words)}\r\n"
    for word in words:
        said += f":{word}\r\n" if isinstance(word, int) else f"${len(word.encode())}\r\n{word}\r\n"
    return said.encode()
