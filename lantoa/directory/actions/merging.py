"""Two people on record made one, and that taken back: decision 0014.

A merge points the merged person at the survivor and moves every row that named them, in whatever room, to the
survivor. Each row it touches leaves a step with what stood there before and after; taking the merge back goes
through the steps from the last to the first, so that every row is again what it was.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Max, ProtectedError, Q

from lantoa.accounts.actions import deactivate
from lantoa.accounts.models import User
from lantoa.common.models import new_key
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import fold
from lantoa.directory.actions.accounts import refuse_greater, refuse_last_administrator
from lantoa.directory.models import Lookalike, LookalikeRun, Merge, MergeStep, NotSame, Person, Post, period_of
from lantoa.directory.queries.duplicates import lookalikes
from lantoa.directory.rules.merging import Days, Merging, rest_of
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor


class Journal:
    """What a merge does to rows, step by step."""

    def __init__(self, merge: Merge) -> None:
        self.merge = merge
        self.steps: list[MergeStep] = []

    def change(self, row: Any, **values: Any) -> None:
        """Writes these columns of a row."""
        with self.changing(row, *values):
            type(row)._base_manager.filter(pk=row.pk).update(**values)

    @contextmanager
    def changing(self, row: Any, *columns: str) -> Iterator[None]:
        """Keeps what an action of another room does to these columns of a row."""
        before = written(row, columns)
        yield
        row.refresh_from_db(fields=list(columns))
        self._keep(row, before, written(row, columns))

    def move(self, rows: "models.QuerySet[Any]", column: str, *, to: int) -> int:
        """The rows name somebody else in this column; how many."""
        found = list(rows.order_by("pk"))
        with transaction.atomic():
            rows.model._base_manager.filter(pk__in=[row.pk for row in found]).update(**{column: to})
        for row in found:
            self._keep(row, written(row, [column]), {column: str(to)})
        return len(found)

    def remove(self, row: Any) -> None:
        """Takes a row away whole."""
        self._keep(row, written(row, [one.attname for one in row._meta.concrete_fields]), None)
        type(row)._base_manager.filter(pk=row.pk).delete()

    def add(self, row: Any) -> None:
        """Saves a new row."""
        row.save(force_insert=True)
        self._keep(row, None, written(row, [one.attname for one in row._meta.concrete_fields]))

    def _keep(self, row: Any, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
        if before != after:
            self.steps.append(
                MergeStep(
                    merge=self.merge,
                    position=len(self.steps),
                    table=row._meta.label_lower,
                    row=row.pk,
                    before=before,
                    after=after,
                )
            )


def written(row: Any, columns: Any) -> dict[str, Any]:
    """These columns of a row, by their names, as Django writes values into files."""
    said: dict[str, Any] = {}
    for name in columns:
        one = row._meta.get_field(name)
        said[one.attname] = None if getattr(row, one.attname) is None else one.value_to_string(row)
    return said


def read(model: Any, values: dict[str, Any]) -> dict[str, Any]:
    """The values again, from what `written` made of them."""
    return {
        name: None if text is None else model._meta.get_field(name).to_python(text) for name, text in values.items()
    }


Settle = Callable[[Journal], None]


@dataclass(frozen=True)
class Merged:
    """What a merge did: by the words of the tables, how many rows moved and how many were left aside."""

    merge: Merge
    moved: Counter[str] = field(default_factory=Counter)
    aside: Counter[str] = field(default_factory=Counter)


def pointing() -> list[tuple[Any, str, Merging]]:
    """Every table and column that point at a person, of whatever room, with what its rows do when people merge."""
    found = []
    for one in Person._meta.get_fields(include_hidden=True):
        if (one.one_to_many or one.one_to_one) and one.auto_created and not one.concrete:
            model: Any = one.related_model
            found.append((model, one.field.attname, getattr(model, "merging", Merging(model._meta.label))))  # type: ignore[union-attr]
    return sorted(found, key=lambda row: (row[0]._meta.label_lower, row[1]))


@transaction.atomic
def merge_people(
    *,
    by: Actor,
    survivor: Person,
    merged: Person,
    at: datetime,
    on: date,
    reason: str = "",
    account: str = "",
    settle: Settle | None = None,
) -> Merged:
    """From now on `merged` is asked for through `survivor`.

    `account`: whose account stays when both have one, "survivor" or "merged"; the other is closed and its roles do
    not pass over. `settle` resolves, before anything moves, what only the rooms above understand.
    Refused and named: whoever is merged already, was said to be somebody else, has an account that may do more than
    the giver's, or has rows that cannot stand beside the other's.
    """
    survivor, merged = _held(survivor, merged)
    _refuse_merging(survivor, merged)
    merge = Merge.objects.create(
        survivor=survivor, merged=merged, reason=reason.strip()[:300], made_by=by.actor_key, made_at=at
    )
    journal, done = Journal(merge), Merged(merge)
    if settle:
        settle(journal)
    closed = _unite_accounts(journal, by, survivor, merged, account, on)
    _unite_details(journal, survivor, merged)
    _unite_posts(journal, survivor, merged, done)
    for model, column, how in pointing():
        if how.follows and model is not Post:
            _move(journal, model, column, how, done)
    try:
        with transaction.atomic():
            journal.change(merged, merged_into_id=survivor.pk)
    except IntegrityError:
        raise _merged_already(survivor, merged, survivor) from None
    MergeStep.objects.bulk_create(journal.steps)
    about = {"merged": merged.key, "merge": merge.key, "rows": len(journal.steps), "closed_account": closed}
    record(by=by, act="directory.merge_people", thing=survivor, about=about)
    return done


def _held(*people: Person) -> list[Person]:
    """The people as they stand, locked in the order of their ids until the end: whoever else names them waits."""
    rows = Person.records.select_for_update().filter(pk__in=[one.pk for one in people]).order_by("pk")
    found = {one.pk: one for one in rows}
    return [found[one.pk] for one in people]


def _refuse_merging(survivor: Person, merged: Person) -> None:
    if survivor.pk == merged.pk:
        raise Refused(N_("Cannot merge %(person)s with themselves."), person=survivor.full_name)
    for one in (survivor, merged):
        if one.merged_into_id is not None:
            raise _merged_already(survivor, merged, one)
    if survivor.is_demonstration != merged.is_demonstration:
        raise Refused(
            N_("Cannot merge %(merged)s into %(survivor)s: only one of them is an invented person."),
            merged=merged.full_name,
            survivor=survivor.full_name,
        )
    ours, theirs = (
        list(Person.records.filter(Q(pk=one.pk) | Q(merged_into=one)).values_list("pk", flat=True))
        for one in (survivor, merged)
    )
    if NotSame.objects.filter(Q(one__in=ours, other__in=theirs) | Q(one__in=theirs, other__in=ours)).exists():
        raise Refused(
            N_(
                "Cannot merge %(merged)s into %(survivor)s: somebody said that they are not the same. Take that back."
            ),
            merged=merged.full_name,
            survivor=survivor.full_name,
        )


def _merged_already(survivor: Person, merged: Person, who: Person) -> Refused:
    return Refused(
        N_("Cannot merge %(merged)s into %(survivor)s: %(person)s has been merged into somebody already."),
        merged=merged.full_name,
        survivor=survivor.full_name,
        person=who.full_name,
    )


def _unite_accounts(
    journal: Journal, by: Actor, survivor: Person, merged: Person, account: str, on: date
) -> str | None:
    """The survivor has the account that stays; the key of the one that was closed."""
    own, other = survivor.user, merged.user
    if other is None:
        return None
    refuse_greater(giver=by, user=other, on=on)
    if own is None:
        journal.change(merged, user_id=None)
        journal.change(survivor, user_id=other.pk)
        return None
    if account not in ("survivor", "merged"):
        raise Refused(
            N_("Cannot merge %(merged)s into %(survivor)s: both have an account. Say which one stays."),
            merged=merged.full_name,
            survivor=survivor.full_name,
        )
    closing: User = other if account == "survivor" else own
    if closing.is_active:
        refuse_greater(giver=by, user=closing, on=on)
        refuse_last_administrator(user=closing, on=on)
        with journal.changing(closing, "is_active"):
            deactivate(by=by, user=closing)
    if account == "merged":
        journal.change(merged, user_id=None)
        journal.change(survivor, user_id=other.pk)
        journal.change(merged, user_id=own.pk)
    return closing.key


def _unite_details(journal: Journal, survivor: Person, merged: Person) -> None:
    """What is on record of the merged person only, the survivor gets."""
    lacking = {
        name: getattr(merged, name)
        for name in ("gender", "phone", "email")
        if getattr(merged, name) and not getattr(survivor, name)
    }
    born = ("birth_year", "birth_month", "birth_day")
    ours, theirs = ([getattr(one, name) for name in born] for one in (survivor, merged))
    if all(own in (None, other) for own, other in zip(ours, theirs, strict=True)) and ours != theirs:
        lacking |= dict(zip(born, theirs, strict=True))
    if survivor.id_hash is None and merged.id_hash is not None:
        lacking |= {"id_hash": bytes(merged.id_hash), "id_last3": merged.id_last3}
        journal.change(merged, id_hash=None, id_last3="")
    if lacking:
        journal.change(survivor, **lacking)


def _unite_posts(journal: Journal, survivor: Person, merged: Person, done: Merged) -> None:
    """The posts of both as one life: where two in one unit overlap, a later one under another title ends the
    earlier, as `set_post` would have it; otherwise the survivor's holds."""
    for post in Post.objects.filter(person=merged).order_by("pk"):
        taken: list[Days] = []
        for own in Post.objects.filter(person=survivor, unit=post.unit_id, period__overlap=post.period).order_by(
            "pk"
        ):
            later = post.period.lower > own.period.lower
            if later and post.title and fold(post.title) != fold(own.title):
                _cut(journal, own, [_days(post)], survivor)
            else:
                taken.append(_days(own))
        done.moved[Post.merging.words] += 1
        _cut(journal, post, taken, survivor)


def _days(post: Post) -> Days:
    return post.period.lower, post.period.upper


def _cut(journal: Journal, post: Post, taken: list[Days], owner: Person) -> None:
    """The post as the owner's, without the days that are taken."""
    left = rest_of(_days(post), taken)
    if not left:
        journal.remove(post)
        return
    pieces = [period_of(*days) for days in left]
    journal.change(post, person_id=owner.pk, period=pieces[0])
    for piece in pieces[1:]:
        journal.add(
            Post(
                key=new_key(), person=owner, unit_id=post.unit_id, title=post.title, period=piece, source=post.source
            )
        )


def _move(journal: Journal, model: Any, column: str, how: Merging, done: Merged) -> None:
    """The rows of one table, all at once; one by one when the database does not let all of them stand there."""
    survivor, merged = journal.merge.survivor, journal.merge.merged
    rows = model._base_manager.filter(**{column: merged.pk})
    try:
        done.moved[how.words] += journal.move(rows, column, to=survivor.pk)
    except IntegrityError:
        for row in rows.order_by("pk"):
            try:
                done.moved[how.words] += journal.move(rows.filter(pk=row.pk), column, to=survivor.pk)
            except IntegrityError:
                if how.clash == "refuse":
                    raise Refused(
                        N_(
                            "Cannot merge %(merged)s into %(survivor)s: what both have on record excludes each"
                            " other (%(what)s). Settle that first."
                        ),
                        merged=merged.full_name,
                        survivor=survivor.full_name,
                        what=Refused(how.words),
                    ) from None
                done.aside[how.words] += 1


# ---- taking it back


@transaction.atomic
def unmerge_people(*, by: Actor, merge: Merge, at: datetime) -> Merge:
    """Both stand for themselves again, every row the merge has touched is what it was; what came to be since, or was
    changed since, stays with the survivor.

    Refused when it was taken back already, when the survivor was merged since, or when something made since stands
    in the way.
    """
    merge = Merge.objects.select_for_update().select_related("survivor", "merged").get(pk=merge.pk)
    survivor, merged = _held(merge.survivor, merge.merged)
    words = {"merged": merged.full_name, "survivor": survivor.full_name}
    if merge.undone_at is not None:
        raise Refused(N_("Cannot separate %(merged)s from %(survivor)s: it was done already."), **words)
    if merged.merged_into_id != survivor.pk:
        raise Refused(
            N_("Cannot separate %(merged)s from %(survivor)s: %(survivor)s was merged since. Take that back first."),
            **words,
        )
    table = ""
    try:
        with transaction.atomic():
            for step in merge.steps.order_by("-position"):
                table = step.table
                _put_back(step)
    except (IntegrityError, ProtectedError):
        what = getattr(apps.get_model(table), "merging", Merging(table)).words
        raise Refused(
            N_("Cannot separate %(merged)s from %(survivor)s: what was done since stands in the way (%(what)s)."),
            what=Refused(what),
            **words,
        ) from None
    merge.undone_by, merge.undone_at = by.actor_key, at
    merge.save(update_fields=["undone_by", "undone_at"])
    about = {"merged": merged.key, "merge": merge.key}
    record(by=by, act="directory.unmerge_people", thing=survivor, about=about)
    return merge


def _put_back(step: MergeStep) -> None:
    model: Any = apps.get_model(step.table)
    if step.after is None:
        model(**read(model, step.before or {})).save(force_insert=True)
        return
    row = model._base_manager.select_for_update().filter(pk=step.row).first()
    if row is None:
        return
    if step.before is None:
        row.delete()
        return
    now = written(row, step.after)
    back = {name: value for name, value in step.before.items() if now[name] == step.after[name]}
    if back:
        model._base_manager.filter(pk=row.pk).update(**read(model, back))


# ---- two people


@transaction.atomic
def say_not_same(*, by: Actor, one: Person, other: Person, at: datetime) -> NotSame:
    """These two are two people; saying it twice is saying it once."""
    if one.pk == other.pk:
        raise Refused(N_("Cannot say that %(person)s is somebody else than themselves."), person=one.full_name)
    first, second = sorted((one, other), key=lambda person: person.pk)
    said, made = NotSame.objects.get_or_create(
        one=first, other=second, defaults={"said_by": by.actor_key, "said_at": at}
    )
    if made:
        record(by=by, act="directory.say_not_same", thing=first, about={"other": second.key})
    return said


@transaction.atomic
def take_back_not_same(*, by: Actor, said: NotSame) -> None:
    """They may be offered as one again."""
    about = {"other": said.other.key}
    record(by=by, act="directory.take_back_not_same", thing=said.one, about=about)
    said.delete()


__all__ = ["Journal", "Merged", "merge_people", "pointing", "say_not_same", "take_back_not_same", "unmerge_people"]


@transaction.atomic
def remember_lookalikes(*, by: Actor, at: datetime) -> int:
    """Puts all records beside each other and remembers which may be of one person, so that the desk's page need not;
    how many pairs. What was remembered before is forgotten."""
    with connection.cursor() as cursor:  # one at a time
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lantoa.directory.lookalikes'))")
    last = Person.records.aggregate(last=Max("pk"))["last"] or 0
    pairs = lookalikes()
    Lookalike.objects.all().delete()
    LookalikeRun.objects.all().delete()
    Lookalike.objects.bulk_create([Lookalike(one_id=one, other_id=other) for one, other in pairs], batch_size=5_000)
    LookalikeRun.objects.create(at=at, last_person=last)
    record(by=by, act="directory.remember_lookalikes", thing="directory.lookalike", about={"count": len(pairs)})
    return len(pairs)
