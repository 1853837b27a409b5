"""The ledger and the looks as an auditor asks for them: whose lines they may read, and which they want."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat

from lantoa.accounts.models import User
from lantoa.common.days import begins
from lantoa.common.vietnamese import fold
from lantoa.directory.access import grants_of, in_care
from lantoa.directory.models import Person, Unit
from lantoa.directory.queries import those_in_care
from lantoa.ledger.models import Entry, EntryQuerySet, Look, LookQuerySet, thing_key
from lantoa.office.models import Job
from lantoa.training.models import Assessment, Enrolment
from lantoa.web.queries.pages import called_alike
from lantoa.web.queries.things import (
    AUDIT,
    PERSON,
    is_audited_by,
    lists_of,
    people_of_keys,
    things_of,
    things_within,
    with_merged,
)

EXPORT, CHECK = "web.export_audit", "web.check_seals"  # the kinds of the long jobs
NAMESAKES = 20  # more people of a name than this are not meant all at once


Dated = TypeVar("Dated", EntryQuerySet, LookQuerySet)


@dataclass(frozen=True)
class Chosen:
    """What an auditor asks for. `actors` are keys of the ledger (None: anyone), `people` keys of people whom it is
    about, `thing` one thing, `act` an act or a room ("training."), of looks a page (those called as it is are meant
    too), the days both included."""

    actors: tuple[str, ...] | None = None
    people: tuple[str, ...] | None = None
    thing: str = ""
    act: str = ""
    since: date | None = None
    until: date | None = None
    lists: bool = False

    def data(self) -> dict[str, Any]:
        """As it is kept with a job and in the ledger: keys and days, no names."""
        kept: dict[str, Any] = {
            "actors": self.actors and list(self.actors),
            "people": self.people and list(self.people),
        }
        kept |= {"thing": self.thing, "act": self.act, "lists": self.lists}
        kept |= {"since": self.since and self.since.isoformat(), "until": self.until and self.until.isoformat()}
        return {name: value for name, value in kept.items() if value}

    @classmethod
    def read(cls, kept: dict[str, Any]) -> "Chosen":
        """From what `data` gave."""
        return cls(
            actors=tuple(kept["actors"]) if "actors" in kept else None,
            people=tuple(kept["people"]) if "people" in kept else None,
            thing=kept.get("thing", ""),
            act=kept.get("act", ""),
            since=date.fromisoformat(kept["since"]) if "since" in kept else None,
            until=date.fromisoformat(kept["until"]) if "until" in kept else None,
            lists=kept.get("lists", False),
        )


def actors_called(who: str) -> tuple[str, ...]:
    """The actors meant by a key of the ledger, or by a name or username as people type it."""
    if ":" in who:
        return (who,)
    named = User.objects.filter(Q(username__iexact=who) | Q(full_name__icontains=who))
    return tuple(f"user:{key}" for key in named.order_by("pk").values_list("key", flat=True)[:200])


def people_called(who: str, reader: User, *, on: date) -> tuple[str, ...] | None:
    """The people meant by a key, or by a name typed with or without marks, as far as the reader may see them; None
    when too many are called so."""
    label, colon, key = who.partition(":")
    if colon and label == PERSON:
        seen = people_of_keys([key], reader, permission="directory.view_people", on=on)
        return tuple(one.key for one in seen)
    called = Person.records.filter(folded__contains=fold(who)).select_related("merged_into")
    named = list(dict.fromkeys(one.merged_into or one for one in called.order_by("sort_key", "pk")[: 50 * NAMESAKES]))
    if not grants_of(reader, "directory.view_people", on=on).everywhere:
        care = in_care(reader, "directory.view_people", on=on)
        cared = those_in_care([one.pk for one in named], care, on=on)
        named = [one for one in named if one.pk in cared]
    return tuple(one.key for one in named) if len(named) <= NAMESAKES else None


def lines_for(reader: User, chosen: Chosen, *, on: date, acts: dict[str, str]) -> EntryQuerySet:
    """The lines the reader asks for and may read: who audits the country all of them; who audits a unit what the
    people with a role in it did, and everything about the people and things of the unit. `acts` are those known,
    for a choice of a whole room."""
    lines = Entry.objects.all()
    if not _reads_all_about(reader, chosen, on=on):
        lines = lines.filter(actor__in=_staff(reader, on))
    if chosen.people is not None:
        lines = _about(lines, chosen.people)
    if chosen.thing:
        lines = lines.filter(thing__in=things_within(chosen.thing))
    if chosen.act.endswith("."):
        lines = lines.filter(act__in=[act for act in acts if act.startswith(chosen.act)])
    elif chosen.act:
        lines = lines.filter(act=chosen.act)
    if chosen.actors is not None:
        lines = lines.filter(actor__in=chosen.actors)
    return _dated(lines, chosen)


def _about(lines: EntryQuerySet, people: tuple[str, ...]) -> EntryQuerySet:
    """Lines about a person's own things, lines that name them, and the marks entered for a class that hold theirs."""
    found = with_merged(people)
    things = [thing for person in found for thing in things_of(person)]
    places = Enrolment.objects.filter(person__in=found)
    marked = Assessment.objects.filter(training_class__in=places.values("training_class"))
    marks = Q(
        act="training.enter_marks",
        thing__in=[f"training.assessment:{key}" for key in marked.values_list("key", flat=True)],
        about__marks__has_any_keys=list(places.values_list("key", flat=True)),
    )
    return lines.concerning([person.key for person in found], things, marks)


def looks_for(reader: User, chosen: Chosen, *, on: date) -> LookQuerySet:
    """The looks the reader asks for and may read, by the same rule. With `lists` also the lists in which the people
    asked for may have been seen."""
    looks = Look.objects.all()
    if not _reads_all_about(reader, chosen, on=on):
        looks = looks.filter(actor__in=_staff(reader, on))
    if chosen.people is not None:
        whom: list[str] = []
        for person in with_merged(chosen.people):
            whom += [thing_key(person), *(lists_of(person) if chosen.lists else [])]
        looks = looks.at_whom(whom)
    if chosen.thing:
        own = chosen.thing.startswith(f"{PERSON}:")
        looks = looks.at_whom(things_within(chosen.thing) if own else [chosen.thing])
    if chosen.act:
        looks = looks.filter(page__in=called_alike(chosen.act))
    if chosen.actors is not None:
        looks = looks.filter(actor__in=chosen.actors)
    return _dated(looks, chosen)


def _reads_all_about(reader: User, chosen: Chosen, *, on: date) -> bool:
    if grants_of(reader, AUDIT, on=on).everywhere:
        return True
    if chosen.thing and is_audited_by(chosen.thing, reader, on=on):
        return True
    if not chosen.people:
        return False
    meant = {one.pk for one in with_merged(chosen.people) if one.merged_into_id is None}
    return bool(meant) and {one.pk for one in people_of_keys(chosen.people, reader, permission=AUDIT, on=on)} == meant


def _staff(reader: User, on: date) -> "QuerySet[User, Any]":
    """The keys, as the ledger writes them, of those with a role in the units the reader audits."""
    users = User.objects.filter(grants__unit__in=in_care(reader, AUDIT, on=on))
    return users.values_list(Concat(Value("user:"), "key"), flat=True)


def _dated(lines: Dated, chosen: Chosen) -> Dated:
    if chosen.since:
        lines = lines.filter(at__gte=begins(chosen.since))
    if chosen.until:
        lines = lines.filter(at__lt=begins(chosen.until + timedelta(days=1)))
    return lines


def last_check(*, active: bool) -> Job | None:
    """The check of the seals that is under way, or the last one that came to its end; None where there is none."""
    states = [Job.State.WAITING, Job.State.RUNNING] if active else [Job.State.DONE, Job.State.FAILED]
    return Job.objects.filter(kind=CHECK, state__in=states).order_by("-id").first()


def exports_of(reader: User) -> list[Job]:
    """The last exports the reader asked for, the newest first."""
    return list(Job.objects.filter(kind=EXPORT, requested_by=reader.actor_key).order_by("-id")[:10])


def audited_unit(reader: User, *, on: date) -> Unit:
    """The unit in whose care an auditor's long jobs stand: the first that they audit. There is one, says the gate."""
    return Unit.objects.filter(pk__in=grants_of(reader, AUDIT, on=on).units).order_by("pk")[:1].get()
