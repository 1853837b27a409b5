"""What coordinators are told of a call, each occasion once."""

from datetime import UTC, date, datetime, timedelta

import factories
import pytest
from training.nominations.asking import BY, LATE, NOW, Town, make_town

from lantoa.accounts.models import User
from lantoa.directory.models import Role, Succession, SuccessionLink
from lantoa.directory.queries.people import coordinators_of
from lantoa.office.models import Notice
from lantoa.training.actions.call_notices import remind_unanswered
from lantoa.training.actions.calls import ask_units, close_call, stop_asking
from lantoa.training.actions.classes import withdraw
from lantoa.training.actions.nominations import accept, decline, nominate, withdraw_nomination
from lantoa.training.queries.calls import calls_to_remind_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return make_town()


@pytest.fixture
def coordinator(town: Town) -> User:
    """Of the first ward; the second has none."""
    return factories.user(Role.UNIT_COORDINATOR, on=town.asked[0].unit)


def told(template: str) -> list[User]:
    rows = Notice.objects.filter(template=f"training.{template}", state="waiting").select_related("user")
    return [row.user for row in rows.order_by("pk") if row.user]


def test_a_unit_that_is_asked_is_told_once(town: Town, coordinator: User) -> None:
    new = factories.unit("Tân Phú", under=town.district)
    keeper = factories.user(Role.UNIT_COORDINATOR, on=new)
    for _ in "twice":
        ask_units(by=BY, call=town.call, units=[new], at=NOW)
    assert told("nominations_asked") == [keeper]
    notice = Notice.objects.get()
    asked = town.call.asked.get(unit=new)
    assert notice.values == {
        "title": "Cử học viên",
        "office": "Quận 9",
        "unit": "Phường Tân Phú",
        "due": {"day": "2020-09-25"},
        "link": f"/asked/{asked.key}/",
    }


def test_whoever_has_not_answered_is_reminded_once_a_day(town: Town, coordinator: User) -> None:
    assert remind_unanswered(by=BY, call=town.call, at=NOW) == (1, [town.asked[1]])
    assert remind_unanswered(by=BY, call=town.call, at=NOW)[0] == 0
    assert remind_unanswered(by=BY, call=town.call, at=NOW + timedelta(days=1))[0] == 1
    assert told("nominations_due") == [coordinator, coordinator]


def test_whoever_has_answered_or_is_too_late_is_not_reminded(town: Town, coordinator: User) -> None:
    assert remind_unanswered(by=BY, call=town.call, at=LATE) == (0, [])
    nominate(by=BY, asked=town.asked[0], people=town.people[0][:1], at=NOW)
    decline(by=BY, asked=town.asked[1], reason="bận", at=NOW)
    assert remind_unanswered(by=BY, call=town.call, at=NOW) == (0, [])


def test_in_a_closed_call_nobody_is_reminded(town: Town, coordinator: User) -> None:
    assert remind_unanswered(by=BY, call=close_call(by=BY, call=town.call, at=NOW), at=NOW) == (0, [])
    assert list(calls_to_remind_of(date(2020, 9, 22))) == []


def test_the_daily_job_reminds_three_days_and_one_day_before(town: Town) -> None:
    days = [date(2020, 9, 20) + timedelta(days=number) for number in range(7)]
    assert [day.day for day in days if list(calls_to_remind_of(day))] == [22, 24]
    for asked in town.asked:
        decline(by=BY, asked=asked, reason="bận", at=NOW)
    assert [day.day for day in days if list(calls_to_remind_of(day))] == []


def test_a_unit_whose_person_moves_up_is_told_also_after_the_deadline(town: Town, coordinator: User) -> None:
    first, _second = nominate(by=BY, asked=town.asked[1], people=town.people[1][:2], at=NOW)
    nominate(by=BY, asked=town.asked[0], people=town.people[0][:1], at=NOW)
    withdraw_nomination(by=BY, nomination=first, reason="", at=LATE)
    assert told("nominations_moved_up") == [coordinator]
    assert Notice.objects.get().good_until is None


def test_a_unit_taken_off_is_not_told_any_more(town: Town) -> None:
    new = factories.unit("Tân Phú", under=town.district)
    factories.user(Role.UNIT_COORDINATOR, on=new)
    (asked,) = ask_units(by=BY, call=town.call, units=[new], at=NOW)
    stop_asking(by=BY, asked=asked, at=NOW)
    assert told("nominations_asked") == []


def test_a_unit_without_a_coordinator_is_kept_by_that_of_the_unit_above(town: Town) -> None:
    above = factories.user(Role.UNIT_COORDINATOR, on=town.district)
    own = factories.user(Role.UNIT_COORDINATOR, on=town.asked[0].unit)
    factories.user(Role.PROGRAMME_OFFICER, on=town.asked[1].unit)
    gone = factories.user(Role.UNIT_COORDINATOR, on=town.asked[1].unit)
    gone.grants.update(until=date(2020, 9, 1))
    units = [asked.unit_id for asked in town.asked]
    assert coordinators_of(units, on=date(2020, 9, 20)) == {units[0]: [own], units[1]: [above]}
    assert coordinators_of(units, on=datetime(1990, 1, 1, tzinfo=UTC).date()) == {}


def test_the_nominated_are_told_when_they_are_in_the_class(town: Town) -> None:
    made = nominate(by=BY, asked=town.asked[0], people=town.people[0][:2], at=NOW)
    for row in made:
        accept(by=BY, call=town.call, nominations=[row], training_class=town.training_class, at=NOW)
    told = Notice.objects.filter(template="training.nominee_accepted").order_by("pk")
    assert [(one.person, one.user) for one in told] == [(person, None) for person in town.people[0][:2]]
    assert told[0].values == {
        "class": "Q9-1",
        "course": town.training_class.course.title,
        "office": "Quận 9",
        "link": "/me/",
    }


def test_whoever_is_taken_out_before_the_message_left_is_not_told(town: Town) -> None:
    (row,) = nominate(by=BY, asked=town.asked[0], people=town.people[0][:1], at=NOW)
    accept(by=BY, call=town.call, nominations=[row], training_class=town.training_class, at=NOW)
    withdraw(by=BY, enrolment=town.training_class.enrolments.get(), reason="bận", at=NOW)
    (told,) = Notice.objects.filter(template="training.nominee_accepted")
    assert (told.state, told.why) == ("cancelled", "withdrawn")


def test_the_coordinators_of_the_heir_keep_a_unit_that_has_ended(town: Town) -> None:
    ended = factories.unit("Cũ", under=town.district, until=date(2020, 7, 1))
    other, heir = (factories.unit(name, under=town.district) for name in ("Khác", "Mới"))
    succession = Succession.objects.create(day=date(2020, 7, 1), kind=Succession.Kind.SPLIT)
    for unit, default in ((other, False), (heir, True)):
        SuccessionLink.objects.create(succession=succession, forebear=ended, heir=unit, default=default)
    factories.user(Role.UNIT_COORDINATOR, on=other)
    above = factories.user(Role.UNIT_COORDINATOR, on=town.district)
    on = date(2020, 9, 20)
    assert coordinators_of([ended.pk, heir.pk], on=on) == {ended.pk: [above], heir.pk: [above]}
    keeper = factories.user(Role.UNIT_COORDINATOR, on=heir)
    assert coordinators_of([ended.pk, heir.pk], on=on) == {ended.pk: [keeper], heir.pk: [keeper]}
    assert coordinators_of([ended.pk], on=date(2020, 6, 30)) == {ended.pk: [above]}
