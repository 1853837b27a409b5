"""What a list of people means: the headers offices use, each value understood, and who of them is known already.

Pure Python: a workbook that was read and today's date in, rows and faults out.

    reading = read_roster(read_table_file(data, name), today=day)
    judgement = classify(reading.rows[0], candidates, unit_key=key)
"""

from lantoa.training.rules.roster.known import Judgement, KnownPerson, classify
from lantoa.training.rules.roster.people import Birth, Gender, RosterReading, RosterRow
from lantoa.training.rules.roster.reading import read_roster
from lantoa.training.rules.roster.vocabulary import VOCABULARY

__all__ = [
    "VOCABULARY",
    "Birth",
    "Gender",
    "Judgement",
    "KnownPerson",
    "RosterReading",
    "RosterRow",
    "classify",
    "read_roster",
]
