"""A call as an office lives it: a class of the world of `held.py` that has not begun, and wards with people."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import factories

from lantoa.directory.models import Level, Person, Unit
from lantoa.programmes.models import Programme
from lantoa.training.actions.calls import ask_units, open_call
from lantoa.training.models import Asked, Call, TrainingClass

BY = factories.BY
NOW = datetime(2020, 9, 20, 3, tzinfo=UTC)
DUE = date(2020, 9, 25)
LATE = datetime(2020, 9, 26, 3, tzinfo=UTC)


@dataclass
class Town:
    """A district, its programme and one class; the wards that are asked, each with people."""

    district: Unit
    programme: Programme
    training_class: TrainingClass
    call: Call
    asked: list[Asked] = field(default_factory=list)
    people: list[list[Person]] = field(default_factory=list)


def make_town(*, places: int = 2, wards: int = 2, people: int = 3, most: int | None = None) -> Town:
    """`places` asked of `wards` with `people` each; the class meets on 5 October 2020, 08:00 to 12:00."""
    city = factories.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE)
    district = factories.unit("9", kind="Quận", level=Level.DISTRICT, under=city)
    programme = factories.programme(district)
    training_class = factories.training_class(programme, code="Q9-1", capacity=40)
    factories.meeting(training_class)
    call = open_call(
        by=BY,
        programme=programme,
        training_class=training_class,
        title="Cử học viên",
        places=places,
        due_on=DUE,
        at=NOW,
    )
    town = Town(district, programme, training_class, call)
    units = [factories.unit(f"Số {number + 1}", under=district) for number in range(wards)]
    town.asked = list(ask_units(by=BY, call=call, units=units, most=most, at=NOW))
    town.people = [
        [factories.person(f"Nguyễn Văn {'ABCDEFGHIJ'[ward]}{place + 1}", at=unit) for place in range(people)]
        for ward, unit in enumerate(units)
    ]
    return town
