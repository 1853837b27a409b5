"""The organiser's help for a room whose line is dead: the letters to read out, and files of answers handed in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs, saw, shows_people
from lantoa.exams.actions.dead_line import bring_files, open_letters, take_file
from lantoa.exams.forms_sitting import AnswerFileForm
from lantoa.exams.models import Attempt
from lantoa.exams.rules.sealing import grouped
from lantoa.exams.views.sittings import sitting_for, way


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest, key: str) -> HttpResponse:
    """Asks first, since it is written down who saw them; then the letters of each variant, in groups."""
    found = sitting_for(request, key)
    context: dict[str, Any] = {"sitting": found, "breadcrumbs": way(found)}
    if request.method == "POST":
        seals = open_letters(by=request.user, sitting=found, at=timezone.now())  # type: ignore[arg-type]
        context["rows"] = [(f"{one.variant.number:03d}", grouped(one.letters).upper()) for one in seals]
        answer = render(request, "exams/letters.html", context)
        answer.headers["Cache-Control"] = "no-store"
        return answer
    context |= {
        "title": _("Show the letters that open the paper?"),
        "consequences": [
            _("They are for rooms whose line is dead: read out, they open the paper on each device."),
            _("It is written down that you have seen them."),
        ],
        "label": _("Show the letters"),
        "kind": "primary",
        "back": reverse("exams:sitting", args=[found.key]),
    }
    return render(request, "exams/confirm.html", context)


@needs("exams.hold")
@shows_people(N_("a file of answers in an exam"))
@require_http_methods(["GET", "POST"])
def answer_file(request: HttpRequest, key: str) -> HttpResponse:
    """A file that a candidate's device has saved, handed in for them."""
    found = Attempt.objects.select_related("sitting__unit", "person", "variant").defer("variant__keys")
    row = get_object_or_404(found, key=key)
    check(request, row.sitting.unit)
    form = AnswerFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            content = form.cleaned_data["file"].read()
            new = take_file(by=request.user, attempt=row, content=content, at=timezone.now())  # type: ignore[arg-type]
            brought = bring_files(by=request.user, attempt=row, content=content, at=timezone.now())  # type: ignore[arg-type]
        except Refused as reason:
            form.add_error("file", say(reason))
        else:
            said = ngettext("%(count)d answer of the file is new.", "%(count)d answers of the file are new.", new)
            messages.success(request, said % {"count": new})
            if brought.new:
                said = ngettext(
                    "%(count)d file beside them is new.", "%(count)d files beside them are new.", brought.new
                )
                messages.success(request, said % {"count": brought.new})
            for refused in brought.refused:
                messages.warning(request, say(refused))
            return redirect("exams:sitting", row.sitting.key)
    saw(request, row.person, 1)
    context = {
        "form": form,
        "title": _("Hand in a file of answers"),
        "lead": row.person.full_name,
        "breadcrumbs": way(row.sitting),
    }
    return render(request, "exams/form.html", context, status=422 if form.is_bound else 200)
