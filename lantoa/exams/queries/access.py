"""Who reaches a bank: by its own unit, or by a share; and the permissions that pages of the room ask for."""

from collections.abc import Callable
from datetime import date
from typing import Final

from django.db.models import Q, QuerySet

from lantoa.accounts.models import User
from lantoa.directory.access import above, care_of, grants_of, may
from lantoa.exams.models import Bank, Share, Sitting

VIEW: Final = "exams.view"
KEYS: Final = "exams.view_keys"
MANAGE: Final = "exams.manage"

Teaches = Callable[[User, Sitting], bool]

_TEACHES: list[Teaches] = []

_AT_LEAST: Final = {
    Share.Right.SEE: ("see", "use", "edit"),
    Share.Right.USE: ("use", "edit"),
    Share.Right.EDIT: ("edit",),
}


def banks_of(user: User, permission: str, right: Share.Right, *, on: date) -> "QuerySet[Bank]":
    """The banks for which the user holds the permission on that day: those of the units in their care, and those that
    are shared, with this right or more, to one of these units or to a unit above them."""
    granted = grants_of(user, permission, on=on)
    if granted.everywhere:
        return Bank.objects.all()
    care = care_of(granted, on=on)
    shared = Share.objects.filter(right__in=_AT_LEAST[right])
    given = shared.filter(Q(unit__in=care) | Q(unit__in=above(granted, on=on)))
    return Bank.objects.filter(Q(unit__in=care) | Q(pk__in=given.values("bank")))


def reaches(user: User, permission: str, right: Share.Right, bank: Bank, *, on: date) -> bool:
    """Whether the user may do that with this bank."""
    return banks_of(user, permission, right, on=on).filter(pk=bank.pk).exists()


def teaches(how: Teaches) -> Teaches:
    """Registers how a room above finds out whether somebody teaches those who sit an exam."""
    if how not in _TEACHES:
        _TEACHES.append(how)
    return how


def reads_analysis(user: User, sitting: Sitting, *, on: date) -> bool:
    """Whether the user may read what this exam tells of its questions, right answers among it: whoever sees the keys
    of its unit, and whoever teaches those who sat it."""
    return may(user, KEYS, sitting.unit, on=on) or any(how(user, sitting) for how in _TEACHES)
