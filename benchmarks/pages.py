"""What a page costs the server, with the demonstration alone and with 100,000 people more.

python benchmarks/pages.py [--people 100000] [--enrolments 20000] [--runs 5]   prints JSON

Every page of the URL configuration, for every account of the demonstration that it answers, asked through Django's
test client in this process: CPU is that of this process (routing, queries, templates; neither the network nor the
database server, whose time is given apart as seen from here). The people stand in all 3,321 communes of today;
20,000 of them are in ten programmes of Ho Chi Minh City with classes of 40 and four meetings each, rolls called.
The number of queries of each page is compared between the two sizes. The people are invented.
"""

import argparse
import contextlib
import io
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Container, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from _measure import ROOT, report
from _people import invented_name

sys.path.insert(0, str(ROOT / "tests"))
LIMIT_MS = 50
AGAIN = 9  # runs of those over the limit, at the end: whether it was the page or the machine at that moment
CLASS_SIZE = 40
PROGRAMMES = 10
MEETINGS = 4

Page = tuple[str, str, str]  # name of the address, corner, reader


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--enrolments", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    from config.scratch import scratch_database

    with scratch_database():
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        import django

        django.setup()
        from django.db import connections

        try:
            report("pages", measured(options))
        finally:
            connections.close_all()


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """The figures of both sizes, the pages over the limit and those whose queries grow."""
    from django.conf import settings
    from django.core.management import call_command

    from config.web import settle

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    with contextlib.redirect_stderr(io.StringIO()):
        call_command("load_demonstration", apply=True)
    settings.ALLOWED_HOSTS = ["*"]
    settle()  # as the process that serves
    ask = asker()
    from journeys.corners import corners

    places: dict[str, Any] = {name: place for name, place in corners().items() if name in ("finished", "running")}
    pace = [loop_ms()]
    small = dict(visited(ask, places, options.runs))
    pace.append(loop_ms())
    started = time.perf_counter()
    places["large"] = filled(options.people, options.enrolments)
    filling = time.perf_counter() - started
    pace.append(loop_ms())
    large = dict(visited(ask, places, options.runs))
    pace.append(loop_ms())
    dear = {page for page, figures in large.items() if figures["cpu_ms"] > LIMIT_MS}
    again = dict(visited(ask, places, AGAIN, dear))
    pace.append(loop_ms())
    grown = {
        " ".join(page): [small[page]["queries"], figures["queries"]]
        for page, figures in large.items()
        if page in small and figures["queries"] > small[page]["queries"]
    }
    more = {
        " ".join(page): [small[name, "finished", reader]["queries"], figures["queries"]]
        for page, figures in large.items()
        for name, corner, reader in [page]
        if corner == "large"
        and (name, "finished", reader) in small
        and figures["queries"] > small[name, "finished", reader]["queries"]
    }
    return {
        "people": options.people,
        "enrolments": options.enrolments,
        "filled_in_s": round(filling, 1),
        "how": "CPU of this process through the test client, median of the runs; database_ms is waiting for it",
        "loop_of_a_million_ms": pace,
        "demonstration_alone": summed(small),
        "with_all": summed(large),
        "over_the_limit": {
            " ".join(page): figures | {"cpu_ms_again": again[page]["cpu_ms"]}
            for page, figures in by_cost(large)
            if page in again
        },
        "over_the_limit_again_too": sum(1 for figures in again.values() if figures["cpu_ms"] > LIMIT_MS),
        "more_queries_with_more_data": grown,
        "more_queries_in_a_large_programme": more,
    }


def loop_ms() -> float:
    """How fast the machine is at this moment: a million turns of an empty loop, the median of five. Machines that
    share their processor differ by a half from one minute to the next, and the figures of pages with them."""
    taken = []
    for _ in range(5):
        before = time.process_time()
        for _turn in range(1_000_000):
            pass
        taken.append((time.process_time() - before) * 1000)
    return round(statistics.median(taken), 1)


def summed(pages: dict[Page, dict[str, Any]]) -> dict[str, Any]:
    """All pages of one size in a few figures, and the ten dearest."""
    costs = [figures["cpu_ms"] for figures in pages.values()]
    return {
        "pages": len(pages),
        "cpu_ms_median": round(statistics.median(costs), 1),
        "cpu_ms_95_percent": round(statistics.quantiles(costs, n=20)[-1], 1),
        "cpu_ms_most": max(costs),
        f"pages_over_{LIMIT_MS}_ms": sum(1 for cost in costs if cost > LIMIT_MS),
        "dearest": {" ".join(page): figures for page, figures in by_cost(pages)[:10]},
    }


def by_cost(pages: dict[Page, dict[str, Any]]) -> list[tuple[Page, dict[str, Any]]]:
    """The dearest first."""
    return sorted(pages.items(), key=lambda one: -one[1]["cpu_ms"])


Ask = Callable[[str, str, int], "dict[str, Any] | None"]


def asker() -> Ask:
    """Asks a page as a reader so many times; None where it does not answer with a page."""
    import logging

    from django.db import connection
    from django.test import Client

    from lantoa.accounts.models import User
    from lantoa.web.demonstration import SIGN_INS

    logging.disable(logging.WARNING)
    clients = {one.username: Client(raise_request_exception=True) for one in SIGN_INS}
    for name, client in clients.items():
        client.force_login(User.objects.get(username=name))

    def ask(reader: str, address: str, runs: int) -> dict[str, Any] | None:
        waited: list[float] = []
        worst = ["", 0.0]

        def watch(execute: Any, sql: str, *rest: Any) -> Any:
            begun = time.perf_counter()
            try:
                return execute(sql, *rest)
            finally:
                spent = time.perf_counter() - begun
                waited.append(spent)
                if spent > worst[1]:
                    worst[:] = [sql, spent]

        client, costs, queries, database = clients[reader], [], 0, 0.0
        for turn in range(runs + 1):
            waited.clear()
            before = time.process_time()
            with connection.execute_wrapper(watch):
                answer = client.get(address)
            cost = time.process_time() - before
            said = answer.headers.get("Content-Type", "")
            if answer.status_code != 200 or "text/html" not in said or b"<html" not in answer.content:
                return None
            if turn:
                costs.append(cost * 1000)
                queries, database = len(waited), sum(waited)
        figures = {
            "cpu_ms": round(statistics.median(costs), 1),
            "database_ms": round(database * 1000, 1),
            "queries": queries,
        }
        if database > 0.05:
            figures["dearest_query"] = f"{worst[1] * 1000:.0f} ms: {worst[0][:300]}"
        return figures

    return ask


def visited(
    ask: Ask, places: dict[str, Any], runs: int, only: Container[Page] | None = None
) -> Iterator[tuple[Page, dict[str, Any]]]:
    """Every page of every corner for every reader whom it answers, or only some of them."""
    from django.urls import reverse
    from house.test_rights import NO_UNIT, THINGS
    from house.urls import all_urls

    from lantoa.web.demonstration import SIGN_INS

    for make in THINGS.values():  # a corner makes its things when asked: all of them now, so that no list grows later
        for place in places.values():
            make(place)
    for url in all_urls():
        for corner, place in places.items():
            if not url.arguments and corner != "finished":
                continue
            make = THINGS.get(url.name) or NO_UNIT.get(url.name)
            if url.arguments and make is None:
                continue  # not a page: asked with a token
            address = reverse(url.name, kwargs=make(place) if make else None)
            for one in SIGN_INS:
                page = (url.name, corner if url.arguments else "", one.username)
                if (only is None or page in only) and (figures := ask(one.username, address, runs)):
                    yield page, figures


# ---- 100,000 people


def filled(people: int, enrolments: int) -> Any:
    """Makes the people, their posts, programmes, classes, meetings and rolls; a corner with one of the programmes."""
    from django.db import connection
    from django.utils import timezone
    from journeys.corners import Standing

    from lantoa.common.vietnamese import fold, person_sort_key
    from lantoa.directory.models import Level, Person, Placement, Post, Unit, period_of
    from lantoa.directory.queries.units import unit_finder
    from lantoa.training.models import Enrolment

    chance, on = random.Random("lantoa"), timezone.localdate()
    communes = list(
        Placement.objects.filter(level=Level.COMMUNE, period__contains=on)
        .order_by("unit")
        .values_list("unit", flat=True)
    )
    made: list[Any] = []
    for number in range(people):
        name = invented_name(chance)
        made.append(
            Person(
                full_name=name,
                folded=fold(name),
                sort_key=person_sort_key(name),
                birth_year=1960 + number % 45,
                is_demonstration=True,
            )
        )
    Person.objects.bulk_create(made, batch_size=5_000)
    where = [communes[number % len(communes)] for number in range(people)]
    since = period_of(date(2025, 7, 1), None)
    Post.objects.bulk_create(
        (
            Post(person=one, unit_id=unit, title="Công chức", period=since, source="benchmark:1")
            for one, unit in zip(made, where, strict=True)
        ),
        batch_size=5_000,
    )
    found = unit_finder().resolve("Thành phố Hồ Chí Minh", on=on).unit
    city = Unit.objects.get(pk=found)
    each = max(CLASS_SIZE, enrolments // PROGRAMMES)
    for number in range(PROGRAMMES):
        part = slice(number * each, (number + 1) * each)
        _programme(number, city, made[part], where[part], chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    last = Enrolment.objects.filter(source="benchmark:1").latest("id")
    return Standing(last.training_class.programme, last, last.training_class.meetings.earliest("during"))


def _programme(number: int, city: Any, people: list[Any], where: list[int], chance: random.Random) -> None:
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
    from house.world import PAPERS

    from lantoa.competence.models import Course, Topic
    from lantoa.directory.models import period_of
    from lantoa.presence.models import Attendance, Gathering
    from lantoa.programmes.models import Programme
    from lantoa.training.models import Enrolment, Meeting, TrainingClass

    programme = Programme.objects.create(
        code=f"do-{number}",
        name=f"Chương trình đo lường số {number + 1}",
        unit=city,
        period=period_of(date(2025, 9, 1), date(2025, 12, 31)),
        papers=PAPERS,
        is_demonstration=True,
    )
    course = Course.objects.create(code=f"do-{number}", title="Chuyển đổi số cấp xã", unit=city)
    topic = Topic.objects.create(course=course, position=1, title="Chuyên đề 1", hours=4)
    state = Attendance.State
    for first in range(0, len(people), CLASS_SIZE):
        room = TrainingClass.objects.create(
            programme=programme,
            course=course,
            code=f"L{first // CLASS_SIZE + 1:03d}",
            unit=city,
            place="Hội trường",
            capacity=CLASS_SIZE,
            rule={"presence": {"at_least": 0.8}},
        )
        of_class = people[first : first + CLASS_SIZE]
        begins = datetime(2025, 9, 8, 1, tzinfo=UTC)
        Enrolment.objects.bulk_create(
            Enrolment(
                training_class=room,
                person=one,
                unit_id=unit,
                enrolled_at=begins,
                completed_at=begins + timedelta(days=30) if chance.random() < 0.8 else None,
                source="benchmark:1",
            )
            for one, unit in zip(of_class, where[first : first + CLASS_SIZE], strict=True)
        )
        for week in range(MEETINGS):
            start = begins + timedelta(weeks=week)
            during = DateTimeTZRange(start, start + timedelta(hours=3), "[)")
            gathering = Gathering.objects.create(
                source=f"benchmark:{room.key}:{week}", during=during, code_secret=b"s" * 32, held=True
            )
            Meeting.objects.create(training_class=room, topic=topic, during=during, gathering=gathering)
            Attendance.objects.bulk_create(
                Attendance(
                    gathering=gathering,
                    person=one,
                    state=(here := chance.choice([state.PRESENT] * 9 + [state.ABSENT])),
                    how=Attendance.How.ROLL_CALL,
                    share=1 if here == state.PRESENT else 0,
                    at=during.upper,
                    by="machine:benchmark",
                )
                for one in of_class
            )


if __name__ == "__main__":
    main()
