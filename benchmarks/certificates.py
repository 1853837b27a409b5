"""How long certificates take in a real programme: 160 and 10,000, issued and printed by the job, written as files.

python benchmarks/certificates.py [--counts 160 10000] [--runs 3]   prints JSON

Each run in a fresh copy of the database of a PostgreSQL of its own (nothing is forced to disk), and in a process of
its own. `job`: what `run_jobs` does, issuing and one PDF for the printer a class (at most 200 pages each). `files`:
what `lantoa certificates --out` does, a PDF/A for each person. CPU is that of the process and, apart, that of the
whole database server (Linux). The learners are invented.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from _measure import ROOT, peak_memory_mb, report, summary
from _people import HARD
from roster_import import own_server, server_seconds

CODE = "do-luong"
CLASS_SIZE = 40
CERTIFICATE = {
    "title": "Chuyển đổi số cho lãnh đạo, quản lý",
    "issuer": "Ủy ban nhân dân Quận 9",
    "number": "{number}/{year}/CN-Q9",
    "place": "Quận 9",
    "signer": {"post": "Chủ tịch", "name": "Nguyễn Văn Mẫu"},
}


def plan() -> None:
    """An empty programme with a unit."""
    from lantoa.common.vietnamese import sort_key
    from lantoa.directory.models import Decision, Level, Placement, Unit, period_of
    from lantoa.directory.rules.naming import folded_name
    from lantoa.programmes.models import Programme

    unit = Unit.objects.create()
    decision = Decision.objects.create(number="1", issued_on=date(2020, 1, 1), issuer="Đo lường", title="Đo lường")
    Placement.objects.create(
        unit=unit, period=period_of(date(2000, 1, 1), None), level=Level.DISTRICT, kind="Quận", name="9",
        decision=decision, folded=folded_name("Quận", "9"), sort_key=sort_key("9"),
    )  # fmt: skip
    Programme.objects.create(
        code=CODE, name="Đo lường", unit=unit, period=period_of(date(2020, 10, 1), date(2021, 1, 1)),
        papers={"certificate": CERTIFICATE}, is_demonstration=True,
    )  # fmt: skip


def learners(count: int) -> None:
    """People who have completed, forty in a class."""
    from lantoa.common.bulk import add_rows
    from lantoa.competence.models import Course
    from lantoa.directory.actions.rosters import Listed, add_people
    from lantoa.ledger.rules import Machine
    from lantoa.programmes.models import Programme
    from lantoa.training.models import Enrolment, TrainingClass

    programme = Programme.objects.select_related("unit").get(code=CODE)
    unit = programme.unit
    course = Course.objects.create(code=CODE, title=CERTIFICATE["title"], unit=unit)
    classes = TrainingClass.objects.bulk_create(
        TrainingClass(
            programme=programme,
            course=course,
            code=f"L{n:04d}",
            unit=unit,
            capacity=CLASS_SIZE,
            place="Hội trường",
        )
        for n in range(-(-count // CLASS_SIZE))
    )
    listed = [Listed(HARD[n % len(HARD)], unit.pk, birth=(1960 + n % 40, 1 + n % 12, None)) for n in range(count)]
    made = add_people(by=Machine("benchmark"), people=listed, since=date(2020, 10, 1), source="benchmark:1")
    at = datetime(2020, 12, 1, tzinfo=UTC)
    add_rows(
        Enrolment,
        ("training_class_id", "person_id", "unit_id", "enrolled_at", "source", "completed_at"),
        [(classes[n // CLASS_SIZE].pk, one.person, unit.pk, at, "benchmark:1", at) for n, one in enumerate(made)],
    )


def one_run(count: int, out: str) -> dict[str, Any]:
    """The job and then the files, in this process and this database."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from lantoa.common.registry import read_all
    from lantoa.ledger.rules import Machine
    from lantoa.office.actions import start_job
    from lantoa.office.actions.worker import Worker
    from lantoa.office.models import Job
    from lantoa.programmes.models import Programme

    read_all()  # a worker has read what jobs there are long before
    learners(count)
    programme = Programme.objects.select_related("unit").get(code=CODE)
    job = start_job(
        by=Machine("benchmark"), kind="training.certificates", unit=programme.unit, at=timezone.now(),
        arguments={"programme": programme.key, "on": "2020-12-31"},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    master = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])

    def server() -> float:
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return server_seconds(int(children[0])) or 0.0

    def timed(work: Any) -> dict[str, float]:
        before, wall, own = server(), time.perf_counter(), time.process_time()
        work()
        return {
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - own,
            "server_cpu": server() - before,
            "peak_mb": peak_memory_mb(),
        }

    found = {
        "job": timed(lambda: Worker().run(until_idle=True, housekeeping=False)),
        "files": timed(lambda: call_command("certificates", CODE, "--out", out, "--json", stdout=io.StringIO())),
    }
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == (Job.State.DONE, job.total, 2 * count), job.state
    return found


def run_in_a_copy(server: str, count: int) -> dict[str, Any]:
    """A run in a fresh copy of the database."""
    import psycopg

    address = server.replace("/lantoa?", "/{}?")
    with psycopg.connect(address.format("postgres"), autocommit=True) as own:
        own.execute("DROP DATABASE IF EXISTS one_run WITH (FORCE)")
        own.execute("CREATE DATABASE one_run TEMPLATE lantoa")
    with tempfile.TemporaryDirectory(prefix="lantoa-benchmark-") as out:
        ended = subprocess.run(
            [sys.executable, __file__, "--child", str(count), out],
            env=os.environ | {"DATABASE_URL": address.format("one_run"), "LANTOA_DATA": f"{out}/data"},
            capture_output=True,
            text=True,
            check=False,
        )
    if ended.returncode:
        sys.exit(ended.stderr)
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", type=int, nargs="+", default=[160, 10_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    if options.child:
        django.setup()
        print(json.dumps(one_run(int(options.child[0]), options.child[1])))
        return
    with tempfile.TemporaryDirectory(prefix="lantoa-benchmark-") as folder, own_server() as server:
        os.environ |= {"DATABASE_URL": server, "LANTOA_DATA": folder, "PYTHONPATH": str(ROOT)}
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        plan()
        connection.close()
        connection.close_pool()
        results: dict[str, Any] = {"unit": "seconds"}
        for count in options.counts:
            runs = [run_in_a_copy(server, count) for _ in range(options.runs)]
            results[str(count)] = {
                stage: {kind: summary([run[stage][kind] for run in runs]) for kind in ("wall", "cpu", "server_cpu")}
                | {"peak_mb": max(run[stage]["peak_mb"] for run in runs)}
                for stage in ("job", "files")
            }
    report("certificates", results)


if __name__ == "__main__":
    main()
