"""A worker in a process of its own, knowing the tests' jobs: started, killed and started again by the tests."""

import os
import sys
from pathlib import Path

if __name__ == "__main__":
    tests = Path(__file__).resolve().parent.parent
    sys.path[0:0] = [str(tests.parent), str(tests)]
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    import office.days_off  # noqa: F401 -- registers the tests' jobs and importer
    from django.core.management import call_command

    call_command("run_jobs", *sys.argv[1:])
