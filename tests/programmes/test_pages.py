"""Programmes are found, read, made and changed on pages, each by whoever may."""

from datetime import date
from typing import Any

import factories as make
import pytest
from django.test import Client
from django.urls import reverse

from lantoa.accounts.models import User
from lantoa.directory.models import Decision, Level, Role, Unit
from lantoa.ledger.models import Entry
from lantoa.programmes.models import Field, Partner, Programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Unit:
    return make.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE)


@pytest.fixture
def district(city: Unit) -> Unit:
    return make.unit("9", kind="Quận", level=Level.DISTRICT, under=city)


@pytest.fixture
def officer(city: Unit) -> User:
    return make.user(Role.PROGRAMME_OFFICER, on=city)


@pytest.fixture
def desk(officer: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(officer)
    return client


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


LIST = reverse("programmes:programmes")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_for_three(
    desk: Client, district: Unit, count: int, django_assert_num_queries: Any
) -> None:
    for _ in range(count):
        make.programme(district, decision=make.decision())
    with django_assert_num_queries(9):
        answer = desk.get(LIST)
    assert text_of(answer).count("Chuyển đổi số cho lãnh đạo") == count


def test_a_list_without_programmes_says_what_would_be_there(desk: Client) -> None:
    assert "No programme to show" in text_of(desk.get(LIST))


def test_programmes_of_strangers_are_not_shown(desk: Client) -> None:
    other = make.programme(make.unit("Hải Phòng", level=Level.PROVINCE), name="Của người khác")
    assert "Của người khác" not in text_of(desk.get(LIST))
    assert desk.get(reverse("programmes:programme", args=[other.key])).status_code == 404


def test_programmes_are_found_by_words_field_and_stage_on_a_day(desk: Client, district: Unit) -> None:
    old = make.programme(district, name="Chương trình cũ")
    old.fields.add(Field.objects.get(code="y-te"))
    make.programme(district, name="Chương trình sau", period=make.period_of(date(2026, 1, 1), date(2026, 3, 1)))
    asked = {
        "text=cũ": ["Chương trình cũ"],
        "field=y-te": ["Chương trình cũ"],
        "stage=running&on=2020-10-05": ["Chương trình cũ"],
        "stage=before&on=2020-10-05": ["Chương trình sau"],
        "stage=over&on=2025-06-01": ["Chương trình cũ"],
        "": ["Chương trình sau", "Chương trình cũ"],
    }
    found = {query: [row["programme"].name for row in desk.get(f"{LIST}?{query}").context["rows"]] for query in asked}
    assert found == asked


def test_a_programme_shows_its_mandate_and_its_parts(desk: Client, district: Unit) -> None:
    parent = make.programme(district, name="Chương trình của thành phố")
    one = make.programme(district, decision=make.decision("2393/QĐ-UBND"), parent=parent, audience="Lãnh đạo")
    Partner.objects.create(programme=one, position=1, name="Ngân hàng Thế giới", role="donor")
    text = text_of(desk.get(reverse("programmes:programme", args=[one.key])))
    for said in ("2393/QĐ-UBND", "Chương trình của thành phố", "Lãnh đạo", "Ngân hàng Thế giới", "Donor"):
        assert said in text
    assert "Quận 9, Thành phố Hồ Chí Minh" in text


def filled(**changes: str) -> dict[str, str]:
    return {
        "code": "quan-9-2020",
        "name": "Chuyển đổi số Quận 9",
        "unit": "quận 9, thành phố hồ chí minh",
        "first": "2020-10-01",
        "last": "31/12/2020",
        "audience": "",
        "fields_of_work": "y-te",
        "number": "2393/QĐ-UBND",
        "issued_on": "03/07/2020",
        "issuer": "UBND Thành phố",
        "title": "Phê duyệt",
    } | changes


def test_a_programme_is_made_by_form(desk: Client, district: Unit) -> None:
    answer = desk.post(reverse("programmes:new_programme"), filled())
    made = Programme.objects.get()
    assert answer.headers["Location"] == reverse("programmes:programme", args=[made.key])
    assert (made.unit, made.period.lower, made.period.upper) == (district, date(2020, 10, 1), date(2021, 1, 1))
    assert made.decision is not None and made.decision.issued_on == date(2020, 7, 3)
    assert [field.code for field in made.fields.all()] == ["y-te"]


@pytest.mark.parametrize(
    ("changes", "field", "said"),
    [
        ({"last": "30/09/2020"}, "last", "The last day is before the first day."),
        ({"unit": "Quận 10"}, "unit", "There was no unit Quận 10 on 01/10/2020."),
        ({"code": "quận 9"}, "code", "Use letters, digits, - . _ / and no spaces."),
        ({"issuer": ""}, "issuer", "A decision has a number, a date, an issuer and a title."),
    ],
)
def test_a_form_that_cannot_be_right_says_why(
    desk: Client, district: Unit, changes: dict[str, str], field: str, said: str
) -> None:
    answer = desk.post(reverse("programmes:new_programme"), filled(**changes))
    assert answer.context["form"].errors == {field: [said]}
    assert Programme.objects.count() == 0


def test_a_code_that_is_taken_is_refused(desk: Client, district: Unit) -> None:
    make.programme(district, code="quan-9-2020")
    answer = desk.post(reverse("programmes:new_programme"), filled())
    assert answer.context["form"].non_field_errors() == [
        "Cannot create programme quan-9-2020: a programme has this code already."
    ]


def test_a_programme_that_is_refused_leaves_no_decision_behind(desk: Client, district: Unit) -> None:
    make.programme(district, code="quan-9-2020")
    desk.post(reverse("programmes:new_programme"), filled())
    assert not Decision.objects.filter(number="2393/QĐ-UBND").exists()
    assert not Entry.objects.filter(act="programmes.enter_decision").exists()


def test_a_decision_that_is_known_keeps_its_title_and_the_officer_is_told(desk: Client, district: Unit) -> None:
    known = make.decision("2393/QĐ-UBND", date(2020, 7, 3), "UBND Thành phố")
    answer = desk.post(reverse("programmes:new_programme"), filled(), follow=True)
    known.refresh_from_db()
    assert (Programme.objects.get().decision, known.title) == (known, "Về việc thử")
    words = "Decision 2393/QĐ-UBND was entered before with the title “Về việc thử”, which stays."
    assert words in text_of(answer)


def test_a_programme_is_not_made_for_a_unit_of_others(desk: Client) -> None:
    make.unit("Hải Phòng", kind="Thành phố", level=Level.PROVINCE)
    answer = desk.post(reverse("programmes:new_programme"), filled(unit="Thành phố Hải Phòng"))
    assert answer.context["form"].errors == {"unit": ["You do not manage programmes of this unit."]}


def test_a_programme_is_changed_by_form(desk: Client, district: Unit) -> None:
    one = make.programme(district, code="quan-9-2020")
    desk.post(reverse("programmes:change_programme", args=[one.key]), filled(name="Tên mới", code="khac"))
    one.refresh_from_db()
    assert (one.name, one.code) == ("Tên mới", "quan-9-2020")


def test_partners_come_and_go(desk: Client, district: Unit) -> None:
    one = make.programme(district)
    desk.post(reverse("programmes:add_partner", args=[one.key]), {"name": "SECO", "role": "donor"})
    partner = one.partners.get()
    assert (partner.name, partner.role) == ("SECO", "donor")
    again = desk.post(reverse("programmes:add_partner", args=[one.key]), {"name": "SECO", "role": "donor"})
    assert again.status_code == 409
    assert (
        "Cannot add partner SECO: they are in programme Chuyển đổi số cho lãnh đạo in this role already."
        in text_of(again)
    )
    desk.post(reverse("programmes:remove_partner", args=[partner.key]))
    assert one.partners.count() == 0
