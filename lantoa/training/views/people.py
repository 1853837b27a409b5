"""The training of a person and of the people of a unit, for whoever looks after them."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from lantoa.accounts.models import User
from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import vnumber
from lantoa.directory import queries as directory
from lantoa.directory.access import check, day_of, in_care, needs, saw, shows_people, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.tops import tops_of
from lantoa.exams.queries.evidence import evidence_of, latest
from lantoa.training.forms import PeopleForm
from lantoa.training.queries import people as found_by
from lantoa.training.queries.leader import results_of
from lantoa.training.queries.rows import Day
from lantoa.training.rules.exams import share_of

PAGE = 50
STANDING_WORDS = {
    found_by.COMPLETED: gettext_lazy("completed"),
    found_by.UNDER_WAY: gettext_lazy("under way"),
    found_by.MISSING: gettext_lazy("not completed"),
    found_by.NO_CLASS: gettext_lazy("in no class"),
}
STANDING_SHAPES = {
    found_by.COMPLETED: "ok",
    found_by.UNDER_WAY: "wait",
    found_by.MISSING: "late",
    found_by.NO_CLASS: "none",
}


def people_seen(request: HttpRequest, people: Iterable[int]) -> set[int]:
    """Of these people (ids) those whose pages the reader may open: names become links for them only."""
    assert isinstance(request.user, User)
    care = in_care(request.user, "directory.view_people", on=today())
    return directory.those_in_care(people, care, on=today())


@needs("directory.view_people")
@shows_people(N_("the training of a person"))
@require_safe
def person(request: HttpRequest, key: str) -> HttpResponse:
    """A person's classes: presence, what is still missing, what was completed, the certificate; as it stands now."""
    this = directory.person_of(key)
    if this is None:
        raise Http404
    if this.pk not in people_seen(request, [this.pk]):
        raise Http404
    saw(request, this, 1)
    on, now = today(), timezone.now()
    taken = found_by.taken_by(this, Day(on, now))
    assert isinstance(request.user, User)
    care = in_care(request.user, "programmes.view", on=today())
    open_units = set(
        care.filter(pk__in={one.enrolment.training_class.unit_id for one in taken}).values_list("pk", flat=True)
    )
    completed = sum(1 for one in taken if one.enrolment.completed_at and not one.enrolment.withdrawn_at)
    running = sum(1 for one in taken if not one.enrolment.withdrawn_at)
    lead = ngettext(
        "%(completed)s of %(count)s class completed", "%(completed)s of %(count)s classes completed", running
    ) % {"completed": vnumber(completed), "count": vnumber(running)}
    back = reverse("directory:person", args=[this.key])
    return render(
        request,
        "training/person.html",
        {
            "person": this,
            "on": on,
            "now": now,
            "lead": lead if taken else "",
            "classes": [(one, one.enrolment.training_class.unit_id in open_units) for one in taken],
            "evidence": latest(evidence_of(this)),
            "back": back,
            "breadcrumbs": [{"label": this.full_name, "url": back}],
        },
    )


@needs("directory.view_people")
@shows_people(N_("the training of the people of a unit"))
@require_safe
def unit(request: HttpRequest, key: str) -> HttpResponse:
    """How the people of a unit and of all in its care (decision 0010) stand as of a day; each number opens its
    people."""
    this = get_object_or_404(Unit, key=key)
    check(request, this)
    on = day_of(request)
    day = Day(on, timezone.now())
    form = PeopleForm(request.GET if {"state", "q"} & set(request.GET) else None, states=STANDING_WORDS)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    state, text = chosen.get("state", ""), chosen.get("q", "")
    units = list(tops_of(this, on=on).of)
    counts = found_by.counts(units, day)
    total = sum(counts.values())
    paginator = Paginator(found_by.people(units, day, standing=state, text=text), PAGE)
    if not text:
        paginator.count = counts[state] if state else total
    page = paginator.get_page(request.GET.get("page"))
    listed: list[Any] = list(page)
    saw(request, this, len(listed), part=page.number)
    called = directory.names([this.pk, *(post.unit_id for one in listed for post in one.posts_now)], on=on)
    name = called[this.pk].full_name if this.pk in called else ""
    dated = {"on": on.isoformat()} if on != today() else {}
    as_of = f"?{urlencode(dated)}" if dated else ""
    said = ngettext(
        "%(completed)s of %(count)s person has completed a class",
        "%(completed)s of %(count)s people have completed a class",
        total,
    ) % {"completed": vnumber(counts[found_by.COMPLETED]), "count": vnumber(total)}
    return render(
        request,
        "training/unit.html",
        {
            "unit_name": name,
            "on": on,
            "lead": said if total else "",
            "total": total,
            "numbers": _numbers(counts, total, dated) if total else [],
            "form": form,
            "clear": as_of or request.path,
            "year_url": reverse("training:unit_year", args=[key]) + as_of,
            "filtered": bool(state or text),
            "said": ngettext("%(count)s person", "%(count)s people", paginator.count)
            % {"count": vnumber(paginator.count)},
            "page": page,
            "rows": _rows(request, listed, day, called),
            "breadcrumbs": [
                {"label": name, "url": reverse("directory:unit", args=[key]) + as_of},
                {"label": _("People"), "url": reverse("directory:people", args=[key]) + as_of},
            ],
        },
    )


@needs("directory.view_people")
@shows_people(N_("the exam results of the people of a unit"))
@require_safe
def results(request: HttpRequest, key: str) -> HttpResponse:
    """The results that exams gave the people of a unit and of all in its care in the twelve months to a day."""
    this = get_object_or_404(Unit, key=key)
    check(request, this)
    on = day_of(request)
    rows = results_of(list(tops_of(this, on=on).of), day=Day(on))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    listed = list(page)
    saw(request, this, len(listed), part=page.number)
    seen = people_seen(request, [one.person_id for one in listed])
    called = directory.names([this.pk], on=on)
    name = called[this.pk].full_name if this.pk in called else ""
    return render(
        request,
        "training/unit_results.html",
        {
            "unit_name": name,
            "on": on,
            "page": page,
            "rows": [
                {
                    "attempt": one,
                    "url": reverse("training:person", args=[one.person.key]) if one.person_id in seen else "",
                    "share": share_of(one.points, one.out_of) if one.points is not None and one.out_of else None,
                }
                for one in listed
            ],
            "breadcrumbs": [{"label": name, "url": reverse("directory:unit", args=[key])}],
        },
    )


def _numbers(counts: dict[str, int], total: int, dated: dict[str, str]) -> list[dict[str, Any]]:
    words = {
        found_by.COMPLETED: _("people have completed a class"),
        found_by.UNDER_WAY: _("people under way"),
        found_by.MISSING: _("people did not complete"),
        found_by.NO_CLASS: _("people in no class"),
    }
    return [
        {
            "count": counts[state],
            "total": total if state == found_by.COMPLETED else "",
            "words": words[state],
            "url": f"?{urlencode({**dated, 'state': state})}",
        }
        for state in found_by.STANDINGS
    ]


def _rows(request: HttpRequest, people: list[Any], day: Day, called: dict[int, Any]) -> list[dict[str, Any]]:
    seen = people_seen(request, [one.pk for one in people])
    classes = found_by.classes_of(people, day)
    return [
        {
            "person": one,
            "url": reverse("training:person", args=[one.key]) if one.pk in seen else "",
            "units": [called[post.unit_id].full_name for post in one.posts_now if post.unit_id in called],
            "shape": STANDING_SHAPES[one.standing],
            "state": STANDING_WORDS[one.standing],
            "classes": [row.training_class.code for row in classes.get(one.pk, [])],
        }
        for one in people
    ]
