"""Sign-in by OpenID Connect: the authorization code flow with PKCE, state and nonce; any provider, by settings.

What the provider says is who somebody is, never what they may do. The subject opens the account that it was bound to
once: by an administrator, or by its owner, whose address the provider has verified and who confirms the binding.
"""

import logging
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.accounts import queries
from lantoa.accounts.actions.openid import bind_identity, sign_in_by_identity
from lantoa.accounts.models import User
from lantoa.accounts.views import _enter, _next, _safe, public
from lantoa.common.refused import N_, Refused
from lantoa.common.words import say

logger = logging.getLogger("lantoa")
WAITING = "openid_waiting"
WAITING_SECONDS = 10 * 60
NEXT = "openid_next"
TIMEOUT = 10  # seconds: a provider that does not answer keeps a thread no longer

NOT_VERIFIED = N_("Cannot sign in with %(provider)s: its answer could not be verified. Try again.")
GAVE_UP = N_("Cannot sign in with %(provider)s: it was cancelled there, or it refused.")
NOT_BOUND = N_(
    "Cannot sign in with %(provider)s: no account here is bound to this identity. Sign in with your password, or ask"
    " your administrator to bind it."
)


def _client() -> Any:
    """The provider's client; a discovery document and its keys are read anew with each sign-in."""
    from authlib.integrations.django_client import OAuth

    own = _settings()
    return OAuth().register(
        "provider",
        client_id=own["client_id"],
        client_secret=own["client_secret"],
        server_metadata_url=f"{own['issuer'].rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "code_challenge_method": "S256", "default_timeout": TIMEOUT},
    )


def _settings() -> dict[str, str]:
    """The provider's settings; without them these addresses lead nowhere."""
    if not settings.OPENID:
        raise Http404
    own: dict[str, str] = settings.OPENID
    return own


@public
@never_cache
@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """To the provider. State, nonce and the PKCE verifier wait in the session."""
    own = _settings()
    request.session[NEXT] = _next(request, "")
    try:
        answer: HttpResponse = _client().authorize_redirect(
            request, settings.ADDRESS.rstrip("/") + reverse("accounts:openid_back")
        )
    except Exception as error:  # the provider's discovery document: not reached, not JSON, not complete
        return _refused(request, NOT_VERIFIED, own, error)
    return answer


@public
@never_cache
@require_safe
def back(request: HttpRequest) -> HttpResponse:
    """From the provider, with a code or a refusal."""
    own = _settings()
    try:
        claims = _claims(request, own)
    except Exception as error:  # whatever is wrong with the answer, nobody is let in
        words = GAVE_UP if "error" in request.GET else NOT_VERIFIED
        return _refused(request, words, own, error)
    try:
        user = sign_in_by_identity(issuer=own["issuer"], subject=claims["sub"])
    except Refused as refused:
        return _said(request, refused)
    where = _safe(request, request.session.pop(NEXT, ""))
    if user is not None:
        return _enter(request, user, redirect(where))
    found = queries.account_with_email(claims["email"]) if claims["email"] else None
    if found is None or found.identities.filter(issuer=own["issuer"]).exists():
        return _refused(request, NOT_BOUND, own)
    request.session.cycle_key()
    request.session[WAITING] = {
        "user": found.key,
        "subject": claims["sub"],
        "issuer": own["issuer"],
        "until": int(timezone.now().timestamp()) + WAITING_SECONDS,
        "next": where,
    }
    return redirect("accounts:openid_bind")


def _claims(request: HttpRequest, own: dict[str, str]) -> dict[str, str]:
    """The verified subject, and the address if the provider says that it verified it. Raises whatever is wrong."""
    client = _client()
    if client.load_server_metadata().get("issuer") != own["issuer"]:
        raise ValueError("the discovery document names another issuer")
    token = client.authorize_access_token(
        request,
        claims_options={
            "iss": {"essential": True, "values": [own["issuer"]]},
            "aud": {"essential": True, "values": [own["client_id"]]},
            "sub": {"essential": True},
            "exp": {"essential": True},
        },
    )
    claims = token["userinfo"]
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\0" in subject:
        raise ValueError("no subject")
    email = claims.get("email") if claims.get("email_verified") is True else ""
    return {"sub": subject, "email": email if isinstance(email, str) and "\0" not in email else ""}


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def bind(request: HttpRequest) -> HttpResponse:
    """The one confirmation: this identity shall open this account. It is asked once and recorded."""
    own = _settings()
    waiting = request.session.get(WAITING)
    if not waiting or waiting["until"] < timezone.now().timestamp():
        return redirect("accounts:sign_in")
    user = User.objects.filter(key=waiting["user"], is_active=True).first()
    if user is None:
        return redirect("accounts:sign_in")
    if request.method == "POST":
        del request.session[WAITING]
        try:
            bind_identity(by=user, user=user, issuer=waiting["issuer"], subject=waiting["subject"], at=timezone.now())
            sign_in_by_identity(issuer=waiting["issuer"], subject=waiting["subject"])
        except Refused as refused:
            return _said(request, refused)
        return _enter(request, user, redirect(waiting["next"]))
    return render(request, "accounts/openid_bind.html", {"account": user, "provider": own["name"]})


def _refused(request: HttpRequest, words: str, own: dict[str, str], error: Exception | None = None) -> HttpResponse:
    """Nobody is in. What was wrong with the answer stands in the log by its kind only: it may hold a token."""
    if error is not None:
        logger.warning("openid sign-in refused: %s", type(error).__name__)
    return _said(request, Refused(words, provider=own["name"]))


def _said(request: HttpRequest, refused: Refused) -> HttpResponse:
    title = _("Not signed in")
    return render(request, "accounts/openid_refused.html", {"title": title, "reason": say(refused)}, status=403)
