"""Sites are carried over all or none, and whoever else acts on the workshop does not wait for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import factories as make
import pytest
from at_once import meanwhile
from django.db import connections
from workshops.held import BEFORE, refusal, site, workshop

from lantoa.workshops.actions.roll import call_the_roll
from lantoa.workshops.actions.sites import add_site, carry_over, open_workshop, write_codes
from lantoa.workshops.models import Workshop

pytestmark = pytest.mark.django_db(transaction=True)


def beside(act: Callable[[], object]) -> None:
    """Somebody else does this now, on a connection of their own, and waits five seconds at most."""

    def there() -> None:
        try:
            with connections["default"].cursor() as cursor:
                cursor.execute("SET lock_timeout = '5s'")
            act()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as other:
        other.submit(there).result()


def carried(made: Workshop, meanwhile: Callable[[], object]) -> int:
    """Carries over; when the last site has been read, somebody else acts."""

    def step(done: int, total: int | None) -> None:
        if done == total:
            beside(meanwhile)

    return carry_over(by=make.BY, workshop=made, on=make.DAY, at=BEFORE, on_step=step)


def ready() -> Workshop:
    before = workshop()
    for code in ("A", "B", "C"):
        site(before, code)
    return workshop(before.unit, previous=before, state="ready")


def test_the_roll_is_called_while_sites_are_carried_over() -> None:
    made = ready()

    count = carried(made, lambda: call_the_roll(by=make.BY, workshop=made, mode="together", at=BEFORE))

    assert (count, made.sites.count(), made.roll_calls.count()) == (3, 3, 1)


def test_a_site_added_meanwhile_is_not_there_twice_and_then_none_is_carried_over() -> None:
    made = ready()
    values = {"code": "B", "name": "Xã Hai", "language": "vi"}

    def carrying() -> int:
        return carried(made, lambda: add_site(by=make.BY, workshop=made, values=values, at=BEFORE))

    assert refusal(carrying) == (
        "Cannot carry sites over to Hội thảo chuyển đổi số: others were added meanwhile. Begin again."
    )
    assert list(made.sites.values_list("code", "name")) == [("B", "Xã Hai")]
    assert carry_over(by=make.BY, workshop=made, on=make.DAY, at=BEFORE) == 2


def test_two_who_write_the_same_code_do_not_wait_for_each_other() -> None:
    """Carrying over writes its sites first and holds the workshop at its end; a site by hand the other way round."""
    made = ready()
    values = {"code": "B", "name": "Xã Hai", "language": "vi"}

    def write() -> None:
        write_codes(made)
        site(made, "B")

    def by_hand() -> None:
        add_site(by=make.BY, workshop=made, values=values, at=BEFORE)

    came = meanwhile(write, by_hand, lambda: open_workshop(made))

    assert came.startswith("Cannot") and "B" in came
    assert made.sites.count() == 1
