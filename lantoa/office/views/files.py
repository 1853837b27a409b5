"""A kept file as a download."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from lantoa.common.refused import N_
from lantoa.directory.access import check, needs, saw, shows_people
from lantoa.directory.permissions import SIGNED_IN
from lantoa.office.models import File
from lantoa.office.queries.files import send_file

OPEN = "programmes.view"  # materials and papers that everybody of the programme may see; others may list people


@needs(SIGNED_IN)
@shows_people(N_("a kept file"))
@require_safe
def show_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file, for whoever holds its permission on its unit. Rooms above show theirs by rules of their own."""
    file = get_object_or_404(File.objects.select_related("unit"), key=key, removed_at=None)
    check(request, file.unit, file.seen_with)
    saw(request, file, 0 if file.seen_with == OPEN else None)
    return send_file(request, file)
