"""Pages of the papers: their blueprint, their variants, each as a candidate sees it."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.competence.models import Topic
from lantoa.directory.access import check, grants_of, in_care, may, needs, saw, shows_people, today
from lantoa.directory.queries.units import names
from lantoa.exams.actions.paper import change_paper, create_paper, draw_variant, remove_variant
from lantoa.exams.forms import FindForm
from lantoa.exams.forms_paper import PaperForm
from lantoa.exams.models import Bank, Paper, Variant
from lantoa.exams.queries.access import KEYS, MANAGE, banks_of
from lantoa.exams.queries.paper import find_papers, most_points, topic_choices
from lantoa.exams.queries.showing import key_of_variant, safe, shown_question
from lantoa.exams.rules import notation, texts
from lantoa.exams.rules.content import DIFFICULTIES
from lantoa.exams.rules.drawing import Blueprint, blueprint_from
from lantoa.exams.views.reaching import USE, name_of, owners

PAGE = 50


@needs("exams.view")
@require_safe
def papers(request: HttpRequest) -> HttpResponse:
    """The papers of the units in one's care."""
    form = FindForm(request.GET or None)
    text = form.cleaned_data["text"] if form.is_bound and form.is_valid() else ""
    mine = Paper.objects.filter(unit__in=in_care(request.user, "exams.view", on=today()))  # type: ignore[arg-type]
    page = Paginator(find_papers(mine, text=text), PAGE).get_page(request.GET.get("page"))
    called = names((paper.unit_id for paper in page), on=today())
    rows = [
        (
            paper,
            called[paper.unit_id].full_name if paper.unit_id in called else "",
            blueprint_from(paper.settings).count,
        )
        for paper in page
    ]
    manages = bool(grants_of(request.user, MANAGE, on=today()).units)  # type: ignore[arg-type]
    return render(request, "exams/papers.html", {"form": form, "page": page, "rows": rows, "manages": manages})


@needs("exams.view")
@shows_people(N_("an exam paper"))
@require_safe
def paper(request: HttpRequest, key: str) -> HttpResponse:
    """One paper: its parts, how it is marked, its variants."""
    found = _paper(request, key)
    saw(request, found, None)
    blueprint = blueprint_from(found.settings)
    manages = may(request.user, MANAGE, found.unit, on=today())
    variants = list(found.variants.order_by("number"))
    context = {
        "paper": found,
        "owner": name_of(found.unit),
        "parts": _parts(blueprint),
        "count": blueprint.count,
        "facts": _facts(blueprint),
        "introduction": safe(texts.with_maths(blueprint.introduction)),
        "variants": [(variant, most_points(variant)) for variant in variants],
        "in_use": any(variant.used_at for variant in variants),
        "manages": manages,
        "breadcrumbs": _way(),
    }
    return render(request, "exams/paper.html", context)


def _facts(blueprint: Blueprint) -> list[dict[str, Any]]:
    def said(yes: bool) -> str:
        return _("yes") if yes else _("no")

    return [
        {"key": _("Minutes"), "value": str(blueprint.minutes) if blueprint.minutes else "–"},
        {"key": _("A partly right answer earns its part"), "value": said(blueprint.partial)},
        {"key": _("Questions in another order"), "value": said(blueprint.shuffle_questions)},
        {"key": _("Choices in another order"), "value": said(blueprint.shuffle_options)},
    ]


def _parts(blueprint: Blueprint) -> list[dict[str, Any]]:
    banks = dict(Bank.objects.filter(key__in=[part.bank for part in blueprint.parts]).values_list("key", "title"))
    topics = dict(Topic.objects.filter(key__in=[part.topic for part in blueprint.parts]).values_list("key", "title"))
    return [
        {
            "count": part.count,
            "bank": banks.get(part.bank, part.bank),
            "topic": topics.get(part.topic, part.topic) or _("any topic"),
            "difficulty": _(DIFFICULTIES[part.difficulty]) if part.difficulty else _("any difficulty"),
            "points": part.points,
            "penalty": "" if part.penalty is None else notation.percent(part.penalty),
        }
        for part in blueprint.parts
    ]


@needs("exams.manage")
@require_http_methods(["GET", "POST"])
def new_paper(request: HttpRequest) -> HttpResponse:
    """A new paper of a unit one manages."""
    choices, units = owners(request, MANAGE)
    form = PaperForm(request.POST or None, owners=choices, units=units, **_sources(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            made = create_paper(
                by=request.user,  # type: ignore[arg-type]
                title=values["title"],
                unit=values["unit"],
                blueprint=values["blueprint"],
                at=timezone.now(),
            )
            return redirect("exams:paper", made.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return _form(request, form, _("New exam paper"), _way())


@needs("exams.manage")
@require_http_methods(["GET", "POST"])
def edit_paper(request: HttpRequest, key: str) -> HttpResponse:
    """Another title or blueprint; variants that nobody uses are drawn anew."""
    found = _paper(request, key)
    form = PaperForm(request.POST or None, owners=None, paper=found, **_sources(request))
    if request.method == "POST" and form.is_valid():
        try:
            change_paper(
                by=request.user,  # type: ignore[arg-type]
                paper=found,
                title=form.cleaned_data["title"],
                blueprint=form.cleaned_data["blueprint"],
            )
            messages.success(request, _("The changes are saved."))
            return redirect("exams:paper", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return _form(request, form, _("Change the exam paper"), _way(found))


def _form(request: HttpRequest, form: PaperForm, title: str, way: list[dict[str, str]]) -> HttpResponse:
    return render(request, "exams/paper_form.html", {"form": form, "title": title, "breadcrumbs": way})


def _usable(request: HttpRequest) -> "QuerySet[Bank]":
    return banks_of(request.user, MANAGE, USE, on=today())  # type: ignore[arg-type]


def _sources(request: HttpRequest) -> dict[str, Any]:
    banks = _usable(request)
    listed = list(banks.order_by("title", "pk").values_list("key", "title"))
    return {"banks": listed, "topics": topic_choices(banks)}


@needs("exams.manage")
@require_POST
def draw(request: HttpRequest, key: str) -> HttpResponse:
    """One variant more."""
    found = _paper(request, key)
    made = draw_variant(by=request.user, paper=found, banks=_usable(request), at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("Variant %(number)03d is drawn.") % {"number": made.number})
    return redirect("exams:paper", found.key)


@needs("exams.view")
@shows_people(N_("a variant of an exam paper"))
@require_safe
def variant(request: HttpRequest, key: str) -> HttpResponse:
    """A variant as a candidate sees it; the key beside it for those who may see it."""
    found = _variant(request, key)
    saw(request, found.paper, None, part=found.number)
    keys = may(request.user, KEYS, found.paper.unit, on=today())
    wanted = keys and request.GET.get("keys") == "1"
    blueprint = blueprint_from(found.paper.settings)
    context = {
        "variant": found,
        "paper": found.paper,
        "introduction": safe(texts.with_maths(blueprint.introduction)),
        "minutes": blueprint.minutes,
        "questions": [
            {
                "number": number,
                "item": shown_question(question),
                "key": key_of_variant(found.keys[question["id"]]) if wanted else "",
            }
            for number, question in enumerate(found.content, 1)
        ],
        "most": most_points(found),
        "keys": keys,
        "with_keys": wanted,
        "manages": may(request.user, MANAGE, found.paper.unit, on=today()),
        "holds": may(request.user, "exams.hold", found.paper.unit, on=today()),
        "breadcrumbs": _way(found.paper),
    }
    return render(request, "exams/variant.html", context)


@needs("exams.manage")
@require_POST
def drop_variant(request: HttpRequest, key: str) -> HttpResponse:
    """Deletes a variant that nobody uses."""
    found = _variant(request, key)
    remove_variant(by=request.user, variant=found)  # type: ignore[arg-type]
    return redirect("exams:paper", found.paper.key)


def _paper(request: HttpRequest, key: str) -> Paper:
    found = get_object_or_404(Paper.objects.select_related("unit"), key=key)
    check(request, found.unit)
    return found


def _variant(request: HttpRequest, key: str) -> Variant:
    found = get_object_or_404(Variant.objects.select_related("paper__unit"), key=key)
    check(request, found.paper.unit)
    return found


def _way(of: Paper | None = None) -> list[dict[str, str]]:
    found = [{"label": _("Exam papers"), "url": reverse("exams:papers")}]
    if of is not None:
        found.append({"label": of.title, "url": reverse("exams:paper", args=[of.key])})
    return found
