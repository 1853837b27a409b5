"""The ledger page: whose lines an auditor reads."""

import factories
import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from lantoa.accounts.models import User
from lantoa.directory.models import Level, Role
from lantoa.ledger.actions import record

pytestmark = pytest.mark.django_db


def lines_of(auditor: User) -> list[str]:
    client = Client()
    client.force_login(auditor)
    answer = client.get(reverse("web:ledger"))
    return [line.thing for line, *_rest in answer.context["rows"] if line.thing.startswith("test:")]


def test_who_audits_a_unit_reads_what_its_own_people_did() -> None:
    country = factories.unit("Việt Nam", kind="Nước", level=Level.COUNTRY)
    here, there = (factories.unit(under=country, kind="Tỉnh", level=Level.PROVINCE) for _ in range(2))
    ward = factories.unit(under=here)
    with transaction.atomic():
        for name, unit in (("here", ward), ("there", there)):
            record(by=factories.user(Role.PROGRAMME_OFFICER, on=unit), act="test.act", thing=f"test:{name}")
        record(by=factories.BY, act="test.act", thing="test:machine")
    assert lines_of(factories.user(Role.AUDITOR, on=here)) == ["test:here"]
    assert lines_of(factories.user(Role.AUDITOR, on=country)) == ["test:machine", "test:there", "test:here"]
