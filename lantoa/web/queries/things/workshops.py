"""Workshops and their sites."""

from typing import Final

from lantoa.common.refused import N_
from lantoa.web.queries.things.kind import Kind, at
from lantoa.workshops.models import Site, Workshop

KINDS: Final = (
    Kind(Workshop, N_("workshop"), "unit", "workshops.view", str, page=at("workshops:workshop")),
    Kind(Site, N_("site of a workshop"), "workshop__unit", "workshops.view", str, at("workshops:site_record")),
)
