"""The office's own part of an import of 100,000 rows, with an importer that does almost nothing.

    python benchmarks/import_framework.py [--rows 100000] [--runs 3]

Needs a database of its own (DATABASE_URL with the migrations applied); it rolls everything back. Prints JSON: wall
and CPU seconds of this process (median of the runs; the database server's CPU is not in it) and the largest memory.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    import django

    django.setup()
    runs = [one_run(options.rows) for _ in range(options.runs)]
    said = {
        step: {
            measure: round(statistics.median(run[step][measure] for run in runs), 3)
            for measure in ("wall_s", "cpu_s")
        }
        for step in runs[0]
    }
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    machine = {"cpus": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    print(
        json.dumps(
            {"rows": options.rows, "runs": options.runs, **said, "memory_mb": round(memory), "machine": machine},
            indent=1,
        )
    )


def one_run(count: int) -> dict[str, dict[str, float]]:
    from django.db import transaction
    from django.utils import timezone

    from lantoa.directory.models import Unit
    from lantoa.ledger.rules import Machine
    from lantoa.office.actions.imports import IMPORTERS, Importer, apply_import, preview_file, undo_import
    from lantoa.office.models import File
    from lantoa.office.queries import files, imports
    from lantoa.office.rules.imports import KeptRow, ReadRow

    class Rows(Importer):
        title = "Benchmark"
        columns = {"full_name": "Name"}

        def read(self, made: Any, data: bytes, *, on_step: Any) -> Iterator[ReadRow]:
            for number in range(1, count + 1):
                yield ReadRow(
                    number,
                    "new",
                    {
                        "full_name": f"Nguyễn Thị Thử Nghiệm {number}",
                        "birth": [1985, 10, number % 28 + 1],
                        "title": "Chuyên viên",
                        "unit": "Phường Phước Long A, Quận 9",
                        "phone": "",
                        "email": f"thu{number}@example.org",
                    },
                )

        def apply(self, made: Any, chunks: Iterator[list[KeptRow]], **_: Any) -> Iterator[list[KeptRow]]:
            for chunk in chunks:
                for row in chunk:
                    row.result = {"person": f"{row.number:013d}", "enrolment": f"{row.number:013d}"}
                yield chunk

        def undo(self, made: Any, chunks: Iterator[list[KeptRow]], **_: Any) -> None:
            for _chunk in chunks:
                pass

    IMPORTERS["benchmark.rows"] = Rows()
    times: dict[str, dict[str, float]] = {}

    def timed(step: str, work: Any) -> Any:
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        times[step] = {"wall_s": time.perf_counter() - wall, "cpu_s": time.process_time() - cpu}
        return result

    by, at = Machine("benchmark"), timezone.now()
    with transaction.atomic():
        unit = Unit.objects.create()
        file = File.objects.create(
            name="rows.csv", media_type="text/csv", size=1, sha256="0" * 64, stored_as=f"benchmark/{unit.key}",
            unit=unit, seen_with="office.import", uploaded_by=by.actor_key, uploaded_at=at,
        )  # fmt: skip
        path = files.path_of(file)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        made = timed(
            "preview",
            lambda: preview_file(
                by=by, kind="benchmark.rows", target="benchmark:1", file=file, unit=unit, at=at, wait=True
            ),
        )
        timed("page", lambda: (imports.outlook(made), list(imports.rows_of(made)[:50])))
        made = timed("apply", lambda: apply_import(by=by, made=made, at=at, wait=True))
        made = timed("undo", lambda: undo_import(by=by, made=made, at=at, wait=True))
        path.unlink()
        transaction.set_rollback(True)
    return times


if __name__ == "__main__":
    main()
