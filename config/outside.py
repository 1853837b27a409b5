"""What the environment says of mail servers and gateways, as settings. Passwords and messages leave this machine
encrypted, or not at all: plain connections are for loopback."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_DOORBELLS = {"valkey": False, "redis": False, "valkeys": True, "rediss": True}  # and whether encrypted
_MAIL = {"smtp": ("starttls", 587), "smtps": ("tls", 465), "smtp+plain": ("", 25)}


def mail_of(environment: Mapping[str, str], data: Path) -> dict[str, str]:
    """LANTOA_SMTP as backend, host, port, user, password, security; empty when no mail server is configured."""
    said = environment.get("LANTOA_SMTP", "").strip()
    if not said:
        return {}
    if said == "file":
        return {"backend": "django.core.mail.backends.filebased.EmailBackend", "folder": str(data / "mail")}
    parts = urlsplit(said)
    if parts.scheme not in _MAIL or not parts.hostname:
        raise ImproperlyConfigured(
            "LANTOA_SMTP must look like smtps://NAME:PASSWORD@HOST:465 or smtp://NAME:PASSWORD@HOST:587, or be: file"
        )
    security, port = _MAIL[parts.scheme]
    if not security and not is_loopback(parts):
        raise ImproperlyConfigured("LANTOA_SMTP: smtp+plain is for a mail server on this machine; use smtp or smtps")
    return {
        "backend": "django.core.mail.backends.smtp.EmailBackend",
        "host": parts.hostname,
        "port": str(parts.port or port),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "security": security,
    }


def gateways_of(environment: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """LANTOA_SMS and LANTOA_ZALO as {channel: {url, token, secret}}; a channel without an address is left out."""
    found = {}
    for channel in ("sms", "zalo"):
        name = f"LANTOA_{channel.upper()}"
        if not (url := environment.get(name, "").strip()):
            continue
        parts = urlsplit(url)
        if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts))):
            raise ImproperlyConfigured(f"{name} must be an https address (http only on this machine)")
        found[channel] = {
            "url": url,
            "token": environment.get(f"{name}_TOKEN", ""),
            "secret": environment.get(f"{name}_SECRET", ""),
        }
    return found


def doorbell_of(environment: Mapping[str, str]) -> str:
    """LANTOA_DOORBELL: the address of a Valkey or Redis server; "" for PostgreSQL's own. It carries keys and numbers
    only, but a password goes encrypted."""
    said = environment.get("LANTOA_DOORBELL", "").strip()
    if said in {"", "postgresql"}:
        return ""
    parts = urlsplit(said)
    if (
        parts.scheme not in {"valkey", "redis", "valkeys", "rediss"}
        or not parts.hostname
        or parts.path not in {"", "/"}
    ):
        raise ImproperlyConfigured(
            "LANTOA_DOORBELL must be postgresql, or look like valkeys://NAME:PASSWORD@HOST:6379"
        )
    if parts.password and not _DOORBELLS[parts.scheme] and not is_loopback(parts):
        raise ImproperlyConfigured("LANTOA_DOORBELL: a password is for valkeys or rediss (TLS), or for this machine")
    return said


def is_loopback(parts: SplitResult) -> bool:
    """Whether an address names this very machine."""
    host = parts.hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
