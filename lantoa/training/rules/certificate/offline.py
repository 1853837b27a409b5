"""The page that checks certificates without a network: one HTML file with its keys and its list of revocations."""

import base64
import datetime
import hashlib
import html
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from .trust import OLD_AFTER_DAYS, PublicKey, RevocationList
from .words import PAGE

_FOLDER: Final = Path(__file__).parent


def scripts() -> str:
    """Ed25519 and the check of codes, without the page: what a test runs in another engine."""
    return "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in ("ed25519.js", "check.js"))


def offline_page(public_keys: Iterable[PublicKey], revocations: RevocationList | None, as_of: datetime.date) -> str:
    """The page as one text, in Vietnamese and English. It asks no network; its policy allows only what it carries.

    `as_of` is the day the page is made; with no list of revocations that day stands for an empty one. The
    page says the day of its list, and says so loudly once it is older than 30 days. A newer signed list can
    be loaded into it.
    """
    keys = sorted(public_keys, key=lambda key: (key.valid_from, key.kid))
    data = {
        "keys": [
            {
                "kid": key.kid,
                "raw": key.raw.hex(),
                "from": key.valid_from.isoformat(),
                "until": key.valid_until.isoformat() if key.valid_until else "",
            }
            for key in keys
        ],
        "made": (revocations.made if revocations else as_of).isoformat(),
        "revoked": [[r.key, r.on.isoformat(), r.reason.value] for r in revocations.revocations]
        if revocations
        else [],
        "oldAfter": OLD_AFTER_DAYS,
        "words": PAGE,
    }
    script = f"{scripts()}\n{(_FOLDER / 'page.js').read_text(encoding='utf-8')}"
    style = (_FOLDER / "page.css").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    words = {
        f"{name}_{language}": html.escape(text)
        for name, pair in PAGE.items()
        for language, text in zip(("en", "vi"), pair, strict=True)
    }
    rows = "".join(f"<li><code>{key.kid}</code>: {_period(key)}</li>" for key in keys)
    return (_FOLDER / "page.html").read_text(encoding="utf-8").format_map(
        {**words, "csp": policy, "style": style, "script": script, "data": _embedded(data), "key_rows": rows}
    )  # fmt: skip


def _period(key: PublicKey) -> str:
    return f"{key.valid_from:%d/%m/%Y} – {f'{key.valid_until:%d/%m/%Y}' if key.valid_until else '…'}"


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _embedded(data: object) -> str:
    """JSON that no browser takes for the end of its script element."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
