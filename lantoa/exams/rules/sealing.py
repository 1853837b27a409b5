"""The sealed paper, and the ticket that lets a device write into one attempt: pure functions.

A paper is delivered before the start, enciphered by AES-256-GCM. Its key is made (HKDF-SHA-256) from sixteen letters:
80 bits from the system's randomness, few enough to read out in a room whose line is dead. A browser does the same
with WebCrypto. A wrong letter opens nothing, and says so (GCM).
"""

import hmac
import json
import os
import secrets
from typing import Any

from lantoa.common.tickets import read_signed, signed

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 16
NONCE = 12
INFO = b"lantoa sealed paper"


def new_letters() -> str:
    """Sixteen letters, five bits each."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def read_letters(typed: str) -> str:
    """What somebody typed after hearing it: spaces and hyphens do not count, o is 0, i and l are 1."""
    return "".join(one for one in typed.lower().translate(str.maketrans("oil", "011")) if one in LETTERS)


def grouped(letters: str) -> str:
    """In groups of four, to be read out."""
    return " ".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def key_of(letters: str, salt: str) -> bytes:
    """The 32 bytes of the cipher. `salt` is the key of the sitting."""
    root = hmac.digest(salt.encode(), letters.encode(), "sha256")
    return hmac.digest(root, INFO + b"\x01", "sha256")


def seal(content: Any, letters: str, salt: str) -> bytes:
    """Nonce and cipher of the content as JSON."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # late: it costs the start 30 ms

    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key_of(letters, salt)).encrypt(nonce, plain, salt.encode())


def unseal(sealed: bytes, letters: str, salt: str) -> Any:
    """The content again. Raises ValueError when the letters do not open it."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        plain = AESGCM(key_of(letters, salt)).decrypt(sealed[:NONCE], sealed[NONCE:], salt.encode())
    except InvalidTag:
        raise ValueError("these letters do not open this paper") from None
    return json.loads(plain)


def ticket(secret: bytes, attempt: str, actor: str, until: int) -> str:
    """What a device shows with every batch: whose attempt, who was signed in, until when (seconds since 1970)."""
    return signed(secret, f"{attempt}.{actor}.{until}")


def read_ticket(secret: bytes, shown: str, now: float) -> tuple[str, str] | None:
    """Attempt and actor of a ticket; None when it is not ours or its time is over."""
    said = read_signed(secret, shown)
    if said is None:
        return None
    attempt, actor, until = said.rsplit(".", 2)
    return (attempt, actor) if now < int(until) else None
