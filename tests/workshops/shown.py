"""Slides for tests: as files, and as decks that need not be drawn."""

import io
import zipfile
from typing import Any

import factories as make
from django.utils import timezone
from workshops.held import BEFORE

from lantoa.office.rules.papers.press import compiler
from lantoa.workshops.actions.documents import add_document
from lantoa.workshops.actions.slides import finish_drawing, keep_slide, show_slide, use_as_slides
from lantoa.workshops.models import Deck, Showing, Telling, Workshop, WorkshopFile

EMPTY = b"%PDF-1.4\n%%EOF\n"


def pdf(count: int) -> bytes:
    """So many slides of sixteen to nine."""
    said = "#set page(width: 16cm, height: 9cm)\n" + "#pagebreak()\n".join(
        f"= Trang {n}\n" for n in range(1, count + 1)
    )
    made: bytes = compiler().compile(input=said.encode(), format="pdf")
    return made


def pptx(count: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as parts:
        parts.writestr("[Content_Types].xml", "<Types/>")
        parts.writestr("ppt/presentation.xml", "<p/>")
        for n in range(1, count + 1):
            parts.writestr(f"ppt/slides/slide{n}.xml", "<p/>")
            parts.writestr(f"ppt/slides/_rels/slide{n}.xml.rels", "<p/>")
    return made.getvalue()


def document(of: Workshop, name: str = "bai.pdf", content: bytes = EMPTY, **values: Any) -> WorkshopFile:
    values = {"title": "Chuyển đổi số ở xã", "language": "vi", **values}
    return add_document(by=make.BY, workshop=of, name=name, content=content, at=BEFORE, **values)


def deck(of: Workshop, pages: int = 3, same_as: Deck | None = None, **values: Any) -> Deck:
    """Slides as if they were drawn; without pages: as if they could not be."""
    made = use_as_slides(by=make.BY, document=document(of, **values), same_as=same_as, at=timezone.now())
    drawn(made, pages)
    made.refresh_from_db()
    return made


def drawn(made: Deck, pages: int) -> None:
    for number in range(1, pages + 1):
        picture = f"{number}".encode()
        keep_slide(deck=made, number=number, of=pages, small=picture, wide=picture * 2)
    finish_drawing(by=make.BY, deck=made, undrawn="" if pages else "locked", at=timezone.now())


def shown(made: Deck, number: int) -> Showing:
    return show_slide(by=make.BY, deck=made, number=number, at=timezone.now())


def told(of: Workshop) -> list[dict[str, Any]]:
    return list(Telling.objects.filter(workshop=of, kind="slide").order_by("number").values_list("about", flat=True))
