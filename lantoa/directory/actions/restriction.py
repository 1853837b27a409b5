"""Taking a person out of use at their wish, and letting them back.

The name and all that identifies them leave the row that every list reads (decision 0015): a list that nobody thought
of cannot show them. What they are really called is kept in `Restriction`, for the privacy desk and for themselves.
"""

from datetime import datetime

from django.db import transaction

from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold, person_sort_key
from lantoa.directory.models import Person, Restriction
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

RESTRICTED_NAME = "Người được hạn chế xử lý"
COLUMNS = ("full_name", "birth_year", "birth_month", "birth_day", "gender", "phone", "email", "id_last3")


@transaction.atomic
def restrict_person(*, by: Actor, person: Person, at: datetime) -> Restriction:
    """From now on their data are kept, and used for nothing: no list names them, nothing is sent to them, no class
    takes them. What was issued stays issued; numbers count them without a name."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.erased_at is not None:
        raise Refused(N_("Cannot restrict the use of these data: they were deleted."))
    if person.restricted_at is not None:
        raise Refused(
            N_("Cannot restrict the use of these data: it has been restricted since %(day)s."),
            day=f"{person.restricted_at:%d/%m/%Y}",
        )
    values = {name: getattr(person, name) for name in COLUMNS}
    user = person.user
    if user is not None:
        values |= {"user_full_name": user.full_name, "user_email": user.email}
        user.full_name, user.email = RESTRICTED_NAME, ""
        user.save(update_fields=["full_name", "email"])
    made = Restriction.objects.create(person=person, values=values, folded=person.folded, since=at, by=by.actor_key)
    _name(person, RESTRICTED_NAME)
    person.birth_year = person.birth_month = person.birth_day = None
    person.gender = person.phone = person.email = person.id_last3 = ""
    person.restricted_at = at
    person.save()
    record(by=by, act="directory.restrict_person", thing=person)
    return made


@transaction.atomic
def lift_restriction(*, by: Actor, person: Person) -> Person:
    """The data are used again, as they stood."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    restriction = Restriction.objects.filter(person=person).first()
    if restriction is None:
        raise Refused(N_("Cannot lift the restriction: there is none."))
    values = restriction.values
    for name in COLUMNS:
        setattr(person, name, values[name])
    _name(person, values["full_name"])
    person.restricted_at = None
    person.save()
    if person.user is not None and "user_full_name" in values:
        person.user.full_name, person.user.email = values["user_full_name"], values["user_email"]
        person.user.save(update_fields=["full_name", "email"])
    restriction.delete()
    record(by=by, act="directory.lift_restriction", thing=person)
    return person


def _name(person: Person, name: str) -> None:
    person.full_name, person.folded, person.sort_key = name, fold(name), person_sort_key(name)
