"""Reading a .csv file: which encoding, which delimiter, and its rows as texts."""

import csv
import io
import unicodedata
from collections import Counter

from lantoa.common.refused import N_
from lantoa.common.vietnamese import looks_legacy, reads_as_vietnamese
from lantoa.office.rules.sheets.packed import check_cells, refuse_too_many_columns, refuse_too_many_rows
from lantoa.office.rules.sheets.values import MAX_COLUMNS, MAX_ROWS, MAX_TEXT, Cell, Sheet, SheetRefused, cell_name

_DELIMITERS = ",;\t|"
_SHEET_NAME = "CSV"


def read_delimited(data: bytes, filename: str) -> Sheet:
    """The one sheet of a .csv file; every value is a text, so that leading zeros stay.

    UTF-8 and UTF-16, with or without byte order mark; delimiter comma, semicolon, tab or bar, found by the
    number of columns it gives. Any other encoding is refused by name where it is recognised (TCVN3, VNI,
    CP1258).
    """
    text = _decoded(data, filename)
    delimiter, text = _delimiter(text)
    rows: list[list[Cell]] = []
    width = 0
    try:
        for number, record in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if len(record) > width:
                width = _checked_width(record, filename)
            if number >= MAX_ROWS and any(record):
                raise refuse_too_many_rows(filename, _SHEET_NAME, number + 1)
            if not number % 1000:
                check_cells(filename, _SHEET_NAME, number, width)
            if len(text) > MAX_TEXT:
                _check_lengths(record, number, filename)
            rows.append([value or None for value in record])
    except csv.Error as error:
        raise SheetRefused(
            N_("Cannot read %(file)s: row %(row)d is no proper line of a .csv file (%(detail)s)."),
            file=filename, row=len(rows) + 1, detail=str(error),
        ) from error  # fmt: skip
    while rows and not any(rows[-1]):
        rows.pop()
    return Sheet(_SHEET_NAME, [row + [None] * (width - len(row)) for row in rows])


def _checked_width(record: list[str], filename: str) -> int:
    width = len(record)
    while width and not record[width - 1]:
        width -= 1
    if width > MAX_COLUMNS:
        raise refuse_too_many_columns(filename, _SHEET_NAME, width)
    return len(record)


def _check_lengths(record: list[str], number: int, filename: str) -> None:
    for column, value in enumerate(record):
        if len(value) > MAX_TEXT:
            raise SheetRefused(
                N_(
                    'Cannot read %(file)s: cell %(cell)s of sheet "%(sheet)s" has %(length)d characters, more '
                    'than %(limit)d.'
                ),
                file=filename, sheet=_SHEET_NAME, cell=cell_name(number, column), length=len(value),
                limit=MAX_TEXT,
            )  # fmt: skip


def _delimiter(text: str) -> tuple[str, str]:
    """The delimiter and the text to read; Excel's own first line "sep=;" names it and is left empty."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5 and first[4] in _DELIMITERS:
        return first[4], "\n" + rest
    sample = text[:20_000]
    return max(_DELIMITERS, key=lambda delimiter: _how_regular(sample, delimiter)), text


def _how_regular(sample: str, delimiter: str) -> tuple[int, int]:
    try:
        widths = Counter(len(record) for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter))
    except csv.Error:
        return 0, 0
    widths.pop(0, None)
    widths.pop(1, None)
    if not widths:
        return 0, 0
    width, times = widths.most_common(1)[0]
    return times, width


def _decoded(data: bytes, filename: str) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _text_of(data, encoding, filename)
    if b"\0" in data[:2000]:
        odd, even = data[1:2000:2].count(0), data[0:2000:2].count(0)
        return _text_of(data, "utf-16-le" if odd >= even else "utf-16-be", filename)
    try:
        return _without_controls(data.decode("utf-8"), filename)
    except UnicodeDecodeError:
        raise _refuse_encoding(data, filename) from None


def _text_of(data: bytes, encoding: str, filename: str) -> str:
    try:
        return _without_controls(data.decode(encoding), filename)
    except UnicodeDecodeError as error:
        raise SheetRefused(
            N_("Cannot read %(file)s: it begins as %(encoding)s text but breaks off at byte %(place)d."),
            file=filename, encoding=encoding.upper().removesuffix("-SIG"), place=error.start,
        ) from error  # fmt: skip


def _without_controls(text: str, filename: str) -> str:
    for place, character in enumerate(text[:20_000]):
        if character < " " and character not in "\t\n\r\v\f\x1f\x1e":
            raise SheetRefused(
                N_(
                    "Cannot read %(file)s as a table: it is no text (control character %(code)s at place "
                    "%(place)d)."
                ),
                file=filename, code=f"U+{ord(character):04X}", place=place,
            )  # fmt: skip
    return text.replace("\0", "")


def _refuse_encoding(data: bytes, filename: str) -> SheetRefused:
    kind = _old_encoding(data)
    if kind:
        return SheetRefused(
            N_(
                "Cannot read %(file)s: its text is in the old encoding %(encoding)s. Convert it to Unicode "
                "(UTF-8) and send it again."
            ),
            file=filename,
            encoding=kind,
        )
    return SheetRefused(
        N_("Cannot read %(file)s: its text is neither UTF-8 nor UTF-16. Save it as CSV UTF-8 and send it again."),
        file=filename,
    )


def _old_encoding(data: bytes) -> str | None:
    """TCVN3, VNI or CP1258, whichever most of the lines prove."""
    proofs: Counter[str] = Counter()
    for line in data[:50_000].splitlines():
        for piece in (
            line.decode("latin-1").translate(str.maketrans(_DELIMITERS, "\n" * len(_DELIMITERS))).split("\n")
        ):
            kind = looks_legacy(piece)
            if kind:
                proofs[kind] += 1
        proofs["CP1258"] += _reads_as_cp1258(line)
    encoding, count = proofs.most_common(1)[0] if proofs else ("", 0)
    return encoding if count else None


def _reads_as_cp1258(line: bytes) -> int:
    """How many words have Vietnamese marks when the line is read as CP1258, if all of them are syllables."""
    text = unicodedata.normalize("NFC", line.decode("cp1258", "replace"))
    words = [word for word in "".join(c if c.isalpha() else " " for c in text).split() if not word.isascii()]
    telling = [word for word in words if any(ord(c) > 0x17F or c in "ăĂđĐơƠưƯ" for c in word)]
    return len(telling) if telling and all(reads_as_vietnamese(word) for word in words) else 0
