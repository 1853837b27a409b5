"""`lantoa simulate-workshop`: invented sites act at the running server, so that its board moves (decision 0037)."""

import json
import signal
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.ledger.rules import Machine
from lantoa.workshops.actions.simulating import (
    admit_chair,
    admit_operators,
    dismiss,
    refuse_unless_simulated,
    simulated_now,
)
from lantoa.workshops.models import Workshop
from lantoa.workshops.rules.simulating import manners
from lantoa.workshops.simulating import SimulatedChair, SimulatedSite, Simulation
from lantoa.workshops.visitor import Visitor

BY = Machine("simulation")
SERVING = settings.DATA_DIR / "serving.json"  # what `lantoa serve` says of itself
MINUTE_MORE = timedelta(minutes=1)  # the links outlive the last act


class Command(BaseCommand):
    help = "Lets invented sites act at the running server in a workshop that is marked as simulated."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("workshop", nargs="?", default="", help="its code or key (the last simulated one)")
        parser.add_argument("--sites", type=int, default=80, help="how many of its sites act (80)")
        parser.add_argument("--minutes", type=float, default=10.0, help="for how long (10)")
        parser.add_argument("--speed", type=float, default=1.0, help="2: in half the time (1)")
        parser.add_argument("--seed", type=int, default=1, help="another number: another morning (1)")
        parser.add_argument("--no-chair", action="store_true", help="the sites alone: somebody else chairs")
        parser.add_argument("--address", default="", help="of the server (the one that runs on this installation)")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["sites"] < 1 or not 0 < options["minutes"] <= 600 or not 0.1 <= options["speed"] <= 100:
            raise CommandError("Cannot simulate: at least 1 site, up to 600 minutes, a speed from 0.1 to 100.")
        try:
            self._simulate(options)
        except Refused as refused:
            raise CommandError(say(refused)) from refused

    def _simulate(self, options: dict[str, Any]) -> None:
        now, lasts = timezone.now(), timedelta(minutes=options["minutes"])
        until = now + lasts + MINUTE_MORE
        named = _named(options["workshop"])
        address = (options["address"] or _address()).rstrip("/")
        if not Visitor(address).get("/sign-in/")[0]:
            raise Refused(N_("Cannot simulate a workshop: nothing answers at %(address)s."), address=address)
        workshop = simulated_now(by=BY, workshop=named, until=until, at=now, on=timezone.localdate(now))
        sites = workshop.sites.select_related("operator__user").order_by("place", "pk")
        chosen = list(sites.exclude(operator=None)[: options["sites"]])
        entries = admit_operators(by=BY, workshop=workshop, sites=chosen, expires_at=until, at=now)
        if not options["no_chair"]:
            entries = [*entries, admit_chair(by=BY, workshop=workshop, expires_at=until, at=now)]
        self.stdout.write(f"{len(chosen)} simulated sites; watch them at {address}/workshops/{workshop.key}/desk/")
        self.stdout.write("Stop it with Ctrl-C.")
        simulation = Simulation(address, workshop.key, speed=options["speed"], tell=self._tell)
        for word in (signal.SIGINT, signal.SIGTERM):
            signal.signal(word, lambda *_: simulation.stop.set())
        expected = [(one.expected, one.language) for one in chosen]
        acting = [
            SimulatedSite(simulation, one.site.key, one.token, manner)
            for one, manner in zip(
                [one for one in entries if one.site], manners(options["seed"], expected), strict=True
            )
            if one.site
        ]
        chair = next((SimulatedChair(simulation, one.token) for one in entries if one.site is None), None)
        try:
            simulation.run(acting, chair, lasts.total_seconds())
        finally:
            dismiss(by=BY, entries=entries, at=timezone.now())
        self.stdout.write(f"Ended: {simulation.said()}.")

    def _tell(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


def _named(name: str) -> Workshop:
    rows = Workshop.objects.select_related("unit").order_by("-pk")
    if not name:
        found = rows.filter(simulated=True).first()
        if found is None:
            raise Refused(
                N_("Cannot simulate a workshop: none is marked as simulated. Load the demonstration first.")
            )
        return found
    found = rows.filter(key=name).first() or rows.filter(code=name).first()
    if found is None:
        raise Refused(N_("Cannot simulate the workshop “%(name)s”: there is none of this code or key."), name=name)
    refuse_unless_simulated(found)
    return found


def _address() -> str:
    """Where the server of this installation is; what the demonstration's people do stays on this machine."""
    try:
        found = str(json.loads(SERVING.read_text())["address"])
    except (OSError, ValueError, KeyError) as error:
        raise Refused(
            N_("Cannot simulate a workshop: no server of this installation is running. Start it, or say --address.")
        ) from error
    return found if urlsplit(found).scheme else f"http://{found}"
