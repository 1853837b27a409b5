"""Who is told what of a class: reminders of a day, and what has changed. Each occasion once."""

import random
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from factories import BY, enrolment, meeting, person, training_class
from office.conftest import Workers, row, until
from office.conftest import workers as workers_of_the_office
from training.held import World, at

from lantoa.common.refused import Refused
from lantoa.directory.models import Person
from lantoa.ledger.models import thing_key
from lantoa.office.actions.jobs import start_job
from lantoa.office.actions.worker import Worker
from lantoa.office.models import Notice
from lantoa.presence.models import Attendance
from lantoa.training.actions.notices import (
    cancel_and_tell,
    correct_and_tell,
    move_and_tell,
    remind_of_assignment,
    remind_of_meeting,
    remind_of_start,
)
from lantoa.training.models import Assessment, Enrolment, Meeting, Submission
from lantoa.training.queries.reminders import assessments_due, classes_beginning, meetings_after

workers = workers_of_the_office
pytestmark = pytest.mark.django_db
NOW = datetime(2020, 10, 4, 1, 30, tzinfo=UTC)
TODAY = date(2020, 10, 4)


@pytest.fixture
def tomorrow(db: None) -> Meeting:
    """A meeting on 5 October at 08:00 with two learners, one who left, and a lecturer."""
    found = meeting(training_class(), lecturer=person("Phạm Thị Giảng"))
    for name in ("Nguyễn An", "Lê Bình"):
        enrolment(found.training_class, person(name))
    enrolment(found.training_class, person("Đã Rời"), withdrawn_at=NOW)
    return found


def told() -> list[tuple[str, str]]:
    """What was asked for: the kind and whom, in the order of names."""
    rows = Notice.objects.filter(state="waiting").values_list("template", "person__full_name")
    return sorted((template.removeprefix("training."), name) for template, name in rows)


def test_the_day_before_learners_and_lecturer_are_reminded(tomorrow: Meeting) -> None:
    assert list(meetings_after(TODAY)) == [tomorrow]
    assert remind_of_meeting(by=BY, meeting=tomorrow, at=NOW) == 3
    assert told() == [
        ("meeting_tomorrow", "Lê Bình"),
        ("meeting_tomorrow", "Nguyễn An"),
        ("teaching_tomorrow", "Phạm Thị Giảng"),
    ]
    notice = Notice.objects.get(person__full_name="Lê Bình")
    assert notice.values == {
        "class": tomorrow.training_class.code,
        "topic": "Chuyên đề 1",
        "when": {"moment": "2020-10-05T01:00:00+00:00"},
        "where": "Hội trường A",
        "link": "/me/",
    }
    assert (notice.good_until, notice.unit) == (tomorrow.during.lower, tomorrow.training_class.unit)


def test_reminded_again_nobody_is_told_twice(tomorrow: Meeting) -> None:
    remind_of_meeting(by=BY, meeting=tomorrow, at=NOW)
    assert remind_of_meeting(by=BY, meeting=tomorrow, at=NOW) == 0
    enrolment(tomorrow.training_class, person("Đến Sau"))
    assert remind_of_meeting(by=BY, meeting=tomorrow, at=NOW) == 1


def test_an_occasion_is_written_as_ever_so_that_an_upgrade_tells_nobody_twice(tomorrow: Meeting) -> None:
    found, an = tomorrow.training_class, Person.objects.get(full_name="Nguyễn An")
    due = Assessment.objects.create(
        training_class=found, code="bt1", title="Bài tập", kind="assignment", due_on=TODAY
    )
    remind_of_meeting(by=BY, meeting=tomorrow, at=NOW)
    remind_of_start(by=BY, training_class=found, at=NOW)
    remind_of_assignment(by=BY, assessment=due, at=NOW)
    cancel_and_tell(by=BY, meeting=tomorrow, at=NOW)
    assert set(Notice.objects.filter(person=an).values_list("once", "about")) == {
        (f"training.meeting_tomorrow:{tomorrow.key}:2020-10-05:{an.key}", thing_key(tomorrow)),
        (f"training.class_begins:{found.key}:2020-10-05:{an.key}", thing_key(tomorrow)),
        (f"training.assignment_due:{due.key}:2020-10-04:{an.key}", thing_key(due)),
        (f"training.meeting_cancelled:{tomorrow.key}:20201004013000:{an.key}", thing_key(tomorrow)),
    }


def test_a_day_begins_and_ends_at_midnight_of_the_place() -> None:
    found = training_class()
    late, early = (
        meeting(found, datetime(2020, 10, 5, 16, 30, tzinfo=UTC), hours=0.25),
        meeting(found, datetime(2020, 10, 5, 17, tzinfo=UTC)),
    )
    assert [list(meetings_after(day)) for day in (TODAY, TODAY + timedelta(days=1))] == [[late], [early]]


def test_before_a_class_begins_its_learners_are_told_once(tomorrow: Meeting) -> None:
    found = tomorrow.training_class
    days = [TODAY - timedelta(days=n) for n in range(4)]  # 4, 3, 2 and 1 October; it begins on the 5th
    assert [bool(classes_beginning(day)) for day in days] == [False, True, True, False]
    assert remind_of_start(by=BY, training_class=found, at=NOW) == 2
    assert remind_of_start(by=BY, training_class=found, at=NOW) == 0
    assert told() == [("class_begins", "Lê Bình"), ("class_begins", "Nguyễn An")]


def test_a_class_without_meetings_begins_on_no_day() -> None:
    assert remind_of_start(by=BY, training_class=training_class(), at=NOW) == 0


def test_whoever_has_not_handed_in_is_reminded(tomorrow: Meeting) -> None:
    found = tomorrow.training_class
    due = Assessment.objects.create(
        training_class=found, code="kh", title="Kế hoạch", kind="plan", due_on=TODAY + timedelta(days=2)
    )
    Assessment.objects.create(training_class=found, code="t", title="T", kind="test", due_on=TODAY)
    Assessment.objects.create(
        training_class=found, code="b", title="B", kind="plan", due_on=TODAY + timedelta(days=3)
    )
    done = Enrolment.objects.get(person__full_name="Nguyễn An")
    Submission.objects.create(enrolment=done, assessment=due, handed_in_at=NOW)
    assert list(assessments_due(TODAY)) == [due]
    assert remind_of_assignment(by=BY, assessment=due, at=NOW) == 1
    notice = Notice.objects.get()
    assert (notice.person.full_name if notice.person else "", notice.values["due"]) == (
        "Lê Bình",
        {"day": "2020-10-06"},
    )
    assert notice.good_until == datetime(2020, 10, 6, 17, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_the_daily_job_reminds_of_all_and_begun_again_of_nothing_more(tomorrow: Meeting) -> None:
    def remind() -> dict[str, Any]:
        job = start_job(
            by=BY,
            kind="training.remind",
            arguments={"day": TODAY.isoformat()},
            unit=tomorrow.training_class.unit,
            at=NOW,
        )
        Worker().run(until_idle=True, housekeeping=False)
        job.refresh_from_db()
        return dict(job.result)

    assert remind() == {"url": "/notices/", "meetings": 3, "classes": 0, "assignments": 0, "calls": 0}
    assert remind()["meetings"] == 0


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_reminders_of_a_killed_worker_are_made_once(workers: Workers) -> None:
    """Killed in the middle and begun again: everybody has one reminder, nobody two."""
    first = training_class(topics=1)
    people = [person() for _ in range(8)]
    for number in range(60):
        of = training_class(first.programme, course=first.course)
        meeting(of, datetime(2020, 10, 5, 1, tzinfo=UTC) + timedelta(minutes=number))
        for who in people:
            enrolment(of, who)
    chance = random.Random(5)
    job = start_job(by=BY, kind="training.remind", arguments={"day": "2020-10-04"}, unit=first.unit, at=NOW)
    for _ in range(3):
        made = Notice.objects.count()
        process = workers.start("--until-idle")
        until(lambda made=made: Notice.objects.count() > made or row(job).state == "done", "reminders under way")
        time.sleep(chance.uniform(0, 0.1))
        process.kill()
        process.wait()
    workers.finish()
    job.refresh_from_db()
    assert (job.state, Notice.objects.count()) == ("done", 60 * 8)


# ---- what has changed


def changes(found: Meeting, start: datetime) -> dict[str, Any]:
    return {
        "topic": found.topic,
        "starts": start,
        "ends": start + timedelta(hours=3),
        "lecturer": found.lecturer,
        "room": found.room,
    }


def test_a_moved_meeting_takes_its_reminders_back_and_tells_the_class(tomorrow: Meeting) -> None:
    remind_of_meeting(by=BY, meeting=tomorrow, at=NOW)
    move_and_tell(by=BY, meeting=tomorrow, at=NOW, **changes(tomorrow, datetime(2020, 10, 6, 1, tzinfo=UTC)))
    assert [kind for kind, _ in told()] == ["meeting_moved"] * 3
    assert Counter(Notice.objects.values_list("state", flat=True)) == {"cancelled": 3, "waiting": 3}


def test_a_meeting_far_ahead_is_moved_without_a_word(tomorrow: Meeting) -> None:
    long_before = NOW - timedelta(days=20)
    later = datetime(2020, 10, 7, 1, tzinfo=UTC)
    move_and_tell(by=BY, meeting=tomorrow, at=long_before, **changes(tomorrow, later))
    assert told() == []


def test_a_meeting_that_stays_where_it_is_tells_nobody(tomorrow: Meeting) -> None:
    same = {**changes(tomorrow, tomorrow.during.lower), "ends": tomorrow.during.upper}
    move_and_tell(by=BY, meeting=tomorrow, at=NOW, **same)
    assert told() == []


def test_a_cancelled_meeting_tells_the_class(tomorrow: Meeting) -> None:
    remind_of_meeting(by=BY, meeting=tomorrow, at=NOW)
    cancel_and_tell(by=BY, meeting=tomorrow, at=NOW)
    assert [kind for kind, _ in told()] == ["meeting_cancelled"] * 3


def test_a_meeting_that_cannot_be_cancelled_tells_nobody(tomorrow: Meeting) -> None:
    who = Enrolment.objects.get(person__full_name="Lê Bình").person
    Attendance.objects.create(
        gathering=tomorrow.gathering, person=who, state="present", share=1, how="code", at=NOW, by="test"
    )
    with pytest.raises(Refused, match="presence is entered"):
        cancel_and_tell(by=BY, meeting=tomorrow, at=NOW)
    assert told() == []


def test_whose_presence_was_corrected_is_told_each_time_it_changes(tomorrow: Meeting) -> None:
    who = Enrolment.objects.get(person__full_name="Lê Bình").person

    def correct(state: str) -> None:
        correct_and_tell(by=BY, meeting=tomorrow, person=who, state=state, reason="sót", at=at(6))

    correct("absent")  # entered for the first time: no correction
    assert told() == []
    correct("present")
    correct("present")
    assert told() == [("presence_corrected", "Lê Bình")]
    correct("leave")
    assert len(told()) == 2
    assert Attendance.objects.get().share == Decimal(0)


# ---- on the pages


def test_who_gets_a_certificate_is_told_and_told_when_it_is_revoked(world: World, officer: Client) -> None:
    row = world.enrolments["Q9-1"][0].certificates.get()
    address = reverse("training:revoke", args=[row.key])
    assert officer.post(address, {"kind": "mistake", "reason": "sai tên"}).status_code == 302
    notice = Notice.objects.get()
    assert (notice.template, notice.person) == ("training.certificate_revoked", row.enrolment.person)
    assert "sai tên" not in str(notice.values)
    answer = officer.post(reverse("training:certificates", args=[world.programme.key]), {"on": "2020-12-31"})
    assert answer.status_code == 302
    new = row.enrolment.certificates.get(revoked_on=None)
    ready = Notice.objects.get(template="training.certificate_ready", person=row.enrolment.person)
    assert ready.values["number"] == new.number
    assert ready.values["link"] == reverse("training:certificate", args=[new.key])
