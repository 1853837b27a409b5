"""Whether a certificate holds: the keys that may sign, when, and the dated list of what was revoked."""

import base64
import binascii
import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lantoa.common.refused import N_, Refused

from .payload import CONTEXT, Payload, key_id, public_bytes, read_signed

LIST_CONTEXT: Final = b"lantoa revocations\n"
LIST_VERSION: Final = 1
OLD_AFTER_DAYS: Final = 30


@dataclass(frozen=True)
class PublicKey:
    """A key that signs certificates issued from `valid_from` until the day before `valid_until` (None: still)."""

    raw: bytes
    valid_from: datetime.date
    valid_until: datetime.date | None = None

    @property
    def kid(self) -> str:
        return key_id(self.raw)

    def in_force(self, on: datetime.date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


def keyed(keys: Iterable[PublicKey]) -> dict[str, PublicKey]:
    """The keys by their id, as `verify` wants them."""
    return {key.kid: key for key in keys}


class Reason(StrEnum):
    """Why a certificate was revoked, in one word that is safe to publish; the words of the decision stay
    inside.
    """

    MISTAKE = "mistake"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    FRAUD = "fraud"


REASON_WORDS: Final[dict[Reason, str]] = {
    Reason.MISTAKE: N_("issued by mistake"),
    Reason.REPLACED: N_("replaced by another certificate"),
    Reason.WITHDRAWN: N_("withdrawn by decision"),
    Reason.FRAUD: N_("obtained by fraud"),
}


@dataclass(frozen=True)
class Revocation:
    """A certificate, by its public key in addresses, that no longer holds from a day on."""

    key: str
    on: datetime.date
    reason: Reason


@dataclass(frozen=True)
class RevocationList:
    """All revocations known on the day it was made, signed by the key `kid`."""

    made: datetime.date
    revocations: tuple[Revocation, ...]
    kid: str

    def of(self, key: str) -> Revocation | None:
        return next((revocation for revocation in self.revocations if revocation.key == key), None)

    def is_old(self, on: datetime.date) -> bool:
        """Whether more than 30 days passed since the list was made."""
        return (on - self.made).days > OLD_AFTER_DAYS


def write_list(revocations: Iterable[Revocation], *, made: datetime.date, private_key: Ed25519PrivateKey) -> str:
    """The signed list as JSON: {"list": "<JSON text>", "signature": "<base64>"}; the text is signed as it stands.

    In the text: version, kid, made, and revoked as [key, day, reason] in the order of the keys.
    """
    text = json.dumps(
        {
            "version": LIST_VERSION,
            "kid": key_id(public_bytes(private_key)),
            "made": made.isoformat(),
            "revoked": [[r.key, r.on.isoformat(), r.reason.value] for r in sorted(revocations, key=lambda r: r.key)],
        },
        separators=(",", ":"),
    )
    signature = base64.b64encode(private_key.sign(LIST_CONTEXT + text.encode())).decode()
    return json.dumps({"list": text, "signature": signature})


def read_list(text: str, public_keys: Mapping[str, PublicKey]) -> RevocationList:
    """The list, when its signature holds and its key was in force on the day it was made; else Refused."""
    try:
        outer = json.loads(text)
        signature = base64.b64decode(outer["signature"], validate=True)
        inner = json.loads(outer["list"])
        made = datetime.date.fromisoformat(inner["made"])
        kid = str(inner["kid"])
        revoked = tuple(
            Revocation(str(key), datetime.date.fromisoformat(day), Reason(reason))
            for key, day, reason in inner["revoked"]
        )
        version = inner["version"]
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise Refused(N_("Cannot read the list of revocations: it is not complete.")) from error
    if version != LIST_VERSION:
        raise Refused(
            N_("Cannot read the list of revocations: its version is %(version)s, known is %(known)d."),
            version=version, known=LIST_VERSION,
        )  # fmt: skip
    signer = public_keys.get(kid)
    if signer is None:
        raise Refused(N_("Cannot trust the list of revocations: its key %(kid)s is not known."), kid=kid)
    if not holds(signer.raw, LIST_CONTEXT + outer["list"].encode(), signature):
        raise Refused(N_("Cannot trust the list of revocations: its signature is broken."))
    if not signer.in_force(made):
        raise Refused(
            N_("Cannot trust the list of revocations: its key %(kid)s was not in force on %(day)s."),
            kid=kid,
            day=made,
        )
    return RevocationList(made, revoked, kid)


class State(StrEnum):
    """What a check of a certificate comes to."""

    VALID = "valid"
    REVOKED = "revoked"
    UNKNOWN_KEY = "unknown-key"
    KEY_NOT_IN_FORCE = "key-not-in-force"
    BROKEN = "broken"


STATE_WORDS: Final[dict[State, str]] = {
    State.VALID: N_("This certificate is genuine and in force."),
    State.REVOKED: N_("This certificate was revoked."),
    State.UNKNOWN_KEY: N_("It cannot be checked: the key that signed it is not known here."),
    State.KEY_NOT_IN_FORCE: N_("Not valid: the key that signed it was not in use on the day of issue."),
    State.BROKEN: N_("Not valid: the code is broken or was changed."),
}


@dataclass(frozen=True)
class Verdict:
    """What is known of a certificate: its state, what it says (not for a broken one), and the revocation if any.

    `as_of` is the day of the list of revocations that was asked; None when there was none, so that "valid"
    means no more than that the signature holds.
    """

    state: State
    payload: Payload | None = None
    revocation: Revocation | None = None
    as_of: datetime.date | None = None

    @property
    def words(self) -> str:
        """One English sentence, which is the key of its translation."""
        return STATE_WORDS[self.state]


def verify(text: str, public_keys: Mapping[str, PublicKey], revocations: RevocationList | None = None) -> Verdict:
    """Whether the certificate of this payload text or address holds. Never raises for a bad text.

    What an unproven code says is given only when its key is unknown, so that a reader can see whom it names;
    a page that shows it must say that nothing of it is proven.
    """
    as_of = revocations.made if revocations else None
    try:
        signed = read_signed(text)
    except Refused:
        return Verdict(State.BROKEN, as_of=as_of)
    signer = public_keys.get(signed.kid)
    if signer is None:
        return Verdict(State.UNKNOWN_KEY, signed.payload, as_of=as_of)
    if not holds(signer.raw, CONTEXT + signed.message, signed.signature):
        return Verdict(State.BROKEN, as_of=as_of)
    if not signer.in_force(signed.payload.issued):
        return Verdict(State.KEY_NOT_IN_FORCE, signed.payload, as_of=as_of)
    revocation = revocations.of(signed.payload.key) if revocations else None
    return Verdict(State.REVOKED if revocation else State.VALID, signed.payload, revocation, as_of)


def holds(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the Ed25519 signature is right."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
