"""Who is told what of figures: asked, near and over the last day, returned. Each occasion once."""

from datetime import UTC, date, datetime, timedelta

import factories as make
import pytest
from django.utils import timezone

from lantoa.directory.models import Role, Unit
from lantoa.office.actions.jobs import start_job
from lantoa.office.actions.worker import Worker
from lantoa.office.models import Notice
from lantoa.programmes.actions.measurements import review_figures
from lantoa.programmes.actions.reporting import ask_for, open_reporting, remind_of_deadline
from lantoa.programmes.models import Reporting, Target
from lantoa.programmes.rules.spans import span_at

pytestmark = pytest.mark.django_db
YEAR = span_at("year", date(2025, 1, 1))
DUE = date(2026, 1, 20)  # a Tuesday


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def campaign(office: Unit, *targets: Target, due_on: date = DUE) -> Reporting:
    opened = at(date(2026, 1, 2))
    made = open_reporting(by=make.BY, unit=office, title="Số liệu 2025", span=YEAR, due_on=due_on, at=opened)
    ask_for(by=make.BY, reporting=made, targets=targets, at=opened)
    Notice.objects.all().delete()
    return made


def test_who_owes_figures_is_reminded_before_the_last_day_on_it_and_once_when_it_is_over() -> None:
    office, ward, punctual = make.unit(), make.unit(), make.unit()
    owing = make.user(Role.UNIT_COORDINATOR, on=ward)
    make.user(Role.UNIT_COORDINATOR, on=punctual)
    done = make.target(punctual)
    make.figure(done, 2025, 5)
    made = campaign(office, make.target(ward), make.target(ward), done)

    days = [DUE + timedelta(days=one) for one in range(-8, 6)]
    told = [
        f"{day:%d}"
        for day in days
        for _twice in range(2)
        if remind_of_deadline(by=make.BY, reporting=made, at=at(day))
    ]

    assert told == ["15", "20", "21"]
    rows = list(Notice.objects.order_by("pk"))
    assert [row.template.partition(".")[2] for row in rows] == ["figures_due", "figures_due", "figures_late"]
    assert {row.user for row in rows} == {owing}
    assert [row.good_until is None for row in rows] == [False, False, True]


def test_a_figure_that_came_back_and_was_not_mended_is_owed() -> None:
    ward = make.unit()
    make.user(Role.UNIT_COORDINATOR, on=ward)
    target = make.target(ward)
    line = make.figure(target, 2025, 5)
    made = campaign(make.unit(), target)
    assert remind_of_deadline(by=make.BY, reporting=made, at=at(DUE)) == 0

    review_figures(by=make.BY, lines=[line], verdict="returned", reason="Sai đơn vị", at=at(DUE))

    assert remind_of_deadline(by=make.BY, reporting=made, at=at(DUE)) == 1


def test_a_unit_is_told_in_one_message_which_figures_came_back() -> None:
    ward, other = make.unit(), make.unit()
    whom = make.user(Role.UNIT_COORDINATOR, on=ward)
    make.user(Role.UNIT_COORDINATOR, on=other)
    lines = [make.figure(make.target(ward, code=f"C-{one}"), 2025, 5) for one in range(9)]
    fine = make.figure(make.target(other), 2025, 5)

    review_figures(by=make.BY, lines=lines, verdict="returned", reason="Sai đơn vị", at=at(DUE))
    review_figures(by=make.BY, lines=[fine], verdict="approved", at=at(DUE))

    row = Notice.objects.get()
    assert (row.user, row.template, row.values["count"]) == (whom, "programmes.figures_returned", 9)
    assert row.values["codes"] == "C-0, C-1, C-2, C-3, C-4, C-5, C-6, C-7 …"
    assert "Sai" not in str(row.values)


@pytest.mark.django_db(transaction=True)
def test_the_job_of_the_day_looks_at_campaigns_that_are_open() -> None:
    top = make.unit(level="country", kind="Nước")
    make.user(Role.UNIT_COORDINATOR, on=top)
    today = timezone.localdate()
    made = campaign(top, make.target(top))
    closed = campaign(top, make.target(top))
    Reporting.objects.update(due_on=today - timedelta(days=3))
    Reporting.objects.filter(pk=closed.pk).update(closed_at=at(DUE))
    kind = "programmes.remind_figures"
    job = start_job(by=make.BY, kind=kind, arguments={"day": today.isoformat()}, unit=top, at=at(DUE))

    Worker().run(until_idle=True, housekeeping=False)

    job.refresh_from_db()
    assert (job.state, job.result["told"]) == ("done", 1)
    assert Notice.objects.get(template="programmes.figures_late").about == f"programmes.reporting:{made.key}"
