"""Django's own command line, for `lantoa manage` and for the worker."""

import os
import sys

from config.processes import die_with_parent


def main() -> None:
    """`COMMAND ...` as Django knows it; ends with the process that started it when that is the server."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if os.environ.get("LANTOA_SUPERVISOR") == str(os.getppid()):
        die_with_parent()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["lantoa manage", *sys.argv[1:]])
