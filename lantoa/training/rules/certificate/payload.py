"""The payload of a certificate's QR: what it says, as few bytes as that takes, and its signature.

Bytes, version 1 (all texts UTF-8, NFC, each after one or two bytes of length):

    1   the version, 1
    4   the key id: the first bytes of SHA-256 of the public key
    1   flags: bit 0 = made for a demonstration
    2   the day of issue, in days since 1 January 2000, high byte first
    ..  key, number, name, course, issuer: length and text of each
    64  Ed25519 over b"lantoa certificate\\n" and all the bytes before

written in base32 (A-Z 2-7, no padding), which a QR code packs in its alphanumeric mode and a URL carries
untouched.
"""

import base64
import binascii
import datetime
import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lantoa.common.refused import N_, Refused

VERSION: Final = 1
CONTEXT: Final = b"lantoa certificate\n"
SIGNATURE_BYTES: Final = 64
KID_BYTES: Final = 4
TEXT_BUDGET: Final = 160  # bytes of name, course and issuer together, so that the QR stays at version 15 or below
LEAST_TITLE: Final = 24  # bytes that course and issuer each keep, however long the name is
FIRST_DAY: Final = datetime.date(2000, 1, 1)
_DEMONSTRATION: Final = 1
_CUT: Final = "…"


@dataclass(frozen=True)
class Payload:
    """What the QR of a certificate says.

    `key` is the certificate's public id and `number` the number printed on it; `course` is the title of the
    course or programme and `issuer` the issuing body. `name` is never cut; `course` and `issuer` may end in
    "…" (see `fitted`).
    """

    key: str
    number: str
    issued: datetime.date
    name: str
    course: str
    issuer: str
    demonstration: bool = False


@dataclass(frozen=True)
class Signed:
    """A payload as it was read: the key that claims to have signed it, the signed bytes and the signature."""

    payload: Payload
    kid: str
    message: bytes
    signature: bytes


def public_bytes(private_key: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of the public key."""
    return private_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)


def key_id(public_key: bytes) -> str:
    """The key id in hexadecimal: 8 letters."""
    return hashlib.sha256(public_key).digest()[:KID_BYTES].hex()


def fitted(payload: Payload) -> Payload:
    """The payload with texts composed and course and issuer cut, at a word where possible, to what the QR holds.

    Name, course and issuer share TEXT_BUDGET bytes. The name takes what it needs; each title keeps at least
    LEAST_TITLE bytes, so that only a very long name (some 200 bytes) makes the QR grow past version 15.
    """
    name, course, issuer = (_composed(text) for text in (payload.name, payload.course, payload.issuer))
    left = max(TEXT_BUDGET - len(name.encode()), 2 * LEAST_TITLE)
    wants = (len(course.encode()), len(issuer.encode()))
    half = left // 2
    course_room = max(half, left - wants[1])
    issuer_room = max(left - min(course_room, wants[0]), LEAST_TITLE)
    return Payload(
        key=payload.key, number=_composed(payload.number), issued=payload.issued, name=name,
        course=_cut(course, course_room), issuer=_cut(issuer, issuer_room), demonstration=payload.demonstration,
    )  # fmt: skip


def sign(payload: Payload, private_key: Ed25519PrivateKey) -> str:
    """The payload, fitted and signed, as base32 text. The same payload and key give the same text."""
    message = _pack(fitted(payload), bytes.fromhex(key_id(public_bytes(private_key))))
    return _base32(message + private_key.sign(CONTEXT + message))


def address(origin: str, text: str) -> str:
    """What the QR carries: the public page of this certificate, "https://host/v/<text>"."""
    return f"{origin.rstrip('/')}/v/{text}"


def read(text: str) -> Payload:
    """What a payload text, or the whole address from a QR, says. The signature is not checked: see
    `trust.verify`.
    """
    return read_signed(text).payload


def read_signed(text: str) -> Signed:
    """The parts of a payload text or address.

    Raises Refused when it is no payload at all. Spaces and line breaks, and small letters, are forgiven.
    """
    code = "".join(text.split()).rsplit("/v/", 1)[-1].split("?")[0].split("#")[0].strip("/").upper()
    try:
        data = base64.b32decode(code + "=" * (-len(code) % 8))
    except (binascii.Error, ValueError) as error:
        raise Refused(N_("Cannot read the certificate code: it has letters that no code has.")) from error
    if len(data) <= SIGNATURE_BYTES or _base32(data) != code:
        raise Refused(N_("Cannot read the certificate code: it is not complete."))
    if data[0] != VERSION:
        raise Refused(
            N_("Cannot read the certificate code: its version is %(version)d, known is %(known)d."),
            version=data[0], known=VERSION,
        )  # fmt: skip
    message, signature = data[:-SIGNATURE_BYTES], data[-SIGNATURE_BYTES:]
    try:
        payload = _unpack(message)
    except (IndexError, UnicodeDecodeError, OverflowError) as error:
        raise Refused(N_("Cannot read the certificate code: it is not complete.")) from error
    return Signed(payload, message[1 : 1 + KID_BYTES].hex(), message, signature)


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


def _composed(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _cut(text: str, room: int) -> str:
    if len(text.encode()) <= room:
        return text
    short = text.encode()[: room - len(_CUT.encode())].decode(errors="ignore")
    whole_words = short.rsplit(" ", 1)[0]
    return (whole_words if len(whole_words.encode()) * 2 > room else short).rstrip(" ,;-–") + _CUT


def _pack(payload: Payload, kid: bytes) -> bytes:
    days = (payload.issued - FIRST_DAY).days
    if not 0 <= days < 1 << 16:
        raise Refused(
            N_("Cannot sign the certificate: the day of issue %(day)s is out of range."), day=payload.issued
        )
    if not payload.name:
        raise Refused(N_("Cannot sign the certificate %(number)s: the name is missing."), number=payload.number)
    packed = (
        bytes([VERSION]) + kid + bytes([_DEMONSTRATION if payload.demonstration else 0]) + days.to_bytes(2, "big")
    )
    for text in (payload.key, payload.number, payload.name, payload.course, payload.issuer):
        data = text.encode()
        if len(data) >= 1 << 14:
            raise Refused(N_("Cannot sign the certificate %(number)s: a text is too long."), number=payload.number)
        length = bytes([len(data)]) if len(data) < 128 else bytes([128 | len(data) >> 8, len(data) & 255])
        packed += length + data
    return packed


def _unpack(message: bytes) -> Payload:
    flags, days, place = message[5], int.from_bytes(message[6:8], "big"), 8
    texts = []
    for _ in range(5):
        length, place = message[place], place + 1
        if length & 128:
            length, place = (length & 127) << 8 | message[place], place + 1
        if place + length > len(message):
            raise IndexError
        texts.append(message[place : place + length].decode())
        place += length
    if place != len(message):
        raise IndexError
    key, number, name, course, issuer = texts
    issued = FIRST_DAY + datetime.timedelta(days=days)
    return Payload(key, number, issued, name, course, issuer, bool(flags & _DEMONSTRATION))
