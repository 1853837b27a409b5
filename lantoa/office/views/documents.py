"""Official documents: the list, one document to read, its number, its files."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, in_care, needs, saw, shows_people, today
from lantoa.office.actions.documents import correct_number, discard_draft, enter_number
from lantoa.office.forms import CorrectNumberForm, NumberForm
from lantoa.office.models import Document
from lantoa.office.queries.documents import (
    MEDIA_TYPES,
    code_of,
    file_name,
    lists_people,
    next_number,
    paper_of,
    readable,
    rendered,
    type_name,
    with_number,
)
from lantoa.office.queries.files import made_file
from lantoa.office.queries.people import names_of

ON_A_PAGE = 50


@needs("office.manage_documents")
@require_safe
def list_documents(request: HttpRequest) -> HttpResponse:
    """The documents of the units in the reader's care, the newest first."""
    cared = in_care(request.user, "office.manage_documents", on=today())  # type: ignore[arg-type]
    documents = Document.objects.filter(issuer__in=cared).defer("content").order_by("-id")
    page = Paginator(documents, ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [{"document": document, "code": code_of(document), "type": type_name(document)} for document in page]
    return render(request, "office/documents.html", {"page": page, "rows": rows})


@needs("office.manage_documents")
@shows_people(N_("a document that lists people"))
@require_http_methods(["GET", "POST"])
def show_document(request: HttpRequest, key: str) -> HttpResponse:
    """The document to read; while it is a draft, the form for the clerk's number."""
    document = _found(request, key)
    form: NumberForm | None = None
    if document.number is None:
        proposed: dict[str, Any] = {
            "number": next_number(issuer=document.issuer, symbol=document.symbol, year=today().year),
            "dated": today(),
        }
        form = NumberForm(request.POST or None, initial=proposed)
    if request.method == "POST":
        # a document that got its number meanwhile refuses with its own words
        form = form or NumberForm(request.POST)
        if form.is_valid():
            try:
                enter_number(
                    by=request.user,  # type: ignore[arg-type]
                    document=document,
                    number=form.cleaned_data["number"],
                    dated=form.cleaned_data["dated"],
                    at=timezone.now(),
                )
                return redirect("office:document", key)
            except Refused as refused:
                form.add_error(None, say(refused))
    before = list(document.numbers_before.order_by("-id"))
    who = names_of([document.made_by, *(was.by for was in before)])
    context = {
        "document": document,
        "code": code_of(document),
        "type": type_name(document),
        "who": who[document.made_by],
        "before": [(was, with_number(document, was.number), who[was.by]) for was in before],
        "form": form,
        "sheets": readable(paper_of(document)),
    }
    saw(request, document.about, None if lists_people(document) else 0)
    return render(request, "office/document.html", context)


@needs("office.manage_documents")
@shows_people(N_("a document that lists people, as a file"))
@require_safe
def download(request: HttpRequest, key: str, extension: str) -> HttpResponse:
    """The document as .docx or .pdf, made when asked."""
    document = _found(request, key)
    if extension not in MEDIA_TYPES:
        raise Http404
    saw(request, document.about, None if lists_people(document) else 0)
    return made_file(rendered(document, extension), file_name(document, extension))


@needs("office.manage_documents")
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, key: str) -> HttpResponse:
    """The right number and date of a document that was numbered wrongly, with a reason."""
    document = _found(request, key)
    if document.number is None:
        return redirect("office:document", key)
    form = CorrectNumberForm(request.POST or None, initial={"number": document.number, "dated": document.dated})
    if request.method == "POST" and form.is_valid():
        try:
            correct_number(by=request.user, document=document, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            return redirect("office:document", key)
        except Refused as refused:
            form.add_error(None, say(refused))
    return render(
        request, "office/correct_number.html", {"document": document, "code": code_of(document), "form": form}
    )


@needs("office.manage_documents")
@require_POST
def discard(request: HttpRequest, key: str) -> HttpResponse:
    """Deletes a draft."""
    document = _found(request, key)
    discard_draft(by=request.user, document=document)  # type: ignore[arg-type]
    return redirect("office:documents")


def _found(request: HttpRequest, key: str) -> Document:
    document = get_object_or_404(Document.objects.select_related("issuer"), key=key)
    check(request, document.issuer)
    return document
