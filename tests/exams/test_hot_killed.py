"""A real web process, killed with -9 while phones send: every acknowledged answer is there, and is there once."""

import http.client
import os
import random
import threading
import time

import factories as make
import pytest
from django.utils import timezone
from exams.hall import SECONDS, Web
from exams.sat import QUESTIONS, attempts, body, events, sitting

from lantoa.exams.actions.sittings import mark_attempts
from lantoa.exams.models import Answer, Attempt
from lantoa.exams.rules.answers import Sent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PHONES = 6
KILLS = int(os.environ.get("LANTOA_KILLS", "30"))  # each costs the start of a web process


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


def wait_until_all_are_told(phones: list[Phone]) -> None:
    """So that each kill meets phones that send, also on a crowded machine."""
    end = time.monotonic() + SECONDS
    while not all(phone.told for phone in phones):
        assert time.monotonic() < end, "a phone is not answered"
        time.sleep(0.005)


def test_after_each_kill_every_acknowledged_answer_is_there_and_sending_again_adds_nothing_twice() -> None:
    people = attempts(sitting(people=PHONES, starts_at=timezone.now(), minutes=24 * 60))
    chance = random.Random(2026)
    web, told = Web(), 0
    for turn in range(KILLS):
        given = [(chance.choice(QUESTIONS), number) for number in range(5_000)]
        device = f"device{turn:02}"
        coming = None
        try:
            web.wait_for(people[0])
            for each in people[: PHONES if not turn else 0]:
                assert web.post(f"{each.key}/start", body(each))[0] == 200
            phones = [Phone(web, one, events(one, *given, device=device)) for one in people]
            for phone in phones:
                phone.start()
            coming = Web()  # the next one is made ready meanwhile
            wait_until_all_are_told(phones)
            time.sleep(chance.uniform(0.05, 0.5))
        finally:
            web.kill()
        for phone in phones:
            phone.join()
            there = Answer.objects.filter(attempt=phone.attempt, device=device)
            kept = set(there.values_list("sequence", "value"))
            assert {(one.sequence, one.value) for one in phone.told} - kept == set()
            told += len(phone.told)
        web = coming
    try:
        web.wait_for(people[0])
        one = people[0]
        again = events(one, *((question, "b") for question in QUESTIONS), device="device99")
        for turn in range(10):
            batch = again if turn % 2 else again[::-1]
            assert web.post(f"{one.key}/answers", body(one, batch))[1]["stored"] == 3
        for each in people:
            assert web.post(f"{each.key}/hand-in", body(each))[0] == 200
    finally:
        web.kill()
    assert told > KILLS * PHONES
    assert Answer.objects.filter(device="device99").count() == 3
    mark_attempts(by=make.BY, attempts=people, at=timezone.now())
    earned = [one.points for one in attempts(one.sitting)]
    assert earned == [3] + [0] * (PHONES - 1)  # whoever sent "b" last, which is right; the others numbers
