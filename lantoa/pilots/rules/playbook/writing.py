"""From a `Book` to the text of its file: always the same order, and read back as the same book."""

import json

from lantoa.pilots.rules.playbook.model import PARTS, Book

HEAD = """\
# Cẩm nang Lan tỏa: những gì đơn vị khác cần để làm lại như thế, trong một tệp đọc được.
# A Lantoa playbook: what another unit needs to do the same, in one readable file. Its form: docs/playbook-file.md
lantoa_playbook = 1
"""


def write_playbook(book: Book) -> str:
    """The text of a playbook. `read_playbook(write_playbook(book)) == book`."""
    lines = [HEAD, "[playbook]", _pair("code", book.code), _pair("title", book.title)]
    lines += [_pair(name, value) for name, value in (("summary", book.summary), ("origin", book.origin)) if value]
    if book.months is not None:
        lines.append(_pair("months", book.months))
    if book.fields:
        lines.append(f"fields = [{', '.join(_said(one) for one in book.fields)}]")
    for part in PARTS:
        for item in book.items(part.name):
            lines.append(f"\n[[{part.name}]]")
            lines += [_pair(key.name, item[key.name]) for key in part.keys if key.name in item]
    return "\n".join(lines) + "\n"


def _pair(name: str, value: str | int) -> str:
    return f"{name} = {value if isinstance(value, int) else _said(value)}"


def _said(text: str) -> str:
    """A text as TOML writes it: JSON's escapes are among TOML's; the control character DEL is not bare in TOML."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
