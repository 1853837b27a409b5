"""What a sitting tells of its questions: read from the marked work, in the letters of the bank."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

from django.db.models import Count, Max, Q

from lantoa.exams.models import Analysis, Sitting, Variant, Version
from lantoa.exams.queries.corrections import corrections_in
from lantoa.exams.queries.log import answers_that_count, judged, log_of
from lantoa.exams.rules.analysis import BLANK, FULL, PART, WRONG, Finding, Reply, Told, Work, as_json, findings_of
from lantoa.exams.rules.analysis import told_from as told_in
from lantoa.exams.rules.answers import fingerprint
from lantoa.exams.rules.corrections import Correction, corrected, corrected_keys
from lantoa.exams.rules.marking import answered, mark, points_of

AT_ONCE: Final = 12_000  # answers worked through while a reader waits (about a third of a second); more are a job
CHUNK: Final = 500  # attempts whose log is in memory at a time
SHAPE: Final = 1  # of what is kept: another number makes the kept summaries stale


def is_over(sitting: Sitting, *, at: datetime) -> bool:
    """Whether nobody can be at work on it in time any more. Before that no key may be shown for it."""
    most = sitting.sat.aggregate(most=Max("extra_minutes"))["most"] or 0
    ends = sitting.times().ends(sitting.closes_at, timedelta(minutes=most))
    return ends is not None and ends <= at


def state_of(sitting: Sitting) -> tuple[str, int, int]:
    """What a summary was made from, as a short text; the work it reads; the marked work it leaves out because people
    have not marked it whole."""
    whole = Q(marked_at__isnull=False, number=1)
    found = sitting.sat.aggregate(
        whole=Count("pk", filter=whole & Q(unmarked=0)), part=Count("pk", filter=whole & ~Q(unmarked=0)),
        last=Max("marked_at"),
    )  # fmt: skip
    last = found["last"].isoformat() if found["last"] else ""
    keys = sitting.key_changes.count()
    return f"{SHAPE}/{found['whole']}/{found['part']}/{keys}/{last}", found["whole"], found["part"]


def variants_of(sitting: Sitting) -> list[Variant]:
    """The variants that somebody on its list has."""
    return list(Variant.objects.filter(pk__in=sitting.sat.values("variant")).order_by("number"))


def works_of(sitting: Sitting) -> Iterator[Work]:
    """The marked work of each candidate: of each their first attempt, of those that are marked whole."""
    variants = {one.pk: one for one in variants_of(sitting)}
    corrections = corrections_in([sitting.pk]).get(sitting.pk, {})
    keys = {one.pk: corrected_keys(one.keys, corrections) for one in variants.values()}
    reading = _Reading()
    rows = list(sitting.sat.filter(marked_at__isnull=False, number=1, unmarked=0).order_by("pk"))
    for start in range(0, len(rows), CHUNK):
        chunk = rows[start : start + CHUNK]
        logs, given = log_of(chunk), judged(chunk)
        for row in chunk:
            row.sitting, row.variant = sitting, variants[row.variant_id]
            said = answers_that_count(row, logs.get(row.pk, ()))
            points = given.get(row.pk, {})
            yield {
                asked["id"]: reading.reply(
                    row.variant_id, asked, keys[row.variant_id][asked["id"]], said.get(asked["id"]), points
                )
                for asked in row.variant.content
                if "given" not in keys[row.variant_id][asked["id"]]  # it counts for nobody, or for everybody alike
            }


class _Reading:
    """Answers into replies. The same answer to the same question of a variant is worked out once."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, str, str], Reply] = {}

    def reply(
        self,
        variant: int,
        asked: Mapping[str, Any],
        key: Mapping[str, Any],
        answer: Any,
        points: Mapping[tuple[str, str], Decimal],
    ) -> Reply:
        place = (variant, asked["id"], json.dumps(answer, sort_keys=True))
        if place in self._known:
            return self._known[place]
        most = float(points_of(key, Fraction(1)))
        share = mark(asked["kind"], key, answer)
        if share is None:  # by people: two the same words may earn different points
            got = points.get((asked["id"], fingerprint(answer)), 0)
            earned = float(got) / most if most else 0.0
            return Reply(earned, most, _outcome(earned))
        made = Reply(
            float(share),
            most,
            _outcome(float(share)) if answered(asked["kind"], answer) else BLANK,
            _chosen(asked["kind"], key, answer),
        )
        self._known[place] = made
        return made


def _outcome(share: float) -> str:
    return FULL if share >= 1 else PART if share > 0 else WRONG


def _chosen(kind: str, key: Mapping[str, Any], answer: Any) -> tuple[str, ...]:
    """The letters of the bank that were chosen."""
    if "options" not in key or not answered(kind, answer):
        return ()
    letters = answer if isinstance(answer, list) else [answer]
    origin = key.get("origin", {})
    return tuple(sorted({origin.get(one, one) for one in letters if one in key["options"]}))


def summary_of(sitting: Sitting) -> dict[str, Any]:
    """Everything the sitting tells, worked out now."""
    return as_json(list(works_of(sitting)))


def kept_summary(sitting: Sitting) -> Analysis | None:
    """The summary that a job has kept, fresh or stale."""
    return Analysis.objects.filter(sitting=sitting).first()


# ---- for pages


@dataclass(frozen=True)
class Asked:
    """A question of a sitting, wherever it stands in the variants."""

    id: str  # the key of its version
    kind: str
    version: Version | None
    places: tuple[tuple[int, int], ...]  # variant and number in it
    of: int  # how many variants there are
    keys: Sequence[tuple[Variant, Mapping[str, Any]]]

    @cached_property
    def options(self) -> dict[str, float]:
        """The share that each letter of the bank earns; {} where there is nothing to choose."""
        for _variant, key in self.keys:
            if "options" in key:
                origin = key.get("origin", {})
                return {
                    origin.get(letter, letter): float(Fraction(share)) for letter, share in key["options"].items()
                }
        return {}

    @property
    def given(self) -> str:
        """Where the question was taken out of the marking, how: "everyone" or "dropped"; else nothing."""
        _variant, key = self.keys[0]
        return str(key.get("given", ""))

    @property
    def number(self) -> int | None:
        """Its number, where it stands in every variant under the same."""
        numbers = {number for _variant, number in self.places}
        return numbers.pop() if len(numbers) == 1 and len(self.places) == self.of else None

    @property
    def code(self) -> str:
        """What the bank calls it."""
        return self.id if self.version is None else self.version.question.code


def asked_in(
    variants: Iterable[Variant], corrections: Mapping[str, Correction] = MappingProxyType({})
) -> list[Asked]:
    """The questions of these variants, in the order of the first; those of the others after them. Their keys as they
    were corrected."""
    places: dict[str, list[tuple[int, int]]] = {}
    keys: dict[str, list[tuple[Variant, Mapping[str, Any]]]] = {}
    kinds: dict[str, str] = {}
    variants = list(variants)
    for variant in variants:
        for number, one in enumerate(variant.content, 1):
            places.setdefault(one["id"], []).append((variant.number, number))
            key = corrected(variant.keys[one["id"]], corrections.get(one["id"]))
            keys.setdefault(one["id"], []).append((variant, key))
            kinds[one["id"]] = one["kind"]
    versions = {one.key: one for one in Version.objects.filter(key__in=list(places)).select_related("question__bank")}
    return [
        Asked(one, kinds[one], versions.get(one), tuple(found), len(variants), tuple(keys[one]))
        for one, found in places.items()
    ]


@dataclass(frozen=True)
class Row:
    """A question with what it tells; None where too few were asked it."""

    asked: Asked
    told: Told | None
    findings: Sequence[Finding]

    @property
    def urgent(self) -> bool:
        """Whether it should be looked at before the results are used."""
        return any(one.urgent for one in self.findings)


def rows_in(sitting: Sitting, variants: Iterable[Variant], summary: Mapping[str, Any]) -> list[Row]:
    """The questions of these variants with what they tell."""
    found = []
    for asked in asked_in(variants, corrections_in([sitting.pk]).get(sitting.pk, {})):
        kept = summary["questions"].get(asked.id)
        told = None if kept is None else told_in(asked.id, kept)
        found.append(Row(asked, told, [] if told is None else findings_of(told, asked.options)))
    return found
