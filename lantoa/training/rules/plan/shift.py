"""Moving a demonstration to today. For demonstrations only: real programmes say their real days."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from .model import Assessment, ClassPlan, MeetingPlan, Plan

WEEK = timedelta(days=7)


def days_to_shift(plan: Plan, *, today: date) -> int:
    """By how many days a plan with `shift` moves, so that its day counts as this week's: whole weeks, so that
    weekdays stay. 0 for a plan without `shift`."""
    return (today - plan.shift).days // 7 * 7 if plan.shift else 0


def shifted(plan: Plan, days: int, *, is_holiday: Callable[[date], bool] = lambda day: False) -> Plan:
    """The plan moved by that many days, without its `shift`. A meeting that would then fall on a public holiday is
    held after the last one of its class, on the same weekday; the programme ends later if it must."""
    move = timedelta(days=days)
    classes = tuple(_class(one, move, is_holiday) for one in plan.classes)
    latest = max((meeting.date for one in classes for meeting in one.meetings), default=plan.programme.last + move)
    programme = replace(
        plan.programme,
        first=plan.programme.first + move,
        last=max(plan.programme.last + move, latest),
    )
    return replace(
        plan,
        programme=programme,
        classes=classes,
        assessments=tuple(_assessment(one, move) for one in plan.assessments),
        shift=None,
    )


def _assessment(one: Assessment, move: timedelta) -> Assessment:
    return replace(one, due=one.due + move) if one.due else one


def _class(one: ClassPlan, move: timedelta, is_holiday: Callable[[date], bool]) -> ClassPlan:
    meetings = [replace(meeting, date=meeting.date + move) for meeting in one.meetings]
    kept = [meeting for meeting in meetings if not is_holiday(meeting.date)]
    last = max((meeting.date for meeting in meetings), default=date.min)
    for meeting in (meeting for meeting in meetings if is_holiday(meeting.date)):
        kept.append(_made_up(meeting, last, kept, is_holiday))
    assessments = None if one.assessments is None else tuple(_assessment(item, move) for item in one.assessments)
    return replace(one, meetings=tuple(sorted(kept)), assessments=assessments)


def _made_up(
    meeting: MeetingPlan, last: date, taken: list[MeetingPlan], is_holiday: Callable[[date], bool]
) -> MeetingPlan:
    busy = {(other.date, other.starts) for other in taken}
    day = meeting.date
    while day <= last or is_holiday(day) or (day, meeting.starts) in busy:
        day += WEEK
    return replace(meeting, date=day)
