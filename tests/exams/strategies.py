"""Questions of every kind for property tests, as an author could have written them."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from lantoa.exams.rules.content import MOST_MEGABYTES, Answer, Content, Option, Pair, normal

LETTERS = "abcdđeêghiklmnơpqrstưvxyáảạấềộýABCĐ"
PUNCTUATION = " .,;:!?~=#{}<>&%\\\"'()[]/|*-+_0123456789"
word = st.text(alphabet=LETTERS + "0123456789", min_size=1, max_size=8)
sentence = st.lists(word, min_size=1, max_size=5).map(" ".join)
wild = st.text(alphabet=LETTERS + PUNCTUATION + "\n", max_size=40)


@st.composite
def rich(draw: Any) -> str:
    """HTML as pages and files bring it: plain, marked up, with maths, lists and tables."""
    said = draw(sentence)
    other = draw(sentence)
    return str(
        draw(
            st.sampled_from(
                [
                    said,
                    f"<p>{said}</p><p>{other}</p>",
                    f"{said} <b>{other}</b> &lt; 5 &amp; 7",
                    f"{said} \\(x^2 + \\frac{{1}}{{2}}\\) {other}",
                    f"<ul><li>{said}</li><li>{other}</li></ul>",
                    f"<table><tbody><tr><td>{said}</td><td>{other}</td></tr></tbody></table>",
                    f"{said} = {{{other}}} ~ # :: -> 50%",
                ]
            )
        )
    )


points = st.sampled_from([Decimal("1"), Decimal("0.25"), Decimal("2.5"), Decimal("10")])
penalties = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 4), Fraction(1)])
shares = st.sampled_from([Fraction(0), Fraction(1, 2), Fraction(1, 3), Fraction(-1, 4), Fraction(-1)])
feedbacks = st.one_of(st.just(""), rich())
numbers = st.decimals(min_value=-1000, max_value=1000, places=2).map(lambda n: f"{n:f}")


def _distinct(texts: Any) -> Any:
    return st.lists(texts, min_size=2, max_size=5, unique_by=lambda text: " ".join(text.split()))


ALL = ("single", "multiple", "truefalse", "ordering", "matching", "numeric", "short", "long", "file")


@st.composite
def contents(draw: Any, kinds: tuple[str, ...] = ALL) -> Content:
    """A question without fault."""
    kind = draw(st.sampled_from(kinds))
    part: dict[str, Any] = {}
    if kind in ("single", "multiple"):
        said = draw(_distinct(sentence))
        if kind == "single":
            right = draw(st.integers(0, len(said) - 1))
            part["options"] = tuple(
                Option(text, Fraction(1) if at == right else draw(shares), draw(feedbacks))
                for at, text in enumerate(said)
            )
        else:
            right = draw(st.integers(1, len(said)))
            wrong = draw(st.sampled_from([Fraction(0), Fraction(-1, 2), Fraction(-1)]))
            part["options"] = tuple(
                Option(text, Fraction(1, right) if at < right else wrong, draw(feedbacks))
                for at, text in enumerate(said)
            )
        part["shuffle"] = draw(st.booleans())
    elif kind == "truefalse":
        true = draw(st.booleans())
        part["options"] = (
            Option("", Fraction(int(true)), draw(feedbacks)),
            Option("", Fraction(int(not true)), draw(feedbacks)),
        )
    elif kind == "ordering":
        part["options"] = tuple(Option(text) for text in draw(_distinct(sentence)))
    elif kind == "matching":
        lefts = draw(_distinct(sentence))
        part["pairs"] = tuple(Pair(text, f"{number} {draw(word)}") for number, text in enumerate(lefts))
        if draw(st.booleans()):
            part["pairs"] += (Pair("", "thừa"),)
        part["shuffle"] = draw(st.booleans())
    elif kind == "numeric":
        part["answers"] = (
            Answer(draw(numbers), Fraction(1), draw(st.sampled_from([Decimal(0), Decimal("0.05")])), draw(feedbacks)),
            *draw(st.lists(st.builds(Answer, numbers, st.just(Fraction(1, 2))), max_size=2)),
        )
    elif kind == "short":
        part["answers"] = (
            Answer(draw(sentence), Fraction(1), Decimal(0), draw(feedbacks)),
            *draw(st.lists(st.builds(Answer, sentence, shares), max_size=2)),
        )
        part["marks"], part["case"] = draw(st.booleans()), draw(st.booleans())
    elif kind == "long":
        part["rubric"], part["words"] = draw(feedbacks), draw(st.integers(0, 500))
    else:
        part["rubric"] = draw(feedbacks)
        part["extensions"] = tuple(draw(st.lists(st.sampled_from(["pdf", "docx", "png"]), min_size=1, unique=True)))
        part["megabytes"] = draw(st.integers(1, MOST_MEGABYTES))
    return normal(
        Content(
            kind=kind,
            text=draw(rich()),
            points=draw(points),
            penalty=draw(penalties),
            difficulty=draw(st.integers(1, 4)),
            feedback=draw(feedbacks),
            **part,
        )
    )
