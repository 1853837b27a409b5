"""The pages of the ways in: sign-in, sign-out, passwords, personal links, cards."""

import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from lantoa.accounts import actions, queries
from lantoa.accounts.actions import codes
from lantoa.accounts.arrival import place_for
from lantoa.accounts.forms import CardForm, ChangePasswordForm, CodeForm, NewPasswordForm, SignInForm
from lantoa.accounts.models import PersonalLink, User
from lantoa.accounts.rules import Device, base32, caller, grouped, otpauth
from lantoa.common.filling import filled
from lantoa.common.models import new_key
from lantoa.common.refused import Refused
from lantoa.common.templatetags.lantoa import person_name
from lantoa.common.words import say

DEVICE_COOKIE = "device"
DEVICE_SECONDS = 60 * 60 * 24 * 400
DEVICE_SALT = "lantoa.accounts.device"
BACKEND = "lantoa.accounts.backend.Accounts"
FIRST_PASSWORD = "first_password"
FIRST_PASSWORD_SECONDS = 15 * 60
CODE_STEP = "code_step"
CODE_STEP_SECONDS = 10 * 60

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """Open to everybody. (`directory.access.needs` stands in a row above this room.)"""
    view.permission = "public"  # type: ignore[attr-defined]
    return login_not_required(view)


def signed_in(view: View) -> View:
    """Open to every account; the middleware asks the others to sign in."""
    view.permission = "signed_in"  # type: ignore[attr-defined]
    return view


# ---- by password


@public
@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Name and password."""
    if request.method != "POST" and isinstance(request.user, User):
        return redirect(_next(request))
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = device_of(request)
        try:
            user = actions.sign_in_by_password(
                username=form.cleaned_data["username"],
                password=form.cleaned_data["password"],
                device=device,
                address=address_of(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            if user.must_change_password:
                return _ask_for_first_password(request, user)
            return _enter(request, user, redirect(_next(request)))
    context = {
        "form": form,
        "next": _next(request, ""),
        "provider": settings.OPENID["name"] if settings.OPENID else "",
    }
    return render(request, "accounts/sign_in.html", context)


@public
@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session; harmless when there is none."""
    logout(request)
    return redirect("accounts:sign_in")


@signed_in
@sensitive_post_parameters("current", "new", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """One's own new password. An account without a password (links and cards only) has none to change."""
    user = request.user
    assert isinstance(user, User)
    form = ChangePasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_password(
                by=user,
                current=form.cleaned_data["current"],
                new=form.cleaned_data["new"],
                device=device_of(request),
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error("current", say(refused))
        else:
            update_session_auth_hash(request, user)
            messages.success(request, _("Your password is changed. You stay signed in here, and only here."))
            return redirect("web:home")
    return render(request, "accounts/change_password.html", {"form": form, "reader": user})


@public
@sensitive_post_parameters("new", "again")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """The second step of a first sign-in: one's own password in place of the given one. Before it nobody is in."""
    user = _waiting(request, FIRST_PASSWORD, must_change_password=True)
    if user is None:
        return redirect("accounts:sign_in")
    form = NewPasswordForm(request.POST or None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            actions.choose_first_password(user=user, new=form.cleaned_data["new"])
        except Refused as refused:
            form.add_error("new", say(refused))
        else:
            where = _safe(request, request.session.pop(FIRST_PASSWORD)["next"])
            return _enter(request, user, redirect(where))
    return render(request, "accounts/first_password.html", {"form": form, "reader": user})


def _ask_for_first_password(request: HttpRequest, user: User) -> HttpResponse:
    _wait(request, user, FIRST_PASSWORD, FIRST_PASSWORD_SECONDS, next=_next(request))
    return redirect("accounts:first_password")


def _wait(request: HttpRequest, user: User, step: str, seconds: int, **more: Any) -> None:
    """Nobody is in yet: who waits at which step is kept in the session, until their password changes."""
    request.session.cycle_key()
    until = int(timezone.now().timestamp()) + seconds
    request.session[step] = {"user": user.key, "hash": user.get_session_auth_hash(), "until": until, **more}


def _waiting(request: HttpRequest, step: str, **of: Any) -> User | None:
    waiting = request.session.get(step)
    if not waiting or waiting["until"] < timezone.now().timestamp():
        return None
    user = User.objects.filter(key=waiting["user"], is_active=True, **of).first()
    same = user is not None and secrets.compare_digest(user.get_session_auth_hash(), waiting["hash"])
    return user if same else None


# ---- the second step


def _ask_for_code(request: HttpRequest, user: User, response: HttpResponse, ends: float | None) -> HttpResponse:
    """The next page asks for the code, and then goes where the answer would have led."""
    _wait(request, user, CODE_STEP, CODE_STEP_SECONDS, next=response.headers.get("Location", ""), ends=ends)
    return redirect("accounts:code")


@public
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The second step of a sign-in: the code of the telephone, or a recovery code."""
    user = _waiting(request, CODE_STEP)
    if user is None:
        return redirect("accounts:sign_in")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes.check_code(user=user, typed=form.cleaned_data["code"], at=timezone.now())
        except Refused as refused:
            form.add_error("code", say(refused))
        else:
            waiting = request.session.pop(CODE_STEP)
            return _let_in(request, user, redirect(_safe(request, waiting["next"])), waiting["ends"])
    return render(request, "accounts/code.html", {"form": form})


@signed_in
@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_codes(request: HttpRequest) -> HttpResponse:
    """One's own one-time codes: set up with a picture, new recovery codes, turned off."""
    user = request.user
    assert isinstance(user, User)
    has, now = queries.has_codes(user), timezone.now()
    form = CodeForm(request.POST or None)
    shown: list[str] = []
    if request.method == "POST" and form.is_valid():
        typed, act = form.cleaned_data["code"], request.POST.get("act", "")
        try:
            if not has:
                shown = codes.confirm_codes(by=user, typed=typed, at=now)
                update_session_auth_hash(request, user)
            elif act == "off":
                codes.turn_codes_off(by=user, typed=typed, at=now)
                messages.success(request, _("One-time codes are turned off."))
                return redirect("accounts:own_codes")
            else:
                shown = codes.new_recovery_codes(by=user, typed=typed, at=now)
        except Refused as refused:
            form.add_error("code", say(refused))
    picture = ""
    secret = b""
    if not has and not shown:
        import segno  # late: every start would pay for it

        secret = codes.begin_codes(by=user, at=now)
        address = otpauth(secret, username=user.username, issuer="Lantoa")
        picture = segno.make(address, error="m").svg_inline(omitsize=True, border=2, svgclass="lt-qr", lineclass=None)
    return render(
        request,
        "accounts/own_codes.html",
        {
            "form": form,
            "has": has,
            "shown": shown,
            "picture": mark_safe(picture),
            "typed_secret": grouped(base32(secret).lower()) if secret else "",
            "left": user.recovery_codes.filter(used_at=None).count() if has else 0,
        },
    )


# ---- by link or card


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def personal_link(request: HttpRequest, token: str) -> HttpResponse:
    """Asks “You are …?”; only the button signs in, because chat programs open links to show a preview."""
    now = timezone.now()
    if request.method == "POST":
        with transaction.atomic():  # used and signed in: one commit
            link = actions.use_link(token=token, at=now)
            if link is not None:
                return _enter(request, link.user, redirect(place_for(link.user, at=now)), link=link)
    else:
        link = queries.link_of(token, at=now)
    if link is None:
        response = render(
            request, "accounts/link_unknown.html", {"reason": say(Refused(actions.LINK_UNKNOWN))}, status=404
        )
    else:
        reader = request.user if isinstance(request.user, User) else None
        said = {"invited": person_name(link.user)}
        if reader is None:
            response = filled(request, "accounts/personal_link.html", {}, said)
        else:
            other = reader if reader != link.user else None
            response = render(request, "accounts/personal_link.html", {**said, "other": other})
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def card(request: HttpRequest) -> HttpResponse:
    """The typed code of a printed card."""
    form, now = CardForm(request.POST or None), timezone.now()
    if request.method == "POST" and form.is_valid():
        try:
            link = actions.sign_in_by_card(
                code=form.cleaned_data["code"], device=device_of(request), address=address_of(request), at=now
            )
        except Refused as refused:
            form.add_error("code", say(refused))
        else:
            return _enter(request, link.user, redirect(place_for(link.user, at=now)), link=link)
    return render(request, "accounts/card.html", {"form": form})


# ---- the browser


def _enter(
    request: HttpRequest, user: User, response: HttpResponse, *, link: PersonalLink | None = None
) -> HttpResponse:
    """Signs the user in, whatever way they came; where the account has one-time codes, a code is asked first."""
    ends = link.expires_at.timestamp() if link is not None and link.expires_at is not None else None
    if link.asks_code if link is not None else queries.has_codes(user):  # type: ignore[attr-defined]
        return _ask_for_code(request, user, response, ends)
    return _let_in(request, user, response, ends)


def _let_in(request: HttpRequest, user: User, response: HttpResponse, ends: float | None) -> HttpResponse:
    """Begins the session, which ends with the link it began with, and lets the browser remember the account."""
    with transaction.atomic(savepoint=False):
        login(request, user, backend=BACKEND)
        if ends is not None:
            left = int(ends - timezone.now().timestamp())
            request.session.set_expiry(max(1, min(left, settings.SESSION_COOKIE_AGE)))
        request.session.save()  # now, and not in a commit of its own when the answer is ready
    device = device_of(request)
    remembered = (device if device.id else Device(new_key())).after(user.key)
    response.set_cookie(
        DEVICE_COOKIE,
        signing.dumps([remembered.id, list(remembered.users)], salt=DEVICE_SALT),
        max_age=DEVICE_SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def device_of(request: HttpRequest) -> Device:
    """What the browser's cookie, signed by us, says of it; an empty device when it has none or a forged one."""
    try:
        device_id, users = signing.loads(
            request.COOKIES.get(DEVICE_COOKIE, ""), salt=DEVICE_SALT, max_age=DEVICE_SECONDS
        )
    except (signing.BadSignature, ValueError):
        return Device()
    return Device(str(device_id), tuple(users))


def address_of(request: HttpRequest) -> str:
    """The address that failed tries are counted by, beside name and device; never an identity."""
    proxies: Any = settings.PROXIES
    return caller(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""), proxies=proxies)


def _next(request: HttpRequest, default: str | None = None) -> str:
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return _safe(request, asked, default)


def _safe(request: HttpRequest, where: str, default: str | None = None) -> str:
    """The address to go on to if it is one of ours, else home."""
    ours = url_has_allowed_host_and_scheme(where, {request.get_host()}, require_https=request.is_secure())
    if ours and "/" in where:  # a bare word would be taken for the name of a view
        return where
    return reverse("web:home") if default is None else default
