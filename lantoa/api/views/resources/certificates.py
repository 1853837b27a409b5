"""Certificates: those of classes in care, and whether one holds."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from django.db.models import QuerySet
from django.http import Http404

from lantoa.api.queries.paging import part_of
from lantoa.api.rules.shapes import Key, Page, Part, Says
from lantoa.api.views.calling import Call
from lantoa.api.views.operations import ANY_TOKEN, get
from lantoa.common.refused import N_
from lantoa.common.words import fill
from lantoa.training.models import Certificate
from lantoa.training.queries.certificates import verdict_on
from lantoa.training.rules.certificate.trust import State

REVOKED_ON = Annotated[date | None, Says(N_("The day on which it was revoked."))]
WHY = Annotated[str | None, Says(N_("mistake, replaced, withdrawn or fraud."))]


@dataclass(frozen=True)
class CertificatesAsked(Part):
    """Which certificates are wanted."""

    programme: Annotated[Key | None, Says(N_("Only those of this programme."))] = None
    training_class: Annotated[Key | None, Says(N_("Only those of this class."))] = None
    person: Annotated[Key | None, Says(N_("Only those of this person."))] = None


@dataclass(frozen=True)
class CertificateSeen:
    """A certificate."""

    key: Key
    number: str
    name: Annotated[str, Says(N_("The name that is printed on it."))]
    person: Key
    training_class: Key
    issued_on: date
    revoked_on: REVOKED_ON
    revoked_because: WHY
    payload: Annotated[str, Says(N_("The signed text of its QR code."))]


@dataclass(frozen=True)
class TextToVerify:
    """The text of a QR code, or the address it leads to."""

    text: Annotated[str, Says(N_("The text of the QR code, or its address"), most=2_000, least=1)]


@dataclass(frozen=True)
class VerdictSeen:
    """Whether a certificate holds. What an unproven code says is not repeated here."""

    state: Annotated[State, Says(N_("Only “valid” says that it is genuine and in force."))]
    words: Annotated[str, Says(N_("The same as a sentence."))]
    number: Annotated[str | None, Says(N_("Its number, when it was issued here."))]
    name: Annotated[str | None, Says(N_("The name that is printed on it."))]
    issued_on: date | None
    revoked_on: REVOKED_ON
    revoked_because: WHY


@get("certificates", needs="programmes.view", says=N_("The certificates of classes that units in care hold"))
def list_certificates(call: Call, query: CertificatesAsked) -> Page[CertificateSeen]:
    """In the order of issue, revoked ones too."""
    rows = _rows().filter(enrolment__training_class__unit__in=call.care())
    if query.programme:
        rows = rows.filter(enrolment__training_class__programme__key=query.programme)
    if query.training_class:
        rows = rows.filter(enrolment__training_class__key=query.training_class)
    if query.person:
        rows = rows.filter(enrolment__person__key=query.person)
    found, following = part_of(rows, query)
    call.saw(call.token.unit, len(found))
    return Page(tuple(_seen(one) for one in found), following)


@get("certificates/{key}", needs="programmes.view", says=N_("One certificate"))
def show_certificate(call: Call, key: str) -> CertificateSeen:
    """A certificate of another unit's class is not found; whether it holds can be asked by its text all the same."""
    found = _rows().filter(key=key).first()
    if found is None:
        raise Http404
    call.check(found.enrolment.training_class.unit)
    call.saw(found.enrolment.person, 1)
    return _seen(found)


@get("verify", needs=ANY_TOKEN, says=N_("Whether a certificate holds, by the text of its QR code"))
def verify_certificate(call: Call, query: TextToVerify) -> VerdictSeen:
    """For every token: whoever holds a certificate may have it checked."""
    verdict, row = verdict_on(query.text.strip(), on=call.today)
    genuine = row if verdict.state in (State.VALID, State.REVOKED) else None
    return VerdictSeen(
        state=verdict.state,
        words=fill(verdict.words, {}),
        number=genuine.number if genuine else None,
        name=genuine.facts["name"] if genuine else None,
        issued_on=genuine.issued_on if genuine else None,
        revoked_on=genuine.revoked_on if genuine else None,
        revoked_because=(genuine.revocation_kind or None) if genuine else None,
    )


def _rows() -> "QuerySet[Certificate]":
    return Certificate.objects.select_related("enrolment__person", "enrolment__training_class__unit")


def _seen(found: Certificate) -> CertificateSeen:
    return CertificateSeen(
        key=found.key,
        number=found.number,
        name=found.facts["name"],
        person=found.enrolment.person.key,
        training_class=found.enrolment.training_class.key,
        issued_on=found.issued_on,
        revoked_on=found.revoked_on,
        revoked_because=found.revocation_kind or None,
        payload=found.payload,
    )
