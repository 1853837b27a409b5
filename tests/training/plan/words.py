"""Short ways for the tests of programme files."""

from datetime import UTC, datetime

from factories import BY

from lantoa.training.actions.plan import LoadReport, load_plan
from lantoa.training.rules.plan import PlanFaults, read_plan

AT = datetime(2020, 9, 20, 3, tzinfo=UTC)


def load(text: str, *, apply: bool = True, at: datetime = AT) -> LoadReport:
    return load_plan(by=BY, plan=read_plan(text), at=at, apply=apply)


def refusals(text: str, *, at: datetime = AT) -> list[str]:
    """The faults that the text is refused with, in words; [] when it is not."""
    try:
        load_plan(by=BY, plan=read_plan(text), at=at, apply=True)
    except PlanFaults as faults:
        return [str(fault) for fault in faults.faults]
    return []
