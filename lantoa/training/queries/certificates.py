"""What can be told of certificates: whether one holds, which were revoked, how each is printed."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.conf import settings

from lantoa.office.models import SigningKey
from lantoa.office.queries.keys import current_key, private_key
from lantoa.training.models import Certificate
from lantoa.training.rules.certificate import pdf
from lantoa.training.rules.certificate.payload import address
from lantoa.training.rules.certificate.trust import (
    PublicKey,
    Reason,
    Revocation,
    RevocationList,
    Verdict,
    keyed,
    read_list,
    verify,
    write_list,
)


def public_keys() -> list[PublicKey]:
    """Every key that ever signed a certificate, with the days it was in use."""
    return [PublicKey(bytes(key.public), key.since, key.retired_on) for key in SigningKey.objects.order_by("since")]


def signed_revocations(*, on: date) -> str:
    """The list of revocations as of that day, signed, as the text that is published; "" while no key exists."""
    if not SigningKey.objects.exists():
        return ""
    revoked = Certificate.objects.filter(revoked_on__lte=on).order_by("key")
    rows = [Revocation(row.key, row.revoked_on, Reason(row.revocation_kind)) for row in revoked if row.revoked_on]
    return write_list(rows, made=on, private_key=private_key(current_key(on).kid))


def verdict_on(text: str, *, on: date) -> tuple[Verdict, Certificate | None]:
    """What the public page says of a QR text: the signature, the revocations as of the day, and our own row."""
    keys = keyed(public_keys())
    listed = signed_revocations(on=on)
    verdict = verify(text, keys, _trusted(listed, keys))
    payload = verdict.payload
    row = Certificate.objects.filter(key=payload.key).first() if payload else None
    return verdict, row


def _trusted(listed: str, keys: dict[str, PublicKey]) -> RevocationList | None:
    return read_list(listed, keys) if listed else None


def printed(certificates: Iterable[Certificate]) -> list[pdf.Certificate]:
    """The certificates as the press takes them; everything comes from the frozen facts."""
    return [_printed(row.facts, row.number, row.payload) for row in certificates]


def _printed(facts: dict[str, Any], number: str, payload: str) -> pdf.Certificate:
    return pdf.Certificate(
        number=number,
        name=facts["name"],
        title=facts["title"],
        course=facts["course"],
        issuer=facts["issuer"],
        issued=date.fromisoformat(facts["issued"]),
        place=facts["place"],
        post=tuple(facts["post"]),
        signer=facts["signer"],
        code=address(settings.ADDRESS, payload),
        superior=facts["superior"],
        born=pdf.Born(*facts["born"]) if facts["born"] else None,
        unit=facts["unit"],
        programme=facts["programme"],
        hours=Decimal(facts["hours"]) if facts["hours"] else None,
        starts=date.fromisoformat(facts["starts"]) if facts["starts"] else None,
        ends=date.fromisoformat(facts["ends"]) if facts["ends"] else None,
        decision=facts["decision"],
        demonstration=facts["demonstration"],
    )
