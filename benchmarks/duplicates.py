"""People who may be recorded twice, among 100,000: how long the desk's page takes. Prints JSON.

    python benchmarks/duplicates.py [--people 100000]

In a scratch database of its own. 200 units under one
province; 4,800 names, as common as they are in life; one person in a hundred is recorded twice, with one thing or
another left out. `night_ms` is the job that puts all beside each other and remembers the pairs. After it, `page_ms`
is the whole answer of the page by Django's test client (without the network), for whoever keeps the country, a
province and one ward; `query_ms` the question alone, `whole` without what was remembered. All people are invented.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from _measure import report, summary
from _people import invented_name

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
RUNS = 7
WARDS = 200
DAY = date(2020, 1, 1)


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    people = parser.parse_args().people
    from config.scratch import scratch_database

    with scratch_database():
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        try:
            call_command("migrate", verbosity=0, interactive=False)
            call_command("collectstatic", verbosity=0, interactive=False)
            report("duplicates", measured(people))
        finally:
            connections.close_all()


def measured(people: int) -> dict[str, Any]:
    """The figures."""
    from django.db import connection
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from lantoa.directory import queries
    from lantoa.directory.actions import remember_lookalikes
    from lantoa.directory.models import Person, Unit
    from lantoa.ledger.rules import Machine

    country, province, wards = places()
    fill(people, wards)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    started = time.perf_counter()
    remember_lookalikes(by=Machine("benchmark"), at=timezone.now())
    night = round((time.perf_counter() - started) * 1000)
    run = queries.last_run()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    address = reverse("directory:duplicates")
    keepers = {"country": country, "province": province, "ward": wards[0]}
    pages = {}
    for name, unit in keepers.items():
        client = Client(SERVER_NAME="127.0.0.1")
        client.force_login(keeper(name, unit))
        pages[name] = timed(lambda client=client: client.get(address))  # type: ignore[misc]
    ward = queries.in_care_of(Unit.objects.filter(pk=wards[0].pk), everywhere=False, on=DAY)
    return {
        "people": Person.objects.count(),
        "pairs": queries.duplicates(Person.objects.all(), page=1, size=25)[1],
        "night_ms": night,
        "page_ms": pages,
        "query_ms": {
            "whole": timed(lambda: queries.duplicates(Person.objects.all(), page=1, size=25)),
            "country": timed(lambda: queries.duplicates(Person.objects.all(), page=1, size=25, run=run)),
            "ward": timed(lambda: queries.duplicates(ward, page=1, size=25, run=run)),
        },
    }


def places() -> tuple[Any, Any, list[Any]]:
    """The country, its province, and the wards of it."""
    from lantoa.directory.models import Decision, Level, Placement, Unit, period_of

    decision = Decision.objects.create(number="1", issued_on=DAY, issuer="Đo lường", title="Đo lường")

    def made(name: str, level: str, under: Any) -> Any:
        unit = Unit.objects.create()
        Placement.objects.create(
            unit=unit, period=period_of(DAY, None), level=level, kind="", name=name, parent=under,
            decision=decision, folded=name.lower(), sort_key=name.lower(),
        )  # fmt: skip
        return unit

    country = made("Vietnam", Level.COUNTRY, None)
    province = made("Tinh", Level.PROVINCE, country)
    return country, province, [made(f"Phuong {number}", Level.COMMUNE, province) for number in range(WARDS)]


def keeper(name: str, unit: Any) -> Any:
    """An account that may merge people of the unit."""
    from lantoa.accounts.models import User
    from lantoa.directory.models import RoleGrant

    user = User.objects.create(username=f"dolu{name}", full_name="Đo Lường")
    RoleGrant.objects.create(user=user, role="programme_officer", unit=unit, since=DAY, granted_by="benchmark")
    return user


def somebody(people: int) -> Iterator[dict[str, Any]]:
    """Invented people; each hundredth comes a second time, with something left out."""
    chance = random.Random(2026)
    for number in range(people):
        one = {
            "full_name": invented_name(chance),
            "birth_year": chance.randrange(1960, 2000),
            "birth_month": chance.randrange(1, 13),
            "birth_day": chance.randrange(1, 29),
            "gender": chance.choice("fm"),
            "phone": f"09{number:08d}",
            "email": f"u{number}@example.vn",
        }
        yield one
        if number % 100 == 0:
            kept = (
                "full_name",
                *(("phone", "email") if number % 200 else ("birth_year", "birth_month", "birth_day")),
            )
            yield {name: one[name] for name in kept}


def fill(people: int, wards: list[Any]) -> None:
    """The people, each with a post in a ward; whoever is recorded twice, in the same one."""
    from lantoa.common.vietnamese import fold, person_sort_key
    from lantoa.directory.models import Person, Post, period_of

    rows = [
        Person(**one, folded=fold(one["full_name"]), sort_key=person_sort_key(one["full_name"]))
        for one in somebody(people)
    ]
    made = Person.objects.bulk_create(rows, batch_size=5_000)
    period = period_of(DAY, None)
    Post.objects.bulk_create(
        (Post(person=one, unit=wards[place * 7 // 10 % WARDS], period=period, source="benchmark") for place, one in
         enumerate(made)),
        batch_size=5_000,
    )  # fmt: skip


def timed(act: Callable[[], object]) -> dict[str, Any]:
    """Wall time in milliseconds, the first call not counted."""
    act()
    walls = []
    for _run in range(RUNS):
        started = time.perf_counter()
        act()
        walls.append((time.perf_counter() - started) * 1000)
    return summary(walls)


if __name__ == "__main__":
    main()
