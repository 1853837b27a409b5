"""May you? What the pages of the room share."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from lantoa.directory.access import grants_of, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.exams.models import Attempt, Bank, Question, Share
from lantoa.exams.queries.access import KEYS, reaches
from lantoa.exams.queries.own import own_of

SEE, USE, EDIT = Share.Right.SEE, Share.Right.USE, Share.Right.EDIT


def bank_for(request: HttpRequest, key: str, right: Share.Right) -> Bank:
    """The bank, for whoever holds the page's permission on it by its unit or by a share; 404 for strangers."""
    bank = get_object_or_404(Bank.objects.select_related("unit"), key=key)
    if not reaches(request.user, request.permission, right, bank, on=today()):  # type: ignore[arg-type,attr-defined]
        raise Http404
    return bank


def question_for(request: HttpRequest, key: str, right: Share.Right) -> Question:
    """The question, by the same rule."""
    question = get_object_or_404(Question.objects.select_related("bank__unit"), key=key)
    if not reaches(request.user, request.permission, right, question.bank, on=today()):  # type: ignore[arg-type,attr-defined]
        raise Http404
    return question


def own_attempt(request: HttpRequest, key: str, *, paper: bool = False) -> Attempt:
    """One's own attempt; 404 for everybody else. The paper is read only where it is shown."""
    if paper:
        found = Attempt.objects.filter(person__user=request.user.pk)
        found = found.select_related("sitting__paper", "variant").defer("variant__keys")
        return get_object_or_404(found, key=key)
    attempt = own_of(request.user.pk or 0, key)
    if attempt is None:
        raise Http404
    return attempt


def sees_keys(request: HttpRequest, bank: Bank) -> bool:
    """Whether the reader may see the right answers of this bank: a share to see alone does not show them."""
    return reaches(request.user, KEYS, USE, bank, on=today())  # type: ignore[arg-type]


def owners(request: HttpRequest, permission: str) -> tuple[list[tuple[str, str]], Any]:
    """The units that the reader may make something for, as choices and as a query."""
    units = Unit.objects.filter(pk__in=grants_of(request.user, permission, on=today()).units)  # type: ignore[arg-type]
    called = names(units.values_list("pk", flat=True), on=today())
    return [(unit.key, called[unit.pk].full_name if unit.pk in called else unit.key) for unit in units], units


def name_of(unit: Unit) -> str:
    """What the unit is called today."""
    called = names([unit.pk], on=today())
    return called[unit.pk].full_name if unit.pk in called else unit.key


def way(bank: Bank | None = None, question: Question | None = None) -> list[dict[str, str]]:
    """The breadcrumbs."""
    found = [{"label": _("Question banks"), "url": reverse("exams:banks")}]
    if bank is not None:
        found.append({"label": bank.title, "url": reverse("exams:bank", args=[bank.key])})
    if question is not None:
        found.append({"label": question.code, "url": reverse("exams:question", args=[question.key])})
    return found
