"""The translations: compiled from one file per room, and compared with what the code says. No gettext programs.

English is the language of the source; each room has its Vietnamese in `locale/vi/<room>.po`.
"""

import argparse
import ast
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import polib

from config.processes import ROOT

_CALLS = {  # name of the call -> places of (context, singular, plural) among its arguments
    "_": (None, 0, None),
    "N_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_TEMPLATE_CALL = re.compile(r"(?<![\w.])(npgettext|ngettext|pgettext|gettext|_)\(")
_PLACEHOLDER = re.compile(r"%\([a-zA-Z_]\w*\)[-#0 +]*\d*(?:\.\d+)?[a-zA-Z]|%[sdif]|\{[a-zA-Z_]\w*\}")
_HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Language": "vi",
    "Plural-Forms": "nplurals=1; plural=0;",
}
Key = tuple[str, str]  # context (or empty), English text


class MessageFault(Exception):
    """The translations contradict each other; the text names both places."""


@dataclass(frozen=True)
class Said:
    """A message in the code: where, its English, its plural if it has one, its context if it has one."""

    file: str
    line: int
    text: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> Key:
        return (self.context, self.text)


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the translations: what kind, where, which message, and more words."""

    kind: str  # missing | unused | fuzzy | placeholders | contradiction | unreadable
    place: str
    text: str
    words: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}: {self.text!r}" + (f" {self.words}" if self.words else "")


# ---- what the code says


def messages_in_code(root: Path = ROOT) -> list[Said]:
    """Every message of the Python files and templates, in the order of files and lines."""
    said: list[Said] = []
    for folder in ("config", "lantoa", "templates"):
        for file in sorted((root / folder).rglob("*")):
            name = file.relative_to(root).as_posix()
            if file.suffix == ".py" and "/migrations/" not in name:
                found = _in_python(name, file.read_text(encoding="utf-8"))
                said += sorted(found, key=lambda one: one.line)
            elif file.suffix in {".html", ".txt", ".svg"} and "/templates/" in f"/{name}":
                said += _in_template(name, file.read_text(encoding="utf-8"))
    return said


def _in_python(name: str, source: str) -> Iterator[Said]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return  # the linter says so
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (said := _said(name, node, node.lineno)):
            yield said


def _in_template(name: str, source: str) -> Iterator[Said]:
    from django.utils.translation import templatize

    code = templatize(source, origin=name)
    for found in _TEMPLATE_CALL.finditer(code):
        call = _balanced(code, found.start())
        if call is None:
            continue
        try:
            node = ast.parse(call, mode="eval").body
        except SyntaxError:
            continue
        line = code.count("\n", 0, found.start()) + 1
        if isinstance(node, ast.Call) and (said := _said(name, node, line)):
            yield said


def _balanced(code: str, start: int) -> str | None:
    """The call that begins at `start`, up to its closing bracket, strings respected."""
    depth, quote, position = 0, "", start
    while position < len(code):
        letter = code[position]
        if quote:
            if letter == "\\":
                position += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if depth == 0:
                return code[start : position + 1]
        position += 1
    return None


def _said(name: str, node: ast.Call, line: int) -> Said | None:
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    places = _CALLS.get(called)
    if places is None:
        return None
    words = []
    for place in places:
        if place is None:
            words.append("")
            continue
        argument = node.args[place] if place < len(node.args) else None
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str)):
            return None  # a variable: its text is marked where it is written
        words.append(argument.value)
    context, text, plural = words
    return Said(name, line, text, plural, context) if text else None


# ---- what the files say


def _entries(locale: Path) -> Iterator[tuple[Path, polib.POEntry]]:
    for file in sorted((locale / "vi").glob("*.po")):
        try:
            entries = polib.pofile(str(file), encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise MessageFault(f"Cannot read the translations: {str(error).strip()}") from error
        for entry in entries:
            if not entry.obsolete:
                yield file, entry


def _key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt or "", entry.msgid)


def _translation(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr)


def _place(file: Path, entry: polib.POEntry, root: Path) -> str:
    return f"{file.relative_to(root).as_posix() if file.is_relative_to(root) else file}:{entry.linenum}"


def merged(locale: Path) -> dict[Key, polib.POEntry]:
    """All translations; the same English in two files must have the same Vietnamese. Raises MessageFault."""
    found: dict[Key, tuple[Path, polib.POEntry]] = {}
    for file, entry in _entries(locale):
        if entry.fuzzy or not _translation(entry):
            continue
        first = found.setdefault(_key(entry), (file, entry))
        if _translation(first[1]) != _translation(entry):
            raise MessageFault(
                f"Cannot compile the translations: {entry.msgid!r} is {_translation(first[1])!r} in"
                f" {_place(*first, locale.parent)} and {_translation(entry)!r} in"
                f" {_place(file, entry, locale.parent)}. Make them the same, or give one a context (pgettext)."
            )
    return {key: entry for key, (_, entry) in found.items()}


def compile_all(locale: Path = ROOT / "locale") -> int:
    """Write `vi/LC_MESSAGES/django.mo` from all files; the number of messages. Raises MessageFault."""
    catalogue = polib.POFile()
    catalogue.metadata = dict(_HEADER)
    for entry in merged(locale).values():
        catalogue.append(
            polib.POEntry(
                msgid=entry.msgid,
                msgctxt=entry.msgctxt,
                msgstr="" if entry.msgid_plural else entry.msgstr,
                msgid_plural=entry.msgid_plural,
                msgstr_plural=entry.msgstr_plural,
            )
        )
    target = locale / "vi" / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".django.mo.{os.getpid()}")
    catalogue.save_as_mofile(str(draft))
    draft.replace(target)
    return len(catalogue)


# ---- comparing


def faults_of(root: Path = ROOT) -> list[Fault]:
    """Everything wrong with the translations of a checkout, in the order of the code and then of the files."""
    said = messages_in_code(root)
    locale = root / "locale"
    faults: list[Fault] = []
    translated: set[Key] = set()
    first: dict[Key, tuple[str, str]] = {}
    used = {message.key for message in said}
    known_elsewhere = _framework_messages()
    late: list[Fault] = []
    try:
        entries = list(_entries(locale))
    except MessageFault as fault:
        return [Fault("unreadable", "locale/vi", "", str(fault))]
    for file, entry in entries:
        place, key = _place(file, entry, root), _key(entry)
        if entry.fuzzy:
            late.append(Fault("fuzzy", place, entry.msgid))
            continue
        if not _translation(entry):
            continue
        translated.add(key)
        if key not in used and key not in known_elsewhere:
            late.append(Fault("unused", place, entry.msgid))
        there, words = first.setdefault(key, (place, _translation(entry)))
        if words != _translation(entry):
            late.append(Fault("contradiction", place, entry.msgid, f"is {words!r} in {there}"))
        if difference := _different_placeholders(entry):
            late.append(Fault("placeholders", place, entry.msgid, difference))
    told: set[Key] = set()
    for message in said:
        if message.key not in translated and message.key not in told:
            told.add(message.key)
            faults.append(Fault("missing", f"{message.file}:{message.line}", message.text))
    return faults + late


def _different_placeholders(entry: polib.POEntry) -> str:
    english = sorted(set(_PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)))
    vietnamese = sorted(set(_PLACEHOLDER.findall(_translation(entry))))
    if english == vietnamese:
        return ""
    return f"English has {' '.join(english) or 'none'}, Vietnamese has {' '.join(vietnamese) or 'none'}"


def _framework_messages() -> set[Key]:
    """What the framework itself says: our files may say it better."""
    import django

    found: set[Key] = set()
    for file in Path(django.__file__).parent.glob("**/locale/en/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(file)):
            found.add(_key(entry))
    return found


def skeleton(room: str, root: Path = ROOT) -> str:
    """A .po text of what a room (a folder below lantoa/, or `templates`, `config`) says untranslated."""
    prefix = f"{room}/" if room in {"templates", "config"} else f"lantoa/{room}/"
    translated = set(merged(root / "locale"))
    result = polib.POFile()
    result.metadata = dict(_HEADER)
    asked: dict[Key, polib.POEntry] = {}
    for message in messages_in_code(root):
        if not message.file.startswith(prefix) or message.key in translated:
            continue
        entry = asked.get(message.key)
        if entry is None:
            entry = polib.POEntry(
                msgid=message.text,
                msgid_plural=message.plural or None,
                msgctxt=message.context or None,
                msgstr_plural={0: ""} if message.plural else {},
            )
            if _PLACEHOLDER.search(message.plural or message.text):
                entry.flags.append("python-format")
            asked[message.key] = entry
            result.append(entry)
        entry.occurrences.append((message.file, str(message.line)))
    return str(result)


# ---- commands


def compile_command(arguments: list[str]) -> int:
    """`lantoa compile-messages`"""
    parser = argparse.ArgumentParser(
        prog="lantoa compile-messages", description="Compile locale/vi/*.po into what the pages read."
    )
    parser.parse_args(arguments)
    try:
        compile_all()
    except MessageFault as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def check_command(arguments: list[str]) -> int:
    """`lantoa check-messages [--missing ROOM] [--json]`; ends with 1 when something is wrong."""
    parser = argparse.ArgumentParser(
        prog="lantoa check-messages",
        description="Compare the Vietnamese translations with the code: missing, unused, fuzzy, contradicting,"
        " or with other placeholders.",
    )
    parser.add_argument("--missing", metavar="ROOM", help="print a .po file of what a room still lacks")
    parser.add_argument("--json", action="store_true", help="print the faults as JSON")
    options = parser.parse_args(arguments)
    if options.missing:
        print(skeleton(options.missing))
        return 0
    faults = faults_of()
    if options.json:
        print(json.dumps([asdict(fault) for fault in faults], ensure_ascii=False, indent=1))
    else:
        _print(faults)
    return 1 if faults else 0


def _print(faults: Iterable[Fault]) -> None:
    count: dict[str, int] = {}
    for fault in faults:
        print(fault)
        count[fault.kind] = count.get(fault.kind, 0) + 1
    total = len({message.key for message in messages_in_code()})
    summary = ", ".join(f"{number} {kind}" for kind, number in count.items()) or "complete"
    print(f"{total} messages: {summary}")
