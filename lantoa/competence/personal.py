"""What the room holds about people: nothing."""

from lantoa.common.personal import Room, declare
from lantoa.competence.models import Course, Material, Topic

PERSONAL = declare(
    Room(
        "competence",
        not_personal={
            Course: "what is taught",
            Topic: "what is taught",
            Material: "what is taught",
        },
    )
)
