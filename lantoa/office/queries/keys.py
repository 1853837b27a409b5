"""The keys that sign certificates: the public halves are rows, the private halves files in the key folder.

A private half is a plain PEM file of mode 0600, not encrypted: the server must sign without a person beside it, so
a password would have to lie next to it. Whoever can read the key folder can sign; guard and back it up as such.
"""

from datetime import date
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from django.conf import settings
from django.db.models import Q

from lantoa.common.refused import N_, Refused
from lantoa.office.models import SigningKey


def current_key(on: date) -> SigningKey:
    """The key that signs on that day; refused when there is none yet."""
    key = (
        SigningKey.objects.filter(since__lte=on)
        .filter(Q(retired_on=None) | Q(retired_on__gt=on))
        .order_by("since", "id")
        .last()
    )
    if key is None:
        raise Refused(N_("Cannot sign on %(day)s: no signing key was made by that day."), day=f"{on:%d/%m/%Y}")
    return key


def key_path(kid: str) -> Path:
    """Where the private half of the key `kid` lies."""
    return Path(settings.KEYS_DIR) / f"signing-{kid}.pem"


def private_key(kid: str) -> Ed25519PrivateKey:
    """The private half of the key `kid`; refused when its file is missing, is none, or is not the half of
    this key.
    """
    row = SigningKey.objects.filter(kid=kid).first()
    try:
        private = load_pem_private_key(key_path(kid).read_bytes(), password=None)
    except FileNotFoundError as error:
        raise Refused(
            N_("Cannot sign with key %(kid)s: its private half is not in the key folder of this machine."), kid=kid
        ) from error
    except ValueError as error:
        raise Refused(
            N_("Cannot sign with key %(kid)s: the file of its private half is damaged."), kid=kid
        ) from error
    if not isinstance(private, Ed25519PrivateKey) or row is None or public_bytes(private) != bytes(row.public):
        raise Refused(N_("Cannot sign with key %(kid)s: the file of its private half is damaged."), kid=kid)
    return private


def public_key(key: SigningKey) -> Ed25519PublicKey:
    """The public half, to verify with."""
    return Ed25519PublicKey.from_public_bytes(bytes(key.public))


def public_bytes(private: Ed25519PrivateKey) -> bytes:
    """The 32 bytes of the public half."""
    return private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
