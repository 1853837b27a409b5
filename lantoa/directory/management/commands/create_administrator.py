"""`lantoa create-administrator`: the first account of a new installation."""

import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.db.models import Q

from lantoa.accounts.actions import create_account
from lantoa.accounts.queries import user_named
from lantoa.accounts.rules import good_username
from lantoa.common.forms import tidy
from lantoa.common.refused import Refused
from lantoa.common.words import say
from lantoa.directory.access import today
from lantoa.directory.actions.roles import grant_role
from lantoa.directory.models import Level, Placement, Role
from lantoa.ledger.rules import Machine

BY = Machine("create-administrator")


class Command(BaseCommand):
    help = (
        "Makes an account and grants it the role of administrator on the country and everything under it, or on the"
        " unit named. Making it is all this command does, so it has no dry run. The password is asked for twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="what the person types to sign in: letters a-z, digits and . _ - @ +")
        parser.add_argument("--name", required=True, help="the person's full name, as others see it")
        parser.add_argument("--email", default="", help="an address for notices")
        parser.add_argument(
            "--unit", default="", metavar="KEY-OR-CODE", help="the unit to administer (default: the whole country)"
        )
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line of the input"
        )
        parser.add_argument("--apply", action="store_true", help="accepted for habit's sake; it changes nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            username = good_username(options["username"])
            if user_named(username):
                raise Refused(
                    "Cannot create the account “%(username)s”: there is one of this name.", username=username
                )
            placement = unit_to_administer(options["unit"])
            password = from_input() if options["password_stdin"] else from_terminal()
            with transaction.atomic():
                user = create_account(
                    by=BY,
                    username=username,
                    full_name=tidy(options["name"]).strip(),
                    email=options["email"],
                    password=password,
                    must_change_password=False,
                )
                grant_role(by=BY, user=user, role=Role.ADMINISTRATOR, unit=placement.unit, on=today())
        except Refused as refused:
            raise CommandError(say(refused)) from refused
        self.stdout.write(f"{user.full_name} ({user.username}) is administrator of {placement.full_name}.")


def unit_to_administer(given: str) -> Placement:
    """The unit of that key or official code as it stands today; for no text the country.

    Raises CommandError when there is none or, for a code, more than one.
    """
    standing = Placement.objects.filter(period__contains=today()).select_related("unit")
    found = standing.filter(Q(unit__key=given) | Q(code=given)) if given else standing.filter(level=Level.COUNTRY)
    placements = list(found[:5])
    if not placements and not given:
        raise CommandError(
            "Cannot make an administrator: no unit stands yet. First load the units: lantoa import-units --apply"
        )
    if not placements:
        raise CommandError(
            f"Cannot make an administrator of {given!r}: today no unit has this key or code."
            " Its page in the directory shows both; units are loaded by: lantoa import-units --apply"
        )
    if len(placements) > 1:
        several = "; ".join(f"{placement.full_name}: {placement.unit.key}" for placement in placements)
        raise CommandError(
            f"Cannot make an administrator of {given!r}: more than one unit has this code. Give the key. {several}"
        )
    return placements[0]


def from_input() -> str:
    """The first line of the input. Raises CommandError when it is empty."""
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise CommandError("Cannot make an administrator: the input holds no password in its first line.")
    return password


def from_terminal() -> str:
    """A password typed twice, unseen. Raises CommandError without a terminal, or when both differ."""
    if not sys.stdin.isatty():
        raise CommandError(
            "Cannot ask for a password: there is no terminal here. Give it in the first line of the input"
            " and say --password-stdin."
        )
    password = getpass("Password: ")
    if password != getpass("Password again: "):
        raise CommandError("Cannot make an administrator: the two passwords differ.")
    return password
