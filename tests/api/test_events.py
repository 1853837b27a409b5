"""Events for other systems: who is told of what, how a message is signed, sent, sent again and given up; and where
none is ever sent."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import factories
import pytest
from api.receiver import Receiver, receiver
from django.conf import settings as house
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from house.world import Corner, World

from lantoa.api.actions.sending import PRIVATE, SILENT, send
from lantoa.api.actions.webhooks import (
    KIND,
    deliver_due,
    follow_ledger,
    forget_events,
    renew_secret,
    subscribe,
    unsubscribe,
    wake_deliverer,
)
from lantoa.api.models import Delivery, Event, Subscription
from lantoa.api.rules.addresses import check_address, may_reach, networks
from lantoa.api.rules.events import EVENTS, OF_ACTS, OF_THE_OTHER, next_try
from lantoa.common.refused import Refused
from lantoa.directory.actions import correct_person
from lantoa.directory.actions.merging import merge_people, unmerge_people
from lantoa.directory.models import Person, Role, Unit
from lantoa.directory.rules.people import Birth
from lantoa.ledger.actions import record, seal, thing_key
from lantoa.office.actions.worker import Worker
from lantoa.office.models import ImportRow, Job
from lantoa.web.acts import ACTS

LOOPBACK = networks("127.0.0.0/8")
NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


@pytest.fixture
def there(settings: Any) -> Iterator[Receiver]:
    settings.EVENT_NETWORKS = ("127.0.0.0/8",)
    settings.EVENT_SECONDS = 1.0
    with receiver() as told:
        yield told


def tell(unit: Unit, url: str, *events: str) -> Any:
    at = timezone.now() - timedelta(seconds=5)
    return subscribe(by=factories.BY, name="Trục", unit=unit, url=url, events=events or EVENTS, at=at)


def change(person: Person) -> None:
    """Something happens to the person, and the ledger is sealed."""
    number = f"09{time.time_ns() % 10**8:08}"
    correct_person(by=factories.BY, person=person, full_name="Lê Văn Tám", birth=Birth(1985), phone=number)
    seal(at=timezone.now())


def deliver() -> int:
    return deliver_due(at=timezone.now() + timedelta(seconds=1), step=lambda _n: None, now=timezone.now)


# ---- who is told


@pytest.mark.django_db
def test_every_act_that_is_told_is_one_of_the_house() -> None:
    assert set(OF_ACTS) - set(ACTS) == set()
    assert set(OF_ACTS.values()) | {kind for _value, kind in OF_THE_OTHER.values()} == set(EVENTS)


@pytest.mark.django_db
def test_a_subscriber_is_told_of_what_it_asked_for_in_its_unit(own: Corner, foreign: Corner, there: Receiver) -> None:
    tell(own.unit, there.url, "person.changed")
    tell(own.unit, there.url, "marks.changed")
    tell(foreign.unit, there.url)
    change(own.person)
    assert (follow_ledger(at=timezone.now()), follow_ledger(at=timezone.now())) == (1, 0)
    event = Event.objects.get()
    assert (event.kind, event.thing) == ("person.changed", f"directory.person:{own.person.key}")
    assert [one.subscription.unit for one in Delivery.objects.all()] == [own.unit]


@pytest.mark.django_db
def test_what_happened_before_is_told_to_nobody(own: Corner, there: Receiver) -> None:
    change(own.person)
    made = tell(own.unit, there.url).subscription
    assert follow_ledger(at=timezone.now()) == 0
    Subscription.objects.filter(pk=made.pk).update(made_at=timezone.now() + timedelta(hours=1))
    change(own.person)
    assert follow_ledger(at=timezone.now()) == 0


@pytest.mark.django_db
def test_a_merge_is_told_of_both_and_taking_it_back_too(own: Corner, there: Receiver) -> None:
    one, other = own.person, factories.person("Lê Ân", at=own.ward)
    tell(own.ward, there.url, "person.changed", "person.merged")
    today = timezone.localdate()
    made = merge_people(by=factories.BY, survivor=one, merged=other, at=timezone.now(), on=today).merge
    seal(at=timezone.now())
    assert follow_ledger(at=timezone.now()) == 2
    deliver()
    base = f"{house.ADDRESS}/api/v1/people"
    assert [(said["type"], said["data"]["url"]) for said in (json.loads(body) for _headers, body in there.got)] == [
        ("person.changed", f"{base}/{one.key}"),
        ("person.merged", f"{base}/{other.key}"),
    ]
    unmerge_people(by=factories.BY, merge=made, at=timezone.now())
    seal(at=timezone.now())
    assert follow_ledger(at=timezone.now()) == 2
    kinds = Event.objects.order_by("id").values_list("kind", "thing")[2:]
    assert list(kinds) == [("person.changed", f"directory.person:{each.key}") for each in (one, other)]


@pytest.mark.django_db
def test_a_list_that_was_loaded_is_one_event_for_all_its_rows(own: Corner, foreign: Corner, there: Receiver) -> None:
    """Also for whoever asks about a ward whose people it brought; its own lines for each chunk are told to nobody."""
    made, elsewhere = own.roster, factories.unit(under=own.unit)
    for number, ward in enumerate([own.ward, own.ward], 1):
        ImportRow.objects.create(
            source=made, number=number, verdict="new", values={"_unit": ward.pk}, result={"person": own.person.pk}
        )
    for unit in (own.unit, own.ward, elsewhere, foreign.unit):
        tell(unit, there.url)
    with transaction.atomic():
        source = thing_key(made)
        record(by=factories.BY, act="directory.add_people", thing=source, about={"people": 2})
        record(by=factories.BY, act="training.enrol_listed", thing=source, about={"people": 2})
        for act in ("office.apply_import", "office.undo_import"):
            record(by=factories.BY, act=act, thing=made, about={"kind": made.kind, "target": made.target})
    seal(at=timezone.now())
    assert (follow_ledger(at=timezone.now()), follow_ledger(at=timezone.now())) == (2, 0)
    told = Delivery.objects.order_by("event_id", "subscription_id").values_list("event__kind", "subscription__unit")
    assert list(told) == [
        (kind, unit.pk) for kind in ("import.applied", "import.undone") for unit in (own.unit, own.ward)
    ]
    deliver()
    assert json.loads(there.got[0][1])["data"] == {
        "key": made.key, "url": f"{house.ADDRESS}/api/v1/imports/{made.key}",
    }  # fmt: skip


@pytest.mark.django_db
def test_a_person_without_any_post_is_told_to_the_country(world: World, there: Receiver) -> None:
    person = factories.person("Lê Văn Bảy")
    for unit in (world.country, world.own_province):
        tell(unit, there.url)
    change(person)
    assert follow_ledger(at=timezone.now()) == 1
    assert Delivery.objects.get().subscription.unit == world.country


# ---- sending


@pytest.mark.django_db
def test_a_message_is_signed_and_holds_no_name(own: Corner, there: Receiver) -> None:
    made = tell(own.unit, there.url)
    change(own.person)
    follow_ledger(at=timezone.now())
    assert deliver() == 1
    ((headers, body),) = there.got
    event = Event.objects.get()
    said = json.loads(body)
    assert (said["id"], said["type"]) == (event.key, "person.changed")
    assert said["data"] == {"key": own.person.key, "url": f"{house.ADDRESS}/api/v1/people/{own.person.key}"}
    assert "Tám".encode() not in body
    key = base64.b64decode(made.secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.digest(key, signed, "sha256")).decode()
    assert (headers["webhook-id"], headers["webhook-signature"]) == (event.key, f"v1,{right}")
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert deliver() == 0 and len(there.got) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("answer", [500, 302, "hang", "drip"])
def test_what_is_not_taken_is_sent_again_with_the_same_id(own: Corner, there: Receiver, answer: Any) -> None:
    tell(own.unit, there.url)
    change(own.person)
    follow_ledger(at=timezone.now())
    there.answer = answer
    began = time.monotonic()
    assert deliver() == 0
    assert time.monotonic() - began < 20  # the receiver itself would hang for 30 s, or drip for ever
    row = Delivery.objects.get()
    assert (row.state, row.attempts, row.status) == ("waiting", 1, answer if isinstance(answer, int) else 0)
    assert row.fault == ("" if isinstance(answer, int) else SILENT)
    assert deliver() == 0 and len(there.got) == 1  # not before its minute
    Delivery.objects.update(next_at=timezone.now())
    there.over.set()
    there.answer = 200
    assert deliver() == 1
    assert [headers["webhook-id"] for headers, _body in there.got] == [row.event.key] * 2


@pytest.mark.django_db
def test_one_that_takes_nothing_holds_up_only_its_own_and_keeps_the_order(own: Corner, there: Receiver) -> None:
    with receiver() as other:
        tell(own.unit, there.url)
        tell(own.unit, other.url)
        for _ in range(3):
            change(own.person)
        follow_ledger(at=timezone.now())
        there.answer = 500
        assert deliver() == 3
        assert (len(there.got), len(other.got)) == (1, 3)
        ids = [headers["webhook-id"] for headers, _body in other.got]
        assert ids == list(Event.objects.order_by("id").values_list("key", flat=True))


def test_the_waits_grow_and_end_after_so_many_days() -> None:
    waits, at, attempts = [], NOW, 0
    while True:
        attempts += 1
        again = next_try(first=NOW, attempts=attempts, at=at, days=3)
        if again is None:
            break
        waits.append(again - at)
        at = again
    minutes = [int(wait.total_seconds() / 60) for wait in waits]
    assert minutes == [1, 5, 30, 120, 360, 720, 1440, 1440]
    assert at <= NOW + timedelta(days=3)


@pytest.mark.django_db
def test_after_so_many_days_it_is_given_up(own: Corner, there: Receiver, settings: Any) -> None:
    tell(own.unit, there.url)
    change(own.person)
    follow_ledger(at=timezone.now())
    there.answer = 503
    Event.objects.update(at=timezone.now() - timedelta(days=3))
    deliver()
    assert Delivery.objects.get().state == "given_up"


@pytest.mark.django_db
def test_a_receiver_that_is_gone_is_told_no_more(own: Corner, there: Receiver) -> None:
    made = tell(own.unit, there.url).subscription
    change(own.person)
    follow_ledger(at=timezone.now())
    there.answer = 410
    deliver()
    made.refresh_from_db()
    assert (made.stopped_by, Delivery.objects.get().state) == ("machine:webhooks", "given_up")
    change(own.person)
    assert follow_ledger(at=timezone.now()) == 0


@pytest.mark.django_db
def test_a_new_secret_signs_from_then_on(own: Corner, there: Receiver) -> None:
    first = tell(own.unit, there.url)
    second = renew_secret(by=factories.BY, subscription=first.subscription)
    assert first.secret != second.secret
    unsubscribe(by=factories.BY, subscription=first.subscription, at=timezone.now())
    assert "whsec" not in json.dumps(list(Subscription.objects.values()), default=str)


@pytest.mark.django_db(transaction=True)
def test_the_clock_starts_one_job_and_the_job_sends(there: Receiver) -> None:
    world = World.make()
    own = Corner(world.own_province)
    tell(own.unit, there.url)
    change(own.person)
    wake_deliverer(timezone.now())
    wake_deliverer(timezone.now())
    assert Job.objects.filter(kind=KIND).count() == 1
    Worker().run(until_idle=True, housekeeping=False)
    assert (len(there.got), Job.objects.get(kind=KIND).result["taken"]) == (1, 1)


@pytest.mark.django_db
def test_events_go_after_a_month_unless_one_is_on_its_way(own: Corner, there: Receiver) -> None:
    tell(own.unit, there.url)
    change(own.person)
    change(own.person)
    follow_ledger(at=timezone.now())
    first = Delivery.objects.earliest("id")
    Delivery.objects.filter(pk=first.pk).update(state="taken")
    forget_events(at=timezone.now() + timedelta(days=31))
    assert Delivery.objects.exclude(pk=first.pk).count() == Delivery.objects.count() == 1


# ---- where none is sent


PRIVATE_ADDRESSES = [
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
    "255.255.255.255", "::1", "fe80::1", "fd00::1", "::ffff:10.1.2.3", "64:ff9b::a01:203", "2002:a01:203::1", "::",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE_ADDRESSES)
def test_no_private_address_may_be_reached(address: str) -> None:
    assert not may_reach(address, allowed=())


def test_an_address_of_the_open_internet_or_of_an_allowed_network_may_be_reached() -> None:
    assert may_reach("1.1.1.1", allowed=()) and may_reach("2606:4700:4700::1111", allowed=())
    inside = networks("10.1.0.0/16")
    assert may_reach("10.1.2.3", allowed=inside) and may_reach("::ffff:10.1.2.3", allowed=inside)
    assert not may_reach("10.2.2.3", allowed=inside)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://example.org/", "Cannot send events to http://example.org/: it is no https address."),
        ("ftp://example.org/", "Cannot send events to ftp://example.org/: it is no https address."),
        ("https:///x", "Cannot send events to https:///x: it is no https address."),
        (
            "https://me:secret@example.org/",
            "Cannot send events to example.org: the address must hold no name, password or #.",
        ),
        ("https://10.0.0.1/", "Cannot send events to 10.0.0.1: it is an address of a private network."),
        ("https://[::1]:8000/", "Cannot send events to ::1: it is an address of a private network."),
    ],
)
def test_an_address_that_may_not_be_is_refused(url: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        check_address(url, allowed=())
    assert str(refused.value) == words


def test_a_name_that_leads_to_this_machine_is_not_followed() -> None:
    with receiver() as told:
        for host in ("localhost", "127.1", "2130706433", "0x7f000001"):
            url = told.url.replace("127.0.0.1", host).replace("http:", "https:")
            assert send(url, b"{}", {}, allowed=()).fault == PRIVATE
        assert told.got == []


def test_the_connection_goes_to_the_address_that_was_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that means this machine the second time it is asked (DNS rebinding) is asked once only."""
    import socket

    asked = []

    def answers(host: str, port: int, **_more: Any) -> list[Any]:
        asked.append(host)
        place = "127.0.0.1" if len(asked) == 1 else "10.9.9.9"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, port))]

    with receiver() as told:
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, *a, **k: answers(host, a[0]) if host == "ben.vn" else real(host, *a, **k),
        )
        sent = send(told.url.replace("127.0.0.1", "ben.vn"), b"{}", {}, allowed=LOOPBACK)
    assert (sent.status, asked) == (204, ["ben.vn"])
    assert told.got[0][0]["Host"].startswith("ben.vn:")


@pytest.mark.django_db
def test_subscribing_needs_a_name_and_a_known_event(own: Corner) -> None:
    for events in ([], ["everything"]):
        with pytest.raises(Refused) as refused:
            subscribe(by=factories.BY, name="Trục", unit=own.unit, url="https://example.org/", events=events, at=NOW)
        assert str(refused.value) == "Cannot subscribe: it needs a name and at least one known event."


@pytest.mark.django_db
def test_the_pages_of_a_subscription(own: Corner, world: World, there: Receiver, client: Client) -> None:
    client.force_login(factories.user(Role.ADMINISTRATOR, on=world.own_province))
    client.cookies[house.LANGUAGE_COOKIE_NAME] = "en"
    address = reverse("api:new_subscription", args=[own.unit.key])
    wrong = client.post(address, {"name": "Trục", "url": "https://10.0.0.1/", "events": ["person.changed"]})
    assert wrong.context["form"].errors["__all__"] == [
        "Cannot send events to 10.0.0.1: it is an address of a private network."
    ]
    made = client.post(address, {"name": "Trục", "url": there.url, "events": ["person.changed"]})
    assert made.context["made"].secret in made.content.decode()
    change(own.person)
    follow_ledger(at=timezone.now())
    there.answer = 500
    deliver()
    page = reverse("api:subscription", args=[Subscription.objects.get().key])
    shown = client.get(page).content.decode()
    assert "What is known of a person, or a post, was changed." in shown and "500" in shown
    assert "not taken" in client.get(reverse("api:systems")).content.decode()
    assert client.post(page, {"act": "renew"}).context["made"].secret != made.context["made"].secret
    assert client.post(page, {"act": "stop"}).status_code == 302
    assert Subscription.objects.get().stopped_at is not None
