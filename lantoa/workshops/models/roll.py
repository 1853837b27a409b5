"""The roll of a workshop: each time it is called, what each site reported, and what stands now."""

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.workshops.models.site import Site
from lantoa.workshops.models.workshop import Workshop


class RollCall(Thing):
    """One calling of the roll. `calling` is the site whose turn it is, where they are called one by one."""

    class Mode(models.TextChoices):
        TOGETHER = "together"  # every site reports when it is ready
        ORDER = "order"  # one after the other, by protocol

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="roll_calls")
    number = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=8, choices=Mode)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    calling = models.ForeignKey(Site, null=True, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "number"], name="one_roll_call_number"),
            models.UniqueConstraint(
                fields=["workshop"], condition=Q(closed_at=None), name="one_open_roll_call_of_a_workshop"
            ),
            models.CheckConstraint(
                name="roll_call_closed_after_opening", condition=Q(closed_at=None) | Q(closed_at__gte=F("opened_at"))
            ),
        ]


class State(models.TextChoices):
    """What a site is in a roll call."""

    PRESENT = "present"
    LATE = "late"
    FAULT = "fault"  # there, but picture or sound do not work
    ABSENT = "absent"


class How(models.TextChoices):
    """How a report came."""

    SITE = "site"  # by whoever answers for it
    DESK = "desk"  # said to the secretary, or corrected by them
    REST = "rest"  # the chair said that all the others are present: nobody was counted


class SiteReport(models.Model):
    """What was reported of a site, once. Never changed: the database refuses it. `people` is all of them, of whom
    leaders and guests; None where nobody counted. `tapped_at` is the device's own clock, and decides nothing."""

    roll_call = models.ForeignKey(RollCall, on_delete=models.PROTECT, related_name="reports")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="reports")
    state = models.CharField(max_length=7, choices=State)
    people = models.PositiveIntegerField(null=True)
    leaders = models.PositiveIntegerField(default=0)
    guests = models.PositiveIntegerField(default=0)
    how = models.CharField(max_length=4, choices=How)
    reason = models.CharField(max_length=300, blank=True)
    nonce = models.CharField(max_length=26)
    tapped_at = models.DateTimeField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["roll_call", "site", "nonce"], name="one_site_report"),
            models.CheckConstraint(
                name="site_report_adds_up",
                condition=Q(people=None, leaders=0, guests=0) | Q(people__gte=F("leaders") + F("guests")),
            ),
            models.CheckConstraint(
                name="site_report_of_the_absent", condition=~Q(state="absent") | Q(people=None) | Q(people=0)
            ),
            models.CheckConstraint(
                name="site_report_is_counted", condition=Q(how="rest") | Q(state="absent") | Q(people__isnull=False)
            ),
        ]


class SiteState(models.Model):
    """What stands of a site in a roll call: its last report. Written by the database alone (a trigger)."""

    roll_call = models.ForeignKey(RollCall, on_delete=models.PROTECT, related_name="states")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="states")
    report = models.ForeignKey(SiteReport, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=7, choices=State)
    people = models.PositiveIntegerField(null=True)
    leaders = models.PositiveIntegerField()
    guests = models.PositiveIntegerField()
    how = models.CharField(max_length=4, choices=How)
    at = models.DateTimeField()
    reports = models.PositiveIntegerField(default=1)  # how many there were

    class Meta:
        constraints = [models.UniqueConstraint(fields=["roll_call", "site"], name="one_site_state")]


class SiteHeard(models.Model):
    """When a page of a site was last heard. Not logged: a crash of the database empties it, and then nobody was."""

    site = models.OneToOneField(Site, on_delete=models.CASCADE, primary_key=True, related_name="heard")
    at = models.DateTimeField()


class Trespass(Thing):
    """A ticket that was shown where it does not belong: who, to what, how often."""

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="trespasses")
    what = models.CharField(max_length=10)  # stream, report, check-in
    actor = models.CharField(max_length=60)  # "" where the ticket is not ours
    count = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["workshop", "what", "actor"], name="one_trespass")]
