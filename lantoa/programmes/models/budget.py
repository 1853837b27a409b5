"""The budget of a programme: lines by source and year, and dated entries that are never changed."""

from django.db import models
from django.db.models import Q

from lantoa.common.models import Thing
from lantoa.programmes.models.programmes import Partner, Programme
from lantoa.programmes.rules import budget


class BudgetLine(Thing):
    """Money of one year from one source, and what it is for."""

    class Source(models.TextChoices):
        CENTRAL = budget.CENTRAL
        LOCAL = budget.LOCAL
        ODA = budget.ODA
        IN_KIND = budget.IN_KIND
        OWN = budget.OWN
        OTHER = budget.OTHER

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="budget_lines")
    year = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=8, choices=Source)
    partner = models.ForeignKey(Partner, null=True, on_delete=models.PROTECT, related_name="budget_lines")
    purpose = models.CharField(max_length=300, blank=True)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "year", "source", "partner", "purpose"],
                name="one_budget_line",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="budget_gift_has_giver",
                condition=~Q(source__in=("oda", "in_kind")) | Q(partner__isnull=False),
            ),
        ]


class BudgetEntry(Thing):
    """An amount of a line as of a day. A wrong one is countered by its opposite with a reason, never changed."""

    class Kind(models.TextChoices):
        PLANNED = budget.PLANNED
        ALLOCATED = budget.ALLOCATED
        SPENT = budget.SPENT

    line = models.ForeignKey(BudgetLine, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=9, choices=Kind)
    day = models.DateField()
    amount = models.BigIntegerField()  # whole đồng; below nothing only where it counters another
    currency = models.CharField(max_length=3, blank=True)
    foreign = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    rate = models.DecimalField(max_digits=20, decimal_places=6, null=True)  # đồng for one of the currency
    document_number = models.CharField(max_length=60, blank=True)
    document_date = models.DateField(null=True)
    note = models.CharField(max_length=500, blank=True)
    counters = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="countered")
    reason = models.CharField(max_length=500, blank=True)
    said_by = models.CharField(max_length=60)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="budget_entry_countered_with_reason",
                condition=Q(counters__isnull=True, amount__gt=0)
                | (Q(counters__isnull=False, amount__lt=0) & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="budget_entry_currency_whole",
                condition=Q(currency="", foreign__isnull=True, rate__isnull=True)
                | (~Q(currency="") & Q(foreign__isnull=False, rate__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["line", "kind", "day"], name="budget_entry_of_line")]
