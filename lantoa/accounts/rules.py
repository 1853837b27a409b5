"""What a name, a password, a token and a try are. No database, no clock."""

import hmac
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from lantoa.common.proxies import is_proxy
from lantoa.common.refused import N_, Refused

# The letters of tokens and cards: 32 of them, 5 bits each; none looks like another (no i, l, o, u).
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
LINK_LETTERS = 26  # 130 bits
CARD_LETTERS = 16  # 80 bits: typed by hand; kept as a keyed hash and its form is throttled (decision 0007)
GROUP = 4
PASSWORD_LETTERS = 200  # longer ones are not passwords but somebody trying to keep the processor busy

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{1,79}")
_LOOK_ALIKE = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v"})

Choose = Callable[[str], str]  # secrets.choice: one letter of these, at random


def clean_username(text: str) -> str:
    """The name as it is stored and compared: NFKC, trimmed, small letters."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def good_username(text: str) -> str:
    """The cleaned name. Raises Refused unless it has 2 to 80 of the letters a-z, digits and . _ - @ +."""
    name = clean_username(text)
    if not _USERNAME.fullmatch(name):
        raise Refused(
            N_(
                "Cannot create the account “%(username)s”: a username has 2 to 80 letters a-z without marks,"
                " digits and . _ - @ + and begins with a letter or digit."
            ),
            username=name,
        )
    return name


def new_token(letters: int, choose: Choose) -> str:
    """A token of so many letters; `choose` is the source of chance."""
    return "".join(choose(LETTERS) for _ in range(letters))


def new_password(choose: Choose) -> str:
    """A first password that can be read aloud: three groups of four letters, 60 bits."""
    return grouped(new_token(12, choose))


def grouped(token: str) -> str:
    """The token as it is printed: `k7m2-9qxd-…`."""
    return "-".join(token[at : at + GROUP] for at in range(0, len(token), GROUP))


def typed(text: str) -> str:
    """The token somebody meant by what they typed: any case, spaces, dashes, O for 0, I or L for 1, U for V."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return "".join(letter for letter in plain if letter.isalnum()).translate(_LOOK_ALIKE)


def token_hash(secret: bytes, token: str) -> bytes:
    """What is kept of a token: HMAC-SHA-256, so that a stolen database opens no account."""
    return hmac.digest(secret, b"link\0" + typed(token).encode(), "sha256")


@dataclass(frozen=True)
class Limit:
    """So many failed tries in a window."""

    tries: int
    window: timedelta


WINDOW = timedelta(minutes=15)
PER_NAME = Limit(10, WINDOW)  # strangers' devices together, for one account name
PER_DEVICE = Limit(20, WINDOW)  # one device, any name
PER_KNOWN_DEVICE = Limit(20, WINDOW)  # a device the account has used before; nobody else can use this up
PER_READER = Limit(20, WINDOW)  # wrong codes of one account that is signed in
PER_ADDRESS = Limit(400, WINDOW)  # a whole office or hall behind one address; only failures count


@dataclass(frozen=True)
class Subject:
    """Whose tries are counted, hashed so that the table names nobody, and the limit that holds for it."""

    digest: bytes
    limit: Limit


@dataclass(frozen=True)
class Device:
    """What a browser's signed cookie says of it: its id, and the keys of the accounts that signed in on it."""

    id: str = ""
    users: tuple[str, ...] = ()

    def knows(self, user_key: str) -> bool:
        """Whether the account has signed in on this device before."""
        return bool(self.id) and user_key in self.users

    def after(self, user_key: str, *, keep: int = 8) -> "Device":
        """The device after this account has signed in on it; the latest few accounts are remembered."""
        others = tuple(key for key in self.users if key != user_key)
        return Device(self.id, (*others, user_key)[-keep:])


def subjects(
    secret: bytes, *, device: Device, address: str, username: str = "", known: bool = False
) -> list[Subject]:
    """Whose count a try adds to.

    On a device that the account has used before, only that device's own count: strangers who hammer the name
    cannot shut its owner out. Otherwise the name's, the device's (if it shows one) and the address's count.
    """

    def subject(kind: str, value: str, limit: Limit) -> Subject:
        return Subject(hmac.digest(secret, f"{kind}\0{value}".encode(), "sha256"), limit)

    if known:
        return [subject("known", f"{device.id}\0{username}", PER_KNOWN_DEVICE)]
    counted = []
    if username:
        counted.append(subject("name", username, PER_NAME))
    if device.id:
        counted.append(subject("device", device.id, PER_DEVICE))
    if address:
        counted.append(subject("address", address, PER_ADDRESS))
    return sorted(counted, key=lambda one: one.digest)


def code_subjects(secret: bytes, *, reader: str, address: str) -> list[Subject]:
    """Whose count a try at a code on the wall adds to: the reader's account, or the address of a stranger."""
    if not reader and not address:
        return []
    kind, value, limit = ("code", reader, PER_READER) if reader else ("code from", address, PER_ADDRESS)
    return [Subject(hmac.digest(secret, f"{kind}\0{value}".encode(), "sha256"), limit)]


def caller(peer: str, forwarded: str, proxies: Iterable[str] = ()) -> str:
    """The address to count by; "" when it is not known and nothing shall be counted by it.

    A peer on this machine or among `proxies` is a front server: then the last address it has added to
    `X-Forwarded-For` is the caller. Of an IPv6 address the first 64 bits: a household has them all.
    """
    address = _address(peer)
    if address is None:
        return ""
    if is_proxy(str(address), proxies):
        address = _address(forwarded.rsplit(",", 1)[-1])
        if address is None or address.is_loopback:
            return ""
    return str(ip_network((address, 64), strict=False)) if address.version == 6 else str(address)


def _address(text: str):  # type: ignore[no-untyped-def]
    try:
        found = ip_address(text.strip())
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
