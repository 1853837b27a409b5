"""Who is told what of a campaign: the coordinators of the units, each occasion once, in working days."""

from datetime import UTC, date, datetime, timedelta

import factories as make
import pytest
from django.utils import timezone
from readiness.held import AT, BY, DUE, OTHER, REVIEWER, answered, campaign, province, published, reviewed, sheet_of

from lantoa.accounts.models import User
from lantoa.directory.models import Role, Unit
from lantoa.office.actions.jobs import start_job
from lantoa.office.actions.worker import Worker
from lantoa.office.models import Notice
from lantoa.readiness.actions.campaigns import move_campaign
from lantoa.readiness.actions.notices import remind_of_deadline
from lantoa.readiness.actions.reviews import accept_rest, decide_appeal, finish_review, rule_on
from lantoa.readiness.actions.sheets import hand_in, object_to, save_answer
from lantoa.readiness.models import Campaign, Result

pytestmark = pytest.mark.django_db


def keeper(of: Unit) -> User:
    return make.user(Role.UNIT_COORDINATOR, on=of)


def told(whom: User | None = None) -> list[str]:
    rows = Notice.objects.order_by("id")
    return [row.template for row in (rows.filter(user=whom) if whom else rows)]


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def test_the_units_of_a_campaign_are_told_that_they_are_asked_and_until_when() -> None:
    top, (one, two, _silent) = province()
    first, second = keeper(one), keeper(two)

    held = campaign(top)

    assert told() == ["readiness.asked", "readiness.asked"]
    row = Notice.objects.get(user=first)
    assert row.values["due"] == {"day": "2026-03-31"}
    assert row.values["link"] == f"/readiness/sheets/{sheet_of(held, one).key}/"
    assert row.unit == top
    assert row.good_until == datetime(2026, 3, 31, 17, tzinfo=UTC)  # the end of the day in Vietnam
    assert told(second) == ["readiness.asked"]


def test_a_draft_tells_nobody() -> None:
    top, (one, *_others) = province()
    keeper(one)

    campaign(top, to="draft")

    assert told() == []


def test_whoever_has_not_handed_in_is_reminded_three_working_days_before_the_last_one_and_on_it() -> None:
    top, (one, two, _other) = province()
    silent, done = keeper(one), keeper(two)
    held = campaign(top)
    answered(held, two, a1="yes", a2=("3", "4"))
    Notice.objects.all().delete()

    days = [DUE + timedelta(days=one) for one in range(-7, 3)]  # Tuesday 24 March to Thursday 2 April
    reminded = {day: remind_of_deadline(by=BY, campaign=held, at=at(day)) for day in days}

    assert {day for day, many in reminded.items() if many} == {date(2026, 3, 26), DUE}
    assert remind_of_deadline(by=BY, campaign=held, at=at(DUE)) == 0
    assert told(silent) == ["readiness.due", "readiness.due"]
    assert told(done) == []


def test_a_last_day_on_a_sunday_is_reminded_of_on_the_friday() -> None:
    top, (one, *_others) = province()
    keeper(one)
    held = campaign(top, due_on=date(2026, 3, 29))
    days = [date(2026, 3, day) for day in range(23, 30)]

    reminded = [day.day for day in days if remind_of_deadline(by=BY, campaign=held, at=at(day))]

    assert reminded == [25, 27]


def test_a_unit_is_told_when_its_sheet_comes_back_each_time() -> None:
    top, (one, *_others) = province()
    keeper(one)
    held = campaign(top)
    sheet = answered(held, one, a1="yes", a2=("3", "4"))
    Notice.objects.all().delete()
    for hour in (1, 2):
        when = AT + timedelta(hours=hour)
        rule_on(by=REVIEWER, answer=sheet.answers.get(component="1"), ruling="returned", reason="Thiếu", at=when)
        accept_rest(by=REVIEWER, sheet=sheet, at=when)
        finish_review(by=REVIEWER, sheet=sheet, at=when)
        save_answer(by=BY, sheet=sheet, component="1", typed={"value": "no"}, at=when, on=DUE)
        hand_in(by=BY, sheet=sheet, at=when, on=DUE)

    assert told() == ["readiness.returned", "readiness.returned"]
    assert [row.values["count"] for row in Notice.objects.all()] == [1, 1]


def test_a_review_without_a_return_tells_nobody_before_appeals_open() -> None:
    top, (one, *_others) = province()
    keeper(one)
    held = campaign(top)
    sheet = answered(held, one, a1="yes", a2=("3", "4"))
    Notice.objects.all().delete()

    reviewed(sheet)

    assert told() == []


def test_units_are_told_what_was_lowered_when_appeals_open_and_when_theirs_is_decided() -> None:
    top, (one, two, _silent) = province()
    keeper(one), keeper(two)
    held = campaign(top)
    sheet = answered(held, one, a1="yes", a2=("3", "4"))
    reviewed(answered(held, two, a1="yes"))
    lowered = sheet.answers.get(component="2")
    low = {"part": "1", "whole": "4"}
    rule_on(by=REVIEWER, answer=lowered, ruling="lowered", typed=low, reason="Ít hơn", at=AT)
    reviewed(sheet)
    Notice.objects.all().delete()

    for to in ("review", "appeal"):
        held = move_campaign(by=BY, campaign=held, to=to, at=AT)

    said = {row.values["unit"]: row.values["count"] for row in Notice.objects.filter(template="readiness.reviewed")}
    assert sorted(said.values()) == [0, 1]
    assert Notice.objects.first().values["last"] == "31/05/2026"  # type: ignore[union-attr]
    Notice.objects.all().delete()
    object_to(by=BY, answer=lowered, words="Đủ giấy tờ", at=AT, on=DUE)
    decide_appeal(by=OTHER, answer=lowered, typed={}, reason="Giữ nguyên", at=AT)
    assert told() == ["readiness.appeal_decided"]
    assert Notice.objects.get().values["code"] == "2"


def test_every_unit_is_told_that_its_results_are_there() -> None:
    top, (one, _two, _silent) = province()
    whom = keeper(one)
    held = campaign(top)
    answered(held, one, a1="yes", a2=("3", "4"))
    Notice.objects.all().delete()

    held = published(held)

    row = Notice.objects.get(user=whom, template="readiness.published")
    assert row.values["link"] == f"/readiness/results/{Result.objects.get(campaign=held, unit=one).key}/"


@pytest.mark.parametrize("count", [1, 3])
def test_asking_takes_the_same_queries_for_one_unit_and_for_three(
    count: int, django_assert_num_queries: object
) -> None:
    top, wards = province(count)
    for ward in wards:
        keeper(ward)
    held = campaign(top, to="draft")

    with django_assert_num_queries(21):  # type: ignore[operator]
        move_campaign(by=BY, campaign=held, to="open", at=AT)

    assert len(told()) == count


@pytest.mark.django_db(transaction=True)
def test_the_job_of_the_day_finds_the_campaigns_that_take_answers() -> None:
    top, (one, *_others) = province()
    keeper(one)
    today = timezone.localdate()
    held = campaign(top)
    Campaign.objects.filter(pk=held.pk).update(due_on=today)
    Notice.objects.all().delete()
    job = start_job(by=BY, kind="readiness.remind", arguments={"day": today.isoformat()}, unit=top, at=AT)

    Worker().run(until_idle=True, housekeeping=False)

    job.refresh_from_db()
    assert (job.state, job.result["told"]) == ("done", 1)
