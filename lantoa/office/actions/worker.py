"""The worker: takes jobs one after another, and keeps house meanwhile (seals the ledger, sweeps files, starts what
is done daily and the sending of notices).

A job is held by a PostgreSQL advisory lock on a connection of the worker's own. The lock ends with the connection,
the connection with the process: a job whose worker was killed is free in the same moment, without a lease to wait
for and without a heartbeat to write.
"""

import logging
import secrets
import threading
import time
from datetime import timedelta
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import Error, close_old_connections, connection
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.ledger.actions import forget_looks, seal, seal_looks
from lantoa.ledger.rules import Machine
from lantoa.office.actions.clock import EACH_MINUTE, start_daily
from lantoa.office.actions.files import sweep_files
from lantoa.office.actions.jobs import CHANNEL, REGISTERED, PutBack, Running, StoppedByPerson, forget_files_of_jobs
from lantoa.office.actions.retention import forget_all_due
from lantoa.office.actions.sending import wake_sender
from lantoa.office.models import Job
from lantoa.office.rules.refusals import as_json
from lantoa.office.rules.workers import NAME

logger = logging.getLogger("lantoa.jobs")

LOCKS = 0x1A27  # the first half of our advisory locks; the second is the job
MOST_CRASHES = 3
MOST_LOSSES = 40  # a killed server is not the job's fault, but a job that kills its worker must not do so for ever
POLL = 1.0  # seconds after which a waiting worker looks by itself
SEAL_EVERY = 60.0
SWEEP_EVERY = 24 * 3600.0
RECONNECT_AFTER = 2.0
HOUSEKEEPING = Machine("housekeeping")


class Worker:
    """One worker. `run` works until `end` is called; `run_next` does one job."""

    def __init__(self) -> None:
        self._ending = threading.Event()
        self._line: psycopg.Connection[Any] | None = None

    def end(self, *_: object) -> None:
        """Asks the worker to end after the current step; may be called by a signal."""
        self._ending.set()

    @property
    def is_ending(self) -> bool:
        return self._ending.is_set()

    def run(self, *, until_idle: bool = False, housekeeping: bool = True) -> None:
        """Works until asked to end, or until nothing waits. A lost database is waited for."""
        # whoever works until nothing waits must not be given more by the clock
        keeper = threading.Thread(target=self._keep_house, args=[not until_idle], name="housekeeping", daemon=True)
        if housekeeping:
            keeper.start()
        try:
            while not self.is_ending:
                try:
                    if self.run_next():
                        continue
                    if until_idle:
                        return
                    self._wait()
                except (Error, psycopg.Error):
                    if until_idle:
                        raise
                    logger.exception("the database does not answer; trying again")
                    self._hang_up()
                    self._ending.wait(RECONNECT_AFTER)
        finally:
            self._hang_up()
            if housekeeping:
                self._ending.set()
                keeper.join(timeout=10)

    def run_next(self) -> bool:
        """Takes one job and runs it to its end; False when none is free."""
        row = self._take()
        if row is None:
            return False
        try:
            self._run(row)
        finally:
            # a transaction broken off must be gone before another worker may have the job
            connection.close()
            self._let_go(row.pk)
        return True

    # ---- holding a job

    def _own_line(self) -> "psycopg.Connection[Any]":
        if self._line is None or self._line.closed:
            parameters = connection.get_connection_params()
            own = {"autocommit": True, "cursor_factory": psycopg.Cursor, "application_name": NAME}
            self._line = psycopg.connect(**{**parameters, **own})
            self._line.execute(f"LISTEN {CHANNEL}")
        return self._line

    def _hang_up(self) -> None:
        connection.close()
        if self._line is not None:
            self._line.close()
            self._line = None

    def _take(self) -> Job | None:
        line = self._own_line()
        found = line.execute(
            "SELECT id FROM office_job WHERE state IN ('waiting', 'running') ORDER BY attempts, losses, id LIMIT 100"
        ).fetchall()
        for (job_id,) in found:
            if not _truth(line.execute("SELECT pg_try_advisory_lock(%s, %s::int)", [LOCKS, _half(job_id)])):
                continue
            # whoever holds the lock is alone: a job "running" here has lost its worker
            taken = line.execute(
                """UPDATE office_job SET losses = losses + (state = 'running')::int, state = 'running',
                          started_at = coalesce(started_at, %s)
                    WHERE id = %s AND state IN ('waiting', 'running') RETURNING losses""",
                [timezone.now(), job_id],
            ).fetchone()
            if taken:
                return Job.objects.select_related("unit").get(pk=job_id)
            self._let_go(job_id)
        return None

    def _let_go(self, job_id: int) -> None:
        if self._line is not None and not self._line.closed:
            self._line.execute("SELECT pg_advisory_unlock(%s, %s::int)", [LOCKS, _half(job_id)])

    def _wait(self) -> None:
        for _ in self._own_line().notifies(timeout=POLL, stop_after=1):
            pass

    # ---- running it

    def _run(self, row: Job) -> None:
        if row.stop_asked:
            return self._finish(row, state=Job.State.STOPPED)
        if row.losses > MOST_LOSSES:
            return self._crashed(row, f"its worker was lost {row.losses} times", final=True)
        with connection.cursor() as cursor:
            # a server that is busy in a long statement for a killed worker notices it within this time
            cursor.execute("SET client_connection_check_interval = '1s'")
        try:
            registered = REGISTERED.get(row.kind)
            if registered is None:
                raise Refused(N_("Cannot do the job: this installation knows no job %(kind)s."), kind=row.kind)
            result = registered.function(Running(row, self._own_line(), lambda: self.is_ending))
        except PutBack:
            return self._finish(row, state=Job.State.WAITING)
        except StoppedByPerson:
            return self._finish(row, state=Job.State.STOPPED)
        except Refused as refused:
            return self._finish(row, state=Job.State.FAILED, refusal=as_json(refused))
        except Exception:
            return self._crashed(row, "", final=row.attempts + 1 >= MOST_CRASHES)
        return self._finish(row, state=Job.State.DONE, result=result or {})

    def _finish(self, row: Job, *, state: str, **fields: Any) -> None:
        """Writes how it ended, if the job is still ours."""
        if state != Job.State.WAITING:
            fields["finished_at"] = timezone.now()
        Job.objects.filter(pk=row.pk, state=Job.State.RUNNING, losses=row.losses).update(state=state, **fields)

    def _crashed(self, row: Job, why: str, *, final: bool) -> None:
        code = secrets.token_hex(4)
        told = {"code": code, "job": f"{row.kind} {row.key}"}
        logger.error("error %s job %s %s %s", code, row.kind, row.key, why, exc_info=not why, extra=told)
        state = Job.State.FAILED if final else Job.State.WAITING
        self._finish(row, state=state, error_code=code, attempts=row.attempts + 1)

    # ---- keeping house

    def _keep_house(self, clock: bool) -> None:
        swept_at = float("-inf")
        while not self.is_ending:
            try:
                close_old_connections()
                seal(at=timezone.now())
                if clock:
                    tick()
                if time.monotonic() - swept_at >= SWEEP_EVERY:
                    sweep()
                    swept_at = time.monotonic()
            except Exception:
                logger.exception("housekeeping failed; trying again in a minute")
            finally:
                connection.close()
            self._ending.wait(SEAL_EVERY)


def tick() -> None:
    """What the clock does each minute: starts the daily jobs whose hour has come, and sending when it is due."""
    now = timezone.now()
    start_daily(by=Machine("clock"), at=now)
    wake_sender(by=Machine("clock"), at=now)
    for do in EACH_MINUTE.values():
        do(now)


def sweep() -> None:
    """What is done once a day: expired sessions, files without rows, rows without files, whatever has been kept for
    its time (the retention table); the looks of the day before are sealed, those whose time is over are deleted."""
    now = timezone.now()
    call_command("clearsessions")
    forget_all_due(by=HOUSEKEEPING, at=now)
    forget_files_of_jobs(at=now)
    seal_looks(by=HOUSEKEEPING, at=now)
    forget_looks(by=HOUSEKEEPING, before=timezone.localdate(now) - timedelta(days=settings.LOOKS_KEPT_DAYS))
    swept = sweep_files(at=now)
    for key in swept.missing:
        logger.error("the content of file %s is missing from the file store", key)


def _half(job_id: int) -> int:
    """The second half of an advisory lock holds 31 bits; two jobs 2**31 apart are not at work together."""
    return job_id % 2**31


def _truth(cursor: "psycopg.Cursor[Any]") -> bool:
    row = cursor.fetchone()
    return bool(row and row[0])
