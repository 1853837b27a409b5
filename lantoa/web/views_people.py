"""Two records of one person: found, compared, merged, and separated again."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdatetime, vnumber
from lantoa.common.vietnamese import fold, partial_date
from lantoa.common.words import say
from lantoa.directory import queries
from lantoa.directory.access import grants_of, in_care, needs, saw, shows_people, today
from lantoa.directory.actions.merging import unmerge_people
from lantoa.directory.models import Gender, Merge, Person
from lantoa.training.models import Enrolment
from lantoa.training.queries.merging import enrolled_twice
from lantoa.web import actions as act
from lantoa.web.forms import MergeForm, NameForm

MERGING = "directory.merge_people"
FOUND = 20
GENDERS = {Gender.FEMALE: gettext_lazy("Female"), Gender.MALE: gettext_lazy("Male"), Gender.UNKNOWN: ""}


@needs(MERGING)
@shows_people(N_("two records of people, compared"))
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, key: str) -> HttpResponse:
    """The record that stays, and another one that may be the same person: chosen, compared, merged."""
    this = _in_care(request, key)
    asked = request.POST.get("other") or request.GET.get("other") or ""
    if not asked:
        return _choose(request, this)
    other = _in_care(request, asked.replace("\0", ""))
    if other.pk == this.pk:
        raise Http404
    saw(request, this, 1)
    saw(request, other, 1)
    twice = enrolled_twice(this, other)
    form = MergeForm(
        request.POST or None,
        accounts=[this.user.username, other.user.username] if this.user and other.user else [],
        places=[(one.training_class.code, _places(one, two)) for one, two in twice],
    )
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            act.merge(
                by=request.user,  # type: ignore[arg-type]
                survivor=this,
                merged=other,
                at=timezone.now(),
                on=today(),
                reason=form.cleaned_data["reason"],
                account=form.cleaned_data.get("account", ""),
                places=form.places(),
            )
        except Refused as refused:
            form.add_error(None, say(refused))
        else:
            messages.success(
                request,
                _("%(merged)s is now one with %(survivor)s. This can be taken back below.")
                % {"merged": other.full_name, "survivor": this.full_name},
            )
            return redirect("directory:person", this.key)
    done = None
    try:
        done = act.try_merge(
            by=request.user,  # type: ignore[arg-type]
            survivor=this,
            merged=other,
            at=timezone.now(),
            on=today(),
            places=[one.key for one, _two in twice],
        )
    except Refused as refused:
        refusal = say(refused)
    return render(
        request,
        "web/merge.html",
        {
            "person": this,
            "other": other,
            "facts": _facts(this, other),
            "form": form,
            "done": done,
            "refusal": refusal,
            "consequences": _consequences(done) if done else [],
            "swap_url": f"{reverse('web:merge', args=[other.key])}?other={this.key}",
            "back": reverse("directory:person", args=[this.key]),
            "duplicates_url": reverse("directory:duplicates"),
        },
        status=409 if form.errors else 200,
    )


def _in_care(request: HttpRequest, key: str) -> Person:
    """The person who stands under this key, if the reader may merge them; else 404."""
    person = get_object_or_404(Person.objects.select_related("user"), key=key)
    care = in_care(request.user, MERGING, on=today())  # type: ignore[arg-type]
    if not queries.is_in_care(queries.deciding_units(person, on=today()), care):
        raise Http404
    return person


def _choose(request: HttpRequest, this: Person) -> HttpResponse:
    """Somebody in the reader's care by name; without one asked for, those called alike."""
    form = NameForm(request.GET if "q" in request.GET else None, initial={"q": this.full_name})
    text = (form.cleaned_data["q"] if form.is_bound and form.is_valid() else "") or this.full_name
    on = today()
    care = in_care(request.user, MERGING, on=on)  # type: ignore[arg-type]
    everywhere = grants_of(request.user, MERGING, on=on).everywhere  # type: ignore[arg-type]
    mine = queries.in_care_of(care, everywhere=everywhere, on=on)
    found = list(mine.filter(folded__contains=fold(text)).exclude(pk=this.pk).order_by("sort_key", "id")[:FOUND])
    saw(request, this, 1 + len(found))
    posts = list(queries.posts_of_people([one.pk for one in found]))
    units = queries.names([post.unit_id for post in posts], on=on)
    where: dict[int, str] = {}
    for post in posts:
        unit = units[post.unit_id].full_name if post.unit_id in units else ""
        where.setdefault(post.person_id, ", ".join(filter(None, [post.title, unit])))
    return render(
        request,
        "web/merge_choose.html",
        {
            "person": this,
            "form": form,
            "rows": [
                {
                    "person": one,
                    "born": _born(one),
                    "where": where.get(one.pk, ""),
                    "url": f"{reverse('web:merge', args=[this.key])}?other={one.key}",
                }
                for one in found
            ],
            "back": reverse("directory:person", args=[this.key]),
        },
    )


def _facts(one: Person, other: Person) -> list[dict[str, Any]]:
    """What is on record of both, side by side."""
    posts = list(queries.posts_of_people([one.pk, other.pk]))
    units = queries.names([post.unit_id for post in posts], on=today())
    where: dict[int, list[str]] = {one.pk: [], other.pk: []}
    for post in posts:
        unit = units[post.unit_id].full_name if post.unit_id in units else ""
        where[post.person_id].append(", ".join(filter(None, [post.title, unit])))
    said = [
        (_("Full name"), [one.full_name, other.full_name]),
        (_("Date of birth"), [_born(one), _born(other)]),
        (_("Gender"), [str(GENDERS[Gender(row.gender)]) for row in (one, other)]),
        (_("Telephone"), [one.phone, other.phone]),
        (_("Email"), [one.email, other.email]),
        (_("Citizen's number"), [f"… {row.id_last3}" if row.id_last3 else "" for row in (one, other)]),
        (_("Account"), [row.user.username if row.user else "" for row in (one, other)]),
        (_("Posts"), ["; ".join(where[row.pk]) for row in (one, other)]),
    ]
    return [{"key": key, "values": values, "same": values[0] == values[1]} for key, values in said if any(values)]


def _born(person: Person) -> str:
    if person.birth_year is None:
        return ""
    return partial_date(person.birth_year, person.birth_month, person.birth_day)


def _places(one: Enrolment, other: Enrolment) -> list[tuple[str, str]]:
    """The two places of one class, as choices."""
    words = [
        _("the place of the record that stays (since %(when)s)"),
        _("the place of the other record (since %(when)s)"),
    ]
    return [
        (row.key, text % {"when": vdatetime(row.enrolled_at)}) for row, text in zip((one, other), words, strict=True)
    ]


def _consequences(done: act.Merged) -> list[str]:
    said = [
        _("Passing over to the record that stays: %(what)s (%(count)s).")
        % {"count": vnumber(count), "what": _(words)}
        for words, count in done.moved.items()
        if count
    ]
    said += [
        _("Left with the merged record, since both have one: %(what)s (%(count)s).")
        % {"count": vnumber(count), "what": _(words)}
        for words, count in done.aside.items()
    ]
    return said or [_("Nothing but the name is on record under the other one.")]


def _separate_words(merged: str, survivor: str) -> str:
    """Of two records of one name "this from that" would say nothing."""
    if merged == survivor:
        return _("Separate the two records of %(name)s again?") % {"name": survivor}
    return _("Separate %(merged)s from %(survivor)s again?") % {"merged": merged, "survivor": survivor}


@needs(MERGING)
@shows_people(N_("two records of people, to be separated"))
@require_http_methods(["GET", "POST"])
def separate(request: HttpRequest, key: str) -> HttpResponse:
    """Asks, then takes a merge back: every row is again what it was."""
    found = get_object_or_404(Merge.objects.select_related("survivor", "merged"), key=key)
    person = _in_care(request, found.survivor.key)
    back = reverse("directory:person", args=[person.key])
    refusal = ""
    if request.method == "POST":
        try:
            unmerge_people(by=request.user, merge=found, at=timezone.now())  # type: ignore[arg-type]
        except Refused as refused:
            refusal = say(refused)
        else:
            messages.success(request, _("They are two records again."))
            return redirect(back)
    saw(request, person, 1)
    return render(
        request,
        "web/separate.html",
        {
            "person": person,
            "refusal": refusal,
            "title": _separate_words(found.merged.full_name, person.full_name),
            "consequences": [
                _("Every row that the merge of %(when)s has changed is again what it was before.")
                % {"when": vdatetime(found.made_at)},
                _("What came to be since then stays with %(survivor)s.") % {"survivor": person.full_name},
            ],
            "back": back,
        },
        status=409 if refusal else 200,
    )
