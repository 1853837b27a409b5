"""Erasing a person from every room, and proving it by a search through everything (decision 0015)."""

from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from lantoa.accounts.models import PersonalLink
from lantoa.common import erasures
from lantoa.common.keyring import secret
from lantoa.common.personal import ROOMS, Gone, Subject
from lantoa.common.refused import N_, Refused
from lantoa.directory.access import roles_held
from lantoa.directory.models import Person, Role, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.models import DataRequest, Erasure
from lantoa.office.personal import WHY_DOCUMENT
from lantoa.office.queries.traces import Needles, search_database, search_files
from lantoa.web.queries_privacy import ORDER, records_of, subject_of

NAMESAKE = N_("Somebody else has the same name; these are theirs.")
UNEXPLAINED = N_("Not explained: look at it.")


@transaction.atomic
def erase_person(
    *,
    by: Actor,
    person: Person,
    unit: Unit,
    at: datetime,
    request: DataRequest | None = None,
    again: bool = False,
) -> Erasure:
    """Deletes all that every room holds about a person; what the law keeps stays without a name, with its reason.

    Then the whole database and every file are searched for the name, the number, the telephone, the e-mail and the
    tokens; what is still found stands in the record. One transaction: an erasure without its proof does not happen.
    The list beside the database is told when it stands, so that no older backup brings the person back; `again` is
    such an erasure repeated: a role that the backup still knows is no reason to refuse it.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if not again:
        _refuse(person, at)
    records = records_of(person)  # those merged into the person first
    subject, needles = subject_of(person), needles_for(records)
    gone: list[Gone] = []
    for one in [subject_of(each) for each in records]:
        for name in ORDER:
            if name in ROOMS and (erase := ROOMS[name].erase):
                gone += erase(by=by, subject=one, at=at)
    made = Erasure.objects.create(
        person_key=subject.person_key,
        unit=unit,
        request=request,
        at=at,
        by=by.actor_key,
        gone=[one.as_json() for one in together(gone)],
        traces=traces(subject, needles, [each.pk for each in records]),
    )
    record(
        by=by,
        act="web.erase_person",
        thing=f"directory.person:{subject.person_key}",
        about={"erasure": made.key, "traces": len(made.traces)},
    )
    keys = (subject.person_key, *(one.key for one in records if one.key != subject.person_key))
    listed = erasures.Erased(keys, unit.key, at.astimezone(UTC).isoformat())
    transaction.on_commit(partial(_list, listed))
    return made


def _list(one: erasures.Erased) -> None:
    """A crash just before loses no erasure: the next backup adds to the list what the database knows."""
    file, key = Path(settings.KEYS_DIR) / erasures.NAME, secret("ledger")
    erasures.append(file, erasures.not_in(erasures.text_of(file), [one], key), key)


def _refuse(person: Person, at: datetime) -> None:
    if person.erased_at is not None:
        raise Refused(
            N_("Cannot erase this person: they were erased on %(day)s."), day=f"{person.erased_at:%d/%m/%Y}"
        )
    if person.user is None:
        return
    held = roles_held([person.user], on=at.date()).exclude(role=Role.LEARNER).first()
    if held is not None:
        raise Refused(
            N_("Cannot erase %(person)s: they still hold a role (%(role)s). Take it back first."),
            person=person.full_name,
            role=held.role,
        )


def together(gone: Iterable[Gone]) -> list[Gone]:
    """What several records of one person lost, added up; nothing where nothing was."""
    found: dict[tuple[str, str, str], int] = {}
    for one in gone:
        found[one.table, one.fate, one.why] = found.get((one.table, one.fate, one.why), 0) + one.count
    return [Gone(table, count, fate, why) for (table, fate, why), count in found.items() if count]


def needles_for(records: Iterable[Person]) -> Needles:
    """All by which a person could be found again. To be asked before they are erased."""
    texts: list[str] = []
    data: list[bytes] = []
    for person in records:
        subject = subject_of(person)
        texts += [subject.full_name, *subject.marks]
        if person.id_hash is not None:
            data.append(bytes(person.id_hash))
        if person.user is not None:
            hashes = PersonalLink.objects.filter(user=person.user).values_list("token_hash", flat=True)
            data += [bytes(one) for one in hashes]
    return Needles.of(texts, data)


def traces(subject: Subject, needles: Needles, records: Iterable[int]) -> list[dict[str, object]]:
    """What a search through everything still finds, each with what explains it."""
    found = [*search_database(needles), *search_files(needles)]
    namesake = Person.records.filter(folded=subject.folded).exclude(pk__in=list(records)).exists()
    return [
        {
            "where": one.where,
            "count": one.count,
            "why": WHY_DOCUMENT
            if one.where.startswith("office_document.")
            else NAMESAKE
            if namesake
            else UNEXPLAINED,
        }
        for one in found
    ]
