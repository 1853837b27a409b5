"""Pages of one question: as a candidate sees it, its key, its versions; writing and changing it."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.competence.models import Topic
from lantoa.directory.access import in_care, needs, saw, shows_people, today
from lantoa.exams.actions.bank import (
    add_picture,
    add_question,
    change_question,
    restore_question,
    retire_question,
)
from lantoa.exams.forms import QuestionForm, kind_choices
from lantoa.exams.models import Bank, Picture, Version
from lantoa.exams.queries.access import MANAGE, reaches
from lantoa.exams.queries.bank import content_of, differences, versions_of
from lantoa.exams.queries.showing import as_candidate, facts_of, key_lines, safe
from lantoa.exams.rules import texts
from lantoa.exams.rules.content import KINDS, Content
from lantoa.exams.views.reaching import EDIT, SEE, bank_for, question_for, sees_keys, way
from lantoa.office.queries.people import names_of


@needs("exams.view")
@shows_people(N_("a question"))
@require_safe
def question(request: HttpRequest, key: str) -> HttpResponse:
    """One question as a candidate sees it; its key for those who may see it; its versions. Who opens it is written
    down."""
    found = question_for(request, key, SEE)
    versions = list(versions_of(found))
    number = request.GET.get("version", "")
    shown = next((one for one in versions if str(one.number) == number), None) if number else versions[0]
    if shown is None:
        raise Http404
    saw(request, found, None, part=shown.number)
    asked = content_of(shown)
    keys = sees_keys(request, found.bank)
    edits = reaches(request.user, MANAGE, EDIT, found.bank, on=today())  # type: ignore[arg-type]
    context = {
        "question": found,
        "bank": found.bank,
        "version": shown,
        "is_current": shown.current,
        "item": as_candidate(shown, lambda _bank, picture: _address(found.bank, picture)),
        "facts": [{"key": name, "value": value} for name, value in facts_of(asked)],
        "aims": shown.aims.all(),
        "key_lines": key_lines(asked) if keys else [],
        "feedback": _text(found.bank, asked.feedback) if keys else "",
        "rubric": _text(found.bank, asked.rubric) if keys else "",
        "criteria": asked.criteria if keys else (),
        "keys": keys,
        "edits": edits and keys,
        "versions": _history(versions, shown),
        "breadcrumbs": way(found.bank),
    }
    return render(request, "exams/question.html", context)


def _text(bank: Bank, text: str) -> str:
    return safe(texts.with_maths(texts.with_pictures(text, lambda picture: _address(bank, picture))))


def _address(bank: Bank, picture: str) -> str:
    return reverse("exams:picture", args=[bank.key, picture])


_PARTS = {
    "kind": N_("kind"),
    "text": N_("text"),
    "points": N_("points"),
    "penalty": N_("what a wrong answer costs"),
    "difficulty": N_("difficulty"),
    "feedback": N_("feedback"),
    "shuffle": N_("order of the choices"),
    "options": N_("choices"),
    "pairs": N_("pairs"),
    "answers": N_("answers"),
    "marks": N_("Vietnamese marks"),
    "case": N_("capitals"),
    "rubric": N_("rubric"),
    "criteria": N_("criteria"),
    "words": N_("limit of words"),
    "extensions": N_("kinds of file"),
    "megabytes": N_("size of file"),
}


def _history(versions: list[Version], shown: Version) -> list[dict[str, Any]]:
    who = names_of({version.made_by for version in versions})
    before = {one.number: one for one in versions}
    rows = []
    for version in versions:
        older = before.get(version.number - 1)
        changed = differences(older, version) if older else []
        rows.append(
            {
                "version": version,
                "who": who[version.made_by],
                "shown": version.pk == shown.pk,
                "changed": ", ".join(_(_PARTS[name]) for name in changed),
            }
        )
    return rows


@needs("exams.view")
@require_safe
def picture(request: HttpRequest, key: str, checksum: str) -> HttpResponse:
    """A picture of a bank."""
    bank = bank_for(request, key, SEE)
    found = get_object_or_404(Picture, bank=bank, sha256__startswith=checksum)
    response = HttpResponse(bytes(found.content), content_type=found.media_type)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@needs("exams.manage")
@require_http_methods(["GET", "POST"])
def new_question(request: HttpRequest, key: str) -> HttpResponse:
    """Which kind first, then the question."""
    bank = bank_for(request, key, EDIT)
    if not sees_keys(request, bank):
        raise Http404
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        kinds = [{"title": words, "url": f"?kind={value}"} for value, words in kind_choices()]
        return render(request, "exams/kinds.html", {"bank": bank, "kinds": kinds, "breadcrumbs": way(bank)})
    form = QuestionForm(request.POST or None, request.FILES or None, kind=kind, topics=_topics(request))
    if request.method == "POST" and form.is_valid():
        try:
            content = _with_picture(request, bank, form)
            version = add_question(
                by=request.user,  # type: ignore[arg-type]
                bank=bank,
                content=content,
                code=form.cleaned_data["code"],
                aims=form.cleaned_data["aims"],
                at=timezone.now(),
            )
            messages.success(request, _("The question is kept."))
            return redirect("exams:question", version.question.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    title = _("New question: %(kind)s") % {"kind": _(KINDS[kind])}
    return render(request, "exams/form.html", {"form": form, "title": title, "breadcrumbs": way(bank)})


@needs("exams.manage")
@require_http_methods(["GET", "POST"])
def edit_question(request: HttpRequest, key: str) -> HttpResponse:
    """A new version of the question."""
    found = question_for(request, key, EDIT)
    if not sees_keys(request, found.bank):
        raise Http404
    current = found.versions.prefetch_related("aims__topic__course").get(current=True)
    form = QuestionForm(
        request.POST or None,
        request.FILES or None,
        kind=current.kind,
        topics=_topics(request),
        version=current,
    )
    if request.method == "POST" and form.is_valid():
        try:
            content = _with_picture(request, found.bank, form)
            change_question(
                by=request.user,  # type: ignore[arg-type]
                question=found,
                content=content,
                aims=form.cleaned_data["aims"],
                at=timezone.now(),
            )
            messages.success(request, _("The changes are saved."))
            return redirect("exams:question", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    title = _("Change question %(code)s") % {"code": found.code}
    lead = _("Version %(number)d stays as it is; saving makes version %(next)d.") % {
        "number": current.number,
        "next": current.number + 1,
    }
    context = {"form": form, "title": title, "lead": lead, "breadcrumbs": way(found.bank, found)}
    return render(request, "exams/form.html", context)


def _with_picture(request: HttpRequest, bank: Bank, form: QuestionForm) -> Content:
    """The content with the picture that was sent along, under its text."""
    content: Content = form.cleaned_data["content"]
    upload: UploadedFile[Any] | None = form.cleaned_data.get("picture")
    if upload is None:
        return content
    kept = add_picture(by=request.user, bank=bank, name=upload.name or "", content=upload.read())  # type: ignore[arg-type]
    words = escape(form.cleaned_data["picture_words"])
    shown = f'<p><img src="picture:{kept.sha256[:32]}" alt="{words}"></p>'
    return replace(content, text=content.text + shown)


def _topics(request: HttpRequest) -> list[Topic]:
    """The topics of the courses in the reader's care."""
    mine = in_care(request.user, MANAGE, on=today())  # type: ignore[arg-type]
    found = Topic.objects.filter(course__unit__in=mine).select_related("course")
    return list(found.order_by("course__title", "course", "position"))


@needs("exams.manage")
@require_POST
def retire(request: HttpRequest, key: str) -> HttpResponse:
    """No new paper takes it; or, with back=1, papers may take it again."""
    found = question_for(request, key, EDIT)
    if request.POST.get("back"):
        restore_question(by=request.user, question=found)  # type: ignore[arg-type]
    else:
        retire_question(by=request.user, question=found, at=timezone.now())  # type: ignore[arg-type]
    return redirect("exams:question", found.key)
