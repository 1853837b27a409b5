"""The documents of a workshop, and a pack of them for sites whose line was down."""

import tempfile

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs
from lantoa.directory.permissions import SIGNED_IN
from lantoa.office.queries.documents import rendered
from lantoa.office.queries.files import as_download, send_file
from lantoa.workshops.actions.documents import add_document, remove_document
from lantoa.workshops.forms_before import DocumentForm
from lantoa.workshops.models import WorkshopFile
from lantoa.workshops.queries.documents import documents_of, write_pack
from lantoa.workshops.queries.minutes import minutes_of
from lantoa.workshops.rules.words import LANGUAGES
from lantoa.workshops.views.reaching import confirm, in_words, manages, way, workshop_seen


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def documents(request: HttpRequest, key: str) -> HttpResponse:
    """The documents in their languages; whoever plans adds some."""
    found, _whole = workshop_seen(request, key)
    plans = manages(request, found)
    form = DocumentForm(request.POST or None, request.FILES or None, workshop=found) if plans else None
    if request.method == "POST":
        if form is None:
            raise Http404
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                add_document(
                    by=request.user,  # type: ignore[arg-type]
                    workshop=found,
                    name=upload.name,
                    content=upload,
                    title=form.cleaned_data["title"],
                    language=form.cleaned_data["language"],
                    at=timezone.now(),
                )
                messages.success(request, _("The document is there for all sites."))
                return redirect("workshops:documents", found.key)
            except Refused as reason:
                form.add_error("file", say(reason))
    rows = documents_of(found)
    context = {
        "workshop": found,
        "name": in_words(found),
        "form": form,
        "languages": [
            (_(LANGUAGES[code]), [one for one in rows if one.language == code]) for code in found.languages
        ],
        "any": bool(rows),
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/documents.html", context, status=422 if form and form.errors else 200)


@needs(SIGNED_IN)
@require_safe
def document(request: HttpRequest, key: str) -> HttpResponseBase:
    """One document."""
    row = get_object_or_404(WorkshopFile.objects.select_related("file", "workshop"), key=key)
    workshop_seen(request, row.workshop.key)
    if row.file.removed_at is not None:
        raise Http404
    return send_file(request, row.file)


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def drop_document(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a document away from the sites."""
    row = get_object_or_404(WorkshopFile.objects.select_related("workshop__unit"), key=key)
    check(request, row.workshop.unit)
    back = reverse("workshops:documents", args=[row.workshop.key])
    if request.method == "POST":
        remove_document(by=request.user, document=row, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The document is taken away from the sites."))
        return redirect(back)
    return confirm(request, _("Take the document away?"), [row.title], _("Take the document away"), back)


@needs(SIGNED_IN)
@require_safe
def pack(request: HttpRequest, key: str) -> HttpResponseBase:
    """Everything as one file, for a site whose line was down; the minutes, for whoever only answers for a site, once
    they have their number."""
    found, whole = workshop_seen(request, key)
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it
    document = minutes_of(found)
    shown = document if document and (whole or document.number is not None) else None
    write_pack(found, file, papers=[("bien-ban.pdf", rendered(shown, "pdf"))] if shown else [])
    file.seek(0)
    return as_download(FileResponse(file), f"{found.code}.zip")
