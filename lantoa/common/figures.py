"""Numbers as people type them: the same in every language, and never guessed."""

import re
from decimal import Decimal
from typing import Final

from lantoa.common.refused import N_

AMBIGUOUS: Final = N_(
    "“%(value)s” may be a thousand or a fraction."
    " Write thousands without a sign, decimals with fewer than three digits."
)
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:([., \u00a0])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?", re.ASCII)
_PLAIN: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)


class Ambiguous(ValueError):
    """A text that may be a thousand or a fraction."""


def read_figure(text: str, *, whole: bool = False) -> Decimal:
    """The number a text means: "1.234,5", "1,234.5", "1234,5", "62 %". ValueError for what is none.

    One point or comma before exactly three digits parts thousands when another sign or another such group follows, or
    when only a `whole` number can be meant; alone it is Ambiguous, as "12,500" may mean either.
    """
    bare = text.strip().removesuffix("%").strip()
    if _PLAIN.fullmatch(bare):
        before, _sign, after = bare.replace(",", ".").partition(".")
        if len(after) == 3 and len(before.lstrip("+-")) <= 3 and before.lstrip("+-0"):
            if not whole:
                raise Ambiguous(f"{text} may be a thousand or a fraction")
            return Decimal(before + after)
        return Decimal(bare.replace(",", "."))
    found = _GROUPED.fullmatch(bare)
    if not found:
        raise ValueError(text)
    return Decimal(bare.replace(found[1], "").replace(",", "."))


def typed(number: Decimal | int) -> str:
    """A number as `read_figure` reads it back: a fourth place keeps three from being thousands."""
    text = f"{number:f}" if isinstance(number, Decimal) else str(number)
    text = (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
    return f"{text}0" if len(text.partition(",")[2]) == 3 else text
