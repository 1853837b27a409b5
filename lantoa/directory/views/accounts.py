"""Accounts made on a unit, and new first passwords for those who forgot theirs."""

from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.accounts.models import User
from lantoa.accounts.queries import has_codes, user_named
from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory import actions, queries
from lantoa.directory.access import check, in_care, needs, saw, shows_people, today
from lantoa.directory.forms import NewAccountForm, RenameForm, SubjectForm
from lantoa.directory.models import Person, RoleGrant, Unit
from lantoa.directory.views.people import load_person, reader
from lantoa.directory.views.places import address, load_unit, trail


@needs("directory.grant_roles")
@shows_people(N_("a person, to make an account"))
@require_http_methods(["GET", "POST"])
def new_account(request: HttpRequest, key: str) -> HttpResponse:
    """An account with a role on this unit; its first password is shown once, in the answer. `?person=` says whose."""
    this = load_unit(key)
    check(request, this)
    on = today()
    person = None
    if person_key := request.GET.get("person", ""):
        person = load_person(request, person_key, "directory.grant_roles")
    known = {"full_name": person.full_name, "email": person.email} if person else {}
    form = NewAccountForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.create_staff_account(
                by=reader(request), unit=this, on=on, person=person, **form.cleaned_data
            )
        except Refused as refused:
            taken = user_named(form.cleaned_data["username"])
            form.add_error("username" if taken else None, say(refused))
        else:
            saw(request, person or this, 1 if person else 0)
            return _shown_once(request, made, this, title=_("The account was made"))
    saw(request, person or this, 1 if person else 0)
    return render(
        request,
        "directory/new_account.html",
        {
            "unit": this,
            "on": on,
            "form": form,
            "person": person,
            "name": queries.standing(this, on=on).name,
            "breadcrumbs": trail(this, on=on, last=True),
            "cancel_url": address("roles", key, on=on),
        },
    )


@needs("directory.grant_roles")
@require_http_methods(["GET", "POST"])
def reset_password(request: HttpRequest, key: str) -> HttpResponse:
    """Asks, then makes a new first password for the account that has this role; shown once, in the answer."""
    grant = get_object_or_404(RoleGrant.objects.select_related("user", "unit"), key=key, until=None)
    check(request, grant.unit)
    on = today()
    try:
        if request.method == "POST":
            made = actions.make_first_password(by=reader(request), user=grant.user, on=on)
            return _shown_once(request, made, grant.unit, title=_("The new first password was made"))
        actions.refuse_first_password(giver=reader(request), user=grant.user, on=on)
        refusal = ""
    except Refused as refused:
        refusal = say(refused)
    return render(
        request,
        "directory/reset_password.html",
        {
            "on": on,
            "unit": grant.unit,
            "refusal": refusal,
            "title": _("Make a new first password for %(who)s?") % {"who": grant.user.full_name},
            "consequences": [
                _("The password of the account “%(username)s” stops working at once.")
                % {"username": grant.user.username},
                _("Wherever %(who)s is signed in, they are signed out.") % {"who": grant.user.full_name},
                _("The new one is shown to you once, to be handed over."),
            ],
            "breadcrumbs": trail(grant.unit, on=on, last=True),
            "back": address("roles", grant.unit.key, on=on),
        },
        status=409 if refusal and request.method == "POST" else 200,
    )


@needs("directory.grant_roles")
@shows_people(N_("an account"))
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, key: str) -> HttpResponse:
    """An account: its name, whether it is open, its one-time codes, who it is for the provider."""
    this = _account_in_care(request, key)
    on, by = today(), reader(request)
    act = request.POST.get("act", "")
    rename = RenameForm(request.POST if act == "rename" else None, initial={"username": this.username})
    subject = SubjectForm(request.POST if act == "bind" else None)
    provider = settings.OPENID
    refusal = ""
    if request.method == "POST":
        try:
            if act == "rename" and rename.is_valid():
                actions.rename_account(by=by, user=this, username=rename.cleaned_data["username"], on=on)
            elif act == "bind" and provider and subject.is_valid():
                actions.bind_account(
                    by=by,
                    user=this,
                    issuer=provider["issuer"],
                    subject=subject.cleaned_data["subject"],
                    at=timezone.now(),
                    on=on,
                )
            elif act == "unbind":
                identity = get_object_or_404(this.identities, key=request.POST.get("identity", "").replace("\0", ""))
                actions.unbind_account(by=by, identity=identity, on=on)
            elif act in ACTS:
                ACTS[act](by=by, user=this, on=on)
            else:
                act = ""
        except Refused as refused:
            refusal, act = say(refused), ""
        if act:
            messages.success(request, _("Done."))
            return redirect("directory:account", this.key)
    person = Person.objects.filter(user=this).first()
    saw(request, person or this, 1)
    return render(
        request,
        "directory/account.html",
        {
            "account": this,
            "own": this.pk == by.pk,
            "has_codes": has_codes(this),
            "rename": rename,
            "subject": subject,
            "provider": provider["name"] if provider else "",
            "identities": list(this.identities.order_by("bound_at")),
            "refusal": refusal,
            "person_url": address("person", person.key, on=on) if person else "",
        },
        status=409 if refusal else 200,
    )


ACTS: dict[str, Callable[..., None]] = {
    "close": actions.close_account,
    "open": actions.open_account,
    "reset_codes": actions.reset_account_codes,
}


def _account_in_care(request: HttpRequest, key: str) -> User:
    """An account of a person, or with a role, in a unit where the reader gives roles; else 404."""
    this = get_object_or_404(User, key=key)
    care = in_care(reader(request), "directory.grant_roles", on=today())
    person = Person.objects.filter(user=this).first()
    if this.grants.filter(unit__in=care.values("pk")).exists():
        return this
    if person is None or not queries.is_in_care(queries.deciding_units(person, on=today()), care):
        raise Http404
    return this


def _shown_once(request: HttpRequest, made: actions.FirstPassword, unit: Unit, *, title: str) -> HttpResponse:
    """The only page that ever says the password: no browser keeps it, and asking again makes no second one of it."""
    on = today()
    response = render(
        request,
        "directory/first_password.html",
        {
            "title": title,
            "unit": unit,
            "on": on,
            "account": made.user,
            "password": made.password,
            "name": queries.standing(unit, on=on).name,
            "breadcrumbs": trail(unit, on=on, last=True),
            "back": address("roles", unit.key, on=on),
        },
    )
    response["Cache-Control"] = "no-store"
    return response
