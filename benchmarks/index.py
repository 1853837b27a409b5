"""A composite index recomputed whole: 3,321 units, 98 components, 20 periods. Prints JSON.

    python benchmarks/index.py [--repeats 7]

One process, the standard library, no database: `lantoa.readiness.rules` as a campaign is scored by it. The index has
the shape of the province index of 2022 (9 main indicators, 98 components, 1,000 points); its rules are mixed as in
the local sets: a third yes or no, a sixth steps, a third shares, a sixth between goalposts, and one answer in fifty
is missing. Answers are invented with a fixed seed. Beside it: the same at its slowest, every component a share, and
one that is relative throughout.
"""

import argparse
import random
from collections.abc import Mapping
from typing import Any

from _measure import peak_memory_mb, report, run

from lantoa.readiness.rules.engine import score
from lantoa.readiness.rules.file import read_index
from lantoa.readiness.rules.numbers import SCALE
from lantoa.readiness.rules.structure import RATIO, STEPS, YES_NO, Component, Index

UNITS, PERIODS = 3_321, 20
MAIN = (10, 11, 7, 13, 12, 3, 22, 12, 8)
STEPS_RULE = (
    'rule = { kind = "steps", steps = [ { code = "a", share = 1, title = "a" },'
    ' { code = "b", share = 0.5, title = "b" }, { code = "c", share = 0, title = "c" } ] }'
)
RULES = {
    "mixed": (
        'rule = { kind = "yes_no" }',
        'rule = { kind = "ratio" }',
        'rule = { kind = "yes_no" }',
        'rule = { kind = "ratio", target = 0.9 }',
        STEPS_RULE,
        'rule = { kind = "goalposts", low = 0, high = 120 }',
    ),
    "shares": ('rule = { kind = "ratio" }',),
    "relative": ('rule = { kind = "min_max" }', 'rule = { kind = "rank" }', 'rule = { kind = "z_score" }'),
}


def made(rules: tuple[str, ...]) -> Index:
    """An index of 98 components in 9 groups with these rules in turn."""
    lines = ['lantoa_index = 1\n[index]\ncode = "b"\nversion = "1"\nlevel = "commune"\ntitle = "b"\n']
    turn = 0
    for group, many in enumerate(MAIN):
        lines.append(f'[[group]]\ncode = "g{group}"\ntitle = "g"\n')
        for number in range(many):
            lines.append(
                f'[[component]]\ncode = "c{group}.{number}"\nunder = "g{group}"\ntitle = "c"\n'
                f"points = {3 + turn % 15}\n"
            )
            lines.append(rules[turn % len(rules)] + "\n")
            turn += 1
    return read_index("".join(lines))


def answer(component: Component, chance: random.Random) -> Any:
    """An answer out of the air; one in fifty is missing."""
    if chance.random() < 0.02:
        return None
    if component.rule.kind == YES_NO:
        return chance.random() < 0.6
    if component.rule.kind == STEPS:
        return chance.choice("abc")
    if component.rule.kind == RATIO:
        whole = chance.randint(1, 5_000)
        return chance.randint(0, whole) * SCALE, whole * SCALE
    return chance.randint(0, 150) * SCALE


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--repeats", type=int, default=7)
    repeats = arguments.parse_args().repeats
    results: dict[str, Any] = {"units": UNITS, "components": sum(MAIN), "periods": PERIODS}
    for name, rules in RULES.items():
        index, chance = made(rules), random.Random(98)
        tables: list[Mapping[str, list[Any]]] = [
            {one.code: [answer(one, chance) for _unit in range(UNITS)] for one in index.components}
            for _period in range(PERIODS)
        ]

        def whole(index: Index = index, tables: list[Mapping[str, list[Any]]] = tables) -> None:
            for table in tables:
                score(index, table, UNITS)

        results[name] = run(whole, repeats=repeats, warm_up=1)
    results["peak_memory_mb"] = peak_memory_mb()
    report("index", results)


if __name__ == "__main__":
    main()
