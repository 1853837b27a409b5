"""The posts of a person: one more, or one that ends."""

from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory import actions, queries
from lantoa.directory.access import check, day_of, may, needs, saw, shows_people, today
from lantoa.directory.forms import EndPostForm, PostForm
from lantoa.directory.models import Post, Unit
from lantoa.directory.views.people import load_person, reader
from lantoa.directory.views.places import address


@needs("directory.edit_people")
@shows_people(N_("a person, to enter a post"))
@require_http_methods(["GET", "POST"])
def set_post(request: HttpRequest, key: str) -> HttpResponse:
    """A post for a person, in a unit of the reader's."""
    this = load_person(request, key, "directory.edit_people")
    on = day_of(request)
    form = PostForm(request.POST or None, initial={"since": on.isoformat()})
    candidates: list[str] = []
    if request.method == "POST" and form.is_valid():
        since = form.cleaned_data["since"]
        found = queries.unit_finder().resolve(form.cleaned_data["unit"], on=since)
        unit = Unit.objects.filter(pk=found.unit).first() if found.unit else None
        if unit is None or not may(request.user, "directory.edit_people", unit, on=today()):
            named = queries.names(found.candidates, on=since)
            candidates = [_candidate(named[one].unit, since) for one in found.candidates if one in named]
            form.add_error("unit", _("No single unit of yours of that day is called so"))
        else:
            try:
                actions.set_post(
                    by=reader(request), person=this, unit=unit, title=form.cleaned_data["title"], since=since
                )
            except Refused as refused:
                form.add_error(None, say(refused))
            else:
                messages.success(request, _("The post was entered."))
                return redirect(address("person", key, on=on))
    saw(request, this, 1)
    return render(
        request,
        "directory/set_post.html",
        {
            "person": this,
            "on": on,
            "form": form,
            "candidates": candidates,
            "cancel_url": address("person", key, on=on),
        },
    )


def _candidate(unit: Unit, on: date) -> str:
    """ "Phường Phước Long A, Quận 9, Thành phố Hồ Chí Minh"."""
    steps = queries.path(unit, on=on)
    names = [step.full_name for step in steps[1:]] if steps else [queries.standing(unit, on=on).name]
    return ", ".join(reversed(names))


@needs("directory.edit_people")
@shows_people(N_("a person, to end a post"))
@require_http_methods(["GET", "POST"])
def end_post(request: HttpRequest, key: str) -> HttpResponse:
    """A post ends."""
    post = get_object_or_404(Post.objects.select_related("person", "unit"), key=key)
    this = load_person(request, post.person.key, "directory.edit_people")
    check(request, post.unit)  # another unit's post is for that unit to end
    on = day_of(request)
    form = EndPostForm(request.POST or None, initial={"on": on.isoformat()})
    back = address("person", this.key, on=on)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_post(by=reader(request), post=post, on=form.cleaned_data["on"])
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            messages.success(request, _("The post was ended."))
            return redirect(back)
    name = queries.names([post.unit_id], on=on)
    saw(request, this, 1)
    return render(
        request,
        "directory/end_post.html",
        {
            "person": this,
            "on": on,
            "form": form,
            "post": post,
            "unit_name": name[post.unit_id].full_name if post.unit_id in name else "",
            "cancel_url": back,
        },
    )
