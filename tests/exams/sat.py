"""A sitting for tests: a paper with one variant of three questions, and people who sit it."""

import json
from datetime import UTC, datetime
from typing import Any

import factories as make

from lantoa.common.keyring import secret
from lantoa.exams.actions.log import Act, Kind
from lantoa.exams.actions.sittings import make_sitting
from lantoa.exams.models import Attempt, Paper, Sitting, Variant
from lantoa.exams.rules.answers import FIRST, Sent
from lantoa.exams.rules.sealing import ticket

T0 = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
QUESTIONS = ("0question0001", "0question0002", "0question0003")


def paper(variants: int = 1) -> Paper:
    """Single choices: b is right in each, and worth a point."""
    made = Paper.objects.create(unit=make.unit(), title="Đề thử", made_by="machine:test", made_at=T0)
    for number in range(1, variants + 1):
        Variant.objects.create(
            paper=made,
            number=number,
            seed=number,
            content=[
                {"id": one, "kind": "single", "text": f"<p>Câu {one[-1]}, đề {number}</p>", "options": []}
                for one in QUESTIONS
            ],
            keys={
                one: {"points": "1", "penalty": "0", "partial": False, "options": {"a": "0", "b": "1"}}
                for one in QUESTIONS
            },
            made_by="machine:test",
            made_at=T0,
        )
    return made


def sitting(people: int = 1, **fields: Any) -> Sitting:
    """All together, half an hour from T0."""
    of = fields.pop("paper", None) or paper()
    fields = {"together": True, "starts_at": T0, "minutes": 30, **fields}
    return make_sitting(
        by=make.BY,
        unit=of.unit,
        paper=of,
        title="Kiểm tra cuối khóa",
        people=[make.person() for _ in range(people)],
        at=T0,
        **fields,
    )


def attempts(of: Sitting) -> list[Attempt]:
    return list(Attempt.objects.filter(sitting=of).order_by("id"))


def events(attempt: Attempt, *given: tuple[str, Any], device: str = "device00", after: int = 0) -> tuple[Sent, ...]:
    """The events of one device, in a chain, numbered from `after` + 1."""
    made: list[Sent] = []
    before = FIRST
    for number, (question, value) in enumerate(given, start=after + 1):
        made.append(Sent(device, number, question, json.dumps(value), 1_000 * number, 1_000 * number, before))
        before = made[-1].hash(attempt.key)
    return tuple(made)


def act(kind: Kind, attempt: Attempt, at: datetime = T0, sent: tuple[Sent, ...] = ()) -> Act:
    return Act(kind, attempt.key, "user:0candidate000", at, sent)


def ticket_of(attempt: Attempt, until: int = 2**40, actor: str = "user:0candidate000") -> str:
    return ticket(secret("exam-tickets"), attempt.key, actor, until)


def body(attempt: Attempt, sent: tuple[Sent, ...] = (), **other: Any) -> bytes:
    """What a device posts."""
    said = {
        "ticket": ticket_of(attempt),
        "device": sent[0].device if sent else "device00",
        "events": [
            [one.sequence, one.question, one.value, one.device_ms, one.monotonic_ms, one.before.hex()] for one in sent
        ],
    }
    return json.dumps({**said, **other}).encode()
