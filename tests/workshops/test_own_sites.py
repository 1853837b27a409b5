"""A province answers for its own: what its sites have reported, whom to call. And who tried what was not theirs."""

from datetime import timedelta
from typing import Any

import factories as make
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from workshops.held import site, workshop
from workshops.test_during import Held, browser, text_of

from lantoa.directory.models import Person, Role
from lantoa.office.queries.people import names_of
from lantoa.workshops.actions.log import Act, Kind, write
from lantoa.workshops.actions.roll import call_the_roll, report_site
from lantoa.workshops.models import Site, SiteHeard, Workshop
from lantoa.workshops.rules.roll import Report

pytestmark = pytest.mark.django_db


class Province:
    """A province with three communes under it, in a country's workshop that is live, and a province beside it."""

    def __init__(self, communes: int = 3) -> None:
        self.workshop: Workshop = workshop(state="live")
        self.operator: Person = make.person(phone="0912000001")
        self.top: Site = site(self.workshop, "P", name="Tỉnh Một", operator=self.operator)
        self.communes = [
            site(
                self.workshop,
                f"C{n}",
                name=f"Xã {n}",
                above=self.top,
                operator=make.person(f"Trực Xã {n}", phone=f"091300000{n}"),
            )
            for n in range(communes)
        ]
        self.beside: Site = site(self.workshop, "B", name="Tỉnh Hai", operator=make.person())
        call_the_roll(by=make.BY, workshop=self.workshop, mode="together", at=timezone.now())

    @property
    def page(self) -> str:
        return reverse("workshops:own_sites", args=[self.workshop.key])

    def client(self) -> Client:
        return browser(make.user(is_person=self.operator))


def reports(of: Site, state: str, people: int) -> None:
    said = Report(state, people, nonce=f"0nonce{of.key[:7]}")
    report_site(by=make.user(), site=of, report=said, at=timezone.now())


def test_a_province_sees_what_its_own_sites_have_reported_and_nothing_of_others() -> None:
    there = Province()
    reports(there.communes[0], "present", 24)
    reports(there.communes[1], "fault", 7)
    reports(there.beside, "present", 54_321)
    SiteHeard.objects.create(site=there.communes[2], at=timezone.now() - timedelta(minutes=9))
    client = there.client()

    all_of_them = text_of(client.get(there.page))
    faulty = text_of(client.get(f"{there.page}?show=fault"))

    assert "2 of 4 sites have reported" in all_of_them
    assert "31 people counted." in all_of_them
    assert [said for said in ("Tỉnh Hai", "54321", "54,321", "54.321") if said in all_of_them] == []
    assert "Not heard from since" in all_of_them
    assert ("Xã 1" in faulty, "Trực Xã 1 0913000001" in faulty, "Xã 0" in faulty) == (True, True, False)
    assert client.get(f"{there.page}?show=nothing").status_code == 404


def test_a_province_reports_for_a_commune_from_there() -> None:
    there = Province()
    client = there.client()
    address = reverse("workshops:site_roll", args=[there.communes[2].key])
    assert f'href="{address}"' in client.get(there.page).content.decode()

    assert client.post(address, {"people": "12", "state": "present"}).status_code == 302
    assert "1 of 4 sites have reported" in text_of(client.get(there.page))


def test_a_stranger_finds_no_such_page_and_it_is_offered_to_whoever_has_sites() -> None:
    there = Province()
    stranger = browser(make.user(is_person=make.person()))
    officer = browser(make.user(Role.PROGRAMME_OFFICER, on=there.workshop.unit))
    door = reverse("workshops:workshop", args=[there.workshop.key])

    assert stranger.get(there.page).status_code == 404
    assert "Your sites in the roll" in text_of(there.client().get(door))
    assert "Your sites in the roll" not in text_of(officer.get(door))
    assert "0 of 0 sites have reported" in text_of(officer.get(there.page))


@pytest.mark.parametrize("communes", [1, 3])
def test_the_list_of_own_sites_asks_the_same_whatever_its_length(
    communes: int, django_assert_num_queries: Any
) -> None:
    there = Province(communes)
    client = there.client()
    client.get(there.page)

    with django_assert_num_queries(QUERIES):
        client.get(there.page)


QUERIES = 13


# ---- refused attempts


def test_who_tried_to_act_for_another_site_or_to_hear_another_workshop_is_shown_to_whoever_plans_it() -> None:
    held = Held()
    page = held.page("refused")
    assert "None." in text_of(held.desk.get(page))
    seated = held.seat()
    for act in ("raise", "raise", "ballot"):
        assert seated.post(held.page("site_floor", held.other), {"act": act}).status_code == 404
    now, actor = timezone.now(), make.user(full_name="Lê Thị Nghe").actor_key
    for who in (actor, actor, ""):
        write([Act(Kind.FOREIGN, held.workshop.key, who, now, what="stream")])
    foreign = Held()
    foreign.seat().post(foreign.page("site_floor", foreign.other), {"act": "fault"})

    said = text_of(held.desk.get(page))

    held.participant.refresh_from_db()
    assert held.participant.user is not None
    key = held.participant.user.actor_key
    name = names_of([key])[key]
    assert f"{name} to raise the hand of a site Phường Hai 2" in said
    assert f"{name} to vote for a site Phường Hai 1" in said
    assert "Lê Thị Nghe to listen to this workshop – 2" in said
    assert "nobody of this house to listen to this workshop – 1" in said
    assert "report a fault" not in said
    assert held.at_site().get(page).status_code == 404
