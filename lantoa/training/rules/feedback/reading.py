"""From the text of a form's file to a `Form`, or to all its faults at once."""

from typing import cast

from lantoa.common.refused import N_
from lantoa.training.rules.faults import PlanFaults
from lantoa.training.rules.plan.cursor import Cursor, Reading
from lantoa.training.rules.plan.nodes import Node, decode, parse
from lantoa.training.rules.plan.values import quoted, read_whole, read_yes

from .form import KINDS, Choice, Form, FormFaults, Kind, Question, Said

VERSION = "1"
MOST_QUESTIONS = 20  # a short form
MOST_CHOICES = 12
MOST_OPEN = 60  # days
NOTHING = Said("", "")


def read_form_bytes(data: bytes) -> Form:
    """A form from the bytes of a file."""
    try:
        text = decode(data)
    except PlanFaults as wrong:
        raise FormFaults(wrong.faults) from wrong
    return read_form(text)


def read_form(text: str) -> Form:
    """The form that a text says. Raises `FormFaults` with every fault, its line, its key and its value."""
    reading = Reading()
    try:
        keys = ("lantoa-form", "code", "title", "lead", "anonymous", "open_days", "questions")
        top = Cursor(reading, parse(text), "", keys, [key for key in keys if key != "lead"])
        made = _form(top) if top.readable else None
    except PlanFaults as wrong:
        raise FormFaults(wrong.faults) from wrong
    if reading.faults or made is None:
        raise FormFaults(reading.faults)
    return made


def _form(top: Cursor) -> Form:
    if top.value("lantoa-form", str, VERSION) != VERSION:
        top.fault(
            "lantoa-form",
            N_("This is version %(value)s of forms; this house reads version %(known)s."),
            value=top.value("lantoa-form", quoted, ""),
            known=VERSION,
        )
    questions = [_question(top.reading, node, path) for node, path in top.listed("questions")]
    _number(top, "questions", len(questions), MOST_QUESTIONS, "lantoa-form" in top.nodes)
    _once(top, "questions", [one.code for one in questions])
    return Form(
        code=top.code("code"),
        title=_said(top, "title"),
        lead=_said(top, "lead"),
        anonymous=top.value("anonymous", read_yes, True),
        open_days=top.value("open_days", lambda text: read_whole(text, 1, MOST_OPEN), 1),
        questions=tuple(questions),
    )


def _question(reading: Reading, node: Node, path: str) -> Question:
    keys = ("code", "kind", "vi", "en", "optional", "choices", "low", "high")
    cursor = Cursor(reading, node, path, keys, ("code", "kind", "vi", "en"))
    kind = cast(Kind, cursor.one_of("kind", KINDS, "words"))
    choices = tuple(_choice(reading, item, place) for item, place in cursor.listed("choices"))
    if kind == "choice":
        _number(cursor, "choices", len(choices), MOST_CHOICES, cursor.readable, least=2)
        _once(cursor, "choices", [one.code for one in choices])
    for key, only in (("choices", "choice"), ("low", "scale"), ("high", "scale")):
        if cursor.has(key) and cursor.has("kind") and kind != only:
            cursor.fault(
                key,
                N_("This belongs to questions of kind %(only)s; this one is of kind %(kind)s."),
                only=only,
                kind=kind,
            )
    return Question(
        code=cursor.code("code"),
        kind=kind,
        words=Said(cursor.text("vi"), cursor.text("en")),
        optional=cursor.value("optional", read_yes, False),
        choices=choices,
        low=_said(cursor, "low") if cursor.has("low") else None,
        high=_said(cursor, "high") if cursor.has("high") else None,
    )


def _choice(reading: Reading, node: Node, path: str) -> Choice:
    cursor = Cursor(reading, node, path, ("code", "vi", "en"), ("code", "vi", "en"))
    return Choice(cursor.code("code"), Said(cursor.text("vi"), cursor.text("en")))


def _said(above: Cursor, key: str) -> Said:
    """Words in both languages: `{vi: …, en: …}`. A form that speaks only one would be asked of half its readers."""
    if not above.has(key):
        return NOTHING
    cursor = Cursor(above.reading, above.nodes[key], above.at(key), ("vi", "en"), ("vi", "en"))
    return Said(cursor.text("vi", 600), cursor.text("en", 600))


def _number(cursor: Cursor, key: str, found: int, most: int, readable: bool, *, least: int = 1) -> None:
    if readable and (cursor.has(key) or least > 1) and not least <= found <= most:
        cursor.fault(
            key,
            N_("Here stand %(count)d; there must be %(least)d to %(most)d."),
            count=found,
            least=least,
            most=most,
        )


def _once(cursor: Cursor, key: str, codes: list[str]) -> None:
    seen: set[str] = set()
    for (node, path), code in zip(cursor.listed(key), codes, strict=True):
        if code and code in seen:
            message = N_("The code %(value)s stands here a second time; each answer needs one of its own.")
            cursor.reading.fault(node, path, message, value=quoted(code))
        seen.add(code)
