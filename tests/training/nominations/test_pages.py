"""The pages of a call: the office that asks, the unit that is asked, and what neither may see."""

import io
import re
from datetime import timedelta
from typing import Any

import factories
import openpyxl
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from training.nominations.asking import BY

from lantoa.directory.models import Level, Person, Role, Unit, period_of
from lantoa.programmes.models import Programme
from lantoa.training.actions.calls import ask_units, open_call
from lantoa.training.actions.nominations import nominate
from lantoa.training.models import Asked, Call, Enrolment, Nomination, TrainingClass

pytestmark = pytest.mark.django_db
State = Nomination.State
QUESTIONS = {
    "call": 10,
    "nominations": 20,
    "asked": 18,
    "nominate": 17,
    "asked_list": 8,
    "unit_year": 17,
}


class Place:
    """A running programme of today with one class, two wards and their readers."""

    def __init__(self, *, places: int = 2) -> None:
        today = timezone.localdate()
        self.today = today
        city = factories.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE)
        self.district = factories.unit("9", kind="Quận", level=Level.DISTRICT, under=city)
        self.programme: Programme = factories.programme(
            self.district, period=period_of(today - timedelta(days=60), today + timedelta(days=90))
        )
        self.wards: list[Unit] = [factories.unit(name, under=self.district) for name in ("Hiệp Phú", "Long Bình")]
        self.training_class: TrainingClass = factories.training_class(self.programme, code="Q9-1", capacity=40)
        factories.meeting(self.training_class, timezone.now() + timedelta(days=30), hours=1)
        self.call: Call = open_call(
            by=BY,
            programme=self.programme,
            training_class=self.training_class,
            title="Cử học viên lớp Q9-1",
            places=places,
            due_on=today + timedelta(days=9),
            at=timezone.now(),
        )
        self.asked: list[Asked] = list(ask_units(by=BY, call=self.call, units=self.wards, at=timezone.now()))
        self.people: list[list[Person]] = [
            [factories.person(f"Nguyễn Văn {'AB'[ward]}{number}", at=unit) for number in range(1, 4)]
            for ward, unit in enumerate(self.wards)
        ]

    def nominate(self, ward: int, *people: int) -> list[Nomination]:
        chosen = [self.people[ward][one] for one in people]
        return nominate(by=BY, asked=self.asked[ward], people=chosen, at=timezone.now())


@pytest.fixture
def place() -> Place:
    return Place()


def reader(role: str, on: Unit) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(factories.user(role, on=on))
    return client


@pytest.fixture
def officer(place: Place) -> Client:
    return reader(Role.PROGRAMME_OFFICER, place.district)


@pytest.fixture
def coordinator(place: Place) -> Client:
    """Of the first ward."""
    return reader(Role.UNIT_COORDINATOR, place.wards[0])


def address(name: str, thing: Any, query: str = "") -> str:
    return reverse(f"training:{name}", args=[thing.key]) + query


def main_of(answer: Any) -> str:
    """What the page says, one space between words."""
    text = answer.content.decode().split("<main")[1]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def texts_of(answer: Any) -> list[str]:
    """What the cells of a workbook say."""
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


# ---- the office


def test_the_office_opens_a_call_for_a_class_and_asks_units(place: Place, officer: Client) -> None:
    form = {
        "about": f"class:{place.training_class.key}",
        "title": "Cử đợt 2",
        "places": "5",
        "due_on": (place.today + timedelta(days=5)).isoformat(),
        "audience": "Công chức một cửa",
    }
    answer = officer.post(address("call_for_class", place.training_class), form)
    made = Call.objects.latest("pk")
    assert answer.headers["Location"] == address("ask_units", made)
    page = officer.get(address("ask_units", made))
    assert [one.full_name for one, _above in page.context["rows"]] == ["Phường Hiệp Phú", "Phường Long Bình"]
    officer.post(address("ask_units", made), {"chosen": [ward.key for ward in place.wards], "most": "2"})
    assert set(made.asked.values_list("unit", "most")) == {(ward.pk, 2) for ward in place.wards}
    assert "0 of 5 places held" in main_of(officer.get(address("call", made)))


def test_a_call_for_more_than_the_class_holds_is_refused_in_words(place: Place, officer: Client) -> None:
    form = {
        "about": f"class:{place.training_class.key}",
        "title": "Cử đợt 2",
        "places": "41",
        "due_on": (place.today + timedelta(days=5)).isoformat(),
    }
    answer = officer.post(address("new_call", place.programme), form)
    assert answer.status_code == 422
    assert "Cannot ask for 41 people in «Cử đợt 2»: class Q9-1 has 40 places for it." in main_of(answer)


def test_units_are_found_by_name_and_those_asked_are_left_out(place: Place, officer: Client) -> None:
    new = factories.unit("Tân Phú", under=place.wards[0])
    factories.unit("Tân Phú", kind="Xã")  # of another province
    answer = officer.get(address("ask_units", place.call, "?q=tan+phu"))
    assert [one.unit for one, _above in answer.context["rows"]] == [new]
    assert "Choose at least one unit." in main_of(officer.post(address("ask_units", place.call), {}))


def test_the_office_sees_who_has_not_answered(place: Place, officer: Client) -> None:
    place.nominate(0, 0)
    answer = officer.get(address("call", place.call, "?state=unanswered"))
    assert [name for _row, name in answer.context["rows"]] == ["Phường Long Bình"]
    assert answer.context["tally"].unanswered == 1


def test_a_number_of_a_unit_opens_its_nominations(place: Place, officer: Client) -> None:
    place.nominate(0, 0)
    place.nominate(1, 0, 1)
    page = address("nominations", place.call, f"?asked={place.asked[1].key}&state=waiting")
    assert [one["row"].person for one in officer.get(page).context["rows"]] == [place.people[1][1]]
    texts = texts_of(officer.get(officer.get(page).context["sheet"]))
    assert [text for text in texts if text.startswith("Nguyễn Văn")] == ["Nguyễn Văn B2"]


def test_the_office_accepts_those_chosen_into_the_class(place: Place, officer: Client) -> None:
    made = place.nominate(0, 0, 1)
    form = {"chosen": [row.key for row in made], "class": place.training_class.key}
    answer = officer.post(address("nominations", place.call), form, follow=True)
    assert "2 people are in class Q9-1 now." in answer.content.decode()
    assert Enrolment.objects.filter(training_class=place.training_class).count() == 2


def test_a_refusal_of_enrolling_stands_on_the_page(place: Place, officer: Client) -> None:
    made = place.nominate(0, 0)
    TrainingClass.objects.update(capacity=1)
    factories.enrolment(place.training_class)
    answer = officer.post(
        address("nominations", place.call), {"chosen": made[0].key, "class": place.training_class.key}
    )
    assert answer.status_code == 409
    assert "Cannot enrol Nguyễn Văn A1: class Q9-1 has no place left (1 of 1)." in main_of(answer)


def test_turning_down_is_told_to_the_unit_with_its_reason(place: Place, officer: Client, coordinator: Client) -> None:
    (made,) = place.nominate(0, 0)
    officer.post(address("turn_down", made), {"reason": "đã học khóa này"})
    said = main_of(coordinator.get(address("asked", place.asked[0])))
    assert f"turned down {timezone.localdate().day} " in said
    assert ": đã học khóa này" in said


def test_closing_says_what_will_be_and_can_be_undone(place: Place, officer: Client) -> None:
    place.nominate(0, 0, 1, 2)
    said = main_of(officer.get(address("close_call", place.call)))
    assert "2 people hold a place and were not accepted." in said
    assert "1 person on the waiting list does not move up any more." in said
    officer.post(address("close_call", place.call))
    assert Call.objects.get().closed_at is not None
    officer.post(address("reopen_call", place.call), {"due_on": place.today.isoformat()})
    assert Call.objects.get().closed_at is None


def test_the_list_comes_as_a_workbook(place: Place, officer: Client) -> None:
    place.nominate(0, 0, 1, 2)
    answer = officer.get(address("nominations_sheet", place.call, "?state=waiting"))
    texts = texts_of(answer)
    assert "DANH SÁCH CỬ HỌC VIÊN" in texts
    assert [text for text in texts if text.startswith("Nguyễn Văn")] == ["Nguyễn Văn A3"]
    assert "Dự bị (thứ 1)" in texts


# ---- the unit


def test_a_coordinator_sees_only_the_calls_and_nominations_of_their_unit(place: Place, coordinator: Client) -> None:
    (own,) = place.nominate(0, 0)
    (foreign,) = place.nominate(1, 0)
    listed = coordinator.get(reverse("training:asked_list"))
    assert [row.pk for row, _unit, _office in listed.context["rows"]] == [place.asked[0].pk]
    pages = [
        address("asked", place.asked[0]),
        address("asked", place.asked[1]),
        address("replace", own),
        address("replace", foreign),
        address("withdraw_nomination", foreign),
        address("call", place.call),
        address("nominations", place.call),
    ]
    assert [coordinator.get(page).status_code for page in pages] == [200, 404, 200, 404, 404, 404, 404]
    assert "Nguyễn Văn B1" not in coordinator.get(pages[0]).content.decode()


def test_the_desk_says_that_a_call_waits_until_it_is_answered(place: Place, coordinator: Client) -> None:
    assert "Your unit is asked for people: Cử học viên lớp Q9-1" in main_of(coordinator.get("/"))
    place.nominate(0, 0)
    assert "Your unit is asked for people:" not in main_of(coordinator.get("/"))


def test_several_are_nominated_at_once_and_told_who_waits(place: Place, coordinator: Client) -> None:
    form = {"chosen": [person.key for person in place.people[0]]}
    answer = coordinator.post(address("nominate", place.asked[0]), form, follow=True)
    said = answer.content.decode()
    assert "2 people have a place." in said
    assert "1 person is on the waiting list: no place is left for them now." in said
    assert "number 1 on the waiting list" in main_of(answer)


def test_people_of_another_unit_are_not_even_named(place: Place, coordinator: Client) -> None:
    answer = coordinator.post(address("nominate", place.asked[0]), {"chosen": place.people[1][0].key})
    assert answer.status_code == 409
    assert "Choose at least one person." in main_of(answer)
    assert "Nguyễn Văn B1" not in answer.content.decode()


def test_people_are_found_by_name_without_accents(place: Place, coordinator: Client) -> None:
    factories.person("Trần Thị Ưu", at=place.wards[0])
    answer = coordinator.get(address("nominate", place.asked[0], "?q=tran+thi+uu"))
    assert [row["person"].full_name for row in answer.context["rows"]] == ["Trần Thị Ưu"]


def test_what_speaks_against_someone_is_said_beside_the_name_and_once_more_before_it_counts(
    place: Place, coordinator: Client
) -> None:
    who = place.people[0][0]
    other = factories.training_class(place.programme, code="Q9-2")
    factories.meeting(other, timezone.now() + timedelta(days=32), hours=1)
    factories.enrolment(other, who)
    page = address("nominate", place.asked[0])
    assert "class Q9-2 within a week:" in main_of(coordinator.get(page))
    answer = coordinator.post(page, {"chosen": who.key})
    assert "Nominate them all the same?" in main_of(answer)
    assert "Nguyễn Văn A1: class Q9-2 within a week:" in main_of(answer)
    assert Nomination.objects.count() == 0
    coordinator.post(page, {"chosen": who.key, "sure": "1"})
    assert Nomination.objects.get().person == who


def test_replacing_and_taking_back_from_the_page(place: Place, coordinator: Client) -> None:
    first, second = place.nominate(0, 0, 1)
    coordinator.post(address("replace", first), {"chosen": place.people[0][2].key})
    coordinator.post(address("withdraw_nomination", second))
    rows = Nomination.objects.order_by("pk").values_list("person__full_name", "state", "place")
    assert list(rows) == [
        ("Nguyễn Văn A1", "replaced", None),
        ("Nguyễn Văn A2", "withdrawn", None),
        ("Nguyễn Văn A3", "placed", 1),
    ]


def test_a_unit_declines_with_a_reason_that_the_office_reads(
    place: Place, officer: Client, coordinator: Client
) -> None:
    assert coordinator.post(address("decline", place.asked[0]), {"reason": ""}).status_code == 422
    coordinator.post(address("decline", place.asked[0]), {"reason": "đang sắp xếp bộ máy"})
    said = main_of(officer.get(address("call", place.call, "?state=declined")))
    assert "Phường Hiệp Phú declined : đang sắp xếp bộ máy" in said


def test_a_late_answer_is_refused_on_the_page(place: Place, coordinator: Client) -> None:
    Call.objects.update(due_on=place.today - timedelta(days=1))
    answer = coordinator.post(address("nominate", place.asked[0]), {"chosen": place.people[0][0].key})
    assert answer.status_code == 409
    assert "Cannot nominate for «Cử học viên lớp Q9-1»: answers were due by" in main_of(answer)
    assert "The deadline is over." in main_of(coordinator.get(address("asked", place.asked[0])))


def test_the_unit_s_list_comes_under_its_own_name(place: Place, coordinator: Client) -> None:
    place.nominate(0, 0)
    place.nominate(1, 0)
    answer = coordinator.get(address("asked_sheet", place.asked[0]))
    texts = texts_of(answer)
    assert "PHƯỜNG HIỆP PHÚ" in [text.upper() for text in texts]
    assert [text for text in texts if text.startswith("Nguyễn Văn")] == ["Nguyễn Văn A1"]


# ---- the year ahead


def test_the_year_of_the_unit_opens_to_whom_it_counted(place: Place, coordinator: Client) -> None:
    place.nominate(0, 0)
    factories.enrolment(place.training_class, place.people[0][1])
    page = address("unit_year", place.wards[0])
    (week,) = coordinator.get(page).context["rows"]
    assert (week.people, week.nominated) == (1, 1)
    opened = coordinator.get(f"{page}?class={place.training_class.key}").context["rows"]
    assert opened == [(place.people[0][1], False), (place.people[0][0], True)]
    assert coordinator.get(f"{page}?show=calls").context["rows"] == [place.asked[0]]
    assert coordinator.get(address("unit_year", place.wards[1])).status_code == 404


def test_the_year_of_a_person_says_what_follows_less_than_a_week_later(place: Place, coordinator: Client) -> None:
    who = place.people[0][0]
    factories.enrolment(place.training_class, who)
    other = factories.training_class(place.programme, code="Q9-2")
    factories.meeting(other, timezone.now() + timedelta(days=32), hours=1)
    factories.enrolment(other, who)
    said = main_of(coordinator.get(address("person_year", who)))
    assert "1 meeting follows another class less than a week before." in said
    assert "less than a week after Q9-1 on" in said
    twice = coordinator.get(address("unit_year", place.wards[0], "?show=twice"))
    assert [one.person for one in twice.context["rows"]] == [who]
    assert coordinator.get(address("person_year", place.people[1][0])).status_code == 404


# ---- lists


def questions(client: Client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(connection) as asked:
        client.get(page)
    return len(asked)


def test_lists_ask_as_many_questions_for_three_as_for_one(place: Place, officer: Client, coordinator: Client) -> None:
    pages = {
        "call": (officer, address("call", place.call)),
        "nominations": (officer, address("nominations", place.call)),
        "asked": (coordinator, address("asked", place.asked[0])),
        "nominate": (coordinator, address("nominate", place.asked[0])),
        "asked_list": (coordinator, reverse("training:asked_list")),
        "unit_year": (coordinator, address("unit_year", place.wards[0])),
    }
    for number in range(3):
        other = factories.training_class(place.programme, code=f"Q9-{number + 2}")
        factories.meeting(other, timezone.now() + timedelta(days=31 + number), hours=1)
        place.people[0].append(factories.person(f"Nguyễn Văn C{number}", at=place.wards[0]))
        factories.enrolment(other, place.people[0][number])
        place.nominate(0, number)
        if number == 0:
            assert {name: questions(*page) for name, page in pages.items()} == QUESTIONS
    ask_units(by=BY, call=place.call, units=[factories.unit(under=place.wards[0]) for _ in "ab"], at=timezone.now())
    assert {name: questions(*page) for name, page in pages.items()} == QUESTIONS
