"""Whose session it is: asked by every page of whoever is signed in, so the question is ready made (decision 0034)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from lantoa.accounts.models import User
from lantoa.common.ready import asking, columns


class Accounts(ModelBackend):
    """Django's own, with another `get_user`."""

    def get_user(self, user_id: Any) -> User | None:
        """The open account of this number."""
        names, listed = columns(User, "u")
        with asking() as cursor:
            cursor.execute(f"SELECT {listed} FROM accounts_user u WHERE u.id = %s AND u.is_active", [user_id])
            found = cursor.fetchone()
        return None if found is None else User.from_db("default", names, found)
