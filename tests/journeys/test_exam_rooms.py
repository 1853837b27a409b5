"""An exam in rooms, on phones: made, watched, helped on the spot, its minutes signed by two and taken as a PDF."""

from collections.abc import Callable

from journeys.browser import Reader
from journeys.steps import choose_paper, ward_people

NAME = "Kiểm tra trong phòng thi (minh họa)"


def test_an_exam_is_watched_in_its_room_and_its_minutes_are_signed(reader: Callable[..., Reader]) -> None:
    officer, watcher, learner = reader("canbo"), reader("diemcau"), reader("hocvien", javascript=False)
    exam = make_the_exam(officer, ward_people(reader("dieuphoi")).split("/units/")[1].split("/")[0])
    room = make_its_room(officer)
    wait(learner)
    before_the_start(watcher, room)
    officer.go(exam)
    officer.follow("Start now")
    officer.press("Start now")
    answer(learner)
    on_the_spot(watcher, room)
    learner.follow("Hand in")
    learner.press("Hand in")
    officer.go(exam)
    officer.follow("End the exam")
    officer.press("End the exam")
    sign(watcher, reader("quantri"), room)


def make_the_exam(officer: Reader, ward: str) -> str:
    officer.go(f"/sittings/new/?unit={ward}")
    officer.write("Name of the exam", NAME)
    choose_paper(officer)
    officer.write("Minutes for the exam", "20")
    officer.press("Save")
    officer.must_be_sound()
    return officer.page.url


def make_its_room(officer: Reader) -> str:
    officer.follow("Rooms")
    officer.must_be_sound()
    officer.follow("Make rooms by unit")
    officer.must_be_sound()
    officer.press("Save")
    officer.must_be_sound()
    officer.page.locator("main tbody th a").first.click()
    officer.page.wait_for_load_state("load")
    officer.must_be_sound()
    officer.follow("Name and invigilators")
    officer.must_be_sound()
    officer.page.go_back()
    return officer.page.url


def wait(learner: Reader) -> None:
    learner.go("/my-exams/")
    learner.follow_name(NAME)
    assert learner.says("The exam has not begun yet.") in learner.text


def number(reader: Reader, words: str) -> str:
    """The figure that stands before these words."""
    row = reader.page.locator(".lt-number", has_text=reader.says(words)).first
    return row.locator(".lt-number__figure").inner_text()


def before_the_start(watcher: Reader, room: str) -> None:
    watcher.go("/exam-rooms/")
    watcher.must_be_sound()
    watcher.go(room)
    assert number(watcher, "have the waiting page open") == "1"
    watcher.must_be_sound()
    watcher.follow("Room check before the start")
    watcher.must_be_sound()
    watcher.go(room)
    watcher.follow("Check identity")
    watcher.must_be_sound()
    for box in watcher.page.locator("input[name=chosen]").all():
        box.focus()  # by the keyboard: the bar of the acts lies over the last of them
        watcher.page.keyboard.press("Space")
    watcher.press("Identity checked")
    assert watcher.says("not checked") not in watcher.text


def answer(learner: Reader) -> None:
    learner.page.reload()
    learner.press("Start the exam")
    learner.page.locator("main input[type=radio], main input[type=checkbox]").first.check(force=True)
    learner.page.locator("main button[value=list], main button[value=next]").last.click()
    learner.page.wait_for_load_state("load")


def on_the_spot(watcher: Reader, room: str) -> None:
    watcher.go(f"{room}?show=started")
    assert (number(watcher, "at work"), watcher.page.locator("main tbody tr").count()) == ("1", 1)
    watcher.must_be_sound()
    watcher.page.locator("main tbody a", has_text=watcher.says("Remark")).click()
    watcher.choose("changed the device")
    watcher.write("What is noted", "Điện thoại hết pin, đổi máy")
    watcher.must_be_sound()
    watcher.press("Save")
    assert "Điện thoại hết pin, đổi máy" in watcher.text
    watcher.follow("Extra time for the room")
    watcher.write("More minutes for everybody in the room", "5")
    watcher.choose("the line or the device failed")
    watcher.must_be_sound()
    watcher.press("Save")
    assert watcher.says("extra time") in watcher.text


def sign(first: Reader, second: Reader, room: str) -> None:
    first.go(room)
    first.follow("Minutes of the room")
    first.must_be_sound()
    first.press("Sign the minutes")
    first.must_be_sound()
    second.go(first.page.url)
    second.press("Sign as the second invigilator")
    second.follow("Make the document")
    second.must_be_sound()
    second.write("Abbreviation in the code", "UBND")
    second.write("Place", "Thành phố Hồ Chí Minh")
    second.press("Save")
    second.must_be_sound()
    file = first.download(lambda: _take(first, second.page.url))
    assert file.startswith(b"%PDF-")


def _take(reader: Reader, address: str) -> None:
    reader.go(address)
    reader.page.locator("main a[href$='/pdf/']").click()
