"""The certificate on paper: A4 landscape, tagged PDF/A-2a, in Vietnamese with an English line, and its QR.

The same certificate gives the same bytes, so an interrupted job can be done again without a trace.
"""

import datetime
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst

from lantoa.common.refused import N_, Refused
from lantoa.office.rules.papers.press import FONTS, compiler, pdf
from lantoa.office.rules.papers.wording import clean, day_text, figure, month_text, place_and_day, short_day

if TYPE_CHECKING:
    from segno import QRCode

TEMPLATE: Final = (Path(__file__).parent / "certificate.typ").read_bytes()
QUIET_MODULES: Final = 4
MASK: Final = 3
_RENEW_AFTER: Final = 500  # certificates by one compiler: it remembers what it set, and memory must not grow


@dataclass(frozen=True)
class Born:
    """A birth date as it is known: the year, or month and year, or the day."""

    year: int
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True)
class Certificate:
    """What one certificate says. `code` is the address its QR carries: `payload.address(origin,
    payload.sign(...))`.

    `title` is the title of the paper and `course` what was completed;
    `unit` is the name of the person's unit as it was on the day of issue; `hours` the teaching hours;
    `decision` the decision it rests on, "Quyết định số 45/QĐ-UBND ngày 31 tháng 12 năm 2020"; `post` the
    lines above the signature.
    """

    number: str
    name: str
    course: str
    issuer: str
    issued: datetime.date
    place: str
    post: tuple[str, ...]
    signer: str
    code: str
    title: str = "Chứng nhận"
    superior: str = ""
    born: Born | None = None
    unit: str = ""
    programme: str = ""
    course_in_english: str = ""
    hours: int | Decimal | None = None
    starts: datetime.date | None = None
    ends: datetime.date | None = None
    decision: str = ""
    demonstration: bool = False


def make_certificates(certificates: Iterable[Certificate], *, fonts: Path = FONTS) -> Iterator[bytes | Refused]:
    """A PDF for each certificate, in order, one at a time: any number of them takes the memory of a few. Where a name
    cannot be set, its refusal stands in its place: it keeps nobody else from their paper."""
    press: typst.Compiler | None = None
    for position, certificate in enumerate(certificates):
        if press is None or position % _RENEW_AFTER == 0:
            press = compiler(fonts)
        try:
            yield _compiled(press, (certificate,))
        except Refused as refused:
            yield refused


def make_certificate(certificate: Certificate, *, fonts: Path = FONTS) -> bytes:
    """The PDF of one certificate."""
    return _compiled(compiler(fonts), (certificate,))


@dataclass(frozen=True)
class Document:
    """One PDF for the printer (nothing where no name could be set), and what keeps each of the others out of it, by
    the number of the certificate."""

    content: bytes
    refused: Mapping[str, Refused]


def make_document(certificates: Sequence[Certificate], *, fonts: Path = FONTS) -> Document:
    """A page for each certificate whose name can be set; what all have in common and cannot be set is refused."""
    if not certificates:
        raise Refused(N_("Cannot make the certificates: there are none."))
    press, left, refused = compiler(fonts), list(certificates), dict[str, Refused]()
    while left:
        try:
            return Document(_compiled(press, left), refused)
        except Refused as reason:
            letter, number = str(reason.values.get("letter", "")), str(reason.values.get("number", ""))
            wanting = [one for one in left if letter in clean(f"{one.name}\n{one.unit}")] if letter else []
            wanting = wanting or [one for one in left if not letter and one.number == number]
            if not wanting:
                raise
            refused |= {one.number: _lacking(one, reason) if letter else reason for one in wanting}
            left = [one for one in left if one.number not in refused]
    return Document(b"", refused)


def qr(code: str) -> "QRCode":
    """The QR of a certificate: the address in bytes, its payload as letters and digits, error level M.

    The mask is fixed: trying all eight costs five times the rest, and a signed payload is as good as random
    under any.
    """
    import segno  # late, as everything that a start can do without

    before, mark, text = code.rpartition("/v/")
    if re.fullmatch(r"[A-Z2-7]+", text):
        parts: Any = [(before + mark, None), (text, None)]  # segno takes segments; its types do not say so
        return segno.make_qr(parts, error="m", boost_error=False, mask=MASK)
    return segno.make_qr(code, error="m", boost_error=False, mask=MASK)


def _compiled(press: typst.Compiler, certificates: Sequence[Certificate]) -> bytes:
    first = certificates[0]
    title = f"Chứng nhận {first.number}: {first.name}" if len(certificates) == 1 else f"Chứng nhận: {first.course}"
    day = first.issued
    data = {
        "title": clean(title),
        "author": clean(first.issuer),
        "year": day.year, "month": day.month, "day": day.day,
        "certificates": [_texts(certificate) for certificate in certificates],
    }  # fmt: skip
    try:
        return pdf(press, TEMPLATE, data, day=day)
    except Refused as refused:
        letter = str(refused.values.get("letter", ""))
        whose = next((one for one in certificates if letter in clean(one.name)), first)
        raise _lacking(whose, refused) from refused


def _lacking(whose: Certificate, refused: Refused) -> Refused:
    return Refused(
        N_(
            "Cannot print certificate %(number)s of %(name)s: "
            'the typeface has no letter "%(letter)s" (%(code)s). '
            "Revoke it, write that word otherwise, and issue it anew."
        ),
        number=whose.number,
        name=whose.name,
        letter=refused.values.get("letter", ""),
        code=refused.values.get("code", ""),
    )


def _texts(certificate: Certificate) -> dict[str, Any]:
    name = clean(certificate.name)
    if not name:
        raise Refused(N_("Cannot make certificate %(number)s: the name is missing."), number=certificate.number)
    picture = io.BytesIO()
    qr(certificate.code).save(
        picture, kind="svg", border=QUIET_MODULES, xmldecl=False, svgns=True, nl=False, dark="#000"
    )
    return {
        "title": clean(certificate.title).upper(),
        "number": clean(certificate.number),
        "name": name,
        "superior": clean(certificate.superior).upper(),
        "issuer": clean(certificate.issuer).upper(),
        "born": _born(certificate.born),
        "unit": clean(certificate.unit),
        "course": clean(certificate.course),
        "english": clean(certificate.course_in_english),
        "programme": clean(certificate.programme),
        "when": _when(certificate),
        "decision": clean(certificate.decision),
        "place_day": place_and_day(certificate.place, certificate.issued),
        "post": [clean(line).upper() for line in certificate.post],
        "signer": clean(certificate.signer),
        "qr": picture.getvalue().decode(),
        "demonstration": certificate.demonstration,
    }


def _born(born: Born | None) -> str:
    if born is None:
        return ""
    if born.month is None:
        return f"Sinh năm {born.year}"
    if born.day is None:
        return f"Sinh tháng {month_text(born.month)} năm {born.year}"
    return f"Sinh {day_text(datetime.date(born.year, born.month, born.day))}"


def _when(certificate: Certificate) -> str:
    hours = f"{figure(certificate.hours)} giờ học" if certificate.hours is not None else ""
    starts, ends = certificate.starts, certificate.ends
    if starts and ends and starts != ends:
        days = f"từ ngày {short_day(starts)} đến ngày {short_day(ends)}"
    else:
        one = starts or ends
        days = f"ngày {short_day(one)}" if one else ""
    return ", ".join(part for part in (hours, days) if part)
