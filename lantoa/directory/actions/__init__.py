"""What can be done in the directory."""

from lantoa.directory.actions.accounts import (
    FirstPassword,
    create_staff_account,
    make_first_password,
    refuse_first_password,
)
from lantoa.directory.actions.people import (
    add_person,
    correct_person,
    end_post,
    link_user,
    set_id_number,
    set_post,
)
from lantoa.directory.actions.roles import grant_role, take_role_back
from lantoa.directory.actions.units import Changes, import_units

__all__ = [
    "Changes",
    "FirstPassword",
    "add_person",
    "correct_person",
    "create_staff_account",
    "end_post",
    "grant_role",
    "import_units",
    "link_user",
    "make_first_password",
    "refuse_first_password",
    "set_id_number",
    "set_post",
    "take_role_back",
]
