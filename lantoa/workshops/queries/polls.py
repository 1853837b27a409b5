"""What polls tell."""

from collections import defaultdict

from django.db.models import QuerySet

from lantoa.workshops.models import Ballot, Poll, Site, SiteBallot, Workshop
from lantoa.workshops.rules.polls import Told, by_group, count


def polls_of(workshop: Workshop) -> "QuerySet[Poll]":
    """In their order."""
    return workshop.polls.order_by("position")


def voices_of(poll: Poll) -> int:
    """How many have answered so far: people, or sites."""
    return poll.ballots.count() if poll.voices == Poll.Voices.PEOPLE else poll.site_ballots.count()


def told_of(poll: Poll) -> Told:
    """The poll as a whole: people, or sites, or sites weighing as many as are there. Fewer than five people are told
    nothing of; what a site said is said by its operator for all to see, and no secret. One query."""
    options = len(poll.options)
    if poll.voices == Poll.Voices.PEOPLE:
        rows = Ballot.objects.filter(poll=poll).values_list("chosen", flat=True)
        return count(((chosen, 1) for chosen in rows), options)
    sites = SiteBallot.objects.filter(poll=poll).values_list("chosen", "heads")
    weighs = poll.voices == Poll.Voices.HEADS
    return count(((chosen, heads if weighs else 1) for chosen, heads in sites), options, small=0)


def told_by_site(poll: Poll) -> dict[Site, Told]:
    """The same by the site at which people sat when they voted, in the order of protocol; small ones withheld."""
    groups: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    voices: dict[int, int] = defaultdict(int)
    for site, chosen in Ballot.objects.filter(poll=poll, site__isnull=False).values_list("site_id", "chosen"):
        voices[site] += 1
        for option in set(chosen):
            groups[site][option] += 1
    told = by_group(groups, voices, len(poll.options))
    sites = Site.objects.filter(pk__in=told).order_by("place", "pk")
    return {site: told[site.pk] for site in sites}


def right_share(poll: Poll) -> float | None:
    """Of a quiz: the share of people who chose exactly what is right; None where it is withheld or no quiz."""
    if not poll.right or poll.voices != Poll.Voices.PEOPLE or told_of(poll).withheld:
        return None
    rows = list(poll.ballots.values_list("chosen", flat=True))
    return sum(set(chosen) == set(poll.right) for chosen in rows) / len(rows) if rows else None


def results_of(workshop: Workshop) -> list[tuple[Poll, Told]]:
    """The polls that are closed, with their results, for the minutes."""
    return [(poll, told_of(poll)) for poll in polls_of(workshop).filter(state=Poll.State.CLOSED)]
