"""Indices, campaigns and the sheets of units."""

from typing import Final

from lantoa.common.refused import N_
from lantoa.readiness.models import Campaign, IndexVersion, Sheet
from lantoa.web.queries.things.kind import Kind, at

KINDS: Final = (
    Kind(IndexVersion, N_("index"), "unit", "readiness.view", str, page=at("readiness:version")),
    Kind(Campaign, N_("campaign of an index"), "unit", "readiness.view", str, page=at("readiness:campaign")),
    Kind(
        Sheet,
        N_("sheet of an index"),
        "unit",
        "readiness.answer",
        lambda row: str(row.campaign),
        at("readiness:sheet"),
        ("campaign",),
    ),
)
