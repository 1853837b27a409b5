"""What citizens write: taken in, looked at, answered, taken back."""

import hmac
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.core.signing import Signer
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lantoa.accounts import throttle
from lantoa.accounts.rules import Limit, Subject
from lantoa.common.keyring import secret
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Level, Placement, Unit
from lantoa.ledger.actions import record, thing_key
from lantoa.ledger.rules import Actor, Machine
from lantoa.office.actions.coordinators import Word, tell_coordinators
from lantoa.pilots.actions.pains import report_pain
from lantoa.pilots.models import CitizenWord, PainPoint
from lantoa.pilots.queries.citizens import SALT
from lantoa.programmes.models import Field

CITIZEN: Final = Machine("citizen")  # whoever writes by the public page, for the ledger
SOURCE: Final = "pilots.citizen"
PER_ADDRESS: Final = Limit(10, timedelta(hours=1))  # a family behind one address, not a machine


def hear(
    *,
    unit: Unit,
    text: str,
    name: str = "",
    contact: str = "",
    consent: str = "",
    address: str,
    at: datetime,
    on: date,
) -> CitizenWord:
    """Takes in what a citizen writes for a commune; it is shown nowhere before somebody of the unit has looked at it.

    Name and contact are kept only with the words agreed to. Raises Refused: no commune on that day, nothing written,
    a contact without consent, too many from one address.
    """
    _count(address, at)
    if not Placement.objects.filter(unit=unit, level=Level.COMMUNE, period__contains=on).exists():
        raise Refused(N_("Cannot take this in: choose the commune, ward or special zone that it concerns."))
    if not text.strip():
        raise Refused(N_("Cannot take this in: write what hurts."))
    if contact.strip() and not consent:
        raise Refused(N_("Cannot take this in: you have not agreed to the use of your data for an answer."))
    return _hear(unit, text.strip(), name.strip(), contact.strip(), consent, at)


@transaction.atomic
def _hear(unit: Unit, text: str, name: str, contact: str, consent: str, at: datetime) -> CitizenWord:
    made = CitizenWord.objects.create(
        unit=unit,
        text=text,
        name=name if contact else "",
        contact=contact,
        consent=consent[:600] if contact else "",
        said_at=at,
    )
    record(by=CITIZEN, act="pilots.hear_citizen", thing=made, about={"unit": unit.key, "contact": bool(contact)})
    day = timezone.localdate(at)
    values = {"link": reverse("pilots:citizens")}
    tell_coordinators(
        by=CITIZEN,
        template="pilots.citizen_heard",
        office=unit,
        words=[Word(unit.pk, day.isoformat(), values, thing_key(unit))],
        at=at,
        good_until=at + timedelta(days=7),
    )
    return made


def _count(address: str, at: datetime) -> None:
    """Counts every try of an address, those that succeed too."""
    if not address:
        return
    digest = hmac.digest(secret("throttle"), f"citizen\0{address}".encode(), "sha256")
    try:
        throttle.count([Subject(digest, PER_ADDRESS)], at=at)
    except Refused as refused:
        raise Refused(
            N_("Cannot take this in: too many have written from your network. Try again after %(time)s."),
            time=refused.values["time"],
        ) from refused


def take_back_token(word: CitizenWord) -> str:
    """The token of the link by which whoever wrote takes back how they are reached."""
    return Signer(salt=SALT).sign(word.key)


@transaction.atomic
def take_over_word(
    *,
    by: Actor,
    word: CitizenWord,
    title: str,
    text: str,
    fields: Sequence[Field],
    where: str,
    at: datetime,
    demonstration: bool = False,
) -> PainPoint:
    """Somebody of the unit has looked at it and writes it into the list, in the office's words. The list keeps an
    opaque key of where it was heard, never who said it."""
    row = _waiting(word)
    made = report_pain(
        by=by,
        unit=row.unit,
        title=title,
        text=text,
        fields=fields,
        at=at,
        source=f"{SOURCE}:{row.key}",
        source_words=where,
        demonstration=demonstration,
    )
    row.pain, row.decided_at, row.decided_by = made, at, by.actor_key
    row.save(update_fields=["pain", "decided_at", "decided_by"])
    record(by=by, act="pilots.take_citizen_over", thing=row, about={"pain": made.key})
    return made


@transaction.atomic
def decline_word(*, by: Actor, word: CitizenWord, reason: str, at: datetime) -> CitizenWord:
    """It is not taken over, and why: for the unit to know, and for whoever wrote to be told."""
    row = _waiting(word)
    if not reason.strip():
        raise Refused(N_("Cannot set this aside: say why."))
    row.declined, row.decided_at, row.decided_by = reason.strip(), at, by.actor_key
    row.save(update_fields=["declined", "decided_at", "decided_by"])
    record(by=by, act="pilots.decline_citizen", thing=row)
    return row


def _waiting(word: CitizenWord) -> CitizenWord:
    row = CitizenWord.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=word.pk)
    if row.decided_at is not None:
        raise Refused(N_("Cannot decide on this again: somebody of the unit has looked at it. Load the page again."))
    return row


@transaction.atomic
def note_answered(*, by: Actor, word: CitizenWord, at: datetime) -> CitizenWord:
    """Whoever wrote has been answered; how they are reached is erased with it, for it served nothing else."""
    row = CitizenWord.objects.select_for_update(no_key=True).get(pk=word.pk)
    if not row.contact:
        raise Refused(N_("Cannot note an answer: nobody waits for one."))
    row.answered_at, row.answered_by = at, by.actor_key
    row.name = row.contact = row.consent = ""
    row.save(update_fields=["answered_at", "answered_by", "name", "contact", "consent"])
    record(by=by, act="pilots.answer_citizen", thing=row)
    return row


@transaction.atomic
def take_back(*, word: CitizenWord) -> None:
    """Whoever wrote takes the consent back: how they are reached is erased; what hurts stays. Twice is once."""
    row = CitizenWord.objects.select_for_update(no_key=True).get(pk=word.pk)
    if not row.contact:
        return
    row.name = row.contact = row.consent = ""
    row.save(update_fields=["name", "contact", "consent"])
    record(by=CITIZEN, act="pilots.take_citizen_back", thing=row)
