"""What the room holds about people: nothing but what a unit wrote into free words."""

from lantoa.common.personal import Room, declare
from lantoa.readiness.models import Answer, Campaign, Evidence, IndexVersion, Result, Sheet

PERSONAL = declare(
    Room(
        "readiness",
        not_personal={
            IndexVersion: "how units are measured",
            Campaign: "a year's collection, by its title; who acted stands as a key",
            Sheet: "the answers of a unit; who handed in stands as a key",
            Answer: "figures of a unit and the reasons of a ruling; who acted stands as a key",
            Evidence: "documents of a unit: number, day, abstract",
            Result: "scores of a unit",
        },
    )
)
