"""The privacy desk's pages: what was typed stays where it was refused, clocks are said as people count."""

from datetime import timedelta

import factories
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantoa.directory.models import Level, Person, Role, Unit
from lantoa.office.actions.privacy import answer_request, enter_purpose, enter_request, log_breach
from lantoa.office.models import Breach, Consent, DataRequest
from lantoa.office.queries.days import working_calendar
from lantoa.office.queries.privacy import standing
from lantoa.web.views_person_data import clock_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def country() -> Unit:
    return factories.unit("Việt Nam", kind="", level=Level.COUNTRY)


@pytest.fixture
def ward(country: Unit) -> Unit:
    return factories.unit("Long Bình", under=country)


@pytest.fixture
def person(ward: Unit) -> Person:
    return factories.person("Đỗ Thị Mai", at=ward)


@pytest.fixture
def desk(country: Unit) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(factories.user(Role.ADMINISTRATOR, on=country))
    return client


def asked(person: Person, ward: Unit, kind: str = "see") -> DataRequest:
    return enter_request(by=factories.BY, person=person, unit=ward, kind=kind, channel="page", at=timezone.now())


def test_a_refused_extension_shows_again_what_was_typed_and_why(desk: Client, person: Person, ward: Unit) -> None:
    made = asked(person, ward)
    address = reverse("web:act_on_request", args=[made.key])
    assert desk.post(address, {"act": "extend", "words": "Phải hỏi nhà cung cấp"}).status_code == 302

    again = desk.post(address, {"act": "extend", "words": "Còn chờ trả lời"})

    assert again.status_code == 422
    assert again.context["form"].errors == {"words": ["Cannot extend the request: it was extended once already."]}
    assert 'value="Còn chờ trả lời"' in again.content.decode()


def test_a_refusal_without_a_reason_is_said_beside_the_field(desk: Client, person: Person, ward: Unit) -> None:
    made = asked(person, ward)

    answer = desk.post(reverse("web:act_on_request", args=[made.key]), {"act": "refuse", "words": ""})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "words": ["Cannot refuse the request: say why, with the article of the law."]
    }


def test_a_late_notice_of_a_breach_without_its_reason_keeps_the_hour_that_was_typed(
    desk: Client, country: Unit
) -> None:
    now = timezone.now()
    made = log_breach(
        by=factories.BY, unit=country, title="Mất sổ", detected_at=now - timedelta(days=5), what="Để quên",
        data="Họ tên", at=now, must_report=True,
    )  # fmt: skip
    hour = timezone.localtime(now - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")

    answer = desk.post(
        reverse("web:act_on_breach", args=[made.key]), {"act": "report", "reported_at": hour, "late_reason": ""}
    )

    assert answer.status_code == 422
    until = timezone.localtime(made.detected_at + timedelta(hours=72))
    assert answer.context["form"].non_field_errors() == [
        "Cannot enter the notice of the breach without the reason why it is late: "
        f"72 hours ended on {until:%d/%m/%Y %H:%M}."
    ]
    assert f'value="{hour}"' in answer.content.decode()
    assert Breach.objects.get().reported_at is None


def test_a_consent_without_its_box_is_refused_on_the_same_page(country: Unit, ward: Unit) -> None:
    person = factories.person("Đỗ Thị Mai", at=ward)
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(factories.user(Role.LEARNER, on=ward, is_person=person))
    on = timezone.localdate()
    enter_purpose(
        by=factories.BY, code="bao-tin", ground="consent", basis="Điều 9", data="Điện thoại",
        titles=("Báo tin", "News"), texts=("Gửi tin.", "Send."), since=on, at=timezone.now(),
    )  # fmt: skip

    answer = client.post(reverse("web:consent"), {"act": "agree", "purpose": "bao-tin", "version": "1"}, follow=True)

    assert answer.redirect_chain == [(reverse("web:my_data"), 302)]
    assert [str(one) for one in answer.context["messages"]] == [
        "Cannot take the consent: the box “I agree” is not ticked."
    ]
    assert not Consent.objects.exists()


def test_days_left_count_today_and_the_last_day_says_today(person: Person, ward: Unit) -> None:
    made = asked(person, ward)
    answer_request(by=factories.BY, request=made, at=timezone.now())
    calendar = working_calendar()
    day = timezone.localdate()
    while not (calendar.works(day) and calendar.works(day - timedelta(days=1))):
        day += timedelta(days=1)
    DataRequest.objects.filter(pk=made.pk).update(due_on=day)
    made.refresh_from_db()

    found = [standing(made, on=day - timedelta(days=before)) for before in (1, 0, -1)]

    assert [(one.left, one.late) for one in found if one] == [(2, False), (1, False), (0, True)]


def test_what_is_due_today_is_said_so(person: Person, ward: Unit) -> None:
    made = asked(person, ward)
    today = timezone.localdate()
    DataRequest.objects.filter(pk=made.pk).update(reply_by=today)
    made.refresh_from_db()

    assert clock_of(standing(made, on=today), made) == (
        "wait",
        f"trả lời chậm nhất ngày {today:%d/%m/%Y} (hạn là hôm nay)",
    )


def test_an_address_that_only_takes_a_form_says_so_and_leads_back(desk: Client, person: Person) -> None:
    before = reverse("web:person_data", args=[person.key])

    answer = desk.get(
        reverse("web:restrict_person", args=[person.key]), headers={"Referer": f"http://testserver{before}"}
    )

    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    said = answer.content.decode()
    assert "It only takes what a button or a form sends. Nothing was changed." in said
    assert f'href="{before}"' in said
