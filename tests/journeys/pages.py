"""Which pages there are: every address x every account x every corner of the demonstration, asked without a browser.

Runs as a process of its own inside the database of a town and writes what it found. Pages that show the same to
several readers are listed once, for the first of them.
"""

import hashlib
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
NOBODY = ""
ROOM = re.compile(r"^(\w+):")
# What differs between two pages that look the same: tokens, public ids, figures
SALT = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|\b(?=\w*\d)[0-9a-z]{13}\b|\d+')
MAIN = re.compile(rb"<main\b.*</main>", re.DOTALL)


def main() -> None:
    """`FILE`: where to write the pages, the sessions of the accounts and the keys that journeys need."""
    sys.path.insert(0, str(TESTS))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.test.utils import override_settings

    from lantoa.accounts.models import User
    from lantoa.web.demonstration import SIGN_INS

    clients = {NOBODY: Client(raise_request_exception=False)}
    for one in SIGN_INS:
        clients[one.username] = Client(raise_request_exception=False)
        clients[one.username].force_login(User.objects.get(username=one.username))
    with override_settings(ALLOWED_HOSTS=["*"]):
        pages = list(_pages(clients))
    sessions = {name: client.cookies[settings.SESSION_COOKIE_NAME].value for name, client in clients.items() if name}
    found = {"pages": pages, "sessions": sessions, "things": _things(), "pictures": _pictures()}
    Path(sys.argv[1]).write_text(json.dumps(found, ensure_ascii=False, indent=1))


def _things() -> dict[str, str]:
    """Keys that a journey begins with, and that its reader would have from elsewhere: a sheet of paper, a chat."""
    from journeys.corners import corners

    from lantoa.training.models import Certificate, Enrolment

    places = corners()
    certificate = Certificate.objects.filter(
        enrolment__training_class__programme=places["finished"].programme, revoked_on=None
    ).earliest("id")
    return {
        "meeting": places["running"].meeting.key,
        "learner": places["running"].person.key,
        "foreigner": Enrolment.objects.filter(training_class__programme__code__contains="bac-kan")
        .earliest("id")
        .person.key,
        "finished": places["finished"].programme.key,
        "certificate": certificate.key,
        "number": certificate.number,
        "name": certificate.facts["name"],
        "qr": certificate.payload,
    }


def _pictures() -> dict[str, str]:
    """The addresses of the pages that the pictures of the guides show."""
    from django.urls import reverse
    from house.test_rights import NO_UNIT, THINGS
    from journeys.corners import Live, corners
    from journeys.pictures import PICTURES

    places = corners() | {"live": Live()}
    makes = {name: THINGS.get(one.page) or NO_UNIT.get(one.page) for name, one in PICTURES.items()}
    return {
        name: reverse(one.page, kwargs=make(places[one.corner]) if (make := makes[name]) else None)
        for name, one in PICTURES.items()
    }


def _pages(clients: dict[str, Any]) -> Iterator[dict[str, Any]]:
    seen: dict[str, dict[str, Any]] = {}
    for name, address in _addresses():
        for reader, client in clients.items():
            response = client.get(address)
            said = response.headers.get("Content-Type", "")
            shown = b"" if response.streaming else response.content
            if response.status_code in {404, 405} or "text/html" not in said or b"<html" not in shown:
                continue
            if response.status_code in {301, 302} or "attachment" in response.headers.get("Content-Disposition", ""):
                continue
            main = MAIN.search(shown)
            digest = hashlib.sha256(SALT.sub(b"", main[0] if main else shown)).hexdigest()
            if digest not in seen:
                room = ROOM.match(name)
                seen[digest] = {
                    "name": name,
                    "room": room[1] if room else "",
                    "address": address,
                    "reader": reader,
                    "status": response.status_code,
                }
                yield seen[digest]


def _addresses() -> Iterator[tuple[str, str]]:
    """Every address, with the arguments of each corner; then views of them that say more than the bare address."""
    from django.urls import reverse
    from house.test_rights import NO_UNIT, THINGS
    from house.urls import all_urls
    from journeys.corners import corners

    from lantoa.directory.permissions import BY_TOKEN

    places = corners()
    asked = set()
    for url in all_urls():
        if url.permission == BY_TOKEN:
            continue  # not for people
        for corner in places.values():
            make = THINGS.get(url.name) or NO_UNIT.get(url.name)
            if url.arguments and make is None:
                raise SystemExit(f"{url.name}: give it a line in THINGS of tests/house/test_rights.py")
            address = reverse(url.name, kwargs=make(corner) if make else None)
            if address not in asked:
                asked.add(address)
                yield url.name, address
    yield from _views(places)


def _views(places: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What only a query shows: a day of the past, something sought, rows chosen, certificates true and revoked."""
    from django.urls import reverse
    from django.utils import timezone

    from lantoa.directory.models import Level, Unit
    from lantoa.ledger.rules import Machine
    from lantoa.training.actions.certificates import revoke_certificate
    from lantoa.training.models import Certificate
    from lantoa.web.rules.guides import GUIDES

    finished, running, waiting = places["finished"], places["running"], places["waiting"]
    on = timezone.localdate()
    country = Unit.objects.get(placements__level=Level.COUNTRY, placements__period__contains=on)

    def view(name: str, query: str, *arguments: str) -> tuple[str, str]:
        return name, reverse(name, args=arguments) + query

    yield view("directory:units", "?q=phuoc+long+a")
    yield view("directory:units", "?q=khong+co+dau")
    yield view("directory:units", "?on=1990-01-01")
    yield view("directory:unit", "", country.key)
    yield view("directory:unit", "?on=2020-10-01", finished.unit.key)
    yield view("directory:unit", "", finished.unit.key)
    yield view("directory:unit", "", running.unit.key)
    yield view("directory:under", "", running.unit.key)
    yield view("directory:under", "?on=2020-10-01&level=commune", finished.unit.key)
    yield view("directory:people", "", running.unit.key)
    yield view("directory:people", "?q=nguyen", running.unit.key)
    yield view("programmes:programmes", "?text=quan+9")
    yield view("programmes:programmes", "?text=khong+co")
    yield view("training:programme", "?on=2020-11-18", finished.programme.key)
    yield view("training:people", "?state=missing", running.programme.key)
    yield view("training:people", f"?class={finished.training_class.code}", finished.programme.key)
    yield view("training:presence", "?state=absent", running.programme.key)
    yield view("training:person", "", finished.person.key)
    yield view("training:unit", "?on=2020-11-18&state=completed", finished.unit.key)
    yield view("training:unit", "?q=nguyen", running.unit.key)
    for name in ("web:leader", "training:unit_results"):
        yield view(name, "", running.unit.key)
        yield view(name, "?on=2020-12-31", finished.unit.key)
    yield view("pilots:adoptions", f"?on=2021-06-30&unit={country.key}")
    for verdict in ("wrong", "doubtful", "new", "known"):
        yield view("office:show_import", f"?verdict={verdict}", waiting.sheet_sent.key)
    certificate = Certificate.objects.filter(enrolment__training_class__programme=finished.programme).latest("id")
    yield view("training:verify_text", "", certificate.payload)
    revoked = Certificate.objects.exclude(pk=certificate.pk).latest("id")
    revoke_certificate(by=Machine("walk"), certificate=revoked, on=on, kind="mistake", reason="Sai tên")
    yield view("training:verify_text", "", revoked.payload)
    yield view("accounts:sign_in", "?next=/programmes/")
    for name in GUIDES:
        yield view("web:guide", "", name)


if __name__ == "__main__":
    main()
