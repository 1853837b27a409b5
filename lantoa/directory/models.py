"""Units and where they stood, people and their posts, roles. `Unit` is an identity; everything dated is beside it."""

from datetime import date
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.expressions import RawSQL

from lantoa.common.models import Thing
from lantoa.common.refused import N_
from lantoa.directory.rules.merging import Merging


def same(*columns: str) -> list[tuple[Func, str]]:
    """Equality of bigint columns inside an exclusion constraint, without the extension btree_gist."""
    return [
        (Func(c, c, Value("[]"), function="int8range", output_field=BigIntegerRangeField()), "&&") for c in columns
    ]


class Decision(Thing):
    """A legal act: what made, merged or ended something, and the programmes' mandate."""

    number = models.CharField(max_length=60)  # 1111/NQ-UBTVQH14
    issued_on = models.DateField()
    issuer = models.CharField(max_length=200)
    title = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "issued_on", "issuer"], name="one_decision")]

    def __str__(self) -> str:
        return self.number


class Snapshot(Thing):
    """A published list of units as of a day: the source of placements that no decision in the house explains."""

    slug = models.CharField(max_length=60, unique=True)
    title = models.CharField(max_length=200)
    as_of = models.DateField()
    publisher = models.CharField(max_length=200)
    licence = models.CharField(max_length=60)


class Level(models.TextChoices):
    COUNTRY = "country"
    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"
    AGENCY = "agency"


class UnitQuerySet(models.QuerySet["Unit"]):
    def under(self, *units: "Unit", on: date) -> "UnitQuerySet":
        """The units placed under any of `units` on that day, at every depth, themselves not included."""
        return self.filter(id__in=RawSQL(UNDER, [[u.pk for u in units], on, on]))

    def placed(self, on: date) -> "UnitQuerySet":
        """The units that stood somewhere on that day."""
        return self.filter(placements__period__contains=on)


UNDER = """
    WITH RECURSIVE under(unit_id) AS (
        SELECT p.unit_id FROM directory_placement p
         WHERE p.parent_id = ANY(%s::bigint[]) AND p.period @> %s::date
        UNION
        SELECT p.unit_id FROM directory_placement p JOIN under u ON p.parent_id = u.unit_id
         WHERE p.period @> %s::date
    ) SELECT unit_id FROM under
"""


class Unit(Thing):
    """The identity of a unit. Never reused, never deleted; other rooms point here and say the day."""

    objects = UnitQuerySet.as_manager()

    def placement(self, *, on: date) -> "Placement | None":
        """Where it stood on that day; None when nothing says so (see `directory.queries.standing`)."""
        return self.placements.filter(period__contains=on).first()


class Placement(Thing):
    """Where a unit stood, what it was called and of what kind it was, for a half-open period of days."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="placements")
    period = DateRangeField()
    level = models.CharField(max_length=10, choices=Level)
    kind = models.CharField(max_length=40)  # Phường, Xã, Thị trấn, Đặc khu, Quận, Sở, Trung tâm …
    name = models.CharField(max_length=200)  # without the kind
    code = models.CharField(max_length=20, blank=True)
    code_number = models.BigIntegerField(null=True)  # level and code in one number, for the exclusion below
    parent = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="child_placements")
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    folded = models.CharField(max_length=260, db_collation="C")  # rules.naming.folded_name
    sort_key = models.CharField(max_length=700, db_collation="C")  # rules.naming.unit_sort_key

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="unit_stands_once", expressions=[*same("unit"), ("period", RangeOperators.OVERLAPS)]
            ),
            ExclusionConstraint(
                name="code_means_one_unit",
                expressions=[*same("code_number"), ("period", RangeOperators.OVERLAPS)],
                condition=Q(code_number__isnull=False),
            ),
            models.CheckConstraint(
                name="placement_has_source", condition=Q(decision__isnull=False) | Q(snapshot__isnull=False)
            ),
            models.CheckConstraint(
                name="placement_period_not_empty",
                condition=Q(period__isempty=False) & Q(period__startswith__isnull=False),
            ),
            models.CheckConstraint(
                name="placement_not_in_itself", condition=Q(parent__isnull=True) | ~Q(parent=models.F("unit"))
            ),
        ]
        indexes = [
            models.Index(fields=["parent", "sort_key"], name="placement_children"),
            models.Index(fields=["folded"], name="placement_folded", opclasses=["varchar_pattern_ops"]),
        ]

    @property
    def full_name(self) -> str:
        """`Phường Phước Long A`; `Quận 9`."""
        return f"{self.kind} {self.name}" if self.kind else self.name

    def __str__(self) -> str:
        return self.full_name


class Coverage(models.Model):
    """A period for which the units directly under `unit` are known completely. Outside it a list may have gaps."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="coverage")
    period = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="coverage_once", expressions=[*same("unit"), ("period", RangeOperators.OVERLAPS)]
            )
        ]


class Succession(Thing):
    """A merger, split, renaming or founding: one day, one decision, links from forebears to heirs."""

    class Kind(models.TextChoices):
        FOUNDED = "founded"
        MERGED = "merged"
        SPLIT = "split"
        REORGANISED = "reorganised"
        DISSOLVED = "dissolved"

    day = models.DateField()
    kind = models.CharField(max_length=12, choices=Kind)
    decision = models.ForeignKey(Decision, null=True, on_delete=models.PROTECT, related_name="+")
    snapshot = models.ForeignKey(Snapshot, null=True, on_delete=models.PROTECT, related_name="+")


class SuccessionLink(models.Model):
    """Forebear to heir. `whole`: all of it went there; `default`: the heir that is meant when one must be."""

    succession = models.ForeignKey(Succession, on_delete=models.PROTECT, related_name="links")
    forebear = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="heir_links")
    heir = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="forebear_links")
    whole = models.BooleanField(default=True)
    default = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["succession", "forebear", "heir"], name="one_succession_link"),
            models.UniqueConstraint(
                fields=["succession", "forebear"], condition=Q(default=True), name="one_default_heir"
            ),
        ]


class Gender(models.TextChoices):
    FEMALE = "f"
    MALE = "m"
    UNKNOWN = ""


class PersonManager(models.Manager["Person"]):
    """Those who stand for themselves: whoever was merged into somebody is asked for through them."""

    def get_queryset(self) -> "models.QuerySet[Person]":
        return super().get_queryset().filter(merged_into=None)


class Person(Thing):
    """A person. Two people are one only by a person's decision; a birth date may be a year, a month or a day."""

    merging: ClassVar = Merging(N_("people merged before"))

    full_name = models.CharField(max_length=100)
    folded = models.CharField(max_length=100, db_collation="C")
    sort_key = models.CharField(max_length=500, db_collation="C")  # compared bytewise on every server
    birth_year = models.PositiveSmallIntegerField(null=True)
    birth_month = models.PositiveSmallIntegerField(null=True)
    birth_day = models.PositiveSmallIntegerField(null=True)
    gender = models.CharField(max_length=1, choices=Gender, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    id_hash = models.BinaryField(null=True, unique=True)  # keyed hash of the citizen's number, for matching only
    id_last3 = models.CharField(max_length=3, blank=True)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="person")
    is_demonstration = models.BooleanField(default=False)
    restricted_at = models.DateTimeField(null=True)  # not to be used: see `Restriction`
    erased_at = models.DateTimeField(null=True)  # nothing is known any more but that somebody stood here
    # Set by a merge (decision 0014). The database lets it point only at somebody who stands: no chain, no circle.
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")

    objects = PersonManager()  # the first one is the default of lists and pages
    records: ClassVar[models.Manager["Person"]] = models.Manager()  # everybody, the merged too

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="birth_date_partial_in_order",
                condition=(Q(birth_month__isnull=True) | Q(birth_year__isnull=False))
                & (Q(birth_day__isnull=True) | Q(birth_month__isnull=False)),
            )
        ]
        indexes = [
            models.Index(
                fields=["folded", "birth_year"],
                name="person_folded",
                opclasses=["varchar_pattern_ops", "int2_ops"],
            ),
            models.Index(fields=["sort_key"], name="person_sort_key"),
        ]

    def __str__(self) -> str:
        return self.full_name


class PersonChange(Thing):
    """What was on record of a person before it was corrected, by whom, when and why."""

    merging: ClassVar = Merging(N_("corrections kept"))

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="changes")
    before = models.JSONField()  # by the name of the field; the citizen's number by its last three digits only
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)


class Merge(Thing):
    """The decision that two people on record are one, and, if it was taken back, by whom and when."""

    merging: ClassVar = Merging("", follows=False)

    survivor = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges_away")
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    undone_by = models.CharField(max_length=60, blank=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at__isnull=True), name="merged_once_at_a_time"
            ),
            models.CheckConstraint(name="merged_into_another", condition=~Q(survivor=models.F("merged"))),
        ]


class MergeStep(models.Model):
    """One row that a merge changed, made (`before` null) or removed (`after` null): all that taking it back needs."""

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveIntegerField()
    table = models.CharField(max_length=80)  # "training.enrolment"
    row = models.BigIntegerField()
    before = models.JSONField(null=True)  # by column, as Django writes values into files
    after = models.JSONField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "position"], name="one_merge_step")]


class NotSame(Thing):
    """Somebody has said that these two are two people: they are not offered as one again."""

    merging: ClassVar = Merging("", follows=False)

    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    said_by = models.CharField(max_length=60)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="said_not_same_once"),
            models.CheckConstraint(name="not_same_in_order", condition=Q(one__lt=models.F("other"))),
        ]


class Lookalike(models.Model):
    """Two records that may be of one person, found when all were put beside each other last (`LookalikeRun`)."""

    merging: ClassVar = Merging("", follows=False)

    one = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="looks_alike_once"),
            models.CheckConstraint(name="lookalike_in_order", condition=Q(one__lt=models.F("other"))),
        ]


class LookalikeRun(models.Model):
    """When all records were put beside each other last. Whoever has a later id, or was corrected since, was not."""

    at = models.DateTimeField()
    last_person = models.BigIntegerField()


class Post(Thing):
    """What a person was, where, and when."""

    merging: ClassVar = Merging(N_("posts"))

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="posts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=200, blank=True)
    period = DateRangeField()
    source = models.CharField(max_length=80)  # kind and key of what said so: "office.import:0abc…"

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="post_once_in_a_unit",
                expressions=[*same("person", "unit"), ("period", RangeOperators.OVERLAPS)],
            )
        ]


class Transfer(Thing):
    """Somebody is to move to another unit on a day; the receiving unit's coordinator takes them on, or does not."""

    merging: ClassVar = Merging(N_("transfers"))

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transfers")
    post = models.ForeignKey(Post, null=True, on_delete=models.SET_NULL, related_name="+")  # the one that ends
    origin = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200, blank=True)
    on = models.DateField()  # the first day in the new unit
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    accepted = models.BooleanField(null=True)  # unknown: not decided yet
    decided_by = models.CharField(max_length=60, blank=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # why it was declined

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(accepted__isnull=True), name="one_open_transfer"),
            models.CheckConstraint(
                name="transfer_decided_as_a_whole",
                condition=Q(accepted__isnull=True, decided_at__isnull=True)
                | Q(accepted__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(name="transfer_elsewhere", condition=~Q(origin=models.F("target"))),
        ]
        indexes = [models.Index(fields=["target"], name="transfer_open", condition=Q(accepted__isnull=True))]


class Restriction(Thing):
    """What a restricted person is really called: taken out of every list, seen by the privacy desk and by themselves.

    `values` are the columns of the person and the name and e-mail of their account as they stood (decision 0015).
    """

    merging: ClassVar = Merging(N_("restrictions of use"))

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="restriction")
    values = models.JSONField()
    folded = models.CharField(max_length=100, db_collation="C", db_index=True)  # so that a roster does not add them
    since = models.DateTimeField()
    by = models.CharField(max_length=60)


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator"
    PROGRAMME_OFFICER = "programme_officer"
    UNIT_COORDINATOR = "unit_coordinator"
    LECTURER = "lecturer"
    SITE_OPERATOR = "site_operator"
    LEARNER = "learner"
    AUDITOR = "auditor"


class RoleGrant(Thing):
    """A role on a unit and everything under it, from a day until taken back. Rights: `directory.permissions`."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=Role)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="grants")
    since = models.DateField()
    until = models.DateField(null=True)  # the first day on which it no longer holds
    granted_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit"], condition=Q(until__isnull=True), name="one_running_grant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.unit_id}"


def period_of(since: date, until: date | None) -> Any:
    """The half-open period [since, until)."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    return DateRange(since, until, "[)")
