"""What other systems are told of: which acts of the ledger become which events, how a message is signed, and when one
that was not taken is sent again."""

import base64
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from lantoa.common.refused import N_

EVENTS: Final[dict[str, str]] = {
    "person.added": N_("A person was added."),
    "person.changed": N_("What is known of a person, or a post, was changed."),
    "person.merged": N_("The record of a person was merged into another one; its address says into whom."),
    "import.applied": N_("A list (people, presence, marks) was loaded: one event for all its rows."),
    "import.undone": N_("A list that was loaded was taken back: one event for all its rows."),
    "programme.changed": N_("A programme was made or changed."),
    "class.changed": N_("A class was planned or changed, or its enrolments."),
    "meeting.changed": N_("A meeting was planned or moved."),
    "presence.changed": N_("A roll was called or corrected."),
    "marks.changed": N_("Marks were entered."),
    "completion.decided": N_("It was decided who completed a class."),
    "certificate.revoked": N_("A certificate was revoked."),
}
OF_ACTS: Final[dict[str, str]] = {
    "directory.add_person": "person.added",
    "directory.correct_person": "person.changed",
    "directory.merge_people": "person.changed",
    "directory.unmerge_people": "person.changed",
    "directory.set_post": "person.changed",
    "directory.end_post": "person.changed",
    "office.apply_import": "import.applied",
    "office.undo_import": "import.undone",
    "programmes.create": "programme.changed",
    "programmes.change": "programme.changed",
    "training.plan_class": "class.changed",
    "training.change_class": "class.changed",
    "training.enrol": "class.changed",
    "training.withdraw": "class.changed",
    "training.plan_meeting": "meeting.changed",
    "training.move_meeting": "meeting.changed",
    "presence.call_roll": "presence.changed",
    "presence.correct": "presence.changed",
    "presence.check_in": "presence.changed",
    "presence.enter_sheet": "presence.changed",
    "training.enter_marks": "marks.changed",
    "training.decide_completion": "completion.decided",
    "training.revoke_certificate": "certificate.revoked",
}
# Acts that are about a second person, too: the value of the line that names them, and what they are told as.
OF_THE_OTHER: Final[dict[str, tuple[str, str]]] = {
    "directory.merge_people": ("merged", "person.merged"),
    "directory.unmerge_people": ("merged", "person.changed"),
}
SECRET_PREFIX: Final = "whsec_"
_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))


def sending_secret(house: bytes, key: str, turn: int) -> bytes:
    """The secret of a subscription: made from the house's own, so that no database holds it; one for each turn."""
    return hmac.digest(house, f"webhook\0{key}\0{turn}".encode(), "sha256")


def shown(secret: bytes) -> str:
    """The secret as receivers' libraries take it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def signature(secret: bytes, *, event: str, at: datetime, body: bytes) -> str:
    """The value of `webhook-signature`, as the Standard Webhooks specification 1.0 says: an HMAC-SHA256 over the id,
    the moment (seconds since 1970) and the body, so that neither an old message nor a changed one is taken."""
    signed = f"{event}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(secret, signed, "sha256")).decode()


def next_try(*, first: datetime, attempts: int, at: datetime, days: int) -> datetime | None:
    """When a message that was not taken `attempts` times is sent again; None when it is given up."""
    after = at + (_WAITS[attempts - 1] if attempts <= len(_WAITS) else timedelta(days=1))
    return after if after <= first + timedelta(days=days) else None


@dataclass(frozen=True)
class Sent:
    """What came of sending: the status that was answered, or 0 and why there was none (a msgid)."""

    status: int = 0
    fault: str = ""

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver says that it wants no more."""
        return self.status == 410
