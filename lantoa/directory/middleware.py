"""Roles that must sign in with a one-time code too (LANTOA_CODE_ROLES)."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lantoa.accounts.models import Authenticator, User
from lantoa.directory.access import today
from lantoa.directory.models import Role, RoleGrant
from lantoa.directory.permissions import PUBLIC

Answer = Callable[[HttpRequest], HttpResponse]
ROOM = "lantoa.accounts."


class CodeRequiredMiddleware:
    """Whoever holds such a role and has no codes yet sets them up before anything else. Costs nothing while no role
    is named; else one query a page. Those who have codes were asked for one when they came in."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        if unknown := sorted(set(settings.CODE_ROLES) - set(Role.values)):
            raise ImproperlyConfigured(f"LANTOA_CODE_ROLES names no role: {', '.join(unknown)}")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """The page, or the way to set up codes first; signing in and out and public pages stay open."""
        if not settings.CODE_ROLES or not isinstance(request.user, User) or request.user.is_demonstration:
            return None
        if view.__module__.startswith(ROOM) or getattr(view, "permission", PUBLIC) == PUBLIC:
            return None
        held = RoleGrant.objects.filter(user=request.user, role__in=settings.CODE_ROLES, since__lte=today())
        codes = Authenticator.objects.filter(user=OuterRef("user")).exclude(confirmed_at=None)
        lacking = held.filter(Q(until=None) | Q(until__gt=today())).exclude(Exists(codes))
        return redirect("accounts:own_codes") if lacking.exists() else None
