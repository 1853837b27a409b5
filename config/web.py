"""The web server's process: granian serving the WSGI application with a few threads (docs/decisions/0003)."""

import argparse
import signal
from pathlib import Path
from typing import Any

from config.processes import die_with_parent

STOP_SECONDS = 8  # an answer that takes longer after the word to stop is given up


def load(_target: str = "") -> Any:
    """The application, loaded in the process that will serve it."""
    die_with_parent(signal.SIGKILL)
    from config.wsgi import application

    return application


def main() -> None:
    """`HOST PORT [--threads N] [--processes N] [--certificate FILE --key FILE]`; serves until it is told to stop."""
    parser = argparse.ArgumentParser(prog="config.web")
    parser.add_argument("host")
    parser.add_argument("port", type=int)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    options = parser.parse_args()
    die_with_parent(signal.SIGTERM)

    from granian import Granian
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels

    Granian(
        "config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.auto if options.certificate else HTTPModes.http1,
        websockets=False,
        workers=options.processes,
        blocking_threads=options.threads,
        backpressure=options.threads * 16,
        http1_settings=HTTP1Settings(header_read_timeout=15_000),
        ssl_cert=options.certificate,
        ssl_key=options.key,
        log_level=LogLevels.warning,
        workers_kill_timeout=STOP_SECONDS,
    ).serve(target_loader=load)


if __name__ == "__main__":
    main()
