"""Guides are files of a few Markdown marks (docs/guide/README.md); here they become sections of safe HTML."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

# one file a guide and language, in the order in which /help/ lists them
GUIDES = (
    "start",
    "learner",
    "lecturer",
    "coordinator",
    "officer",
    "site",
    "workshop",
    "administrator",
    "privacy",
    "auditor",
)
MARKS = ("heading", "list", "emphasis", "link", "image", "escape")
CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "ordered_list_open": "govuk-list govuk-list--number",
    "link_open": "govuk-link",
}
HEADING = re.compile(r"(.+?) \{#([a-z][a-z0-9-]*)\}")
PLACE = re.compile(r"([a-z]+)#([a-z][a-z0-9-]*)")


@dataclass(frozen=True)
class Picture:
    """A page as it looks: the name of its file, and what it shows in words."""

    name: str
    words: str


@dataclass(frozen=True)
class Section:
    """One task: its anchor, its heading, and its text as safe HTML between pictures.

    `quoted` are the words of pages, which stand in bold; `links` are the addresses it leads to.
    """

    anchor: str
    title: str
    blocks: tuple[str | Picture, ...]
    quoted: tuple[str, ...]
    links: tuple[str, ...]

    @property
    def pictures(self) -> list[Picture]:
        """The pictures alone."""
        return [block for block in self.blocks if isinstance(block, Picture)]


@dataclass(frozen=True)
class Guide:
    """A guide in one language."""

    name: str
    title: str
    lead: str
    sections: tuple[Section, ...]


def read_guide(name: str, text: str, *, address: Callable[[str, str], str]) -> Guide:
    """The guide that `text` holds; `address` makes the address of a guide and an anchor in it.

    Links `start#codes` lead to other places, a heading ends with its anchor in braces. ValueError says what is wrong.
    """
    from markdown_it import MarkdownIt  # a tenth of a second: not at the start

    markdown = MarkdownIt("zero", {"html": False}).enable(list(MARKS))
    tokens = markdown.parse(text)
    title, lead = "", ""
    sections: list[tuple[str, str, list[list[Any]]]] = []
    for part in _top(tokens):
        inline = part[1].content if len(part) > 1 else ""
        plain = "".join(token.content for token in _inner(part))
        if part[0].type == "heading_open" and part[0].tag == "h1":
            title = plain
        elif part[0].type == "heading_open" and part[0].tag == "h2":
            if not (found := HEADING.fullmatch(inline)):
                raise ValueError(f"{name}: the heading {inline!r} has no {{#anchor}}")
            sections.append((found[2], found[1], []))
        elif not sections:
            lead = plain
        else:
            sections[-1][2].append(part)
    if not title or not lead or not sections:
        raise ValueError(f"{name}: a guide has a title, a sentence below it, and sections")

    def section(anchor: str, heading: str, parts: list[list[Any]]) -> Section:
        blocks = tuple(_block(part, markdown, address) for part in parts)
        inner = [token for part in parts for token in _inner(part)]
        links = tuple(str(token.attrs["href"]) for token in inner if token.type == "link_open")
        return Section(anchor, heading, blocks, tuple(_bold(inner)), links)

    return Guide(name, title, lead, tuple(section(*one) for one in sections))


def _top(tokens: Sequence[Any]) -> Iterator[list[Any]]:
    """The tokens of each block that stands in no other."""
    part: list[Any] = []
    depth = 0
    for token in tokens:
        part.append(token)
        depth += token.nesting
        if depth == 0:
            yield part
            part = []


def _inner(part: Sequence[Any]) -> Iterator[Any]:
    for token in part:
        yield from token.children or ()


def _block(part: list[Any], markdown: Any, address: Callable[[str, str], str]) -> str | Picture:
    inner = list(_inner(part))
    if len(inner) == 1 and inner[0].type == "image":
        return Picture(str(inner[0].attrs["src"]), inner[0].content)
    for token in [*part, *inner]:
        if token.type in CLASSES:
            token.attrSet("class", CLASSES[token.type])
        if token.type == "link_open" and (place := PLACE.fullmatch(str(token.attrs["href"]))):
            token.attrSet("href", address(place[1], place[2]))
    return str(markdown.renderer.render(part, markdown.options, {}))


def _bold(inner: Sequence[Any]) -> Iterator[str]:
    said: list[str] | None = None
    for token in inner:
        if token.type == "strong_open":
            said = []
        elif token.type == "strong_close" and said is not None:
            yield "".join(said)
            said = None
        elif said is not None:
            said.append(token.content)
