"""Each component with the arguments that docs/look.md promises."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.paginator import Paginator
from django.template import Context
from django.test import Client
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from lantoa.common.components import COMPONENTS, PRINTED, made, template_of
from lantoa.common.templatetags.lantoa import SHAPES

BASE = Path(settings.BASE_DIR)
FOLDER = BASE / "templates" / "components"
EVIL = """<b>"Trần & 'Lê'"</b>"""
lazy = gettext_lazy("Save")
# parts of base.html, shown by every page
FRAME = {"header", "navigation", "footer", "messages", "wordmark", "error_code", "_hint_and_error"}
# written by a tag of their own
TAGS = {"field", "form_errors", "where", "pagination", "filters", "tablebox"}


def text_of(html: str) -> str:
    """What a reader reads: tags gone, one space between words."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_every_file_of_the_folder_is_a_component_a_tag_or_part_of_the_frame() -> None:
    assert {file.stem for file in FOLDER.glob("*.html")} == set(COMPONENTS) | TAGS | FRAME


def test_the_style_page_shows_every_component_file() -> None:
    client = Client()
    shown = {template.name for template in client.get("/style/?said=1").templates}
    wanted = {f"components/{file.name}" for file in FOLDER.glob("*.html")}
    elsewhere = {"components/navigation.html", "components/error_code.html"}  # for who is signed in; on error pages
    rendered_once = ("header", "footer", "wordmark", *PRINTED)
    elsewhere |= {f"components/{name}.html" for name in rendered_once}
    assert wanted - shown - elsewhere == set()


def test_the_guide_names_every_component_with_its_arguments() -> None:
    guide = (BASE / "docs" / "look.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", guide.split("## Tags")[0], re.M))
    assert set(table) == set(COMPONENTS)
    unsaid = {
        name: missing
        for name, arguments in COMPONENTS.items()
        if (missing := [word for word in arguments.split() if not re.search(rf"\b{word}\b", table[name])])
    }
    assert unsaid == {}


def test_a_component_says_which_arguments_it_takes(render: Any) -> None:
    with pytest.raises(TypeError) as wrong:
        render('{% component "tag" kind="ok" word="đã xong" colour="red" %}')
    assert str(wrong.value) == "The component 'tag' takes kind word, not colour"


def test_an_unknown_component_names_the_known_ones(render: Any) -> None:
    with pytest.raises(TypeError) as wrong:
        render('{% component "carousel" %}')
    assert str(wrong.value).startswith("There is no component 'carousel'; there are: breadcrumbs, button, ")


def test_a_component_does_not_see_the_page_around_it(render: Any) -> None:
    shown = render('{% component "number" count=3 words="lớp" %}', total=99, url="/wrong/", suffix="kg")
    assert text_of(shown) == "3 lớp"
    assert "/wrong/" not in shown


def test_what_a_component_shows_is_escaped(render: Any) -> None:
    shown = render('{% component "notification" kind="late" text=text %}', text="<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>" not in shown


@pytest.mark.parametrize(
    ("part", "arguments"),
    [
        ("choice", {"value": EVIL, "label": EVIL, "form": "acts", "checked": True}),
        ("choice", {"value": "", "label": lazy, "name": "unit"}),
        ("choice", {"value": 12, "label": "Chọn", "all": True}),
        ("button", {"label": mark_safe("<b>Lưu</b>"), "name": "act", "value": EVIL, "small": True}),
        ("button", {"label": lazy, "url": "/a?b=1&c=2", "kind": "secondary"}),
        ("button", {"label": EVIL, "post": "/a?b=1&c=2", "kind": "warning"}),
        ("button", {"label": None, "name": "act", "value": 0}),
    ],
)
def test_a_part_filled_in_for_each_row_is_what_its_template_writes(part: str, arguments: dict[str, Any]) -> None:
    for token in ("a-token", "another"):
        whole = template_of(part).render(Context({"csrf_token": token, **arguments}))
        assert made(part, dict(arguments), Context({"csrf_token": token})) == whole


def test_a_number_reads_as_a_sentence_and_opens_to_its_rows(render: Any) -> None:
    shown = render(
        '{% component "number" count=12 total=1168 words="phường chưa trả lời" url="/units/?state=late" %}'
    )
    assert text_of(shown) == "12 trên 1.168 phường chưa trả lời"
    assert re.findall(r'href="([^"]+)"', shown) == ["/units/?state=late"]


def test_a_number_of_zero_is_shown(render: Any) -> None:
    assert text_of(render('{% component "number" count=0 total=0 words="trễ hạn" %}')) == "0 trên 0 trễ hạn"


@pytest.mark.parametrize("kind", ["ok", "wait", "late", "now", "none"])
def test_a_state_has_a_shape_and_a_word_beside_its_colour(render: Any, kind: str) -> None:
    shown = render(f'{{% state "{kind}" "lời" %}}')
    assert text_of(shown) == "lời"
    assert f'd="{SHAPES[kind]}"' in shown
    assert f"lt-tag--{kind}" in shown


def test_the_shapes_of_the_states_differ() -> None:
    assert len({SHAPES[kind] for kind in ("ok", "wait", "late", "now", "none")}) == 5


def test_an_unknown_state_is_drawn_as_none(render: Any) -> None:
    assert "lt-tag--none" in render('{% state "<b>" "lời" %}')


def test_a_button_that_posts_has_its_own_form_with_a_token(render: Any) -> None:
    shown = render('{% component "button" label="Nhắc" post="/remind/" %}', csrf_token="TOKEN")
    assert '<form method="post" action="/remind/"' in shown
    assert '<input type="hidden" name="csrfmiddlewaretoken" value="TOKEN">' in shown


def test_a_button_with_an_address_is_a_link_and_without_one_submits(render: Any) -> None:
    assert render('{% component "button" label="Mở" url="/x/" %}') == '<a href="/x/" class="govuk-button">Mở</a>'
    assert (
        render('{% component "button" label="Lưu" kind="secondary" name="act" value="save" %}')
        == '<button class="govuk-button govuk-button--secondary" name="act" value="save">Lưu</button>'
    )


@pytest.mark.parametrize(
    ("kind", "role", "word"),
    [
        ("ok", "status", "Đã xong:"),
        ("wait", "status", "Lưu ý:"),
        ("late", "alert", "Có vấn đề:"),
        ("info", "status", "Thông tin:"),
    ],
)
def test_a_notification_tells_its_kind_in_words(render: Any, kind: str, role: str, word: str) -> None:
    shown = render(f'{{% component "notification" kind="{kind}" text="Ba dòng sai." %}}')
    assert text_of(shown) == f"{word} Ba dòng sai."
    assert f'role="{role}"' in shown


def test_a_table_puts_the_column_before_each_cell_of_a_card(render: Any) -> None:
    shown = render(
        '{% component "table" caption="Các lớp" columns=columns rows=rows cards=True %}',
        columns=[{"label": "Lớp"}, {"label": "Học viên", "number": True}],
        rows=[[{"text": "Q9-1", "url": "/c/1/"}, 1240], [{"kind": "late", "text": "Q9-2"}, None]],
    )
    assert re.findall(r'<td data-label="([^"]+)"[^>]*>([^<]*)', shown) == [("Học viên", "1.240"), ("Học viên", "")]
    assert shown.count('<th scope="row">') == 2
    assert 'role="region" aria-label="Các lớp" tabindex="0"' in shown


def test_a_table_without_rows_says_so(render: Any) -> None:
    shown = render('{% component "table" caption="Các lớp" columns=columns empty="Chưa có lớp nào." %}', columns=[])
    assert text_of(shown) == "Chưa có lớp nào."


def test_the_block_table_keeps_what_it_wraps(render: Any) -> None:
    shown = render(
        "{% table caption hide_caption=True %}<tbody><tr><td>{{ name }}</td></tr></tbody>{% endtable %}",
        name="<An>",
        caption="A & B",
    )
    assert '<caption class="govuk-visually-hidden">A &amp; B</caption>' in shown
    assert "<td>&lt;An&gt;</td>" in shown


def test_the_pages_of_a_list_keep_the_rest_of_the_address(render: Any) -> None:
    page = Paginator(range(1234), 50).get_page(3)
    shown = render("{% pagination page %}", address="/people/?q=an&on=2020-10-05&page=3", page=page)
    assert text_of(shown).startswith("101 đến 150 trên tổng số 1.234")
    assert re.findall(r'href="([^"]+)"', shown) == [
        f"?q=an&amp;on=2020-10-05&amp;page={number}" for number in (2, 1, 2, 3, 4, 25, 4)
    ]
    assert shown.count('aria-current="page"') == 1


def test_a_list_of_one_page_has_a_count_and_no_links(render: Any) -> None:
    shown = render("{% pagination page %}", page=Paginator(range(3), 50).get_page(1))
    assert text_of(shown) == "1 đến 3 trên tổng số 3"


def test_an_empty_list_has_no_pages(render: Any) -> None:
    assert render("{% pagination page %}", page=Paginator([], 50).get_page(1)) == ""


def test_the_day_of_a_page_is_changed_by_a_form_that_keeps_the_filters(render: Any) -> None:
    shown = render(
        '{% where unit="Quận 9" on=on unit_url="/units/q9/" %}',
        address="/programme/?state=late&page=4&on=2020-10-05",
        on=date(2020, 10, 5),
    )
    assert "tính đến ngày 05/10/2020" in text_of(shown)
    assert re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)">', shown) == [("state", "late")]
    assert 'type="date" id="where-on" name="on" value="2020-10-05"' in shown


def test_a_day_that_is_fixed_has_no_form(render: Any) -> None:
    assert "<form" not in render('{% where unit="Quận 9" on=on change=False %}', on=date(2020, 10, 5))


def test_long_work_shows_how_far_it_is_and_asks_again(render: Any) -> None:
    shown = render('{% component "progress" words="Đang cấp" done=5230 total=10000 poll="/jobs/1/" %}')
    assert text_of(shown).startswith("Đang cấp 5.230 trên 10.000")
    assert 'data-poll="/jobs/1/"' in shown
    assert 'max="10000" value="5230"' in shown


def test_finished_work_is_not_asked_again_and_leads_to_its_result(render: Any) -> None:
    shown = render('{% component "progress" words="Xong." finished=True poll="/jobs/1/" url="/out/" link="Mở" %}')
    assert "data-poll" not in shown
    assert "<progress" not in shown
    assert 'href="/out/"' in shown


def test_a_confirmation_lists_what_will_happen(render: Any) -> None:
    shown = render(
        '{% component "confirm" title="Hủy lớp?" consequences=list undo="Không thể khôi phục." label="Hủy lớp" '
        'action="/x/" cancel_url="/back/" hidden=hidden %}',
        list=["40 người bị rút.", "16 buổi giữ lại."],
        hidden=[("version", "3")],
        csrf_token="TOKEN",
    )
    assert text_of(shown) == "Hủy lớp? 40 người bị rút. 16 buổi giữ lại. Không thể khôi phục. Hủy lớp Hủy bỏ"
    assert '<input type="hidden" name="version" value="3">' in shown
    assert "govuk-button--warning" in shown


def test_a_file_says_its_kind_and_size(render: Any) -> None:
    shown = render('{% component "download" url="/f/" label="Danh sách" kind=".xlsx" size=48213 %}')
    assert text_of(shown) == "Danh sách (.xlsx, 47,1 KB)"


def test_the_steps_behind_are_links_and_the_current_one_is_marked(render: Any) -> None:
    steps = [{"label": "Tệp", "url": "/1/"}, {"label": "Xem", "url": "/2/"}, {"label": "Nạp", "url": "/3/"}]
    shown = render('{% component "steps" steps=steps at=2 %}', steps=steps)
    assert re.findall(r'href="([^"]+)"', shown) == ["/1/"]
    assert text_of(shown) == "đã xong: Tệp 2 Xem 3 Nạp"


def test_every_id_of_the_style_page_is_used_once() -> None:
    page = Client().get("/style/").content.decode()
    # the sample form stands there twice, empty and with its faults
    ids = [found for found in re.findall(r'\sid="([^"]+)"', page) if not found.startswith("id_")]
    assert sorted({found for found in ids if ids.count(found) > 1}) == []
