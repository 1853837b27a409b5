"""What values are called that the rooms keep as codes: choices of a field, keys of what is kept as JSON.

For whoever reads their own data or the ledger. What has no word here is shown as it is kept.
"""

from typing import Final

from lantoa.common.refused import N_
from lantoa.web.rules.ledger_words import LINE_NAMES, LINE_VALUES

_CHANNELS: Final = {"email": N_("E-mail"), "sms": N_("SMS"), "zalo": N_("Zalo"), "none": N_("none")}
_PRESENCE: Final = {
    "present": N_("present"),
    "partial": N_("partly present"),
    "leave": N_("on leave"),
    "absent": N_("absent"),
}
_GENDER: Final = {"f": N_("female"), "m": N_("male")}

CHOICES: Final[dict[str, dict[str, str]]] = {  # "room.table.field": value -> word
    "accounts.personallink.kind": {"link": N_("personal link"), "card": N_("card")},
    "directory.person.gender": _GENDER,
    "directory.rolegrant.role": {
        "administrator": N_("Administrator"),
        "programme_officer": N_("Programme officer"),
        "unit_coordinator": N_("Unit coordinator"),
        "lecturer": N_("Lecturer"),
        "site_operator": N_("Site operator"),
        "learner": N_("Learner"),
        "auditor": N_("Auditor"),
    },
    "exams.incident.kind": {"foreign": N_("sent under another's name")},
    "exams.remark.kind": {
        "late": N_("came late"),
        "device": N_("changed the device"),
        "absent": N_("absent, with a reason"),
        "violation": N_("broke a rule"),
        "line": N_("the line is dead"),
        "time": N_("extra time"),
        "other": N_("something else"),
    },
    "office.consent.channel": {
        "page": N_("on one's own page"),
        "public": N_("on a public page"),
        "paper": N_("on paper"),
        "spoken": N_("by word of mouth, by telephone"),
    },
    "office.datarequest.kind": {
        "see": N_("See the data, get a copy"),
        "correct": N_("Correct the data"),
        "delete": N_("Delete the data"),
        "restrict": N_("Restrict the use"),
        "object": N_("Object to the use, withdraw consent"),
    },
    "office.datarequest.state": {
        "received": N_("received"),
        "answered": N_("being done"),
        "done": N_("done"),
        "refused": N_("refused"),
        "taken_back": N_("taken back by the person"),
    },
    "office.notice.channel": _CHANNELS,
    "office.notice.state": {
        "waiting": N_("waiting"),
        "sent": N_("sent"),
        "bounced": N_("returned"),
        "unreachable": N_("no way to reach them"),
        "failed": N_("not sent"),
        "cancelled": N_("cancelled"),
    },
    "office.reach.channel": _CHANNELS,
    "office.reach.language": {"vi": N_("Vietnamese"), "en": N_("English")},
    "presence.attendance.state": _PRESENCE,
    "presence.attendance.how": {
        "code": N_("by code"),
        "roll_call": N_("at the roll call"),
        "import": N_("from a list"),
    },
    "presence.correction.state_before": _PRESENCE,
    "training.joining.kind": {"citizen": N_("citizen"), "business": N_("somebody of a business")},
    "training.nomination.state": {
        "placed": N_("hold a place, to be decided"),
        "waiting": N_("on the waiting list"),
        "accepted": N_("accepted"),
        "withdrawn": N_("taken back"),
        "replaced": N_("replaced"),
        "turned_down": N_("turned down"),
    },
    "training.survey.occasion": {
        "meeting": N_("After each meeting, of those who were there"),
        "course": N_("After the course, of everyone in the class"),
        "learner": N_("3 and 6 months later, of those who completed it"),
        "superior": N_("3 and 6 months later, of their superiors"),
    },
}

NAMES: Final[dict[str, str]] = {  # a key of what is kept as JSON -> what it is called
    **LINE_NAMES,
    # a person's own fields
    "full_name": N_("full name"),
    "name": N_("full name"),
    "birth_year": N_("year of birth"),
    "birth_month": N_("month of birth"),
    "birth_day": N_("day of birth"),
    "born": N_("birth date"),
    "gender": N_("gender"),
    "phone": N_("telephone"),
    "email": N_("e-mail"),
    "id_last3": N_("last digits of the citizen's number"),
    # what a certificate says
    "unit": N_("unit"),
    "title": N_("heading"),
    "course": N_("course"),
    "programme": N_("programme"),
    "issuer": N_("issuing body"),
    "superior": N_("superior body"),
    "place": N_("place of issue"),
    "post": N_("post"),
    "signer": N_("signer"),
    "decision": N_("decision"),
    "issued": N_("issued on"),
    "demonstration": N_("invented for the demonstration"),
    "hours": N_("number of hours"),
    "starts": N_("first day"),
    "ends": N_("last day"),
    # what lines of the ledger hold
    "changed": N_("changed"),
    "channel": N_("channel"),
    "class": N_("class"),
    "classes": N_("classes"),
    "count": N_("how many"),
    "dated": N_("dated"),
    "days": N_("days"),
    "deleted": N_("deleted"),
    "due": N_("due on"),
    "due_on": N_("due on"),
    "fields": N_("fields"),
    "format": N_("format"),
    "kind": N_("kind"),
    "language": N_("language"),
    "link": N_("link"),
    "links": N_("links"),
    "marks": N_("marks"),
    "number": N_("number"),
    "on": N_("on day"),
    "people": N_("people"),
    "person": N_("person"),
    "points": N_("points"),
    "out_of": N_("out of"),
    "purpose": N_("purpose"),
    "reported": N_("told at"),
    "role": N_("role"),
    "rows": N_("rows"),
    "share": N_("share"),
    "since": N_("since"),
    "size": N_("size"),
    "source": N_("source"),
    "state": N_("state"),
    "template": N_("kind of message"),
    "until": N_("until"),
    "user": N_("account"),
    "version": N_("version"),
    "was": N_("was"),
    "way": N_("way"),
    "works": N_("working day"),
}

_MEANT: Final[dict[str, dict[str, str]]] = {
    "channel": {**_CHANNELS, **CHOICES["office.consent.channel"]},
    "fields": NAMES,
    "changed": NAMES,
    "gender": _GENDER,
    "kind": {
        **CHOICES["exams.remark.kind"],
        **CHOICES["accounts.personallink.kind"],
        **CHOICES["office.datarequest.kind"],
    },
    "language": CHOICES["office.reach.language"],
    "occasion": CHOICES["training.survey.occasion"],
    "role": CHOICES["directory.rolegrant.role"],
    "state": {**_PRESENCE, **CHOICES["office.notice.state"], **CHOICES["office.datarequest.state"]},
}
# a key of what is kept as JSON -> what its values are called; a code of several rooms is called as here above
MEANT: Final = {key: LINE_VALUES.get(key, {}) | _MEANT.get(key, {}) for key in {**LINE_VALUES, **_MEANT}}
