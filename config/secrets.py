"""The signing secret of an installation: made once, kept in a file only its owner can read."""

import os
import secrets as randomness
from pathlib import Path

from lantoa.common.keyring import keep

LENGTH = 50  # letters of base64, about 300 bits: what the framework itself asks for at least


def secret_key(data: Path) -> str:
    """The secret that signs sessions and links, kept in `data/keys/secret-key` and made at the first call.

    Two processes that start at the same moment get the same secret: the file is written aside and then
    linked to its name, which only one of them can do.
    Raises OSError when the folder cannot be made or read.
    """
    folder = data / "keys"
    file = folder / "secret-key"
    try:
        return _read(file)
    except FileNotFoundError:
        pass
    data.parent.mkdir(parents=True, exist_ok=True)
    data.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    keep(file, f"{randomness.token_urlsafe(LENGTH)}\n".encode())
    return _read(file)


def _read(file: Path) -> str:
    secret = file.read_text(encoding="ascii").strip()
    if len(secret) < LENGTH:
        raise ValueError(
            f"Cannot start: the signing secret in {file} is damaged ({len(secret)} of {LENGTH} letters)."
            " Delete the file to make a new one; everybody will have to sign in again."
        )
    return secret
