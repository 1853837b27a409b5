"""The organiser's desk: which exams there are, who is where, start now, end, extra time, late answers."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdatetime, vnumber
from lantoa.common.words import say
from lantoa.directory.access import check, in_care, may, needs, saw, shows_people, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.people import people_of
from lantoa.directory.queries.units import names, search_units
from lantoa.exams.actions.sittings import end_sitting, give_time, make_sitting, start_now, take_late
from lantoa.exams.forms_sitting import ExtraTimeForm, SearchForm, SittingForm, WhoseForm
from lantoa.exams.models import Attempt, Sitting
from lantoa.exams.queries.access import KEYS
from lantoa.exams.queries.attempts import counting_of_people
from lantoa.exams.queries.paper import papers_to_sit
from lantoa.exams.queries.rooms import count_rooms, together
from lantoa.exams.queries.sittings import SHOWN, answers_apart, asks_people, count_rows, find_sittings, rows_of
from lantoa.exams.rules.clock import COUNTS
from lantoa.exams.views.reaching import name_of

PAGE = 50


MOST_UNITS = 100  # in one list to choose from; where more are in care, they are looked for by name


@needs("exams.hold")
@require_safe
def sittings(request: HttpRequest) -> HttpResponse:
    """The exams of the units in one's care."""
    found = find_sittings(in_care(request.user, "exams.hold", on=today()))  # type: ignore[arg-type]
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    called = names((row.unit_id for row in page), on=today())
    rows = [(row, called[row.unit_id].full_name if row.unit_id in called else "", when(row)) for row in page]
    return render(request, "exams/sittings.html", {"page": page, "rows": rows})


def when(sitting: Sitting) -> str:
    """How it begins, in words."""
    begins = sitting.times().begins()
    if begins is None:
        return _("when “Start now” is pressed")
    if sitting.together:
        return _("at %(begins)s") % {"begins": vdatetime(begins)}
    return _("from %(begins)s to %(closes)s") % {"begins": vdatetime(begins), "closes": vdatetime(sitting.closes_at)}


@needs("exams.hold")
@shows_people(N_("the people of a unit, to sit an exam"))
@require_http_methods(["GET", "POST"])
def new_sitting(request: HttpRequest) -> HttpResponse:
    """First the unit, then which paper its people sit and when."""
    care = in_care(request.user, "exams.hold", on=today())  # type: ignore[arg-type]
    context: dict[str, Any] = {"title": _("New exam"), "breadcrumbs": way()}
    if not (key := request.GET.get("unit")):
        saw(request, "exams.sitting:new", 0)
        many = care.count() > MOST_UNITS
        text = request.GET.get("q", "").strip()[:200] if many else ""
        if many:
            near = [one.unit_id for one in search_units(text, on=today(), limit=MOST_UNITS)]
            care = care.filter(pk__in=near)
        called = names(care.values_list("pk", flat=True), on=today())
        units = [(one.key, called[one.pk].full_name) for one in care if one.pk in called]
        units.sort(key=lambda one: one[1])
        context |= {"form": WhoseForm(units=units) if units else None, "many": many, "q": text}
        return render(request, "exams/sitting_unit.html", {**context, "search": SearchForm({"q": text})})
    unit = get_object_or_404(Unit, key=key)
    check(request, unit)
    people = list(people_of(unit, on=today()).prefetch_related(None))
    form = SittingForm(request.POST or None, papers=papers_to_sit(care), people=people, unit=unit)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = make_sitting(
                by=request.user,  # type: ignore[arg-type]
                unit=unit,
                paper=values["paper"],
                title=values["title"],
                people=values["listed"],
                minutes=values["minutes"],
                at=timezone.now(),
                together=values["together"],
                starts_at=values["starts_at"],
                closes_at=values["closes_at"],
                late_minutes=values["late_minutes"],
                attempts=values["attempts"],
                counts=values["counts"],
            )
            return redirect("exams:sitting", made.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    saw(request, unit, len(people) if "people" in form.fields else 0)
    context |= {"form": form, "lead": name_of(unit)}
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)


@needs("exams.hold")
@shows_people(N_("who sits an exam"))
@require_safe
def sitting(request: HttpRequest, key: str) -> HttpResponse:
    """Who is where: numbers that open to their rows, and what can be done."""
    found = sitting_for(request, key)
    now = timezone.now()
    show = request.GET.get("show", "people")
    if show not in SHOWN:
        raise Http404
    counted = count_rows(found, at=now)
    page = Paginator(rows_of(found, show=show, at=now), PAGE).get_page(request.GET.get("page"))
    saw(request, found, len(page), part=page.number)
    begins, over = found.times().begins(), found.ended_at is not None
    context = {
        "sitting": found,
        "owner": name_of(found.unit),
        "facts": _facts(found),
        "numbers": [
            {
                "count": counted[name],
                "words": _(words),
                "url": f"?show={name}",
                "late": name in LATE and counted[name],
            }
            for name, words in SHOWN.items()
        ],
        "show": _(SHOWN[show]),
        "page": page,
        "rows": [(row, state_of(row)) for row in page],
        "counting": {one.pk for one in counting_of_people(found, page)} if found.attempts > 1 else set(),
        "can_start": found.together and not over and (begins is None or begins > now),
        "can_end": not over,
        "can_add": not over and found.published_at is None,
        "begun": over or (begins is not None and begins <= now) or counted["waiting"] != counted["people"],
        "can_remove": not found.source and counted["waiting"] == counted["people"],
        "can_read": begins is not None and begins <= now,  # letters, and files of answers
        "to_mark": found.sat.filter(unmarked__gt=0).exists(),
        "apart": found.markers == 2 and bool(answers_apart(found, most=1)),
        "by_people": asks_people(found),
        "sees_keys": may(request.user, KEYS, found.unit, on=today()),
        "breadcrumbs": way(),
    }
    return render(request, "exams/sitting.html", context)


LATE = {"silent", "late", "incidents"}


def state_of(attempt: Attempt) -> tuple[str, str]:
    """Colour and word of where somebody stands."""
    if attempt.on_paper_at is not None:
        return "ok", _("sat on paper")
    if attempt.handed_in_at is not None:
        return "ok", _("handed in")
    if attempt.started_at is not None:
        return "now", _("started")
    return "none", _("not started")


def _how_long(minutes: int) -> str:
    """In hours where they come out even: nobody reads 1440 minutes as a day."""
    if minutes and minutes % 60 == 0:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return _("%(count)d minutes") % {"count": minutes}


def _facts(found: Sitting) -> list[dict[str, Any]]:
    facts = [
        {"key": _("Exam paper"), "value": found.paper.title, "url": reverse("exams:paper", args=[found.paper.key])},
        {"key": _("Begins"), "value": when(found)},
        {"key": _("Minutes for the exam"), "value": str(found.minutes)},
        {"key": _("Late answers are taken for"), "value": _how_long(found.late_minutes)},
    ]
    if found.attempts > 1:
        facts.append({"key": _("Attempts of a person, at most"), "value": str(found.attempts)})
        facts.append({"key": _("Which attempt counts"), "value": _(COUNTS[found.counts])})
    if found.ended_at is not None:
        facts.append({"key": _("Ended for all"), "value": vdatetime(found.ended_at)})
    if found.published_at is not None:
        facts.append({"key": _("Results published"), "value": vdatetime(found.published_at)})
    return facts


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Start now, for all."""
    found = sitting_for(request, key)
    if request.method == "POST":
        start_now(by=request.user, sitting=found, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The exam has begun."))
        return redirect("exams:sitting", found.key)
    there = together(count_rooms(found, at=timezone.now()).values())
    said = _("%(here)s of %(people)s people have the waiting page open.")
    says = [
        _("Everybody on the list can begin from this moment, and everybody's time runs."),
        said % {"here": vnumber(there["here"]), "people": vnumber(there["people"])},
    ]
    return confirm(request, found, _("Start now?"), says, _("Start now"), kind="primary")


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def end(request: HttpRequest, key: str) -> HttpResponse:
    """Ended for all, before its time."""
    found = sitting_for(request, key)
    if request.method == "POST":
        end_sitting(by=request.user, sitting=found, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The exam is ended."))
        return redirect("exams:sitting", found.key)
    says = [_("Nobody can start any more. What is answered from now on is kept as late.")]
    return confirm(request, found, _("End the exam for all?"), says, _("End the exam"))


@needs("exams.hold")
@shows_people(N_("extra time in an exam"))
@require_http_methods(["GET", "POST"])
def extra_time(request: HttpRequest, key: str) -> HttpResponse:
    """More minutes for one person, with the reason."""
    row = _attempt(request, key)
    form = ExtraTimeForm(request.POST or None, initial={"minutes": row.extra_minutes})
    if request.method == "POST" and form.is_valid():
        try:
            give_time(by=request.user, attempt=row, **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The extra time is saved."))
            return redirect("exams:sitting", row.sitting.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    saw(request, row.person, 1)
    context = {"form": form, "title": _("Extra time"), "lead": row.person.full_name, "breadcrumbs": way(row.sitting)}
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)


@needs("exams.hold")
@shows_people(N_("late answers in an exam"))
@require_http_methods(["GET", "POST"])
def late(request: HttpRequest, key: str) -> HttpResponse:
    """What came late counts after all."""
    row = _attempt(request, key)
    if request.method == "POST":
        take_late(by=request.user, attempt=row, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The late answers count."))
        return redirect("exams:sitting", row.sitting.key)
    saw(request, row.person, 1)
    says = [row.person.full_name, _("Answers that came late or after handing in count, and the points change.")]
    return confirm(request, row.sitting, _("Let the late answers count?"), says, _("Let them count"))


def confirm(
    request: HttpRequest, found: Sitting, title: str, says: list[str], label: str, kind: str = "warning"
) -> HttpResponse:
    """Asks before an act that cannot be taken back."""
    context = {
        "title": title,
        "consequences": says,
        "undo": _("This cannot be undone."),
        "label": label,
        "kind": kind,
        "back": reverse("exams:sitting", args=[found.key]),
        "breadcrumbs": way(found),
    }
    return render(request, "exams/confirm.html", context)


def sitting_for(request: HttpRequest, key: str) -> Sitting:
    """The sitting, for whoever holds the page's permission on its unit; 404 for strangers."""
    found = get_object_or_404(Sitting.objects.select_related("unit", "paper"), key=key)
    check(request, found.unit)
    return found


def _attempt(request: HttpRequest, key: str) -> Attempt:
    row = get_object_or_404(Attempt.objects.select_related("sitting__unit", "person"), key=key)
    check(request, row.sitting.unit)
    return row


def way(of: Sitting | None = None) -> list[dict[str, str]]:
    """The breadcrumbs."""
    found = [{"label": _("Exams"), "url": reverse("exams:sittings")}]
    if of is not None:
        found.append({"label": of.title, "url": reverse("exams:sitting", args=[of.key])})
    return found
