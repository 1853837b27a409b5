"""What can be done in the directory."""

from lantoa.directory.actions.accounts import (
    FirstPassword,
    bind_account,
    close_account,
    create_staff_account,
    make_first_password,
    open_account,
    refuse_first_password,
    rename_account,
    reset_account_codes,
    unbind_account,
)
from lantoa.directory.actions.merging import (
    merge_people,
    remember_lookalikes,
    say_not_same,
    take_back_not_same,
    unmerge_people,
)
from lantoa.directory.actions.moves import accept_transfer, ask_transfer, decline_transfer, leave_office
from lantoa.directory.actions.people import (
    NumberTaken,
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
    "NumberTaken",
    "accept_transfer",
    "add_person",
    "ask_transfer",
    "bind_account",
    "close_account",
    "correct_person",
    "create_staff_account",
    "decline_transfer",
    "end_post",
    "grant_role",
    "import_units",
    "leave_office",
    "link_user",
    "make_first_password",
    "merge_people",
    "open_account",
    "refuse_first_password",
    "remember_lookalikes",
    "rename_account",
    "reset_account_codes",
    "say_not_same",
    "set_id_number",
    "set_post",
    "take_back_not_same",
    "take_role_back",
    "unbind_account",
    "unmerge_people",
]
