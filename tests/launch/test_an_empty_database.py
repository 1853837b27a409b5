"""An empty database gets its tables at once; they are the same as those made step by step."""

import os
import re
import subprocess

import psycopg
import pytest
from django.db import connection

from config.dumping import find_tools, major_of
from config.processes import python
from config.scratch import scratch_database

DATA = """
    SELECT array_agg(row(app, name)::text ORDER BY app, name) FROM django_migrations UNION ALL
    SELECT array_agg(row(app_label, model)::text ORDER BY app_label, model) FROM django_content_type UNION ALL
    SELECT array_agg(row(code, name_vi, name_en)::text ORDER BY code) FROM programmes_field
"""


def tables(*steps: list[str]) -> tuple[list[str], list[list[str]]]:
    """What pg_dump says of a database after the steps, line by line, and the rows that every new database has."""
    with scratch_database():
        url = os.environ["DATABASE_URL"]
        for step in steps:
            subprocess.run(python("config.manage", "migrate", "-v0", *step), check=True)
        with psycopg.connect(url) as line:
            rows = [row[0] for row in line.execute(DATA)]
            dump = find_tools(major_of(line)).folder / "pg_dump"
        words = subprocess.run([str(dump), "-s", url], capture_output=True, text=True, check=True).stdout
    # The order of columns may differ, and the word that guards a dump against commands of psql differs each time.
    return sorted(line.rstrip(",") for line in words.splitlines() if not re.match(r"\\(un)?restrict ", line)), rows


@pytest.mark.django_db
def test_a_random_key_has_one_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexdef LIKE 'CREATE UNIQUE%', count(*) FROM pg_indexes"
            " WHERE schemaname = current_schema() AND indexdef ~ '[(]key( varchar_pattern_ops)?[)]$' GROUP BY 1"
        )
        found = dict(cursor.fetchall())

    assert (list(found), found[True] > 100) == ([True], True)


@pytest.mark.django_db
def test_tables_made_at_once_are_the_tables_made_step_by_step() -> None:
    assert tables([]) == tables(["contenttypes"], [])
