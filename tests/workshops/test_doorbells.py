"""The doorbell by Valkey or Redis: pages are told at once, and what a ring has not said is read from the database."""

import asyncio
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from workshops.held import workshop
from workshops.listening import Listener, listen, run
from workshops.test_hub import closed, said, say
from workshops.valkey import FakeValkey

from lantoa.common.resp import Line, Spoken, Where, command, read
from lantoa.workshops import doorbell_valkey as bells
from lantoa.workshops.doorbell import CHANNEL, PostgresDoorbell, doorbell, ring
from lantoa.workshops.doorbell_valkey import Ringer, ValkeyDoorbell
from lantoa.workshops.hot import Door
from lantoa.workshops.hub import Hub

pytestmark = [pytest.mark.django_db(transaction=True)]
SERVER = shutil.which("valkey-server") or shutil.which("redis-server")


@pytest.fixture(name="server")
def _server() -> Iterator[FakeValkey]:
    made = FakeValkey()
    yield made
    made.close()


def heard_of(address: str, meeting: Any) -> Listener:
    """What a page heard, of a process whose doorbell is there."""
    door = Door(gather=0.001, hub=Hub(ValkeyDoorbell(Where.read(address))))

    async def met() -> Listener:
        found: Listener = await meeting(door)
        return found

    try:
        return run(met())  # type: ignore[no-any-return]
    finally:
        closed(door)


def test_what_is_told_rings_and_reaches_a_page_in_its_order(server: FakeValkey, settings: Any) -> None:
    settings.DOORBELL = server.address()
    made = workshop(state="live")
    before = made.told

    async def meeting(door: Door) -> Listener:
        page = await listen(door, made, after=before)
        await page.until(await said(made, "announcement", "announcement"))
        return page

    page = heard_of(server.address(), meeting)

    assert page.numbers() == [before + 1, before + 2]
    assert server.published[-2:] == [
        (CHANNEL, f"{made.key} {before + 1}"),
        (CHANNEL, f"{made.key} {before + 2}"),
    ]


def test_nothing_rings_for_an_act_that_was_taken_back(server: FakeValkey, settings: Any) -> None:
    settings.DOORBELL = server.address()
    with pytest.raises(RuntimeError), transaction.atomic():
        ring("0workshop0000", 1)
        raise RuntimeError

    assert server.published == []


def test_a_lost_ring_is_healed_by_number(server: FakeValkey, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "LOOK_SECONDS", 0.1)
    settings.DOORBELL = server.address()
    made = workshop(state="live")
    before = made.told

    async def meeting(door: Door) -> Listener:
        page = await listen(door, made, after=before)
        server.lost = True
        await page.until(await said(made, "announcement"))
        return page

    assert heard_of(server.address(), meeting).numbers() == [before + 1]


def test_a_server_that_was_restarted_or_never_came_back_loses_nothing(server: FakeValkey, settings: Any) -> None:
    settings.DOORBELL = server.address()
    made = workshop(state="live")
    before = made.told

    async def meeting(door: Door) -> Listener:
        page = await listen(door, made, after=before)
        await page.until(await said(made, "announcement"))
        await asyncio.to_thread(server.cut)
        await page.until(await said(made, "announcement"))
        await asyncio.to_thread(server.close)
        await page.until(await said(made, "announcement"))
        return page

    assert heard_of(server.address(), meeting).numbers() == [before + 1, before + 2, before + 3]


def test_an_act_never_fails_for_the_doorbell_and_waits_for_a_dead_one_once(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.DOORBELL = f"valkey://127.0.0.1:{port}"
    made = workshop(state="live")

    before = made.told
    assert say(made) == before + 1
    ringer = Ringer(Where("127.0.0.1", port))
    ringer.ring(made.key, 1)
    tried = ringer._rests_until
    ringer.ring(made.key, 2)

    assert tried > time.monotonic() - 5
    assert ringer._rests_until == tried  # the second one was not even tried


def test_a_line_that_the_server_has_cut_is_made_anew_by_the_next_ring(server: FakeValkey) -> None:
    ringer = Ringer(Where.read(server.address()))
    ringer.ring("0one", 1)
    server.cut()
    ringer.ring("0one", 2)
    ringer.close()

    assert server.published == [(CHANNEL, "0one 1"), (CHANNEL, "0one 2")]


def test_a_password_is_shown_and_a_wrong_one_is_refused() -> None:
    server = FakeValkey(password="bí mật/1")
    try:
        right = Where.read(server.address(":b%C3%AD%20m%E1%BA%ADt%2F1@"))
        with closing(Line(right, 5)) as line:
            assert line.ask("PING") == "PONG"
        with pytest.raises(Spoken, match="^WRONGPASS"):
            Line(Where.read(server.address("lantoa:wrong@")), 5)
        assert "mật" not in repr(right)
    finally:
        server.close()


def test_the_setting_says_which_doorbell_there_is(settings: Any) -> None:
    settings.DOORBELL = ""
    plain = doorbell()
    settings.DOORBELL = "rediss://valkey.example.vn"
    other = doorbell()

    assert (type(plain), type(other)) == (PostgresDoorbell, ValkeyDoorbell)


def test_a_reply_is_read_when_it_is_whole_and_nothing_else_is_taken_for_one() -> None:
    whole = b"*3\r\n$7\r\nmessage\r\n$2\r\nch\r\n$-1\r\n+OK\r\n:-12\r\n-ERR no\r\n"
    first = read(whole)
    assert first == (["message", "ch", None], whole.index(b"+OK"))
    assert read(whole, whole.index(b"+OK")) == ("OK", whole.index(b":-12"))
    assert read(whole, whole.index(b":-12")) == (-12, whole.index(b"-ERR"))
    refused = read(whole, whole.index(b"-ERR"))
    assert refused is not None
    assert str(refused[0]) == "ERR no"
    assert [read(whole[:end]) for end in range(whole.index(b"+OK"))] == [None] * whole.index(b"+OK")
    for wrong in (b"HTTP/1.1 400 Bad Request\r\n", b"$x\r\n", b"*1\r\n" * 9, b"$99999999999\r\n"):
        with pytest.raises(Spoken):
            read(wrong)
    assert command("PUBLISH", "kênh", "") == b"*3\r\n$7\r\nPUBLISH\r\n$5\r\nk\xc3\xaanh\r\n$0\r\n\r\n"


@pytest.mark.parametrize("address", ["", "valkey://", "http://x", "valkey://x/2"])
def test_what_is_no_address_of_a_server_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="not the address of a Valkey or Redis server"):
        Where.read(address)


@pytest.mark.skipif(
    not SERVER, reason="NO VALKEY, NO REDIS: the doorbell was tested against a server of our own only"
)
def test_a_real_server_rings(tmp_path: Path, settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert SERVER
    own = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(tmp_path), "--save", ""]
    process = subprocess.Popen([SERVER, *own], stdout=subprocess.DEVNULL)
    try:
        settings.DOORBELL = f"valkey://127.0.0.1:{port}"
        made = workshop(state="live")

        async def meeting(door: Door) -> Listener:
            page = await listen(door, made, after=made.told)
            await page.until(await said(made, "announcement"))
            return page

        assert heard_of(settings.DOORBELL, meeting).numbers() == [made.told + 1]
    finally:
        process.terminate()
        process.wait()
