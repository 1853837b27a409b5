"""The exams of a class as other pages show them."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from lantoa.training.models import Enrolment, TrainingClass
from lantoa.training.queries.exams import exams_of_class, held_of, paired
from lantoa.training.rules.exams import FEWEST, PURPOSES

RESULTS: Final = "training.mark_results"  # who may see what single learners earned, beside those who teach the class


def of_class(found: TrainingClass, enrolments: Sequence[Enrolment], *, opens: bool) -> dict[str, Any]:
    """The exams on the page of a class: counts, which open where the reader may see the rows, and what was gained.

    Of fewer than `FEWEST` pairs others are not told what was gained.
    """
    exams = list(exams_of_class(found))
    if not exams:
        return {}
    held = held_of(exams, enrolments)
    gains = paired(held, enrolments).gains
    return {
        "exams": [
            {"exam": one.exam, "purpose": _(PURPOSES[one.exam.purpose]), "counted": one.count()} for one in held
        ],
        "exams_open": opens,
        "gains": gains,
        "gains_told": gains is not None and (opens or gains.pairs >= FEWEST),
        "fewest": FEWEST,
    }
