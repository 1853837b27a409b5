"""Two who make the same at the same moment: the second is refused in words, as one who comes later is."""

from collections.abc import Callable
from datetime import date

import factories
import pytest
from at_once import meanwhile
from django.utils import timezone

from lantoa.competence.actions import create_course
from lantoa.competence.models import Course
from lantoa.directory.actions import add_person
from lantoa.directory.models import Person
from lantoa.directory.rules.people import NewPerson
from lantoa.office.actions.privacy import enter_purpose
from lantoa.office.models import Purpose
from lantoa.programmes.actions import create_programme
from lantoa.programmes.models import Programme
from lantoa.training.actions.classes import plan_class
from lantoa.training.models import TrainingClass

pytestmark = pytest.mark.django_db(transaction=True)
BY, DAY = factories.BY, factories.DAY


def a_course() -> Callable[[], object]:
    unit = factories.unit()
    return lambda: create_course(by=BY, code="cds", title="Chuyển đổi số", summary="", unit=unit)


def a_programme() -> Callable[[], object]:
    unit = factories.unit()
    return lambda: create_programme(by=BY, code="q9", name="Quận 9", unit=unit, first=DAY, last=date(2020, 12, 31))


def a_class() -> Callable[[], object]:
    of = factories.programme(name="Quận 9")
    course = factories.course(of.unit)
    return lambda: plan_class(
        by=BY, programme=of, course=course, code="Q9-1", unit=of.unit, capacity=5, place="Hội trường"
    )


def a_person() -> Callable[[], object]:
    new = NewPerson(full_name="Nguyễn Văn Đôi", id_number="079080001234")
    return lambda: add_person(by=BY, new=new, on=DAY)


def a_purpose() -> Callable[[], object]:
    return lambda: enter_purpose(
        by=BY, code="bao-tin", ground="consent", basis="Điều 9", data="Điện thoại", titles=("Báo tin", "Notices"),
        texts=("Tôi đồng ý.", "I agree."), since=DAY, at=timezone.now(),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("thing", "table", "words"),
    [
        (a_course, Course, "Cannot create course cds: a course has this code already."),
        (a_programme, Programme, "Cannot create programme q9: a programme has this code already."),
        (a_class, TrainingClass, "Cannot add class Q9-1: programme Quận 9 already has a class of this code."),
        (a_person, Person, "Cannot add this person: somebody on record has the same citizen's number (…234)."),
        (a_purpose, Purpose, "Cannot enter the purpose bao-tin: there is one of this name."),
    ],
)
def test_the_second_of_two_at_the_same_moment_is_refused(
    thing: Callable[[], Callable[[], object]], table: type, words: str
) -> None:
    make = thing()
    assert meanwhile(make, make) == words
    assert table._default_manager.count() == 1  # type: ignore[attr-defined]
