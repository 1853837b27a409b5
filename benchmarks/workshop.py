"""A workshop of many sites over HTTP: open pages, a storm of them, head-counts, check-ins; then the database is read.

python benchmarks/workshop.py [--pages 3400] [--most 10000] [--seconds 60] [--acts 20] [--sites 31000] [--only NAME …]

A server of its own (`config.web`, the process that `bin/run` serves with; two processes where it says so) on a
cluster of its own whose commits are durable. The parts, each of which can be asked for by `--only`:

- `storm`: the operators of `--pages` sites open their page within `--seconds`: the page, the ticket in it, the
  stream, until it says that it is caught up. `p95_ms` is from the moment at which each was due to that.
- `acts`: with all of them open, and then with `--most` streams, the chair opens and closes the roll by the page of
  the desk, `--acts` times: from sending the form to the moment the last page has the event. Every event is counted.
- `memory`: what the server's processes grew by (PSS), for each open page.
- `heads`: 2,212 sites report within `--seconds`, one request each; the board is compared to the last digit.
- `check_ins`: 1,050 a second for `--seconds`, each a person with the code of their site's wall.
- `country`: `--sites` sites in their tree report within `--seconds`; the totals by province are right, and how long
  the one query takes.
- `killed`: the same once more on two processes, one of which is killed with -9 in the middle. What was not
  acknowledged is sent again, as devices do.
- `front`: two servers on one database, as two machines run them, behind nginx or Caddy (`--front`; without TLS): the
  storm, the chair's acts with `--pages` streams, the country's head-counts with the web process of one of them killed
  in the middle. Where no front server is on the machine: two processes on one port, and `behind` says so.

Driver and server share the machine. The streams are held by processes of the driver that count events and do nothing
else; requests go over `--connections` kept connections.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import select
import signal
import socket
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from _fronts import Fronted
from _measure import report
from exam_hour import FORM, ZIPPED, Line, Server, signed_in, text_of

PASSWORD = "đo lường 2026"
PROVINCE = 2_212
PARTS = ("storm", "acts", "heads", "check_ins", "country", "killed", "front")
AN_EVENT = b'"k":"roll-call"'


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3_400)
    parser.add_argument("--most", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--acts", type=int, default=20)
    parser.add_argument("--sites", type=int, default=31_000)
    parser.add_argument("--rate", type=int, default=1_050, help="check-ins a second")
    parser.add_argument("--connections", type=int, default=512)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS))
    parser.add_argument("--front", choices=["nginx", "caddy"], default="", help="default: whichever is there")
    options = parser.parse_args()
    from config.postgres import hold

    with tempfile.TemporaryDirectory(prefix="lantoa-workshop-", dir="/tmp") as folder:
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
            report("workshop", measured(options))
        finally:
            from django.db import connections

            connections.close_all()
            session.close()


# ---- the country


@dataclass
class Place:
    """One site: what it says, and what it was told."""

    key: str
    root: str
    ticket: str
    cookie: str = ""
    people: int = 0
    acknowledged: bool = False
    secret: bytes = b""


@dataclass
class Country:
    """A workshop with its sites, the chair, and the people who check in."""

    workshop: str
    places: list[Place]
    seats: list[tuple[Place, str]] = field(default_factory=list)  # where, and the person's ticket
    all_ticket: str = ""


def filled(options: argparse.Namespace) -> Country:
    """34 provinces with communes and hamlets under them; operators for the pages; people for the check-ins."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client
    from django.utils import timezone

    from lantoa.accounts.models import User
    from lantoa.common.keyring import secret
    from lantoa.directory.models import Person, Role, RoleGrant, Unit
    from lantoa.ledger.rules import Machine
    from lantoa.presence.actions import new_gathering
    from lantoa.presence.models import Gathering
    from lantoa.workshops.actions.workshops import change_state, create_workshop
    from lantoa.workshops.models import Site
    from lantoa.workshops.rules.streams import ALL, Ticket, audience_of

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    now, by, chance = timezone.now(), Machine("benchmark"), random.Random(2026)
    unit = Unit.objects.create()
    chair = User.objects.create_user(username="chutoa", password=PASSWORD, full_name="Chủ tọa")
    RoleGrant.objects.create(user=chair, role=Role.ADMINISTRATOR, unit=unit, since=now.date(), granted_by="machine:b")
    made = create_workshop(
        by=by, unit=unit, code="ht", name="Hội nghị toàn quốc", begins=now - timedelta(minutes=1),
        ends=now + timedelta(hours=6), languages=["vi"], at=now,
    )  # fmt: skip
    for to in ("ready", "live"):
        made = change_state(by=by, workshop=made, to=to, at=now)
    users = User.objects.bulk_create(
        [User(username=f"diemcau{n}", full_name=f"Điểm cầu {n}", password="!") for n in range(options.pages)],
        batch_size=2_000,
    )
    people = Person.objects.bulk_create(
        [Person(full_name=user.full_name, folded=user.username, sort_key=user.username, user=user) for user in users],
        batch_size=2_000,
    )

    def sites(count: int, above: Sequence[Any], start: int) -> list[Any]:
        rows = []
        for n in range(start, start + count):
            over = above[(n - start) % len(above)] if above else None
            rows.append(
                Site(
                    workshop=made,
                    code=f"{n:05}",
                    name=f"Điểm cầu {n}",
                    place=n,
                    language="vi",
                    above=over,
                    root=over and over.root,
                    expected=40,
                    operator=people[n] if n < len(people) else None,
                )  # fmt: skip
            )
        Site.objects.bulk_create(rows, batch_size=2_000)
        return list(Site.objects.filter(workshop=made, place__gte=start).select_related("root").order_by("place"))

    provinces = sites(34, [], 0)
    in_first = min(PROVINCE, options.sites) - 1
    first = sites(in_first, provinces[:1], 34)
    rest = max(options.sites - 34 - in_first, 0)
    communes = sites(min(3_321, rest), provinces[1:], 34 + in_first)
    hamlets = sites(rest - len(communes), communes, 34 + in_first + len(communes)) if rest > len(communes) else []
    until = 2**40
    places = [
        Place(
            site.key, site.root.key if site.root_id else site.key,
            Ticket(made.key, audience_of(site.key), f"user:{site.key}").written(secret("workshop-tickets"), until),
        )
        for site in [provinces[0], *first, *provinces[1:], *communes, *hamlets]
    ]  # fmt: skip
    country = Country(made.key, places)
    country.all_ticket = Ticket(made.key, ALL, "user:0{}").written(secret("workshop-tickets"), until)
    by_key = {place.key: place for place in places}
    if {"storm", "front"} & set(options.only):
        for site in [*provinces, *first, *communes, *hamlets][: options.pages]:
            client = Client()
            client.force_login(users[site.place])
            by_key[site.key].cookie = f"Cookie: sessionid={client.cookies['sessionid'].value}\r\n"
    if "check_ins" in options.only:
        halls = []
        for place in places[:PROVINCE]:
            hall = new_gathering(source=f"workshops.site:{place.key}", starts=now, ends=now + timedelta(hours=6))
            hall.opened_at, place.secret = now, hall.code_secret
            halls.append(hall)
        Gathering.objects.bulk_create(halls, batch_size=2_000)
        count = round(options.rate * options.seconds)
        come = Person.objects.bulk_create(
            [Person(full_name=f"Người {n}", folded=f"nguoi {n}", sort_key=f"{n:06}") for n in range(count)],
            batch_size=5_000,
        )
        kept = secret("workshop-tickets")
        country.seats = [
            (
                places[n % min(PROVINCE, len(places))],
                Ticket(made.key, f"seat:{one.key}", f"user:{one.key}").written(kept, until),
            )
            for n, one in enumerate(come)
        ]
        chance.shuffle(country.seats)
    return country


# ---- pages that are open: processes that hold streams and count


def hold_streams(orders: Connection, port: int, workshop: str) -> None:
    """Opens streams by ticket, and counts events: how many, and when the last one came."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    poll = select.epoll()
    poll.register(orders.fileno(), select.EPOLLIN)
    lines: dict[int, socket.socket] = {}
    caught: set[int] = set()
    count, last, ended = 0, 0.0, 0
    while True:
        for number, _kind in poll.poll():
            if number == orders.fileno():
                order = orders.recv()
                if order is None:
                    return
                if isinstance(order, list):
                    for ticket in order:
                        line = socket.create_connection(("127.0.0.1", port))
                        path = f"/hot/workshop/{workshop}/stream?ticket={ticket}"
                        line.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                        line.setblocking(False)
                        lines[line.fileno()] = line
                        poll.register(line.fileno(), select.EPOLLIN)
                else:
                    orders.send((len(lines), len(caught), count, last, ended))
                    if order == "forget":
                        count, last = 0, 0.0
                continue
            try:
                said = lines[number].recv(65_536)
            except BlockingIOError:
                continue
            except ConnectionError:
                said = b""
            if not said:
                poll.unregister(number)
                lines.pop(number).close()
                ended += 1
                continue
            if found := said.count(AN_EVENT):
                count += found
                last = time.monotonic()
            if b"event: caught-up" in said:
                caught.add(number)


class Watchers:
    """The open pages, in a few processes."""

    def __init__(self, port: int, workshop: str, processes: int = 2) -> None:
        context = multiprocessing.get_context("spawn")
        self._held: list[tuple[Connection, Any]] = []
        for _ in range(processes):
            ours, theirs = context.Pipe()
            process = context.Process(target=hold_streams, args=(theirs, port, workshop), daemon=True)
            process.start()
            self._held.append((ours, process))

    def open(self, tickets: Sequence[str]) -> None:
        """So many more, and waits until all are caught up."""
        before = self.told()[1]
        for place, (ours, _process) in enumerate(self._held):
            ours.send(list(tickets[place :: len(self._held)]))
        until = time.monotonic() + 120
        while self.told()[1] - before < len(tickets):
            if time.monotonic() > until:
                raise SystemExit(f"Only {self.told()[1] - before} of {len(tickets)} streams are open.")
            time.sleep(0.2)

    def told(self, order: str = "say") -> tuple[int, int, int, float, int]:
        """Open, caught up, events, moment of the last one, ended; of all processes."""
        for ours, _process in self._held:
            ours.send(order)
        answers = [ours.recv() for ours, _process in self._held]
        return (
            sum(one[0] for one in answers), sum(one[1] for one in answers), sum(one[2] for one in answers),
            max(one[3] for one in answers), sum(one[4] for one in answers),
        )  # fmt: skip

    def close(self) -> None:
        for ours, process in self._held:
            ours.send(None)
            process.join()


# ---- what is done


class Chair:
    """Signed in, and opens and closes the roll by the forms of the desk."""

    def __init__(self, port: int, workshop: str) -> None:
        self._port, self._workshop = port, workshop
        self._cookie = asyncio.run(
            signed_in(Line(port), "/sign-in/", "&username=chutoa&password=" + _quoted(PASSWORD))
        )
        self._open = False

    def act(self) -> None:
        """One form."""
        asyncio.run(self._act())

    async def _act(self) -> None:
        line = Line(self._port)
        word = "close-the-roll" if self._open else "call-the-roll/together"
        path = f"/workshops/{self._workshop}/desk/{word}/"
        token = "x" * 32
        kept = self._cookie.replace("\r\n", f"; csrftoken={token}\r\n")
        status, head, _page = await line.ask("POST", path, f"csrfmiddlewaretoken={token}".encode(), kept + FORM)
        assert status == 302, (status, head)
        self._open = not self._open


def _quoted(text: str) -> str:
    from urllib.parse import quote_plus

    return quote_plus(text)


def acted(chair: Chair, watchers: Watchers, acts: int, server: Server) -> dict[str, Any]:
    """So many acts: when the last page has each."""
    took: list[float] = []
    missing = 0
    pages = watchers.told("forget")[0]
    before = server.cpu()
    for _ in range(acts):
        begun = time.monotonic()
        chair.act()
        until = begun + 10
        while (told := watchers.told())[2] < pages and time.monotonic() < until:
            time.sleep(0.05)
        missing += pages - told[2]
        took.append((told[3] - begun) * 1000)
        watchers.told("forget")
        time.sleep(0.3)
    return {
        "pages": pages,
        "acts": acts,
        "median_ms": round(statistics.median(took)),
        "p95_ms": round(statistics.quantiles(took, n=20)[-1]),
        "worst_ms": round(max(took)),
        "missing": missing,
        "server_cpu_ms_per_act": round((server.cpu() - before) * 1000 / acts),
    }


async def storm(port: int, workshop: str, places: Sequence[Place], seconds: float) -> dict[str, Any]:
    """Page, ticket, stream, each at its moment."""
    took: list[float] = []
    begun = time.perf_counter()
    again = [0]
    streams = []

    async def one(place: Place, at: float) -> None:
        await asyncio.sleep(max(0.0, begun + at - time.perf_counter()))
        due = begun + at
        line = Line(port)
        while True:
            status, head, page = await line.ask(
                "GET", f"/workshops/site/{place.key}/roll/", headers=place.cookie + ZIPPED
            )
            if status == 200:
                break
            assert status in {502, 503}, (status, head)
            again[0] += 1
            await asyncio.sleep(2)  # as it was told
        text = text_of(head, page)
        ticket = text.split('data-ticket="')[1].split('"')[0]
        after = text.split('data-after="')[1].split('"')[0]
        reader, writer = line.streams()
        writer.write(
            f"GET /hot/workshop/{workshop}/stream?ticket={ticket}&after={after} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        )
        await reader.readuntil(b"event: caught-up\ndata: {}\n\n")
        took.append(time.perf_counter() - due)
        streams.append(writer)

    await asyncio.gather(*(one(place, n * seconds / len(places)) for n, place in enumerate(places)))
    over = time.perf_counter() - begun
    for writer in streams:
        writer.close()
    return {"pages": len(took), "over_s": round(over, 1), "asked_again": again[0], **_times(took)}


def _times(took: Sequence[float]) -> dict[str, float]:
    return {
        "median_ms": round(statistics.median(took) * 1000, 1),
        "p95_ms": round(statistics.quantiles(took, n=20)[-1] * 1000, 1),
        "worst_ms": round(max(took) * 1000, 1),
    }


async def sent(
    port: int, bodies: Sequence[tuple[str, bytes, Any]], seconds: float, connections: int, *, at: Any = None
) -> dict[str, Any]:
    """Each at its moment; again until it is acknowledged. `at`: called in the middle."""
    took: list[float] = []
    statuses: Counter[int] = Counter()
    due = iter([(place * seconds / len(bodies), one) for place, one in enumerate(bodies)])
    begun = time.perf_counter()

    until = begun + seconds * 3 + 60

    async def worker() -> None:
        line = Line(port)
        for moment, (path, body, told) in due:
            when = begun + moment
            if (wait := when - time.perf_counter()) > 0:
                await asyncio.sleep(wait)
            while True:
                try:
                    status, _head, _said = await line.ask("POST", path, body() if callable(body) else body)
                except (OSError, asyncio.IncompleteReadError):
                    status, line = 0, Line(port)
                statuses[status] += 1
                if status == 200:
                    break
                assert status in {0, 502, 503, 504}, (status, _said)  # a front server says 502 of one that died
                assert time.perf_counter() < until, "the server does not come back"
                await asyncio.sleep(0.2)
            told()
            took.append(time.perf_counter() - when)

    async def middle() -> None:
        if at is not None:
            await asyncio.sleep(seconds / 2)
            at()

    await asyncio.gather(middle(), *(worker() for _ in range(connections)))
    over = time.perf_counter() - begun
    return {"sent": len(took), "per_s": round(len(took) / over, 1), **_times(took), "answers": dict(statuses)}


def heads(workshop: str, places: Sequence[Place], chance: random.Random) -> list[tuple[str, bytes, Any]]:
    """A head-count of each."""
    bodies = []
    for place in places:
        place.people, place.acknowledged = chance.randrange(3, 120), False
        said = {
            "ticket": place.ticket, "site": place.key, "state": "present", "people": place.people,
            "leaders": 2, "guests": 1, "nonce": f"{chance.getrandbits(60):015x}", "tapped": int(time.time() * 1000),
        }  # fmt: skip

        def told(of: Place = place) -> None:
            of.acknowledged = True

        bodies.append((f"/hot/workshop/{workshop}/report", json.dumps(said).encode(), told))
    chance.shuffle(bodies)
    return bodies


def compared(workshop: str, places: Sequence[Place]) -> dict[str, Any]:
    """The board against what was acknowledged, to the last digit, and how long its one query takes."""
    from lantoa.workshops.models import Site, Workshop
    from lantoa.workshops.queries.roll import last_roll, totals_by_root

    found = Workshop.objects.get(key=workshop)
    called = last_roll(found)
    took = []
    for _ in range(10):
        begun = time.perf_counter()
        totals = totals_by_root(found, called)
        took.append(time.perf_counter() - begun)
    keys = dict(Site.objects.filter(pk__in=totals).values_list("pk", "key"))
    expected: dict[str, int] = {}
    for place in places:
        if place.acknowledged:
            expected[place.root] = expected.get(place.root, 0) + place.people
    shown = {keys[pk]: one.people for pk, one in totals.items() if one.people}
    return {
        "people": sum(shown.values()),
        "sites_reported": sum(one.reported for one in totals.values()),
        "right": shown == expected,
        "totals_median_ms": round(statistics.median(took) * 1000, 1),
        "totals_worst_ms": round(max(took) * 1000, 1),
    }


def check_in_bodies(country: Country) -> list[tuple[str, Any, Any]]:
    """Each person with the code that is on the wall when they show it."""
    from lantoa.presence.rules import code_at

    def body(place: Place, ticket: str) -> Any:
        return lambda: json.dumps(
            {"ticket": ticket, "site": place.key, "code": code_at(place.secret, datetime.now(UTC), 20)}
        ).encode()

    path = f"/hot/workshop/{country.workshop}/check-in"
    return [(path, body(place, ticket), lambda: None) for place, ticket in country.seats]


class Told(dict[str, Any]):
    """The figures, each said as soon as it is known: a run takes minutes."""

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(name, value)
        print(name, json.dumps(value), file=sys.stderr, flush=True)


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """The figures."""
    country = filled(options)
    from django.db import connection

    from lantoa.presence.models import Attendance

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT current_setting('fsync'), current_setting('synchronous_commit')")
        durable = list(cursor.fetchone())
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    postmaster = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    found = Told(durable=durable, sites=len(country.places))
    chance, only = random.Random(7), set(options.only)
    server = Server(postmaster)
    try:
        chair = Chair(server.port, country.workshop)
        if "storm" in only:
            places = [place for place in country.places if place.cookie]
            before = server.cpu()
            found["storm"] = asyncio.run(storm(server.port, country.workshop, places, options.seconds))
            found["storm"]["server_cpu_ms_per_page"] = round((server.cpu() - before) * 1000 / len(places), 1)
        if "acts" in only:
            found["acts"], found["memory"] = open_pages(server, country, chair, options)
        chair.act()  # the roll is being called
        if "heads" in only:
            found["heads"] = reported(server, country, country.places[:PROVINCE], chance, options)
        if "check_ins" in only:
            before = server.cpu()
            found["check_ins"] = asyncio.run(
                sent(server.port, check_in_bodies(country), options.seconds, options.connections)
            )
            count = len(country.seats)
            found["check_ins"]["server_cpu_ms_each"] = round((server.cpu() - before) * 1000 / count, 3)
            found["check_ins"]["lost"] = count - Attendance.objects.count()
        if "country" in only:
            chair.act()
            chair.act()
            found["country"] = reported(server, country, country.places, chance, options)
    finally:
        server.stop()
    if "killed" in only:
        server = Server(postmaster, "--processes", "2")
        try:
            chair = Chair(server.port, country.workshop)
            chair._open = True
            chair.act()
            chair.act()
            found["killed"] = reported(server, country, country.places, chance, options, kill=True)
        finally:
            server.stop()
    if "front" in only:
        found["front"] = fronted(postmaster, country, chance, options)
    found["load_at_end"] = [round(value, 2) for value in os.getloadavg()]
    found["at"] = datetime.now(UTC).isoformat(timespec="seconds")
    return found


def fronted(postmaster: int, country: Country, chance: random.Random, options: argparse.Namespace) -> dict[str, Any]:
    """What the front server and the second machine are worth, and what they cost."""
    server = Fronted(postmaster, os.environ["DATABASE_URL"], options.front)
    found = Told(behind=server.kind, tls=False)
    try:
        chair = Chair(server.port, country.workshop)
        chair._open = True
        chair.act()
        places = [place for place in country.places if place.cookie]
        before = server.cpu()
        found["storm"] = asyncio.run(storm(server.port, country.workshop, places, options.seconds))
        found["storm"]["server_cpu_ms_per_page"] = round((server.cpu() - before) * 1000 / len(places), 1)
        watchers = Watchers(server.port, country.workshop)
        try:
            watchers.open([place.ticket for place in country.places[: options.pages]])
            found["acts"] = acted(chair, watchers, options.acts, server)
        finally:
            watchers.close()
        if chair._open:
            chair.act()
        chair.act()
        found["killed"] = reported(server, country, country.places, chance, options, kill=True)
        return dict(found)
    finally:
        server.stop()


def open_pages(
    server: Server, country: Country, chair: Chair, options: argparse.Namespace
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The chair's acts with so many and with most pages open, and what a page costs."""
    watchers = Watchers(server.port, country.workshop)
    tickets = [place.ticket for place in country.places[: options.pages]]
    try:
        watchers.open(tickets[:1])
        empty = server.memory_mb()
        watchers.open(tickets[1:])
        found = [acted(chair, watchers, options.acts, server)]
        full = server.memory_mb()
        memory = {"kib_per_page": round((full - empty) * 1024 / max(len(tickets) - 1, 1), 1), "server_mb": full}
        if options.most > options.pages:
            more = [place.ticket for place in country.places[options.pages : options.most]]
            watchers.open(more)
            found.append(acted(chair, watchers, options.acts, server))
            most = server.memory_mb()
            memory["kib_per_page_at_most"] = round((most - empty) * 1024 / (len(tickets) + len(more) - 1), 1)
        if watchers.told()[4]:
            memory["ended"] = watchers.told()[4]
        if chair._open:
            chair.act()
        return found, memory
    finally:
        watchers.close()


def reported(
    server: Server,
    country: Country,
    places: Sequence[Place],
    chance: random.Random,
    options: argparse.Namespace,
    *,
    kill: bool = False,
) -> dict[str, Any]:
    """All of them report, and the board is compared."""
    for place in country.places:
        place.acknowledged = False
    before = server.cpu()

    def killing() -> None:
        workers = sorted(server.workers())
        os.kill(workers[0], signal.SIGKILL)

    bodies = heads(country.workshop, places, chance)
    told = asyncio.run(sent(server.port, bodies, options.seconds, options.connections, at=killing if kill else None))
    cpu = round((server.cpu() - before) * 1000 / len(places), 3)
    return {**told, "server_cpu_ms_each": cpu, **compared(country.workshop, country.places)}


if __name__ == "__main__":
    sys.exit(main())
