"""The page of a leader of a province with 168 communes and five years of data: what page and paper cost the server.

python benchmarks/leader.py [--requests 100] [--people 60] [--targets 6]   prints JSON

Ho Chi Minh City of today in a scratch database, with 60 people a commune who learn and sit an exam year after year
(before July 2025 from the wards of then, which count with their heirs), five published campaigns of an index, six
targets that go down to every commune with a figure a year, 60 pilots, three playbooks taken on by every commune, and
a campaign, an index and a call that are open. Asked through Django's test client in this process: wall time from the
request to the last byte, the database's time included, as one reader after the other would wait. All is invented.
"""

import argparse
import gzip
import logging
import random
import statistics
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from _measure import describe_machine, report
from _people import invented_name

TODAY = date(2026, 6, 15)
YEARS = (2021, 2022, 2023, 2024, 2025)
MERGED = date(2025, 7, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--people", type=int, default=60, help="in each commune")
    parser.add_argument("--targets", type=int, default=6, help="that go down to every commune")
    options = parser.parse_args()
    import os

    from config.scratch import scratch_database

    with scratch_database():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        from django.db import connections

        try:
            report("leader", measured(options))
        finally:
            connections.close_all()


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """The figures of page and paper, today and on a past day."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    from config.web import settle
    from lantoa.accounts.models import User
    from lantoa.directory.models import Role, RoleGrant

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    logging.disable(logging.WARNING)
    settings.ALLOWED_HOSTS = ["*"]
    started = time.perf_counter()
    city = filled(options)
    filling = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    settle()  # as the process that serves
    officer = User.objects.create(username="canbo", full_name="Cán bộ")
    RoleGrant.objects.create(
        user=officer, role=Role.PROGRAMME_OFFICER, unit=city, since=date(2020, 1, 1), granted_by="benchmark"
    )
    client = Client()
    client.force_login(officer)
    page, paper = (reverse(name, args=[city.key]) for name in ("web:leader", "web:leader_paper"))
    asked = {
        "page": f"{page}?on={TODAY}",
        "page, sorted by readiness": f"{page}?on={TODAY}&sort=-readiness",
        "page, of a day two years before": f"{page}?on=2024-06-15",
        "paper": f"{paper}?on={TODAY}",
    }
    return {
        "rows": rows(),
        "filled_in_s": round(filling, 1),
        "load_before": describe_machine()["load"],
        "how": "wall time of one request after the other through the test client, database included",
        **{name: cost(client, address, options.requests) for name, address in asked.items()},
    }


def cost(client: Any, address: str, requests: int) -> dict[str, Any]:
    """Milliseconds of so many requests, queries and bytes of one."""
    from django.db import connection

    waited: list[float] = []

    def watch(execute: Any, *rest: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(*rest)
        finally:
            waited.append((time.perf_counter() - begun) * 1000)

    client.get(address)
    with connection.execute_wrapper(watch):
        answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    used = time.process_time()
    taken = []
    for _turn in range(requests):
        begun = time.perf_counter()
        client.get(address)
        taken.append((time.perf_counter() - begun) * 1000)
    used = (time.process_time() - used) * 1000 / requests
    return {
        "ms_median": round(statistics.median(taken), 1),
        "ms_p95": round(statistics.quantiles(taken, n=20)[-1], 1),
        "ms_most": round(max(taken), 1),
        "requests": requests,
        "cpu_ms_of_this_process": round(used, 1),
        "queries": len(waited),
        "database_ms_of_one": round(sum(waited), 1),
        "bytes": len(answer.content),
        "bytes_compressed": len(gzip.compress(answer.content, 6)),
    }


def rows() -> dict[str, int]:
    """How much there is."""
    from lantoa.directory.models import Post
    from lantoa.exams.models import Attempt
    from lantoa.pilots.models import Adoption, Pilot, StepDone
    from lantoa.programmes.models import Measurement, Target
    from lantoa.readiness.models import Result
    from lantoa.training.models import Enrolment

    counted = (Post, Enrolment, Attempt, Result, Target, Measurement, Pilot, Adoption, StepDone)
    return {model.__name__: model.objects.count() for model in counted}


# ---- five years of a city


def moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 3, tzinfo=UTC)


def filled(options: argparse.Namespace) -> Any:
    """Makes it all; the city."""
    from lantoa.directory.actions import import_units
    from lantoa.directory.queries import built_in, unit_at, units_under
    from lantoa.ledger.rules import Machine

    by = Machine("benchmark")
    import_units(by=by, listed=built_in(), apply=True)
    city = unit_at("province", "79", on=TODAY)
    assert city is not None
    communes = [one.unit for one in units_under(city, on=TODAY, level="commune")]
    chance = random.Random("lantoa")
    learn(city, communes, options.people, chance)
    measure_readiness(by, city, communes, chance)
    set_targets(city, communes, options.targets, chance)
    try_things(by, city, communes, chance)
    return city


def learn(city: Any, communes: list[Any], each: int, chance: random.Random) -> None:
    """People with posts; every year some of them are in a class of forty, complete it, and sit its exam."""
    from lantoa.common.vietnamese import fold, person_sort_key
    from lantoa.competence.models import Course
    from lantoa.directory.models import Person, Post, SuccessionLink, period_of
    from lantoa.exams.models import Attempt, Paper, Sitting, Variant
    from lantoa.programmes.models import Programme
    from lantoa.training.models import Asked, Call, ClassExam, Enrolment, TrainingClass

    before: dict[int, list[int]] = {}
    links = SuccessionLink.objects.filter(default=True, succession__day=MERGED, heir__in=communes)
    for forebear, heir in links.values_list("forebear_id", "heir_id"):
        before.setdefault(heir, []).append(forebear)
    people: list[Any] = []
    where: list[Any] = []
    for unit in communes:
        for number in range(each):
            name = invented_name(chance)
            folded, key = fold(name), person_sort_key(name)
            people.append(Person(full_name=name, folded=folded, sort_key=key, birth_year=1965 + number % 40))
            where.append(unit)
    Person.objects.bulk_create(people, batch_size=5_000)
    since = period_of(date(2021, 1, 1), None)
    Post.objects.bulk_create(
        (
            Post(person=one, unit=unit, title="Công chức", period=since, source="benchmark:1")
            for one, unit in zip(people, where, strict=True)
        ),
        batch_size=5_000,
    )
    course = Course.objects.create(unit=city, code="cds", title="Chuyển đổi số")
    paper = Paper.objects.create(unit=city, title="Đề", made_by="benchmark", made_at=moment(TODAY))
    variant = Variant.objects.create(paper=paper, number=1, seed=1, made_by="benchmark", made_at=moment(TODAY))
    for year in YEARS:
        programme = Programme.objects.create(
            unit=city,
            code=f"ct-{year}",
            name=f"Bồi dưỡng năm {year}",
            period=period_of(date(year, 3, 1), date(year + 1, 1, 1)),
        )
        learners = chance.sample(range(len(people)), len(people) * 2 // 5)
        end = moment(date(year, 11, 20))
        enrolments, attempts = [], []
        for at in range(0, len(learners), 40):
            held = TrainingClass.objects.create(
                programme=programme, course=course, unit=city, code=f"L{at // 40}", place="Hội trường", capacity=40
            )
            sitting = Sitting.objects.create(
                unit=city,
                paper=paper,
                title=f"Kiểm tra cuối khóa {year}",
                together=True,
                minutes=45,
                starts_at=end,
                published_at=end + timedelta(days=5),
                made_by="benchmark",
                made_at=end,
            )
            ClassExam.objects.create(training_class=held, sitting=sitting, purpose="post")
            for one in learners[at : at + 40]:
                unit = where[one].pk
                if end < moment(MERGED) and unit in before:
                    unit = chance.choice(before[unit])
                done = chance.random() < 0.85
                enrolments.append(
                    Enrolment(
                        training_class=held,
                        person=people[one],
                        unit_id=unit,
                        enrolled_at=moment(date(year, 3, 2)),
                        completed_at=end if done else None,
                        source="benchmark:1",
                    )
                )
                if done:
                    points = Decimal(chance.randint(8, 30))
                    attempts.append(
                        Attempt(
                            sitting=sitting,
                            person=people[one],
                            variant=variant,
                            started_at=end,
                            handed_in_at=end + timedelta(minutes=40),
                            points=points,
                            out_of=Decimal(30),
                            marked_at=end + timedelta(days=1),
                        )
                    )
        Enrolment.objects.bulk_create(enrolments, batch_size=5_000)
        Attempt.objects.bulk_create(attempts, batch_size=5_000)
    call = Call.objects.create(
        programme=Programme.objects.latest("pk"),
        course=course,
        unit=city,
        title="Cử học viên",
        places=100,
        due_on=TODAY + timedelta(days=20),
        opened_at=moment(TODAY - timedelta(days=5)),
        opened_by="benchmark",
    )
    Asked.objects.bulk_create(Asked(call=call, unit=unit) for unit in communes)


def measure_readiness(by: Any, city: Any, communes: list[Any], chance: random.Random) -> None:
    """A published campaign a year, and one that is open."""
    from lantoa.readiness.actions.indices import load_index
    from lantoa.readiness.models import Campaign, Result, Sheet
    from lantoa.readiness.queries.indices import index_of, ready_made_text

    text = ready_made_text("cap-xa-2026")
    assert text is not None
    version = load_index(by=by, unit=city, text=text, at=moment(date(2021, 1, 5)))
    index, previous = index_of(version), None
    codes = [*(one.code for one in index.components), *(one.code for one in index.groups)]
    last: dict[int, int] = {}
    for year in (*YEARS, 2026):
        is_open = year == 2026
        held = Campaign.objects.create(
            unit=city,
            version=version,
            year=year,
            title=f"Mức độ sẵn sàng {year}",
            on=date(year, 1, 2),
            due_on=date(year, 9, 30),
            state="open" if is_open else "published",
            previous=previous,
            seed=1,
            made_by="benchmark",
            made_at=moment(date(year, 1, 2)),
            published_at=None if is_open else moment(date(year, 12, 10)),
        )
        if is_open:
            Sheet.objects.bulk_create(Sheet(campaign=held, unit=unit) for unit in communes)
            break
        scores = {unit.pk: chance.randint(300_000, 950_000) for unit in communes}
        order = sorted(scores, key=lambda unit: -scores[unit])
        places = {unit: place for place, unit in enumerate(order, 1)}
        Result.objects.bulk_create(
            Result(
                campaign=held,
                unit_id=unit,
                score=score,
                declared=score,
                rank=places[unit],
                rank_low=max(1, places[unit] - 9),
                rank_high=places[unit] + 9,
                nodes={code: chance.randint(0, 1_000_000) for code in codes},
                pillars={pillar.code: chance.randint(0, 1_000_000) for pillar in index.pillars},
                change={"before": last[unit], "base": last[unit], "rescored": last[unit]} if last else None,
            )
            for unit, score in scores.items()
        )
        last, previous = scores, held


def set_targets(city: Any, communes: list[Any], count: int, chance: random.Random) -> None:
    """Targets of the city that are the mean or the ratio of its communes, with a figure of each for every year."""
    from lantoa.directory.models import period_of
    from lantoa.programmes.models import Due, Measurement, Milestone, Reporting, Review, Target

    since, made = date(2021, 1, 1), []
    for number in range(count):
        values: dict[str, Any] = {
            "name": f"Chỉ tiêu {number + 1}",
            "folded": f"chi tieu {number + 1}",
            "pillar": Target.Pillar.values[number % 3],
            "kind": "at_least",
            "measure": "%",
            "roll_up": ("mean", "ratio")[number % 2],
            "since": since,
            "baseline": Decimal(10),
            "baseline_year": 2020,
        }
        top = Target.objects.create(unit=city, code=f"C{number}", **values)
        shares = [
            Target(unit=unit, code=f"C{number}", parent=top, way="copied", **values | {"roll_up": ""})
            for unit in communes
        ]
        made += Target.objects.bulk_create(shares)
        Milestone.objects.bulk_create(
            Milestone(target=one, year=year, value=value)
            for one in (top, *shares)
            for year, value in ((2025, Decimal(70)), (2030, Decimal(95)))
        )
    for year in YEARS:
        at = moment(date(year + 1, 1, 20))
        lines = Measurement.objects.bulk_create(
            Measurement(
                target=one,
                unit_id=one.unit_id,
                period=period_of(date(year, 1, 1), date(year + 1, 1, 1)),
                number=1,
                value=Decimal(part := chance.randint(20, 95)),
                part=Decimal(part * 10),
                whole=Decimal(1000),
                reported_by="benchmark",
                reported_at=at,
            )
            for one in made
        )
        Review.objects.bulk_create(
            Review(measurement=line, verdict="approved", by="benchmark", at=at + timedelta(days=3))
            for line in lines
            if chance.random() < 0.97
        )
    asked = Reporting.objects.create(
        unit=city,
        title="Số liệu 6 tháng",
        period=period_of(date(2026, 1, 1), date(2026, 7, 1)),
        due_on=TODAY + timedelta(days=12),
        opened_at=moment(TODAY - timedelta(days=3)),
        opened_by="benchmark",
    )
    Due.objects.bulk_create(Due(reporting=asked, target=one) for one in made)


def try_things(by: Any, city: Any, communes: list[Any], chance: random.Random) -> None:
    """Pilots of four months over the years, and playbooks that every commune takes on."""
    from lantoa.directory.models import period_of
    from lantoa.pilots.actions.playbooks import load_playbook
    from lantoa.pilots.models import Adoption, Pilot, Spread, StepDone, Wave
    from lantoa.pilots.queries.playbooks import book_of, shipped

    text = shipped()["vi-huong-2020.toml"]
    for number in range(60):
        first = date(2021, 2, 1) + timedelta(days=33 * number)
        over = first + timedelta(days=120) < TODAY
        Pilot.objects.create(
            code=f"td-{number}",
            name=f"Thí điểm {number}",
            unit=chance.choice(communes),
            problem="-",
            hypothesis="-",
            period=period_of(first, first + timedelta(days=120)),
            fixed_at=moment(first - timedelta(days=9)),
            outcome="spread" if over else "",
            outcome_reason="-" if over else "",
            decided_on=first + timedelta(days=125) if over else None,
        )
    version = load_playbook(by=by, unit=city, text=text, at=moment(date(2021, 1, 5))).version
    steps = list(book_of(version).steps)
    for number, year in enumerate((2022, 2024, 2026)):
        spread = Spread.objects.create(
            name=f"Nhân rộng {year}",
            unit=city,
            version=version,
        )
        waves = [
            Wave.objects.create(spread=spread, number=at + 1, starts_on=date(year, 2 + 4 * at, 1), capacity=84)
            for at in range(2)
        ]
        adoptions = Adoption.objects.bulk_create(
            Adoption(
                spread=spread,
                unit=unit,
                place=at + 1,
                wave=waves[at % 2],
                added_at=moment(date(year, 1, 2)),
                added_by="benchmark",
            )
            for at, unit in enumerate(communes)
        )
        spread.order, spread.settled_at = "list", moment(date(year, 1, 3))
        spread.save()
        StepDone.objects.bulk_create(
            StepDone(
                adoption=one,
                step=step,
                on=date(year, 3, 1) + timedelta(days=9 * at),
                entered_at=moment(date(year, 3, 1)),
                entered_by="benchmark",
            )
            for one in adoptions
            for at, step in enumerate(steps[: chance.randint(0, len(steps)) if number else len(steps)])
        )


if __name__ == "__main__":
    main()
