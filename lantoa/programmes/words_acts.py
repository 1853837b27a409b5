"""How legal acts are said on pages, in the reader's language."""

from django.utils.translation import gettext_lazy as _

from lantoa.programmes.models import ActRelation, LegalAct
from lantoa.programmes.rules.acts import IN_FORCE, NOT_YET, OVER, REPLACED

Kind = LegalAct.Kind
KIND_WORDS = {
    Kind.LAW: _("Law"),
    Kind.RESOLUTION: _("Resolution"),
    Kind.DECREE: _("Decree"),
    Kind.DECISION: _("Decision"),
    Kind.CIRCULAR: _("Circular"),
    Kind.DIRECTIVE: _("Directive"),
    Kind.PLAN: _("Plan"),
    Kind.LETTER: _("Official letter"),
    Kind.OTHER: _("Another act"),
}
FORCE_WORDS = {
    IN_FORCE: _("in force on the day"),
    NOT_YET: _("not yet in force"),
    OVER: _("no longer in force"),
    REPLACED: _("replaced by another"),
}
FORCE_KINDS = {IN_FORCE: "ok", NOT_YET: "wait", OVER: "none", REPLACED: "none"}
WAY_WORDS = {ActRelation.Way.REPLACES: _("replaces"), ActRelation.Way.AMENDS: _("amends")}
TOUCHED_WORDS = {ActRelation.Way.REPLACES: _("is replaced by"), ActRelation.Way.AMENDS: _("is amended by")}
