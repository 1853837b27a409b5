"""What a question is: its JSON, its texts, what is wrong with it."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from exams.strategies import contents, rich, wild
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.refused import Refused
from lantoa.exams.rules import texts
from lantoa.exams.rules.content import Answer, Content, Option, Pair, as_json, faults_of, from_json, normal, number_of

SINGLE = Content("single", "Chữ ký số là gì?", options=(Option("Một", Fraction(1)), Option("Hai")))


@given(contents())
def test_a_question_is_the_same_after_json_and_back(content: Content) -> None:
    assert faults_of(content) == []
    assert from_json(json.loads(json.dumps(as_json(content)))) == content
    assert normal(content) == content


@given(st.one_of(wild, rich()))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = texts.clean(text)

    assert texts.clean(once) == once


@given(wild)
def test_plain_text_keeps_every_word(text: str) -> None:
    kept = texts.clean(texts.from_plain(text))

    assert "".join(texts.words(kept).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("<script>alert(1)</script>Xin chào", "Xin chào"),
        ('<p onclick="x()">Xin <a href="javascript:1">chào</a></p>', "<p>Xin chào</p>"),
        ('<img src="https://example.org/a.png" alt="x">hình', "hình"),
        ("nếu a < b và x<y thì", "nếu a &lt; b và x&lt;y thì"),
        (r"\(x<y\) và \(a < b\)", r"\(x&lt;y\) và \(a &lt; b\)"),
        ("<div>một</div><div>hai</div>", "<p>một</p><p>hai</p>"),
        ('<img src="picture:0123456789abcdef0123456789abcdef" alt="sơ đồ">',
         '<img src="picture:0123456789abcdef0123456789abcdef" alt="sơ đồ">'),
        ("<style>p{}</style><svg><script>1</script></svg>a", "a"),
    ],
)  # fmt: skip
def test_only_harmless_html_is_kept(text: str, kept: str) -> None:
    assert texts.clean(text) == kept


def test_what_cleaning_takes_away_is_named() -> None:
    text = '<p style="color:red">a <a href="x">b</a></p><iframe src="y"></iframe><img src="http://x/y.png"><b>c</b>'

    assert texts.left_out(text) == ["style", "a", "iframe", "img http://x/y.png"]


def test_maths_become_mathml_and_nothing_else() -> None:
    assert texts.with_maths(r"\(x\)") == (
        '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline"><mrow><mi>x</mi></mrow></math>'
    )


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{color:red}{x}",
        r"\frac{",
        "{" * 50,
    ],
)
def test_tex_that_is_none_or_means_harm_stays_text(tex: str) -> None:
    shown = texts.with_maths(texts.clean(rf"\({tex}\)"))

    assert "<script" not in shown
    assert "href" not in shown.replace("\\href", "")
    assert "style=" not in shown


def _faults(content: Content) -> list[str]:
    return [fault.message % fault.values for fault in faults_of(content)]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (replace(SINGLE, kind="riddle"), ["The kind riddle is not known."]),
        (replace(SINGLE, text="<p></p>"), ["The question has no text."]),
        (replace(SINGLE, points=Decimal(0)),
         ["The points are 0; they must be between 0.01 and 1000, with two decimals at most."]),
        (replace(SINGLE, penalty=Fraction(2)),
         ["A wrong answer costs 2 of the points; it must be between 0 and 1."]),
        (replace(SINGLE, difficulty=5), ["The difficulty is 5; it must be 1, 2, 3 or 4."]),
        (replace(SINGLE, options=(Option("Một", Fraction(1)),)), ["There are 1 choices; there must be 2 to 20."]),
        (replace(SINGLE, options=(Option("Một"), Option("Hai"))), ["No choice is right."]),
        (replace(SINGLE, options=(Option("Một", Fraction(1)), Option("Một"))), ['"Một" stands there twice.']),
        (replace(SINGLE, options=(Option("Một", Fraction(1)), Option(""))), ["Number 2 has no words."]),
        (replace(SINGLE, kind="multiple", options=(Option("Một", Fraction(1, 2)), Option("Hai"))),
         ["The right choices earn 1/2 of the points together; it must be 1."]),
        (Content("truefalse", "Đúng?", options=(Option(""), Option(""))),
         ["It is not said whether the statement is true or false."]),
        (Content("ordering", "Xếp", options=(Option("Một"),)),
         ["There are 1 items to put in order; there must be 2 to 20."]),
        (Content("matching", "Ghép", pairs=(Pair("a", "1"), Pair("b", "1"))),
         ["All pairs have the same right side."]),
        (Content("numeric", "Mấy?", answers=(Answer("ba"),)), ["ba is no number."]),
        (Content("short", "Gì?", answers=(Answer("a", Fraction(1, 2)),)), ["No answer earns all the points."]),
        (Content("long", "Viết", words=-1), ["The limit of -1 words is not between 0 and 20,000."]),
        (Content("file", "Nộp"), ["No kind of file is taken."]),
        (Content("file", "Nộp", extensions=("exe",)), ["Files of kind .exe are not taken here."]),
        (Content("file", "Nộp", extensions=("pdf",), megabytes=6), ["The limit of 6 MB is not between 1 and 5."]),
    ],
)  # fmt: skip
def test_every_fault_is_said_with_its_value(content: Content, said: list[str]) -> None:
    assert _faults(content) == said


@pytest.mark.parametrize(
    "kept",
    [{}, {"kind": "single"}, {"kind": 1, "text": "a"}, {"kind": "single", "text": "a", "options": [{"text": 1}]},
     {"kind": "single", "text": "a", "points": "NaN"}, {"kind": "single", "text": "a", "penalty": "1e999999"},
     {"kind": "single", "text": "a", "difficulty": True}],
)  # fmt: skip
def test_json_of_another_shape_is_refused(kept: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="Cannot read the question: its content is of another shape"):
        from_json(kept)


@pytest.mark.parametrize(
    ("text", "number"),
    [("3,5", "3.5"), ("3.5", "3.5"), (" 1 000 ", "1000"), ("−2", "-2"), ("1e3", "1000"), ("ba", None), ("", None),
     ("1,2,3", None), ("٣", None)],
)  # fmt: skip
def test_numbers_are_read_as_people_write_them(text: str, number: str | None) -> None:
    assert number_of(text) == (None if number is None else Decimal(number))
