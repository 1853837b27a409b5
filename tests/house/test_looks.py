"""Every page that shows personal data of others is declared (`@shows_people`), so that a look is written down.

Two ways to forget it are closed. Every address is opened as somebody who may do everything, in a corner where one
person's name stands wherever it can; a page that shows it and is not declared is named. And every template that
writes something of a person must be rendered by declared views only.

A NEW PAGE that shows people: write `@shows_people(N_("the page of …"))` below `@needs(…)`, and `saw(request, whom,
how_many)` in the view (docs/decisions/0016). Only what stands below needs no look, each for its reason.
"""

import ast
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.test import Client
from factories import BY, person
from house.source import ROOT, Function, decorators, sources
from house.test_rights import addresses, nothing, signed_in
from house.urls import all_urls
from house.world import AT, Corner, World

from lantoa.directory.access import needs, saw, shows_people
from lantoa.directory.models import Role
from lantoa.directory.permissions import PUBLIC, SIGNED_IN
from lantoa.ledger.models import Look
from lantoa.presence.models import Attendance
from lantoa.training.actions.certificates import issue_certificates
from lantoa.training.models import Enrolment

NAME = "Nguyễn Thị Lạ Lùng"
PHONE = "0912000111"
PERSONAL = re.compile(r"\|\s*person_name|\bperson\.(?:full_name|phone|email|birth_\w+)|\brow\.born\b|facts\.name")
NO_LOOK = {  # templates that write something of a person, and why reading them is no look at others
    "accounts/personal_link.html": "one's own way in",
    "office/my_notices.html": "one's own messages",
    "programmes/programme.html": "lecturers, who stand in the timetable",
    "training/here.html": "one's own arrival",
    "training/me.html": "one's own learning",
    "training/meetings.html": "lecturers, who stand in the timetable",
    "web/style.html": "invented people",
}


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.KEYS_DIR = tmp_path / "keys"
    return World.make()


def test_every_page_that_shows_a_person_is_declared(world: World) -> None:
    reader, client = signed_in(Role.ADMINISTRATOR, world.own_province)
    corner = world.own(reader)
    show_somebody(corner)
    declared = {url.name for url in all_urls() if url.shows_people}
    found = []
    for url, address in addresses(corner):
        if url.permission == PUBLIC or url.name in declared:
            continue
        if shows_the_person(client, address):
            found.append(f"{url.name} {address} shows a person and is not declared by @shows_people")
    nothing(found)


def test_a_declared_page_writes_down_who_saw_whom(world: World) -> None:
    """Each declared page that shows the person to somebody who may do everything leaves a line."""
    reader, client = signed_in(Role.ADMINISTRATOR, world.own_province)
    corner = world.own(reader)
    show_somebody(corner)
    assert reader.user is not None
    found = []
    for url, address in addresses(corner):
        if not url.shows_people:
            continue
        before = Look.objects.count()
        if shows_the_person(client, address, keep=True) and Look.objects.count() == before:
            found.append(f"{url.name} {address} shows a person and no look was written")
    nothing(found)
    assert set(Look.objects.values_list("actor", flat=True)) == {reader.user.actor_key}


def show_somebody(corner: Corner) -> None:
    """The person of the corner stands in its class, was there, completed it and has a certificate."""
    who = corner.person
    who.full_name, who.phone = NAME, PHONE
    who.folded, who.sort_key = person(NAME).folded, person(NAME).sort_key
    who.save()
    place = corner.learner
    Attendance.objects.create(
        gathering=corner.meeting.gathering,
        person=who,
        state="present",
        share=1,
        how="roll_call",
        at=AT,
        by="machine:test",
    )
    corner.meeting.gathering.held = True
    corner.meeting.gathering.save()
    Enrolment.objects.filter(pk=place.pk).update(completed_at=AT)
    assert corner.certificate
    issue_certificates(by=BY, programme=corner.programme, on=date(2021, 1, 6))


def shows_the_person(client: Client, address: str, *, keep: bool = False) -> bool:
    """Whether the answer says the person's name or telephone, as a page or as a workbook."""
    with transaction.atomic():
        response = client.get(address)
        content = b"".join(response) if response.streaming else response.content  # type: ignore[arg-type]
        if not keep:
            transaction.set_rollback(True)
    text = content.decode("utf-8", "replace")
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            text = "".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    return NAME in text or PHONE in text


def test_every_template_that_writes_of_a_person_is_rendered_by_declared_pages_only() -> None:
    writes = {name for name, text in templates().items() if PERSONAL.search(text)}
    found = []
    for source, function, named in views_with_templates():
        if not named & writes - set(NO_LOOK):
            continue
        said = decorators(function)
        if any(one.startswith("needs") for one in said) and not any(one.startswith("shows_people") for one in said):
            what = ", ".join(sorted(named & writes))
            found.append(source.at(function, f"{function.name} renders {what}, which shows people: @shows_people"))
    nothing(found)


def test_the_exceptions_are_still_there() -> None:
    there = templates()
    assert sorted(name for name in NO_LOOK if name not in there or not PERSONAL.search(there[name])) == []


def templates() -> dict[str, str]:
    """Every template of the rooms by its name, with the text of what it includes."""
    texts = {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for folder in sorted((ROOT / "lantoa").glob("*/templates"))
        for path in folder.rglob("*.html")
    }
    included = re.compile(r"""{%\s*include\s+["']([^"']+)["']""")
    return {
        name: text + "".join(texts.get(other, "") for other in included.findall(text)) for name, text in texts.items()
    }


def views_with_templates() -> Iterator[tuple[Any, Any, set[str]]]:
    for source in sources("lantoa"):
        if not source.layer.startswith("views"):
            continue
        for node in source.tree.body:
            if isinstance(node, Function):
                named = {
                    one.value
                    for one in ast.walk(node)
                    if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value.endswith(".html")
                }
                yield source, node, named


def test_a_page_that_does_not_say_whose_is_a_fault(rf: Any) -> None:
    @needs(SIGNED_IN)
    @shows_people("a page")
    def forgetful(request: Any) -> HttpResponse:
        return HttpResponse("Nguyễn Thị An")

    request = rf.get("/")
    request.resolver_match, request.user = None, AnonymousUser()
    with pytest.raises(RuntimeError, match="forgetful is declared to show people, but its view does not say whose"):
        forgetful(request)


def test_what_was_not_shown_is_no_look(rf: Any, db: None) -> None:
    @needs(SIGNED_IN)
    @shows_people("a page")
    def leading_on(request: Any) -> HttpResponseRedirect:
        saw(request, "directory.person:1", 1)
        return HttpResponseRedirect("/")

    request = rf.get("/")
    request.resolver_match, request.user = None, AnonymousUser()
    leading_on(request)
    assert Look.objects.count() == 0
