"""The parts that pages are built from: templates/components/PART.html, each with its own arguments only."""

from collections.abc import Hashable
from functools import cache, lru_cache
from typing import Any, Final

from django.conf import settings
from django.template import Context, Template
from django.template.loader import get_template
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from lantoa.common.frame import cut, mark, place, put_together

# What each component takes; docs/look.md says what it means.
COMPONENTS: Final = {
    "breadcrumbs": "breadcrumbs",
    "button": "label url post kind small name value",
    "choice": "value label name checked all form",
    "confirm": "title consequences undo action label cancel_url kind hidden form alone",
    "copy": "text label id",
    "download": "url label kind size",
    "empty": "title text label url post",
    "meter": "value label",
    "notification": "kind title text url link",
    "number": "count words total suffix url kind",
    "page_header": "title caption lead next next_url next_label next_now",
    "picture": "svg caption table_url",
    "progress": "done total words poll finished url link",
    "steps": "steps at",
    "summary_list": "rows",
    "table": "caption columns rows cards hide_caption empty",
    "tabs": "items label",
    "tag": "kind word",
    "task_list": "items",
}
# What these parts only print, whatever it is. A list shows one for each row: it is rendered once, with a mark for
# each of these words, and then filled, as header and footer are (decision 0034).
PRINTED: Final = {"button": "label url post name value csrf_token", "choice": "value label name form"}


def made(part: str, arguments: dict[str, Any], context: Context) -> SafeString:
    """The part with these arguments. Raises `TypeError` for a part or an argument that does not exist."""
    known = COMPONENTS.get(part)
    if known is None:
        raise TypeError(f"There is no component {part!r}; there are: {', '.join(COMPONENTS)}")
    if unknown := set(arguments) - set(known.split()):
        raise TypeError(f"The component {part!r} takes {known}, not {' '.join(sorted(unknown))}")
    printed = PRINTED.get(part, "").split()
    if not printed or settings.DEBUG:
        token = context.get("csrf_token")
        return template_of(part).render(
            Context({"csrf_token": token, **arguments, "request": context.get("request")})
        )
    if arguments.get("post"):
        arguments["csrf_token"] = str(context.get("csrf_token") or "")
    words = {name: arguments.pop(name) for name in printed if _is_text(arguments.get(name))}
    return put_together(_pieces(part, place(), tuple(words), tuple(arguments.items())), words)


def _is_text(value: Any) -> bool:
    return isinstance(value, str | Promise) and value != ""


@lru_cache(maxsize=512)
def _pieces(
    part: str, _place: tuple[str, str, str], words: tuple[str, ...], rest: tuple[tuple[str, Hashable], ...]
) -> list[str]:
    return cut(template_of(part).render(Context({**dict(rest), **{name: mark(name) for name in words}})))


def template_of(part: str) -> Template:
    """Its template; read once, but while one works on it."""
    return _kept_template.__wrapped__(part) if settings.DEBUG else _kept_template(part)


@cache  # a list shows the same few again and again
def _kept_template(part: str) -> Template:
    found: Template = get_template(f"components/{part}.html").template  # type: ignore[attr-defined]
    return found
