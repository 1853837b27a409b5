"""Files of questions: what goes out comes back the same, and what cannot be carried is named."""

import base64
import hashlib
from dataclasses import replace
from fractions import Fraction

import pytest
from exams.strategies import contents
from hypothesis import given

from lantoa.common.refused import Refused
from lantoa.exams.rules.content import Content, Option
from lantoa.exams.rules.formats import aiken, gift, moodle, sheet
from lantoa.exams.rules.formats.model import Loss, ReadQuestion, WrittenQuestion
from lantoa.office.rules.sheets import read_table_file

AIMS = ("CDS / Tổng quan / Nêu được khái niệm",)
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
CHECKSUM = hashlib.sha256(PNG).hexdigest()[:32]


def faults(read: ReadQuestion) -> list[str]:
    return [fault.message % fault.values for fault in read.faults]


def said(losses: list[Loss]) -> list[str]:
    return [loss.message % loss.values for loss in losses]


# ---- round trips


@given(contents(tuple(sorted(gift.CARRIED))))
def test_gift_brings_back_what_it_was_given(content: Content) -> None:
    content = replace(content, rubric="", words=0)
    text, losses = gift.write([WrittenQuestion("C::01 [a]", content, AIMS)])

    (read,) = gift.read(text)

    assert losses == []
    assert read.faults == ()
    assert (read.code, read.content, read.aims) == ("C::01 [a]", content, AIMS)


@given(contents())
def test_moodle_xml_brings_back_what_it_was_given(content: Content) -> None:
    text, losses = moodle.write([WrittenQuestion("C<01> &", content, AIMS)])

    (read,) = moodle.read(text.encode(), "a.xml")

    assert losses == []
    assert read.faults == ()
    assert (read.code, read.content, read.aims) == ("C<01> &", content, AIMS)


def test_moodle_xml_carries_pictures() -> None:
    options = (Option(f'<img src="picture:{CHECKSUM}" alt="sơ đồ">', Fraction(1)), Option("Hai"))
    content = Content("single", f'Xem hình <img src="picture:{CHECKSUM}" alt="hình">', options=options)
    text, _losses = moodle.write([WrittenQuestion("C1", content, (), {CHECKSUM: ("image/png", PNG)})])

    (read,) = moodle.read(text.encode(), "a.xml")

    assert (read.content, dict(read.pictures), read.faults) == (content, {CHECKSUM: PNG}, ())


def test_aiken_brings_back_single_choice_and_names_the_rest() -> None:
    options = (Option("Một"), Option("Hai", Fraction(1)))
    plain = Content("single", "Chữ ký số là gì?", options=options)
    text, losses = aiken.write([WrittenQuestion("C1", plain), WrittenQuestion("C2", Content("long", "Viết"))])

    (read,) = aiken.read(text)

    assert text == "Chữ ký số là gì?\nA. Một\nB. Hai\nANSWER: B\n"
    assert read.content == plain
    assert said(losses) == [
        "Code, difficulty, topics and the order of the choices cannot be carried.",
        "Questions of this kind cannot be carried by Aiken.",
    ]


def test_what_gift_cannot_carry_is_named_question_by_question() -> None:
    picture = Content("long", f'Xem <img src="picture:{CHECKSUM}" alt="">', rubric="Đủ ba ý", words=100)
    order = Content("ordering", "Xếp", options=(Option("a"), Option("b")))
    _text, losses = gift.write([WrittenQuestion("C1", picture), WrittenQuestion("C2", order)])

    assert [(loss.code, loss.message % loss.values) for loss in losses] == [
        ("C1", f"The picture {CHECKSUM[:12]} cannot be carried."),
        ("C1", "The rubric cannot be carried."),
        ("C1", "The limit of words cannot be carried."),
        ("C2", "Questions of this kind cannot be carried by GIFT."),
    ]


@given(contents())
def test_the_sheet_brings_back_what_it_was_given(content: Content) -> None:
    content = replace(
        content,
        options=tuple(replace(one, feedback="") for one in content.options),
        answers=tuple(replace(one, feedback="") for one in content.answers),
    )
    data, losses = sheet.workbook([WrittenQuestion("C01", content, AIMS)])

    ((name, read),) = sheet.read(read_table_file(data, "a.xlsx"), "a.xlsx")

    assert losses == []
    assert read.faults == ()
    assert (name, read.number, read.code, read.content, read.aims) == ("Câu hỏi", 2, "C01", content, AIMS)


# ---- GIFT as others write it


@pytest.mark.parametrize(
    ("text", "kind", "more"),
    [
        ("Thủ đô của Việt Nam là? {=Hà Nội ~Huế ~Đà Nẵng}", "single", {"options": 3}),
        ("Chọn hai {~%50%Một ~%50%Hai ~%-100%Ba}", "multiple", {"options": 3}),
        ("Trời xanh {T}", "truefalse", {"options": 2}),
        ("Trời đỏ {FALSE#Sai rồi#Đúng rồi}", "truefalse", {"options": 2}),
        ("Ghép {=a -> 1 =b -> 2}", "matching", {"pairs": 2}),
        ("Pi là {#3.1415:0.0005}", "numeric", {"answers": 1}),
        ("Pi là {#3.141..3.142}", "numeric", {"answers": 1}),
        ("Khi nào {#=1822:0 =%50%1822:2}", "numeric", {"answers": 2}),
        ("Hai cộng hai {=bốn =4}", "short", {"answers": 2}),
        ("Viết {}", "long", {}),
        ("Thủ đô là {=Hà Nội ~Huế} đúng không?", "single", {"options": 2}),
    ],
)
def test_gift_is_read_as_others_write_it(text: str, kind: str, more: dict[str, int]) -> None:
    (read,) = gift.read(text)

    assert faults(read) == []
    assert read.content is not None
    assert read.content.kind == kind
    assert {name: len(getattr(read.content, name)) for name in more} == more


def test_gift_says_the_line_and_what_is_wrong() -> None:
    text = "// chú thích\n$CATEGORY: $course$/Tổng quan\n\nCâu một {=a ~b}\n\nChỉ có lời\n\n::C3::Câu ba {~a ~b}\n"

    first, second, third = gift.read(text)

    assert [(one.number, one.aims) for one in (first, second, third)] == [
        (4, ("Tổng quan",)),
        (6, ()),
        (8, ("Tổng quan",)),
    ]
    assert faults(second) == ['It has no answers in braces: "Chỉ có lời" is no question.']
    assert third.code == "C3"
    assert "No choice is right." in faults(third) or faults(third) == [
        "The right choices earn 0 of the points together; it must be 1."
    ]


def test_the_same_question_without_a_name_has_the_same_code() -> None:
    assert [one.code for one in gift.read("Một {T}\n\nMột {F}\n\nHai {T}")][:2] == [
        next(iter(gift.read("Một {T}"))).code
    ] * 2


# ---- Moodle XML as others write it

QUIZ = "<?xml version='1.0'?><quiz>{}</quiz>"


def one_of(body: str) -> ReadQuestion:
    (read,) = moodle.read(QUIZ.format(body).encode(), "a.xml")
    return read


def test_what_moodle_has_and_we_have_not_is_listed() -> None:
    read = one_of(
        '<question type="shortanswer"><name><text>C1</text></name><questiontext format="html"><text>'
        "<![CDATA[<p style='color:red'>Gì? <a href='x'>đây</a></p><img src='@@PLUGINFILE@@/mat.png'>]]>"
        "</text></questiontext><penalty>0.25</penalty><hint><text>Nghĩ đi</text></hint>"
        '<answer fraction="100"><text>ký số</text></answer><answer fraction="50"><text>ký*</text></answer>'
        "<tags><tag><text>tuần 1</text></tag></tags></question>"
    )

    assert faults(read) == [
        "The answer ký* is left out: * for any words is not known here.",
        "What another try costs (0.25) is left out: an exam has one try.",
        "Hints for further tries are left out: 1.",
        "The tag tuần 1 is left out.",
        "Left out of the text: style, a, img @@PLUGINFILE@@/mat.png.",
    ]
    assert {fault.severity for fault in read.faults} == {"warning"}


def test_a_kind_that_is_not_known_is_wrong_and_named() -> None:
    read = one_of('<question type="cloze"><name><text>C1</text></name></question>')

    assert (read.content, faults(read)) == (None, ["Questions of the kind cloze cannot be carried over."])


def test_a_third_is_a_third() -> None:
    answers = "".join(f'<answer fraction="33.33333"><text>{n}</text></answer>' for n in range(3))
    read = one_of(
        '<question type="multichoice"><questiontext><text>Gì?</text></questiontext><single>false</single>'
        f'{answers}<answer fraction="-50"><text>x</text></answer></question>'
    )

    assert faults(read) == []
    assert read.content is not None
    assert [one.share for one in read.content.options] == [Fraction(1, 3)] * 3 + [Fraction(-1, 2)]


BOMB = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (f"<?xml version='1.0'?>{BOMB}<quiz>&b;</quiz>", "it declares a document type"),
        ('<!DOCTYPE quiz SYSTEM "file:///etc/passwd"><quiz/>', "it declares a document type"),
        ("<quiz><question>", "it is no XML"),
        ("không phải xml", "it is no XML"),
        ("<html/>", "it is no Moodle XML, it begins with <html>"),
        ("<quiz>" + "<a>" * 50 + "</a>" * 50 + "</quiz>", "it is too deep or too large"),
    ],
)
def test_harmful_and_foreign_xml_is_refused(data: str, reason: str) -> None:
    with pytest.raises(Refused, match='Cannot read the file "a.xml": ') as told:
        list(moodle.read(data.encode(), "a.xml"))

    assert reason in str(told.value)


# ---- Aiken as others write it


def test_aiken_says_the_line_and_what_is_wrong() -> None:
    text = "Câu một?\nA) Đúng\nB) Sai\nANSWER: A\n\nCâu hai?\nA. Một\nB. Hai\n\nCâu ba?\nA. Một\nB. Hai\nANSWER: D\n"

    first, second, third = aiken.read(text)

    assert [one.number for one in (first, second, third)] == [1, 6, 10]
    assert faults(first) == []
    assert faults(second) == ["There is no line ANSWER: with the letter of the right choice."]
    assert faults(third) == ["The answer is D, and there is no such choice.", "No choice is right."]
