"""Days that somebody can mean. Pure Python: forms, addresses and readers of sheets ask here."""

from datetime import date
from typing import Final

FIRST_DAY: Final = date(1800, 1, 1)
LAST_DAY: Final = date(2200, 12, 31)  # beyond these a day is a slip of the hand
