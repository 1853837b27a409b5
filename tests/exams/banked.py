"""A sitting whose paper was drawn from a bank, its choices in another order in each variant: real letters."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import Any

import factories as make
from exams.sat import T0, act, attempts, events

from lantoa.directory.models import Level
from lantoa.exams.actions.bank import add_question, create_bank
from lantoa.exams.actions.log import Kind, write
from lantoa.exams.actions.paper import create_paper, draw_variant
from lantoa.exams.actions.sittings import make_sitting, mark_attempts
from lantoa.exams.models import Attempt, Bank, Paper, Sitting, Version
from lantoa.exams.rules.content import Content, Option
from lantoa.exams.rules.drawing import Blueprint, Part

END = T0 + timedelta(minutes=31)


def single(text: str, right: str = "a", letters: str = "abcd", **more: Any) -> Content:
    """A single choice; `right` is the letter that its key says."""
    options = tuple(Option(f"{text} {one}", Fraction(1 if one == right else 0)) for one in letters)
    return Content("single", text, options=options, **more)


def paper_of(questions: Mapping[str, Content], variants: int = 2) -> Paper:
    """All these questions, by their codes, in so many variants."""
    unit = make.unit("Thử", kind="Tỉnh", level=Level.PROVINCE)
    bank = create_bank(by=make.BY, title="Ngân hàng", summary="", unit=unit, at=T0)
    for code, content in questions.items():
        add_question(by=make.BY, bank=bank, content=content, code=code, aims=[], at=T0)
    plan = Blueprint((Part(bank.key, count=len(questions)),))
    made = create_paper(by=make.BY, title="Đề thử", unit=unit, blueprint=plan, at=T0)
    for seed in range(variants):
        draw_variant(by=make.BY, paper=made, banks=Bank.objects.all(), at=T0, seed=seed)
    return made


def sitting_of(paper: Paper, people: int) -> Sitting:
    return make_sitting(
        by=make.BY,
        unit=paper.unit,
        paper=paper,
        title="Kiểm tra cuối khóa",
        people=[make.person() for _ in range(people)],
        minutes=30,
        at=T0,
        starts_at=T0,
    )


def ids(attempt: Attempt) -> dict[str, str]:
    """The id of each question in the log, by its code."""
    return dict(Version.objects.filter(key__in=list(attempt.variant.keys)).values_list("question__code", "key"))


def shown(attempt: Attempt, question: str, letter: str) -> str:
    """The letter that this candidate sees where the bank says `letter`."""
    origin = attempt.variant.keys[question].get("origin", {})
    return next((seen for seen, bank in origin.items() if bank == letter), letter)


def sat(of: Sitting, answers: Sequence[Mapping[str, Any]], *, marked: bool = True) -> list[Attempt]:
    """Each of its people answers these questions (by code) with these letters of the bank, and hands in."""
    rows = attempts(of)
    codes: dict[int, dict[str, str]] = {}
    for attempt, said in zip(rows, answers, strict=True):
        known = codes.setdefault(attempt.variant_id, ids(attempt))
        given = [
            (known[code], shown(attempt, known[code], value) if len(value) == 1 else value)
            for code, value in said.items()
        ]
        write([act(Kind.START, attempt)])
        if given:
            write([act(Kind.ANSWERS, attempt, T0 + timedelta(minutes=1), events(attempt, *given))])
        write([act(Kind.HAND_IN, attempt, T0 + timedelta(minutes=2))])
    if marked:
        mark_attempts(by=make.BY, attempts=rows, at=END)
    return attempts(of)
