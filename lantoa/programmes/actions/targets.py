"""What can be done with targets: writing them, sharing them out to units, saying who came before, retiring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import Sum

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.directory.models import Decision, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.programmes.models import Field, Milestone, Programme, Target
from lantoa.programmes.queries.targets import text_of
from lantoa.programmes.rules.checking import figure
from lantoa.programmes.rules.judging import AT_LEAST, AT_MOST, EXACTLY
from lantoa.programmes.rules.rolling import COPIED, OWN, ROLL_UPS, SPLIT, SUM, places_of, split
from lantoa.programmes.rules.target_text import PLAIN, Goal, TargetText, wrongs

MOST_SHARES: Final = 4_000


@transaction.atomic
def make_target(
    *,
    by: Actor,
    unit: Unit,
    text: TargetText,
    programme: Programme | None = None,
    decision: Decision | None = None,
    demonstration: bool = False,
) -> Target:
    """A new target of a unit. Refused: a code that the unit has already, a text that is wrong."""
    _check(text)
    taken = Refused(N_("Cannot make target %(code)s: the unit has a target of this code already."), code=text.code)
    if Target.objects.filter(unit=unit, code=text.code).exists():
        raise taken
    with only_one(taken):
        made = Target.objects.create(
            unit=unit,
            programme=programme,
            decision=decision,
            field=_field(text),
            folded=_folded(text),
            is_demonstration=demonstration,
            **{name: getattr(text, name) for name in PLAIN},
        )
    _write_goals(made, text.goals)
    record(by=by, act="programmes.make_target", thing=made, about={"code": text.code, "unit": unit.key})
    return made


@transaction.atomic
def change_target(
    *,
    by: Actor,
    target: Target,
    text: TargetText,
    on: date,
    programme: Programme | None = None,
    decision: Decision | None = None,
    goals_reason: str = "",
) -> list[str]:
    """Writes what differs; the names of what did. Refused: another kind, measure or rhythm once figures are there,
    since they would then mean something else: retire the target and make a new one. The milestone of a year that is
    over on that day changes only with a reason, and the ledger keeps what it was."""
    _check(text)
    target = Target.objects.select_for_update().get(pk=target.pk)
    wanted: dict[str, Any] = {name: getattr(text, name) for name in PLAIN}
    wanted |= {"field": _field(text), "folded": _folded(text), "programme": programme, "decision": decision}
    changed = [name for name, value in wanted.items() if getattr(target, name) != value]
    if {"kind", "measure", "every"} & set(changed) and target.measurements.exists():
        raise Refused(
            N_("Cannot change what target %(code)s measures: figures are there. Retire it and make another."),
            code=target.code,
        )
    if "code" in changed and Target.objects.filter(unit=target.unit_id, code=text.code).exists():
        raise Refused(N_("Cannot make target %(code)s: the unit has a target of this code already."), code=text.code)
    for name in changed:
        setattr(target, name, wanted[name])
    if changed:
        target.save(update_fields=changed)
    about: dict[str, Any] = {}
    standing = text_of(target).goals
    if standing != tuple(sorted(text.goals, key=lambda goal: goal.year)):
        about = _past_changes(target, standing, text.goals, goals_reason, on=on)
        target.milestones.all().delete()
        _write_goals(target, text.goals)
        changed.append("milestones")
    changed = [name for name in changed if name != "folded"]
    if changed:
        about = {"changed": sorted(changed)} | about
        record(by=by, act="programmes.change_target", thing=target, about=about)
    return changed


def _past_changes(
    target: Target, standing: Sequence[Goal], wanted: Sequence[Goal], reason: str, *, on: date
) -> dict[str, Any]:
    """What becomes of the milestones of years that were over on a day, for the ledger: year, value before, value now
    ("": none). Refused without a reason."""
    now = {one.year: one.value for one in wanted}
    past = [one for one in standing if one.year < on.year and now.get(one.year) != one.value]
    if past and not reason.strip():
        raise Refused(
            N_("Cannot change the milestone of target %(code)s for %(year)d, %(value)s: the year is over. Say why."),
            code=target.code,
            year=past[0].year,
            value=figure(past[0].value),
        )
    changes = [
        {"year": one.year, "was": str(one.value), "now": str(now[one.year]) if one.year in now else ""}
        for one in past
    ]
    return {"past": changes, "reason": reason.strip()} if past else {}


@transaction.atomic
def retire_target(*, by: Actor, target: Target, on: date, reason: str, shares_too: bool = False) -> int:
    """Ends a target: from that day on it no longer holds, and nothing is asked for it. How many were retired.

    What was measured before stays. `shares_too`: the shares of units that came down from it as well.
    """
    target = Target.objects.select_for_update().get(pk=target.pk)
    if not reason.strip():
        raise Refused(N_("Cannot retire target %(code)s: the reason is missing."), code=target.code)
    if target.retired_on is not None:
        raise Refused(
            N_("Cannot retire target %(code)s: it was retired on %(day)s."),
            code=target.code,
            day=f"{target.retired_on:%d/%m/%Y}",
        )
    if on < target.since:
        raise Refused(
            N_("Cannot retire target %(code)s on %(day)s: it holds only since %(since)s."),
            code=target.code,
            day=f"{on:%d/%m/%Y}",
            since=f"{target.since:%d/%m/%Y}",
        )
    rows = [target, *(_under(target) if shares_too else ())]
    rows = [row for row in rows if row.retired_on is None]
    for row in rows:
        row.retired_on, row.retired_reason = max(on, row.since), reason.strip()
    Target.objects.bulk_update(rows, ["retired_on", "retired_reason"])
    record(
        by=by,
        act="programmes.retire_target",
        thing=target,
        about={"on": on.isoformat(), "targets": len(rows)},
    )
    return len(rows)


@dataclass(frozen=True)
class Share:
    """A unit that gets a share, and its weight when an amount is split."""

    unit: Unit
    weight: Decimal = Decimal(1)


@transaction.atomic
def share_out(*, by: Actor, target: Target, shares: Sequence[Share], way: str, since: date) -> list[Target]:
    """Brings a target down to units; the new targets, in the order of the units. Those that have theirs keep it.

    `copied`: each has the same milestones. `split`: an amount is divided by weights, to the last unit of it. `own`:
    each sets its own milestones. What was split off before is taken off what is split now. Refused: splitting what is
    no amount, an amount of which nothing is left, a retired target.
    """
    target = Target.objects.select_for_update().get(pk=target.pk)
    _refuse_sharing(target, shares, way)
    standing = set(Target.objects.filter(code=target.code, unit__in=[one.unit for one in shares]).values_list("unit"))
    wanted = [one for one in shares if (one.unit.pk,) not in standing and one.unit.pk != target.unit_id]
    made = Target.objects.bulk_create(
        [
            Target(
                unit=one.unit,
                programme_id=target.programme_id,
                decision_id=target.decision_id,
                field_id=target.field_id,
                folded=target.folded,
                parent=target,
                way=way,
                is_demonstration=target.is_demonstration,
                **{name: getattr(target, name) for name in PLAIN if not name.startswith("baseline")}
                | {"since": since},
            )
            for one in wanted
        ]
    )
    goals = list(target.milestones.order_by("year"))
    rows: list[Milestone] = []
    given = _split_off(target, made) if way == SPLIT else {}
    for goal in goals if way != OWN else []:
        values = [goal.value] * len(made)
        if way == SPLIT and wanted:
            left = goal.value - given.get(goal.year, Decimal(0))
            if goal.year in given and left * goal.value <= 0:
                raise Refused(
                    N_("Cannot split target %(code)s: of %(amount)s for %(year)d nothing is left to share out."),
                    code=target.code,
                    amount=figure(goal.value),
                    year=goal.year,
                )
            places = max(places_of(goal.value), places_of(left))
            values = split(left, [one.weight for one in wanted], places=places)
        rows += [
            Milestone(target=one, year=goal.year, value=value, mark=goal.mark, source=goal.source)
            for one, value in zip(made, values, strict=True)
        ]
    Milestone.objects.bulk_create(rows)
    if made:
        about = {"way": way, "units": [one.unit.key for one in wanted][:200], "count": len(made)}
        record(by=by, act="programmes.share_target", thing=target, about=about)
    return made


def _split_off(target: Target, but: Sequence[Target]) -> dict[int, Decimal]:
    """By year, what units have of a target that was split before; the share of one that was retired is free again."""
    rows = Milestone.objects.filter(target__parent=target, target__way=SPLIT, target__retired_on=None)
    return dict(rows.exclude(target__in=but).values_list("year").annotate(Sum("value")))


def _refuse_sharing(target: Target, shares: Sequence[Share], way: str) -> None:
    if target.retired_on is not None:
        raise Refused(N_("Cannot share out target %(code)s: it is retired."), code=target.code)
    if way not in (COPIED, SPLIT, OWN):
        raise ValueError(way)
    if len(shares) > MOST_SHARES:
        raise Refused(
            N_("Cannot share out target %(code)s to %(count)d units at once: %(most)d is the most."),
            code=target.code,
            count=len(shares),
            most=MOST_SHARES,
        )
    if way != SPLIT:
        return
    if target.roll_up != SUM or target.kind not in (AT_LEAST, AT_MOST, EXACTLY):
        raise Refused(
            N_("Cannot split target %(code)s: only an amount whose parts are added up again can be split."),
            code=target.code,
        )
    if any(one.weight < 0 for one in shares) or not sum(one.weight for one in shares):
        raise Refused(N_("Cannot split target %(code)s: the weights must be more than 0."), code=target.code)


@transaction.atomic
def set_forebears(*, by: Actor, target: Target, forebears: Sequence[Target], rule: str) -> None:
    """Says whose figures make the series of a target before it began, and by which rule: for a unit that took the
    place of others. History stays with them; what is built is shown as built. No forebears: no rule.

    Refused: a forebear of another kind or measure, the target itself, one that descends from it, a rule that does not
    fit the kind.
    """
    target = Target.objects.select_for_update().get(pk=target.pk)
    if forebears and rule not in ROLL_UPS[target.kind]:
        raise Refused(
            N_("Cannot build the series of target %(code)s: choose how the figures of the units before are joined."),
            code=target.code,
        )
    for one in forebears:
        if one.pk == target.pk or target.pk in _forebears_of(one):
            raise Refused(
                N_("Cannot build the series of target %(code)s from itself."),
                code=target.code,
            )
        if (one.kind, one.measure, one.every) != (target.kind, target.measure, target.every):
            raise Refused(
                N_("Cannot build the series of target %(code)s from %(other)s: it measures something else."),
                code=target.code,
                other=one.code,
            )
    target.forebears.set(forebears)
    target.forebear_rule = rule if forebears else ""
    target.save(update_fields=["forebear_rule"])
    about = {"forebears": [one.key for one in forebears][:200], "rule": target.forebear_rule}
    record(by=by, act="programmes.set_forebears", thing=target, about=about)


def _forebears_of(target: Target) -> set[int]:
    found: set[int] = set()
    step = {target.pk}
    while step:
        step = set(Target.objects.filter(heirs__in=step).values_list("pk", flat=True)) - found
        found |= step
    return found


def _under(target: Target) -> list[Target]:
    """All shares that came down from a target, at every depth."""
    found: list[Target] = []
    step = [target]
    while step:
        step = list(Target.objects.select_for_update().filter(parent__in=step).order_by("pk"))
        found += step
    return found


def _check(text: TargetText) -> None:
    for one in wrongs(text):
        raise Refused(N_("Cannot write target %(code)s: %(reason)s"), code=text.code, reason=one.refused())


def _field(text: TargetText) -> Field | None:
    if not text.field:
        return None
    found = Field.objects.filter(code=text.field).first()
    if found is None:
        raise Refused(
            N_("Cannot write target %(code)s: there is no field of work %(field)s."), code=text.code, field=text.field
        )
    return found


def _folded(text: TargetText) -> str:
    return fold(f"{text.code} {text.name} {text.name_en}")[:700]


def _write_goals(target: Target, goals: Sequence[Goal]) -> None:
    Milestone.objects.bulk_create(
        Milestone(target=target, year=one.year, value=one.value, mark=one.mark, source=one.source) for one in goals
    )
