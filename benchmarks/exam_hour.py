"""A province's exam over HTTP: all start in one minute, answer, and hand in; then the database is read.

python benchmarks/exam_hour.py [--candidates 3400] [--seconds 60] [--answers 10] [--connections 64] [--saturate 10]
                               [--rooms 170] [--scale [500 10000]]

`lantoa serve`, as `bin/run` starts it (web process and worker), on a cluster of its own whose commits are durable
(fsync and synchronous_commit on). Before the clock runs every candidate signs in by a personal link, which leads to
the page of the exam, opens it, and fetches the sealed paper with the ticket that stands in it, as the scripts of the
page do. Starts are spread over `--seconds`, then answers, one request each, then hand-ins; then the worker marks the
work, and every candidate opens the page again and reads the points. Between answers and hand-ins one person for each
of the `--rooms` (one for 20 candidates, unless it says how many) has the page of the room open: each asks for its
numbers every 15 seconds, as the page does, while nobody answers (`rooms`), then while every candidate gives one more
answer (`answers_beside`: how long those took); then all pages ask in the same moment (`at_once`). A start counts when
its answer came after the commit and the paper has been opened by its letters. Every acknowledged answer is looked for
in the database: `lost`. `saturate` sends answers as fast as the connections take them, in another sitting that goes
on; `sign_in_by_password` is measured apart, with the framework's hashing; `limit` is the same rows written by a bare
asyncpg loop in groups of 50 straight into the same table, without HTTP.

CPU is that of all processes of the server and of the database, read from /proc before and after; `idle` is what they
use when nobody asks anything, and is in every figure. The driver runs on the same machine and takes its part of the
cores. What is not in it: the answers of phones on slow lines, and the files of the look (fonts, scripts: a phone
keeps them).

`--scale` runs it for a small and a large number of candidates who come equally often (so many in a second), and says
what a candidate of the large one costs compared with one of the small one.
"""

import argparse
import asyncio
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from _exam_server import Line, Server
from _exam_town import PASSWORD, QUESTIONS, Candidate, Town, Watcher, filled
from _measure import report

POLL = 15.0  # seconds between two looks of a page of a room
SETTLES, IDLE = 3.0, 5.0  # seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", type=int, default=3_400)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--answers", type=int, default=QUESTIONS)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--saturate", type=float, default=10.0, metavar="SECONDS")
    parser.add_argument("--rooms", type=int, default=0)
    parser.add_argument("--scale", type=int, nargs="*", metavar="CANDIDATES")
    options = parser.parse_args()
    if options.scale is not None:
        report("exam_hour_scale", scaled(options, *(options.scale or (500, 10_000))))
        return
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


def scaled(options: argparse.Namespace, small: int, large: int) -> dict[str, Any]:
    """Both runs, each in a process and a database of its own, and how a candidate of the one costs to the other."""
    found = {}
    for candidates in (small, large):
        command = [sys.executable, __file__, "--candidates", str(candidates), "--answers", str(options.answers)]
        command += ["--seconds", str(options.seconds * candidates / large), "--saturate", "0"]
        command += ["--connections", str(options.connections)]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE)
        found[candidates] = json.loads(said.stdout)["results"]
    costs = [found[candidates]["server_cpu_ms_per_attempt"] for candidates in (small, large)]
    return {"cost_of_the_large_to_the_small": round(costs[1] / costs[0], 3), "runs": found}


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


async def entered(line: Line, path: str, fields: str) -> tuple[str, str]:
    """Opens a page that signs in, presses its button; the cookie of the session, and where it leads."""
    status, head, page = await line.ask("GET", path, headers=ZIPPED)
    assert status == 200, (status, head)
    cookies = cookies_of(head)
    token = text_of(head, page).split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    kept = f"Cookie: csrftoken={cookies.get('csrftoken', '')}\r\n"
    posted = f"csrfmiddlewaretoken={token}{fields}".encode()
    status, head, _page = await line.ask("POST", path, posted, kept + FORM)
    assert status == 302, (status, head)
    place = next(line[9:].strip() for line in head.split("\r\n") if line.lower().startswith("location:"))
    return f"Cookie: sessionid={cookies_of(head)['sessionid']}\r\n", place


async def signed_in(line: Line, path: str, fields: str) -> str:
    """The same; the cookie alone."""
    cookie, _place = await entered(line, path, fields)
    return cookie


async def sign_in(line: Line, one: Candidate) -> None:
    """The link, its question, its button; from there the browser goes to the page of the exam."""
    one.cookie, place = await entered(line, f"/l/{one.link}", "")
    assert place == f"/my-exams/{one.attempt}/", place


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


async def watch_first(line: Line, one: Watcher) -> None:
    """Somebody who watches over a room signs in and opens its page."""
    one.cookie = await signed_in(line, f"/l/{one.link}", "")
    status, head, _page = await line.ask("GET", f"/exam-rooms/{one.room}/", headers=one.cookie + ZIPPED)
    assert status == 200, (status, head)


async def watch(line: Line, one: Watcher) -> None:
    """The page asks for its living part."""
    asked = one.cookie + ZIPPED + "X-Requested-With: fetch\r\n"
    status, head, part = await line.ask("GET", f"/exam-rooms/{one.room}/", headers=asked)
    assert status == 200 and "data-live" in text_of(head, part), (status, head)


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


async def both(
    port: int, looks: Sequence[Watcher], candidates: Sequence[Candidate], connections: int
) -> list[dict[str, float]]:
    """The pages of the rooms ask as they do, and every candidate gives one more answer meanwhile."""
    return await asyncio.gather(
        spread(port, looks, 2 * POLL, watch, connections), spread(port, candidates, 2 * POLL, answer, connections)
    )


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


def marked(sitting: Any, by: Any) -> float:
    """The worker marks it; how many seconds that took."""
    from django.db import connection
    from django.utils import timezone

    from lantoa.exams.actions.marking import MARK
    from lantoa.office.actions.jobs import start_job
    from lantoa.office.models import Job

    begun, ask = time.perf_counter(), {"sitting": sitting.key}
    try:
        job = start_job(by=by, kind=MARK, arguments=ask, unit=sitting.unit, at=timezone.now())
        while (row := Job.objects.get(pk=job.pk)).state in {"waiting", "running"}:
            time.sleep(0.2)
        assert row.state == "done", row.state
    finally:
        connection.close()
    return time.perf_counter() - begun


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """The figures."""
    town: Town = filled(options)
    candidates = town.candidates
    from django.db import connection
    from django.utils import timezone

    from lantoa.exams.actions.marking import publish_results
    from lantoa.exams.actions.sittings import end_sitting, start_now
    from lantoa.exams.models import Answer, Attempt, Sitting
    from lantoa.ledger.rules import Machine

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        durable = list(cursor.fetchone())
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    postmaster = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    connection.close()
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
        time.sleep(SETTLES)
        counted("idle", asyncio.sleep(IDLE))
        passwords = counted("password", spread(server.port, town.usernames, 0, by_password, 4))
        signed = counted("sign_in", spread(server.port, candidates, 0, sign_in, 8))
        opened = counted("page", spread(server.port, candidates, 0, wait_for_start, 8))
        start_now(by=by, sitting=Sitting.objects.get(key=town.sitting), at=timezone.now())
        starts = counted("start", spread(server.port, candidates, seconds, start(town.sitting), lines))
        answers = counted(
            "answers",
            spread(server.port, candidates * options.answers, seconds * options.answers / 10, answer, lines),
        )
        counted("rooms_opened", spread(server.port, town.watchers, 0, watch_first, 8))
        looks = town.watchers * 2
        rooms = counted("rooms", spread(server.port, looks, 2 * POLL, watch, lines))
        busy, beside = counted("rooms_busy", both(server.port, looks, candidates, lines))
        at_once = counted("rooms_at_once", spread(server.port, town.watchers, 0, watch, len(town.watchers)))
        handins = counted("hand_in", spread(server.port, candidates, seconds, hand_in, lines))
        sitting = Sitting.objects.get(key=town.sitting)
        end_sitting(by=by, sitting=sitting, at=timezone.now())
        marking = counted("marking", asyncio.to_thread(marked, sitting, by))
        publish_results(by=by, sitting=sitting, at=timezone.now())
        results = counted("result", spread(server.port, candidates, 0, see_result, 8))
        start_now(by=by, sitting=Sitting.objects.get(key=town.after), at=timezone.now())
        saturation: dict[str, float] = {}
        if options.saturate:
            asked, saturation = counted("saturate", saturated(server.port, town.more, options.saturate, lines * 4))
            saturation["server_cpu_ms_per_answer"] = round(cpu["saturate"] * 1000 / asked, 3)
        memory = server.memory_mb()
    finally:
        server.stop()
    candidates = candidates + town.more
    stored = set(Answer.objects.values_list("attempt__key", "device", "sequence", "value"))
    lost = sum(1 for one in candidates for told in one.told if (one.attempt, *told) not in stored)
    bare = asyncio.run(limit(20_000))
    parts = ("sign_in", "page", "start", "answers", "hand_in", "marking", "result")
    whole = sum(cpu[part] for part in parts)
    return {
        "candidates": n,
        "over_s": seconds,
        "durable": durable,
        "sign_ins_per_s": signed["per_s"],
        "pages_with_paper_per_s": opened["per_s"],
        "results_per_s": results["per_s"],
        "marked_s": round(marking, 1),
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
        "rooms": {
            "rooms": len(town.watchers),
            "looks_per_s": rooms["per_s"],
            "look_p95_ms": rooms["p95_ms"],
            "server_cpu_ms_per_look": round(cpu["rooms"] * 1000 / len(looks), 2),
            "while_answers_come": busy,
            "answers_beside": beside,
            "at_once": {**at_once, "server_cpu_ms": round(cpu["rooms_at_once"] * 1000 / len(town.watchers), 2)},
        },
        "idle_cpu_ms_per_s": round(cpu["idle"] * 1000 / IDLE, 1),
        "server_memory_mb": memory,
        "started": Attempt.objects.filter(sitting__key=town.sitting).exclude(started_at=None).count(),
        "handed_in": Attempt.objects.filter(sitting__key=town.sitting).exclude(handed_in_at=None).count(),
        "acknowledged": sum(len(one.told) for one in candidates),
        "lost": lost,
        "saturate": saturation,
        "limit": bare,
        "load_at_end": [round(value, 2) for value in os.getloadavg()],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


if __name__ == "__main__":
    main()
