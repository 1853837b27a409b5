"""Transfers between units, taken on by the receiving one, and leaving office."""

from datetime import UTC, date, datetime
from functools import partial

import pytest
from at_once import at_once
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from factories import BY, LONG_AGO, person, unit, user

from lantoa.accounts.actions import issue_link
from lantoa.accounts.models import PersonalLink
from lantoa.common.refused import Refused
from lantoa.directory import actions
from lantoa.directory.models import Level, Person, Post, Role, Transfer, Unit

AT = datetime(2020, 10, 6, 3, tzinfo=UTC)
DAY = date(2020, 10, 6)

pytestmark = pytest.mark.django_db


def asked(who: Person, target: Unit, on: date = DAY) -> Transfer:
    return actions.ask_transfer(by=BY, post=who.posts.get(), target=target, title="Phó Chủ tịch", on=on, at=AT)


def client_of(role: str, on: Unit) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user(role, on=on))
    return client


def posts(who: Person) -> list[tuple[int, str, date, date | None]]:
    return [(p.unit_id, p.title, p.period.lower, p.period.upper) for p in who.posts.order_by("period")]


def test_nothing_changes_before_the_receiving_unit_accepts() -> None:
    old, new = unit(), unit()
    who = person("Nguyễn An", at=old, title="Công chức")
    transfer = asked(who, new)
    assert posts(who) == [(old.pk, "Công chức", LONG_AGO, None)]
    actions.accept_transfer(by=BY, transfer=transfer, at=AT)
    assert posts(who) == [(old.pk, "Công chức", LONG_AGO, DAY), (new.pk, "Phó Chủ tịch", DAY, None)]
    assert who.posts.get(unit=new).source == f"directory.transfer:{transfer.key}"


def test_what_cannot_be_transferred_is_refused_in_words() -> None:
    old, new = unit(), unit(since=date(2021, 1, 1))
    who = person("Nguyễn An", at=old)
    said = []
    for target, on in ((old, DAY), (new, DAY), (unit(), LONG_AGO)):
        with pytest.raises(Refused) as refused:
            asked(who, target, on)
        said.append(str(refused.value))
    transfer = asked(who, unit())
    for act in (
        lambda: asked(who, unit()),
        lambda: actions.decline_transfer(by=BY, transfer=transfer, reason=" ", at=AT),
    ):
        with pytest.raises(Refused) as refused:
            act()
        said.append(str(refused.value))
    actions.decline_transfer(by=BY, transfer=transfer, reason="không có biên chế", at=AT)
    with pytest.raises(Refused) as late:
        actions.accept_transfer(by=BY, transfer=transfer, at=AT)
    assert [*said, str(late.value)] == [
        "Cannot transfer Nguyễn An: they are in this unit already.",
        "Cannot transfer Nguyễn An: nothing says that the receiving unit stands on 06/10/2020.",
        "Cannot transfer Nguyễn An on 01/01/2000: their post runs from 01/01/2000 to ….",
        "Cannot transfer Nguyễn An: another transfer of theirs is not decided yet.",
        "Cannot decline the transfer of Nguyễn An: say why.",
        "Cannot decide on the transfer of Nguyễn An: it has been decided.",
    ]


def test_the_other_units_coordinator_is_asked_and_takes_them_on_the_page() -> None:
    district = unit(kind="Quận", level=Level.DISTRICT)
    old, new = unit("Một", under=district), unit("Hai", under=district)
    who = person("Nguyễn An", at=old)
    sender, receiver, stranger = (client_of(Role.UNIT_COORDINATOR, on=one) for one in (old, new, unit()))
    form = {"post": who.posts.get().key, "unit": "Phường Hai", "title": "", "on": "2020-10-06"}
    answer = sender.post(reverse("directory:ask_transfer", args=[who.key]), form)
    assert answer.status_code == 302
    transfer = Transfer.objects.get()
    address = reverse("directory:transfer", args=[transfer.key])
    assert [one.get(address).status_code for one in (sender, receiver, stranger)] == [200, 200, 404]
    assert sender.post(address, {"act": "accept"}).status_code == 404
    assert [len(one.get(reverse("directory:transfers")).context["rows"]) for one in (sender, receiver, stranger)] == [
        1,
        1,
        0,
    ]
    assert receiver.post(address, {"act": "accept"}).status_code == 302
    assert [row[0] for row in posts(who)] == [old.pk, new.pk]


def test_whoever_looks_after_both_units_has_it_done_at_once() -> None:
    district = unit(kind="Quận", level=Level.DISTRICT)
    old, new = unit("Một", under=district), unit("Hai", under=district)
    who = person("Nguyễn An", at=old)
    client_of(Role.PROGRAMME_OFFICER, on=district).post(
        reverse("directory:ask_transfer", args=[who.key]),
        {"post": who.posts.get().key, "unit": "Phường Hai", "title": "Công chức", "on": "2020-10-06"},
    )
    assert [(row[0], row[2]) for row in posts(who)] == [(old.pk, LONG_AGO), (new.pk, DAY)]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_decides() -> None:
    who = person("Nguyễn An", at=unit())
    transfer = asked(who, unit())
    accept = partial(actions.accept_transfer, by=BY, transfer=transfer, at=AT)
    decline = partial(actions.decline_transfer, by=BY, transfer=transfer, reason="không", at=AT)
    assert sorted(at_once([accept, decline])) == [
        "Cannot decide on the transfer of Nguyễn An: it has been decided.",
        "done",
    ]
    transfer.refresh_from_db()
    assert Post.objects.filter(person=who).count() == (2 if transfer.accepted else 1)


def test_leaving_office_ends_posts_and_roles_revokes_links_and_closes_the_account() -> None:
    ward = unit()
    who = person("Nguyễn An", at=ward)
    account = user(Role.UNIT_COORDINATOR, on=ward, is_person=who)
    issue_link(by=BY, user=account, kind=PersonalLink.Kind.CARD, at=AT)
    transfer = asked(who, unit())
    assert actions.leave_office(by=BY, person=who, on=DAY, at=AT) == 1
    for row in (account, transfer):
        row.refresh_from_db()
    assert posts(who)[0][3] == DAY
    assert (account.is_active, account.grants.get().until, account.links.get().revoked_at) == (False, DAY, AT)
    assert transfer.accepted is False
    with pytest.raises(Refused) as twice:
        actions.leave_office(by=BY, person=who, on=DAY, at=AT)
    assert str(twice.value) == ("Cannot enter that Nguyễn An leaves office: no post and no account of theirs runs.")


def test_who_may_not_be_made_to_leave_is_refused_in_words() -> None:
    ward = unit()
    chief, last, me = (person(f"Nguyễn {name}", at=ward) for name in ("An", "Bình", "Chi"))
    account = user(Role.PROGRAMME_OFFICER, on=ward, is_person=chief)
    only = user(Role.ADMINISTRATOR, on=ward, is_person=last)
    coordinator = user(Role.UNIT_COORDINATOR, on=ward, is_person=me)
    said = []
    for by, who, on in (
        (coordinator, chief, DAY),
        (BY, last, DAY),
        (coordinator, me, DAY),
        (BY, me, date(2020, 10, 7)),
    ):
        with pytest.raises(Refused) as refused:
            actions.leave_office(by=by, person=who, on=on, at=AT)
        said.append(str(refused.value))
    assert said == [
        f"Cannot change the account “{account.username}”: it may do more than yours.",
        f"Cannot close the account “{only.username}”: nobody else administers its unit.",
        f"Cannot close the account “{coordinator.username}”: it is your own.",
        "Cannot enter that Nguyễn Chi leaves office on 07/10/2020: that day has not come yet.",
    ]


def test_leaving_office_on_the_page() -> None:
    ward = unit()
    who = person("Nguyễn An", at=ward)
    browser = client_of(Role.UNIT_COORDINATOR, on=ward)
    address = reverse("directory:leave", args=[who.key])
    assert browser.get(address).status_code == 200
    today = timezone.localdate().isoformat()
    assert browser.post(address, {"on": today}).headers["Location"] == reverse("directory:person", args=[who.key])
    assert who.posts.get().period.upper.isoformat() == today


def test_leaving_office_is_not_entered_by_whoever_looks_after_one_of_two_units() -> None:
    ward, other = unit("Long Bình"), unit("Tân Phú")
    who = person("Nguyễn An", at=ward)
    actions.set_post(by=BY, person=who, unit=other, title="Cộng tác viên", since=LONG_AGO)
    browser = client_of(Role.UNIT_COORDINATOR, on=ward)
    answer = browser.post(
        reverse("directory:leave", args=[who.key]), {"on": timezone.localdate().isoformat()}
    ).content.decode()
    assert (
        "Cannot enter that Nguyễn An leaves office: they hold a post in Phường Tân Phú as well, which is not in your"
        " care. End the post in your own unit instead."
    ) in answer
    assert who.posts.filter(period__endswith=None).count() == 2
