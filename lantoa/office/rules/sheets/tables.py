"""Finding the table in a sheet: its header under the titles, its rows without headings, footers and signatures."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from lantoa.common.refused import N_
from lantoa.common.vietnamese import clean, fold, spell
from lantoa.office.rules.sheets.values import Cell, Sheet, SheetRefused, column_letter, column_number

_HEADER_WITHIN = 60
_ALIKE = 0.86


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a table may tell: what it is called to the reader, and the headers people write above it.

    `headers` are folded words as `header_words` makes them, the most telling first; the two levels of a two-row
    header are joined by a space ("nam sinh nam"). `exact` fields are matched by whole headers only. A `joined`
    field may fill two neighbouring columns under one header. A `spread` field keeps its value over cells merged
    downwards.
    """

    label: str
    headers: Sequence[str]
    exact: bool = False
    joined: bool = False
    spread: bool = False


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The fields a caller looks for. `needed`: at least one of these sets must be found. `number`: the running
    number.

    `named_by`: a row of the table has text in one of these fields. `headings` are the first words, spelled with
    their marks, of a line that stands above a group of rows ("phường", "văn phòng").
    """

    fields: Mapping[str, Field]
    needed: Sequence[frozenset[str]]
    named_by: Sequence[str]
    number: str = "number"
    headings: Sequence[str] = ()

    def is_heading(self, text: str) -> bool:
        """Does the text begin as the heading of a group does?"""
        words = spell(text)
        return any(
            words.startswith(start) and not words[len(start) : len(start) + 1].isalnum() for start in self.headings
        )


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its place from 0, its letter, its header as written, how sure the match is (0 to 1)."""

    index: int
    letter: str
    header: str
    confidence: float = 0.0
    width: int = 1


@dataclass(slots=True)
class TableRow:
    """A row of a table: the number Excel shows, its cells, and the heading line it stands under."""

    number: int
    cells: Sequence[Cell]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a sheet. `header_rows` are the first and last number Excel shows; `titles` stand above them."""

    sheet: str
    header_rows: tuple[int, int]
    columns: Mapping[str, Column]
    unmapped: Sequence[Column]
    rows: Sequence[TableRow]
    titles: Sequence[str] = ()
    ambiguous: Mapping[str, Sequence[Column]] = field(default_factory=dict)

    def value(self, row: TableRow, name: str) -> Cell:
        """What the row says about a field; None where the table has no such column or the cell is empty."""
        column = self.columns.get(name)
        if column is None or column.index >= len(row.cells):
            return None
        if column.width == 1:
            return row.cells[column.index]
        parts = (row.cells[i] for i in range(column.index, min(len(row.cells), column.index + column.width)))
        return " ".join(str(part) for part in parts if part is not None) or None


UNUSED = "-"  # in a user's own mapping: columns that mean nothing, whatever was recognised

_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\*")
_NO_WORD = re.compile(r"[\W_]+")


def header_words(text: str) -> str:
    """The plain words of a header: "Họ và tên (*)" is "ho va ten", "Ngày, tháng" is "ngay thang"."""
    plain = " ".join(_NO_WORD.sub(" ", fold(_ASIDE.sub(" ", text))).split())
    return plain or " ".join(_NO_WORD.sub(" ", fold(text)).split())


def find_table(
    sheet: Sheet,
    vocabulary: Vocabulary,
    *,
    mapping: Mapping[str, str] | None = None,
    header_row: int | None = None,
) -> Table:
    """Find the table: the header within the first 60 filled rows, one or two rows high, and the rows below it.

    `mapping` (field -> column letter; UNUSED -> the letters of columns that mean nothing, with spaces between) is
    the user's own and overrules what was recognised; `header_row` (as Excel
    counts) says where the header is. Left out are title lines, a line numbering the columns, repeated headers,
    group headings (kept on the rows below them), empty and only numbered rows, totals, and everything from the
    place, date and signatures on.

    Raises SheetRefused where no header is found, a needed column is missing or two columns claim it, and where a
    second table with other columns follows; the words list what was found.
    """
    header = _find_header(sheet, vocabulary, header_row, allow_none=bool(mapping))
    columns, ambiguous = _assign(header, vocabulary, sheet, mapping or {})
    _check_needed(sheet, header, columns, ambiguous, vocabulary)
    columns = {
        name: _with_neighbour(column, vocabulary.fields[name], sheet, header, columns)
        for name, column in columns.items()
    }
    taken = {i for column in columns.values() for i in range(column.index, column.index + column.width)}
    unmapped = [Column(i, column_letter(i), text) for i, text in enumerate(header.texts) if text and i not in taken]
    return Table(
        sheet=sheet.name,
        header_rows=(header.first + 1, header.last + 1),
        columns=columns,
        unmapped=unmapped,
        rows=_Rows(sheet, header, columns, vocabulary).read(),
        titles=_titles(sheet, header.first),
        ambiguous=ambiguous,
    )


# the header


@dataclass(slots=True)
class _Header:
    """A candidate: its rows (from 0), the text above each column, and for grouped columns the lower text alone."""

    first: int
    last: int
    texts: list[str]
    lower: list[str]
    matches: list[list[tuple[float, int, str]]]
    score: float = 0.0


def _find_header(sheet: Sheet, vocabulary: Vocabulary, header_row: int | None, allow_none: bool) -> _Header:
    matcher = _Matcher(vocabulary)
    across = _merges_across(sheet)
    if header_row is not None:
        rows: Iterable[int] = [header_row - 1] if 0 < header_row <= len(sheet.rows) else []
    else:
        rows = [i for i, row in enumerate(sheet.rows) if any(cell is not None for cell in row)][:_HEADER_WITHIN]
    best: _Header | None = None
    for fuzzy in (False, True):
        matcher.fuzzy = fuzzy
        for row in rows:
            for candidate in _candidates(sheet, row, across, matcher):
                if best is None or candidate.score > best.score + 1e-9:
                    best = candidate
        if best is not None and any(wanted <= _fields_of(best) for wanted in vocabulary.needed):
            break
    if best is None or (len(_fields_of(best)) < 2 and header_row is None):
        if allow_none and not (best and best.score):
            return _Header(-1, -1, [""] * sheet.width, [""] * sheet.width, [[] for _ in range(sheet.width)])
        if best is None or not best.score:
            raise SheetRefused(
                N_(
                    'Cannot find a table in sheet "%(sheet)s": no row among the first %(rows)d looks like a '
                    'header with %(wanted)s.'
                ),
                sheet=sheet.name, rows=_HEADER_WITHIN, wanted=_labels(vocabulary.needed[0], vocabulary),
            )  # fmt: skip
    return best


def _fields_of(header: _Header) -> set[str]:
    return {matches[0][2] for matches in header.matches if matches}


def _candidates(sheet: Sheet, row: int, across: dict[int, dict[int, int]], matcher: "_Matcher") -> Iterable[_Header]:
    texts = [_text(cell) for cell in sheet.rows[row]]
    alone = _scored(row, row, texts, [""] * len(texts), matcher)
    if sum(bool(text) for text in texts) >= 2:
        yield alone
    if row + 1 < len(sheet.rows):
        lower = [_text(cell) for cell in sheet.rows[row + 1]]
        upper = _over_groups(texts, lower, across.get(row, {}))
        if upper is not None:
            joined = [" ".join(filter(None, pair)) for pair in zip(upper, lower, strict=True)]
            below = [low if up and low else "" for up, low in zip(upper, lower, strict=True)]
            both = _scored(row, row + 1, joined, below, matcher)
            if len(_fields_of(alone)) >= 2:  # a header with groups we do not know, not a title over a header
                both.score = max(both.score, alone.score + 0.01)
            yield both


def _text(cell: Cell) -> str:
    return clean(cell) if isinstance(cell, str) else "" if cell is None else str(cell)


def _over_groups(texts: list[str], lower: list[str], across: dict[int, int]) -> list[str] | None:
    """The upper text of each column when the two rows make one header; None when they do not."""
    upper = list(texts)
    grouped = False
    for start, width in across.items():
        if width > 1 and texts[start]:
            for column in range(start, min(start + width, len(texts))):
                upper[column] = texts[start]
    for column, text in enumerate(lower):
        if not text:
            continue
        if len(text) > 60 or text.isdigit():
            return None
        merged = any(start <= column < start + width for start, width in across.items() if width > 1)
        if texts[column] and not merged:
            following = column + 1 < len(texts) and not texts[column + 1] and bool(lower[column + 1])
            if not following:
                return None
            grouped = True
        elif not texts[column] and not merged:
            if column and upper[column - 1] and lower[column - 1]:
                upper[column] = upper[column - 1]
                grouped = True
        else:
            grouped = True
    return upper if grouped else None


def _scored(first: int, last: int, texts: list[str], lower: list[str], matcher: "_Matcher") -> _Header:
    matches = [matcher.match(text, low) for text, low in zip(texts, lower, strict=True)]
    best: dict[str, float] = {}
    for found in matches:
        if found:
            confidence, _, name = found[0]
            best[name] = max(best.get(name, 0.0), confidence)
    return _Header(first, last, texts, lower, matches, sum(best.values()) - 0.01 * (last - first))


class _Matcher:
    """Which fields a header may name, the best first: (confidence, -place among the field's variants, field)."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.fuzzy = False
        self.known: dict[tuple[str, str, bool], list[tuple[float, int, str]]] = {}
        self.exact: dict[str, tuple[int, str]] = {}
        for name, about in vocabulary.fields.items():
            for place, header in enumerate(about.headers):
                self.exact.setdefault(header, (place, name))

    def match(self, text: str, lower: str) -> list[tuple[float, int, str]]:
        key = (text, lower, self.fuzzy)
        if key not in self.known:
            self.known[key] = self._match(text, lower)
        return self.known[key]

    def _match(self, text: str, lower: str) -> list[tuple[float, int, str]]:
        found: dict[str, tuple[float, int, str]] = {}
        for words in {header_words(text), header_words(lower)} - {""}:
            for confidence, place, name in self._of(words):
                if name not in found or (confidence, -place) > found[name][:2]:
                    found[name] = (confidence, -place, name)
        return sorted(found.values(), key=lambda match: (-match[0], -match[1], match[2]))

    def _of(self, words: str) -> Iterable[tuple[float, int, str]]:
        if words in self.exact:
            place, name = self.exact[words]
            yield 1.0, place, name
            return
        if len(words) > 80:
            return
        longest: tuple[tuple[bool, int], int, str] | None = None
        for header, (place, name) in self.exact.items():
            if self.vocabulary.fields[name].exact or len(header) < 5:
                continue
            if f" {header} " in f" {words} ":
                rank = words.startswith(header), len(header)  # "Email cơ quan" is an e-mail, not an office
                if longest is None or rank > longest[0]:
                    longest = (rank, place, name)
        if longest:
            yield 0.8, longest[1], longest[2]
        elif self.fuzzy and 5 <= len(words) <= 40 and not any(character.isdigit() for character in words):
            yield from self._alike(words)

    def _alike(self, words: str) -> Iterable[tuple[float, int, str]]:
        best: tuple[float, int, str] | None = None
        matcher = SequenceMatcher(None, "", words, autojunk=False)
        for header, (place, name) in self.exact.items():
            if len(header) < 5 or abs(len(header) - len(words)) > 3:
                continue
            matcher.set_seq1(header)
            if matcher.real_quick_ratio() < _ALIKE or matcher.quick_ratio() < _ALIKE:
                continue
            ratio = matcher.ratio()
            if ratio >= _ALIKE and (best is None or ratio > best[0]):
                best = (ratio, place, name)
        if best:
            yield 0.6, best[1], best[2]


def _merges_across(sheet: Sheet) -> dict[int, dict[int, int]]:
    across: dict[int, dict[int, int]] = {}
    for merge in sheet.merges:
        across.setdefault(merge.first_row, {})[merge.first_column] = merge.last_column - merge.first_column + 1
    return across


# which column is which field


def _assign(
    header: _Header, vocabulary: Vocabulary, sheet: Sheet, mapping: Mapping[str, str]
) -> tuple[dict[str, Column], dict[str, list[Column]]]:
    chosen: dict[str, Column] = {}
    unused = {column_number(letters) for letters in mapping.get(UNUSED, "").split()}
    for name, letters in mapping.items():
        if name == UNUSED:
            continue
        index = column_number(letters)
        if name not in vocabulary.fields or index >= sheet.width:
            raise SheetRefused(
                N_(
                    'Cannot take column %(letters)s of sheet "%(sheet)s" as %(field)s: the sheet has columns A '
                    'to %(last)s.'
                ),
                letters=letters.upper(), sheet=sheet.name, last=column_letter(max(0, sheet.width - 1)),
                field=SheetRefused(vocabulary.fields[name].label) if name in vocabulary.fields else name,
            )  # fmt: skip
        chosen[name] = Column(index, letters.upper(), header.texts[index], 1.0)
    taken = unused | {column.index for column in chosen.values()}
    claims = sorted(
        (-confidence, -place, index, name)
        for index, matches in enumerate(header.matches)
        for confidence, place, name in matches
    )
    ambiguous: dict[str, list[Column]] = {}
    strength: dict[str, tuple[float, int]] = {}
    for confidence, place, index, name in claims:
        if index in taken or name in mapping:
            continue
        column = Column(index, column_letter(index), header.texts[index], -confidence)
        if name not in chosen:
            chosen[name] = column
            strength[name] = (confidence, place)
            taken.add(index)
        elif strength.get(name) == (confidence, place):
            ambiguous.setdefault(name, [chosen[name]]).append(column)
    return chosen, ambiguous


def _check_needed(
    sheet: Sheet,
    header: _Header,
    columns: Mapping[str, Column],
    ambiguous: Mapping[str, Sequence[Column]],
    vocabulary: Vocabulary,
) -> None:
    met = [wanted for wanted in vocabulary.needed if wanted <= columns.keys()]
    if not met:
        raise SheetRefused(
            N_(
                'Cannot read sheet "%(sheet)s": no column for %(missing)s was found. Columns in row '
                '%(row)d: %(columns)s.'
            ),
            sheet=sheet.name, row=header.last + 1, missing=_labels(vocabulary.needed[0], vocabulary),
            columns=", ".join(f"{column_letter(i)} “{text}”" for i, text in enumerate(header.texts) if text) or
            "–",
        )  # fmt: skip
    for name in met[0]:
        if name in ambiguous:
            one, other = ambiguous[name][:2]
            raise SheetRefused(
                N_(
                    'Cannot read sheet "%(sheet)s": both column %(one)s and column %(other)s are headed as '
                    '%(field)s ("%(header)s").'
                ),
                sheet=sheet.name, one=one.letter, other=other.letter, header=one.header,
                field=SheetRefused(vocabulary.fields[name].label),
            )  # fmt: skip


def _labels(names: Iterable[str], vocabulary: Vocabulary) -> SheetRefused:
    """The names of fields, as a phrase that can be translated piece by piece."""
    phrase: SheetRefused | None = None
    for name in sorted(names):
        one = SheetRefused(vocabulary.fields[name].label)
        phrase = one if phrase is None else SheetRefused(N_("%(some)s and %(more)s"), some=phrase, more=one)
    assert phrase is not None
    return phrase


def _with_neighbour(
    column: Column, about: Field, sheet: Sheet, header: _Header, columns: Mapping[str, Column]
) -> Column:
    """One header over two columns ("Họ và tên" over family and given name): both are its value."""
    following = column.index + 1
    if not about.joined or following >= sheet.width or any(other.index == following for other in columns.values()):
        return column
    under_one = any(
        merge.first_column == column.index
        and merge.last_column == following
        and merge.first_row in (header.first, header.last)
        for merge in sheet.merges
    )
    if not under_one and (header.texts[following] or not _second_half(sheet, header, column.index)):
        return column
    if header.lower[column.index]:
        return column
    return Column(column.index, column.letter, column.header, column.confidence, 2)


def _second_half(sheet: Sheet, header: _Header, index: int) -> bool:
    """Do most of the first rows hold one more word right of the column, next to text in it?"""
    rows = [row for row in sheet.rows[header.last + 1 : header.last + 21] if isinstance(row[index], str)]
    halves = [row for row in rows if isinstance(cell := row[index + 1], str) and len(cell.split()) == 1]
    return len(rows) >= 2 and len(halves) * 4 >= len(rows) * 3


def _titles(sheet: Sheet, first: int) -> list[str]:
    return [
        " ".join(texts)
        for row in sheet.rows[: max(0, first)]
        if (texts := [_text(cell) for cell in row if cell is not None])
    ]


# the rows

# With marks, or without any: a person may be called Tống Công or Kỳ.
_TOTAL = re.compile(
    r"(tổng|tong) (cộng|số|hợp|cong|so|hop)\b|(tổng|cộng|tong|cong)\s*([:=]|$)|(cộng|cong) \d|(grand )?total\b"
    r"|((ấn|an) (định|dinh) )?danh (sách|sach) ((này|nay|trên|tren) )?(gồm|có|này|gom|co|nay)\b"
)
_ENDING = re.compile(
    r"(người|nguoi) (lập|tổng hợp|ký|viết|lap|tong hop|ky|viet)\b|(lập|lap) (biểu|bảng|danh sách|bieu|bang)\b"
    r"|(cán bộ|can bo) (tổng hợp|tong hop)|(thủ trưởng|thu truong)\b|(nơi nhận|noi nhan)\b|\((ký|ky)\b"
    r"|(ký tên|ky ten)\b|(xác nhận của|xac nhan cua)\b|t\.?\s?m\.|k\.?\s?t\.|t\.?\s?l\.|prepared by|approved by"
    r"|signature|(ghi chú|ghi chu)\s*:"
)
_PLACE_AND_DATE = re.compile(r"\bngay\b[\s.…_\d/]*\bthang\b[\s.…_\d/]*\bnam\b[\s.…_\d/]*$")
_COLUMN_NUMBER = re.compile(r"\(?\s*(\d{1,2}|[a-z])\s*\)?(\s*=.*)?$", re.IGNORECASE)
_ROMAN = re.compile(r"\(?[IVXLC]{1,7}[.)]?$|[A-Z][.)]?$")
_RUNNING = re.compile(r"\d{1,6}[.)]?$")


class _Rows:
    """Reads the rows below a header and tells people from headings, totals and signatures."""

    def __init__(self, sheet: Sheet, header: _Header, columns: Mapping[str, Column], vocabulary: Vocabulary) -> None:
        self.sheet = sheet
        self.header = header
        self.vocabulary = vocabulary
        number = columns.get(vocabulary.number)
        self.number = number.index if number else -1
        self.names = [
            i
            for name in vocabulary.named_by
            if (column := columns.get(name))
            for i in range(column.index, column.index + column.width)
        ]
        self.header_texts = [header_words(text) for text in header.texts]
        self.upper_texts = (
            [header_words(_text(cell)) for cell in sheet.rows[header.first]] if header.first >= 0 else []
        )
        self.columns = columns
        self.merged_across = {
            merge.first_row: merge for merge in sheet.merges
            if merge.first_row > header.last and merge.last_column - merge.first_column >= 2
        }  # fmt: skip
        self.matcher = _Matcher(vocabulary)

    def read(self) -> list[TableRow]:
        rows: list[TableRow] = []
        heading = ""
        filled = self._merged_down()
        skip_below = False
        last = self._last_person()
        for index in range(self.header.last + 1, len(self.sheet.rows)):
            cells = filled.get(index) or self.sheet.rows[index]
            if not self._is_plain(cells):
                kind = self._kind(cells, index)
                if kind == "end":
                    if index > last:
                        break
                    continue
                if kind == "heading":
                    heading = self._heading_of(cells)
                    continue
                if kind == "header":
                    skip_below = self.header.last > self.header.first
                    heading = ""
                    continue
                if kind != "row" or (skip_below and self._is_lower_header(cells)):
                    skip_below = False
                    continue
            skip_below = False
            rows.append(TableRow(index + 1, cells, heading))
        return rows

    def _is_plain(self, cells: Sequence[Cell]) -> bool:
        """Quickly: a running number and a text with letters where the name is."""
        if self.number < 0 or not isinstance(cells[self.number], int):
            return False
        return any(isinstance(cell := cells[i], str) and len(cell) > 3 for i in self.names if i < len(cells))

    def _merged_down(self) -> dict[int, list[Cell]]:
        """The rows whose value stands in a cell merged downwards from above."""
        spread = {column.index for name, column in self.columns.items() if self.vocabulary.fields[name].spread}
        filled: dict[int, list[Cell]] = {}
        for merge in self.sheet.merges:
            column = merge.first_column
            if merge.first_row <= self.header.last or merge.last_row == merge.first_row or column not in spread:
                continue
            if merge.first_row >= len(self.sheet.rows):
                continue
            value = self.sheet.rows[merge.first_row][column]
            for row in range(merge.first_row + 1, min(merge.last_row + 1, len(self.sheet.rows))):
                filled.setdefault(row, list(self.sheet.rows[row]))[column] = value
        return filled

    def _kind(self, cells: Sequence[Cell], index: int) -> str:
        given = [(i, text) for i, cell in enumerate(cells) if cell is not None and (text := _text(cell))]
        if not given or (len(given) == 1 and given[0][0] == self.number and _RUNNING.match(given[0][1])):
            return "empty"
        if self._numbers_columns(given):
            return "numbers"
        if self._repeats_header(given, index):
            return "header"
        numbered = self.number >= 0 and bool(_RUNNING.match(_text(cells[self.number])))
        if not numbered:
            words = [(i, spell(text)) for i, text in given]
            if any(_PLACE_AND_DATE.search(fold(text)) and self._nobody_beside(i, cells) for i, text in words):
                return "end"
            if any(_ENDING.match(text) and self._nobody_beside(i, cells) for i, text in words):
                return "end"
            if any(_TOTAL.match(text) and self._nobody_beside(i, cells) for i, text in words[:2]):
                return "total"
        return "heading" if self._is_heading(given, index) else "row"

    def _nobody_beside(self, place: int, cells: Sequence[Cell]) -> bool:
        """Is there no name in the row, apart from this cell?"""
        return place in self.names or not any(cells[i] is not None for i in self.names if i < len(cells))

    def _numbers_columns(self, given: list[tuple[int, str]]) -> bool:
        """(1) (2) (3) or A B 1 2: a line that numbers the columns."""
        if len(given) < 3:
            return False
        marks = [match.group(1) if (match := _COLUMN_NUMBER.match(text)) else None for _, text in given]
        if any(mark is None for mark in marks):
            return False
        numbers = [int(mark) for mark in marks if mark and mark.isdigit()]
        return all(later - earlier == 1 for earlier, later in zip(numbers, numbers[1:], strict=False)) and (
            not numbers or numbers[0] <= 2
        )

    def _repeats_header(self, given: list[tuple[int, str]], index: int) -> bool:
        words = [(i, header_words(text)) for i, text in given]
        same = sum(
            bool(text)
            and (text == self.header_texts[i] or (i < len(self.upper_texts) and text == self.upper_texts[i]))
            for i, text in words
        )
        if same >= 2 and same * 10 >= len(given) * 6:
            return True
        known = [(i, self.matcher.exact[text][1]) for i, text in words if text in self.matcher.exact]
        if (
            len(known) >= 3
            and len(known) * 10 >= len(given) * 6
            and any(self._elsewhere(i, name) for i, name in known)
        ):
            raise SheetRefused(
                N_(
                    'Cannot read sheet "%(sheet)s": a second table with other columns begins in row %(row)d. '
                    'Put it on its own sheet.'
                ),
                sheet=self.sheet.name, row=index + 1,
            )  # fmt: skip
        return False

    def _elsewhere(self, index: int, name: str) -> bool:
        column = self.columns.get(name)
        return column is None or column.index != index

    def _is_lower_header(self, cells: Sequence[Cell]) -> bool:
        given = [(i, header_words(_text(cell))) for i, cell in enumerate(cells) if cell is not None]
        return bool(given) and all(text and self.header_texts[i].endswith(text) for i, text in given)

    def _last_person(self) -> int:
        """The last row that surely names a person: a signature above it ends only a page, not the list."""
        for index in range(len(self.sheet.rows) - 1, self.header.last, -1):
            cells = self.sheet.rows[index]
            if self._is_plain(cells):
                return index
            given = [(i, text) for i, cell in enumerate(cells) if cell is not None and (text := _text(cell))]
            named = any(isinstance(cells[i], str) for i in self.names if i < len(cells))
            if len(given) >= 3 and named and self._kind(cells, index) == "row":
                return index
        return -1

    def _is_heading(self, given: list[tuple[int, str]], index: int) -> bool:
        merge = self.merged_across.get(index)
        texts = [(i, text) for i, text in given if not (i == self.number and _ROMAN.match(text))]
        roman = len(texts) < len(given)
        if len(texts) != 1 or not any(character.isalpha() for character in texts[0][1]):
            return False
        place, text = texts[0]
        if merge is not None or roman:
            return True
        if self.vocabulary.is_heading(text) or re.match(r"[IVX]+\s*[.)/-]\s*\S", text):
            return True
        return place not in self.names and place <= 1

    def _heading_of(self, cells: Sequence[Cell]) -> str:
        texts = [
            text
            for i, cell in enumerate(cells)
            if (text := _text(cell)) and not (i == self.number and _ROMAN.match(text))
        ]
        return re.sub(r"^([IVXLC]+|[A-Z]|\d{1,3})\s*[.)/-]\s*", "", texts[0]).strip() if texts else ""
