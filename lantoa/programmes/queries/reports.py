"""The yearly report on targets, in the form of Decree 30/2020: a model for .docx and .pdf. It is Vietnamese."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final

from lantoa.directory.models import Unit
from lantoa.office.rules.papers.forms import report
from lantoa.office.rules.papers.model import (
    Annex,
    Column,
    ColumnKind,
    Issuer,
    Paper,
    Recipients,
    Section,
    Signature,
    Table,
    cells,
)
from lantoa.programmes.models import Target
from lantoa.programmes.queries.targets import BUILT, ROLLED, Line, plan_against_actual
from lantoa.programmes.rules.checking import figure
from lantoa.programmes.rules.judging import MET, MISSED, UNKNOWN
from lantoa.programmes.rules.rolling import PERCENT, as_decimal

PILLARS: Final = {"government": "Chính quyền số", "economy": "Kinh tế số", "society": "Xã hội số"}
VERDICTS: Final = {MET: "Đạt", MISSED: "Chưa đạt", UNKNOWN: "Chưa đủ số liệu"}
SIGNS: Final = {  # in words: the typeface of papers has no signs for them
    "at_least": "tối thiểu ", "at_most": "tối đa ", "growth": "tăng tối thiểu ", "reduction": "giảm tối thiểu "
}  # fmt: skip
COLUMNS: Final = (
    Column("Mã", weight=1.3),
    Column("Chỉ tiêu", weight=4),
    Column("Kế hoạch", ColumnKind.MARK, 1.5),
    Column("Thực hiện", ColumnKind.MARK, 1.7),
    Column("Đánh giá", ColumnKind.MARK, 1.5),
)


@dataclass(frozen=True)
class Head:
    """Who issues the report and who signs it."""

    issuer: str
    code: str
    place: str
    post: str
    name: str
    superior: str = ""


def yearly_paper(unit: Unit, head: Head, *, named: str, on: date) -> Paper:
    """Báo cáo on the targets of a unit as of a day: how many are reached, pillar by pillar, and what is missing."""
    lines = plan_against_actual(unit, on=on)
    counts = {verdict: sum(1 for line in lines if line.verdict == verdict) for verdict in VERDICTS}
    parts = [Section("Tình hình chung", _summary(lines, counts, named, on))]
    for pillar, title in PILLARS.items():
        mine = [line for line in lines if line.target.pillar == pillar]
        if mine:
            parts.append(Section(title, (_table(mine),)))
    parts.append(Section("Tồn tại", _missing(lines)))
    invented = any(line.target.is_demonstration for line in lines)
    return report(
        issuer=Issuer(head.issuer, head.code, head.place, head.superior),
        abstract=f"Kết quả thực hiện các chỉ tiêu chuyển đổi số của {named} tính đến ngày {on:%d/%m/%Y}"
        + (" (số liệu minh họa)" if invented else ""),
        parts=parts,
        signature=Signature(tuple(head.post.upper().splitlines()), head.name),
        recipients=Recipients(),
        annexes=[Annex("Căn cứ của các mốc kế hoạch", (_evidence(lines),))] if lines else [],
    )


def _summary(lines: Sequence[Line], counts: dict[str, int], named: str, on: date) -> tuple[str, ...]:
    if not lines:
        return (f"Tính đến ngày {on:%d/%m/%Y}, {named} chưa có chỉ tiêu nào đang áp dụng.",)
    said = [
        f"Tính đến ngày {on:%d/%m/%Y}, {named} có {len(lines)} chỉ tiêu đang áp dụng: {counts[MET]} chỉ tiêu đạt, "
        f"{counts[MISSED]} chỉ tiêu chưa đạt, {counts[UNKNOWN]} chỉ tiêu chưa đủ số liệu để đánh giá."
    ]
    built = sum(1 for line in lines if line.actual and line.actual.how == BUILT)
    if built:
        said.append(f"{built} chỉ tiêu dùng số liệu lập lại từ các đơn vị trước khi sắp xếp.")
    if any(line.target.is_demonstration for line in lines):
        said.append("Số liệu thực hiện trong báo cáo này là dữ liệu minh họa, không có thật.")
    return tuple(said)


def _table(lines: Sequence[Line]) -> Table:
    return Table(
        COLUMNS,
        cells(
            [
                (line.target.code, line.target.name, _planned(line), _actual(line), VERDICTS[line.verdict])
                for line in lines
            ]
        ),
    )


def _planned(line: Line) -> str:
    if line.planned is not None:
        return _goal(line.target, line.planned.value)
    return f"{_goal(line.target, line.ahead[1])} (năm {line.ahead[0]})" if line.ahead else "–"


def _goal(target: Target, value: Decimal | Fraction) -> str:
    if target.kind == "yes_no":
        return "Đạt"
    if target.kind == "rank":
        return f"hạng {_figure(value)} trở lên"
    return SIGNS.get(target.kind, "") + _amount(target, value)


def _actual(line: Line) -> str:
    if line.actual is None or line.actual.value is None:
        return "–"
    value = line.actual.value
    said = ("Đạt" if value >= 1 else "Chưa đạt") if line.target.kind == "yes_no" else _amount(line.target, value)
    some = f"; {line.actual.figure.known}/{line.actual.figure.count} đơn vị" if not line.actual.complete else ""
    return f"{said} ({line.actual.span.code}{some})"


def _amount(target: Target, value: Decimal | Fraction) -> str:
    return f"{_figure(value)}%" if target.measure == PERCENT else f"{_figure(value)} {target.measure}"


def _figure(value: Decimal | Fraction) -> str:
    return figure(as_decimal(Fraction(value), 2))


def _missing(lines: Sequence[Line]) -> tuple[str, ...]:
    said = []
    late = [line.target.code for line in lines if line.is_late]
    if late:
        said.append(f"Chưa có đủ số liệu kỳ gần nhất của {len(late)} chỉ tiêu: {', '.join(late)}.")
    partial = [line for line in lines if line.actual and line.actual.how == ROLLED and not line.actual.complete]
    for line in partial:
        assert line.actual is not None
        said.append(f"Chỉ tiêu {line.target.code} còn thiếu số liệu của {line.actual.missing} đơn vị.")
    behind = [line.target.code for line in lines if line.verdict == MISSED]
    if behind:
        said.append(f"Chưa đạt kế hoạch: {', '.join(behind)}.")
    return tuple(said) or ("Không có tồn tại.",)


def _evidence(lines: Sequence[Line]) -> Table:
    marks = {"V": "Đã kiểm chứng", "F": "Có trong nguồn đã nêu", "K": "Chưa đối chiếu", "": "Cơ quan tự đặt"}
    rows = [
        (line.target.code, one.year, _goal(line.target, one.value), marks[one.mark], one.source or "–")
        for line in lines
        for one in sorted(line.target.milestones.all(), key=lambda one: one.year)
    ]
    columns = (
        Column("Mã", weight=1.3),
        Column("Năm", ColumnKind.MARK, 1),
        Column("Mốc", ColumnKind.MARK, 2),
        Column("Căn cứ", weight=2),
        Column("Nguồn", weight=2.5),
    )
    return Table(columns, cells([(code, str(year), *rest) for code, year, *rest in rows]))
