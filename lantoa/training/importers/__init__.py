"""Files on their way into a programme: rosters of people, presence sheets, marks. Importing this registers them."""

from lantoa.training.importers.results import MarksImporter, PresenceImporter
from lantoa.training.importers.roster import RosterImporter

__all__ = ["MarksImporter", "PresenceImporter", "RosterImporter"]
