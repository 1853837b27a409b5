"""The file of last resort: all that one device has answered in one exam, saved by its candidate.

    {"lantoa": "answers", "version": 1, "attempt": "…", "devices": {DEVICE: [[sequence, question, value, device_ms,
     monotonic_ms, before, hash], …]},
     "files": [{"question": "…", "sha256": "…", "kind": "pdf", "content": base64}, …]}

`files` are those that an answer names and that have not reached the centre. It holds the same events as a batch, with
their hashes; whoever changed an event has to make all the hashes after it anew, and what the centre already has of
that device then says something else.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lantoa.common.refused import N_, Refused
from lantoa.common.tickets import Malformed
from lantoa.exams.rules.answers import FIRST, Sent, read_events

MOST_FILE_BYTES = 24 * 1024 * 1024  # with files of 5 MB beside the answers
MOST_FILE_EVENTS = 5_000
NOT_OURS = N_("Cannot take the file: it is no file of answers that a page of an exam has saved.")


@dataclass(frozen=True)
class GivenFile:
    """A file that lay beside the answers: to which question, and its content, which is what its checksum says."""

    question: str
    kind: str
    sha256: str
    content: bytes


@dataclass(frozen=True)
class Given:
    """What a file holds: whose attempt, the events of its devices, each chain in its order, and files beside them."""

    attempt: str
    events: tuple[Sent, ...]
    files: tuple[GivenFile, ...] = ()


def read_file(content: bytes) -> Given:
    """The events of a file, their chains unbroken. Raises Refused with the reason."""
    if len(content) > MOST_FILE_BYTES:
        raise Refused(
            N_("Cannot take the file: it has %(size)d KB; the most is %(most)d KB."),
            size=len(content) // 1024,
            most=MOST_FILE_BYTES // 1024,
        )
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):
        raise Refused(NOT_OURS) from None
    if not isinstance(said, dict) or (said.get("lantoa"), said.get("version")) != ("answers", 1):
        raise Refused(NOT_OURS)
    attempt, devices = said.get("attempt"), said.get("devices")
    if not isinstance(attempt, str) or not isinstance(devices, dict):
        raise Refused(NOT_OURS)
    found: list[Sent] = []
    for device, rows in devices.items():
        if not isinstance(rows, list) or len(found) + len(rows) > MOST_FILE_EVENTS:
            raise Refused(N_("Cannot take the file: it holds more than %(most)d answers."), most=MOST_FILE_EVENTS)
        found += _chain(attempt, device, rows)
    if not found:
        raise Refused(N_("Cannot take the file: it holds no answer."))
    return Given(attempt, tuple(found), _files(said.get("files", [])))


def _files(rows: Any) -> tuple[GivenFile, ...]:
    if not isinstance(rows, list):
        raise Refused(NOT_OURS)
    return tuple(_file(one) for one in rows)


def _file(row: Any) -> GivenFile:
    names = ("question", "kind", "sha256", "content")
    if not isinstance(row, dict) or not all(isinstance(row.get(name), str) for name in names):
        raise Refused(NOT_OURS)
    question, kind, sha256, packed = (row[name] for name in names)
    try:
        content = base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(NOT_OURS) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Refused(N_("Cannot take the file: a file in it was changed after it was saved."))
    return GivenFile(question, kind, sha256, content)


def _chain(attempt: str, device: str, rows: list[object]) -> list[Sent]:
    """The events of one device: numbered from 1, each with the hash of the one before, each with its own."""
    try:
        events = read_events(device, [one[:6] if isinstance(one, list) else one for one in rows])
    except Malformed:
        raise Refused(NOT_OURS) from None
    before = FIRST
    for number, (event, row) in enumerate(zip(events, rows, strict=True), 1):
        made = event.hash(attempt)
        said = row[6:] if isinstance(row, list) else None
        if event.sequence != number or event.before != before or said != [made.hex()]:
            raise Refused(
                N_("Cannot take the file: it was changed after it was saved, from answer %(number)d on."),
                number=number,
            )
        before = made
    return list(events)


def differing(given: Given, known: Mapping[tuple[str, int], bytes]) -> int:
    """How many events of the file the centre holds otherwise, under the same device and number (`known`: hashes)."""
    return sum(
        1
        for event in given.events
        if known.get((event.device, event.sequence)) not in (None, event.hash(given.attempt))
    )
