"""The rules of components as the file says them."""

from lantoa.common.refused import N_
from lantoa.readiness.rules.numbers import SCALE, fixed
from lantoa.readiness.rules.reading import Table
from lantoa.readiness.rules.structure import (
    BANDED,
    GOALPOSTS,
    KINDS,
    LOG,
    NUMERIC,
    RATIO,
    STEPS,
    YES_NO,
    Z_SCORE,
    Outliers,
    Rule,
    Step,
    Title,
)


def read_rule(component: Table) -> Rule:
    """`rule = { kind = "…", … }` of a component; every kind has keys of its own."""
    table = component.table("rule")
    if table is None:
        component.tell("rule", N_("“%(key)s” is missing."), key="rule")
        return Rule(YES_NO)
    kind = table.choice("kind", sorted(KINDS), "")
    made = Rule(kind)
    if kind == STEPS:
        made = Rule(kind, steps=_steps(table, bands=False))
    elif kind == BANDED:
        made = Rule(kind, steps=_steps(table, bands=True))
    elif kind == RATIO:
        made = Rule(kind, target=table.number("target", SCALE, least=1) or SCALE, over=table.flag("over"))
    elif kind in (GOALPOSTS, LOG):
        low = table.number("low", None, needed=True, least=1 if kind == LOG else None)
        high = table.number("high", None, needed=True)
        if low is not None and high is not None and not low < high:
            table.tell("high", N_("“low” stands below “high”; what is better, “direction” says."))
            high = low + 1
        made = Rule(kind, low=low if low is not None else 1, high=high if high is not None else SCALE)
    elif kind == Z_SCORE:
        made = Rule(kind, spread=table.number("spread", 0, least=0) or 0)
    table.end()
    return made


def _steps(rule: Table, *, bands: bool) -> tuple[Step, ...]:
    found = rule.tables("steps")
    if not found:
        rule.tell("steps", N_("“%(key)s” is missing."), key="steps")
    made = []
    for at, table in enumerate(found):
        share = table.number("share", 0, needed=True, least=0, most=SCALE) or 0
        if bands:
            made.append(Step(str(at), share, Title("", ""), table.number("from", 0, needed=True) or 0))
        else:
            made.append(Step(table.code("code"), share, table.title("title")))
        table.end()
    if bands and [step.start for step in made] != sorted({step.start for step in made}):
        rule.tell("steps", N_("Bands stand in the order of “from”, each once."))
    if not bands and len({step.code for step in made}) < len(made):
        rule.tell("steps", N_("Two steps have the same code."))
    return tuple(made)


def read_outliers(component: Table) -> Outliers | None:
    """`outliers = { kind = "percentiles", low = 0.05, high = 0.95 }` or `{ kind = "iqr", factor = 1.5 }`."""
    table = component.table("outliers")
    if table is None:
        return None
    kind = table.choice("kind", ("percentiles", "iqr"), "")
    made = Outliers(kind)
    if kind == "percentiles":
        low = table.number("low", fixed("0.05"), least=0, most=SCALE) or 0
        high = table.number("high", fixed("0.95"), least=0, most=SCALE)
        made = Outliers(kind, low=low, high=SCALE if high is None else high)
        if made.low >= made.high:
            table.tell("high", N_("“low” stands below “high”; what is better, “direction” says."))
    elif kind == "iqr":
        made = Outliers(kind, factor=table.number("factor", fixed("1.5"), least=0) or 0)
    table.end()
    rule = component.data.get("rule")
    if isinstance(rule, dict) and rule.get("kind") not in NUMERIC:
        component.tell("outliers", N_("Only numbers have outliers."))
    return made
