"""The whole index over a table of answers: plain arithmetic on columns, from the components up to the total.

A sum of points is exact. A mean is one division of integers, rounded once (see `numbers`); a geometric mean and a
logarithm are floats brought back to millionths. Every value of a group stands on the scale of its own maximum.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import mul
from typing import cast

from lantoa.common.refused import N_, Refused
from lantoa.readiness.rules.numbers import SCALE, divided, nearest
from lantoa.readiness.rules.scoring import Answer, Column, filled, scored
from lantoa.readiness.rules.structure import (
    ARITHMETIC,
    BLOCK,
    GEOMETRIC,
    HARMONIC,
    ROOT,
    SUM,
    Component,
    Group,
    Index,
    Scores,
)

Answers = Mapping[str, Sequence[Answer | None]]


def score(index: Index, answers: Answers, count: int) -> Scores:
    """Scores of `count` units. `answers` has a column per component; a component without one is not answered.

    Refused while the source does not say what something is worth: nothing is invented.
    """
    require_known(index)
    made = Scores(index, count)
    for component in index.components:
        given = answers.get(component.code)
        column: Column = scored(component, given) if given is not None else [None] * count
        if absent := [place for place, value in enumerate(column) if value is None]:
            made.missing[component.code] = absent
            if component.missing == BLOCK and component.is_scored:
                for place in absent:
                    made.blocked.setdefault(place, []).append(component.code)
            column = filled(component, column, absent)
        made.nodes[component.code] = column
    put_together(index, made.nodes, count)
    if made.blocked:
        whole = list(made.nodes[ROOT])
        for place in made.blocked:
            whole[place] = None
        made.nodes[ROOT] = whole
    return made


def require_known(index: Index) -> None:
    """Refuses an index that is not known whole, and names what is missing."""
    if index.unknown:
        raise Refused(
            N_("Cannot score %(index)s: its source does not say what these are worth: %(codes)s."),
            index=f"{index.code} {index.version}",
            codes=", ".join(node.code for node in index.unknown),
        )


def put_together(
    index: Index,
    nodes: dict[str, Column],
    count: int,
    *,
    how: Mapping[str, str] | None = None,
    given: Collection[str] = (),
) -> None:
    """Adds the columns of the groups and of the whole to those of the components. `how` tries other ways of putting
    together, by group; groups that are `given` stand already, and nothing under them is asked for."""
    inside = {code for group in given if group in index.group for code in _below(index, group)}
    for code in index.upward():
        if code in inside or code in given:
            continue
        group = index.group.get(code)
        aggregate = (how or {}).get(code) or (group.aggregate if group else index.aggregate)
        children = [node for node in index.children[code] if index.most[node.code]]
        columns = [nodes[node.code] for node in children]
        if not columns:
            nodes[code] = [0] * count
        elif aggregate == SUM:
            nodes[code] = _sums(index, code, group, children, columns)
        else:
            nodes[code] = _means(index, code, aggregate, children, columns)


def _below(index: Index, code: str) -> Iterator[str]:
    for node in index.children[code]:
        if isinstance(node, Group):
            yield node.code
            yield from _below(index, node.code)


def _sums(
    index: Index, code: str, group: Group | None, children: Sequence[Group | Component], columns: Sequence[Column]
) -> Column:
    made: Column
    try:
        made = list(map(sum, zip(*cast("Sequence[Sequence[int]]", columns), strict=True)))
    except TypeError:  # something is left out of somebody's row: there is no sum with a None
        worth = [index.most[node.code] for node in children]
        full = sum(worth)
        made = [_reweighted(row, worth, full) for row in zip(*columns, strict=True)]
    cap = group.cap if group else None
    return made if cap is None else [None if x is None else min(x, cap) for x in made]


def _reweighted(row: Sequence[int | None], worth: Sequence[int], full: int) -> int | None:
    """The sum of what is there, stretched to the whole; None when nothing is there."""
    known = [(value, most) for value, most in zip(row, worth, strict=True) if value is not None]
    there = sum(most for _value, most in known)
    if not there:
        return None
    total = sum(value for value, _most in known)
    return total if there == full else divided(total * full, there)


def _means(
    index: Index, code: str, aggregate: str, children: Sequence[Group | Component], columns: Sequence[Column]
) -> Column:
    own = index.most[code]
    worth = [index.most[node.code] for node in children]
    weights = [node.weight for node in children]
    if aggregate == ARITHMETIC:
        try:
            return _whole_means(own, cast("Sequence[Sequence[int]]", columns), worth, weights)
        except TypeError:  # something is left out of somebody's row
            pass
    return [_mean(aggregate, own, row, worth, weights) for row in zip(*columns, strict=True)]


def _whole_means(
    own: int, columns: Sequence[Sequence[int]], worth: Sequence[int], weights: Sequence[int]
) -> list[int | None]:
    """The arithmetic means of units of whom everything is known; TypeError when something is not."""
    shared = math.lcm(*worth)
    factors = [weight * (shared // most) for weight, most in zip(weights, worth, strict=True)]
    below = sum(weights) * shared
    common = math.gcd(*factors, below)
    factors, below = [own * (factor // common) for factor in factors], below // common
    half = below >> 1  # (sum + half) // below is `divided`
    if len(set(factors)) == 1:
        above = factors[0]
        return [(above * total + half) // below for total in map(sum, zip(*columns, strict=True))]
    return [(sum(map(mul, factors, row)) + half) // below for row in zip(*columns, strict=True)]


def _mean(
    aggregate: str, own: int, row: Sequence[int | None], worth: Sequence[int], weights: Sequence[int]
) -> int | None:
    """One unit's mean of shares, of what is there; None when nothing is there."""
    known = [(v, m, w) for v, m, w in zip(row, worth, weights, strict=True) if v is not None]
    if not known:
        return None
    total = sum(w for _v, _m, w in known)
    if aggregate == ARITHMETIC:
        shared = math.lcm(*(m for _v, m, _w in known))
        return divided(own * sum(w * v * (shared // m) for v, m, w in known), total * shared)
    if aggregate == GEOMETRIC:
        if any(v <= 0 for v, _m, _w in known):
            return 0
        exponent = math.fsum(w / total * math.log(v / m) for v, m, w in known)
        return min(own, nearest(own * math.exp(exponent)))
    if aggregate == HARMONIC:
        if any(v <= 0 for v, _m, _w in known):
            return 0
        shared = math.lcm(*(v for v, _m, _w in known))
        return divided(own * total * shared, sum(w * m * (shared // v) for v, m, w in known))
    return min(divided(own * v, m) for v, m, _w in known)  # the least of them


__all__ = ["SCALE", "Answer", "Answers", "put_together", "require_known", "score"]
