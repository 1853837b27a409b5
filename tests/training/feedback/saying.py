"""Forms, and people who answer them."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import factories

from lantoa.directory.models import Person
from lantoa.training.actions.feedback import answer
from lantoa.training.models import Enrolment, Survey

READY = Path(__file__).parents[3] / "lantoa" / "training" / "feedback_forms"
OPEN = date(2020, 10, 6)  # surveys of these tests open on this day
OVER = date(2021, 12, 31)  # and have all ended by this one

SHORT = """lantoa-form: 1
code: ngan
title: {vi: Ý kiến ngắn, en: A short form}
anonymous: yes
open_days: 7
questions:
  - {code: hay, kind: scale, vi: Buổi học hay, en: It was good}
  - {code: dung, kind: yesno, vi: Tôi sẽ dùng, en: I will use it, optional: yes}
  - {code: loi, kind: words, vi: Lời khác, en: Other words, optional: yes}
"""
NAMED = SHORT.replace("anonymous: yes", "anonymous: no").replace("code: ngan", "code: co-ten")

Ask = Callable[..., tuple[Survey, list[Person]]]


def say(survey: Survey, people: Sequence[Person], **values: str) -> None:
    """Each of these answers the same."""
    for person in people:
        answer(by=factories.BY, survey=survey, person=person, values={"hay": "4", **values}, on=OPEN)


def complete(enrolments: Sequence[Enrolment]) -> None:
    """Each has completed the class."""
    for row in enrolments:
        row.completed_at = row.enrolled_at
        row.save(update_fields=["completed_at"])
