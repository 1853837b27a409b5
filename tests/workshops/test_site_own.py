"""A site in the hands of whoever answers for it: equipment and line, and handing it over to the deputy."""

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from workshops.held import BEFORE, T0, refusal, site, workshop

from lantoa.directory.models import Person
from lantoa.ledger.models import Entry
from lantoa.workshops.actions.checks import sign_check
from lantoa.workshops.actions.site_own import change_own_technology, hand_over
from lantoa.workshops.models import Check, Site, Telling

pytestmark = pytest.mark.django_db


def person(name: str) -> Person:
    return make.person(name, phone="+84901234567")


def manned(state: str = "live") -> Site:
    """A site with an operator and a deputy."""
    of = workshop(state=state)
    return site(of, name="UBND xã Vi Hương", operator=person("Lý Văn Một"), deputy=person("Bàn Thị Hai"))


def signed_in(who: Person | None) -> Client:
    assert who is not None
    client = Client()
    client.force_login(who.user or make.user(is_person=who))
    return client


def test_the_operator_says_what_stands_there_and_the_check_is_due_again() -> None:
    one = manned("ready")
    check = sign_check(by=make.BY, site=one, results={}, note="", at=BEFORE)
    page = signed_in(one.operator)
    here = reverse("workshops:own_technology", args=[one.key])
    assert page.get(here).status_code == 200

    said = page.post(here, {"equipment": "Máy chiếu", "line": "4G", "phone": "0912345678", "seats": "45"})

    assert said.status_code == 302
    one.refresh_from_db()
    assert (one.equipment, one.line, one.phone, one.seats) == ("Máy chiếu", "4G", "+84912345678", 45)
    assert Check.objects.get(pk=check.pk).outdated_at is not None
    assert page.post(here, {"seats": "nhiều"}).status_code == 422


def test_another_telephone_alone_leaves_the_check_as_it_is() -> None:
    one = manned("ready")
    check = sign_check(by=make.BY, site=one, results={}, note="", at=BEFORE)
    change_own_technology(by=make.BY, site=one, equipment="", line="", phone="+84912345678", seats=None, at=BEFORE)
    assert Check.objects.get(pk=check.pk).outdated_at is None


def test_after_the_workshop_nothing_is_changed() -> None:
    one = manned("over")
    words = f"Cannot change the sites of {one.workshop.name}: it is over."
    said = refusal(
        lambda: change_own_technology(by=make.BY, site=one, equipment="x", line="", phone="", seats=1, at=T0)
    )
    assert said == words
    assert one.deputy is not None
    assert refusal(lambda: hand_over(by=make.BY, site=one, to=one.deputy, at=T0)) == words  # type: ignore[arg-type]


def test_the_deputy_takes_over_once_however_often_it_is_pressed_and_the_desk_is_told() -> None:
    one = manned()
    operator, deputy = one.operator, one.deputy
    assert operator is not None and deputy is not None
    page = signed_in(operator)
    here = reverse("workshops:hand_over", args=[one.key])
    assert "Bàn Thị Hai" in page.get(here).content.decode()

    for _twice in range(2):
        assert page.post(here, {"to": deputy.key}).status_code == 302

    one.refresh_from_db()
    assert (one.operator, one.deputy) == (deputy, operator)
    assert Entry.objects.filter(act="workshops.hand_over").count() == 1
    told = Telling.objects.filter(workshop=one.workshop, kind="site").values_list("audience", flat=True)
    assert sorted(told) == ["desk", f"site:{one.key}"]


def test_it_is_not_handed_to_somebody_who_is_not_the_deputy_any_more() -> None:
    one, other = manned(), person("Triệu Văn Ba")
    assert refusal(lambda: hand_over(by=make.BY, site=one, to=other, at=T0)) == (
        "Cannot hand UBND xã Vi Hương over to Triệu Văn Ba: they are not its deputy any more."
    )
    page = signed_in(one.operator)
    assert page.post(reverse("workshops:hand_over", args=[one.key]), {"to": "nobody"}).status_code == 404


def test_without_a_deputy_there_is_nothing_to_hand_over_and_no_link_to_it() -> None:
    one = manned()
    Site.objects.filter(pk=one.pk).update(deputy=None)
    page = signed_in(one.operator)
    assert page.get(reverse("workshops:hand_over", args=[one.key])).status_code == 404
    record = page.get(reverse("workshops:site_record", args=[one.key])).content.decode()
    assert reverse("workshops:hand_over", args=[one.key]) not in record
    assert reverse("workshops:own_technology", args=[one.key]) in record


def test_another_operator_gets_neither_page() -> None:
    one = manned()
    stranger = signed_in(site(one.workshop, operator=person("Người Khác")).operator)
    for name in ("own_technology", "hand_over"):
        assert stranger.get(reverse(f"workshops:{name}", args=[one.key])).status_code == 404
