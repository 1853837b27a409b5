"""Many people at one moment: one of them is first, and what they did is done once."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from at_once import at_once
from factories import BY, person
from training.imports.conftest import AN, AT, BINH, CUC, changed, make_house

from lantoa.directory.models import Person
from lantoa.office.actions import apply_import
from lantoa.training.actions.classes import Place, enrol
from lantoa.training.models import Enrolment

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_for_the_last_place_are_one_and_forty_nine_refusals() -> None:
    house = make_house(capacity=1)
    one = house.classes["L1"]
    people = [person(f"Người Thử {n}") for n in range(50)]

    def enter(who: Person) -> Callable[[], Any]:
        place = Place(who, one.unit)
        return lambda: enrol(by=BY, training_class=one, places=[place], source="test:1", at=datetime.now(UTC))

    said = at_once([enter(who) for who in people])
    assert Enrolment.objects.filter(training_class=one).count() == 1
    assert said.count("done") == 1
    assert sorted(words for words in said if words != "done") == sorted(
        f"Cannot enrol {who.full_name}: class L1 has no place left (1 of 1)."
        for who, words in zip(people, said, strict=True)
        if words != "done"
    )


def test_a_list_and_the_page_do_not_both_take_the_last_place() -> None:
    house = make_house(capacity=1)
    one, other = house.classes["L1"], person("Người Thử")
    preview = house.preview(AN)
    said = at_once(
        [
            lambda: apply_import(by=BY, made=preview, at=AT, wait=True),
            lambda: enrol(by=BY, training_class=one, places=[Place(other, one.unit)], source="test:1", at=AT),
        ]
    )
    assert (said.count("done"), Enrolment.objects.count()) == (1, 1)


def test_two_who_press_apply_apply_it_once() -> None:
    house = make_house()
    preview = house.preview(AN, BINH, CUC)
    said = at_once([lambda: apply_import(by=BY, made=preview, at=AT)] * 4)
    busy = "The import is being worked on right now. Wait a moment and load the page again."
    assert set(said) <= {"done", busy}
    assert "done" in said
    assert (Person.objects.count(), Enrolment.objects.count()) == (3, 3)


def test_two_lists_about_one_person_make_one_person() -> None:
    house = make_house()
    first, second = house.preview(AN, name="1.csv"), house.preview(changed(AN, code="L2"), name="2.csv")
    said = at_once([lambda one=one: apply_import(by=BY, made=one, at=AT, wait=True) for one in (first, second)])
    assert (said.count("done"), Person.objects.count(), Enrolment.objects.count()) == (1, 1, 1)
    assert "the preview may no longer be true. Read the file again." in next(one for one in said if one != "done")
