"""A class: its meetings and people; planning, enrolling, letting go."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdatetime
from lantoa.common.words import fill, say
from lantoa.competence.models import Course
from lantoa.directory.access import (
    audit_links,
    check,
    day_of,
    in_care,
    may,
    needs,
    permissions_on,
    saw,
    shows_people,
    today,
)
from lantoa.directory.models import Person, Role
from lantoa.directory.queries.units import names
from lantoa.ledger.models import thing_key
from lantoa.programmes.models import Programme
from lantoa.training.actions import classes as act
from lantoa.training.actions import notices as tell
from lantoa.training.forms import ClassForm, MeetingForm, ReasonForm
from lantoa.training.models import Enrolment, Meeting, TrainingClass
from lantoa.training.queries.completion import outcomes
from lantoa.training.queries.rows import Choice, people_to_enrol
from lantoa.training.rules.completion import words
from lantoa.training.views.exam_lines import RESULTS, of_class
from lantoa.training.views.people import people_seen

FOUND = 10  # of the people of a name, on the page that enrols one of them


def class_at(request: HttpRequest, key: str) -> TrainingClass:
    """The class, if the reader may see it; else 404."""
    found = get_object_or_404(TrainingClass.objects.select_related("programme", "course", "unit"), key=key)
    check(request, found.unit)
    return found


def programme_at(request: HttpRequest, key: str) -> Programme:
    """The programme, if the reader holds the page's permission for its owner; else 404."""
    found = get_object_or_404(Programme.objects.select_related("unit"), key=key)
    check(request, found.unit)
    return found


@needs("programmes.view")
@shows_people(N_("a class and its learners"))
@require_safe
def training_class(request: HttpRequest, key: str) -> HttpResponse:
    """The class as it stands: next meeting, meetings, people with what each still lacks."""
    found = class_at(request, key)
    now, on = timezone.now(), today()
    meetings = list(found.meetings.select_related("topic", "lecturer", "room", "gathering").order_by("during"))
    people = outcomes(found)
    saw(request, found, len(people))
    day = Choice(found.programme, day_of(request)).naming_day
    called = names((enrolment.unit_id for enrolment, _outcome in people), on=day)
    titles = {item.code: item.title for item in found.assessments.all()}
    late = [m for m in meetings if m.during.upper <= now and not m.gathering.held]
    coming = next((m for m in meetings if m.during.upper > now), None)
    allowed = permissions_on(request.user, found.unit, on=on)
    may_mark = "training.mark_presence" in allowed
    calls = list(found.calls.order_by("-pk")) if "training.manage" in allowed else []
    teaches = any(m.lecturer is not None and m.lecturer.user_id == request.user.pk for m in meetings)
    opens = teaches or RESULTS in allowed
    return render(
        request,
        "training/class.html",
        {
            "training_class": found,
            "lead": found.place or found.online_url,
            "meetings": meetings,
            "next": _next(late, coming, may_mark, now),
            "late": late,
            "begun": any(m.during.lower <= now for m in meetings),
            "held": sum(1 for m in meetings if m.gathering.held and m.during.upper <= now),
            "now": now,
            "people": [(enrolment, outcome, called.get(enrolment.unit_id)) for enrolment, outcome in people],
            "seen": people_seen(request, [enrolment.person_id for enrolment, _outcome in people]),
            "complete": sum(1 for _enrolment, outcome in people if outcome.complete),
            "rule": [fill(reason.message, reason.values) for reason in words(found.rule, titles)],
            "may_manage": "training.manage" in allowed,
            "may_mark": may_mark,
            "tasks": _tasks(found, allowed),
            "calls": calls,
            **of_class(found, [enrolment for enrolment, _outcome in people], opens=opens),
            "breadcrumbs": crumbs(found.programme),
        },
    )


def _next(late: list[Meeting], coming: Meeting | None, may_mark: bool, now: datetime) -> dict[str, Any]:
    if late and may_mark:
        return {
            "words": _("The roll of %(when)s is not called.") % {"when": vdatetime(late[0].during.lower)},
            "url": reverse("training:roll_call", args=[late[0].key]),
            "label": _("Call the roll"),
            "now": True,
        }
    if coming and coming.during.lower <= now and may_mark and not coming.gathering.held:
        return {
            "words": _("Meeting now: %(topic)s.") % {"topic": coming.topic},
            "url": reverse("training:meeting", args=[coming.key]),
            "label": _("Open the meeting"),
        }
    if coming:
        return {"words": f"{vdatetime(coming.during.lower)} · {coming.topic}"}
    return {}


def _tasks(found: TrainingClass, allowed: frozenset[str]) -> list[dict[str, str]]:
    offered = [
        ("training.manage", "training:new_meeting", _("Add a meeting")),
        ("training.manage", "training:enrol", _("Enrol someone by name")),
        ("training.manage", "training:call_for_class", _("Ask units for people")),
        ("training.manage", "training:open_class", _("Open it to citizens and businesses")),
        ("training.manage", "training:change_class", _("Change place and number of places")),
        ("training.mark_results", "training:marks", _("Enter marks")),
        ("directory.issue_links", "web:cards", _("Print cards to sign in with")),
    ]
    links = [
        {"url": reverse(name, args=[found.key]), "label": label}
        for permission, name, label in offered
        if permission in allowed
    ]
    if {"training.manage", "exams.hold"} <= allowed:
        links.append({"url": reverse("training:hold_exam", args=[found.key]), "label": _("Hold an exam")})
    return links + (audit_links(f"?thing={thing_key(found)}") if "ledger.view" in allowed else [])


def crumbs(programme: Programme, found: TrainingClass | None = None) -> list[dict[str, str]]:
    """The way to a class."""
    way = [{"label": programme.name, "url": reverse("training:programme", args=[programme.key])}]
    if found:
        way.append({"label": found.code, "url": reverse("training:class", args=[found.key])})
    return way


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def new_class(request: HttpRequest, key: str) -> HttpResponse:
    """Adds a class to a programme."""
    programme = programme_at(request, key)
    courses = Course.objects.filter(
        unit__in=in_care(request.user, "training.manage", on=today())  # type: ignore[arg-type]
    ).order_by("title")
    form = ClassForm(request.POST or None, courses=courses)
    if request.method == "POST" and form.is_valid():
        try:
            made = act.plan_class(by=request.user, programme=programme, unit=programme.unit, **form.cleaned_data)  # type: ignore[arg-type]
            return redirect("training:class", made.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    return form_page(request, form, _("Add a class"), programme.name, crumbs(programme))


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def change_class(request: HttpRequest, key: str) -> HttpResponse:
    """Changes place, address and number of places."""
    found = class_at(request, key)
    initial = {name: getattr(found, name) for name in ("code", "course", "capacity", "place", "online_url")}
    form = ClassForm(request.POST or None, initial=initial, courses=Course.objects.filter(pk=found.course_id))
    for name in ("code", "course"):
        form.fields[name].disabled = True
    if request.method == "POST" and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in ("capacity", "place", "online_url")}
        try:
            act.change_class(by=request.user, training_class=found, **changes)  # type: ignore[arg-type]
            return redirect("training:class", found.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    return form_page(request, form, _("Change the class"), found.code, crumbs(found.programme, found))


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def new_meeting(request: HttpRequest, key: str) -> HttpResponse:
    """Adds a meeting to a class; a clash is named in words."""
    found = class_at(request, key)
    form = MeetingForm(request.POST or None, training_class=found, lecturers=lecturers_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            act.plan_meeting(by=request.user, training_class=found, **_meeting_values(form))  # type: ignore[arg-type]
            messages.success(request, _("The meeting is planned."))
            return redirect("training:class", found.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    return form_page(request, form, _("Add a meeting"), found.code, crumbs(found.programme, found))


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def change_meeting(request: HttpRequest, key: str) -> HttpResponse:
    """Moves a meeting at which nobody has been counted yet."""
    meeting = get_object_or_404(Meeting.objects.select_related("training_class__unit"), key=key)
    check(request, meeting.training_class.unit)
    found = meeting.training_class
    starts, ends = timezone.localtime(meeting.during.lower), timezone.localtime(meeting.during.upper)
    initial = {
        "topic": meeting.topic_id,
        "day": starts.date(),
        "starts": starts.time(),
        "ends": ends.time(),
        "lecturer": meeting.lecturer and meeting.lecturer.key,
        "room": meeting.room_id,
    }
    form = MeetingForm(request.POST or None, initial=initial, training_class=found, lecturers=lecturers_of(found))
    if request.method == "POST" and form.is_valid():
        try:
            tell.move_and_tell(
                by=request.user,  # type: ignore[arg-type]
                meeting=meeting,
                at=timezone.now(),
                **_meeting_values(form),
            )
            return redirect("training:class", found.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    return form_page(request, form, _("Change the meeting"), found.code, crumbs(found.programme, found))


@needs("training.manage")
@require_http_methods(["GET", "POST"])
def cancel_meeting(request: HttpRequest, key: str) -> HttpResponse:
    """Says what will go, then removes the meeting."""
    meeting = get_object_or_404(Meeting.objects.select_related("training_class__unit", "topic"), key=key)
    found = meeting.training_class
    check(request, found.unit)
    if request.method == "POST":
        tell.cancel_and_tell(by=request.user, meeting=meeting, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The meeting is called off."))
        return redirect("training:class", found.key)
    people = act.enrolled(found).count()
    lose = ngettext("%(count)d person loses this meeting.", "%(count)d people lose this meeting.", people)
    return render(
        request,
        "training/cancel_meeting.html",
        {
            "consequences": [
                f"{found.code} · {meeting.topic} · {vdatetime(meeting.during.lower)}",
                lose % {"count": people},
            ],
            "back": reverse("training:class", args=[found.key]),
            "breadcrumbs": crumbs(found.programme, found),
        },
    )


@needs("training.manage")
@shows_people(N_("a learner, to be taken out of a class"))
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a person out of a class, with a reason."""
    enrolment = get_object_or_404(
        Enrolment.objects.select_related("training_class__unit", "person"), key=key, withdrawn_at=None
    )
    found = enrolment.training_class
    check(request, found.unit)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act.withdraw(by=request.user, enrolment=enrolment, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            return redirect("training:class", found.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    saw(request, enrolment.person, 1)
    title = _("Take %(person)s out of class %(code)s") % {"person": enrolment.person, "code": found.code}
    return form_page(request, form, title, found.code, crumbs(found.programme, found))


@needs("training.manage")
@shows_people(N_("people to enrol in a class"))
@require_http_methods(["GET", "POST"])
def enrol(request: HttpRequest, key: str) -> HttpResponse:
    """Finds a person by name and enrols them; a whole roster comes by file."""
    found = class_at(request, key)
    name = request.GET.get("name", "").strip()
    on = today()
    within = in_care(request.user, "directory.view_people", on=on)  # type: ignore[arg-type]
    people = list(people_to_enrol(found, name, within=within, on=on)[:FOUND]) if name else []
    error = ""
    if request.method == "POST":
        person = get_object_or_404(
            Person.objects.filter(posts__unit__in=within, posts__period__contains=on).distinct(),
            key=request.POST.get("person", "").replace("\0", ""),
        )
        try:
            act.enrol_one(by=request.user, training_class=found, person=person, at=timezone.now(), on=on)  # type: ignore[arg-type]
            messages.success(request, _("%(person)s is in class %(code)s.") % {"person": person, "code": found.code})
            return redirect("training:class", found.key)
        except Refused as refused:
            error = say(refused)
    saw(request, found, len(people))
    called = names((post.unit_id for person in people for post in person.posts_now), on=on)
    return render(
        request,
        "training/enrol.html",
        {
            "training_class": found,
            "name": name,
            "people": people,
            "posts": {
                person.pk: [
                    (post.title, called[post.unit_id].full_name if post.unit_id in called else "")
                    for post in person.posts_now
                ]
                for person in people
            },
            "more": people[0].found if people and people[0].found > len(people) else 0,
            "elsewhere": _elsewhere(request, found) if name and not people else {},
            "error": error,
            "breadcrumbs": crumbs(found.programme, found),
        },
        status=409 if error else 200,
    )


def _elsewhere(request: HttpRequest, found: TrainingClass) -> dict[str, str]:
    """Where somebody who is not known yet is added, if the reader may."""
    if not may(request.user, "directory.edit_people", found.unit, on=today()):
        return {}
    return {"url": reverse("directory:add_person", args=[found.unit.key]), "label": _("Add a person")}


def lecturers_of(found: TrainingClass) -> Any:
    """People who may teach here: whoever holds the role of a lecturer, and whoever already teaches the programme."""
    return (
        (
            Person.objects.filter(user__grants__role=Role.LECTURER, user__grants__until=None)
            | Person.objects.filter(meetings_taught__training_class__programme=found.programme_id)
        )
        .distinct()
        .order_by("sort_key")
    )


def _meeting_values(form: MeetingForm) -> dict[str, Any]:
    starts, ends = form.span
    values = {name: form.cleaned_data[name] for name in ("topic", "lecturer", "room")}
    return {**values, "starts": starts, "ends": ends}


def form_page(
    request: HttpRequest, form: Any, title: str, caption: str, breadcrumbs: list[dict[str, str]]
) -> HttpResponse:
    """A form alone on its page."""
    return render(
        request,
        "training/form.html",
        {"form": form, "title": title, "caption": caption, "breadcrumbs": breadcrumbs},
        status=422 if form.is_bound else 200,
    )
