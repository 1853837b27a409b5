"""What every page needs to know of the house and of its reader."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from lantoa.common.ready import asking
from lantoa.directory.access import held_permissions, today
from lantoa.web.queries.guides import way_to_help

# Whether somebody teaches, and whether they learn.
BUSY = """
    SELECT EXISTS (SELECT 1 FROM training_meeting m WHERE m.lecturer_id = p.id),
           EXISTS (SELECT 1 FROM training_enrolment e WHERE e.person_id = p.id AND e.withdrawn_at IS NULL)
      FROM directory_person p WHERE p.user_id = %s AND p.merged_into_id IS NULL ORDER BY p.id LIMIT 1
"""


def house(request: HttpRequest) -> dict[str, Any]:
    """The navigation open to the reader; worked out only by pages that show it."""
    return {
        "navigation": SimpleLazyObject(lambda: _navigation(request)),
        "person_links": SimpleLazyObject(lambda: _person_links(request)),
        "footer_links": SimpleLazyObject(_footer_links),
        "help_url": _help_url(request),
    }


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    held = set(held_permissions(user, on=today()))
    if "programmes.view" in held:  # whoever may do everything has no need of doors that lead to nothing
        with asking() as cursor:
            cursor.execute(BUSY, [user.pk])
            teaches, learns = cursor.fetchone() or (False, False)
        held -= {p for p, has in (("training.teach", teaches), ("training.learn", learns)) if not has}
    if "exams.hold" in held:  # whoever holds an exam comes to its rooms from its page
        held.discard("exams.invigilate")
    if "programmes.manage" in held:  # whoever asks for figures comes to what is owed from there
        held.discard("programmes.report")
    if "workshops.operate" in held:  # the same page, of one's own sites
        held.add("workshops.view")
    offered = [
        ("programmes.view", "web:leaders", _("Leader's page")),
        ("programmes.view", "programmes:programmes", _("Programmes")),
        ("programmes.view", "programmes:targets", _("Targets")),
        ("programmes.report", "programmes:owed", _("Figures to report")),
        ("programmes.view", "programmes:inventory", _("Inventory")),
        ("training.teach", "training:teaching", _("My meetings")),
        ("training.learn", "training:me", _("My learning")),
        ("workshops.view", "workshops:workshops", _("Workshops")),
        ("pilots.view", "pilots:pilots", _("Pilots")),
        ("readiness.view", "readiness:campaigns", _("Readiness")),
        ("exams.view", "exams:banks", _("Question banks")),
        ("exams.hold", "exams:sittings", _("Exams")),
        ("exams.invigilate", "exams:my_rooms", _("Exam rooms")),
        ("", "directory:units", _("Units")),
        ("office.manage_documents", "office:documents", _("Documents")),
        ("office.preview", "office:imports", _("Imports")),
        ("office.view_notices", "office:notices", _("Messages")),
        ("office.view_privacy", "web:privacy", _("Personal data")),
        ("api.export", "api:take_away", _("Take data away")),
        ("ledger.view", "web:ledger", _("Ledger")),
        ("api.manage", "api:systems", _("Other systems")),
    ]
    links = [(reverse(name), label) for permission, name, label in offered if not permission or permission in held]
    return [{"url": url, "label": label, "current": request.path.startswith(url)} for url, label in links]


def _person_links(request: HttpRequest) -> list[dict[str, str]]:
    return [
        {"url": reverse("exams:my_exams"), "label": _("My exams")},
        {"url": reverse("workshops:workshops"), "label": _("My workshops and sites")},
        {"url": reverse("office:my_notices"), "label": _("Messages to me")},
        {"url": reverse("web:my_data"), "label": _("My data")},
        {"url": reverse("accounts:change_password"), "label": _("Change my password")},
        {"url": reverse("accounts:own_codes"), "label": _("One-time codes")},
        {"url": _help_url(request), "label": _("Help with this page")},
    ]


def _footer_links() -> list[dict[str, str]]:
    return [
        {"url": reverse("training:verify"), "label": _("Verify a certificate")},
        {"url": reverse("training:open_classes"), "label": _("Open classes")},
        {"url": reverse("pilots:say"), "label": _("Tell us what hurts")},
    ]


def _help_url(request: HttpRequest) -> str:
    """The place of this page in the guides; of a page that is none, the list of all guides."""
    match = request.resolver_match
    return way_to_help(match.view_name) if match and match.view_name else reverse("web:help")
