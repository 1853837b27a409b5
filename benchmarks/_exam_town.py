"""Who sits the exam of `exam_hour.py`: people with links, a paper, two sittings, rooms with somebody who watches."""

import argparse
import random
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from _people import invented_name

QUESTIONS = 10
PASSWORDS = 30
PASSWORD = "đo lường 2026"
IN_A_ROOM = 20  # where nobody says how many rooms there are


@dataclass
class Candidate:
    """One phone: its link, its attempt, its line, and what it was told."""

    link: str
    attempt: str
    device: str
    cookie: str = ""
    ticket: str = ""
    sealed: bytes = b""
    questions: list[str] = field(default_factory=lambda: [f"0q00{place:04}00000" for place in range(QUESTIONS)])
    before: bytes = bytes(32)
    sequence: int = 0
    started: bool = False
    told: list[tuple[str, int, str]] = field(default_factory=list)


@dataclass
class Watcher:
    """Somebody who watches over a room: their link, the key of the room."""

    link: str
    room: str
    cookie: str = ""


@dataclass
class Town:
    """Two sittings of the same people, by key, with their candidates, those who watch over the rooms of the first,
    and some names that sign in by password."""

    sitting: str
    candidates: list[Candidate]
    after: str
    more: list[Candidate]
    watchers: list[Watcher]
    usernames: list[str]


def filled(options: argparse.Namespace) -> Town:
    """The people, their links, the paper in four variants, and the sittings."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.utils import timezone

    from lantoa.common.keyring import secret
    from lantoa.directory.models import Unit
    from lantoa.exams.actions.sittings import make_sitting
    from lantoa.exams.models import Attempt, Paper, Variant
    from lantoa.exams.rules.sealing import ticket
    from lantoa.ledger.rules import Machine

    call_command("migrate", verbosity=0)
    chance, now, by = random.Random(2026), timezone.now(), Machine("benchmark")
    unit = Unit.objects.create()
    paper = Paper.objects.create(unit=unit, title="Đề", made_by=by.actor_key, made_at=now)
    for number in range(1, 5):
        content, keys = drawn(number)
        Variant.objects.create(
            paper=paper, number=number, seed=number, content=content, keys=keys, made_by=by.actor_key, made_at=now
        )
    people = made_people([invented_name(chance) for _ in range(options.candidates)], "thisinh")
    links = links_of([one.user for one in people], by.actor_key)
    made, sittings = {}, []
    # the second takes what `saturate` sends; nobody who signs in waits for it
    for title, begins in (("Thi", None), ("Thi tiếp", now + timedelta(days=1))):
        sitting = make_sitting(
            by=by, unit=unit, paper=paper, title=title, people=people, minutes=45, at=now, starts_at=begins
        )
        sittings.append(sitting)
        rows = Attempt.objects.filter(sitting=sitting).select_related("person__user").order_by("id")
        made[title] = [(row.key, row.person.user) for row in rows]
    candidates = [Candidate(links[user.pk], key, key[:10]) for key, user in made["Thi"]]
    more = [
        Candidate("", key, key[:10], ticket=ticket(secret("exam-tickets"), key, user.actor_key, 2**40))
        for key, user in made["Thi tiếp"]
    ]
    watchers = rooms_of(sittings[0], options.rooms or -(-options.candidates // IN_A_ROOM), by.actor_key)
    users = [one.user for one in people[:PASSWORDS]]
    for user in users:
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
    return Town(sittings[0].key, candidates, sittings[1].key, more, watchers, [user.username for user in users])


def made_people(names: list[str], called: str) -> list[Any]:
    """People with accounts that open by links alone."""
    from lantoa.accounts.models import User
    from lantoa.common.vietnamese import fold, person_sort_key
    from lantoa.directory.models import Person

    users = [User(username=f"{called}{place}", full_name=name, password="!") for place, name in enumerate(names)]
    users = User.objects.bulk_create(users, batch_size=1000)
    people = [
        Person(full_name=name, folded=fold(name), sort_key=person_sort_key(name), birth_year=1985, user=user)
        for name, user in zip(names, users, strict=True)
    ]
    return Person.objects.bulk_create(people, batch_size=1000)


def links_of(users: list[Any], by: str) -> dict[int, str]:
    """A personal link for each account, by its id: what stands behind `/l/`."""
    from django.utils import timezone

    from lantoa.accounts.models import PersonalLink
    from lantoa.accounts.rules import LINK_LETTERS, new_token, token_hash
    from lantoa.common.keyring import secret

    now, kind = timezone.now(), PersonalLink.Kind.LINK
    tokens = {user.pk: new_token(LINK_LETTERS, secrets.choice) for user in users}
    PersonalLink.objects.bulk_create(
        [
            PersonalLink(
                user=user, kind=kind, token_hash=token_hash(secret("links"), tokens[user.pk]), made_at=now, made_by=by
            )
            for user in users
        ],
        batch_size=1000,
    )
    return tokens


def rooms_of(sitting: Any, count: int, by: str) -> list[Watcher]:
    """So many rooms with as many people in each as it takes, and somebody who is named to watch over each."""
    from lantoa.exams.models import Attempt, Invigilator, Room, Seat

    attempts = list(Attempt.objects.filter(sitting=sitting).order_by("id"))
    rooms = Room.objects.bulk_create(
        [Room(sitting=sitting, unit=sitting.unit, name=f"Phòng {place}") for place in range(count)], batch_size=1000
    )
    Seat.objects.bulk_create(
        [
            Seat(attempt=one, room=rooms[place % count], number=place // count + 1)
            for place, one in enumerate(attempts)
        ],
        batch_size=1000,
    )
    people = made_people([f"Giám thị {place}" for place in range(count)], "giamthi")
    Invigilator.objects.bulk_create(
        [Invigilator(room=room, person=one) for room, one in zip(rooms, people, strict=True)], batch_size=1000
    )
    links = links_of([one.user for one in people], by)
    return [Watcher(links[one.user.pk], room.key) for room, one in zip(rooms, people, strict=True)]


def drawn(number: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Ten single choices."""
    names = [f"0q{number:02}{place:04}00000"[:13] for place in range(QUESTIONS)]
    content = [
        {"id": name, "kind": "single", "text": f"<p>Câu {place}: Chữ ký số bảo đảm điều gì?</p>" * 3, "options": []}
        for place, name in enumerate(names)
    ]
    keys = {
        name: {"points": "1", "penalty": "0", "partial": False, "options": {"a": "0", "b": "1"}} for name in names
    }
    return content, keys
