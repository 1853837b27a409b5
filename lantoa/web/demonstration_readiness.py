"""Two campaigns of an index of our own over the 168 communes of Ho Chi Minh City. Every answer in it is invented.

The same answers come out every time: they are drawn with a seed. The index is our own example, and so are its scores.
"""

import random
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from lantoa.directory.queries.units import unit_at
from lantoa.ledger.rules import Actor
from lantoa.readiness.actions.campaigns import move_campaign, plan_campaign, publish_campaign
from lantoa.readiness.actions.indices import load_index
from lantoa.readiness.models import Answer, Campaign, Sheet
from lantoa.readiness.queries.indices import index_of, ready_made_text
from lantoa.readiness.rules.numbers import SCALE
from lantoa.readiness.rules.structure import RATIO, STEPS, YES_NO, Component

SEED: Final = 168
ON: Final = date(2025, 7, 2)  # the day after the communes of today began
YEARS: Final = ((2025, "cap-xa-2025", date(2025, 9, 30)), (2026, "cap-xa-2026", date(2026, 9, 30)))
SILENT: Final = 3  # communes that never hand in


@transaction.atomic
def hold_campaigns(*, by: Actor, at: datetime) -> Campaign | None:
    """The campaigns of both years, published; nothing when they stand, or when there is no such city."""
    city = unit_at("province", "79", on=ON)
    if city is None or Campaign.objects.filter(unit=city, is_demonstration=True).exists():
        return None
    chance = random.Random(SEED)
    skill: dict[int, float] = {}
    held: Campaign | None = None
    for year, name, due in YEARS:
        text = ready_made_text(name)
        assert text is not None
        begun = timezone.make_aware(datetime.combine(due - timedelta(days=30), datetime.min.time()))
        version = load_index(by=by, unit=city, text=text, at=begun)
        published, objections = min(at, begun + timedelta(days=75)), due + timedelta(days=30)
        held = plan_campaign(
            by=by,
            unit=city,
            version=version,
            year=year,
            title=f"Mức độ sẵn sàng của phường, xã, đặc khu năm {year} (số liệu giả định)",
            on=ON,
            due_on=due,
            # no last day where it would not be over yet: nothing is published before
            appeal_until=objections if timezone.localdate(published) > objections else None,
            previous=held,
            demonstration=True,
            seed=SEED,
            at=begun,
        )
        _answer(held, skill, chance, by=by, at=begun + timedelta(days=20))
        for to in ("open", "review", "appeal"):
            held = move_campaign(by=by, campaign=held, to=to, at=begun)
        held = publish_campaign(by=by, campaign=held, at=published)
    return held


def _answer(held: Campaign, skill: dict[int, float], chance: random.Random, *, by: Actor, at: datetime) -> None:
    """A sheet for each commune, reviewed; how able a commune is stays its own from year to year and grows a bit."""
    sheets = list(held.sheets.select_related("unit").order_by("id"))
    places = {sheet.unit_id: place for place, sheet in enumerate(sheets)}
    silent = set(chance.sample(sorted(places), SILENT))
    components = index_of(held.version).components
    rows, handed = [], []
    for sheet in sheets:
        able = skill.setdefault(sheet.unit_id, chance.betavariate(4, 3))
        if sheet.unit_id in silent:
            continue
        handed.append(sheet)
        skill[sheet.unit_id] = min(1.0, max(0.05, able + chance.gauss(0.03, 0.04)))
        for component in components:
            if chance.random() >= 0.015:
                rows.append(_row(sheet, component, able, chance, by=by, at=at))
    Answer.objects.bulk_create(rows, batch_size=2000)
    for sheet in handed:
        sheet.state, sheet.handed_in_at, sheet.handed_in_by = Sheet.State.REVIEWED, at, by.actor_key
        sheet.reviewed_at, sheet.reviewed_by = at, by.actor_key
    fields = ["state", "handed_in_at", "handed_in_by", "reviewed_at", "reviewed_by"]
    Sheet.objects.bulk_update(handed, fields, batch_size=200)


def _row(
    sheet: Sheet, component: Component, able: float, chance: random.Random, *, by: Actor, at: datetime
) -> Answer:
    declared = _invented(component, able, chance)
    lowered = component.rule.kind == RATIO and chance.random() < 0.04
    ruled: Any = None
    if lowered:
        part, whole = declared
        ruled = [str(int(part) * 2 // 3), whole]
        lowered = ruled != declared
    return Answer(
        sheet=sheet,
        component=component.code,
        declared=declared,
        saved_at=at,
        saved_by=by.actor_key,
        ruling=Answer.Ruling.LOWERED if lowered else Answer.Ruling.ACCEPTED,
        ruled=ruled if lowered else None,
        reason="Hồ sơ kèm theo chỉ chứng minh được một phần (giả định)." if lowered else "",
        ruled_by=by.actor_key,
        ruled_at=at,
    )


def _invented(component: Component, able: float, chance: random.Random) -> Any:
    """An answer that a commune of this ability might give."""
    rule = component.rule
    if rule.kind == YES_NO:
        return "yes" if chance.random() < 0.35 + 0.6 * able else "no"
    if rule.kind == STEPS:
        best = chance.random() < able
        return rule.steps[0 if best else chance.randint(1, len(rule.steps) - 1)].code
    if rule.kind == RATIO:
        whole = chance.randint(20, 400)
        share = min(1.0, max(0.0, chance.gauss(0.3 + 0.6 * able, 0.12)))
        return [str(round(whole * share)), str(whole)]
    most = (rule.steps[-1].start if rule.steps else rule.high) // SCALE
    towards = able if component.direction == "up" else 1 - able
    return str(round(min(most, max(0.0, chance.gauss(most * towards, most / 5)))))
