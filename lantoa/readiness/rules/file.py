"""The file of an index: TOML, read whole, accepted or refused with the line of each fault (docs/index-file.md)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from lantoa.common.refused import N_, Refused
from lantoa.common.toml_lines import LinedFaults, NoToml, toml_of
from lantoa.readiness.rules.file_rules import read_outliers, read_rule
from lantoa.readiness.rules.numbers import SCALE, written
from lantoa.readiness.rules.reading import UNKNOWN, Table
from lantoa.readiness.rules.structure import (
    AGGREGATES,
    ARITHMETIC,
    DOWN,
    MISSING,
    NONE,
    OPTIONAL,
    POINTS,
    REQUIRED,
    ROOT,
    SOURCES,
    STEPS,
    SUM,
    UP,
    ZERO,
    Act,
    Band,
    Component,
    Group,
    Index,
    Title,
)

FORMAT: Final = 1
LEVELS: Final = ("country", "province", "district", "commune", "agency")
MOST_COMPONENTS: Final = 2_000
MOST_BYTES: Final = 1_000_000
MOST_DEPTH: Final = 10
MOST_WORTH: Final = 10**6 * SCALE  # points, weights, times: with these every score is held by its column
DECISION: Final = {"number": 60, "issuer": 200, "title": 500}  # letters that the register of decisions takes


@dataclass(frozen=True)
class Fault:
    """What is wrong with the file, and on which line."""

    line: int
    words: Refused


class IndexFaults(Exception):
    """The file is no index; all that is wrong with it, in the order of its lines."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"line {fault.line}: {fault.words}" for fault in faults))
        self.faults = faults


def read_index(text: str, *, loaded: bool = False) -> Index:
    """The index that the text describes. Raises IndexFaults.

    `loaded`: it stands here already. Texts that were loaded are never changed, so sizes are not asked of them again.
    """
    if len(text.encode()) > MOST_BYTES:
        raise IndexFaults([Fault(1, Refused(N_("The file is longer than %(most)d bytes."), most=MOST_BYTES))])
    try:
        read = toml_of(text)
    except NoToml as error:
        words = Refused(N_("This is not TOML: %(why)s."), why=error.why)
        raise IndexFaults([Fault(error.line, words)]) from error
    except LinedFaults as told:
        raise IndexFaults([Fault(one.line, one.reason) for one in told.faults]) from told
    faults: list[Fault] = []

    def tell(line: int, words: Refused) -> None:
        faults.append(Fault(line, words))

    top = Table(read.values, (), read.lines, tell)
    made = _index(top, tell)
    if not faults and not loaded:
        _check_sizes(top)
    if faults or made is None:
        raise IndexFaults(sorted(faults, key=lambda fault: fault.line))
    return made


def _index(top: Table, tell: Any) -> Index | None:
    if top.whole("lantoa_index") != FORMAT:
        tell(
            top.line("lantoa_index"), Refused(N_("The file begins with “lantoa_index = %(format)d”."), format=FORMAT)
        )
        return None
    head = top.table("index")
    if head is None:
        tell(1, Refused(N_("The table [index] is missing.")))
        return None
    aggregate = head.choice("aggregate", AGGREGATES, SUM)
    groups = [_group(table) for table in top.tables("group")]
    components = [_component(table) for table in top.tables("component")]
    bands = [_band(table) for table in top.tables("band")]
    made = Index(
        code=head.code("code"),
        version=head.code("version"),
        title=head.title("title"),
        level=head.choice("level", LEVELS, ""),
        kinds=head.texts("kinds"),
        groups=tuple(groups),
        components=tuple(components),
        aggregate=aggregate,
        decimals=head.whole("decimals", 4, least=0, most=6) or 0,
        times=head.number("times", SCALE) or 0,
        bands=tuple(sorted(bands, key=lambda band: band.start)),
        act=_act(head),
        source=head.text("source", ""),
        note=head.title("note", optional=True),
        own=head.flag("own"),
        previous=head.text("previous", ""),
        breaks=head.flag("breaks"),
        total=head.number("total", None),
    )
    head.end()
    top.end()
    _check(made, head, tell)
    return made


def _act(head: Table) -> Act | None:
    table = head.table("decision")
    if table is None:
        return None
    day = table.value("issued_on", date)
    made = Act(table.text("number"), day or date.min, table.text("issuer"), table.text("title"))
    table.end()
    return made


def _group(table: Table) -> Group:
    points, known = table.worth()
    made = Group(
        code=table.code("code"),
        under=table.text("under", ROOT),
        title=table.title("title"),
        line=table.line(),
        aggregate=table.choice("aggregate", AGGREGATES, SUM),
        points=points,
        weight=table.number("weight", SCALE, least=1) or SCALE,
        known=known,
        cap=table.number("cap", None, least=0),
        count=table.whole("count", None, least=0, most=10_000),
        pillar=table.flag("pillar"),
        note=table.title("note", optional=True),
    )
    table.end()
    return made


def _component(table: Table) -> Component:
    points, known = table.worth()
    rule = read_rule(table)
    made = Component(
        code=table.code("code"),
        under=table.text("under", ROOT),
        title=table.title("title"),
        rule=rule,
        line=table.line(),
        points=points,
        weight=table.number("weight", SCALE, least=1) or SCALE,
        known=known,
        direction=table.choice("direction", (UP, DOWN), UP),
        missing=table.choice("missing", MISSING, ZERO),
        evidence=table.choice("evidence", (REQUIRED, OPTIONAL, NONE), OPTIONAL),
        source=table.choice("source", SOURCES, "self"),
        ask=table.title("ask", optional=True),
        unit=table.title("unit", optional=True),
        was=table.text("was", ""),
        outliers=read_outliers(table),
        note=table.title("note", optional=True),
    )
    if made.direction == DOWN and rule.kind in (STEPS, POINTS):
        table.tell("direction", N_("A rule of steps or of points says itself what is best: it has no direction."))
    table.end()
    return made


def _band(table: Table) -> Band:
    made = Band(table.code("code"), table.number("from", 0) or 0, table.title("title", optional=True))
    table.end()
    return made


# ---- the whole


def _check(index: Index, head: Table, tell: Any) -> None:
    if not index.components:
        tell(head.line(), Refused(N_("The index has no component.")))
    if len(index.components) > MOST_COMPONENTS:
        tell(head.line(), Refused(N_("The index has more than %(most)d components."), most=MOST_COMPONENTS))
    nodes = index.nodes
    for code, times in Counter(node.code for node in nodes).items():
        if times > 1:
            again = [node.line for node in nodes if node.code == code][-1]
            tell(again, Refused(N_("The code “%(code)s” stands here for the second time."), code=code))
            return
    groups = {group.code: group for group in index.groups}
    for node in nodes:
        if node.under and node.under not in groups:
            tell(node.line, Refused(N_("“%(code)s” stands under “%(under)s”, which is no group."), code=node.code,
                                    under=node.under))  # fmt: skip
            return
        if not _ends(node, groups):
            tell(node.line, Refused(N_("“%(code)s” stands under itself, or too deep."), code=node.code))
            return
    _check_worth(index, head, tell)


def _ends(node: Group | Component, groups: Mapping[str, Group]) -> bool:
    for _step in range(MOST_DEPTH):
        if not node.under:
            return True
        node = groups[node.under]
    return False


def _check_worth(index: Index, head: Table, tell: Any) -> None:
    """Points stand where points are added, and what is printed is what they come to."""
    for code, children in index.children.items():
        group = index.group.get(code)
        aggregate = group.aggregate if group else index.aggregate
        if not children and (group is None or group.count is None):
            tell(group.line if group else head.line(), Refused(N_("“%(code)s” has nothing under it."), code=code))
        for node in children:
            if not node.known:
                continue
            of_itself = isinstance(node, Group) and node.aggregate == SUM
            if aggregate == SUM and node.points is None and not of_itself:
                tell(node.line, Refused(N_("“%(code)s” has no points, and stands where points are added."),
                                        code=node.code))  # fmt: skip
            if isinstance(node, Component) and node.rule.kind == POINTS and node.points is None:
                tell(node.line, Refused(N_("“%(code)s” is given in points and does not say how many."),
                                        code=node.code))  # fmt: skip
    if index.unknown:
        return
    for group in index.groups:
        adds = group.aggregate == SUM
        if adds and group.points is not None and group.points != index.most[group.code]:
            tell(group.line, _sum_fault(group.code, group.points, index.most[group.code]))
        if adds and not index.most[group.code] and group.points != 0 and index.below(group.code):
            tell(group.line, Refused(N_("“%(code)s” can bring nothing: say “points = 0”."), code=group.code))
    if index.total is not None and index.total != index.most[ROOT]:
        tell(head.line("total"), _sum_fault("index", index.total, index.most[ROOT]))
    if not index.most[ROOT]:
        tell(head.line(), Refused(N_("The index can bring nothing: nothing in it has points.")))


def _check_sizes(top: Table) -> None:
    """Of an index without a fault: whether the database can hold what comes of it, and its decision."""
    head = top.table("index")
    assert head is not None
    head.number("times", SCALE, least=1, most=MOST_WORTH)
    for table in (*top.tables("group"), *top.tables("component")):
        for key in ("points", "weight", "cap"):
            if table.data.get(key) != UNKNOWN:
                table.number(key, None, most=MOST_WORTH)
    if decision := head.table("decision"):
        for key, most in DECISION.items():
            decision.text(key, most=most)


def _sum_fault(code: str, said: int, is_: int) -> Refused:
    return Refused(
        N_("“%(code)s” says %(said)s points, and what stands under it comes to %(sum)s."),
        code=code,
        said=written(said),
        sum=written(is_),
    )


__all__ = ["ARITHMETIC", "Fault", "IndexFaults", "Title", "read_index"]
