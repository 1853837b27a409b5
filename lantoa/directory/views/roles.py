"""Who may do what: the table of permissions, and the roles given on a unit."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lantoa.accounts.models import User
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory import actions, queries
from lantoa.directory.access import check, needs, today
from lantoa.directory.forms import ROLE_NAMES, GrantForm
from lantoa.directory.models import Role, RoleGrant
from lantoa.directory.permissions import PERMISSIONS, ROLES, SIGNED_IN
from lantoa.directory.views.people import reader
from lantoa.directory.views.places import address, load_unit, trail


@needs(SIGNED_IN)
@require_GET
def permissions(request: HttpRequest) -> HttpResponse:
    """The one table of permissions, a sentence each, and the roles that hold them."""
    rows = [
        {"sentence": _(sentence), "held": [permission in ROLES[role] for role in ROLES]}
        for permission, sentence in PERMISSIONS.items()
    ]
    return render(
        request,
        "directory/permissions.html",
        {"roles": [ROLE_NAMES[Role(role)] for role in ROLES], "rows": rows},
    )


@needs("directory.grant_roles")
@require_http_methods(["GET", "POST"])
def roles(request: HttpRequest, key: str) -> HttpResponse:
    """The roles given on this unit; give another."""
    this = load_unit(key)
    check(request, this)
    on = today()
    form = GrantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = User.objects.filter(username=form.cleaned_data["username"].lower()).first()
        if user is None:
            form.add_error("username", _("There is no account with this username"))
        else:
            try:
                actions.grant_role(by=reader(request), user=user, role=form.cleaned_data["role"], unit=this, on=on)
            except Refused as refused:
                form.add_error(None, say(refused))
            else:
                messages.success(request, _("The role was given."))
                return redirect(address("roles", key, on=on))
    return render(
        request,
        "directory/roles.html",
        {
            "unit": this,
            "on": on,
            "form": form,
            "name": queries.standing(this, on=on).name,
            "new_account_url": address("new_account", key, on=on),
            "grants": [
                {
                    "who": grant.user.full_name,
                    "username": grant.user.username,
                    "role": ROLE_NAMES[Role(grant.role)],
                    "since": grant.since,
                    "url": address("take_role_back", grant.key, on=on),
                    "account_url": address("account", grant.user.key, on=on),
                    "active": grant.user.is_active,
                    "password_url": address("reset_password", grant.key, on=on)
                    if grant.user_id != reader(request).pk and grant.user.is_active
                    else "",
                }
                for grant in queries.grants_on(this, on=on)
            ],
            "breadcrumbs": trail(this, on=on, last=True),
        },
    )


@needs("directory.grant_roles")
@require_http_methods(["GET", "POST"])
def take_role_back(request: HttpRequest, key: str) -> HttpResponse:
    """Asks, then takes a role back."""
    grant = get_object_or_404(RoleGrant.objects.select_related("user", "unit"), key=key, until=None)
    check(request, grant.unit)
    on = today()
    back = address("roles", grant.unit.key, on=on)
    refusal = ""
    if request.method == "POST":
        try:
            actions.take_role_back(by=reader(request), grant=grant, on=on)
        except Refused as refused:
            refusal = say(refused)
        else:
            messages.success(request, _("The role was taken back."))
            return redirect(back)
    return render(
        request,
        "directory/take_role_back.html",
        {
            "on": on,
            "unit": grant.unit,
            "refusal": refusal,
            "title": _("Take the role of %(role)s from %(who)s?")
            % {"role": ROLE_NAMES[Role(grant.role)], "who": grant.user.full_name},
            "consequences": [
                _("From now on %(who)s may no longer do what this role allows in %(unit)s and everything under it.")
                % {"who": grant.user.full_name, "unit": queries.standing(grant.unit, on=on).name}
            ],
            "undo": _("The role can be given again at any time."),
            "breadcrumbs": trail(grant.unit, on=on, last=True),
            "cancel_url": back,
        },
        status=409 if refusal else 200,
    )
