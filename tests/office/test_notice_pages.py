"""The pages of messages: what was sent, whom nothing reached, one's own choice, the words of a unit."""

import io
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from factories import person, unit, user
from office.told import row, send, sending, someone, tell

from lantoa.directory.models import Unit
from lantoa.office.models import Notice, Reach, Wording

pytestmark = pytest.mark.django_db
LIST = "/notices/"


@pytest.fixture(autouse=True)
def _mail(client: Client, settings: Any) -> None:
    client.cookies["django_language"] = "en"
    settings.MAIL = {"backend": "locmem"}
    settings.GATEWAYS = {}


@pytest.fixture
def officer(ward: Unit, client: Client) -> Client:
    client.force_login(user("programme_officer", on=ward))
    return client


def page(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


@pytest.fixture
def mixed(ward: Unit) -> list[Notice]:
    """One sent, two that reached nobody, one that waits."""
    found = [tell(someone(ward, full_name="Lê Văn Đến"), ward)]
    found += [tell(someone(ward, full_name=name, email=""), ward) for name in ("Trần Thị Không", "Bùi Văn Không")]
    send(sending(ward))
    return [*found, tell(someone(ward, full_name="Ngô Thị Chờ"), ward)]


def test_the_list_counts_and_every_number_opens_to_its_rows(officer: Client, mixed: list[Notice]) -> None:
    response = officer.get(LIST)
    numbers = {number["words"]: (number["count"], number["url"]) for number in response.context["numbers"]}
    assert {str(words): count for words, (count, _url) in numbers.items()} == {
        "waiting": 1,
        "sent": 1,
        "no way to reach them": 2,
        "reached nobody": 2,
    }
    for count, url in numbers.values():
        assert officer.get(LIST + url).context["page"].paginator.count == count


def test_a_filter_stands_in_the_address(officer: Client, mixed: list[Notice]) -> None:
    found = page(officer, f"{LIST}?state=unreached&q=tran+thi")
    assert "Trần Thị Không" in found
    assert "Bùi Văn Không" not in found


def test_the_list_asks_the_database_the_same_few_times_however_long(ward: Unit, officer: Client) -> None:
    asked = []
    for more in (1, 2):
        for _ in range(more):
            tell(someone(ward), ward)
        officer.get(LIST)
        with CaptureQueriesContext(connection) as queries:
            officer.get(LIST)
        asked.append(len(queries))
        notices = [
            query["sql"].count('FROM "office_notice"') for query in queries if '"office_notice"' in query["sql"]
        ]
        assert notices == [1, 1]  # the counts by state, of which the list takes its own, and a page of it
    assert asked[0] == asked[1]


def test_the_coordinator_of_a_persons_unit_sees_what_another_office_tells_them(client: Client) -> None:
    country = unit("Việt Nam", level="country")
    ward, office = unit(under=country), unit(under=country)
    client.force_login(user("unit_coordinator", on=ward))
    mine = tell(someone(ward, full_name="Của Tôi"), office)
    other = tell(someone(office, full_name="Của Họ"), office)
    found = page(client, LIST)
    assert ("Của Tôi" in found, "Của Họ" in found) == (True, False)
    assert client.get(reverse("office:notice", args=[mine.key])).status_code == 200
    assert client.get(reverse("office:notice", args=[other.key])).status_code == 404
    assert client.post(reverse("office:cancel_notice", args=[mine.key])).status_code == 404


def test_the_printed_list_is_of_those_who_were_not_reached(officer: Client, mixed: list[Notice]) -> None:
    response = officer.get("/notices/list.xlsx?state=unreached")
    assert response["Content-Disposition"].startswith('attachment; filename="People to be told in person')
    sheet = openpyxl.load_workbook(io.BytesIO(response.content)).active
    assert sheet is not None
    table = [[cell.value for cell in line] for line in sheet.iter_rows()]
    head = next(at for at, line in enumerate(table) if line[0] == "No.")
    assert table[head] == ["No.", "Full name", "Unit", "Telephone", "Message", "State", "Told on"]
    # in the order of Vietnamese names: by the given name, then by the family name
    assert [(line[1], line[5]) for line in table[head + 1 : head + 3]] == [
        ("Bùi Văn Không", "no way to reach them. no e-mail address and no telephone number known"),
        ("Trần Thị Không", "no way to reach them. no e-mail address and no telephone number known"),
    ]
    assert table[head + 1][4] == "Nhắc lịch học: lớp Q9-1, 06/10/2020 07:30, Hội trường A."


def test_when_nothing_is_configured_the_page_says_so(officer: Client, settings: Any) -> None:
    settings.MAIL = {}
    assert "Neither e-mail nor SMS nor Zalo is configured on this server" in page(officer, LIST)
    settings.GATEWAYS = {"sms": {"url": "https://gw.example.vn/"}}
    assert "Neither e-mail nor SMS" not in page(officer, LIST)


def test_one_message_shows_its_words_and_what_came_of_it(officer: Client, mixed: list[Notice]) -> None:
    found = page(officer, reverse("office:notice", args=[mixed[0].key]))
    assert "Kính gửi Lê Văn Đến," in found
    assert "a…@example.vn" in found
    assert "an@example.vn" not in found


def test_the_buttons_do_what_they_say(officer: Client, mixed: list[Notice]) -> None:
    sent, lost, _, waiting = mixed
    for act, notice in (
        ("send_notice_again", lost),
        ("cancel_notice", waiting),
        ("report_returned_notice", sent),
    ):
        assert officer.post(reverse(f"office:{act}", args=[notice.key])).status_code == 302
    assert [row(one).state for one in (lost, waiting, sent)] == ["waiting", "cancelled", "bounced"]


# ---- my own


def test_a_person_chooses_how_to_be_reached(ward: Unit, client: Client) -> None:
    who = person(at=ward, email="an@example.vn")
    client.force_login(user("learner", on=ward, is_person=who))
    assert "an@example.vn" in page(client, "/me/notices/")
    answer = client.post(
        "/me/notices/",
        {"channel": "zalo", "language": "en", "digest": "on", "quiet_from": "20:00", "quiet_until": "06:30"},
    )
    assert answer.status_code == 302
    kept = Reach.objects.get(person=who)
    assert (kept.channel, kept.language, kept.digest, f"{kept.quiet_until}") == ("zalo", "en", True, "06:30:00")


def test_a_wrong_choice_is_named(ward: Unit, client: Client) -> None:
    client.force_login(user("learner", on=ward, is_person=person(at=ward)))
    answer = client.post("/me/notices/", {"channel": "fax", "language": "en", "quiet_from": "x", "quiet_until": ""})
    assert answer.status_code == 422
    assert "The time must look like 21:00" in answer.content.decode()
    assert Reach.objects.count() == 0


def test_a_person_reads_what_they_were_told_and_nobody_elses(ward: Unit, client: Client) -> None:
    who = someone(ward)
    client.force_login(user("learner", on=ward, is_person=who))
    tell(who, ward)
    tell(someone(ward), ward)
    assert page(client, "/me/notices/").count("Nhắc lịch học lớp Q9-1: 06/10/2020 07:30") == 1


def test_an_account_of_nobody_is_told_why_there_is_nothing(ward: Unit, client: Client) -> None:
    client.force_login(user("programme_officer", on=ward))
    assert "This account belongs to no person" in page(client, "/me/notices/")


# ---- words


def wording(ward: Unit, language: str = "vi") -> str:
    return reverse("office:wording", args=[ward.key, "training.meeting_tomorrow", language])


POSTED = {"subject": "Lớp {class}", "body": "Chào {name}, {when}", "short": "Lớp {class} {when}"}


def test_seeing_a_wording_keeps_nothing(ward: Unit, officer: Client) -> None:
    answer = officer.post(wording(ward), {**POSTED, "see": "1"})
    assert answer.status_code == 200
    assert "Chào Nguyễn Thị An, 05/10/2020 07:30" in answer.content.decode()
    assert "1 SMS" in answer.content.decode()
    assert Wording.objects.count() == 0


def test_a_kept_wording_is_the_next_letters(ward: Unit, officer: Client) -> None:
    assert officer.post(wording(ward), POSTED).status_code == 302
    notice = tell(someone(ward), ward)
    send(sending(ward))
    assert row(notice).wording == Wording.objects.get(unit=ward)
    listed = reverse("office:wordings", args=[ward.key])
    assert ["Lớp {class}" in page(officer, f"{listed}?language={language}") for language in ("vi", "en")] == [
        True,
        False,
    ]


def test_a_wrong_place_is_refused_on_the_page(ward: Unit, officer: Client) -> None:
    answer = officer.post(wording(ward), {**POSTED, "body": "Phòng {room}"})
    assert answer.status_code == 422
    assert "there is no place {room}" in answer.content.decode()


def test_a_kind_or_language_that_is_none_is_not_found(ward: Unit, officer: Client) -> None:
    for template, language in (("x.y", "vi"), ("training.meeting_tomorrow", "fr")):
        assert officer.get(reverse("office:wording", args=[ward.key, template, language])).status_code == 404
