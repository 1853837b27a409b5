"""Whoever looks after people sees what they learned: one person's classes, and how the people of a unit stand."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

import factories
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from training.held import World, at, roll

from lantoa.directory.models import Person, Post, Role, Unit, period_of
from lantoa.training.models import Certificate
from lantoa.training.queries.people import STANDINGS

QUESTIONS_OF_PERSON = 17
QUESTIONS_OF_UNIT = 14
DAYS = [date(2020, 10, 1), date(2020, 10, 8), date(2020, 10, 9), date(2020, 12, 31)]


def coordinator(of: Unit) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(factories.user(Role.UNIT_COORDINATOR, on=of))
    return client


def of_person(person: Person) -> str:
    return reverse("training:person", args=[person.key])


def of_unit(unit: Unit, **query: str) -> str:
    address = reverse("training:unit", args=[unit.key])
    return f"{address}?{urlencode(query, safe='+')}" if query else address


def main_of(answer: Any) -> str:
    """What the page says, one space between words."""
    text = answer.content.decode().split("<main")[1]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


# ---- the right


def test_a_coordinator_sees_the_training_of_their_own_people_only(world: World) -> None:
    own, other = world.wards[:2]
    client = coordinator(own)
    of_own, of_other = (row.person for row in world.enrolments["Q9-1"][:2])
    addresses = [of_person(of_own), of_person(of_other), of_unit(own), of_unit(other), of_unit(world.district)]
    assert [client.get(one).status_code for one in addresses] == [200, 404, 200, 404, 404]


def test_the_right_is_that_of_the_persons_page(world: World) -> None:
    moved = world.enrolments["Q9-1"][0].person
    moved.posts.update(period=period_of(date(2000, 1, 1), date(2021, 1, 1)))
    Post.objects.create(
        person=moved, unit=world.wards[1], title="Phó Chủ tịch", period=period_of(date(2021, 1, 1), None), source="t"
    )
    for ward, expected in ((world.wards[0], 404), (world.wards[1], 200)):
        client = coordinator(ward)
        pages = of_person(moved), reverse("directory:person", args=[moved.key])
        assert [client.get(page).status_code for page in pages] == [expected, expected]


def test_someone_without_a_post_is_seen_from_the_country_only(world: World) -> None:
    nowhere = factories.person()
    country = factories.unit("Việt Nam", kind="", level="country")
    assert coordinator(world.district).get(of_person(nowhere)).status_code == 404
    assert coordinator(country).get(of_person(nowhere)).status_code == 200


def test_a_lecturer_sees_the_training_of_nobody(world: World, client: Client) -> None:
    client.force_login(factories.user(Role.LECTURER, on=world.district))
    row = world.enrolments["Q9-1"][0]
    assert [client.get(one).status_code for one in (of_person(row.person), of_unit(row.unit))] == [404, 404]


# ---- a person


def test_a_persons_page_says_what_was_completed_and_the_number_of_the_certificate(world: World) -> None:
    row = world.enrolments["Q9-1"][0]
    said = main_of(coordinator(row.unit).get(of_person(row.person)))
    number = Certificate.objects.get(enrolment=row).number
    assert "1 of 1 class completed" in said
    assert f"5 October 2020 – 6 October 2020 100% completed 6 October 2020 {number}" in said


def test_a_persons_page_says_what_is_missing(world: World) -> None:
    row = world.enrolments["Q9-1"][2]
    said = main_of(coordinator(row.unit).get(of_person(row.person)))
    assert "0 of 1 class completed" in said
    assert "0% not completed Present at 0 of 2 meetings; 50% is needed. –" in said


def test_a_revoked_certificate_is_not_shown_as_theirs(world: World) -> None:
    row = world.enrolments["Q9-1"][1]
    said = main_of(coordinator(row.unit).get(of_person(row.person)))
    assert Certificate.objects.get(enrolment=row).number not in said


def test_a_class_they_left_stands_there_as_left(world: World) -> None:
    row = world.enrolments["Q9-2"][2]
    said = main_of(coordinator(row.unit).get(of_person(row.person)))
    assert "5 October 2020 – 30 October 2020 – withdrawn 9 October 2020" in said
    assert "0 of 0 classes completed" in said


def test_someone_in_no_class_is_said_to_be_in_none(world: World) -> None:
    fresh = factories.person(at=world.wards[0])
    answer = coordinator(world.wards[0]).get(of_person(fresh))
    assert ("In no class yet" in main_of(answer), answer.context["lead"]) == (True, "")


def test_the_class_is_a_link_only_for_those_who_may_open_it(world: World, officer: Client) -> None:
    row = world.enrolments["Q9-1"][0]
    link = reverse("training:class", args=[row.training_class.key])
    readers = coordinator(row.unit), officer
    assert [link in reader.get(of_person(row.person)).content.decode() for reader in readers] == [False, True]


def test_a_persons_page_asks_as_many_questions_for_three_classes_as_for_one(
    world: World, django_assert_num_queries: Callable[..., Any]
) -> None:
    row = world.enrolments["Q9-1"][0]
    client = coordinator(row.unit)
    client.get(of_person(row.person))
    with django_assert_num_queries(QUESTIONS_OF_PERSON):
        client.get(of_person(row.person))
    for number, found in enumerate(world.classes[1:], 20):
        factories.enrolment(found, row.person, unit=row.unit)
        roll(factories.meeting(found, at(number)), present=[row.person])
    with django_assert_num_queries(QUESTIONS_OF_PERSON):
        assert len(client.get(of_person(row.person)).context["classes"]) == 3


# ---- the people of a unit


def test_the_unit_says_in_words_how_many_have_completed(world: World) -> None:
    factories.person(at=world.wards[0])
    answer = coordinator(world.district).get(of_unit(world.district, on="2020-10-09"))
    assert answer.context["lead"] == "2 of 10 people have completed a class"
    assert [(one["count"], one["words"]) for one in answer.context["numbers"]] == [
        (2, "people have completed a class"),
        (4, "people under way"),
        (2, "people did not complete"),
        (2, "people in no class"),
    ]


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_every_number_opens_its_people_and_each_is_counted_once(world: World, on: date) -> None:
    client = coordinator(world.district)
    context = client.get(of_unit(world.district, on=on.isoformat())).context
    opened = [
        [row["person"].pk for row in client.get(of_unit(world.district) + one["url"]).context["rows"]]
        for one in context["numbers"]
    ]
    assert [len(rows) for rows in opened] == [one["count"] for one in context["numbers"]]
    assert (
        len({pk for rows in opened for pk in rows}) == sum(map(len, opened)) == context["page"].paginator.count == 9
    )


def test_whoever_completed_one_class_counts_as_trained_while_another_runs(world: World) -> None:
    row = world.enrolments["Q9-1"][0]
    factories.enrolment(world.classes[2], row.person, unit=row.unit)
    (shown,) = coordinator(row.unit).get(of_unit(row.unit, on="2020-10-09", q="nguoi+10")).context["rows"]
    assert (str(shown["state"]), shown["classes"]) == ("completed", ["Q9-3", "Q9-1"])


def test_the_list_is_of_the_day_that_was_asked_for(world: World) -> None:
    counts = [
        [one["count"] for one in coordinator(world.district).get(of_unit(world.district, on=day)).context["numbers"]]
        for day in ("2020-09-01", "2020-10-01", "2020-12-31")
    ]
    assert counts == [[0, 0, 0, 9], [0, 9, 0, 0], [2, 0, 6, 1]]


def test_a_name_is_sought_without_its_marks_and_the_numbers_stay(world: World) -> None:
    context = coordinator(world.district).get(of_unit(world.district, on="2020-10-09", q="nguoi+2")).context
    assert (context["said"], len(context["rows"]), context["total"]) == ("3 people", 3, 9)


def test_a_state_there_is_none_of_shows_all(world: World) -> None:
    assert len(coordinator(world.district).get(of_unit(world.district, state="rich")).context["rows"]) == 9


def test_a_unit_without_people_says_so(world: World) -> None:
    empty = factories.unit(under=world.district)
    answer = coordinator(empty).get(of_unit(empty))
    assert "Nobody is known here on this day" in main_of(answer)
    assert answer.context["numbers"] == []


@pytest.mark.parametrize("size", [1, 3])
def test_a_unit_asks_as_many_questions_for_three_people_as_for_one(
    world: World, django_assert_num_queries: Callable[..., Any], size: int
) -> None:
    unit = factories.unit(under=world.district)
    for _ in range(size):
        factories.enrolment(world.classes[2], factories.person(at=unit), unit=unit)
    client = coordinator(unit)
    client.get(of_unit(unit))
    with django_assert_num_queries(QUESTIONS_OF_UNIT):
        assert len(client.get(of_unit(unit)).context["rows"]) == size


# ---- the ways there


def test_the_pages_of_the_directory_lead_to_the_training_and_back(world: World) -> None:
    row = world.enrolments["Q9-1"][0]
    client = coordinator(row.unit)
    person, people = (
        reverse(f"directory:{name}", args=[thing.key])
        for name, thing in (("person", row.person), ("people", row.unit))
    )
    assert f'href="{of_person(row.person)}"' in client.get(person).content.decode()
    assert f'href="{of_unit(row.unit)}"' in client.get(people).content.decode()
    assert f'href="{person}"' in client.get(of_person(row.person)).content.decode()
    assert f'href="{people}"' in client.get(of_unit(row.unit)).content.decode()


def test_names_in_a_class_lead_to_the_training_of_those_the_reader_may_see(world: World, officer: Client) -> None:
    away = world.enrolments["Q9-1"][3].person
    away.posts.update(unit=factories.unit())
    pages = (
        reverse("training:class", args=[world.classes[0].key]),
        reverse("training:people", args=[world.programme.key]) + "?class=Q9-1",
    )
    expected = [row.person != away for row in world.enrolments["Q9-1"]]
    for page in pages:
        text = officer.get(page).content.decode()
        assert [of_person(row.person) in text for row in world.enrolments["Q9-1"]] == expected
        assert away.full_name in text


@pytest.mark.parametrize("language", ["vi", "en"])
def test_both_pages_open_in_both_languages(world: World, language: str) -> None:
    client = coordinator(world.district)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    people = [row.person for rows in world.enrolments.values() for row in rows]
    addresses = [of_person(person) for person in people]
    addresses += [of_unit(world.district, state=state, on="2020-10-09") for state in STANDINGS]
    addresses += [of_unit(world.district, on="1999-01-01"), of_unit(world.district, page="99")]
    assert {client.get(one).status_code for one in addresses} == {200}


def test_the_unit_says_it_in_vietnamese(world: World) -> None:
    client = coordinator(world.district)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "vi"
    said = main_of(client.get(of_unit(world.district, on="2020-10-09")))
    assert "2 trong 9 người đã hoàn thành ít nhất một lớp" in said
