"""Who is told what of pilots and spreads: the coordinators of the units, each occasion once."""

from datetime import UTC, date, datetime, timedelta

import factories as make
import pytest
from django.utils import timezone
from pilots.made import AT, BEFORE, fixed, measure, pilot, read

from lantoa.accounts.models import User
from lantoa.directory.models import Level, Role, Unit
from lantoa.office.actions.jobs import start_job
from lantoa.office.actions.worker import Worker
from lantoa.office.models import Notice
from lantoa.pilots.actions.adopting import ask_help, give_help, step_done
from lantoa.pilots.actions.measuring import decide_gate, write_gate
from lantoa.pilots.actions.notices import remind_of_pilots, remind_of_steps
from lantoa.pilots.actions.pilots import fix_plan
from lantoa.pilots.actions.playbooks import load_playbook
from lantoa.pilots.actions.spreads import add_units, add_wave, begin_spread, settle_order
from lantoa.pilots.models import Adoption, Spread
from lantoa.pilots.queries.pilots import running_pilots
from lantoa.pilots.rules.playbook import read_playbook

pytestmark = pytest.mark.django_db
FIRST = date(2020, 9, 1)
BOOK = """lantoa_playbook = 1
[playbook]
code = "hai-buoc"
title = "Hai bước"

[[steps]]
code = "mot"
title = "Bước một"
week = 1
weeks = 2
evidence = "known"

[[steps]]
code = "hai"
title = "Bước hai"
week = 3
evidence = "known"

[[steps]]
code = "luc-nao"
title = "Lúc nào cũng được"
evidence = "known"
"""


def keeper(of: Unit) -> User:
    return make.user(Role.UNIT_COORDINATOR, on=of)


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


def reminded(first: date, last: date) -> dict[str, list[str]]:
    """By template the days from the first to the last on which somebody is told, asked every day, twice."""
    found: dict[str, list[str]] = {}
    day = first
    while day <= last:
        known = set(Notice.objects.values_list("pk", flat=True))
        for _again in range(2):
            remind_of_pilots(by=make.BY, pilots=running_pilots(on=day), at=at(day))
            remind_of_steps(by=make.BY, at=at(day))
        for row in Notice.objects.exclude(pk__in=known).order_by("pk"):
            found.setdefault(row.template, []).append(f"{day:%d/%m}")
        day += timedelta(days=1)
    return found


def test_a_gate_is_told_of_before_its_day_on_it_and_once_when_nobody_has_decided() -> None:
    unit = make.unit()
    keeper(unit)
    _made, of = fixed(unit)
    for day in (date(2020, 9, 30), date(2020, 10, 28)):
        read(of, 30, day)

    found = reminded(date(2020, 10, 20), date(2020, 11, 10))

    # Sunday 1 November: three working days before, the last working day, the day after
    assert found == {"pilots.gate_due": ["28/10", "30/10", "02/11"]}
    row = Notice.objects.filter(template="pilots.gate_due").first()
    assert row is not None
    assert (row.values["criterion"], row.values["due"]) == ("Dưới 25 phút", {"day": "2020-11-01"})


def test_a_gate_that_is_decided_is_told_of_no_more() -> None:
    unit = make.unit()
    keeper(unit)
    made, of = fixed(unit)
    read(of, 20, date(2020, 11, 1))
    decide_gate(by=make.BY, gate=made.gates.get(), passed=True, words="Đạt", on=date(2020, 11, 1))

    assert reminded(date(2020, 11, 1), date(2020, 11, 5)) == {}


def test_whoever_measures_is_told_once_that_a_value_is_late() -> None:
    owner, other = make.unit(), make.unit()
    keeper(owner)
    whom = keeper(other)
    made = pilot(owner)
    of = measure(made, unit=other)
    read(of, 40, BEFORE, baseline=True)
    write_gate(by=make.BY, pilot=made, day=date(2020, 12, 1), criterion="Dưới 25 phút", on=BEFORE)
    fix_plan(by=make.BY, pilot=made, at=AT, on=BEFORE)

    assert reminded(date(2020, 9, 28), date(2020, 10, 6)) == {"pilots.measure_late": ["02/10"]}
    row = Notice.objects.get()
    assert (row.user, row.values["due"]) == (whom, {"day": "2020-10-01"})
    read(of, 35, date(2020, 10, 6))
    assert reminded(date(2020, 10, 7), date(2020, 10, 20)) == {}


def test_the_owner_is_told_once_that_a_pilot_waits_for_its_decision() -> None:
    unit = make.unit()
    keeper(unit)
    made, of = fixed(unit)
    decide_gate(by=make.BY, gate=made.gates.get(), passed=True, words="Đạt", on=date(2020, 11, 1))
    read(of, 20, date(2020, 12, 31))

    assert reminded(date(2020, 12, 31), date(2021, 1, 5)) == {"pilots.decision_due": ["01/01"]}


def spread(office: Unit, units: list[Unit]) -> Spread:
    book = load_playbook(by=make.BY, unit=office, text=BOOK, at=AT)
    made = begin_spread(by=make.BY, unit=office, version=book.version, name="Nhân rộng")
    add_units(by=make.BY, spread=made, units=units, at=AT)
    add_wave(by=make.BY, spread=made, starts_on=FIRST, capacity=9)
    return settle_order(by=make.BY, spread=made, at=AT, on=BEFORE, units=[one.key for one in units])


def done(adoption: Adoption, step: str, day: date) -> None:
    step_done(by=make.BY, adoption=adoption, step=step, day=day, note="", at=at(day), on=day)


def test_the_weeks_of_a_playbook_say_by_when_a_step_is_done() -> None:
    assert read_playbook(BOOK).days == {"mot": 13, "hai": 20}


def test_a_unit_is_told_once_of_each_step_that_is_late() -> None:
    office = make.unit(level=Level.PROVINCE, kind="Tỉnh")
    slow, quick = make.unit(under=office), make.unit(under=office)
    whom = keeper(slow)
    keeper(quick)
    made = spread(office, [slow, quick])
    mine = made.adoptions.get(unit=quick)
    done(mine, "mot", date(2020, 9, 10))
    done(mine, "hai", date(2020, 9, 21))

    assert reminded(date(2020, 9, 1), date(2020, 9, 30)) == {"pilots.step_late": ["15/09", "22/09"]}
    rows = list(Notice.objects.order_by("pk"))
    assert [(row.user, row.values["step"], row.values["due"]["day"]) for row in rows] == [
        (whom, "Bước một", "2020-09-14"),
        (whom, "Bước hai", "2020-09-21"),
    ]


def test_help_is_asked_of_the_office_and_of_those_who_have_done_the_step_and_the_answer_goes_back() -> None:
    office = make.unit(level=Level.PROVINCE, kind="Tỉnh")
    asks, knows, other = (make.unit(under=office) for _ in range(3))
    asking, knowing, top = keeper(asks), keeper(knows), keeper(office)
    keeper(other)
    made = spread(office, [asks, knows, other])
    done(made.adoptions.get(unit=knows), "mot", date(2020, 9, 10))
    day = at(date(2020, 9, 12))

    asked = ask_help(by=make.BY, adoption=made.adoptions.get(unit=asks), text="Làm sao?", step="mot", at=day)

    rows = Notice.objects.filter(template="pilots.help_asked")
    assert set(rows.values_list("user", flat=True)) == {top.pk, knowing.pk}
    assert {row.values["step"] for row in rows} == {"Bước một"}
    give_help(by=make.BY, asked=asked, helper=knows, answer="Như thế này", at=day)
    assert [row.user for row in Notice.objects.filter(template="pilots.help_given")] == [asking]


@pytest.mark.django_db(transaction=True)
def test_the_job_of_the_day_reminds_of_both() -> None:
    unit = make.unit(level=Level.COUNTRY, kind="Nước")
    keeper(unit)
    fixed(unit)
    day = timezone.localdate().isoformat()
    job = start_job(by=make.BY, kind="pilots.remind", arguments={"day": day}, unit=unit, at=AT)

    Worker().run(until_idle=True, housekeeping=False)

    job.refresh_from_db()
    assert (job.state, job.result["pilots"], job.result["steps"]) == ("done", 3, 0)  # gate, value, decision


@pytest.mark.parametrize("count", [1, 3])
def test_reminding_of_steps_takes_the_same_queries_for_one_unit_and_for_three(
    count: int, django_assert_num_queries: object
) -> None:
    office = make.unit(level=Level.PROVINCE, kind="Tỉnh")
    units = [make.unit(under=office) for _ in range(count)]
    for unit in units:
        keeper(unit)
    spread(office, units)

    with django_assert_num_queries(16):  # type: ignore[operator]
        remind_of_steps(by=make.BY, at=at(date(2020, 9, 15)))

    assert Notice.objects.count() == count
