"""Ways in of staff: a first password, one-time codes with recovery, the codes reset, a provider of OpenID Connect."""

import base64
import time
from collections.abc import Callable

from journeys.browser import Reader
from journeys.steps import add_person
from journeys.town import PROVIDER_NAME, Town

from lantoa.accounts.rules import one_time_code, step_at

OWN = "mot-mat-khau-rieng-2026"


def test_an_officer_turns_codes_on_signs_in_with_them_and_recovers(reader: Callable[..., Reader]) -> None:
    coordinator, administrator, staff = reader("dieuphoi"), reader("quantri"), reader()
    person = add_person(coordinator, "Ma Thị Bích Đào")
    password = make_an_account(administrator, person, "ma.bich.dao")
    sign_in_for_the_first_time(staff, "ma.bich.dao", password)
    secret, step, recovery = turn_codes_on(staff)
    sign_out_and_in(staff, "ma.bich.dao")
    type_code(staff, "000000")
    assert staff.page.locator(".govuk-error-message").count() == 1
    type_code(staff, one_time_code(secret, max(step + 1, step_at(time.time()))))
    assert staff.heading == staff.says("My desk")
    sign_out_and_in(staff, "ma.bich.dao")
    type_code(staff, recovery)
    assert staff.heading == staff.says("My desk")
    see_what_is_left(staff)
    reset_the_codes_of_a_lost_telephone(administrator, person)
    sign_out_and_in(staff, "ma.bich.dao")
    assert staff.heading == staff.says("My desk")


def test_an_officer_binds_the_account_to_a_provider_and_comes_in_by_it(
    reader: Callable[..., Reader], town: Town
) -> None:
    coordinator, administrator, staff = reader("dieuphoi"), reader("quantri"), reader()
    address = "tri.vien@phuong.example"
    person = add_person(coordinator, "Viên Minh Trí", email=address)
    make_an_account(administrator, person, "vien.minh.tri")
    town.provider.claims = {"sub": "vmt-1", "email": address, "email_verified": True}
    come_by_the_provider(staff)
    assert "vien.minh.tri" in staff.text  # one account has the address that the provider has verified: is it theirs?
    staff.must_be_sound()
    staff.page.locator("main form button").click()
    assert staff.heading == staff.says("My desk")
    see_what_is_bound(administrator, person)
    stranger = reader()
    town.provider.claims = {"sub": "nobody-1", "email": "la@xa.example", "email_verified": True}
    come_by_the_provider(stranger)
    assert stranger.heading == stranger.says("Not signed in")
    stranger.must_be_sound()


def make_an_account(administrator: Reader, person: str, username: str) -> str:
    """The first password of a new account of the person whose page that is."""
    administrator.go(person)
    administrator.follow("Make an account")
    administrator.must_be_sound()
    administrator.write("Username", username)
    administrator.page.locator("select[name=role]").select_option("unit_coordinator")
    administrator.press("Make the account")
    administrator.must_be_sound()
    return administrator.page.locator(".lt-code").inner_text()


def sign_in_for_the_first_time(staff: Reader, username: str, password: str) -> None:
    staff.sign_in(username, password)
    staff.must_be_sound()
    staff.page.locator("input[name=new]").fill(OWN)
    staff.page.locator("input[name=again]").fill(OWN)
    staff.press("Save and go on")
    assert staff.heading == staff.says("My desk")


def turn_codes_on(staff: Reader) -> tuple[bytes, int, str]:
    """The secret as the telephone keeps it, the step of the code it showed, and one of the recovery codes."""
    staff.go("/codes/")
    staff.must_be_sound()
    letters = staff.page.locator(".lt-way-in .lt-code").inner_text().replace("-", "").upper()
    secret = base64.b32decode(letters)
    step = step_at(time.time())
    staff.page.locator("input[name=code]").fill(one_time_code(secret, step))
    staff.press("Turn on")
    staff.must_be_sound()
    codes = staff.page.locator("main li.lt-code").all_inner_texts()
    assert len(codes) == 10
    staff.follow("I have written them down")
    return secret, step, codes[0]


def sign_out_and_in(staff: Reader, username: str) -> None:
    staff.page.locator("header form[action*='sign-out'] button").dispatch_event("click")
    staff.page.wait_for_url("**/sign-in/**")
    staff.sign_in(username, OWN)


def type_code(staff: Reader, code: str) -> None:
    staff.must_be_sound()
    staff.page.locator("input[name=code]").fill(code)
    staff.press("Sign in")


def see_what_is_left(staff: Reader) -> None:
    staff.go("/codes/")
    assert staff.says("turned on") in staff.text
    assert "9" in staff.text
    staff.must_be_sound()


def reset_the_codes_of_a_lost_telephone(administrator: Reader, person: str) -> None:
    administrator.go(person)
    administrator.follow("Account")
    administrator.must_be_sound()
    administrator.press("Telephone lost: reset the codes")
    assert administrator.says("asks for no one-time codes") in administrator.text


def come_by_the_provider(staff: Reader) -> None:
    staff.go("/sign-in/")
    staff.must_be_sound()
    staff.follow_name(staff.says("Sign in with %(provider)s") % {"provider": PROVIDER_NAME})


def see_what_is_bound(administrator: Reader, person: str) -> None:
    administrator.go(person)
    administrator.follow("Account")
    assert "vmt-1" in administrator.text
    administrator.must_be_sound()
