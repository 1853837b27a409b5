"""Our Excel sheet of questions: a row a question, the words of its head in Vietnamese, the order of columns free."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.exams.rules import notation, texts
from lantoa.exams.rules.content import LETTERS, MOST_MEGABYTES, Content, Option, number_of
from lantoa.exams.rules.formats.model import (
    Loss,
    ReadQuestion,
    WrittenQuestion,
    checked,
    lost_pictures,
    smaller_files,
    without_pictures,
)
from lantoa.office.rules.imports import RowFault
from lantoa.office.rules.sheets import Cell, Workbook, column_letter

HEADS: Final[dict[str, str]] = {
    "code": "Mã câu hỏi",
    "kind": "Loại",
    "text": "Nội dung câu hỏi",
    "key": "Đáp án",
    "points": "Điểm",
    "penalty": "Trừ khi sai (%)",
    "difficulty": "Mức độ",
    "topic": "Chuyên đề",
    "feedback": "Giải thích",
    "marks": "Phải đúng dấu",
    "case": "Phải đúng hoa thường",
    "shuffle": "Đảo phương án",
    "limit": "Giới hạn",
}
OPTION: Final = "Phương án"
KIND_WORDS: Final[dict[str, str]] = {
    "single": "một lựa chọn",
    "multiple": "nhiều lựa chọn",
    "truefalse": "đúng sai",
    "matching": "ghép đôi",
    "ordering": "sắp xếp",
    "numeric": "điền số",
    "short": "trả lời ngắn",
    "long": "tự luận",
    "file": "nộp tệp",
}
DIFFICULTY_WORDS: Final = {1: "nhận biết", 2: "thông hiểu", 3: "vận dụng", 4: "vận dụng cao"}
_KINDS: Final = {fold(words): kind for kind, words in KIND_WORDS.items()} | {"dung hay sai": "truefalse"}
_DIFFICULTIES: Final = {fold(words): number for number, words in DIFFICULTY_WORDS.items()}
_FIELDS: Final = {fold(head): name for name, head in HEADS.items()}
_WEIGHED = re.compile(r"([A-Ta-t])(?:\s*=\s*(-?[\d.,/]+\s*%?))?")


def read(workbook: Workbook, name: str) -> Iterator[tuple[str, ReadQuestion]]:
    """The questions of every sheet that has our head, with the name of the sheet. Refused when none has."""
    found = False
    for sheet in workbook.sheets:
        for at, row in enumerate(sheet.rows[:30]):
            columns = _columns(row)
            if "text" in columns.values() and "kind" in columns.values():
                found = True
                for number, cells in enumerate(sheet.rows[at + 1 :], at + 2):
                    if any(cell not in (None, "") for cell in cells):
                        yield sheet.name, _Row(number, columns, cells).read()
                break
    if not found:
        raise Refused(
            N_('Cannot read the file "%(name)s": no sheet has the columns %(columns)s. Use the template.'),
            name=name,
            columns=f"{HEADS['kind']}, {HEADS['text']}",
        )


def _columns(row: Sequence[Cell]) -> dict[int, str]:
    found = {}
    for place, cell in enumerate(row):
        words = fold(str(cell or ""))
        if words in _FIELDS:
            found[place] = _FIELDS[words]
        elif re.fullmatch(r"phuong an [a-t]", words):
            found[place] = f"option_{words[-1]}"
    return found


class _Row:
    """A row of the sheet."""

    def __init__(self, number: int, columns: Mapping[int, str], cells: Sequence[Cell]) -> None:
        self.number = number
        self.places = {name: place for place, name in columns.items()}
        self.values = {name: _text(cells[place]) for place, name in columns.items() if place < len(cells)}
        self.faults: list[RowFault] = []

    def value(self, name: str) -> str:
        return self.values.get(name, "")

    def fault(self, name: str, message: str, **values: Any) -> None:
        cell = f"{column_letter(self.places[name])}{self.number}" if name in self.places else ""
        self.faults.append(RowFault(message, values, cell))

    def read(self) -> ReadQuestion:
        kind = _KINDS.get(fold(self.value("kind")).replace("/", " "), "")
        if not kind:
            self.fault("kind", N_("The kind %(kind)s is not known."), kind=self.value("kind")[:40] or "–")
            return ReadQuestion(self.number, self.value("code"), None, (), tuple(self.faults))
        content = Content(
            kind=kind,
            text=texts.from_typed(self.value("text")),
            points=self._number("points", Decimal(1)),
            penalty=notation.usual(Fraction(self._number("penalty", Decimal(0))) / 100),
            difficulty=self._difficulty(),
            feedback=texts.from_typed(self.value("feedback")),
            marks=self._yes("marks", True),
            case=self._yes("case", False),
            shuffle=self._yes("shuffle", True),
        )
        content = replace(content, **self._part(kind))
        aims = [line.strip() for line in self.value("topic").splitlines() if line.strip()]
        return checked(self.number, self.value("code"), content, aims=aims, faults=self.faults)

    def _number(self, name: str, usual: Decimal) -> Decimal:
        text = self.value(name).removesuffix("%").strip()
        number = number_of(text) if text else usual
        if number is None:
            self.fault(name, N_("%(text)s is no number."), text=text[:40])
            return usual
        return number

    def _difficulty(self) -> int:
        said = fold(self.value("difficulty"))
        if said in ("", "1", "2", "3", "4"):
            return int(said or 2)
        if said not in _DIFFICULTIES:
            self.fault("difficulty", N_("The difficulty is %(value)s; it must be 1, 2, 3 or 4."), value=said[:20])
        return _DIFFICULTIES.get(said, 2)

    def _yes(self, name: str, usual: bool) -> bool:
        said = fold(self.value(name))
        return usual if not said else said in ("co", "x", "1", "true", "dung", "yes")

    def _options(self) -> list[tuple[str, str]]:
        found = [(letter, self.value(f"option_{letter}")) for letter in LETTERS[:20]]
        return [(letter, text) for letter, text in found if text]

    def _part(self, kind: str) -> dict[str, Any]:
        options, key = self._options(), self.value("key")
        if kind in ("single", "multiple"):
            shares = self._shares(kind, key, [letter for letter, _text in options])
            return {
                "options": tuple(
                    Option(texts.from_typed(text), shares.get(one, Fraction(0))) for one, text in options
                )
            }
        if kind == "truefalse":
            said = fold(key)
            if said not in ("dung", "sai"):
                self.fault("key", N_("It is not said whether the statement is true or false."))
            return {"options": (Option("", Fraction(int(said == "dung"))), Option("", Fraction(int(said == "sai"))))}
        if kind == "ordering":
            return {"options": tuple(Option(texts.from_typed(text)) for _letter, text in options)}
        if kind == "matching":
            pairs = [notation.pair_said(text) for _letter, text in options]
            for (letter, text), pair in zip(options, pairs, strict=True):
                if pair is None:
                    self.fault(f"option_{letter}", N_("There is no => in the line: %(line)s"), line=text[:60])
            return {"pairs": tuple(pair for pair in pairs if pair)}
        if kind in ("numeric", "short"):
            lines = [text for _letter, text in options] or key.splitlines()
            try:
                return {"answers": notation.answers_said(lines, numeric=kind == "numeric")}
            except Refused as refused:
                self.fault("key", refused.message, **refused.values)
                return {}
        rubric = texts.from_typed(key)
        limit = self.value("limit")
        if kind == "long":
            words = number_of(limit) if limit else Decimal(0)
            if words is None:
                self.fault("limit", N_("%(text)s is no number."), text=limit[:40])
            return {"rubric": rubric, "words": int(words or 0)}
        kinds, _semicolon, size = limit.partition(";")
        megabytes = number_of(size.upper().removesuffix("MB").strip()) if size.strip() else None
        if megabytes is not None and megabytes > MOST_MEGABYTES:
            self.faults.append(smaller_files(int(megabytes)))
            megabytes = None
        extensions = tuple(re.findall(r"[a-z0-9]{2,5}", kinds.lower())) or ("pdf", "docx")
        return {
            "rubric": rubric,
            "extensions": extensions,
            "megabytes": MOST_MEGABYTES if megabytes is None else int(megabytes),
        }

    def _shares(self, kind: str, key: str, there: Sequence[str]) -> dict[str, Fraction]:
        found: dict[str, Fraction | None] = {}
        for part in re.split(r"[;,\s]+(?=[A-Ta-t](?:\s*=|[;,\s]|$))", key.strip()):
            said = _WEIGHED.fullmatch(part.strip(" ;,"))
            if said is None:
                if part.strip():
                    self.fault("key", N_("The answer is %(letter)s, and there is no such choice."), letter=part[:20])
                continue
            letter = said[1].lower()
            if letter not in there:
                self.fault("key", N_("The answer is %(letter)s, and there is no such choice."), letter=letter.upper())
            found[letter] = notation.share_said(said[2]) if said[2] else None
        plain = sum(1 for share in found.values() if share is None)
        equal = Fraction(1, plain) if kind == "multiple" and plain else Fraction(1)
        return {letter: equal if share is None else share for letter, share in found.items()}


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "x" if cell else ""
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}".removesuffix(".0")
    return str(cell).strip()


# ---- writing


def rows_of(questions: Sequence[WrittenQuestion]) -> tuple[list[str], list[list[str]], list[Loss]]:
    """The head, the rows, and what the sheet cannot carry."""
    most = max([6, *(len(_choices(question.content)) for question in questions)])
    head = [HEADS["code"], HEADS["kind"], HEADS["text"]]
    head += [f"{OPTION} {letter.upper()}" for letter in LETTERS[:most]]
    rest = ("key", "points", "penalty", "difficulty", "topic", "feedback", "marks", "case", "shuffle", "limit")
    head += [HEADS[name] for name in rest]
    rows, losses = [], []
    for question in questions:
        content = question.content
        losses += lost_pictures(question)
        said = [*(one.feedback for one in content.options), *(one.feedback for one in content.answers)]
        if any(said):
            losses.append(Loss(question.code, N_("The feedback of single choices and answers cannot be carried.")))
        choices = [*_choices(content), *([""] * most)][:most]
        facts = _facts(content, question.aims)
        row = [question.code, KIND_WORDS[content.kind], content.text, *choices, *(facts[name] for name in rest)]
        rows.append([without_pictures(cell) for cell in row])
    return head, rows, losses


def _choices(content: Content) -> list[str]:
    if content.kind == "truefalse":
        return []
    if content.kind == "matching":
        return [notation.pair_line(pair) for pair in content.pairs]
    if content.answers:
        return [notation.answer_line(one, numeric=content.kind == "numeric") for one in content.answers]
    return [one.text for one in content.options]


def _facts(content: Content, aims: Sequence[str]) -> dict[str, str]:
    key = ""
    if content.kind == "single" and [one.share for one in content.options if one.share] == [1]:
        key = next(LETTERS[at].upper() for at, one in enumerate(content.options) if one.share)
    elif content.kind in ("single", "multiple"):
        shares = [(LETTERS[at].upper(), one.share) for at, one in enumerate(content.options) if one.share]
        key = "; ".join(f"{letter}={notation.percent(share)}" for letter, share in shares)
    elif content.kind == "truefalse":
        key = "đúng" if content.options[0].share == 1 else "sai"
    elif content.kind in ("long", "file"):
        key = content.rubric
    limit = ""
    if content.kind == "long" and content.words:
        limit = str(content.words)
    elif content.kind == "file":
        limit = f"{', '.join(content.extensions)}; {content.megabytes} MB"
    short = content.kind == "short"

    def said(yes: bool) -> str:
        return "có" if yes else "không"

    return {
        "key": key,
        "points": f"{content.points:f}".replace(".", ","),
        "penalty": notation.plain_percent(content.penalty).replace(".", ",") if content.penalty else "",
        "difficulty": DIFFICULTY_WORDS[content.difficulty],
        "topic": "\n".join(aims),
        "feedback": content.feedback,
        "marks": said(content.marks) if short else "",
        "case": said(content.case) if short else "",
        "shuffle": said(content.shuffle) if content.kind in ("single", "multiple", "matching") else "",
        "limit": limit,
    }


HELP: Final = (
    ("Mã câu hỏi", "Để nhận ra câu hỏi khi nạp lại; để trống thì phần mềm tự đặt mã theo nội dung."),
    ("Loại", "; ".join(KIND_WORDS.values()) + "."),
    ("Nội dung câu hỏi", "Chữ thường, hoặc thẻ HTML cho danh sách và bảng; công thức viết bằng TeX giữa \\( và \\)."),
    ("Phương án A, B, …", "Các phương án. Ghép đôi: mỗi ô một cặp, vế trái => vế phải. Sắp xếp: theo đúng thứ tự."
     " Điền số và trả lời ngắn: mỗi ô một câu trả lời được chấp nhận, ví dụ 3,14 ± 0,01 hoặc chữ ký = 50%."),
    ("Đáp án", "Một lựa chọn: B. Nhiều lựa chọn: A, C (chia đều điểm) hoặc A=50%; C=50%; D=-25%."
     " Đúng sai: đúng hoặc sai. Tự luận, nộp tệp: hướng dẫn chấm."),
    ("Điểm; Trừ khi sai (%)", "Điểm của câu; phần trăm số điểm bị trừ khi trả lời sai. Để trống: 1 điểm, không trừ."),
    ("Mức độ", "; ".join(DIFFICULTY_WORDS.values()) + "."),
    ("Chuyên đề", "Mã khóa học / tên chuyên đề / kết quả đầu ra (có thể chỉ ghi tên chuyên đề); mỗi dòng một mục."),
    ("Giới hạn", "Tự luận: số từ tối đa. Nộp tệp: loại tệp; dung lượng, ví dụ pdf, docx; 5 MB (tối đa 5 MB)."),
)  # fmt: skip


def workbook(questions: Sequence[WrittenQuestion]) -> tuple[bytes, list[Loss]]:
    """The sheet as .xlsx with a second sheet that explains it, and what it cannot carry."""
    import io

    import xlsxwriter  # late: it costs every start a tenth of a second

    head, rows, losses = rows_of(questions)
    made = io.BytesIO()
    with xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "border": 1})
        cell = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        sheet = book.add_worksheet("Câu hỏi")
        sheet.freeze_panes(1, 1)
        sheet.set_column(0, 1, 14)
        sheet.set_column(2, 2, 50)
        sheet.set_column(3, len(head) - 1, 18)
        for place, words in enumerate(head):
            sheet.write_string(0, place, words, bold)
        for number, row in enumerate(rows, 1):
            for place, words in enumerate(row):
                sheet.write_string(number, place, words[:32_000], cell)
        told = book.add_worksheet("Hướng dẫn")
        told.set_column(0, 0, 24)
        told.set_column(1, 1, 100)
        for number, (name, words) in enumerate(HELP):
            told.write_string(number, 0, name, bold)
            told.write_string(number, 1, words, cell)
    return made.getvalue(), losses
