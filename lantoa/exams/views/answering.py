"""A candidate's own exams, on plain pages: waiting, starting, one question a page, handing in, the result."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import floatformat
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.filling import filled
from lantoa.common.frame import cut, mark, put_together
from lantoa.common.refused import Refused
from lantoa.common.templatetags.lantoa import vdatetime
from lantoa.common.words import say
from lantoa.directory.access import needs
from lantoa.directory.models import Person
from lantoa.directory.permissions import SIGNED_IN
from lantoa.exams.actions import answering as act
from lantoa.exams.actions.handing_in import hand_in_file
from lantoa.exams.actions.seeing import SIGHTS
from lantoa.exams.forms_sitting import AnswerForm
from lantoa.exams.models import Attempt
from lantoa.exams.queries.attempts import later_attempts, may_try_again
from lantoa.exams.queries.handed import arrived, asks_for_files, file_of
from lantoa.exams.queries.log import own_log
from lantoa.exams.queries.paper import outline_of
from lantoa.exams.queries.remarking import told_to
from lantoa.exams.queries.rooms import named_anywhere
from lantoa.exams.queries.showing import safe, shown_question
from lantoa.exams.queries.sittings import exams_of
from lantoa.exams.rules import texts
from lantoa.exams.rules.answers import PAPER, Received, answers, last_of
from lantoa.exams.rules.clock import Phase
from lantoa.exams.rules.corrections import RULES
from lantoa.exams.rules.drawing import blueprint_from
from lantoa.exams.rules.handed import said_of
from lantoa.exams.rules.marking import answered
from lantoa.exams.views.reaching import own_attempt
from lantoa.exams.views.sheet import sheet_of, sheet_parts
from lantoa.exams.views.sittings import when

SOON, SELDOM = 5, 40  # seconds between two looks of a waiting page
MINUTE = timedelta(minutes=1)
PLAIN = "exam_plain"  # the cookie of a device on which the plain pages were chosen


@needs(SIGNED_IN)
@require_safe
def my_exams(request: HttpRequest) -> HttpResponse:
    """The exams one sits or has sat."""
    person = Person.objects.filter(user=request.user.pk).first()
    now = timezone.now()
    rows = [] if person is None else [(one, _state(one, now), when(one.sitting)) for one in exams_of(person)]
    watching = person is not None and named_anywhere(person)
    return render(request, "exams/my_exams.html", {"rows": rows, "watching": watching})


def _phase(attempt: Attempt, now: datetime) -> Phase:
    extra = attempt.extra_minutes * MINUTE
    return attempt.sitting.times().phase(now, attempt.started_at, attempt.handed_in_at, extra)


def _state(attempt: Attempt, now: datetime) -> tuple[str, str]:
    if attempt.handed_in_at is not None:
        return "ok", _("handed in")
    return {
        Phase.WAITING: ("wait", _("waiting for the start")),
        Phase.OPEN: ("now", _("can be started")),
        Phase.RUNNING: ("now", _("at work")),
        Phase.LATE: ("late", _("time is over")),
        Phase.OVER: ("none", _("time is over")),
    }[_phase(attempt, now)]


@needs(SIGNED_IN)
@require_safe
def my_exam(request: HttpRequest, key: str) -> HttpResponse:
    """Where one's exam stands: waiting, the button that starts it, all questions, or the result."""
    now = timezone.now()
    attempt = own_attempt(request, key)
    phase, sitting = _phase(attempt, now), attempt.sitting
    plain = request.GET.get("plain", request.COOKIES.get(PLAIN, "")) == "1"
    said: dict[str, Any] = {"title": sitting.title, "phase": str(phase), "plain": plain, "breadcrumbs": _way()}
    places: dict[str, Any] = {}
    shared: dict[str, SafeString] = {}
    if not plain:
        files = said["files"] = asks_for_files(attempt.variant_id)
        shared["sheet_parts"] = sheet_parts(get_language(), files=files)
        places["sheet"] = sheet_of(request, attempt, now)
    if attempt.started_at is None:
        SIGHTS.opened(attempt.pk, at=now)
        said |= {"when": when(sitting), "minutes": sitting.minutes, "together": sitting.together}
        places |= {
            "again": str(_again(attempt, now)),
            "page_url": reverse("exams:my_exam", args=[attempt.key]),
            "start_url": reverse("exams:my_exam_start", args=[attempt.key]),
        }
        return _settled(request, filled(request, "exams/my_exam_waiting.html", said, places, shared))
    log = own_log(attempt)
    said |= {
        "handed_in": attempt.handed_in_at is not None,
        "came_late": _came_late(attempt, log),
        "late_taken": attempt.late_taken_at is not None,
        "tries_again": may_try_again(attempt, at=now) and not later_attempts(attempt),
        "number": attempt.number,
        "attempts": sitting.attempts,
        "counts": sitting.counts,
        "shows_points": sitting.published_at is not None and attempt.marked_at is not None and not attempt.unmarked,
    }
    places |= {
        "rows": _table_of(_rows(attempt, log), attempt, running=phase is Phase.RUNNING),
        "handed_in_at": vdatetime(attempt.handed_in_at),
        "points": floatformat(attempt.points, -2),
        "out_of": floatformat(attempt.out_of, -2),
        "again_url": reverse("exams:my_exam_again", args=[attempt.key]),
        "hand_in_url": reverse("exams:my_exam_hand_in", args=[attempt.key]),
    }
    changed: bool = attempt.changed  # type: ignore[attr-defined]
    if phase is not Phase.RUNNING and not changed:
        return _settled(request, filled(request, "exams/my_exam.html", said, places, shared))
    more: dict[str, Any] = {"remarked": _remarked(attempt) if changed else []}
    if phase is Phase.RUNNING:
        introduction = blueprint_from(sitting.paper.settings).introduction
        more |= {"time": _time(attempt, now), "introduction": safe(texts.with_maths(introduction))}
    return _settled(request, render(request, "exams/my_exam.html", {**said, **shared, **places, **more}))


def _table_of(rows: list[dict[str, Any]], attempt: Attempt, *, running: bool) -> SafeString:
    """The rows of the questions; while one is at work each leads to its page."""
    page = reverse("exams:my_exam", args=[attempt.key])
    shown = [
        put_together(
            _row(row["number"], _state_of(row), bool(row["saved"]), running, get_language()),
            {"saved": row["saved"], "page": page},
        )
        for row in rows
    ]
    return mark_safe("".join(shown))


def _state_of(row: dict[str, Any]) -> str:
    return "late" if row["comes"] else "ok" if row["answered"] else "none"


@lru_cache(maxsize=1024)  # the same few for everybody
def _row(number: int, state: str, saved: bool, running: bool, _language: str) -> list[str]:
    said = {
        "number": number,
        "state": state,
        "saved": mark("saved") if saved else "",
        "page": mark("page") if running else "",
    }
    return cut(render_to_string("exams/_my_exam_row.html", said))


def _settled(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Whoever chose the plain pages keeps them in this exam. The page says what time it is: it is asked for anew each
    time, and only the worker takes it from the memory of the browser, to keep it for a dead line."""
    if request.GET.get("plain") in {"0", "1"}:
        answer.set_cookie(PLAIN, request.GET["plain"], path=request.path, samesite="Lax", httponly=True)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _remarked(attempt: Attempt) -> list[dict[str, Any]]:
    """What was marked anew after the results were published: when, which question, why, and what it did."""
    return [
        {
            "when": one.at,
            "number": one.number,
            "what": _(RULES[one.change.rule]) if one.change else "",
            "why": one.change.reason if one.change else _("late answers, or a second look at an answer"),
            "own": one.own,
        }
        for one in told_to(attempt)
    ]


def _again(attempt: Attempt, now: datetime) -> int:
    """After how many seconds the waiting page asks again. Not all in the same second."""
    begins = attempt.sitting.times().begins()
    seldom = SELDOM + attempt.pk % SELDOM
    return seldom if begins is None or begins <= now else min(seldom, int((begins - now).total_seconds()) + SOON)


def _time(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """How much time is left by the centre's clock."""
    ends = attempt.ends_at()
    left = None if ends is None else max(ends - now, timedelta())
    minutes = 0 if left is None else left // MINUTE
    said = ngettext("%(count)d minute left", "%(count)d minutes left", minutes) % {"count": minutes}
    return {
        "words": _("less than a minute left") if not minutes else said,
        "until": "" if ends is None else _clock(ends),
        "now": _clock(now),
    }


def _clock(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%H:%M:%S}"


def _rows(attempt: Attempt, log: list[Received]) -> list[dict[str, Any]]:
    said, events = answers(log), last_of(log)
    outline = outline_of(attempt.variant.key)
    files = arrived([attempt]).get(attempt.pk, {}) if any(kind == "file" for _asked, kind in outline) else {}
    return [
        {
            "number": number,
            "answered": answered(kind, said.get(asked)),
            "comes": kind == "file"
            and answered("file", said.get(asked))
            and file_of(files, asked, said[asked]) is None,
            "saved": _clock(events[asked].received_at) if asked in events else "",
        }
        for number, (asked, kind) in enumerate(outline, 1)
    ]


def _came_late(attempt: Attempt, log: list[Received]) -> bool:
    ends, handed_in = attempt.ends_at(), attempt.handed_in_at
    sent = [one for one in log if one.device != PAPER]
    return any((ends and one.received_at >= ends) or (handed_in and one.received_at > handed_in) for one in sent)


@needs(SIGNED_IN)
@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Begins; the first question."""
    attempt = own_attempt(request, key)
    act.start(by=request.user, attempt=attempt, at=timezone.now())  # type: ignore[arg-type]
    return redirect("exams:my_exam_question", attempt.key, 1)


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def question(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One question; what is answered is saved with every step."""
    attempt = own_attempt(request, key, paper=True)
    now = timezone.now()
    content = attempt.variant.content
    if not 1 <= number <= len(content):
        raise Http404
    phase = _phase(attempt, now)
    if attempt.started_at is None or (request.method != "POST" and phase is not Phase.RUNNING):
        return redirect("exams:my_exam", attempt.key)
    asked = content[number - 1]
    log = own_log(attempt)
    before = answers(log).get(asked["id"])
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = AnswerForm(*sent, asked=asked, before=before)
    if request.method == "POST" and form.is_valid() and _saved(request, attempt, asked, form, now):
        if phase is not Phase.RUNNING:
            messages.warning(request, _("Your answer came late. It is kept, and a person decides whether it counts."))
            return redirect("exams:my_exam", attempt.key)
        return redirect(_next(attempt, number, request.POST.get("go", "")))
    last = last_of(log).get(asked["id"])
    context = {
        "attempt": attempt,
        "sitting": attempt.sitting,
        "number": number,
        "total": len(content),
        "item": shown_question(asked),
        "form": form,
        "time": _time(attempt, now),
        "saved": "" if last is None else _clock(last.received_at),
    }
    if asked["kind"] == "file" and answered("file", before):
        there = file_of(arrived([attempt]).get(attempt.pk, {}), asked["id"], before)
        context |= {"handed": said_of(before), "there": there is not None}
    return render(request, "exams/my_exam_question.html", context, status=422 if form.is_bound else 200)


def _saved(request: HttpRequest, attempt: Attempt, asked: Mapping[str, Any], form: AnswerForm, now: datetime) -> bool:
    """Whether the answer is at the centre; where a file is not taken its field says why."""
    given: Any = form.answer()
    by: Any = request.user
    try:
        if asked["kind"] != "file" or form.cleaned_data.get("back"):
            answer = None if asked["kind"] == "file" else given
            act.save_answer(by=by, attempt=attempt, question=asked["id"], answer=answer, at=now)
        elif given is not None:
            hand_in_file(by=by, attempt=attempt, question=asked["id"], upload=given, at=now)
    except Refused as reason:
        if asked["kind"] != "file":
            raise
        form.add_error("answer", say(reason))
    return form.is_valid()


def _next(attempt: Attempt, number: int, go: str) -> str:
    number += {"back": -1, "list": 0}.get(go, 1)
    if go == "list" or not 1 <= number <= len(attempt.variant.content):
        return reverse("exams:my_exam", args=[attempt.key])
    return reverse("exams:my_exam_question", args=[attempt.key, number])


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def hand_in(request: HttpRequest, key: str) -> HttpResponse:
    """Asks once more, naming what is not answered; then the exam is over for this candidate."""
    attempt = own_attempt(request, key)
    if attempt.started_at is None or attempt.handed_in_at is not None:
        return redirect("exams:my_exam", attempt.key)
    now = timezone.now()
    if request.method == "POST":
        act.hand_in(by=request.user, attempt=attempt, at=now)  # type: ignore[arg-type]
        messages.success(request, _("Handed in at %(time)s.") % {"time": _clock(now)})
        return redirect("exams:my_exam", attempt.key)
    missing = [str(row["number"]) for row in _rows(attempt, own_log(attempt)) if not row["answered"]]
    if missing:
        says = [_("Not answered: question %(numbers)s.") % {"numbers": ", ".join(missing)}]
    else:
        says = [_("Every question is answered.")]
    context = {
        "title": _("Hand in now?"),
        "consequences": says,
        "undo": _("After that nothing can be changed."),
        "label": _("Hand in"),
        "kind": "primary",
        "back": reverse("exams:my_exam", args=[attempt.key]),
        "breadcrumbs": _way(),
    }
    return render(request, "exams/confirm.html", context)


def _way() -> list[dict[str, str]]:
    return [{"label": _("My exams"), "url": reverse("exams:my_exams")}]
