"""Controls written without templates are what Django's templates write."""

import re
from datetime import date
from typing import Any

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from lantoa.common.controls import CONTROLS, Controls

EVIL = """<b>"Nguyễn & 'Trần'"</b>"""
CHOICES: list[Any] = [
    ("", "—"),
    (1, EVIL),
    (1234, 5678),
    (None, _("Day")),
    (True, mark_safe("<i>safe</i>")),
    ("Nhóm <1>", [("a", "A"), ('"b"', "B")]),
]
ATTRIBUTES: dict[str, Any] = {"id": "id_x", "class": "govuk-input", "maxlength": 200, "hidden": True, "size": False}
CASES: list[tuple[forms.Widget, list[Any]]] = [
    (forms.TextInput(), [None, "", EVIL, 1234, 0]),
    (forms.NumberInput(), [None, 12345, "1,5"]),
    (forms.EmailInput(), [None, "an@xa.gov.vn"]),
    (forms.HiddenInput(), [None, EVIL, 3]),
    (forms.DateInput(), [None, date(2026, 11, 23), "32/13/2026"]),
    (forms.TimeInput(), [None, "13:30"]),
    (forms.DateTimeInput(), [None, "05/10/2026 13:30"]),
    (forms.CheckboxInput(), [None, True, False, "x<"]),
    (forms.Textarea(), [None, "", "\nmột\nhai </textarea>" + EVIL]),
    (forms.Select(choices=CHOICES), [None, "1", 1234, "a", '"b"', True]),
    (forms.SelectMultiple(choices=CHOICES), [None, ["1", "a"]]),
]


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(("widget", "values"), CASES, ids=lambda part: type(part).__name__)
def test_a_control_is_what_djangos_template_writes(language: str, widget: forms.Widget, values: list[Any]) -> None:
    assert widget.template_name in CONTROLS  # type: ignore[attr-defined]
    with translation.override(language):
        for value in values:
            for attributes in (None, {}, ATTRIBUTES):
                ours = widget.render("tên<x>", value, attributes, renderer=Controls())
                theirs = widget.render("tên<x>", value, attributes, renderer=DjangoTemplates())
                assert _plain(ours) == _plain(theirs)


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("kind", [forms.RadioSelect, forms.CheckboxSelectMultiple])
def test_one_of_several_is_what_djangos_template_writes(
    kind: type[forms.RadioSelect | forms.CheckboxSelectMultiple], wrapped: bool
) -> None:
    widget = kind(choices=CHOICES)
    for attributes in ({}, {"id": "id_x", "class": "govuk-radios__input"}):
        for option in widget.subwidgets("tên<x>", ["1", "a"], attributes):
            context = {"widget": {**option, "wrap_label": wrapped}}
            assert option["template_name"] in CONTROLS
            ours = Controls().render(option["template_name"], context)
            theirs = DjangoTemplates().render(option["template_name"], context)
            assert ours == theirs.replace("\n", "")  # a line ends before the label


def test_a_control_that_is_not_ours_is_left_to_djangos_template() -> None:
    widget = forms.ClearableFileInput()
    assert widget.template_name not in CONTROLS
    assert widget.render("file", None, renderer=Controls()) == widget.render("file", None, renderer=DjangoTemplates())


def _plain(text: str) -> str:
    """Without the lines and spaces between tags, which nobody sees."""
    return re.sub(r"\s*\n\s*(?=<)", "", text)
