"""The signed payload: what goes in comes out, names whole, and anything changed is found."""

import datetime
import unicodedata
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa.common.refused import Refused
from lantoa.training.rules.certificate.payload import Payload, address, fitted, public_bytes, read, sign
from lantoa.training.rules.certificate.pdf import qr
from lantoa.training.rules.certificate.trust import PublicKey, State, keyed, verify

KEY = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
KEYS = keyed([PublicKey(public_bytes(KEY), datetime.date(2000, 1, 1))])
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyÀẢÃÁẠẰẲẴẮẶẦẨẪẤẬỀỂỄẾỆỜỞỠỚỢỪỬỮỨỰỲỶỸÝỴ' -"
texts = st.text(LETTERS, max_size=120)
names = st.text(LETTERS, min_size=1, max_size=300).filter(lambda text: text.strip())


@settings(max_examples=150, deadline=None)
@given(
    name=names, course=texts, issuer=texts, number=st.text("0123456789/-QĐCN", max_size=30),
    day=st.dates(datetime.date(2000, 1, 1), datetime.date(2150, 1, 1)), demonstration=st.booleans(),
)  # fmt: skip
def test_what_was_signed_is_read_and_holds(
    name: str, course: str, issuer: str, number: str, day: datetime.date, demonstration: bool
) -> None:
    payload = Payload("c2d3f4g5h6j7k", number, day, name, course, issuer, demonstration)
    verdict = verify(address("https://lantoa.example", sign(payload, KEY)), KEYS)
    assert (verdict.state, verdict.payload) == (State.VALID, fitted(payload))
    assert verdict.payload is not None
    assert verdict.payload.name == " ".join(unicodedata.normalize("NFC", name).split())


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, 10_000), letter=st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_changed_letter_never_holds(place: int, letter: str) -> None:
    text = sign(Payload("k", "1", datetime.date(2020, 1, 1), "Lê An", "Khóa", "Quận 9"), KEY)
    place %= len(text)
    changed = text[:place] + letter + text[place + 1 :]
    state = verify(changed, KEYS).state
    assert (state is State.VALID) == (changed == text)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_at_all_gets_a_verdict(text: str) -> None:
    assert verify(text, KEYS).state in (State.BROKEN, State.UNKNOWN_KEY)


def test_a_decomposed_name_is_signed_composed(a_payload: Any) -> None:
    name = unicodedata.normalize("NFD", "Đặng Thị Hường")
    assert read(sign(a_payload(name=name), KEY)).name == "Đặng Thị Hường"


def test_spaces_line_breaks_and_small_letters_of_a_copied_code_are_forgiven(a_payload: Any) -> None:
    text = address("https://lantoa.example", sign(a_payload(), KEY))
    copied = " " + text[:60] + "\n" + text[60:90] + " " + text[90:].lower() + "/?utm=x#top "
    assert verify(copied, KEYS).state is State.VALID


def test_the_text_is_letters_and_digits_that_a_qr_packs_and_a_url_carries(a_payload: Any) -> None:
    assert set(sign(a_payload(), KEY)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


@pytest.mark.parametrize(
    ("name", "course"),
    [
        ("Lê An", "Chuyển đổi số"),
        ("Nguyễn Thị Hồng Phượng", "Chuyển đổi số cho lãnh đạo, quản lý các cơ quan nhà nước " * 5),
        ("Công Tằng Tôn Nữ " * 5 + "Nguyễn Thị Hường", "Chuyển đổi số cho lãnh đạo, quản lý " * 9),
    ],
)
def test_the_qr_stays_at_version_15_or_below_at_level_m(name: str, course: str, a_payload: Any) -> None:
    payload = a_payload(name=name, course=course, issuer="Trung tâm Công nghệ thông tin và Truyền thông " * 4)
    made = qr(address("https://hoctap.thanhpho.example", sign(payload, KEY)))
    assert made.error == "M"
    assert int(made.version) <= 15


def test_a_name_is_never_cut_and_long_titles_end_in_an_ellipsis(a_payload: Any) -> None:
    name = "Ễ" * 100
    payload = read(sign(a_payload(name=name, course="Chuyển đổi số " * 20, issuer="Ủy ban nhân dân " * 20), KEY))
    assert payload.name == name
    assert (payload.course, payload.issuer) == ("Chuyển đổi số…", "Ủy ban nhân dân…")


def test_a_short_issuer_leaves_its_room_to_the_course(a_payload: Any) -> None:
    course = "Chuyển đổi số cho lãnh đạo, quản lý các cơ quan nhà nước trên địa bàn"
    assert read(sign(a_payload(name="Lê An", course=course, issuer="Quận 9"), KEY)).course == course


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "Cannot read the certificate code: it is not complete."),
        ("https://lantoa.example/v/1890", "Cannot read the certificate code: it has letters that no code has."),
        ("AEAA", "Cannot read the certificate code: it is not complete."),
        ("CE" + "A" * 142, "Cannot read the certificate code: its version is 17, known is 1."),
        ("AE" + "A" * 142, "Cannot read the certificate code: it is not complete."),
    ],
)
def test_what_is_no_code_is_refused_with_its_reason(text: str, words: str) -> None:
    with pytest.raises(Refused) as refused:
        read(text)
    assert str(refused.value) == words


def test_a_code_cut_short_is_broken(a_payload: Any) -> None:
    text = sign(a_payload(), KEY)
    assert {verify(text[:length], KEYS).state for length in range(0, len(text), 7)} == {State.BROKEN}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": " "}, "Cannot sign the certificate 0012/2020/CN-Q9: the name is missing."),
        ({"name": "a" * 20_000}, "Cannot sign the certificate 0012/2020/CN-Q9: a text is too long."),
        (
            {"issued": datetime.date(1999, 12, 31)},
            "Cannot sign the certificate: the day of issue 1999-12-31 is out of range.",
        ),
    ],
)
def test_what_cannot_be_signed_is_refused_with_its_reason(
    changes: dict[str, Any], words: str, a_payload: Any
) -> None:
    with pytest.raises(Refused) as refused:
        sign(a_payload(**changes), KEY)
    assert str(refused.value) == words
