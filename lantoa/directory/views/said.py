"""What the page of a person says in words: genders, the account, what stood there before a correction."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lantoa.directory.models import Gender, Person

GENDERS = {Gender.FEMALE: gettext_lazy("Female"), Gender.MALE: gettext_lazy("Male"), Gender.UNKNOWN: ""}
CORRECTED = {
    "full_name": gettext_lazy("Full name"),
    "gender": gettext_lazy("Gender"),
    "phone": gettext_lazy("Telephone"),
    "email": gettext_lazy("Email"),
    "id_last3": gettext_lazy("Citizen's number"),
}


def account_words(person: Person) -> str:
    if person.user is None:
        return ""
    return person.user.username if person.user.is_active else _("%s (closed)") % person.user.username


def said_before(before: dict[str, Any]) -> list[str]:
    """ "Full name: Nguyễn An": what stood there before a correction."""
    born = [before.get(f"birth_{part}") for part in ("year", "month", "day")]
    said = []
    for name, label in CORRECTED.items():
        if name in before:
            value = GENDERS[Gender(before[name])] if name == "gender" else before[name]
            shown = f"… {value}" if name == "id_last3" else str(value or _("nothing"))
            said.append(f"{label}: {shown}")
    if any(f"birth_{part}" in before for part in ("year", "month", "day")):
        known = [str(part) if part else "–" for part in reversed(born)]
        said.append(f"{_('Date of birth')}: {'/'.join(known)}")
    return said
