"""The web server's process: granian, the front, and the pages in a few threads (docs/decisions/0003, 0024)."""

import argparse
import gc
import os
import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from config.prepare import is_new, wait_for_database
from config.processes import die_with_parent

CONNECTIONS = 16_384  # open at a time: a province of phones, each holding one; what waits is limited by the front
FIRST_PAGE_SECONDS = 0.3  # in which `serve` asks for it; then the pages of all rooms are loaded
DATABASE_SECONDS = 20  # in which it may come after us
STOP_SECONDS = 8  # an answer that takes longer after the word to stop is given up


def load(_target: str = "", *, threads: int, when_prepared: bool) -> Any:
    """The application, loaded in the process that will serve it."""
    die_with_parent(signal.SIGKILL)
    gracefully = signal.signal(signal.SIGTERM, signal.SIG_DFL)  # nothing is under way yet that must come to an end
    gc.disable()  # what is loaded stays: to look for garbage among it again and again is a tenth of the start
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.conf import settings

    django.setup()
    from config.front import Front
    from lantoa.common.metering import Meter
    from lantoa.exams.hot import Door as Exams
    from lantoa.workshops.hot import Door as Workshops

    while when_prepared and is_new(Path(settings.DATA_DIR)):  # when that fails, `serve` ends us
        time.sleep(0.05)
    from config.wsgi import application  # looks for the static files

    meter = Meter(Path(settings.METERS_DIR))
    front = Front(application, [Exams(meter=meter), Workshops(meter=meter)], threads=threads)
    wait_for_database(DATABASE_SECONDS)
    signal.signal(signal.SIGTERM, gracefully)
    threading.Timer(FIRST_PAGE_SECONDS, settle).start()
    return front


def settle() -> None:
    """Loads the pages of all rooms and what they say of themselves. What is loaded then is needed as long as the
    process lives: the collector of garbage passes over it. Else it would look through all of it in the middle of
    every tenth page, for 50 ms and more. (The garbage of loading, 2 MB, stays as well.)"""
    from config.urls import urlpatterns
    from lantoa.common.registry import read_all

    read_all()
    for room in urlpatterns:
        room.url_patterns  # noqa: B018 -- loads it
    gc.freeze()
    gc.set_threshold(20_000)  # a page makes some ten thousand things: not looked through at every 700th of them
    gc.enable()


def main() -> None:
    """`HOST PORT [--threads N] [--processes N] [--certificate FILE --key FILE]`; serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="config.web")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument(
        "--when-prepared", action="store_true", help="at the very first start: answers nothing before"
    )
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    options = parser.parse_args()
    die_with_parent(signal.SIGTERM)

    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    Granian(
        "config.front:Front",
        address=options.host,
        port=options.port,
        interface=Interfaces.RSGI,
        http=HTTPModes.auto if options.certificate else HTTPModes.http1,
        websockets=False,
        workers=options.processes,
        backlog=CONNECTIONS,
        backpressure=CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        ssl_cert=options.certificate,
        ssl_key=options.key,
        log_level=LogLevels.warning,
        workers_kill_timeout=STOP_SECONDS,
        respawn_failed_workers=options.processes > 1,  # the others go on; a single one is begun anew by `serve`
    ).serve(target_loader=partial(load, threads=options.threads, when_prepared=options.when_prepared))


if __name__ == "__main__":
    main()
