"""Pictures drawn on the server: pure functions, values in, SVG out.

Every picture has a title and a description for those who do not see it, takes its colours from classes
(the style sheet gives them, in every theme), uses no style attribute (the content-security policy forbids
them) and stays readable at 360 px: where a wide drawing would shrink its words too far, a second, tall
drawing stands beside it and the style sheet shows one of the two. The table behind a picture is its caller's.

All texts arrive translated. Names are escaped here, whatever they hold.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache, partial
from hashlib import blake2s
from xml.sax.saxutils import escape, quoteattr

from django.utils.safestring import SafeString, mark_safe

WIDE = 1040  # user units across, about the text column of a desk screen
TALL = 330  # across on a phone, so that 14 units are about 14 px
SERIES = 6  # colours s1 to s6, then again from s1
LETTER = 0.56  # a letter's mean width as a share of its size; for fitting, not for measuring


@dataclass(frozen=True)
class Lane:
    """A row of the timeline: its name, the meetings on it, and where a click leads."""

    name: str
    ticks: "Sequence[Tick]" = ()
    url: str = ""


@dataclass(frozen=True)
class Tick:
    """A meeting: its day, its state (held, planned or missed) and the words for a reader."""

    day: date
    state: str
    words: str = ""


@dataclass(frozen=True)
class Bar:
    """A named figure; `words` is the figure as it shall be read, `kind` a colour class (s1 to s6, held, rest)."""

    name: str
    value: float
    words: str = ""
    url: str = ""
    kind: str = "held"


@dataclass(frozen=True)
class UnitBox:
    """A unit in a life line: its name, from when to when (in words), and its page."""

    name: str
    when: str = ""
    url: str = ""


@dataclass
class _Drawing:
    """The parts of one SVG while it is drawn."""

    width: float
    parts: list[str] = field(default_factory=list)

    def put(self, tag: str, css: str = "", words: str = "", **places: float | str) -> None:
        """An element; floats are rounded to tenths so that equal input gives equal text."""
        attributes = "".join(f" {name.replace('_', '-')}={_quoted(v)}" for name, v in places.items())
        css = f' class="{css}"' if css else ""
        inner = f"<title>{_clean(words)}</title>" if words else ""
        self.parts.append(f"<{tag}{css}{attributes}>{inner}</{tag}>" if inner else f"<{tag}{css}{attributes}/>")

    def text(self, x: float, y: float, words: str, css: str = "", size: float = 15) -> None:
        css = f' class="{css}"' if css else ""
        self.parts.append(
            f'<text x="{_said(x)}" y="{_said(y)}" font-size="{_said(size)}"{css}>{_clean(words)}</text>'
        )

    def link(self, url: str, draw: Callable[[], None], label: str = "") -> None:
        """Draws inside a link; without an address (or with one that is none) it only draws."""
        url = url if url.startswith(("/", "?", "#", "https://", "http://")) else ""
        if url:
            said = f" aria-label={quoteattr(_bare(label))}" if label else ""
            self.parts.append(f"<a href={quoteattr(_bare(url))}{said}>")
        draw()
        if url:
            self.parts.append("</a>")

    def close(self, height: float, title: str, description: str, css: str = "", *, links: bool = False) -> str:
        """The finished SVG. With links inside it is a group, so that they stay reachable; else one image."""
        whole = "".join([css, title, description, *self.parts])
        digest = blake2s(whole.encode(errors="replace"), digest_size=6).hexdigest()
        role = "group" if links else "img"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="lt-svg{f" {css}" if css else ""}" '
            f'viewBox="0 0 {_said(self.width)} {_said(height)}" role="{role}" '
            f'aria-labelledby="t{digest} d{digest}">'
            f'<title id="t{digest}">{_clean(title)}</title><desc id="d{digest}">{_clean(description)}</desc>'
            f"{''.join(self.parts)}</svg>"
        )


def _quoted(value: float | str) -> str:
    return quoteattr(_bare(value)) if isinstance(value, str) else f'"{_said(value)}"'


@lru_cache(maxsize=4096)  # of a hundred lanes and their ticks most figures are the same
def _said(value: float | str) -> str:
    return _bare(value) if isinstance(value, str) else f"{round(value, 1):g}"


def _path(text: str) -> str:
    """A path with its figures rounded to tenths."""
    return re.sub(r"-?\d+\.\d+(e-?\d+)?", lambda found: _said(float(found[0])), text)


_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _bare(text: str) -> str:
    """Text without the control characters that no XML may hold."""
    return _NO_XML.sub("", str(text))


@lru_cache(maxsize=512)  # the same days and words stand at many meetings
def _clean(text: str) -> str:
    return escape(_bare(text))


def _fit(text: str, width: float, size: float) -> str:
    """The text, cut with an ellipsis where it would be wider than `width` units."""
    most = max(1, int(width / (size * LETTER)))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _wrap(text: str, width: float, size: float, lines: int) -> list[str]:
    """The text in at most `lines` lines, broken at spaces; what is left over is cut with an ellipsis."""
    most = max(1, int(width / (size * LETTER)))
    found: list[str] = []
    for word in text.split():
        if found and len(found[-1]) + 1 + len(word) <= most:
            found[-1] += f" {word}"
        else:
            found.append(word)
    if len(found) > lines:
        found = [*found[: lines - 1], " ".join(found[lines - 1 :])]
    return [_fit(line, width, size) for line in found] or [""]


# ---- timeline


def timeline(
    lanes: Sequence[Lane],
    *,
    start: date,
    end: date,
    today: date | None,
    title: str,
    description: str,
    today_word: str,
    month_word: Callable[[date], str],
) -> SafeString:
    """Lanes of classes with their meetings as ticks, from `start` up to `end` (not included), and today as a line.

    A meeting is a filled square when held, an empty one when planned, a cross when missed. `month_word` names a
    month at its first day ("10/2020"). Two drawings: across for a desk, one lane under the other for a phone.
    """
    days = max(1, (end - start).days)
    across = _timeline_wide(lanes, start, days, today, title, description, today_word, month_word)
    down = _timeline_tall(lanes, start, days, today, title, description, today_word, month_word)
    return mark_safe(across + down)


def _months(start: date, days: int) -> list[date]:
    """First days of the months that begin within the span, and the span's own first day."""
    found = [start]
    day = start
    while True:
        day = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        if day >= start + timedelta(days=days):
            return found
        found.append(day)


def _timeline_wide(
    lanes: Sequence[Lane],
    start: date,
    days: int,
    today: date | None,
    title: str,
    description: str,
    today_word: str,
    month_word: Callable[[date], str],
) -> str:
    left, right, lane_height, top = 170.0, 16.0, 38.0, 40.0
    drawing = _Drawing(WIDE)
    scale = (WIDE - left - right) / days
    height = top + lane_height * len(lanes) + 10

    def at(day: date) -> float:
        return left + (day - start).days * scale

    for number in range(len(lanes)):
        drawing.put("rect", "lane", x=0, y=top + number * lane_height + 3, width=WIDE, height=lane_height - 6, rx=3)
    _month_words(drawing, start, days, at, top, height, month_word, size=14)
    for number, lane in enumerate(lanes):
        middle = top + (number + 0.5) * lane_height
        drawing.link(
            lane.url,
            partial(drawing.text, 10, middle + 5, _fit(lane.name, left - 24, 15), "strong"),
        )
        for tick in lane.ticks:
            if start <= tick.day < start + timedelta(days=days):
                _tick(drawing, tick, at(tick.day) + scale / 2, middle, min(7.5, max(4.5, scale * 0.5)))
    _today(drawing, today, start, days, at, scale, 22, height - 6, today_word)
    return drawing.close(height, title, description, "lt-svg--wide", links=any(lane.url for lane in lanes))


def _timeline_tall(
    lanes: Sequence[Lane],
    start: date,
    days: int,
    today: date | None,
    title: str,
    description: str,
    today_word: str,
    month_word: Callable[[date], str],
) -> str:
    side, lane_height, top = 8.0, 58.0, 44.0
    drawing = _Drawing(TALL)
    scale = (TALL - 2 * side) / days
    height = top + lane_height * len(lanes) + 10

    def at(day: date) -> float:
        return side + (day - start).days * scale

    for number in range(len(lanes)):
        drawing.put("rect", "lane", x=0, y=top + number * lane_height + 26, width=TALL, height=26, rx=3)
    _month_words(drawing, start, days, at, top, height, month_word, size=13)
    for number, lane in enumerate(lanes):
        y = top + number * lane_height
        drawing.link(
            lane.url,
            partial(drawing.text, 2, y + 19, _fit(lane.name, TALL - 8, 15), "strong"),
        )
        for tick in lane.ticks:
            if start <= tick.day < start + timedelta(days=days):
                _tick(drawing, tick, at(tick.day) + scale / 2, y + 39, min(6.0, max(3.0, scale * 0.42)))
    _today(drawing, today, start, days, at, scale, 24, height - 6, today_word)
    return drawing.close(height, title, description, "lt-svg--tall", links=any(lane.url for lane in lanes))


def _month_words(
    drawing: _Drawing,
    start: date,
    days: int,
    at: Callable[[date], float],
    top: float,
    height: float,
    month_word: Callable[[date], str],
    *,
    size: float,
) -> None:
    """A thin line and a word at the start of each month, where the word before leaves room."""
    free = 0.0
    for day in _months(start, days):
        x = at(day)
        drawing.put("line", "grid", x1=x, y1=top - 6, x2=x, y2=height - 6)
        word = month_word(day)
        wide = len(word) * size * LETTER + 8
        if x >= free and x + wide <= drawing.width + 8:
            drawing.text(x + 3, top - 10, word, "quiet", size)
            free = x + wide


def _tick(drawing: _Drawing, tick: Tick, x: float, y: float, r: float) -> None:
    if tick.state == "missed":
        left, above, below, wide = _said(x - r), _said(y - r), _said(y + r), _said(2 * r)
        drawing.put("path", "missed", tick.words, d=f"M{left} {above} l{wide} {wide} M{left} {below} l{wide} -{wide}")
    else:  # hundreds of them: written at once
        css, wide = "held" if tick.state == "held" else "planned", _said(2 * r)
        inner = f"<title>{_clean(tick.words)}</title>" if tick.words else ""
        drawing.parts.append(
            f'<rect class="{css}" x="{_said(x - r)}" y="{_said(y - r)}" width="{wide}" height="{wide}" rx="1.5">'
            f"{inner}</rect>"
        )


def _today(
    drawing: _Drawing,
    today: date | None,
    start: date,
    days: int,
    at: Callable[[date], float],
    scale: float,
    top: float,
    bottom: float,
    word: str,
) -> None:
    if today is None or not start <= today < start + timedelta(days=days):
        return
    x = at(today) + scale / 2
    drawing.put("line", "today", x1=x, y1=top - 4, x2=x, y2=bottom)
    wide = len(word) * 14 * LETTER
    right = x + wide > drawing.width
    drawing.text(x, 13, word, "today-word strong" + (" end" if right else " middle" if x > wide / 2 else ""), 14)


# ---- bars


def bars(
    rows: Sequence[Bar], *, title: str, description: str, most: float | None = None, name_width: float = 0.34
) -> SafeString:
    """Named horizontal bars, one under the other, their figures at the end. `most` is what a full bar means.

    A negative value draws as none. On a phone the name stands above its bar.
    """
    full = most if most else max([row.value for row in rows], default=0) or 1
    links = any(row.url for row in rows)
    wide = _Drawing(WIDE)
    left, figure = WIDE * name_width, 150.0
    for number, row in enumerate(rows):
        y = number * 36.0
        share = min(1.0, max(0.0, row.value / full))

        def name(row: Bar = row, y: float = y) -> None:
            wide.text(left - 14, y + 23, _fit(row.name, left - 20, 15), "end")

        wide.link(row.url, name)
        wide.put("rect", "track", x=left, y=y + 7, width=WIDE - left - figure, height=22, rx=2)
        if share:
            wide.put(
                "rect", row.kind, x=left, y=y + 7, width=max(2.0, (WIDE - left - figure) * share), height=22, rx=2
            )
        wide.text(WIDE - figure + 12, y + 23, row.words, "strong")
    tall = _Drawing(TALL)
    for number, row in enumerate(rows):
        y = number * 54.0
        share = min(1.0, max(0.0, row.value / full))
        room = TALL - len(row.words) * 14 * LETTER - 12

        def name_above(row: Bar = row, y: float = y, room: float = room) -> None:
            tall.text(0, y + 18, _fit(row.name, room, 14), "", 14)

        tall.link(row.url, name_above)
        tall.text(TALL, y + 18, row.words, "strong end", 14)
        tall.put("rect", "track", x=0, y=y + 26, width=TALL, height=16, rx=2)
        if share:
            tall.put("rect", row.kind, x=0, y=y + 26, width=max(2.0, TALL * share), height=16, rx=2)
    return mark_safe(
        wide.close(max(36, 36 * len(rows)), title, description, "lt-svg--wide", links=links)
        + tall.close(max(54, 54 * len(rows)), title, description, "lt-svg--tall", links=links)
    )


def share_bar(parts: Sequence[Bar], *, title: str, description: str) -> SafeString:
    """One bar cut into its parts, with a legend below that names every part."""
    total = sum(max(0.0, part.value) for part in parts) or 1.0
    drawings = []
    for width, css, size, height in (
        (float(WIDE), "lt-svg--wide", 15.0, 30.0),
        (float(TALL), "lt-svg--tall", 14.0, 24.0),
    ):
        drawing = _Drawing(width)
        x = 0.0
        for part in parts:
            wide = width * max(0.0, part.value) / total
            if wide:
                drawing.put(
                    "rect",
                    part.kind,
                    f"{part.name}: {part.words}",
                    x=x,
                    y=0,
                    width=max(1.0, wide - 2),
                    height=height,
                )
            x += wide
        x, y = 0.0, height + 28
        for part in parts:
            label = f"{part.name} {part.words}".strip()
            wide = 24 + len(label) * size * LETTER + 26
            if x and x + wide > width:
                x, y = 0.0, y + 26
            drawing.put("rect", part.kind, x=x, y=y - 12, width=14, height=14, rx=2)

            def legend(x: float = x, y: float = y, label: str = label) -> None:
                drawing.text(x + 21, y, _fit(label, width - 24, size), "", size)  # noqa: B023

            drawing.link(part.url, legend)
            x += wide
        drawings.append(drawing.close(y + 10, title, description, css, links=any(part.url for part in parts)))
    return mark_safe("".join(drawings))


# ---- the life line of a unit


def life_line(
    forebears: Sequence[UnitBox],
    unit: UnitBox,
    heirs: Sequence[UnitBox],
    *,
    title: str,
    description: str,
    more: Callable[[int], str],
) -> SafeString:
    """Who came before a unit, the unit, and who stands in its place: left to right, on a phone top to bottom.

    More than eight forebears or heirs are drawn as seven and a box with `more(rest)` ("and 12 others"); the table
    beside the picture names them all.
    """
    before, after = _at_most(forebears, 8, more), _at_most(heirs, 8, more)
    return mark_safe(
        _life_wide(before, unit, after, title, description) + _life_tall(before, unit, after, title, description)
    )


def _at_most(boxes: Sequence[UnitBox], most: int, more: Callable[[int], str]) -> list[UnitBox]:
    if len(boxes) <= most:
        return list(boxes)
    return [*boxes[: most - 1], UnitBox(more(len(boxes) - most + 1))]


def _box(drawing: _Drawing, box: UnitBox, x: float, y: float, width: float, height: float, css: str) -> None:
    def draw() -> None:
        drawing.put("rect", css, x=x, y=y, width=width, height=height, rx=4)
        lines = _wrap(box.name, width - 20, 15, 2 if height >= 70 or not box.when else 1)
        said = [(line, "strong", 15.0) for line in lines]
        if box.when:
            said.append((_fit(box.when, width - 20, 13), "quiet", 13.0))
        first = y + height / 2 - (len(said) - 1) * 10 + 5
        for number, (line, kind, size) in enumerate(said):
            drawing.text(x + 10, first + number * 20, line, kind, size)

    drawing.link(box.url, draw)


def _life_wide(
    before: Sequence[UnitBox], unit: UnitBox, after: Sequence[UnitBox], title: str, description: str
) -> str:
    drawing = _Drawing(WIDE)
    box_width, box_height, gap = 290.0, 52.0, 12.0
    columns: list[Iterable[UnitBox]] = [before, [unit], after]
    most = max(1, len(before), len(after))
    height = max(80.0, most * (box_height + gap) - gap) + 4
    middle = height / 2
    xs = [2.0, (WIDE - box_width) / 2, WIDE - box_width - 2]
    for column, boxes in enumerate((before, after)):
        start = middle - (len(boxes) * (box_height + gap) - gap) / 2
        for number in range(len(boxes)):
            y = start + number * (box_height + gap) + box_height / 2
            x1, x2 = (xs[0] + box_width, xs[1]) if column == 0 else (xs[1] + box_width, xs[2])
            y1, y2 = (y, middle) if column == 0 else (middle, y)
            half = (x1 + x2) / 2
            path = _path(f"M{x1} {y1} C{half} {y1} {half} {y2} {x2} {y2}")
            drawing.put("path", "thread", d=path)
    for column, found in enumerate(columns):
        boxes = list(found)
        tall = 76.0 if column == 1 else box_height
        start = middle - (len(boxes) * (tall + gap) - gap) / 2
        for number, box in enumerate(boxes):
            _box(
                drawing,
                box,
                xs[column],
                start + number * (tall + gap),
                box_width,
                tall,
                "box-self" if column == 1 else "box",
            )
    links = any(box.url for box in (*before, unit, *after))
    return drawing.close(height, title, description, "lt-svg--wide", links=links)


def _life_tall(
    before: Sequence[UnitBox], unit: UnitBox, after: Sequence[UnitBox], title: str, description: str
) -> str:
    drawing = _Drawing(TALL)
    y = 2.0
    indent, height, gap = 26.0, 52.0, 8.0
    rail = 10.0
    places: list[tuple[float, UnitBox, bool]] = []
    for box in before:
        places.append((y, box, False))
        y += height + gap
    own = y + (6 if before else 0)
    places.append((own, unit, True))
    y = own + 76 + gap + 6
    for box in after:
        places.append((y, box, False))
        y += height + gap
    first = places[0][0] + (38 if places[0][2] else height / 2)
    last = places[-1][0] + (38 if places[-1][2] else height / 2)
    if len(places) > 1:
        drawing.put("path", "thread", d=f"M{_said(rail)} {_said(first)}V{_said(last)}")
    for top, box, is_own in places:
        tall = 76.0 if is_own else height
        drawing.put("path", "thread", d=f"M{_said(rail)} {_said(top + tall / 2)}H{_said(0 if is_own else indent)}")
        x = 0.0 if is_own else indent
        _box(drawing, box, x + 1, top, TALL - x - 2, tall, "box-self" if is_own else "box")
    links = any(box.url for box in (*before, unit, *after))
    return drawing.close(y + 2 - gap, title, description, "lt-svg--tall", links=links)
