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
from lantoa.common.templatetags.lantoa import vnumber
from lantoa.common.words import fill, say
from lantoa.directory.access import check, needs, saw, shows_people, today
from lantoa.training.actions import results as act
from lantoa.training.actions.classes import enrolled
from lantoa.training.models import Assessment, Enrolment, Mark, Submission, TrainingClass
from lantoa.training.queries.marks import MarksRefused, Standing, why_not
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
    error, errors = "", {}
    if request.method == "POST" and chosen:
        rows = list(enrolled(found).select_related("person"))
        typed = {row.pk: text.strip() for row in rows if (text := request.POST.get(f"m-{row.key}")) is not None}
        try:
            changed = _enter(request, found, chosen, rows, typed)
            words = ngettext(
                "%(count)d mark is new, changed or taken back.",
                "%(count)d marks are new, changed or taken back.",
                changed,
            )
            messages.success(request, words % {"count": changed})
            return redirect(f"{reverse('training:marks', args=[found.key])}?of={chosen.code}")
        except MarksRefused as refused:
            errors = {pk: _said(each, typed[pk]) for pk, each in refused.each.items()}
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
            errors.get(row.pk, ""),
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
            "errors": [
                {"href": f"m-{row.key}", "text": wrong} for row, _typed, _stands, _work, wrong in people if wrong
            ],
            "tabs": [
                {"label": item.title, "url": f"{address}?of={item.code}", "current": item == chosen} for item in items
            ],
            "breadcrumbs": crumbs(found.programme, found),
        },
        status=422 if error or errors else 200,
    )


def _enter(
    request: HttpRequest, found: TrainingClass, chosen: Assessment, rows: list[Enrolment], typed: dict[int, str]
) -> int:
    """Enters what differs from what the page showed; an emptied field takes its mark back. How many there were."""
    shown = {row.pk: request.POST[f"w-{row.key}"] for row in rows if f"w-{row.key}" in request.POST}
    seen = {pk: _number(text) for pk, text in shown.items()}
    changed = {pk: text for pk, text in typed.items() if text != shown.get(pk, "")}
    marks = {pk: _number(text) for pk, text in changed.items()}
    unread = {pk for pk, text in changed.items() if text and marks[pk] is None}
    if unread:
        before = {mark.enrolment_id: mark for mark in Mark.objects.filter(assessment=chosen)}
        standing = Standing(chosen, {row.pk: row for row in rows}, before, seen)
        wanted = {pk: value for pk, value in marks.items() if pk not in unread}
        reasons = why_not(standing, wanted, source="page") | {
            row.pk: Refused(
                N_("Cannot enter the mark %(value)s of %(person)s for %(title)s: it is no number."),
                value=typed[row.pk],
                person=row.person.full_name,
                title=chosen.title,
            )
            for row in rows
            if row.pk in unread
        }
        raise MarksRefused(reasons)
    by, at = request.user, timezone.now()
    count = act.enter_marks(by=by, assessment=chosen, marks=marks, source="page", at=at, seen=seen)  # type: ignore[arg-type]
    act.decide_when_over(by=by, training_class=found, at=at)  # type: ignore[arg-type]
    return count


def _said(refused: Refused, typed: str) -> str:
    """The refusal with its mark as it was typed, and other marks as the reader writes numbers."""
    values = {name: vnumber(value) if isinstance(value, Decimal) else value for name, value in refused.values.items()}
    return fill(refused.message, values | ({"value": typed} if "value" in values else {}))


def _number(text: str) -> Decimal | None:
    """A mark as people type it: 8, 8.5 or 8,5. None for what is none."""
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None
