"""A country of sites: invited, reminded and carried over by long jobs that survive the end of their worker; people
who check in by the hundred."""

import random
import time
from datetime import timedelta
from typing import Any

import factories as make
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from office.conftest import Workers, row, until
from office.conftest import workers as workers_of_the_office
from workshops.held import BEFORE, T0, workshop

from lantoa.common.bulk import add_rows
from lantoa.directory.models import Level, Role
from lantoa.ledger.models import Entry
from lantoa.office.actions.jobs import start_job
from lantoa.office.actions.worker import Worker
from lantoa.office.models import Job, Notice
from lantoa.presence.actions import Arrival, call_roll, check_in_each, new_gathering
from lantoa.presence.models import Attendance, Gathering
from lantoa.presence.rules import code_at
from lantoa.workshops.actions.invitations import invite, remind
from lantoa.workshops.actions.sites import roots_of
from lantoa.workshops.actions.words import announce
from lantoa.workshops.models import Invitation, Site, Telling, Workshop
from lantoa.workshops.queries.invitations import INVITE, groups_asked_about
from lantoa.workshops.rules.groups import whole_groups
from lantoa.workshops.views import invitations as pages
from lantoa.workshops.views import sites as site_pages

workers = workers_of_the_office
pytestmark = pytest.mark.django_db(transaction=True)


def worked() -> None:
    Worker().run(until_idle=True, housekeeping=False)


def officer(of: Workshop) -> Client:
    client = Client()
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=of.unit))
    return client


def full(count: int, state: str = "ready", **values: Any) -> Workshop:
    """So many sites in threes: the first of each above the others, with somebody who looks after all three."""
    make.unit(level=Level.COUNTRY, kind="Nước")
    made = workshop(state=state, **values)
    people = [make.person(user=make.user(), phone=f"09{n:08}") for n in range(min(count // 3, 20))]
    tops = add_rows(
        Site,
        ("workshop_id", "code", "name", "place", "language", "operator_id", "expected"),
        [(made.pk, f"T{n}", f"Tỉnh {n}", n, "vi", people[n % len(people)].pk, 9) for n in range(count // 3)],
    )
    add_rows(
        Site,
        ("workshop_id", "code", "name", "place", "language", "above_id"),
        [(made.pk, f"X{n}", f"Xã {n}", count + n, "vi", tops[n // 2][0]) for n in range(count - count // 3)],
    )
    return made


# ---- long jobs


def test_more_sites_than_one_waits_for_are_invited_and_reminded_by_a_job_once(monkeypatch: Any) -> None:
    monkeypatch.setattr(pages, "AT_ONCE", 5)
    made = full(6)
    client = officer(made)
    address = reverse("workshops:send", args=[made.key])

    first, second = client.post(address), client.post(address)
    job = Job.objects.get(kind="workshops.invite")
    assert first.headers["Location"] == second.headers["Location"] == reverse("office:job", args=[job.key])
    worked()
    assert (row(job).state, row(job).result["sites"]) == ("done", 6)
    assert (Invitation.objects.count(), Notice.objects.filter(template="workshops.invited").count()) == (6, 2)

    start_job(
        by=make.BY, kind="workshops.invite", arguments={"workshop": made.key}, unit=made.unit, at=timezone.now()
    )
    client.post(reverse("workshops:remind_sites", args=[made.key]))
    worked()
    assert (Invitation.objects.count(), Notice.objects.filter(template="workshops.invited").count()) == (6, 2)
    assert Notice.objects.filter(template="workshops.reminded").count() == 2
    shown = client.get(reverse("office:job", args=[job.key])).content.decode()
    assert reverse("workshops:invitations", args=[made.key]) in shown


def test_more_sites_than_one_waits_for_are_carried_over_by_a_job_once(monkeypatch: Any) -> None:
    monkeypatch.setattr(site_pages, "AT_ONCE", 5)
    before = full(6)
    made = workshop(before.unit, previous=before)

    officer(made).post(reverse("workshops:carry", args=[made.key]))
    worked()

    job = Job.objects.get(kind="workshops.carry_over")
    assert (row(job).state, row(job).result["sites"]) == ("done", 6)
    assert tree_of(made) == tree_of(before)


def tree_of(made: Workshop) -> list[tuple[Any, ...]]:
    return list(made.sites.order_by("code").values_list("code", "above__code", "root__code", "operator"))


@pytest.mark.slow
def test_inviting_and_carrying_over_that_are_killed_at_random_moments_happen_once(workers: Workers) -> None:
    moment = random.Random(20261122)
    before = full(1_500)
    made = workshop(before.unit, state="ready", previous=before)
    asked = {"workshop": made.key}
    for kind, page in (("workshops.carry_over", "sites"), ("workshops.invite", "invitations")):
        job = start_job(by=make.BY, kind=kind, arguments=asked, unit=made.unit, at=timezone.now())
        for kill in range(3):
            process = workers.start()
            until(lambda: row(job).losses == kill and row(job).state in {"running", "done"}, "taken up")  # noqa: B023
            time.sleep(moment.uniform(0, 0.6))
            process.kill()
            process.wait()
            if row(job).state == "done":
                break
        workers.finish()
        assert row(job).state == "done", workers.log()
        assert row(job).result == {
            "url": reverse(f"workshops:{page}", args=[made.key]),
            "sites": 1_500,
            **({"others": 0} if kind == "workshops.invite" else {}),
        }
        lines = [one.about["sites"] for one in Entry.objects.filter(act=kind)]
        assert (sum(lines), len(lines)) == (1_500, {"workshops.carry_over": 1, "workshops.invite": 4}[kind])

    assert tree_of(made) == tree_of(before)
    assert Invitation.objects.filter(site__workshop=made).count() == 1_500
    assert Notice.objects.filter(template="workshops.invited").count() == 20


def test_a_country_is_invited_in_groups_so_that_the_chair_acts_meanwhile_and_a_killed_job_is_gone_on_with(
    workers: Workers,
) -> None:
    made = full(1_500, state="live")
    last = groups_asked_about(made, INVITE, on=timezone.localdate())[-1]
    start_job(
        by=make.BY, kind="workshops.invite", arguments={"workshop": made.key}, unit=made.unit, at=timezone.now()
    )

    with transaction.atomic():  # somebody is about to invite a site of the last group: there the job has to wait,
        # before its COMMIT, which would be carried out however dead the one is that sent it
        Invitation.objects.create(site_id=last[-1], invited_at=BEFORE)
        process = workers.start()
        until(lambda: Invitation.objects.count() == 1_500 - len(last) + 1, "all groups but the last")
        process.kill()
        process.wait()
        transaction.set_rollback(True)
    announce(by=make.BY, workshop=made, text="Xin chào", at=timezone.now())
    assert Notice.objects.filter(template="workshops.invited").count() < 20
    workers.finish()

    assert row(Job.objects.get(kind="workshops.invite")).result["sites"] == 1_500
    assert Invitation.objects.count() == 1_500
    assert Notice.objects.filter(template="workshops.invited").count() == 20
    told = Telling.objects.filter(workshop=made).order_by("number").values_list("number", flat=True)
    assert list(told) == list(range(1, len(told) + 1))


def test_a_group_is_of_whole_people() -> None:
    told = {1: [7], 2: [8, 9], 3: [], 4: [7], 5: [9], 6: [], 7: [8], 8: [5]}

    assert whole_groups(told, most=3) == [[1, 4], [2, 5, 7], [3, 6, 8]]
    assert whole_groups(told, most=1) == [[1, 4], [2, 5, 7], [3], [6], [8]]
    assert whole_groups({}, most=3) == []


def test_whoever_was_reminded_today_is_not_reminded_again_by_another_job() -> None:
    made = full(6)
    invite(by=make.BY, workshop=made, at=BEFORE)
    assert remind(by=make.BY, workshop=made, at=BEFORE) == (6, 0)
    assert remind(by=make.BY, workshop=made, at=BEFORE) == (0, 0)
    assert remind(by=make.BY, workshop=made, at=BEFORE + timedelta(days=1)) == (6, 0)


# ---- people who check in


def hall(people: int) -> tuple[Gathering, list[Arrival]]:
    made = new_gathering(source="workshops.site:0hall0000000", starts=T0, ends=T0 + timedelta(hours=3))
    made.opened_at = T0
    made.save()
    digits = code_at(bytes(made.code_secret), T0, made.code_seconds)
    come = [make.person() for _ in range(people)]
    return made, [Arrival(made.source, one.key, digits, f"user:{one.key}", T0) for one in come]


def test_a_hundred_who_check_in_together_cost_as_many_statements_as_one() -> None:
    _made, come = hall(101)
    counts = []
    for some in (come[:1], come[1:]):
        with CaptureQueriesContext(connection) as asked:
            assert check_in_each(some) == [""] * len(some)
        counts.append(len([one for one in asked if not one["sql"].startswith(("BEGIN", "COMMIT"))]))

    assert counts == [4, 4]
    assert Attendance.objects.filter(state="present", share=1, how="code").count() == 101
    lines = Entry.objects.filter(act="presence.check_in")
    assert sorted(lines.values_list("thing", "actor")) == sorted(
        (f"presence.attendance:{one.key}", one.by) for one in Attendance.objects.all()
    )


def test_whoever_was_entered_as_absent_and_comes_is_named_in_the_ledger() -> None:
    made, come = hall(1)
    person = make.person()
    call_roll(by=make.BY, gathering=made, states={person.pk: "absent"}, at=T0, expected=[])
    late = Arrival(made.source, person.key, come[0].digits, f"user:{person.key}", T0)

    assert check_in_each([late, *come]) == ["", ""]

    assert Attendance.objects.get(person=person).state == "present"
    assert Entry.objects.get(act="presence.check_in", about__has_key="person").about["person"] == person.key


# ---- the tree, before it is written


def test_every_site_has_its_topmost_one_whatever_their_order_and_a_circle_is_left_to_be_refused() -> None:
    assert roots_of({}) == {}
    assert roots_of({3: 2, 2: 1, 1: None, 4: 9, 5: 4}) == {3: 1, 2: 1, 1: 1, 4: 4, 5: 4}
    assert roots_of({1: 2, 2: 3, 3: 1, 4: 1}) == {1: 1, 2: 2, 3: 3, 4: 1}
    deep = roots_of({n: n - 1 if n else None for n in range(50_000)})
    assert set(deep.values()) == {0}
