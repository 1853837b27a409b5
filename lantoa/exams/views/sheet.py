"""What the page of an exam gives to a device: its words, a ticket, the sealed paper, what the centre holds (0025)."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.common.keyring import secret
from lantoa.directory.access import needs
from lantoa.directory.permissions import SIGNED_IN
from lantoa.exams.models import Attempt
from lantoa.exams.queries.handed import arrived_for, asks_for_files
from lantoa.exams.queries.log import log_of
from lantoa.exams.rules.answers import counting, last_of
from lantoa.exams.rules.sealing import ticket
from lantoa.exams.rules.sheet_words import FILE_WORDS, WORDS
from lantoa.exams.views.reaching import own_attempt

TICKET = timedelta(hours=12)  # then the device asks for another, with the session of whoever is signed in
WORKER = settings.BASE_DIR / "static" / "js" / "sheet-worker.js"


def sheet_of(request: HttpRequest, attempt: Attempt, now: datetime) -> SafeString:
    """What the scripts of the page begin with, as it stands in the page."""
    said = {
        **_standing(attempt, now),
        "ticket": _ticket(request, attempt, now),
        "attempt": attempt.key,
        "sitting": attempt.sitting.key,
        "title": attempt.sitting.title,
        "variant": f"{attempt.variant.number:03d}",
        "together": attempt.sitting.together,
        "zone": settings.TIME_ZONE,
        "urls": {
            "hot": f"/hot/exam/{attempt.key}/",
            "page": reverse("exams:my_exam", args=[attempt.key]),
            "device": reverse("exams:my_exam_device", args=[attempt.key]),
            "worker": reverse("exams:my_exam_worker"),
        },
    }
    return json_script(said, "sheet-data")


@cache  # the same for everybody
def sheet_parts(_language: str, *, files: bool) -> SafeString:
    """The words, and the tags and notes that the scripts copy, in the language of this request. `files`: also those
    for questions whose answer is a file."""
    words = {name: _(words) for name, words in (WORDS | FILE_WORDS if files else WORDS).items()}
    return mark_safe(render_to_string("exams/_sheet_parts.html", {"words": words}))


def _standing(attempt: Attempt, now: datetime) -> dict[str, Any]:
    """The same that the hot path tells (`exams.hot`)."""
    times = attempt.sitting.times()
    extra = timedelta(minutes=attempt.extra_minutes)
    return {
        "now": _ms(now),
        "phase": str(times.phase(now, attempt.started_at, attempt.handed_in_at, extra)),
        "begins": _ms(times.begins()),
        "started": _ms(attempt.started_at),
        "ends": _ms(attempt.ends_at()),
        "handed_in": _ms(attempt.handed_in_at),
    }


def _ticket(request: HttpRequest, attempt: Attempt, now: datetime) -> str:
    actor: str = request.user.actor_key  # type: ignore[union-attr]
    return ticket(secret("exam-tickets"), attempt.key, actor, int((now + TICKET).timestamp()))


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)


@needs(SIGNED_IN)
@require_safe
def device(request: HttpRequest, key: str) -> JsonResponse:
    """A new ticket, and the answers that count at the centre with the device that gave each.

    Asked when a page opens in the middle of an exam, when somebody wants to see it, and when a ticket is too old; not
    for every answer.
    """
    now = timezone.now()
    attempt = own_attempt(request, key)
    log = log_of([attempt]).get(attempt.pk, [])
    counted = counting(log, ends=attempt.ends_at(), handed_in_at=attempt.handed_in_at)
    said = {
        **_standing(attempt, now),
        "ticket": _ticket(request, attempt, now),
        "answers": {
            question: [one.value, one.device, _ms(one.received_at)] for question, one in last_of(counted).items()
        },
        **({"files": arrived_for(attempt)} if asks_for_files(attempt.variant_id) else {}),
        "devices": {name: max(one.sequence for one in log if one.device == name) for name in {e.device for e in log}},
    }
    return JsonResponse(said, headers={"Cache-Control": "no-store"})


@needs(SIGNED_IN)
@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    """The service worker, at an address from which it may watch over the pages of exams and over no others."""
    answer = HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8")
    answer.headers["Cache-Control"] = "private, max-age=86400"
    return answer
