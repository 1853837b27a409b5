"""How money is said on pages, in the reader's language."""

from django.utils.translation import gettext_lazy as _

from lantoa.common.templatetags.lantoa import vnumber
from lantoa.programmes.models import BudgetEntry, BudgetLine
from lantoa.programmes.rules.budget import OVERALLOCATED, OVERSPENT

Source = BudgetLine.Source
SOURCE_WORDS = {
    Source.CENTRAL: _("State budget, central"),
    Source.LOCAL: _("State budget, local"),
    Source.ODA: _("ODA, donors"),
    Source.IN_KIND: _("Partners, in kind"),
    Source.OWN: _("Own funds"),
    Source.OTHER: _("Other sources"),
}
KIND_WORDS = {
    BudgetEntry.Kind.PLANNED: _("By plan"),
    BudgetEntry.Kind.ALLOCATED: _("Allocated"),
    BudgetEntry.Kind.SPENT: _("Spent"),
}
WARNING_WORDS = {
    OVERSPENT: _("more spent than allocated"),
    OVERALLOCATED: _("more allocated than planned"),
}


def foreign_words(entry: BudgetEntry) -> str:
    """The donor's own currency: 50,000 USD at 23,200."""
    if entry.foreign is None or entry.rate is None:
        return ""
    return _("%(amount)s %(currency)s at %(rate)s") % {
        "amount": vnumber(entry.foreign),
        "currency": entry.currency,
        "rate": vnumber(entry.rate),
    }
