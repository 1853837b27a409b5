"""What a name, a password, a token and a try are. No database, no clock."""

import hmac
import re
import unicodedata
from base64 import b32encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network
from urllib.parse import quote, urlencode

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


# ---- one-time codes (RFC 6238: SHA-1, 30 seconds, six digits, as every telephone's program knows them)

STEP_SECONDS = 30
CODE_DIGITS = 6
AROUND = (0, -1, 1)  # steps: clocks differ by half a minute
RECOVERY_CODES = 10
RECOVERY_LETTERS = 12  # 60 bits
PER_CODE = Limit(10, WINDOW)  # wrong one-time codes of one account: a million to guess at ten a quarter of an hour


def step_at(moment: float) -> int:
    """The number of the step that this moment (seconds since 1970) lies in."""
    return int(moment) // STEP_SECONDS


def one_time_code(secret: bytes, step: int, digits: int = CODE_DIGITS) -> str:
    """The code of a step: RFC 4226, section 5.3, with the step as its counter."""
    mark = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    at = mark[-1] & 15
    number = int.from_bytes(mark[at : at + 4], "big") & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def step_of_code(secret: bytes, digits: str, moment: float, *, after: int) -> int | None:
    """The step whose code this is, around the moment and later than `after`; None when it is none of them."""
    now = step_at(moment)
    steps = [now + around for around in AROUND if now + around > after]
    return next((step for step in steps if hmac.compare_digest(one_time_code(secret, step), digits)), None)


def code_typed(text: str) -> str:
    """What was typed without spaces and dashes, in ASCII digits and small letters."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).lower() if letter.isalnum())


def recovery_hash(secret: bytes, user: str, code: str) -> bytes:
    """What is kept of a recovery code; the same letters of another account are another hash."""
    return hmac.digest(secret, f"recovery\0{user}\0{typed(code)}".encode(), "sha256")


def code_step_subject(secret: bytes, user: str) -> Subject:
    """Whose count a try at the second step of a sign-in adds to."""
    return Subject(hmac.digest(secret, f"second step\0{user}".encode(), "sha256"), PER_CODE)


def seal(key: bytes, user: str, secret: bytes, nonce: bytes) -> bytes:
    """The secret, readable only with the key and for this account (AES-GCM); the nonce of 12 bytes stands first."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return nonce + AESGCM(key).encrypt(nonce, secret, user.encode())


def unseal(key: bytes, user: str, sealed: bytes) -> bytes:
    """The secret again."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key).decrypt(sealed[:12], sealed[12:], user.encode())


def otpauth(secret: bytes, *, username: str, issuer: str) -> str:
    """The address that a telephone reads from the QR code (Key URI Format)."""
    label = quote(f"{issuer}:{username}")
    return f"otpauth://totp/{label}?{urlencode({'secret': base32(secret), 'issuer': issuer})}"


def base32(secret: bytes) -> str:
    """The secret as it is typed by hand."""
    return b32encode(secret).decode().rstrip("=")
