"""Marking an exam: by the key, by people without names, and the results told."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import needs, saw, shows_people
from lantoa.exams.actions.marking import MARK, MOST, judge, mark_sitting, publish_results, set_markers
from lantoa.exams.forms_sitting import MarkersForm, PointsForm
from lantoa.exams.models import Attempt, Sitting
from lantoa.exams.queries.handed import asks_for_files
from lantoa.exams.queries.showing import safe
from lantoa.exams.queries.sittings import (
    active_job,
    answers_apart,
    criteria_in,
    due_for_marking,
    unmarked_answers,
)
from lantoa.exams.rules.handed import said_of
from lantoa.exams.views.sittings import confirm, sitting_for, way
from lantoa.office.actions.jobs import start_job

AT_A_TIME = 10


@needs("exams.hold")
@require_POST
def mark(request: HttpRequest, key: str) -> HttpResponse:
    """Marks those whose work is done."""
    found = sitting_for(request, key)
    if due_for_marking(found, at=timezone.now()).count() > MOST:
        job = active_job(MARK, sitting=found.key) or start_job(
            by=request.user,  # type: ignore[arg-type]
            kind=MARK,
            arguments={"sitting": found.key},
            unit=found.unit,
            at=timezone.now(),
        )
        return redirect("office:job", job.key)
    done = mark_sitting(by=request.user, sitting=found, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("%(now)d marked.") % {"now": done.now})
    return redirect("exams:sitting", found.key)


@needs("exams.hold")
@shows_people(N_("answers of an exam that people mark"))
@require_http_methods(["GET", "POST"])
def to_mark(request: HttpRequest, key: str) -> HttpResponse:
    """Answers that people mark, without the names of those who gave them, and without what another marker gave."""
    found = sitting_for(request, key)
    return _answers(request, found, deciding=False)


@needs("exams.hold")
@shows_people(N_("answers of an exam about which two markers differ"))
@require_http_methods(["GET", "POST"])
def to_decide(request: HttpRequest, key: str) -> HttpResponse:
    """Answers whose two markers are too far apart, with what they gave; a third person's points count alone."""
    found = sitting_for(request, key)
    return _answers(request, found, deciding=True)


def _answers(request: HttpRequest, found: Sitting, *, deciding: bool) -> HttpResponse:
    here = "exams:sitting_apart" if deciding else "exams:sitting_answers"
    reader = request.user.actor_key  # type: ignore[union-attr]
    sent = None
    if request.method == "POST":
        attempt = get_object_or_404(
            Attempt.objects.select_related("variant"), key=request.POST.get("attempt"), sitting=found
        )
        asked = attempt.variant.keys.get(request.POST.get("question", ""))
        sent = PointsForm(request.POST, criteria=criteria_in(asked) if asked else ())
        if sent.is_valid():
            judge(
                by=request.user,  # type: ignore[arg-type]
                attempt=attempt,
                question=sent.cleaned_data["question"],
                of=sent.cleaned_data["of"],
                points=sent.whole(),
                parts=sent.parts(),
                at=timezone.now(),
                deciding=deciding,
            )
            messages.success(request, _("The points are saved."))
            return redirect(here, found.key)
    rows = []
    waiting = (
        answers_apart(found, most=AT_A_TIME, reader=reader)
        if deciding
        else unmarked_answers(found, most=AT_A_TIME, reader=reader, at=timezone.now())
    )
    for at, one in enumerate(waiting):
        hidden = {"attempt": one.attempt.key, "question": one.question["id"], "of": one.fingerprint}
        mine = sent is not None and all(sent.data.get(name) == value for name, value in hidden.items())
        form = sent if mine else PointsForm(initial=hidden, auto_id=f"id_%s_{at}", criteria=one.criteria)
        rows.append(
            {
                "one": one,
                "text": safe(one.question["text"]),
                "rubric": safe(one.rubric),
                "form": form,
                "said": said_of(one.answer) if one.question["kind"] == "file" else None,
            }
        )
    saw(request, found, len({row["one"].attempt.pk for row in rows}))  # type: ignore[attr-defined]
    context = {
        "sitting": found,
        "rows": rows,
        "form": sent,
        "deciding": deciding,
        "files": not rows and any(asks_for_files(pk) for pk in set(found.sat.values_list("variant", flat=True))),
        "breadcrumbs": way(found),
    }
    return render(request, "exams/to_mark.html", context, status=422 if sent is not None else 200)


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def markers(request: HttpRequest, key: str) -> HttpResponse:
    """One marker, or two and what they may differ by."""
    found = sitting_for(request, key)
    form = MarkersForm(request.POST or None, initial={"markers": str(found.markers), "tolerance": found.tolerance})
    if request.method == "POST" and form.is_valid():
        try:
            set_markers(
                by=request.user,  # type: ignore[arg-type]
                sitting=found,
                markers=int(form.cleaned_data["markers"]),
                tolerance=form.cleaned_data["tolerance"] or Decimal(0),
            )
            messages.success(request, _("The changes are saved."))
            return redirect("exams:sitting", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    context = {"form": form, "title": _("Who marks the answers"), "lead": found.title, "breadcrumbs": way(found)}
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def publish(request: HttpRequest, key: str) -> HttpResponse:
    """Everybody sees their own points."""
    found = sitting_for(request, key)
    if request.method == "POST":
        publish_results(by=request.user, sitting=found, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The results are published."))
        return redirect("exams:sitting", found.key)
    says = [_("Every candidate sees their own points, and nobody else's.")]
    return confirm(request, found, _("Publish the results?"), says, _("Publish the results"), kind="primary")
