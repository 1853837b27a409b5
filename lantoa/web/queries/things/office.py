"""Files, imports, jobs, documents, messages and signing keys."""

from typing import Final

from django.utils.translation import gettext as _

from lantoa.common.refused import N_
from lantoa.office.actions.jobs import REGISTERED
from lantoa.office.models import Document, File, Import, Job, Notice, SigningKey
from lantoa.office.queries.notices import name_of
from lantoa.web.queries.things.kind import OPEN, Kind, at

KINDS: Final = (
    Kind(File, N_("file"), "unit", "office.import", lambda row: row.name),
    Kind(
        Import,
        N_("import"),
        "unit",
        "office.import",
        lambda row: row.file.name,
        page=at("office:show_import"),
        joins=("file",),
    ),
    Kind(
        Job,
        N_("long job"),
        "unit",
        "office.view_jobs",
        lambda row: _(REGISTERED[row.kind].title) if row.kind in REGISTERED else row.kind,
        page=at("office:job"),
    ),
    Kind(
        Document,
        N_("document"),
        "issuer",
        "office.manage_documents",
        lambda row: row.title,
        page=at("office:document"),
    ),
    Kind(
        Notice,
        N_("message to a person"),
        "unit",
        "office.view_notices",
        lambda row: name_of(row),
        page=at("office:notice"),
        joins=("person", "user"),
        personal=True,
    ),
    Kind(SigningKey, N_("signing key"), "", OPEN, lambda row: row.kid),
)
