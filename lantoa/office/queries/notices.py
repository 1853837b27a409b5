"""Kinds of notices and their words; which notices there are and what came of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language, override

from lantoa.accounts.models import User
from lantoa.common.templatetags.lantoa import vdate, vdatetime, vnumber
from lantoa.common.vietnamese import fold
from lantoa.directory.models import Person, Post, Unit, UnitQuerySet
from lantoa.directory.queries.units import path
from lantoa.office.models import Notice, Wording
from lantoa.office.rules.notices import LINK, NAME, Template, Text, fill, kept_values, read_template

UNREACHED = (Notice.State.UNREACHABLE, Notice.State.BOUNCED, Notice.State.FAILED)


# ---- kinds and words


@cache
def templates() -> dict[str, Template]:
    """Every kind of notice, by key, from the files `notices/*.toml` of all rooms."""
    found = {}
    for room in apps.get_app_configs():
        for file in sorted((Path(room.path) / "notices").glob("*.toml")):
            key = f"{room.label}.{file.stem}"
            found[key] = read_template(key, file.read_text(encoding="utf-8"))
    return found


def template_of(key: str) -> Template:
    """The kind of notice under this key; KeyError for none: a bug of whoever notifies."""
    return templates()[key]


def title_of(key: str) -> str:
    """What people call this kind of notice, in the reader's language."""
    template = templates().get(key)
    return template.title["en" if get_language() == "en" else "vi"] if template else key


def wordings_in(unit: Unit, *, on: date, template: str = "") -> dict[tuple[str, str], Wording]:
    """By kind and language the words that hold in a unit: its own, else those of the nearest unit above it, else
    those the house came with; the latter may be rows that are not kept yet (`pk` is None). Two queries.
    """
    above = [step.unit_id for step in path(unit, on=on)] or [unit.pk]
    rows = Wording.objects.filter(Q(unit=None) | Q(unit__in=above))
    if template:
        rows = rows.filter(template=template)
    newest = {(row.template, row.language, row.unit_id): row for row in rows.order_by("version")}
    wanted = [template_of(template)] if template else list(templates().values())
    return {
        (kind.key, language): next(
            (newest[kind.key, language, step] for step in reversed(above) if (kind.key, language, step) in newest),
            None,
        )
        or _shipped(kind, language, newest.get((kind.key, language, None)))
        for kind in wanted
        for language in kind.texts
    }


def wording_of(template: str, language: str, *, unit: Unit, on: date) -> Wording:
    """The words of one kind in one language, as `wordings_in` finds them."""
    return wordings_in(unit, on=on, template=template)[template, language]


def _shipped(kind: Template, language: str, kept: Wording | None) -> Wording:
    """The words of the file: the row that has them, or the row to be kept when they are first used."""
    text = kind.texts[language]
    if kept and (kept.subject, kept.body, kept.short) == (text.subject, text.body, text.short):
        return kept
    version = kept.version + 1 if kept else 1
    return Wording(
        template=kind.key,
        language=language,
        version=version,
        subject=text.subject,
        body=text.body,
        short=text.short,
    )


def said_values(values: Mapping[str, Any], *, name: str, language: str) -> dict[str, str]:
    """The values of a notice as its language says them."""
    with override(language):
        return {NAME: name, **{place: _said(place, value) for place, value in values.items()}}


def _said(place: str, value: Any) -> str:
    if isinstance(value, dict):
        if "moment" in value:
            return vdatetime(datetime.fromisoformat(value["moment"]))
        return vdate(date.fromisoformat(value["day"]))
    if place == LINK and str(value).startswith("/"):
        return f"{settings.ADDRESS.rstrip('/')}{value}"
    return vnumber(value) if isinstance(value, int) else str(value)


def text_of(wording: Wording | Text, said: Mapping[str, str]) -> Text:
    """The words with their places filled."""
    subject = " ".join(fill(wording.subject, said).split())
    return Text(subject, fill(wording.body, said), fill(wording.short, said))


def preview(template: Template, wording: Wording | Text, language: str) -> Text:
    """The words with the examples of the template in their places."""
    examples = {name: place.example for name, place in template.places.items() if name != NAME}
    name = str(template.places[NAME].example)
    return text_of(wording, said_values(kept_values(examples), name=name, language=language))


def shown_text(notice: Notice) -> Text | None:
    """What the notice says, or would say now; None when it was never worded and its kind is gone."""
    if notice.template not in templates():
        return None
    language = notice.wording.language if notice.wording else "vi"
    wording: Wording | Text = notice.wording or template_of(notice.template).texts[language]
    return text_of(wording, said_values(notice.values, name=name_of(notice), language=language))


def name_of(notice: Notice) -> str:
    """Whom the notice is for."""
    if notice.person:
        return notice.person.full_name
    return notice.user.full_name if notice.user else ""


# ---- lists


def notices_in(care: UnitQuerySet) -> "QuerySet[Notice]":
    """The notices of offices in care, and those to people of units in care; the newest first."""
    units = care.values("pk")
    return Notice.objects.filter(Q(unit__in=units) | Q(person_unit__in=units)).order_by("-id")


@dataclass(frozen=True)
class NoticeChoice:
    """Which notices of a list: by state (`unreached`: all that reached nobody), channel, kind, name, thing."""

    state: str = ""
    channel: str = ""
    template: str = ""
    text: str = ""
    about: str = ""


def chosen(notices: "QuerySet[Notice]", choice: NoticeChoice) -> "QuerySet[Notice]":
    """Those of the notices that the choice keeps."""
    if choice.state == "unreached":
        notices = notices.filter(state__in=UNREACHED)
    elif choice.state:
        notices = notices.filter(state=choice.state)
    for name in ("channel", "template", "about"):
        if value := getattr(choice, name):
            notices = notices.filter(**{name: value})
    if sought := fold(choice.text):
        notices = notices.filter(person__folded__contains=sought)
    return notices


def count_by_state(notices: "QuerySet[Notice]") -> dict[str, int]:
    """How many stand in which state; every state is there. One query."""
    found = dict(notices.order_by().values_list("state").annotate(n=Count("pk")))
    return {state: found.get(state, 0) for state in Notice.State.values}


def units_of(people: Collection[int], *, on: date) -> dict[int, int]:
    """By person (id) the unit they belong to: of the post that runs that day, else of the last one. One query."""
    found: dict[int, int] = {}
    running: set[int] = set()
    posts = Post.objects.filter(person__in=people).order_by("period", "id")
    for person, unit, period in posts.values_list("person_id", "unit_id", "period"):
        runs = period.lower <= on and (period.upper is None or on < period.upper)
        if runs or person not in running:
            found[person] = unit
        if runs:
            running.add(person)
    return found


def notices_of(person: Person) -> "QuerySet[Notice]":
    """What a person was told, the newest first."""
    return Notice.objects.filter(person=person).select_related("person", "user", "wording").order_by("-id")


def people_of_users(users: Iterable[User]) -> dict[int, Person]:
    """By user (id) the person the account belongs to."""
    found = Person.objects.filter(user__in=list(users))
    return {person.user_id: person for person in found if person.user_id}
