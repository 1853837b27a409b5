"""Entering marks, assessment by assessment."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs, saw, shows_people, today
from lantoa.training.actions import results as act
from lantoa.training.actions.classes import enrolled
from lantoa.training.models import Mark, Submission, TrainingClass
from lantoa.training.queries.namesakes import namesakes
from lantoa.training.rules.completion import written
from lantoa.training.views.classes import crumbs


@needs("training.mark_results")
@shows_people(N_("the marks of a class"))
@require_http_methods(["GET", "POST"])
def marks(request: HttpRequest, key: str) -> HttpResponse:
    """One assessment of the class (`?of=code`): a mark for each learner, saved together."""
    found = get_object_or_404(TrainingClass.objects.select_related("programme", "unit"), key=key)
    check(request, found.unit)
    items = list(found.assessments.order_by("id"))
    chosen = next((item for item in items if item.code == request.GET.get("of")), items[0] if items else None)
    typed: dict[int, str] = {}
    error = ""
    if request.method == "POST" and chosen:
        rows = list(enrolled(found))
        typed = {row.pk: request.POST.get(f"m-{row.key}", "").strip() for row in rows}
        try:
            seen = {row.pk: request.POST[f"w-{row.key}"] for row in rows if f"w-{row.key}" in request.POST}
            values = {pk: _mark(text) for pk, text in typed.items() if text and text != seen.get(pk)}
            changed = act.enter_marks(
                by=request.user,  # type: ignore[arg-type]
                assessment=chosen,
                marks=values,
                source="page",
                at=timezone.now(),
                seen={pk: _mark(text) if text else None for pk, text in seen.items()},
            )
            act.decide_when_over(by=request.user, training_class=found, at=timezone.now())  # type: ignore[arg-type]
            words = ngettext("%(count)d mark is new or changed.", "%(count)d marks are new or changed.", changed)
            messages.success(request, words % {"count": changed})
            return redirect(f"{reverse('training:marks', args=[found.key])}?of={chosen.code}")
        except Refused as refused:
            error = say(refused)
    known = {m.enrolment_id: m for m in Mark.objects.filter(assessment=chosen)} if chosen else {}
    handed_in = {s.enrolment_id: s for s in Submission.objects.filter(assessment=chosen)} if chosen else {}
    rows = list(enrolled(found).select_related("person").order_by("person__sort_key", "id"))
    people = [
        (
            row,
            typed.get(row.pk, stands := written(known[row.pk].value) if row.pk in known else ""),
            stands,
            handed_in.get(row.pk),
        )
        for row in rows
    ]
    saw(request, found, len(people) if chosen else 0)
    address = reverse("training:marks", args=[found.key])
    return render(
        request,
        "training/marks.html",
        {
            "training_class": found,
            "chosen": chosen,
            "people": people,
            "apart": namesakes(rows, on=today()),
            "error": error,
            "tabs": [
                {"label": item.title, "url": f"{address}?of={item.code}", "current": item == chosen} for item in items
            ],
            "breadcrumbs": crumbs(found.programme, found),
        },
        status=422 if error else 200,
    )


def _mark(text: str) -> Decimal:
    """A mark as people type it: 8, 8.5 or 8,5."""
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation as error:
        raise Refused(N_("Cannot enter the mark %(value)s: it is no number."), value=text) from error
    if not value.is_finite():
        raise Refused(N_("Cannot enter the mark %(value)s: it is no number."), value=text)
    return value
