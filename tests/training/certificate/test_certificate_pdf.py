"""The certificate on paper: the exact name, the right QR, one page, the same bytes, an archive file."""

import datetime
import io
import re
import time
import unicodedata
from collections.abc import Iterator
from typing import Any

import pdfplumber
import pypdfium2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lantoa.common.refused import Refused
from lantoa.training.rules.certificate.payload import read
from lantoa.training.rules.certificate.pdf import (
    Born,
    Certificate,
    make_certificate,
    make_certificates,
    make_document,
    qr,
)
from lantoa.training.rules.certificate.trust import State, keyed, verify

MM = 72 / 25.4
NAMES = [
    "Ý A",
    "Lê Ẵ",
    "Đặng Thị Hường",
    "Nguyễn Thị Hồng Phượng",
    "H'Hen Niê Kđăm",
    "Ksor Y-Blă O'Rời",
    "Công Tằng Tôn Nữ Thị Ẫm Ữ Ỡ Ỵ Ặ Ễ Ỗ Ẩ",
    "Nguyễn Phúc Công Tằng Tôn Nữ Thùy Dương Nguyễn Phúc Công Tằng Tôn Nữ Thùy Dương Nguyễn Phúc Hường Ữ",
    "Ễ" * 100,
    "WWWW " * 19 + "ữẵđễỵ",
]
LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyẰẲẴẮẶẦẨẪẤẬỀỂỄẾỆỜỞỠỚỢỪỬỮỨỰỲỶỸÝỴĐƠƯmWw"
names = (
    st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=12)
    .map(" ".join)
    .map(lambda t: t[:100].strip())
)


def words_of(data: bytes, page: int = 0) -> str:
    """The text of a page as a reader's copy gives it, with single spaces."""
    return " ".join(pypdfium2.PdfDocument(data)[page].get_textpage().get_text_bounded().split())


def name_lines(data: bytes) -> list[list[dict[str, Any]]]:
    """The letters of the name (the only text in the deep green) by line."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        green = tuple(round(part / 255, 3) for part in (0x08, 0x4C, 0x43))
        letters = [
            c for c in pdf.pages[0].chars if tuple(round(p, 3) for p in c["non_stroking_color"] or ()) == green
        ]
    lines: dict[float, list[dict[str, Any]]] = {}
    for letter in letters:
        lines.setdefault(round(letter["y0"]), []).append(letter)
    return [lines[y] for y in sorted(lines, reverse=True)]


@pytest.mark.parametrize("name", NAMES)
def test_the_text_of_the_pdf_gives_the_exact_name(name: str, a_certificate: Any) -> None:
    text = words_of(make_certificate(a_certificate(name=name)))
    assert unicodedata.is_normalized("NFC", text)
    assert f"Ông/Bà {name} Sinh ngày 05 tháng 6 năm 1980" in text


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=names)
def test_a_name_of_any_length_stands_on_at_most_two_lines_inside_the_frame(name: str, a_certificate: Any) -> None:
    data = make_certificate(a_certificate(name=name))
    lines = name_lines(data)
    assert 1 <= len(lines) <= 2
    assert " ".join("".join(letter["text"] for letter in line).strip() for line in lines) == name
    assert min(letter["x0"] for line in lines for letter in line) >= 21 * MM
    assert max(letter["x1"] for line in lines for letter in line) <= (297 - 21) * MM
    assert len(pypdfium2.PdfDocument(data)) == 1


def test_a_usual_name_stands_large_on_one_line(a_certificate: Any) -> None:
    lines = name_lines(make_certificate(a_certificate(name="Nguyễn Thị Hồng Phượng")))
    assert [round(line[0]["size"], 1) for line in lines] == [34]


def test_a_decomposed_name_is_printed_composed(a_certificate: Any) -> None:
    name = unicodedata.normalize("NFD", "Đặng Thị Hường")
    assert "Ông/Bà Đặng Thị Hường Sinh" in words_of(make_certificate(a_certificate(name=name)))


def test_a_letter_that_no_typeface_has_is_refused_with_its_number(a_certificate: Any) -> None:
    with pytest.raises(Refused) as refused:
        make_certificate(a_certificate(number="0013/2020/CN-Q9", name="Lý 漢"))
    assert str(refused.value) == (
        'Cannot print certificate 0013/2020/CN-Q9 of Lý 漢: the typeface has no letter "漢" (U+6F22). '
        "Revoke it, write that word otherwise, and issue it anew."
    )


def test_names_with_letters_of_no_typeface_keep_nobody_else_from_their_paper(a_certificate: Any) -> None:
    strange = {
        "0013/2020/CN-Q9": "Lý 漢",
        "0014/2020/CN-Q9": "王小明",
        "0015/2020/CN-Q9": "An 🙂",
        "0016/2020": "B 🙂",
    }
    people = [a_certificate(number=number, name=name) for number, name in strange.items()]
    usual = [a_certificate(), a_certificate(number="0017/2020/CN-Q9", name="Đặng Thị Hường")]

    made = make_document([usual[0], *people, usual[1]])
    said = words_of(made.content, 1)
    assert ("Đặng Thị Hường" in said, len(pypdfium2.PdfDocument(made.content))) == (True, 2)
    assert sorted(made.refused) == sorted(strange)
    assert "0015/2020/CN-Q9 of An 🙂" in str(made.refused["0015/2020/CN-Q9"])
    nobody = make_document(people)
    assert (nobody.content, sorted(nobody.refused)) == (b"", sorted(strange))

    each = list(make_certificates([usual[0], people[0], usual[1]]))
    assert [isinstance(one, bytes) for one in each] == [True, False, True]


def test_what_all_certificates_have_in_common_is_refused_for_all(a_certificate: Any) -> None:
    with pytest.raises(Refused, match="has no letter"):
        make_document([a_certificate(course="Khóa 漢"), a_certificate(number="0013", course="Khóa 漢")])


@pytest.mark.parametrize("name", ['#eval(read("/etc/passwd"))', "]#[x]", "$ x $", "@a <b> `c` \\ {d} /* e */ // f"])
def test_a_name_is_never_read_as_a_command(name: str, a_certificate: Any) -> None:
    assert f"Ông/Bà {name} Sinh" in words_of(make_certificate(a_certificate(name=name)))


def test_it_says_everything_it_should(a_certificate: Any) -> None:
    text = words_of(make_certificate(a_certificate()))
    for part in (
        "ỦY BAN NHÂN DÂN THÀNH PHỐ HỒ CHÍ MINH ỦY BAN NHÂN DÂN QUẬN 9",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM Độc lập - Tự do - Hạnh phúc",
        "CHỨNG NHẬN CERTIFICATE OF COMPLETION Ông/Bà Nguyễn Thị Ước",
        "Sinh ngày 05 tháng 6 năm 1980 · Đơn vị: Ủy ban nhân dân phường Phước Long A",
        "đã hoàn thành khóa học has completed the course Chuyển đổi số cho lãnh đạo, quản lý",
        "Digital transformation for leaders",
        "Chương trình: Bồi dưỡng chuyển đổi số Quận 9 năm 2020",
        "64 giờ học, từ ngày 01/10/2020 đến ngày 31/12/2020",
        "Theo Quyết định số 45/QĐ-UBND ngày 31 tháng 12 năm 2020",
        "Số: 0012/2020/CN-Q9",
        "Quận 9, ngày 31 tháng 12 năm 2020 TM. ỦY BAN NHÂN DÂN CHỦ TỊCH Nguyễn Văn Ví Dụ",
    ):
        assert part in text


def test_the_title_of_the_programmes_file_heads_the_paper_and_the_course_is_what_was_completed(
    a_certificate: Any,
) -> None:
    title = "Giấy chứng nhận hoàn thành khóa bồi dưỡng điều phối viên chuyển đổi số"
    text = words_of(make_certificate(a_certificate(title=title)))
    assert "GIẤY CHỨNG NHẬN HOÀN THÀNH KHÓA BỒI DƯỠNG ĐIỀU PHỐI VIÊN CHUYỂN ĐỔI SỐ CERTIFICATE OF COMPLETION" in text
    assert "đã hoàn thành khóa học has completed the course Chuyển đổi số cho lãnh đạo, quản lý" in text


def test_what_is_not_known_leaves_no_trace(a_certificate: Any) -> None:
    bare = a_certificate(
        superior="",
        born=None,
        unit="",
        programme="",
        course_in_english="",
        hours=None,
        starts=None,
        ends=None,
        decision="",
    )
    text = words_of(make_certificate(bare))
    assert (
        "Nguyễn Thị Ước đã hoàn thành khóa học has completed the course Chuyển đổi số cho lãnh đạo, quản lý Số:"
        in text
    )


@pytest.mark.parametrize(
    ("born", "text"),
    [
        (Born(1980), "Sinh năm 1980"),
        (Born(1980, 2), "Sinh tháng 02 năm 1980"),
        (Born(1980, 11), "Sinh tháng 11 năm 1980"),
        (Born(1980, 11, 9), "Sinh ngày 09 tháng 11 năm 1980"),
    ],
)
def test_a_birth_date_is_said_as_far_as_it_is_known(born: Born, text: str, a_certificate: Any) -> None:
    assert f"Nguyễn Thị Ước {text} ·" in words_of(make_certificate(a_certificate(born=born)))


def test_only_a_demonstration_is_marked_as_one(a_certificate: Any) -> None:
    marked, plain = (words_of(make_certificate(a_certificate(demonstration=mark))) for mark in (True, False))
    assert "BẢN MINH HỌA" in marked
    assert "Bản minh họa, không có giá trị Demonstration, not valid" in marked
    assert "minh họa" not in plain.lower()


def modules(data: bytes, page: int = 0) -> list[list[int]]:
    """The modules of the QR as the page shows them, 1 for dark: the page is drawn, each module's middle looked at."""
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        height = float(pdf.pages[page].height)
    scale = 6
    drawn = pypdfium2.PdfDocument(data)[page].render(scale=scale, grayscale=True)
    pixels, stride = bytes(drawn.buffer), drawn.stride
    size = 40 * MM
    left, top = 22 * MM, height - 17 * MM - size

    def dark(x: float, y: float) -> int:
        return int(pixels[int((top + y) * scale) * stride + int((left + x) * scale)] < 128)

    for count in range(21 + 8, 177 + 9, 4):  # modules with the quiet zone: the one at which every edge module fits
        step = size / count
        rows = [[dark((x + 0.5) * step, (y + 0.5) * step) for x in range(4, count - 4)] for y in range(4, count - 4)]
        finder = [[1] * 7, [1, 0, 0, 0, 0, 0, 1], [1, 0, 1, 1, 1, 0, 1]]
        timing = rows[6][8 : len(rows) - 8]
        if [row[:7] for row in rows[:3]] == finder and timing == [(n + 1) % 2 for n in range(len(timing))]:
            return rows
    raise AssertionError("there is no QR at its place")


def decoded(rows: list[list[int]]) -> str:
    """What the modules say: version from the size, level and mask from the format bits, segments of bytes or signs.

    Written here for the test, after ISO/IEC 18004, without error correction: the drawn modules have to be right.
    """
    size = len(rows)
    version = (size - 17) // 4
    form = 0
    for x, y in [(0, 8), (1, 8), (2, 8), (3, 8), (4, 8), (5, 8), (7, 8), (8, 8)]:
        form = form << 1 | rows[y][x]
    form ^= 0b10101000  # the first eight bits of the format mask
    assert form >> 6 == 0b00, "error level M"
    masks = [
        lambda i, j: (i + j) % 2 == 0, lambda i, j: i % 2 == 0,
        lambda i, j: j % 3 == 0, lambda i, j: (i + j) % 3 == 0,
        lambda i, j: (i // 2 + j // 3) % 2 == 0, lambda i, j: i * j % 2 + i * j % 3 == 0,
        lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0, lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
    ]  # fmt: skip
    mask = masks[form >> 3 & 7]
    bits = [rows[i][j] ^ int(mask(i, j)) for i, j in data_places(size, version)]
    words = [int("".join(map(str, bits[n : n + 8])), 2) for n in range(0, len(bits) - 7, 8)]
    return segments(blocks_joined(words, version), version)


def data_places(size: int, version: int) -> Iterator[tuple[int, int]]:
    """The places of data modules in their order: two columns at a time, up and down, from the right."""
    centres = CENTRES[version]
    taken = set()
    for i in range(size):
        for j in range(size):
            corner = (i < 9 and j < 9) or (i < 9 and j >= size - 8) or (i >= size - 8 and j < 9)
            versions = version >= 7 and ((i < 6 and j >= size - 11) or (j < 6 and i >= size - 11))
            aligned = any(
                abs(i - a) <= 2 and abs(j - b) <= 2
                for a in centres
                for b in centres
                if (a, b) not in ((6, 6), (6, centres[-1]), (centres[-1], 6))
            )
            if corner or versions or aligned or i == 6 or j == 6:
                taken.add((i, j))
    up = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        for i in range(size - 1, -1, -1) if up else range(size):
            yield from ((i, j) for j in (right, right - 1) if (i, j) not in taken)
        up = not up


CENTRES = {
    8: (6, 24, 42), 9: (6, 26, 46), 10: (6, 28, 50), 11: (6, 30, 54), 12: (6, 32, 58), 13: (6, 34, 62),
    14: (6, 26, 46, 66), 15: (6, 26, 48, 70), 16: (6, 26, 50, 74), 17: (6, 30, 54, 78), 18: (6, 30, 56, 82),
}  # fmt: skip
# Level M: the data code words of each block, as (blocks, words) groups.
BLOCKS = {
    8: ((2, 38), (2, 39)), 9: ((3, 36), (2, 37)), 10: ((4, 43), (1, 44)), 11: ((1, 50), (4, 51)),
    12: ((6, 36), (2, 37)), 13: ((8, 37), (1, 38)), 14: ((4, 40), (5, 41)), 15: ((5, 41), (5, 42)),
    16: ((7, 45), (3, 46)), 17: ((10, 46), (1, 47)), 18: ((9, 43), (4, 44)),
}  # fmt: skip


def blocks_joined(words: list[int], version: int) -> list[int]:
    lengths = [length for count, length in BLOCKS[version] for _ in range(count)]
    blocks: list[list[int]] = [[] for _ in lengths]
    rest = iter(words)
    for n in range(max(lengths)):
        for block, length in zip(blocks, lengths, strict=True):
            if n < length:
                block.append(next(rest))
    return [word for block in blocks for word in block]


def segments(words: list[int], version: int) -> str:
    bits = "".join(f"{word:08b}" for word in words)
    place, text = 0, ""

    def take(count: int) -> int:
        nonlocal place
        place += count
        return int(bits[place - count : place], 2)

    while True:
        kind = take(4)
        if kind == 0b0100:
            length = take(16 if version >= 10 else 8)
            text += bytes(take(8) for _ in range(length)).decode()
        elif kind == 0b0010:
            length = take(11 if version >= 10 else 9)
            signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
            for _ in range(length // 2):
                first, second = divmod(take(11), 45)
                text += signs[first] + signs[second]
            if length % 2:
                text += signs[take(6)]
        else:
            return text


@pytest.mark.parametrize("name", [NAMES[1], NAMES[3], NAMES[7], NAMES[8]])
def test_the_qr_on_the_page_says_the_signed_payload(name: str, a_certificate: Any, public_key: Any) -> None:
    certificate = a_certificate(name=name)
    rows = modules(make_certificate(certificate))
    assert rows == [list(row) for row in qr(certificate.code).matrix]
    assert decoded(rows) == certificate.code
    assert verify(decoded(rows), keyed([public_key])).state is State.VALID
    assert read(decoded(rows)).name == name


def test_it_is_a_tagged_archive_pdf_on_a4_with_title_and_language(a_certificate: Any) -> None:
    data = make_certificate(a_certificate())
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>A</pdfaid:conformance>" in data
    assert re.search(rb"/Lang ?\(vi(-VN)?\)", data)
    document = pypdfium2.PdfDocument(data)
    assert [round(side / MM) for side in document[0].get_size()] == [297, 210]
    assert document.get_metadata_dict()["Title"] == "Chứng nhận 0012/2020/CN-Q9: Nguyễn Thị Ước"


def test_the_same_certificate_is_the_same_file_alone_or_in_a_batch(a_certificate: Any) -> None:
    certificates = [a_certificate(name=f"Học Viên Thứ {n}") for n in range(8)]
    batch = list(make_certificates(certificates))
    assert batch == [make_certificate(certificate) for certificate in certificates]
    assert make_document(certificates) == make_document(certificates)


def test_one_document_has_a_page_for_each_in_order(a_certificate: Any) -> None:
    certificates = [a_certificate(name=f"Học Viên Thứ {n}") for n in range(5)]
    data = make_document(certificates).content
    assert [f"Ông/Bà Học Viên Thứ {n} Sinh" in words_of(data, n) for n in range(5)] == [True] * 5
    assert len(pypdfium2.PdfDocument(data)) == 5
    assert [decoded(modules(data, n)) for n in (0, 4)] == [certificates[0].code, certificates[4].code]


def test_certificates_are_made_one_by_one_as_they_are_asked_for(a_certificate: Any) -> None:
    taken = []

    def endless() -> Iterator[Certificate]:
        for n in range(10**9):
            taken.append(n)
            yield a_certificate(number=str(n))

    made = make_certificates(endless())
    assert [next(made)[:5], next(made)[:5]] == [b"%PDF-", b"%PDF-"]
    assert taken == [0, 1]


def test_160_certificates_take_less_than_10_seconds(a_certificate: Any) -> None:
    start = time.process_time()
    made = [len(data) for data in make_certificates(a_certificate(name=f"Học Viên Thứ {n}") for n in range(160))]
    assert (len(made), time.process_time() - start < 10) == (160, True)


@pytest.mark.parametrize(
    "field", ["course", "issuer", "superior", "unit", "programme", "decision", "place", "signer"]
)
def test_long_texts_shrink_and_stay_on_the_one_page(field: str, a_certificate: Any) -> None:
    data = make_certificate(a_certificate(**{field: "Ủy ban nhân dân thành phố " * 10}))
    with pdfplumber.open(io.BytesIO(data)) as pdf:
        letters = [letter for page in pdf.pages for letter in page.chars if letter["text"].strip()]
        assert len(pdf.pages) == 1
    assert min(letter["x0"] for letter in letters) >= 20 * MM
    assert max(letter["x1"] for letter in letters) <= 277 * MM
    assert max(letter["bottom"] for letter in letters) <= 199 * MM


def test_everything_long_at_once_stays_on_the_one_page(a_certificate: Any) -> None:
    long = "Ủy ban nhân dân thành phố " * 8
    fields = ("name", "course", "issuer", "superior", "unit", "programme", "course_in_english", "decision", "signer")
    data = make_certificate(a_certificate(**dict.fromkeys(fields, long), demonstration=True))
    assert len(pypdfium2.PdfDocument(data)) == 1


def test_markup_of_the_typesetter_in_a_name_stays_text(a_certificate: Any) -> None:
    name = '#panic("x") $a$ *b* _c_ @d'
    assert f"Ông/Bà {name} Sinh" in words_of(make_certificate(a_certificate(name=name)))


def test_a_certificate_without_a_name_is_refused(a_certificate: Any) -> None:
    with pytest.raises(Refused) as refused:
        make_certificate(a_certificate(name=" ", code="https://lantoa.example/v/AAAA"))
    assert str(refused.value) == "Cannot make certificate 0012/2020/CN-Q9: the name is missing."


def test_no_certificates_make_no_document() -> None:
    with pytest.raises(Refused) as refused:
        make_document([])
    assert str(refused.value) == "Cannot make the certificates: there are none."


def test_the_file_is_dated_by_the_day_of_issue(a_certificate: Any) -> None:
    data = make_certificate(a_certificate(issued=datetime.date(2020, 12, 31)))
    assert pypdfium2.PdfDocument(data).get_metadata_dict()["CreationDate"].startswith("D:20201231")
