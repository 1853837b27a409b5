"""What things of the ledger are called that have no page of their own."""

from typing import Final

from lantoa.common.refused import N_

PAGELESS: Final = {
    "office.daychange": N_("working day"),
    "ledger.seal": N_("seal"),
    "ledger.look": N_("looks of a day"),
    "ledger.entry": N_("ledger"),
    "unit_list": N_("list of units"),
    "accounts.identity": N_("identity with a provider"),
    "accounts.personallink": N_("personal link or card"),
    "api.subscription": N_("subscription of another system"),
    "api.token": N_("token of another system"),
    "directory.lookalike": N_("records that look alike"),
    "directory.merge": N_("merged records"),
    "directory.notsame": N_("two records of different people"),
    "directory.restriction": N_("restriction of personal data"),
    "directory.transfer": N_("transfer of a person"),
    "exams.minutes": N_("minutes of an exam room"),
    "exams.share": N_("share of a question bank"),
    "office.breach": N_("breach of personal data"),
    "office.consent": N_("consent"),
    "office.datarequest": N_("request about personal data"),
    "office.erasure": N_("erasure of a person"),
    "office.purpose": N_("purpose of personal data"),
    "office.retentionrule": N_("rule of retention"),
    "office.wording": N_("wording of messages"),
    "training.asked": N_("unit asked for nominations"),
    "training.call": N_("call for nominations"),
    "training.feedbackform": N_("feedback form"),
    "training.joining": N_("place in an open class"),
    "training.nomination": N_("nomination"),
    "training.openclass": N_("open class"),
    "training.superiorask": N_("question to a superior"),
    "training.survey": N_("round of feedback"),
    "workshops.agendaitem": N_("item of an agenda"),
    "workshops.check": N_("a technical check of a site"),
    "workshops.invitation": N_("an invitation to a workshop"),
    "workshops.workshopfile": N_("a document of a workshop"),
}
