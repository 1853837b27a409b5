"""XML read safely: by expat alone, every document type refused, so no entity, no outside file and no bomb."""

from typing import Final
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from lantoa.common.refused import N_, Refused

DEEPEST: Final = 40
MOST_ELEMENTS: Final = 400_000


def read_tree(data: bytes, name: str) -> Element:
    """The tree of a document; every element has its line in the attribute "_line". Refused, with the line, when it
    is no XML, declares a document type, or is deeper or larger than any file of questions."""
    builder, parser = TreeBuilder(), expat.ParserCreate()
    state = {"depth": 0, "count": 0}

    def refuse(*_what: object) -> None:
        raise Refused(
            N_('Cannot read the file "%(name)s": it declares a document type (line %(line)d).'),
            name=name,
            line=parser.CurrentLineNumber,
        )

    def start(tag: str, attributes: dict[str, str]) -> None:
        state["depth"] += 1
        state["count"] += 1
        if state["depth"] > DEEPEST or state["count"] > MOST_ELEMENTS:
            raise Refused(
                N_('Cannot read the file "%(name)s": it is too deep or too large (line %(line)d).'),
                name=name,
                line=parser.CurrentLineNumber,
            )
        builder.start(tag, attributes | {"_line": str(parser.CurrentLineNumber)})

    def end(tag: str) -> None:
        state["depth"] -= 1
        builder.end(tag)

    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError, AssertionError) as error:
        raise Refused(
            N_('Cannot read the file "%(name)s": it is no XML (line %(line)d).'),
            name=name,
            line=getattr(error, "lineno", 1),
        ) from error
