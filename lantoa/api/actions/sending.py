"""Sending a message over the network to an address that somebody typed.

The name is resolved once, every address it has is looked at, and the connection goes to the very address that was
looked at: a name that means something else a moment later (DNS rebinding) leads nowhere. Redirects are not followed,
no proxy of the environment is used, and the whole exchange ends after a few seconds whatever the receiver does.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from lantoa.api.rules.addresses import Network, check_address, may_reach
from lantoa.api.rules.events import Sent
from lantoa.common.refused import N_, Refused

SECONDS = 10.0
PRIVATE = N_("The address leads into a private network.")
UNKNOWN = N_("The name of the receiver is not known.")
SILENT = N_("The receiver did not answer in time.")
REFUSED = N_("No connection to the receiver.")
NOT_TRUSTED = N_("The certificate of the receiver does not hold.")
NOT_HTTP = N_("What the receiver answered is no HTTP.")


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was looked at, under the name that was typed."""

    def __init__(self, host: str, port: int, address: str, seconds: float, secure: bool) -> None:
        super().__init__(host, port, timeout=seconds)
        self._address, self._secure = address, secure

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), timeout=self.timeout)
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)


def addresses_of(host: str, port: int) -> list[str]:
    """Every IP address that the name has now."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def send(
    url: str, body: bytes, headers: Mapping[str, str], *, allowed: Sequence[Network], seconds: float = SECONDS
) -> Sent:
    """Posts the body once. Never raises for what the network does."""
    try:
        check_address(url, allowed=allowed)
    except Refused:
        return Sent(fault=PRIVATE)
    parts = urlsplit(url)
    host, secure = str(parts.hostname), parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    try:
        found = addresses_of(host, port)
    except (OSError, UnicodeError):
        return Sent(fault=UNKNOWN)
    # one private address among many is enough: whoever set it there wants to be led to it
    if not found or not all(may_reach(one, allowed=allowed) for one in found):
        return Sent(fault=PRIVATE)
    if not secure and not all(any_allowed(one, allowed) for one in found):
        return Sent(fault=PRIVATE)
    line = _Pinned(host, port, found[0], seconds, secure)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return _exchange(line, path, body, headers, seconds)


def any_allowed(address: str, allowed: Sequence[Network]) -> bool:
    """Whether it lies in a network that the setting names: only there may a message go without encryption."""
    ip = ip_address(address.partition("%")[0])
    return any(ip in network for network in allowed if network.version == ip.version)


def _exchange(line: _Pinned, path: str, body: bytes, headers: Mapping[str, str], seconds: float) -> Sent:
    late = threading.Event()

    def hang_up() -> None:  # a timeout of the socket counts from byte to byte; this one counts from the beginning
        late.set()
        if line.sock is not None:
            try:
                line.sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                line.sock.close()

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        line.request("POST", path, body=body, headers=dict(headers))
        status = line.getresponse().status
    except ssl.SSLCertVerificationError:
        return Sent(fault=NOT_TRUSTED)
    except (TimeoutError, OSError, http.client.HTTPException) as error:
        if late.is_set() or isinstance(error, TimeoutError):
            return Sent(fault=SILENT)
        return Sent(fault=NOT_HTTP if isinstance(error, http.client.HTTPException) else REFUSED)
    else:
        return Sent(status=status)
    finally:
        timer.cancel()
        line.close()
