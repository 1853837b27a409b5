"""How the installation is: what health, metrics and doctor ask of the database."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min, Q

from lantoa.ledger.models import Entry
from lantoa.office.models import Job
from lantoa.office.rules.workers import NAME as WORKER

WINDOW = timedelta(days=1)


def database_answers() -> bool:
    """One question to the database. Raises the database's own error when it cannot be asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def pending_steps() -> list[str]:
    """Steps of the tables that this code has and the database lacks."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{step.app_label} {step.name}" for step, _backwards in plan]


@dataclass(frozen=True)
class Database:
    """The server's version (18.6), the size of the database in bytes, its connections and how many it allows, and
    how far its clock is ahead of ours in seconds."""

    version: str
    size: int
    connections: int
    allowed: int
    ahead: float


def database(*, at: datetime) -> Database:
    """One row about the database."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT current_setting('server_version'), pg_database_size(current_database()),
                      (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
                      current_setting('max_connections')::int, clock_timestamp()"""
        )
        version, size, connections, allowed, clock = cursor.fetchone()
    return Database(version.split(" ")[0], size, connections, allowed, (clock - at).total_seconds())


@dataclass(frozen=True)
class Jobs:
    """Long jobs: how many wait, run, failed within a day; since when the oldest waits; how many workers are there."""

    waiting: int
    running: int
    failed: int
    oldest: datetime | None
    workers: int


def jobs(*, at: datetime) -> Jobs:
    """Two queries, whatever the length of the queue."""
    waiting, running = Q(state=Job.State.WAITING), Q(state=Job.State.RUNNING)
    failed = Q(state=Job.State.FAILED, finished_at__gt=at - WINDOW)
    row = Job.objects.filter(waiting | running | failed).aggregate(
        waiting=Count("pk", filter=waiting),
        running=Count("pk", filter=running),
        failed=Count("pk", filter=failed),
        oldest=Min("requested_at", filter=waiting),
    )
    return Jobs(**row, workers=workers())


def workers() -> int:
    """Workers that hold a connection to this database, on whatever machine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = %s",
            [WORKER],
        )
        return int(cursor.fetchone()[0])


def oldest_unsealed() -> datetime | None:
    """Since when the oldest line of the ledger waits for its seal; None when all are sealed."""
    return Entry.objects.filter(seal=None).order_by("id").values_list("at", flat=True).first()
