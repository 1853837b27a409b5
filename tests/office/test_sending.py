"""Sending: each message at most once, whatever the other side does and however the worker ends."""

import hashlib
import hmac
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from factories import BY
from office.conftest import Workers, until
from office.outside import Gateway as Outside
from office.outside import MailServer, gateway, mail_server
from office.told import AT, reach, row, send, sending, someone, tell

from lantoa.directory.models import Unit
from lantoa.ledger.rules import Machine
from lantoa.office.actions import clock
from lantoa.office.actions.channels import Gateway, ways
from lantoa.office.actions.clock import start_daily
from lantoa.office.actions.notices import send_again
from lantoa.office.actions.sending import deliver, take_back_lost, take_next, wake_sender
from lantoa.office.models import DailyRun, Job, Notice
from lantoa.office.rules.notices import Delivery, Message, Outcome

MESSAGE = Message("0abc-1", "+84912345678", "Chủ đề", "Nội dung", "Nhắc lịch học", "vi", "test.kind", {"name": "An"})


@pytest.fixture
def sms(settings: Any) -> Iterator[Outside]:
    """SMS is configured, e-mail is not."""
    with gateway() as outside:
        settings.MAIL = {}
        settings.GATEWAYS = {"sms": {"url": outside.url, "token": "tok", "secret": "geheim", "seconds": 0.5}}
        yield outside


@pytest.fixture
def smtp(settings: Any) -> Iterator[MailServer]:
    """E-mail is configured, SMS is not."""
    with mail_server() as server:
        settings.MAIL = {"host": server.host}
        settings.GATEWAYS = {}
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = server.host, server.port, 2
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield server


def with_phones(ward: Unit, count: int) -> list[Notice]:
    people = [someone(ward, email="", phone=f"09{number:08d}") for number in range(count)]
    return [tell(who, ward) for who in people]


def states() -> dict[str, int]:
    return dict(Counter(Notice.objects.values_list("state", flat=True)))


# ---- one exchange with a gateway


def exchange(url: str, **more: Any) -> Delivery:
    return Gateway("sms", url=url, seconds=0.5, **more).send(MESSAGE)


def test_a_gateway_is_asked_as_documented() -> None:
    with gateway() as outside:
        assert exchange(outside.url, token="tok", secret="geheim") == Delivery(Outcome.SENT, "200 g-0abc-1")
        (asked,) = outside.asked
    headers, body = asked.pop("headers"), asked.pop("body")
    assert asked == {
        "key": "0abc-1",
        "channel": "sms",
        "to": "+84912345678",
        "text": "Nhắc lịch học",
        "language": "vi",
        "template": "test.kind",
        "values": {"name": "An"},
    }
    assert headers["Idempotency-Key"] == "0abc-1"
    assert headers["Authorization"] == "Bearer tok"
    assert headers["X-Lantoa-Signature"] == f"sha256={hmac.new(b'geheim', body, hashlib.sha256).hexdigest()}"


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        (200, Outcome.SENT),
        (202, Outcome.SENT),
        (409, Outcome.SENT),
        ("twice", Outcome.SENT),
        (404, Outcome.BOUNCED),
        (410, Outcome.BOUNCED),
        (422, Outcome.FAILED),
        (302, Outcome.AGAIN),
        (401, Outcome.AGAIN),
        (429, Outcome.AGAIN),
        (500, Outcome.AGAIN),
        (503, Outcome.AGAIN),
        ("hang", Outcome.AGAIN),
        ("drip", Outcome.AGAIN),
        ("die", Outcome.AGAIN),
        ("garbage", Outcome.AGAIN),
    ],
)
def test_what_an_answer_means(how: int | str, outcome: Outcome) -> None:
    with gateway() as outside:
        outside.script = [how]
        began = time.monotonic()
        assert exchange(outside.url).outcome is outcome
        assert (
            time.monotonic() - began < 20
        )  # the gateway itself would hang for 30 s; as a whole, also when bytes keep dripping


def test_a_gateway_that_is_not_there_is_tried_again() -> None:
    with gateway() as outside:
        gone = outside.url
    assert exchange(gone).outcome is Outcome.AGAIN


# ---- sending by a gateway


@pytest.mark.django_db
def test_a_dead_gateway_is_tried_again_under_the_same_key(ward: Unit, sms: Outside) -> None:
    (notice,) = with_phones(ward, 1)
    sms.script = [500, "hang", "die"]
    job = sending(ward)
    tried = []
    for _ in range(4):
        tried.append((send(job, row(notice).due_at), row(notice).attempts))
    assert tried == [({"waiting": 1}, 1), ({"waiting": 1}, 2), ({"waiting": 1}, 3), ({"sent": 1}, 4)]
    assert set(sms.keys) == {f"{notice.key}-1"}
    assert [kept["to"] for kept in sms.kept.values()] == ["+84900000000"]
    assert row(notice).due_at - AT == timedelta(minutes=1 + 5 + 30)


@pytest.mark.django_db
def test_a_gateway_may_ask_for_more_time(ward: Unit, sms: Outside) -> None:
    (notice,) = with_phones(ward, 1)
    sms.script, sms.headers = [429], {"Retry-After": "600"}
    send(sending(ward))
    assert row(notice).due_at == AT + timedelta(minutes=10)


@pytest.mark.django_db
def test_after_seven_tries_it_has_failed(ward: Unit, sms: Outside) -> None:
    (notice,) = with_phones(ward, 1)
    sms.script = [500] * 9
    job = sending(ward)
    while row(notice).state == "waiting":
        send(job, row(notice).due_at)
    assert (row(notice).state, row(notice).why, len(sms.asked)) == ("failed", "gave_up", 7)


@pytest.mark.django_db
def test_what_cannot_be_sent_in_time_has_failed(ward: Unit, sms: Outside) -> None:
    notice = tell(someone(ward, email="", phone="0912345678"), ward, good_until=AT + timedelta(seconds=50))
    sms.script = [500]
    send(sending(ward))
    assert (row(notice).state, row(notice).why) == ("failed", "gave_up")


@pytest.mark.django_db
@pytest.mark.parametrize(("status", "state", "why"), [(404, "bounced", "refused"), (422, "failed", "not_taken")])
def test_a_refusal_is_final_and_its_words_are_kept(
    ward: Unit, sms: Outside, status: int, state: str, why: str
) -> None:
    (notice,) = with_phones(ward, 1)
    sms.script = [status]
    send(sending(ward))
    found = row(notice)
    assert (found.state, found.why, found.answer) == (state, why, f"{status} no {status}")


@pytest.mark.django_db
def test_a_channel_that_is_silent_rests_and_nobody_waits_for_it(ward: Unit, sms: Outside) -> None:
    notices = with_phones(ward, 5)
    job = sending(ward)
    assert send(job, resting=frozenset({"sms"})) == {"waiting": 5}
    assert (sms.asked, {row(one).due_at for one in notices}) == ([], {AT + timedelta(minutes=5)})
    assert {row(one).attempts for one in notices} == {0}


@pytest.mark.django_db
def test_answered_twice_it_is_sent_once(ward: Unit, sms: Outside) -> None:
    with_phones(ward, 3)
    sms.script = ["twice"] * 3
    assert send(sending(ward)) == {"sent": 3}
    assert len(sms.kept) == len(sms.asked) == 3


@pytest.mark.django_db
def test_sent_again_by_hand_it_has_a_new_key(ward: Unit, sms: Outside) -> None:
    (notice,) = with_phones(ward, 1)
    sms.script = [422]
    job = sending(ward)
    send(job)
    send_again(by=BY, notice=notice, at=AT)
    send(job)
    assert sms.keys == [f"{notice.key}-1", f"{notice.key}-2"]


# ---- broken off in the middle


@pytest.mark.django_db
def test_a_gateway_message_broken_off_goes_again_under_its_key(ward: Unit, sms: Outside) -> None:
    (notice,) = with_phones(ward, 1)
    job = sending(ward)
    taken = take_next(by=BY, job=job, ways=ways(), resting=frozenset(), at=AT)
    deliver(taken, ways())  # type: ignore[arg-type] -- and then the worker dies
    assert row(notice).sender == job
    assert send(job) == {"sent": 1}
    assert sms.keys == [f"{notice.key}-1"] * 2
    assert len(sms.kept) == 1


@pytest.mark.django_db
def test_a_letter_broken_off_is_not_sent_twice(ward: Unit, smtp: MailServer) -> None:
    notice = tell(someone(ward), ward)
    job, open_ = sending(ward), ways()
    taken = take_next(by=BY, job=job, ways=open_, resting=frozenset(), at=AT)
    deliver(taken, open_)  # type: ignore[arg-type] -- and then the worker dies
    open_["email"].close()
    assert send(job) == {}
    assert (row(notice).state, row(notice).why) == ("failed", "doubtful")
    assert len(smtp.letters) == 1


@pytest.mark.django_db
def test_what_another_running_job_has_in_hand_is_left_to_it(ward: Unit, sms: Outside) -> None:
    with_phones(ward, 1)
    other, mine = sending(ward), sending(ward)
    take_next(by=BY, job=other, ways=ways(), resting=frozenset(), at=AT)
    assert (send(mine), sms.asked) == ({}, [])
    Job.objects.filter(pk=other.pk).update(state="failed")
    assert take_back_lost(by=BY, job=mine, ways=ways(), at=AT) == 1
    assert send(mine) == {"sent": 1}


# ---- letters


@pytest.mark.django_db
def test_letters_go_over_one_line_each_with_its_own_id(ward: Unit, smtp: MailServer) -> None:
    notices = [tell(someone(ward, email=f"n{number}@example.vn"), ward) for number in range(3)]
    assert send(sending(ward)) == {"sent": 3}
    assert [to for to, _ in smtp.letters] == ["n0@example.vn", "n1@example.vn", "n2@example.vn"]
    named = [letter.partition("Message-ID: ")[2].splitlines()[0] for _, letter in smtp.letters]
    assert named == [f"<{one.key}-1@localhost>" for one in notices]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "state"),
    [("550 no such user", "bounced"), ("450 busy", "waiting")],
)
def test_what_the_mail_server_says_of_the_address(ward: Unit, smtp: MailServer, answer: str, state: str) -> None:
    notice = tell(someone(ward), ward)
    smtp.refuse["an@example.vn"] = answer
    send(sending(ward))
    assert (row(notice).state, row(notice).answer, smtp.letters) == (state, answer, [])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("after", "state", "why"),
    [("554 spam", "failed", "not_taken"), ("451 later", "waiting", ""), ("die", "failed", "doubtful")],
)
def test_what_the_mail_server_says_of_the_letter(
    ward: Unit, smtp: MailServer, after: str, state: str, why: str
) -> None:
    notice, next_one = tell(someone(ward), ward), tell(someone(ward), ward)
    smtp.after_data = [after]
    send(sending(ward))
    assert (row(notice).state, row(notice).why) == (state, why)
    assert row(next_one).state == "sent"


@pytest.mark.django_db
def test_without_a_mail_server_at_the_address_letters_wait(ward: Unit, smtp: MailServer, settings: Any) -> None:
    settings.EMAIL_PORT = 9
    notice = tell(someone(ward), ward)
    assert send(sending(ward)) == {"waiting": 1}
    assert "ConnectionRefusedError" in row(notice).answer


# ---- several workers, and workers that are killed


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_message_once(ward: Unit, sms: Outside) -> None:
    with_phones(ward, 40)
    jobs = [sending(ward) for _ in range(2)]
    done: list[Counter[str]] = []

    def work(job: Job) -> None:
        done.append(send(job))
        connection.close()

    threads = [threading.Thread(target=work, args=[job]) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(count["sent"] for count in done) == 40
    assert sorted(sms.keys) == sorted(set(sms.keys))
    assert len(sms.kept) == 40


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_workers_killed_at_random_moments_leave_each_message_kept_once(
    ward: Unit, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices = with_phones(ward, 60)
    Notice.objects.update(due_at=AT)
    chance = random.Random(11)
    with gateway() as outside:
        outside.pause = 0.03
        monkeypatch.setenv("LANTOA_SMS", outside.url)
        sending(ward)
        for _ in range(4):
            asked = len(outside.asked)
            process = workers.start()
            until(lambda asked=asked: len(outside.asked) > asked, "a message under way")
            time.sleep(chance.uniform(0, 0.4))
            process.send_signal(signal.SIGKILL)
            process.wait()
        workers.finish()
        assert states() == {"sent": 60}
        assert sorted(outside.kept) == sorted(f"{one.key}-1" for one in notices)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_it_writes_letters_sends_none_twice(
    ward: Unit, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    notices = [tell(someone(ward, email=f"n{number}@example.vn"), ward) for number in range(20)]
    with mail_server() as server:
        server.pause = 0.05
        monkeypatch.setenv("LANTOA_SMTP", f"smtp+plain://{server.host}:{server.port}")
        sending(ward)
        for _ in range(2):
            before = len(server.letters)
            process = workers.start()
            until(lambda before=before: len(server.letters) > before + 2, "letters under way")
            process.send_signal(signal.SIGKILL)
            process.wait()
        workers.finish()
        taken = Counter(to for to, _ in server.letters)
    found = states()
    assert found["sent"] + found.get("failed", 0) == 20
    assert found.get("failed", 0) <= 2  # at most the one in hand at each kill, and a person sees it
    assert set(taken.values()) == {1}
    assert {row(one).why for one in notices if row(one).state == "failed"} <= {"doubtful"}


# ---- the clock


@pytest.fixture
def one_daily_job() -> Iterator[None]:
    kept = dict(clock.DAILY)
    clock.DAILY.clear()
    clock.DAILY["office.send_notices"] = datetime(2020, 1, 1, 8).time()  # noqa: DTZ001 -- a time of the day
    yield
    clock.DAILY.clear()
    clock.DAILY.update(kept)


@pytest.mark.django_db
def test_a_daily_job_is_started_once_a_day_and_not_before_its_hour(ward: Unit, one_daily_job: None) -> None:
    by = Machine("clock")
    early = datetime(2020, 10, 5, 0, 59, tzinfo=UTC)  # 07:59 in Viet Nam
    started = [start_daily(by=by, at=early + timedelta(minutes=m)) for m in (0, 1, 2, 24 * 60, 24 * 60 + 1)]
    kind = "office.send_notices"
    assert started == [[], [kind], [], [], [kind]]
    assert [job.arguments for job in Job.objects.order_by("id")] == [{"day": "2020-10-05"}, {"day": "2020-10-06"}]


@pytest.mark.django_db(transaction=True)
def test_two_clocks_start_a_daily_job_once(ward: Unit, one_daily_job: None) -> None:
    gate = threading.Barrier(4)

    def tick() -> None:
        gate.wait()
        start_daily(by=Machine("clock"), at=AT)
        connection.close()

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (DailyRun.objects.count(), Job.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_the_clock_starts_sending_when_something_is_due_and_not_twice(ward: Unit) -> None:
    by = Machine("clock")
    assert not wake_sender(by=by, at=AT)
    tell(someone(ward), ward, due_at=AT)
    assert [
        wake_sender(by=by, at=AT - timedelta(seconds=1)),
        wake_sender(by=by, at=AT),
        wake_sender(by=by, at=AT),
    ] == [
        False,
        True,
        False,
    ]


@pytest.mark.django_db
def test_the_person_with_quiet_hours_is_not_asked_for_by_the_clock_again(ward: Unit) -> None:
    who = someone(ward)
    reach(who, quiet_from=datetime(2020, 1, 1, 8).time(), quiet_until=datetime(2020, 1, 1, 10).time())  # noqa: DTZ001
    tell(who, ward)
    send(sending(ward))
    Job.objects.update(state="done")
    assert not wake_sender(by=Machine("clock"), at=AT + timedelta(minutes=1))
