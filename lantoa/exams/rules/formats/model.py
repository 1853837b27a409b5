"""What the formats share: a question as it was read or is to be written, and the facts that travel as tags."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from lantoa.common.refused import N_
from lantoa.exams.rules import notation, texts
from lantoa.exams.rules.content import MOST_MEGABYTES, Content, faults_of, normal, number_of, share_of
from lantoa.office.rules.imports import RowFault

PREFIX: Final = "lantoa:"
MOST: Final = 5_000  # questions of a file


@dataclass(frozen=True, slots=True)
class ReadQuestion:
    """A question of a file. `number` is its line, row or place; `aims` are "course code / topic / outcome" or the
    name of a category; `pictures` are the pictures it brings, by the first 32 digits of their checksum."""

    number: int
    code: str
    content: Content | None
    aims: tuple[str, ...] = ()
    faults: tuple[RowFault, ...] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WrittenQuestion:
    """A question to be written into a file: the pictures by the first 32 digits of their checksum."""

    code: str
    content: Content
    aims: tuple[str, ...] = ()
    pictures: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)  # media type and content


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of a question that the format cannot carry. `message` is a sentence with places, as of a fault."""

    code: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


def warning(message: str, **values: Any) -> RowFault:
    """Worth a look; the question is taken all the same."""
    return RowFault(message, values, severity="warning")


def wrong(message: str, **values: Any) -> RowFault:
    """Why a question cannot be taken."""
    return RowFault(message, values)


def smaller_files(said: int) -> RowFault:
    """A word on a file that asks for larger files than an exam here can take."""
    return warning(N_("Files of at most %(most)d MB are taken, not %(said)d MB."), most=MOST_MEGABYTES, said=said)


def code_from(text: str) -> str:
    """A code for a question without a name: the same words give the same code, so that it is known again."""
    return "Q-" + hashlib.sha256(texts.words(texts.clean(text)).encode()).hexdigest()[:8]


def checked(
    number: int,
    code: str,
    content: Content,
    *,
    aims: Iterable[str] = (),
    faults: Iterable[RowFault] = (),
    pictures: Mapping[str, bytes] | None = None,
) -> ReadQuestion:
    """The question cleaned, with everything that is wrong with it and that cleaning took away."""
    left = [name for text in content.texts() for name in texts.left_out(text)]
    said = [warning(N_("Left out of the text: %(what)s."), what=", ".join(dict.fromkeys(left)))] if left else []
    content = normal(content)
    used = set(texts.pictures_in(content.texts()))
    kept = {name: data for name, data in (pictures or {}).items() if name in used}
    found = (*faults, *said, *faults_of(content))
    return ReadQuestion(number, code.strip()[:80] or code_from(content.text), content, tuple(aims), found, kept)


def tags_of(content: Content, *, points: bool) -> list[str]:
    """The facts that other programmes have no place for, as tags: "lantoa:difficulty=3"."""
    found = {"difficulty": str(content.difficulty)}
    if points and content.points != 1:
        found["points"] = f"{content.points:f}"
    if content.penalty:
        found["penalty"] = str(content.penalty)
    if content.kind == "short":
        found |= {"marks": str(int(content.marks)), "case": str(int(content.case))}
    if content.kind in ("single", "multiple", "matching") and not content.shuffle:
        found["shuffle"] = "0"
    return [f"{PREFIX}{name}={value}" for name, value in found.items()]


def aim_tags(aims: Iterable[str]) -> list[str]:
    """What a question tests, as tags."""
    return [f"{PREFIX}topic={aim}" for aim in aims]


def with_tags(content: Content, tags: Iterable[str]) -> tuple[Content, list[str], list[RowFault]]:
    """The content with what its tags say, the aims among them, and a word on every tag that says nothing here."""
    aims, faults = [], []
    for tag in tags:
        name, _equals, value = tag.removeprefix(PREFIX).partition("=")
        if not tag.startswith(PREFIX):
            faults.append(warning(N_("The tag %(tag)s is left out."), tag=tag[:60]))
        elif name == "topic":
            aims.append(value)
        elif (changed := _tagged(content, name, value)) is not None:
            content = changed
        else:
            faults.append(warning(N_("The tag %(tag)s is left out."), tag=tag[:60]))
    return content, aims, faults


def _tagged(content: Content, name: str, value: str) -> Content | None:
    try:
        if name == "difficulty":
            return replace(content, difficulty=int(value)) if re.fullmatch("[1-4]", value) else None
        if name == "points":
            number = number_of(value)
            return None if number is None else replace(content, points=number)
        if name == "penalty":
            return replace(content, penalty=share_of(value))
    except (ValueError, ZeroDivisionError):
        return None
    if value not in ("0", "1"):
        return None
    said = value == "1"
    if name == "marks":
        return replace(content, marks=said)
    if name == "case":
        return replace(content, case=said)
    return replace(content, shuffle=said) if name == "shuffle" else None


def lost_pictures(question: WrittenQuestion) -> list[Loss]:
    """A word on each picture, for formats that carry none."""
    return [
        Loss(question.code, N_("The picture %(picture)s cannot be carried."), {"picture": name[:12]})
        for name in texts.pictures_in(question.content.texts())
    ]


def without_pictures(text: str) -> str:
    """The text, each picture replaced by its words."""
    return re.sub(r'<img[^>]*?alt="([^"]*)"[^>]*>|<img[^>]*>', lambda found: f"[{found[1] or ''}]", text)


def unscaled(percent: str) -> Any:
    """A share from its percents; None when they are none."""
    return notation.share_said(f"{percent}%")
