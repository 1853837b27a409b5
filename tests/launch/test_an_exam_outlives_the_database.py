"""An exam is sat while its database is stopped and started, in order and not: what was acknowledged is there once."""

import http.client
import json
import random
import signal
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from config.processes import ROOT
from lantoa.exams.rules.answers import FIRST, Sent

from .conftest import SECONDS, Cluster, Served, running, until
from .test_backup import command, done

pytestmark = pytest.mark.slow
QUESTION = "0question0001"
PHONES = 6
RESTARTS = ("fast", "immediate", "fast", "immediate")
BEGIN = f"""
import json
from django.utils import timezone
from exams.sat import act, attempts, sitting, ticket_of
from lantoa.exams.actions.log import Kind, write
now = timezone.now()
people = attempts(sitting(people={PHONES}, starts_at=now))
write([act(Kind.START, one, now) for one in people])
print(json.dumps([[one.key, ticket_of(one)] for one in people]))
"""


@dataclass(eq=False)
class Phone(threading.Thread):
    """Sends one answer after the other, each again until it is told that it is stored."""

    port: int
    attempt: str
    ticket: str
    told: list[tuple[int, str]] = field(default_factory=list)
    over: bool = False

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        before = FIRST
        while not self.over:
            number = len(self.told) + 1
            one = Sent("device00", number, QUESTION, json.dumps(f"{number}"), number, number, before)
            if self._is_stored(one):
                self.told.append((one.sequence, one.value))
                before = one.hash(self.attempt)
            else:  # nobody answered, or the answer was to come again
                time.sleep(0.05)

    def _is_stored(self, one: Sent) -> bool:
        row = [one.sequence, one.question, one.value, one.device_ms, one.monotonic_ms, one.before.hex()]
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            said = {"ticket": self.ticket, "device": one.device, "events": [row]}
            line.request("POST", f"/hot/exam/{self.attempt}/answers", json.dumps(said))
            answer = line.getresponse()
            stored = json.loads(answer.read()).get("stored")
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()
        assert (answer.status, stored) in {(200, 1), (503, None)}
        return answer.status == 200


def test_answers_that_were_acknowledged_outlive_every_restart_of_the_database(data: Path, cluster: Cluster) -> None:
    server = Served(data, "--no-demo", "--no-worker", DATABASE_URL=cluster.url)
    try:
        server.wait_for("Stop it")
        shell = ("manage", "shell", "--no-imports", "-v0", "-c", BEGIN)
        paths = f"{ROOT}:{ROOT / 'tests'}"
        said = done(command(data, *shell, DATABASE_URL=cluster.url, PYTHONPATH=paths)).splitlines()[-1]
        web = server.the("config.web")
        phones = [Phone(server.port, key, ticket) for key, ticket in json.loads(said)]
        for phone in phones:
            phone.start()
        chance = random.Random(2026)
        for how in RESTARTS:
            before = [len(phone.told) for phone in phones]
            until(lambda: all(len(p.told) > n + 3 for p, n in zip(phones, before, strict=True)))  # noqa: B023
            time.sleep(chance.uniform(0, 0.3))
            cluster.stop(how)
            time.sleep(chance.uniform(0, 1.0))
            cluster.start()
        before = [len(phone.told) for phone in phones]
        until(lambda: all(len(p.told) > n for p, n in zip(phones, before, strict=True)))
        for phone in phones:
            phone.over = True
        for phone in phones:
            phone.join(SECONDS)

        assert "config.web" in running(data)[web]  # the same process all the time
        with psycopg.connect(cluster.url) as line:
            for phone in phones:
                rows = line.execute(
                    "SELECT n.sequence, n.value FROM exams_answer n JOIN exams_attempt a ON a.id = n.attempt_id"
                    " WHERE a.key = %s ORDER BY n.sequence",
                    [phone.attempt],
                ).fetchall()
                assert rows == phone.told
        server.process.send_signal(signal.SIGTERM)
        server.rest()
    finally:
        server.end()
