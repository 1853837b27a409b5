"""What befalls the installation as a whole: that it was backed up, that it was restored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from lantoa.common.erasures import Erased
from lantoa.directory.models import Person, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.web.actions_privacy import erase_person


@dataclass(frozen=True)
class Again:
    """What became of the erasures that a restored archive did not know: people erased again, and the keys of those
    who could not be, because the archive holds them as part of somebody else."""

    erased: int
    left: tuple[str, ...]


def _archive(about: dict[str, Any]) -> str:
    return f"web.archive:{about['archive'][:16]}"


@transaction.atomic
def note_backup(*, by: Actor, about: dict[str, Any]) -> None:
    """The line of a backup that stands: fingerprint, moment, size, rows of every table that has any."""
    record(by=by, act="web.back_up", thing=_archive(about), about=about)


@transaction.atomic
def take_over_restored(*, by: Actor, about: dict[str, Any], erased: Iterable[Erased], at: datetime) -> Again:
    """Before a restored installation serves its first page: whoever was erased after the backup is erased again, and
    the ledger says what was restored. All or nothing; repeated it finds nothing to do."""
    done, left = 0, []
    for one in erased:
        for key in one.people:
            person = Person.records.filter(key=key, erased_at=None).first()
            if person is None:
                continue
            if (
                person.merged_into_id is not None
                and not Person.records.filter(pk=person.merged_into_id, key__in=one.people).exists()
            ):
                left.append(key)
            elif person.merged_into_id is None:
                unit = Unit.objects.filter(key=one.unit).first() or Unit.objects.order_by("pk").first()
                assert unit is not None
                erase_person(by=by, person=person, unit=unit, at=at, again=True)
                done += 1
    result = {"erased_again": done, "not_erased_again": left}
    record(by=by, act="web.restore", thing=_archive(about), about=about | result)
    return Again(done, tuple(left))
