"""Values that travel as JSON. One dataclass says three things: how it is read, how it is written, and its schema.

    @dataclass(frozen=True)
    class NewPost:
        unit: Key
        title: Annotated[str, Says(N_("What the person is."), most=200)] = ""

A field without a default must be there; a field `X | None = None` may be left out (and is never null when read).
Schemas are those of JSON Schema 2020-12, which OpenAPI 3.1 uses as it stands.
"""

import dataclasses
import re
import types
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from lantoa.common.refused import N_

T = TypeVar("T")
Words = Callable[[str], str]
KEY_PATTERN = "^[0-9a-hjkmnp-tv-z]{13}$"  # lantoa.common.models.ALPHABET
DAY_PATTERN = "^(18|19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$"  # 1800 to 2199: beyond these a day is a slip of the hand
MOST_LETTERS = 2_000
MOST_ITEMS = 1_000


@dataclass(frozen=True)
class Says:
    """What a field means (a msgid) and what it may hold; 0 and "" for no limit of its own."""

    words: str = ""
    most: int = 0  # letters, items, or the largest number
    least: int | None = None
    pattern: str = ""


Key = Annotated[str, Says(pattern=KEY_PATTERN)]
Number = Annotated[Decimal, Says(pattern="^[0-9]{1,3}([.][0-9]{1,2})?$")]  # as text: no rounding on the way
Born = Annotated[str, Says(pattern="^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$")]


@dataclass(frozen=True)
class Page(Generic[T]):
    """A part of a list. `next` is what `after` must say to get the next part; null at the end."""

    items: tuple[T, ...]
    next: Annotated[str | None, Says(N_("Give it as “after” to read on; null at the end."))]


@dataclass(frozen=True)
class Part:
    """Which part of a list is wanted: so many, after this one."""

    after: Annotated[Key | None, Says(N_("The key of the last one read: what “next” said."))] = None
    limit: Annotated[int, Says(N_("How many at most."), most=500, least=1)] = 100


@dataclass(frozen=True)
class Added:
    """What was added."""

    key: Annotated[Key, Says(N_("Of the thing that was added, or to which it was added."))]
    added: Annotated[int, Says(N_("How many were new."))]


@dataclass(frozen=True)
class Fault:
    """What is wrong where: `pointer` as in RFC 6901 ("#/lines/0/state"), or the name of a parameter."""

    pointer: str
    message: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class Unreadable(Exception):
    """A value that does not have the shape; all that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


@dataclass(frozen=True)
class Field:
    """A field of a shape: its bare type, what is said of it, whether it must be there and may be null."""

    name: str
    type: Any
    says: Says
    required: bool
    nullable: bool


@cache
def fields(shape: Any) -> tuple[Field, ...]:
    """The fields of a dataclass (or of a page of one), in their order."""
    origin = get_origin(shape) or shape
    hints = get_type_hints(origin, include_extras=True)
    found = []
    for one in dataclasses.fields(origin):
        bare, says, nullable = _bare(_filled(hints[one.name], shape))
        left_out = one.default is not dataclasses.MISSING or one.default_factory is not dataclasses.MISSING
        found.append(Field(one.name, bare, says, not left_out, nullable))
    return tuple(found)


def _fields_of(shape: Any) -> tuple[Field, ...]:
    return fields(shape)


def _filled(hint: Any, shape: Any) -> Any:
    """`tuple[T, ...]` of a `Page[Person]` is a `tuple[Person, ...]`."""
    arguments = get_args(shape)
    if arguments and get_origin(hint) is tuple and get_args(hint)[0] is T:
        return types.GenericAlias(tuple, (arguments[0], ...))
    return hint


def _bare(hint: Any) -> tuple[Any, Says, bool]:
    says, nullable = Says(), False
    while True:
        if get_origin(hint) is Annotated:
            hint, *notes = get_args(hint)
            for note in reversed(notes):
                if isinstance(note, Says):
                    says = _joined(says, note)
        elif get_origin(hint) in (Union, types.UnionType):
            (hint,) = (one for one in get_args(hint) if one is not type(None))
            nullable = True
        else:
            return hint, says, nullable


def _joined(outer: Says, inner: Says) -> Says:
    return Says(
        outer.words or inner.words,
        outer.most or inner.most,
        inner.least if outer.least is None else outer.least,
        outer.pattern or inner.pattern,
    )


# ---- reading


def read(shape: type[T], value: Any) -> T:
    """The dataclass of a parsed JSON value. Raises Unreadable with everything that is wrong."""
    faults: list[Fault] = []
    made = _read(shape, Says(), value, "#", faults)
    if faults:
        raise Unreadable(faults)
    return made  # type: ignore[no-any-return]


def read_query(shape: type[T], given: Mapping[str, list[str]]) -> T:
    """The dataclass of the parameters of an address; a name that is not one of its fields is a fault: a misspelt
    `?on=` would else be answered with today."""
    faults: list[Fault] = []
    known = {field.name: field for field in _fields_of(shape)}
    values: dict[str, Any] = {}
    for name, texts in given.items():
        if name not in known:
            faults.append(Fault(name, N_("There is no such parameter here.")))
        elif len(texts) != 1:
            faults.append(Fault(name, N_("It is given more than once.")))
        else:
            values[name] = _read(
                known[name].type, known[name].says, _of_text(known[name].type, texts[0]), name, faults
            )
    faults += [
        Fault(name, N_("It is missing.")) for name, field in known.items() if field.required and name not in given
    ]
    if faults:
        raise Unreadable(faults)
    return shape(**values)


def _of_text(kind: Any, text: str) -> Any:
    if kind is bool:
        return {"true": True, "false": False}.get(text, text)
    if kind is int:
        return int(text) if re.fullmatch("-?[0-9]{1,18}", text, re.ASCII) else text
    return text


def _read(kind: Any, says: Says, value: Any, at: str, faults: list[Fault]) -> Any:
    if dataclasses.is_dataclass(get_origin(kind) or kind):
        return _read_object(kind, value, at, faults)
    if get_origin(kind) is tuple:
        return _read_list(kind, says, value, at, faults)
    if get_origin(kind) is Literal:
        if not isinstance(value, str) or value not in get_args(kind):
            faults.append(Fault(at, N_("It must be one of: %(choices)s."), {"choices": ", ".join(get_args(kind))}))
        return value
    if isinstance(kind, type) and issubclass(kind, Enum):
        if value in (choices := [one.value for one in kind]):
            return kind(value)
        faults.append(Fault(at, N_("It must be one of: %(choices)s."), {"choices": ", ".join(choices)}))
        return None
    if kind is bool:
        if not isinstance(value, bool):
            faults.append(Fault(at, N_("It must be true or false.")))
        return value
    if kind is int:
        return _read_int(says, value, at, faults)
    return _read_text(kind, says, value, at, faults)


def _read_object(kind: Any, value: Any, at: str, faults: list[Fault]) -> Any:
    if not isinstance(value, dict):
        faults.append(Fault(at, N_("It must be an object.")))
        return None
    known = {field.name: field for field in fields(kind)}
    before = len(faults)
    faults += [
        Fault(f"{at}/{_pointed(name)}", N_("There is no such field here.")) for name in value if name not in known
    ]
    read_values = {}
    for name, field in known.items():
        if name in value:
            read_values[name] = _read(field.type, field.says, value[name], f"{at}/{name}", faults)
        elif field.required:
            faults.append(Fault(f"{at}/{name}", N_("It is missing.")))
    return kind(**read_values) if len(faults) == before else None


def _pointed(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")[:100].encode("utf-8", "replace").decode()


def _read_list(kind: Any, says: Says, value: Any, at: str, faults: list[Fault]) -> Any:
    if not isinstance(value, list):
        faults.append(Fault(at, N_("It must be a list.")))
        return ()
    least, most = says.least or 0, says.most or MOST_ITEMS
    if not least <= len(value) <= most:
        faults.append(Fault(at, N_("It must have %(least)d to %(most)d items."), {"least": least, "most": most}))
        return ()
    inner, inner_says, _nullable = _bare(get_args(kind)[0])
    return tuple(_read(inner, inner_says, one, f"{at}/{place}", faults) for place, one in enumerate(value))


def _read_int(says: Says, value: Any, at: str, faults: list[Fault]) -> Any:
    if isinstance(value, Decimal) and value == value.to_integral_value() and abs(value) < 10**18:
        value = int(value)  # 3.0 is a whole number in JSON
    if isinstance(value, bool) or not isinstance(value, int):
        faults.append(Fault(at, N_("It must be a whole number.")))
    elif value < (says.least or 0) or value > says.most:
        values = {"least": says.least or 0, "most": says.most}
        faults.append(Fault(at, N_("It must be %(least)d to %(most)d."), values))
    return value


def _read_text(kind: Any, says: Says, value: Any, at: str, faults: list[Fault]) -> Any:
    if not isinstance(value, str):
        faults.append(Fault(at, N_("It must be text.")))
        return None
    most = says.most or MOST_LETTERS
    pattern = says.pattern or (DAY_PATTERN if kind is date else "")
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        faults.append(Fault(at, N_("It has a character that cannot be kept.")))
        return None
    if not (says.least or 0) <= len(value) <= most:
        faults.append(
            Fault(at, N_("It must have %(least)d to %(most)d letters."), {"least": says.least or 0, "most": most})
        )
        return None
    if pattern and not re.search(pattern, value, re.ASCII) or value.endswith("\n") and pattern:
        faults.append(Fault(at, N_("It must look like this: %(pattern)s."), {"pattern": pattern}))
        return None
    if kind is str:
        return unicodedata.normalize("NFC", value)
    if kind is Decimal:
        return Decimal(value)
    if kind is date:
        try:
            return date.fromisoformat(value)
        except ValueError:
            faults.append(Fault(at, N_("There is no such day.")))
            return None
    raise TypeError(f"no text is read as {kind}")


# ---- writing


def write(value: Any) -> Any:
    """The value as JSON takes it: days and moments (in UTC) as in RFC 3339, exact numbers as text."""
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [write(one) for one in value]
    if isinstance(value, Mapping):
        return {name: write(one) for name, one in value.items()}
    return {field.name: write(getattr(value, field.name)) for field in dataclasses.fields(value)}


# ---- describing


def name_of(shape: Any) -> str:
    """What a shape is called in the document."""
    arguments = get_args(shape)
    return f"{arguments[0].__name__}Page" if arguments else str(shape.__name__)


def schema(shape: Any, say: Words, named: dict[str, Any], *, reading: bool) -> dict[str, Any]:
    """A reference to the schema of the shape, which is put into `named` with those it needs. `reading`: as the
    server reads it, so that what is no field of it is not allowed."""
    name = name_of(shape)
    if name not in named:
        named[name] = {}
        properties = {}
        for field in fields(shape):
            inner = _schema_of(field.type, field.says, say, named, reading=reading)
            if field.nullable and not reading:
                inner = {"anyOf": [inner, {"type": "null"}]} if "$ref" in inner else _or_null(inner)
            if field.says.words:
                inner = {**inner, "description": say(field.says.words)}
            properties[field.name] = inner
        named[name] = {
            "type": "object",
            "properties": properties,
            "required": [field.name for field in fields(shape) if field.required or not reading],
            **({"additionalProperties": False} if reading else {}),
        }
    return {"$ref": f"#/components/schemas/{name}"}


def _or_null(inner: dict[str, Any]) -> dict[str, Any]:
    if "enum" in inner:
        return {**inner, "type": ["string", "null"], "enum": [*inner["enum"], None]}
    return {**inner, "type": [inner["type"], "null"]}


def schema_of_parameter(field: Field, say: Words) -> dict[str, Any]:
    """The schema of one parameter of an address."""
    return _schema_of(field.type, field.says, say, {}, reading=True)


def _schema_of(kind: Any, says: Says, say: Words, named: dict[str, Any], *, reading: bool) -> dict[str, Any]:
    if dataclasses.is_dataclass(get_origin(kind) or kind):
        return schema(kind, say, named, reading=reading)
    if get_origin(kind) is tuple:
        inner, inner_says, _nullable = _bare(get_args(kind)[0])
        limits = {"minItems": says.least or 0, "maxItems": says.most or MOST_ITEMS} if reading else {}
        return {"type": "array", "items": _schema_of(inner, inner_says, say, named, reading=reading), **limits}
    if get_origin(kind) is Literal:
        return {"type": "string", "enum": list(get_args(kind))}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {"type": "string", "enum": [one.value for one in kind]}
    if kind is bool:
        return {"type": "boolean"}
    if kind is int:
        return {"type": "integer", **({"minimum": says.least or 0, "maximum": says.most} if says.most else {})}
    if kind is datetime:
        return {"type": "string", "format": "date-time"}
    if kind is date:
        return {"type": "string", "format": "date", **({"pattern": DAY_PATTERN} if reading else {})}
    made: dict[str, Any] = {"type": "string"}
    if says.pattern:
        made["pattern"] = says.pattern
    elif reading:
        made |= {"minLength": says.least or 0, "maxLength": says.most or MOST_LETTERS, "pattern": "^[^\\u0000]*$"}
    return made


def kind_in_words(kind: Any) -> str:
    """What a field holds, in one word of JSON for the page of documentation: `string`, `list of Line`."""
    if get_origin(kind) is tuple:
        return f"[{kind_in_words(_bare(get_args(kind)[0])[0])}]"
    if get_origin(kind) is Literal:
        return " | ".join(get_args(kind))
    if dataclasses.is_dataclass(get_origin(kind) or kind):
        return name_of(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " | ".join(str(one.value) for one in kind)
    return {bool: "true | false", int: "number", date: "YYYY-MM-DD", datetime: "date-time"}.get(kind, "text")


def shapes_within(shape: Any) -> Iterator[Any]:
    """The shape and all shapes of its fields, each once, the outer first."""
    seen: list[Any] = []
    todo = [shape]
    while todo:
        one = todo.pop(0)
        if get_origin(one) is tuple:
            one = _bare(get_args(one)[0])[0]
        if not dataclasses.is_dataclass(get_origin(one) or one) or one in seen:
            continue
        seen.append(one)
        yield one
        todo += [field.type for field in fields(one)]
