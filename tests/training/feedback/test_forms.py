"""A form as a file: what it may say, and what is refused with its line."""

import json

import pytest
from training.feedback.saying import READY, SHORT

from lantoa.common.refused import Refused
from lantoa.training.rules.feedback import Form, FormFaults, fitting
from lantoa.training.rules.feedback.reading import read_form, read_form_bytes


def faults(text: str) -> list[str]:
    with pytest.raises(FormFaults) as refused:
        read_form(text)
    return [str(fault) for fault in refused.value.faults]


def test_a_form_is_read_as_it_is_written() -> None:
    form = read_form(SHORT)

    assert (form.code, form.anonymous, form.open_days) == ("ngan", True, 7)
    assert form.title.in_("vi") == "Ý kiến ngắn"
    assert form.title.in_("en-gb") == "A short form"
    assert [(one.code, one.kind, one.optional, one.values) for one in form.questions] == [
        ("hay", "scale", False, ("1", "2", "3", "4", "5")),
        ("dung", "yesno", True, ("yes", "no")),
        ("loi", "words", True, ()),
    ]


def test_a_form_kept_as_data_comes_back_the_same() -> None:
    for file in sorted(READY.glob("*.yaml")):
        form = read_form_bytes(file.read_bytes())

        assert Form.of(json.loads(json.dumps(form.as_data()))) == form


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("code: ngan\n", ""), ["line 1, column 1: The key code is missing."]),
        (
            ("kind: scale", "kind: stars"),
            ['line 7, column 23: questions[1].kind: "stars" is not one of: scale, choice, yesno, words.'],
        ),
        (
            ("open_days: 7", "open_days: 90"),
            ['line 5, column 12: open_days: "90" is not a whole number from 1 to 60.'],
        ),
        (("en: A short form", "no: x"), None),
        (
            ("code: dung", "code: hay"),
            [
                'line 8, column 5: questions[2]: The code "hay" stands here a second time; each answer needs one of'
                " its own."
            ],
        ),
        (
            ("kind: yesno", "kind: choice"),
            ["line 8, column 5: questions[2].choices: Here stand 0; there must be 2 to 12."],
        ),
        (
            ("en: It was good", "en: It was good, choices: [{code: a, vi: A, en: A}]"),
            None,
        ),
        (
            ("lantoa-form: 1", "lantoa-form: 2"),
            ['line 1, column 14: lantoa-form: This is version "2" of forms; this house reads version 1.'],
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_line(change: tuple[str, str], said: list[str] | None) -> None:
    found = faults(SHORT.replace(*change))

    if said is None:
        assert found
    else:
        assert found == said


def test_words_in_one_language_only_are_refused() -> None:
    assert faults(SHORT.replace("{vi: Ý kiến ngắn, en: A short form}", "{vi: Ý kiến ngắn}")) == [
        "line 3, column 8: title: The key en is missing."
    ]


def test_choices_of_a_scale_are_refused() -> None:
    text = SHORT.replace("en: It was good", "en: It was good, choices: [{code: a, vi: A, en: A}]")

    assert [fault.split(": ", 1)[1] for fault in faults(text)] == [
        "questions[1].choices: This belongs to questions of kind choice; this one is of kind scale."
    ]


def test_what_is_no_file_of_a_form_is_refused() -> None:
    assert faults("xin chào")[0].endswith("(lantoa-form, code, title, lead, anonymous, open_days, questions).")
    with pytest.raises(FormFaults, match="not written in Unicode"):
        read_form_bytes(b"code: \xff\xfe\xfa")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Cannot keep the answer: the question “Buổi học hay” is not answered."),
        ({"hay": "6"}, "Cannot keep the answer to “Buổi học hay”: 6 is none of 1, 2, 3, 4, 5."),
        ({"hay": "1", "sao": "x"}, "Cannot keep the answer: the form Ý kiến ngắn has no question sao."),
        (
            {"hay": "1", "loi": "a" * 2001},
            "Cannot keep the answer to “Lời khác”: it has 2001 letters, at most 2000.",
        ),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(values: dict[str, str], said: str) -> None:
    with pytest.raises(Refused) as refused:
        fitting(read_form(SHORT), values)

    assert str(refused.value) == said


def test_only_what_was_answered_is_kept() -> None:
    assert fitting(read_form(SHORT), {"hay": "3", "dung": "", "loi": "  tốt  \n lắm "}) == {
        "hay": "3",
        "loi": "tốt\nlắm",
    }
