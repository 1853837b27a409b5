"""Pages of classes and meetings: what they show, refuse in words, and how many questions they ask the database."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import factories
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from training.held import World, at, roll

from lantoa.directory.models import Person, Role
from lantoa.presence.models import Attendance
from lantoa.training.models import Assessment, Certificate, Enrolment, Meeting, Room, TrainingClass

# ---- one number of questions for one row and for three


@pytest.fixture
def small(db: None) -> TrainingClass:
    """A class of one with one meeting, held."""
    district = factories.unit("9", kind="Quận")
    programme = factories.programme(district)
    found = factories.training_class(programme, code="Q9-1", rule={"presence": {"at_least": 0.5}})
    Assessment.objects.create(training_class=found, code="bai", title="Bài", kind="assignment")
    grow(found, 1)
    return found


def grow(found: TrainingClass, size: int) -> None:
    """People from their own wards, meetings with lecturer and room, held."""
    for _ in range(size):
        ward = factories.unit(under=found.unit)
        row = factories.enrolment(found, factories.person(at=ward), unit=ward)
        day = at(5 + found.meetings.count(), 1)
        room = Room.objects.create(unit=found.unit, name=f"Phòng {day:%d}")
        meeting = factories.meeting(found, day, lecturer=factories.person(), room=room)
        roll(meeting, present=[enrolment.person for enrolment in found.enrolments.all()])
        row.completed_at = at(20)
        row.save(update_fields=["completed_at"])


PAGES: dict[str, tuple[Callable[[TrainingClass], str], int]] = {
    "programme": (lambda c: reverse("training:programme", args=[c.programme.key]), 14),
    "people": (lambda c: reverse("training:people", args=[c.programme.key]), 14),
    "meetings": (lambda c: reverse("training:meetings", args=[c.programme.key]), 10),
    "presence": (lambda c: reverse("training:presence", args=[c.programme.key]), 11),
    "class": (lambda c: reverse("training:class", args=[c.key]), 19),
    "marks": (lambda c: reverse("training:marks", args=[c.key]), 10),
    "meeting": (lambda c: reverse("training:meeting", args=[c.meetings.earliest("during").key]), 9),
    "roll_call": (lambda c: reverse("training:roll_call", args=[c.meetings.earliest("during").key]), 9),
    "papers": (lambda c: reverse("training:papers", args=[c.programme.key]), 7),
    "certificates": (lambda c: reverse("training:certificates", args=[c.programme.key]), 8),
    "import_roster": (lambda c: reverse("training:import_roster", args=[c.programme.key]), 6),
    "enrol": (lambda c: f"{reverse('training:enrol', args=[c.key])}?name=nguyen", 6),
    "home": (lambda c: reverse("web:home"), 13),
    "ledger": (lambda c: reverse("web:ledger"), 5),
}


@pytest.mark.parametrize("page", list(PAGES))
def test_a_list_asks_as_many_questions_for_three_rows_as_for_one(
    small: TrainingClass, client: Client, django_assert_num_queries: Callable[..., Any], page: str
) -> None:
    client.force_login(factories.user(Role.ADMINISTRATOR, on=small.unit))
    address, questions = PAGES[page]
    client.get(address(small))  # a session, the language
    with django_assert_num_queries(questions):
        assert client.get(address(small)).status_code == 200
    grow(small, 2)
    with django_assert_num_queries(questions):
        assert client.get(address(small)).status_code == 200


def test_the_learners_page_asks_as_many_questions_for_three_classes_as_for_one(
    small: TrainingClass, client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    row = small.enrolments.get()
    client.force_login(factories.user(Role.LEARNER, on=small.unit, is_person=row.person))
    client.get(reverse("training:me"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("training:me"))
    for number in (2, 3):
        other = factories.training_class(small.programme, code=f"Q9-{number}")
        factories.meeting(other, at(20 + number))
        factories.enrolment(other, row.person, unit=row.unit)
    with django_assert_num_queries(len(one)):
        client.get(reverse("training:me"))


def test_the_lecturers_page_asks_as_many_questions_for_three_meetings_as_for_one(
    small: TrainingClass, client: Client, django_assert_num_queries: Callable[..., Any]
) -> None:
    lecturer = factories.person()
    client.force_login(factories.user(Role.LECTURER, on=small.unit, is_person=lecturer))
    factories.meeting(small, at(20), lecturer=lecturer)
    client.get(reverse("training:teaching"))
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("training:teaching"))
    for day in (21, 22):
        factories.meeting(small, at(day), lecturer=lecturer)
    with django_assert_num_queries(len(one)):
        assert len(client.get(reverse("training:teaching")).context["late"]) == 3


# ---- planning


def test_a_class_is_added_on_the_page(world: World, officer: Client) -> None:
    course = world.classes[0].course
    address = reverse("training:new_class", args=[world.programme.key])
    officer.post(address, {"code": "Q9-4", "course": course.pk, "capacity": 40, "place": "Hội trường"})
    assert TrainingClass.objects.filter(code="Q9-4", programme=world.programme).exists()


def test_a_class_needs_a_place_or_an_address(world: World, officer: Client) -> None:
    course = world.classes[0].course
    address = reverse("training:new_class", args=[world.programme.key])
    answer = officer.post(address, {"code": "Q9-4", "course": course.pk, "capacity": 40})
    assert answer.status_code == 422
    assert answer.context["form"].errors["place"] == [
        "Say where the class is held, or give the address of the online class."
    ]


def test_a_clash_is_named_on_the_page(world: World, officer: Client) -> None:
    topic = world.classes[1].course.topics.get()
    address = reverse("training:new_meeting", args=[world.classes[1].key])
    answer = officer.post(address, {"topic": topic.pk, "day": "05/10/2020", "starts": "09:00", "ends": "10:00"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "Cannot plan a meeting of class Q9-2 at 09:00–10:00 05/10/2020: "
        "the class already meets at 08:00–11:00 05/10/2020."
    ]


def test_a_meeting_is_moved_on_the_page_from_what_it_was(world: World, officer: Client) -> None:
    meeting = world.meetings["Q9-3"][0]
    address = reverse("training:change_meeting", args=[meeting.key])
    initial = officer.get(address).context["form"].initial
    assert (str(initial["day"]), f"{initial['starts']:%H:%M}") == ("2020-10-28", "08:00")
    answer = officer.post(
        address, {"topic": meeting.topic_id, "day": "2020-10-29", "starts": "13:30", "ends": "16:30"}
    )
    meeting.refresh_from_db()
    assert answer.status_code == 302
    assert meeting.during.lower == at(29, 6, minute=30)


def test_calling_a_meeting_off_says_for_how_many(world: World, officer: Client) -> None:
    meeting = world.meetings["Q9-3"][0]
    address = reverse("training:cancel_meeting", args=[meeting.key])
    assert officer.get(address).context["consequences"][1] == "2 people lose this meeting."
    officer.post(address)
    assert not Meeting.objects.filter(pk=meeting.pk).exists()


def test_someone_is_enrolled_by_a_name_without_accents(world: World, officer: Client) -> None:
    somebody = factories.person("Đặng Thị Ánh", at=world.wards[0])
    address = reverse("training:enrol", args=[world.classes[2].key])
    assert list(officer.get(address, {"name": "dang thi anh"}).context["people"]) == [somebody]
    officer.post(address, {"person": somebody.key})
    assert Enrolment.objects.get(person=somebody).unit == world.wards[0]


def cells_of(page: str) -> list[list[str]]:
    """What the rows of a page's table say."""
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


def test_whoever_may_be_enrolled_is_shown_with_post_and_unit_as_of_the_day(world: World, officer: Client) -> None:
    for ward, title in zip(world.wards, ("Chủ tịch", "Chuyên viên"), strict=False):
        factories.person("Trần Bình", at=ward, title=title)
    address = reverse("training:enrol", args=[world.classes[2].key])
    answer = officer.get(address, {"name": "tran binh"})
    assert [row[:3] for row in cells_of(answer.content.decode())] == [
        ["Trần Bình", "Chủ tịch", "Phường Hiệp Phú"],
        ["Trần Bình", "Chuyên viên", "Phường Long Bình"],
    ]
    assert answer.context["more"] == 0


def test_when_more_are_found_than_shown_the_page_says_so(world: World, officer: Client) -> None:
    for number in range(12):
        factories.person(f"Trần {number:02}", at=world.wards[0])
    address = reverse("training:enrol", args=[world.classes[2].key])
    answer = officer.get(address, {"name": "tran"})
    assert len(answer.context["people"]) == 10
    assert "10 of 12 people found. Type more of the name to find fewer." in answer.content.decode()


def test_when_nobody_is_found_the_page_leads_to_where_people_are_added(world: World, officer: Client) -> None:
    found = world.classes[2]
    way = f'href="{reverse("directory:add_person", args=[found.unit.key])}"'
    address = reverse("training:enrol", args=[found.key])
    pages = [officer.get(address, {"name": name}).content.decode() for name in ("", "xyz", "nguoi")]
    assert [way in page for page in pages] == [False, True, False]


@pytest.mark.parametrize("size", [1, 3])
def test_the_people_found_cost_as_many_questions_for_three_as_for_one(
    world: World, officer: Client, django_assert_num_queries: Callable[..., Any], size: int
) -> None:
    for number in range(size):
        factories.person(f"Trần {number}", at=world.wards[number])
    address = reverse("training:enrol", args=[world.classes[2].key])
    officer.get(address)
    with django_assert_num_queries(10):
        assert len(officer.get(address, {"name": "tran"}).context["people"]) == size


def test_people_of_a_foreign_unit_are_neither_found_nor_enrolled(world: World, officer: Client) -> None:
    stranger = factories.person("Đặng Thị Ánh", at=factories.unit("Xa", kind="Tỉnh"))
    address = reverse("training:enrol", args=[world.classes[2].key])
    assert list(officer.get(address, {"name": "dang"}).context["people"]) == []
    assert officer.post(address, {"person": stranger.key}).status_code == 404


def test_taking_someone_out_needs_a_reason_on_the_page(world: World, officer: Client) -> None:
    row = world.enrolments["Q9-3"][0]
    address = reverse("training:withdraw", args=[row.key])
    assert officer.post(address, {"reason": "  "}).context["form"].errors == {"reason": ["Enter the reason"]}
    officer.post(address, {"reason": "chuyển công tác"})
    row.refresh_from_db()
    assert row.withdrawal_reason == "chuyển công tác"


def test_places_cannot_fall_below_those_taken_on_the_page(world: World, officer: Client) -> None:
    address = reverse("training:change_class", args=[world.classes[0].key])
    answer = officer.post(address, {"capacity": 1, "place": "Hội trường A"})
    assert answer.context["form"].non_field_errors() == [
        "Cannot set the places of class Q9-1 to 1: 4 people are enrolled."
    ]


# ---- what is next


@pytest.mark.parametrize(
    ("late", "words"),
    [(True, "2 meetings are over without a roll."), (False, "1 person has completed and has no certificate yet.")],
)
def test_the_programmes_page_says_the_one_next_thing(world: World, officer: Client, late: bool, words: str) -> None:
    if not late:
        for meeting in (*world.meetings["Q9-2"], *world.meetings["Q9-3"]):
            meeting.gathering.held = True
            meeting.gathering.save(update_fields=["held"])
    else:
        world.meetings["Q9-2"][1].gathering.held = True
        world.meetings["Q9-2"][1].gathering.save(update_fields=["held"])
    address = reverse("training:programme", args=[world.programme.key])
    assert officer.get(address).context["next"]["words"] == words


def test_a_programme_without_classes_begins_with_the_first(world: World, officer: Client) -> None:
    empty = factories.programme(world.district)
    page = officer.get(reverse("training:programme", args=[empty.key]))
    assert page.context["next"]["label"] == "Add a class"
    assert "<svg" not in page.content.decode().split("<main")[1].split('class="lt-empty')[0]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("page", ["programme", "people", "meetings", "presence"])
def test_every_page_of_the_programme_opens_in_both_languages(
    world: World, officer: Client, language: str, page: str
) -> None:
    officer.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    address = reverse(f"training:{page}", args=[world.programme.key])
    for query in ("", "?state=completed", "?class=Q9-1&state=held", "?on=1999-01-01", "?page=99"):
        assert officer.get(address + query).status_code == 200


# ---- the learner's page


def learner(world: World, row: Enrolment) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.force_login(factories.user(Role.LEARNER, on=world.district, is_person=row.person))
    return client


def test_a_learner_sees_what_is_missing_and_what_they_attended(world: World) -> None:
    page = learner(world, world.enrolments["Q9-1"][3]).get(reverse("training:me")).content.decode()
    assert "Present at 0 of 2 meetings; 50% is needed." in page
    assert "You attended 0 of 2 meetings held; 2 are planned." in page


def test_a_learner_takes_the_certificate_from_their_page(world: World) -> None:
    row = world.enrolments["Q9-1"][0]
    page = learner(world, row).get(reverse("training:me")).content.decode()
    assert reverse("training:certificate", args=[Certificate.objects.get(enrolment=row).key]) in page


def test_whoever_left_a_class_no_longer_sees_it(world: World) -> None:
    page = learner(world, world.enrolments["Q9-2"][2]).get(reverse("training:me"))
    assert page.context["classes"] == []


def test_the_field_for_the_code_stands_there_only_on_the_day_of_a_meeting(world: World) -> None:
    row = world.enrolments["Q9-3"][0]
    client = learner(world, row)
    assert client.get(reverse("training:me")).context["code_form"] is None
    meeting = factories.meeting(row.training_class, timezone.now())
    assert client.get(reverse("training:me")).context["code_form"] is not None
    line = {"at": timezone.now(), "by": "machine:test", "how": "code"}
    Attendance.objects.create(gathering=meeting.gathering, person=row.person, state="present", share=1, **line)
    assert client.get(reverse("training:me")).context["code_form"] is None


# ---- the lecturer's page


def test_a_lecturer_sees_the_day_that_was_asked_for(world: World) -> None:
    lecturer: Person = factories.person()
    Meeting.objects.filter(training_class__code="Q9-1").update(lecturer=lecturer)
    client = Client()
    client.force_login(factories.user(Role.LECTURER, on=world.district, is_person=lecturer))
    shown = client.get(reverse("training:teaching"), {"on": "2020-10-06"}).context["today"]
    assert [meeting.during.lower for meeting in shown] == [datetime(2020, 10, 6, 1, tzinfo=UTC)]
    assert date(2020, 10, 6) == timezone.localdate(shown[0].during.lower)
