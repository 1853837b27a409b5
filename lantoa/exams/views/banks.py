"""Pages of the question banks."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, grants_of, in_care, may, needs, saw, shows_people, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names, resolve
from lantoa.exams.actions.bank import change_bank, create_bank, share_bank, stop_sharing
from lantoa.exams.forms import RIGHTS, BankForm, FindForm, QuestionFilter, ShareForm
from lantoa.exams.models import Bank, Share, Version
from lantoa.exams.queries.access import MANAGE, banks_of, reaches
from lantoa.exams.queries.bank import Choice, content_of, find_banks, questions_of, stock, topics_of
from lantoa.exams.rules import texts
from lantoa.exams.rules.content import DIFFICULTIES, KINDS
from lantoa.exams.views.reaching import EDIT, SEE, bank_for, name_of, owners, sees_keys, way

PAGE = 50


@needs("exams.view")
@require_safe
def banks(request: HttpRequest) -> HttpResponse:
    """The banks of the units in one's care, and those shared to them."""
    form = FindForm(request.GET or None)
    text = form.cleaned_data["text"] if form.is_bound and form.is_valid() else ""
    mine = banks_of(request.user, "exams.view", SEE, on=today())  # type: ignore[arg-type]
    page = Paginator(find_banks(mine, text=text), PAGE).get_page(request.GET.get("page"))
    called = names((bank.unit_id for bank in page), on=today())
    rows = [(bank, called[bank.unit_id].full_name if bank.unit_id in called else "") for bank in page]
    manages = bool(grants_of(request.user, MANAGE, on=today()).units)  # type: ignore[arg-type]
    return render(request, "exams/banks.html", {"form": form, "page": page, "rows": rows, "manages": manages})


@needs("exams.view")
@shows_people(N_("the questions of a bank"))
@require_safe
def bank(request: HttpRequest, key: str) -> HttpResponse:
    """One bank: its questions as they stand, found by words, kind, topic and difficulty. Who opens it is written
    down."""
    found = bank_for(request, key, SEE)
    form = QuestionFilter(request.GET or None, topics=topics_of(found))
    choice = Choice(**form.cleaned_data) if form.is_bound and form.is_valid() else Choice()
    page = Paginator(questions_of(found, choice), PAGE).get_page(request.GET.get("page"))
    saw(request, found, None, part=page.number)
    edits = reaches(request.user, MANAGE, EDIT, found, on=today())  # type: ignore[arg-type]
    cells = stock(found)
    context = {
        "bank": found,
        "owner": name_of(found.unit),
        "form": form,
        "page": page,
        "rows": [_row(version) for version in page],
        "total": sum(cell.total for cell in cells),
        "edits": edits,
        "owns": edits and reaches_own(request, found.unit),
        "keys": sees_keys(request, found),
        "imports": edits and may(request.user, "office.import", found.unit, on=today()),
        "breadcrumbs": way(),
    }
    return render(request, "exams/bank.html", context)


def reaches_own(request: HttpRequest, unit: Unit) -> bool:
    """Whether the reader manages the unit that owns the bank: shares are the owner's business."""
    return in_care(request.user, MANAGE, on=today()).filter(pk=unit.pk).exists()  # type: ignore[arg-type]


def _row(version: Version) -> dict[str, Any]:
    said = texts.words(content_of(version).text)
    return {
        "version": version,
        "words": said[:160] + ("…" if len(said) > 160 else ""),
        "kind": _(KINDS[version.kind]),
        "difficulty": _(DIFFICULTIES[version.difficulty]),
        "topics": list(dict.fromkeys(aim.topic.title for aim in version.aims.all())),
    }


@needs("exams.view")
@shows_people(N_("the stock of a question bank"))
@require_safe
def bank_stock(request: HttpRequest, key: str) -> HttpResponse:
    """How many questions stand under each topic and difficulty: what papers can be made of."""
    found = bank_for(request, key, SEE)
    saw(request, found, None)
    address = reverse("exams:bank", args=[found.key])
    rows = [
        {
            "title": cell.title,
            "counts": [
                {
                    "count": cell.counts.get(number, 0),
                    "url": f"{address}?topic={cell.topic}&difficulty={number}" if cell.topic else "",
                }
                for number in DIFFICULTIES
            ],
            "total": cell.total,
        }
        for cell in stock(found)
    ]
    context = {
        "bank": found,
        "rows": rows,
        "difficulties": [_(words) for words in DIFFICULTIES.values()],
        "breadcrumbs": way(found),
    }
    return render(request, "exams/stock.html", context)


@needs("exams.manage")
@require_http_methods(["GET", "POST"])
def new_bank(request: HttpRequest) -> HttpResponse:
    """A new bank of a unit one manages."""
    choices, units = owners(request, MANAGE)
    form = BankForm(request.POST or None, owners=choices, units=units)
    if request.method == "POST" and form.is_valid():
        made = create_bank(by=request.user, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
        return redirect("exams:bank", made.key)
    return render(request, "exams/form.html", {"form": form, "title": _("New question bank"), "breadcrumbs": way()})


@needs("exams.manage")
@require_http_methods(["GET", "POST"])
def edit_bank(request: HttpRequest, key: str) -> HttpResponse:
    """Changes what a bank is called."""
    found = bank_for(request, key, EDIT)
    form = BankForm(request.POST or None, owners=None, bank=found)
    if request.method == "POST" and form.is_valid():
        change_bank(by=request.user, bank=found, **form.cleaned_data)  # type: ignore[arg-type]
        messages.success(request, _("The changes are saved."))
        return redirect("exams:bank", found.key)
    context = {"form": form, "title": _("Change the question bank"), "breadcrumbs": way(found)}
    return render(request, "exams/form.html", context)


@needs("exams.manage")
@require_http_methods(["GET", "POST"])
def shares(request: HttpRequest, key: str) -> HttpResponse:
    """To whom the bank is shared, and for what; its owner decides."""
    found = bank_for(request, key, EDIT)
    check(request, found.unit)
    standing = list(found.shares.select_related("unit").order_by("pk"))
    called = names((share.unit_id for share in standing), on=today())
    form = ShareForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _shared(request, found, form):
        return redirect("exams:shares", found.key)
    words = dict(RIGHTS)
    rows = [
        {
            "share": share,
            "unit": called[share.unit_id].full_name if share.unit_id in called else share.unit.key,
            "right": words[Share.Right(share.right)],
        }
        for share in standing
    ]
    context = {"bank": found, "form": form, "rows": rows, "breadcrumbs": way(found)}
    return render(request, "exams/shares.html", context)


def _shared(request: HttpRequest, bank: Bank, form: ShareForm) -> bool:
    meant = resolve(form.cleaned_data["unit"], on=today())
    if meant.unit is None:
        called = names(meant.candidates, on=today())
        several = ", ".join(called[one].full_name for one in meant.candidates[:5] if one in called)
        said = _("Several units may be meant: %(units)s") % {"units": several} if several else ""
        form.add_error("unit", said or _("No unit of this name stands today."))
        return False
    try:
        unit, right = Unit.objects.get(pk=meant.unit), form.cleaned_data["right"]
        share_bank(by=request.user, bank=bank, unit=unit, right=right, at=timezone.now())  # type: ignore[arg-type]
    except Refused as reason:
        form.add_error("unit", say(reason))
        return False
    return True


@needs("exams.manage")
@require_POST
def stop_share(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a share back."""
    share = get_object_or_404(Share.objects.select_related("bank__unit", "unit"), key=key)
    check(request, share.bank.unit)
    stop_sharing(by=request.user, share=share)  # type: ignore[arg-type]
    return redirect("exams:shares", share.bank.key)
