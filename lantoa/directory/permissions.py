"""Who may do what: one table of named permissions, a sentence each, and the roles that hold them.

A role is granted on a unit and holds for everything under it. Two permissions are not in any role: what everybody
may see (`PUBLIC`) and what everyone signed in may see (`SIGNED_IN`).
"""

from lantoa.common.refused import N_
from lantoa.directory.models import Role

PUBLIC = "public"
SIGNED_IN = "signed_in"
BY_TOKEN = "by_token"  # addresses of the API: another system's token is asked, never somebody's session

PERMISSIONS: dict[str, str] = {
    "directory.view_people": N_("See the people of the unit and their posts."),
    "directory.edit_people": N_("Add and correct people and their posts."),
    "directory.merge_people": N_("Say that two people on record are one, or are not, and take that back."),
    "directory.issue_links": N_("Issue and revoke personal links and cards for people of the unit."),
    "directory.grant_roles": N_("Give and take back roles on the unit."),
    "directory.import_units": N_("Load lists of units and the decisions that changed them."),
    "ledger.view": N_("Read the ledger of the unit."),
    "office.import": N_("Load files, preview them, apply them and undo them."),
    "office.preview": N_("Open the previews of what one may load, apply them and undo them."),
    "office.view_jobs": N_("See long jobs and their progress."),
    "office.manage_documents": N_("Draft official documents and enter their numbers."),
    "office.change_days": N_("Say on which days offices rest or work against the calendar, for the whole house."),
    "office.view_notices": N_("See the messages to people of the unit and whom they did not reach."),
    "office.manage_notices": N_("Cancel messages, send them again and keep the unit's own wording of them."),
    "office.view_privacy": N_("See the purposes, requests, deletions and breaches of personal data."),
    "office.manage_privacy": N_("Answer requests about personal data, export, restrict and erase; log breaches."),
    "programmes.view": N_("See the unit's programmes, classes and results."),
    "programmes.manage": N_("Create, load and change programmes."),
    "programmes.budget": N_("Enter the money of programmes: what is planned, allocated and spent."),
    "programmes.inventory": N_("Keep the inventory of the unit's platforms and infrastructure."),
    "programmes.report": N_("Report the figures of the unit's targets."),
    "programmes.review": N_("Approve the figures that units report, or return them with a reason."),
    "competence.manage": N_("Create and change courses, topics and materials."),
    "exams.view": N_("See the question banks and papers of the unit, without the right answers."),
    "exams.view_keys": N_("See the right answers of questions and papers."),
    "exams.view_analysis": N_("See what exams of classes one teaches tell of their questions, once they are over."),
    "exams.manage": N_("Write, import and share questions, make papers."),
    "exams.hold": N_("Hold exams: say who sits which paper, start and end them, give time, mark, publish results."),
    "exams.invigilate": N_("Watch over the exam rooms of the unit: who is where, extra time, remarks, minutes."),
    "training.manage": N_("Plan classes and meetings, enrol people, set the rule of completion."),
    "training.nominate": N_("Answer calls for nominations: name people of the unit, replace them, decline."),
    "training.teach": N_("Hold one's own meetings: show the code, call the roll, enter marks."),
    "training.mark_presence": N_("Call the roll and correct presence in any class of the unit."),
    "training.mark_results": N_("Enter and import marks in any class of the unit."),
    "training.certify": N_("Issue and revoke certificates."),
    "training.feedback": N_("Choose what is asked after meetings and courses; read single answers and words."),
    "training.learn": N_("See one's own classes, hand in assignments, take one's certificate."),
    "workshops.view": N_("See the workshops of the unit, their sites and what came of them."),
    "workshops.manage": N_("Plan workshops: agenda, sites, invitations, documents, minutes."),
    "workshops.chair": N_("Chair workshops: begin and end them, call the roll, give the floor, open polls."),
    "workshops.moderate": N_("Serve as secretary of workshops: questions, announcements, faults."),
    "workshops.answer": N_("Answer questions that workshops have forwarded to the unit."),
    "workshops.operate": N_("Answer for the sites of the unit: invitations, technical checks, the roll call."),
    "pilots.view": N_("See the pain points, pilots, playbooks and spreads of the unit."),
    "pilots.report": N_("Say what hurts the unit, enter values of its pilots and the steps of what it takes on."),
    "pilots.manage": N_("Merge and weigh pain points, plan pilots and decide on them, carry playbooks to units."),
    "readiness.view": N_("See the indices, campaigns and published scores of the unit."),
    "readiness.manage": N_("Load indices, hold campaigns, publish scores."),
    "readiness.review": N_("Review the answers that units have handed in; decide on appeals."),
    "readiness.answer": N_("Answer for the unit in a campaign, with papers; object to a ruling."),
    "api.manage": N_("Let other systems in: issue and revoke tokens, say which events are sent to them."),
    "api.export": N_("Take everything of a room away as files."),
}

_READING = {"programmes.view", "directory.view_people"}
_PRIVACY = {"office.view_privacy", "office.manage_privacy"}

ROLES: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset(PERMISSIONS),
    Role.PROGRAMME_OFFICER: frozenset(PERMISSIONS)
    - {"directory.grant_roles", "directory.import_units", "ledger.view", "api.manage", *_PRIVACY}
    - {"readiness.answer"},  # whoever reviews does not answer
    Role.UNIT_COORDINATOR: frozenset(
        {
            *_READING,
            "directory.edit_people",
            "directory.merge_people",
            "directory.issue_links",
            "office.preview",
            "office.view_notices",
            "programmes.inventory",
            "programmes.report",
            "training.nominate",
            "readiness.answer",
            "readiness.view",
            "workshops.answer",
            "workshops.operate",
            "pilots.view",
            "pilots.report",
        }
    ),
    Role.LECTURER: frozenset({"training.teach", "exams.view_analysis"}),
    Role.SITE_OPERATOR: frozenset({"exams.invigilate", "workshops.operate"}),
    Role.LEARNER: frozenset({"training.learn"}),
    Role.AUDITOR: frozenset(
        {
            *_READING,
            "exams.view",
            "ledger.view",
            "office.view_jobs",
            "office.view_privacy",
            "workshops.view",
            "pilots.view",
            "readiness.view",
        }
    ),
}


def roles_with(permission: str) -> list[str]:
    """The roles that hold the permission."""
    if permission not in PERMISSIONS:
        raise KeyError(permission)
    return [role for role, held in ROLES.items() if permission in held]
