"""A province with its communes and a campaign in any state, made the short way."""

from datetime import UTC, date, datetime
from typing import Any

from factories import BY, unit
from readiness.indices import component, text_of

from lantoa.directory.models import Level, Unit
from lantoa.ledger.rules import Machine
from lantoa.readiness.actions.campaigns import move_campaign, plan_campaign, publish_campaign
from lantoa.readiness.actions.indices import load_index
from lantoa.readiness.actions.reviews import accept_rest, finish_review
from lantoa.readiness.actions.sheets import hand_in, save_answer
from lantoa.readiness.models import Campaign, Sheet

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
ON = date(2026, 3, 2)
DUE = date(2026, 3, 31)
APPEALS = date(2026, 5, 31)
AFTER = datetime(2026, 6, 1, 2, tzinfo=UTC)  # nobody can object any more
REVIEWER, OTHER = Machine("reviewer"), Machine("other-reviewer")
PLAIN = text_of(component("1", 'kind = "yes_no"', "points = 40"), component("2", 'kind = "ratio"', "points = 60"))


def province(wards: int = 3) -> tuple[Unit, list[Unit]]:
    top = unit(kind="Tỉnh", level=Level.PROVINCE)
    return top, [unit(under=top) for _ward in range(wards)]


def campaign(top: Unit, text: str = PLAIN, *, year: int = 2026, to: str = "open", **more: Any) -> Campaign:
    """A campaign moved on to that state (not published)."""
    version = load_index(by=BY, unit=top, text=text, at=AT)
    values: dict[str, Any] = {"on": ON, "due_on": DUE, "appeal_until": APPEALS, "seed": 7, **more}
    made = plan_campaign(by=BY, unit=top, version=version, year=year, title=f"Chỉ số {year}", at=AT, **values)
    return made if to == "draft" else move_campaign(by=BY, campaign=made, to="open", at=AT)


def sheet_of(held: Campaign, ward: Unit) -> Sheet:
    return held.sheets.get(unit=ward)


def answered(held: Campaign, ward: Unit, **typed: Any) -> Sheet:
    """The sheet handed in with these answers: `a1="yes"`, `a2=("3", "4")`."""
    sheet = sheet_of(held, ward)
    for name, value in typed.items():
        fields = {"part": value[0], "whole": value[1]} if isinstance(value, tuple) else {"value": value}
        save_answer(by=BY, sheet=sheet, component=name.removeprefix("a"), typed=fields, at=AT, on=ON)
    return hand_in(by=BY, sheet=sheet, at=AT, on=ON)


def reviewed(sheet: Sheet) -> Sheet:
    accept_rest(by=REVIEWER, sheet=sheet, at=AT)
    return finish_review(by=REVIEWER, sheet=sheet, at=AT)


def published(held: Campaign, *, at: datetime = AT) -> Campaign:
    """Whatever was handed in is accepted, and published."""
    for sheet in held.sheets.filter(state=Sheet.State.HANDED_IN):
        reviewed(sheet)
    for to in ("review", "appeal"):
        held = move_campaign(by=BY, campaign=held, to=to, at=AT)
    return publish_campaign(by=BY, campaign=held, at=at)
