"""How long until the first page: from nothing (environment, database, tables, demonstration) and the next time.

python benchmarks/startup.py [--runs 3] [--no-demo]   prints JSON

Cold: a fresh copy of the committed files in a folder whose name has a space, `bin/run`, first answer of the
start page. Packages come from wherever pip is set to on this machine, whose network is part of the figure; nothing
is cached beyond
pip's own cache. Warm: the same command again. CPU is that of all processes started, the database included.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from _measure import ROOT, report, summary

LIMIT = 300.0


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def first_page(checkout: Path, *arguments: str) -> dict[str, float]:
    """Start it, ask until the start page is answered, wait until all is said and loaded, stop it: in seconds.

    `wall` until the first page, `ready` until the demonstration stands, `cpu` of everything, `stop` to stop it.
    """
    port = free_port()
    surroundings = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_URL", "LANTOA_"))}
    before = os.times()
    started = time.perf_counter()
    log = open(checkout.parent / "log", "w+")  # noqa: SIM115
    running = subprocess.Popen(
        [str(checkout / "bin" / "run"), "--port", str(port), *arguments],
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        while not answers(port):
            if running.poll() is not None or time.perf_counter() - started > LIMIT:
                log.seek(0)
                sys.exit(f"bin/run did not answer:\n{log.read()}")
            time.sleep(0.01)
        wall = time.perf_counter() - started
        wait_until_said(running, log.name, "Stop it with Ctrl-C")
        ready = time.perf_counter() - started
        stopping = time.perf_counter()
        running.send_signal(signal.SIGINT)
        running.wait(LIMIT)
        stop = time.perf_counter() - stopping
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        log.close()
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return {"wall": wall, "ready": ready, "cpu": used, "stop": stop}


def answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=LIMIT) as connection:
            connection.sendall(b"GET / HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
            return connection.recv(16).startswith(b"HTTP/1")
    except OSError:
        return False


def wait_until_said(running: "subprocess.Popen[bytes]", log: str, words: str) -> None:
    deadline = time.perf_counter() + LIMIT
    while words not in (said := Path(log).read_text()):
        if running.poll() is not None or time.perf_counter() > deadline:
            sys.exit(f"bin/run ended or took too long:\n{said}")
        time.sleep(0.05)


def copy_of_the_code(target: Path) -> None:
    """The committed files, as a newcomer gets them."""
    target.mkdir(parents=True)
    archive = subprocess.Popen(["git", "-C", str(ROOT), "archive", "HEAD"], stdout=subprocess.PIPE)
    subprocess.run(["tar", "x", "-C", str(target)], stdin=archive.stdout, check=True)
    assert archive.stdout is not None
    archive.stdout.close()
    if archive.wait():
        sys.exit("git archive failed")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--no-demo", action="store_true", help="without the demonstration")
    options = parser.parse_args()
    arguments = ["--no-demo"] if options.no_demo else []
    cold: list[dict[str, float]] = []
    warm: list[dict[str, float]] = []
    sizes: dict[str, float] = {}
    for _ in range(options.runs):
        folder = Path(tempfile.mkdtemp(prefix="lantoa startup "))
        folder.chmod(0o755)
        try:
            copy_of_the_code(folder / "dự án")
            cold.append(first_page(folder / "dự án", *arguments))
            warm.append(first_page(folder / "dự án", *arguments))
            for name in (".venv", "data"):
                found = subprocess.run(["du", "-sm", str(folder / "dự án" / name)], capture_output=True, text=True)
                sizes[f"{name}_mb"] = float(found.stdout.split()[0])
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    results: dict[str, Any] = {"demonstration": not options.no_demo, "unit": "seconds", **sizes}
    for name, values in (("cold", cold), ("warm", warm)):
        results[name] = {kind: summary([one[kind] for one in values]) for kind in ("wall", "ready", "cpu", "stop")}
    report("first page after bin/run", results)


if __name__ == "__main__":
    main()
