"""Things for tests, made the short way, each with sensible values."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from lantoa.accounts.models import User
from lantoa.common.vietnamese import fold, person_sort_key, sort_key
from lantoa.competence.models import Course, Topic
from lantoa.directory.models import (
    Decision,
    Level,
    Person,
    Placement,
    Post,
    RoleGrant,
    Unit,
    period_of,
)
from lantoa.ledger.rules import Machine
from lantoa.presence.models import Gathering
from lantoa.programmes.models import Measurement, Milestone, Programme, Review, Target
from lantoa.training.models import Enrolment, Meeting, TrainingClass

BY = Machine("test")
DAY = date(2020, 10, 5)  # a Monday inside the programme of District 9
LONG_AGO = date(2000, 1, 1)
_number = itertools.count(1)


def decision(number: str = "", issued_on: date = LONG_AGO, issuer: str = "UBND Thành phố") -> Decision:
    number = number or f"{next(_number)}/QĐ-UBND"
    return Decision.objects.create(number=number, issued_on=issued_on, issuer=issuer, title="Về việc thử")


def unit(
    name: str = "",
    *,
    under: Unit | None = None,
    kind: str = "Phường",
    level: str = Level.COMMUNE,
    since: date = LONG_AGO,
    until: date | None = None,
    code: str = "",
) -> Unit:
    name = name or f"Số {next(_number)}"
    made = Unit.objects.create()
    place(made, name, under=under, kind=kind, level=level, since=since, until=until, code=code)
    return made


def place(
    placed: Unit,
    name: str,
    *,
    under: Unit | None = None,
    kind: str = "Phường",
    level: str = Level.COMMUNE,
    since: date = LONG_AGO,
    until: date | None = None,
    code: str = "",
) -> Placement:
    return Placement.objects.create(
        unit=placed,
        period=period_of(since, until),
        level=level,
        kind=kind,
        name=name,
        code=code,
        parent=under,
        decision=decision(),
        folded=fold(f"{kind} {name}"),
        sort_key=sort_key(name),
    )


def person(full_name: str = "", *, at: Unit | None = None, title: str = "Chuyên viên", **fields: Any) -> Person:
    full_name = full_name or f"Nguyễn Văn Thử {next(_number)}"
    fields.setdefault("birth_year", 1985)
    made = Person.objects.create(
        full_name=full_name, folded=fold(full_name), sort_key=person_sort_key(full_name), **fields
    )
    if at:
        Post.objects.create(person=made, unit=at, title=title, period=period_of(LONG_AGO, None), source="test:1")
    return made


def user(role: str = "", *, on: Unit | None = None, is_person: Person | None = None, **fields: Any) -> User:
    """An account without a password (tests use `client.force_login`); `role` is granted on the unit `on`."""
    number = next(_number)
    made = User(username=f"user{number}", full_name=fields.pop("full_name", f"Người dùng {number}"), **fields)
    made.set_unusable_password()
    made.save()
    if role:
        assert on is not None
        RoleGrant.objects.create(user=made, role=role, unit=on, since=LONG_AGO, granted_by="machine:test")
    if is_person:
        is_person.user = made
        is_person.save(update_fields=["user"])
    return made


def programme(owner: Unit | None = None, **fields: Any) -> Programme:
    fields.setdefault("code", f"ct-{next(_number)}")
    fields.setdefault("name", "Chuyển đổi số cho lãnh đạo")
    fields.setdefault("period", period_of(date(2020, 10, 1), date(2021, 1, 1)))
    return Programme.objects.create(unit=owner or unit(level=Level.DISTRICT, kind="Quận"), **fields)


def target(owner: Unit | None = None, goals: dict[int, int | str] | None = None, **fields: Any) -> Target:
    fields.setdefault("code", f"CT-{next(_number)}")
    fields.setdefault("name", "Hồ sơ xử lý trực tuyến")
    fields.setdefault("kind", "at_least")
    fields.setdefault("measure", "%")
    fields.setdefault("pillar", "government")
    fields.setdefault("since", LONG_AGO)
    fields.setdefault("folded", fold(f"{fields['code']} {fields['name']}"))
    made = Target.objects.create(unit=owner or unit(), **fields)
    for year, value in (goals or {}).items():
        Milestone.objects.create(target=made, year=year, value=Decimal(value))
    return made


def figure(
    of: Target,
    year: int,
    value: int | str,
    *,
    part: int | None = None,
    whole: int | None = None,
    approved: bool = False,
) -> Measurement:
    """A figure of a year, by hand: no checks."""
    at = datetime(year + 1, 1, 10, 2, tzinfo=UTC)
    made = Measurement.objects.create(
        target=of,
        unit=of.unit,
        period=period_of(date(year, 1, 1), date(year + 1, 1, 1)),
        number=of.measurements.filter(period__startswith=date(year, 1, 1)).count() + 1,
        value=Decimal(value),
        part=part,
        whole=whole,
        reason="sửa" if of.measurements.filter(period__startswith=date(year, 1, 1)).exists() else "",
        reported_by=BY.actor_key,
        reported_at=at,
    )
    if approved:
        Review.objects.create(measurement=made, verdict="approved", by=BY.actor_key, at=at)
    return made


def course(owner: Unit, topics: int = 1, **fields: Any) -> Course:
    fields.setdefault("code", f"kh-{next(_number)}")
    fields.setdefault("title", "Tổng quan về chuyển đổi số")
    made = Course.objects.create(unit=owner, **fields)
    for position in range(1, topics + 1):
        Topic.objects.create(course=made, position=position, title=f"Chuyên đề {position}", hours=4)
    return made


def training_class(of: Programme | None = None, *, topics: int = 1, **fields: Any) -> TrainingClass:
    of = of or programme()
    fields.setdefault("code", f"L-{next(_number)}")
    fields.setdefault("capacity", 40)
    fields.setdefault("place", "Hội trường A")
    fields.setdefault("unit", of.unit)
    if "course" not in fields:
        fields["course"] = course(of.unit, topics)
    return TrainingClass.objects.create(programme=of, **fields)


def meeting(of: TrainingClass, start: datetime | None = None, hours: float = 4, **fields: Any) -> Meeting:
    start = start or datetime(2020, 10, 5, 1, tzinfo=UTC) + timedelta(days=of.meetings.count())
    during = DateTimeTZRange(start, start + timedelta(hours=hours), "[)")
    fields.setdefault("topic", of.course.topics.first())
    gathering = Gathering.objects.create(source=f"test:{next(_number)}", during=during, code_secret=b"s" * 32)
    return Meeting.objects.create(training_class=of, during=during, gathering=gathering, **fields)


def enrolment(of: TrainingClass, who: Person | None = None, **fields: Any) -> Enrolment:
    fields.setdefault("unit", of.unit)
    fields.setdefault("enrolled_at", datetime(2020, 9, 25, 2, tzinfo=UTC))
    return Enrolment.objects.create(training_class=of, person=who or person(), source="test:1", **fields)
