"""A refusal as JSON and back, so that a row can keep it and any reader can be told it in their language."""

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lantoa.common.refused import Refused


def as_json(refused: Refused) -> dict[str, Any]:
    """`{"message": ..., "values": {...}}`; a value that is itself a refusal becomes such an object too."""
    return {"message": refused.message, "values": {name: plain(value) for name, value in refused.values.items()}}


def from_json(kept: Mapping[str, Any]) -> Refused:
    """The refusal that `as_json` wrote."""
    return Refused(kept["message"], **{name: _back(value) for name, value in kept.get("values", {}).items()})


def plain(value: Any) -> Any:
    """A value as JSON can hold it; days become 05/10/2020, anything unknown its words."""
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, Refused):
        return as_json(value)
    if isinstance(value, datetime.datetime):
        return f"{value:%H:%M %d/%m/%Y}"
    if isinstance(value, datetime.date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def _back(value: Any) -> Any:
    return from_json(value) if isinstance(value, dict) and "message" in value else value
