"""Imports: the list, the preview, choosing, applying, undoing, the marked file."""

from collections import defaultdict
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import fill, say
from lantoa.directory.access import check, in_care, needs, saw, shows_people, today
from lantoa.office.actions.imports import (
    IMPORTERS,
    MARKED_FILE,
    SMALL_FILE,
    Importer,
    apply_import,
    choose,
    forgotten,
    importer_of,
    read_again,
    undo_import,
)
from lantoa.office.actions.jobs import start_job
from lantoa.office.forms import ColumnsForm, choice_options, read_choices
from lantoa.office.models import Import, ImportRow
from lantoa.office.queries.files import made_file, read_file
from lantoa.office.queries.imports import Outlook, marked_file, marked_name, outlook, rows_of, said_faults
from lantoa.office.queries.people import names_of
from lantoa.office.rules.files import SHEETS
from lantoa.office.rules.imports import DOUBTFUL, NEW, SKIP, VERDICTS
from lantoa.office.rules.refusals import from_json
from lantoa.office.views.jobs import progress_of

ON_A_PAGE = 50
WORKING = ("reading", "applying", "undoing")


def verdict_words() -> dict[str, str]:
    """The verdicts as people call them."""
    return {
        "new": _("new"),
        "changed": _("changed"),
        "known": _("already known"),
        "doubtful": _("doubtful"),
        "wrong": _("wrong"),
    }


VERDICT_KINDS = {"new": "ok", "changed": "now", "known": "none", "doubtful": "wait", "wrong": "late"}


def state_of(made: Import) -> tuple[str, str]:
    """The kind of its state (for the look) and its word."""
    return {
        Import.State.READING: ("now", _("being read")),
        Import.State.PREVIEWED: ("wait", _("preview")),
        Import.State.APPLYING: ("now", _("being applied")),
        Import.State.APPLIED: ("ok", _("applied")),
        Import.State.UNDOING: ("now", _("being undone")),
        Import.State.UNDONE: ("none", _("undone")),
        Import.State.REFUSED: ("late", _("not readable")),
    }[Import.State(made.state)]


def _found(request: HttpRequest, key: str) -> tuple[Import, Importer]:
    made = get_object_or_404(Import.objects.select_related("unit", "file", "job"), key=key)
    check(request, made.unit)
    importer = importer_of(made)
    check(request, made.unit, importer.permission)
    return made, importer


@needs("office.preview")
@require_safe
def list_imports(request: HttpRequest) -> HttpResponse:
    """The imports of the units in the reader's care, of the kinds that the reader may load; the newest first."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for kind, importer in IMPORTERS.items():
        kinds[importer.permission].append(kind)
    may_open = Q()
    for permission, these in kinds.items():
        may_open |= Q(kind__in=these, unit__in=in_care(request.user, permission, on=today()))  # type: ignore[arg-type]
    imports = Import.objects.filter(may_open).select_related("file").order_by("-id")
    page = Paginator(imports, ON_A_PAGE).get_page(request.GET.get("page"))
    names = names_of(made.made_by for made in page)
    rows = [{"made": made, "state": state_of(made), "who": names[made.made_by]} for made in page]
    return render(request, "office/imports.html", {"page": page, "rows": rows})


@needs("office.preview")
@shows_people(N_("the preview of a list"))
@require_safe
def show_import(request: HttpRequest, key: str) -> HttpResponse:
    """The preview row by row, and the one button that fits the state."""
    made, importer = _found(request, key)
    view = outlook(made)
    verdict = request.GET.get("verdict", "")
    verdict = verdict if verdict in VERDICTS else ""
    page = Paginator(rows_of(made, verdict), ON_A_PAGE).get_page(request.GET.get("page"))
    open_ = made.state in (Import.State.PREVIEWED, Import.State.APPLYING) and not made.is_busy
    choosing = made.state == Import.State.PREVIEWED
    rows = [_row(row, importer, choosing) for row in page]
    saw(request, made.target, len(rows), part=page.number)
    obstacle = importer.obstacle(made) if made.state == Import.State.APPLIED else None
    context: dict[str, Any] = {
        "made": made,
        "importer_title": _(importer.title),
        "state": state_of(made),
        "who": names_of([made.made_by])[made.made_by],
        "outlook": view,
        "numbers": _numbers(view),
        "tabs": _tabs(view, made, verdict),
        "columns": [_(words) for words in importer.columns.values()],
        "rows": rows,
        "page": page,
        "choosing": choosing and any(row["options"] for row in rows),
        "busy": made.is_busy,
        "interrupted": made.state in WORKING and not made.is_busy,
        "progress": progress_of(made.job, reverse("office:job_progress", args=[made.job.key])) if made.job else None,
        "job_refusal": say(from_json(made.job.refusal)) if made.job and made.job.refusal else "",
        "refusal": say(from_json(made.summary["refusal"])) if "refusal" in made.summary else "",
        "can_apply": open_ and view.taken > 0 and not view.undecided,
        "can_undo": made.state in ("applied", "undoing") and not (made.is_busy or forgotten(made) or obstacle),
        "obstacle": say(obstacle) if obstacle else "",
        "can_reread": made.state in ("previewed", "refused", "undone", "reading")
        and not made.is_busy
        and made.file.removed_at is None,
        "marked_at_once": made.file.size <= SMALL_FILE,
        "can_map": bool(importer.fields),
        "faults": made.file.name.rpartition(".")[2].lower() in SHEETS
        and (view.wrong or any(row["faults"] for row in rows)),
        "target_url": importer.page_of(made),
    }
    if context["can_apply"]:
        also = importer.applying_also(made)
        context["apply_says"] = [*_apply_says(view), *(fill(one.message, one.values) for one in also)]
    if context["can_undo"]:
        also = importer.undoing_also(made)
        rows_said = _("Rows taken back: %(count)d") % {"count": view.results}
        context["undo_says"] = [rows_said, *(fill(one.message, one.values) for one in also)]
    return render(request, "office/import.html", context)


def _row(row: ImportRow, importer: Importer, choosing: bool) -> dict[str, Any]:
    return {
        "row": row,
        "verdict": (VERDICT_KINDS[row.verdict], verdict_words()[row.verdict]),
        "cells": [(_(words), row.values.get(name, "")) for name, words in importer.columns.items()],
        "faults": said_faults(row),
        "changes": [{**change, "field": _(change["field"])} for change in row.changes],
        "options": choice_options(row) if choosing and row.verdict == DOUBTFUL else [],
        "chosen": dict(choice_options(row)).get(row.choice, "") if row.verdict == DOUBTFUL and row.choice else "",
    }


def _numbers(view: Outlook) -> list[dict[str, Any]]:
    said = [
        (view.new, _("new rows"), "", "new"),
        (view.changed, _("rows that change something"), "", "changed"),
        (view.known, _("rows already known, nothing to do"), "", "known"),
        (view.same + view.skipped + view.undecided, _("doubtful rows"), "", "doubtful"),
        (view.wrong, _("wrong rows, left out"), "late" if view.wrong else "", "wrong"),
    ]
    return [
        {"count": count, "words": words, "kind": kind, "url": f"?verdict={verdict}"}
        for count, words, kind, verdict in said
        if count or verdict == NEW
    ]


def _tabs(view: Outlook, made: Import, verdict: str) -> list[dict[str, Any]]:
    counts = {"": view.total, **{name: made.summary.get(name, 0) for name in VERDICTS}}
    words = {"": _("all"), **verdict_words()}
    return [
        {
            "label": words[name],
            "url": f"?verdict={name}" if name else "?",
            "current": name == verdict,
            "count": count,
        }
        for name, count in counts.items()
        if count or not name
    ]


def _apply_says(view: Outlook) -> list[str]:
    said = [
        (view.new, _("Added: %(count)d")),
        (view.changed, _("Changed: %(count)d")),
        (view.same, _("Joined with someone known: %(count)d")),
        (view.known, _("Already known, untouched: %(count)d")),
        (view.skipped + view.wrong, _("Left out: %(count)d")),
    ]
    return [words % {"count": count} for count, words in said if count]


@needs("office.preview")
@require_POST
def apply(request: HttpRequest, key: str) -> HttpResponse:
    """The one button."""
    made, _importer = _found(request, key)
    apply_import(by=request.user, made=made, at=timezone.now())  # type: ignore[arg-type]
    return redirect("office:show_import", key)


@needs("office.preview")
@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Takes it back."""
    made, _importer = _found(request, key)
    undo_import(by=request.user, made=made, at=timezone.now())  # type: ignore[arg-type]
    return redirect("office:show_import", key)


@needs("office.preview")
@require_POST
def read(request: HttpRequest, key: str) -> HttpResponse:
    """Reads the file again, as the house stands now."""
    made, _importer = _found(request, key)
    read_again(by=request.user, made=made, at=timezone.now())  # type: ignore[arg-type]
    return redirect("office:show_import", key)


@needs("office.preview")
@require_POST
def choose_rows(request: HttpRequest, key: str) -> HttpResponse:
    """Says of doubtful rows what they are."""
    made, _importer = _found(request, key)
    choices = read_choices(request.POST, request.POST)
    others = {"all-new": NEW, "all-skip": SKIP}.get(request.POST.get("others", ""), "")
    choose(by=request.user, made=made, choices=choices, others=others)  # type: ignore[arg-type]
    return redirect(f"{reverse('office:show_import', args=[key])}?verdict={DOUBTFUL}")


@needs("office.preview")
@shows_people(N_("the columns of a list"))
@require_http_methods(["GET", "POST"])
def map_columns(request: HttpRequest, key: str) -> HttpResponse:
    """Corrects what each column is taken for; the file is then read again."""
    made, importer = _found(request, key)
    reason = ""
    form = None
    try:
        columns = importer.sheet_columns(made, read_file(made.file))
        form = ColumnsForm(request.POST or None, columns=columns, choices=importer.fields)
        if form.is_valid():
            options = {**made.options, "columns": form.options()}
            read_again(by=request.user, made=made, at=timezone.now(), options=options)  # type: ignore[arg-type]
            return redirect("office:show_import", key)
    except Refused as refused:
        reason = say(refused)
    saw(request, made.target, None if form else 0)
    return render(request, "office/columns.html", {"made": made, "form": form, "reason": reason})


@needs("office.preview")
@shows_people(N_("a list with its faults marked, as a file"))
@require_http_methods(["GET", "POST"])
def marked(request: HttpRequest, key: str) -> HttpResponse:
    """The sheet with its faults marked, in the reader's language: at once when it is small, else by a job (POST)."""
    made, _importer = _found(request, key)
    if request.method == "POST":
        arguments = {"import": made.key, "language": get_language()}
        job = start_job(
            by=request.user,  # type: ignore[arg-type]
            kind=MARKED_FILE,
            arguments=arguments,
            unit=made.unit,
            at=timezone.now(),
        )
        return redirect("office:job", job.key)
    if made.file.size > SMALL_FILE:
        return redirect("office:show_import", key)
    saw(request, made.target, None)
    return made_file(marked_file(made), marked_name(made))
