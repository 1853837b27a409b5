"""Messages: a unit's own words, what went and what came back, whom nothing reaches (on paper), one's own choice."""

import io
import zipfile
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy

from django.utils import timezone
from journeys.browser import Reader
from journeys.steps import come_in, common_day, new_class, person_in, ward_people, way_in
from journeys.town import Town

REACHED, UNREACHED = "Lục Thị Thanh Nhàn", "Ngụy Đình Chiến"
ADDRESS = "thanh.nhan@phuong.example"
CLASS, KIND = "TB-1", "training.meeting_moved"
OWN_WORDS = "Đổi giờ học lớp {class}, mời xem lại"


def test_an_officer_words_a_message_and_sees_whom_it_reached_and_whom_it_did_not(
    reader: Callable[..., Reader], town: Town
) -> None:
    coordinator, officer = reader("dieuphoi"), reader("canbo")
    programme = make_a_class(officer, ward_of(coordinator))
    for name in (REACHED, UNREACHED):
        person = come_in(reader, way_in(officer, person_in(officer, programme, CLASS, name)))
        choose_to_be_reached_at_any_hour(person)
    word_the_message(officer)
    move_the_meeting(officer, programme)

    town.send()

    assert subjects_to(town, ADDRESS) == {"Đổi giờ học lớp TB-1, mời xem lại"}
    see_what_was_sent_and_note_that_it_came_back(officer)
    take_the_list_of_those_to_be_told_in_person(coordinator)
    read_it_on_ones_own_page(come_in(reader, way_in(officer, person_in(officer, programme, CLASS, REACHED))))


def ward_of(coordinator: Reader) -> str:
    ward_people(coordinator)
    return coordinator.page.locator("h1").inner_text().splitlines()[0]


def make_a_class(officer: Reader, ward: str) -> str:
    """A class that meets in a few days: of two real people, one of whom nobody can write to."""
    day = common_day(timezone.localdate() + timedelta(days=3), 1)
    people = [f"{REACHED},{ADDRESS},Chuyên viên,{ward}", f"{UNREACHED},,Chuyên viên,{ward}"]
    return new_class(officer, CLASS, "Tập huấn ngắn về chữ ký số", day, people, invented=False)


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
    officer.follow_name("Thay đổi buổi học")
    officer.write("Subject", "Đổi giờ học lớp {lop}")
    officer.press("See it")
    assert "{lop}" in officer.page.locator(".govuk-error-summary").inner_text()
    officer.must_be_sound()
    officer.write("Subject", OWN_WORDS)
    officer.press("See it")
    assert "Đổi giờ học lớp Q9-1, mời xem lại" in officer.text
    officer.must_be_sound()
    officer.press("Keep this wording")
    assert OWN_WORDS in officer.text


def move_the_meeting(officer: Reader, programme: str) -> None:
    officer.go(programme)
    officer.follow_name(CLASS)
    officer.page.locator("#meetings tbody a[href*='/change/']").click()
    officer.page.wait_for_load_state("load")
    officer.must_be_sound()
    officer.write("Begins at", "13:30")
    officer.write("Ends at", "16:30")
    officer.press("Save")
    assert "13:30" in officer.text


def subjects_to(town: Town, address: str) -> set[str]:
    """The subjects of the letters to an address, in the files that stand for the mail server."""
    texts = [text for file in (town.data / "mail").glob("*.log") for text in file.read_bytes().split(b"-" * 79)]
    letters = [message_from_bytes(text.strip(), policy=policy.default) for text in texts]
    return {str(letter["Subject"]).strip() for letter in letters if letter["To"] == address}


def see_what_was_sent_and_note_that_it_came_back(officer: Reader) -> None:
    officer.go(f"/notices/?template={KIND}")
    officer.must_be_sound()
    officer.follow_name(REACHED)
    assert officer.says("sent") in officer.text
    officer.must_be_sound()
    officer.press("It came back")
    assert officer.says("returned") in officer.text
    officer.must_be_sound()


def take_the_list_of_those_to_be_told_in_person(coordinator: Reader) -> None:
    coordinator.go(f"/notices/?state=unreached&template={KIND}")
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
    assert CLASS in person.text
    person.must_be_sound()
