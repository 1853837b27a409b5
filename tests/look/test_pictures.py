"""Pictures: well-formed whatever the names hold, told in words, without anything the policy forbids."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.pictures import Bar, Lane, Tick, UnitBox, bars, life_line, share_bar, timeline

HOSTILE = '"><script>alert(1)</script>\x00\x0b & \ud800 \uffff <b onclick="x">'
START, END = date(2020, 10, 1), date(2021, 1, 1)
NS = "{http://www.w3.org/2000/svg}"


def drawn(svg: str) -> list[Any]:
    """The drawings of a picture, read as XML (which fails on anything ill-formed)."""
    return list(ElementTree.fromstring(f"<all>{svg}</all>"))


def a_timeline(lanes: list[Lane], today: date | None = date(2020, 11, 18), **words: str) -> str:
    return timeline(
        lanes,
        start=START,
        end=END,
        today=today,
        title=words.get("title", "Lịch"),
        description=words.get("description", "Bốn lớp"),
        today_word=words.get("today_word", "hôm nay"),
        month_word=lambda day: f"{day:%m/%Y}",
    )


PICTURES: dict[str, Callable[[str], str]] = {
    "timeline": lambda name: a_timeline(
        [Lane(name, [Tick(START, "held", name), Tick(START, "missed", name)], url=name)],
        title=name,
        description=name,
        today_word=name,
    ),
    "bars": lambda name: bars([Bar(name, 0.5, name, name)], title=name, description=name),
    "share": lambda name: share_bar([Bar(name, 1, name, name)], title=name, description=name),
    "life": lambda name: life_line(
        [UnitBox(name, name, name)] * 12,
        UnitBox(name, name),
        [UnitBox(name)],
        title=name,
        description=name,
        more=str,
    ),
}


@pytest.mark.parametrize("picture", PICTURES)
def test_a_hostile_name_stays_text(picture: str) -> None:
    svg = PICTURES[picture](HOSTILE)
    tags = {element.tag.removeprefix(NS) for drawing in drawn(svg) for element in drawing.iter()}
    assert tags <= {"svg", "title", "desc", "text", "rect", "line", "path", "a"}
    attributes = {name for drawing in drawn(svg) for element in drawing.iter() for name in element.attrib}
    assert [name for name in attributes if name.startswith("on")] == []


def test_a_link_leads_to_a_page_and_never_to_a_script() -> None:
    def links(url: str) -> list[str]:
        return re.findall(r'<a href="([^"]*)"', bars([Bar("A", 1, "1", url)], title="t", description="d"))

    assert links("/units/?on=2020-10-05&x=1") == ["/units/?on=2020-10-05&amp;x=1"] * 2
    assert links("javascript:alert(1)") == []


@pytest.mark.parametrize("picture", PICTURES)
@given(name=st.text(max_size=80))
def test_every_name_gives_a_well_formed_picture(picture: str, name: str) -> None:
    assert len(drawn(PICTURES[picture](name))) == 2


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_has_a_title_and_a_description_for_those_who_do_not_see_it(picture: str) -> None:
    for drawing in drawn(PICTURES[picture]("Phường Tân Phú")):
        title, description = drawing.find(f"{NS}title"), drawing.find(f"{NS}desc")
        assert drawing.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
        assert (title.text, description.text) == ("Phường Tân Phú", "Phường Tân Phú")


@pytest.mark.parametrize("picture", PICTURES)
def test_a_picture_has_no_style_and_no_colour_of_its_own(picture: str) -> None:
    for drawing in drawn(PICTURES[picture]("Q9")):
        used = {name for element in drawing.iter() for name in element.attrib}
        assert used & {"style", "fill", "stroke", "onclick", "onload"} == set()


@pytest.mark.parametrize("picture", PICTURES)
def test_the_same_values_give_the_same_picture(picture: str) -> None:
    assert PICTURES[picture]("Q9") == PICTURES[picture]("Q9")


@pytest.mark.parametrize("picture", PICTURES)
def test_a_wide_and_a_tall_drawing_never_share_an_id(picture: str) -> None:
    ids = re.findall(r' id="([^"]+)"', PICTURES[picture]("Q9"))
    assert len(ids) == len(set(ids)) == 4


def test_a_picture_with_links_is_a_group_and_without_them_one_image() -> None:
    assert [d.get("role") for d in drawn(bars([Bar("A", 1, "1", "/a/")], title="t", description="d"))] == [
        "group"
    ] * 2
    assert [d.get("role") for d in drawn(bars([Bar("A", 1, "1")], title="t", description="d"))] == ["img"] * 2


def test_each_meeting_is_one_mark_and_its_state_is_a_shape() -> None:
    ticks = [Tick(START + timedelta(days=n), state) for n, state in enumerate(("held", "planned", "missed"))]
    for drawing in drawn(a_timeline([Lane("Q9-1", ticks)])):
        assert len(drawing.findall(f"{NS}rect[@class='held']")) == 1
        assert len(drawing.findall(f"{NS}rect[@class='planned']")) == 1
        assert len(drawing.findall(f"{NS}path[@class='missed']")) == 1


@pytest.mark.parametrize("day", [START - timedelta(days=1), END])
def test_a_meeting_outside_the_period_is_not_drawn(day: date) -> None:
    assert "held" not in a_timeline([Lane("Q9-1", [Tick(day, "held")])])


@pytest.mark.parametrize("day", [START, END - timedelta(days=1)])
def test_a_meeting_on_the_first_and_on_the_last_day_is_inside_the_drawing(day: date) -> None:
    for drawing in drawn(a_timeline([Lane("Q9-1", [Tick(day, "held")])])):
        mark = drawing.find(f"{NS}rect[@class='held']")
        width = float(drawing.get("viewBox").split()[2])
        assert float(mark.get("x")) >= 0
        assert float(mark.get("x")) + float(mark.get("width")) <= width


@pytest.mark.parametrize("today", [None, START - timedelta(days=1), END])
def test_a_day_outside_the_period_has_no_line(today: date | None) -> None:
    assert 'class="today"' not in a_timeline([Lane("Q9-1")], today=today)


def test_a_timeline_without_classes_is_still_a_picture() -> None:
    assert len(drawn(a_timeline([]))) == 2


def test_bars_keep_their_proportion_and_never_leave_their_track() -> None:
    wide = drawn(bars([Bar("A", 0.5), Bar("B", 2), Bar("C", -1)], title="t", description="d", most=1))[0]
    widths = [float(rect.get("width")) for rect in wide.findall(f"{NS}rect[@class='held']")]
    track = float(wide.find(f"{NS}rect[@class='track']").get("width"))
    assert widths == [track / 2, track]


def test_bars_of_nothing_are_empty() -> None:
    wide = drawn(bars([Bar("A", 0, "0")], title="t", description="d"))[0]
    assert wide.findall(f"{NS}rect[@class='held']") == []


def test_a_share_bar_is_filled_by_its_parts() -> None:
    parts = [Bar("Xong", 3, "3", kind="s3"), Bar("Học", 1, "1", kind="s1"), Bar("Bỏ", 0, "0", kind="s2")]
    wide = drawn(share_bar(parts, title="t", description="d"))[0]
    bar = [r for r in wide.findall(f"{NS}rect") if r.get("y") == "0"]
    assert [(r.get("class"), float(r.get("width"))) for r in bar] == [("s3", 778.0), ("s1", 258.0)]
    assert [text.text for text in wide.findall(f"{NS}text")] == ["Xong 3", "Học 1", "Bỏ 0"]


def test_a_life_line_names_eight_and_counts_the_rest() -> None:
    heirs = [UnitBox(f"Phường {number}") for number in range(1, 13)]
    svg = life_line(
        [], UnitBox("Thủ Đức"), heirs, title="t", description="d", more=lambda rest: f"và {rest} phường khác"
    )
    for drawing in drawn(svg):
        words = [text.text for text in drawing.iter(f"{NS}text")]
        assert words == ["Thủ Đức", *(f"Phường {n}" for n in range(1, 8)), "và 5 phường khác"]


def test_a_long_name_is_cut_before_it_leaves_its_box() -> None:
    name = "Ủy ban nhân dân " * 20
    for drawing in drawn(life_line([], UnitBox(name), [], title="t", description="d", more=str)):
        assert all(len(text.text) < 60 for text in drawing.iter(f"{NS}text"))
        assert [text.text[-1] for text in drawing.iter(f"{NS}text")][-1] == "…"
