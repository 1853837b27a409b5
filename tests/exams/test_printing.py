"""Papers, answer sheets and keys as PDF: what stands on them, where, and what could not be set is named."""

import base64
import unicodedata
from collections import Counter
from datetime import date
from typing import Any

import pytest
from exams.printed import KINDS, outside, overlapping, pages_of, png, shown, single
from hypothesis import given, settings
from hypothesis import strategies as st

from lantoa.common.refused import Refused
from lantoa.exams.rules import texts
from lantoa.exams.rules.printing.formulas import CannotSet, formula
from lantoa.exams.rules.printing.measures import size_of_picture
from lantoa.exams.rules.printing.pdf import (
    Made,
    PrintedCandidate,
    PrintedPaper,
    PrintedVariant,
    make_paper,
    set_sheets,
)
from lantoa.exams.rules.printing.setting import FORMULA, LETTER, PICTURE, Setter
from lantoa.exams.rules.printing.sheet import HALF, HEAD, LATER_HEAD, WHOLE, WIDE, layout_of

DAY = date(2026, 11, 22)


def made(*questions: Any, key: bool = False, **more: Any) -> Made:
    """A paper of one variant."""
    keys = {one["id"]: "B" for one in questions} if key else {}
    tex = more.pop("tex", {})
    fields = {"unit": "UBND phường Phước Long", "title": "Kiểm tra cuối khóa", "minutes": 45, "introduction": ""}
    variant = PrintedVariant(7, questions, keys, tex)
    return make_paper(PrintedPaper(**{**fields, **more}, variants=(variant,), key=key), day=DAY)


def words_of(pdf: bytes) -> str:
    return " ".join(pages_of(pdf))


def someone(number: int = 1, name: str = "Nguyễn Thị Hồng Ánh", variant: int = 7, **more: str) -> PrintedCandidate:
    fields = {"born": "05/10/1985", "unit": "Phường Phước Long A", "code": "0abc1def2ghi3", **more}
    return PrintedCandidate(
        name=name, number=f"{number:03d}", variant=variant, address="https://daotao.example.vn/x/0abc1/", **fields
    )


def sheets(*people: PrintedCandidate, questions: Any = None) -> bytes:
    of = {7: questions or [single(number) for number in range(1, 41)]}
    return set_sheets(people, of, unit="UBND tỉnh Thử", title="Kiểm tra cuối khóa", day=DAY)[0]


# ---- the paper


def test_a_paper_has_its_head_and_every_question_with_its_choices_in_their_order() -> None:
    found = made(*KINDS)

    said = words_of(found.content)
    assert found.lost == ()
    for part in (
        "UBND PHƯỜNG PHƯỚC LONG",
        "ĐỀ KIỂM TRA",
        "Kiểm tra cuối khóa",
        "Thời gian làm bài: 45 phút (không kể thời gian phát đề)",
        "(Đề có 1 trang, 9 câu)",
        "Mã đề 007",
        "Họ và tên thí sinh:",
        "Số báo danh:",
        "Câu 1. (0,5 điểm) Nội dung câu hỏi số 1 A. Một B. Hai C. Ba D. Bốn",
        "Câu 3. (1 điểm) Đất quay quanh Mặt trời (đúng (Đ) hay sai (S)?)",
        "(ghép mỗi số với một chữ cái)",
        "(sắp xếp theo thứ tự đúng) A. Ký B. Soạn C. Gửi",
        "(không quá 100 từ)",
        "(nộp tệp riêng; câu này không làm trên giấy)",
        "------ HẾT ------",
        "Trang 1/1",
    ):
        assert part in said, part
    assert (outside(found.content), overlapping(found.content)) == ([], [])


def test_points_that_all_questions_share_are_said_once() -> None:
    said = words_of(made(single(1), single(2)).content)

    assert ("mỗi câu 0,5 điểm" in said, "Câu 1. (0,5 điểm)" in said) == (True, False)


def test_letters_written_in_parts_are_printed_whole() -> None:
    parts = unicodedata.normalize("NFD", "Nghị quyết số 57 về chuyển đổi số")

    assert "Nghị quyết số 57 về chuyển đổi số" in words_of(made(single(1, f"<p>{parts}</p>")).content)


def test_no_text_is_read_as_markup_of_the_typesetter() -> None:
    wild = "#panic() $x$ *đậm* _nghiêng_ `mã` = đầu @nhãn \\ // ~ <nhãn>"

    said = words_of(made(single(1, texts.from_plain(wild), (wild.replace("<", "&lt;"), "hai"))).content)

    assert said.count("#panic() $x$ *đậm* _nghiêng_ `mã` = đầu @nhãn \\ // ~ <nhãn>") == 2


def test_lists_tables_and_styles_of_a_question_are_set() -> None:
    text = (
        "<p>Xem <b>bảng</b> và <i>ghi chú</i>: H<sub>2</sub>O, m<sup>2</sup>, <u>gạch</u>, <s>bỏ</s>, "
        "<code>a_b</code></p>"
        "<ul><li>một</li><li>hai<ol><li>hai mốt</li></ol></li></ul><blockquote>trích</blockquote><pre>x  =\n  1</pre>"
        "<table><caption>Bảng 1</caption><tr><th colspan='2'>Đầu</th><th>B</th></tr>"
        "<tr><td rowspan='2'>trái</td><td>c</td><td>d</td></tr><tr><td>e</td><td>f</td></tr></table>"
    )
    found = made(single(1, texts.clean(text)))

    said = words_of(found.content)
    assert [
        word
        for word in [
            "bảng",
            "ghi",
            "chú",
            "gạch",
            "bỏ",
            "a_b",
            "một",
            "hai",
            "mốt",
            "trích",
            "Bảng",
            "Đầu",
            "trái",
            "c",
            "d",
            "e",
            "f",
        ]
        if word not in said
    ] == []
    assert (found.lost, outside(found.content), overlapping(found.content)) == ((), [], [])


def test_a_table_of_thirty_columns_and_one_longer_than_a_page_stay_on_the_paper() -> None:
    wide = "<table>" + ("<tr>" + "".join(f"<td>{n}</td>" for n in range(30)) + "</tr>") * 3 + "</table>"
    long = "<table>" + "".join(f"<tr><td>dòng {n}</td><td>{'chữ ' * 20}</td></tr>" for n in range(90)) + "</table>"

    found = made(single(1, wide), single(2, long))

    assert outside(found.content) == []
    said = words_of(found.content)
    assert [n for n in range(90) if f"dòng {n} " not in said] == []


def test_spans_of_a_table_that_overlap_are_cut_and_nothing_is_left_out() -> None:
    text = (
        "<table><tr><td rowspan='9'>a</td><td rowspan='2'>b</td></tr>"
        "<tr><td colspan='3'>c</td><td>d</td></tr></table>"
    )

    assert words_of(made(single(1, text)).content).count("a b") == 1
    assert {"a", "b", "c", "d"} <= set(words_of(made(single(1, text)).content).split())


def test_a_word_longer_than_the_line_is_broken_and_not_cut_off() -> None:
    long = "a" * 400

    found = made(single(1, f"<p>{long}</p>", (long, "hai")))

    assert outside(found.content) == []
    assert words_of(found.content).replace(" ", "").count("a") >= 800


FORMULAS = [
    r"\frac{a+b}{c}",
    r"\sqrt[3]{x}",
    r"\sum_{i=1}^{n} i^2",
    r"\lim_{x\to 0}\frac{\sin x}{x}",
    r"\left(\frac{a}{b}\right)^2",
    r"\begin{pmatrix}1&2\\3&4\end{pmatrix}",
    r"\begin{cases}x&x>0\\0&\text{khác}\end{cases}",
    r"\vec{a}+\overline{AB}\hat{x}",
    r"\mathbb{R}\mathbf{v}\mathrm{km}",
    r"|x|\le 3",
    r"\boxed{x}",
    r"\binom{n}{k}",
    r"\int_0^1 x\,dx",
    r"x_1^2\quad 50\%",
    r"f'(x)",
    r"\left\{x\right.",
    r"\underbrace{a}_{b}\overset{a}{=}",
    r"\alpha\Rightarrow\infty\cdot\times 3{,}14",
    r"\operatorname{rank}A\text{ nếu } \sin^2 x",
    r"\overbrace{a}",
    r"\underline{x}",
    r"\dot{x}\ddot{x}\tilde{x}\bar{x}",
    r"a \neq b \ge c \approx d",
    r"\{1;2\}",
    r"\left|x\right|",
    r"\angle ABC = 90^\circ",
    r"\%",
    r"\begin{array}{cc}1&2\\3&4\end{array}",
    r"\left[\begin{matrix}1\\2\end{matrix}\right]",
    r"\pm\mp\div\sqrt{2}",
    "",
]


@pytest.mark.parametrize("tex", FORMULAS)
def test_a_formula_of_a_school_book_is_set(tex: str) -> None:
    text = shown(f"<p>Cho \\({tex}\\) và \\[{tex}\\] hết</p>" if tex else "<p>Cho và hết</p>")

    found = made(single(1, text))

    assert "<code>" not in text
    assert (found.lost, outside(found.content)) == ((), [])


def test_a_formula_on_a_line_of_its_own_stands_there() -> None:
    text = r"<p>Trước \[\frac{1234}{5678}\] giữa <b>\[9876\]</b></p><ul><li>\[4321\]</li></ul>"

    said = words_of(made(single(1, shown(text), (shown(r"\[2468\]"), "hai"))).content)

    assert [word for word in ("Trước", "1234", "5678", "giữa", "9876", "4321", "2468") if word not in said] == []


def test_signs_of_a_formula_stand_on_the_paper() -> None:
    said = words_of(made(single(1, shown(r"<p>\(\frac{12}{34}+\text{nếu đúng}\le 5\)</p>"))).content)

    assert [sign for sign in ("12", "34", "nếu đúng", "≤", "5") if sign not in said] == []


def test_a_formula_that_cannot_be_set_stands_there_as_tex_and_is_named_with_its_question() -> None:
    tex = r"\(\cancel{y}+1\)"
    text = f"<p>Cho {tex} đúng</p>"

    found = made(single(1), single(2, shown(text)), tex=texts.maths_in(text))

    assert [(one.question, one.message, one.what) for one in found.lost] == [(2, FORMULA, tex)]
    assert r"\(\cancel{y}+1\)" in words_of(found.content)


def test_tex_that_was_never_read_stands_there_as_tex_and_is_named() -> None:
    found = made(single(1, shown(r"<p>Cho \(\ce{H2O}\) đúng</p>")))

    assert [(one.question, one.message, one.what) for one in found.lost] == [(1, FORMULA, r"\(\ce{H2O}\)")]
    assert r"\(\ce{H2O}\)" in words_of(found.content)


def test_a_formula_too_deep_or_no_formula_is_refused_and_never_crashes() -> None:
    deep = "<math>" + "<mrow><mi>x</mi>" * 60 + "</mrow>" * 60 + "</math>"

    for wrong in (deep, "<math><mi>x</math>", "<math><merror/></math>", "<math><mfrac><mi>x</mi></mfrac></math>"):
        with pytest.raises(CannotSet):
            formula(wrong)


def data(content: bytes, kind: str = "png") -> str:
    return f"data:image/{kind};base64,{base64.b64encode(content).decode()}"


def test_pictures_are_printed_and_never_wider_than_the_paper() -> None:
    small, large = data(png()), data(png(4_000, 100))

    found = made(single(1, f'<p>Hình <img src="{small}" alt="nhỏ"> và <img src="{large}" alt="lớn"></p>'))

    assert (found.lost, outside(found.content)) == ((), [])


@pytest.mark.parametrize(
    "content", [png()[:60], b"\x89PNG\r\n\x1a\n", b"GIF89a\x10\x00\x10\x00rest", b"khong phai hinh", b""]
)
def test_a_picture_that_cannot_be_printed_is_named_and_its_words_stand_there(content: bytes) -> None:
    text = f'<p>Xem hình <img src="{data(content)}" alt="sơ đồ mạng"></p>'

    found = made(single(1), single(2, text))

    assert [(one.question, one.message, one.what) for one in found.lost] == [(2, PICTURE, "sơ đồ mạng")]
    assert "Hình không in được: sơ đồ mạng" in words_of(found.content)


def test_the_size_of_a_picture_is_read_from_each_kind() -> None:
    jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x00\x10\x00\x20\x03" + b"\x00" * 12
    vp8x = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00" + b"\x1f\x00\x00\x0f\x00\x00"

    heads = (png(32, 16), b"GIF89a\x20\x00\x10\x00", jpeg, vp8x)
    assert [size_of_picture(one) for one in heads] == [(32, 16)] * 4
    assert size_of_picture(b"\xff\xd8\xff") is None


def test_letters_of_no_typeface_stand_there_by_their_number_and_are_named() -> None:
    found = made(single(1), single(2, "<p>Chữ \U00013000 và \u1000 lạ</p>"))

    said = words_of(found.content)
    assert ("[U+13000]" in said, "[U+1000]" in said) == (True, True)
    assert [(one.question, one.message, one.what) for one in found.lost] == [
        (2, LETTER, "U+13000 EGYPTIAN HIEROGLYPH A001"),
        (2, LETTER, "U+1000 MYANMAR LETTER KA"),
    ]


def test_text_from_right_to_left_and_signs_that_turn_it_do_not_break_the_paper() -> None:
    found = made(single(1, "<p>Trước \u202eđảo\u202c \u05e9\u05dc\u05d5\u05dd \u0645\u0631 sau</p>"))

    said = words_of(found.content)
    assert ("Trước" in said, "sau" in said, outside(found.content)) == (True, True, [])


def test_a_paper_of_sixty_questions_is_dense_and_numbers_its_pages() -> None:
    found = made(*[single(number, f"<p>{'Nội dung câu hỏi ' * 6}số {number}?</p>") for number in range(1, 61)])

    pages = pages_of(found.content)
    assert len(pages) <= 5
    assert [f"Trang {at}/{len(pages)}" in page for at, page in enumerate(pages, 1)] == [True] * len(pages)
    assert [number for number in range(1, 61) if f"Câu {number}." not in " ".join(pages)] == []
    assert (outside(found.content), f"(Đề có {len(pages)} trang, 60 câu, mỗi câu 0,5 điểm)" in pages[0]) == ([], True)


def test_the_key_sheet_has_the_key_of_every_question_and_no_place_for_a_candidate() -> None:
    said = words_of(made(single(1), single(2), key=True).content)

    assert (said.count("Đáp án: B"), "ĐÁP ÁN VÀ HƯỚNG DẪN CHẤM" in said, "Họ và tên" in said) == (2, True, False)


def test_the_same_paper_gives_the_same_bytes() -> None:
    assert made(*KINDS).content == made(*KINDS).content


def test_a_text_as_blocks_keeps_every_word() -> None:
    setter = Setter()

    blocks = setter.blocks("một <b>hai <i>ba</i></b><p>bốn</p>năm<br><ul><li>sáu</li></ul>")

    assert [one["is"] for one in blocks] == ["p", "p", "p", "list"]
    assert [word for word in ("một", "hai", "ba", "bốn", "năm", "sáu") if word not in str(blocks)] == []


# ---- the answer sheet


def test_a_sheet_says_whose_it_is_and_has_a_row_for_each_question() -> None:
    (page,) = pages_of(sheets(someone(12)))

    for part in (
        "PHIẾU TRẢ LỜI",
        "Nguyễn Thị Hồng Ánh",
        "05/10/1985",
        "Phường Phước Long A",
        "012",
        "007",
        "0abc1def2ghi3",
    ):
        assert part in page, part
    words = page.split()
    assert [number for number in range(1, 41) if str(number) not in words] == []
    assert Counter(words)["A"] >= 40


def test_two_sheets_stand_on_one_page_where_they_fit_and_each_alone_where_not() -> None:
    four = [someone(number) for number in range(1, 5)]
    longer = [*KINDS, *[{"id": f"0l{n}", "kind": "long", "text": "x", "points": "1", "words": 0} for n in range(4)]]

    assert len(pages_of(sheets(*four))) == 2
    pages = pages_of(sheets(*four, questions=longer))
    assert len(pages) % 4 == 0 and len(pages) >= 4


def test_a_name_of_two_hundred_letters_and_one_in_parts_stay_in_their_place() -> None:
    long = " ".join(["Nguyễn"] * 30)[:200]
    unbroken = "N" * 200
    parts = unicodedata.normalize("NFD", "Trần Thị Ngọc Diễm")

    pdf = sheets(someone(1, long), someone(2, unbroken), someone(3, parts), someone(4, unit="Đơn vị " * 40))

    assert (outside(pdf), overlapping(pdf)) == ([], [])
    said = words_of(pdf)
    assert ("Trần Thị Ngọc Diễm" in said, said.replace(" ", "").count("N") >= 200) == (True, True)


def test_every_kind_of_question_has_its_place_on_the_sheet() -> None:
    pdf = sheets(someone(), questions=KINDS)

    said = words_of(pdf)
    assert ("Câu 7:" in said, "Câu 8:" in said, "Câu 9: nộp tệp riêng" in said) == (True, True, True)
    assert (outside(pdf), overlapping(pdf)) == ([], [])


def test_sheets_for_nobody_are_refused() -> None:
    with pytest.raises(Refused, match=r"Cannot print answer sheets: there are no candidates\."):
        sheets()


kinds = st.sampled_from(["single", "multiple", "truefalse", "matching", "ordering", "numeric", "short", "long"])


@given(st.lists(st.tuples(kinds, st.integers(2, 20), st.integers(0, 2_000)), min_size=1, max_size=200))
@settings(max_examples=60)
def test_every_question_stands_on_a_sheet_once_and_nothing_stands_on_another(
    asked: list[tuple[str, int, int]],
) -> None:
    questions = [
        {
            "kind": kind,
            "words": words,
            "options": [{"id": "abcdefghijklmnopqrst"[at]} for at in range(count)],
            "lefts": [{"id": str(at + 1)} for at in range(count)],
        }
        for kind, count, words in asked
    ]

    layout = layout_of(questions)

    numbers = [said.removeprefix("Câu ").partition(":")[0] for page in layout.pages for _x, _y, said in page.numbers]
    assert sorted(map(int, numbers)) == list(range(1, len(questions) + 1))
    assert not layout.half or len(layout.pages) == 1
    for at, page in enumerate(layout.pages):
        high = (HALF if layout.half else WHOLE) - (LATER_HEAD if at else HEAD)
        marks = [(x, y) for x, y, _sign in (*page.bubbles, *page.boxes)]
        assert len(set(marks)) == len(marks)
        assert all(0 <= x <= WIDE - 5 and 0 <= y <= high - 5 for x, y in marks)
        assert all(x + long <= WIDE + 0.1 and y <= high for x, y, long in page.lines)
