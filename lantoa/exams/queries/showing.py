"""A question as a candidate sees it, and its key in words beside it."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from lantoa.exams.models import Version
from lantoa.exams.queries.bank import content_of
from lantoa.exams.rules import notation, texts
from lantoa.exams.rules.content import DIFFICULTIES, KINDS, LETTERS, Content
from lantoa.exams.rules.drawing import Blueprint, Candidate, Drawn, Part, frozen
from lantoa.exams.rules.handed import most_megabytes


def safe(text: str) -> SafeString:
    """A text of the bank as a page may show it. It was cleaned when it was kept (`rules.texts.clean`), and what maths
    add is MathML only."""
    return mark_safe(text)


def shown_question(question: Mapping[str, Any]) -> dict[str, Any]:
    """A question of `Variant.content` for the template `exams/_question.html`."""

    def items(name: str) -> list[dict[str, Any]]:
        return [{"id": one["id"], "text": safe(one["text"])} for one in question.get(name, [])]

    return {
        **question,
        "text": safe(question["text"]),
        "kind_words": _(KINDS[question["kind"]]),
        "options": items("options"),
        "lefts": items("lefts"),
        "rights": items("rights"),
    }


def as_candidate(version: Version, address: Callable[[str, str], str], *, seed: int = 0) -> dict[str, Any]:
    """One version as a candidate would see it; its choices stand in the author's order."""
    asked = content_of(version)
    one = Candidate(version.key, "", "", (), version.difficulty, asked)
    plan = Blueprint(shuffle_options=False, shuffle_questions=False)
    content, _keys = frozen(plan, [Drawn(one, Part(""))], seed=seed, address=address)
    return shown_question(content[0])


def key_lines(asked: Content) -> list[dict[str, Any]]:
    """The key in words, a line each: what, how much it earns, what is said to whoever chose it."""
    rows: list[tuple[str, str, str]] = []
    if asked.kind == "truefalse":
        for word, one in zip((_("true"), _("false")), asked.options, strict=True):
            rows.append((word, notation.percent(one.share), one.feedback))
    elif asked.kind == "ordering":
        rows = [(f"{at}. {one.text}", "", "") for at, one in enumerate(asked.options, 1)]
    elif asked.options:
        rows = [
            (f"{LETTERS[at].upper()}. {one.text}", notation.percent(one.share), one.feedback)
            for at, one in enumerate(asked.options)
        ]
    rows += [(f"{one.left} → {one.right}", "", "") for one in asked.pairs if texts.words(one.left)]
    for answer in asked.answers:
        tolerance = f" ± {answer.tolerance:f}" if answer.tolerance else ""
        rows.append((texts.from_plain(answer.text + tolerance), notation.percent(answer.share), answer.feedback))
    return [
        {"text": _bare(text), "share": share, "right": share == "100%", "feedback": _bare(feedback)}
        for text, share, feedback in rows
    ]


def _bare(text: str) -> SafeString:
    """A text with its maths, without its pictures."""
    return safe(texts.with_maths(texts.with_pictures(text, lambda _picture: "")))


def facts_of(asked: Content) -> list[tuple[str, str]]:
    """What a question says of itself: kind, difficulty, points, what a wrong answer costs, and what it demands."""
    found = [
        (_("Kind"), _(KINDS[asked.kind])),
        (_("Difficulty"), _(DIFFICULTIES[asked.difficulty])),
        (_("Points"), f"{asked.points:f}"),
    ]
    if asked.penalty:
        found.append((_("A wrong answer costs"), notation.percent(asked.penalty)))
    if asked.kind == "file":
        found.append((_("Kinds of file that are taken"), ", ".join(asked.extensions)))
        found.append((_("At most so many MB"), str(most_megabytes(asked.megabytes))))
    if asked.kind == "short":
        found.append((_("Vietnamese marks must be right"), _("yes") if asked.marks else _("no")))
        found.append((_("Capitals must be right"), _("yes") if asked.case else _("no")))
    return found


def key_of_variant(key: Mapping[str, Any]) -> str:
    """The key of one question of a variant on one line, in the letters that the candidate sees."""
    if "options" in key:
        words = {"true": _("true"), "false": _("false")}
        said = [
            words.get(letter, letter.upper()) + ("" if share == "1" else f" ({notation.percent(Fraction(share))})")
            for letter, share in key["options"].items()
            if Fraction(share) > 0
        ]
        return ", ".join(said)
    if "order" in key:
        return " – ".join(letter.upper() for letter in key["order"])
    if "pairs" in key:
        return ", ".join(f"{left} → {right.upper()}" for left, right in key["pairs"].items())
    if "answers" in key:
        return "; ".join(
            one["text"]
            + (f" ± {one['tolerance']}" if one["tolerance"] != "0" else "")
            + ("" if one["share"] == "1" else f" ({notation.percent(Fraction(one['share']))})")
            for one in key["answers"]
        )
    return _("People mark it.")
