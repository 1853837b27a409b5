"""Tables of the room: versions of indices, campaigns, what units answered and what came of it, published results."""

from lantoa.readiness.models.campaigns import Answer, Campaign, Evidence, Sheet
from lantoa.readiness.models.indices import IndexVersion
from lantoa.readiness.models.results import Result

__all__ = ["Answer", "Campaign", "Evidence", "IndexVersion", "Result", "Sheet"]
