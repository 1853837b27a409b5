"""Files handed in during an exam: from a device to the centre, then to whoever marks them (decision 0035)."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from lantoa.common.keyring import secret
from lantoa.common.refused import N_, Refused
from lantoa.common.words import say
from lantoa.directory.access import check, needs, saw, shows_people
from lantoa.directory.permissions import PUBLIC
from lantoa.exams.actions.handing_in import NotNamed, take_handed_file
from lantoa.exams.actions.log import Act, Kind, write
from lantoa.exams.models import Attempt, HandedFile
from lantoa.exams.rules.sealing import read_ticket
from lantoa.office.queries.files import send_file


@dataclass(frozen=True)
class Holder:
    """Whoever shows the ticket of an attempt."""

    actor_key: str


@needs(PUBLIC)
@csrf_exempt  # the ticket is in the body, and no cookie is looked at
@require_POST
def take(request: HttpRequest, key: str, question: str) -> JsonResponse:
    """The content of a file that a device has named in the log. Like the hot path it asks for the ticket of the
    attempt and for no session, which may have ended in the middle of an exam."""
    shown, now = request.POST.get("ticket", ""), timezone.now()
    ticket = read_ticket(secret("exam-tickets"), shown, now.timestamp())
    if ticket is None and shown.startswith(f"{key}.") and read_ticket(secret("exam-tickets"), shown, 0):
        return _said(401, "expired")
    attempt = Attempt.objects.select_related("sitting__unit", "variant").filter(key=key).first()
    if attempt is None:
        return _said(404, "unknown")
    if ticket is None or ticket[0] != key:
        write([Act(Kind.FOREIGN, key, ticket[1] if ticket else "", now)])
        return _said(403, "foreign")
    upload = request.FILES.get("file")
    if upload is None:
        return _said(400, "malformed")
    try:
        made = take_handed_file(
            by=Holder(ticket[1]),
            attempt=attempt,
            question=question,
            kind=(upload.name or "").rpartition(".")[2].lower(),
            content=upload,
            at=now,
        )
    except NotNamed:
        return _said(409, "unnamed")
    except Refused as reason:
        return _said(422, "refused", words=say(reason))
    return _said(200, "", stored=made.sha256)


def _said(status: int, refused: str, **more: str) -> JsonResponse:
    said = {**({"refused": refused} if refused else {}), **more}
    return JsonResponse(said, status=status, headers={"Cache-Control": "no-store"})


@needs("exams.hold")
@shows_people(N_("a file handed in during an exam"))
@require_safe
def handed_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file, for whoever marks the exam; its name tells nobody's."""
    found = HandedFile.objects.select_related("file", "attempt__sitting__unit").filter(file__removed_at=None)
    row = get_object_or_404(found, key=key)
    check(request, row.attempt.sitting.unit)
    saw(request, row.attempt.sitting, 1)
    return send_file(request, row.file)
