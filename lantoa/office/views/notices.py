"""Messages to people: what was sent, what came back, whom nothing reaches; a person's own choice of channel."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lantoa.common.refused import N_, Refused
from lantoa.common.templatetags.lantoa import vdate, vdatetime
from lantoa.common.words import say
from lantoa.directory.access import check, grants_of, in_care, may, needs, saw, shows_people, today
from lantoa.directory.models import Person, UnitQuerySet
from lantoa.directory.permissions import SIGNED_IN
from lantoa.directory.queries.units import names
from lantoa.office.actions.notices import cancel_notice, choose_reach, report_returned, send_again
from lantoa.office.forms import CHANNELS, NOTICE_STATES, NoticeFilter, ReachForm
from lantoa.office.models import Notice, Reach
from lantoa.office.models.notices import Channel
from lantoa.office.queries.files import made_file
from lantoa.office.queries.notices import (
    UNREACHED,
    NoticeChoice,
    chosen,
    count_by_state,
    name_of,
    notices_in,
    notices_of,
    shown_text,
    templates,
    title_of,
)
from lantoa.office.queries.people import names_of
from lantoa.office.rules.notices import REASONS, phone_number
from lantoa.office.rules.papers.model import Cell, Column, ColumnKind

ON_A_PAGE = 50
NOTICES = "office.notice"  # whom a look was at that was at messages to many
MOST_PRINTED = 20_000
KINDS = {
    Notice.State.WAITING: "wait",
    Notice.State.SENT: "ok",
    Notice.State.BOUNCED: "late",
    Notice.State.UNREACHABLE: "late",
    Notice.State.FAILED: "late",
    Notice.State.CANCELLED: "none",
}


def state_of(notice: Notice) -> tuple[str, str]:
    """The kind of its state (for the look) and its word."""
    state = Notice.State(notice.state)
    return KINDS[state], str(NOTICE_STATES[state])


def why_of(notice: Notice) -> str:
    """Why it stands as it does, in words; "" when there is nothing to say."""
    return _(REASONS[notice.why]) if notice.why in REASONS else notice.why


@needs("office.view_notices")
@shows_people(N_("messages to people"))
@require_safe
def list_notices(request: HttpRequest) -> HttpResponse:
    """The messages of offices in the reader's care and to people of units in their care."""
    form = _filter(request)
    choice = _choice(form, request)
    every = notices_in(_care(request))
    counts = count_by_state(chosen(every, _without_state(choice)))
    paginator = Paginator(chosen(every, choice).select_related("person", "user"), ON_A_PAGE)
    states = UNREACHED if choice.state == "unreached" else (choice.state,) if choice.state else counts
    paginator.count = sum(counts[state] for state in states)  # counted already, by state
    page = paginator.get_page(request.GET.get("page"))
    saw(request, NOTICES, len(page), part=page.number)
    query = {name: value for name in (*form.fields, "about") if (value := str(request.GET.get(name, "")))}
    return render(
        request,
        "office/notices.html",
        {
            "form": form,
            "page": page,
            "rows": _rows(page),
            "numbers": _numbers(counts, query),
            "filtered": bool(query),
            "list_url": f"{reverse('office:notices_list')}?{urlencode(query)}",
            "unconfigured": _unconfigured(),
            "wordings": _wordings(request),
        },
    )


def _filter(request: HttpRequest) -> NoticeFilter:
    return NoticeFilter(request.GET, kinds={key: title_of(key) for key in templates()})


def _choice(form: NoticeFilter, request: HttpRequest) -> NoticeChoice:
    values = form.cleaned_data if form.is_valid() else {}
    return NoticeChoice(
        state=values.get("state", ""),
        channel=values.get("channel", ""),
        template=values.get("template", ""),
        text=values.get("q", ""),
        about=request.GET.get("about", "")[:80].replace("\x00", ""),
    )


def _without_state(choice: NoticeChoice) -> NoticeChoice:
    return NoticeChoice("", choice.channel, choice.template, choice.text, choice.about)


def _numbers(counts: dict[str, int], query: dict[str, str]) -> list[dict[str, Any]]:
    """The counts of each state, and of all that reached nobody; each opens to exactly its rows."""
    kept = {name: value for name, value in query.items() if name != "state"}
    said: list[tuple[str, int, Any, str]] = [
        (state, counts[state], words, "late" if KINDS[state] == "late" and counts[state] else "")
        for state, words in NOTICE_STATES.items()
        if counts[state] or state in (Notice.State.WAITING, Notice.State.SENT)
    ]
    unreached = sum(counts[state] for state in UNREACHED)
    said.append(("unreached", unreached, _("reached nobody"), "late" if unreached else "ok"))
    return [
        {"count": count, "words": words, "kind": kind, "url": f"?{urlencode({**kept, 'state': state})}"}
        for state, count, words, kind in said
    ]


def _rows(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    notices = list(notices)
    units = names({notice.person_unit_id for notice in notices if notice.person_unit_id}, on=today())
    return [
        {
            "notice": notice,
            "name": name_of(notice),
            "unit": units[notice.person_unit_id].full_name if notice.person_unit_id in units else "",
            "title": title_of(notice.template),
            "state": state_of(notice),
            "why": why_of(notice),
            "channel": CHANNELS[Channel(notice.channel)] if notice.channel else "",
            "at": notice.finished_at or notice.due_at,
        }
        for notice in notices
    ]


def _wordings(request: HttpRequest) -> list[dict[str, str]]:
    """The units whose wording the reader keeps, for links; the first few are enough to get there."""
    granted = grants_of(request.user, "office.manage_notices", on=today()).units[:5]  # type: ignore[arg-type]
    called = names(granted, on=today())
    return [
        {"name": called[unit].full_name, "url": reverse("office:wordings", args=[called[unit].unit.key])}
        for unit in granted
        if unit in called
    ]


def _unconfigured() -> str:
    """A clear word when nothing can leave the house; "" otherwise."""
    if settings.MAIL or settings.GATEWAYS:
        return ""
    return _(
        "Neither e-mail nor SMS nor Zalo is configured on this server: no message reaches anybody. "
        "Print the list and tell them, or ask whoever runs the server to configure sending."
    )


@needs("office.view_notices")
@shows_people(N_("messages to people, as a file"))
@require_safe
def printed_list(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, as a workbook to print: whom to tell, what, and how they can be found."""
    from lantoa.office.rules.papers.tables import table_workbook  # heavy, and only this page needs it

    choice = _choice(_filter(request), request)
    rows = list(
        chosen(notices_in(_care(request)), choice)
        .select_related("person", "user", "wording")
        .order_by("person_unit", "person__sort_key", "id")[:MOST_PRINTED]
    )
    units = names({row.person_unit_id for row in rows if row.person_unit_id}, on=today())
    columns = (
        Column(_("No."), ColumnKind.ORDER),
        Column(_("Full name"), weight=26),
        Column(_("Unit"), weight=28),
        Column(_("Telephone"), ColumnKind.MARK, weight=15),
        Column(_("Message"), weight=60),
        Column(_("State"), weight=26),
        Column(_("Told on"), ColumnKind.MARK, weight=12),
    )
    cells: list[list[Cell]] = [
        [
            number,
            name_of(row),
            units[row.person_unit_id].full_name if row.person_unit_id in units else "",
            row.person.phone if row.person else "",
            text.short if (text := shown_text(row)) else title_of(row.template),
            ". ".join(filter(None, (state_of(row)[1], why_of(row)))),
            "",
        ]
        for number, row in enumerate(rows, 1)
    ]
    saw(request, NOTICES, len(rows))
    title = _("People to be told in person") if choice.state == "unreached" else _("Messages to people")
    subtitles = [_("as of %(day)s") % {"day": vdate(today())}]
    content = table_workbook(title, columns, cells, subtitles=subtitles, landscape=True, made_on=today())
    return made_file(content, f"{title} {today():%Y-%m-%d}.xlsx")


@needs("office.view_notices")
@shows_people(N_("a message to a person"))
@require_safe
def show_notice(request: HttpRequest, key: str) -> HttpResponse:
    """One message: its words, to whom, by which way, what came of it, and what can be done."""
    notice = _found(request, key)
    (row,) = _rows([notice])
    saw(request, notice.person or notice, 1)
    manages = _manages(request, notice)
    return render(
        request,
        "office/notice.html",
        {
            **row,
            "text": shown_text(notice),
            "who": names_of([notice.made_by])[notice.made_by],
            "can_send": manages and notice.state in UNREACHED,
            "can_cancel": manages and notice.state == Notice.State.WAITING and notice.sender_id is None,
            "can_return": manages and notice.state == Notice.State.SENT and notice.why != "invented",
            "breadcrumbs": [{"label": _("Messages"), "url": reverse("office:notices")}],
        },
    )


@needs("office.manage_notices")
@require_POST
def again(request: HttpRequest, key: str) -> HttpResponse:
    """Sends it again."""
    notice = _managed(request, key)
    send_again(by=request.user, notice=notice, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, _("The message is sent again within a minute."))
    return redirect("office:notice", key)


@needs("office.manage_notices")
@require_POST
def cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Cancels a message that waits."""
    cancel_notice(by=request.user, notice=_managed(request, key), at=timezone.now())  # type: ignore[arg-type]
    return redirect("office:notice", key)


@needs("office.manage_notices")
@require_POST
def returned(request: HttpRequest, key: str) -> HttpResponse:
    """Notes that it came back."""
    report_returned(by=request.user, notice=_managed(request, key), at=timezone.now())  # type: ignore[arg-type]
    return redirect("office:notice", key)


@needs(SIGNED_IN)
@require_http_methods(["GET", "POST"])
def my_notices(request: HttpRequest) -> HttpResponse:
    """How I want to be reached, and what I was told."""
    person = Person.objects.select_related("reach", "user").filter(user=request.user.pk).first()
    if person is None:
        return render(request, "office/my_notices_nobody.html")
    reach = getattr(person, "reach", None) or Reach()
    initial = {name: getattr(reach, name) for name in ReachForm.base_fields}
    form = ReachForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            choose_reach(by=request.user, person=person, at=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
            messages.success(request, _("Your choice is kept and holds from now on."))
            return redirect("office:my_notices")
        except Refused as refused:
            form.add_error(None, say(refused))
    page = Paginator(notices_of(person), ON_A_PAGE).get_page(request.GET.get("page"))
    told = [
        {"text": shown_text(notice), "state": state_of(notice), "at": vdatetime(notice.finished_at or notice.due_at)}
        for notice in page
    ]
    return render(
        request,
        "office/my_notices.html",
        {
            "form": form,
            "person": person,
            "email": person.email or (person.user.email if person.user else ""),
            "phone": person.phone if phone_number(person.phone) else "",
            "told": told,
            "page": page,
        },
        status=422 if form.is_bound else 200,
    )


def _care(request: HttpRequest) -> UnitQuerySet:
    return in_care(request.user, "office.view_notices", on=today())  # type: ignore[arg-type]


def _found(request: HttpRequest, key: str) -> Notice:
    """A message of an office in care, or to a person of a unit in care."""
    notice = get_object_or_404(
        Notice.objects.select_related("person", "user", "unit", "person_unit", "wording"), key=key
    )
    if not (notice.person_unit and may(request.user, "office.view_notices", notice.person_unit, on=today())):
        check(request, notice.unit, "office.view_notices")
    return notice


def _manages(request: HttpRequest, notice: Notice) -> bool:
    return may(request.user, "office.manage_notices", notice.unit, on=today())


def _managed(request: HttpRequest, key: str) -> Notice:
    notice = get_object_or_404(Notice.objects.select_related("unit"), key=key)
    check(request, notice.unit)
    return notice
