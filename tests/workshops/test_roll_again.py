"""Reports that come late, twice or for another roll call; and a chair who enters the rest from an old page."""

from datetime import datetime, timedelta
from typing import Any

import factories as make
import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from workshops.held import T0, site, workshop
from workshops.test_roll import act, called, standing
from workshops.test_workshops import browser

from lantoa.directory.models import Role
from lantoa.ledger.models import Entry
from lantoa.workshops.actions.log import Act, Kind, write
from lantoa.workshops.actions.roll import call_the_roll, close_the_roll, enter_report
from lantoa.workshops.models import Site, SiteReport, SiteState, Workshop
from lantoa.workshops.rules.roll import Report
from lantoa.workshops.views import desk

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def sent(of: Site, people: int = 12, *, tapped: datetime | None = None, roll: int = 0) -> tuple[str, int]:
    """What the device is told."""
    said = Report("present", people, nonce="0nonce000001", tapped_at=tapped, roll=roll)
    (told,) = write([Act(Kind.REPORT, of.workshop.key, "user:0x", T0 + 60 * MINUTE, site=of.key, report=said)])
    return told.refused, told.number


def twice_called() -> tuple[Workshop, Site]:
    """A dry run at eight, the real roll at nine."""
    made = workshop(state="live")
    called(made)
    close_the_roll(by=make.BY, workshop=made, at=T0 + 20 * MINUTE)
    call_the_roll(by=make.BY, workshop=made, mode="together", at=T0 + 60 * MINUTE)
    return made, site(made)


def rolls() -> list[int]:
    """The numbers of the roll calls in which something was reported."""
    return list(SiteReport.objects.order_by("pk").values_list("roll_call__number", flat=True))


def test_a_report_counts_for_the_roll_call_that_its_page_knew() -> None:
    _made, one = twice_called()

    assert sent(one, roll=1) == ("", 1)
    assert SiteState.objects.get(site=one).roll_call.number == 1
    assert sent(one, roll=2) == ("", 2)
    assert rolls() == [1, 2]
    assert sent(one, roll=3) == ("unknown", 0)


def test_a_report_kept_from_before_the_roll_is_none_of_it() -> None:
    made = workshop(state="live")
    one = site(made)
    assert sent(one, tapped=T0 - MINUTE) == ("closed", 0)
    called(made)

    assert sent(one, tapped=T0 - MINUTE) == ("closed", 0)
    assert rolls() == []
    assert sent(one, tapped=T0 + MINUTE) == ("", 1)
    assert rolls() == [1]


def test_what_was_committed_in_one_roll_call_is_not_taken_again_in_the_next() -> None:
    made = workshop(state="live")
    one = site(made)
    called(made)
    assert sent(one) == ("", 1)
    close_the_roll(by=make.BY, workshop=made, at=T0 + MINUTE)
    called(made)

    assert sent(one) == ("", 2)  # only the answer was lost: the device may forget it

    assert rolls() == [1]
    assert Entry.objects.filter(act="workshops.report").count() == 1


@pytest.mark.parametrize(
    ("tapped", "stands"),
    [(T0, ("absent", 0)), (T0 + 45 * MINUTE, ("present", 12)), (None, ("present", 12))],
)
def test_what_was_tapped_before_the_desk_corrected_it_is_kept_and_does_not_stand(
    tapped: datetime | None, stands: tuple[str, int]
) -> None:
    made = workshop(state="live")
    one = site(made)
    called(made)
    enter_report(by=make.BY, site=one, report=Report("absent", 0), reason="", at=T0 + 30 * MINUTE)

    assert sent(one, tapped=tapped, roll=1) == ("", 1)

    assert standing(one) == stands
    assert SiteReport.objects.count() == 2


def test_the_page_of_a_site_is_given_the_number_of_the_roll_call() -> None:
    who = make.person()
    made = workshop(state="live")
    one = site(made, operator=who)
    address, client = reverse("workshops:site_roll", args=[one.key]), browser(who=who)
    assert 'data-roll-number=""' in client.get(address).content.decode()

    called(made)

    assert 'data-roll-number="1"' in client.get(address).content.decode()


def test_only_sites_that_were_on_the_page_are_entered_as_the_rest_and_the_others_are_said(monkeypatch: Any) -> None:
    made = workshop(state="live")
    client = browser(Role.PROGRAMME_OFFICER, made.unit)
    first, second, hidden, reported = [site(made) for _ in range(4)]
    called(made)
    write([act(reported, 5)])
    monkeypatch.setattr(desk, "MOST_TILES", 2)
    address = reverse("workshops:rest", args=[made.key])
    page = client.get(address).content.decode()
    assert [f"s-{one.key}" in page for one in (first, second, hidden)] == [True, True, False]
    site(made)  # added meanwhile

    said = {f"s-{first.key}": "present", f"s-{second.key}": "absent", f"s-{reported.key}": "absent"}
    answer = client.post(address, said)

    assert (standing(first), standing(second), standing(reported)) == (
        ("present", None),
        ("absent", None),
        ("present", 5),
    )
    assert SiteState.objects.count() == 3
    assert [str(one) for one in get_messages(answer.wsgi_request)] == [
        "2 sites entered.",
        "2 sites that were not on this page have still said nothing.",
    ]
