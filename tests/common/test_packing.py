"""A page whose pieces were compressed once says what the page says, whatever is put between them."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common.packing import SMALL, filled_in, packed

TEXTS = st.text(max_size=40) | st.text(min_size=SMALL, max_size=2 * SMALL) | st.just("ơ" * 70_000)


@given(st.lists(TEXTS, min_size=1, max_size=6), st.data())
def test_pieces_and_texts_come_out_of_the_gzip_as_they_went_in(pieces: list[str], data: st.DataObject) -> None:
    texts = data.draw(st.lists(TEXTS, min_size=len(pieces) - 1, max_size=len(pieces) - 1))
    said = "".join(one + own for one, own in zip(pieces, [*texts, ""], strict=True))

    made = filled_in([(one.encode(), packed(one.encode())) for one in pieces], texts)

    assert gzip.decompress(made).decode() == said


@pytest.mark.parametrize("text", ["", "a", "ữ" * SMALL])
def test_how_small_one_text_becomes_tells_nothing_of_another(text: str) -> None:
    secret = "ma-bi-mat-0123456789"
    alike, other = (len(packed(f"{one}{text}".encode())) for one in (secret, secret[::-1]))

    assert alike == other
    assert len(packed(secret.encode()) + packed(secret.encode())) == 2 * len(packed(secret.encode()))
