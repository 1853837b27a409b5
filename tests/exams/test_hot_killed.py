"""A real web process, killed with -9 while phones send: every acknowledged answer is there, and is there once."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings
from django.db import connection
from exams.sat import QUESTIONS, attempts, body, events, sitting

from lantoa.exams.models import Answer, Attempt
from lantoa.exams.rules.answers import Sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ROOT = Path(__file__).resolve().parents[2]
PHONES = 6
KILLS = 3
SECONDS = 180.0  # a crowded machine is no fault


class Web:
    """The web process as `lantoa serve` starts it, on the database of this test."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        of = connection.settings_dict
        options = {"host": of["HOST"], "port": of["PORT"]}
        where = urlencode({name: value for name, value in options.items() if value})
        account = quote(of["USER"], safe="") + (f":{quote(of['PASSWORD'], safe='')}" if of["PASSWORD"] else "")
        surroundings = {
            **os.environ,
            "DATABASE_URL": f"postgresql://{account}@/{of['NAME']}?{where}",
            "LANTOA_DATA": str(settings.DATA_DIR),
            "LANTOA_LOOPBACK": "1",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "config.web", "127.0.0.1", str(self.port)],
            cwd=ROOT,
            env=surroundings,
            start_new_session=True,
        )

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def post(self, path: str, sent: bytes) -> tuple[int, dict[str, object]]:
        """Raises OSError or HTTPException when nobody answers (any more)."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            line.request("POST", f"/hot/exam/{path}", sent)
            answer = line.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            line.close()

    def wait_for(self, attempt: Attempt) -> None:
        until = time.monotonic() + SECONDS
        while True:
            try:
                assert self.post(f"{attempt.key}/state", body(attempt))[0] == 200
                return
            except (OSError, http.client.HTTPException):
                assert time.monotonic() < until, "the web process does not answer"
                time.sleep(0.1)


class Phone(threading.Thread):
    """Sends one event after the other until nobody answers; remembers what it was told is stored."""

    def __init__(self, web: Web, attempt: Attempt, sent: tuple[Sent, ...]) -> None:
        super().__init__(daemon=True)
        self.web, self.attempt, self.sent = web, attempt, sent
        self.told: list[Sent] = []

    def run(self) -> None:
        for one in self.sent:
            try:
                status, said = self.web.post(f"{self.attempt.key}/answers", body(self.attempt, (one,)))
            except (OSError, http.client.HTTPException):
                return
            assert (status, said["stored"]) == (200, 1)
            self.told.append(one)


def test_after_a_kill_every_acknowledged_answer_is_there_and_sending_all_again_adds_what_was_missing() -> None:
    people = attempts(sitting(people=PHONES))
    chance = random.Random(2026)
    for turn in range(KILLS):
        given = [(chance.choice(QUESTIONS), number) for number in range(5_000)]
        device = f"device{turn:02}"
        web = Web()
        try:
            web.wait_for(people[0])
            phones = [Phone(web, one, events(one, *given, device=device)) for one in people]
            for phone in phones:
                phone.start()
            time.sleep(chance.uniform(0.1, 0.6))
        finally:
            web.kill()
        for phone in phones:
            phone.join()
            there = Answer.objects.filter(attempt=phone.attempt, device=device)
            kept = set(there.values_list("sequence", "value"))
            assert {(one.sequence, one.value) for one in phone.told} - kept == set()
    web = Web()
    try:
        web.wait_for(people[0])
        one = people[0]
        again = events(one, *((question, "b") for question in QUESTIONS), device="device99")
        for _ in range(10):
            assert web.post(f"{one.key}/answers", body(one, again))[1]["stored"] == 3
    finally:
        web.kill()
    assert Answer.objects.filter(device="device99").count() == 3
