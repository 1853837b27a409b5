"""The roll call of 80 sites: what it costs whoever calls it, one by one and all at once.

python benchmarks/roll_call.py [--sites 80] [--exceptions 4]   prints JSON

A server of its own (`lantoa serve`, as `bin/run` serves) on a cluster of its own, a workshop of so many sites, and a
headless Chromium in which the board of sites is used as its reader uses it, in Vietnamese, through the real pages:

- `one_by_one`: *Call one after the other*, then for each site Enter (it is present); the exceptions by Tab to
  *technical fault*, and Enter. `one_by_one_with_heads`: a number of two digits is typed for each site before that.
- `all_at_once`: *Call the roll: all at once*, and no site reports by itself, which is the worst case: *All others
  are present*, the exceptions marked in the list of them all, *Enter them*, *Close the roll*.

Measured: how often a key was pressed, how often something was pointed at and clicked, and how long the machine took
from each act until the next page stood (`machine_s`; driver, browser, server and database on the same machine).

`operator_s` is a model and no measurement: the Keystroke-Level Model (Card, Moran and Newell: The Keystroke-Level
Model for User Performance Time with Interactive Systems, Communications of the ACM 23 (7), 1980, 396-410) with its
operators K = 0.28 s for each key or press of a button (an average typist who is no secretary), P = 1.1 s to point,
M = 1.35 s to prepare, and for R what the machine took. One M for each site that is called, for each exception and for
each button; scrolling to what is not in the window is one P more. What people say to each other is no part of it: a
chair who waits for an answer waits. Afterwards the roll is read from the database: every site once, as it was said.
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from _exam_server import Server
from _measure import describe_machine, report

KEY, POINT, MIND = 0.28, 1.1, 1.35  # seconds
BOUND = 180.0
READY = "() => { const one = document.querySelector('[autofocus]'); return !one || one === document.activeElement; }"
PASSWORD = "đo lường 2026"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sites", type=int, default=80)
    parser.add_argument("--exceptions", type=int, default=4)
    options = parser.parse_args()
    from config.postgres import hold

    with tempfile.TemporaryDirectory(prefix="lantoa-roll-", dir="/tmp") as folder:
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
            report("roll_call", measured(options))
        finally:
            from django.db import connections

            connections.close_all()
            session.close()


@dataclass
class Acts:
    """What the operator did, and how long the machine took each time."""

    keys: int = 0
    points: int = 0
    minds: int = 0
    machine: list[float] = field(default_factory=list)

    def said(self) -> dict[str, Any]:
        hands = self.keys * KEY + self.points * POINT + self.minds * MIND
        total = hands + sum(self.machine)
        return {
            "keys_and_clicks": self.keys,
            "pointed": self.points,
            "prepared": self.minds,
            "machine_s": round(sum(self.machine), 1),
            "machine_s_of_one_act_median": round(sorted(self.machine)[len(self.machine) // 2], 3),
            "operator_s": round(total, 1),
            "under_3_minutes": total < BOUND,
        }


class Desk:
    """The board of sites in a browser, used as a person uses it; each act is counted."""

    def __init__(self, page: Any, address: str) -> None:
        self.page, self.address = page, address
        self.acts = Acts()

    def begin(self) -> None:
        self.page.goto(self.address, wait_until="load")
        self.acts = Acts()

    def click(self, place: Any, *, mind: bool = True, leads: bool = True) -> None:
        """Points at it and clicks."""
        self.acts.minds += mind
        place.wait_for()
        box, height = place.bounding_box(), self.page.viewport_size["height"]
        away = box is None or box["y"] < 0 or box["y"] + box["height"] > height
        self.acts.points += 2 if away else 1
        self.acts.keys += 1
        if away:
            place.scroll_into_view_if_needed()
        with self._timed(leads):
            place.click(no_wait_after=True)

    def press(self, *keys: str) -> None:
        """Keys, the last of which leads on."""
        self.acts.keys += len(keys)
        for key in keys[:-1]:
            self.page.keyboard.press(key)
        with self._timed(True):
            self.page.keyboard.press(keys[-1])

    @contextmanager
    def _timed(self, leads: bool) -> Iterator[None]:
        if not leads:
            yield
            return
        with self.page.expect_event("load"):
            started = time.perf_counter()
            yield
        self.page.wait_for_function(READY)
        self.acts.machine.append(time.perf_counter() - started)

    def named(self, words: str) -> Any:
        return self.page.locator("main button, main a.govuk-button").filter(has_text=words)


def one_by_one(desk: Desk, sites: int, broken: set[int], chance: random.Random | None) -> dict[str, Any]:
    """Each by its name, in the order of protocol."""
    desk.begin()
    desk.click(desk.named("Điểm danh lần lượt"))
    for number in range(sites):
        desk.acts.minds += 1
        typed = list(str(chance.randint(10, 99))) if chance else []
        desk.press(*typed, *(["Tab"] * 3 if number in broken else []), "Enter")
    assert desk.page.get_by_text("Đã gọi hết các điểm cầu.").is_visible()
    desk.click(desk.named("Kết thúc điểm danh"))
    return desk.acts.said()


def all_at_once(desk: Desk, sites: int, broken: set[int]) -> dict[str, Any]:
    """By exception; no site has reported by itself."""
    desk.begin()
    desk.click(desk.named("Điểm danh: tất cả cùng lúc"))
    desk.click(desk.named("Các điểm cầu còn lại đều có mặt"))
    places = desk.page.locator("main select")
    assert places.count() == sites
    for number in sorted(broken):
        desk.click(places.nth(number), leads=False)
        desk.acts.keys += 3  # two steps down the list of states, and Enter
        places.nth(number).select_option("fault")
    desk.click(desk.named("Ghi tất cả"))
    desk.click(desk.named("Kết thúc điểm danh"))
    return desk.acts.said()


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """Both ways."""
    import django

    django.setup()
    from django.db import connection

    workshop = filled(options.sites)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    postmaster = int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])
    load, chance = describe_machine()["load"], random.Random("lantoa")
    broken = set(chance.sample(range(options.sites), options.exceptions))
    server = Server(postmaster)
    try:
        walked = walk(server.port, workshop, options.sites, broken, chance)
    finally:
        server.stop()
    return {
        "sites": options.sites,
        "exceptions": options.exceptions,
        "load_before": load,
        "model": {"K": KEY, "P": POINT, "M": MIND, "R": "machine_s", "bound_s": BOUND},
        **walked,
        "rolls": rolls(),
    }


def walk(port: int, workshop: Any, sites: int, broken: set[int], chance: random.Random) -> dict[str, Any]:
    """In the browser. What stands in the database is read afterwards: its own thread has a loop of its own."""
    from playwright.sync_api import sync_playwright

    from config.testing import find_browser

    origin = f"http://127.0.0.1:{port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser())
        page = browser.new_page(locale="vi-VN", viewport={"width": 1366, "height": 768})
        page.goto(f"{origin}/sign-in/")
        page.fill("[name=username]", "chutoa")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda address: "sign-in" not in address)
        desk = Desk(page, f"{origin}/workshops/{workshop.key}/desk/")
        found = {
            "one_by_one": one_by_one(desk, sites, broken, None),
            "one_by_one_with_heads": one_by_one(desk, sites, broken, chance),
            "all_at_once": all_at_once(desk, sites, broken),
        }
        browser.close()
    return found


def rolls() -> list[dict[str, Any]]:
    """What each roll call says."""
    from lantoa.workshops.models import RollCall
    from lantoa.workshops.queries.roll import totals_by_root, whole

    found = []
    for roll in RollCall.objects.order_by("number"):
        said = whole(totals_by_root(roll.workshop, roll))
        found.append(
            {
                "mode": roll.mode,
                "present": said.present,
                "fault": said.fault,
                "silent": said.silent,
                "counted": said.sites - said.uncounted - said.silent,
            }
        )
    return found


def filled(sites: int) -> Any:
    """A workshop that is live, its sites, and whoever chairs it."""
    from django.core.management import call_command
    from django.utils import timezone

    from lantoa.accounts.models import User
    from lantoa.directory.models import Role, RoleGrant, Unit
    from lantoa.ledger.rules import Machine
    from lantoa.workshops.actions.workshops import change_state, create_workshop
    from lantoa.workshops.models import Site

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    now, by = timezone.now(), Machine("benchmark")
    unit = Unit.objects.create()
    chair = User.objects.create_user(username="chutoa", password=PASSWORD, full_name="Chủ tọa")
    RoleGrant.objects.create(user=chair, role=Role.ADMINISTRATOR, unit=unit, since=now.date(), granted_by="machine:b")
    made = create_workshop(
        by=by,
        unit=unit,
        code="ht",
        name="Hội thảo 80 điểm cầu",
        begins=now - timedelta(minutes=1),
        ends=now + timedelta(hours=3),
        languages=["vi"],
        at=now,
    )
    for to in ("ready", "live"):
        made = change_state(by=by, workshop=made, to=to, at=now)
    Site.objects.bulk_create(
        Site(workshop=made, code=f"{n:02}", name=f"Điểm cầu {n}", place=n, language="vi", expected=40)
        for n in range(1, sites + 1)
    )
    return made


if __name__ == "__main__":
    main()
