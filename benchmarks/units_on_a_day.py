"""Units on a day: what the database takes to list 3,321 communes under the country. Prints JSON.

    python benchmarks/units_on_a_day.py

Makes a scratch database beside the one that DATABASE_URL names, loads the built-in lists, measures, drops it.
"""

import json
import os
import platform
import re
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

RUNS = 11


def main() -> None:
    import django

    django.setup()
    from django.db import connection

    old = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        print(json.dumps(measured(), ensure_ascii=False, indent=2))
    finally:
        connection.creation.destroy_test_db(old, verbosity=0)


def measured() -> dict[str, Any]:
    from lantoa.accounts.models import User
    from lantoa.directory import access, queries
    from lantoa.directory.actions import import_units
    from lantoa.directory.models import Level, RoleGrant
    from lantoa.ledger.rules import Machine

    listed = timed(lambda: queries.built_in())
    load = timed(lambda: import_units(by=Machine("benchmark"), listed=queries.built_in(), apply=True))
    again = timed(lambda: import_units(by=Machine("benchmark"), listed=queries.built_in(), apply=True))
    day = date(2025, 7, 2)
    country, city = queries.unit_at("country", "VN", on=day), queries.unit_at("province", "79", on=day)
    assert country is not None and city is not None
    results = {}
    for name, unit, on, level in (
        ("3,321 communes under the country on 2025-07-02", country, day, Level.COMMUNE),
        ("10,035 communes under the country on 2025-06-01", country, date(2025, 6, 1), Level.COMMUNE),
        ("168 communes under Ho Chi Minh City on 2025-07-02", city, day, Level.COMMUNE),
    ):
        results[name] = explained(queries.units_under(unit, on=on, level=level))
    for name, unit in (("administrator of the country", country), ("administrator of the city", city)):
        user = User.objects.create(username=name, full_name=name)
        RoleGrant.objects.create(user=user, role="administrator", unit=unit, since=day, granted_by="benchmark")
        results[f"units in the care of the {name}"] = explained(access.in_care(user, "programmes.view", on=day))
    finder = timed(lambda: queries.unit_finder())
    return {
        "machine": {"processor": platform.machine(), "cores": os.cpu_count(), "python": platform.python_version()},
        "read_lists": listed,
        "import_whole_country": load,
        "import_again": again,
        "finder_of_all_units": finder,
        "in_the_database_ms": results,
    }


def timed(act: Callable[[], object]) -> dict[str, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    act()
    return {
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
    }


def explained(rows: Any) -> dict[str, float]:
    """Median, least and greatest execution time of a query as the database tells it, and its rows."""
    from django.db import connection

    sql, parameters = rows.query.sql_with_params()
    times, count = [], 0
    with connection.cursor() as cursor:
        for _run in range(RUNS):
            cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", parameters)
            lines = [line for (line,) in cursor.fetchall()]
            times.append(float(re.findall(r"Execution Time: ([\d.]+) ms", lines[-1])[0]))
            count = int(float(re.findall(r"actual (?:time=\S+ )?rows=([\d.]+)", lines[0])[0]))
    return {
        "median": round(statistics.median(times), 2),
        "least": min(times),
        "greatest": max(times),
        "rows": count,
    }


if __name__ == "__main__":
    main()
