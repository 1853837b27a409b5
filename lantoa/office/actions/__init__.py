"""What can be done in the office: keep files, start jobs, import, draft and number documents, rotate keys."""

from lantoa.office.actions.days import change_day, restore_day, swap_days
from lantoa.office.actions.documents import (
    correct_number,
    discard_draft,
    draft_document,
    enter_number,
    redraft_document,
)
from lantoa.office.actions.files import keep_file, remove_content, sweep_files
from lantoa.office.actions.imports import (
    Importer,
    apply_import,
    choose,
    importer,
    preview_file,
    read_again,
    undo_import,
)
from lantoa.office.actions.jobs import Running, job, start_job, stop_job
from lantoa.office.actions.keys import ensure_key, rotate_key

__all__ = [
    "Importer",
    "Running",
    "apply_import",
    "change_day",
    "choose",
    "correct_number",
    "discard_draft",
    "draft_document",
    "ensure_key",
    "enter_number",
    "importer",
    "job",
    "keep_file",
    "preview_file",
    "read_again",
    "redraft_document",
    "remove_content",
    "restore_day",
    "rotate_key",
    "start_job",
    "stop_job",
    "swap_days",
    "sweep_files",
    "undo_import",
]
