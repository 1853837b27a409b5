"""The usual papers: a report, a decision, a list. Each gives a `Paper` for `docx.to_docx` and `pdf.to_pdf`."""

import datetime
from collections.abc import Sequence
from typing import Final

from .decree import DECISION, REPORT
from .model import Annex, Article, Block, Issuer, Paper, Recipients, Section, Signature

NOBODY: Final = Recipients()


def report(
    *, issuer: Issuer, abstract: str, parts: Sequence[Section | Block], signature: Signature, recipients:
    Recipients,
    to: Sequence[str] = (), bases: Sequence[str] = (), annexes: Sequence[Annex] = (),
    day: datetime.date | None = None, number: int | None = None,
) -> Paper:  # fmt: skip
    """Báo cáo: title, "Kính gửi" when it goes to a superior, sections "I. TITLE"; no articles.

    With `to`, the list of recipients begins with "- Như trên;".
    """
    lines = ("Như trên", *recipients.lines) if to else recipients.lines
    return Paper(
        kind=REPORT, issuer=issuer, abstract=abstract, signature=signature, to=tuple(to), bases=tuple(bases),
        recipients=Recipients(lines, recipients.unit, recipients.copies), parts=tuple(parts),
        annexes=tuple(annexes),
        day=day, number=number,
    )  # fmt: skip


def decision(
    *, issuer: Issuer, authority: str, abstract: str, bases: Sequence[str], articles: Sequence[Article],
    signature: Signature, recipients: Recipients, annexes: Sequence[Annex] = (),
    day: datetime.date | None = None, number: int | None = None,
) -> Paper:  # fmt: skip
    """Quyết định: who decides ("CHỦ TỊCH ỦY BAN NHÂN DÂN QUẬN 9"), the legal bases, "QUYẾT ĐỊNH:", the articles.

    The list of recipients begins with "- Như Điều N;", N being the last article, which says who carries it out.
    """
    lines = (f"Như Điều {len(articles)}", *recipients.lines)
    return Paper(
        kind=DECISION, issuer=issuer, abstract=abstract, signature=signature, resolve=authority,
        bases=tuple(bases),
        recipients=Recipients(lines, recipients.unit, recipients.copies), parts=tuple(articles),
        annexes=tuple(annexes), day=day, number=number,
    )  # fmt: skip
