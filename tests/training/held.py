"""A programme as an office lives it: three classes, units, every state, days in October 2020."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import factories

from lantoa.accounts.models import User
from lantoa.directory.models import Level, Person, Role, Unit
from lantoa.programmes.models import Programme
from lantoa.training.actions import certificates, classes, results
from lantoa.training.models import Enrolment, Meeting, TrainingClass

BY = factories.BY
SIGNER = {"post": "Chủ tịch", "name": "Nguyễn Văn Ký"}
PAPERS = {
    "report": {
        "issuer": "Ủy ban nhân dân Quận 9",
        "superior": "Ủy ban nhân dân Thành phố Hồ Chí Minh",
        "code": "UBND",
        "place": "Quận 9",
        "signer": SIGNER,
        "to": ["Ủy ban nhân dân Thành phố"],
        "recipients": ["Như trên", "Lưu: VT"],
        "archive": "VT",
    },
    "certificate": {
        "issuer": "Ủy ban nhân dân Quận 9",
        "title": "Chuyển đổi số cho lãnh đạo",
        "number": "{number}/CN-BQ9",
        "place": "Quận 9",
        "signer": SIGNER,
    },
}


def at(day: int, hour: int = 2, month: int = 10, minute: int = 0) -> datetime:
    """A moment of 2020, UTC: hour 2 is 09:00 in the place."""
    return datetime(2020, month, day, hour, minute, tzinfo=UTC)


@dataclass
class World:
    """The programme, what stands in it, and who may see it."""

    district: Unit
    wards: list[Unit]
    programme: Programme
    officer: User
    classes: list[TrainingClass] = field(default_factory=list)
    enrolments: dict[str, list[Enrolment]] = field(default_factory=dict)
    meetings: dict[str, list[Meeting]] = field(default_factory=dict)


def meet(of: TrainingClass, days: Sequence[int]) -> list[Meeting]:
    """Meetings on these days of October 2020, 08:00 to 11:00."""
    return [factories.meeting(of, at(day, 1), hours=3) for day in days]


def roll(meeting: Meeting, **states: Sequence[Person]) -> None:
    """Calls the roll of a meeting at its end: `roll(m, present=[...], absent=[...])`."""
    named = {person.pk: state for state, people in states.items() for person in people}
    results.call_roll(by=BY, meeting=meeting, states=named, at=meeting.during.upper)


def make_world() -> World:
    """Q9-1 is finished with certificates, Q9-2 runs and has a late roll, Q9-3 has not begun."""
    city = factories.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE)
    district = factories.unit("9", kind="Quận", level=Level.DISTRICT, under=city)
    wards = [factories.unit(name, under=district) for name in ("Hiệp Phú", "Long Bình", "Tân Phú")]
    programme = factories.programme(district, code="q9", papers=PAPERS)
    officer = factories.user(Role.PROGRAMME_OFFICER, on=city)
    made = World(district, wards, programme, officer)
    for number, (size, days) in enumerate(((4, [5, 6]), (3, [5, 7, 30]), (2, [28])), 1):
        rule = {"presence": {"at_least": 0.5}}
        found = factories.training_class(programme, code=f"Q9-{number}", capacity=10, rule=rule)
        made.classes.append(found)
        made.enrolments[found.code] = [
            factories.enrolment(
                found, factories.person(f"Người {number}{place}", at=wards[place % 3]), unit=wards[place % 3]
            )
            for place in range(size)
        ]
        made.meetings[found.code] = meet(found, days)
    _first_class(made)
    _second_class(made)
    return made


def _first_class(world: World) -> None:
    people = [row.person for row in world.enrolments["Q9-1"]]
    one, two = world.meetings["Q9-1"]
    roll(one, present=people[:2], absent=people[2:3], leave=people[3:])
    roll(two, present=people[:2], absent=people[2:])
    results.decide_completion(by=BY, training_class=world.classes[0], at=at(6, 5))
    issued = certificates.issue_certificates(by=BY, programme=world.programme, on=date(2020, 10, 8))
    certificates.revoke_certificate(
        by=BY, certificate=issued[1], kind="mistake", reason="nhầm tên", on=date(2020, 10, 20)
    )


def _second_class(world: World) -> None:
    people = [row.person for row in world.enrolments["Q9-2"]]
    roll(world.meetings["Q9-2"][0], present=people)
    classes.withdraw(by=BY, enrolment=world.enrolments["Q9-2"][2], reason="chuyển công tác", at=at(9))
