"""Open classes: joined by anyone with consent, in the places there are, left by a link; nobody merged in silence."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import factories
import pytest
from at_once import at_once
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lantoa.common.refused import Refused
from lantoa.directory.models import Person, Role, period_of
from lantoa.training.actions.open_classes import Visitor, close_class, join, leave, leaving_token, open_class
from lantoa.training.models import Enrolment, Joining, OpenClass, TrainingClass
from lantoa.training.queries.open_classes import joined, joining_of, open_classes

CONSENT = "Tôi đồng ý."
AN = Visitor("Nguyễn Văn An", phone="0901 234 567")


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        act()
    return str(error.value)


def class_of(capacity: int, unit: Any = None) -> TrainingClass:
    on = timezone.localdate()
    programme = factories.programme(unit, period=period_of(on - timedelta(days=10), on + timedelta(days=60)))
    found = factories.training_class(programme, code="M-1", capacity=capacity)
    factories.meeting(found, timezone.now() + timedelta(days=9))
    return found


@pytest.fixture
def opened(db: None) -> OpenClass:
    """A class of two places, open for a week."""
    return opened_of(class_of(2))


def opened_of(found: TrainingClass) -> OpenClass:
    on = timezone.localdate()
    return open_class(by=factories.BY, training_class=found, until=on + timedelta(days=7), about="", on=on)


def come(opened: OpenClass, visitor: Visitor = AN, address: str = "", on: date | None = None) -> Joining:
    return join(
        opened=opened,
        visitor=visitor,
        consent=CONSENT,
        address=address,
        at=timezone.now(),
        on=on or timezone.localdate(),
    )


def test_a_visitor_joins_with_what_they_agreed_to(opened: OpenClass) -> None:
    made = come(opened, Visitor("Lê Thị Bình", email="binh@example.org", kind="business", business="Công ty Một"))

    person = made.enrolment.person
    assert (person.full_name, person.phone, person.email) == ("Lê Thị Bình", "", "binh@example.org")
    assert (made.kind, made.business, made.consent) == ("business", "Công ty Một", CONSENT)
    assert made.enrolment.unit == opened.training_class.unit
    assert person.user is None


@pytest.mark.parametrize(
    ("visitor", "consent", "words"),
    [
        (AN, "", "Cannot join class M-1: you have not agreed to the use of your data for it."),
        (Visitor("An Bình"), CONSENT, "Cannot join class M-1: give a telephone number or an e-mail address."),
        (
            Visitor("An Bình", phone="0901234567", kind="business"),
            CONSENT,
            "Cannot join class M-1: give the name of the business.",
        ),
        (Visitor("An Bình", phone="không"), CONSENT, "không is not a telephone number."),
    ],
)
def test_what_is_missing_is_said(opened: OpenClass, visitor: Visitor, consent: str, words: str) -> None:
    assert words == refused(
        lambda: join(
            opened=opened,
            visitor=visitor,
            consent=consent,
            address="",
            at=timezone.now(),
            on=timezone.localdate(),
        )
    )
    assert Person.objects.count() == 0


def test_a_full_class_takes_nobody(opened: OpenClass) -> None:
    come(opened)
    come(opened, Visitor("Trần Văn Bảo", phone="0901234568"))

    words = "Cannot join class M-1: it has no place left (2 of 2)."
    assert words == refused(lambda: come(opened, Visitor("Võ Thị Chi", phone="0901234569")))
    assert Person.objects.count() == 2


def test_nobody_joins_after_the_last_day_or_once_it_was_closed(opened: OpenClass) -> None:
    on = timezone.localdate()
    last = on + timedelta(days=7)
    words = f"Cannot join class M-1: the last day to join was {last:%d/%m/%Y}."
    assert words == refused(lambda: come(opened, on=last + timedelta(days=1)))

    close_class(by=factories.BY, opened=opened, on=on)
    words = f"Cannot join class M-1: the last day to join was {on - timedelta(days=1):%d/%m/%Y}."
    assert words == refused(lambda: come(opened))
    assert list(open_classes(on=on, at=timezone.now())) == []


def test_a_class_is_open_within_its_programme_only(db: None) -> None:
    found = class_of(2)
    on, last = timezone.localdate(), timezone.localdate() + timedelta(days=59)
    late = last + timedelta(days=1)

    assert refused(lambda: open_class(by=factories.BY, training_class=found, until=late, about="", on=on)) == (
        f"Cannot open class M-1 until {late:%d/%m/%Y}: the last day to join lies between"
        f" {on:%d/%m/%Y} and {last:%d/%m/%Y}."
    )


def test_too_many_from_one_address_are_refused(db: None) -> None:
    opened = opened_of(class_of(100))
    for number in range(30):
        come(
            opened,
            Visitor(f"Nguyễn Văn {chr(65 + number % 26)}", phone=f"09012345{number:02d}"),
            address="203.0.113.7",
        )

    said = refused(lambda: come(opened, address="203.0.113.7"))
    assert re.fullmatch(
        r"Cannot join class M-1: too many have tried from your network\. Try again after \d\d:\d\d\.", said
    )
    come(opened, address="203.0.113.8")


def test_whoever_looks_known_is_marked_and_nobody_is_merged(db: None) -> None:
    opened = opened_of(class_of(9))
    known = factories.person("Nguyễn Văn An", phone="0901234567")
    first = come(opened)
    come(opened, Visitor("nguyễn văn an", phone="+84901234567"))
    come(opened, Visitor("Nguyễn Văn An", phone="0999999999"))

    people = {row.person for row in Enrolment.objects.all()}
    assert len(people) == 3
    assert known not in people
    assert [(one.twice, one.known) for one in joined(opened.training_class)] == [(False, 0), (True, 1), (True, 1)]
    leave(joining=first, at=timezone.now())
    assert [(one.twice, one.known) for one in joined(opened.training_class)] == [(False, 0), (False, 1), (False, 0)]


def test_leaving_frees_the_place_and_erases_how_to_reach(opened: OpenClass) -> None:
    made = come(opened)
    come(opened, Visitor("Trần Văn Bảo", phone="0901234568"))
    found = joining_of(leaving_token(made))
    assert found == made

    leave(joining=made, at=timezone.now())
    leave(joining=made, at=timezone.now())

    made.refresh_from_db()
    person = Person.objects.get(pk=made.enrolment.person_id)
    assert (person.phone, person.email) == ("", "")
    assert made.withdrawn_at is not None
    come(opened, Visitor("Võ Thị Chi", phone="0901234569"))


def test_whoever_is_somebody_here_keeps_how_to_reach_them(opened: OpenClass) -> None:
    made = come(opened)
    factories.user(is_person=made.enrolment.person)

    leave(joining=made, at=timezone.now())

    assert Person.objects.get(pk=made.enrolment.person_id).phone == "0901234567"


# ---- pages


@pytest.fixture
def visitor(client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def test_a_visitor_finds_joins_and_leaves_without_an_account(opened: OpenClass, visitor: Client) -> None:
    address = reverse("training:join", args=[opened.key])
    assert address in visitor.get(reverse("training:open_classes")).content.decode()
    page = visitor.get(address).content.decode()
    assert "checked" not in page
    assert "I agree that" in page

    data = {"full_name": "Lê Thị Bình", "phone": "0912345678", "kind": "citizen"}
    wrong = visitor.post(address, data)
    assert wrong.status_code == 422
    assert "Tick the box if you agree" in wrong.content.decode()
    assert "one of them is enough" in visitor.post(address, {**data, "phone": "", "consent": "on"}).content.decode()
    done = visitor.post(address, {**data, "consent": "on"})
    assert (done.status_code, done["Cache-Control"]) == (200, "no-store")
    assert "to run class M-1" in Joining.objects.get().consent
    found = re.search(r"/open-classes/leave/[^\s\"<]+", done.content.decode())
    assert found
    assert "Leave the class" in visitor.get(found[0]).content.decode()
    assert "You are out of the class." in visitor.post(found[0]).content.decode()
    assert Joining.objects.get().withdrawn_at is not None


def test_a_link_that_was_changed_belongs_to_no_class(opened: OpenClass, visitor: Client) -> None:
    token = leaving_token(come(opened))
    for wrong in (f"x{token}", f"{token}x", "abc"):
        page = visitor.post(reverse("training:leave", args=[wrong]))
        assert page.status_code == 404
        assert "This link belongs to no class." in page.content.decode()
    assert Joining.objects.get().withdrawn_at is None


def test_a_class_that_is_not_open_has_no_public_page(visitor: Client, db: None) -> None:
    opened = opened_of(class_of(2))
    close_class(by=factories.BY, opened=opened, on=timezone.localdate())

    assert visitor.get(reverse("training:join", args=[opened.key])).status_code == 404


def test_an_officer_opens_a_class_sees_who_joined_and_closes_it(visitor: Client, db: None) -> None:
    found = class_of(5)
    visitor.force_login(factories.user(Role.PROGRAMME_OFFICER, on=found.unit))
    address = reverse("training:open_class", args=[found.key])
    until = timezone.localdate() + timedelta(days=3)

    assert visitor.post(address, {}).status_code == 422
    assert visitor.post(address, {"until": until.isoformat(), "about": "Mang theo điện thoại"}).status_code == 302
    opened = OpenClass.objects.get()
    assert (opened.until, opened.about) == (until, "Mang theo điện thoại")
    come(opened)
    come(opened)
    page = visitor.get(address).content.decode()
    assert page.count("joined twice?") == 2
    visitor.post(reverse("training:close_class", args=[found.key]))
    assert "not open any more" in visitor.get(address).content.decode()


def test_the_public_list_asks_as_many_questions_for_three_classes_as_for_one(
    visitor: Client, db: None, django_assert_num_queries: Callable[..., Any]
) -> None:
    opened_of(class_of(2))
    with django_assert_num_queries(1):
        visitor.get(reverse("training:open_classes"))
    for _ in range(2):
        opened_of(class_of(2))
    with django_assert_num_queries(1):
        visitor.get(reverse("training:open_classes"))


# ---- at the same moment


@pytest.mark.django_db(transaction=True)
def test_the_last_places_are_given_once_when_many_press_at_the_same_moment() -> None:
    opened = opened_of(class_of(3))
    visitors = [Visitor(f"Nguyễn Văn {chr(65 + number)}", phone=f"09012345{number:02d}") for number in range(16)]
    came = sorted(at_once([partial(come, opened, visitor) for visitor in visitors]))

    assert came == ["Cannot join class M-1: it has no place left (3 of 3)."] * 13 + ["done"] * 3
    assert (Enrolment.objects.count(), Person.objects.count()) == (3, 3)
