"""What the room holds about people: nothing; tokens are of systems, kept answers hold keys and counts."""

from lantoa.api.models import Delivery, Event, Followed, KeptAnswer, Subscription, Token
from lantoa.common.personal import Room, declare

PERSONAL = declare(
    Room(
        "api",
        not_personal={
            Delivery: "keys only",
            Event: "keys only",
            Followed: "a number",
            Subscription: "of a system, not of a person",
            KeptAnswer: "keys and counts only",
            Token: "of a system, not of a person",
        },
    )
)
