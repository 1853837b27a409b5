"""Aiken: one question, lettered choices, ANSWER: and a letter. It knows single choice and nothing else."""

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from lantoa.common.refused import N_
from lantoa.exams.rules import texts
from lantoa.exams.rules.content import LETTERS, Content, Option
from lantoa.exams.rules.formats.model import Loss, ReadQuestion, WrittenQuestion, checked, code_from, wrong

_CHOICE = re.compile(r"\s*([A-Z])[.)]\s+(.*)")
_ANSWER = re.compile(r"\s*(?:ANSWER|ĐÁP ÁN)\s*:\s*([A-Z])\s*", re.IGNORECASE)
LOST: Final = {
    "feedback": N_("The feedback cannot be carried."),
    "penalty": N_("What a wrong answer costs cannot be carried."),
    "points": N_("The points cannot be carried."),
}


def looks_so(text: str) -> bool:
    """Whether the text has a line that says the answer as Aiken does."""
    return any(_ANSWER.fullmatch(line) for line in text.splitlines())


def read(text: str) -> Iterator[ReadQuestion]:
    """The questions of an Aiken text, each with the line it begins on."""
    asked: list[str] = []
    choices: dict[str, str] = {}
    start = 1
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if answer := _ANSWER.fullmatch(line):
            yield _read(start, "\n".join(asked), choices, answer[1].upper())
            asked, choices = [], {}
        elif (choice := _CHOICE.fullmatch(line)) and asked:
            choices[choice[1]] = choice[2].strip()
        elif line.strip():
            if choices:
                yield _unanswered(start, asked)
                asked, choices = [], {}
            if not asked:
                start = number
            asked.append(line.strip())
    if asked:
        yield _unanswered(start, asked)


def _unanswered(number: int, asked: Sequence[str]) -> ReadQuestion:
    fault = wrong(N_("There is no line ANSWER: with the letter of the right choice."))
    return ReadQuestion(number, code_from(texts.from_plain("\n".join(asked))), None, (), (fault,))


def _read(number: int, asked: str, choices: dict[str, str], answer: str) -> ReadQuestion:
    text = texts.from_plain(asked)
    faults = []
    if answer not in choices:
        faults.append(wrong(N_("The answer is %(letter)s, and there is no such choice."), letter=answer))
    options = tuple(Option(texts.from_plain(said), Fraction(int(one == answer))) for one, said in choices.items())
    return checked(number, code_from(text), Content("single", text, options=options), faults=faults)


def write(questions: Sequence[WrittenQuestion]) -> tuple[str, list[Loss]]:
    """The Aiken text, and what it cannot carry: nearly everything but plain single choice."""
    made, losses = [], []
    for question in questions:
        content = question.content
        if content.kind != "single" or sum(1 for one in content.options if one.share == 1) != 1:
            what = {"format": "Aiken"}
            losses.append(Loss(question.code, N_("Questions of this kind cannot be carried by %(format)s."), what))
            continue
        losses += _losses(question)
        lines = [texts.words(content.text)]
        lines += [f"{LETTERS[at].upper()}. {texts.words(one.text)}" for at, one in enumerate(content.options)]
        right = next(at for at, one in enumerate(content.options) if one.share == 1)
        made.append("\n".join([*lines, f"ANSWER: {LETTERS[right].upper()}", ""]))
    return "\n".join(made), losses


def _losses(question: WrittenQuestion) -> Iterator[Loss]:
    content = question.content
    if any(not texts.is_plain(text) for text in (content.text, *(one.text for one in content.options))):
        yield Loss(question.code, N_("Pictures, tables and formatting cannot be carried; their words are."))
    if content.feedback or any(one.feedback for one in content.options):
        yield Loss(question.code, LOST["feedback"])
    if content.penalty or any(one.share not in (0, 1) for one in content.options):
        yield Loss(question.code, LOST["penalty"])
    if content.points != 1:
        yield Loss(question.code, LOST["points"])
    yield Loss(question.code, N_("Code, difficulty, topics and the order of the choices cannot be carried."))
