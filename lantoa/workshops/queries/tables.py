"""What the lists of a workshop have in common as workbooks: the head of an office, and who operates a site."""

from collections.abc import Iterable, Sequence
from datetime import date

from lantoa.directory.queries.units import names
from lantoa.office.rules.papers.model import Cell, Column
from lantoa.office.rules.papers.tables import SheetHead, table_workbook
from lantoa.workshops.models import Site, Workshop


def workshop_table(
    workshop: Workshop, title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], *, on: date
) -> bytes:
    """A list under the name of the unit that holds the workshop. One query."""
    issuer = names([workshop.unit_id], on=on)
    return table_workbook(
        title,
        columns,
        rows,
        head=SheetHead(issuer[workshop.unit_id].full_name if workshop.unit_id in issuer else ""),
        subtitles=[workshop.name],
        landscape=True,
        made_on=on,
    )


def who_operates(site: Site) -> list[str]:
    """Operator and deputy, each with a telephone."""
    return [
        cell for who in (site.operator, site.deputy) for cell in ((who.full_name, who.phone) if who else ("", ""))
    ]
