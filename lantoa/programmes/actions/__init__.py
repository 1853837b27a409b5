"""What can be done with programmes: making them, changing their mandate, their partners, their lecturers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold, spell
from lantoa.directory.actions.people import add_person
from lantoa.directory.models import Decision, Person, Unit, period_of
from lantoa.directory.rules.people import NewPerson
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import Field, Lecturer, Partner, Programme


@dataclass(frozen=True)
class PartnerText:
    """A partner as a form or a file says it."""

    name: str
    role: str
    unit: Unit | None = None


@dataclass(frozen=True)
class LecturerText:
    """A lecturer as a file says them; `code` is what the file calls them."""

    code: str
    full_name: str
    organisation: str = ""


@transaction.atomic
def enter_decision(*, by: Actor, number: str, issued_on: date, issuer: str, title: str) -> Decision:
    """The decision of this number, day and issuer; entered when it is not known yet. A title that stands stays,
    whoever names the decision: the office that keeps it as a legal act corrects it there."""
    made, new = Decision.objects.get_or_create(
        number=number, issued_on=issued_on, issuer=issuer, defaults={"title": title}
    )
    if new:
        record(by=by, act="programmes.enter_decision", thing=made, about={"number": number})
    elif not made.title:
        title_decision(by=by, decision=made, title=title)
    return made


@transaction.atomic
def title_decision(*, by: Actor, decision: Decision, title: str) -> None:
    """Corrects the title of a decision. For whoever keeps it; `enter_decision` is for everybody else."""
    if decision.title != title:
        decision.title = title
        decision.save(update_fields=["title"])
        record(by=by, act="programmes.correct_decision", thing=decision)


@transaction.atomic
def create_programme(
    *,
    by: Actor,
    code: str,
    name: str,
    unit: Unit,
    first: date,
    last: date,
    decision: Decision | None = None,
    parent: Programme | None = None,
    audience: str = "",
    fields: Sequence[Field] = (),
    partners: Sequence[PartnerText] = (),
    papers: Mapping[str, Any] | None = None,
    demonstration: bool = False,
) -> Programme:
    """A new programme; `last` is its last day."""
    taken = Refused(N_("Cannot create programme %(code)s: a programme has this code already."), code=code)
    if Programme.objects.filter(code=code).exists():
        raise taken
    _check_period(name, first, last)
    with only_one(taken):
        made = Programme.objects.create(
            code=code,
            name=name,
            unit=unit,
            period=period_of(first, last + timedelta(days=1)),
            decision=decision,
            parent=parent,
            audience=audience,
            papers=dict(papers or {}),
            is_demonstration=demonstration,
        )
    made.fields.set(fields)
    _write_partners(made, partners)
    record(by=by, act="programmes.create", thing=made, about={"code": code, "unit": unit.key})
    return made


@transaction.atomic
def change_programme(
    *,
    by: Actor,
    programme: Programme,
    first: date,
    last: date,
    fields: Sequence[Field],
    partners: Sequence[PartnerText] | None = None,
    **plain: Any,
) -> list[str]:
    """Changes what differs and returns the names of what did. `plain`: name, decision, parent, unit, audience,
    papers, is_demonstration; `partners` None leaves them as they are.

    Refused: an end before the start, a day outside which meetings already stand, a parent that is a descendant.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    _check_period(programme.name, first, last)
    _check_parent(programme, plain.get("parent", programme.parent))
    changed = [name for name, value in plain.items() if getattr(programme, name) != value]
    for name in changed:
        setattr(programme, name, plain[name])
    period = period_of(first, last + timedelta(days=1))
    if programme.period != period:
        programme.period = period
        changed.append("period")
    if changed:
        programme.save(update_fields=changed)
    if set(programme.fields.values_list("code", flat=True)) != {field.code for field in fields}:
        programme.fields.set(fields)
        changed.append("fields")
    if partners is not None and _write_partners(programme, partners):
        changed.append("partners")
    if changed:
        record(by=by, act="programmes.change", thing=programme, about={"changed": sorted(changed)})
    return changed


@transaction.atomic
def add_partner(*, by: Actor, programme: Programme, name: str, role: str) -> Partner:
    """A partner more, after the last; refused when the same name stands there in the same role."""
    Programme.objects.select_for_update().get(pk=programme.pk)
    if programme.partners.filter(name=name, role=role).exists():
        raise Refused(
            N_("Cannot add partner %(name)s: they are in programme %(programme)s in this role already."),
            name=name,
            programme=programme.name,
        )
    last = programme.partners.aggregate(last=Max("position"))["last"] or 0
    made = Partner.objects.create(programme=programme, position=last + 1, name=name, role=role)
    record(by=by, act="programmes.add_partner", thing=programme, about={"partner": made.key, "role": role})
    return made


@transaction.atomic
def remove_partner(*, by: Actor, partner: Partner) -> None:
    """Takes a partner out of a programme. Refused while money of theirs stands in its budget."""
    _check_gives_nothing(partner)
    record(by=by, act="programmes.remove_partner", thing=partner.programme, about={"partner": partner.key})
    partner.delete()


def _check_period(name: str, first: date, last: date) -> None:
    if last < first:
        raise Refused(
            N_("Cannot plan programme %(name)s: it ends on %(last)s, before it starts on %(first)s."),
            name=name,
            last=f"{last:%d/%m/%Y}",
            first=f"{first:%d/%m/%Y}",
        )


def _check_parent(programme: Programme, parent: Programme | None) -> None:
    seen = parent
    for _ in range(50):
        if seen is None:
            return
        if seen.pk == programme.pk:
            break
        seen = seen.parent
    raise Refused(
        N_("Cannot put programme %(name)s under %(parent)s: that one stands under it."),
        name=programme.name,
        parent=parent.name if parent else "",
    )


def _check_gives_nothing(partner: Partner) -> None:
    if partner.budget_lines.exists():
        raise Refused(
            N_("Cannot remove partner %(name)s: money of theirs stands in the budget of the programme."),
            name=partner.name,
        )


def _write_partners(programme: Programme, partners: Sequence[PartnerText]) -> bool:
    """The partners in this order; whether anything changed."""
    standing = list(programme.partners.order_by("position", "id"))
    now = [(one.name, one.role, one.unit_id) for one in standing]
    wanted = [(one.name, one.role, one.unit.pk if one.unit else None) for one in partners]
    if now == wanted:
        return False
    known: dict[str, list[Partner]] = {}
    for row in standing:
        known.setdefault(row.name, []).append(row)
    for at, one in enumerate(partners, 1):
        row = known[one.name].pop(0) if known.get(one.name) else Partner(programme=programme, name=one.name)
        row.position, row.role, row.unit = at, one.role, one.unit
        row.save()
    for row in (row for rows in known.values() for row in rows):
        _check_gives_nothing(row)
        row.delete()
    return True


@dataclass(frozen=True)
class LecturersWritten:
    """What came of the lecturers of a file: the person of each code, and the codes that are new or changed."""

    people: dict[str, Person]
    new: tuple[str, ...]
    changed: tuple[str, ...]


@transaction.atomic
def write_lecturers(*, by: Actor, programme: Programme, lecturers: Sequence[LecturerText]) -> LecturersWritten:
    """Enters the lecturers of a programme; those that are not named stay.

    The same name (as people read it) of the same organisation in another programme is the same person; anyone else
    is entered as a new person, never merged with someone by name alone.
    """
    standing = {one.code: one for one in programme.lecturers.select_related("person")}
    elsewhere = _known_lecturers(lecturers)
    new: list[Lecturer] = []
    changed: list[Lecturer] = []
    start = len(standing)
    for text in lecturers:
        known = standing.get(text.code)
        if known and spell(known.person.full_name) == spell(text.full_name):
            if known.organisation != text.organisation:
                known.organisation = text.organisation
                changed.append(known)
            continue
        person = elsewhere.get(_who(text.full_name, text.organisation)) or add_person(
            by=by,
            new=NewPerson(text.full_name, is_demonstration=programme.is_demonstration),
            on=programme.period.lower,
            source=f"programmes.programme:{programme.key}",
        )
        if known:
            known.person, known.organisation = person, text.organisation
            changed.append(known)
        else:
            start += 1
            standing[text.code] = Lecturer(
                programme=programme, position=start, code=text.code, person=person, organisation=text.organisation
            )
            new.append(standing[text.code])
    Lecturer.objects.bulk_create(new)
    Lecturer.objects.bulk_update(changed, ["person", "organisation"])
    if new or changed:
        record(
            by=by,
            act="programmes.write_lecturers",
            thing=programme,
            about={"new": [one.person.key for one in new], "changed": [one.person.key for one in changed]},
        )
    people = {code: one.person for code, one in standing.items()}
    return LecturersWritten(people, tuple(one.code for one in new), tuple(one.code for one in changed))


def _who(full_name: str, organisation: str) -> tuple[str, str]:
    return spell(full_name), spell(organisation)


def _known_lecturers(lecturers: Sequence[LecturerText]) -> dict[tuple[str, str], Person]:
    known = Lecturer.objects.filter(person__folded__in=[fold(one.full_name) for one in lecturers])
    return {
        _who(one.person.full_name, one.organisation): one.person
        for one in known.exclude(organisation="").select_related("person").order_by("-id")
    }
