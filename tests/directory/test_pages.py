"""The pages of units, people and roles: what they say, who may open them, how much they ask of the database."""

from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.utils import translation
from factories import decision, person, place, unit, user
from openpyxl import load_workbook

from lantoa.accounts.models import User
from lantoa.directory.models import Level, Person, Post, RoleGrant, Snapshot, Unit, period_of

pytestmark = pytest.mark.django_db

BEFORE, DAY = date(2019, 5, 1), date(2020, 10, 5)


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def city() -> Unit:
    country = unit("Việt Nam", kind="Nước", level=Level.COUNTRY)
    return unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE, under=country, code="79")


def browser(account: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(account)
    return client


def text(client: Client, url: str, **query: str) -> str:
    answer = client.get(url, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_unit_that_was_not_founded_yet_says_so(city: Unit) -> None:
    thu_duc = Unit.objects.create()
    made = place(thu_duc, "Thủ Đức", under=city, kind="Thành phố", level=Level.DISTRICT, since=date(2021, 1, 1))
    page = text(browser(user()), f"/units/{thu_duc.key}/", on="2020-10-05")
    assert "Thành phố Thủ Đức did not exist yet on 5 October 2020" in page
    assert f"Thành phố Thủ Đức was founded on 1 January 2021 by {made.decision.number}." in page  # type: ignore[union-attr]


def test_a_unit_that_has_ended_says_so(city: Unit) -> None:
    district = Unit.objects.create()
    stage = place(district, "9", under=city, kind="Quận", level=Level.DISTRICT, until=date(2021, 1, 1))
    stage.ended_by = decision("1111/NQ-UBTVQH14")
    stage.save()
    page = text(browser(user()), f"/units/{district.key}/", on="2021-02-01")
    assert "Quận 9 no longer exists on 1 February 2021" in page
    assert "It ended on 1 January 2021 by 1111/NQ-UBTVQH14." in page


def test_a_day_of_which_nothing_is_known_says_so(city: Unit) -> None:
    district = unit("9", under=city, kind="Quận", level=Level.DISTRICT, since=date(2020, 1, 1), until=DAY)
    page = text(browser(user()), f"/units/{district.key}/", on="2022-01-01")
    assert "What Quận 9 was on 1 January 2022 is not known" in page
    assert "No list and no decision in the directory says anything about that day." in page


def test_an_empty_directory_teaches_how_it_is_filled() -> None:
    assert "Nothing is known of this day" in text(browser(user()), "/units/")


def test_a_list_that_may_have_gaps_says_so(city: Unit) -> None:
    unit("9", under=city, kind="Quận", level=Level.DISTRICT)
    page = text(browser(user()), f"/units/{city.key}/", on="2020-10-05")
    assert "For this day the list may have gaps: only what is shown here is known." in page


def test_units_are_found_by_the_search_of_the_page(city: Unit) -> None:
    unit("Phước Long A", under=city)
    client = browser(user())
    page = text(client, "/units/", q="phuoc long a", on="2020-10-05")
    assert ("Phường Phước Long A" in page, "1 unit found" in page) == (True, True)
    assert "No unit is called so" in text(client, "/units/", q="nowhere")


def test_the_search_says_of_each_unit_whether_it_stood_or_nothing_is_known(city: Unit) -> None:
    known = unit("9", under=city, kind="Quận", level=Level.DISTRICT, since=date(2020, 1, 1), until=date(2022, 1, 1))
    official = Snapshot.objects.create(
        slug="list", title="Danh mục", as_of=date(2020, 1, 1), publisher="x", licence="x"
    )
    known.placements.update(decision=None, snapshot=official)  # known from that day on; no decision founded it
    founded = Unit.objects.create()
    place(founded, "9", under=city, kind="Thị trấn", since=date(2020, 1, 1), until=date(2022, 1, 1))
    founded.placements.update(ended_by=decision())
    place(known, "Chín Mới", under=city, kind="Quận", level=Level.DISTRICT, since=date(2023, 1, 1))
    client = browser(user())

    def said(on: str) -> dict[str, str]:
        rows = client.get("/units/", {"q": "9", "on": on}).context["rows"]
        return {row["name"]: row["state"] for row in rows}

    assert said("2015-01-01") == {"Quận 9": "not_known", "Thị trấn 9": "not_yet"}
    assert said("2020-10-05") == {"Quận 9": "stands", "Thị trấn 9": "stands"}
    assert said("2022-10-05") == {"Quận 9": "not_known", "Thị trấn 9": "ended"}
    assert said("2023-10-05") == {"Quận 9": "stands", "Thị trấn 9": "ended"}  # under another name
    page = text(client, "/units/", q="quan 9", on="2015-01-01")
    assert ("nothing is known" in page, "does not stand" in page) == (True, False)


def test_a_day_that_is_none_is_404(city: Unit) -> None:
    assert browser(user()).get(f"/units/{city.key}/", {"on": "yesterday"}).status_code == 404


def test_who_is_not_signed_in_is_asked_to(city: Unit) -> None:
    assert Client().get(f"/units/{city.key}/").status_code == 302


@pytest.fixture
def ward_and_stranger(city: Unit) -> tuple[Unit, Person, User, User]:
    ward, other = unit("Phước Long A", under=city), unit("Long Bình", under=city)
    someone = person("Nguyễn Thị Hường", at=ward, phone="0903111222")
    return ward, someone, user("unit_coordinator", on=ward), user("unit_coordinator", on=other)


def test_strangers_find_none_of_a_units_people(ward_and_stranger: tuple[Unit, Person, User, User]) -> None:
    ward, someone, own, stranger = ward_and_stranger
    post = someone.posts.get()
    pages = [
        f"/units/{ward.key}/people/",
        f"/units/{ward.key}/people.xlsx",
        f"/units/{ward.key}/people/add/",
        f"/people/{someone.key}/",
        f"/people/{someone.key}/correct/",
        f"/people/{someone.key}/posts/add/",
        f"/posts/{post.key}/end/",
    ]
    assert [browser(own).get(page).status_code for page in pages] == [200] * 7
    for account in (stranger, user(), user("learner", on=ward), user("lecturer", on=ward)):
        assert [browser(account).get(page).status_code for page in pages] == [404] * 7


def test_an_auditor_reads_people_and_changes_none(ward_and_stranger: tuple[Unit, Person, User, User]) -> None:
    ward, someone, _own, _stranger = ward_and_stranger
    client = browser(user("auditor", on=ward))
    assert [
        client.get(f"/units/{ward.key}/people/").status_code,
        client.get(f"/people/{someone.key}/").status_code,
        client.post(f"/people/{someone.key}/correct/", {"full_name": "X"}).status_code,
    ] == [200, 200, 404]
    assert "Correct" not in text(client, f"/people/{someone.key}/")


def test_who_moved_away_is_looked_after_by_the_new_unit(city: Unit) -> None:
    old, new = unit(under=city), unit(under=city)
    someone = person(at=new)
    Post.objects.create(person=someone, unit=old, period=period_of(date(2000, 1, 1), DAY), source="test:1")
    accounts = [user("unit_coordinator", on=place) for place in (old, new)]
    assert [browser(account).get(f"/people/{someone.key}/").status_code for account in accounts] == [404, 200]


def test_somebody_without_a_post_is_seen_from_the_country_only(city: Unit) -> None:
    someone = person()
    country = city.placements.get().parent
    assert country is not None
    accounts = [user("administrator", on=place) for place in (city, country)]
    assert [browser(account).get(f"/people/{someone.key}/").status_code for account in accounts] == [404, 200]


def test_only_who_gives_roles_sees_them(city: Unit) -> None:
    ward = unit(under=city)
    administrator, officer = user("administrator", on=city), user("programme_officer", on=city)
    grant = RoleGrant.objects.get(user=officer)
    for account, status in ((administrator, 200), (officer, 404)):
        client = browser(account)
        assert client.get(f"/units/{ward.key}/roles/").status_code == status
        assert client.get(f"/roles/{grant.key}/take-back/").status_code == status


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_unit_asks_the_same_for_one_and_for_three(
    city: Unit, count: int, django_assert_num_queries: object
) -> None:
    for _number in range(count):
        unit(under=city)
    client = browser(user("administrator", on=city))
    with django_assert_num_queries(UNIT_QUERIES):  # type: ignore[operator]
        client.get(f"/units/{city.key}/")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("query", [{"q": "phuoc"}, {}])
def test_the_list_of_units_asks_the_same_for_one_and_for_three(
    city: Unit, count: int, query: dict[str, str], django_assert_num_queries: object
) -> None:
    for number in range(count):
        unit(f"Phước {number}", under=city)
        unit(f"Tỉnh {number}", under=city.placements.get().parent, level=Level.PROVINCE, kind="Tỉnh")
    client = browser(user())
    with django_assert_num_queries(SEARCH_QUERIES if query else TOP_QUERIES):  # type: ignore[operator]
        client.get("/units/", query)


@pytest.mark.parametrize("count", [1, 3])
def test_a_search_on_a_day_without_them_asks_the_same_for_one_and_for_three(
    city: Unit, count: int, django_assert_num_queries: object
) -> None:
    for number in range(count):
        unit(f"Phước {number}", under=city, until=DAY)
    client = browser(user())
    with django_assert_num_queries(SEARCH_QUERIES + 2):  # type: ignore[operator]
        client.get("/units/", {"q": "phuoc", "on": "2022-01-01"})


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_under_a_unit_asks_the_same_for_one_and_for_three(
    city: Unit, count: int, django_assert_num_queries: object
) -> None:
    for _number in range(count):
        unit(under=city)
    client = browser(user())
    with django_assert_num_queries(UNDER_QUERIES):  # type: ignore[operator]
        client.get(f"/units/{city.key}/under/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_people_asks_the_same_for_one_and_for_three(
    city: Unit, count: int, django_assert_num_queries: object
) -> None:
    for _number in range(count):
        person(at=unit(under=city))
    client = browser(user("administrator", on=city))
    with django_assert_num_queries(PEOPLE_QUERIES):  # type: ignore[operator]
        client.get(f"/units/{city.key}/people/")


@pytest.mark.parametrize("count", [1, 3])
def test_a_persons_page_asks_the_same_for_one_and_for_three_posts(
    city: Unit, count: int, django_assert_num_queries: object
) -> None:
    someone = person()
    for _number in range(count):
        Post.objects.create(person=someone, unit=unit(under=city), period=period_of(BEFORE, None), source="test:1")
    client = browser(user("administrator", on=city))
    with django_assert_num_queries(PERSON_QUERIES):  # type: ignore[operator]
        client.get(f"/people/{someone.key}/")


@pytest.mark.parametrize("count", [1, 3])
def test_the_roles_of_a_unit_ask_the_same_for_one_and_for_three(
    city: Unit, count: int, django_assert_num_queries: object
) -> None:
    client = browser(user("administrator", on=city))
    for _number in range(count - 1):
        user("auditor", on=city)
    with django_assert_num_queries(ROLES_QUERIES):  # type: ignore[operator]
        client.get(f"/units/{city.key}/roles/")


SEARCH_QUERIES, TOP_QUERIES = 5, 6
UNIT_QUERIES, UNDER_QUERIES, PEOPLE_QUERIES, PERSON_QUERIES, ROLES_QUERIES = 13, 9, 13, 18, 8


def test_a_person_is_added_on_the_page(city: Unit) -> None:
    ward = unit("Phước Long A", under=city)
    client = browser(user("unit_coordinator", on=ward))
    answer = client.post(
        f"/units/{ward.key}/people/add/",
        {"full_name": "Trần  Văn Bình", "birth_year": "1985", "post_title": "Công chức", "since": "2020-10-05"},
    )
    made = Person.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/people/{made.key}/")
    assert (made.full_name, made.posts.get().unit) == ("Trần Văn Bình", ward)


def test_somebody_who_may_be_known_is_shown_before_a_second_one_is_added(city: Unit) -> None:
    ward = unit("Phước Long A", under=city)
    known = person("Trần Văn Bình", at=ward, birth_year=1985)
    client = browser(user("unit_coordinator", on=ward))
    typed = {"full_name": "Trần Văn Bình", "birth_year": "1985", "since": "2020-10-05"}
    page = client.post(f"/units/{ward.key}/people/add/", typed).content.decode()
    assert ("Is it one of these?" in page, known.key in page, Person.objects.count()) == (True, True, 1)
    client.post(f"/units/{ward.key}/people/add/", {**typed, "although_known": "on"})
    assert Person.objects.count() == 2


def test_a_person_of_another_unit_is_not_given_away_by_the_question(city: Unit) -> None:
    ward, other = unit("Phước Long A", under=city), unit("Long Bình", under=city)
    person("Trần Văn Bình", at=other, birth_year=1985)
    client = browser(user("unit_coordinator", on=ward))
    client.post(
        f"/units/{ward.key}/people/add/",
        {"full_name": "Trần Văn Bình", "birth_year": "1985", "since": "2020-10-05"},
    )
    assert Person.objects.count() == 2


def test_wrong_words_come_back_with_their_reasons(city: Unit) -> None:
    ward = unit("Phước Long A", under=city)
    page = (
        browser(user("unit_coordinator", on=ward))
        .post(
            f"/units/{ward.key}/people/add/",
            {"full_name": "", "birth_day": "30", "birth_month": "2", "birth_year": "1985", "phone": "x", "since": ""},
        )
        .content.decode()
    )
    for words in (
        "Enter the person&#x27;s full name",
        "There is no such birth date: 30/2/1985.",
        "x is not a telephone number.",
        "Enter the day since which the person has this post",
    ):
        assert words in page


def test_a_post_is_entered_by_the_units_name(city: Unit) -> None:
    district = unit("9", under=city, kind="Quận", level=Level.DISTRICT)
    one, two = unit("Phước Long A", under=district), unit("Phước Long B", under=district)
    someone = person("Trần Văn Bình", at=one)
    client = browser(user("unit_coordinator", on=district))
    url = f"/people/{someone.key}/posts/add/"
    client.post(url, {"unit": "P. Phước Long B, Q9", "title": "Phó Chủ tịch", "since": "2020-10-05"})
    assert someone.posts.get(unit=two).title == "Phó Chủ tịch"
    page = client.post(url, {"unit": "Long Bình", "since": "2020-10-05"}).content.decode()
    assert "No single unit of yours of that day is called so" in page


def test_a_post_is_not_entered_in_a_strange_unit(city: Unit) -> None:
    ward = unit("Phước Long A", under=city)
    unit("Long Bình", under=city)
    someone = person("Trần Văn Bình", at=ward)
    client = browser(user("unit_coordinator", on=ward))
    client.post(f"/people/{someone.key}/posts/add/", {"unit": "Phường Long Bình", "since": "2020-10-05"})
    assert someone.posts.count() == 1


def test_a_post_in_a_strange_unit_is_not_ended(city: Unit) -> None:
    ward, strange = unit("Phước Long A", under=city), unit("Long Bình", under=city)
    someone = person("Trần Văn Bình", at=ward)
    post = Post.objects.create(person=someone, unit=strange, period=period_of(BEFORE, None))
    client = browser(user("unit_coordinator", on=ward))
    assert client.post(f"/posts/{post.key}/end/", {"on": "2020-10-05"}).status_code == 404
    post.refresh_from_db()
    assert post.period.upper is None
    page = text(client, f"/people/{someone.key}/")
    assert [one for one in (post, someone.posts.get(unit=ward)) if f"/posts/{one.key}/end/" in page] == [
        someone.posts.get(unit=ward)
    ]


def test_the_list_of_people_can_be_taken_away_as_it_is_shown(city: Unit) -> None:
    ward = unit("Phước Long A", under=city)
    person("Nguyễn Thị Hường", at=ward, title="=1+1")
    person("Lê An", at=ward)
    client = browser(user("unit_coordinator", on=ward))
    answer = client.get(f"/units/{ward.key}/people.xlsx", {"q": "huong"})
    sheet = load_workbook(BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[:6] for row in rows] == [
        ["No.", "Full name", "Date of birth", "Gender", "Post", "Unit"],
        ["1", "Nguyễn Thị Hường", "1985", "", "=1+1", "Phường Phước Long A"],
    ]
    assert sheet["E4"].data_type == "s"


def test_a_role_is_given_and_taken_back_on_the_pages(city: Unit) -> None:
    account = user(full_name="Nguyễn Phụ Trách")
    client = browser(user("administrator", on=city))
    client.post(f"/units/{city.key}/roles/", {"username": account.username, "role": "unit_coordinator"})
    grant = RoleGrant.objects.get(user=account)
    client.post(f"/roles/{grant.key}/take-back/")
    grant.refresh_from_db()
    assert (grant.role, grant.until is not None) == ("unit_coordinator", True)
    page = client.post(f"/units/{city.key}/roles/", {"username": "nobody", "role": "auditor"}).content.decode()
    assert "There is no account with this username" in page


def test_no_role_is_chosen_beforehand(city: Unit) -> None:
    account, client = user(), browser(user("administrator", on=city))
    asked = client.get(f"/units/{city.key}/roles/").content.decode()
    answer = client.post(f"/units/{city.key}/roles/", {"username": account.username, "role": ""}).content.decode()
    assert ('<option value="administrator" selected' in asked, "Choose a role" in answer) == (False, True)
    assert RoleGrant.objects.filter(user=account).count() == 0


def test_the_last_administrator_is_told_why_the_role_stays(city: Unit) -> None:
    last = user("administrator", on=city, full_name="Nguyễn Quản Trị")
    answer = browser(last).post(f"/roles/{RoleGrant.objects.get(user=last).key}/take-back/")
    assert answer.status_code == 409
    assert (
        "Cannot take the role of administrator from Nguyễn Quản Trị: nobody else has it for this unit."
        in answer.content.decode()
    )


def test_the_table_of_permissions_has_every_sentence() -> None:
    from lantoa.directory.permissions import PERMISSIONS

    page = text(browser(user()), "/permissions/").replace("&#x27;", "'")
    assert [sentence for sentence in PERMISSIONS.values() if sentence not in page] == []
