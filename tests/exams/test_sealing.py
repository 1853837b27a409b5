"""The sealed paper and the ticket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.exams.rules.sealing import (
    LETTERS,
    grouped,
    new_letters,
    read_letters,
    read_ticket,
    seal,
    ticket,
    unseal,
)

CONTENT = [{"id": "q1", "kind": "single", "text": "Chữ ký số là gì?"}]
SECRET = b"s" * 32


def test_a_sealed_paper_opens_with_its_letters_alone() -> None:
    letters = new_letters()
    sealed = seal(CONTENT, letters, "0sitting00000")

    assert unseal(sealed, letters, "0sitting00000") == CONTENT
    assert "Chữ".encode() not in sealed
    other = LETTERS[(LETTERS.index(letters[0]) + 1) % 32] + letters[1:]
    for wrong, salt in ((other, "0sitting00000"), (letters, "1sitting00000")):
        with pytest.raises(ValueError, match="these letters do not open this paper"):
            unseal(sealed, wrong, salt)


@given(st.text(LETTERS, min_size=16, max_size=16))
def test_letters_read_out_and_typed_are_the_same(letters: str) -> None:
    assert read_letters(grouped(letters)) == letters
    assert read_letters(grouped(letters).upper().replace("0", "O").replace("1", "l")) == letters


def test_a_ticket_says_whose_attempt_and_who_and_only_for_its_time() -> None:
    shown = ticket(SECRET, "0attempt00000", "user:0user", 100)

    assert read_ticket(SECRET, shown, 99.9) == ("0attempt00000", "user:0user")
    assert read_ticket(SECRET, shown, 100) is None
    assert read_ticket(b"x" * 32, shown, 0) is None
    assert read_ticket(SECRET, shown.replace("0attempt", "1attempt"), 0) is None


@given(st.text(max_size=60))
def test_no_text_but_a_ticket_is_one(shown: str) -> None:
    assert read_ticket(SECRET, shown, 0) is None
