"""Playbooks: those a reader sees, the last version of one, and the beginning of one from a pilot."""

from datetime import date
from functools import lru_cache

from django.conf import settings
from django.db.models import Max, Q, QuerySet

from lantoa.accounts.models import User
from lantoa.directory.access import in_care
from lantoa.pilots.models import Adoption, Measure, Pilot, Playbook, PlaybookVersion
from lantoa.pilots.rules.playbook import Book, read_playbook

SHIPPED = settings.BASE_DIR / "lantoa" / "pilots" / "data"


def playbooks_seen(user: User, *, on: date) -> "QuerySet[Playbook]":
    """Those of the units in the user's care, and those that such a unit takes on."""
    care = in_care(user, "pilots.view", on=on)
    adopted = Adoption.objects.filter(unit__in=care).values("spread__version__playbook")
    rows = Playbook.objects.filter(Q(unit__in=care) | Q(pk__in=adopted))
    return rows.annotate(number=Max("versions__number")).order_by("title", "pk")


def last_version(playbook: Playbook) -> PlaybookVersion:
    """The version that was loaded last."""
    return playbook.versions.latest("number")


def book_of(version: PlaybookVersion) -> Book:
    """What a version says."""
    return book_in(version.text)


def book_in(text: str) -> Book:
    """What the text of a version says; read once in a process."""
    return _read(text)


@lru_cache(maxsize=32)
def _read(text: str) -> Book:
    return read_playbook(text)


def shipped() -> dict[str, str]:
    """The playbooks that come with the house: name of the file and its text."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.toml"))}


def begun_from(pilot: Pilot, *, months: int) -> Book:
    """A playbook to go on writing: what the pilot was, what it measured, and one step to be filled in."""
    truth: dict[str, str | int] = {"evidence": "known"}
    measures = tuple(
        {"name": one.name, "counted_in": one.counted_in, "direction": one.direction, "every_days": one.every, **truth}
        for one in Measure.objects.filter(pilot=pilot).order_by("position")
    )
    step: dict[str, str | int] = {"code": "buoc-1", "title": "…", **truth}
    return Book(
        code=pilot.code,
        title=pilot.name,
        summary=f"{pilot.problem}\n\n{pilot.hypothesis}",
        origin="",
        months=months,
        fields=tuple(pilot.fields.order_by("code").values_list("code", flat=True)),
        parts={"steps": (step,), **({"measures": measures} if measures else {})},
    )
