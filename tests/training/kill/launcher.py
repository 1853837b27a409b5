"""Starts commands as processes of their own without paying for the framework each time: reads a line of JSON
(arguments, where its words go), forks, says the number of the process and, when it has ended, its exit code.

The child is a whole process: it has its own connections, and nothing of it is left when it is killed.
"""

import json
import os
import sys
from pathlib import Path


def child(arguments: list[str], words: str) -> int:
    """The command, as `lantoa` runs it."""
    log = os.open(words, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(["lantoa", *arguments])
    except SystemExit as end:
        return int(end.code or 0)
    except BaseException:
        import traceback

        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    import lantoa.training.management.commands.certificates
    import lantoa.training.management.commands.import_roster  # noqa: F401

    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            os._exit(child(asked["arguments"], asked["words"]))
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
