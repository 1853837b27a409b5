"""Pain points, pilots, playbooks and spreads."""

from typing import Final

from lantoa.common.refused import N_
from lantoa.pilots.models import Adoption, CitizenWord, PainPoint, Pilot, Playbook, Spread
from lantoa.web.queries.things.kind import Kind, at

KINDS: Final = (
    Kind(PainPoint, N_("pain point"), "unit", "pilots.view", str, page=at("pilots:pain")),
    Kind(
        CitizenWord,
        N_("what a citizen wrote"),
        "unit",
        "pilots.report",
        lambda row: row.key,
        page=at("pilots:citizen"),
    ),
    Kind(Pilot, N_("pilot"), "unit", "pilots.view", str, page=at("pilots:pilot")),
    Kind(Playbook, N_("playbook"), "unit", "pilots.view", str, page=at("pilots:playbook")),
    Kind(Spread, N_("spread"), "unit", "pilots.view", str, page=at("pilots:spread")),
    Kind(
        Adoption,
        N_("unit that takes a playbook on"),
        "unit",
        "pilots.view",
        lambda row: row.spread.name,
        page=at("pilots:adoption"),
        joins=("spread",),
    ),
)
