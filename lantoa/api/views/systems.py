"""Pages for administrators: which other systems are let in, a token issued (shown once), a token revoked."""

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.accounts.models import User
from lantoa.api.actions.tokens import IssuedToken, issue_token, revoke_token
from lantoa.api.forms import FindUnitForm, TokenForm
from lantoa.api.models import Token
from lantoa.api.queries.events import subscriptions_in
from lantoa.api.queries.tokens import tokens_in
from lantoa.api.rules.scopes import SCOPES
from lantoa.common.days import ends
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import check, grants_of, in_care, may, needs, permissions_on, today
from lantoa.directory.models import Unit
from lantoa.directory.permissions import PERMISSIONS
from lantoa.directory.queries.units import names
from lantoa.office.queries.people import names_of
from lantoa.programmes.queries import unit_called

PAGE = 50


@needs("api.manage")
@require_safe
def systems(request: HttpRequest) -> HttpResponse:
    """The tokens in the reader's care, and where another one is issued."""
    reader, on = reader_of(request), today()
    form = FindUnitForm(request.GET if "unit" in request.GET else None)
    if form.is_bound and form.is_valid() and form.cleaned_data["unit"]:
        try:
            unit = unit_called(form.cleaned_data["unit"], on=on)
        except Refused as refused:
            form.add_error("unit", say(refused))
        else:
            if may(reader, "api.manage", unit, on=on):
                return redirect("api:new_token", unit.key)
            form.add_error("unit", _("This unit is not in your care"))
    care = in_care(reader, "api.manage", on=on)
    page = Paginator(tokens_in(care), PAGE).get_page(request.GET.get("page"))
    own = list(Unit.objects.filter(pk__in=grants_of(reader, "api.manage", on=on).units).order_by("pk")[:5])
    called = names([*(one.unit_id for one in page), *(unit.pk for unit in own)], on=on)
    people = names_of(one.made_by for one in page)
    context = {
        "form": form,
        "page": page,
        "told": subscriptions_in(care),
        "own": [{"name": called[one.pk].full_name, "key": one.key} for one in own if one.pk in called],
        "rows": [
            {
                "token": one,
                "unit": called[one.unit_id].full_name if one.unit_id in called else "",
                "state": _state(one, timezone.now()),
                "who": people[one.made_by],
                "scopes": [_(PERMISSIONS[scope]) for scope in one.scopes if scope in PERMISSIONS],
                "last_day": timezone.localdate(one.expires_at - timedelta(microseconds=1)),
            }
            for one in page
        ],
    }
    return render(request, "api/systems.html", context, status=422 if form.errors else 200)


def _state(token: Token, now: datetime) -> tuple[str, str]:
    if token.revoked_at:
        return "none", _("revoked")
    if token.expires_at <= now:
        return "late", _("expired")
    return "ok", _("in force")


@needs("api.manage")
@require_http_methods(["GET", "POST"])
def new_token(request: HttpRequest, key: str) -> HttpResponse:
    """A token for another system; its text is shown once, on the answer."""
    unit = get_object_or_404(Unit, key=key)
    check(request, unit)
    reader, on = reader_of(request), today()
    held = permissions_on(reader, unit, on=on)
    own = [scope for scope in SCOPES if scope in held]
    form = TokenForm(request.POST or None, today=on, scopes=own)
    called = names([unit.pk], on=on)
    context: dict[str, Any] = {
        "form": form,
        "name": called[unit.pk].full_name if called else "",
        "back": reverse("api:systems"),
        "breadcrumbs": [{"label": _("Other systems"), "url": reverse("api:systems")}],
    }
    if request.method == "POST" and form.is_valid():
        try:
            issued = _issue(reader, unit, form)
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            response = render(request, "api/token_issued.html", {**context, "issued": issued})
            response["Cache-Control"] = "no-store"
            return response
    return render(request, "api/new_token.html", context, status=422 if form.errors else 200)


def _issue(reader: User, unit: Unit, form: TokenForm) -> IssuedToken:
    data = form.cleaned_data
    return issue_token(
        by=reader,
        name=data["name"],
        unit=unit,
        scopes=data["scopes"],
        expires_at=ends(data["last_day"]),
        calls_a_minute=data["calls_a_minute"],
        at=timezone.now(),
    )


@needs("api.manage")
@require_http_methods(["GET", "POST"])
def revoke(request: HttpRequest, key: str) -> HttpResponse:
    """Asks, then revokes a token."""
    token = get_object_or_404(Token.objects.select_related("unit"), key=key)
    check(request, token.unit)
    if token.revoked_at:
        return redirect("api:systems")
    if request.method == "POST":
        revoke_token(by=reader_of(request), token=token, at=timezone.now())
        messages.success(request, _("The token of %(name)s is revoked.") % {"name": token.name})
        return redirect("api:systems")
    context = {
        "title": _("Revoke the token of %(name)s?") % {"name": token.name},
        "consequences": [_("The system that holds it is no longer let in, from now on.")],
        "undo": _("It cannot be undone; another token can be issued."),
        "back": reverse("api:systems"),
        "breadcrumbs": [{"label": _("Other systems"), "url": reverse("api:systems")}],
    }
    return render(request, "api/revoke_token.html", context)


def reader_of(request: HttpRequest) -> User:
    """The signed-in user; the gate lets nobody else in."""
    if not isinstance(request.user, User):
        raise Http404
    return request.user
