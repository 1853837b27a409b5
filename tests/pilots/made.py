"""Things of the room for its tests: a pilot in District 9 in the autumn of 2020."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factories as make

from lantoa.common.refused import Refused
from lantoa.directory.models import Unit
from lantoa.pilots.actions.measuring import enter_reading, write_gate
from lantoa.pilots.actions.pains import report_pain
from lantoa.pilots.actions.pilots import add_measure, fix_plan, plan_pilot
from lantoa.pilots.models import Measure, PainPoint, Pilot, Reading

AT = datetime(2020, 8, 3, 2, tzinfo=UTC)
BEFORE = date(2020, 8, 3)
FIRST, LAST = date(2020, 9, 1), date(2020, 12, 31)


def refusal(act: Any) -> str:
    """The words of what an act is refused with."""
    try:
        act()
    except Refused as refused:
        return str(refused)
    return "done"


def pain(unit: Unit | None = None, title: str = "Phải khai lại giấy tờ", **fields: Any) -> PainPoint:
    return report_pain(by=make.BY, unit=unit or make.unit(), title=title, text="", fields=[], at=AT, **fields)


def pilot(unit: Unit | None = None, code: str = "td-1", **fields: Any) -> Pilot:
    return plan_pilot(
        by=make.BY,
        code=code,
        name=fields.pop("name", "Thử khai một lần"),
        unit=unit or make.unit(),
        problem="Phải khai lại",
        hypothesis="Dùng lại dữ liệu thì nhanh hơn",
        first=fields.pop("first", FIRST),
        last=fields.pop("last", LAST),
        **fields,
    )


def measure(of: Pilot, name: str = "Số phút chờ", **fields: Any) -> Measure:
    more = {"counted_in": "phút", "direction": "down", "every": 30, "goal": Decimal(15)} | fields
    return add_measure(by=make.BY, pilot=of, name=name, **more)  # type: ignore[arg-type]


def read(of: Measure, value: int, day: date, **more: Any) -> Reading:
    """A value, entered on the day on which it was measured."""
    return enter_reading(by=make.BY, measure=of, value=Decimal(value), day=day, how="", at=AT, on=day, **more)


def fixed(unit: Unit | None = None, **fields: Any) -> tuple[Pilot, Measure]:
    """A pilot whose plan is fixed: a measure with its baseline of 40, and a gate on 1 November."""
    made = pilot(unit, **fields)
    of = measure(made)
    read(of, 40, BEFORE, baseline=True)
    write_gate(
        by=make.BY,
        pilot=made,
        day=date(2020, 11, 1),
        criterion="Dưới 25 phút",
        on=BEFORE,
        measure=of,
        bound=Decimal(25),
    )
    return fix_plan(by=make.BY, pilot=made, at=AT, on=BEFORE), of
