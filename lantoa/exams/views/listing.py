"""The list of an exam that is made: people added, one taken off; and a candidate who tries again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, in_care, needs, saw, shows_people, today
from lantoa.directory.models import Person
from lantoa.directory.permissions import SIGNED_IN
from lantoa.directory.queries.people import people_in
from lantoa.exams.actions.asked import add_people
from lantoa.exams.actions.listing import remove_sitting, try_again, withdraw
from lantoa.exams.models import Attempt
from lantoa.exams.views.sittings import confirm, sitting_for, way

MOST_FOUND = 50


@needs("exams.hold")
@shows_people(N_("people to be added to an exam"))
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, key: str) -> HttpResponse:
    """People of the units in one's care, found by name; those ticked come onto the list."""
    found = sitting_for(request, key)
    text = request.GET.get("q", "").strip()[:100]
    care = in_care(request.user, "exams.hold", on=today())  # type: ignore[arg-type]
    error = ""
    if request.method == "POST":
        chosen = list(people_in(care, on=today()).filter(key__in=request.POST.getlist("chosen")))
        try:
            if not chosen:
                raise Refused(N_("Tick at least one person."))
            count = add_people(by=request.user, sitting=found, people=chosen, at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("%(count)d people added.") % {"count": count})
            return redirect("exams:sitting", found.key)
        except Refused as reason:
            error = say(reason)
    rows: list[Person] = []
    if text:
        there = Attempt.objects.filter(sitting=found).values("person")
        rows = list(people_in(care, on=today(), text=text).exclude(pk__in=there)[:MOST_FOUND])
    saw(request, found, len(rows))
    context = {"sitting": found, "q": text, "rows": rows, "error": error, "breadcrumbs": way(found)}
    return render(request, "exams/sitting_add.html", context, status=422 if error else 200)


@needs("exams.hold")
@shows_people(N_("who sits an exam"))
@require_http_methods(["GET", "POST"])
def take_off(request: HttpRequest, key: str) -> HttpResponse:
    """Takes somebody off the list who has not started."""
    row = get_object_or_404(Attempt.objects.select_related("sitting__unit", "person"), key=key)
    check(request, row.sitting.unit)
    if request.method == "POST":
        withdraw(by=request.user, attempt=row)  # type: ignore[arg-type]
        messages.success(request, _("%(person)s is off the list.") % {"person": row.person.full_name})
        return redirect("exams:sitting", row.sitting.key)
    saw(request, row.person, 1)
    title = _("Take this person off the list?")
    return confirm(request, row.sitting, title, [row.person.full_name], _("Take off the list"))


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, key: str) -> HttpResponse:
    """Deletes an exam that was made by mistake, before anybody has started it."""
    found = sitting_for(request, key)
    if request.method == "POST":
        remove_sitting(by=request.user, sitting=found)  # type: ignore[arg-type]
        messages.success(request, _("The exam is deleted."))
        return redirect("exams:sittings")
    says = [_("Nobody has started it. The list, the rooms and their invigilators go with it; the paper stays.")]
    return confirm(request, found, _("Delete this exam?"), says, _("Delete the exam"))


@needs(SIGNED_IN)
@require_POST
def again(request: HttpRequest, key: str) -> HttpResponse:
    """One more attempt of one's own."""
    row = get_object_or_404(Attempt.objects.select_related("sitting"), key=key, person__user=request.user.pk)
    made = try_again(by=request.user, attempt=row, at=timezone.now())  # type: ignore[arg-type]
    return redirect(reverse("exams:my_exam", args=[made.key]))
