"""Simulated sites: what they may act in, how they behave, what the command refuses."""

from datetime import timedelta
from io import StringIO

import factories as make
import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone, translation
from workshops.held import BEFORE, T0, agenda, refusal, site, workshop

from lantoa.accounts.actions import create_account
from lantoa.accounts.models import PersonalLink, User
from lantoa.directory.models import Person
from lantoa.workshops.actions.simulating import (
    CHAIR,
    admit_chair,
    admit_operators,
    dismiss,
    refuse_unless_simulated,
    simulated_now,
)
from lantoa.workshops.models import Site, Workshop
from lantoa.workshops.rules.simulating import manners, read_page

UNTIL = T0 + timedelta(minutes=30)


def invented(name: str = "Tạ Minh Họa") -> Person:
    found = make.person(name)
    found.is_demonstration = True
    found.save()
    return found


@pytest.fixture
def acted(db: None) -> Workshop:
    """A simulated workshop that is live, with an invented operator."""
    return workshop(state="live", simulated=True, name="Hội thảo mô phỏng")


# ---- how they behave


def test_the_same_seed_is_the_same_morning_and_another_one_is_not() -> None:
    sites = [(40, "vi"), (25, "en"), (0, "vi")] * 30
    assert manners(7, sites) == manners(7, sites)
    assert manners(7, sites) != manners(8, sites)


def test_what_a_site_reports_adds_up_and_comes_in_order() -> None:
    for manner in manners(1, [(one % 60, "vi") for one in range(300)]):
        times = [one.after for one in manner.reports]
        assert times == sorted(times)
        for one in manner.reports:
            assert one.people >= one.leaders + one.guests >= 0
            assert one.state != "absent" or one.people == 0


def test_in_eighty_sites_some_are_late_and_some_have_faults_and_all_but_a_few_end_well() -> None:
    drawn = manners(1, [(30, "vi")] * 80)
    first = {manner.reports[0].state for manner in drawn}
    last = [manner.reports[-1].state for manner in drawn]
    assert first == {"present", "late", "fault", "absent"}
    assert last.count("present") > 70


def test_a_page_is_read_as_a_browser_reads_it() -> None:
    forms, marks = read_page(
        '<p data-roll-state="open" hidden></p><p data-roll-state="closed"></p><div data-ticket="t.1" data-after="12">'
        '<form action="/a/"><input type="hidden" name="act" value="ballot">'
        '<input type="radio" name="chosen" value="0">'
        '<input type="radio" name="chosen" value="1" checked><button name="state" value="late">x</button></form>'
        '<input name="outside" value="1">'
    )
    assert marks == {"data-roll-state": "closed", "data-ticket": "t.1", "data-after": "12"}
    (form,) = forms
    assert (form.action, form.fields) == ("/a/", {"act": "ballot"})
    assert form.offered == {"chosen": ["0", "1"], "state": ["late"]}


# ---- what they may act in


@pytest.mark.django_db
def test_a_real_workshop_is_never_simulated() -> None:
    real = workshop(state="live", name="Hội thảo thật")
    words = "Cannot simulate the sites of “Hội thảo thật”: it is a real workshop. Only one marked as simulated is."
    assert refusal(lambda: refuse_unless_simulated(real)) == words
    on = T0.date()
    assert refusal(lambda: simulated_now(by=make.BY, workshop=real, until=UNTIL, at=T0, on=on)) == words
    assert refusal(lambda: admit_operators(by=make.BY, workshop=real, sites=[], expires_at=UNTIL, at=T0)) == words
    assert refusal(lambda: admit_chair(by=make.BY, workshop=real, expires_at=UNTIL, at=T0)) == words


def test_a_real_person_is_never_simulated(acted: Workshop) -> None:
    real = site(acted, name="Xã Vi Hương", operator=make.person("Nguyễn Thật"))
    nobody = site(acted, name="Xã Tân Tú")
    for one, words in (
        (real, "Cannot simulate the site Xã Vi Hương: its operator Nguyễn Thật is a real person."),
        (nobody, "Cannot simulate the site Xã Tân Tú: it has no operator."),
    ):
        said = refusal(
            lambda one=one: admit_operators(by=make.BY, workshop=acted, sites=[one], expires_at=UNTIL, at=T0)  # type: ignore[misc]
        )
        assert said == words
    create_account(by=make.BY, username=CHAIR, full_name="Có Thật")
    words = f"Cannot simulate the chair: the account “{CHAIR}” is a real one."
    assert refusal(lambda: admit_chair(by=make.BY, workshop=acted, expires_at=UNTIL, at=T0)) == words


def test_an_operator_gets_in_by_a_link_that_ends_with_the_simulation(acted: Workshop, client: Client) -> None:
    now = timezone.now()
    ends = now + timedelta(minutes=10)
    operator = invented()
    sites = [site(acted, operator=operator), site(acted, operator=operator)]
    entries = admit_operators(by=make.BY, workshop=acted, sites=sites, expires_at=ends, at=now)
    assert [one.site for one in entries] == sites
    assert entries[0].token == entries[1].token  # one person, one way in
    sites = list(acted.sites.order_by("pk"))
    again = admit_operators(by=make.BY, workshop=acted, sites=sites, expires_at=ends, at=now)
    assert User.objects.filter(person=operator).count() == 1

    assert client.post(f"/l/{again[0].token}").status_code == 302
    assert client.get(f"/workshops/site/{sites[0].key}/roll/").status_code == 200
    dismiss(by=make.BY, entries=again, at=now)
    assert client.get(f"/workshops/site/{sites[0].key}/roll/").status_code == 302
    assert not PersonalLink.objects.filter(revoked_at=None).exists()
    assert not User.objects.get(person=operator).has_usable_password()


def test_while_its_hours_last_it_stays_and_after_them_the_next_one_begins(acted: Workshop) -> None:
    agenda(acted, 30, 60)
    below = site(acted, "B", operator=invented("Bích Minh Họa"))
    top = site(acted, "A", operator=invented())
    Site.objects.filter(pk=below.pk).update(above=top)
    same = simulated_now(by=make.BY, workshop=acted, until=UNTIL, at=T0, on=T0.date())
    assert same == acted

    later = T0 + timedelta(days=2)
    until = later + timedelta(minutes=10)
    after = simulated_now(by=make.BY, workshop=acted, until=until, at=later, on=later.date())
    acted.refresh_from_db()
    assert (acted.state, after.state, after.simulated, after.previous) == ("over", "live", True, acted)
    assert [(one.code, one.above.code if one.above else "") for one in after.sites.order_by("code")] == [
        ("A", ""),
        ("B", "A"),
    ]
    assert [one.during.lower - after.during.lower for one in after.agenda.order_by("position")] == [
        timedelta(0),
        timedelta(minutes=30),
    ]
    assert after.during.lower <= later < until <= after.during.upper
    over = simulated_now(by=make.BY, workshop=acted, until=UNTIL, at=BEFORE, on=BEFORE.date())
    assert over.code not in {acted.code, after.code}  # ended by hand: the next one, under a code of its own


# ---- the command


def refused(*arguments: str) -> str:
    with translation.override("en"), pytest.raises(CommandError) as error:
        call_command("simulate_workshop", *arguments, stdout=StringIO())
    return str(error.value)


@pytest.mark.django_db
def test_the_command_says_what_it_cannot_do() -> None:
    none = "Cannot simulate a workshop: none is marked as simulated. Load the demonstration first."
    assert refused() == none
    assert refused("ht-0") == "Cannot simulate the workshop “ht-0”: there is none of this code or key."
    real = workshop(state="live", name="Hội thảo thật")
    assert refused(real.code).startswith("Cannot simulate the sites of “Hội thảo thật”: it is a real workshop.")
    amounts = "Cannot simulate: at least 1 site, up to 600 minutes, a speed from 0.1 to 100."
    assert [refused("--sites", "0"), refused("--minutes", "601"), refused("--speed", "0")] == [amounts] * 3


def test_where_no_server_answers_nobody_is_let_in(acted: Workshop) -> None:
    site(acted, operator=invented())
    said = refused("--address", "http://127.0.0.1:9")
    assert said == "Cannot simulate a workshop: nothing answers at http://127.0.0.1:9."
    assert not User.objects.exists()
