"""What the room holds about people: who they are, their posts and roles."""

from datetime import datetime

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone

from lantoa.common.personal import ANONYMISED, Gone, Room, Subject, Table, declare
from lantoa.common.refused import N_
from lantoa.common.vietnamese import fold, person_sort_key
from lantoa.directory.models import (
    Coverage,
    Decision,
    Lookalike,
    LookalikeRun,
    Merge,
    MergeStep,
    NotSame,
    Person,
    PersonChange,
    Placement,
    Post,
    Restriction,
    Role,
    RoleGrant,
    Snapshot,
    Succession,
    SuccessionLink,
    Transfer,
    Unit,
)
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

ERASED_NAME = "Người đã được xóa dữ liệu"
WHY_PERSON = N_(
    "Rolls, results and certificates that official reports count lead to this row. It says that somebody took part, "
    "not who."
)
WHY_GRANT = N_("Who held which power on which day must stay clear. The role leads to an account without a name.")

PEOPLE = Table(
    Person,
    N_("Person"),
    {
        "full_name": N_("Full name"),
        "birth_year": N_("Year of birth"),
        "birth_month": N_("Month of birth"),
        "birth_day": N_("Day of birth"),
        "gender": N_("Gender"),
        "phone": N_("Telephone"),
        "email": N_("Email"),
        "id_last3": N_("Last digits of the citizen's number"),
        "restricted_at": N_("Restricted since"),
    },
    person=("pk", "merged_into"),
    user=("user",),
    beside=("key", "folded", "sort_key"),
    workings=("id_hash",),
)
POSTS = Table(
    Post,
    N_("Posts"),
    {
        "unit": N_("Unit"),
        "title": N_("Post, title"),
        "period": N_("Period"),
        "source": N_("Source"),
    },
    person=("person",),
    beside=("key",),
)
GRANTS = Table(
    RoleGrant,
    N_("Roles"),
    {"role": N_("Role"), "unit": N_("Unit"), "since": N_("Since"), "until": N_("Until")},
    user=("user",),
    beside=("key", "granted_by"),
)
CHANGES = Table(
    PersonChange,
    N_("Corrections kept"),
    {"before": N_("Before the correction"), "reason": N_("Reason"), "at": N_("When")},
    person=("person",),
    beside=("key", "by"),
)
MERGES = Table(
    Merge,
    N_("Merged records"),
    {"reason": N_("Reason"), "made_at": N_("When"), "undone_at": N_("Undone")},
    person=("survivor", "merged"),
    beside=("key", "made_by", "undone_by"),
)
STEPS = Table(
    MergeStep,
    N_("Steps of merging records"),
    {},
    person=("merge__survivor", "merge__merged"),
    workings=("table", "before", "after"),
)
NOT_SAME = Table(
    NotSame,
    N_("Said not to be the same person"),
    {"said_at": N_("When")},
    person=("one", "other"),
    beside=("key", "said_by"),
)
LOOKALIKES = Table(Lookalike, N_("Records that look like theirs"), {}, person=("one", "other"))
TRANSFERS = Table(
    Transfer,
    N_("Transfers"),
    {
        "origin": N_("From unit"),
        "target": N_("To unit"),
        "title": N_("Post, title"),
        "on": N_("From day"),
        "accepted": N_("Accepted"),
        "reason": N_("Reason"),
    },
    person=("person",),
    beside=("key", "asked_by", "decided_by"),
)
RESTRICTIONS = Table(
    Restriction,
    N_("Restriction of use"),
    {"since": N_("Since")},
    person=("person",),
    beside=("key", "folded", "by"),
    workings=("values",),  # read as what they are: the person's name, telephone, …
)


@transaction.atomic
def erase(*, by: Actor, subject: Subject, at: datetime) -> list[Gone]:
    """Called when the rooms above have let go: the person goes, or stays as a row that says nothing of them."""
    person = Person.records.select_for_update().get(pk=subject.person)
    gone = [Gone(table.title, table.rows(subject).count()) for table in (CHANGES, MERGES, STEPS, NOT_SAME, TRANSFERS)]
    for table in (CHANGES, TRANSFERS, NOT_SAME, LOOKALIKES, MERGES):  # a merge takes its steps with it
        table.model._base_manager.filter(pk__in=list(table.rows(subject).values_list("pk", flat=True))).delete()
    gone += [
        Gone(RESTRICTIONS.title, Restriction.objects.filter(person=person).delete()[0]),
        Gone(POSTS.title, Post.objects.filter(person=person).delete()[0]),
    ]
    if person.user_id is not None:
        gone += _let_go_of_roles(person.user_id, at)
        person.user = None
        person.save(update_fields=["user"])
    try:
        with transaction.atomic():
            person.delete()
        gone.append(Gone(PEOPLE.title, 1))
    except ProtectedError:
        _empty(Person.records.get(pk=subject.person), at)
        gone.append(Gone(PEOPLE.title, 1, ANONYMISED, WHY_PERSON))
    record(by=by, act="directory.erase_person", thing=f"directory.person:{subject.person_key}")
    return gone


def _let_go_of_roles(user: int, at: datetime) -> list[Gone]:
    grants = RoleGrant.objects.filter(user=user)
    learner = grants.filter(role=Role.LEARNER).delete()[0]
    on = timezone.localdate(at)
    kept = grants.count()
    grants.filter(Q(until=None) | Q(until__gt=on)).update(until=on)
    return [Gone(GRANTS.title, learner), *([Gone(GRANTS.title, kept, ANONYMISED, WHY_GRANT)] if kept else [])]


def _empty(person: Person, at: datetime) -> None:
    person.full_name, person.folded = ERASED_NAME, fold(ERASED_NAME)
    person.sort_key = person_sort_key(ERASED_NAME)
    person.birth_year = person.birth_month = person.birth_day = None
    person.gender = person.phone = person.email = person.id_last3 = ""
    person.id_hash, person.restricted_at, person.erased_at = None, None, at
    person.save()


PERSONAL = declare(
    Room(
        "directory",
        (PEOPLE, POSTS, GRANTS, CHANGES, MERGES, STEPS, NOT_SAME, LOOKALIKES, TRANSFERS, RESTRICTIONS),
        {
            Decision: "published legal acts",
            Snapshot: "published lists of units",
            Unit: "bodies, not people",
            Placement: "bodies, not people",
            Coverage: "bodies, not people",
            LookalikeRun: "a moment",
            Succession: "bodies, not people",
            SuccessionLink: "bodies, not people",
        },
        erase,
    )
)
