"""The controls of forms (text, number, list, box to tick), written without a template.

A page with fifty fields spent half its time in Django's templates for `<input>` and their attributes. What is written
is the same; a control that is not here is left to Django's template.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

Widget = Mapping[str, Any]


class Controls(TemplatesSetting):
    """Django's renderer of forms with the controls that pages are full of written here."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        """The control as HTML, of the context that its widget gives."""
        if write := CONTROLS.get(template_name):
            return mark_safe(write(context["widget"]))  # every value in it went through _text
        return mark_safe(super().render(template_name, context, request))  # a template's text is safe


def _text(value: Any) -> str:
    """A value of an attribute: its plain text (a number with its own digits), escaped."""
    return conditional_escape(value if isinstance(value, str) else str(value))


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(
        f" {name}" if value is True else f' {name}="{_text(value)}"'
        for name, value in attributes.items()
        if value is not False
    )


def _input(widget: Widget) -> str:
    value = widget["value"]
    said = "" if value is None else f' value="{_text(value)}"'
    return f'<input type="{widget["type"]}" name="{_text(widget["name"])}"{said}{_attributes(widget["attrs"])}>'


def _option(widget: Widget) -> str:
    """One of several to tick; within its label where the page asks for that."""
    if not widget.get("wrap_label"):
        return _input(widget)
    key = widget["attrs"].get("id")
    label = conditional_escape(localize(widget["label"]))
    return f"<label{_attributes({'for': key}) if key else ''}>{_input(widget)} {label}</label>"


def _textarea(widget: Widget) -> str:
    said = conditional_escape(widget["value"] or "")
    return f'<textarea name="{_text(widget["name"])}"{_attributes(widget["attrs"])}>\n{said}</textarea>'


def _select(widget: Widget) -> str:
    """The list, one line an option; Django's would be half as heavy again for the spaces before each."""
    lines = []
    for group, options, _place in widget["optgroups"]:
        if group:
            lines.append(f'<optgroup label="{_text(group)}">')
        lines += [
            f'<option value="{_text(one["value"])}"{_attributes(one["attrs"])}>'
            f"{conditional_escape(localize(one['label']))}</option>"
            for one in options
        ]
        if group:
            lines.append("</optgroup>")
    return (
        f'<select name="{_text(widget["name"])}"{_attributes(widget["attrs"])}>\n' + "\n".join(lines) + "\n</select>"
    )


CONTROLS: dict[str, Callable[[Widget], str]] = {
    "django/forms/widgets/text.html": _input,
    "django/forms/widgets/number.html": _input,
    "django/forms/widgets/email.html": _input,
    "django/forms/widgets/hidden.html": _input,
    "django/forms/widgets/date.html": _input,
    "django/forms/widgets/time.html": _input,
    "django/forms/widgets/datetime.html": _input,
    "django/forms/widgets/checkbox.html": _input,
    "django/forms/widgets/checkbox_option.html": _option,
    "django/forms/widgets/radio_option.html": _option,
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}
