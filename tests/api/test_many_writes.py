"""Fifty writes of a real client at the same moment, to a real web process: nothing is doubled, nothing is lost."""

import http.client
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import factories
import pytest
from api.caller import System, system
from exams.hall import SECONDS, Web
from house.world import World

from lantoa.directory.models import Person, Post
from lantoa.ledger.models import Entry

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
Answered = tuple[int, dict[str, str], Any]


class Client:
    """Another system on the line."""

    def __init__(self, web: Web, machine: System) -> None:
        self.web, self.token = web, machine.text

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        sent = {"Authorization": f"Bearer {self.token}", "Accept-Language": "en", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = b"" if body is None else json.dumps(body).encode()
        line = http.client.HTTPConnection("127.0.0.1", self.web.port, timeout=SECONDS)
        try:
            line.request(method, f"/api/v1/{path}", data, sent)
            answer = line.getresponse()
            headers_back = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers_back, json.loads(answer.read())
        finally:
            line.close()


def all_at_once(calls: list[Callable[[], Answered]]) -> list[Answered]:
    """What each was answered, in their order."""
    start = Barrier(len(calls))

    def one(call: Callable[[], Answered]) -> Answered:
        start.wait(SECONDS)
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(one, calls))


def test_fifty_writes_at_once_are_each_done_once() -> None:
    world = World.make()
    machine = system(world.own_province, calls_a_minute=1_000)
    wards = [factories.unit(f"Phường {number}", under=world.own_province) for number in range(10)]
    busy, contested = (factories.person(name, at=wards[0]) for name in ("Lê Văn Tám", "Ngô Thị Chín"))
    others = [factories.person(f"Phan Văn {number}", at=wards[1]) for number in ("Ba", "Tư", "Năm", "Sáu", "Bảy")]
    web = Web()
    try:
        web.wait_for_pages()
        client = Client(web, machine)

        def add(name: str, key: str) -> Answered:
            body = {"full_name": name, "unit": wards[2].key, "since": "2020-10-01", "although_known": True}
            return client.call("POST", "people", body, Idempotency_Key=key)

        def phone(key: str, number: str, tag: str) -> Answered:
            return client.call("PATCH", f"people/{key}", {"phone": number}, If_Match=tag)

        tags = {one.key: client.call("GET", f"people/{one.key}")[1]["etag"] for one in (contested, *others)}
        new = [lambda n=n: add(f"Đào Thị Mới {n}", f"new-{n}") for n in "abcdefghijklmno"]
        same = [lambda: add("Đào Thị Một Lần", "once")] * 10
        posts = [
            lambda n=n, ward=ward: client.call(
                "POST",
                f"people/{busy.key}/posts",
                {"unit": ward.key, "since": "2021-01-01", "title": f"Kiêm nhiệm {n}"},
                Idempotency_Key=f"post-{n}",
            )
            for n, ward in enumerate(wards)
        ]
        raced = [lambda n=n: phone(contested.key, f"091234560{n}", tags[contested.key]) for n in range(10)]
        apart = [lambda one=one: phone(one.key, "0912999888", tags[one.key]) for one in others]
        answers = all_at_once([*new, *same, *posts, *raced, *apart])
    finally:
        web.kill()

    statuses = [status for status, _headers, _said in answers]
    assert Counter(statuses[:15]) == {201: 15}
    assert Counter(statuses[15:25]) == {201: 10}
    assert Counter(statuses[25:35]) == {201: 10}
    assert Counter(statuses[35:45]) == {200: 1, 412: 9}
    assert Counter(statuses[45:]) == {200: 5}
    assert len({said["key"] for _status, _headers, said in answers[15:25]}) == 1
    assert Person.objects.filter(full_name__startswith="Đào Thị Mới").count() == 15
    assert Person.objects.filter(full_name="Đào Thị Một Lần").count() == 1
    assert Post.objects.filter(person=busy, title__startswith="Kiêm nhiệm").count() == 10
    won = statuses.index(200, 35)
    assert Person.objects.get(pk=contested.pk).phone == answers[won][2]["phone"] == f"091234560{won - 35}"
    assert set(Person.objects.filter(pk__in=[one.pk for one in others]).values_list("phone", flat=True)) == {
        "0912999888"
    }
    lines = Entry.objects.filter(actor=machine.token.actor_key)
    assert Counter(lines.values_list("act", flat=True)) == {
        "directory.add_person": 16,
        "directory.set_post": 10,
        "directory.correct_person": 6,
    }
