"""The hot path as a device meets it: what is stored when it says so, and what it answers to everything else."""

import asyncio
import json
import random
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from exams.sat import QUESTIONS, attempts, body, events, sitting, ticket_of
from factories import BY
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common import hot
from lantoa.common.hot import Said
from lantoa.common.metering import Meter
from lantoa.exams.actions.sittings import start_now
from lantoa.exams.hot import PREFIX, Door
from lantoa.exams.models import Answer, Attempt, Incident, Seal
from lantoa.exams.rules.sealing import ticket, unseal

pytestmark = pytest.mark.django_db(transaction=True)


def run(asked: Coroutine[Any, Any, Any]) -> Any:
    """In a thread of its own: the browser of another test may hold the event loop of this one."""
    with ThreadPoolExecutor(1) as own:
        return own.submit(asyncio.run, asked).result()


async def _ask(door: Door, *asked: tuple[str, bytes]) -> list[Said]:
    async def one(path: str, sent: bytes) -> Said:
        async def read() -> bytes:
            return sent

        return await door.answer("POST", PREFIX + path, str(len(sent)), read)

    return list(await asyncio.gather(*(one(*this) for this in asked)))


def ask(*asked: tuple[str, bytes]) -> list[Said]:
    """Asks all at once through one door."""
    door = Door(gather=0.001)
    said = run(_ask(door, *asked))
    door.rest()
    return said


def test_start_answers_and_hand_in_are_told_after_they_stand_in_the_database() -> None:
    (one,) = attempts(sitting(starts_at=None))
    assert [said.status for said in ask((f"{one.key}/start", body(one)))] == [409]
    start_now(by=BY, sitting=one.sitting, at=timezone.now())
    (started,) = ask((f"{one.key}/start", body(one)))
    (stored,) = ask((f"{one.key}/answers", body(one, events(one, (QUESTIONS[0], "b"), (QUESTIONS[1], "a")))))
    (handed_in,) = ask((f"{one.key}/hand-in", body(one)))

    assert (started.status, started.body["phase"], len(started.body["letters"])) == (200, "running", 16)
    assert (stored.status, stored.body["stored"]) == (200, 2)
    assert (handed_in.status, handed_in.body["phase"]) == (200, "over")
    one.refresh_from_db()
    assert one.started_at is not None and one.handed_in_at is not None
    assert Answer.objects.count() == 2


def test_a_ticket_opens_the_sealed_paper_of_its_attempt_and_of_no_other() -> None:
    one, other = attempts(sitting(people=2, starts_at=None))
    seal = Seal.objects.get(sitting=one.sitting)

    given, refused = ask((f"{one.key}/paper", body(one)), (f"{other.key}/paper", body(one)))

    assert (given.status, given.headers()[0]) == (200, ("content-type", "application/octet-stream"))
    assert unseal(given.written(), seal.letters, one.sitting.key) == one.variant.content
    assert (refused.status, refused.raw) == (403, b"")


def test_many_people_at_once_are_committed_together_and_each_is_told_of_their_own() -> None:
    people = attempts(sitting(people=20))

    said = ask(*((f"{one.key}/answers", body(one, events(one, (QUESTIONS[0], one.key)))) for one in people))

    assert [one.status for one in said] == [200] * 20
    assert sorted(Answer.objects.values_list("attempt__key", "value")) == sorted(
        (one.key, json.dumps(one.key)) for one in people
    )


def test_a_batch_of_somebody_else_is_refused_and_written_down() -> None:
    one, other = attempts(sitting(people=2))
    sent = events(one, (QUESTIONS[0], "a"))

    said = ask(
        (f"{one.key}/answers", body(one, sent, ticket=ticket_of(other, actor="user:0other"))),
        (f"{one.key}/answers", body(one, sent, ticket=ticket(b"forged", one.key, "user:0candidate000", 2**40))),
        (f"{one.key}/hand-in", body(one, ticket=ticket_of(other, actor="user:0other"))),
    )

    assert [(this.status, this.body) for this in said] == [(403, {"refused": "foreign"})] * 3
    assert Answer.objects.count() == 0
    assert Attempt.objects.filter(handed_in_at=None).count() == 2
    assert sorted(Incident.objects.values_list("attempt__key", "actor", "count")) == [
        (one.key, "", 1),
        (one.key, "user:0other", 2),
    ]


def test_a_ticket_that_is_too_old_is_told_apart_and_nothing_is_stored() -> None:
    (one,) = attempts(sitting())

    (said,) = ask((f"{one.key}/answers", body(one, events(one, (QUESTIONS[0], "a")), ticket=ticket_of(one, until=1))))

    assert (said.status, said.body) == (401, {"refused": "expired"})
    assert (Answer.objects.count(), Incident.objects.count()) == (0, 0)


def test_one_bad_event_spoils_its_batch_and_no_other() -> None:
    one, other = attempts(sitting(people=2))
    sent = json.loads(body(one, events(one, (QUESTIONS[0], "a"), (QUESTIONS[1], "b"))))
    sent["events"][1][0] = 0

    said = ask(
        (f"{one.key}/answers", json.dumps(sent).encode()),
        (f"{other.key}/answers", body(other, events(other, (QUESTIONS[0], "a")))),
    )

    assert [this.status for this in said] == [400, 200]
    assert said[0].body == {"refused": "malformed", "part": "sequence"}
    assert list(Answer.objects.values_list("attempt__key", flat=True)) == [other.key]


@pytest.mark.parametrize(
    ("method", "path", "length", "status"),
    [
        ("GET", "{key}/answers", "2", 405),
        ("POST", "{key}/answers", None, 411),
        ("POST", "{key}/answers", "x", 411),
        ("POST", "{key}/answers", "262145", 413),
        ("POST", "{key}/answers", "9" * 5000, 413),
        ("POST", "{key}/else", "2", 404),
        ("POST", "short/answers", "2", 404),
        ("POST", "", "2", 404),
        ("POST", "{key}/answers", "2", 400),
    ],
)
def test_what_is_no_request_of_ours_is_told_so(method: str, path: str, length: str | None, status: int) -> None:
    async def read() -> bytes:
        return b"[]"

    said = run(Door().answer(method, PREFIX + path.format(key="0attempt00000"), length, read))

    assert said.status == status


def test_ten_thousand_spoilt_batches_are_refused_and_nothing_of_them_is_stored() -> None:
    (one,) = attempts(sitting())
    good = json.loads(body(one, events(one, *((question, "b") for question in QUESTIONS))))
    chance = random.Random(2026)
    asked = [(f"{one.key}/answers", spoilt(good, chance)) for _ in range(10_000)]

    said = ask(*asked)

    assert {this.status for this in said} <= {400, 403}
    assert Answer.objects.count() == 0


JUNK: list[Any] = [None, True, -1, 0, 1.5, 2**31, 2**70, "", "\0", "\ud800", "x" * 500, [], {}, [[]], {"a": 1}, "Ệ"]


def spoilt(good: dict[str, Any], chance: random.Random) -> bytes:
    """A good batch with one thing about it that is not."""
    sent = json.loads(json.dumps(good))
    way = chance.randrange(5)
    if way == 0:
        sent[chance.choice(["ticket", "device"])] = chance.choice(JUNK)
    elif way == 1:
        sent["events"] = chance.choice([one for one in JUNK if one != []])
    elif way == 2:
        sent["events"][chance.randrange(3)] = chance.choice(JUNK)
    elif way == 3:
        sent["events"][chance.randrange(3)][chance.choice([2, 5])] = chance.choice([one for one in JUNK if one != ""])
    text = json.dumps(sent).encode()
    if way == 4:
        return text[: chance.randrange(len(text))]
    return text


@given(st.binary(max_size=300))
def test_no_body_is_too_strange_to_be_answered(strange: bytes) -> None:
    async def read() -> bytes:
        return strange

    said = run(Door().answer("POST", PREFIX + "0attempt00000/answers", str(len(strange)), read))

    assert said.status == 400


def test_when_too_many_wait_one_is_asked_to_come_again() -> None:
    (one,) = attempts(sitting())

    (said,) = run(_ask(Door(most=0), (f"{one.key}/state", body(one))))

    assert (said.status, said.body) == (503, {"refused": "busy", "again": 1000})


def test_a_connection_that_the_database_has_dropped_is_made_anew_and_nothing_is_lost() -> None:
    people = attempts(sitting(people=2))
    door = Door(gather=0.001)
    connection.ensure_connection()
    where = f"{connection.connection.info.dsn}"
    connection.close()

    async def twice() -> list[Said]:
        (before,) = await _ask(
            door, (f"{people[0].key}/answers", body(people[0], events(people[0], (QUESTIONS[0], 1))))
        )
        await asyncio.to_thread(_cut, where)
        (after,) = await _ask(
            door, (f"{people[1].key}/answers", body(people[1], events(people[1], (QUESTIONS[0], 2))))
        )
        return [before, after]

    assert [said.status for said in run(twice())] == [200, 200]
    door.rest()
    assert Answer.objects.count() == 2


def _cut(where: str) -> None:
    """Ends every other connection to the database, as its restart does."""
    with psycopg.connect(where) as own:
        own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"  # the database's own cleaning is not ours to end
        )


def test_requests_are_counted_by_kind_and_status_and_said_in_one_line_for_many(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hot, "SAID_SECONDS", 0.0)  # a minute is too long for a test
    (one,) = attempts(sitting())
    meter = Meter(tmp_path)
    door = Door(gather=0.001, meter=meter)
    with caplog.at_level("INFO", "lantoa"):
        run(_ask(door, (f"{one.key}/state", body(one))))
        run(_ask(door, (f"{one.key}/nothing", b"{}")))
    door.rest()

    counts = meter.counts()
    assert {name: sum(row[:-1]) for name, row in counts.items()} == {
        "exams:hot_state POST 200": 1,
        "exams:hot_unknown POST 404": 1,
    }
    said = [line for line in caplog.messages if line.startswith("requests of exams")]
    assert ['"state 200": 1' in line for line in said] == [True, False]


def test_received_is_what_has_arrived_whole() -> None:
    (one,) = attempts(sitting())
    sent = body(one, events(one, (QUESTIONS[0], "b")))
    arrived: list[Any] = []

    async def slowly() -> bytes:
        await asyncio.sleep(0.05)
        arrived.append(timezone.now())
        return sent

    door = Door(gather=0.001)
    run(door.answer("POST", f"{PREFIX}{one.key}/answers", str(len(sent)), slowly))
    door.rest()
    assert Answer.objects.get().received_at >= arrived[0]
