"""The log of answers as values: whatever arrives, in whatever order and however often, it comes to the same."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.tickets import Malformed
from lantoa.exams.rules.answers import (
    FIRST,
    Findings,
    Received,
    Sent,
    answers,
    counting,
    findings,
    read_batch,
)

ATTEMPT = "0123456789abc"
T0 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
QUESTIONS = ("q1", "q2", "q3")


def chain(device: str, given: list[tuple[str, Any]], attempt: str = ATTEMPT) -> list[Sent]:
    """The events of one device, a second apart."""
    made: list[Sent] = []
    before = FIRST
    for number, (question, value) in enumerate(given, start=1):
        made.append(Sent(device, number, question, json.dumps(value), 1_000 * number, 1_000 * number, before))
        before = made[-1].hash(attempt)
    return made


def arrived(events: list[Sent], at: datetime = T0) -> list[Received]:
    """The log after these events have arrived in this order, a second apart: what came again makes no row."""
    log: dict[tuple[str, int, bytes], Received] = {}
    for order, one in enumerate(events):
        log.setdefault(
            (one.device, one.sequence, one.hash(ATTEMPT)),
            Received(
                one.device,
                one.sequence,
                one.question,
                one.value,
                one.device_ms,
                one.monotonic_ms,
                one.before,
                one.hash(ATTEMPT),
                at + timedelta(seconds=order),
                order,
            ),
        )
    return list(log.values())


GIVEN = st.lists(
    st.tuples(st.sampled_from(QUESTIONS), st.sampled_from(["a", "b", "c", None])), min_size=1, max_size=12
)


@given(GIVEN, st.randoms(use_true_random=False))
def test_of_one_device_the_last_sequence_counts_in_any_order_of_arrival_and_however_often(
    said: list[tuple[str, Any]], chance: Any
) -> None:
    events = chain("device00", said)
    mixed = events * 10
    chance.shuffle(mixed)

    assert answers(arrived(mixed)) == dict(said)
    assert findings(arrived(mixed), attempt=ATTEMPT, ends=None, handed_in_at=None) == Findings(
        1, 0, 0, 0, 0, 0, 0, ()
    )


@given(GIVEN, GIVEN, st.randoms(use_true_random=False))
def test_what_is_read_from_a_log_does_not_depend_on_the_order_in_which_its_rows_are_read(
    one: list[tuple[str, Any]], other: list[tuple[str, Any]], chance: Any
) -> None:
    log = arrived(chain("device00", one) + chain("device11", other))
    mixed = list(log)
    chance.shuffle(mixed)

    assert answers(mixed) == answers(log)
    assert findings(mixed, attempt=ATTEMPT, ends=None, handed_in_at=None) == findings(
        log, attempt=ATTEMPT, ends=None, handed_in_at=None
    )


def test_of_two_devices_what_was_received_last_counts() -> None:
    first, second = chain("device00", [("q1", "a"), ("q2", "a")]), chain("device11", [("q1", "b")])

    assert answers(arrived(first + second)) == {"q1": "b", "q2": "a"}
    assert answers(arrived(second + first)) == {"q1": "a", "q2": "a"}
    assert findings(arrived(first + second), attempt=ATTEMPT, ends=None, handed_in_at=None) == Findings(
        2, 0, 0, 0, 0, 0, 0, ("q1",)
    )


def test_an_answer_taken_back_is_none() -> None:
    assert answers(arrived(chain("device00", [("q1", "a"), ("q1", None)]))) == {"q1": None}


def test_what_comes_after_the_end_or_after_handing_in_does_not_count_until_a_person_says_so() -> None:
    log = arrived(chain("device00", [("q1", "a"), ("q2", "b"), ("q3", "c")]))
    second = T0 + timedelta(seconds=1)

    def counted(**limits: Any) -> dict[str, Any]:
        return answers(counting(log, **{"ends": None, "handed_in_at": None, **limits}))

    assert counted() == {"q1": "a", "q2": "b", "q3": "c"}
    assert counted(ends=second) == {"q1": "a"}
    assert counted(handed_in_at=second) == {"q1": "a", "q2": "b"}
    assert counted(ends=second, late_until=T0 + timedelta(seconds=2)) == {"q1": "a", "q2": "b"}
    assert counted(handed_in_at=T0, late_until=T0 + timedelta(hours=1)) == {"q1": "a", "q2": "b", "q3": "c"}


def test_a_gap_a_broken_chain_a_number_used_twice_and_a_clock_set_anew_are_told_and_nothing_is_dropped() -> None:
    one, two, three = chain("device00", [("q1", "a"), ("q2", "b"), ("q3", "c")])
    broken = Sent("device00", 2, "q2", '"x"', 2_000, 2_000, bytes(31) + b"\1")
    moved = Sent("device00", 2, "q2", '"b"', 2_000 + 3 * 3_600_000, 2_000, one.hash(ATTEMPT))

    def told(*events: Sent) -> Findings:
        return findings(arrived(list(events)), attempt=ATTEMPT, ends=None, handed_in_at=None)

    assert told(one, three) == Findings(1, 1, 0, 0, 0, 0, 0, ())
    assert told(one, broken) == Findings(1, 0, 1, 0, 0, 0, 0, ())
    assert told(one, two, broken) == Findings(1, 0, 1, 1, 0, 0, 0, ())
    assert told(one, moved) == Findings(1, 0, 0, 0, 1, 0, 0, ())
    assert answers(arrived([one, three])) == {"q1": "a", "q3": "c"}


def test_late_events_and_events_after_handing_in_are_counted_for_the_judge() -> None:
    log = arrived(chain("device00", [("q1", "a"), ("q2", "b"), ("q3", "c")]))

    told = findings(log, attempt=ATTEMPT, ends=T0 + timedelta(seconds=1), handed_in_at=T0 + timedelta(seconds=1))

    assert (told.late, told.after) == (2, 1)


# ---- what arrives from outside

GOOD: dict[str, Any] = {
    "ticket": "t",
    "device": "device00",
    "events": [[1, "q1", '"a"', 1_000, 1_000, "00" * 32]],
}


def test_a_batch_is_read_with_the_text_of_its_values_untouched() -> None:
    sent = {**GOOD, "events": [[7, "q1", '{ "b" : "ệ" }', 5, 6, "ab" * 32]]}

    batch = read_batch(json.dumps(sent).encode())

    assert batch.ticket == "t"
    assert batch.events == (Sent("device00", 7, "q1", '{ "b" : "ệ" }', 5, 6, bytes.fromhex("ab" * 32)),)


def spoilt(place: int, value: Any) -> dict[str, Any]:
    event = list(GOOD["events"][0])
    event[place] = value
    return {**GOOD, "events": [event]}


@pytest.mark.parametrize(
    ("part", "sent"),
    [
        ("object", []),
        ("ticket", {**GOOD, "ticket": None}),
        ("ticket", {**GOOD, "ticket": "x" * 300}),
        ("device", {**GOOD, "device": "DEVICE00"}),
        ("device", {**GOOD, "device": "device00\n"}),
        ("events", {**GOOD, "events": {}}),
        ("events", {**GOOD, "events": GOOD["events"] * 201}),
        ("event", {**GOOD, "events": [[1]]}),
        ("sequence", spoilt(0, 0)),
        ("sequence", spoilt(0, True)),
        ("sequence", spoilt(0, 2**31)),
        ("question", spoilt(1, "q 1")),
        ("value", spoilt(2, "a")),
        ("value", spoilt(2, '"\0"')),
        ("value", spoilt(2, '"\ud800"')),
        ("value", spoilt(2, "[" * 5_000)),
        ("value", spoilt(2, '"\\ud800"')),
        ("value", spoilt(2, "[" * 900 + "]" * 900)),
        ("value", spoilt(2, '{"a": ["b"]}')),
        ("time", spoilt(3, -1)),
        ("time", spoilt(4, 1.5)),
        ("before", spoilt(5, "00")),
    ],
)
def test_a_batch_that_no_page_of_ours_has_made_is_refused_with_the_part(part: str, sent: Any) -> None:
    with pytest.raises(Malformed) as refusal:
        read_batch(json.dumps(sent).encode())

    assert str(refusal.value) == part


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=7) | st.dictionaries(st.text(max_size=8), inner, max_size=5),
    max_leaves=12,
)
NEARLY = st.fixed_dictionaries(
    {
        "ticket": st.just("t") | JUNK,
        "device": st.just("device00") | JUNK,
        "events": st.lists(
            st.tuples(
                st.integers() | JUNK, st.just("q1") | JUNK, st.just("1") | JUNK, JUNK, JUNK, st.just("00" * 32) | JUNK
            ).map(list)
            | JUNK,
            max_size=3,
        ),
    }
)
BODIES = (
    st.binary(max_size=200)
    | JUNK.map(lambda one: json.dumps(one).encode())
    | NEARLY.map(lambda one: json.dumps(one).encode())
)


@given(BODIES)
def test_any_body_is_read_or_refused_as_malformed_and_never_anything_else(body: bytes) -> None:
    try:
        batch = read_batch(body)
    except Malformed:
        return
    assert all(1 <= one.sequence < 2**31 and json.loads(one.value) is not NotImplemented for one in batch.events)


@pytest.mark.parametrize(
    ("value", "read"), [("[" * 900 + "]" * 900, None), ('"\\ud800 a"', "? a"), ('{"a": "\\u1ea1"}', {"a": "ạ"})]
)
def test_whatever_stands_in_a_log_the_work_can_be_read(value: str, read: Any) -> None:
    (one,) = arrived([Sent("device00", 1, "q1", value, 1, 1, FIRST)])
    assert answers([one]) == {"q1": read}
