"""What only this room understands of two people becoming one: they may sit in one class twice."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.directory.actions.merging import Journal
from lantoa.ledger.rules import Actor
from lantoa.training.actions.classes import withdraw
from lantoa.training.models.nominations import RUNNING
from lantoa.training.queries.merging import enrolled_twice

TWICE = N_("enrolled twice under two records of one person")


@transaction.atomic
def settle_enrolments(*, by: Actor, journal: Journal, keep: Collection[str], at: datetime) -> None:
    """Of two running enrolments of both in one class the one in `keep` (keys) stays, the other is taken out.

    Refused when it is not said which one stays, when the other has a certificate (that has to be revoked first), and
    when it came from a nomination: its place would pass to the next who waits, and could not be given back.
    """
    merge = journal.merge
    for pair in enrolled_twice(merge.survivor, merge.merged):
        stays = [one for one in pair if one.key in keep]
        if len(stays) != 1:
            raise Refused(
                N_("Cannot merge %(merged)s into %(survivor)s: say which place in class %(code)s stays."),
                merged=merge.merged.full_name,
                survivor=merge.survivor.full_name,
                code=pair[0].training_class.code,
            )
        other = next(one for one in pair if one.pk != stays[0].pk)
        if other.nominations.filter(state__in=RUNNING).exists():
            raise Refused(
                N_(
                    "Cannot merge %(merged)s into %(survivor)s: the place in class %(code)s to be given up came"
                    " from a nomination. Keep it, or take that one out of the class first."
                ),
                merged=merge.merged.full_name,
                survivor=merge.survivor.full_name,
                code=other.training_class.code,
            )
        with journal.changing(other, "withdrawn_at", "withdrawal_reason"):
            withdraw(by=by, enrolment=other, reason=TWICE, at=at)
