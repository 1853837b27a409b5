"""Tables of the room."""

from lantoa.programmes.models.acts import ActRelation, LegalAct
from lantoa.programmes.models.budget import BudgetEntry, BudgetLine
from lantoa.programmes.models.inventory import ExpectedList, Stage, System
from lantoa.programmes.models.measurements import Measurement, Review
from lantoa.programmes.models.programmes import Field, Lecturer, Partner, Programme
from lantoa.programmes.models.reporting import Due, Reporting
from lantoa.programmes.models.targets import Milestone, Target

__all__ = [
    "ActRelation",
    "BudgetEntry",
    "BudgetLine",
    "Due",
    "ExpectedList",
    "Field",
    "Lecturer",
    "LegalAct",
    "Measurement",
    "Milestone",
    "Partner",
    "Programme",
    "Reporting",
    "Review",
    "Stage",
    "System",
    "Target",
]
