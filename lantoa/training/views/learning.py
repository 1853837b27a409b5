"""The learner's pages: what is next, what counts, the certificate; checking in; handing in."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.accounts.actions import counting_tries
from lantoa.accounts.models import User
from lantoa.accounts.rules import caller
from lantoa.common.refused import Refused
from lantoa.common.templatetags.lantoa import vdatetime, vtime
from lantoa.common.words import say
from lantoa.directory.access import needs
from lantoa.directory.models import Person
from lantoa.directory.permissions import PUBLIC
from lantoa.directory.queries.duplicates import person_of as person_of_key
from lantoa.exams.queries.ahead import exams_ahead
from lantoa.exams.queries.evidence import evidence_of, latest
from lantoa.presence import actions as presence_act
from lantoa.presence.models import Attendance, Gathering
from lantoa.training.actions import results as act
from lantoa.training.forms import CodeForm, HandInForm
from lantoa.training.models import Assessment, Enrolment, Meeting
from lantoa.training.queries.completion import judged
from lantoa.training.queries.feedback import asked_of
from lantoa.training.queries.here import SEEN_CODE, awaited, read_at
from lantoa.training.rules.completion import Outcome, words


def person_of(request: HttpRequest) -> Person:
    """The person who reads, else 404."""
    person = Person.objects.filter(user=request.user.pk).first() if request.user.is_authenticated else None
    if person is None:
        raise Http404
    return person


@needs("training.learn")
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """My next meeting, what counts, my certificate."""
    if key := awaited(request.session.get(SEEN_CODE), now=timezone.now()):
        return redirect("training:here", key, "read")
    person = Person.objects.filter(user=request.user.pk).first()
    if person is None:
        return render(request, "training/me_nobody.html")
    now = timezone.now()
    mine = list(
        Enrolment.objects.filter(person=person, withdrawn_at=None)
        .select_related("training_class__programme", "training_class__course")
        .prefetch_related("training_class__assessments", "certificates", "submissions", "marks")
        .order_by("-training_class__programme__period")
    )
    meetings = (
        Meeting.objects.filter(training_class__enrolments__in=mine)
        .select_related("training_class", "topic", "lecturer", "room", "gathering")
        .order_by("during")
    )
    lines = {line.gathering_id: line for line in Attendance.objects.filter(person=person)}
    coming = [m for m in meetings if m.during.upper > now]
    return render(
        request,
        "training/me.html",
        {
            "person": person,
            "now": now,
            "next_meeting": coming[0] if coming else None,
            "next_line": lines.get(coming[0].gathering_id) if coming else None,
            "coming": coming[1:6],
            "classes": [_standing(row, outcome, meetings, lines, now) for row, outcome in judged(mine)],
            "calendar": request.build_absolute_uri(reverse("training:calendar", args=[_signer().sign(person.key)])),
            "exams": [(attempt, str(phase)) for attempt, phase in exams_ahead(person, at=now)],
            "evidence": latest(evidence_of(person)),
            "asked": [
                (survey, survey.form.form.title.in_(get_language() or "vi"))
                for survey in asked_of(person, on=timezone.localdate(now))
            ],
            "code_form": CodeForm() if _shows_a_code(meetings, lines, now) else None,
        },
    )


def _shows_a_code(meetings: Iterable[Meeting], lines: dict[int, Attendance], now: datetime) -> bool:
    """Whether a code to type may be on a wall for this learner: a meeting of theirs is open, or is today, and they
    are not counted present there yet."""
    return any(
        timezone.localdate(m.during.lower) == timezone.localdate(now)
        or (m.gathering.opened_at is not None and m.gathering.closed_at is None)
        for m in meetings
        if m.gathering_id not in lines or not lines[m.gathering_id].share
    )


def _standing(
    enrolment: Enrolment,
    outcome: Outcome,
    meetings: Iterable[Meeting],
    lines: dict[int, Attendance],
    now: datetime,
) -> dict[str, object]:
    of_class = [m for m in meetings if m.training_class_id == enrolment.training_class_id]
    handed_in = {submission.assessment_id: submission for submission in enrolment.submissions.all()}
    marks = {mark.assessment_id: mark for mark in enrolment.marks.all()}
    titles = {item.code: item.title for item in enrolment.training_class.assessments.all()}
    certificate = next((c for c in enrolment.certificates.all() if c.revoked_on is None), None)
    return {
        "enrolment": enrolment,
        "outcome": outcome,
        "rule": words(enrolment.training_class.rule, titles),
        "meetings": [(m, lines.get(m.gathering_id), m.during.upper <= now) for m in of_class],
        "held": sum(1 for m in of_class if m.gathering.held),
        "attended": sum(
            (lines[m.gathering_id].share for m in of_class if m.gathering.held and m.gathering_id in lines), start=0
        ),
        "tasks": [
            (item, handed_in.get(item.pk), marks.get(item.pk)) for item in enrolment.training_class.assessments.all()
        ],
        "certificate": certificate,
        "certificate_url": certificate and reverse("training:certificate", args=[certificate.key]),
    }


@needs(PUBLIC)
@require_http_methods(["GET", "POST"])
def here(request: HttpRequest, key: str, digits: str) -> HttpResponse:
    """Where the QR on the wall leads. Whoever is not signed in yet may sign in first: the code was read in time, and
    that moment counts, not the moment after signing in."""
    gathering = get_object_or_404(Gathering, key=key)
    now = timezone.now()
    try:
        read = read_at(request.session.get(SEEN_CODE), gathering.key, now=now)
        if read is None:
            _read_code(request, gathering, digits, now)
            read = now
            request.session[SEEN_CODE] = [gathering.key, now.isoformat()]
    except Refused as refused:
        return render(request, "training/here_refused.html", {"reason": say(refused)}, status=409)
    if not request.user.is_authenticated:
        words = _("The code is read. Sign in within 10 minutes, and you count from %(time)s on.")
        messages.info(request, words % {"time": vtime(read)})
        return redirect(f"{reverse('accounts:sign_in')}?next={request.path}")
    return _arrive(request, gathering, read)


@needs("training.learn")
@require_http_methods(["POST"])
def type_code(request: HttpRequest) -> HttpResponse:
    """The six digits typed by hand: they belong to the meeting of one's own class that is open now."""
    person = person_of(request)
    form = CodeForm(request.POST)
    now = timezone.now()
    meeting = (
        Meeting.objects.filter(
            training_class__enrolments__person=person,
            training_class__enrolments__withdrawn_at=None,
            gathering__opened_at__lte=now,
            gathering__closed_at=None,
        )
        .select_related("gathering")
        .order_by("-gathering__opened_at")
        .first()
    )
    if meeting is None or not form.is_valid():
        messages.error(request, _("Cannot check in: no meeting of yours shows a code now."))
        return redirect("training:me")
    try:
        _read_code(request, meeting.gathering, form.cleaned_data["digits"], now)
    except Refused as refused:
        messages.error(request, say(refused))
        return redirect("training:me")
    return _arrive(request, meeting.gathering, now)


def _read_code(request: HttpRequest, gathering: Gathering, digits: str, now: datetime) -> None:
    reader = request.user if isinstance(request.user, User) else None
    address = caller(
        request.META.get("REMOTE_ADDR", ""),
        request.META.get("HTTP_X_FORWARDED_FOR", ""),
        proxies=settings.PROXIES,
    )
    with counting_tries(reader=reader, address=address, at=now):
        presence_act.read_code(gathering=gathering, digits=digits, at=now)


def _arrive(request: HttpRequest, gathering: Gathering, arrived: datetime) -> HttpResponse:
    person = Person.objects.filter(user=request.user.pk).first()
    meeting = person and (
        Meeting.objects.filter(
            gathering=gathering,
            training_class__enrolments__person=person,
            training_class__enrolments__withdrawn_at=None,
        )
        .select_related("training_class", "topic")
        .first()
    )
    request.session.pop(SEEN_CODE, None)
    if person is None or meeting is None:
        reason = _("Cannot check in: you are not in this class. Ask the lecturer to add you.")
        return render(request, "training/here_refused.html", {"reason": reason}, status=409)
    line = presence_act.check_in(by=request.user, gathering=gathering, person=person, arrived=arrived)  # type: ignore[arg-type]
    return render(request, "training/here.html", {"meeting": meeting, "line": line, "person": person})


@needs("training.learn")
@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest, key: str, assessment: str) -> HttpResponse:
    """Hands in an assignment or a plan for one's own office."""
    person = person_of(request)
    enrolment = get_object_or_404(
        Enrolment.objects.select_related("training_class__unit"), key=key, person=person, withdrawn_at=None
    )
    found = get_object_or_404(
        Assessment.objects.exclude(kind=Assessment.Kind.TEST),
        key=assessment,
        training_class=enrolment.training_class_id,
    )
    before = enrolment.submissions.filter(assessment=found).first()
    initial = {name: getattr(before, name) for name in ("text", "problem", "first_step", "by_when")} if before else {}
    form = HandInForm(request.POST or None, request.FILES or None, initial=initial, assessment=found)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        values = dict(form.cleaned_data)
        upload = values.pop("file", None)
        try:
            act.hand_in(by=request.user, enrolment=enrolment, assessment=found, at=now, upload=upload, **values)  # type: ignore[arg-type]
            act.decide_when_over(by=request.user, training_class=enrolment.training_class, at=now)  # type: ignore[arg-type]
            messages.success(request, _("Handed in at %(time)s.") % {"time": f"{timezone.localtime(now):%H:%M}"})
            return redirect("training:me")
        except Refused as refused:
            form.add_error(None, say(refused))
    return render(
        request,
        "training/hand_in.html",
        {
            "form": form,
            "assessment": found,
            "enrolment": enrolment,
            "before": before,
            "before_words": before and _("Handed in at %(when)s.") % {"when": vdatetime(before.handed_in_at)},
            "breadcrumbs": [{"label": _("My learning"), "url": reverse("training:me")}],
        },
        status=422 if form.is_bound else 200,
    )


def _signer() -> Signer:
    return Signer(salt="lantoa.training.calendar")


@needs(PUBLIC)
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """A person's meetings, learned and taught, as a calendar feed; the address is their secret."""
    from icalendar import Calendar, Event  # late: it costs every start a tenth of a second

    try:
        person = person_of_key(_signer().unsign(token))
    except BadSignature as error:
        raise Http404 from error
    if person is None or person.erased_at is not None:
        raise Http404
    learned = Meeting.objects.filter(
        training_class__enrolments__person=person, training_class__enrolments__withdrawn_at=None
    )
    taught = Meeting.objects.filter(lecturer=person)
    meetings = (learned | taught).distinct().select_related("training_class", "topic", "room").order_by("during")
    feed = Calendar()
    feed.add("prodid", "-//Lantoa//vi")
    feed.add("version", "2.0")
    feed.add("x-wr-calname", _("My meetings"))
    for meeting in meetings:
        event = Event()
        event.add("uid", f"{meeting.key}@lantoa")
        event.add("dtstamp", timezone.now())
        event.add("dtstart", meeting.during.lower)
        event.add("dtend", meeting.during.upper)
        event.add("summary", f"{meeting.training_class.code}: {meeting.topic.title}")
        event.add("location", meeting.room.name if meeting.room else meeting.training_class.place)
        feed.add_component(event)
    return HttpResponse(feed.to_ical(), content_type="text/calendar; charset=utf-8")
