"""Marking an exam: by the key, by people without names, and the results told."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantoa.common.refused import N_
from lantoa.directory.access import needs, saw, shows_people
from lantoa.exams.actions.marking import judge, mark_sitting, publish_results
from lantoa.exams.forms_sitting import PointsForm
from lantoa.exams.models import Attempt
from lantoa.exams.queries.showing import safe
from lantoa.exams.queries.sittings import unmarked_answers
from lantoa.exams.views.sittings import confirm, sitting_for, way

AT_A_TIME = 10


@needs("exams.hold")
@require_POST
def mark(request: HttpRequest, key: str) -> HttpResponse:
    """Marks those whose work is done."""
    found = sitting_for(request, key)
    done = mark_sitting(by=request.user, sitting=found, at=timezone.now())  # type: ignore[arg-type]
    if done.left:
        said = _("%(now)d marked; %(left)d still wait: press the button again.")
        messages.info(request, said % {"now": done.now, "left": done.left})
    else:
        messages.success(request, _("%(now)d marked.") % {"now": done.now})
    return redirect("exams:sitting", found.key)


@needs("exams.hold")
@shows_people(N_("answers of an exam that people mark"))
@require_http_methods(["GET", "POST"])
def to_mark(request: HttpRequest, key: str) -> HttpResponse:
    """Answers that people mark, without the names of those who gave them."""
    found = sitting_for(request, key)
    sent = PointsForm(request.POST) if request.method == "POST" else None
    if sent is not None and sent.is_valid():
        values = sent.cleaned_data
        judge(
            by=request.user,  # type: ignore[arg-type]
            attempt=get_object_or_404(Attempt, key=values["attempt"], sitting=found),
            question=values["question"],
            of=values["of"],
            points=values["points"],
            at=timezone.now(),
        )
        messages.success(request, _("The points are saved."))
        return redirect("exams:sitting_answers", found.key)
    rows = []
    for at, one in enumerate(unmarked_answers(found, most=AT_A_TIME)):
        hidden = {"attempt": one.attempt.key, "question": one.question["id"], "of": one.fingerprint}
        mine = sent is not None and all(sent.data.get(name) == value for name, value in hidden.items())
        form = sent if mine else PointsForm(initial=hidden, auto_id=f"id_%s_{at}")
        rows.append({"one": one, "text": safe(one.question["text"]), "rubric": safe(one.rubric), "form": form})
    saw(request, found, len({row["one"].attempt.pk for row in rows}))  # type: ignore[attr-defined]
    context = {"sitting": found, "rows": rows, "form": sent, "breadcrumbs": way(found)}
    return render(request, "exams/to_mark.html", context, status=422 if sent is not None else 200)


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
