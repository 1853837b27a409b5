"""What every page is built from: `{% load lantoa %}`. docs/look.md lists it with examples, /style/ shows it.

Filters: vdate vdatetime vtime vnumber percent person_name.
Tags: field, form_errors, where, pagination, filters, table, state, shape, look, frame.
Everything else is a component: `{% component "number" count=12 words=_("late") url=rows %}` renders
templates/components/number.html with these arguments and nothing else of the page's context.
"""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from functools import cache, lru_cache
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms.boundfield import BoundField, BoundWidget
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lantoa.common.components import made, template_of
from lantoa.common.frame import framed

register = template.Library()

THEMES = ("auto", "light", "dark", "contrast")
TEXT_SIZES = ("100", "125", "150")
STATES = ("ok", "wait", "late", "now", "none")

# 16 x 16 shapes: a state is never told by colour alone
SHAPES = {
    "ok": "M6.4 13.6 1 8.2l2-2 3.4 3.4L13 3l2 2z",
    "wait": "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 2v10A5 5 0 0 0 8 3z",
    "late": "M8 1l7.5 14H.5zM7 6v4.5h2V6zm0 5.5v2h2v-2z",
    "now": "M3 1.5 14.5 8 3 14.5z",
    "none": "M8 1a7 7 0 1 1 0 14A7 7 0 0 1 8 1zm0 2a5 5 0 1 0 0 10A5 5 0 0 0 8 3z",
    "info": "M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0zM7 7v5h2V7zm0-3v2h2V4z",
    "download": "M7 1h2v6.6l2.6-2.6L13 6.4 8 11.4 3 6.4 4.4 5 7 7.6zM2 13h12v2H2z",
    "person": "M8 1a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM1.5 15c0-3.6 2.9-5.5 6.5-5.5s6.5 1.9 6.5 5.5z",
}


def _vietnamese() -> bool:
    return (get_language() or "vi").startswith("vi")


# ---- words and figures


@register.filter
def vdate(value: dt.date | dt.datetime | None) -> str:
    """A day: 05/10/2020 in Vietnamese, 5 October 2020 in English; "" for none.

    A moment counts in the place's zone.
    """
    if not value:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value.strftime("%d/%m/%Y") if _vietnamese() else date_format(value, "j F Y")


@register.filter
def vtime(value: dt.datetime | dt.time | None) -> str:
    """An hour: 13:30, in the place's zone; "" for none."""
    if not value:
        return ""
    if isinstance(value, dt.datetime) and timezone.is_aware(value):
        value = timezone.localtime(value)
    return value.strftime("%H:%M")


@register.filter
def vdatetime(value: dt.datetime | None) -> str:
    """A moment in the place's zone: 05/10/2020 13:30, in English 5 October 2020, 13:30; "" for none.

    The hour stands last, so that an end can follow: `{{ from|vdatetime }}–{{ to|vtime }}`.
    """
    if not value:
        return ""
    return f"{vdate(value)} {vtime(value)}" if _vietnamese() else f"{vdate(value)}, {vtime(value)}"


@register.filter
def vnumber(value: int | float | Decimal | str | None, places: int | None = None) -> str:
    """A number: 1.234,5 in Vietnamese, 1,234.5 in English; "" for none; what is no number comes back as it is.

    At most two decimals unless `places` says how many.
    """
    if value is None or value == "":
        return ""
    if type(value) is int and places is None:  # nearly all of them
        return f"{value:,}".replace(",", ".") if _vietnamese() else f"{value:,}"
    try:
        number = Decimal(str(value))
        exact = number.quantize(Decimal(1).scaleb(-(2 if places is None else places)), ROUND_HALF_UP)
    except InvalidOperation:
        return str(value)
    text = f"{exact:,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    if text.strip("-0.,") == "":
        text = text.removeprefix("-")
    return text.translate(str.maketrans(",.", ".,")) if _vietnamese() else text


@register.filter
def percent(value: int | float | Decimal | Fraction | None, places: int = 0) -> str:
    """A share of 1 as a percentage: 0.94 -> 94%; "" for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, Fraction):
        value = Decimal(value.numerator) / value.denominator
    return f"{vnumber(Decimal(str(value)) * 100, places)}%"


@register.filter
def person_name(value: object) -> str:
    """A person's name as it is written, family name first: one space between words, composed letters.

    Takes the name or anything with `full_name`.
    """
    name = getattr(value, "full_name", value)
    return " ".join(unicodedata.normalize("NFC", str(name or "")).split())


@register.filter
def plain(value: int | float | Decimal | str) -> str:
    """A number as machines write it, for attributes: never 1.234 for a thousand."""
    return str(value)


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, for a loop over a few fixed things."""
    return text.split()


@register.filter
def nth(items: list[Any] | None, at: int) -> Any:
    """The item at this place, counted from 0; "" where there is none."""
    return items[at] if items and 0 <= at < len(items) else ""


# ---- components


@register.simple_tag(takes_context=True)
def component(context: Context, part: str, **arguments: Any) -> SafeString:
    """Renders templates/components/PART.html with these arguments only (and the request's CSRF token).

    Raises `TypeError` for a part or an argument that does not exist, so that a slip of the pen is seen at once.
    """
    return made(part, arguments, context)


# ---- shapes and states


@register.simple_tag
@cache
def shape(name: str) -> SafeString:
    """One of SHAPES as a picture that screen readers pass over: the word stands beside it."""
    path = SHAPES.get(name, SHAPES["none"])
    return format_html(
        '<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">'
        '<path fill-rule="evenodd" d="{}"/></svg>',
        path,
    )


@register.simple_tag
def state(kind: str, word: str) -> SafeString:
    """A state: shape + colour + the word. `kind` is ok, wait, late, now or none."""
    return _tag(kind if kind in STATES else "none", str(word))  # a safe string stays one


@lru_cache(maxsize=512, typed=True)  # a list says the same few words again and again
def _tag(kind: str, word: str) -> SafeString:
    return format_html('<strong class="lt-tag lt-tag--{}">{}{}</strong>', kind, shape(kind), word)


@register.simple_tag
def table_rows(columns: list[dict[str, Any]], rows: Iterable[list[Any]]) -> SafeString:
    """The rows of a table from lists, as the component `table` takes them: written at once, a cell of a hundred rows
    is not worth a template."""
    css = {True: mark_safe(' class="lt-num"'), False: ""}
    begins = [format_html('<td data-label="{}"{}>', one["label"], css[bool(one.get("number"))]) for one in columns]
    made = []
    for row in rows:
        first, *others = (_cell(cell) for cell in row)
        cells = "".join(f"{begin}{cell}</td>" for begin, cell in zip(begins[1:], others, strict=True))
        made.append(f'<tr><th scope="row">{first}</th>{cells}</tr>')
    return mark_safe("\n".join(made))


def _cell(cell: Any) -> str:
    """A cell: a text, or {text, url, kind}."""
    if not isinstance(cell, Mapping):
        return "" if cell is None else conditional_escape(localize(cell))
    text = conditional_escape(localize(cell["text"]))
    if cell.get("kind"):
        return state(cell["kind"], text)
    return f'<a href="{escape(cell["url"])}">{text}</a>' if cell.get("url") else text


# ---- the reader's settings


@register.simple_tag(takes_context=True)
def look(context: Context) -> dict[str, str]:
    """The reader's theme and text size from this device's cookies; the defaults where there is none."""
    request = context.get("request")
    cookies: Mapping[str, str] = getattr(request, "COOKIES", {})
    theme, text = cookies.get("look_theme", ""), cookies.get("look_text", "")
    return {
        "theme": theme if theme in THEMES else "auto",
        "text": text if text in TEXT_SIZES else "100",
        "here": request.get_full_path() if isinstance(request, HttpRequest) else "/",
    }


@register.simple_tag(takes_context=True)
def frame(context: Context, part: str) -> SafeString:
    """The `header` or `footer` of this page: their templates, rendered once and filled."""
    return framed(part, context, look(context), person_name(context.get("user")))


# ---- forms


@register.inclusion_tag("components/field.html")
def field(
    bound: BoundField,
    *,
    hint: str = "",
    label: str = "",
    size: str = "",
    width: str | int = "",
    optional: bool = True,
    inline: bool = False,
    rows: int = 0,
    **attributes: Any,
) -> dict[str, Any]:
    """A form's field with label, hint and error, ready for a keyboard and a screen reader.

    `hint` and `label` replace the form's own words; `size` s, m or l makes the label a heading;
    `width` is 2, 3, 4, 5, 10, 20 or 30 letters; `optional=False` leaves out the words "(optional)";
    `inline=True` puts radios in a row; `rows` is for a text area; everything else becomes an attribute
    (autocomplete="off", inputmode="numeric"; write data_x for data-x).
    """
    widget = bound.field.widget
    bound.form.use_required_attribute = False  # the server's words, not the browser's bubbles
    kind = _kind(widget)
    hint = hint or str(bound.help_text)
    described = [f"{bound.auto_id}-hint"] if hint else []
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
    attrs = {name.replace("_", "-"): value for name, value in attributes.items()}
    if kind == "textarea":
        attrs["rows"] = rows or 4
    css = [_CSS.get(kind, "govuk-input")]
    if kind == "input" and width:
        css.append(f"govuk-input--width-{width}")
    if bound.errors and kind in {"input", "textarea", "select", "file", "parts"}:
        css.append({"parts": "govuk-input"}.get(kind, css[0]) + "--error")
    attrs["class"] = " ".join(css)
    said: dict[str, Any] = {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "hint": hint,
        "size": size,
        "inline": inline,
        "described": " ".join(described),
        "optional": optional and not bound.field.required and kind not in {"checkbox", "hidden"},
        "options": [],
        "control": "",
    }
    if kind in {"radios", "checkboxes", "parts"}:
        said["options"] = _options(bound, attrs)
    elif kind == "hidden":
        said["control"] = bound.as_widget()
    else:
        if described:
            attrs["aria-describedby"] = " ".join(described)
        said["control"] = bound.as_widget(attrs=attrs)
    return said


_CSS = {
    "radios": "govuk-radios__input",
    "checkboxes": "govuk-checkboxes__input",
    "checkbox": "govuk-checkboxes__input",
    "select": "govuk-select",
    "textarea": "govuk-textarea",
    "file": "govuk-file-upload",
    "parts": "govuk-input govuk-date-input__input",
}


def _kind(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return "hidden"
    kinds: list[tuple[type[forms.Widget], str]] = [
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        (forms.FileInput, "file"),
        (forms.MultiWidget, "parts"),
        (forms.SelectDateWidget, "parts"),
    ]
    return next((kind for widget_class, kind in kinds if isinstance(widget, widget_class)), "input")


def _options(bound: BoundField, attrs: dict[str, Any]) -> list[BoundWidget]:
    """The single inputs of a field that has several, each with its id and class."""
    widget = bound.field.widget
    attrs = {"id": bound.auto_id, **attrs}
    if isinstance(widget, forms.MultiWidget | forms.SelectDateWidget):
        return [_part(bound, part) for part in _parts(bound, attrs)]
    found = widget.subwidgets(bound.html_name, bound.value(), attrs)
    return [BoundWidget(widget, option, bound.form.renderer) for option in found]


def _parts(bound: BoundField, attrs: dict[str, Any]) -> list[dict[str, Any]]:
    widget = bound.field.widget
    found: list[dict[str, Any]] = widget.get_context(bound.html_name, bound.value(), attrs)["widget"]["subwidgets"]
    return found


def _part(bound: BoundField, part: dict[str, Any]) -> BoundWidget:
    """One input of several; the parts of a day are named for screen readers."""
    words = {"day": _("Day"), "month": _("Month"), "year": _("Year")}
    word = words.get(str(part["name"]).rpartition("_")[2])
    if word and "aria-label" not in part["attrs"]:
        part["attrs"]["aria-label"] = word
    return BoundWidget(bound.field.widget, part, bound.form.renderer)


@register.inclusion_tag("components/form_errors.html")
def form_errors(*wrong: forms.BaseForm) -> dict[str, Any]:
    """The summary of what is wrong in the page's forms, each line a link to its field; nothing if all is well."""
    lines: list[dict[str, str]] = []
    for form in wrong:
        if not form or not form.is_bound:
            continue
        lines += [{"text": str(text), "href": ""} for text in form.non_field_errors()]
        for bound in form:
            lines += [{"text": _named(bound, str(text)), "href": _first_id(bound)} for text in bound.errors]
    return {"lines": lines}


def _named(bound: BoundField, text: str) -> str:
    """The error with its field's label before it, unless it says the label itself."""
    label = str(bound.label or "")
    return text if not label or label.lower() in text.lower() else f"{label}: {text}"


def _first_id(bound: BoundField) -> str:
    kind = _kind(bound.field.widget)
    if kind == "hidden":
        return ""
    if kind == "parts":
        return str(_parts(bound, {"id": bound.auto_id})[0]["attrs"]["id"])
    return f"{bound.auto_id}_0" if kind in {"radios", "checkboxes"} else str(bound.auto_id)


# ---- place and day, lists


def _kept(request: HttpRequest | None, *left_out: str) -> list[tuple[str, str]]:
    """The parts of the address that a small GET form must carry along."""
    query = request.GET if request else QueryDict()
    return [(name, value) for name, values in query.lists() if name not in left_out for value in values]


@register.inclusion_tag("components/where.html", takes_context=True)
def where(
    context: Context,
    unit: object = "",
    on: dt.date | None = None,
    *,
    unit_url: str = "",
    change: bool = True,
) -> dict[str, Any]:
    """Where and as of which day this page speaks: the unit, and the day with a small form that changes it.

    The form asks this same address with `?on=YYYY-MM-DD` and keeps the other parameters (not `page`).
    """
    return {
        "unit": unit,
        "unit_url": unit_url,
        "on": on,
        "change": change and on is not None,
        "kept": _kept(context.get("request"), "on", "page"),
    }


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: "Page[Any]", *, name: str = "page") -> dict[str, Any]:
    """The count ("1 to 50 of 1,234") and links to the other pages; the rest of the address stays."""
    kept = _kept(context.get("request"), name, "part")

    def address(number: int) -> str:
        query = QueryDict(mutable=True)
        for key, value in kept:
            query.appendlist(key, value)
        query[name] = str(number)
        return f"?{query.urlencode()}"

    numbers: Iterable[int | str] = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "first": page.start_index(),
        "last": page.end_index(),
        "total": page.paginator.count,
        "previous": address(page.previous_page_number()) if page.has_previous() else "",
        "next": address(page.next_page_number()) if page.has_next() else "",
        "links": [
            {"number": number, "url": address(number), "current": number == page.number}
            if isinstance(number, int)
            else {"number": "", "url": "", "current": False}
            for number in numbers
        ],
    }


@register.inclusion_tag("components/filters.html", takes_context=True)
def filters(context: Context, form: forms.BaseForm, *, said: str = "", clear: str = "?") -> dict[str, Any]:
    """A form of filters as one bar; a plain GET, so the address is the view.

    `said` tells in words what is shown now; `clear` is the address without filters. Parameters of the address
    that are no fields of the form (`on`, for one) are kept.
    """
    names = {bound.html_name for bound in form}
    return {
        "form": form,
        "said": said,
        "clear": clear,
        "kept": _kept(context.get("request"), "page", "part", *names),
    }


@register.simple_block_tag(takes_context=True)
def table(
    context: Context, content: str, caption: str, *, cards: bool = False, hide_caption: bool = False
) -> SafeString:
    """Wraps `<thead>...<tbody>...`: a caption, and a box that scrolls by itself on a narrow screen.

    With `cards=True` each row becomes a card on a phone: give every `<td>` a `data-label`; the first cell is
    a `<th scope="row">`. Figures have the class `lt-num`, days `lt-date`, rows that need attention `lt-row--late`.
    """
    said = {"caption": caption, "cards": cards, "hide_caption": hide_caption, "content": mark_safe(content)}
    return template_of("tablebox").render(Context(said))
