"""Long jobs: taken once, seen by all, taken up again however their worker ended."""

import random
import signal
import threading
import time
from datetime import UTC, datetime
from typing import Any

import office.days_off  # noqa: F401 -- registers the tests' jobs
import pytest
from django.db import connection, transaction
from factories import BY
from office.conftest import Workers, row, until

from lantoa.common.refused import Refused
from lantoa.directory.models import Unit
from lantoa.ledger.models import Entry
from lantoa.office.actions.jobs import start_job, stop_job
from lantoa.office.actions.worker import MOST_CRASHES, MOST_LOSSES, Worker
from lantoa.office.models import DayChange, Job
from lantoa.office.rules.refusals import from_json
from lantoa.office.rules.workers import NAME
from lantoa.web.queries_state import jobs

AT = datetime(2020, 10, 5, 2, tzinfo=UTC)


def asked(unit: Unit, kind: str = "test.days", **arguments: Any) -> Job:
    return start_job(by=BY, kind=kind, arguments=arguments, unit=unit, at=AT)


def work() -> None:
    """One worker in this process until nothing waits."""
    Worker().run(until_idle=True, housekeeping=False)


def days() -> list[str]:
    return list(DayChange.objects.order_by("day").values_list("words", flat=True))


def expected(count: int) -> list[str]:
    return [str(number) for number in range(count)]


@pytest.mark.django_db(transaction=True)
class TestOneWorker:
    def test_runs_a_job_to_its_end_and_keeps_the_result(self, ward: Unit) -> None:
        job = asked(ward, count=3)
        work()
        done = row(job)
        assert (done.state, done.done, done.total, done.result) == ("done", 3, 3, {"url": "/made/", "days": 3})
        assert days() == expected(3)
        assert done.finished_at is not None

    def test_starting_a_job_writes_a_line_of_the_ledger(self, ward: Unit) -> None:
        job = asked(ward, count=1)
        line = Entry.objects.get(act="office.start_job")
        assert (line.thing, line.about) == (f"office.job:{job.key}", {"kind": "test.days"})

    def test_jobs_are_taken_in_the_order_they_were_asked(self, ward: Unit) -> None:
        first, second = asked(ward, count=0), asked(ward, count=0)
        work()
        assert row(first).finished_at < row(second).finished_at  # type: ignore[operator]

    def test_a_refusal_fails_the_job_with_its_words(self, ward: Unit) -> None:
        job = asked(ward, "test.refused", what="anything")
        work()
        assert row(job).state == "failed"
        assert str(from_json(row(job).refusal)) == "Cannot do anything: it is a test."

    def test_a_kind_nobody_knows_fails_with_words(self, ward: Unit) -> None:
        job = asked(ward, count=0)
        Job.objects.filter(pk=job.pk).update(kind="gone.job")
        work()
        assert str(from_json(row(job).refusal)) == "Cannot do the job: this installation knows no job gone.job."

    def test_a_crash_is_tried_three_times_and_leaves_a_code_and_nothing_else(
        self, ward: Unit, caplog: pytest.LogCaptureFixture
    ) -> None:
        job = asked(ward, "test.crash")
        work()
        failed = row(job)
        assert (failed.state, failed.attempts, days()) == ("failed", MOST_CRASHES, [])
        assert [record.name for record in caplog.records] == ["lantoa.jobs"] * MOST_CRASHES
        assert failed.error_code in caplog.records[-1].getMessage()

    def test_a_job_that_always_takes_its_worker_with_it_is_given_up(self, ward: Unit) -> None:
        job = asked(ward, count=1)
        Job.objects.filter(pk=job.pk).update(state="running", losses=MOST_LOSSES)
        work()
        assert (row(job).state, days()) == ("failed", [])

    def test_a_crashing_job_does_not_hold_up_the_others(self, ward: Unit) -> None:
        crashing, good = asked(ward, "test.crash"), asked(ward, count=1)
        worker = Worker()
        worker.run_next()
        worker.run_next()
        assert (row(crashing).state, row(good).state) == ("waiting", "done")
        worker.run(until_idle=True, housekeeping=False)

    def test_a_waiting_job_can_be_stopped_at_once(self, ward: Unit) -> None:
        job = asked(ward, count=1)
        stop_job(by=BY, job=job, at=AT)
        work()
        assert (row(job).state, days()) == ("stopped", [])

    def test_a_job_that_has_ended_cannot_be_stopped(self, ward: Unit) -> None:
        job = asked(ward, count=0)
        work()
        with pytest.raises(Refused, match=f"^Cannot stop the job {job.key}: it has already ended.$"):
            stop_job(by=BY, job=job, at=AT)

    def test_a_job_asked_in_a_transaction_that_fails_is_never_seen(self, ward: Unit) -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            asked(ward, count=1)
            raise ZeroDivisionError
        work()
        assert Job.objects.count() == 0


@pytest.mark.django_db(transaction=True)
class TestSeveralWorkers:
    def test_progress_is_seen_while_the_transaction_of_the_job_is_open(self, ward: Unit, workers: Workers) -> None:
        job = asked(ward, count=100, pause=0.05)
        workers.start()
        until(lambda: 0 < row(job).done < 100, "progress")

    def test_a_running_job_can_be_stopped_by_a_person(self, ward: Unit, workers: Workers) -> None:
        job = asked(ward, count=10_000, pause=0.01)
        workers.start()
        until(lambda: row(job).done > 0, "progress")
        stop_job(by=BY, job=job, at=AT)
        until(lambda: row(job).state == "stopped", "stopped")
        assert days() == expected(len(days()))

    def test_two_workers_never_run_one_job(self, ward: Unit) -> None:
        job = asked(ward, "test.who", pause=0.3)
        faults: list[BaseException] = []

        def one() -> None:
            try:
                work()
            except BaseException as error:
                faults.append(error)
            finally:
                connection.close()

        threads = [threading.Thread(target=one) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert faults == []
        done = row(job)
        assert (done.state, done.attempts, done.losses) == ("done", 0, 0)

    def test_a_waiting_worker_is_woken_by_a_new_job(self, ward: Unit, workers: Workers) -> None:
        first = asked(ward, count=1)
        workers.start()
        until(lambda: row(first).state == "done", "first job")
        second = asked(ward, count=0)
        until(lambda: row(second).state == "done", "second job")

    def test_an_orderly_end_puts_the_job_back_and_the_next_worker_goes_on(self, ward: Unit, workers: Workers) -> None:
        job = asked(ward, count=40, pause=0.05)
        first = workers.start()
        until(lambda: row(job).done > 0, "progress")
        first.send_signal(signal.SIGTERM)
        assert first.wait(timeout=300) == 0
        put_back = row(job)
        assert (put_back.state, put_back.attempts, put_back.losses) == ("waiting", 0, 0)
        workers.finish()
        assert (row(job).state, days()) == ("done", expected(40))

    def test_killed_at_random_moments_it_is_taken_up_at_once_and_ends_the_same(
        self, ward: Unit, workers: Workers
    ) -> None:
        moment = random.Random(20201005)
        job = asked(ward, count=120, pause=0.02)
        for kills in range(5):
            process = workers.start()
            until(lambda: row(job).state == "running" and row(job).losses == kills, "taken up")  # noqa: B023
            time.sleep(moment.uniform(0, 0.3))
            assert row(job).state == "running"
            process.kill()
            process.wait()
        workers.finish()
        done = row(job)
        assert (done.state, done.losses, done.attempts) == ("done", 5, 0)
        assert days() == expected(120)
        assert done.result == {"url": "/made/", "days": 120}

    def test_a_killed_worker_is_followed_without_a_lease_to_wait_for(self, ward: Unit, workers: Workers) -> None:
        job = asked(ward, count=400, pause=0.02)
        first = workers.start()
        until(lambda: row(job).done > 0, "progress")
        second = workers.start()
        until(lambda: jobs(at=AT).workers == 2, "two workers")
        assert (row(job).state, row(job).losses) == ("running", 0)
        first.kill()
        first.wait()
        until(lambda: row(job).losses == 1, "taken up", seconds=60)
        assert (row(job).state, second.poll()) == ("running", None)

    def test_a_worker_outlives_a_restart_of_the_database(self, ward: Unit, workers: Workers) -> None:
        job = asked(ward, count=60, pause=0.02)
        process = workers.start()
        until(lambda: row(job).done > 0, "progress")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name IN ('worker', %s)",
                [NAME],
            )
            assert {ended for (ended,) in cursor.fetchall()} == {True}
        until(lambda: row(job).state == "done", "done")
        assert (process.poll(), days()) == (None, expected(60))

    def test_the_ledger_is_sealed_by_the_worker(self, ward: Unit, workers: Workers) -> None:
        asked(ward, count=0)
        lines = list(Entry.objects.values_list("pk", flat=True))  # the clock may write others meanwhile
        workers.start()
        until(lambda: not Entry.objects.filter(pk__in=lines, seal=None).exists(), "sealed")
