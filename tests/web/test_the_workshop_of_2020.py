"""The workshop of 30 September 2020 in the demonstration: 80 sites in two countries, operated by invented people."""

import factories as make
import pytest
from django.conf import settings

from lantoa.directory.models import Level, Person
from lantoa.web.demonstration_workshop import hold_workshop
from lantoa.workshops.models import Workshop
from lantoa.workshops.queries.checks import count_colours
from lantoa.workshops.queries.invitations import count_answers
from lantoa.workshops.queries.workshops import numbers

FOLDER = settings.BASE_DIR / "examples" / "workshop-2020"


@pytest.mark.django_db
def test_it_joined_80_sites_in_two_countries_and_is_over() -> None:
    country = make.unit("Việt Nam", kind="", level=Level.COUNTRY)
    make.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE, under=country)

    held = hold_workshop(by=make.BY, folder=FOLDER)
    assert hold_workshop(by=make.BY, folder=FOLDER) == held

    assert (Workshop.objects.count(), held.state, held.agenda.count()) == (1, "over", 5)
    counted = numbers(held.sites.all())
    assert (counted["sites"], counted["countries"]) == (80, 2)
    assert [one.code for one in held.sites.filter(above__code="SG").order_by("place")] == [
        "SG.GT",
        "SG.AI",
        "SG.PDPC",
        "SG.IMDA",
    ]
    assert count_answers(held.sites.all())["yes"] == 80
    assert count_colours(held.sites.all())["green"] == 80
    assert set(Person.objects.values_list("is_demonstration", flat=True)) == {True}
