"""What is printed for a sitting: its papers, its key, and an answer sheet for each candidate."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.urls import reverse

from lantoa.common.vietnamese import partial_date, sort_key
from lantoa.directory.models import Person, Unit
from lantoa.directory.queries.people import posts_of_people
from lantoa.directory.queries.units import names
from lantoa.exams.models import Attempt, Paper, Sitting, Variant, Version
from lantoa.exams.queries.analysis import is_over as time_is_over
from lantoa.exams.queries.bank import content_of
from lantoa.exams.queries.showing import key_of_variant
from lantoa.exams.queries.sittings import count_rows
from lantoa.exams.rules import texts
from lantoa.exams.rules.drawing import blueprint_from
from lantoa.exams.rules.printing.pdf import PrintedCandidate, PrintedPaper, PrintedVariant


@dataclass(frozen=True)
class Group:
    """The people of one unit who sit an exam: what is printed and handed out together. `unit` is None for those
    whose unit is not known."""

    unit: Unit | None
    name: str
    attempts: tuple[Attempt, ...]

    @property
    def key(self) -> str:
        """What a page calls it: the key of the unit, "-" for none."""
        return self.unit.key if self.unit else "-"


def variants_of(sitting: Sitting) -> list[Variant]:
    """The variants that somebody in this sitting has, in their order."""
    return list(Variant.objects.filter(pk__in=sitting.sat.values("variant")).order_by("number"))


def numbers_of(sitting: Sitting) -> dict[int, str]:
    """The candidate number (số báo danh) of each attempt, by its id: its place on the list, which never changes."""
    found = sitting.sat.order_by("pk").values_list("pk", flat=True)
    return {pk: f"{place:03d}" for place, pk in enumerate(found, 1)}


def rooms_of(sitting: Sitting, *, on: date, unit: str = "") -> list[Group]:
    """The candidates by unit, in the order of the names of units, then of Vietnamese names; of one unit by its
    key."""
    rows = list(
        sitting.sat.select_related("person", "variant")
        .defer("variant__content", "variant__keys")
        .order_by("person__sort_key", "person__birth_year", "number", "pk")
    )
    unit_of = _units(row.person for row in rows)
    called = names(unit_of.values(), on=on)
    grouped: dict[int | None, list[Attempt]] = {}
    for row in rows:
        at = unit_of.get(row.person_id)
        grouped.setdefault(at if at in called else None, []).append(row)
    rooms = [
        Group(called[pk].unit, called[pk].full_name, tuple(found)) for pk, found in grouped.items() if pk is not None
    ]
    rooms.sort(key=lambda room: (sort_key(room.name), room.unit.pk if room.unit else 0))
    rooms += [Group(None, "", tuple(grouped[None]))] if None in grouped else []
    return [room for room in rooms if unit in ("", room.key)]


def _units(people: Iterable[Person]) -> dict[int, int]:
    """Where each of these people is posted (person id -> unit id): their latest post."""
    found: dict[int, int] = {}
    for post in posts_of_people([one.pk for one in people]):
        found.setdefault(post.person_id, post.unit_id)
    return found


def sheets_for(rooms: Sequence[Group], numbers: Mapping[int, str]) -> list[PrintedCandidate]:
    """What stands on the answer sheets of these rooms, in their order."""
    return [
        PrintedCandidate(
            name=attempt.person.full_name,
            born=born(attempt.person),
            unit=room.name,
            number=numbers[attempt.pk],
            variant=attempt.variant.number,
            code=attempt.key,
            address=settings.ADDRESS + reverse("exams:paper_entry", args=[attempt.key]),
        )
        for room in rooms
        for attempt in room.attempts
    ]


def born(person: Person) -> str:
    """The birth date as far as it is known; "" when it is not."""
    return partial_date(person.birth_year, person.birth_month, person.birth_day) if person.birth_year else ""


def printed_paper(
    paper: Paper, variants: Sequence[Variant], *, unit: str, title: str, minutes: int, key: bool = False
) -> PrintedPaper:
    """These variants for the printer; with `key` the sheet of right answers instead."""
    return PrintedPaper(
        unit=unit,
        title=title,
        minutes=minutes,
        introduction=texts.with_maths(blueprint_from(paper.settings).introduction),
        variants=tuple(
            PrintedVariant(
                number=variant.number,
                content=variant.content,
                keys={name: key_of_variant(one) for name, one in variant.keys.items()} if key else {},
                tex=tex_of(variant),
            )
            for variant in variants
        ),
        key=key,
    )


def tex_of(variant: Variant) -> dict[str, str]:
    """The TeX of the formulas of a variant, by the MathML that was made of it."""
    if not any("<math" in str(asked) for asked in variant.content):
        return {}
    found: dict[str, str] = {}
    for version in Version.objects.filter(key__in=[asked["id"] for asked in variant.content]):
        for text in content_of(version).texts():
            found |= texts.maths_in(text)
    return found


def is_over(sitting: Sitting, *, at: datetime) -> bool:
    """Whether nobody can start any more and nobody is at work: then its key may be shown."""
    return time_is_over(sitting, at=at) and count_rows(sitting, at=at)["started"] == 0
