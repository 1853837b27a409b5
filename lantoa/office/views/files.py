"""A kept file as a download."""

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from lantoa.directory.access import check, needs
from lantoa.directory.permissions import SIGNED_IN
from lantoa.office.models import File
from lantoa.office.queries.files import send_file


@needs(SIGNED_IN)
@require_safe
def show_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """The file, for whoever holds its permission on its unit. Rooms above show theirs by rules of their own."""
    file = get_object_or_404(File.objects.select_related("unit"), key=key, removed_at=None)
    check(request, file.unit, file.seen_with)
    return send_file(request, file)
