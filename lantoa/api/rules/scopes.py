"""What a token may be allowed: some of the permissions of the one table, none of those that concern people's own
things or the giving of rights."""

import hmac

READ = ("programmes.view", "directory.view_people", "readiness.view", "pilots.view")
WRITE = (
    "directory.edit_people",
    "training.manage",
    "training.mark_presence",
    "training.mark_results",
    "programmes.report",
)
EXPORT = ("api.export",)
SCOPES = (*READ, *WRITE, *EXPORT)

PREFIX = "lantoa_"  # so that a token left in a file is recognised, by people and by scanners
LETTERS = 32  # 160 bits
SHOWN = len(PREFIX) + 4
LONGEST_DAYS = 366
CALLS_A_MINUTE = 600
MOST_CALLS_A_MINUTE = 100_000


def token_hash(secret: bytes, token: str) -> bytes:
    """What is kept of a token: HMAC-SHA-256, so that a stolen database opens nothing."""
    return hmac.digest(secret, b"token\0" + token.encode("utf-8", "replace"), "sha256")
