"""Moodle XML with the files it carries. Format as at docs.moodle.org/en/Moodle_XML_format, read and written anew."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from lantoa.common.refused import N_, Refused
from lantoa.exams.rules import notation, texts
from lantoa.exams.rules.content import MOST_MEGABYTES, Answer, Content, Option, Pair, number_of
from lantoa.exams.rules.formats.model import (
    Loss,
    ReadQuestion,
    WrittenQuestion,
    aim_tags,
    checked,
    code_from,
    smaller_files,
    tags_of,
    unscaled,
    warning,
    with_tags,
    wrong,
)
from lantoa.exams.rules.formats.xml import read_tree
from lantoa.exams.rules.pictures import LARGEST_PICTURE, kind_of_picture
from lantoa.office.rules.imports import RowFault

_NOT_CHOSEN: Final = {Decimal("0"), Decimal("0.3333333"), Decimal("0.1"), Decimal("1")}  # Moodle's own usual values
_TEXT: Final = {"moodle_auto_format": "moodle", "html": "html", "plain_text": "plain", "markdown": "markdown"}
_DATA = re.compile(r'src="data:image/[a-z+]+;base64,([A-Za-z0-9+/=\s]+)"')
_FILE = re.compile(r'src="@@PLUGINFILE@@/([^"?]+)(?:\?[^"]*)?"')
EXTENSIONS: Final = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def read(data: bytes, name: str) -> Iterator[ReadQuestion]:
    """The questions of a file, each with the line it begins on. Refused when it is no such file."""
    tree = read_tree(data, name)
    if tree.tag != "quiz":
        raise Refused(
            N_('Cannot read the file "%(name)s": it is no Moodle XML, it begins with <%(tag)s>.'),
            name=name,
            tag=tree.tag[:40],
        )
    category = ""
    for node in tree.findall("question"):
        if node.get("type") == "category":
            category = _plain(node, "category/text").rstrip("/").rpartition("/")[2]
            continue
        yield _Reader(node, category).read()


def _plain(node: Element, path: str) -> str:
    return (node.findtext(path) or "").strip()


class _Reader:
    """One <question>."""

    def __init__(self, node: Element, category: str) -> None:
        self.node, self.category = node, category
        self.kind = node.get("type", "")
        self.faults: list[RowFault] = []
        self.pictures: dict[str, bytes] = {}

    def read(self) -> ReadQuestion:
        line = int(self.node.get("_line", "1"))
        code = _plain(self.node, "idnumber") or _plain(self.node, "name/text")
        reader = _READERS.get(self.kind)
        text = self.html(self.node.find("questiontext"))
        if reader is None:
            fault = wrong(N_("Questions of the kind %(kind)s cannot be carried over."), kind=self.kind[:40] or "?")
            return ReadQuestion(line, code or code_from(text), None, (), (fault,))
        points = number_of(_plain(self.node, "defaultgrade") or "1") or Decimal(1)
        feedback = self.html(self.node.find("generalfeedback"))
        content = reader(self, Content("", text, points=points, feedback=feedback))
        content = replace(content, shuffle=_plain(self.node, "shuffleanswers").lower() not in ("false", "0"))
        self._say_what_is_left()
        tags = [(one.text or "").strip() for one in self.node.findall("tags/tag/text")]
        content, aims, told = with_tags(content, [tag for tag in tags if tag])
        known = self.category not in ("", "$course$", "$system$", "top")
        aims = aims or ([self.category] if known else [])
        return checked(line, code, content, aims=aims, faults=[*self.faults, *told], pictures=self.pictures)

    def _say_what_is_left(self) -> None:
        penalty = number_of(_plain(self.node, "penalty") or "0")
        if penalty is not None and penalty not in _NOT_CHOSEN:
            self.faults.append(
                warning(
                    N_("What another try costs (%(share)s) is left out: an exam has one try."), share=str(penalty)
                )
            )
        if hints := [hint for hint in self.node.findall("hint") if _plain(hint, "text")]:
            self.faults.append(warning(N_("Hints for further tries are left out: %(count)d."), count=len(hints)))
        for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
            said = texts.words(texts.clean(_plain(self.node, f"{name}/text")))
            if said and self.kind in ("multichoice", "matching", "ordering") and said not in _USUAL_WORDS:
                self.faults.append(
                    warning(N_('Feedback to all who answer alike is left out: "%(text)s".'), text=said[:60])
                )
        if self.node.findall("units/unit"):
            self.faults.append(warning(N_("Units of numbers are left out; only the number is compared.")))

    def html(self, node: Element | None) -> str:
        """The text of an element as HTML, its pictures named by their checksum."""
        if node is None:
            return ""
        files = {one.get("name", ""): one for one in node.findall("file")}
        markup = _TEXT.get(node.get("format", "html"), "html")
        text = (node.findtext("text") or "").strip()
        if markup in ("plain", "markdown"):
            text = texts.from_plain(text)
        text = _FILE.sub(lambda found: self._picture(files.get(unquote(found[1])), found), text)
        text = _DATA.sub(lambda found: self._kept(_decoded(found[1]), "data:", found.group()), text)
        text = texts.dollars_to_brackets(text)
        return texts.from_typed(text) if markup == "moodle" else text

    def _picture(self, file: Element | None, found: re.Match[str]) -> str:
        if file is None or file.get("encoding", "base64") != "base64":
            return found.group()
        return self._kept(_decoded(file.text or ""), unquote(found[1]), found.group())

    def _kept(self, data: bytes | None, name: str, otherwise: str) -> str:
        if data is None or kind_of_picture(data) is None:
            self.faults.append(warning(N_("The file %(name)s is no picture and is left out."), name=name[:60]))
            return otherwise
        if len(data) > LARGEST_PICTURE:
            size = len(data) // 1024
            self.faults.append(
                warning(N_("The picture %(name)s has %(size)d KB and is left out."), name=name[:60], size=size)
            )
            return otherwise
        checksum = hashlib.sha256(data).hexdigest()[:32]
        self.pictures[checksum] = data
        return f'src="picture:{checksum}"'

    def share(self, answer: Element) -> Fraction:
        """The share of an answer; a number of percents."""
        share = unscaled((answer.get("fraction") or "0").strip()[:12])
        if share is None:
            self.faults.append(
                wrong(N_("A share of %(share)s is not between -1 and 1."), share=answer.get("fraction", "")[:20])
            )
            return Fraction(0)
        return Fraction(share)

    def choice(self, content: Content) -> Content:
        single = _plain(self.node, "single").lower() not in ("false", "0")
        return replace(content, kind="single" if single else "multiple", options=self.options())

    def options(self) -> tuple[Option, ...]:
        return tuple(
            Option(self.html_of(one), self.share(one), self.html(one.find("feedback")))
            for one in self.node.findall("answer")
        )

    def html_of(self, answer: Element) -> str:
        """The text of an answer, which inherits the format of the question."""
        if answer.get("format") is None:
            answer.set("format", self.node.find("questiontext").get("format", "html"))  # type: ignore[union-attr]
        return self.html(answer)

    def truth(self, content: Content) -> Content:
        answers = {_plain(one, "text").lower(): one for one in self.node.findall("answer")}
        sides = [answers.get(word) for word in ("true", "false")]
        options = tuple(
            Option(
                "",
                Fraction(0) if one is None else self.share(one),
                "" if one is None else self.html(one.find("feedback")),
            )
            for one in sides
        )
        return replace(content, kind="truefalse", options=options)

    def match(self, content: Content) -> Content:
        pairs = tuple(
            Pair(self.html(one), texts.from_plain(_plain(one, "answer/text")))
            for one in self.node.findall("subquestion")
        )
        return replace(content, kind="matching", pairs=pairs)

    def order(self, content: Content) -> Content:
        return replace(content, kind="ordering", options=self.options())

    def number(self, content: Content) -> Content:
        found = []
        for one in self.node.findall("answer"):
            text = _plain(one, "text")
            if text == "*":
                self._left_answer(text)
                continue
            tolerance = number_of(_plain(one, "tolerance") or "0")
            found.append(Answer(text, self.share(one), tolerance or Decimal(0), self.html(one.find("feedback"))))
        return replace(content, kind="numeric", answers=tuple(found))

    def short(self, content: Content) -> Content:
        found = []
        for one in self.node.findall("answer"):
            text = _plain(one, "text")
            if re.search(r"(?<!\\)\*", text):
                self._left_answer(text)
                continue
            found.append(
                Answer(text.replace("\\*", "*"), self.share(one), Decimal(0), self.html(one.find("feedback")))
            )
        return replace(content, kind="short", answers=tuple(found), case=_plain(self.node, "usecase") == "1")

    def _left_answer(self, text: str) -> None:
        self.faults.append(
            warning(N_("The answer %(text)s is left out: * for any words is not known here."), text=text[:60])
        )

    def essay(self, content: Content) -> Content:
        rubric = self.html(self.node.find("graderinfo"))
        files = int(number_of(_plain(self.node, "attachments") or "0") or 0)
        if files and _plain(self.node, "responseformat") == "noinline":
            kinds = tuple(re.findall(r"\.?([a-z0-9]{2,5})\b", _plain(self.node, "filetypeslist").lower()))
            size = int(number_of(_plain(self.node, "maxbytes") or "0") or 0) // 1024**2
            if size > MOST_MEGABYTES:
                self.faults.append(smaller_files(size))
            return replace(
                content,
                kind="file",
                rubric=rubric,
                extensions=kinds or ("pdf", "docx"),
                megabytes=min(max(size, 1), MOST_MEGABYTES) if size else MOST_MEGABYTES,
            )
        if files:
            self.faults.append(warning(N_("Files beside the text are left out; the answer is a text.")))
        return replace(
            content, kind="long", rubric=rubric, words=int(number_of(_plain(self.node, "maxwordlimit") or "0") or 0)
        )


_USUAL_WORDS: Final = frozenset(
    {
        "Your answer is correct.", "Your answer is partially correct.", "Your answer is incorrect.",
        "Câu trả lời của bạn đúng", "Câu trả lời của bạn đúng một phần", "Câu trả lời của bạn sai.",
    }
)  # fmt: skip
_READERS: Final[dict[str, Any]] = {
    "multichoice": _Reader.choice,
    "truefalse": _Reader.truth,
    "matching": _Reader.match,
    "ordering": _Reader.order,
    "numerical": _Reader.number,
    "shortanswer": _Reader.short,
    "essay": _Reader.essay,
}


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


# ---- writing


def write(questions: Sequence[WrittenQuestion]) -> tuple[str, list[Loss]]:
    """The file, and what it cannot carry."""
    losses = [
        Loss(question.code, N_("The formatting of a right side cannot be carried."))
        for question in questions
        for pair in question.content.pairs
        if not texts.is_plain(pair.right)
    ]
    body = "\n".join(_Writer(question).written() for question in questions)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n{body}\n</quiz>\n', losses


_KINDS: Final = {
    "single": "multichoice", "multiple": "multichoice", "truefalse": "truefalse", "matching": "matching",
    "ordering": "ordering", "numeric": "numerical", "short": "shortanswer", "long": "essay", "file": "essay",
}  # fmt: skip


class _Writer:
    """One question."""

    def __init__(self, question: WrittenQuestion) -> None:
        self.question, self.content = question, question.content

    def written(self) -> str:
        content = self.content
        tags = [*tags_of(content, points=False), *aim_tags(self.question.aims)]
        parts = [
            f"<name><text>{escape(self.question.code)}</text></name>",
            f'<questiontext format="html">{self.html(content.text)}</questiontext>',
            f'<generalfeedback format="html">{self.html(content.feedback)}</generalfeedback>',
            f"<defaultgrade>{content.points:f}</defaultgrade><penalty>0</penalty><hidden>0</hidden>",
            f"<idnumber>{escape(self.question.code)}</idnumber>",
            f"<shuffleanswers>{'true' if content.shuffle else 'false'}</shuffleanswers>",
            *self.parts(),
            "<tags>" + "".join(f"<tag><text>{escape(tag)}</text></tag>" for tag in tags) + "</tags>",
        ]
        return f'<question type="{_KINDS[content.kind]}">\n' + "\n".join(parts) + "\n</question>"

    def html(self, text: str) -> str:
        """<text> with its files beside it."""
        files = []

        def put(checksum: str) -> str:
            if checksum not in self.question.pictures:
                return ""
            media_type, data = self.question.pictures[checksum]
            name = f"{checksum}.{EXTENSIONS.get(media_type, 'png')}"
            files.append(f'<file name="{name}" path="/" encoding="base64">{base64.b64encode(data).decode()}</file>')
            return f"@@PLUGINFILE@@/{quote(name)}"

        shown = texts.with_pictures(text, put)
        return f"<text>{_cdata(shown)}</text>{''.join(dict.fromkeys(files))}"

    def parts(self) -> Iterator[str]:
        content = self.content
        if content.kind in ("single", "multiple"):
            yield f"<single>{'true' if content.kind == 'single' else 'false'}</single>"
            yield "<answernumbering>ABCD</answernumbering>"
        if content.kind in ("single", "multiple", "ordering"):
            for place, one in enumerate(content.options, 1):
                share = notation.plain_percent(one.share) if content.kind != "ordering" else str(place)
                yield self.answer(share, self.html(one.text), one.feedback, 'format="html"')
        elif content.kind == "truefalse":
            for word, one in zip(("true", "false"), content.options, strict=True):
                yield self.answer(notation.plain_percent(one.share), f"<text>{word}</text>", one.feedback)
        elif content.kind == "matching":
            for pair in content.pairs:
                right = texts.plain(pair.right) if texts.is_plain(pair.right) else texts.words(pair.right)
                yield (
                    f'<subquestion format="html">{self.html(pair.left)}'
                    f"<answer><text>{escape(right)}</text></answer></subquestion>"
                )
        elif content.kind == "numeric":
            for one_number in content.answers:
                text = f"<text>{one_number.text}</text><tolerance>{one_number.tolerance:f}</tolerance>"
                yield self.answer(notation.plain_percent(one_number.share), text, one_number.feedback)
        elif content.kind == "short":
            yield f"<usecase>{int(content.case)}</usecase>"
            for words in content.answers:
                text = f"<text>{escape(words.text.replace('*', chr(92) + '*'))}</text>"
                yield self.answer(notation.plain_percent(words.share), text, words.feedback)
        else:
            yield from self.essay()

    def answer(self, share: str, text: str, feedback: str, more: str = "") -> str:
        said = f'<feedback format="html">{self.html(feedback)}</feedback>'
        return f'<answer fraction="{share}"{" " + more if more else ""}>{text}{said}</answer>'

    def essay(self) -> Iterator[str]:
        content = self.content
        yield f'<graderinfo format="html">{self.html(content.rubric)}</graderinfo>'
        if content.kind == "long":
            yield "<responseformat>editor</responseformat><attachments>0</attachments>"
            if content.words:
                yield f"<maxwordlimit>{content.words}</maxwordlimit>"
        else:
            kinds = ",".join(f".{one}" for one in content.extensions)
            yield "<responseformat>noinline</responseformat><attachments>1</attachments>"
            yield f"<attachmentsrequired>1</attachmentsrequired><filetypeslist>{kinds}</filetypeslist>"
            yield f"<maxbytes>{content.megabytes * 1024**2}</maxbytes>"


def _cdata(text: str) -> str:
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>" if text else ""
