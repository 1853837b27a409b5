"""Tables of the room. The database keeps what was promised beforehand: see the first migration."""

from lantoa.pilots.models.citizens import CitizenWord
from lantoa.pilots.models.pains import PainPoint, Vote, Weight
from lantoa.pilots.models.pilots import Gate, Measure, Pilot, Reading
from lantoa.pilots.models.playbooks import Playbook, PlaybookVersion
from lantoa.pilots.models.spreads import Adoption, FidelityCheck, Help, Spread, StepDone, Wave

__all__ = [
    "Adoption",
    "CitizenWord",
    "FidelityCheck",
    "Gate",
    "Help",
    "Measure",
    "PainPoint",
    "Pilot",
    "Playbook",
    "PlaybookVersion",
    "Reading",
    "Spread",
    "StepDone",
    "Vote",
    "Wave",
    "Weight",
]
