"""The papers of a programme, and rosters on their way in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.forms import Form
from lantoa.common.refused import N_
from lantoa.directory.access import check, day_of, needs, saw, shows_people
from lantoa.ledger.actions import thing_key
from lantoa.office.actions.documents import draft_document
from lantoa.office.actions.sent_files import imports_into, preview_sent
from lantoa.office.models import Document
from lantoa.office.queries.files import made_file
from lantoa.office.rules.files import clean_name
from lantoa.office.rules.papers.model import Paper
from lantoa.programmes.models import Programme
from lantoa.training.actions.classes import enrolled
from lantoa.training.models import TrainingClass
from lantoa.training.queries import papers as made
from lantoa.training.queries.rows import PEOPLE_STATES, Choice, people
from lantoa.training.views.classes import crumbs, programme_at
from lantoa.training.views.programme import choice_of

DRAFTS: dict[str, tuple[str, Callable[[Choice], Paper]]] = {
    "report": ("BC", made.report_paper),
    "decision": ("QĐ", made.decision_paper),
}


class ListForm(Form):
    file = forms.FileField(
        label=gettext_lazy("The list (.xlsx, .xls, .ods or .csv)"),
        error_messages={"required": gettext_lazy("Choose a file")},
    )


class RosterForm(ListForm):
    add_units = forms.BooleanField(
        label=gettext_lazy("Add offices that are not known yet under the programme's owner"), required=False
    )


@dataclass(frozen=True)
class Upload:
    """A kind of list that can be loaded into a programme."""

    kind: str
    title: Any
    lead: Any
    form: type[Form]


ROSTER = Upload(
    "training.roster",
    gettext_lazy("Load a roster"),
    gettext_lazy("Names, offices and classes, as the list came."),
    RosterForm,
)
PRESENCE = Upload(
    "training.presence",
    gettext_lazy("Load presence sheets"),
    gettext_lazy("A row for each learner, a column for each meeting: x, P (on leave), V (absent)."),
    ListForm,
)
MARKS = Upload(
    "training.marks",
    gettext_lazy("Load marks"),
    gettext_lazy("A row for each learner, a column for each test or assignment."),
    ListForm,
)


@needs("office.import")
@require_http_methods(["GET", "POST"])
def import_roster(request: HttpRequest, key: str) -> HttpResponse:
    """Takes the roster as it came and shows the preview; nothing is changed yet."""
    return _import(request, key, ROSTER)


@needs("office.import")
@require_http_methods(["GET", "POST"])
def import_presence(request: HttpRequest, key: str) -> HttpResponse:
    """Takes presence sheets kept on paper or in a table."""
    return _import(request, key, PRESENCE)


@needs("office.import")
@require_http_methods(["GET", "POST"])
def import_marks(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a list of marks."""
    return _import(request, key, MARKS)


def _import(request: HttpRequest, key: str, upload: Upload) -> HttpResponse:
    programme = programme_at(request, key)
    form = upload.form(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if request.method == "POST" and form.is_valid():
        made = preview_sent(
            form=form,
            by=request.user,  # type: ignore[arg-type]
            kind=upload.kind,
            into=programme,
            unit=programme.unit,
            seen_with="office.import",
            at=timezone.now(),
            options={name: value for name, value in form.cleaned_data.items() if name != "file"},
        )
        if made is not None:
            return redirect("office:show_import", made.key)
    before = imports_into(upload.kind, programme)
    return render(
        request,
        "training/import_list.html",
        {
            "programme": programme,
            "upload": upload,
            "form": form,
            "before": before[:10],
            "breadcrumbs": crumbs(programme),
        },
        status=422 if form.is_bound else 200,
    )


@needs("office.manage_documents")
@require_safe
def papers(request: HttpRequest, key: str) -> HttpResponse:
    """Lists and sheets to print, the report and the decision to draft, those drafted before."""
    programme = programme_at(request, key)
    return render(
        request,
        "training/papers.html",
        {
            "programme": programme,
            "on": day_of(request),
            "classes": [
                (found, range(1, made.sheets_of(found.count) + 1))
                for found in programme.classes.annotate(count=Count("meetings")).order_by("code")
            ],
            "documents": Document.objects.filter(about=thing_key(programme)).order_by("-id"),
            "breadcrumbs": crumbs(programme),
        },
    )


@needs("office.manage_documents")
@require_http_methods(["POST"])
def draft(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """Drafts the report or the decision as of the day; the number is the clerk's."""
    programme = get_object_or_404(Programme.objects.select_related("unit", "decision"), key=key)
    check(request, programme.unit)
    if kind not in DRAFTS:
        raise Http404
    letters, make = DRAFTS[kind]
    choice = Choice(programme, day_of(request), now=timezone.now())
    paper = make(choice)
    document = draft_document(
        by=request.user,  # type: ignore[arg-type]
        kind=letters,
        title=paper.abstract,
        issuer=programme.unit,
        symbol=f"{letters}-{paper.issuer.code}",
        content=paper,
        about=thing_key(programme),
        as_of=choice.on,
        at=timezone.now(),
    )
    return redirect("office:document", document.key)


@needs("office.manage_documents")
@shows_people(N_("the learners of a programme, as a file"))
@require_safe
def sheet(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """A list as .xlsx: participants or results of the programme or of one class (`?class=`), as of the day."""
    programme = programme_at(request, key)
    choice = choice_of(request, programme, PEOPLE_STATES)
    makers = {"participants": made.participants, "results": made.results}
    if kind not in makers:
        raise Http404
    saw(request, programme, people(choice).count())
    names = {"participants": "danh-sach-hoc-vien", "results": "ket-qua"}
    return download(makers[kind](choice), f"{names[kind]}-{choice.class_code or programme.code}.xlsx")


@needs("office.manage_documents")
@shows_people(N_("the presence sheets of a class"))
@require_safe
def presence_sheet(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Presence sheet number `number` (six meetings each) of a class, to print and sign."""
    found = get_object_or_404(TrainingClass.objects.select_related("unit", "programme"), key=key)
    check(request, found.unit)
    sheets = made.presence(found, on=day_of(request))
    if not 1 <= number <= len(sheets):
        raise Http404
    saw(request, found, enrolled(found).count())
    name, content = sheets[number - 1]
    return download(content, f"{name}.xlsx")


def download(content: bytes | str, name: str) -> HttpResponse:
    """A workbook, or another file, to take away."""
    return made_file(content, clean_name(name.replace("/", "-")))  # a code may have any letter
