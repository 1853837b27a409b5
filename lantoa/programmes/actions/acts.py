"""What can be done with legal acts: entering and correcting them, saying what touches and rests on them."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.directory.models import Decision, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.files import keep_file
from lantoa.programmes.actions import enter_decision, title_decision
from lantoa.programmes.models import ActRelation, LegalAct, Programme, Target
from lantoa.programmes.queries.acts import text_of
from lantoa.programmes.rules.acts import WAYS, ActText, check_act

ACT_FILES: Final = ("pdf", "docx", "doc", "odt")


@transaction.atomic
def enter_act(*, by: Actor, unit: Unit, text: ActText) -> LegalAct:
    """A legal act that the unit keeps. Refused: one that is entered already, one that cannot be."""
    check_act(text)
    taken = Refused(N_("Cannot enter %(number)s: it is entered already."), number=text.number)
    decision = enter_decision(
        by=by, number=text.number, issued_on=text.issued_on, issuer=text.issuer, title=text.title
    )
    if LegalAct.objects.filter(decision=decision).exists():
        raise taken
    with only_one(taken):
        made = LegalAct.objects.create(decision=decision, unit=unit, folded=_folded(text), **_plain(text))
    title_decision(by=by, decision=decision, title=text.title)
    record(by=by, act="programmes.enter_act", thing=made, about={"number": text.number, "kind": text.kind})
    return made


@transaction.atomic
def change_act(*, by: Actor, act: LegalAct, text: ActText) -> list[str]:
    """Writes what differs; the names of what did. The number, day and issuer are the act itself and stay."""
    check_act(text)
    act = LegalAct.objects.select_for_update(of=("self",)).select_related("decision").get(pk=act.pk)
    now = text_of(act)
    if (now.number, now.issued_on, now.issuer) != (text.number, text.issued_on, text.issuer):
        raise Refused(
            N_("Cannot change %(number)s: its number, day and issuer are the act itself. Enter another act."),
            number=now.number,
        )
    changed = [name for name, value in vars(text).items() if getattr(now, name) != value]
    if not changed:
        return []
    title_decision(by=by, decision=act.decision, title=text.title)
    for name, value in (_plain(text) | {"folded": _folded(text)}).items():
        setattr(act, name, value)
    act.save()
    record(by=by, act="programmes.change_act", thing=act, about={"changed": sorted(changed)})
    return changed


@transaction.atomic
def keep_act_file(*, by: Actor, act: LegalAct, name: str, content: Any, at: datetime) -> LegalAct:
    """Keeps the act itself as a file; one kept before gives way to it and stays in the file store."""
    act = LegalAct.objects.select_for_update(of=("self",)).select_related("unit").get(pk=act.pk)
    act.file = keep_file(by=by, name=name, content=content, unit=act.unit, at=at, allowed=ACT_FILES)
    act.save(update_fields=["file"])
    record(by=by, act="programmes.keep_act_file", thing=act, about={"file": act.file.key})
    return act


@transaction.atomic
def relate_acts(*, by: Actor, act: LegalAct, other: LegalAct, way: str) -> ActRelation:
    """Says that an act replaces or amends another. Refused: itself, twice, an earlier one, in a circle."""
    held = {one.pk: one for one in _locked(act, other)}
    act, other = held[act.pk], held[other.pk]
    names = {"number": act.decision.number, "other": other.decision.number}
    if way not in WAYS:
        raise Refused(N_("Cannot relate %(number)s to %(other)s: there is no way %(way)s."), **names, way=way)
    if act.pk == other.pk:
        raise Refused(N_("Cannot relate %(number)s to itself."), **names)
    if act.decision.issued_on < other.decision.issued_on:
        raise Refused(
            N_("Cannot relate %(number)s to %(other)s: it is older than the act it would replace or amend."), **names
        )
    if ActRelation.objects.filter(act__in=(act, other), other__in=(act, other)).exists():
        raise Refused(N_("Cannot relate %(number)s to %(other)s: they are related already."), **names)
    made = ActRelation.objects.create(act=act, other=other, way=way)
    record(by=by, act="programmes.relate_acts", thing=act, about={"other": other.key, "way": way})
    return made


@transaction.atomic
def unrelate_acts(*, by: Actor, relation: ActRelation) -> None:
    """Takes back that an act replaces or amends another."""
    about = {"other": relation.other.key, "way": relation.way}
    record(by=by, act="programmes.unrelate_acts", thing=relation.act, about=about)
    relation.delete()


@transaction.atomic
def rest_on(
    *,
    by: Actor,
    act: LegalAct,
    programmes: Iterable[Programme],
    targets: Iterable[Target],
    offered: Container[str] | None = None,
) -> bool:
    """Says which programmes and targets rest on an act; whether that is new. Of those that were not `offered` (keys),
    what stands stays."""
    wanted = {one.pk for one in programmes}, {one.pk for one in targets}
    rows: list[Any] = [act.programmes, act.targets]
    now = [{pk for pk, key in one.values_list("pk", "key") if offered is None or key in offered} for one in rows]
    if (now[0], now[1]) == wanted:
        return False
    for one, before, after in zip(rows, now, wanted, strict=True):
        one.remove(*(before - after))
        one.add(*(after - before))
    about = {"programmes": len(wanted[0]), "targets": len(wanted[1])}
    record(by=by, act="programmes.rest_on_act", thing=act, about=about)
    return True


@transaction.atomic
def write_acts(
    *, by: Actor, programme: Programme, texts: Sequence[ActText], touching: Mapping[int, Mapping[str, Sequence[int]]]
) -> bool:
    """The acts behind a programme are these; whether anything changed. `touching`: for an act by its place in the
    list the places of those it replaces and amends. An act that is no longer named stays, without this programme; one
    that another office keeps is corrected by that office alone."""
    changed = False
    acts = []
    for text in texts:
        decision = Decision.objects.filter(number=text.number, issued_on=text.issued_on, issuer=text.issuer).first()
        act = LegalAct.objects.filter(decision=decision).first() if decision else None
        if act is None:
            act = enter_act(by=by, unit=programme.unit, text=text)
            changed = True
        elif act.unit_id == programme.unit_id and change_act(by=by, act=act, text=text):
            changed = True
        acts.append(act)
    said = {
        (acts[at].pk, acts[other].pk, way): (acts[at], acts[other])
        for at, ways in touching.items()
        for way, others in ways.items()
        for other in others
    }
    for relation in ActRelation.objects.filter(act__in=acts, other__in=acts).select_related("act", "other"):
        if said.pop((relation.act_id, relation.other_id, relation.way), None) is None:
            unrelate_acts(by=by, relation=relation)
            changed = True
    for (_act, _other, way), (act, other) in said.items():
        relate_acts(by=by, act=act, other=other, way=way)
        changed = True
    wanted = {act.pk for act in acts}
    now = set(programme.acts.values_list("pk", flat=True))
    if wanted != now:
        programme.acts.set(acts)
        changed = True
        about = {"acts": [act.key for act in acts]}
        record(by=by, act="programmes.write_acts", thing=programme, about=about)
    return changed


def _locked(*acts: LegalAct) -> Iterable[LegalAct]:
    ids = {one.pk for one in acts}
    rows = LegalAct.objects.select_for_update(of=("self",)).select_related("decision")
    return rows.filter(pk__in=ids).order_by("pk")


def _plain(text: ActText) -> dict[str, Any]:
    return {name: getattr(text, name) for name in ("kind", "starts", "ends", "url", "mark")}


def _folded(text: ActText) -> str:
    return fold(f"{text.number} {text.issuer} {text.title}")[:800]
