"""An exam on paper: papers, answer sheets and, when it is over, the key, as PDF for the printer."""

from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lantoa.common.refused import N_
from lantoa.common.words import fill
from lantoa.directory.access import check, may, needs, saw, shows_people, today
from lantoa.exams.actions import printing as act
from lantoa.exams.models import Sitting, Variant
from lantoa.exams.queries.access import KEYS
from lantoa.exams.queries.printing import is_over, rooms_of, variants_of
from lantoa.exams.rules.printing.setting import Lost
from lantoa.exams.tasks import SHEETS
from lantoa.exams.views.reaching import name_of
from lantoa.exams.views.sittings import sitting_for, way
from lantoa.office.actions.jobs import start_job
from lantoa.office.models import File, Job
from lantoa.office.queries.files import made_file


@needs("exams.hold")
@shows_people(N_("the units of the candidates of an exam"))
@require_safe
def sitting_paper(request: HttpRequest, key: str) -> HttpResponse:
    """What can be printed for an exam, and what comes back from paper."""
    found = sitting_for(request, key)
    rooms = rooms_of(found, on=today())
    variants = variants_of(found)
    by_variant = [
        (one, sum(1 for room in rooms for row in room.attempts if row.variant_id == one.pk)) for one in variants
    ]
    last = Job.objects.filter(kind=SHEETS, arguments__sitting=found.key).order_by("-id").first()
    ended = last.checkpoint if last is not None and not last.is_active else {}
    files = File.objects.filter(key__in=ended.get("files", []), removed_at=None)
    strange = _strange(found, ended.get("strange", []))
    saw(request, found, len(strange))
    keys = may(request.user, KEYS, found.unit, on=today()) and may(request.user, KEYS, found.paper.unit, on=today())
    context = {
        "sitting": found,
        "variants": by_variant,
        "rooms": [(room.key, room.name, len(room.attempts)) for room in rooms],
        "people": sum(len(room.attempts) for room in rooms),
        "last": last if last and last.is_active else None,
        "files": [(one, one.name.rpartition(".")[2].upper()) for one in files.order_by("id")],
        "strange": strange,
        "keys": keys,
        "over": is_over(found, at=timezone.now()),
        "breadcrumbs": way(found),
    }
    return render(request, "exams/sitting_paper.html", context)


@needs("exams.hold")
@shows_people(N_("a paper of an exam before it is printed"))
@require_safe
def paper_preview(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """What of a variant cannot be printed as it stands on the screen, by name; then the button that prints it."""
    found = sitting_for(request, key)
    variant = _variant(found, number)
    saw(request, found, None, part=number)
    made = act.paper_for(found, [variant], unit=name_of(found.unit), day=today())
    context = {
        "sitting": found,
        "variant": variant,
        "lost": [_named(one) for one in made.lost],
        "breadcrumbs": [*way(found), {"label": _("On paper"), "url": reverse("exams:sitting_paper", args=[key])}],
    }
    return render(request, "exams/paper_preview.html", context)


def _named(lost: Lost) -> str:
    what = fill(lost.message, {"what": lost.what})
    if not lost.question:
        return what
    return _("Question %(number)d: %(what)s") % {"number": lost.question, "what": what}


def _variant(found: Sitting, number: int) -> Variant:
    for one in variants_of(found):
        if one.number == number:
            return one
    raise Http404


@needs("exams.hold")
@shows_people(N_("a paper of an exam, printed"))
@require_POST
def print_papers(request: HttpRequest, key: str) -> HttpResponse:
    """The papers of all variants, or of one."""
    found = sitting_for(request, key)
    said = request.POST.get("variant", "")
    chosen = [_variant(found, int(said))] if said.isascii() and said.isdigit() else variants_of(found)
    made = act.print_papers(
        by=request.user,  # type: ignore[arg-type]
        sitting=found,
        variants=chosen,
        unit=name_of(found.unit),
        day=today(),
    )
    saw(request, found, None)
    name = f"de-{chosen[0].number:03d}" if len(chosen) == 1 else "de"
    return made_file(made.content, f"{name}.pdf")


@needs("exams.hold")
@shows_people(N_("a variant of an exam paper, printed"))
@require_POST
def print_variant(request: HttpRequest, key: str) -> HttpResponse:
    """A variant without an exam."""
    variant = get_object_or_404(Variant.objects.select_related("paper__unit"), key=key)
    check(request, variant.paper.unit)
    made = act.print_variant(
        by=request.user,  # type: ignore[arg-type]
        variant=variant,
        unit=name_of(variant.paper.unit),
        day=today(),
        at=timezone.now(),
    )
    saw(request, variant.paper, None, part=variant.number)
    return made_file(made.content, f"de-{variant.number:03d}.pdf")


@needs("exams.hold")
@shows_people(N_("answer sheets of an exam"))
@require_POST
def print_sheets(request: HttpRequest, key: str) -> HttpResponse:
    """The answer sheets of one unit or of everybody: a few at once, many by a job."""
    found = sitting_for(request, key)
    on = today()
    rooms = rooms_of(found, on=on, unit=request.POST.get("unit", ""))
    if not rooms:
        raise Http404
    people = sum(len(room.attempts) for room in rooms)
    if people > act.AT_ONCE:
        act.note_sheets(by=request.user, sitting=found, people=people)  # type: ignore[arg-type]
        job = start_job(
            by=request.user,  # type: ignore[arg-type]
            kind=SHEETS,
            arguments={"sitting": found.key, "unit": request.POST.get("unit", ""), "on": on.isoformat()},
            unit=found.unit,
            at=timezone.now(),
        )
        saw(request, found, 0)
        return redirect("office:job", job.key)
    made, strange = act.print_sheets(
        by=request.user,  # type: ignore[arg-type]
        sitting=found,
        rooms=rooms,
        unit=name_of(found.unit),
        day=on,
    )
    saw(request, found, people)
    for words in _strange(found, strange):
        messages.warning(request, words)
    return made_file(made, "phieu-tra-loi.pdf")


def _strange(found: Sitting, keys: Iterable[str]) -> list[str]:
    """A word on each candidate whose name holds letters of no typeface: on their sheet these stand by their codes."""
    words = _(
        "The typeface has not every letter of the name %(person)s: on the sheet its code stands. Write it by hand."
    )
    rows = found.sat.filter(key__in=list(keys)).select_related("person").order_by("pk")
    return [words % {"person": row.person.full_name} for row in rows]


@needs("exams.view_keys")
@shows_people(N_("the right answers of an exam, printed"))
@require_POST
def print_key(request: HttpRequest, key: str) -> HttpResponse:
    """The right answers, once the exam is over."""
    found = sitting_for(request, key)
    check(request, found.paper.unit)
    made = act.print_key(
        by=request.user,  # type: ignore[arg-type]
        sitting=found,
        unit=name_of(found.unit),
        day=today(),
        at=timezone.now(),
    )
    saw(request, found, None)
    return made_file(made.content, "dap-an.pdf")
