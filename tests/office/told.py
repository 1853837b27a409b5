"""Short ways to tell people things and to send them, for the tests of notices."""

import datetime
from collections import Counter
from datetime import UTC
from datetime import datetime as moment
from typing import Any

from factories import BY, person

from lantoa.directory.models import Person, Unit
from lantoa.office.actions.channels import ways as open_ways
from lantoa.office.actions.jobs import start_job
from lantoa.office.actions.notices import SEND, notify
from lantoa.office.actions.sending import Settled, deliver, settle, take_back_lost, take_next
from lantoa.office.models import Job, Notice, Reach

AT = moment(2020, 10, 5, 2, tzinfo=UTC)  # nine in the morning
MIDNIGHT = datetime.time(0)
VALUES = {
    "class": "Q9-1",
    "topic": "Chuyên đề 1",
    "when": moment(2020, 10, 6, 0, 30, tzinfo=UTC),
    "where": "Hội trường A",
    "link": "/me/",
}


def someone(at: Unit, **fields: Any) -> Person:
    """A person with an address and no quiet hours: tests run at any hour."""
    fields.setdefault("email", "an@example.vn")
    made = person(at=at, **fields)
    reach(made)
    return made


def reach(of: Person, **fields: Any) -> Reach:
    """How the person wants to be reached."""
    values = {"quiet_from": MIDNIGHT, "quiet_until": MIDNIGHT, "changed_at": AT, **fields}
    return Reach.objects.update_or_create(person=of, defaults=values)[0]


def tell(who: Person, unit: Unit, **fields: Any) -> Notice:
    """One notice of a kind that exists."""
    fields.setdefault("once", f"test:{who.key}")
    fields.setdefault("template", "training.meeting_tomorrow")
    fields.setdefault("values", VALUES)
    fields.setdefault("at", AT)
    return notify(by=BY, person=who, unit=unit, **fields)


def sending(unit: Unit) -> Job:
    """A job that sends, for whoever plays the worker."""
    return start_job(by=BY, kind=SEND, arguments={}, unit=unit, at=AT)


def send(job: Job, at: moment = AT, resting: frozenset[str] = frozenset()) -> Counter[str]:
    """Sends all that is due at a moment, as the job does; how many ended how."""
    ways, counts = open_ways(), Counter[str]()
    take_back_lost(by=BY, job=job, ways=ways, at=at)
    while taken := take_next(by=BY, job=job, ways=ways, resting=resting, at=at):
        if isinstance(taken, Settled):
            counts[taken.state] += 1
            continue
        counts[settle(by=BY, job=job, parcel=taken, delivery=deliver(taken, ways), at=at)] += 1
    for way in ways.values():
        way.close()
    return counts


def row(notice: Notice) -> Notice:
    """The notice as it stands in the database."""
    return Notice.objects.get(pk=notice.pk)
