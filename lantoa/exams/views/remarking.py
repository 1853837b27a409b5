"""A key was wrong: put it right, see what that would change, mark everybody anew, read what it changed."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs, saw, shows_people
from lantoa.exams.actions.remarking import change_key
from lantoa.exams.forms_remarking import CorrectionForm
from lantoa.exams.models import Sitting
from lantoa.exams.queries.access import KEYS
from lantoa.exams.queries.analysis import Asked, asked_in, is_over, variants_of
from lantoa.exams.queries.corrections import corrections_in
from lantoa.exams.queries.remarking import key_changes_of, points_changes_of, would_change
from lantoa.exams.queries.showing import key_of_variant
from lantoa.exams.rules.corrections import RULES, can_name_a_key, in_the_bank
from lantoa.exams.views.analysis import item_of, letter, name_of_question
from lantoa.exams.views.sittings import sitting_for, way
from lantoa.office.queries.people import names_of

PAGE = 50
LISTED = 200  # candidates in a preview; all are counted


def _sitting(request: HttpRequest, key: str) -> Sitting:
    """The sitting, for organisers who may see its keys."""
    found = sitting_for(request, key)
    check(request, found.unit, KEYS)
    return found


def _asked(found: Sitting) -> list[Asked]:
    return asked_in(variants_of(found), corrections_in([found.pk]).get(found.pk, {}))


def right_of(asked: Asked) -> str:
    """What counts as right, in the letters of the bank; nothing where nothing leads back to them."""
    if asked.given:
        return _(RULES[asked.given])
    if asked.options:
        return ", ".join(letter(one) for one, share in sorted(asked.options.items()) if share > 0)
    _variant, key = asked.keys[0]
    return key_of_variant(in_the_bank(key)) if "pairs" not in key or "origin" in key else ""


@needs("exams.hold")
@shows_people(N_("the keys of an exam"))
@require_safe
def keys(request: HttpRequest, key: str) -> HttpResponse:
    """What counts as right for each question, and what was corrected."""
    found = _sitting(request, key)
    saw(request, found, None)
    over = is_over(found, at=timezone.now())
    asked = _asked(found) if over else []
    names = {one.id: name_of_question(one) for one in asked}
    done = list(key_changes_of(found))
    who = names_of(one.made_by for one in done)
    context = {
        "sitting": found,
        "over": over,
        "rows": [{"id": one.id, "name": names[one.id], "code": one.code, "right": right_of(one)} for one in asked],
        "done": [
            {
                "change": one,
                "name": names.get(one.question, one.question),
                "what": _(RULES[one.rule]),
                "who": who[one.made_by],
            }
            for one in done
        ],
        "breadcrumbs": way(found),
    }
    return render(request, "exams/keys.html", context)


@needs("exams.hold")
@shows_people(N_("whose points a corrected key would change"))
@require_http_methods(["GET", "POST"])
def correct_key(request: HttpRequest, key: str, question: str) -> HttpResponse:
    """First what counts and why, then what it would change, then it counts."""
    found = _sitting(request, key)
    over = is_over(found, at=timezone.now())
    asked = next((one for one in _asked(found) if one.id == question), None) if over else None
    if asked is None:
        raise Http404
    item = item_of(asked)
    form = CorrectionForm(
        request.POST or None,
        item=item,
        letters=_letters(asked, item),
        now=_right_now(asked),
        can_name=all(can_name_a_key(asked.kind, one) for _variant, one in asked.keys),
        can_take_back=found.key_changes.filter(question=question).exists(),
    )
    context: dict[str, Any] = {
        "sitting": found,
        "name": name_of_question(asked),
        "item": item,
        "right": right_of(asked),
        "form": form,
        "breadcrumbs": [
            *way(found),
            {"label": _("Keys of the exam"), "url": reverse("exams:sitting_keys", args=[found.key])},
        ],
    }
    if request.method == "POST" and form.is_valid():
        if request.POST.get("go") == "apply":
            try:
                return _apply(request, found, question, form)
            except Refused as reason:
                form.add_error(None, say(reason))
        else:
            preview = would_change(found, question, form.correction(), least=form.least_share())
            saw(request, found, len(preview.rows))
            context |= {
                "preview": preview,
                "listed": preview.rows[:LISTED],
                "more": max(0, len(preview.rows) - LISTED),
                "hidden": [
                    (name, value) for name, values in request.POST.lists() if name in form.fields for value in values
                ]
                + [("go", "apply")],
                "says": _says(form, asked),
            }
            return render(request, "exams/key_preview.html", context)
    saw(request, found, 0)
    return render(request, "exams/key.html", context, status=422 if form.is_bound else 200)


def _letters(asked: Asked, item: dict[str, Any]) -> list[tuple[str, str]]:
    """The choices as the bank letters them, with their words."""
    if asked.kind == "truefalse":
        return [(one, letter(one)) for one in ("true", "false")]
    if asked.kind not in ("single", "multiple"):
        return []
    words = {one["id"]: strip_tags(one["text"]) for one in item["options"]}
    return [(one, f"{letter(one)}. {words.get(one, '')}".strip()) for one in sorted(asked.options)]


def _right_now(asked: Asked) -> Any:
    """The right order or pairs in the letters of the bank, in the shape of an answer; None of other kinds."""
    key = in_the_bank(asked.keys[0][1])
    return key.get("order") or key.get("pairs")


def _says(form: CorrectionForm, asked: Asked) -> list[str]:
    correction = form.correction()
    said = [_(RULES[correction.rule])]
    if "options" in correction.key:
        right = [letter(one) for one, share in correction.key["options"].items() if share != "0"]
        said.append(
            _("Right before: %(before)s; right now: %(now)s.") % {"before": right_of(asked), "now": ", ".join(right)}
        )
    elif "order" in correction.key or "pairs" in correction.key:
        both = {"before": right_of(asked), "now": key_of_variant(correction.key)}
        said.append(_("Right before: %(before)s; right now: %(now)s.") % both)
    elif correction.key:
        said.append(_("Right now: %(now)s.") % {"now": key_of_variant(correction.key)})
    said.append(_("The reason that candidates read: %(reason)s") % {"reason": form.cleaned_data["reason"]})
    return said


def _apply(request: HttpRequest, found: Sitting, question: str, form: CorrectionForm) -> HttpResponse:
    done = change_key(
        by=request.user,  # type: ignore[arg-type]
        sitting=found,
        question=question,
        correction=form.correction(),
        reason=form.cleaned_data["reason"],
        at=timezone.now(),
    )
    if done.job is not None:
        return redirect("office:job", done.job.key)
    messages.success(request, _("Marked anew: the points of %(count)d people changed.") % {"count": done.people})
    return redirect("exams:sitting_keys", found.key)


@needs("exams.hold")
@shows_people(N_("whose points were changed"))
@require_safe
def changes(request: HttpRequest, key: str) -> HttpResponse:
    """Whose points changed after they were marked whole: from what to what, by whom, why."""
    found = sitting_for(request, key)
    cause = request.GET.get("change", "")
    page = Paginator(points_changes_of(found, cause=cause), PAGE).get_page(request.GET.get("page"))
    saw(request, found, len(page), part=page.number)
    who = names_of(one.made_by for one in page)
    context = {
        "sitting": found,
        "page": page,
        "rows": [(one, who[one.made_by]) for one in page],
        "breadcrumbs": way(found),
    }
    return render(request, "exams/points_changes.html", context)
