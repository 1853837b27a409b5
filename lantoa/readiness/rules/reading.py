"""One table of the file of an index, read key by key; every fault is told with its line."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

from lantoa.common.refused import N_, Refused
from lantoa.common.toml_lines import Place, line_at
from lantoa.readiness.rules.numbers import fixed, written
from lantoa.readiness.rules.structure import Title

T = TypeVar("T")
UNKNOWN: Final = "unknown"
LONGEST: Final = 4_000
CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


class Table:
    """A table of the file. What is asked for is ticked off; `end` tells what nobody asked for."""

    def __init__(
        self, data: dict[str, Any], place: Place, lines: dict[Place, int], told: Callable[[int, Refused], None]
    ) -> None:
        self.data, self.place, self.lines, self.told = data, place, lines, told
        self.asked: set[str] = set()

    def line(self, key: str = "") -> int:
        """The line of the key, or of the table."""
        return line_at(self.lines, (*self.place, key) if key else self.place)

    def tell(self, at: str, message: str, /, **values: Any) -> None:
        """Says what is wrong with the value of a key."""
        self.told(self.line(at), Refused(message, **values))

    def end(self) -> None:
        """Tells every key that means nothing here."""
        for key in self.data:
            if key not in self.asked:
                self.tell(key, N_("“%(key)s” means nothing here."), key=key)

    def value(self, key: str, kind: type[T], *, needed: bool = True) -> T | None:
        """The value of a key, if it is of that kind."""
        self.asked.add(key)
        if key not in self.data:
            if needed:
                self.tell(key, N_("“%(key)s” is missing."), key=key)
            return None
        found = self.data[key]
        if not isinstance(found, kind) or (isinstance(found, bool) and kind is not bool):
            self.tell(key, N_("“%(key)s” cannot be %(value)s."), key=key, value=repr(found)[:60])
            return None
        return found

    def text(self, key: str, default: str | None = None, *, most: int = LONGEST) -> str:
        """A text; needed unless there is a default."""
        found = self.value(key, str, needed=default is None)
        if found is not None and len(found) > most:
            self.tell(key, N_("“%(key)s” is longer than %(most)d letters."), key=key, most=most)
        return found.strip() if found is not None else (default or "")

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none when it is missing."""
        found = self.value(key, list, needed=False) or []
        if not all(isinstance(one, str) for one in found):
            self.tell(key, N_("“%(key)s” cannot be %(value)s."), key=key, value=repr(found)[:60])
            return ()
        return tuple(found)

    def code(self, key: str) -> str:
        """A short text that names something: letters, digits, dots and hyphens."""
        found = self.text(key)
        if found and not CODE.fullmatch(found):
            self.tell(
                key,
                N_("“%(value)s” is no code: letters without marks, digits, dots and hyphens, 40 at most."),
                value=found[:60],
            )
        return found

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        """One of some words; needed when the default is empty."""
        found = self.value(key, str, needed=not default)
        if found is not None and found not in choices:
            self.tell(
                key,
                N_("“%(key)s” cannot be “%(value)s”: it is one of %(choices)s."),
                key=key,
                value=found[:60],
                choices=", ".join(choices),
            )
        return found or default

    def flag(self, key: str) -> bool:
        """Yes or no; no when it is missing."""
        return bool(self.value(key, bool, needed=False))

    def whole(self, key: str, default: int | None = None, *, least: int = 0, most: int = 10**6) -> int | None:
        """A whole number between two others."""
        found = self.value(key, int, needed=False)
        if found is None:
            return default
        if not least <= found <= most:
            self.tell(
                key,
                N_("“%(key)s” is %(value)s, and must be between %(least)s and %(most)s."),
                key=key,
                value=found,
                least=least,
                most=most,
            )
        return found

    def number(
        self,
        key: str,
        default: int | None,
        *,
        needed: bool = False,
        least: int | None = None,
        most: int | None = None,
    ) -> int | None:
        """A number in millionths; `least` and `most` in millionths."""
        self.asked.add(key)
        if key not in self.data:
            if needed:
                self.tell(key, N_("“%(key)s” is missing."), key=key)
            return default
        found = self.data[key]
        try:
            if isinstance(found, bool) or not isinstance(found, int | float | Decimal):
                raise ValueError(found)
            value = fixed(found)
        except ValueError:
            self.tell(
                key, N_("“%(key)s” is a number with six decimals at most, not %(value)s."), key=key,
                value=repr(found)[:60],
            )  # fmt: skip
            return default
        if (least is not None and value < least) or (most is not None and value > most):
            self.tell(
                key,
                N_("“%(key)s” is %(value)s, and must be between %(least)s and %(most)s."),
                key=key,
                value=written(value),
                least=written(least) if least is not None else "–",
                most=written(most) if most is not None else "–",
            )
            return default
        return value

    def worth(self) -> tuple[int | None, bool]:
        """The points of a group or component, and whether its source says what it is worth: “unknown” if not."""
        if self.data.get("points") == UNKNOWN or self.data.get("weight") == UNKNOWN:
            self.asked |= {"points", "weight"}
            self.data = {key: value for key, value in self.data.items() if value != UNKNOWN}
            return None, False
        return self.number("points", None, least=0), True

    def title(self, key: str, *, optional: bool = False) -> Title:
        """Words in two languages: `{ vi = "…", en = "…" }`, or one text for both."""
        if isinstance(self.data.get(key), str):
            found = self.text(key)
            return Title(found, found)
        table = self.table(key)
        if table is None:
            if not optional:
                self.tell(key, N_("“%(key)s” is missing."), key=key)
            return Title("", "")
        made = Title(table.text("vi"), table.text("en", ""))
        table.end()
        return made

    def table(self, key: str) -> "Table | None":
        """A table under this one, if there is one."""
        found = self.value(key, dict, needed=False)
        return None if found is None else Table(found, (*self.place, key), self.lines, self.told)

    def tables(self, key: str) -> "list[Table]":
        """The tables of an array of tables."""
        found = self.value(key, list, needed=False) or []
        made = []
        for at, one in enumerate(found):
            if isinstance(one, dict):
                made.append(Table(one, (*self.place, key, at), self.lines, self.told))
            else:
                self.tell(key, N_("“%(key)s” cannot be %(value)s."), key=key, value=repr(one)[:60])
        return made
