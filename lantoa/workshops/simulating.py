"""Simulated sites and a simulated chair at a running server: what they do, and when (decision 0037).

They know what a browser knows: pages, forms, a ticket, a stream. Nothing is written past the server.
"""

import heapq
import itertools
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from lantoa.common.models import new_key
from lantoa.workshops.rules.simulating import HEARD, Manner, Report
from lantoa.workshops.visitor import Visitor

HANDS: Final = 8  # acts under way at once
TICK: Final = 10.0  # seconds between two acts of the chair, at speed 1
PART: Final = 30  # acts of the chair to one part of the agenda
TOLD_EVERY: Final = 15.0
QUESTION: Final = re.compile(r"/workshops/questions/([0-9a-z]{13})/")
POLL: Final = re.compile(r"/workshops/polls/([0-9a-z]{13})/")
DIGITS: Final = re.compile(r"(\d{3}) (\d{3})</p>")

Act = Callable[[], None]


class Simulation:
    """A morning of a simulated workshop: acts in the order of their hours, until it is told to stop."""

    def __init__(self, address: str, workshop: str, *, speed: float, tell: Callable[[str], None]) -> None:
        self.address, self.workshop, self.speed, self._tell = address, workshop, speed, tell
        self.done: Counter[str] = Counter()
        self.stop = threading.Event()
        self._due: list[tuple[float, int, Act]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._listener: threading.Thread | None = None

    def after(self, seconds: float, act: Act, *, hurried: bool = True) -> None:
        """The act happens so many seconds from now, sooner at a higher speed."""
        at = time.monotonic() + (seconds / self.speed if hurried else seconds)
        with self._changed:
            heapq.heappush(self._due, (at, next(self._order), act))
            self._changed.notify()

    def count(self, what: str, status: int) -> bool:
        """Counts what came of an act; whether it was taken."""
        taken = status in {200, 302}
        self.done[what if taken else "refused" if status else "unanswered"] += 1
        return taken

    def run(self, sites: "Sequence[SimulatedSite]", chair: "SimulatedChair | None", seconds: float) -> Counter[str]:
        """Lets them act for so long, or until `stop`; how often what was done."""
        ends, told = time.monotonic() + seconds, time.monotonic()
        self._listener = threading.Thread(target=self._listen, args=(sites,), daemon=True)
        with ThreadPoolExecutor(HANDS) as pool:
            for site in sites:
                self.after(0, site.begin)
            if chair is not None:
                self.after(1, chair.begin)
            while not self.stop.is_set() and time.monotonic() < ends:
                if act := self._next(min(ends, told + TOLD_EVERY)):
                    pool.submit(self._acted, act)
                if self._listener.ident is None and self.done["opened"]:
                    self._listener.start()
                if time.monotonic() >= told + TOLD_EVERY:
                    told = time.monotonic()
                    self._tell(self.said())
            self.stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
        for browser in [one.browser for one in sites] + ([chair.browser] if chair else []):
            browser.close()
        return self.done

    def said(self) -> str:
        """What was done so far, in one line."""
        return ", ".join(f"{what} {count}" for what, count in sorted(self.done.items())) or "nothing yet"

    def _next(self, until: float) -> Act | None:
        """The next act when it is due; None when it is not by then."""
        with self._changed:
            now = time.monotonic()
            if self._due and self._due[0][0] <= now:
                return heapq.heappop(self._due)[2]
            wait = min(until, self._due[0][0] if self._due else until) - now
            self._changed.wait(max(0.0, min(wait, 0.5)))  # a word to stop is heard within half a second
        return None

    def _acted(self, act: Act) -> None:
        """A fault of ours is counted and told, and the others go on."""
        if self.stop.is_set():
            return
        try:
            act()
        except Exception as fault:
            self.done["faults"] += 1
            self._tell(f"fault: {type(fault).__name__}: {fault}")

    def _listen(self, sites: "Sequence[SimulatedSite]") -> None:
        """One page's stream, for all of them: calls of the roll, polls, the end."""
        heard = 0
        while not self.stop.is_set():
            page = next((one for one in sites if one.ticket), None)
            if page is not None:
                path = f"/hot/workshop/{self.workshop}/stream?ticket={page.ticket}&after={heard or page.after}"
                for told in page.browser.listen(path):
                    if self.stop.is_set():
                        return
                    if told:
                        heard = told["n"]
                        self._told(told, sites)
            self.stop.wait(1)

    def _told(self, told: dict[str, Any], sites: "Sequence[SimulatedSite]") -> None:
        kind, about = told.get("k"), told.get("about", {})
        if kind == "roll-call" and about.get("open"):
            for one in sites:
                one.called(about["number"])
        elif kind == "poll" and about.get("state") == "open":
            for one in sites:
                self.after(one.manner.vote_after, one.vote)
        elif kind == "state" and about.get("state") == "over":
            self._tell("the workshop was ended")
            self.stop.set()


class SimulatedSite:
    """The operator of one site with a telephone."""

    def __init__(self, simulation: Simulation, key: str, token: str, manner: Manner) -> None:
        self.simulation, self.key, self.token, self.manner = simulation, key, token, manner
        self.browser = Visitor(simulation.address)
        self.ticket = ""
        self.after = 0
        self._silent_until = 0.0
        self._dead_once = False
        self._roll = f"/workshops/site/{key}/roll/"
        self._floor = f"/workshops/site/{key}/floor/"
        self._hot = f"/hot/workshop/{simulation.workshop}/"

    def begin(self) -> None:
        """Signs in, opens the page, and plans the morning."""
        later, manner = self.simulation.after, self.manner
        if not self.simulation.count("signed in", 302 if self.browser.enter(self.token) else 409):
            return
        status, _forms, marks, _text = self.browser.get(self._roll)
        if not self.simulation.count("opened", status):
            return
        self.after, self.ticket = int(marks.get("data-after") or 0), marks.get("data-ticket", "")
        if marks.get("data-roll-state") == "open":
            self.called(int(marks.get("data-roll-number") or 0))
        later(0, self.beat)
        later(manner.check_in_after, self.check_in)
        later(manner.vote_after, self.vote)
        if manner.hand_after is not None:
            later(manner.hand_after, self.raise_hand)
        if manner.question_after is not None:
            later(manner.question_after, self.ask)
        if manner.silent_from is not None:
            later(manner.silent_from, self.fall_silent)

    def called(self, roll: int) -> None:
        """The roll is called: reports follow, the last one stands."""
        for one in self.manner.reports:
            self.simulation.after(one.after, lambda one=one: self.report(one, roll))  # type: ignore[misc]

    def report(self, said: Report, roll: int) -> None:
        """One tap. A fault is told to the fault desk as well, and ended when the site is well again."""
        if self._dead():  # kept on the device and sent when the line is back
            self.simulation.after(5, lambda: self.report(said, roll), hurried=False)
            return
        body = {"ticket": self.ticket, "site": self.key, "state": said.state, "people": said.people, "roll": roll}
        body |= {"leaders": said.leaders, "guests": said.guests, "nonce": new_key()}
        self.simulation.count("reports", self.browser.send(f"{self._hot}report", body))
        if said.state == "fault":
            self.simulation.count("faults reported", self._say("fault", kind="sound"))
        elif self.manner.reports[0].state == "fault":
            self._say("mended")

    def beat(self) -> None:
        """A sign of life, as the page of a site gives one; none while the line is dead."""
        if not self._dead():
            self.browser.send(f"{self._hot}heard", {"ticket": self.ticket, "site": self.key})
        self.simulation.after(HEARD, self.beat, hurried=False)

    def fall_silent(self) -> None:
        """The line is dead for a while: nothing is heard of the site, and the board says so."""
        self._silent_until = time.monotonic() + self.manner.silent_for
        self.simulation.done["lines dropped"] += 1

    def _dead(self) -> bool:
        return time.monotonic() < self._silent_until

    def raise_hand(self) -> None:
        """The site asks for the floor."""
        status = self._say("raise", about=self.manner.subject)
        self.simulation.count("hands", status)

    def ask(self) -> None:
        """The site asks a question; it is held until somebody has read it."""
        language = "en" if self.manner.question.isascii() else "vi"
        status = self._say("ask", text=self.manner.question, language=language)
        self.simulation.count("questions", status)

    def _say(self, what: str, **fields: str) -> int:
        return self.browser.post(self._floor, **fields | {"act": what})

    def vote(self) -> None:
        """The site answers every poll that is open to sites."""
        _status, forms, _marks, _text = self.browser.get(f"{self._floor}?part=polls")
        for form in forms:
            options = form.offered.get("chosen", [])
            if options:
                chosen = options[min(len(options) - 1, int(self.manner.option * len(options)))]
                self.simulation.count("votes", self.browser.post(self._floor, **form.fields | {"chosen": chosen}))

    def check_in(self) -> None:
        """The operator shows the code of the site and enters it on their own telephone."""
        self.browser.post(f"/workshops/site/{self.key}/code/open/")
        _status, _forms, _marks, text = self.browser.get(f"/workshops/site/{self.key}/code/")
        if digits := DIGITS.search(text):
            code = digits[1] + digits[2]
            status = self.browser.post(f"/workshops/site/{self.key}/check-in/", code=code)
            self.simulation.count("check-ins", status)


class SimulatedChair:
    """Chairs as long as nobody else does: calls the roll, lets questions through, gives the floor, opens polls."""

    def __init__(self, simulation: Simulation, token: str) -> None:
        self.simulation, self.token = simulation, token
        self.browser = Visitor(simulation.address)
        self._here = f"/workshops/{simulation.workshop}/"
        self._ticks = 0
        self._speaking = 0

    def begin(self) -> None:
        """Signs in; calls the roll where it is not being called."""
        if not self.simulation.count("signed in", 302 if self.browser.enter(self.token) else 409):
            return
        _status, forms, _marks, _text = self.browser.get(f"{self._here}desk/")
        if any("call-the-roll/together" in one.action for one in forms):
            self.browser.post(f"{self._here}desk/call-the-roll/together/")
        self.tick()

    def tick(self) -> None:
        """What a chair does next; nothing more once somebody else has taken the chair."""
        self._ticks += 1
        if not self._agenda():
            self.simulation.done["chair given up"] += 1
            return
        self._floor()
        self._questions()
        self._polls()
        self.simulation.after(TICK, self.tick)

    def _acts(self, path: str) -> list[dict[str, str]]:
        return [one.fields for one in self.browser.get(path)[1] if "act" in one.fields]

    def _do(self, what: str, path: str, fields: dict[str, str]) -> None:
        self.simulation.count(what, self.browser.post(path, **fields))

    def _agenda(self) -> bool:
        """Begins the next part now and then; False when somebody else is chairing. The first act takes the chair
        where nobody has it, and is refused where somebody does."""
        path = f"{self._here}chair/"
        acts = self._acts(path)
        running = next((one for one in acts if one["act"] == "end_item"), None)
        wanted = next((one for one in acts if one["act"] == "start_item"), None)
        if running is not None and (wanted is None or self._ticks % PART):
            wanted = running | {"act": "start_item"} if self._ticks == 1 else None
        if wanted is not None:
            return self.simulation.count("parts begun", self.browser.post(path, **wanted))
        return self._ticks == 1 or not any(one["act"] == "take_chair" for one in acts)

    def _floor(self) -> None:
        path = f"{self._here}chair/"
        acts = self._acts(path)
        speaking = next((one for one in acts if one["act"] == "end_speaking"), None)
        waiting = next((one for one in acts if one["act"] == "give_floor"), None)
        self._speaking = self._speaking + 1 if speaking else 0
        if speaking and self._speaking > 3:
            self._do("speakers thanked", path, speaking)
        elif waiting and not speaking:
            self._do("floor given", path, waiting)

    def _questions(self) -> None:
        text = self.browser.get(f"{self._here}questions/?show=held")[3]
        for key in list(dict.fromkeys(QUESTION.findall(text)))[:2]:
            self._do("questions let through", f"/workshops/questions/{key}/", {"act": "open"})

    def _polls(self) -> None:
        """A poll is opened, after a while closed, and its result shown; then the next one."""
        if self._ticks % 4:
            return
        for key in dict.fromkeys(POLL.findall(self.browser.get(f"{self._here}polls/")[3])):
            path = f"/workshops/polls/{key}/"
            found = {one["act"]: one for one in self._acts(path)}
            for act in ("close", "show", "open"):
                if act in found:
                    self._do(f"polls: {act}", path, found[act])
                    return
