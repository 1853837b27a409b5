"""People on the move: to another unit, with the receiving unit taking them on, and out of office."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from lantoa.accounts.actions import deactivate, revoke_links
from lantoa.common.refused import N_, Refused
from lantoa.common.vietnamese import clean
from lantoa.directory.actions.accounts import refuse_greater, refuse_last_administrator, running_roles
from lantoa.directory.actions.people import end_post, set_post
from lantoa.directory.actions.roles import take_role_back
from lantoa.directory.models import Person, Post, Transfer, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor


@transaction.atomic
def ask_transfer(*, by: Actor, post: Post, target: Unit, title: str, on: date, at: datetime) -> Transfer:
    """Asks the target to take on whoever has this post, from `on` on: it ends there and another begins here.

    Nothing changes before the target accepts. Refused: a post that has ended or begins later, the same unit, a target
    that does not stand on that day, somebody who is on the move already.
    """
    post = Post.objects.select_for_update(of=("self",)).select_related("person").get(pk=post.pk)
    person = post.person
    if post.unit_id == target.pk:
        raise Refused(N_("Cannot transfer %(person)s: they are in this unit already."), person=person.full_name)
    _refuse_day(post, on)
    if target.placement(on=on) is None:
        raise Refused(
            N_("Cannot transfer %(person)s: nothing says that the receiving unit stands on %(day)s."),
            person=person.full_name,
            day=f"{on:%d/%m/%Y}",
        )
    try:
        with transaction.atomic():
            transfer = Transfer.objects.create(
                person=person,
                post=post,
                origin_id=post.unit_id,
                target=target,
                title=clean(title)[:200],
                on=on,
                asked_by=by.actor_key,
                asked_at=at,
            )
    except IntegrityError:
        raise Refused(
            N_("Cannot transfer %(person)s: another transfer of theirs is not decided yet."), person=person.full_name
        ) from None
    about = {"person": person.key, "from": post.unit.key, "to": target.key, "on": on.isoformat()}
    record(by=by, act="directory.ask_transfer", thing=transfer, about=about)
    return transfer


def _refuse_day(post: Post, on: date) -> None:
    since, until = post.period.lower, post.period.upper
    if until is not None or on <= since:
        raise Refused(
            N_("Cannot transfer %(person)s on %(day)s: their post runs from %(since)s to %(until)s."),
            person=post.person.full_name,
            day=f"{on:%d/%m/%Y}",
            since=f"{since:%d/%m/%Y}",
            until=f"{until:%d/%m/%Y}" if until else "…",
        )


@transaction.atomic
def accept_transfer(*, by: Actor, transfer: Transfer, at: datetime) -> Transfer:
    """The receiving unit takes them on: the one post ends and the other begins on the day that was asked."""
    transfer = _undecided(transfer)
    if transfer.post is not None:
        end_post(by=by, post=transfer.post, on=transfer.on)
    set_post(
        by=by,
        person=transfer.person,
        unit=transfer.target,
        title=transfer.title,
        since=transfer.on,
        source=f"directory.transfer:{transfer.key}",
    )
    return _decide(by, transfer, at, accepted=True)


@transaction.atomic
def decline_transfer(*, by: Actor, transfer: Transfer, reason: str, at: datetime) -> Transfer:
    """It does not come about, with a reason: the receiving unit declines, or the other takes it back."""
    transfer = _undecided(transfer)
    if not clean(reason):
        raise Refused(N_("Cannot decline the transfer of %(person)s: say why."), person=transfer.person.full_name)
    transfer.reason = clean(reason)[:300]
    return _decide(by, transfer, at, accepted=False)


def _undecided(transfer: Transfer) -> Transfer:
    """The transfer as it stands, held: two who decide at once come in turn."""
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("person", "post", "origin", "target")
    transfer = rows.get(pk=transfer.pk)
    if transfer.accepted is not None:
        raise Refused(
            N_("Cannot decide on the transfer of %(person)s: it has been decided."), person=transfer.person.full_name
        )
    return transfer


def _decide(by: Actor, transfer: Transfer, at: datetime, *, accepted: bool) -> Transfer:
    transfer.accepted, transfer.decided_by, transfer.decided_at = accepted, by.actor_key, at
    transfer.save(update_fields=["accepted", "decided_by", "decided_at", "reason"])
    about = {"person": transfer.person.key, "accepted": accepted}
    record(by=by, act="directory.decide_transfer", thing=transfer, about=about)
    return transfer


@transaction.atomic
def leave_office(*, by: Actor, person: Person, on: date, at: datetime) -> int:
    """The person leaves: from `on` on no post and no role of theirs holds, their links and cards are revoked and the
    account is closed; what they learned and did stays. How many posts ended.

    Refused before that day, for one's own account, an account that may do more than the giver's, the last
    administrator, and whoever has no post and no account left.
    """
    person = Person.objects.select_for_update(of=("self",)).select_related("user").get(pk=person.pk)
    if on > timezone.localdate(at):
        raise Refused(
            N_("Cannot enter that %(person)s leaves office on %(day)s: that day has not come yet."),
            person=person.full_name,
            day=f"{on:%d/%m/%Y}",
        )
    posts = list(Post.objects.filter(person=person, period__endswith=None).order_by("pk"))
    user = person.user
    if not posts and (user is None or not user.is_active):
        raise Refused(
            N_("Cannot enter that %(person)s leaves office: no post and no account of theirs runs."),
            person=person.full_name,
        )
    for post in posts:
        end_post(by=by, post=post, on=on)
    for transfer in Transfer.objects.filter(person=person, accepted=None):
        _decide(by, transfer, at, accepted=False)
    if user is not None and user.is_active:
        refuse_greater(giver=by, user=user, on=on)
        refuse_last_administrator(user=user, on=on)
        for grant in running_roles(user, on=on):
            take_role_back(by=by, grant=grant, on=max(on, grant.since))
        revoke_links(by=by, user=user, at=at)
        deactivate(by=by, user=user)
    record(by=by, act="directory.leave_office", thing=person, about={"on": on.isoformat(), "posts": len(posts)})
    return len(posts)


__all__ = ["accept_transfer", "ask_transfer", "decline_transfer", "leave_office"]
