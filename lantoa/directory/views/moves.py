"""People on the move: transfers asked and decided, and leaving office."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdate
from lantoa.common.vietnamese import partial_date
from lantoa.common.words import say
from lantoa.directory import actions, queries
from lantoa.directory.access import in_care, may, needs, saw, shows_people, today
from lantoa.directory.forms import LeaveForm, TransferForm
from lantoa.directory.models import Person, Transfer, Unit
from lantoa.directory.views.people import load_person, reader
from lantoa.directory.views.places import address

EDIT = "directory.edit_people"
PAGE = 50


@needs(EDIT)
@shows_people(N_("transfers of people"))
@require_GET
def transfers(request: HttpRequest) -> HttpResponse:
    """Who is to come into the reader's units or to leave them; those to be decided first."""
    on = today()
    care = in_care(reader(request), EDIT, on=on)
    mine = Q(target__in=care.values("pk")) | Q(origin__in=care.values("pk"))
    found = Transfer.objects.filter(mine).select_related("person", "origin", "target")
    page = Paginator(found.order_by("-accepted", "-asked_at", "-id"), PAGE).get_page(request.GET.get("page"))
    saw(request, "directory.person", len(page), part=page.number)
    names = queries.names([pk for row in page for pk in (row.origin_id, row.target_id)], on=on)
    return render(
        request,
        "directory/transfers.html",
        {
            "on": on,
            "page": page,
            "rows": [
                {
                    "transfer": row,
                    "origin": names[row.origin_id].full_name if row.origin_id in names else "",
                    "target": names[row.target_id].full_name if row.target_id in names else "",
                    "url": reverse("directory:transfer", args=[row.key]),
                }
                for row in page
            ],
        },
    )


@needs(EDIT)
@shows_people(N_("a person, to be transferred"))
@require_http_methods(["GET", "POST"])
def ask_transfer(request: HttpRequest, key: str) -> HttpResponse:
    """Asks another unit to take a person on. Whoever looks after both units has it done at once."""
    this = load_person(request, key, EDIT)
    on = today()
    posts = list(this.posts.filter(period__endswith=None).select_related("unit").order_by("-period"))
    names = queries.names([post.unit_id for post in posts], on=on)
    form = TransferForm(
        request.POST or None,
        initial={"on": on.isoformat()},
        posts=[(post.key, _post_words(post.title, names, post.unit_id)) for post in posts],
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        found = queries.unit_finder().resolve(data["unit"], on=data["on"])
        target = Unit.objects.filter(pk=found.unit).first() if found.unit else None
        post = next(post for post in posts if post.key == data["post"])
        if not may(request.user, EDIT, post.unit, on=on):
            raise Http404
        if target is None:
            form.add_error("unit", _("No single unit of that day is called so; name the one above it too"))
        else:
            try:
                asked = actions.ask_transfer(
                    by=reader(request),
                    post=post,
                    target=target,
                    title=data["title"],
                    on=data["on"],
                    at=timezone.now(),
                )
                if may(request.user, EDIT, target, on=on):
                    actions.accept_transfer(by=reader(request), transfer=asked, at=timezone.now())
                    messages.success(request, _("The transfer was entered."))
                else:
                    messages.success(request, _("The receiving unit was asked; nothing changes before it accepts."))
            except Refused as refused:
                form.add_error(None, say(refused))
            else:
                return redirect(address("person", key, on=on))
    saw(request, this, 1)
    return render(
        request,
        "directory/ask_transfer.html",
        {"person": this, "on": on, "form": form, "posts": posts, "cancel_url": address("person", key, on=on)},
    )


def _post_words(title: str, names: Any, unit: int) -> str:
    return ", ".join(filter(None, [title, names[unit].full_name if unit in names else ""]))


@needs(EDIT)
@shows_people(N_("the transfer of a person"))
@require_http_methods(["GET", "POST"])
def transfer(request: HttpRequest, key: str) -> HttpResponse:
    """One transfer: the receiving unit accepts or declines, the other may take it back."""
    found = get_object_or_404(Transfer.objects.select_related("person", "origin", "target", "post"), key=key)
    on = today()
    receives, sends = (may(request.user, EDIT, unit, on=on) for unit in (found.target, found.origin))
    if not (receives or sends):
        raise Http404
    refusal = ""
    if request.method == "POST":
        act = request.POST.get("act", "")
        try:
            if act == "accept" and receives:
                actions.accept_transfer(by=reader(request), transfer=found, at=timezone.now())
                messages.success(request, _("The transfer was accepted."))
            elif act == "decline":
                reason = request.POST.get("reason", "")
                actions.decline_transfer(by=reader(request), transfer=found, reason=reason, at=timezone.now())
                messages.success(request, _("The transfer will not come about."))
            else:
                raise Http404
        except Refused as refused:
            refusal = say(refused)
        else:
            return redirect("directory:transfers")
    saw(request, found.person, 1)
    names = queries.names([found.origin_id, found.target_id], on=on)
    return render(
        request,
        "directory/transfer.html",
        {
            "transfer": found,
            "refusal": refusal,
            "receives": receives,
            "open": found.accepted is None,
            "facts": [fact for fact in _facts(found, names) if fact["value"]],
            "roles": _roles(found.person),
        },
        status=409 if refusal else 200,
    )


def _facts(found: Transfer, names: Any) -> list[dict[str, str]]:
    who = found.person
    born = partial_date(who.birth_year, who.birth_month, who.birth_day) if who.birth_year else ""
    origin, target = (names[pk].full_name if pk in names else "" for pk in (found.origin_id, found.target_id))
    return [
        {"key": _("Date of birth"), "value": born},
        {
            "key": pgettext("a transfer", "From"),
            "value": ", ".join(filter(None, [found.post.title if found.post else "", origin])),
        },
        {"key": pgettext("a transfer", "To"), "value": ", ".join(filter(None, [found.title, target]))},
        {"key": _("First day in the new unit"), "value": vdate(found.on)},
        {"key": _("Why it was declined"), "value": found.reason},
    ]


def _roles(person: Person) -> bool:
    """Whether they hold roles: those stay where they were given until somebody takes them back."""
    return bool(person.user and person.user.grants.filter(until=None).exclude(role="learner").exists())


def _refuse_elsewhere(request: HttpRequest, person: Person) -> None:
    """Leaving office ends every post: refused to whoever does not look after the units of all of them."""
    care = in_care(reader(request), EDIT, on=today())
    posts = person.posts.filter(period__endswith=None).exclude(unit__in=care.values("pk"))
    if post := posts.order_by("pk").first():
        named = queries.names([post.unit_id], on=today())
        raise Refused(
            N_(
                "Cannot enter that %(person)s leaves office: they hold a post in %(unit)s as well, which is not in"
                " your care. End the post in your own unit instead."
            ),
            person=person.full_name,
            unit=named[post.unit_id].full_name if post.unit_id in named else post.unit.key,
        )


@needs(EDIT)
@shows_people(N_("a person, to leave office"))
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, key: str) -> HttpResponse:
    """Asks, then enters that a person leaves office."""
    this = load_person(request, key, EDIT)
    on = today()
    form = LeaveForm(request.POST or None, initial={"on": on.isoformat()})
    back = address("person", key, on=on)
    if request.method == "POST" and form.is_valid():
        try:
            _refuse_elsewhere(request, this)
            actions.leave_office(by=reader(request), person=this, on=form.cleaned_data["on"], at=timezone.now())
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            messages.success(request, _("%(name)s has left office.") % {"name": this.full_name})
            return redirect(back)
    saw(request, this, 1)
    return render(
        request,
        "directory/leave.html",
        {
            "person": this,
            "on": on,
            "form": form,
            "title": _("Has %(name)s left office?") % {"name": this.full_name},
            "consequences": [
                _("Every post of theirs ends on that day, and every role."),
                _("Their personal links and cards stop working, their account is closed."),
                _("Classes, marks and certificates stay as they are."),
            ],
            "back": back,
        },
    )
