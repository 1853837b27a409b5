"""What legal acts can tell: which there are, which are in force on a day, what rests on them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from lantoa.common.vietnamese import fold
from lantoa.directory.models import Unit
from lantoa.programmes.models import ActRelation, LegalAct, Programme, Target
from lantoa.programmes.rules.acts import REPLACES, ActText, force


@dataclass(frozen=True)
class Line:
    """An act as it stands on a day: one of rules.acts.FORCES, and the acts that replace it."""

    act: LegalAct
    force: str
    replaced_by: tuple[LegalAct, ...]


def acts_within(care: "QuerySet[Unit]") -> "QuerySet[LegalAct]":
    """The acts that units in one's care keep, or that their programmes and targets rest on."""
    behind = LegalAct.objects.filter(
        Q(unit__in=care)
        | Q(programmes__unit__in=care)
        | Q(targets__unit__in=care)
        | Q(decision__programmes__unit__in=care)
    )
    return LegalAct.objects.filter(pk__in=behind.values("pk")).select_related("decision")


def find_acts(acts: "QuerySet[LegalAct]", *, text: str = "", kind: str = "") -> "QuerySet[LegalAct]":
    """Those whose number, issuer or title holds the text, of a kind; the latest first."""
    if text:
        acts = acts.filter(folded__contains=fold(text))
    if kind:
        acts = acts.filter(kind=kind)
    return acts.select_related("decision").order_by("-decision__issued_on", "decision__number")


def lines_of(acts: Iterable[LegalAct], *, on: date) -> list[Line]:
    """Each act with its force on the day. One query."""
    rows = list(acts)
    replaced: dict[int, list[LegalAct]] = defaultdict(list)
    for one in ActRelation.objects.filter(other__in=rows, way=REPLACES).select_related("act__decision"):
        replaced[one.other_id].append(one.act)
    return [
        Line(
            act,
            force(first_day(act), act.ends, [first_day(one) for one in replaced[act.pk]], on=on),
            tuple(replaced[act.pk]),
        )
        for act in rows
    ]


def first_day(act: LegalAct) -> date:
    """The first day an act is in force."""
    return act.starts or act.decision.issued_on


def in_order(acts: "QuerySet[LegalAct]") -> "QuerySet[LegalAct]":
    """By the day they are in force, the earliest first."""
    return acts.select_related("decision").order_by(Coalesce("starts", "decision__issued_on"), "decision__number")


def relations_of(act: LegalAct) -> Sequence[ActRelation]:
    """What an act replaces and amends, and what replaces and amends it. One query."""
    return list(
        ActRelation.objects.filter(Q(act=act) | Q(other=act))
        .select_related("act__decision", "other__decision", "act__unit")
        .order_by("way", "pk")
    )


def programmes_on(act: LegalAct) -> "QuerySet[Programme]":
    """The programmes that rest on an act: it is their decision, or stands behind them."""
    return Programme.objects.filter(
        pk__in=Programme.objects.filter(Q(acts=act) | Q(decision=act.decision_id)).values("pk")
    ).order_by("code")


def targets_on(act: LegalAct) -> "QuerySet[Target]":
    """The targets that rest on an act: it set them, or stands behind them."""
    return Target.objects.filter(
        pk__in=Target.objects.filter(Q(acts=act) | Q(decision=act.decision_id)).values("pk")
    ).order_by("code", "pk")


def acts_behind(thing: Programme | Target) -> "QuerySet[LegalAct]":
    """The acts behind a programme or a target, its own decision among them."""
    behind = LegalAct.objects.filter(Q(programmes=thing) if isinstance(thing, Programme) else Q(targets=thing))
    mine = LegalAct.objects.filter(decision=thing.decision_id) if thing.decision_id else LegalAct.objects.none()
    return in_order(LegalAct.objects.filter(Q(pk__in=behind.values("pk")) | Q(pk__in=mine.values("pk"))))


def text_of(act: LegalAct) -> ActText:
    """An act as a form or a file says it."""
    said = act.decision
    return ActText(
        said.number, said.issued_on, said.issuer, said.title, act.kind, act.starts, act.ends, act.url, act.mark
    )
