"""Making and rotating the keys that sign certificates."""

import hashlib
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.db import connection, transaction

from lantoa.common.keyring import keep
from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.models import SigningKey
from lantoa.office.queries.keys import key_path, public_bytes

KID_LENGTH = 16


@transaction.atomic
def rotate_key(*, by: Actor, on: date) -> SigningKey:
    """Makes a new signing key from that day on and retires the one before; what that one signed stays verifiable.

    The private half is on the disk before the row is written: a crash leaves a file without a row, never a key
    that cannot sign.
    """
    _one_at_a_time()
    current = SigningKey.objects.filter(retired_on=None).first()
    if current and current.since >= on:
        raise Refused(
            N_("Cannot rotate the signing key on %(day)s: the current key %(kid)s is in use since %(since)s."),
            day=f"{on:%d/%m/%Y}",
            kid=current.kid,
            since=f"{current.since:%d/%m/%Y}",
        )
    if current:
        current.retired_on = on
        current.save(update_fields=["retired_on"])
    made = _make(on)
    record(
        by=by,
        act="office.rotate_key",
        thing=made,
        about={"kid": made.kid, "retired": current.kid if current else ""},
    )
    return made


@transaction.atomic
def ensure_key(*, by: Actor, on: date) -> SigningKey:
    """The current key; the first one is made, from that day on, when the house has none.

    When the first certificates are dated before the first key was made (a past programme is entered today), the
    first key counts from their day.
    """
    _one_at_a_time()
    first = SigningKey.objects.order_by("since", "id").first()
    if first is None:
        first = _make(on)
        record(by=by, act="office.rotate_key", thing=first, about={"kid": first.kid, "retired": ""})
    elif first.since > on:
        first.since = on
        first.save(update_fields=["since"])
        record(by=by, act="office.predate_key", thing=first, about={"kid": first.kid, "since": on.isoformat()})
    return SigningKey.objects.get(retired_on=None)


def _make(on: date) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    public = public_bytes(private)
    kid = hashlib.sha256(public).hexdigest()[:KID_LENGTH]
    keep(key_path(kid), private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return SigningKey.objects.create(kid=kid, public=public, since=on)


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lantoa.office.signing_key'))")
