"""The programme file: one readable YAML file for a whole programme. Its form is documented in docs/programme-file.md.

`read_plan` gives a `Plan` or raises `PlanFaults` with every fault and its line; `write_plan` is its inverse.
"""

from lantoa.training.rules.faults import Fault, PlanFaults

from .model import (
    ActPlan,
    Agency,
    Assessment,
    BudgetPlan,
    CertificateSettings,
    ClassPlan,
    CoursePlan,
    DecisionPlan,
    LecturerPlan,
    MaterialLink,
    MeetingPlan,
    PartnerPlan,
    Plan,
    ProgrammePart,
    ReportSettings,
    RoomPlan,
    Signer,
    TopicPlan,
    UnitName,
)
from .reading import read_plan, read_plan_bytes
from .shift import days_to_shift, shifted
from .writing import write_plan

__all__ = [
    "ActPlan",
    "Agency",
    "Assessment",
    "BudgetPlan",
    "CertificateSettings",
    "ClassPlan",
    "CoursePlan",
    "DecisionPlan",
    "Fault",
    "LecturerPlan",
    "MaterialLink",
    "MeetingPlan",
    "PartnerPlan",
    "Plan",
    "PlanFaults",
    "ProgrammePart",
    "ReportSettings",
    "RoomPlan",
    "Signer",
    "TopicPlan",
    "UnitName",
    "days_to_shift",
    "read_plan",
    "read_plan_bytes",
    "shifted",
    "write_plan",
]
