"""The privacy desk: consent given and withdrawn, a request, the package, an erasure with its proof; a breach."""

import io
import zipfile
from collections.abc import Callable

from journeys.browser import Reader
from journeys.steps import add_person, come_in, way_in
from journeys.town import Town

NAME = "Ưng Thị Hoài Thương"
HEAD = {
    "issuer": "Ủy ban nhân dân thành phố",
    "code": "UBND",
    "place": "Thành phố Hồ Chí Minh",
    "post": "Chánh Văn phòng (minh họa)",
    "signer": "Tôn Thất Minh Họa",
}


def test_somebody_agrees_withdraws_and_is_erased_at_their_request(reader: Callable[..., Reader], town: Town) -> None:
    coordinator, desk = reader("dieuphoi"), reader("quantri")
    page = add_person(coordinator, NAME, email="hoai.thuong@phuong.example")
    link = way_in(coordinator, page)
    person = come_in(reader, link)
    agree_and_withdraw(person)
    ask_to_be_deleted(person)
    take_the_package(desk)
    erase(desk, town)
    person.go(link)
    assert person.heading == person.says("This link no longer opens anything")
    coordinator.go(page)
    assert coordinator.status == 404


def agree_and_withdraw(person: Reader) -> None:
    person.go("/me/data/")
    assert person.page.locator("main input[type=checkbox]:checked").count() == 0
    person.must_be_sound()
    person.page.locator("main input[type=checkbox]").first.check(force=True)
    person.press("Agree")
    assert person.says("You agree. You can withdraw here at any time.") in person.page.locator("body").inner_text()
    person.must_be_sound()
    person.press("Withdraw consent")
    said = "You no longer agree. Nothing is done with your data for this any more."
    assert person.says(said) in person.page.locator("body").inner_text()
    person.must_be_sound()


def ask_to_be_deleted(person: Reader) -> None:
    person.press("Send the request")
    assert person.page.locator(".govuk-error-message").count() == 1
    person.must_be_sound()
    person.choose("Delete the data")
    person.press("Send the request")
    assert person.says("Delete the data") in person.page.locator("main table").inner_text()
    person.must_be_sound()


def take_the_package(desk: Reader) -> None:
    desk.go("/privacy/")
    desk.must_be_sound()
    desk.follow_name(NAME)
    desk.must_be_sound()
    desk.follow("All data of this person")
    desk.must_be_sound()
    package = desk.download(
        lambda: desk.page.get_by_role("button", name=desk.says("Take the package (.zip)")).click()
    )
    with zipfile.ZipFile(io.BytesIO(package)) as held:
        assert NAME in "".join(held.read(name).decode(errors="ignore") for name in held.namelist())


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


def test_a_breach_is_logged_and_its_notice_is_drafted(reader: Callable[..., Reader]) -> None:
    desk = reader("quantri")
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
    desk.follow("Draft the notice (form 08)")
    for name, value in HEAD.items():
        desk.page.locator(f"main [name={name}]").fill(value)
    desk.press("Draft the notice")
    desk.must_be_sound()
    word = desk.download(lambda: desk.follow_name("Word"))
    assert "Sổ điểm danh" in zipfile.ZipFile(io.BytesIO(word)).read("word/document.xml").decode()
