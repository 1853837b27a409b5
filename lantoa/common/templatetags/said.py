"""`{% load said %}`: sentences that were kept as message and values, in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django import template

from lantoa.common.words import fill

register = template.Library()


@register.filter
def said(kept: Any) -> str:
    """A refusal, a reason or {"message": ..., "values": ...} as a sentence; "" for none."""
    if not kept:
        return ""
    if isinstance(kept, dict):
        return fill(kept["message"], kept.get("values") or {})
    return fill(kept.message, kept.values)


@register.filter
def of(kept: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping keeps under a key that is itself a value; "" for nothing."""
    return kept.get(key, "")
