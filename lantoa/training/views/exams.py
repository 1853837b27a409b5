"""The exams of a class: holding one, how it stands, adding those who joined since, what was gained."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, in_care, may, needs, permissions_on, saw, shows_people, today
from lantoa.exams.queries.access import reads_analysis
from lantoa.exams.queries.analysis import is_over
from lantoa.exams.queries.paper import papers_to_sit
from lantoa.training.actions import exam_notices as tell
from lantoa.training.actions.classes import enrolled
from lantoa.training.forms_exams import ExamForm
from lantoa.training.models import Assessment, ClassExam, TrainingClass
from lantoa.training.queries.exams import SHOWN, exams_of_class, held_of, paired
from lantoa.training.rules.exams import PURPOSES, mark_of
from lantoa.training.views.classes import class_at, crumbs, form_page
from lantoa.training.views.exam_lines import RESULTS
from lantoa.training.views.people import people_seen

PAGE = 50


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, key: str) -> HttpResponse:
    """An exam for everybody in the class."""
    found = class_at(request, key)
    check(request, found.unit, "training.manage")
    care = in_care(request.user, "exams.hold", on=today())  # type: ignore[arg-type]
    assessments = found.assessments.filter(kind=Assessment.Kind.TEST).order_by("id")
    form = ExamForm(request.POST or None, papers=papers_to_sit(care), assessments=assessments)
    if request.method == "POST" and form.is_valid():
        try:
            made = tell.hold_and_tell(
                by=request.user,  # type: ignore[arg-type]
                training_class=found,
                at=timezone.now(),
                **form.cleaned_data,
            )
            people = made.sitting.sat.count()
            words = ngettext(
                "The exam is ready: %(count)d learner is on its list.",
                "The exam is ready: %(count)d learners are on its list.",
                people,
            )
            messages.success(request, words % {"count": people})
            return redirect("training:class_exam", made.key)
        except Refused as refused:
            form.add_error(None, say(refused))
    return form_page(request, form, _("Hold an exam"), found.code, crumbs(found.programme, found))


def exam_seen_by(request: HttpRequest, key: str) -> ClassExam:
    """The exam, for whoever sees results of single learners; else 404."""
    exam = get_object_or_404(
        ClassExam.objects.select_related(
            "sitting", "assessment", "training_class__unit", "training_class__programme", "training_class__course"
        ),
        key=key,
    )
    if not sees_results(request, exam.training_class):
        raise Http404
    return exam


def sees_results(request: HttpRequest, found: TrainingClass) -> bool:
    """Whether the reader may see what single learners earned: they teach the class, or mark in any class of the
    unit."""
    if may(request.user, RESULTS, found.unit, on=today()):
        return True
    return found.meetings.filter(lecturer__user=request.user.pk).exists()


@needs("training.teach")
@shows_people(N_("an exam of a class and its learners"))
@require_safe
def class_exam(request: HttpRequest, key: str) -> HttpResponse:
    """How an exam of the class stands: numbers that open to their learners."""
    exam = exam_seen_by(request, key)
    found, now = exam.training_class, timezone.now()
    show = request.GET.get("show", "people")
    if show not in SHOWN:
        raise Http404
    (held,) = held_of([exam], enrolled(found).select_related("person").order_by("person__sort_key", "id"))
    counted = held.count()
    rows = [row for row in held.rows if row.is_in(show)]
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    saw(request, found, len(page), part=page.number)
    allowed = permissions_on(request.user, found.unit, on=today())
    published = exam.sitting.published_at is not None
    highest = exam.assessment.highest if exam.assessment is not None else None
    return render(
        request,
        "training/exams/exam.html",
        {
            "exam": exam,
            "purpose": _(PURPOSES[exam.purpose]),
            "published": published,
            "numbers": [
                {"count": counted[name], "words": _(words), "url": f"?show={name}"}
                for name, words in SHOWN.items()
                if counted[name] or name != "not_listed"
            ],
            "show": _(SHOWN[show]),
            "page": page,
            "rows": [
                (row, mark_of(row.share, highest) if highest is not None and row.share is not None else None)
                for row in page
            ],
            "seen": people_seen(request, [row.enrolment.person_id for row in page]),
            "can_cancel": "exams.hold" in allowed and not counted["started"] and not counted["handed_in"],
            "desk": reverse("exams:sitting", args=[exam.sitting.key]) if "exams.hold" in allowed else "",
            "analysis": _analysis(request, exam, now),
            "to_add": counted["not_listed"] if "exams.hold" in allowed and held.still_starts(now) else 0,
            "breadcrumbs": crumbs(found.programme, found) if "programmes.view" in allowed else _of_lecturer(),
        },
    )


def _analysis(request: HttpRequest, exam: ClassExam, now: datetime) -> str:
    """The address of what the exam tells of its questions, once it is over, for whoever may read it."""
    reads = is_over(exam.sitting, at=now) and reads_analysis(request.user, exam.sitting, on=today())  # type: ignore[arg-type]
    return reverse("exams:sitting_analysis", args=[exam.sitting.key]) if reads else ""


def _of_lecturer() -> list[dict[str, str]]:
    return [{"label": _("My meetings"), "url": reverse("training:teaching")}]


@needs("exams.hold")
@require_POST
def add_joined(request: HttpRequest, key: str) -> HttpResponse:
    """Puts those who joined the class since on the list."""
    exam = get_object_or_404(ClassExam.objects.select_related("sitting", "training_class__unit"), key=key)
    check(request, exam.training_class.unit)
    try:
        added = tell.add_joined_and_tell(by=request.user, exam=exam, at=timezone.now())  # type: ignore[arg-type]
        words = ngettext("%(count)d learner is added.", "%(count)d learners are added.", added)
        messages.success(request, words % {"count": added})
    except Refused as refused:
        messages.error(request, say(refused))
    return redirect("training:class_exam", exam.key)


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Calls an exam of a class off, before anybody has started it; whoever is on its list is told."""
    exam = get_object_or_404(
        ClassExam.objects.select_related("sitting", "training_class__unit", "training_class__programme"), key=key
    )
    found = exam.training_class
    check(request, found.unit)
    if request.method == "POST":
        tell.cancel_and_tell(by=request.user, exam=exam, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The exam is called off."))
        return redirect("training:class", found.key)
    people = exam.sitting.sat.count()
    lose = ngettext(
        "%(count)d person is on its list, and is told.", "%(count)d people are on its list, and are told.", people
    )
    return render(
        request,
        "training/confirm.html",
        {
            "title": _("Call this exam off?"),
            "consequences": [f"{found.code} · {exam.sitting.title}", lose % {"count": people}],
            "undo": _("This cannot be undone."),
            "action": request.path,
            "label": _("Call the exam off"),
            "kind": "warning",
            "back": reverse("training:class_exam", args=[exam.key]),
            "breadcrumbs": crumbs(found.programme, found),
        },
    )


@needs("training.teach")
@shows_people(N_("what the learners of a class gained"))
@require_safe
def gain(request: HttpRequest, key: str) -> HttpResponse:
    """The tests before and after, learner by learner, and what the class gained."""
    found = get_object_or_404(TrainingClass.objects.select_related("programme", "unit"), key=key)
    if not sees_results(request, found):
        raise Http404
    people = list(enrolled(found).select_related("person").order_by("person__sort_key", "id"))
    pair = paired(held_of(exams_of_class(found), people), people)
    saw(request, found, len(pair.rows))
    allowed = permissions_on(request.user, found.unit, on=today())
    return render(
        request,
        "training/exams/gain.html",
        {
            "training_class": found,
            "pair": pair,
            "seen": people_seen(request, [row.enrolment.person_id for row in pair.rows]),
            "breadcrumbs": crumbs(found.programme, found) if "programmes.view" in allowed else _of_lecturer(),
        },
    )
