"""What a class reads: its topics with their materials, small enough for a phone."""

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lantoa.competence.models import Material
from lantoa.directory.access import check, may, needs, today
from lantoa.office.queries import send_file
from lantoa.training.models import TrainingClass
from lantoa.training.views.classes import crumbs


def class_read_by(request: HttpRequest, key: str) -> TrainingClass:
    """The class, if the reader is in it or may see its programme; else 404."""
    found = get_object_or_404(TrainingClass.objects.select_related("programme", "course", "unit"), key=key)
    if not found.enrolments.filter(person__user=request.user.pk, withdrawn_at=None).exists():
        check(request, found.unit, "programmes.view")
    return found


@needs("training.learn")
@require_safe
def materials(request: HttpRequest, key: str) -> HttpResponse:
    """The topics of the class with outcomes, files and links."""
    found = class_read_by(request, key)
    topics = found.course.topics.order_by("position").prefetch_related("materials__file")
    return render(
        request,
        "training/materials.html",
        {"training_class": found, "topics": topics, "breadcrumbs": _way(request, found)},
    )


def _way(request: HttpRequest, found: TrainingClass) -> list[dict[str, str]]:
    """Back to where the reader came from: a learner does not open the officer's pages."""
    if may(request.user, "programmes.view", found.unit, on=today()):
        return crumbs(found.programme, found)
    return [{"label": _("My learning"), "url": reverse("training:me")}]


@needs("training.learn")
@require_safe
def material(request: HttpRequest, key: str, material: str) -> HttpResponseBase:
    """A file of one of the topics of the class."""
    found = class_read_by(request, key)
    row = get_object_or_404(Material.objects.select_related("file"), key=material, topic__course=found.course_id)
    if row.file is None or row.file.removed_at is not None:
        raise Http404
    return send_file(request, row.file)
