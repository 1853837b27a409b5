"""What stands on a PDF, for tests: its words page by page, and whether anything stands outside the paper."""

import io
import itertools
import struct
import zlib
from typing import Any

import pdfplumber

from lantoa.exams.rules import texts


def pages_of(pdf: bytes) -> list[str]:
    """The words of each page, on one line."""
    with pdfplumber.open(io.BytesIO(pdf)) as found:
        return [" ".join((page.extract_text() or "").split()) for page in found.pages]


def outside(pdf: bytes) -> list[str]:
    """The letters and pictures that are not wholly on the paper."""
    wrong = []
    with pdfplumber.open(io.BytesIO(pdf)) as found:
        for page in found.pages:
            for one in (*page.chars, *page.images):
                inside = one["x0"] >= -1 and one["top"] >= -1
                if not (inside and one["x1"] <= float(page.width) + 1 and one["bottom"] <= float(page.height) + 1):
                    wrong.append(f"{page.page_number}: {one.get('text', 'picture')}")
    return wrong


def overlapping(pdf: bytes, most: int = 6_000) -> list[str]:
    """Pairs of letters of different lines that stand on each other."""
    wrong = []
    with pdfplumber.open(io.BytesIO(pdf)) as found:
        for page in found.pages:
            words = page.extract_words(use_text_flow=False)[:most]
            for one, other in itertools.combinations(words, 2):
                wide = min(one["x1"], other["x1"]) - max(one["x0"], other["x0"])
                high = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
                least = min(one["bottom"] - one["top"], other["bottom"] - other["top"])
                if wide > 1 and high > least * 0.6:
                    wrong.append(f"{page.page_number}: {one['text']} / {other['text']}")
    return wrong


def png(width: int = 40, height: int = 20) -> bytes:
    """A grey picture."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\x00" + b"\x80" * width for _ in range(height))
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(rows)) + part(b"IEND", b"")


def shown(text: str) -> str:
    """A text as a variant holds it: its maths as MathML."""
    return texts.with_maths(text)


def single(number: int, text: str = "", options: tuple[str, ...] = ("Một", "Hai", "Ba", "Bốn")) -> dict[str, Any]:
    return {
        "id": f"0q{number:03d}",
        "kind": "single",
        "text": shown(text or f"<p>Nội dung câu hỏi số {number}</p>"),
        "points": "0.5",
        "options": [{"id": letter, "text": shown(one)} for letter, one in zip("abcdefghij", options, strict=False)],
    }


KINDS: list[dict[str, Any]] = [
    single(1),
    {**single(2, "<p>Chọn các việc đúng</p>"), "kind": "multiple"},
    {
        "id": "0tf",
        "kind": "truefalse",
        "text": "<p>Đất quay quanh Mặt trời</p>",
        "points": "1",
        "options": [{"id": "true", "text": ""}, {"id": "false", "text": ""}],
    },
    {
        "id": "0match",
        "kind": "matching",
        "text": "<p>Ghép tỉnh với biển số</p>",
        "points": "1",
        "lefts": [{"id": "1", "text": "Hà Nội"}, {"id": "2", "text": "Cần Thơ"}],
        "rights": [{"id": "a", "text": "65"}, {"id": "b", "text": "29"}, {"id": "c", "text": "50"}],
    },
    {
        "id": "0order",
        "kind": "ordering",
        "text": "<p>Xếp theo thứ tự</p>",
        "points": "1",
        "options": [{"id": "a", "text": "Ký"}, {"id": "b", "text": "Soạn"}, {"id": "c", "text": "Gửi"}],
    },
    {"id": "0num", "kind": "numeric", "text": "<p>Số pi</p>", "points": "1"},
    {"id": "0short", "kind": "short", "text": "<p>Tên phần mềm</p>", "points": "1"},
    {"id": "0long", "kind": "long", "text": "<p>Nêu ý kiến</p>", "points": "2", "words": 100},
    {
        "id": "0file",
        "kind": "file",
        "text": "<p>Nộp bảng tính</p>",
        "points": "1",
        "extensions": ["xlsx"],
        "megabytes": 5,
    },
]
