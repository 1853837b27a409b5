"""Messages: a unit's own words, what went and what came back, whom nothing reaches (on paper), one's own choice."""

import io
import zipfile
from collections.abc import Callable
from email import message_from_bytes, policy

from journeys.browser import Reader
from journeys.steps import add_person, come_in, way_in
from journeys.test_nominations import CALL, call_of
from journeys.town import Town

REACHED, UNREACHED = "Lục Thị Thanh Nhàn", "Ngụy Đình Chiến"
ADDRESS = "thanh.nhan@phuong.example"
OWN_WORDS = "Mời học lớp {class}: anh/chị đã có chỗ"


def test_an_officer_words_a_message_and_sees_whom_it_reached_and_whom_it_did_not(
    reader: Callable[..., Reader], town: Town
) -> None:
    coordinator, officer = reader("dieuphoi"), reader("canbo")
    both = [add_person(coordinator, REACHED, email=ADDRESS), add_person(coordinator, UNREACHED)]
    for person in both:
        choose_to_be_reached_at_any_hour(come_in(reader, way_in(coordinator, person)))
    word_the_message(officer)
    nominate(coordinator, [REACHED, UNREACHED])  # one of them waits: there are four places
    give_one_more_place(officer)
    accept(officer, [REACHED, UNREACHED])

    town.send()

    assert subjects_to(town, ADDRESS) == {"Mời học lớp DP-5: anh/chị đã có chỗ"}
    see_what_was_sent_and_note_that_it_came_back(officer)
    take_the_list_of_those_to_be_told_in_person(coordinator)
    read_it_on_ones_own_page(come_in(reader, way_in(coordinator, both[0])))


def choose_to_be_reached_at_any_hour(person: Reader) -> None:
    person.go("/me/notices/")
    person.must_be_sound()
    person.choose("By e-mail")
    person.write("Nothing is sent from", "07:00")
    person.write("until", "07:00")
    person.press("Keep my choice")
    assert person.says("Your choice is kept and holds from now on.") in person.text
    person.must_be_sound()


def word_the_message(officer: Reader) -> None:
    officer.go("/notices/")
    officer.must_be_sound()
    officer.page.locator("main .lt-section li a").first.click()
    officer.must_be_sound()
    officer.follow_name("Người được cử đã có chỗ trong lớp")
    officer.write("Subject", "Mời học lớp {lop}")
    officer.press("See it")
    assert "{lop}" in officer.page.locator(".govuk-error-summary").inner_text()
    officer.must_be_sound()
    officer.write("Subject", OWN_WORDS)
    officer.press("See it")
    assert "Mời học lớp Q9-1: anh/chị đã có chỗ" in officer.text
    officer.must_be_sound()
    officer.press("Keep this wording")
    assert OWN_WORDS in officer.text


def nominate(coordinator: Reader, names: list[str]) -> None:
    coordinator.go("/asked/")
    coordinator.must_be_sound()
    coordinator.follow_name(CALL)
    coordinator.must_be_sound()
    coordinator.follow("Nominate people")
    coordinator.must_be_sound()
    for name in names:
        coordinator.page.get_by_label(name, exact=True).check(force=True)
    coordinator.press("Nominate these people")
    coordinator.must_be_sound()


def give_one_more_place(officer: Reader) -> None:
    call_of(officer)
    officer.follow("Change places, deadline or words")
    officer.must_be_sound()
    officer.page.locator("input[name=places]").fill("5")
    officer.press("Save")
    officer.must_be_sound()


def accept(officer: Reader, names: list[str]) -> None:
    call_of(officer)
    officer.follow("All nominations")
    officer.must_be_sound()
    for name in names:
        officer.page.get_by_label(name, exact=True).check(force=True)
    officer.page.locator("main .lt-acts button").click()
    officer.page.wait_for_load_state("load")
    officer.must_be_sound()


def subjects_to(town: Town, address: str) -> set[str]:
    """The subjects of the letters to an address, in the files that stand for the mail server."""
    texts = [text for file in (town.data / "mail").glob("*.log") for text in file.read_bytes().split(b"-" * 79)]
    letters = [message_from_bytes(text.strip(), policy=policy.default) for text in texts]
    return {str(letter["Subject"]).strip() for letter in letters if letter["To"] == address}


def see_what_was_sent_and_note_that_it_came_back(officer: Reader) -> None:
    officer.go("/notices/?template=training.nominee_accepted")
    officer.must_be_sound()
    officer.follow_name(REACHED)
    assert officer.says("sent") in officer.text
    officer.must_be_sound()
    officer.press("It came back")
    assert officer.says("returned") in officer.text
    officer.must_be_sound()


def take_the_list_of_those_to_be_told_in_person(coordinator: Reader) -> None:
    coordinator.go("/notices/?state=unreached&template=training.nominee_accepted")
    names = coordinator.page.locator("main tbody th a").all_inner_texts()
    assert sorted(names) == sorted([REACHED, UNREACHED])
    coordinator.must_be_sound()
    paper = coordinator.download(lambda: coordinator.page.locator("main a[href*='list.xlsx']").click())
    with zipfile.ZipFile(io.BytesIO(paper)) as sheets:
        written = "".join(sheets.read(name).decode() for name in sheets.namelist() if name.endswith(".xml"))
    assert [name in written for name in (REACHED, UNREACHED, "Quản Trị Minh Họa")] == [True, True, False]


def read_it_on_ones_own_page(person: Reader) -> None:
    person.go("/me/notices/")
    person.page.locator("main details summary").first.click()
    assert "DP-5" in person.text
    person.must_be_sound()
