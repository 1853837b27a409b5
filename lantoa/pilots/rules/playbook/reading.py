"""From the text of a playbook file to a `Book`, or to all its faults at once."""

from typing import Final

from lantoa.common.refused import N_, Refused
from lantoa.common.toml_lines import LinedFaults, NoToml, toml_of
from lantoa.common.vietnamese import nfc
from lantoa.pilots.rules.playbook.model import CHOICE, CODE, PARTS, WHOLE, Book, Item, Key, Part
from lantoa.readiness.rules.file import Fault
from lantoa.readiness.rules.reading import Table

FORMAT: Final = 1
LARGEST: Final = 256 * 1024  # bytes
MOST_ITEMS: Final = 200  # of a part
LONGEST_LINE: Final = 300
LONGEST_HEAD: Final = 200


class PlaybookFaults(Refused):
    """A playbook file that cannot be loaded, with all its faults in the order of its lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line)
        first = self.faults[0]
        super().__init__(
            N_("Cannot load the playbook: %(count)d faults. Line %(line)d: %(reason)s"),
            count=len(self.faults),
            line=first.line,
            reason=first.words,
        )


def decode(data: bytes) -> str:
    """The text of a file, which is UTF-8 with plain line ends."""
    if len(data) > LARGEST:
        words = Refused(N_("The file has %(size)d KB; a playbook has at most %(most)d."), size=len(data) // 1024,
                        most=LARGEST // 1024)  # fmt: skip
        raise PlaybookFaults([Fault(1, words)])
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise PlaybookFaults([Fault(line, Refused(N_("The file is not written in Unicode (UTF-8).")))]) from error


def read_playbook(text: str) -> Book:
    """The playbook that a text says. Raises `PlaybookFaults` with every fault and its line."""
    text = nfc(text)
    try:
        read = toml_of(text)
    except NoToml as error:
        words = Refused(N_("This line is not written as TOML asks."))
        raise PlaybookFaults([Fault(error.line, words)]) from error
    except LinedFaults as told:
        raise PlaybookFaults([Fault(one.line, one.reason) for one in told.faults]) from told
    faults: list[Fault] = []
    top = Table(read.values, (), read.lines, lambda line, words: faults.append(Fault(line, words)))
    book = _book(top)
    if faults or book is None:
        raise PlaybookFaults(faults)
    return book


def _book(top: Table) -> Book | None:
    if top.whole("lantoa_playbook") != FORMAT:
        top.tell("lantoa_playbook", N_("The file begins with “lantoa_playbook = %(format)d”."), format=FORMAT)
        return None
    head = top.table("playbook")
    if head is None:
        top.tell("playbook", N_("The table [playbook] is missing."))
        return None
    book = Book(
        code=head.code("code"),
        title=_line(head, "title", LONGEST_HEAD),
        summary=head.text("summary", ""),
        origin=_line(head, "origin", LONGEST_LINE, needed=False),
        months=head.whole("months", least=1, most=60),
        fields=head.texts("fields"),
        parts={part.name: items for part in PARTS if (items := _items(top, part))},
    )
    head.end()
    top.end()
    return book


def _items(top: Table, part: Part) -> tuple[Item, ...]:
    tables = top.tables(part.name)
    if part.needed and not tables:
        top.tell(part.name, N_("At least one table [[%(name)s]] is needed."), name=part.name)
    if len(tables) > MOST_ITEMS:
        top.tell(part.name, N_("There are %(count)d tables [[%(name)s]]; at most %(most)d are read."),
                 count=len(tables), name=part.name, most=MOST_ITEMS)  # fmt: skip
    found: list[Item] = []
    seen: dict[str, int] = {}
    for table in tables[:MOST_ITEMS]:
        item = {key.name: value for key in part.keys if (value := _value(table, key)) not in (None, "")}
        code = str(item.get("code", ""))
        if code and code in seen:
            table.tell("code", N_("The code “%(code)s” stands in line %(line)d already."), code=code, line=seen[code])
        seen.setdefault(code, table.line("code"))
        table.end()
        found.append(item)
    return tuple(found)


def _value(table: Table, key: Key) -> str | int | None:
    if not key.needed and key.name not in table.data:
        table.asked.add(key.name)
        return None
    if key.kind == WHOLE:
        return table.whole(key.name, least=0, most=10**12)
    if key.kind == CODE:
        return table.code(key.name)
    if key.kind == CHOICE:
        return table.choice(key.name, key.choices, "")
    return _line(table, key.name, LONGEST_LINE) if key.kind == "text" else table.text(key.name)


def _line(table: Table, name: str, most: int, *, needed: bool = True) -> str:
    """A text in one line that is not empty."""
    text = table.text(name) if needed else table.text(name, "")
    if name in table.data and not text:
        table.tell(name, N_("“%(key)s” is empty."), key=name)
    if len(text) > most or "\n" in text:
        table.tell(name, N_("“%(key)s” is one line of at most %(most)d letters."), key=name, most=most)
    return text
