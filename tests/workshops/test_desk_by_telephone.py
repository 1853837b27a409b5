"""The desks of a workshop whose hand holds a telephone: whom to call is one tap, and what is heard is entered."""

import re

import factories as make
import pytest
from django.urls import reverse
from django.utils import timezone
from workshops.test_during import Held, held  # noqa: F401

from lantoa.workshops.actions.roll import call_the_roll
from lantoa.workshops.actions.words import report_fault

pytestmark = pytest.mark.django_db


def test_whom_to_call_at_a_site_that_is_down_is_one_tap(held: Held) -> None:  # noqa: F811
    type(held.site).objects.filter(pk=held.site.pk).update(phone="+842838970000")
    type(held.operator).objects.filter(pk=held.operator.pk).update(phone="+84900000010")
    report_fault(by=make.BY, site=held.site, kind="line", at=timezone.now())

    page = held.desk.get(held.page("faults")).content.decode()

    assert re.findall(r'href="tel:([^"]+)"', page) == ["+84900000010", "+842838970000"]
    assert reverse("workshops:desk_site", args=[held.site.key]) in page


def test_what_a_desk_enters_of_a_site_is_asked_in_the_language_of_the_desk(held: Held) -> None:  # noqa: F811
    held.desk.cookies["django_language"] = "vi"
    call_the_roll(by=make.BY, workshop=held.workshop, mode="together", at=timezone.now())

    page = held.desk.get(reverse("workshops:desk_site", args=[held.site.key])).content.decode()

    labels = re.findall(r"<label[^>]*govuk-radios__label[^>]*>\s*(.*?)\s*</label>", page)
    assert labels == ["có mặt", "muộn", "sự cố kỹ thuật", "vắng"]
