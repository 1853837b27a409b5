"""Answers from paper: whose sheet, what was read of it, and only then saved; the second entry beside the first."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import person_name
from lantoa.common.words import say
from lantoa.directory.access import check, needs, saw, shows_people, today
from lantoa.exams.actions.handing_in import enter_paper_file
from lantoa.exams.actions.on_paper import enter_paper, why_not_withdraw, withdraw_paper
from lantoa.exams.forms import ImportForm
from lantoa.exams.forms_on_paper import PaperAnswersForm, PaperFileForm, WhoseSheetForm
from lantoa.exams.importers_paper import KIND
from lantoa.exams.models import Attempt
from lantoa.exams.queries.answers_sheet import sheet_of
from lantoa.exams.queries.handed import arrived, file_of
from lantoa.exams.queries.log import answers_that_count, log_of
from lantoa.exams.queries.printing import numbers_of
from lantoa.exams.queries.showing import shown_question
from lantoa.exams.rules import texts
from lantoa.exams.rules.answers import PAPER, Received, answers, fingerprint
from lantoa.exams.rules.by_letters import is_odd, letters_said
from lantoa.exams.rules.handed import digest_in
from lantoa.exams.views.sittings import confirm, sitting_for, way
from lantoa.office.actions.sent_files import imports_into, preview_sent
from lantoa.office.queries.files import made_file


@needs("exams.hold")
@require_safe
def find_sheet(request: HttpRequest, key: str) -> HttpResponse:
    """From the number on a sheet to the page where its answers are entered."""
    found = sitting_for(request, key)
    form = WhoseSheetForm(request.GET if "sheet" in request.GET else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data["sheet"].strip().lower()
        numbers = {f"{int(number)}": pk for pk, number in numbers_of(found).items()}
        wanted = numbers.get(said.lstrip("0")) if said.isascii() and said.isdigit() else None
        row = found.sat.filter(pk=wanted).first() if wanted else found.sat.filter(key=said).first()
        if row is not None:
            return redirect("exams:paper_entry", row.key)
        form.add_error("sheet", _("Nobody in this exam has this number or code."))
    context = {
        "form": form,
        "sitting": found,
        "entered": found.sat.filter(on_paper_at__isnull=False).count(),
        "people": found.sat.count(),
        "breadcrumbs": _way(found),
    }
    return render(request, "exams/paper_find.html", context, status=422 if form.is_bound else 200)


@needs("exams.hold")
@shows_people(N_("answers of a candidate, entered from paper"))
@require_http_methods(["GET", "POST"])
def paper_entry(request: HttpRequest, key: str) -> HttpResponse:
    """The answers of one sheet: typed, shown as they were read, then saved."""
    row = _attempt(request, key)
    saw(request, row.person, 1)
    log = log_of([row]).get(row.pk, [])
    own = [one for one in log if one.device == PAPER]
    before = answers(own) if row.on_paper_at is not None else None
    content = row.variant.content
    shows = before if request.GET.get("show") == "1" else None
    form = PaperAnswersForm(request.POST or None, questions=content, before=shows)
    read = None
    if form.is_bound and form.is_valid():
        seen = fingerprint(form.given)
        if form.cleaned_data["seen"] == seen and "save" in request.POST:
            try:
                done = enter_paper(
                    by=request.user,  # type: ignore[arg-type]
                    attempt=row,
                    answers_given=form.given,
                    at=timezone.now(),
                )
            except Refused as reason:
                form.add_error(None, say(reason))
            else:
                messages.success(request, _saved(row, again=done.again, changed=len(done.changed)))
                missing = any(one["file"] is None for one in _files(row, log_of([row]).get(row.pk, [])))
                return redirect("exams:paper_entry", row.key) if missing else redirect(_next(row))
        else:
            read = _read(content, form.given, before)
            form.data = {**{name: form.data.get(name, "") for name in form.fields}, "seen": seen}  # what is shown
    given = [one for one in read or () if one["read"] != "-"]
    context = {
        "sitting": row.sitting,
        "row": row,
        "number": numbers_of(row.sitting)[row.pk],
        "form": form,
        "read": read,
        "none": len(read or ()) - len(given),
        "differing": sum(1 for one in read or () if one["differs"]),
        "again": before is not None,
        "files": _files(row, log),
        "on_device": row.started_at is not None and row.on_paper_at is None,
        "can_withdraw": row.on_paper_at is not None and why_not_withdraw(row) is None,
        "breadcrumbs": _way(row.sitting),
    }
    return render(request, "exams/paper_entry.html", context, status=422 if form.errors else 200)


def _files(row: Attempt, log: list[Received]) -> list[dict[str, Any]]:
    """The questions whose answer is a file: what counts as handed in, and its content where it is there."""
    asked = [(number, one["id"]) for number, one in enumerate(row.variant.content, 1) if one["kind"] == "file"]
    if not asked:
        return []
    counted, there = answers_that_count(row, log), arrived([row]).get(row.pk, {})
    return [
        {"number": number, "named": bool(digest_in(counted.get(one))), "file": file_of(there, one, counted.get(one))}
        for number, one in asked
    ]


@needs("exams.hold")
@shows_people(N_("a file of a candidate who sat on paper"))
@require_http_methods(["GET", "POST"])
def paper_file(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """A file that was handed in beside a sheet."""
    row = _attempt(request, key)
    saw(request, row.person, 1)
    asked = dict(enumerate(row.variant.content, 1)).get(number)
    if asked is None or asked["kind"] != "file":
        raise Http404
    form = PaperFileForm(request.POST or None, request.FILES or None, asked=asked)
    if request.method == "POST" and form.is_valid():
        try:
            enter_paper_file(
                by=request.user,  # type: ignore[arg-type]
                attempt=row,
                question=asked["id"],
                upload=form.cleaned_data["file"],
                at=timezone.now(),
            )
            said = _("%(name)s: the file of question %(number)d is kept.")
            messages.success(request, said % {"name": person_name(row.person), "number": number})
            return redirect("exams:paper_entry", row.key)
        except Refused as reason:
            form.add_error("file", say(reason))
    context = {
        "sitting": row.sitting,
        "row": row,
        "number": numbers_of(row.sitting)[row.pk],
        "question": number,
        "item": shown_question(asked),
        "form": form,
        "breadcrumbs": [
            *_way(row.sitting),
            {"label": person_name(row.person), "url": reverse("exams:paper_entry", args=[row.key])},
        ],
    }
    return render(request, "exams/paper_file.html", context, status=422 if form.errors else 200)


def _saved(row: Attempt, *, again: bool, changed: int) -> str:
    name = person_name(row.person)
    if again and not changed:
        return _("%(name)s: the second entry says the same as the first.") % {"name": name}
    said = ngettext("%(name)s: %(count)d answer saved.", "%(name)s: %(count)d answers saved.", changed)
    return said % {"name": name, "count": changed}


def _next(row: Attempt) -> str:
    """The next candidate whose sheet has not been entered, in the order of numbers; else the search."""
    waiting = row.sitting.sat.filter(on_paper_at=None, handed_in_at=None)
    following = waiting.filter(pk__gt=row.pk).order_by("pk").first()
    if following is None:
        return reverse("exams:paper_find", args=[row.sitting.key])
    return reverse("exams:paper_entry", args=[following.key])


def _read(content: list[Any], given: Mapping[str, Any], before: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The rows of the preview: what was read for each question, and what stands there from the first entry."""
    return [
        {
            "number": number,
            "read": letters_said(asked, given.get(asked["id"])),
            "words": _words(asked, given.get(asked["id"])),
            "odd": is_odd(asked, given.get(asked["id"])),
            "before": "" if before is None else letters_said(asked, before.get(asked["id"])),
            "differs": before is not None and before.get(asked["id"]) != given.get(asked["id"]),
        }
        for number, asked in enumerate(content, 1)
        if asked["kind"] != "file"
    ]


def _words(asked: Mapping[str, Any], answer: Any) -> str:
    """What the letters of a choice say, so that a slip is seen."""
    if asked["kind"] not in {"single", "multiple"} or not answer:
        return ""
    chosen = answer if isinstance(answer, list) else [answer]
    said = [texts.words(one["text"]) for one in asked["options"] if one["id"] in chosen]
    return "; ".join(text[:60] + ("…" if len(text) > 60 else "") for text in said)


@needs("exams.hold")
@shows_people(N_("the candidates of an exam, as an Excel sheet"))
@require_safe
def answers_sheet(request: HttpRequest, key: str) -> HttpResponse:
    """The sheet of all candidates, to fill in and load again."""
    found = sitting_for(request, key)
    made = sheet_of(found, on=today())
    saw(request, found, found.sat.count())
    return made_file(made, "bai-lam-tren-giay.xlsx")


@needs("exams.hold")
@require_http_methods(["GET", "POST"])
def import_answers(request: HttpRequest, key: str) -> HttpResponse:
    """The filled sheet is read into a preview; nothing is changed before the button there."""
    found = sitting_for(request, key)
    check(request, found.unit, "office.import")
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = preview_sent(
            form=form,
            by=request.user,  # type: ignore[arg-type]
            kind=KIND,
            into=found,
            unit=found.unit,
            seen_with="exams.hold",
            at=timezone.now(),
        )
        if made is not None:
            return redirect("office:show_import", made.key)
    before = imports_into(KIND, found)
    context = {"sitting": found, "form": form, "before": before[:10], "breadcrumbs": _way(found)}
    return render(request, "exams/import_answers.html", context, status=422 if form.errors else 200)


@needs("exams.hold")
@shows_people(N_("answers of a candidate from paper, to be taken back"))
@require_http_methods(["GET", "POST"])
def paper_withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """This candidate did not sit on paper after all."""
    row = _attempt(request, key)
    saw(request, row.person, 1)
    if request.method == "POST":
        withdraw_paper(by=request.user, attempt=row)  # type: ignore[arg-type]
        messages.success(request, _("The answers from paper count no more."))
        return redirect("exams:paper_entry", row.key)
    says = [
        person_name(row.person),
        _("The answers that were entered stay in the log and count no more; start and hand-in are taken back."),
    ]
    return confirm(request, row.sitting, _("Take the answers from paper back?"), says, _("Take the sheet back"))


def _attempt(request: HttpRequest, key: str) -> Attempt:
    found = Attempt.objects.select_related("sitting__unit", "sitting__paper", "person", "variant")
    row = get_object_or_404(found, key=key)
    check(request, row.sitting.unit)
    return row


def _way(found: Any) -> list[dict[str, str]]:
    return [*way(found), {"label": _("On paper"), "url": reverse("exams:sitting_paper", args=[found.key])}]
