"""How long a roster of 100,000 people takes: preview, apply, the same file again, undo.

python benchmarks/roster_import.py [--rows 100000] [--runs 3]   prints JSON

An .xlsx of ten columns, made here; a programme of the whole country as of 2 July 2025 with 250 classes of 400 and
four meetings each; the people come from all 3,321 communes. A PostgreSQL of its own (nothing is forced to disk),
each run in a fresh copy of the database and in a process of its own. CPU is that of the process and, apart, that
of the whole database server (Linux). The people are invented.

For comparison only: Moodle's command-line upload takes 64-74 people a second on a machine of this size.
"""

import argparse
import io
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from _measure import ROOT, peak_memory_mb, report, summary
from _people import invented_name

DAY = date(2025, 7, 2)
PROGRAMME = "do-luong"
CLASS_SIZE = 400
MEETINGS = 4
STAGES = ("preview", "apply", "again", "undo")
HEADER = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Chức vụ", "Đơn vị", "CCCD", "Điện thoại", "Email", "Lớp"]


def classes_for(rows: int) -> int:
    """How many classes hold that many people."""
    return -(-rows // CLASS_SIZE)


def roster(rows: int, units: list[str]) -> bytes:
    """The file: title rows, ten columns, every second birth date a text."""
    import xlsxwriter

    chance = random.Random(2025)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet("DS")
    as_date = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write(0, 0, "BỘ PHẬN ĐO LƯỜNG (người không có thật)")
    sheet.write(2, 2, "DANH SÁCH HỌC VIÊN")
    sheet.write_row(4, 0, HEADER)
    for number in range(rows):
        year, month, day = chance.randrange(1960, 2000), chance.randrange(1, 13), chance.randrange(1, 29)
        gender = chance.randrange(2)
        row = 5 + number
        sheet.write_number(row, 0, number + 1)
        sheet.write_string(row, 1, invented_name(chance))
        if number % 2:
            sheet.write_datetime(row, 2, datetime(year, month, day), as_date)  # noqa: DTZ001 -- a day
        else:
            sheet.write_string(row, 2, f"{day:02d}/{month:02d}/{year}")
        texts = [
            ("Nam", "Nữ")[gender],
            ("Chuyên viên", "Công chức văn phòng", "Chủ tịch", "Phó Chủ tịch")[number % 4],
            units[number % len(units)],
            f"079{gender}{year % 100:02d}{number:06d}",
            f"09{number:08d}",
            f"u{number}@example.vn",
            f"L{number // CLASS_SIZE + 1}",
        ]
        for column, text in enumerate(texts, 3):
            sheet.write_string(row, column, text)
    book.close()
    return target.getvalue()


def plan(classes: int) -> list[str]:
    """Units, a programme, its classes and meetings, in the database; the communes as a list would write them."""
    from django.db import connection
    from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

    from lantoa.competence.models import Course, Topic
    from lantoa.directory.actions import import_units
    from lantoa.directory.models import Placement, Unit, period_of
    from lantoa.directory.queries.unit_files import built_in
    from lantoa.ledger.rules import Machine
    from lantoa.presence.models import Gathering
    from lantoa.programmes.models import Programme
    from lantoa.training.models import Meeting, TrainingClass

    import_units(by=Machine("benchmark"), listed=built_in(), apply=True)
    country = Unit.objects.get(placements__level="country", placements__period__contains=DAY)
    provinces = {
        one.unit_id: one.full_name for one in Placement.objects.filter(level="province", period__contains=DAY)
    }
    communes = Placement.objects.filter(level="commune", period__contains=DAY).order_by("id")
    programme = Programme.objects.create(
        code=PROGRAMME,
        name="Đo lường",
        unit=country,
        period=period_of(DAY, date(2026, 1, 1)),
        is_demonstration=True,
    )
    course = Course.objects.create(code=PROGRAMME, title="Chuyển đổi số", unit=country)
    topics = [Topic.objects.create(course=course, position=n, title=f"Chuyên đề {n}", hours=4) for n in range(1, 5)]
    made = TrainingClass.objects.bulk_create(
        TrainingClass(
            programme=programme, course=course, code=f"L{n}", unit=country, capacity=CLASS_SIZE, place="Hội trường"
        )
        for n in range(1, classes + 1)
    )
    first = datetime(2025, 8, 4, 1, tzinfo=UTC)
    for number, topic in enumerate(topics):
        during = DateTimeTZRange(first + timedelta(days=number), first + timedelta(days=number, hours=4), "[)")
        gatherings = Gathering.objects.bulk_create(
            Gathering(source=f"benchmark:{one.pk}:{number}", during=during, code_secret=bytes(32)) for one in made
        )
        Meeting.objects.bulk_create(
            Meeting(training_class=one, topic=topic, during=during, gathering=gathering)
            for one, gathering in zip(made, gatherings, strict=True)
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return [f"UBND {one.full_name}, {provinces[one.parent_id]}" for one in communes if one.parent_id]


def server_seconds(backend: int) -> float | None:
    """CPU of the whole server that this backend belongs to, ended processes included; None where it is not seen."""

    def fields(pid: str) -> list[str]:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()

    try:
        master = fields(str(backend))[1]
        ticks = sum(int(value) for value in fields(master)[11:15])
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                found = fields(entry.name)
            except OSError:
                continue
            if found[1] == master:
                ticks += int(found[11]) + int(found[12])
        return ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError):
        return None


def one_run(path: Path) -> dict[str, Any]:
    """Every stage once, in this process and this database."""
    from django.db import connection
    from django.utils import timezone

    from lantoa.ledger.actions import thing_key
    from lantoa.ledger.rules import Machine
    from lantoa.office.actions import apply_import, keep_file, preview_file, undo_import
    from lantoa.office.models import Import
    from lantoa.programmes.models import Programme

    by = Machine("benchmark")
    programme = Programme.objects.select_related("unit").get(code=PROGRAMME)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    told: list[tuple[int, int | None]] = []

    def preview() -> Import:
        file = keep_file(
            by=by, name=path.name, content=path.read_bytes(), unit=programme.unit, at=timezone.now(),
            seen_with="office.import",
        )  # fmt: skip
        return preview_file(
            by=by, kind="training.roster", target=thing_key(programme), file=file, unit=programme.unit,
            at=timezone.now(), wait=True, on_step=lambda done, total: told.append((done, total)),
        )  # fmt: skip

    def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
        told.clear()
        server, wall, own = server_seconds(backend), time.perf_counter(), time.process_time()
        value = work()
        figures: dict[str, Any] = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - own}
        if server is not None:
            figures["server_cpu"] = (server_seconds(backend) or server) - server
        return value, figures | {"steps": len(told), "peak_mb": peak_memory_mb()}

    def telling(done: int, total: int | None) -> None:
        told.append((done, total))

    found: dict[str, Any] = {}
    made, found["preview"] = timed(preview)
    found["preview"]["summary"] = made.summary
    _, found["apply"] = timed(lambda: apply_import(by=by, made=made, at=timezone.now(), wait=True, on_step=telling))
    again, found["again"] = timed(preview)
    found["again"]["summary"] = again.summary
    _, found["undo"] = timed(lambda: undo_import(by=by, made=made, at=timezone.now(), wait=True, on_step=telling))
    return found


@contextmanager
def own_server() -> Iterator[str]:
    """A PostgreSQL of our own, gone afterwards; the address of its database."""
    from config.postgres import hold
    from config.scratch import scratch_folder

    folder = scratch_folder("benchmark")
    with hold(folder, throwaway=True) as session:
        yield session.url


def run_in_a_copy(server: str, path: Path) -> dict[str, Any]:
    """A run in a fresh copy of the planned database."""
    import psycopg

    address = server.replace("/lantoa?", "/{}?")
    with psycopg.connect(address.format("postgres"), autocommit=True) as own:
        own.execute("DROP DATABASE IF EXISTS one_run WITH (FORCE)")
        own.execute("CREATE DATABASE one_run TEMPLATE lantoa")
    surroundings = os.environ | {"DATABASE_URL": address.format("one_run")}
    ended = subprocess.run(
        [sys.executable, __file__, "--child", str(path)],
        env=surroundings,
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
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    if options.child:
        django.setup()
        print(json.dumps(one_run(options.child)))
        return
    with tempfile.TemporaryDirectory(prefix="lantoa-benchmark-") as folder, own_server() as server:
        os.environ |= {"DATABASE_URL": server, "LANTOA_DATA": folder, "PYTHONPATH": str(ROOT)}
        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        units = plan(classes_for(options.rows))
        connection.close()
        connection.close_pool()
        path = Path(folder) / "roster.xlsx"
        path.write_bytes(roster(options.rows, units))
        runs = [run_in_a_copy(server, path) for _ in range(options.runs)]
        size = path.stat().st_size
    results: dict[str, Any] = {
        "rows": options.rows,
        "columns": len(HEADER),
        "classes": classes_for(options.rows),
        "communes": len(units),
        "file_mb": round(size / 1e6, 1),
        "unit": "seconds",
        "peak_memory_mb": max(run["undo"]["peak_mb"] for run in runs),
    }
    for stage in STAGES:
        kinds = [kind for kind in ("wall", "cpu", "server_cpu") if kind in runs[0][stage]]
        results[stage] = {kind: summary([run[stage][kind] for run in runs]) for kind in kinds}
        results[stage] |= {name: runs[0][stage][name] for name in ("summary", "steps") if name in runs[0][stage]}
        results[stage]["peak_mb"] = max(run[stage]["peak_mb"] for run in runs)
    results["people_a_second"] = round(
        options.rows / (results["preview"]["wall"]["median"] + results["apply"]["wall"]["median"])
    )
    report("roster import", results)


if __name__ == "__main__":
    main()
