"""One more picture drawn on the server (see `pictures`): values over time, against lines that stand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString, mark_safe

from lantoa.common.pictures import LETTER, TALL, WIDE, _Drawing, _month_words, _path

HEIGHT, TOP, BOTTOM = 170.0, 34.0, 12.0


@dataclass(frozen=True)
class Point:
    """A value on a day; `words` as it shall be read."""

    day: date
    value: float
    words: str = ""


@dataclass(frozen=True)
class Level:
    """A value that stands: a baseline, a goal."""

    value: float
    words: str
    strong: bool = False


def curve(
    points: Sequence[Point],
    *,
    levels: Sequence[Level] = (),
    start: date,
    end: date,
    title: str,
    description: str,
    month_word: Callable[[date], str],
) -> SafeString:
    """The points joined in the order of their days, from `start` up to `end` (not included), with the levels across.

    The scale begins at 0, or at the least value when one is negative, so that a small change does not look large.
    """
    across = (_curve(width, css, points, levels, start, end, title, description, month_word) for width, css in _SIZES)
    return mark_safe("".join(across))


_SIZES = ((float(WIDE), "lt-svg--wide"), (float(TALL), "lt-svg--tall"))


def _curve(
    width: float,
    css: str,
    points: Sequence[Point],
    levels: Sequence[Level],
    start: date,
    end: date,
    title: str,
    description: str,
    month_word: Callable[[date], str],
) -> str:
    drawing = _Drawing(width)
    values = [0.0, *(one.value for one in points), *(one.value for one in levels)]
    least, most = min(values), max(values) or 1.0
    days = max(1, (end - start).days)
    side, floor = 12.0, HEIGHT - BOTTOM

    def at(day: date) -> float:
        return side + (day - start).days * (width - 2 * side) / days

    def up(value: float) -> float:
        return floor - (value - least) * (floor - TOP - 18) / ((most - least) or 1.0)

    _month_words(drawing, start, days, at, TOP, HEIGHT, month_word, size=13)
    drawing.put("line", "axis", x1=side, y1=up(0.0), x2=width - side, y2=up(0.0))
    for level in levels:
        y = up(level.value)
        drawing.put("line", "axis" if level.strong else "grid", x1=side, y1=y, x2=width - side, y2=y)
        drawing.text(width - side, y - 4, level.words, "quiet end", 13)
    shown = sorted((one for one in points if start <= one.day <= end), key=lambda one: one.day)
    if len(shown) > 1:
        way = " ".join(f"{'L' if number else 'M'}{at(one.day)} {up(one.value)}" for number, one in enumerate(shown))
        drawing.put("path", "thread", d=_path(way))
    for one in shown:
        drawing.put("circle", "held", one.words, cx=at(one.day), cy=up(one.value), r=5.0)
    if shown:
        last = shown[-1]
        wide = len(last.words) * 14 * LETTER
        x = min(max(at(last.day), side + wide / 2), width - side - wide / 2)
        drawing.text(x, up(last.value) - 10, last.words, "strong middle", 14)
    return drawing.close(HEIGHT, title, description, css)
