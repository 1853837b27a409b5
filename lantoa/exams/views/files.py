"""Files of questions: into a bank by a preview, out of it with everything named that a format cannot carry."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_
from lantoa.common.words import fill
from lantoa.directory.access import check, needs, saw, shows_people
from lantoa.exams.forms import ImportForm
from lantoa.exams.queries.export import FORMATS, export, template, written
from lantoa.exams.views.reaching import EDIT, USE, bank_for, way
from lantoa.office.actions.sent_files import imports_into, preview_sent
from lantoa.office.queries.files import made_file
from lantoa.office.rules.files import QUESTIONS


@needs("exams.manage")
@require_http_methods(["GET", "POST"])
def import_questions(request: HttpRequest, key: str) -> HttpResponse:
    """A file is read into a preview; nothing is changed before the button there."""
    bank = bank_for(request, key, EDIT)
    check(request, bank.unit, "office.import")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = preview_sent(
            form=form,
            by=request.user,  # type: ignore[arg-type]
            kind="exams.questions",
            into=bank,
            unit=bank.unit,
            seen_with="exams.view_keys",
            at=timezone.now(),
            allowed=QUESTIONS,
        )
        if made is not None:
            return redirect("office:show_import", made.key)
    before = imports_into("exams.questions", bank)
    context = {"bank": bank, "form": form, "before": before[:10], "breadcrumbs": way(bank)}
    return render(request, "exams/import.html", context)


@needs("exams.manage")
@require_safe
def questions_template(request: HttpRequest) -> HttpResponse:
    """The Excel sheet to fill in, with an example of each kind and explanations."""
    return made_file(template(), "mau-cau-hoi.xlsx")


@needs("exams.view_keys")
@shows_people(N_("what a bank loses as a file"))
@require_safe
def exports(request: HttpRequest, key: str) -> HttpResponse:
    """What each format could not carry, before anything is taken away."""
    bank = bank_for(request, key, USE)
    questions = written(bank)
    saw(request, bank, None)
    rows: list[dict[str, Any]] = []
    for extension, name in FORMATS.items():
        losses = export(questions, extension).losses
        said = [(loss.code, fill(loss.message, loss.values)) for loss in losses]
        rows.append({"extension": extension, "name": name, "losses": said[:100], "count": len(said)})
    context = {"bank": bank, "rows": rows, "count": len(questions), "breadcrumbs": way(bank)}
    return render(request, "exams/export.html", context)


@needs("exams.view_keys")
@shows_people(N_("the questions of a bank, as a file"))
@require_safe
def export_file(request: HttpRequest, key: str, extension: str) -> HttpResponse:
    """The bank as a file, its keys included."""
    bank = bank_for(request, key, USE)
    if extension not in FORMATS:
        raise Http404
    made = export(written(bank), extension)
    saw(request, bank, None)
    name = slugify(bank.title.replace("đ", "d").replace("Đ", "D")) or _("questions")
    return made_file(made.content, f"{name}.{extension}")
