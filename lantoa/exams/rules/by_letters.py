"""Answers from paper as people type them: "1A 2C 3BD 4- 5Đ 6CA-B", read against the questions of a variant.

| kind | letters |
|---|---|
| single | one letter |
| truefalse | Đ or S (also D, T; F) |
| multiple | all letters that are marked |
| ordering | the letters in their order |
| matching | a letter for each number on the left, in their order; "-" for one left empty |

"-" or "*" alone: no answer. Where every question takes one letter, the letters alone will do: "ACĐS-".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import nfc
from lantoa.exams.rules.content import number_of

IN_WORDS: Final = frozenset({"numeric", "short", "long"})
ONE_LETTER: Final = frozenset({"single", "truefalse"})
_TRUE: Final = frozenset("ĐDT")
_FALSE: Final = frozenset("SF")
_ANSWER = re.compile(r"[\s,;]*(\d{1,3})\s*[.:)=]?\s*([A-ZĐ*\-]*)")
_NOTHING = re.compile(r"[-*]*")


@dataclass(frozen=True)
class Reading:
    """What was read: the answer to each question that was named, by its id (None: no answer), and what is wrong."""

    answers: Mapping[str, Any]
    faults: tuple[Refused, ...]


def read_letters(text: str, questions: Sequence[Mapping[str, Any]]) -> Reading:
    """The letters of a whole sheet."""
    said = nfc(text).upper().strip()
    if said and not re.search(r"\d", said):
        return _read_row(said, questions)
    answers: dict[str, Any] = {}
    faults: list[Refused] = []
    at = 0
    while at < len(said) and said[at:].strip(" \t\r\n,;"):
        found = _ANSWER.match(said, at)
        if found is None:
            faults.append(Refused(N_("Cannot read from “%(text)s” on."), text=said[at : at + 20].strip()))
            break
        at = found.end()
        number, letters = int(found[1]), found[2]
        if not 1 <= number <= len(questions):
            faults.append(
                Refused(
                    N_("There is no question %(number)d: the variant has %(count)d."),
                    number=number,
                    count=len(questions),
                )
            )
            continue
        asked = questions[number - 1]
        if asked["id"] in answers:
            faults.append(Refused(N_("Question %(number)d is written twice."), number=number))
            continue
        try:
            answers[asked["id"]] = read_answer(letters, asked, number=number)
        except Refused as refused:
            faults.append(refused)
    return Reading(answers, tuple(faults))


def _read_row(said: str, questions: Sequence[Mapping[str, Any]]) -> Reading:
    """Letters alone, one for each question that letters answer, in their order."""
    letters = re.sub(r"[\s,;]", "", said)
    lettered = [(number, one) for number, one in enumerate(questions, 1) if one["kind"] not in {*IN_WORDS, "file"}]
    other = next((number for number, one in lettered if one["kind"] not in ONE_LETTER), None)
    if other is not None:
        fault = Refused(
            N_("Write the number before each answer: question %(number)d may take several letters."), number=other
        )
        return Reading({}, (fault,))
    if len(letters) > len(lettered):
        fault = Refused(
            N_("There are %(count)d letters for %(most)d questions."), count=len(letters), most=len(lettered)
        )
        return Reading({}, (fault,))
    answers: dict[str, Any] = {}
    faults = []
    for letter, (number, asked) in zip(letters, lettered, strict=False):
        try:
            answers[asked["id"]] = read_answer(letter, asked, number=number)
        except Refused as refused:
            faults.append(refused)
    return Reading(answers, tuple(faults))


def read_answer(letters: str, asked: Mapping[str, Any], *, number: int) -> Any:
    """One answer in letters, in the shape of `rules.marking`; None for no answer. Refused with what is wrong."""
    said = re.sub(r"[\s,;]", "", nfc(letters).upper())
    kind = asked["kind"]
    if kind in {*IN_WORDS, "file"}:
        raise Refused(N_("Question %(number)d is not answered by letters."), number=number)
    if not said:
        raise Refused(
            N_("Question %(number)d has no letter. Where the sheet shows no answer, write %(number)d-."),
            number=number,
        )
    if _NOTHING.fullmatch(said):
        return None
    if kind == "truefalse":
        return _true_or_false(said, number)
    if kind == "matching":
        return _pairs(said, asked, number)
    known = [one["id"] for one in asked["options"]]
    chosen = [letter.lower() for letter in said]
    _refuse_strange(chosen, known, number)
    if kind == "single" and len(chosen) != 1:
        raise Refused(
            N_(
                "Question %(number)d takes one letter, %(letters)s was written. "
                "Where the sheet shows more than one, write %(number)d-."
            ),
            number=number,
            letters=said[:20],
        )
    if len(set(chosen)) != len(chosen):
        raise Refused(
            N_("Question %(number)d: a letter stands twice in %(letters)s."), number=number, letters=said[:20]
        )
    return chosen[0] if kind == "single" else sorted(chosen) if kind == "multiple" else chosen


def _true_or_false(said: str, number: int) -> str:
    if said in _TRUE:
        return "true"
    if said in _FALSE:
        return "false"
    raise Refused(N_("Question %(number)d takes Đ or S, %(letters)s was written."), number=number, letters=said[:20])


def _pairs(said: str, asked: Mapping[str, Any], number: int) -> dict[str, str]:
    lefts = [one["id"] for one in asked["lefts"]]
    if len(said) > len(lefts):
        raise Refused(
            N_("Question %(number)d takes %(most)d letters, %(letters)s was written."),
            number=number,
            most=len(lefts),
            letters=said[:20],
        )
    _refuse_strange(
        [letter.lower() for letter in said if letter != "-"], [one["id"] for one in asked["rights"]], number
    )
    return {left: letter.lower() for left, letter in zip(lefts, said, strict=False) if letter != "-"}


def _refuse_strange(chosen: Sequence[str], known: Sequence[str], number: int) -> None:
    for letter in chosen:
        if letter not in known:
            raise Refused(
                N_("Question %(number)d has no letter %(letter)s: it goes from %(first)s to %(last)s."),
                number=number,
                letter=letter.upper(),
                first=known[0].upper(),
                last=known[-1].upper(),
            )


def letters_said(asked: Mapping[str, Any], answer: Any) -> str:
    """An answer as it is typed, read again by `read_answer`; words as they are; "-" for no answer."""
    kind = asked["kind"]
    if answer in (None, "", [], {}):
        return "-"
    if kind == "truefalse":
        return {"true": "Đ", "false": "S"}.get(str(answer), "-")
    if kind == "matching" and isinstance(answer, dict):
        return "".join(str(answer.get(one["id"], "-")).upper() for one in asked["lefts"]).rstrip("-") or "-"
    if isinstance(answer, list):
        return "".join(map(str, answer)).upper()
    return str(answer).upper() if kind == "single" else str(answer)


def is_odd(asked: Mapping[str, Any], answer: Any) -> bool:
    """Whether a number was asked for and something else stands on the sheet: it is kept as it was written."""
    return asked["kind"] == "numeric" and isinstance(answer, str) and number_of(answer) is None
