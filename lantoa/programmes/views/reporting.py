"""Campaigns: asking units for figures, who owes what, the sheet out and in."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import Refused
from lantoa.common.vietnamese import fold
from lantoa.common.words import say
from lantoa.directory.access import check, in_care, may, needs, today
from lantoa.directory.models import Unit
from lantoa.directory.queries.units import names
from lantoa.office.actions.sent_files import imports_into, preview_sent
from lantoa.office.queries.files import made_file
from lantoa.office.rules.papers.model import Column, ColumnKind
from lantoa.office.rules.papers.tables import table_workbook
from lantoa.programmes.actions import reporting as act
from lantoa.programmes.forms.reporting import DUE_WORDS, DeadlineForm, DuesForm, FiguresFileForm, ReportingForm
from lantoa.programmes.importers.figures import KIND
from lantoa.programmes.models import Due, Reporting, Target
from lantoa.programmes.queries.reporting import RETURNED, dues_of, in_state, tallies
from lantoa.programmes.queries.targets import in_order
from lantoa.programmes.rules.figure_sheet import HEADINGS
from lantoa.programmes.rules.spans import Span
from lantoa.programmes.views.said import FIGURE_KINDS, target_name
from lantoa.programmes.views.targets import form_page
from lantoa.programmes.words import span_words

PAGE = 100
LOCKED_COLUMNS = ("key", "unit", "code", "name", "measure")
WIDTHS = {"key": 16, "unit": 28, "name": 44, "measure": 10, "document_number": 18, "note": 24, "reason": 24}


def campaign_at(request: HttpRequest, key: str) -> Reporting:
    """The campaign, if the reader may manage it; else 404."""
    found = get_object_or_404(Reporting.objects.select_related("unit"), key=key)
    check(request, found.unit)
    return found


def span_of(found: Reporting) -> Span:
    """The period a campaign asks about."""
    return Span(found.period.lower, found.period.upper)


def way_to(found: Reporting | None = None) -> list[dict[str, str]]:
    """Targets, campaigns, this campaign."""
    way = [
        {"label": _("Targets"), "url": reverse("programmes:targets")},
        {"label": _("Reporting campaigns"), "url": reverse("programmes:reportings")},
    ]
    if found:
        way.append({"label": found.title, "url": reverse("programmes:reporting", args=[found.key])})
    return way


@needs("programmes.manage")
@require_safe
def reportings(request: HttpRequest) -> HttpResponse:
    """The campaigns in one's care, those that are open first."""
    care = in_care(request.user, "programmes.manage", on=today())  # type: ignore[arg-type]
    rows = Reporting.objects.filter(unit__in=care).order_by("-closed_at", "due_on", "pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    counted = tallies(page, on=today())
    called = names({one.unit_id for one in page}, on=today())
    context = {
        "page": page,
        "rows": [
            {
                "reporting": one,
                "unit": called[one.unit_id].full_name if one.unit_id in called else "",
                "span": span_words(span_of(one)),
                "tally": counted[one.pk],
                "over": one.closed_at is None and one.due_on < today(),
            }
            for one in page
        ],
        "breadcrumbs": way_to()[:1],
    }
    return render(request, "programmes/reportings.html", context)


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def new_reporting(request: HttpRequest) -> HttpResponse:
    """Opens a campaign; what it asks for is the next step."""
    form = ReportingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if not may(request.user, "programmes.manage", values["owner"], on=today()):
            form.add_error("unit", _("You do not manage targets of this unit."))
        else:
            try:
                made = act.open_reporting(
                    by=request.user,  # type: ignore[arg-type]
                    unit=values["owner"],
                    title=values["title"],
                    span=values["period"],
                    due_on=values["due_on"],
                    at=timezone.now(),
                )
                return redirect("programmes:ask_figures", made.key)
            except Refused as reason:
                form.add_error(None, say(reason))
    return form_page(request, form, _("New reporting campaign"), way_to())


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Chooses targets: the units that have a share of one are asked, and its owner when nobody has."""
    found = campaign_at(request, key)
    span = span_of(found)
    care = in_care(request.user, "programmes.manage", on=today())  # type: ignore[arg-type]
    holds = Q(since__lt=span.end) & (Q(retired_on=None) | Q(retired_on__gte=span.end))
    shares = Q(shares__since__lt=span.end) & (Q(shares__retired_on=None) | Q(shares__retired_on__gte=span.end))
    offered: QuerySet[Any] = in_order(
        Target.objects.filter(holds, unit=found.unit, every=span.every).annotate(
            units=Count("shares", filter=shares, distinct=True)
        )
    )
    error = ""
    if request.method == "POST":
        chosen = [text[:13].replace("\0", "") for text in request.POST.getlist("chosen")]
        picked = list(offered.filter(key__in=chosen))
        below = Target.objects.filter(holds, parent__in=picked, unit__in=care).select_related("unit")
        wanted = [*below, *(one for one in picked if not one.units)]
        if not wanted:
            error = _("Choose at least one target.")
        else:
            try:
                made = act.ask_for(by=request.user, reporting=found, targets=wanted, at=timezone.now())  # type: ignore[arg-type]
                said = ngettext("%(count)d figure is asked for.", "%(count)d figures are asked for.", len(made))
                messages.success(request, said % {"count": len(made)})
                return redirect("programmes:reporting", found.key)
            except Refused as reason:
                error = say(reason)
    context = {
        "reporting": found,
        "rows": [(one, target_name(one), one.units) for one in offered],
        "error": error,
        "breadcrumbs": way_to(found),
    }
    return render(request, "programmes/ask_figures.html", context, status=422 if error else 200)


@needs("programmes.manage")
@require_safe
def reporting(request: HttpRequest, key: str) -> HttpResponse:
    """A campaign as it stands: what is in, what waits, who is late."""
    found = campaign_at(request, key)
    on = today()
    form = DuesForm(request.GET or None)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    dues = in_state(dues_of([found.pk]), wanted.get("state", ""), on=on)
    if text := wanted.get("text"):
        standing = Q(target__unit__placements__folded__contains=fold(text))
        dues = dues.filter(Q(target__folded__contains=fold(text)) | standing).distinct()
    page = Paginator(dues.order_by("target__code", "target__unit_id"), PAGE).get_page(request.GET.get("page"))
    tally = tallies([found], on=on)[found.pk]
    context = {
        "reporting": found,
        "span": span_words(span_of(found)),
        "tally": tally,
        "form": form,
        "page": page,
        "rows": due_rows(page, on),
        "asked": tally.asked,
        "over": found.closed_at is None and found.due_on < on,
        "loads": may(request.user, "programmes.report", found.unit, on=on),
        "breadcrumbs": way_to()[:2],
    }
    return render(request, "programmes/reporting.html", context)


def due_rows(page: Any, on: Any) -> list[dict[str, Any]]:
    """Figures that are asked for, as the rows of a list show them."""
    called = names({one.target.unit_id for one in page}, on=on)
    rows = []
    for one in page:
        late = one.state in ("missing", RETURNED) and one.until < on
        rows.append(
            {
                "due": one,
                "name": target_name(one.target),
                "unit": called[one.target.unit_id].full_name if one.target.unit_id in called else "",
                "state": {"kind": "late" if late else FIGURE_KINDS[one.state], "word": DUE_WORDS[one.state]},
                "late": late,
                "span": span_of(one.reporting).code,
            }
        )
    return rows


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def deadline(request: HttpRequest, key: str) -> HttpResponse:
    """Moves the last day."""
    found = campaign_at(request, key)
    form = DeadlineForm(request.POST or None, initial={"due_on": found.due_on})
    if request.method == "POST" and form.is_valid():
        try:
            act.change_deadline(by=request.user, reporting=found, **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("The changes are saved."))
            return redirect("programmes:reporting", found.key)
        except Refused as reason:
            form.add_error("due_on", say(reason))
    return form_page(request, form, _("Change the deadline"), way_to(found), found.title)


@needs("programmes.manage")
@require_POST
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Ends a campaign."""
    found = campaign_at(request, key)
    try:
        act.close_reporting(by=request.user, reporting=found, at=timezone.now())  # type: ignore[arg-type]
        messages.success(request, _("The campaign is closed. What is missing stays missing."))
    except Refused as reason:
        messages.error(request, say(reason))
    return redirect("programmes:reporting", found.key)


@needs("programmes.manage")
@require_POST
def remind(request: HttpRequest, key: str) -> HttpResponse:
    """Reminds the coordinators of units that still owe figures; names the units nobody can be reminded for."""
    found = campaign_at(request, key)
    try:
        told, silent = act.remind_missing(by=request.user, reporting=found, at=timezone.now())  # type: ignore[arg-type]
    except Refused as reason:
        messages.error(request, say(reason))
        return redirect("programmes:reporting", found.key)
    words = ngettext("%(count)d coordinator is reminded.", "%(count)d coordinators are reminded.", told)
    messages.success(request, words % {"count": told})
    if silent:
        called = names(silent[:20], on=today())
        listed = ", ".join(one.full_name for one in called.values()) + ("…" if len(silent) > 20 else ".")
        words = ngettext(
            "%(count)d unit has no coordinator here, call it: %(units)s",
            "%(count)d units have no coordinator here, call them: %(units)s",
            len(silent),
        )
        messages.warning(request, words % {"count": len(silent), "units": listed})
    return redirect("programmes:reporting", found.key)


@needs("programmes.manage")
@require_safe
def sheet(request: HttpRequest, key: str) -> HttpResponse:
    """The sheet to fill in: a row for each figure that is asked for."""
    found = campaign_at(request, key)
    return sheet_of(found, found.dues.all())


def sheet_of(found: Reporting, dues: "QuerySet[Due]") -> HttpResponse:
    """Figures that are asked for as a sheet to fill in."""
    dues = dues.select_related("target").order_by("target__unit_id", "target__code")
    called = names({one.target.unit_id for one in dues}, on=span_of(found).last)
    rows = [
        (
            one.key,
            called[one.target.unit_id].full_name if one.target.unit_id in called else "",
            one.target.code,
            one.target.name,
            one.target.measure,
            *[""] * (len(HEADINGS) - len(LOCKED_COLUMNS)),
        )
        for one in dues
    ]
    columns = [Column(title, ColumnKind.WORDS, WIDTHS.get(name, 14)) for name, title in HEADINGS.items()]
    made = table_workbook(
        found.title,
        columns,
        rows,
        subtitles=[f"Kỳ báo cáo: {span_of(found).code}. Hạn: {found.due_on:%d/%m/%Y}."],
        landscape=True,
        made_on=today(),
    )
    return made_file(made, f"bao-cao-{span_of(found).code.replace('/', '-')}.xlsx")


@needs("programmes.manage")
@require_http_methods(["GET", "POST"])
def load(request: HttpRequest, key: str) -> HttpResponse:
    """Takes the sheet that was filled in and shows the preview; nothing is changed yet."""
    found = campaign_at(request, key)
    return load_into(request, found, found.unit, way_to(found))


def load_into(
    request: HttpRequest, found: Reporting, unit: Unit, way: list[dict[str, str]], **options: str
) -> HttpResponse:
    """The page that takes a filled-in sheet of a campaign, for a unit."""
    check(request, unit, "programmes.report")
    form = FiguresFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = preview_sent(
            form=form,
            by=request.user,  # type: ignore[arg-type]
            kind=KIND,
            into=found,
            unit=unit,
            seen_with="programmes.report",
            at=timezone.now(),
            options=options,
        )
        if made is not None:
            return redirect("office:show_import", made.key)
    before = imports_into(KIND, found).filter(unit=unit)
    context = {"reporting": found, "form": form, "before": before[:10], "breadcrumbs": way}
    return render(request, "programmes/load_figures.html", context, status=422 if form.errors else 200)
