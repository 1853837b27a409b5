"""What the privacy desk can tell: who agreed to what, which requests wait, how the clocks stand, what is due."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Case, Count, Max, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum, When

from lantoa.common.personal import perishables
from lantoa.directory.models import Person
from lantoa.office.models import (
    Breach,
    Consent,
    DataRequest,
    Document,
    Purpose,
    PurposeText,
    RetentionRule,
    RetentionRun,
)
from lantoa.office.queries.days import working_calendar
from lantoa.office.rules.privacy import report_by


def has_consent(person: Person, code: str) -> bool:
    """Whether the person agrees to this purpose now; never for somebody whose data are not to be used."""
    return agreeing([person.pk], code) == {person.pk}


def agreeing(people: list[int], code: str) -> set[int]:
    """Of these people (ids) those who agree to this purpose now. For whoever sends or asks many: one query."""
    running = Consent.objects.filter(
        person__in=people, purpose__code=code, withdrawn_at=None, person__restricted_at=None, person__erased_at=None
    )
    return set(running.values_list("person_id", flat=True))


def text_to_show(code: str, *, on: date) -> PurposeText | None:
    """The newest text of a purpose that asks for consent on that day; None when it asks nobody."""
    texts = PurposeText.objects.filter(
        Q(purpose__ended_on=None) | Q(purpose__ended_on__gt=on), purpose__code=code, purpose__ground="consent"
    )
    return texts.select_related("purpose").order_by("-version").first()


@dataclass(frozen=True)
class Asked:
    """A purpose as a person sees it: its newest text, and their consent to it, if any."""

    purpose: Purpose
    text: PurposeText
    consent: Consent | None

    @property
    def is_newest(self) -> bool:
        """Whether they agreed to the text as it reads now."""
        return self.consent is not None and self.consent.text_id == self.text.pk


def purposes_for(person: Person, *, on: date) -> list[Asked]:
    """All purposes that run on that day, with the person's consents. Three queries."""
    running = Purpose.objects.filter(Q(ended_on=None) | Q(ended_on__gt=on), since__lte=on)
    consents = {
        one.purpose_id: one for one in Consent.objects.filter(person=person, withdrawn_at=None).select_related("text")
    }
    texts = Prefetch("texts", queryset=PurposeText.objects.order_by("-version"), to_attr="newest_first")
    return [
        Asked(one, one.newest_first[0], consents.get(one.pk))
        for one in running.prefetch_related(texts).order_by("pk")
        if one.newest_first
    ]


def register() -> "QuerySet[Purpose]":
    """All purposes with how many agree now (`agree`), agreed once (`agreed`), and the newest titles."""
    newest = PurposeText.objects.filter(purpose=OuterRef("pk")).order_by("-version")
    return Purpose.objects.annotate(
        agree=Count("consents", filter=Q(consents__withdrawn_at=None)),
        agreed=Count("consents"),
        title_vi=Subquery(newest.values("title_vi")[:1]),
        title_en=Subquery(newest.values("title_en")[:1]),
        version=Subquery(newest.values("version")[:1]),
    ).order_by("pk")


# ---- requests


@dataclass(frozen=True)
class Standing:
    """How the clocks of a request stand: `late` when its day is over, else how many working days are left, today and
    the last day among them: 1 on a last day."""

    what: str  # "reply" or "due"
    day: date
    left: int
    late: bool


def standing(request: DataRequest, *, on: date) -> Standing | None:
    """The clock that runs now; None when the request has ended. One query for a list: see `standings`."""
    return standings([request], on=on).get(request.pk)


def standings(requests: list[DataRequest], *, on: date) -> dict[int, Standing]:
    """The clocks of many, in one query."""
    calendar = working_calendar()
    found = {}
    for one in requests:
        if not one.is_open:
            continue
        what, day = ("reply", one.reply_by) if one.answered_at is None else ("due", one.due_on)
        left = calendar.between(on, day + timedelta(days=1))
        found[one.pk] = Standing(what, day, max(0, left), day < on)
    return found


def requests_of(units: Any, *, ended: bool = False) -> "QuerySet[DataRequest]":
    """The requests in the care of these units: those that wait, the next due first; or those that ended."""
    rows = DataRequest.objects.filter(unit__in=units).select_related("person", "unit")
    if ended:
        return rows.filter(ended_at__isnull=False).order_by("-ended_at")
    first = Case(When(answered_at=None, then="reply_by"), default="due_on")
    return rows.filter(ended_at=None).annotate(next_day=first).order_by("next_day", "pk")


# ---- breaches


@dataclass(frozen=True)
class BreachClock:
    """Until when the authority must be told, and how many whole hours are left (negative: over)."""

    until: datetime
    hours: int
    state: str  # "ok" told in time, "late" told late or not told in time, "now" the clock runs, "none" no duty


def breach_clock(breach: Breach, *, now: datetime) -> BreachClock:
    """How the 72 hours of a breach stand."""
    until = report_by(breach.detected_at)
    hours = int((until - now).total_seconds() // 3600)
    if not breach.must_report:
        return BreachClock(until, hours, "none")
    if breach.reported_at is not None:
        return BreachClock(until, hours, "ok" if breach.reported_at <= until else "late")
    return BreachClock(until, hours, "now" if now <= until else "late")


# ---- retention


@dataclass(frozen=True)
class Kept:
    """A line of the retention table."""

    kind: str
    title: str
    days: int
    usual: int
    why: str
    due: int
    deleted: int
    last: datetime | None


def retention(*, at: datetime) -> list[Kept]:
    """What is kept for a time, for how long, how much of it is due now, and what was deleted so far."""
    rules = {rule.kind: rule for rule in RetentionRule.objects.all()}
    runs: dict[str, dict[str, Any]] = {
        run["kind"]: dict(run)
        for run in RetentionRun.objects.values("kind").annotate(last=Max("at"), sum=Sum("deleted"))
    }
    lines = []
    for one in perishables():
        rule = rules.get(one.kind)
        days = rule.days if rule else one.days
        run = runs.get(one.kind, {})
        lines.append(
            Kept(
                one.kind,
                one.title,
                days,
                one.days,
                rule.why if rule else one.why,
                one.due(at - timedelta(days=days)),
                run.get("sum") or 0,
                run.get("last"),
            )
        )
    return lines


def last_paper(units: Any, prefix: str) -> Document | None:
    """The newest document of these units about a thing of that kind: its head and signature are proposed again."""
    return Document.objects.filter(issuer__in=units, about__startswith=prefix).order_by("-pk").first()
