"""What a reader may do is read once a page, and only for that page."""

from datetime import timedelta

import factories
import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from lantoa.directory.access import check, held_permissions, in_care, may, needs, permissions_on
from lantoa.directory.models import Role, RoleGrant

pytestmark = pytest.mark.django_db


def test_the_roles_of_a_reader_are_read_once_a_page_and_anew_for_the_next() -> None:
    unit, other = factories.unit(), factories.user()
    reader = factories.user(Role.PROGRAMME_OFFICER, on=unit)
    on = timezone.localdate()

    @needs("training.manage")
    def page(request: HttpRequest) -> HttpResponse:
        check(request, unit)
        said = [may(reader, "ledger.view", unit, on=on), may(other, "training.manage", unit, on=on)]
        said += [
            "office.import" in permissions_on(reader, unit, on=on),
            "office.import" in held_permissions(reader, on=on),
        ]
        return HttpResponse(f"{said} {in_care(reader, 'training.manage', on=on).count()}")

    request = HttpRequest()
    request.user = reader
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert page(request).content == b"[False, False, True, True] 1"
    assert sum("FROM directory_rolegrant" in one["sql"] for one in asked) == 2  # the reader's, and the other's

    RoleGrant.objects.filter(user=reader).update(until=on - timedelta(days=1))
    assert not may(reader, "training.manage", unit, on=on)
