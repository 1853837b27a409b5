"""From the text of a programme file to a `Plan`, or to all its faults at once. One function for each part."""

import difflib
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import TypeVar

from lantoa.common.refused import N_, Refused
from lantoa.training.rules.completion import Rule, read_rule
from lantoa.training.rules.faults import PlanFaults

from .cursor import Cursor, Reading, read_code
from .means import read_acts, read_budget
from .model import (
    Agency,
    Assessment,
    CertificateSettings,
    ClassPlan,
    CoursePlan,
    DecisionPlan,
    LecturerPlan,
    MaterialLink,
    MeetingPlan,
    PartnerPlan,
    Plan,
    ProgrammePart,
    ReportSettings,
    RoomPlan,
    Signer,
    TopicPlan,
    UnitName,
)
from .nodes import Node, decode, parse
from .pattern import read_pattern
from .values import quoted, read_day, read_hours, read_link, read_number, read_share, read_whole, read_yes

T = TypeVar("T")
VERSION = "1"
LEVELS = ("country", "province", "district", "commune", "agency")
ROLES = ("host", "teaching", "partner", "donor")
KINDS = ("test", "assignment", "plan")
MOST_PLACES = 100_000
NO_SIGNER = Signer("", "")


def read_plan_bytes(data: bytes) -> Plan:
    """A plan from the bytes of a file."""
    return read_plan(decode(data))


def read_plan(text: str) -> Plan:
    """The plan that a text says. Raises `PlanFaults` with every fault, its line, its key and its value."""
    reading = Reading()
    top = Cursor(
        reading,
        parse(text),
        "",
        ("lantoa", "shift", "programme", "acts", "budget", "agencies", "lecturers", "rooms", "courses", "assessments",
         "completion", "classes", "certificate", "report"),
        ("lantoa", "programme"),
    )  # fmt: skip
    plan = _plan(reading, top) if top.readable else None
    if reading.faults or plan is None:
        raise PlanFaults(reading.faults)
    return plan


def _plan(reading: Reading, top: Cursor) -> Plan | None:
    if top.value("lantoa", str, VERSION) != VERSION:
        top.fault("lantoa", N_("This is version %(value)s of programme files; this house reads version %(known)s."),
                  value=top.value("lantoa", quoted, ""), known=VERSION)  # fmt: skip
    programme = _programme(reading, top)
    acts = read_acts(top)
    agencies = _each(top, "agencies", _agency)
    lecturers = _each(top, "lecturers", _lecturer)
    rooms = _each(top, "rooms", _room)
    courses = _each(top, "courses", _course)
    _unique(top, "lecturers", [one.code for one in lecturers])
    _unique(top, "lecturers", [f"{one.full_name} ({one.organisation})" for one in lecturers])
    _unique(top, "rooms", [one.name for one in rooms])
    _unique(top, "courses", [one.code for one in courses])
    assessments = _assessments(top)
    completion = _completion(top, assessments)
    school = _School(courses, {one.code for one in lecturers}, {one.name: one.capacity for one in rooms})
    classes = [
        made
        for number, (node, path) in enumerate(top.listed("classes"), 1)
        if (made := _class(reading, node, path, number, school, assessments, completion))
    ]
    _unique(top, "classes", [one.code for one in classes])
    if programme is None:
        return None
    return Plan(
        programme=programme,
        acts=acts,
        budget=read_budget(top, programme),
        agencies=tuple(agencies),
        lecturers=tuple(lecturers),
        rooms=tuple(rooms),
        courses=tuple(courses),
        assessments=assessments,
        completion=completion,
        classes=tuple(classes),
        certificate=_certificate(reading, top),
        report=_report(reading, top),
        shift=top.value("shift", read_day, None),
        places=reading.places,
        meeting_paths=reading.meeting_paths,
    )


def _each(top: Cursor, key: str, read: Callable[[Reading, Node, str], T | None]) -> list[T]:
    return [made for node, path in top.listed(key) if (made := read(top.reading, node, path))]


def _unique(top: Cursor, key: str, names: Sequence[str]) -> None:
    """No two items of a list under one name. Counts only where every item could be read, so that places fit."""
    items = top.listed(key)
    if len(items) != len(names):
        return
    seen: dict[str, int] = {}
    for (node, path), name in zip(items, names, strict=True):
        if name in seen:
            message = N_("%(value)s stands here a second time; the first is in line %(line)d.")
            top.reading.fault(node, path, message, value=quoted(name), line=seen[name])
        seen.setdefault(name, node.line)


# ---- the mandate


def _programme(reading: Reading, top: Cursor) -> ProgrammePart | None:
    if not top.has("programme"):
        return None
    keys = (
        "code",
        "name",
        "period",
        "unit",
        "decision",
        "parent",
        "audience",
        "fields",
        "partners",
        "demonstration",
    )
    told = Cursor(reading, top.nodes["programme"], "programme", keys, ("code", "name", "period", "unit"))
    period = _sub(told, "period", ("from", "to"), ("from", "to"))
    first = period.value("from", read_day, None) if period else None
    last = period.value("to", read_day, None) if period else None
    if period and first and last and last < first:
        period.fault("to", N_("The programme ends on %(last)s, before it starts on %(first)s."),
                     last=f"{last:%d/%m/%Y}", first=f"{first:%d/%m/%Y}")  # fmt: skip
    unit = _unit(told, "unit")
    decision = _decision(told)
    partners = tuple(made for node, path in told.listed("partners") if (made := _partner(reading, node, path)))
    fields = told.values("fields", read_code)
    code, name, parent = told.code("code"), told.text("name"), told.code("parent")
    audience, demonstration = told.text("audience"), told.value("demonstration", read_yes, False)
    for at, field in enumerate(fields):
        if field in fields[:at]:
            told.fault("fields", N_("The field %(value)s stands here twice."), value=quoted(field))
    if parent and parent == code:
        told.fault("parent", N_("A programme is not its own parent (%(value)s)."), value=quoted(parent))
    if not (first and last and unit):
        return None
    return ProgrammePart(
        code, name, unit, first, last, decision, parent, audience, tuple(fields), partners, demonstration
    )


def _sub(told: Cursor, key: str, keys: Iterable[str], needed: Iterable[str] = ()) -> Cursor | None:
    """The mapping under a key; None when the key is left out."""
    return Cursor(told.reading, told.nodes[key], told.at(key), keys, needed) if told.has(key) else None


def _unit(told: Cursor, key: str) -> UnitName | None:
    """`Phường A, Quận 9`, or a list of names for names with commas, or `{code, level}`."""
    if not told.has(key):
        return None
    if told.nodes[key].pairs is not None:
        by_code = _sub(told, key, ("code", "level"), ("code", "level"))
        if by_code is None:
            return None
        return UnitName(code=by_code.code("code"), level=by_code.one_of("level", LEVELS, "commune"))
    if told.nodes[key].items is not None:
        names = list(told.texts(key, 200))
    else:
        names = [name for part in told.text(key, 600).split(",") if (name := part.strip())]
    if not names:
        told.fault(key, N_("Name the unit, the smallest first: Phường Phước Long A, Quận 9, Thành phố Hồ Chí Minh."))
        return None
    return UnitName(tuple(names))


def _decision(told: Cursor) -> DecisionPlan | None:
    keys = ("number", "date", "issuer", "title")
    if (part := _sub(told, "decision", keys, keys)) is None:
        return None
    day = part.value("date", read_day, None)
    number, issuer, title = part.text("number", 60), part.text("issuer", 200), part.text("title", 500)
    return DecisionPlan(number, day, issuer, title) if day else None


def _partner(reading: Reading, node: Node, path: str) -> PartnerPlan | None:
    part = Cursor(reading, node, path, ("name", "role", "unit"), ("name", "role"))
    return PartnerPlan(part.text("name", 200), part.one_of("role", ROLES, "partner"), _unit(part, "unit"))


# ---- who, where, what


def _agency(reading: Reading, node: Node, path: str) -> Agency | None:
    part = Cursor(reading, node, path, ("name", "kind", "under", "since"), ("name",))
    return Agency(
        part.text("name", 200), _unit(part, "under"), part.text("kind", 40), part.value("since", read_day, None)
    )


def _lecturer(reading: Reading, node: Node, path: str) -> LecturerPlan | None:
    part = Cursor(reading, node, path, ("code", "full_name", "organisation"), ("code", "full_name"))
    return LecturerPlan(part.code("code"), part.text("full_name", 100), part.text("organisation", 200))


def _room(reading: Reading, node: Node, path: str) -> RoomPlan | None:
    part = Cursor(reading, node, path, ("name", "unit", "capacity"), ("name",))
    holds = part.value("capacity", lambda text: read_whole(text, 1, MOST_PLACES), None)
    return RoomPlan(part.text("name", 120), _unit(part, "unit"), holds)


def _course(reading: Reading, node: Node, path: str) -> CoursePlan | None:
    part = Cursor(reading, node, path, ("code", "title", "summary", "unit", "topics"), ("code", "title", "topics"))
    topics = [_topic(reading, node, path) for node, path in part.listed("topics")]
    if part.readable and part.has("topics") and not topics:
        part.fault("topics", N_("A course has at least one topic."))
    return CoursePlan(
        part.code("code"), part.text("title"), tuple(topics), part.prose("summary"), _unit(part, "unit")
    )


def _topic(reading: Reading, node: Node, path: str) -> TopicPlan:
    part = Cursor(reading, node, path, ("title", "hours", "outcomes", "materials"), ("title", "hours"))
    hours = part.value("hours", lambda text: read_number(text, Decimal("0.1"), Decimal(999), 1), Decimal(1))
    materials = tuple(_material(reading, node, path) for node, path in part.listed("materials"))
    return TopicPlan(part.text("title"), hours, part.texts("outcomes", 500), materials)


def _material(reading: Reading, node: Node, path: str) -> MaterialLink:
    part = Cursor(reading, node, path, ("title", "url"), ("title", "url"))
    return MaterialLink(part.text("title", 200), part.value("url", read_link, ""))


def _assessments(part: Cursor) -> tuple[Assessment, ...]:
    found = tuple(_assessment(part.reading, node, path) for node, path in part.listed("assessments"))
    _unique(part, "assessments", [one.code for one in found])
    return found


def _assessment(reading: Reading, node: Node, path: str) -> Assessment:
    part = Cursor(reading, node, path, ("code", "title", "kind", "highest", "due"), ("code", "title"))
    highest = part.value(
        "highest", lambda text: read_number(text, Decimal("0.01"), Decimal("999.99"), 2), Decimal(10)
    )
    kind = part.one_of("kind", KINDS, "test")
    return Assessment(part.code("code"), part.text("title", 200), kind, highest, part.value("due", read_day, None))


def _completion(part: Cursor, assessments: Iterable[Assessment]) -> Rule:
    rule = _sub(part, "completion", ("presence", "marks", "handed_in"))
    if rule is None or not rule.readable:
        return Rule()
    presence = rule.value("presence", read_share, None)
    marks = []
    for node, path in rule.listed("marks"):
        mark = Cursor(part.reading, node, path, ("assessment", "at_least"), ("assessment", "at_least"))
        least = mark.value("at_least", lambda text: read_number(text, Decimal(0), Decimal("999.99"), 2), Decimal(0))
        marks.append((mark.code("assessment"), least))
    told = Rule(presence, tuple(marks), tuple(rule.values("handed_in", read_code)))
    if not any(fault.path.startswith(rule.path) for fault in part.reading.faults):
        try:
            return read_rule(told.data(), {one.code: one.highest for one in assessments})
        except Refused as reason:
            part.reading.refused(rule.node, rule.path, reason)
    return told


# ---- classes


class _School:
    """What classes may name: courses, lecturers and rooms of the file."""

    def __init__(self, courses: Sequence[CoursePlan], lecturers: set[str], rooms: dict[str, int | None]) -> None:
        self.courses = {course.code: course for course in courses}
        self.lecturers, self.rooms = lecturers, rooms

    def lecturer(self, text: str) -> str:
        return _known(text, self.lecturers, N_("There is no lecturer %(value)s in this file.%(near)s"))

    def room(self, text: str) -> str:
        return _known(text, self.rooms, N_("There is no room %(value)s in this file.%(near)s"))


def _known(name: str, names: Iterable[str], message: str) -> str:
    known = list(names)
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, 1, 0.6)
    hint = Refused(N_(" Is %(near)s meant?"), near=quoted(near[0])) if near else ""
    raise Refused(message, value=quoted(name), near=hint)


_CLASS_KEYS = ("code", "course", "capacity", "unit", "place", "online", "room", "lecturer", "meetings", "pattern",
               "completion", "assessments")  # fmt: skip


def _class(
    reading: Reading,
    node: Node,
    path: str,
    number: int,
    school: _School,
    of_all: tuple[Assessment, ...],
    rule_of_all: Rule,
) -> ClassPlan | None:
    part = Cursor(reading, node, path, _CLASS_KEYS, ("code", "course", "capacity"))
    if not part.readable:
        return None
    missing = N_("There is no course %(value)s in this file.%(near)s")
    course = school.courses.get(part.value("course", lambda text: _known(text, school.courses, missing), ""))
    capacity = part.value("capacity", lambda text: read_whole(text, 1, MOST_PLACES), 0)
    default_lecturer = part.value("lecturer", school.lecturer, "")
    default_room = part.value("room", school.room, "")
    place, online = part.text("place", 200) or default_room, part.text("online", 500)
    if not any(part.has(key) for key in ("place", "room", "online")):
        reading.fault(node, path, N_("Say where the class meets: place, room or online."))
    if online and not online.startswith(("https://", "http://")):
        part.fault("online", N_("%(value)s is not an address that begins with https://."), value=quoted(online))
    topics = len(course.topics) if course else 0
    titles = [topic.title for topic in course.topics] if course else []
    meetings = []
    for item, at in part.listed("meetings"):
        meeting = _meeting(reading, item, at, school, titles, default_lecturer, default_room)
        if meeting:
            meetings.append(meeting)
            reading.meeting_paths[(number, meeting.date, meeting.starts)] = at
    if part.has("pattern"):
        for item, at in part.listed_or_one("pattern"):
            repeated_meetings = read_pattern(reading, item, at, school, topics, default_lecturer, default_room)
            meetings += repeated_meetings
            reading.meeting_paths |= {(number, one.date, one.starts): at for one in repeated_meetings}
    _check_meetings(part, capacity, meetings, school)
    assessments = _assessments(part) if part.has("assessments") else None
    in_force = of_all if assessments is None else assessments
    rule = _completion(part, in_force) if part.has("completion") else None
    if rule is None and assessments is not None:
        _check_inherited(part, rule_of_all, assessments)
    return ClassPlan(
        code=part.code("code"),
        course=course.code if course else "",
        capacity=capacity,
        unit=_unit(part, "unit"),
        place=place,
        online=online,
        meetings=tuple(sorted(meetings)),
        completion=None if rule == rule_of_all else rule,
        assessments=None if assessments == of_all else assessments,
    )


def _check_inherited(part: Cursor, rule: Rule, assessments: Iterable[Assessment]) -> None:
    try:
        read_rule(rule.data(), {one.code: one.highest for one in assessments})
    except Refused as reason:
        part.reading.refused(part.nodes["assessments"], part.at("assessments"), reason)


def _meeting(
    reading: Reading, node: Node, path: str, school: _School, titles: list[str], lecturer: str, room: str
) -> MeetingPlan | None:
    keys = ("date", "time", "topic", "lecturer", "room")
    part = Cursor(reading, node, path, keys, ("date", "time", "topic"))
    day, hours = part.value("date", read_day, None), part.value("time", read_hours, None)
    topic = part.value("topic", lambda text: topic_number(text, titles), 0)
    lecturer = part.value("lecturer", school.lecturer, lecturer)
    room = part.value("room", school.room, room)
    return MeetingPlan(day, hours[0], hours[1], topic, lecturer, room) if day and hours else None


def topic_number(text: str, titles: list[str]) -> int:
    """A topic by its number in the course or by its title; a title that is a number itself comes second."""
    if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= len(titles):
        return int(text)
    if text in titles:
        return titles.index(text) + 1
    raise Refused(
        N_("There is no topic %(value)s: the course has topics 1 to %(count)d."),
        value=quoted(text),
        count=len(titles),
    )


def _check_meetings(part: Cursor, capacity: int, meetings: list[MeetingPlan], school: _School) -> None:
    seen: set[tuple[object, object]] = set()
    for meeting in meetings:
        if (meeting.date, meeting.starts) in seen:
            message = N_("The class meets twice at %(when)s.")
            part.fault("meetings" if part.has("meetings") else "pattern", message,
                       when=f"{meeting.starts:%H:%M} {meeting.date:%d/%m/%Y}")  # fmt: skip
        seen.add((meeting.date, meeting.starts))
    for room in sorted({meeting.room for meeting in meetings if meeting.room}):
        holds = school.rooms.get(room)
        if holds is not None and capacity > holds:
            message = N_("The class has %(places)d places, but room %(room)s holds %(holds)d.")
            part.fault("capacity", message, places=capacity, room=room, holds=holds)


# ---- papers


def _signer(told: Cursor) -> Signer:
    part = _sub(told, "signer", ("post", "name"), ("post", "name"))
    return Signer(part.text("post", 200), part.text("name", 100)) if part else NO_SIGNER


def _certificate(reading: Reading, top: Cursor) -> CertificateSettings | None:
    keys = ("issuer", "title", "number", "signer", "superior", "place")
    part = _sub(top, "certificate", keys, ("issuer", "title", "number", "signer"))
    if part is None:
        return None
    return CertificateSettings(
        part.text("issuer", 200),
        part.text("title", 200),
        part.value("number", number_pattern, ""),
        _signer(part),
        part.text("superior", 200),
        part.text("place", 100),
    )


def number_pattern(text: str) -> str:
    """`{number}/CN-BQ9`: the running number once; {year} where it is wanted."""
    rest = text.replace("{number}", "", 1).replace("{year}", "", 1)
    if "{number}" not in text or "{" in rest or "}" in rest or len(text) > 40:
        raise Refused(
            N_("%(value)s is no pattern of numbers. It holds {number} once and may hold {year}: {number}/CN-BQ9."),
            value=quoted(text),
        )
    return text


def _report(reading: Reading, top: Cursor) -> ReportSettings | None:
    keys = ("issuer", "code", "place", "signer", "superior", "to", "recipients", "archive")
    part = _sub(top, "report", keys, ("issuer", "code", "place", "signer"))
    if part is None:
        return None
    return ReportSettings(
        part.text("issuer", 200),
        part.text("code", 30),
        part.text("place", 100),
        _signer(part),
        part.text("superior", 200),
        part.texts("to"),
        part.texts("recipients"),
        part.text("archive", 100),
    )
