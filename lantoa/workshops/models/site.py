"""The sites (điểm cầu) of a workshop: a tree, so that a province answers for its own."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.models import Person, Unit
from lantoa.directory.rules.merging import Merging
from lantoa.workshops.models.workshop import Workshop


class Site(Thing):
    """A place where people sit together and take part. `root` is the topmost site above it, or itself: the database
    fills it in when a row is added (a trigger), so that totals by province are one GROUP BY."""

    merging: ClassVar = Merging(N_("sites looked after"))

    workshop = models.ForeignKey(Workshop, on_delete=models.PROTECT, related_name="sites")
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    folded = models.CharField(max_length=700, db_collation="C", blank=True)  # of both names and the code, to search
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="sites")
    above = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="under")
    root = models.ForeignKey("self", on_delete=models.RESTRICT, related_name="all_under")
    place = models.PositiveIntegerField()  # the order of protocol
    country = models.CharField(max_length=2, default="VN")
    zone = models.CharField(max_length=60, default="Asia/Ho_Chi_Minh")
    address = models.CharField(max_length=300, blank=True)
    operator = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="sites_operated")
    deputy = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="sites_deputised")
    phone = models.CharField(max_length=20, blank=True)  # of the room, beside those of the people
    equipment = models.CharField(max_length=300, blank=True)
    line = models.CharField(max_length=100, blank=True)
    seats = models.PositiveIntegerField(null=True)
    language = models.CharField(max_length=8)
    expected = models.PositiveIntegerField(default=0)  # how many people
    carried_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="carried_to")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workshop", "code"], name="one_site_code"),
            models.CheckConstraint(name="site_not_above_itself", condition=Q(above=None) | ~Q(above=F("pk"))),
        ]
        indexes = [models.Index(fields=["workshop", "place", "id"], name="sites_by_protocol")]

    def __str__(self) -> str:
        return self.name
