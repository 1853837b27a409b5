"""The desk of each role, what leads where from it, the ledger, and ways in without a password."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import factories
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantoa.accounts.models import PersonalLink, User
from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Person, Post, Role, RoleGrant, Unit, period_of
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Machine
from lantoa.web import actions as act
from lantoa.web.acts import ACTS
from lantoa.web.queries import running_programmes

pytestmark = pytest.mark.django_db


@pytest.fixture
def district() -> Unit:
    return factories.unit("9", kind="Quận", level=Level.DISTRICT)


def browser(user: User | None) -> Client:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    if user:
        client.force_login(user)
    return client


def doors(client: Client) -> list[str]:
    """The navigation, as labels."""
    return [str(link["label"]) for link in client.get(reverse("web:home")).context["navigation"]]


OFFICERS = [
    "Leader's page",
    "Programmes",
    "Targets",
    "Inventory",
    "Workshops",
    "Pilots",
    "Readiness",
    "Question banks",
    "Exams",
    "Units",
    "Documents",
    "Imports",
    "Messages",
    "Take data away",
]


@pytest.mark.parametrize(
    ("role", "labels"),
    [
        (
            Role.ADMINISTRATOR,
            [
                *OFFICERS[:-1],
                "Personal data",
                "Take data away",
                "Ledger",
                "Other systems",
            ],
        ),
        (Role.PROGRAMME_OFFICER, OFFICERS),
        (
            Role.UNIT_COORDINATOR,
            [
                "Leader's page",
                "Programmes",
                "Targets",
                "Figures to report",
                "Inventory",
                "Workshops",
                "Pilots",
                "Readiness",
                "Units",
                "Imports",
                "Messages",
            ],
        ),
        (Role.LECTURER, ["My meetings", "Units"]),
        (Role.SITE_OPERATOR, ["Workshops", "Exam rooms", "Units"]),
        (Role.LEARNER, ["My learning", "Units"]),
        (
            Role.AUDITOR,
            [
                "Leader's page",
                "Programmes",
                "Targets",
                "Inventory",
                "Workshops",
                "Pilots",
                "Readiness",
                "Question banks",
                "Units",
                "Personal data",
                "Ledger",
            ],
        ),
    ],
)
def test_each_role_finds_the_doors_it_needs(district: Unit, role: str, labels: list[str]) -> None:
    assert doors(browser(factories.user(role, on=district))) == labels


def test_an_officer_who_teaches_finds_their_meetings(district: Unit) -> None:
    officer = factories.person()
    client = browser(factories.user(Role.PROGRAMME_OFFICER, on=district, is_person=officer))
    factories.meeting(factories.training_class(), lecturer=officer)
    assert doors(client) == [*OFFICERS[:4], "My meetings", *OFFICERS[4:]]


def test_whoever_is_not_signed_in_is_asked_to() -> None:
    answer = browser(None).get(reverse("web:home"))
    assert answer.headers["Location"] == f"{reverse('accounts:sign_in')}?next=/"


def test_an_account_without_a_task_is_told_so(district: Unit) -> None:
    page = browser(factories.user()).get(reverse("web:home"))
    assert "Nothing waits for you" in page.content.decode()


def test_the_desk_of_a_site_operator_leads_to_their_sites_and_rooms(district: Unit) -> None:
    page = browser(factories.user(Role.SITE_OPERATOR, on=district)).get(reverse("web:home")).content.decode()
    main = page.partition("<main")[2]
    assert reverse("workshops:workshops") in main
    assert reverse("exams:my_rooms") in main
    assert "Nothing waits for you" not in page


def test_the_desk_shows_the_meeting_that_runs_now(district: Unit) -> None:
    lecturer = factories.person()
    client = browser(factories.user(Role.LECTURER, on=district, is_person=lecturer))
    now = timezone.now()
    meeting = factories.meeting(factories.training_class(), now - timedelta(minutes=5), lecturer=lecturer)
    page = client.get(reverse("web:home")).content.decode()
    assert ("You teach now:" in page, reverse("training:meeting", args=[meeting.key]) in page) == (True, True)


def test_a_meeting_of_today_is_late_only_when_it_is_over(district: Unit) -> None:
    now = timezone.now()
    programme = factories.programme(district, period=period_of(date(2020, 1, 1), date(2100, 1, 1)))
    factories.meeting(factories.training_class(programme), now - timedelta(hours=1), hours=2)
    late = [running_programmes(Unit.objects.all(), now=at).get().late for at in (now, now + timedelta(hours=2))]  # type: ignore[attr-defined]
    assert late == [0, 1]


def test_the_desk_counts_each_programme(district: Unit) -> None:
    programme = factories.programme(district)
    found = factories.training_class(programme)
    factories.meeting(found)
    factories.enrolment(found)
    factories.enrolment(found, completed_at=timezone.now())
    factories.enrolment(found, withdrawn_at=timezone.now())
    row = running_programmes(Unit.objects.all(), now=timezone.now()).get()
    assert (row.people, row.completed, row.meetings, row.held, row.late) == (2, 1, 1, 0, 1)  # type: ignore[attr-defined]


def test_programmes_of_foreign_units_are_not_on_the_desk(district: Unit) -> None:
    factories.programme(factories.unit("Xa", kind="Tỉnh"), name="Của người khác")
    page = browser(factories.user(Role.PROGRAMME_OFFICER, on=district)).get(reverse("web:home"))
    assert page.context["programmes"] == []
    assert "No programme yet" in page.content.decode()


def test_a_coordinator_finds_the_people_of_their_unit_and_is_not_told_to_load_files(district: Unit) -> None:
    page = browser(factories.user(Role.UNIT_COORDINATOR, on=district)).get(reverse("web:home"))
    assert page.context["doors"] == [
        {"url": reverse("web:leader", args=[district.key]), "label": "Leader's page of Quận 9"},
        {"url": reverse("directory:people", args=[district.key]), "label": "People of Quận 9"},
        {"url": reverse("training:unit", args=[district.key]), "label": "Training of the people of Quận 9"},
        {"url": reverse("training:unit_year", args=[district.key]), "label": "The year ahead of Quận 9"},
        {
            "url": reverse("training:follow_up", args=[district.key]),
            "label": "Superiors to be asked about learners of Quận 9",
        },
        {"url": reverse("training:asked_list"), "label": "Calls for nominations"},
        {"url": reverse("directory:units"), "label": "People and units"},
        {"url": reverse("directory:transfers"), "label": "Transfers between units"},
        {"url": reverse("directory:duplicates"), "label": "People recorded twice"},
        {"url": reverse("office:days"), "label": "Working days"},
    ]
    assert (
        "Programmes of your unit will stand here." in page.content.decode(),
        "programme file" in page.content.decode(),
    ) == (True, False)


def test_anyone_finds_where_a_certificate_is_verified() -> None:
    page = browser(None).get(reverse("accounts:sign_in")).content.decode()
    assert f'<a href="{reverse("training:verify")}">Verify a certificate</a>' in page


# ---- the ledger


def test_every_act_of_the_house_is_said_in_words() -> None:
    sources = (path.read_text(encoding="utf-8") for path in (settings.BASE_DIR / "lantoa").rglob("*.py"))
    acts = {act for text in sources for act in re.findall(r'\bact="([a-z_.]+)"', text)}
    assert sorted(acts - set(ACTS)) == []


@pytest.fixture
def auditor(district: Unit) -> Client:
    country = factories.unit("Việt Nam", kind="Nước", level=Level.COUNTRY)
    return browser(factories.user(Role.AUDITOR, on=country))


def test_the_ledger_names_people_and_keeps_keys_in_addresses(auditor: Client, district: Unit) -> None:
    user = factories.user(Role.LECTURER, on=district, full_name="Trần Giảng")
    record(by=user, act="test.did", thing="test:1")
    page = auditor.get(reverse("web:ledger"), {"thing": "test:1"}).content.decode()
    assert (">Trần Giảng</a>" in page, f"?actor=user%3A{user.key}" in page or f"?actor=user:{user.key}" in page) == (
        True,
        True,
    )


@pytest.mark.parametrize("typed", ["trần giảng", "Giảng", "{user.username}"])
def test_the_ledger_is_narrowed_by_a_name_as_people_type_it(auditor: Client, district: Unit, typed: str) -> None:
    user = factories.user(Role.LECTURER, on=district, full_name="Trần Giảng")
    record(by=user, act="test.hers", thing="test:1")
    record(by=Machine("other"), act="test.not_hers", thing="test:2")
    rows = auditor.get(reverse("web:ledger"), {"actor": typed.format(user=user)}).context["rows"]
    assert [row["line"].act for row in rows] == ["test.hers"]


@pytest.mark.parametrize(("query", "acts"), [("thing=test:1", ["test.one"]), ("actor=machine:other", ["test.two"])])
def test_the_ledger_is_narrowed(auditor: Client, query: str, acts: list[str]) -> None:
    record(by=factories.BY, act="test.one", thing="test:1")
    record(by=Machine("other"), act="test.two", thing="test:2")
    assert [row["line"].act for row in auditor.get(f"{reverse('web:ledger')}?{query}").context["rows"]] == acts


def test_the_ledger_asks_as_many_questions_for_three_lines_as_for_one(
    auditor: Client, district: Unit, django_assert_num_queries: Callable[..., Any]
) -> None:
    for people in (1, 2):
        for _ in range(people):
            record(by=factories.user(Role.LECTURER, on=district), act="test.did", thing="test:1")
        auditor.get(reverse("web:ledger"))
        with django_assert_num_queries(6):
            auditor.get(reverse("web:ledger"))


def test_a_page_of_the_ledger_that_is_none_is_not_found(auditor: Client) -> None:
    assert auditor.get(f"{reverse('web:ledger')}?before=x").status_code == 404


# ---- ways in


@pytest.fixture
def learner(district: Unit) -> Person:
    return factories.person("Nguyễn An", at=factories.unit("Hiệp Phú", under=district))


@pytest.fixture
def coordinator(district: Unit) -> Client:
    return browser(factories.user(Role.UNIT_COORDINATOR, on=district))


def test_the_first_link_makes_the_account_and_the_role(coordinator: Client, learner: Person) -> None:
    page = coordinator.post(reverse("web:way_in", args=[learner.key]), {"kind": "link"})
    learner.refresh_from_db()
    assert learner.user
    assert RoleGrant.objects.get(user=learner.user).role == Role.LEARNER
    assert page.headers["Cache-Control"] == "no-store"
    phone = browser(None)
    assert phone.post(page.context["shown"]["address"]).status_code == 302
    assert phone.get(reverse("training:me")).status_code == 200


def test_a_new_link_makes_the_one_before_worthless(coordinator: Client, learner: Person) -> None:
    address = reverse("web:way_in", args=[learner.key])
    first, second = (coordinator.post(address, {"kind": "link"}).context["shown"]["address"] for _ in range(2))
    assert [browser(None).post(place).status_code for place in (first, second)] == [404, 302]


def test_revoking_ends_every_way_in(coordinator: Client, learner: Person) -> None:
    address = reverse("web:way_in", args=[learner.key])
    place = coordinator.post(address, {"kind": "link"}).context["shown"]["address"]
    answer = coordinator.post(address, {"kind": "revoke"}, follow=True)
    assert [str(message) for message in answer.context["messages"]] == ["1 link or card no longer works."]
    assert browser(None).post(place).status_code == 404


def test_people_of_a_foreign_unit_get_no_way_in(coordinator: Client) -> None:
    stranger = factories.person(at=factories.unit("Xa", kind="Tỉnh"))
    assert coordinator.post(reverse("web:way_in", args=[stranger.key]), {"kind": "link"}).status_code == 404
    assert not PersonalLink.objects.exists()


def test_a_unit_left_long_ago_makes_no_way_in(coordinator: Client, learner: Person) -> None:
    learner.posts.update(period=period_of(date(2000, 1, 1), date(2020, 1, 1)))
    elsewhere = factories.unit("Xa")
    Post.objects.create(person=learner, unit=elsewhere, period=period_of(date(2020, 1, 1), None), source="test:1")
    assert coordinator.post(reverse("web:way_in", args=[learner.key]), {"kind": "link"}).status_code == 404
    assert not PersonalLink.objects.exists()


def test_nobody_makes_a_way_in_that_opens_more_than_they_may(
    coordinator: Client, learner: Person, district: Unit
) -> None:
    factories.user(Role.ADMINISTRATOR, on=district, is_person=learner, full_name="Trần Quản Trị")
    answer = coordinator.post(reverse("web:way_in", args=[learner.key]), {"kind": "link"})
    assert answer.status_code == 409
    assert answer.context["reason"] == (
        "Cannot make a link or card for Trần Quản Trị: their account may do more than yours. "
        "They sign in with their password."
    )
    assert not PersonalLink.objects.exists()


def test_cards_of_a_class_say_what_will_happen_then_show_each_code_once(coordinator: Client, learner: Person) -> None:
    unit = learner.posts.get().unit
    found = factories.training_class(factories.programme(unit))
    factories.enrolment(found, learner, unit=unit)
    address = reverse("web:cards", args=[found.key])
    assert coordinator.get(address).context["consequences"] == [
        "1 person gets a card.",
        "Cards printed for them before stop working.",
    ]
    page = coordinator.post(address)
    ((_person, shown),) = page.context["printed"]
    assert shown["code"] in page.content.decode()
    assert shown["code"] not in coordinator.get(address).content.decode()


def test_an_empty_class_gets_no_cards() -> None:
    with pytest.raises(Refused) as refused:
        act.print_cards(
            by=factories.BY, people=[], kind=PersonalLink.Kind.CARD, at=timezone.now(), on=timezone.localdate()
        )
    assert str(refused.value) == "Cannot print cards: nobody is enrolled in this class."
