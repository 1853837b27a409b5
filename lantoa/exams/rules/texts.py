"""The texts of questions: a little HTML, cleaned; maths as TeX between \\( \\) or \\[ \\]; pictures by checksum.

<p>Công thức \\(x^2\\) và hình <img src="picture:0a1b2c…" alt="sơ đồ"></p>
"""

import html
import re
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from typing import Final
from xml.etree import ElementTree

from lantoa.common.vietnamese import nfc


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TAGS: Final = _names(
    "p br b strong i em u s sub sup ul ol li table caption thead tbody tfoot tr th td pre code blockquote img"
)
_ATTRIBUTES: Final = {"img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
# Taken out with what stands in them; every other unknown tag leaves its words behind.
_EMPTIED: Final = _names("script style iframe object embed video audio svg math template noscript")
# Other tags that files really hold: what looks like none of these is no tag but a "less than".
_STRANGERS: Final = _names(
    "a div span font h1 h2 h3 h4 h5 h6 center small big hr input form label button section article "
    "header footer col colgroup tt kbd var dl dt dd figure figcaption mark del ins q cite abbr html "
    "head body meta link title textarea select option source track canvas param area map nobr strike"
)
_HARMLESS: Final = _names("div span font html head body tbody section article center meta o:p nobr")
_KNOWN: Final = TAGS | _EMPTIED | _STRANGERS
_LESS = re.compile(r"<(?!/?([a-zA-Z][a-zA-Z0-9:]*)(?=[\s/>])|!--)")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
_MATHS = re.compile(r"\\\((.+?)\\\)|\\\[(.+?)\\\]", re.DOTALL)
_DOLLARS = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
_BLOCK = re.compile(r"<(p|div|ul|ol|table|pre|blockquote|br|li|h[1-6])\b", re.IGNORECASE)
_PICTURE = re.compile(r'src="picture:([0-9a-f]{32})"')
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")
LONGEST_TEXT: Final = 60_000


def clean(text: str) -> str:
    """The text as it is kept: NFC, only harmless tags, pictures only by their checksum. Cleaning twice is cleaning
    once. A bare "<" stays one."""
    import nh3

    text = _MATHS.sub(_with_escaped_maths, nfc(text).replace("\x00", ""))
    text = _LESS.sub("&lt;", text)
    text = _TAG.sub(_as_tag, text)
    made = nh3.clean(
        text,
        tags=set(TAGS),
        clean_content_tags=set(_EMPTIED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        url_schemes={"picture"},
        link_rel=None,
    )
    made = re.sub(r'<img(?![^>]*src="picture:[0-9a-f]{32}")[^>]*>', "", made)
    return made.strip()


def _with_escaped_maths(found: re.Match[str]) -> str:
    return found.group().replace("<", "&lt;").replace(">", "&gt;")


def _as_tag(found: re.Match[str]) -> str:
    """Blocks become paragraphs; what is no tag at all becomes a "less than"."""
    slash, name = found[1], found[2].lower()
    if name in {"div", "section", "article", "center", "h1", "h2", "h3", "h4", "h5", "h6"}:
        return f"<{slash}p"
    if name in _KNOWN or ":" in name:
        return found.group()
    return f"&lt;{slash}{found[2]}"


def from_plain(text: str) -> str:
    """Plain text as HTML: everything shown as it was written, empty lines between paragraphs."""
    text = nfc(text).replace("\r\n", "\n").strip()
    if "\n" not in text:
        return html.escape(text, quote=False)
    parts = [part.strip() for part in re.split(r"\n\s*\n", text)]
    return "".join(f"<p>{html.escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in parts if part)


def from_typed(text: str) -> str:
    """What an author typed into a field: with tags of their own, or lines that become paragraphs."""
    text = text.replace("\r\n", "\n").strip()
    if not _BLOCK.search(text) and "\n" in text:
        text = "".join(
            f"<p>{part.strip().replace(chr(10), '<br>')}</p>" for part in re.split(r"\n\s*\n", text) if part.strip()
        )
    return clean(text)


def dollars_to_brackets(text: str) -> str:
    """Maths between two dollars ($$…$$), as other programmes write it, becomes \\[…\\]."""
    return _DOLLARS.sub(lambda found: f"\\[{found[1]}\\]", text)


class _Left(HTMLParser):
    """What cleaning takes away from a text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = tag in TAGS or tag in _HARMLESS or re.fullmatch("h[1-6]", tag) or tag not in _KNOWN
        if not known:
            self.found[tag] = None
        for name, value in attrs:
            if name in {"style", "color", "bgcolor", "onclick"} and value:
                self.found["style" if name != "onclick" else name] = None
        if tag == "img":
            source = dict(attrs).get("src") or ""
            if not re.fullmatch(r"picture:[0-9a-f]{32}", source):
                self.found[f"img {source[:60]}"] = None


def left_out(text: str) -> list[str]:
    """The names of what `clean` takes away from a text: tags, colours and styles, pictures from elsewhere."""
    if "<" not in text:
        return []
    reader = _Left()
    reader.feed(text)
    reader.close()
    return list(reader.found)


def words(text: str) -> str:
    """The words of a cleaned text without tags, on one line; a picture is its description in brackets."""
    text = re.sub(r'<img[^>]*?alt="([^"]*)"[^>]*>', r" [\1] ", text)
    text = re.sub(r"<img[^>]*>", " [] ", text)
    text = re.sub(r"</?(p|br|li|ul|ol|tr|td|th|table|pre|blockquote|caption)\b[^>]*>", " ", text)
    return _SPACES.sub(" ", html.unescape(re.sub(r"<[^>]*>", "", text))).strip()


def is_plain(text: str) -> bool:
    """Whether the text is words only: no tag at all."""
    return "<" not in text


def plain(text: str) -> str:
    """A text without tags as it was written."""
    return html.unescape(text)


def pictures_in(texts: Iterable[str]) -> list[str]:
    """The checksums (their first 32 digits) of the pictures that these cleaned texts show, each once."""
    return list(dict.fromkeys(found for text in texts for found in _PICTURE.findall(text)))


def with_pictures(text: str, address: Callable[[str], str]) -> str:
    """The text with the address of each picture in place of its checksum; "" takes the picture out."""

    def put(found: re.Match[str]) -> str:
        where = address(found[1])
        return f'src="{html.escape(where)}"' if where else ""

    return _PICTURE.sub(put, text)


# ---- maths

_MATH_TAGS: Final = _names(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot msub msup msubsup munder mover munderover "
    "mtable mtr mtd mstyle mpadded mphantom menclose mmultiscripts mprescripts none merror"
)
_MATH_ATTRIBUTES: Final = _names(
    "display mathvariant stretchy fence separator form lspace rspace minsize maxsize symmetric "
    "largeop movablelimits accent accentunder linethickness columnalign rowspacing columnspacing "
    "rowlines columnlines width height depth scriptlevel displaystyle notation"
)
_MATHML: Final = "{http://www.w3.org/1998/Math/MathML}"


def with_maths(text: str) -> str:
    """The text with its TeX as MathML, which browsers show without scripts; what cannot be read stays as TeX."""
    return _MATHS.sub(_math, text)


def _math(found: re.Match[str]) -> str:
    tex = html.unescape(found[1] or found[2])
    made = mathml(tex, block=found[2] is not None)
    return made or f"<code>{html.escape(html.unescape(found.group()), quote=False)}</code>"


def maths_in(text: str) -> dict[str, str]:
    """The TeX of a text, with its brackets, by the MathML that `with_maths` makes of it."""
    found = {}
    for one in _MATHS.finditer(text):
        if made := mathml(html.unescape(one[1] or one[2]), block=one[2] is not None):
            found[made] = html.unescape(one.group())
    return found


def mathml(tex: str, *, block: bool = False) -> str:
    """TeX as MathML; "" when it cannot be read. Nothing but MathML comes out, whatever stands in the TeX."""
    from latex2mathml.converter import convert

    if len(tex) > 2_000:
        return ""
    try:
        made = convert(tex.replace("<", r"\lt ").replace(">", r"\gt "), display="block" if block else "inline")
        tree = ElementTree.fromstring(made)
    except Exception:
        return ""
    for node in tree.iter():
        unknown = node.text and node.tag == f"{_MATHML}mi" and node.text.startswith("\\")
        if unknown or node.tag.removeprefix(_MATHML) not in _MATH_TAGS or not set(node.attrib) <= _MATH_ATTRIBUTES:
            return ""
    return made
