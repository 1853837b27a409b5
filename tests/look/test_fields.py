"""A form's fields: every control has its label, its hint and its fault told to a screen reader."""

import re
from typing import Any

import pytest
from django import forms

from lantoa.web.views_style import SampleForm


class Enrolment(forms.Form):
    name = forms.CharField(label="Họ và tên", help_text="Họ viết trước.")
    born = forms.DateField(label="Ngày sinh", required=False)
    kind = forms.ChoiceField(
        label="Hình thức", choices=[("a", "Tại lớp"), ("b", "Trực tuyến")], widget=forms.RadioSelect
    )
    day = forms.DateField(label="Khai giảng", widget=forms.SelectDateWidget(years=[2020]), required=False)
    note = forms.CharField(label="Ghi chú", widget=forms.Textarea, required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)


def test_a_text_field_has_label_hint_and_description(render: Any) -> None:
    shown = render('{% field form.name width=20 autocomplete="name" %}', form=Enrolment())
    assert '<label class="govuk-label" for="id_name">Họ và tên</label>' in shown
    assert '<div id="id_name-hint" class="govuk-hint">Họ viết trước.</div>' in shown
    control = re.search(r"<input[^>]+>", shown)
    assert control
    assert 'class="govuk-input govuk-input--width-20"' in control[0]
    assert 'aria-describedby="id_name-hint"' in control[0]
    assert 'autocomplete="name"' in control[0]
    assert "required" not in control[0]  # the server's words, not the browser's


def test_a_wrong_field_says_what_is_wrong_and_keeps_what_was_typed(render: Any) -> None:
    form = Enrolment({"name": "An", "born": "31/02/1978", "kind": "a"})
    shown = render("{% field form.born %}", form=form)
    assert "govuk-form-group--error" in shown
    assert 'class="govuk-input govuk-input--error"' in shown
    assert 'aria-describedby="id_born-error"' in shown
    assert 'aria-invalid="true"' in shown
    assert 'value="31/02/1978"' in shown
    assert "Lỗi:</span> Nhập một ngày hợp lệ." in shown


def test_a_field_that_may_stay_empty_says_so(render: Any) -> None:
    assert "Ngày sinh (không bắt buộc)" in render("{% field form.born %}", form=Enrolment())
    assert "(không bắt buộc)" not in render("{% field form.born optional=False %}", form=Enrolment())


def test_radios_stand_in_a_fieldset_each_with_its_label(render: Any) -> None:
    shown = render("{% field form.kind inline=True %}", form=Enrolment({"name": "An", "kind": "b"}))
    assert '<legend class="govuk-fieldset__legend">Hình thức</legend>' in shown
    ids = re.findall(r'<input type="radio"[^>]* id="([^"]+)"', shown)
    assert ids == ["id_kind_0", "id_kind_1"]
    assert re.findall(r'<label[^>]* for="([^"]+)">([^<]+)', shown) == [(ids[0], "Tại lớp"), (ids[1], "Trực tuyến")]
    assert re.findall(r'value="(\w)"[^>]* checked', shown) == ["b"]


def test_checkboxes_of_a_list_are_checkboxes(render: Any) -> None:
    shown = render("{% field form.topics %}", form=SampleForm({"topics": ["1", "3"]}))
    assert re.findall(r'<input type="checkbox" name="topics" value="(\d)"[^>]*?( checked)?>', shown) == [
        ("1", " checked"),
        ("2", ""),
        ("3", " checked"),
    ]


def test_a_day_in_three_parts_names_each_part(render: Any) -> None:
    shown = render("{% field form.day %}", form=Enrolment())
    assert re.findall(r'<select name="day_(\w+)"[^>]*aria-label="([^"]+)"', shown) == [
        ("day", "Ngày"),
        ("month", "Tháng"),
        ("year", "Năm"),
    ]


def test_a_hidden_field_is_only_its_input(render: Any) -> None:
    assert re.sub(r"\s+", " ", render("{% field form.secret %}", form=Enrolment())).startswith('<input type="hidden"')


def test_a_text_area_has_four_lines_unless_asked(render: Any) -> None:
    assert 'rows="4"' in render("{% field form.note %}", form=Enrolment())
    assert 'rows="12"' in render("{% field form.note rows=12 %}", form=Enrolment())


def test_the_summary_names_each_field_and_leads_to_it(render: Any) -> None:
    form = Enrolment({"name": "", "born": "31/02/1978"})
    shown = render("{% form_errors form %}", form=form)
    assert re.findall(r'<li><a href="#([^"]+)">([^<]+)</a>', shown) == [
        ("id_name", "Họ và tên: Trường này là bắt buộc."),
        ("id_born", "Ngày sinh: Nhập một ngày hợp lệ."),
        ("id_kind_0", "Hình thức: Trường này là bắt buộc."),
    ]


def test_every_line_of_the_summary_leads_to_a_control_that_exists(render: Any) -> None:
    form = SampleForm({"name": "", "born": "x", "unit": "9"}, {})
    shown = render("{% form_errors form %}{% for bound in form %}{% field bound %}{% endfor %}", form=form)
    targets = re.findall(r'href="#([^"]+)"', shown)
    assert len(targets) == 7
    assert [target for target in targets if f'id="{target}"' not in shown] == []


def test_an_error_of_the_whole_form_stands_first_without_a_link(render: Any) -> None:
    form = Enrolment({"name": "", "kind": "a"})
    form.add_error(None, "Lớp đã đủ chỗ (40/40).")
    shown = render("{% form_errors form %}", form=form)
    assert re.findall(r"<li>(.*?)</li>", shown) == [
        "Lớp đã đủ chỗ (40/40).",
        '<a href="#id_name">Họ và tên: Trường này là bắt buộc.</a>',
    ]


@pytest.mark.parametrize("form", [Enrolment(), Enrolment({"name": "An", "kind": "a"})])
def test_a_form_without_faults_has_no_summary(render: Any, form: forms.Form) -> None:
    assert render("{% form_errors form %}", form=form) == ""


def test_what_was_typed_is_escaped(render: Any) -> None:
    shown = render("{% field form.name %}", form=Enrolment({"name": '"><script>'}))
    assert 'value="&quot;&gt;&lt;script&gt;"' in shown


def test_a_filter_keeps_the_day_and_forgets_the_page(render: Any) -> None:
    class Filter(forms.Form):
        q = forms.CharField(label="Tìm", required=False)

    shown = render(
        '{% filters form said="3 lớp" %}', address="/c/?q=an&on=2020-10-05&page=4", form=Filter({"q": "an"})
    )
    assert re.findall(r'<input type="hidden" name="(\w+)" value="([^"]+)"', shown) == [("on", "2020-10-05")]
    assert 'value="an"' in shown
    assert "(không bắt buộc)" not in shown
    assert "Xóa bộ lọc" in shown
