"""What hurts a citizen: written on a phone without an account, taken over by the office, answered and forgotten."""

from collections.abc import Callable

from journeys.browser import Reader

WORDS = "Đăng ký thường trú phải đi lại ba lần, mỗi lần nộp lại bản sao (minh họa)."
TITLE = "Nộp lại giấy tờ đã có trong cơ sở dữ liệu (minh họa)"
PHONE = "0901234999"


def test_a_citizen_writes_what_hurts_and_the_office_takes_it_over_and_answers(
    reader: Callable[..., Reader],
) -> None:
    citizen, officer = reader(), reader("canbo")
    back = write(citizen)
    take_over(officer)
    citizen.go(back)
    assert citizen.says("Nothing is kept of how to reach you.") in citizen.text
    citizen.must_be_sound()


def write(citizen: Reader) -> str:
    """The link to take the consent back, shown this once."""
    citizen.go("/pain-points/")
    assert citizen.page.locator("main input:checked").count() == 0
    citizen.must_be_sound()
    citizen.write("Commune, ward or special zone", "Phường Tăng Nhơn Phú, Thành phố Hồ Chí Minh")
    citizen.page.locator("main textarea").fill(WORDS)
    citizen.page.locator("main input[name=wants]").check(force=True)
    citizen.write("Telephone or e-mail", PHONE)
    citizen.press("Send")
    assert citizen.says("Tick the box if you agree") in citizen.text
    citizen.must_be_sound()
    citizen.page.locator("main input[name=consent]").check(force=True)
    citizen.press("Send")
    assert citizen.heading == citizen.says("Thank you")
    citizen.must_be_sound()
    return citizen.page.locator("[data-copy] input").first.input_value()


def take_over(officer: Reader) -> None:
    """Read, taken over in the office's words, answered: how they were reached is gone."""
    officer.go("/pilots/citizens/")
    officer.must_be_sound()
    officer.follow_name(WORDS)
    assert PHONE in officer.text
    officer.must_be_sound()
    page = officer.page.url
    officer.write("Pain point", TITLE)
    officer.press("Take it over")
    assert officer.heading == TITLE
    assert PHONE not in officer.text
    officer.must_be_sound()
    officer.go(page)
    officer.press("Answered: erase how to reach them")
    assert PHONE not in officer.text
    officer.must_be_sound()
