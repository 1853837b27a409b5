"""What a pilot and a spread show as pictures, and the words beside them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lantoa.common.curve import Level, Point, curve
from lantoa.common.templatetags.lantoa import vdate, vnumber
from lantoa.pilots.models import Pilot
from lantoa.pilots.queries.pilots import MeasureNow


def figure(value: Decimal | None, counted_in: str) -> str:
    """A value as people read it: "45,5 %"; "–" when there is none."""
    if value is None:
        return "–"
    places = 0 if value == value.to_integral_value() else 2 if value * 10 % 1 else 1
    return f"{vnumber(value, places)} {counted_in}".strip()


def month_word(day: date) -> str:
    """How pictures name a month."""
    return f"{day:%m/%Y}"


def measure_picture(pilot: Pilot, now: MeasureNow, *, on: date) -> SafeString:
    """The values of a measure over the window, with the baseline and the goal across."""
    unit = now.measure.counted_in
    rows = [*([now.baseline] if now.baseline else []), *now.readings]
    points = [Point(one.on, float(one.value), figure(one.value, unit)) for one in rows]
    levels = []
    if now.baseline:
        words = _("before: %(value)s") % {"value": figure(now.baseline.value, unit)}
        levels.append(Level(float(now.baseline.value), words))
    if now.measure.goal is not None:
        words = _("goal: %(value)s") % {"value": figure(now.measure.goal, unit)}
        levels.append(Level(float(now.measure.goal), words, strong=True))
    start = min([pilot.first, *(one.on for one in rows)])
    end = max([pilot.end, *(one.on + timedelta(days=1) for one in rows)])
    described = "; ".join(f"{vdate(one.on)}: {figure(one.value, unit)}" for one in rows) or _(
        "Nothing is measured yet."
    )
    return curve(
        points, levels=levels, start=start, end=end, title=now.measure.name, description=described,
        month_word=month_word,
    )  # fmt: skip


def adoption_picture(days: list[date], *, start: date, end: date, total: int) -> SafeString:
    """How many units have done every step, over time."""
    points: list[Any] = [Point(start, 0.0, "0")]
    for number, day in enumerate(sorted(days), 1):
        if points[-1].day == day:
            points.pop()
        points.append(Point(day, float(number), str(number)))
    words = _("%(done)d of %(total)d units have done every step") % {"done": len(days), "total": total}
    level = Level(float(total), _("%(count)d units") % {"count": total}, strong=True)
    return curve(
        points, levels=[level], start=start, end=end, title=_("Adoption over time"), description=words,
        month_word=month_word,
    )  # fmt: skip
