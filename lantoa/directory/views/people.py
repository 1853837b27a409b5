"""People of a unit, a person's page, and the forms that add and correct."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET, require_http_methods

from lantoa.accounts.models import User
from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdate, vnumber
from lantoa.common.vietnamese import partial_date
from lantoa.common.words import say
from lantoa.directory import actions, queries
from lantoa.directory.access import (
    audit_links,
    check,
    day_of,
    in_care,
    needs,
    permissions_on,
    saw,
    shows_people,
    today,
)
from lantoa.directory.forms import (
    CorrectionForm,
    NewPersonForm,
    PeopleFilter,
    person_values,
)
from lantoa.directory.models import Gender, Person, Unit
from lantoa.directory.rules.people import Sought
from lantoa.directory.views.places import absence, address, load_unit, trail
from lantoa.directory.views.said import GENDERS, account_words, said_before
from lantoa.directory.views.tables import workbook
from lantoa.ledger.models import thing_key

PAGE = 50


def reader(request: HttpRequest) -> User:
    """The signed-in user; the middleware lets nobody else in."""
    assert isinstance(request.user, User)
    return request.user


@needs("directory.view_people")
@shows_people(N_("the people of a unit"))
@require_GET
def people(request: HttpRequest, key: str) -> HttpResponse:
    """The people of a unit and everything under it on a day."""
    this = load_unit(key)
    check(request, this)
    on = day_of(request)
    form = PeopleFilter(request.GET)
    text = form.cleaned_data["q"] if form.is_valid() else ""
    units = queries.itself_and_under(this, on=on)
    paginator = Paginator(queries.people_of(units, on=on, text=text), PAGE)
    paginator.count = queries.count_people_of(units, on=on, text=text)
    page = paginator.get_page(request.GET.get("page"))
    standing = queries.standing(this, on=on)
    count = page.paginator.count
    rows = _rows(list(page), on)
    saw(request, this, len(rows), part=page.number)
    query = {"q": text} if text else {}
    allowed = permissions_on(request.user, this, on=today())
    return render(
        request,
        "directory/people.html",
        {
            "unit": this,
            "on": on,
            "standing": standing,
            "absence": None if standing.placement else absence(standing),
            "form": form,
            "filtered": bool(query),
            "page": page,
            "rows": rows,
            "said": ngettext("%(count)s person", "%(count)s people", count) % {"count": vnumber(count)},
            "export_url": address("people_export", key, on=on, **query),
            "training_url": reverse("training:unit", args=[key]) + (f"?on={on.isoformat()}" if on != today() else ""),
            "add_url": address("add_person", key, on=on) if "directory.edit_people" in allowed else "",
            "cards_url": reverse("web:unit_cards", args=[key]) if "directory.issue_links" in allowed else "",
            "breadcrumbs": trail(this, on=on, last=True),
        },
    )


@needs("directory.view_people")
@shows_people(N_("the people of a unit, as a file"))
@require_GET
def people_export(request: HttpRequest, key: str) -> HttpResponse:
    """The list as it is shown, as a workbook."""
    this = load_unit(key)
    check(request, this)
    on = day_of(request)
    form = PeopleFilter(request.GET)
    found = queries.people_of(this, on=on, text=form.cleaned_data["q"] if form.is_valid() else "")
    name = queries.standing(this, on=on).name
    columns = [
        _("No."),
        _("Full name"),
        _("Date of birth"),
        _("Gender"),
        pgettext("of a person", "Post"),
        _("Unit"),
        _("Telephone"),
        _("Email"),
    ]
    rows = [
        [
            str(number),
            row["name"],
            row["born"],
            row["gender"],
            "; ".join(post["title"] for post in row["posts"]),
            "; ".join(post["unit"] for post in row["posts"]),
            row["person"].phone,
            row["person"].email,
        ]
        for number, row in enumerate(_rows(list(found), on), 1)
    ]
    saw(request, this, len(rows))
    title = _("People of %(unit)s on %(day)s") % {"unit": name, "day": vdate(on)}
    return workbook(f"{title}.xlsx", title, columns, rows)


def _rows(people: list[Person], on: date) -> list[dict[str, Any]]:
    """People with the units of their posts named, in one query for all."""
    units = queries.names(
        [post.unit_id for person in people for post in person.posts_now],  # type: ignore[attr-defined]
        on=on,
    )
    return [
        {
            "person": person,
            "name": person.full_name,
            "url": address("person", person.key, on=on),
            "born": _born(person),
            "gender": str(GENDERS[Gender(person.gender)]),
            "posts": [
                {"title": post.title, "unit": units[post.unit_id].full_name if post.unit_id in units else ""}
                for post in person.posts_now  # type: ignore[attr-defined]
            ],
        }
        for person in people
    ]


def _born(person: Person) -> str:
    if person.birth_year is None:
        return ""
    return partial_date(person.birth_year, person.birth_month, person.birth_day)


def load_person(request: HttpRequest, key: str, permission: str) -> Person:
    """The person, if the reader holds the permission for them; else 404."""
    person = get_object_or_404(Person.objects.select_related("user"), key=key)
    if not holds(request, queries.deciding_units(person, on=today()), permission):
        raise Http404
    return person


def holds(request: HttpRequest, deciding: list[int], permission: str) -> bool:
    """Whether the reader holds the permission for someone with these deciding units."""
    return queries.is_in_care(deciding, in_care(reader(request), permission, on=today()))


@needs("directory.view_people")
@shows_people(N_("the page of a person"))
@require_GET
def person(request: HttpRequest, key: str) -> HttpResponse:
    """A person and their posts over time."""
    this = queries.person_of(key)
    if this is None:
        raise Http404
    deciding = queries.deciding_units(this, on=today())
    if not holds(request, deciding, "directory.view_people"):
        raise Http404
    on = day_of(request)
    if this.key != key:  # merged since: an old address leads to whom they are asked for through
        return redirect(address("person", this.key, on=on))
    may_merge = holds(request, deciding, "directory.merge_people")
    saw(request, this, 1)
    posts = list(queries.posts_of(this))
    care = in_care(reader(request), "directory.edit_people", on=today())
    may_end = set(care.filter(pk__in=[post.unit_id for post in posts]).values_list("pk", flat=True))
    may_edit = bool(may_end.intersection(deciding)) if deciding else queries.is_in_care([], care)
    may_issue = holds(request, deciding, "directory.issue_links")
    may_keep = holds(request, deciding, "office.manage_privacy")
    facts = [
        {"key": _("Date of birth"), "value": _born(this)},
        {"key": _("Gender"), "value": str(GENDERS[Gender(this.gender)])},
        {"key": _("Telephone"), "value": this.phone},
        {"key": _("Email"), "value": this.email},
        {"key": _("Citizen's number"), "value": f"… {this.id_last3}" if this.id_last3 else ""},
        {"key": _("Account"), "value": account_words(this)},
    ]
    units = queries.names([post.unit_id for post in posts], on=on)
    return render(
        request,
        "directory/person.html",
        {
            "person": this,
            "on": on,
            "facts": [fact for fact in facts if fact["value"]],
            "posts": [
                {
                    "title": post.title,
                    "unit": units[post.unit_id].full_name if post.unit_id in units else "",
                    "unit_url": address("unit", post.unit.key, on=on),
                    "since": post.period.lower,
                    "until": post.period.upper,
                    "runs": post.period.upper is None or post.period.upper > on,
                    "end_url": address("end_post", post.key, on=on)
                    if post.unit_id in may_end and post.period.upper is None
                    else "",
                }
                for post in posts
            ],
            "correct_url": address("correct_person", key, on=on) if may_edit else "",
            "post_url": address("set_post", key, on=on) if may_edit else "",
            "transfer_url": address("ask_transfer", key, on=today())
            if may_edit and any(post.period.upper is None for post in posts)
            else "",
            "leave_url": address("leave", key, on=today())
            if may_edit and (any(post.period.upper is None for post in posts) or (this.user and this.user.is_active))
            else "",
            "new_account_url": _new_account_url(request, this, deciding),
            "training_url": reverse("training:person", args=[key]),
            "way_in_url": reverse("web:way_in", args=[key]) if may_issue else "",
            "account_url": address("account", this.user.key, on=today())
            if this.user and holds(request, deciding, "directory.grant_roles")
            else "",
            "merge_url": reverse("web:merge", args=[key]) if may_merge else "",
            "merges": [
                {"merge": one, "url": reverse("web:separate", args=[one.key])} for one in queries.merges_of(this)
            ]
            if may_merge
            else [],
            "changes": [
                {"change": one, "before": said_before(one.before)} for one in this.changes.order_by("-at", "-id")
            ]
            if may_edit
            else [],
            "audit": audit_links(f"?person={thing_key(this)}") if holds(request, deciding, "ledger.view") else [],
            "data_url": reverse("web:person_data", args=[key]) if may_keep and not this.erased_at else "",
        },
    )


def _new_account_url(request: HttpRequest, person: Person, deciding: list[int]) -> str:
    """Where the reader makes an account for them; "" when they have one, or the reader may not."""
    if person.user is not None:
        return ""
    care = in_care(reader(request), "directory.grant_roles", on=today())
    unit = care.filter(pk__in=deciding).order_by("pk").first()
    return address("new_account", unit.key, on=today(), person=person.key) if unit else ""


@needs("directory.edit_people")
@shows_people(N_("people of the same name"))
@require_http_methods(["GET", "POST"])
def add_person(request: HttpRequest, key: str) -> HttpResponse:
    """A new person of a unit. Somebody who may be known already is shown first; the decision is a person's."""
    this = load_unit(key)
    check(request, this)
    on = day_of(request)
    form = NewPersonForm(request.POST or None, on=today(), initial={"since": on.isoformat()})
    alike: list[Person] = []
    if request.method == "POST" and form.is_valid():
        alike = _alike(request, form, this)
        if not alike or form.cleaned_data["although_known"]:
            try:
                made = actions.add_person(
                    by=reader(request), new=form.new_person(this.pk), on=form.cleaned_data["since"]
                )
            except Refused as refused:
                form.add_error(None, _said(request, refused))
            else:
                messages.success(request, _("%(name)s was added.") % {"name": made.full_name})
                return redirect(address("person", made.key, on=on))
    saw(request, this, len(alike))
    return render(
        request,
        "directory/add_person.html",
        {
            "unit": this,
            "on": on,
            "form": form,
            "alike": _alike_rows(alike, on),
            "name": queries.standing(this, on=on).name,
            "breadcrumbs": trail(this, on=on, last=True),
            "cancel_url": address("people", key, on=on),
        },
    )


def _said(request: HttpRequest, refused: Refused) -> str:
    """The refusal; whose number it is only for a reader who looks after them."""
    if isinstance(refused, actions.NumberTaken):
        deciding = queries.deciding_units(refused.known, on=today())
        if holds(request, deciding, "directory.view_people"):
            return say(refused.with_name())
    return say(refused)


def _alike(request: HttpRequest, form: NewPersonForm, unit: Unit) -> list[Person]:
    """Those known who may be the one typed, as far as the reader may see them."""
    data = form.cleaned_data
    number = data["id_number"]
    sought = Sought(data["full_name"], form.birth, unit.pk, id_hash=queries.hashed_id(number) if number else b"")
    found = queries.find_candidates([sought]).get(0, [])
    people = Person.objects.filter(pk__in=[known.id for _sure, known in found]).order_by("sort_key", "pk")
    return [one for one in people if holds(request, queries.deciding_units(one, on=today()), "directory.view_people")]


def _alike_rows(people: list[Person], on: date) -> list[dict[str, str]]:
    return [{"name": one.full_name, "born": _born(one), "url": address("person", one.key, on=on)} for one in people]


@needs("directory.edit_people")
@shows_people(N_("a person, to be corrected"))
@require_http_methods(["GET", "POST"])
def correct_person(request: HttpRequest, key: str) -> HttpResponse:
    """What is known of a person, corrected."""
    this = load_person(request, key, "directory.edit_people")
    on = day_of(request)
    form = CorrectionForm(request.POST or None, on=today(), initial=person_values(this))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            actions.correct_person(
                by=reader(request),
                person=this,
                full_name=data["full_name"],
                birth=form.birth,
                gender=data["gender"],
                phone=data["phone"],
                email=data["email"],
                number=data["id_number"],
                reason=data["reason"],
                at=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, _said(request, refused))
        else:
            messages.success(request, _("%(name)s was corrected.") % {"name": data["full_name"]})
            return redirect(address("person", key, on=on))
    saw(request, this, 1)
    return render(
        request,
        "directory/correct_person.html",
        {"person": this, "on": on, "form": form, "cancel_url": address("person", key, on=on)},
    )
