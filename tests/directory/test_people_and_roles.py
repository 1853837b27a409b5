"""People, their posts over time, and the roles given to accounts."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from factories import BY, LONG_AGO, person, unit, user

from lantoa.common.refused import Refused
from lantoa.directory import actions, queries
from lantoa.directory.models import Level, Person, Post, RoleGrant
from lantoa.directory.rules.people import Birth, Known, NewPerson, Sought, birth, likeness, person_name, phone_number
from lantoa.ledger.models import Entry

pytestmark = pytest.mark.django_db

DAY = date(2020, 10, 5)


def test_a_person_is_added_with_a_post_and_one_line_without_their_name() -> None:
    ward = unit("Phước Long A")
    made = actions.add_person(
        by=BY,
        new=NewPerson(
            "NGUYỄN THỊ HƯỜNG", Birth(1985, 10), phone="+84 903 111 222", unit_id=ward.pk, post_title="Công chức"
        ),
        on=DAY,
    )
    post = made.posts.get()
    assert (made.full_name, made.phone, made.folded) == ("Nguyễn Thị Hường", "0903111222", "nguyen thi huong")
    assert (post.title, post.unit, post.period.lower, post.period.upper) == ("Công chức", ward, DAY, None)
    entry = Entry.objects.get()
    assert (entry.act, entry.about) == ("directory.add_person", {"source": "directory:by-hand"})


def test_a_citizens_number_is_kept_as_a_keyed_hash_and_three_digits() -> None:
    made = actions.add_person(by=BY, new=NewPerson("Trần An", id_number="079 085 001 234"), on=DAY)
    assert made.id_last3 == "234"
    assert bytes(made.id_hash or b"") == queries.hashed_id("079085001234")
    assert b"079085001234" not in bytes(made.id_hash or b"")


def test_the_same_number_is_not_added_twice() -> None:
    actions.add_person(by=BY, new=NewPerson("Trần An", id_number="079085001234"), on=DAY)
    with pytest.raises(Refused) as refused:
        actions.add_person(by=BY, new=NewPerson("Trần Văn An", id_number="079085001234"), on=DAY)
    assert str(refused.value) == ("Cannot add this person: somebody on record has the same citizen's number (…234).")
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ({"full_name": "  "}, "A person needs a name."),
        ({"full_name": "Lớp 2"}, "Lớp 2 is not a name."),
        ({"full_name": "An", "phone": "abc"}, "abc is not a telephone number."),
        ({"full_name": "An", "id_number": "12"}, "A citizen's number has 12 digits, an old identity card's 9."),
    ],
)
def test_what_cannot_be_a_person_is_refused_in_words(what: dict[str, str], words: str) -> None:
    with pytest.raises(Refused) as refused:
        actions.add_person(by=BY, new=NewPerson(**what), on=DAY)  # type: ignore[arg-type]
    assert str(refused.value) == words


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((1985, 2, 30), "There is no such birth date: 30/2/1985."),
        ((1985, None, 3), "A birth date with a day needs a month."),
        ((None, 3, None), "A birth date needs a year."),
        ((2021, None, None), "Nobody here was born in 2021."),
    ],
)
def test_a_birth_date_that_cannot_be_is_refused(parts: tuple[int | None, ...], words: str) -> None:
    with pytest.raises(Refused) as refused:
        birth(*parts, on=DAY)
    assert str(refused.value) == words


def test_names_written_in_capitals_become_readable_and_others_stay() -> None:
    assert [person_name(name) for name in ("LÊ VĂN TÁM", "Đỗ  thị Ba", "hồ Út")] == [
        "Lê Văn Tám",
        "Đỗ thị Ba",
        "hồ Út",
    ]
    assert phone_number("028.3829.1234") == "02838291234"


def test_a_correction_says_which_fields_and_no_values() -> None:
    someone = person("Nguyễn An", birth_year=1985)
    actions.correct_person(by=BY, person=someone, full_name="Nguyễn Văn An", birth=Birth(1986))
    entry = Entry.objects.get()
    assert (entry.act, entry.about) == ("directory.correct_person", {"fields": ["full_name", "birth_year"]})
    actions.correct_person(by=BY, person=someone, full_name="Nguyễn Văn An", birth=Birth(1986))
    assert Entry.objects.count() == 1


def test_a_new_post_in_the_same_unit_ends_the_earlier_one() -> None:
    ward = unit()
    someone = person(at=ward, title="Công chức")
    actions.set_post(by=BY, person=someone, unit=ward, title="Phó Chủ tịch", since=DAY)
    again = actions.set_post(by=BY, person=someone, unit=ward, title="Phó Chủ tịch", since=DAY)
    assert [(p.title, p.period.lower, p.period.upper) for p in someone.posts.order_by("period")] == [
        ("Công chức", LONG_AGO, DAY),
        ("Phó Chủ tịch", DAY, None),
    ]
    assert again == someone.posts.get(period__contains=DAY)


def test_a_post_before_a_known_later_one_is_refused() -> None:
    ward = unit()
    someone = person("Nguyễn An")
    actions.set_post(by=BY, person=someone, unit=ward, title="Chủ tịch", since=date(2022, 1, 1))
    with pytest.raises(Refused) as refused:
        actions.set_post(by=BY, person=someone, unit=ward, title="Phó Chủ tịch", since=DAY)
    assert str(refused.value) == (
        "Cannot set the post of Nguyễn An from 2020-10-05: a later post in the same unit is known."
    )


def test_a_post_ends_once_and_not_before_it_begins() -> None:
    someone = person("Nguyễn An", at=unit())
    post = someone.posts.get()
    with pytest.raises(Refused) as early:
        actions.end_post(by=BY, post=post, on=LONG_AGO)
    actions.end_post(by=BY, post=post, on=DAY)
    with pytest.raises(Refused) as twice:
        actions.end_post(by=BY, post=post, on=DAY)
    assert [str(early.value), str(twice.value)] == [
        "Cannot end the post of Nguyễn An on 01/01/2000: it begins on 01/01/2000.",
        "Cannot end the post of Nguyễn An: it ended on 05/10/2020.",
    ]


def test_an_account_belongs_to_one_person() -> None:
    account, other = user(), user()
    one, two = person("Nguyễn An"), person("Trần Bình")
    actions.link_user(by=BY, person=one, user=account)
    with pytest.raises(Refused) as taken:
        actions.link_user(by=BY, person=two, user=account)
    with pytest.raises(Refused) as has_one:
        actions.link_user(by=BY, person=one, user=other)
    assert [str(taken.value), str(has_one.value)] == [
        f"Cannot link Trần Bình to the account {account.username}: it is somebody else's.",
        "Cannot link Nguyễn An to another account: they have one.",
    ]


def test_people_of_a_unit_stand_in_the_order_of_vietnamese_lists() -> None:
    district = unit(kind="Quận", level=Level.DISTRICT)
    ward = unit(under=district)
    for name in ("Nguyễn Văn Đức", "Trần Thị Dung", "Lê Ân", "Đặng An", "Bùi Ánh"):
        person(name, at=ward)
    assert [someone.full_name for someone in queries.people_of(district, on=DAY)] == [
        "Đặng An",
        "Bùi Ánh",
        "Lê Ân",
        "Trần Thị Dung",
        "Nguyễn Văn Đức",
    ]
    assert queries.people_of([district.pk], on=DAY).count() == 0
    assert [queries.count_people_of(district, on=DAY, text=text) for text in ("", "dung")] == [5, 1]


def test_people_of_a_day_are_those_with_a_post_on_it() -> None:
    ward = unit()
    gone = person("Đã Chuyển", at=ward)
    actions.end_post(by=BY, post=gone.posts.get(), on=DAY)
    assert [queries.people_of(ward, on=day).count() for day in (date(2020, 10, 4), DAY)] == [1, 0]


def test_people_are_found_by_their_name_without_marks() -> None:
    ward = unit()
    person("Nguyễn Thị Thuỷ", at=ward)
    person("Nguyễn Văn Đạt", at=ward)
    found = [queries.people_of(ward, on=DAY, text=text).count() for text in ("thuy", "Thủy", "dat", "nguyen", "xa")]
    assert found == [1, 1, 1, 2, 0]


def test_candidates_of_many_rows_take_three_queries_at_most() -> None:
    ward = unit()
    known = [person(f"Nguyễn Văn {name}", at=ward, birth_year=1985) for name in ("An", "Bình", "Chi")]
    for rows in (known[:1], known):
        sought = [Sought(one.full_name.upper(), Birth(1985), ward.pk, b"number") for one in rows]
        with CaptureQueriesContext(connection) as asked:
            found = queries.find_candidates(sought)
        assert [(found[place][0][0], found[place][0][1].id) for place in range(len(rows))] == [
            (2, one.pk) for one in rows
        ]
        assert len(asked) == 3


def test_who_may_be_whom() -> None:
    known = Known(1, "k", "Nguyễn Thị Hoà", Birth(1985, 10), "", "", "", b"h", ((7, "Chuyên viên"),))
    row = Sought("nguyễn thị hòa", Birth(1985), 7)
    assert [
        likeness(row, known),
        likeness(Sought("Nguyễn Thị Hoà", Birth(1985), 8), known),
        likeness(Sought("Nguyễn Thị Hoa", Birth(1985), 7), known),
        likeness(Sought("Nguyễn Thị Hoà", Birth(1986), 7), known),
        likeness(Sought("Ai đó khác", id_hash=b"h"), known),
        likeness(Sought("Nguyễn Thị Hoà", Birth(1985), 7, id_hash=b"x"), known),
    ] == [2, 1, 1, 0, 3, 0]


def test_a_role_is_given_once_and_taken_back() -> None:
    place, account = unit(), user()
    one = actions.grant_role(by=BY, user=account, role="unit_coordinator", unit=place, on=DAY)
    two = actions.grant_role(by=BY, user=account, role="unit_coordinator", unit=place, on=DAY)
    actions.take_role_back(by=BY, grant=one, on=date(2020, 12, 1))
    assert (one, list(RoleGrant.objects.values_list("since", "until"))) == (two, [(DAY, date(2020, 12, 1))])
    assert list(Entry.objects.order_by("id").values_list("act", flat=True)) == [
        "directory.grant_role",
        "directory.take_role_back",
    ]


def test_the_last_administrators_role_stays() -> None:
    country = unit("Việt Nam", kind="Nước", level=Level.COUNTRY)
    city = unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE, under=country)
    top = user("administrator", on=country, full_name="Nguyễn Quản Trị")
    local = user("administrator", on=city)
    of_country, of_city = RoleGrant.objects.get(user=top), RoleGrant.objects.get(user=local)
    with pytest.raises(Refused) as refused:
        actions.take_role_back(by=BY, grant=of_country, on=DAY)
    assert str(refused.value) == (
        "Cannot take the role of administrator from Nguyễn Quản Trị: nobody else has it for this unit."
    )
    assert actions.take_role_back(by=BY, grant=of_city, on=DAY).until == DAY


def test_a_closed_account_gets_no_role_and_a_strange_role_is_none() -> None:
    place = unit()
    closed = user(full_name="Đã Khoá", is_active=False)
    with pytest.raises(Refused) as shut:
        actions.grant_role(by=BY, user=closed, role="learner", unit=place, on=DAY)
    with pytest.raises(Refused) as strange:
        actions.grant_role(by=BY, user=user(), role="king", unit=place, on=DAY)
    assert [str(shut.value), str(strange.value)] == [
        "Cannot grant a role to Đã Khoá: the account is closed.",
        "Cannot grant king: there is no such role.",
    ]


def test_posts_never_overlap_in_one_unit() -> None:
    someone = person(at=unit())
    assert Post.objects.filter(person=someone).count() == 1
