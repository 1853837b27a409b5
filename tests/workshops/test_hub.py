"""The streams of a process on a real database: one subscription, gaps healed, strangers refused and written down."""

import asyncio
import time
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, transaction
from workshops.held import T0, site, workshop
from workshops.listening import SECONDS, Listener, listen, post, run, ticket_of

from lantoa.workshops import hub as hubs
from lantoa.workshops.actions.telling import tell
from lantoa.workshops.hot import Door
from lantoa.workshops.models import Trespass, Workshop

pytestmark = pytest.mark.django_db(transaction=True)


def say(of: Workshop, kind: str = "announcement", audience: str = "all", **about: Any) -> int:
    """Told and committed."""
    with transaction.atomic():
        return tell(workshop=of, kind=kind, about=about, at=T0, audience=audience)


async def said(of: Workshop, *kinds: str) -> int:
    """The same from within an event loop; the last number."""

    def each() -> int:
        try:
            return [say(of, kind) for kind in kinds][-1]
        finally:
            connection.close()

    return await asyncio.to_thread(each)


def closed(door: Door) -> None:
    door.close()
    door.rest()


def test_what_is_told_reaches_every_page_and_in_its_order() -> None:
    made = workshop(state="live")
    before = made.told
    door = Door(gather=0.001)

    async def meeting() -> list[Listener]:
        pages = [await listen(door, made, after=before) for _ in range(3)]
        last = await said(made, *["announcement"] * 20)
        for page in pages:
            await page.until(last)
        return pages

    pages = run(meeting())
    closed(door)

    assert [page.numbers() for page in pages] == [list(range(before + 1, before + 21))] * 3


def test_what_was_told_while_a_page_was_away_is_told_when_it_comes_back() -> None:
    made = workshop(state="live")
    first = say(made)
    door = Door(gather=0.001)

    async def away() -> tuple[Listener, Listener]:
        await listen(door, made)
        last = await said(made, "announcement", "announcement")
        by_number = await listen(door, made, after=first)
        by_browser = await listen(door, made, after=1, last=str(first))  # what the browser itself remembers
        for page in (by_number, by_browser):
            await page.until(last)
        return by_number, by_browser

    pages = run(away())
    closed(door)

    assert [page.numbers() for page in pages] == [[first + 1, first + 2]] * 2


def test_a_process_that_begins_anew_goes_on_from_the_number_that_a_page_knows() -> None:
    made = workshop(state="live")
    before = [say(made) for _ in range(3)]
    first = Door(gather=0.001)
    run(listen(first, made, after=before[0]))
    closed(first)
    later = [say(made) for _ in range(2)]
    second = Door(gather=0.001)

    page = run(listen(second, made, after=before[0]))
    closed(second)

    assert page.numbers() == [*before[1:], *later]


def test_a_subscription_that_was_cut_loses_nothing() -> None:
    made = workshop(state="live")
    before = made.told
    door = Door(gather=0.001)
    connection.ensure_connection()
    where = f"{connection.connection.info.dsn}"
    connection.close()

    async def cut() -> Listener:
        page = await listen(door, made, after=before)
        await page.until(await said(made, "announcement"))
        await asyncio.to_thread(_cut, where)
        await page.until(await said_again(made))
        return page

    page = run(cut())
    closed(door)

    assert page.numbers() == [before + 1, before + 2]


async def said_again(of: Workshop) -> int:
    """By somebody whose own lines were cut too, and who tries until the database takes it: then it is told once."""
    end = time.monotonic() + SECONDS
    while True:
        try:
            return await said(of, "announcement")
        except OperationalError:
            assert time.monotonic() < end, "no line to the database comes back"


def _cut(where: str) -> None:
    """Ends every other connection to the database, as its restart does."""
    with psycopg.connect(where) as own:
        own.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"  # the database's own cleaning is not ours to end
        )


def test_counts_in_a_storm_are_told_seldom_and_the_last_one_is_right() -> None:
    made = workshop(state="live")
    before = made.told
    door = Door(gather=0.001)

    async def storm() -> Listener:
        page = await listen(door, made, after=before)
        await page.until(await said(made, *["poll"] * 100))
        return page

    page = run(storm())
    closed(door)

    assert page.numbers()[-1] == before + 100
    assert len(page.numbers()) <= 50


def test_the_ticket_of_another_workshop_a_forged_one_and_an_old_one_are_refused_and_strangers_written_down() -> None:
    made, other = workshop(state="live"), workshop(state="live")
    door = Door(gather=0.001)

    async def tried() -> list[Listener]:
        return [
            await listen(door, made, ticket=ticket_of(other, actor="user:0other000000")),
            await listen(door, made, ticket=ticket_of(other, actor="user:0other000000")),
            await listen(door, made, ticket=ticket_of(made).replace("all", "desk")),
            await listen(door, made, ticket=ticket_of(made, until=1)),
            await listen(door, made, ticket="x"),
        ]

    pages = run(tried())
    closed(door)

    assert [(page.status, page.said) for page in pages] == [(403, b"")] * 3 + [(401, b""), (403, b"")]
    assert sorted(Trespass.objects.values_list("workshop__key", "what", "actor", "count")) == [
        (made.key, "stream", "", 2),
        (made.key, "stream", "user:0other000000", 2),
    ]


def test_a_workshop_that_is_not_there_has_no_stream() -> None:
    made = workshop(state="live")
    gone = Workshop(key="0nothing00000")
    door = Door(gather=0.001)

    page = run(listen(door, made, ticket="x")) and run(listen(door, gone))
    closed(door)

    assert (page.status, page.said) == (404, b"")


def test_one_account_and_one_process_hold_only_so_many_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "MOST_OF_ONE", 2)
    monkeypatch.setattr(hubs, "MOST_STREAMS", 3)
    made = workshop(state="live")
    door = Door(gather=0.001)

    async def many() -> list[int]:
        names = ["user:0a", "user:0a", "user:0a", "user:0b", "user:0c"]
        return [(await listen(door, made, ticket=ticket_of(made, actor=name))).status for name in names]

    statuses = run(many())
    closed(door)

    assert statuses == [200, 200, 503, 200, 503]


def test_when_the_process_stops_every_stream_ends_and_is_asked_to_come_again() -> None:
    made = workshop(state="live")
    door = Door(gather=0.001)

    async def stopped() -> tuple[Listener, Listener]:
        page = await listen(door, made)
        door.close()
        return page, await listen(door, made)

    page, late = run(stopped())
    door.rest()

    assert page.said.endswith(b"event: again\ndata: {}\n\n")
    assert late.status == 503


def test_somebody_who_acts_for_another_site_or_with_another_ticket_is_refused_and_written_down() -> None:
    made = workshop(state="live")
    one, other = site(made), site(made)
    door = Door(gather=0.001)
    mine = ticket_of(made, f"site:{one.key}", "user:0operator0000")
    seat = ticket_of(made, "seat:0person000000", "user:0learner00000")
    report = {"site": other.key, "state": "present", "people": 3, "nonce": "0nonce0000"}

    async def tried() -> list[int]:
        asked = [
            await post(door, f"{made.key}/report", {**report, "ticket": mine}),
            await post(door, f"{made.key}/report", {**report, "ticket": seat}),
            await post(door, f"{made.key}/heard", {"site": other.key, "ticket": mine}),
            await post(door, f"{made.key}/check-in", {"site": one.key, "code": "123456", "ticket": mine}),
            await post(
                door,
                f"{made.key}/report",
                {**report, "site": one.key, "ticket": ticket_of(made, f"site:{one.key}", until=1)},
            ),
        ]
        return [said.status for said in asked]

    statuses = run(tried())
    closed(door)

    assert statuses == [403, 403, 403, 403, 401]
    assert sorted(Trespass.objects.values_list("what", "actor", "count")) == [
        ("check-in", "user:0operator0000", 1),
        ("heard", "user:0operator0000", 1),
        ("report", "user:0learner00000", 1),
        ("report", "user:0operator0000", 1),
    ]


def test_what_is_told_is_numbered_without_a_gap_also_when_acts_fail() -> None:
    made = workshop(state="live")
    before = made.told
    door = Door(gather=0.001)

    def fails() -> None:
        try:
            with transaction.atomic():
                tell(workshop=made, kind="announcement", about={}, at=T0 + timedelta(minutes=1))
                raise RuntimeError
        except RuntimeError:
            connection.close()

    async def meeting() -> Listener:
        page = await listen(door, made, after=before)
        await said(made, "announcement")
        await asyncio.to_thread(fails)
        await page.until(await said(made, "announcement"))
        return page

    page = run(meeting())
    closed(door)

    assert page.numbers() == [before + 1, before + 2]
