"""One component after the other: a column of answers (one per unit) becomes a column of points, in millionths.

Whole columns are worked on at once, since a country has 3,321 units, an index 98 components and a series 20 years.
"""

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from operator import mul
from typing import Any, cast

from lantoa.readiness.rules.numbers import SCALE, divided, nearest
from lantoa.readiness.rules.structure import (
    BANDED,
    BLOCK,
    DOWN,
    LOG,
    MEAN,
    MEDIAN,
    MIN_MAX,
    POINTS,
    RANK,
    RATIO,
    STEPS,
    YES_NO,
    ZERO,
    Component,
    Outliers,
)

Answer = bool | str | int | tuple[int, int]
Column = list[int | None]


def scored(component: Component, answers: Sequence[Answer | None]) -> Column:
    """The points of each unit; None where nothing was answered (what becomes of it: `filled`)."""
    kind = component.rule.kind
    if not component.most:
        return [None if answer is None else 0 for answer in answers]
    if kind in (YES_NO, STEPS):
        table = _table(component)
        return list(map(table.__getitem__, cast("Sequence[Any]", answers)))
    if kind == RATIO:
        return _ratios(component, answers)
    column = cast("Sequence[int | None]", answers)
    if component.outliers:
        column = drawn_in(component.outliers, column)
    if kind == LOG:
        return _logarithms(component, column)
    if kind == BANDED:
        return _bands(component, column)
    if component.rule.is_relative:
        return _relative(component, column)
    return _lines(component, column)


def score_of(component: Component, answer: Answer) -> int:
    """The points of one answer under a rule that looks at no other unit."""
    (value,) = scored(component, [answer])
    assert value is not None
    return value


def _table(component: Component) -> dict[Any, int | None]:
    most = component.most
    yes, no = (0, most) if component.direction == DOWN else (most, 0)
    if component.rule.kind == YES_NO:
        return {True: yes, False: no, None: None}
    return {None: None} | {step.code: divided(most * step.share, SCALE) for step in component.rule.steps}


def _ratios(component: Component, answers: Sequence[Any]) -> Column:
    """a of b against the target; b 0 is no answer: there is nothing to be a share of.

    Written out, since it is asked of every unit: (above * part + half of below) // below is `divided`.
    """
    most, target = component.most, component.rule.target
    common = math.gcd(most * SCALE, target)
    above, below = most * SCALE // common, target // common
    nothing = (0, 0)
    pairs = [answer or nothing for answer in answers]
    made: Column
    if below == 1:
        made = [(above * part + (whole >> 1)) // whole if whole else None for part, whole in pairs]
    else:
        wide = [(part, whole * below) for part, whole in pairs]
        made = [(above * part + (whole >> 1)) // whole if whole else None for part, whole in wide]
    if target < SCALE or component.rule.over:
        made = [most if value is not None and value > most else value for value in made]
    if component.direction == DOWN:
        return [None if value is None else most - value for value in made]
    return made


def _lines(component: Component, column: Sequence[int | None]) -> Column:
    """A straight line between two goalposts, level beyond them; points as they were given are such a line, too."""
    most, rule = component.most, component.rule
    low, high = (0, most) if rule.kind == POINTS else (rule.low, rule.high)
    span, twice, double = high - low, 2 * (high - low), 2 * most
    if component.direction == DOWN:
        return [
            None
            if x is None
            else most
            if x <= low
            else 0
            if x >= high
            else most - (double * (x - low) + span) // twice
            for x in column
        ]
    return [
        None if x is None else 0 if x <= low else most if x >= high else (double * (x - low) + span) // twice
        for x in column
    ]


def _logarithms(component: Component, column: Sequence[int | None]) -> Column:
    """As a straight line, on the logarithms; the lower post is above 0."""
    most, low, high = component.most, component.rule.low, component.rule.high
    start, span = math.log(low), math.log(high) - math.log(low)
    made: Column = []
    for x in column:
        if x is None:
            made.append(None)
            continue
        share = 0.0 if x <= low else 1.0 if x >= high else (math.log(x) - start) / span
        value = min(most, max(0, nearest(most * share)))
        made.append(most - value if component.direction == DOWN else value)
    return made


def _bands(component: Component, column: Sequence[int | None]) -> Column:
    """The share of the last band that starts at or below the value; below the first there is nothing."""
    starts = [step.start for step in component.rule.steps]
    values = [0, *(divided(component.most * step.share, SCALE) for step in component.rule.steps)]
    return [None if x is None else values[bisect_right(starts, x)] for x in column]


def _relative(component: Component, column: Sequence[int | None]) -> Column:
    """Each value is scored once, however many units have it."""
    known = [x for x in column if x is not None]
    most, kind = component.most, component.rule.kind
    if kind == RANK:
        table = _ranks(known, most)
    elif kind == MIN_MAX:
        table = _between(known, most)
    else:
        table = _standard(known, most, component.rule.spread / SCALE)
    if component.direction == DOWN and len(table) > 1:
        table = {x: most - value for x, value in table.items()}
    found = cast("dict[int | None, int]", table)  # where nothing was answered, nothing is found
    return list(map(found.get, column))


def _ranks(known: Sequence[int], most: int) -> dict[int, int]:
    """The share of the others that are worse, ties counted half; one alone has all."""
    if len(known) < 2:
        return dict.fromkeys(known, most)
    counts = Counter(known)
    others = len(known) - 1
    found, worse = {}, 0
    for x in sorted(counts):
        same = counts[x]
        found[x] = (most * (2 * worse + same - 1) + others) // (2 * others)  # `divided`, written out
        worse += same
    return found


def _between(known: Sequence[int], most: int) -> dict[int, int]:
    """A straight line from the worst to the best; where all are equal, all have all."""
    values = set(known)
    if len(values) < 2:
        return dict.fromkeys(values, most)
    low, span = min(values), max(values) - min(values)
    half = span >> 1
    return {x: (most * (x - low) + half) // span for x in values}  # `divided`, written out


def _standard(known: Sequence[int], most: int, spread: float) -> dict[int, int]:
    """Standard scores (of the whole sample), `spread` deviations on each side of the mean spanning 0 to the most;
    a spread of 0 spans the sample itself, as the UN's index does. Where all are equal, all have half (all: spread 0).

    Mean and variance come from whole sums, so they are exact until the one root and never depend on the order.
    """
    values = set(known)
    if len(values) < 2:
        return dict.fromkeys(values, most if not spread else divided(most, 2))
    count, total = len(known), sum(known)
    mean = total / count
    deviation = math.sqrt(count * sum(map(mul, known, known)) - total * total) / count
    low, high = (-spread, spread) if spread else ((min(values) - mean) / deviation, (max(values) - mean) / deviation)
    span, floor = high - low, math.floor
    points = {x: floor(most * ((x - mean) / deviation - low) / span + 0.5) for x in values}
    return {x: 0 if value < 0 else most if value > most else value for x, value in points.items()}


def drawn_in(outliers: Outliers, column: Sequence[int | None]) -> list[int | None]:
    """The column with what lies beyond the bounds drawn in to them."""
    known = sorted(x for x in column if x is not None)
    if len(known) < 2:
        return list(column)
    if outliers.kind == "percentiles":
        low, high = _quantile(known, outliers.low), _quantile(known, outliers.high)
    else:
        first, third = _quantile(known, SCALE // 4), _quantile(known, 3 * SCALE // 4)
        reach = divided((third - first) * outliers.factor, SCALE)
        low, high = first - reach, third + reach
    return [None if x is None else min(max(x, low), high) for x in column]


def _quantile(ordered: Sequence[int], share: int) -> int:
    """The value at a share of a sorted sample, between two of them by a straight line (type 7)."""
    place, rest = divmod((len(ordered) - 1) * share, SCALE)
    if not rest:
        return ordered[place]
    return ordered[place] + divided((ordered[place + 1] - ordered[place]) * rest, SCALE)


def filled(component: Component, column: Column, absent: Sequence[int]) -> Column:
    """What becomes of answers that are missing, those at the places `absent`: nothing earned, or the mean or median
    of those who answered. Left out (`skip`) they stay None."""
    how = component.missing
    if how in (ZERO, BLOCK):
        value = 0
    elif how in (MEAN, MEDIAN) and (known := sorted(x for x in column if x is not None)):
        if how == MEAN:
            value = divided(sum(known), len(known))
        else:
            half = len(known) // 2
            value = known[half] if len(known) % 2 else divided(known[half - 1] + known[half], 2)
    elif how in (MEAN, MEDIAN):
        value = 0
    else:
        return column
    whole = list(column)
    for place in absent:
        whole[place] = value
    return whole
