"""Playbooks: loaded from a file, and begun from a pilot."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.pilots.models import Pilot, Playbook, PlaybookVersion
from lantoa.pilots.rules.playbook import Book, read_playbook, write_playbook


@dataclass(frozen=True)
class Loaded:
    """What came of loading a file: its playbook and version, and whether this version is new."""

    playbook: Playbook
    version: PlaybookVersion
    new: bool


@transaction.atomic
def load_playbook(*, by: Actor, unit: Unit, text: str, at: datetime, pilot: Pilot | None = None) -> Loaded:
    """The playbook of a file, kept letter for letter. A changed file of the same code is the next version; the same
    file loaded again changes nothing. Raises `PlaybookFaults` with the line of every fault."""
    book = read_playbook(text)
    again = Refused(N_("Cannot load playbook %(code)s: somebody is loading it now. Load it again."), code=book.code)
    Unit.objects.select_for_update(no_key=True).get(pk=unit.pk)  # one at a time loads a unit's playbooks
    with only_one(again):
        found, _made = Playbook.objects.get_or_create(unit=unit, code=book.code, defaults={"title": book.title})
    last = found.versions.order_by("-number").first()
    if last is not None and last.text == text:
        return Loaded(found, last, new=False)
    number = (found.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = PlaybookVersion.objects.create(
        playbook=found, number=number, text=text, loaded_at=at, loaded_by=by.actor_key
    )
    found.title = book.title
    found.pilot = pilot or found.pilot
    found.save(update_fields=["title", "pilot"])
    about = {"code": book.code, "version": number, "unit": unit.key, "pilot": pilot.key if pilot else ""}
    record(by=by, act="pilots.load_playbook", thing=found, about=about)
    return Loaded(found, version, new=True)


@transaction.atomic
def change_playbook(*, by: Actor, playbook: Playbook, was: int, book: Book, at: datetime) -> Loaded:
    """A changed book as the next version, written as its file. `was` is the version that was changed: refused when it
    is not the last one any more. Nothing changed is no new version."""
    Unit.objects.select_for_update(no_key=True).get(pk=playbook.unit_id)  # as whoever loads a file
    last = playbook.versions.order_by("-number").first()
    if last is None or last.number != was:
        raise Refused(
            N_("Cannot change playbook %(code)s: somebody has changed it since you opened it. Load the page again."),
            code=playbook.code,
        )
    if read_playbook(last.text) == book:
        return Loaded(playbook, last, new=False)
    return load_playbook(by=by, unit=playbook.unit, text=write_playbook(book), at=at)


@transaction.atomic
def begin_playbook(*, by: Actor, unit: Unit, code: str, title: str, step: str, at: datetime) -> Loaded:
    """A playbook with one step, to be written on in forms."""
    if Playbook.objects.filter(unit=unit, code=code).exists():
        raise Refused(N_("Cannot begin playbook %(code)s: the unit keeps one of this code already."), code=code)
    first = {"code": "buoc-1", "title": step, "evidence": "known"}
    book = Book(code=code, title=title, summary="", origin="", parts={"steps": (first,)})
    return load_playbook(by=by, unit=unit, text=write_playbook(book), at=at)
