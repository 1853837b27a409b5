"""People who may be recorded twice: the pairs in the reader's care, and what was said of them."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lantoa.common.refused import N_
from lantoa.common.templatetags.lantoa import vnumber
from lantoa.common.vietnamese import partial_date
from lantoa.directory import actions, queries
from lantoa.directory.access import grants_of, in_care, needs, saw, shows_people, today
from lantoa.directory.models import NotSame, Person
from lantoa.directory.rules.merging import ALMOST_SURE, SIGNS, degree
from lantoa.directory.views.people import reader
from lantoa.directory.views.places import address

PAGE = 25
SAID = "said"


@needs("directory.merge_people")
@shows_people(N_("people who may be recorded twice"))
@require_http_methods(["GET", "POST"])
def duplicates(request: HttpRequest) -> HttpResponse:
    """The pairs of the reader's people who may be one, the surest first; "not the same" is remembered."""
    if request.method == "POST":
        return _decide(request)
    on, who = today(), reader(request)
    everywhere = grants_of(who, "directory.merge_people", on=on).everywhere
    mine = queries.in_care_of(in_care(who, "directory.merge_people", on=on), everywhere=everywhere, on=on)
    said = request.GET.get("state") == SAID
    run = queries.last_run()
    number = int(text) if (text := request.GET.get("page", "")).isdecimal() and len(text) < 7 and int(text) else 1
    page: Any
    if said:
        page = Paginator(queries.said_not_same(mine), PAGE).get_page(number)
        shown = [_stand(row) for row in page]
        extra: list[dict[str, Any]] = [{"said": row} for row in page]
    else:
        pairs, count = queries.duplicates(mine, page=number, size=PAGE, run=run)
        if not pairs and number > 1:
            return redirect(reverse("directory:duplicates"))
        page = Paginator(range(count), PAGE).get_page(number)
        shown = [(pair.one, pair.other) for pair in pairs]
        extra = [
            {
                "degree": _(degree(pair.points)),
                "kind": "late" if pair.points >= ALMOST_SURE else "wait",
                "signs": [_(SIGNS[sign][1]) for sign in pair.signs],
                "merge_url": f"{reverse('web:merge', args=[pair.one.key])}?other={pair.other.key}",
            }
            for pair in pairs
        ]
    saw(request, "directory.person", len({person.pk for pair in shown for person in pair}), part=page.number)
    where = _where([person for pair in shown for person in pair])
    rows = [
        {"people": [_shown(person, where) for person in pair], **more}
        for pair, more in zip(shown, extra, strict=True)
    ]
    total = page.paginator.count
    words = ngettext("%(count)s pair", "%(count)s pairs", total) % {"count": vnumber(total)}
    here = reverse("directory:duplicates")
    return render(
        request,
        "directory/duplicates.html",
        {
            "on": on,
            "said": said,
            "run": run,
            "words": words,
            "rows": rows,
            "page": page,
            "tabs": [
                {"label": _("To be decided"), "url": here, "current": not said},
                {"label": _("Said not to be the same"), "url": f"{here}?state={SAID}", "current": said},
            ],
        },
    )


def _decide(request: HttpRequest) -> HttpResponse:
    if key := request.POST.get("said", ""):
        said = (
            NotSame.objects.select_related("one__merged_into", "other__merged_into")
            .filter(key=key.replace("\0", ""))
            .first()
        )
        if said is None or not _in_care(request, *_stand(said)):
            raise Http404
        actions.take_back_not_same(by=reader(request), said=said)
        messages.success(request, _("They may be offered as one again."))
        return redirect(f"{reverse('directory:duplicates')}?state={SAID}")
    one, other = (
        Person.objects.filter(key=request.POST.get(name, "").replace("\0", "")).first() for name in ("one", "other")
    )
    if one is None or other is None or not _in_care(request, one, other):
        raise Http404
    actions.say_not_same(by=reader(request), one=one, other=other, at=timezone.now())
    messages.success(request, _("Remembered: they are not the same."))
    return redirect("directory:duplicates")


def _stand(said: NotSame) -> tuple[Person, Person]:
    """The two of whom it is said, as they are asked for now."""
    return said.one.merged_into or said.one, said.other.merged_into or said.other


def _in_care(request: HttpRequest, *people: Person) -> bool:
    care = in_care(reader(request), "directory.merge_people", on=today())
    return queries.those_in_care([one.pk for one in people], care, on=today()) == {one.pk for one in people}


def _where(people: list[Person]) -> dict[int, list[str]]:
    """What each is or was, and where, the latest first."""
    posts = list(queries.posts_of_people([one.pk for one in people]))
    units = queries.names([post.unit_id for post in posts], on=today())
    found: dict[int, list[str]] = {}
    for post in posts:
        unit = units[post.unit_id].full_name if post.unit_id in units else ""
        found.setdefault(post.person_id, []).append(", ".join(filter(None, [post.title, unit])))
    return found


def _shown(person: Person, where: dict[int, list[str]]) -> dict[str, Any]:
    born = partial_date(person.birth_year, person.birth_month, person.birth_day) if person.birth_year else ""
    return {
        "person": person,
        "url": address("person", person.key, on=today()),
        "facts": [*filter(None, [born, person.phone, person.email]), *where.get(person.pk, [])[:2]],
    }
