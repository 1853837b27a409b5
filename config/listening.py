"""Where `lantoa serve` listens: its arguments, what is refused of them, and what the settings are told."""

import argparse
import errno
import ipaddress
import os
import socket
import ssl
from pathlib import Path
from urllib.parse import urlsplit

PORT = 8000
MOST_PROCESSES = 16  # each holds up to 12 connections to the database


class CannotServe(Exception):
    """Lantoa cannot be served like this; the text says why and what to do, and is shown as it is."""


def parser() -> argparse.ArgumentParser:
    """The options of `lantoa serve`."""
    result = argparse.ArgumentParser(
        prog="lantoa serve",
        description="Start the database (unless DATABASE_URL names a server), bring its tables up to date, load"
        " the demonstration, serve the pages and work on jobs. Ctrl-C stops everything it started.",
        epilog="Behind a proxy that does HTTPS: lantoa serve --address https://daotao.example.vn",
    )
    result.add_argument("--port", type=int, default=int(os.environ.get("PORT") or PORT), help="default: %(default)s")
    result.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    result.add_argument("--address", help="the address people use, for links and QR codes (https behind a proxy)")
    result.add_argument("--certificate", type=Path, metavar="FILE", help="serve HTTPS with this certificate chain")
    result.add_argument("--key", type=Path, metavar="FILE", help="and this private key")
    result.add_argument(
        "--insecure-http",
        action="store_true",
        help="serve plain http to other machines: passwords and personal data can be read on the way",
    )
    result.add_argument("--demo", action="store_true", help="load the demonstration into the DATABASE_URL server too")
    result.add_argument("--no-worker", action="store_true", help="do not work on jobs (another machine does)")
    result.add_argument("--no-demo", action="store_true", help="do not load the demonstration")
    result.add_argument("--no-migrate", action="store_true", help="refuse to start on the tables of an older version")
    result.add_argument("--processes", type=int, default=1, help="web processes on this port (default: %(default)s)")
    result.add_argument("--threads", type=int, default=4, help="requests answered at a time (default: %(default)s)")
    return result


def is_loopback(host: str) -> bool:
    """Can only this machine reach an address bound to `host`?"""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check(options: argparse.Namespace) -> None:
    """Refuse what cannot work or would be unsafe. Raises CannotServe."""
    if bool(options.certificate) != bool(options.key):
        raise CannotServe("Cannot serve HTTPS: --certificate and --key belong together, and one of them is missing.")
    for file in (options.certificate, options.key):
        if file is not None and not os.access(file, os.R_OK):
            raise CannotServe(f"Cannot serve HTTPS: the file {file} cannot be read.")
    if options.certificate:
        _check_certificate(options.certificate, options.key)
    _check_proxies(os.environ.get("LANTOA_PROXIES", ""))
    if not 0 < options.processes <= MOST_PROCESSES:
        raise CannotServe(
            f"Cannot serve with {options.processes} web processes: from 1 to {MOST_PROCESSES} are possible."
        )
    if options.address and not options.address.startswith(("https://", "http://")):
        raise CannotServe(f"Cannot use the address {options.address!r}: it must begin with https:// or http://.")
    if not is_loopback(options.host) and not options.certificate and not options.insecure_http:
        raise CannotServe(
            f"Cannot serve plain http on {options.host}: passwords and personal data could be read on the way, and"
            " browsers allow neither the camera nor offline pages.\n"
            "Either give a certificate (--certificate FILE --key FILE), or put a proxy with HTTPS in front of"
            " 127.0.0.1 (--address https://NAME), or say --insecure-http if you want it all the same."
        )
    if not 0 < options.port < 65536:
        raise CannotServe(f"Cannot listen on port {options.port}: a port is a number from 1 to 65535.")
    _check_port(options.host, options.port)


def _check_certificate(certificate: Path, key: Path) -> None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password="")
    except (ssl.SSLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or str(error)
        raise CannotServe(
            f"Cannot serve HTTPS: {certificate} and {key} are not a certificate chain and its key ({reason})."
        ) from error


def _check_proxies(named: str) -> None:
    for one in filter(None, (one.strip() for one in named.split(","))):
        try:
            ipaddress.ip_network(one, strict=False)
        except ValueError as error:
            raise CannotServe(
                f"Cannot believe the front server {one!r} in LANTOA_PROXIES: it is no address and no network."
            ) from error


def _check_port(host: str, port: int) -> None:
    try:
        found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise CannotServe(f"Cannot listen on {host}: there is no such address here.") from error
    with socket.socket(found[0], found[1]) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(found[4])
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                free = _free_port(host, port)
                raise CannotServe(
                    f"Cannot listen on {host} port {port}: another program is using it.\n"
                    f"Stop that program, or take another port: --port {free}"
                ) from error
            if error.errno == errno.EACCES:
                raise CannotServe(
                    f"Cannot listen on port {port}: ports below 1024 are for root. Take another: --port {PORT}"
                ) from error
            raise CannotServe(f"Cannot listen on {host} port {port}: {error.strerror}.") from error


def _free_port(host: str, after: int) -> int:
    for port in range(after + 1, min(after + 50, 65536)):
        try:
            with socket.create_server(
                (host.strip("[]"), port), family=socket.AF_INET6 if ":" in host else socket.AF_INET
            ):
                return port
        except OSError:
            continue
    return PORT


def environment(options: argparse.Namespace, data: Path, url: str) -> dict[str, str]:
    """What the settings of our children read."""
    https = bool(options.certificate) or (options.address or "").startswith("https://")
    shown = f"[{options.host}]" if ":" in options.host and not options.host.startswith("[") else options.host
    shown = "127.0.0.1" if shown in {"0.0.0.0", "[::]"} else shown
    own = f"{'https' if options.certificate else 'http'}://{shown}:{options.port}"
    # Behind a proxy we listen on loopback, too, and yet the whole world comes in.
    loopback = is_loopback(options.host) and (not options.address or is_loopback(_host_of(options.address)))
    hosts = [*filter(None, os.environ.get("LANTOA_HOSTS", "").split(","))]
    if options.address:
        hosts.append(_host_of(options.address))
    if not is_loopback(options.host):
        hosts += _own_names(options.host)
    return {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "LANTOA_DATA": str(data),
        "LANTOA_ADDRESS": (options.address or own).rstrip("/"),
        "LANTOA_HOSTS": ",".join(dict.fromkeys(hosts)),
        "LANTOA_LOOPBACK": "1" if loopback else "0",
        "LANTOA_HTTPS": "1" if https else "0",
        "LANTOA_SUPERVISOR": str(os.getpid()),
        "PYTHONUTF8": "1",
        "PYTHONUNBUFFERED": "1",
    }


def _host_of(address: str) -> str:
    return urlsplit(address).hostname or ""


def _own_names(host: str) -> list[str]:
    """The names and addresses by which other machines may call this one."""
    if host not in {"0.0.0.0", "::", "[::]"}:
        return [host]
    names = [socket.gethostname()]
    for family, target in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as asked:
                asked.connect((target, 9))  # sends nothing: it only chooses our address
                address = asked.getsockname()[0]
                names.append(f"[{address}]" if family == socket.AF_INET6 else address)
        except OSError:
            continue
    return names
