"""Long jobs: registered by a room, started by a person, run by a worker, taken up again after a crash.

A room writes a function in its `tasks.py`:

    @job("training.certificates", N_("Issue certificates"))
    def issue(running: Running) -> dict[str, Any]:
        ...
        return {"url": reverse(...)}

The function may be run again from its beginning whenever its worker was killed, so it must be harmless to redo:
either all of its effects stand in one transaction that first looks whether they are there already, or it works in
small transactions and notes in each, by `running.keep(...)`, how far it has come.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Q

from lantoa.common.refused import N_, Refused
from lantoa.common.registry import Registry
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import remove_content
from lantoa.office.models import File, Job

CHANNEL = "lantoa_jobs"
BETWEEN_NOTES = 0.5  # seconds between two lines of progress in the database

Function = Callable[["Running"], dict[str, Any] | None]


@dataclass(frozen=True)
class Registered:
    """A kind of job: its function and its name for people (a msgid)."""

    kind: str
    function: Function
    title: str
    files_kept: timedelta | None = None  # how long the files named in its checkpoint are kept; None: for good


REGISTERED: Registry[Registered] = Registry()


def job(kind: str, title: str, files_kept: timedelta | None = None) -> Callable[[Function], Function]:
    """Registers a function under `kind` ("training.certificates"); `title` is what people call it (a msgid).

    Files whose keys it keeps in its checkpoint, as `file` or in the list `files`, lose their content after
    `files_kept`: what somebody took away once need not lie here for years.
    """

    def register(function: Function) -> Function:
        known = REGISTERED.so_far.get(kind)
        if known and known.function.__qualname__ != function.__qualname__:
            raise RuntimeError(f"two functions for the job {kind}")
        REGISTERED[kind] = Registered(kind, function, title, files_kept)
        return function

    return register


@dataclass(frozen=True)
class Asker:
    """Whoever asked for a job, as the ledger names them."""

    actor_key: str


class PutBack(BaseException):
    """The worker was asked to end: the job goes back to the queue. Not an `Exception`: no job should
    swallow it.
    """


class StoppedByPerson(BaseException):
    """A person has stopped the job."""


class Running:
    """A job under way, as its function sees it."""

    def __init__(self, row: Job, line: "psycopg.Connection[Any]", ending: Callable[[], bool]) -> None:
        self.key = row.key
        self.arguments: dict[str, Any] = row.arguments
        self.unit = row.unit
        self.by: Actor = Asker(row.requested_by)
        self.checkpoint: dict[str, Any] = row.checkpoint
        self._id = row.pk
        self._holder = row.losses
        self._line = line
        self._ending = ending
        self._noted_at = 0.0

    def step(self, done: int, total: int | None = None) -> None:
        """Says how far the job is: `done` of `total`. Call it often; it writes at most twice a second.

        It is written on a connection of its own, so everybody sees it while the job's transaction is open. This is
        also where a job ends when its worker must, when a person stopped it, or when another worker holds it by
        now: whatever is not committed is rolled back.
        """
        if self._ending():
            raise PutBack
        now = time.monotonic()
        if now - self._noted_at < BETWEEN_NOTES and done != total:
            return
        self._noted_at = now
        # SKIP LOCKED: the job's own transaction may hold the row (see `keep`); then this note is left out.
        noted = self._line.execute(
            """UPDATE office_job SET done = %(done)s, total = coalesce(%(total)s, total)
                WHERE id = (SELECT id FROM office_job WHERE id = %(id)s FOR NO KEY UPDATE SKIP LOCKED)
            RETURNING stop_asked, state = 'running' AND losses = %(holder)s""",
            {"done": done, "total": total, "id": self._id, "holder": self._holder},
        ).fetchone()
        if noted is None:
            return
        stop_asked, ours = noted
        if not ours:
            raise PutBack
        if stop_asked:
            raise StoppedByPerson

    def keep(self, **values: Any) -> None:
        """Keeps values in the job's checkpoint, in the transaction that is open: they count if it is committed."""
        self.checkpoint = {**self.checkpoint, **values}
        Job.objects.filter(pk=self._id).update(checkpoint=self.checkpoint)


def start_job(*, by: Actor, kind: str, arguments: dict[str, Any], unit: Unit, at: datetime) -> Job:
    """Puts a job into the queue. `arguments` must be JSON; `unit` says in whose care it is shown."""
    if kind not in REGISTERED:
        raise KeyError(kind)
    with transaction.atomic():
        row = Job.objects.create(
            kind=kind,
            arguments=json.loads(json.dumps(arguments, cls=DjangoJSONEncoder)),
            unit=unit,
            requested_by=by.actor_key,
            requested_at=at,
        )
        record(by=by, act="office.start_job", thing=row, about={"kind": kind})
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return row


@transaction.atomic
def stop_job(*, by: Actor, job: Job, at: datetime) -> Job:
    """Stops a job: at once while it waits, after its current step while it runs. What it has committed stays."""
    row = Job.objects.select_for_update().get(pk=job.pk)
    if not row.is_active:
        raise Refused(N_("Cannot stop the job %(job)s: it has already ended."), job=row.key)
    if row.state == Job.State.WAITING:
        row.state, row.finished_at = Job.State.STOPPED, at
    row.stop_asked = True
    row.save(update_fields=["state", "finished_at", "stop_asked"])
    record(by=by, act="office.stop_job", thing=row, about={"kind": row.kind})
    return row


def forget_files_of_jobs(*, at: datetime, whole: bool = False) -> int:
    """Erases the content of files that long jobs made for somebody to take away, when their time is over;
    `whole`: all of them, for whoever needs one can have it made again."""
    count = 0
    for registered in list(REGISTERED.values()):
        if registered.files_kept is None:
            continue
        over = Q() if whole else Q(finished_at__lt=at - registered.files_kept)
        kept = (
            Job.objects.filter(over, kind=registered.kind).exclude(checkpoint={}).values_list("checkpoint", flat=True)
        )
        keys = [key for point in kept for key in [point.get("file", ""), *point.get("files", [])] if key]
        for file in File.objects.filter(key__in=keys, removed_at=None):
            remove_content(file, at=at)
            count += 1
    return count
