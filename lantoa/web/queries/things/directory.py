"""Accounts, decisions, roles and posts."""

from typing import Final

from lantoa.accounts.models import User
from lantoa.common.refused import N_
from lantoa.directory.models import Decision, Post, RoleGrant
from lantoa.web.queries.things.kind import AUDIT, OPEN, Kind, at

KINDS: Final = (
    Kind(User, N_("account"), "", OPEN, lambda row: row.full_name),
    Kind(Decision, N_("decision"), "", OPEN, lambda row: row.number),
    Kind(
        RoleGrant,
        N_("role"),
        "unit",
        AUDIT,
        lambda row: row.user.full_name,
        joins=("user",),
    ),
    Kind(
        Post,
        N_("post"),
        "unit",
        "directory.view_people",
        lambda row: f"{row.person}: {row.title}",
        page=at("directory:person", "person"),
        joins=("person",),
        personal=True,
    ),
)
