"""Official documents: drafted by the house, numbered by the clerk, frozen from then on."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.models import Document, NumberBefore
from lantoa.office.queries.documents import code_of
from lantoa.office.rules.paper_json import to_json
from lantoa.office.rules.papers.decree import PAPER_TYPES
from lantoa.office.rules.papers.model import Paper
from lantoa.office.rules.papers.wording import code_text

HIGHEST = 99_999
LONGEST_TITLE = 500  # Decree 30/2020/NĐ-CP, Annex VI: Subject, String 500


@transaction.atomic
def draft_document(
    *,
    by: Actor,
    kind: str,
    title: str,
    issuer: Unit,
    symbol: str,
    content: Paper,
    about: str,
    as_of: date,
    at: datetime,
) -> Document:
    """Keeps a document without a number. `kind` is its abbreviation ("BC", "QĐ"), `title` its trích yếu, `symbol`
    the code after the number ("BC-UBND"), which must be the one the paper shows; `about` names what it speaks of
    ("programmes.programme:0abc..."), `as_of` the day its figures speak of.
    """
    _check(kind, title, symbol, content)
    document = Document.objects.create(
        kind=kind,
        title=title,
        issuer=issuer,
        symbol=symbol,
        content=to_json(content),
        about=about,
        as_of=as_of,
        made_by=by.actor_key,
        made_at=at,
    )
    record(by=by, act="office.draft_document", thing=document, about={"kind": kind, "symbol": symbol, "about": about})
    return document


@transaction.atomic
def redraft_document(*, by: Actor, document: Document, title: str, content: Paper, as_of: date) -> Document:
    """Replaces what a draft says; refused once it has its number."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    _refuse_frozen(document)
    _check(document.kind, title, document.symbol, content)
    document.title, document.content, document.as_of = title, to_json(content), as_of
    document.save(update_fields=["title", "content", "as_of"])
    record(by=by, act="office.redraft_document", thing=document)
    return document


@transaction.atomic
def discard_draft(*, by: Actor, document: Document) -> None:
    """Deletes a draft; refused once it has its number."""
    document = Document.objects.select_for_update().get(pk=document.pk)
    _refuse_frozen(document)
    record(by=by, act="office.discard_draft", thing=document)
    document.delete()


@transaction.atomic
def enter_number(*, by: Actor, document: Document, number: int, dated: date, at: datetime) -> Document:
    """Enters the clerk's number and date, once; the document is frozen from then on.

    Refused when the number is taken in that year (naming the document that has it), when the day is in the future
    or before the day the figures speak of.
    """
    document = Document.objects.select_for_update().get(pk=document.pk)
    _refuse_frozen(document)
    _give_number(document, number, dated, at)
    record(
        by=by,
        act="office.enter_number",
        thing=document,
        about={"number": number, "symbol": document.symbol, "dated": dated.isoformat()},
    )
    return document


@transaction.atomic
def correct_number(*, by: Actor, document: Document, number: int, dated: date, reason: str, at: datetime) -> Document:
    """Puts right a number or day that was entered wrongly; what stood there before is kept, with the reason. What
    the document says stays frozen.

    Refused while it has no number, when nothing would change, without a reason, and for whatever `enter_number`
    refuses: a number that another document of that year has is never given twice.
    """
    document = Document.objects.select_for_update().get(pk=document.pk)
    was, day = document.number, document.dated
    if was is None or day is None:
        raise Refused(N_('Cannot correct the number of "%(title)s": it has none yet.'), title=document.title)
    if not reason.strip():
        raise Refused(N_("Cannot correct the number %(code)s: the reason is missing."), code=code_of(document))
    if (number, dated) == (was, day):
        raise Refused(
            N_("Cannot correct the number %(code)s of %(day)s: the number and the date are the same as before."),
            code=code_of(document),
            day=f"{day:%d/%m/%Y}",
        )
    _give_number(document, number, dated, at)
    NumberBefore.objects.create(
        document=document, number=was, dated=day, reason=reason.strip()[:300], at=at, by=by.actor_key
    )
    record(
        by=by,
        act="office.correct_number",
        thing=document,
        about={"number": number, "dated": dated.isoformat(), "was": was, "was_dated": day.isoformat()},
    )
    return document


def _give_number(document: Document, number: int, dated: date, at: datetime) -> None:
    if not 1 <= number <= HIGHEST:
        raise Refused(
            N_("Cannot number the document %(number)d: numbers go from 1 to %(highest)d."),
            number=number,
            highest=HIGHEST,
        )
    if dated > timezone.localdate(at):
        raise Refused(N_("Cannot date the document %(day)s: the day has not come yet."), day=f"{dated:%d/%m/%Y}")
    if dated < document.as_of:
        raise Refused(
            N_("Cannot date the document %(day)s: its figures speak of %(as_of)s."),
            day=f"{dated:%d/%m/%Y}",
            as_of=f"{document.as_of:%d/%m/%Y}",
        )
    document.number, document.year, document.dated = number, dated.year, dated
    try:
        with transaction.atomic():
            document.save(update_fields=["number", "year", "dated"])
    except IntegrityError as error:
        taken = Document.objects.get(
            issuer_id=document.issuer_id, symbol=document.symbol, year=dated.year, number=number
        )
        raise Refused(
            N_('Cannot number the document %(code)s: this number of %(year)s belongs to "%(title)s" of %(day)s.'),
            code=code_of(taken),
            year=str(dated.year),
            title=taken.title,
            day=f"{taken.dated:%d/%m/%Y}",
        ) from error


def _check(kind: str, title: str, symbol: str, content: Paper) -> None:
    shown = code_text(content.kind, content.issuer.code, content.unit_code)
    if shown != symbol or PAPER_TYPES.get(kind) != content.kind:
        raise ValueError(f"the paper is {content.kind.abbreviation} {shown}, the document {kind} {symbol}")
    if not title.strip() or len(title) > LONGEST_TITLE:
        raise Refused(
            N_("Cannot draft the document: its abstract must have 1 to %(limit)d letters."), limit=LONGEST_TITLE
        )


def _refuse_frozen(document: Document) -> None:
    if document.number is not None and document.dated is not None:
        raise Refused(
            N_("Cannot change the document: it is frozen as %(code)s of %(day)s."),
            code=code_of(document),
            day=f"{document.dated:%d/%m/%Y}",
        )
