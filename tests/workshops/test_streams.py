"""What goes down a stream, without a database: who hears what, in which order, and what whoever was away is given."""

import asyncio
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lantoa.workshops.hub import KEPT, LEASE, Room, Stream
from lantoa.workshops.rules.streams import MOST_REPLAYED, Ticket, Told, Waiting, hears, read_ticket, written

KEY = "0workshop0000"
SITE = "site:0site00000000"
SECRET = b"s" * 32


def told(number: int, kind: str = "announcement", audience: str = "all", **about: Any) -> Told:
    return Told(number, kind, audience, about, 1_000 * number)


class Done:
    """What the server's `send_bytes` gives: it can be awaited, and need not be. With a fault it raises then."""

    def __init__(self, fault: Exception | None = None) -> None:
        self._fault = fault

    def __await__(self) -> Iterator[None]:
        if self._fault:
            raise self._fault
        return iter(())


class Page:
    """A reader, and the events it was given."""

    def __init__(self, audience: str = "all", actor: str = "user:0reader000000") -> None:
        self.said, self.gone = b"", False
        self.stream = Stream(self._take, audience, actor)

    def _take(self, said: bytes) -> Done:
        if self.gone:
            return Done(ConnectionError())
        self.said += said
        return Done()

    def events(self) -> list[tuple[str, dict[str, Any]]]:
        found = []
        for block in self.said.decode().split("\n\n"):
            kind = re.search(r"^event: (.*)$", block, re.M)
            data = re.search(r"^data: (.*)$", block, re.M)
            if data:
                found.append((kind[1] if kind else "told", json.loads(data[1])))
        return found

    def numbers(self) -> list[int]:
        return [said["n"] for kind, said in self.events() if kind == "told"]


def room(*before: Told) -> Room:
    made = Room(KEY, 1)
    made.load((), before)
    return made


def come(into: Room, page: Page, after: int | None = None) -> Page:
    into.welcome(page.stream, after, 0)
    return page


def hear(into: Room, *tellings: Told, now: float = 0.0) -> float | None:
    into.read = max(into.read, *(one.number for one in tellings))
    return into.hear(tellings, now)


# ---- who may hear what


def test_a_ticket_says_workshop_audience_and_reader_until_its_time() -> None:
    ticket = Ticket(KEY, SITE, "user:0reader000000")
    shown = ticket.written(SECRET, 100)

    assert read_ticket(SECRET, shown, 99.9) == (ticket, True)
    assert read_ticket(SECRET, shown, 100) == (ticket, False)
    assert read_ticket(b"x" * 32, shown, 0) is None
    assert read_ticket(SECRET, shown.replace(SITE, "desk"), 0) is None
    assert read_ticket(SECRET, "", 0) is None


@pytest.mark.parametrize(
    ("own", "audience", "told_it"),
    [
        ("all", "all", True), ("all", "desk", False), ("all", SITE, False),
        ("desk", "all", True), ("desk", "desk", True), ("desk", SITE, True),
        (SITE, "all", True), (SITE, SITE, True), (SITE, "desk", False), (SITE, "site:0other0000000", False),
        ("seat:0person000000", "all", True), ("seat:0person000000", "desk", False),
    ],
)  # fmt: skip
def test_everybody_hears_what_is_meant_for_them_and_the_desk_hears_all(
    own: str, audience: str, told_it: bool
) -> None:
    assert hears(own, audience) is told_it
    page = Page(own)
    made = room()
    come(made, page)
    hear(made, told(1, audience=audience))
    assert page.numbers() == ([1] if told_it else [])


# ---- counts may wait, nothing else does


def test_counts_are_told_twice_a_second_and_the_last_one_counts() -> None:
    waiting = Waiting()

    assert waiting.take([told(1, "roll", here=1)], 10.0) == [told(1, "roll", here=1)]
    assert waiting.take([told(2, "roll", here=2)], 10.1) == ()
    assert waiting.take([told(3, "poll", yes=1)], 10.2) == ()
    assert waiting.take([told(4, "roll", here=4)], 10.3) == ()
    assert waiting.due(10.4) == ()
    assert waiting.due_at() == 10.5
    assert waiting.due(10.5) == [told(3, "poll", yes=1), told(4, "roll", here=4)]
    assert waiting.due(20.0) == ()


def test_rows_of_two_counts_add_up() -> None:
    waiting = Waiting(sent_at=10.0)
    waiting.take([told(1, "roll", rows={"a": 1, "b": 1})], 10.1)
    waiting.take([told(2, "roll", rows={"b": 2, "c": 2})], 10.2)

    (one,) = waiting.due(10.5)

    assert (one.number, one.about) == (2, {"rows": {"a": 1, "b": 2, "c": 2}})


def test_counts_for_others_do_not_replace_mine() -> None:
    waiting = Waiting(sent_at=10.0)
    waiting.take([told(1, "roll", "desk"), told(2, "roll", SITE), told(3, "roll", "desk")], 10.1)

    assert [one.number for one in waiting.due(10.5)] == [2, 3]


def test_what_cannot_wait_takes_the_waiting_along_so_that_nothing_is_out_of_order() -> None:
    made, page = room(), Page()
    come(made, page)
    hear(made, told(1, "poll"), now=1.0)
    due = hear(made, told(2, "poll"), now=1.1)
    assert (due, page.numbers()) == (1.5, [1])

    hear(made, told(3), now=1.2)

    assert page.numbers() == [1, 2, 3]


# ---- gaps, replay, what stands


def test_each_event_says_which_one_its_audience_was_told_before() -> None:
    made, desk, site = room(), Page("desk"), Page(SITE)
    come(made, desk)
    come(made, site)
    hear(made, told(1), told(2, audience="desk"), told(3), told(4, audience=SITE), told(5, audience=SITE))

    assert [(said["n"], said["p"]) for kind, said in desk.events() if kind == "told"] == [
        (1, 0), (2, 0), (3, 1), (4, 0), (5, 4),
    ]  # fmt: skip
    assert site.numbers() == [1, 3, 4, 5]


def test_whoever_comes_back_is_told_what_they_missed_and_no_more() -> None:
    made = room(*(told(number) for number in range(1, 11)))

    page = come(made, Page(), after=7)

    assert [kind for kind, _said in page.events()] == ["hello", "told", "told", "told", "caught-up"]
    assert (page.events()[0][1]["snapshot"], page.numbers()) == (False, [8, 9, 10])


def test_whoever_knows_everything_is_told_nothing_twice() -> None:
    made = room(*(told(number) for number in range(1, 11)))

    assert come(made, Page(), after=10).numbers() == []
    assert come(made, Page(), after=12).numbers() == []  # read the database before this process did


def test_whoever_missed_too_much_is_given_what_stands() -> None:
    made = room(*(told(number, "poll" if number % 2 else "roll") for number in range(1, MOST_REPLAYED * 2)))

    page = come(made, Page(), after=3)

    assert (page.events()[0][1]["snapshot"], page.numbers()) == (True, [MOST_REPLAYED * 2 - 2, MOST_REPLAYED * 2 - 1])


def test_what_is_no_longer_kept_in_memory_still_stands() -> None:
    made = room(told(1, "state", state="live"))
    for number in range(2, KEPT + 10):
        hear(made, told(number, "poll"), now=float(number))

    page = come(made, Page(), after=2)

    assert (page.events()[0][1]["snapshot"], page.numbers()) == (True, [1, KEPT + 9])


@pytest.mark.parametrize("after", [None, 10**15])
def test_a_number_that_cannot_be_is_given_what_stands(after: int | None) -> None:
    page = come(room(told(1), told(2)), Page(), after)

    assert (page.events()[0][1]["snapshot"], page.numbers()) == (True, [2])


def test_what_stands_for_a_site_is_its_own_and_everybodys() -> None:
    made = room(
        told(1, "state"), told(2, "call", SITE), told(3, "call", "site:0other0000000"), told(4, "roll", "desk")
    )

    assert come(made, Page(SITE)).numbers() == [1, 2]
    assert come(made, Page("desk")).numbers() == [1, 4]
    assert come(made, Page()).numbers() == [1]


def test_the_same_bytes_go_to_all() -> None:
    made = room()
    given: list[bytes] = []

    def take(said: bytes) -> Done:
        given.append(said)
        return Done()

    for _ in range(3):
        made.streams.add(Stream(take, "all", "user:0reader000000"))  # type: ignore[arg-type]
    hear(made, told(1, text="Xin chào"))

    assert given == [written(told(1, text="Xin chào"), 0)] * 3
    assert given[0] is given[1] is given[2]


# ---- who does not read


def test_a_stream_is_good_for_so_many_bytes_and_then_ends_with_again() -> None:
    made, page, other = room(), Page(), Page()
    come(made, page)
    come(made, other)
    other.stream.lease = 10**9
    words = "x" * 10_000
    for number in range(1, LEASE[1] // 10_000 + 2):
        hear(made, told(number, text=words))

    assert page.said.endswith(b"event: again\ndata: {}\n\n")
    assert len(page.said) <= LEASE[1] + 2 * len(words)
    assert (made.streams, made.of) == ({other.stream}, {"user:0reader000000": 1})
    assert other.numbers()[-1] == LEASE[1] // 10_000 + 1


def test_whoever_has_gone_is_found_by_the_beat() -> None:
    made, page, other = room(), Page(), Page()
    come(made, page)
    come(made, other)
    page.gone = True

    with ThreadPoolExecutor(1) as own:
        own.submit(asyncio.run, made.beat(1_700_000_000_000)).result()

    assert made.streams == {other.stream}
    assert other.events()[-1] == ("beat", {"now": 1_700_000_000_000, "n": 0})
