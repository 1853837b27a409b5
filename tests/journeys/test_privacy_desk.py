"""The privacy desk: purposes, consent given and withdrawn, requests with their clocks, the package of all data, how
long things are kept, an erasure with its proof, a breach with its 72 hours; a phone, Vietnamese."""

import io
import json
import re
import zipfile
from collections.abc import Callable

from django.utils import timezone
from journeys.browser import Reader
from journeys.steps import add_person, come_in, way_in
from journeys.town import Town

ERASED, STAYS = "Ưng Thị Hoài Thương", "Giáp Thị Thu Ngân"
HEAD = {
    "issuer": "Ủy ban nhân dân thành phố",
    "code": "UBND",
    "place": "Thành phố Hồ Chí Minh",
    "post": "Chánh Văn phòng (minh họa)",
    "signer": "Tôn Thất Minh Họa",
}


def test_somebody_agrees_withdraws_and_is_erased_at_their_request(reader: Callable[..., Reader], town: Town) -> None:
    coordinator, desk = reader("dieuphoi"), reader("quantri")
    page = add_person(coordinator, ERASED, email="hoai.thuong@phuong.example")
    link = way_in(coordinator, page)
    person = come_in(reader, link)
    agree_and_withdraw(person)
    ask(person, "Delete the data")
    open_the_data_of(desk, ERASED)
    erase(desk, town)
    person.go(link)
    assert person.heading == person.says("This link no longer opens anything")
    coordinator.go(page)
    assert coordinator.status == 404


def agree_and_withdraw(person: Reader) -> None:
    person.go("/me/data/")
    assert person.page.locator("main input[type=checkbox]:checked").count() == 0
    person.must_be_sound()
    person.press("Agree")
    assert person.says("Cannot take the consent: the box “I agree” is not ticked.") in body(person)
    person.must_be_sound()
    person.page.locator("main input[type=checkbox]").first.check(force=True)
    person.press("Agree")
    assert person.says("You agree. You can withdraw here at any time.") in body(person)
    person.must_be_sound()
    person.press("Withdraw consent")
    assert person.says("You no longer agree. Nothing is done with your data for this any more.") in body(person)
    person.must_be_sound()


def body(reader: Reader) -> str:
    return reader.page.locator("body").inner_text()


def ask(person: Reader, words: str) -> None:
    person.go("/me/data/")
    person.press("Send the request")
    assert person.page.locator(".govuk-error-message").count() == 1
    person.must_be_sound()
    person.choose(words)
    person.press("Send the request")
    assert person.says(words) in person.page.locator("main table").inner_text()
    person.must_be_sound()


def open_the_data_of(desk: Reader, name: str) -> None:
    desk.go("/privacy/")
    desk.must_be_sound()
    desk.follow_name(name)
    desk.must_be_sound()
    desk.follow("All data of this person")
    desk.must_be_sound()


def erase(desk: Reader, town: Town) -> None:
    desk.follow("Erase…")
    desk.must_be_sound()
    desk.press("Erase")
    town.work()
    desk.page.reload()
    desk.follow("See the result")
    proof = (
        "Name, citizen's number, telephone, e-mail and links were looked for in every column of every table and in"
        " every file: nothing was found."
    )
    assert desk.says(proof) in desk.text
    desk.must_be_sound()


def test_each_request_of_a_person_runs_against_its_clock_and_ends(reader: Callable[..., Reader]) -> None:
    coordinator, desk = reader("dieuphoi"), reader("quantri")
    page = add_person(coordinator, STAYS, email="thu.ngan@phuong.example")
    person = come_in(reader, way_in(coordinator, page))
    ask(person, "See the data, get a copy")
    see_what_is_kept(person, desk)
    ask(person, "Correct the data")
    correct_it(desk)
    enter_a_letter(desk)
    restrict(desk, coordinator, page)
    assert person.says("Use is restricted") in go(person, "/me/data/").text
    person.must_be_sound()
    desk.go("/privacy/?show=ended")
    assert desk.page.locator("main tbody tr", has_text=STAYS).count() == 3
    desk.must_be_sound()


def go(one: Reader, address: str) -> Reader:
    one.go(address)
    return one


def see_what_is_kept(person: Reader, desk: Reader) -> None:
    """The clock says how many working days are left; the package says everything in words."""
    desk.go("/privacy/")
    desk.follow_name(STAYS)
    assert re.search(r"chậm nhất ngày \d\d/\d\d/\d{4} \(còn [123] ngày làm việc\)", desk.text)
    desk.press("The person was told that it came")
    desk.must_be_sound()
    desk.follow("All data of this person")
    package = desk.download(lambda: button(desk, "Take the package (.zip)"))
    assert STAYS in said(package)
    desk.page.go_back()
    desk.write("What was done, or why not", "Chờ Văn phòng")
    desk.press("Extend once")
    desk.write("What was done, or why not", "Chờ thêm nữa")
    assert desk.page.get_by_role("button", name=desk.says("Extend once")).count() == 0
    desk.press("Done")
    assert desk.says("The request is done.") in body(desk)
    desk.must_be_sound()
    person.go("/me/data/")
    own = person.download(lambda: button(person, "Take everything about me (.zip)"))
    assert ("{" in said(own), "thu.ngan@phuong.example" in said(own)) == (False, True)


def button(one: Reader, words: str) -> None:
    one.page.get_by_role("button", name=one.says(words)).click()


def said(package: bytes) -> str:
    """All cells of a package, one to a line."""
    with zipfile.ZipFile(io.BytesIO(package)) as held:
        told = json.loads(held.read("du-lieu-ca-nhan.json"))
    return "\n".join(str(cell) for table in told["noi_dung"] for row in table["dong"] for cell in row.values())


def correct_it(desk: Reader) -> None:
    desk.go("/privacy/")
    desk.follow_name(STAYS)
    desk.follow("Correct")
    desk.must_be_sound()
    desk.page.go_back()
    desk.press("Refuse")
    assert desk.says("Cannot refuse the request: say why, with the article of the law.") in desk.text
    desk.must_be_sound()
    desk.write("What was done, or why not", "Không có gì sai")
    desk.press("Refuse")
    assert desk.says("The request was refused, with its reason.") in body(desk)


def enter_a_letter(desk: Reader) -> None:
    """A request that came on paper."""
    desk.go("/privacy/?show=ended")
    desk.follow_name(STAYS)
    desk.follow("All data of this person")
    desk.follow("Enter a request")
    desk.must_be_sound()
    desk.choose("Restrict the use")
    desk.write("Received on", timezone.localdate().isoformat())
    desk.press("Enter the request")
    desk.must_be_sound()


def restrict(desk: Reader, coordinator: Reader, page: str) -> None:
    desk.press("Done")
    assert desk.says("The request is done.") in body(desk)
    assert STAYS not in go(coordinator, page).text
    desk.go("/privacy/")
    assert desk.page.locator("main").get_by_role("link", name=STAYS, exact=True).count() == 1
    desk.follow_name(STAYS)
    desk.must_be_sound()
    assert desk.says("Use is restricted") in desk.text
    assert STAYS in said(desk.download(lambda: button(desk, "Take the package (.zip)")))


def test_the_registers_say_why_data_are_used_and_how_long_they_are_kept(reader: Callable[..., Reader]) -> None:
    desk = reader("quantri")
    desk.go("/privacy/")
    desk.follow("Register of purposes and consents")
    assert desk.says("function of a state body (without consent)") in desk.text
    desk.must_be_sound()
    desk.page.locator("main tbody th a").last.click()
    desk.page.wait_for_load_state("load")
    desk.must_be_sound()
    desk.follow("Word it anew")
    text = desk.field("Text (Vietnamese)").input_value()
    desk.write("Text (Vietnamese)", "")
    desk.press("Keep the new text")
    assert desk.page.locator(".govuk-error-message").count() == 1
    desk.must_be_sound()
    desk.write("Text (Vietnamese)", text + " (đã xem lại)")
    desk.press("Keep the new text")
    assert "(đã xem lại)" in desk.text
    change_how_long(desk)


def change_how_long(desk: Reader) -> None:
    desk.go("/privacy/")
    desk.follow("What is kept how long")
    desk.must_be_sound()
    desk.follow("Reasons of corrected attendance")
    desk.write("Kept for (days)", "0")
    desk.write("Why", "Một năm là đủ (minh họa)")
    desk.press("Change")
    assert "không được nhỏ hơn 1; đã nhập 0" in desk.text
    desk.must_be_sound()
    desk.write("Kept for (days)", "366")
    desk.press("Change")
    row = desk.page.locator("main tbody tr", has_text=desk.says("Reasons of corrected attendance"))
    assert ("366" in row.inner_text(), "Một năm là đủ (minh họa)" in row.inner_text()) == (True, True)
    desk.must_be_sound()


def test_a_breach_is_logged_its_clock_runs_and_its_notice_is_drafted(reader: Callable[..., Reader]) -> None:
    desk = reader("quantri")
    log_it(desk)
    address = desk.page.url
    assert desk.says("tell the authority by %(until)s (%(hours)d hours left)").split("%")[0] in desk.text
    draft_the_notice(desk)
    tell_the_authority(desk, address)


def log_it(desk: Reader) -> None:
    desk.go("/privacy/breaches/")
    desk.must_be_sound()
    desk.follow("Log a breach")
    desk.press("Log the breach")
    desk.must_be_sound()
    desk.write("What it is, in a few words", "Mất sổ điểm danh lớp học")
    desk.write("What happened", "Sổ điểm danh để quên trên xe buýt, chưa tìm lại được.")
    desk.write("Which data", "Họ tên, đơn vị, chữ ký")
    desk.choose("It may harm security, order, life, health, honour, dignity or property: the authority must be told")
    desk.press("Log the breach")
    desk.must_be_sound()


def draft_the_notice(desk: Reader) -> None:
    desk.follow("Draft the notice (form 08)")
    for name, value in HEAD.items():
        desk.page.locator(f"main [name={name}]").fill(value)
    desk.press("Draft the notice")
    desk.must_be_sound()
    word = desk.download(lambda: desk.follow_name("Word"))
    assert "Sổ điểm danh" in zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()


def tell_the_authority(desk: Reader, address: str) -> None:
    desk.go(address)
    desk.write("Sent at", "2020-01-01T08:00")
    desk.write("Why late, if it is", "Chưa rõ phạm vi")
    desk.press("The authority was told")
    assert desk.page.locator(".govuk-error-summary").count() == 1
    assert desk.field("Why late, if it is").input_value() == "Chưa rõ phạm vi"
    desk.must_be_sound()
    desk.write("Sent at", timezone.localtime().strftime("%Y-%m-%dT%H:%M"))
    desk.press("The authority was told")
    assert desk.says("Noted that the authority was told.") in body(desk)
    assert desk.says("authority told in time") in desk.text
    desk.must_be_sound()
