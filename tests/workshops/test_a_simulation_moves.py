"""`lantoa simulate-workshop` at a real web process, watched in a real browser: the board and the screen of the hall
move by themselves, and show in the end what the database holds."""

import os
import signal
import subprocess
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from exams.hall import SECONDS, Line, Web
from office.conftest import database_url
from playwright.sync_api import Page, expect
from workshops import test_pages_survive as pages
from workshops.held import agenda, site, workshop
from workshops.test_pages_survive import browses, secretary, until
from workshops.test_simulating import invented

from config.processes import python
from lantoa.workshops.models import SiteState, Workshop
from lantoa.workshops.rules.simulating import manners

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
place, opens = pages._place, pages.opens
SITES, EXPECTED = 6, 20
# What is shown for seconds only is seen by whoever watches all the time.
WATCH = """() => {
    window.spoke = [];
    new MutationObserver(() => {
        const said = document.querySelector("[data-live-value^=speaking]").textContent;
        if (said && said !== "–") window.spoke.push(said);
    }).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""


def simulated_now() -> Workshop:
    made = workshop(state="live", simulated=True, name="Hội thảo mô phỏng")
    now = timezone.now()
    Workshop.objects.filter(pk=made.pk).update(during=(now - timedelta(minutes=5), now + timedelta(hours=3)))
    agenda(made, 60)
    for _one in range(SITES):
        site(made, operator=invented(), expected=EXPECTED)
    return made


def with_early_hands() -> int:
    """A morning in which two sites ask for the floor soon."""
    expected = [(EXPECTED, "vi")] * SITES
    return next(n for n in range(1_000) if sum((one.hand_after or 999) < 100 for one in manners(n, expected)) > 1)


@browses
def test_the_board_and_the_screen_of_the_hall_move_while_sites_are_simulated(
    opens: pages.Opens, place: tuple[Web, Line]
) -> None:
    made = simulated_now()
    board = opens(reverse("workshops:desk", args=[made.key]), secretary(made))
    screen = opens(reverse("workshops:hall", args=[made.key]), secretary(made))
    silent = board.locator(".lt-tile:has([data-letter]:empty)")  # nothing was reported
    expect(silent).to_have_count(SITES)
    running = screen.locator("[data-live=agenda] .govuk-body-l strong")
    expect(running).to_have_count(0)
    screen.evaluate(WATCH)
    asked = ["--address", f"http://127.0.0.1:{place[0].port}", "--speed", "8", "--seed", str(with_early_hands())]
    acting = subprocess.Popen(
        python("config.cli", "simulate-workshop", made.code, "--minutes", "30", *asked),
        env={**os.environ, "DATABASE_URL": database_url(), "LANTOA_DATA": str(place[0].data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        expect(silent).to_have_count(0)  # every site has reported, and the board shows it by itself
        expect(running).to_have_text("Phần 1")
        until(lambda: bool(spoke(screen)), "nobody spoke")
        acting.send_signal(signal.SIGINT)
        said, _none = acting.communicate(timeout=SECONDS)
    finally:
        acting.kill()

    assert (acting.returncode, said.splitlines()[-1][:7], "fault:" in said) == (0, "Ended: ", False), said
    assert set(spoke(screen)) <= set(made.sites.values_list("name", flat=True))
    for row in SiteState.objects.select_related("site"):
        tile = board.locator(f'[data-row="{row.site.key}"]')
        expect(tile.locator("[data-people]")).to_have_text("–" if row.people is None else str(row.people))


def spoke(screen: Page) -> list[str]:
    """The sites that the screen has named."""
    found: list[str] = screen.evaluate("window.spoke")
    return found
