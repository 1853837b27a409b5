"""A paper as JSON and back, so that a document is kept as what it says and rendered when asked."""

import datetime
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from typing import Any, Final

from lantoa.common.refused import N_, Refused
from lantoa.office.rules.papers import model
from lantoa.office.rules.papers.decree import PaperType
from lantoa.office.rules.papers.model import ColumnKind, Paper

_PARTS: Final[dict[str, Any]] = {
    kind.__name__: kind
    for kind in (
        model.Annex,
        model.Article,
        model.Clause,
        model.Column,
        model.Issuer,
        model.Paper,
        model.Part,
        model.Point,
        model.Recipients,
        model.Section,
        model.Signature,
        model.Table,
        PaperType,
    )
}


def to_json(paper: Paper) -> dict[str, Any]:
    """The paper as an object of plain values: `is` names the part, what has its usual value is left out."""
    plain: dict[str, Any] = _plain(paper)
    return plain


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        said = {"is": type(value).__name__}
        if said["is"] not in _PARTS:
            raise TypeError(said["is"])
        for part in fields(value):
            inner = getattr(value, part.name)
            if part.default is MISSING or inner != part.default:
                said[part.name] = _plain(inner)
        return said
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, ColumnKind):
        return {"column": value.value}
    if isinstance(value, datetime.date):
        return {"day": value.isoformat()}
    if isinstance(value, Decimal):
        return {"decimal": str(value)}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(type(value).__name__)


def from_json(kept: Any) -> Paper:
    """The paper that `to_json` wrote; refused when it is none."""
    try:
        paper = _back(kept)
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise Refused(N_("Cannot read the document: its content is not that of a paper.")) from error
    if not isinstance(paper, Paper):
        raise Refused(N_("Cannot read the document: its content is not that of a paper."))
    return paper


def _back(kept: Any) -> Any:
    if isinstance(kept, list):
        return tuple(_back(item) for item in kept)
    if not isinstance(kept, dict):
        return kept
    if "is" in kept:
        return _PARTS[kept["is"]](**{name: _back(value) for name, value in kept.items() if name != "is"})
    [(name, value)] = kept.items()
    if name == "column":
        return ColumnKind(value)
    if name == "day":
        return datetime.date.fromisoformat(value)
    if name == "decimal":
        return Decimal(value)
    raise KeyError(name)
