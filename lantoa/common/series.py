"""A figure over the years against its plan, drawn on the server; the table behind it is its caller's."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe

from lantoa.common.pictures import LETTER, TALL, WIDE, _Drawing


@dataclass(frozen=True)
class Point:
    """A figure at a place on the axis: `at` in years (2025.5 is the middle of 2025), and as it shall be read."""

    at: float
    value: float
    words: str = ""
    name: str = ""  # of the period, under the axis


def plan_chart(
    planned: Sequence[Point],
    actual: Sequence[Point],
    *,
    title: str,
    description: str,
    planned_word: str,
    actual_word: str,
) -> SafeString:
    """The plan as empty squares on a thin line, what was reached as filled ones on a thick line; "" of nothing."""
    if not planned and not actual:
        return mark_safe("")
    legend = (planned_word, actual_word)
    wide = _chart(WIDE, 300.0, 15.0, planned, actual, legend)
    tall = _chart(TALL, 260.0, 13.0, planned, actual, legend)
    return mark_safe(
        wide.close(300.0, title, description, "lt-svg--wide") + tall.close(260.0, title, description, "lt-svg--tall")
    )


def _chart(
    width: float,
    height: float,
    size: float,
    planned: Sequence[Point],
    actual: Sequence[Point],
    legend: tuple[str, str],
) -> _Drawing:
    drawing = _Drawing(width)
    side, top, bottom = 46.0 if width > TALL else 30.0, 54.0, height - 34.0
    both = [*planned, *actual]
    first, last = min(one.at for one in both), max(one.at for one in both)
    least, most = min(one.value for one in both), max(one.value for one in both)
    across = (width - 2 * side) / ((last - first) or 1)
    down = (bottom - top) / ((most - least) or 1)

    def place(one: Point) -> tuple[float, float]:
        x = side + (one.at - first) * across if last > first else width / 2
        y = bottom - (one.value - least) * down if most > least else (top + bottom) / 2
        return x, y

    drawing.put("line", "axis", x1=0, y1=bottom + 10, x2=width, y2=bottom + 10)
    for points, css in ((planned, "axis"), (actual, "thread")):
        places = [place(one) for one in sorted(points, key=lambda one: one.at)]
        for (x1, y1), (x2, y2) in zip(places, places[1:], strict=False):
            drawing.put("line", css, x1=x1, y1=y1, x2=x2, y2=y2)
    for points, css in ((planned, "planned"), (actual, "held")):
        free = 0.0
        for one in sorted(points, key=lambda one: one.at):
            x, y = place(one)
            drawing.put("rect", css, one.words, x=x - 6, y=y - 6, width=12, height=12, rx=1.5)
            long = len(one.words) * size * LETTER
            left = min(max(0.0, x - long / 2), width - long)
            if left >= free:  # a word that would lie on its neighbour stands in the table only
                lift = 22.0 if css == "planned" and y + 22 < bottom else -12.0  # the plan below, the figure above
                drawing.text(left, y + lift, one.words, "strong" if css == "held" else "quiet", size)
                free = left + long + 6
    free = 0.0
    for one in sorted(both, key=lambda one: one.at):
        x, _y = place(one)
        long = len(one.name) * size * LETTER
        left = min(max(0.0, x - long / 2), width - long)
        if one.name and left >= free:
            drawing.text(left, height - 6, one.name, "quiet", size)
            free = left + long + 10
    at = 0.0
    for css, word in (("planned", legend[0]), ("held", legend[1])):
        drawing.put("rect", css, x=at + 2, y=6, width=12, height=12, rx=1.5)
        drawing.text(at + 22, 17, word, "", size)
        at += 22 + len(word) * size * LETTER + 26
    return drawing
