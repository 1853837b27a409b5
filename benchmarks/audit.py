"""The audit with a million lines and looks: what each list takes, what a look costs a page. Prints JSON.

    python benchmarks/audit.py [--lines 1000000]

Makes a scratch database beside the one that DATABASE_URL names, fills it, measures, drops it. `page_ms` is the whole
answer of the page by Django's test client (without the network). `look_ms` is what a page that shows people pays: one
written look, or one that stands already; `log_line_ms` what every page pays for its line of the log, and
`ledger_line_ms` what an act pays for its line of the ledger. All names are invented.
"""

import argparse
import json
import logging
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

RUNS = 9
ACTORS = 2_000

FILL = """
    INSERT INTO ledger_entry (key, at, actor, act, thing, about, mark)
    SELECT lpad(n::text, 13, '0'), timestamptz '2024-01-01' + n * interval '1 minute', 'user:' || n %% {actors},
           (ARRAY['training.enrol', 'presence.check_in', 'training.enter_marks', 'accounts.signed_in',
                  'directory.correct_person'])[1 + n %% 5],
           'directory.person:' || n %% 100000,
           CASE WHEN n %% 3 = 0 THEN jsonb_build_object('person', 'p' || n %% 90000) ELSE '{{}}'::jsonb END,
           decode(md5(n::text) || md5(n::text), 'hex')
      FROM generate_series(1, %s) n;
    INSERT INTO ledger_look (at, actor, page, whom, part, people, mark)
    SELECT timestamptz '2024-01-01' + n * interval '1 minute', 'user:' || n %% {actors}, 'directory:person',
           'directory.person:' || n %% 100000, 1, 1, decode(md5(n::text) || md5(n::text), 'hex')
      FROM generate_series(1, %s) n;
"""


def main() -> None:
    """Measures and prints."""
    import django

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    lines = parser.parse_args().lines
    django.setup()
    from django.conf import settings
    from django.db import connection

    with tempfile.TemporaryDirectory() as folder:
        settings.KEYS_DIR = Path(folder)
        old = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            print(json.dumps(measured(lines), ensure_ascii=False, indent=2))
        finally:
            connection.creation.destroy_test_db(old, verbosity=0)


def measured(lines: int) -> dict[str, Any]:
    """The figures."""
    from django.db import connection
    from django.test import Client
    from django.urls import reverse
    from django.utils import timezone

    from lantoa.accounts.models import User
    from lantoa.common.vietnamese import fold
    from lantoa.directory.models import Decision, Level, Person, Placement, RoleGrant, Unit, period_of
    from lantoa.ledger.actions import look
    from lantoa.ledger.rules import Machine

    country = Unit.objects.create()
    day = date(2000, 1, 1)
    decision = Decision.objects.create(number="1", issued_on=day, issuer="Đo lường", title="Đo lường")
    Placement.objects.create(
        unit=country, period=period_of(day, None), level=Level.COUNTRY, kind="", name="Việt Nam",
        decision=decision, folded="viet nam", sort_key="viet nam",
    )  # fmt: skip
    user = User.objects.create(username="kiemtra", full_name="Kiểm Tra")
    RoleGrant.objects.create(user=user, role="auditor", unit=country, since=day, granted_by="benchmark")
    person = Person.objects.create(full_name="Nguyễn Đo Lường", folded=fold("Nguyễn Đo Lường"), sort_key="luong")
    Person.objects.bulk_create(
        Person(key=f"p{number}", full_name=name, folded=fold(name), sort_key=name)
        for number, name in enumerate(["Trần Hai Mươi"] * 20)
    )
    with connection.cursor() as cursor:
        cursor.execute(FILL.format(actors=ACTORS), [lines, lines])
        cursor.execute("ANALYZE")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    middle = date(2024, 1, 1) + timedelta(days=lines // 1440 // 2)
    questions: dict[str, dict[str, Any]] = {
        "all": {},
        "one actor": {"actor": "user:77"},
        "one day": {"since": middle, "until": middle},
        "one actor in a month": {"actor": "user:77", "since": middle - timedelta(days=30), "until": middle},
        "one person, with all their things": {"person": f"directory.person:{person.key}"},
        "twenty of one name": {"person": "hai mươi"},
        "one thing": {"thing": "directory.person:777"},
        "deep page": {"before": f"{1_704_067_200_000_000 + 60_000_000 * 1000}-1000"},
    }
    pages = {
        "ledger": {**questions, "one kind of act": {"act": "training.enter_marks"}, "a room": {"act": "training."}},
        "looks": questions,
    }
    by = Machine("benchmark")
    now = timezone.now()
    return {
        "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()},
        "lines": lines,
        "looks": lines,
        "page_ms": {
            name: {said: timed(_page(client, reverse(f"web:{name}"), query)) for said, query in asked.items()}
            for name, asked in pages.items()
        },
        "look_ms": {
            "written": timed(_looks(look, by, now, again=False)),
            "stands already": timed(_looks(look, by, now, again=True)),
        },
        "log_line_ms": _log_line(),
        "ledger_line_ms": timed(_line(by)),
    }


def _page(client: Any, address: str, query: dict[str, Any]) -> Callable[[], object]:
    def ask() -> None:
        answer = client.get(address, query)
        assert answer.status_code == 200, answer.status_code

    return ask


def _looks(look: Callable[..., bool], by: Any, now: Any, *, again: bool) -> Callable[[], object]:
    count = iter(range(1_000_000))

    def one() -> None:
        whom = "directory.person:again" if again else f"directory.person:new{next(count)}"
        look(by=by, page="directory:person", whom=whom, people=1, at=now)

    return one


def _line(by: Any) -> Callable[[], object]:
    from django.db import transaction

    from lantoa.ledger.actions import record

    def one() -> None:
        with transaction.atomic():
            record(by=by, act="benchmark.act", thing="benchmark:1", about={"rows": 1})

    return one


def _log_line() -> dict[str, float]:
    """A line as the server writes it, into a file; a thousand at once, for one is too short to be timed."""
    from lantoa.common.logs import JsonLines, LineFile

    with tempfile.TemporaryDirectory() as folder:
        handler = LineFile(Path(folder) / "log.jsonl")
        handler.setFormatter(JsonLines())
        line = logging.makeLogRecord(
            {"name": "lantoa.requests", "levelname": "INFO", "code": "0123abcd", "view": "directory:person"}
            | {"msg": "", "method": "GET", "status": 200, "ms": 12.3, "actor": "user:0123456789abc"}
        )
        found = timed(lambda: [handler.emit(line) for _number in range(1_000)])
        handler.close()
    return {name: round(value / 1_000, 4) for name, value in found.items()}


def timed(act: Callable[[], object]) -> dict[str, float]:
    """Median, least and greatest wall time, and the median CPU time of this process, in milliseconds."""
    act()
    walls, cpus = [], []
    for _run in range(RUNS):
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        walls.append((time.perf_counter() - wall) * 1000)
        cpus.append((time.process_time() - cpu) * 1000)
    return {
        "median": round(statistics.median(walls), 2),
        "least": round(min(walls), 2),
        "greatest": round(max(walls), 2),
        "cpu": round(statistics.median(cpus), 2),
    }


if __name__ == "__main__":
    main()
