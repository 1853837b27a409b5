"""The log of answers: what a batch must look like, what its events amount to, and what about them is odd.

A device numbers its events from 1 and puts into each the hash of the one before. It may send any of them again, in
any order, in any batches: the state is a function of the set of events that arrived.

- Of one device the last sequence counts, of two devices what was received last.
- What was received after the time was over, or after handing in, is kept and does not count, until a person says so.
- A gap in the sequence, a broken chain, a number used twice, a clock that jumped: kept and told, never thrown away.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lantoa.common.tickets import Malformed, read_object, ticket_in

MOST_EVENTS = 200
MOST_BYTES = 256 * 1024
LONGEST_VALUE = 100_000
LARGEST = 2**31 - 1
LATEST_MS = 2**53
FIRST = bytes(32)  # what stands before the first event of a device
PLAIN_PAGE = "plainpage"  # the device that the plain pages are, in every attempt
CLOCK_JUMPS = timedelta(seconds=30)
PAPER = "on-paper"  # the device that a sheet of paper is, in every attempt; no device of ours can call itself so

_DEVICE = re.compile(r"[0-9a-z]{8,26}", re.ASCII)
_QUESTION = re.compile(r"[0-9a-z]{1,13}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sent:
    """One event as a device sends it."""

    device: str
    sequence: int
    question: str
    value: str
    device_ms: int
    monotonic_ms: int
    before: bytes

    def hash(self, attempt: str) -> bytes:
        """What the next event of this device carries. SHA-256 of the fields, a line each, the value last."""
        return hashlib.sha256(
            f"{attempt}\n{self.device}\n{self.sequence}\n{self.question}\n{self.device_ms}\n{self.monotonic_ms}\n"
            f"{self.before.hex()}\n{self.value}".encode()
        ).digest()


@dataclass(frozen=True, slots=True)
class Received:
    """One event of the log. `order` is the place in the log: it decides between two received in the same moment."""

    device: str
    sequence: int
    question: str
    value: str
    device_ms: int
    monotonic_ms: int
    before: bytes
    hash: bytes
    received_at: datetime
    order: int


@dataclass(frozen=True)
class Batch:
    """What a device sent: its ticket, and its events."""

    ticket: str
    events: tuple[Sent, ...]


def read_batch(body: bytes) -> Batch:
    """`{"ticket": "…", "device": "…", "events": [[sequence, question, value, device_ms, monotonic_ms, before], …]}`.

    The value is JSON within a string: the hash is made of exactly that text. Raises Malformed, and nothing else,
    whatever the body is; a batch is taken whole or not at all.
    """
    said = read_object(body, MOST_BYTES)
    events = said.get("events")
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise Malformed("events")
    return Batch(ticket_in(said), read_events(said.get("device"), events))


def read_events(device: Any, rows: Iterable[Any]) -> tuple[Sent, ...]:
    """The events of one device. Raises Malformed."""
    if not isinstance(device, str) or not _DEVICE.fullmatch(device):
        raise Malformed("device")
    return tuple(_event(device, one) for one in rows)


def _event(device: str, one: Any) -> Sent:
    if not isinstance(one, list) or len(one) != 6:
        raise Malformed("event")
    sequence, question, value, device_ms, monotonic_ms, before = one
    if not _whole(sequence, 1, LARGEST):
        raise Malformed("sequence")
    if not isinstance(question, str) or not _QUESTION.fullmatch(question):
        raise Malformed("question")
    if not _whole(device_ms, 0, LATEST_MS) or not _whole(monotonic_ms, 0, LATEST_MS):
        raise Malformed("time")
    if not isinstance(before, str) or not _HASH.fullmatch(before):
        raise Malformed("before")
    if not isinstance(value, str) or len(value) > LONGEST_VALUE or "\0" in value:
        raise Malformed("value")
    try:
        value.encode()  # half a surrogate pair is no text
        said = json.loads(value)
        if "\\u" in value:
            json.dumps(said, ensure_ascii=False).encode()  # nor is one written as an escape
    except (ValueError, RecursionError):
        raise Malformed("value") from None
    if not _is_flat(said):
        raise Malformed("value")
    return Sent(device, sequence, question, value, device_ms, monotonic_ms, bytes.fromhex(before))


def _is_flat(said: Any) -> bool:
    """Nothing, a text, a number, or a list or an object of such: all that a page of ours sends. What is nested deeper
    might be readable here and no more where the stack is higher."""
    parts = said.values() if isinstance(said, dict) else said if isinstance(said, list) else (said,)
    return not any(isinstance(one, dict | list) for one in parts)


def _whole(number: Any, least: int, most: int) -> bool:
    return type(number) is int and least <= number <= most


# ---- what the log amounts to


def counting(
    events: Iterable[Received],
    *,
    ends: datetime | None,
    handed_in_at: datetime | None,
    late_until: datetime | None = None,
    on_paper: bool = False,
) -> list[Received]:
    """The events that count: received in time and not after handing in; with `late_until` also what came late.

    Where a person has let late events count, those that came after handing in count too: they waited on a device
    whose line was dead. What was entered from paper counts whenever that was done, as long as somebody says that the
    paper was handed in in time (`on_paper`), and else not at all.
    """
    log = list(events)
    events = [one for one in log if one.device != PAPER]
    entered = [one for one in log if one.device == PAPER] if on_paper else []
    blank = {question for question, one in last_of(entered).items() if one.value == "null"}
    entered = [one for one in entered if one.question not in blank]  # where the sheet says nothing, the device does

    def in_time(one: Received) -> bool:
        return (ends is None or one.received_at < ends) and (handed_in_at is None or one.received_at <= handed_in_at)

    def taken(one: Received) -> bool:
        return late_until is not None and one.received_at < late_until

    return [one for one in events if in_time(one) or taken(one)] + entered


def answers(events: Iterable[Received]) -> dict[str, Any]:
    """The answer to each question, by the id of the question. An answer taken back is None."""
    return {question: _read(one.value) for question, one in sorted(last_of(events).items())}


def _read(value: str) -> Any:
    """What an event says. The log cannot be mended: whatever stands in it, the work of the others is marked."""
    try:
        said = json.loads(value)
    except RecursionError:
        return None
    if not _is_flat(said):
        return None
    if "\\u" in value:  # half a surrogate pair becomes a question mark
        said = json.loads(json.dumps(said, ensure_ascii=False).encode("utf-8", "replace"))
    return said


def fingerprint(answer: Any) -> str:
    """SHA-256 of an answer: what a person judged is known again by it."""
    return hashlib.sha256(json.dumps(answer, sort_keys=True).encode()).hexdigest()


def last_of(events: Iterable[Received]) -> dict[str, Received]:
    """The event that says the answer to each question."""
    of_device: dict[tuple[str, str], Received] = {}
    for one in events:
        known = of_device.get((one.device, one.question))
        if known is None or (one.sequence, one.received_at, one.order) > (
            known.sequence,
            known.received_at,
            known.order,
        ):
            of_device[one.device, one.question] = one
    last: dict[str, Received] = {}
    for one in of_device.values():
        known = last.get(one.question)
        if known is None or (one.received_at, one.order) > (known.received_at, known.order):
            last[one.question] = one
    return last


@dataclass(frozen=True)
class Findings:
    """What is odd about the log of an attempt, for the person who judges it. Numbers of events."""

    devices: int
    missing: int  # sequence numbers that have not arrived
    broken: int  # events that do not carry the hash of the one before
    forked: int  # numbers used twice by one device
    jumped: int  # the wall clock of the device went another way than its own clock
    late: int  # received after the time was over
    after: int  # received after handing in
    differing: tuple[str, ...]  # questions to which two devices gave different answers


def findings(
    events: Iterable[Received], *, attempt: str, ends: datetime | None, handed_in_at: datetime | None
) -> Findings:
    """Reads a log; says what is odd about it."""
    log = sorted(events, key=lambda one: (one.device, one.sequence, one.order))
    numbers: dict[str, dict[int, list[Received]]] = {}
    for one in log:
        numbers.setdefault(one.device, {}).setdefault(one.sequence, []).append(one)
    missing = broken = forked = jumped = 0
    for device in numbers.values():
        missing += max(device) - len(device)
        for sequence, here in device.items():
            forked += len(here) - 1
            earlier = device.get(sequence - 1)
            if sequence > 1 and earlier is None:
                continue
            chain = {FIRST} if earlier is None else {one.hash for one in earlier}
            broken += sum(1 for one in here if one.before not in chain)
            jumped += sum(1 for one in here if earlier and _jumped(earlier[0], one))
    return Findings(
        devices=len(numbers),
        missing=missing,
        broken=broken,
        forked=forked,
        jumped=jumped,
        late=sum(1 for one in log if ends is not None and one.received_at >= ends and one.device != PAPER),
        after=sum(
            1 for one in log if handed_in_at is not None and one.received_at > handed_in_at and one.device != PAPER
        ),
        differing=_differing(log),
    )


def _jumped(earlier: Received, later: Received) -> bool:
    """Monotonic time that runs backwards is a page opened anew: then nothing can be said."""
    ran = later.monotonic_ms - earlier.monotonic_ms
    if ran < 0:
        return False
    return abs((later.device_ms - earlier.device_ms) - ran) > CLOCK_JUMPS / timedelta(milliseconds=1)


def _differing(log: list[Received]) -> tuple[str, ...]:
    given: dict[str, set[str]] = {}
    for device in {one.device for one in log}:
        for question, answer in answers(one for one in log if one.device == device).items():
            given.setdefault(question, set()).add(json.dumps(answer, sort_keys=True))
    return tuple(sorted(question for question, values in given.items() if len(values) > 1))
