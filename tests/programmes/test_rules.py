"""What programmes know as pure functions."""

import pytest

from lantoa.programmes.rules import act_of_number


@pytest.mark.parametrize(
    ("number", "act"),
    [
        ("57-NQ/TW", "Nghị quyết"),
        ("749/QĐ-TTg", "Quyết định"),
        ("08/KH-UBND", "Kế hoạch"),
        ("14/CT-TTg", "Chỉ thị"),
        ("13/2023/NĐ-CP", "Nghị định"),
        ("12", "Quyết định"),
    ],
)
def test_an_act_is_called_by_the_letters_in_its_number(number: str, act: str) -> None:
    assert act_of_number(number) == act
