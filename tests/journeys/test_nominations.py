"""The office reads what units have answered to its call for nominations, on a phone and in Vietnamese."""

from collections.abc import Callable

from journeys.browser import Reader

CALL = "Cử học viên lớp DP-5 (minh họa)"


def test_a_unit_declines_and_the_office_reads_why(reader: Callable[..., Reader]) -> None:
    officer = reader("canbo")
    call_of(officer)
    assert "Đơn vị đang tập trung bàn giao sau sắp xếp, xin cử ở đợt sau." in officer.text


def call_of(officer: Reader) -> None:
    officer.go("/programmes/")
    officer.follow_name("Bồi dưỡng điều phối viên chuyển đổi số cấp xã Thành phố Hồ Chí Minh (minh họa)")
    officer.go(officer.page.url + "progress/")
    officer.follow("Calls for nominations")
    officer.must_be_sound()
    officer.follow_name(CALL)
