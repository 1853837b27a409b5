"""Why marks cannot be entered, changed or taken back as wished."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lantoa.common.refused import N_, Refused
from lantoa.training.models import Assessment, Certificate, Enrolment, Mark
from lantoa.training.queries.exams import FROM_EXAM
from lantoa.training.rules.completion import written

SMALLEST = Decimal("0.01")


class MarksRefused(Refused):
    """Marks that cannot be entered; `each` holds the refusal of each, by the enrolment's id. It speaks as the
    first of them."""

    def __init__(self, each: Mapping[int, Refused]) -> None:
        first = next(iter(each.values()))
        super().__init__(first.message, **first.values)
        self.each = each


@dataclass(frozen=True)
class Standing:
    """What is known of an assessment: its learners and its marks, both by the enrolment's id. `seen`: the marks that
    whoever enters others had before their eyes (None for none)."""

    assessment: Assessment
    enrolments: Mapping[int, Enrolment]
    marks: Mapping[int, Mark]
    seen: Mapping[int, Decimal | None]


def why_not(standing: Standing, wanted: Mapping[int, Decimal | None], *, source: str) -> dict[int, Refused]:
    """By the enrolment's id the reason why its mark cannot become the one wanted (None: none), where there is one.
    A query only where a mark is taken back."""
    gone = [pk for pk, value in wanted.items() if value is None and pk in standing.marks]
    certified: dict[int, str] = {}
    if gone:
        valid = Certificate.objects.filter(enrolment__in=gone, revoked_on=None)
        certified = dict(valid.values_list("enrolment", "number"))
    found = {}
    for pk, value in wanted.items():
        here: dict[str, Any] = {
            "person": standing.enrolments[pk].person.full_name,
            "title": standing.assessment.title,
        }
        reason = (
            _not_gone(standing, pk, certified.get(pk, ""), here)
            if value is None
            else _not_given(standing, pk, value, here | {"value": _plain(value)}, by_hand=_by_hand(source))
        )
        if reason:
            found[pk] = reason
    return found


def _not_given(standing: Standing, pk: int, value: Decimal, here: dict[str, Any], *, by_hand: bool) -> Refused | None:
    highest = standing.assessment.highest
    if not 0 <= value <= highest:
        return Refused(
            N_("Cannot enter the mark %(value)s of %(person)s for %(title)s: marks go from 0 to %(highest)s."),
            **here,
            highest=_plain(highest),
        )
    if value % SMALLEST:
        return Refused(
            N_("Cannot enter the mark %(value)s of %(person)s for %(title)s: a mark has two decimals at most."),
            **here,
        )
    stands = standing.marks.get(pk)
    if (now := _changed_since(standing, pk, value)) is not None:
        return Refused(
            N_(
                "Cannot enter the mark %(value)s of %(person)s for %(title)s: somebody else has changed it since "
                "this page was opened. Now it is: %(mark)s."
            ),
            **here,
            mark=now,
        )
    if by_hand and stands and stands.value != value and not _by_hand(stands.source):
        return Refused(
            N_(
                "Cannot enter the mark %(value)s of %(person)s for %(title)s: the mark %(mark)s comes from an "
                "exam. It changes when the exam is marked anew."
            ),
            **here,
            mark=_plain(stands.value),
        )
    return None


def _not_gone(standing: Standing, pk: int, certificate: str, here: dict[str, Any]) -> Refused | None:
    stands = standing.marks.get(pk)
    if stands is None:
        return None
    here |= {"mark": _plain(stands.value)}
    if _changed_since(standing, pk, None) is not None:
        return Refused(
            N_(
                "Cannot take back the mark of %(person)s for %(title)s: somebody else has changed it since this page "
                "was opened. Now it is: %(mark)s."
            ),
            **here,
        )
    if not _by_hand(stands.source):
        return Refused(
            N_(
                "Cannot take back the mark %(mark)s of %(person)s for %(title)s: it comes from an exam. It changes "
                "when the exam is marked anew."
            ),
            **here,
        )
    if certificate:
        return Refused(
            N_(
                "Cannot take back the mark %(mark)s of %(person)s for %(title)s: their certificate %(number)s is "
                "issued. Revoke it first."
            ),
            **here,
            number=certificate,
        )
    return None


def _changed_since(standing: Standing, pk: int, wanted: Decimal | None) -> Decimal | str | None:
    """What stands there now, if it is neither what was seen nor what is wanted."""
    now = standing.marks[pk].value if pk in standing.marks else None
    if pk not in standing.seen or now in (standing.seen[pk], wanted):
        return None
    return "–" if now is None else _plain(now)


def _by_hand(source: str) -> bool:
    return not source.startswith(FROM_EXAM)


def _plain(value: Decimal) -> Decimal:
    """The same number without needless zeros, still a number: pages write it as their reader does."""
    value = Decimal(value)
    return Decimal(written(value)) if abs(value.adjusted()) < 20 else value  # "1e999999" would be written out
