"""Accounts made on a unit, and new first passwords for those who forgot theirs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.accounts.queries import user_named
from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory import actions, queries
from lantoa.directory.access import check, needs, saw, shows_people, today
from lantoa.directory.forms import NewAccountForm
from lantoa.directory.models import RoleGrant, Unit
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
