"""Secret keys kept as files beside the database, never in it."""

import os
import secrets
from functools import cache
from pathlib import Path

from django.conf import settings

KEY_BYTES = 32


def keep(path: Path, content: bytes) -> bytes:
    """Writes `content` to `path` (mode 0600) if nothing is there yet; the content that is there afterwards.

    Two processes may call it at once: both get the same content.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_bytes()


@cache
def _secret(folder: str, name: str) -> bytes:
    path = Path(folder) / f"{name}.key"
    return path.read_bytes() if path.exists() else keep(path, secrets.token_bytes(KEY_BYTES))


def secret(name: str) -> bytes:
    """The installation's 32-byte secret called `name`, made when it is first asked for."""
    return _secret(str(settings.KEYS_DIR), name)
