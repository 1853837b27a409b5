"""From a `Plan` to the text of its file: always the same order, readable, and read back as the same plan."""

import json
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from lantoa.training.rules.completion import Rule, written

from .model import (
    ActPlan,
    Assessment,
    BudgetPlan,
    ClassPlan,
    CoursePlan,
    MeetingPlan,
    Plan,
    ProgrammePart,
    Signer,
    UnitName,
)

HEAD = """\
# Tệp chương trình Lan tỏa: một chương trình đào tạo trọn vẹn trong một tệp đọc được.
# A Lantoa programme file: a whole training programme in one readable file. Its form: docs/programme-file.md
"""
_PLAIN = re.compile(r"[^\W_](?:[\w ./()%+–-]|:(?=[^\s]))*")
_SPECIAL = re.compile(r"[\d.+-].*|y|n|yes|no|on|off|true|false|null|~", re.IGNORECASE)


def write_plan(plan: Plan) -> str:
    """The text of a plan. `read_plan(write_plan(plan)) == plan`."""
    out = [HEAD, "lantoa: 1\n"]
    if plan.shift:
        out.append(f"shift: {_day(plan.shift)}  # only for demonstrations: this day counts as today\n")
    out.append(_section("programme", _programme(plan.programme)))
    out.append(_list("acts", map(_act, plan.acts)))
    out.append(_list("budget", map(_money, plan.budget)))
    out.append(_list("agencies", (_flow(name=one.name, kind=one.kind, under=one.under, since=one.since)
                                  for one in plan.agencies)))  # fmt: skip
    out.append(_list("lecturers", (_flow(code=one.code, full_name=one.full_name, organisation=one.organisation)
                                   for one in plan.lecturers)))  # fmt: skip
    out.append(_list("rooms", (_flow(name=one.name, unit=one.unit, capacity=one.capacity) for one in plan.rooms)))
    out.append(_list("courses", map(_course, plan.courses)))
    out.append(_list("assessments", map(_assessment, plan.assessments)))
    if plan.completion != Rule():
        out.append(_section("completion", _rule(plan.completion)))
    out.append(_list("classes", (_class(one) for one in plan.classes)))
    if (certificate := plan.certificate) is not None:
        out.append(
            _section(
                "certificate",
                [
                    *_lines(superior=certificate.superior, issuer=certificate.issuer, title=certificate.title),
                    *_lines(number=certificate.number, place=certificate.place),
                    _signer(certificate.signer),
                ],
            )
        )
    if (report := plan.report) is not None:
        out.append(
            _section(
                "report",
                [
                    *_lines(superior=report.superior, issuer=report.issuer, code=report.code, place=report.place),
                    _signer(report.signer),
                    *_texts("to", report.to),
                    *_texts("recipients", report.recipients),
                    *_lines(archive=report.archive),
                ],
            )
        )
    return "\n".join(part.rstrip("\n") + "\n" for part in out if part)


def scalar(text: str) -> str:
    """A text as YAML: plain where every reader takes it for the same text, else in double quotes."""
    if _PLAIN.fullmatch(text) and not _SPECIAL.fullmatch(text) and not text.endswith((" ", ":")):
        return text
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f")


Value = str | int | Decimal | date | UnitName | None


def _value(value: Value) -> str:
    if isinstance(value, date):
        return _day(value)
    if isinstance(value, Decimal):
        return written(value)
    if isinstance(value, UnitName):
        return _unit(value)
    return str(value) if isinstance(value, int) else scalar(value or "")


def _day(day: date) -> str:
    return f"{day.day:02}/{day.month:02}/{day.year}"


def _unit(unit: UnitName) -> str:
    if unit.code:
        return f"{{code: {scalar(unit.code)}, level: {unit.level}}}"
    if any("," in name for name in unit.names):
        return f"[{', '.join(map(scalar, unit.names))}]"
    return json.dumps(str(unit), ensure_ascii=False) if len(unit.names) > 1 else scalar(unit.names[0])


def _flow(**values: Value) -> str:
    told = [f"{key}: {_value(value)}" for key, value in values.items() if value not in ("", None)]
    return f"{{{', '.join(told)}}}"


def _lines(**values: Value) -> list[str]:
    return [f"{key}: {_value(value)}" for key, value in values.items() if value not in ("", None)]


def _texts(key: str, texts: Iterable[str]) -> list[str]:
    listed = [f"  - {scalar(text)}" for text in texts]
    return [f"{key}:", *listed] if listed else []


def _prose(key: str, text: str) -> list[str]:
    if not text:
        return []
    return [f"{key}: {json.dumps(text, ensure_ascii=False) if chr(10) in text else scalar(text)}"]


def _section(name: str, lines: Iterable[str]) -> str:
    return f"{name}:\n" + "".join(f"  {line}\n" for line in lines)


def _list(name: str, items: Iterable[str | list[str]]) -> str:
    out = []
    for item in items:
        lines = [item] if isinstance(item, str) else item
        out += [f"  - {lines[0]}\n", *(f"    {line}\n" for line in lines[1:])]
    return f"{name}:\n{''.join(out)}" if out else ""


def _programme(part: ProgrammePart) -> list[str]:
    lines = [
        *_lines(code=part.code, name=part.name),
        f"period: {{from: {_day(part.first)}, to: {_day(part.last)}}}",
        f"unit: {_unit(part.unit)}",
    ]
    if part.decision:
        named = _lines(number=part.decision.number, date=part.decision.date, issuer=part.decision.issuer)
        lines += ["decision:", *(f"  {line}" for line in [*named, *_lines(title=part.decision.title)])]
    lines += _lines(parent=part.parent, audience=part.audience)
    if part.fields:
        lines.append(f"fields: [{', '.join(map(scalar, part.fields))}]")
    if part.partners:
        lines.append("partners:")
        lines += [f"  - {_flow(name=one.name, role=one.role, unit=one.unit)}" for one in part.partners]
    if part.demonstration:
        lines.append("demonstration: true")
    return lines


def _act(act: ActPlan) -> list[str]:
    lines = [
        *_lines(number=act.number, date=act.issued_on, issuer=act.issuer, title=act.title, kind=act.kind),
        *_lines(**{"from": act.starts, "until": act.ends, "url": act.url, "mark": act.mark}),
    ]
    for key, numbers in (("replaces", act.replaces), ("amends", act.amends)):
        if numbers:
            lines.append(f"{key}: [{', '.join(map(scalar, numbers))}]")
    return lines


def _money(one: BudgetPlan) -> str:
    return _flow(
        year=one.year, source=one.source, partner=one.partner, purpose=one.purpose, planned=one.planned,
        currency=one.currency, amount=one.foreign, rate=one.rate,
    )  # fmt: skip


def _course(course: CoursePlan) -> list[str]:
    lines = [*_lines(code=course.code, title=course.title, unit=course.unit), *_prose("summary", course.summary)]
    lines.append("topics:")
    for topic in course.topics:
        inside = [*_lines(title=topic.title, hours=topic.hours), *_texts("outcomes", topic.outcomes)]
        if topic.materials:
            inside.append("materials:")
            inside += [f"  - {_flow(title=one.title, url=one.url)}" for one in topic.materials]
        lines += [f"  - {inside[0]}", *(f"    {line}" for line in inside[1:])]
    return lines


def _assessment(one: Assessment) -> str:
    return _flow(code=one.code, title=one.title, kind=one.kind, highest=one.highest, due=one.due)


def _rule(rule: Rule) -> list[str]:
    lines = []
    if rule.presence is not None:
        lines.append(f"presence: {written(rule.presence * 100)}%")
    if rule.marks:
        lines.append("marks:")
        lines += [f"  - {_flow(assessment=code, at_least=least)}" for code, least in rule.marks]
    if rule.handed_in:
        lines.append(f"handed_in: [{', '.join(map(scalar, rule.handed_in))}]")
    return lines


def _class(one: ClassPlan) -> list[str]:
    lines = [
        *_lines(code=one.code, course=one.course, capacity=one.capacity, unit=one.unit),
        *_lines(place=one.place, online=one.online),
    ]
    if one.assessments is not None:
        listed = [f"  - {_assessment(item)}" for item in one.assessments]
        lines += ["assessments:", *listed] if listed else ["assessments: []"]
    if one.completion is not None:
        inside = [f"  {line}" for line in _rule(one.completion)]
        lines += ["completion:", *inside] if inside else ["completion: {}"]
    if one.meetings:
        lines.append("meetings:")
        lines += [f"  - {_meeting(meeting)}" for meeting in one.meetings]
    return lines


def _meeting(meeting: MeetingPlan) -> str:
    hours = f"{meeting.starts:%H:%M}-{meeting.ends:%H:%M}"
    told = f"date: {_day(meeting.date)}, time: {hours}, topic: {meeting.topic}"
    rest = "".join(
        f", {key}: {scalar(text)}" for key, text in (("lecturer", meeting.lecturer), ("room", meeting.room)) if text
    )
    return f"{{{told}{rest}}}"


def _signer(signer: Signer) -> str:
    return f"signer: {_flow(post=signer.post, name=signer.name)}"
