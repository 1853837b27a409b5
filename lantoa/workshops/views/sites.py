"""The sites of a workshop: the list, one of them, by hand, from Excel, from the workshop before."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import person_name, vnumber
from lantoa.common.words import say
from lantoa.directory.access import check, needs, saw, shows_people, today
from lantoa.directory.permissions import SIGNED_IN
from lantoa.directory.queries.units import names
from lantoa.office.actions.sent_files import imports_into, preview_sent
from lantoa.office.queries.files import made_file
from lantoa.workshops.actions.sites import AT_ONCE, CARRY_OVER, add_site, carry_over, change_site, remove_site
from lantoa.workshops.forms_sites import FindSitesForm, SiteForm, SitesFileForm
from lantoa.workshops.importers import KIND
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.queries.access import sites_of
from lantoa.workshops.queries.checks import COLOURS, TAGS, with_colour
from lantoa.workshops.queries.site_sheet import sites_workbook
from lantoa.workshops.queries.sites import KINDS, count_differences, differences, find_sites, topmost
from lantoa.workshops.rules.words import COUNTRIES, LANGUAGES, LIVE, OVER, READY
from lantoa.workshops.views.reaching import (
    answer_of,
    by_job,
    confirm,
    in_words,
    manages,
    name_of,
    site_for,
    site_seen,
    way,
    workshop_for,
    workshop_seen,
)

PAGE = 50
MOST_ROOTS = 100  # to choose from; more are looked for by name


@needs(SIGNED_IN)
@shows_people(N_("who operates the sites of a workshop"))
@require_safe
def sites(request: HttpRequest, key: str) -> HttpResponse:
    """The sites by protocol: all of them, or those that the reader answers for."""
    found, whole = workshop_seen(request, key)
    roots = [(one.key, in_words(one)) for one in topmost(found, most=MOST_ROOTS)] if whole else []
    form = FindSitesForm(request.GET or None, roots=roots)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    among = found.sites.all() if whole else sites_of(request.user, on=today(), workshop=found)
    rows = find_sites(
        among, text=wanted.get("q", ""), under=wanted.get("under", ""), without=wanted.get("without", "")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    called = names({one.unit_id for one in page if one.unit_id}, on=today())
    saw(request, found, sum(1 for one in page if one.operator or one.deputy), part=page.number)
    plans = manages(request, found)
    context = {
        "workshop": found,
        "name": in_words(found),
        "form": form,
        "page": page,
        "rows": [
            (one, in_words(one), called[one.unit_id].full_name if one.unit_id in called else "", people_words(one))
            for one in page
        ],
        "plans": plans and found.state != OVER,
        "reads": plans,
        "any": among.exists(),
        "breadcrumbs": way(found),
    }
    return render(request, "workshops/sites.html", context)


def people_words(site: Site) -> list[str]:
    """Operator and deputy with their telephones, as far as there are any."""
    found = [" · ".join(filter(None, (person_name(one), one.phone))) for one in (site.operator, site.deputy) if one]
    return [*found, *([site.phone] if site.phone else [])]


@needs("workshops.manage")
@shows_people(N_("the sites of a workshop with their operators, as an Excel sheet"))
@require_safe
def sites_file(request: HttpRequest, key: str) -> HttpResponse:
    """The list to take away; the same sheet can be changed and loaded again."""
    found = workshop_for(request, key)
    rows = find_sites(found.sites.all())
    saw(request, found, None)
    return made_file(sites_workbook(found, rows, on=today()), "danh-sach-diem-cau.xlsx")


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def load_sites(request: HttpRequest, key: str) -> HttpResponse:
    """A list is read into a preview; nothing is changed before the button there."""
    found = workshop_for(request, key)
    check(request, found.unit, "office.import")
    form = SitesFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = preview_sent(
            form=form,
            by=request.user,  # type: ignore[arg-type]
            kind=KIND,
            into=found,
            unit=found.unit,
            seen_with="workshops.manage",
            at=timezone.now(),
        )
        if made is not None:
            return redirect("office:show_import", made.key)
    before = imports_into(KIND, found)
    context = {
        "workshop": found,
        "form": form,
        "before": before[:10],
        "breadcrumbs": way(found, (_("Sites"), "workshops:sites")),
    }
    return render(request, "workshops/load_sites.html", context, status=422 if form.errors else 200)


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def carry(request: HttpRequest, key: str) -> HttpResponse:
    """The sites of the workshop before, taken over."""
    found = workshop_for(request, key)
    back = reverse("workshops:sites", args=[found.key])
    if request.method == "POST" and found.previous is not None and found.previous.sites.count() > AT_ONCE:
        return by_job(request, found, CARRY_OVER)
    if request.method == "POST":
        count = carry_over(by=request.user, workshop=found, on=today(), at=timezone.now())  # type: ignore[arg-type]
        said = ngettext("%(count)s site was carried over.", "%(count)s sites were carried over.", count)
        messages.success(request, said % {"count": vnumber(count)})
        return redirect(back)
    if found.previous is None:
        raise Http404
    says = [
        _("%(count)s sites of %(name)s, as many as have no site of their code here yet.")
        % {"count": vnumber(found.previous.sites.count()), "name": in_words(found.previous)},
        _("Units that have been merged since give way to their heirs."),
    ]
    title = _("Carry the sites over?")
    return confirm(request, title, says, _("Carry the sites over"), back, kind="primary")


@needs("workshops.view")
@shows_people(N_("what has changed in the sites of a workshop"))
@require_safe
def changes(request: HttpRequest, key: str) -> HttpResponse:
    """What differs from the workshop before: new sites, those that are gone, and those that changed."""
    found = workshop_for(request, key)
    if found.previous is None:
        raise Http404
    kind = request.GET.get("kind", "changed")
    if kind not in KINDS:
        raise Http404
    counted = count_differences(found)
    page = Paginator(range(counted[kind]), PAGE).get_page(request.GET.get("page"))
    rows = differences(found, kind, offset=page.start_index() - 1 if counted[kind] else 0, limit=PAGE)
    saw(request, found, len(rows), part=page.number)
    context = {
        "workshop": found,
        "name": in_words(found),
        "before": in_words(found.previous),
        "page": page,
        "rows": [
            {"now": one.now, "before": one.before, "fields": ", ".join(_(field) for field in one.fields)}
            for one in rows
        ],
        "tabs": [
            {"label": _(words), "url": f"?kind={name}", "current": name == kind, "count": counted[name]}
            for name, words in KINDS.items()
        ],
        "kind": _(KINDS[kind]),
        "breadcrumbs": way(found, (_("Sites"), "workshops:sites")),
    }
    return render(request, "workshops/changes.html", context)


# ---- one site


@needs(SIGNED_IN)
@shows_people(N_("a site of a workshop and who operates it"))
@require_safe
def site_record(request: HttpRequest, key: str) -> HttpResponse:
    """What is known of a site."""
    found, answers = site_seen(request, key)
    saw(request, found, int(bool(found.operator)) + int(bool(found.deputy)))
    under = find_sites(Site.objects.filter(above=found))[:PAGE]
    plans = manages(request, found.workshop) and found.workshop.state != OVER
    colour = with_colour(Site.objects.filter(pk=found.pk)).get().colour_now  # type: ignore[attr-defined]
    context = {
        "answer": answer_of(getattr(found, "invitation", None)),
        "check": {"kind": TAGS[colour], "word": _(COLOURS[colour])},
        "acts": answers and found.workshop.state in {READY, LIVE},
        "site": found,
        "workshop": found.workshop,
        "name": in_words(found),
        "facts": _facts(found),
        "under": [(one, in_words(one), people_words(one)) for one in under],
        "plans": plans,
        "breadcrumbs": way_to(found),
    }
    return render(request, "workshops/site_record.html", context)


def way_to(found: Site) -> list[dict[str, str]]:
    """The breadcrumbs down to a site."""
    return way(found.workshop, (_("Sites"), "workshops:sites"))


def _facts(found: Site) -> list[dict[str, Any]]:
    facts: list[dict[str, Any]] = [
        {"key": _("Code of the site"), "value": found.code},
        {"key": _("Order of protocol"), "value": vnumber(found.place)},
    ]
    if found.above:
        url = reverse("workshops:site_record", args=[found.above.key])
        facts.append({"key": _("Site above"), "value": in_words(found.above), "url": url})
    if found.unit:
        facts.append({"key": _("Unit"), "value": name_of(found.unit)})
    country = COUNTRIES.get(found.country)
    said = {
        _("Country"): _(country) if country else found.country,
        _("Address"): found.address,
        _("Operator"): _called(found.operator),
        _("Deputy"): _called(found.deputy),
        _("Telephone of the room"): found.phone,
        _("Equipment"): found.equipment,
        _("Internet line"): found.line,
        _("Seats"): vnumber(found.seats),
        _("People expected"): vnumber(found.expected),
        _("Language"): _(LANGUAGES[found.language]) if found.language in LANGUAGES else found.language,
    }
    return [*facts, *({"key": key, "value": value} for key, value in said.items() if value)]


def _called(person: Any) -> str:
    return " · ".join(filter(None, (person_name(person), person.phone))) if person else ""


@needs("workshops.manage")
@shows_people(N_("people who may operate a site of a workshop"))
@require_http_methods(["GET", "POST"])
def new_site(request: HttpRequest, key: str) -> HttpResponse:
    """One more site."""
    found = workshop_for(request, key)
    form = SiteForm(request.POST or None, workshop=found)
    if request.method == "POST" and form.is_valid():
        try:
            made = add_site(by=request.user, workshop=found, values=form.facts(), at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("%(site)s is added.") % {"site": in_words(made)})
            return redirect("workshops:site_record", made.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return _form(request, found, form, _("New site"), None)


@needs("workshops.manage")
@shows_people(N_("people who may operate a site of a workshop"))
@require_http_methods(["GET", "POST"])
def edit_site(request: HttpRequest, key: str) -> HttpResponse:
    """Other facts of a site."""
    found = site_for(request, key)
    form = SiteForm(request.POST or None, workshop=found.workshop, site=found)
    if request.method == "POST" and form.is_valid():
        try:
            change_site(by=request.user, site=found, values=form.facts(), at=timezone.now())  # type: ignore[arg-type]
            messages.success(request, _("The changes are saved."))
            return redirect("workshops:site_record", found.key)
        except Refused as reason:
            form.add_error(None, say(reason))
    return _form(request, found.workshop, form, _("Change the site"), found)


def _form(request: HttpRequest, workshop: Workshop, form: SiteForm, title: str, site: Site | None) -> HttpResponse:
    asked = sum(1 for who in ("operator_is", "deputy_is") if who in form.fields)
    shown = int(bool(site and site.operator)) + int(bool(site and site.deputy))
    saw(request, site or workshop, asked + shown)
    context = {
        "form": form,
        "title": title,
        "lead": in_words(site) if site else in_words(workshop),
        "breadcrumbs": way(workshop, (_("Sites"), "workshops:sites")),
    }
    return render(request, "workshops/form.html", context, status=422 if form.is_bound else 200)


@needs("workshops.manage")
@require_http_methods(["GET", "POST"])
def drop_site(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a site out."""
    found = site_for(request, key)
    if request.method == "POST":
        remove_site(by=request.user, site=found, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("%(site)s is removed.") % {"site": in_words(found)})
        return redirect("workshops:sites", found.workshop.key)
    back = reverse("workshops:site_record", args=[found.key])
    return confirm(
        request,
        _("Remove the site?"),
        [in_words(found)],
        _("Remove the site"),
        back,
        undo=_("This cannot be undone."),
    )
