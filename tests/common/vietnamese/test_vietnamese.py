"""Vietnamese text: what search, equality, order and readers see."""

import random
import unicodedata
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.common import vietnamese as vi

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"


def words(text: str) -> list[str]:
    return text.split()


def shuffled(ordered: list[str]) -> list[str]:
    return random.Random(3).sample(ordered, len(ordered))


vietnamese_text = st.text(alphabet=LETTERS + LETTERS.upper() + " -'", max_size=40)
any_text = st.one_of(vietnamese_text, st.text(max_size=40))
TONES = ["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]


def test_cleaning_composes_trims_and_removes_what_nobody_sees() -> None:
    assert vi.clean("Nguyễn\x01 Văn\x85A\x1b\x7f \u061cB\x00") == "Nguyễn Văn A B"
    assert vi.clean(" \u00a0Nguye\u0302\u0303n\u200b\tVăn \u00a0 An\ufeff\n") == "Nguyễn Văn An"


def test_search_ignores_case_marks_and_the_stroke_of_d() -> None:
    assert vi.fold("  ĐẶNG Thị  Hường đường ĐỖ ") == "dang thi huong duong do"


@pytest.mark.parametrize(("old", "new"), [("hòa", "hoà"), ("thủy", "thuỷ"), ("úy", "uý"), ("khỏe", "khoẻ")])
def test_old_and_new_tone_placement_are_equal(old: str, new: str) -> None:
    assert vi.spell(old) == vi.spell(new) == old
    assert vi.fold(old) == vi.fold(new)
    assert vi.sort_key(old) == vi.sort_key(new)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ngừơi", "người"),
        ("qúy", "quý"),
        ("gìa", "già"),
        ("Tòan", "toàn"),
        ("Ðặng", "đặng"),
    ],
)
def test_a_tone_mark_on_the_wrong_vowel_is_the_same_spelling(typed: str, meant: str) -> None:
    assert vi.spell(typed) == vi.spell(meant)


@pytest.mark.parametrize(
    "word",
    words("hòa hóa quả quý già gìn giếng nguyễn người thuở khuỷu ngoài hoán mía của cửa yêu khuya rượu hoặc"),
)
def test_correct_words_keep_their_spelling(word: str) -> None:
    assert vi.spell(word) == word


def test_different_tones_and_letters_are_different_spellings() -> None:
    different = words("hoa hòa hỏa hõa hóa họa ha hà an ân ăn da đa")
    assert len({vi.spell(word) for word in different}) == len(different)


def test_words_of_other_languages_keep_their_marks() -> None:
    assert vi.spell("André François Noël") == "andré françois noël"


def test_dictionary_order_puts_letters_before_tones() -> None:
    ordered = words("a An Ă Â Ân Ba Da Dạo Đa Đào e ê o ô ơ u ư x y")
    assert sorted(shuffled(ordered), key=vi.sort_key) == ordered


def test_tones_are_ordered_none_huyen_hoi_nga_sac_nang() -> None:
    ordered = ["ma", "mà", "mả", "mã", "má", "mạ"]
    assert sorted(shuffled(ordered), key=vi.sort_key) == ordered


def test_a_tone_decides_only_where_all_letters_are_equal() -> None:
    ordered = ["Hòa An", "Hoa Bình", "Hòa Bình", "Hóa Bình", "Hoa Lư"]
    assert sorted(shuffled(ordered), key=vi.sort_key) == ordered


def test_a_shorter_word_comes_first() -> None:
    assert sorted(["Anh", "An Bình", "An", "Ấn"], key=vi.sort_key) == ["An", "An Bình", "Anh", "Ấn"]


def test_numbers_come_before_letters_and_other_scripts_after() -> None:
    assert sorted(["Юра", "Ý", "9 An"], key=vi.sort_key) == ["9 An", "Ý", "Юра"]


def test_people_are_sorted_by_given_name_then_family_then_middle() -> None:
    ordered = ["Đỗ Văn An", "Nguyễn Thị An", "Nguyễn Văn An", "Lê Thị Ân", "Trần Thị Bé", "Lê Hà", "Lê Hạ"]
    assert sorted(shuffled(ordered), key=vi.person_sort_key) == ordered


def test_a_full_name_has_family_middle_and_given() -> None:
    assert vi.family_middle_given("Nguyễn Thị Minh Khai") == ("Nguyễn", "Thị Minh", "Khai")
    assert vi.family_middle_given("Lê Hà") == ("Lê", "", "Hà")
    assert vi.family_middle_given("An") == ("", "", "An")


@pytest.mark.parametrize(
    ("typed", "readable"),
    [
        ("NGUYỄN VĂN AN", "Nguyễn Văn An"),
        ("đặng thị ước", "Đặng Thị Ước"),
        ("Ronald McDonald", "Ronald McDonald"),
        ("H'HEN NIÊ", "H'Hen Niê"),
        ("JEAN-PIERRE", "Jean-Pierre"),
        ("\u00d0ẶNG VĂN \u00d0Ô", "Đặng Văn Đô"),
    ],
)
def test_names_in_capitals_become_readable(typed: str, readable: str) -> None:
    assert vi.title_name(typed) == readable


@pytest.mark.parametrize(
    ("text", "kind", "meant"),
    [
        ("NguyÔn V¨n An", "TCVN3", "Nguyễn Văn An"),
        ("TrÇn ThÞ H\u00ad¬ng", "TCVN3", "Trần Thị Hương"),
        ("Hä vµ tªn", "TCVN3", "Họ và tên"),
        ("§¬n vÞ", "TCVN3", "Đơn vị"),
        ("Ph\u00adêng Long Th¹nh Mü, QuËn 9", "TCVN3", "Phường Long Thạnh Mỹ, Quận 9"),
        ("UBND QuËn 9", "TCVN3", "UBND Quận 9"),
        ("Nguyeãn Vaên An", "VNI", "Nguyễn Văn An"),
        ("Traàn Thò Höông", "VNI", "Trần Thị Hương"),
        ("NGUYEÃN VAÊN ÑÖÙC", "VNI", "NGUYỄN VĂN ĐỨC"),
        ("Ngaøy sinh", "VNI", "Ngày sinh"),
        ("Nguye^~n Va(n An", "VIQR", "Nguyễn Văn An"),
        ("Tra^`n Thi. Hu+o+ng", "VIQR", "Trần Thị Hương"),
    ],
)
def test_texts_of_old_encodings_are_recognised_and_read(text: str, kind: vi.LegacyKind, meant: str) -> None:
    assert vi.looks_legacy(text) == kind
    assert vi.from_legacy(text, kind) == meant


@pytest.mark.parametrize(
    "text",
    [
        *words("Toàn Lê où goût tôt Loïc Hélène Thaï naïf façade Pâté Björk ½ Ph.D. a+b O(n) u+i Microsoft®"),
        *[
            "Nguyễn Văn An",
            "Lê Hoàng",
            "Phòng Văn hoá",
            "Hà Nội",
            "Trần Thị Mỹ",
            "Cà Mau",
            "Lê Thì",
            "Hoàn Kiếm",
        ],
        *[
            "Tôn Thất",
            "Bà Rịa",
            "lãnh đạo",
            "François Noël",
            "José María Peña",
            "Anaïs Caïn",
            "Müller & Söhne",
        ],
        *[
            "João São",
            "Åsa Öberg",
            "Zoë Brontë",
            "Muñoz Ibáñez",
            "déjà vu",
            "Benoît Lefèvre",
            "Søren Kierkegaard",
        ],
        *["© 2020 Lantoa", "25 °C", "3 × 4 m²", "« Le Monde »", "C++ a(b)", "f(x) + g(x)", "x^2 + y^2"],
        *["Nhóm a (b)", "Mr. Smith?", "Mª Carmen", "Đỗ ª"],
    ],
)
def test_correct_vietnamese_and_european_texts_are_left_alone(text: str) -> None:
    assert vi.looks_legacy(text.strip()) is None


def test_every_letter_survives_the_way_into_an_old_encoding_and_back() -> None:
    for letter in LETTERS + "ĂÂÊÔƠƯĐ":
        legacy = {v: k for k, v in vi._TCVN3.items()}.get(letter)
        if legacy is not None:
            assert vi.from_legacy(legacy, "TCVN3") == letter


def test_dates_and_numbers_are_written_the_vietnamese_way() -> None:
    assert vi.written_date(date(2020, 10, 5)) == "05/10/2020"
    assert [vi.partial_date(1985), vi.partial_date(1985, 7), vi.partial_date(1985, 7, 2)] == [
        "1985",
        "07/1985",
        "02/07/1985",
    ]


@given(any_text)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert vi.fold(vi.fold(text)) == vi.fold(text)


@given(any_text)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert vi.clean(vi.clean(text)) == vi.clean(text)


@given(vietnamese_text)
def test_composed_and_decomposed_texts_are_the_same(text: str) -> None:
    decomposed = unicodedata.normalize("NFD", text)
    for form in (vi.clean, vi.fold, vi.spell, vi.sort_key, vi.person_sort_key):
        assert form(decomposed) == form(unicodedata.normalize("NFC", text))


@given(vietnamese_text)
def test_spelling_twice_changes_nothing(text: str) -> None:
    assert vi.spell(vi.spell(text)) == vi.spell(text)


@given(vietnamese_text, vietnamese_text)
def test_equal_keys_mean_equal_words(one: str, other: str) -> None:
    if vi.sort_key(one) == vi.sort_key(other):
        assert (
            vi.fold(one).replace("-", " ").replace("'", " ").split()
            == vi.fold(other).replace("-", " ").replace("'", " ").split()
        )


@given(any_text)
def test_a_sort_key_is_plain_ascii_of_bounded_length(text: str) -> None:
    key = vi.sort_key(text)
    assert key.isascii()
    assert len(key) <= 9 * len(unicodedata.normalize("NFKD", text.casefold())) + 2


@given(st.sampled_from(words("oa oe uy")), st.sampled_from(TONES), st.sampled_from(["h", "th", "l", "", "kh"]))
def test_both_placements_of_every_tone_meet(vowels: str, tone: str, onset: str) -> None:
    older = unicodedata.normalize("NFC", onset + vowels[0] + tone + vowels[1])
    newer = unicodedata.normalize("NFC", onset + vowels + tone)
    assert vi.spell(older) == vi.spell(newer)


@given(
    st.lists(
        st.sampled_from(words("Nguyễn Trần Lê Phạm Đặng Hoà Thuỷ Văn Thị Ước Quốc Khuê")),
        min_size=1,
        max_size=4,
    )
)
def test_correct_names_are_never_taken_for_an_old_encoding(name: list[str]) -> None:
    assert vi.looks_legacy(" ".join(name)) is None
    assert vi.looks_legacy(" ".join(name).upper()) is None
