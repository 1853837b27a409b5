"""What every reader finds on every page: text size, colours, language; a way in, and a way back to where one was."""

from collections.abc import Callable

from journeys.browser import Reader
from journeys.town import Town


def test_text_size_and_contrast_are_chosen_once_and_stay(reader: Callable[..., Reader]) -> None:
    anyone = reader()
    anyone.go("/verify/")
    anyone.page.locator("details[data-look] summary").click()
    anyone.page.locator("button[name=text][value='150']").click()
    anyone.page.locator("button[name=theme][value=contrast]").click()
    anyone.go("/sign-in/")
    html = anyone.page.locator("html")
    assert (html.get_attribute("data-text"), html.get_attribute("data-theme")) == ("150", "contrast")
    anyone.must_be_sound()


def test_an_english_reader_switches_the_language_and_keeps_it(reader: Callable[..., Reader]) -> None:
    anyone = reader()
    anyone.go("/verify/")
    anyone.page.locator("button[name=language]").click()
    anyone.page.wait_for_selector("html[lang=en]")
    anyone.language = "en"
    assert (anyone.heading, anyone.page.url.rpartition("/verify/")[1]) == ("Verify a certificate", "/verify/")
    anyone.sign_in("canbo")
    assert anyone.heading == "My desk"


def test_an_officer_works_in_english(reader: Callable[..., Reader], town: Town) -> None:
    officer = reader("canbo", language="en")
    officer.go(f"/programmes/{town.found['things']['finished']}/progress/")
    officer.follow("Certificates")
    assert officer.heading == "Certificates"
    officer.page.go_back()
    officer.follow("Lists, presence sheets, results, report and decision")
    workbook = officer.download(lambda: officer.follow("Participants (.xlsx)"))
    assert workbook.startswith(b"PK")


def test_a_stranger_finds_nothing_where_there_is_nothing_for_them(reader: Callable[..., Reader], town: Town) -> None:
    things = town.found["things"]
    learner = reader()
    learner.sign_in("hocvien")
    learner.go(f"/programmes/{things['finished']}/progress/")
    learner.must_be_sound()
    assert learner.status == 404

    coordinator = reader("dieuphoi")
    coordinator.go(f"/people/{things['foreigner']}/")
    assert coordinator.status == 404


def test_whoever_was_signed_out_signs_in_and_is_back_on_the_page(reader: Callable[..., Reader], town: Town) -> None:
    officer = reader("canbo")
    page = f"/programmes/{town.found['things']['finished']}/progress/?on=2020-11-18"
    officer.context.clear_cookies(name="sessionid")  # what a browser does when the session is over
    officer.go(page)
    assert officer.heading == "Đăng nhập"
    officer.write("Password", "sai mat khau")
    officer.press("Sign in")
    officer.must_be_sound()
    officer.sign_in("canbo")
    assert officer.page.url.endswith(page)


def test_a_link_that_was_replaced_opens_nothing_any_more(reader: Callable[..., Reader]) -> None:
    anyone = reader()
    anyone.go("/l/khong-phai-lien-ket")
    anyone.must_be_sound()
    assert anyone.heading == anyone.says("This link no longer opens anything")
