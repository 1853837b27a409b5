"""A province's exam over HTTP: all start in one minute, answer, and hand in; then the database is read.

python benchmarks/exam_hour.py [--candidates 3400] [--seconds 60] [--answers 10] [--connections 64] [--saturate 10]

A server of its own (`config.web`, the process that `bin/run` serves with) on a cluster of its own whose commits are
durable (fsync and synchronous_commit on). Before the clock runs every candidate signs in by a personal link, opens
the page of the exam, and fetches the sealed paper with the ticket that stands in it, as the scripts of the page do.
Starts are spread over `--seconds`, then answers, one request each, then hand-ins; then the work is marked and
published (by the driver), and every candidate opens the page again and reads the points. A start counts when its
answer came after the commit and the paper has been opened by its letters. Every acknowledged answer is looked for in
the database: `lost`. `saturate` sends answers as fast as the connections take them, in another sitting that goes on;
`sign_in_by_password` is measured apart, with the framework's hashing; `limit` is the same rows written by
a bare asyncpg loop in groups of 50 straight into the same table, without HTTP.

CPU is that of all processes of the server and of the database, read from /proc before and after. The driver runs on
the same machine and takes its part of the cores. What is not in it: the answers of phones on slow lines, the files
of the look (fonts, scripts: a phone keeps them), and the worker of `bin/run`.
"""

import argparse
import asyncio
import gzip
import json
import os
import random
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from _measure import ROOT, report
from _people import invented_name

QUESTIONS = 10
PASSWORDS = 30
PASSWORD = "đo lường 2026"
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=3_400)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--answers", type=int, default=QUESTIONS)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--saturate", type=float, default=10.0, metavar="SECONDS")
    options = parser.parse_args()
    from config.postgres import hold

    with tempfile.TemporaryDirectory(prefix="lantoa-exam-", dir="/tmp") as folder:
        Path(folder).chmod(0o711)
        data = Path(folder) / "data"
        session = hold(data)
        try:
            os.environ |= {
                "DATABASE_URL": session.url,
                "LANTOA_DATA": str(data),
                "LANTOA_LOOPBACK": "1",
                "DJANGO_SETTINGS_MODULE": "config.settings",
            }
            report("exam_hour", measured(options))
        finally:
            from django.db import connections

            connections.close_all()
            session.close()


# ---- the town


@dataclass
class Candidate:
    """One phone: its link, its attempt, its line, and what it was told."""

    link: str
    attempt: str
    device: str
    cookie: str = ""
    ticket: str = ""
    sealed: bytes = b""
    questions: list[str] = field(default_factory=lambda: [f"0q00{place:04}00000" for place in range(QUESTIONS)])
    before: bytes = bytes(32)
    sequence: int = 0
    started: bool = False
    told: list[tuple[str, int, str]] = field(default_factory=list)


@dataclass
class Town:
    """Two sittings of the same people, by key, with their candidates, and some names that sign in by password."""

    sitting: str
    candidates: list[Candidate]
    after: str
    more: list[Candidate]
    usernames: list[str]


def filled(options: argparse.Namespace) -> Town:
    """The people, their links, the paper in four variants, and the sittings."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from lantoa.accounts.actions import issue_link
    from lantoa.accounts.models import PersonalLink, User
    from lantoa.common.keyring import secret
    from lantoa.common.vietnamese import fold, person_sort_key
    from lantoa.directory.models import Person, Unit
    from lantoa.exams.actions.sittings import make_sitting
    from lantoa.exams.models import Attempt, Paper, Variant
    from lantoa.exams.rules.sealing import ticket
    from lantoa.ledger.rules import Machine

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    chance, now, by = random.Random(2026), timezone.now(), Machine("benchmark")
    unit = Unit.objects.create()
    paper = Paper.objects.create(unit=unit, title="Đề", made_by=by.actor_key, made_at=now)
    for number in range(1, 5):
        content, keys = drawn(number)
        Variant.objects.create(
            paper=paper, number=number, seed=number, content=content, keys=keys, made_by=by.actor_key, made_at=now
        )
    names = [invented_name(chance) for _ in range(options.candidates)]
    users = [User(username=f"thisinh{place}", full_name=name) for place, name in enumerate(names)]
    for user in users:
        user.password = "!"
    users = User.objects.bulk_create(users, batch_size=1000)
    people = Person.objects.bulk_create(
        [
            Person(full_name=name, folded=fold(name), sort_key=person_sort_key(name), birth_year=1985, user=user)
            for name, user in zip(names, users, strict=True)
        ],
        batch_size=1000,
    )
    made, keys_of = {}, {}
    for title in ("Thi", "Thi tiếp"):  # the second one takes what `saturate` sends
        sitting = make_sitting(by=by, unit=unit, paper=paper, title=title, people=people, minutes=45, at=now)
        keys_of[title] = sitting.key
        rows = Attempt.objects.filter(sitting=sitting).select_related("person__user").order_by("id")
        made[title] = [(row.key, row.person.user) for row in rows]
    candidates = [
        Candidate(issue_link(by=by, user=user, kind=PersonalLink.Kind.LINK, at=now).token, key, key[:10])
        for key, user in made["Thi"]
    ]
    more = [
        Candidate("", key, key[:10], ticket=ticket(secret("exam-tickets"), key, user.actor_key, 2**40))
        for key, user in made["Thi tiếp"]
    ]
    for user in users[:PASSWORDS]:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    return Town(keys_of["Thi"], candidates, keys_of["Thi tiếp"], more, [user.username for user in users[:PASSWORDS]])


def drawn(number: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Ten single choices."""
    names = [f"0q{number:02}{place:04}00000"[:13] for place in range(QUESTIONS)]
    content = [
        {"id": name, "kind": "single", "text": f"<p>Câu {place}: Chữ ký số bảo đảm điều gì?</p>" * 3, "options": []}
        for place, name in enumerate(names)
    ]
    keys = {
        name: {"points": "1", "penalty": "0", "partial": False, "options": {"a": "0", "b": "1"}} for name in names
    }
    return content, keys


# ---- the server


class Server:
    """The web process and what it costs."""

    def __init__(self, postmaster: int, *options: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        command = [sys.executable, "-X", "utf8", "-m", "config.web", "127.0.0.1", str(self.port), *options]
        self.process = subprocess.Popen(command, cwd=ROOT, env=os.environ, start_new_session=True)
        self._roots = [self.process.pid, postmaster]
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
                    line.sendall(b"GET /sign-in/ HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                    if line.recv(12).startswith(b"HTTP/1."):
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise SystemExit("The server does not answer.")

    def cpu(self) -> float:
        """Seconds of CPU of all its processes and of those that have ended, the database included."""
        return sum(_ticks(pid) for pid in self._all()) / TICKS

    def memory_mb(self) -> float:
        """Proportional memory (PSS) of all of them."""
        total = 0
        for pid in self._all():
            try:
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1])
            except OSError:
                pass
        return round(total / 1024, 1)

    def workers(self) -> list[int]:
        """The processes that answer."""
        mine = [pid for pid in self._all() if pid != self.process.pid]
        return [pid for pid in mine if b"config.web" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait()

    def _all(self) -> Iterator[int]:
        parents = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                try:
                    parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                except OSError:
                    continue
        for pid in parents:
            above: int | None = pid
            while above is not None:
                if above in self._roots:
                    yield pid
                    break
                above = parents.get(above)


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(int(one) for one in fields[11:15])  # its own and of its children that have ended


class Line:
    """One kept connection, HTTP/1.1 written by hand: the driver shall take little of the two cores."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def streams(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Both ends of a connection that has been used."""
        assert self._streams is not None
        return self._streams

    async def ask(self, method: str, path: str, body: bytes = b"", headers: str = "") -> tuple[int, str, bytes]:
        """Status, the head, the body."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Length: {len(body)}\r\n"
        writer.write(f"{head}{headers}\r\n".encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = 0
        for line in head.split("\r\n"):
            if line.lower().startswith("content-length:"):
                length = int(line[15:])
        return int(head[9:12]), head, await reader.readexactly(length)


# ---- the exam

Work = Callable[[Line, Any], Awaitable[None]]


FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
ZIPPED = "Accept-Encoding: gzip\r\n"


def cookies_of(head: str) -> dict[str, str]:
    """The cookies that an answer sets."""
    set_by = (line[11:].split(";")[0] for line in head.split("\r\n") if line.lower().startswith("set-cookie:"))
    return dict(one.strip().split("=", 1) for one in set_by)


def text_of(head: str, body: bytes) -> str:
    return (gzip.decompress(body) if "content-encoding: gzip" in head.lower() else body).decode()


async def signed_in(line: Line, path: str, fields: str) -> str:
    """Opens a page that signs in, presses its button; the cookies of the session."""
    status, head, page = await line.ask("GET", path, headers=ZIPPED)
    assert status == 200, (status, head)
    cookies = cookies_of(head)
    token = text_of(head, page).split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    kept = f"Cookie: csrftoken={cookies.get('csrftoken', '')}\r\n"
    posted = f"csrfmiddlewaretoken={token}{fields}".encode()
    status, head, _page = await line.ask("POST", path, posted, kept + FORM)
    assert status == 302, (status, head)
    return f"Cookie: sessionid={cookies_of(head)['sessionid']}\r\n"


async def sign_in(line: Line, one: Candidate) -> None:
    """The link, its question, its button."""
    one.cookie = await signed_in(line, f"/l/{one.link}", "")


async def wait_for_start(line: Line, one: Candidate) -> None:
    """The page of the exam, and the sealed paper by the ticket in it."""
    status, head, page = await line.ask("GET", f"/my-exams/{one.attempt}/", headers=one.cookie + ZIPPED)
    assert status == 200, (status, head)
    data = text_of(head, page).split('<script id="sheet-data" type="application/json">')[1].split("</script>")[0]
    one.ticket = json.loads(data)["ticket"]
    status, _head, one.sealed = await line.ask("POST", f"/hot/exam/{one.attempt}/paper", posted(one))
    assert status == 200, status


async def see_result(line: Line, one: Candidate) -> None:
    """The page of the exam again: the points stand in it."""
    status, head, page = await line.ask("GET", f"/my-exams/{one.attempt}/", headers=one.cookie + ZIPPED)
    assert status == 200 and "10 điểm" in text_of(head, page), (status, head)


def start(salt: str) -> Work:
    from lantoa.exams.rules.sealing import unseal

    async def started(line: Line, one: Candidate) -> None:
        status, _head, said = await line.ask("POST", f"/hot/exam/{one.attempt}/start", posted(one))
        assert status == 200, (status, said)
        content = unseal(one.sealed, json.loads(said)["letters"], salt)
        one.questions = [asked["id"] for asked in content if asked["kind"] == "single"]
        one.started = True

    return started


async def answer(line: Line, one: Candidate) -> None:
    """The next answer, told as stored."""
    from lantoa.exams.rules.answers import Sent

    one.sequence += 1
    question = one.questions[one.sequence % QUESTIONS]
    now = int(time.time() * 1000)
    event = Sent(one.device, one.sequence, question, json.dumps("abcd"[one.sequence % 4]), now, now, one.before)
    status, _head, said = await line.ask("POST", f"/hot/exam/{one.attempt}/answers", posted(one, event))
    assert status == 200, (status, said)
    one.before = event.hash(one.attempt)
    one.told.append((event.device, event.sequence, event.value))


async def hand_in(line: Line, one: Candidate) -> None:
    """The end."""
    status, _head, said = await line.ask("POST", f"/hot/exam/{one.attempt}/hand-in", posted(one))
    assert status == 200, (status, said)


def posted(one: Candidate, *events: Any) -> bytes:
    """What a phone posts."""
    rows = [[e.sequence, e.question, e.value, e.device_ms, e.monotonic_ms, e.before.hex()] for e in events]
    return json.dumps({"ticket": one.ticket, "device": one.device, "events": rows}).encode()


async def spread(
    port: int, candidates: Sequence[Any], seconds: float, work: Work, connections: int
) -> dict[str, float]:
    """All of them, evenly over so many seconds (0: as fast as it goes); how many a second, and how long each took
    from the moment at which it was due."""
    took: list[float] = []
    due = iter([(place * seconds / len(candidates), one) for place, one in enumerate(candidates)])
    begun = time.perf_counter()

    async def worker() -> None:
        line = Line(port)
        for at, one in due:
            moment = begun + at
            if (wait := moment - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            first = moment if seconds else time.perf_counter()
            await work(line, one)
            took.append(time.perf_counter() - first)

    await asyncio.gather(*(worker() for _ in range(connections)))
    over = time.perf_counter() - begun
    return {"per_s": round(len(took) / over, 1), "p95_ms": round(statistics.quantiles(took, n=20)[-1] * 1000, 1)}


async def saturated(
    port: int, candidates: Sequence[Candidate], seconds: float, connections: int
) -> tuple[int, dict[str, float]]:
    """Answers as fast as so many connections take them."""
    until, took = time.perf_counter() + seconds, []

    async def worker(mine: Sequence[Candidate]) -> None:
        line = Line(port)
        while time.perf_counter() < until:
            for one in mine:
                first = time.perf_counter()
                await answer(line, one)
                took.append(time.perf_counter() - first)

    begun = time.perf_counter()
    await asyncio.gather(
        *(worker(candidates[place::connections]) for place in range(min(connections, len(candidates))))
    )
    over = time.perf_counter() - begun
    return len(took), {
        "answers_per_s": round(len(took) / over, 1),
        "p95_ms": round(statistics.quantiles(took, n=20)[-1] * 1000, 2),
    }


async def limit(count: int) -> dict[str, float]:
    """The same rows by a bare asyncpg loop: groups of 50, one connection, each group committed."""
    import asyncpg
    from django.db import connection

    known = connection.get_connection_params()
    line = await asyncpg.connect(
        host=known.get("host"), port=known.get("port"), user=known["user"], password=known.get("password"),
        database=known["dbname"],
    )  # fmt: skip
    try:
        first = await line.fetchval("SELECT min(id) FROM exams_attempt")
        statement = await line.prepare(
            "INSERT INTO exams_answer (attempt_id, device, sequence, question, value, device_ms, monotonic_ms,"
            " before, hash, received_at) SELECT $1, 'bareloop', n, '0q0000000000', '\"a\"', n, n, sha256('a'),"
            " sha256(n::text::bytea), now() FROM unnest($2::integer[]) n"
        )
        begun = time.perf_counter()
        for written in range(0, count, 50):
            await statement.fetch(first, list(range(written, written + 50)))
        return {"rows_per_s": round(count / (time.perf_counter() - begun), 1)}
    finally:
        await line.close()


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """The figures."""
    town = filled(options)
    candidates = town.candidates
    from django.db import connection
    from django.utils import timezone

    from lantoa.exams.actions.marking import mark_sitting, publish_results
    from lantoa.exams.actions.sittings import end_sitting, start_now
    from lantoa.exams.models import Answer, Attempt, Sitting
    from lantoa.ledger.rules import Machine

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        durable = list(cursor.fetchone())
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    postmaster = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    server = Server(postmaster)
    n, seconds, lines, by = len(candidates), options.seconds, options.connections, Machine("benchmark")
    cpu: dict[str, float] = {}

    def counted(name: str, run: Any) -> Any:
        before = server.cpu()
        result = asyncio.run(run)
        cpu[name] = server.cpu() - before
        return result

    async def by_password(line: Line, name: str) -> None:
        await signed_in(line, "/sign-in/", f"&username={name}&password={quote_plus(PASSWORD)}")

    try:
        passwords = counted("password", spread(server.port, town.usernames, 0, by_password, 4))
        signed = counted("sign_in", spread(server.port, candidates, 0, sign_in, 8))
        opened = counted("page", spread(server.port, candidates, 0, wait_for_start, 8))
        start_now(by=by, sitting=Sitting.objects.get(key=town.sitting), at=timezone.now())
        starts = counted("start", spread(server.port, candidates, seconds, start(town.sitting), lines))
        answers = counted(
            "answers",
            spread(server.port, candidates * options.answers, seconds * options.answers / 10, answer, lines),
        )
        handins = counted("hand_in", spread(server.port, candidates, seconds, hand_in, lines))
        sitting = Sitting.objects.get(key=town.sitting)
        end_sitting(by=by, sitting=sitting, at=timezone.now())
        begun = time.perf_counter()
        while mark_sitting(by=by, sitting=sitting, at=timezone.now()).left:
            pass
        marking = time.perf_counter() - begun
        publish_results(by=by, sitting=sitting, at=timezone.now())
        results = counted("result", spread(server.port, candidates, 0, see_result, 8))
        start_now(by=by, sitting=Sitting.objects.get(key=town.after), at=timezone.now())
        asked, saturation = counted("saturate", saturated(server.port, town.more, options.saturate, lines * 4))
        memory = server.memory_mb()
    finally:
        server.stop()
    candidates = candidates + town.more
    stored = set(Answer.objects.values_list("attempt__key", "device", "sequence", "value"))
    lost = sum(1 for one in candidates for told in one.told if (one.attempt, *told) not in stored)
    bare = asyncio.run(limit(20_000))
    parts = ("sign_in", "page", "start", "answers", "hand_in", "result")
    whole = sum(cpu[part] for part in parts)
    return {
        "candidates": n,
        "over_s": seconds,
        "durable": durable,
        "sign_ins_per_s": signed["per_s"],
        "pages_with_paper_per_s": opened["per_s"],
        "results_per_s": results["per_s"],
        "marked_and_published_s": round(marking, 1),
        "starts_per_s": starts["per_s"],
        "start_p95_ms": starts["p95_ms"],
        "answers_per_s": answers["per_s"],
        "answer_p95_ms": answers["p95_ms"],
        "handins_per_s": handins["per_s"],
        "handin_p95_ms": handins["p95_ms"],
        "server_cpu_ms_per_answer": round(cpu["answers"] * 1000 / (n * options.answers), 3),
        "server_cpu_ms_per_attempt": round(whole * 1000 / n, 3),
        "server_cpu_ms_per_attempt_parts": {part: round(cpu[part] * 1000 / n, 3) for part in parts},
        "sign_in_by_password": {
            **passwords,
            "server_cpu_ms": round(cpu["password"] * 1000 / len(town.usernames), 1),
        },
        "server_memory_mb": memory,
        "started": Attempt.objects.filter(sitting__key=town.sitting).exclude(started_at=None).count(),
        "handed_in": Attempt.objects.filter(sitting__key=town.sitting).exclude(handed_in_at=None).count(),
        "acknowledged": sum(len(one.told) for one in candidates),
        "lost": lost,
        "saturate": {**saturation, "server_cpu_ms_per_answer": round(cpu["saturate"] * 1000 / asked, 3)},
        "limit": bare,
        "load_at_end": [round(value, 2) for value in os.getloadavg()],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


if __name__ == "__main__":
    main()
