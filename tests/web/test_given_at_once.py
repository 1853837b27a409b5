"""Roles and ways in given by two at the same moment."""

import factories
import pytest
from at_once import at_once
from django.utils import timezone

from lantoa.accounts.models import PersonalLink
from lantoa.directory.actions.roles import grant_role
from lantoa.directory.models import Role, RoleGrant
from lantoa.web.actions import give_way_in

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()


def test_two_who_give_the_first_link_at_once_make_one_account() -> None:
    unit = factories.unit()
    person = factories.person(at=unit)

    def give() -> None:
        kind = PersonalLink.Kind.LINK
        give_way_in(by=factories.BY, person=person, unit=unit, kind=kind, at=NOW, on=timezone.localdate(NOW))

    assert at_once([give, give, give]) == ["done"] * 3
    person.refresh_from_db()
    assert person.user
    assert person.user.links.filter(revoked_at=None).count() == 1
    assert person.user.grants.count() == 1


def test_two_who_give_a_role_at_once_give_one() -> None:
    unit, account = factories.unit(), factories.user()

    def give() -> None:
        grant_role(by=factories.BY, user=account, role=Role.AUDITOR, unit=unit, on=timezone.localdate(NOW))

    assert at_once([give, give, give]) == ["done"] * 3
    assert RoleGrant.objects.count() == 1
