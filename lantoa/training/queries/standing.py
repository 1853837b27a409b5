"""Why something of a class stays as it is when its programme file says otherwise: what people did rests on it."""

from collections.abc import Collection
from decimal import Decimal

from lantoa.common.refused import N_, Refused
from lantoa.training.models import Assessment


def why_assessment_stays(
    one: Assessment, *, changed: Collection[str], title: str, highest: Decimal
) -> Refused | None:
    """Why these of its fields cannot be changed; `highest` is the highest mark wanted."""
    best = max((mark.value for mark in one.marks.all()), default=Decimal(0))
    if "highest" in changed and best > highest:
        words = N_("Cannot lower the highest mark of %(assessment)s to %(highest)s: someone has %(mark)s.")
        return Refused(words, assessment=title, highest=str(highest), mark=str(best))
    if {"highest", "kind"} & set(changed) and one.exams.exists():
        words = N_("Cannot change kind or highest mark of %(assessment)s: an exam gives its marks.")
        return Refused(words, assessment=title)
    return None


def why_assessment_cannot_go(one: Assessment, *, code: str) -> Refused | None:
    """Why it cannot be removed from the class of this code."""
    marks, handed_in = len(one.marks.all()), len(one.submissions.all())
    if marks or handed_in:
        words = N_(
            "Cannot remove assessment %(assessment)s of class %(code)s: %(marks)d marks and %(handed_in)d "
            "pieces of work stand in it."
        )
        return Refused(words, assessment=one.title, code=code, marks=marks, handed_in=handed_in)
    if one.exams.exists():
        words = N_("Cannot remove assessment %(assessment)s of class %(code)s: an exam gives its marks.")
        return Refused(words, assessment=one.title, code=code)
    return None
