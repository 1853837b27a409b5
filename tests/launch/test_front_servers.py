"""HTTPS: by certificate files, behind nginx and behind Caddy, with the files of deploy/ as they are shipped."""

import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from config.listening import CannotServe, check, parser
from config.processes import ROOT

from .conftest import SECONDS, Served, free_port, new_home, until

NAME = "daotao.example.vn"
DEPLOY = ROOT / "deploy"
CADDY, NGINX, SYSTEMD = shutil.which("caddy"), shutil.which("nginx"), shutil.which("systemd-analyze")


def certificate(folder: Path, *, days: float = 30) -> tuple[Path, Path]:
    """A certificate of our own for NAME, and its key."""
    own, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(own.public_key())
        .serial_number(7)
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(own, SHA256())
    )
    (folder / "chain.pem").write_bytes(made.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return folder / "chain.pem", folder / "key.pem"


class Browser(HTTPConnection):
    """Asks NAME on this machine, and believes our certificate only."""

    def __init__(self, port: int, trusted: Path | None) -> None:
        super().__init__("127.0.0.1", port, timeout=SECONDS)
        self._trusted = trusted

    def connect(self) -> None:
        super().connect()
        if self._trusted:
            self.sock = ssl.create_default_context(cafile=str(self._trusted)).wrap_socket(
                self.sock, server_hostname=NAME
            )

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> tuple[HTTPResponse, str]:
        """One request on a connection of its own."""
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            self.request(method, path, body=body or None, headers={"Host": NAME, **headers})
            answer = self.getresponse()
            return answer, answer.read().decode()
        finally:
            self.close()


@pytest.fixture(scope="module")
def keys() -> Iterator[tuple[Path, Path]]:
    folder = new_home()
    yield certificate(folder)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def served(_prepared: Path) -> Iterator[Served]:
    """Lantoa as it stands behind a front server, with two web processes."""
    home = new_home()
    subprocess.run(["cp", "-a", str(_prepared), str(home / "data")], check=True)
    server = Served(home / "data", "--no-demo", "--no-worker", "--address", f"https://{NAME}", "--processes", "2")
    server.wait_for("Stop it")
    yield server
    server.process.send_signal(signal.SIGTERM)
    server.rest()
    server.end()
    shutil.rmtree(home)


Heard = list[dict[str, str]]


@pytest.fixture
def listener() -> Iterator[tuple[int, Heard]]:
    """A server in the place of Lantoa that notes the headers it is sent."""
    heard: Heard = []

    class Note(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard.append({name.lower(): value for name, value in self.headers.items()})
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Note)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, heard
    server.shutdown()
    server.server_close()


def changed(text: str, *changes: tuple[str, str]) -> str:
    """The shipped text, where nothing but what an office itself sets is changed."""
    for old, new in changes:
        assert old in text, f"{old!r} is not in the shipped file any more"
        text = text.replace(old, new)
    return text


@contextmanager
def running(command: list[str], ports: list[int], **surroundings: str) -> Iterator[None]:
    process = subprocess.Popen(
        command, env=os.environ | surroundings, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )

    def listens() -> bool:
        assert process.poll() is None, process.communicate()[0]
        for port in ports:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            except OSError:
                return False
        return True

    try:
        until(listens)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=SECONDS)


@contextmanager
def nginx(folder: Path, keys: tuple[Path, Path], behind: int) -> Iterator[tuple[int, int]]:
    plain, encrypted = free_port(), free_port()
    shipped = changed(
        (DEPLOY / "nginx.conf").read_text(),
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("    listen [::]:80;\n", ""),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{encrypted} ssl http2;"),
        ("    listen [::]:443 ssl http2;\n", ""),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", f'"{keys[0]}"'),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", f'"{keys[1]}"'),
    )
    (folder / "lantoa.conf").write_text(shipped)
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy"))
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; {'user root;' if os.geteuid() == 0 else ''}"
        f"events {{}} http {{ {temporary} include {folder}/lantoa.conf; }}"
    )
    assert NGINX
    with running([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")], [plain, encrypted]):
        yield plain, encrypted


@contextmanager
def caddy(folder: Path, keys: tuple[Path, Path], behind: int) -> Iterator[tuple[int, int]]:
    plain, encrypted = free_port(), free_port()
    shipped = changed(
        (DEPLOY / "Caddyfile").read_text(),
        ("127.0.0.1:8000", f"127.0.0.1:{behind}"),
        (f"{NAME} {{\n", f'{NAME} {{\n\ttls "{keys[0]}" "{keys[1]}"\n\tbind 127.0.0.1\n'),
    )
    own = f"{{\n\thttp_port {plain}\n\thttps_port {encrypted}\n\tadmin off\n}}\n"
    (folder / "Caddyfile").write_text(own + shipped)
    assert CADDY
    command = [CADDY, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]
    own_places = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder))
    with running(command, [plain, encrypted], **own_places):
        yield plain, encrypted


FRONTS = [
    pytest.param(nginx, marks=pytest.mark.skipif(not NGINX, reason="NO NGINX: deploy/nginx.conf was NOT TESTED")),
    pytest.param(caddy, marks=pytest.mark.skipif(not CADDY, reason="NO CADDY: deploy/Caddyfile was NOT TESTED")),
]
Front = Callable[[Path, tuple[Path, Path], int], "contextmanager[tuple[int, int]]"]  # type: ignore[type-arg]


@pytest.mark.parametrize("front", FRONTS)
def test_a_person_signs_in_through_the_front_server(
    front: Front, served: Served, keys: tuple[Path, Path], tmp_path: Path
) -> None:
    with front(tmp_path, keys, served.port) as (plain, encrypted):  # type: ignore[attr-defined]
        moved, _ = Browser(plain, None).ask("/sign-in/?next=/x/")
        assert moved.status in {301, 308}
        assert re.fullmatch(rf"https://{NAME}(:\d+)?/sign-in/\?next=/x/", moved.headers["Location"])
        browser = Browser(encrypted, keys[0])
        page, text = browser.ask("/sign-in/")
        assert page.status == 200
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000"
        cookie = page.headers["Set-Cookie"]
        assert "; Secure" in cookie
        mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        assert mark
        posted, again = browser.ask(
            "/sign-in/",
            "POST",
            f"csrfmiddlewaretoken={mark[1]}&username=nobody&password=nothing",
            Cookie=cookie.split(";")[0],
            Origin=f"https://{NAME}",
            Content_Type="application/x-www-form-urlencoded",
        )
        assert posted.status == 200  # the form again: no such name; a lost scheme would be a 403
        assert "govuk-error-summary" in again
        assert browser.ask("/static/favicon.svg")[0].status == 200
        assert browser.ask("/metrics")[0].status == 404
    assert served.page("/metrics") == 200


@pytest.mark.parametrize("front", FRONTS)
def test_what_the_caller_claims_of_itself_does_not_pass_the_front_server(
    front: Front, listener: tuple[int, Heard], keys: tuple[Path, Path], tmp_path: Path
) -> None:
    port, heard = listener
    with front(tmp_path, keys, port) as (_plain, encrypted):  # type: ignore[attr-defined]
        Browser(encrypted, keys[0]).ask(
            "/",
            X_Forwarded_For="198.51.100.9",
            X_Forwarded_Proto="http",
            X_Forwarded_Host="evil.example",
            Forwarded="for=198.51.100.9",
        )
    (headers,) = heard
    assert (headers["x-forwarded-for"], headers["x-forwarded-proto"]) == ("127.0.0.1", "https")
    assert headers["host"] == NAME
    assert headers.get("x-forwarded-host", NAME) == NAME
    assert "forwarded" not in headers


def test_two_web_processes_are_counted_together(served: Served) -> None:
    def asked() -> int:
        connection = HTTPConnection("127.0.0.1", served.port, timeout=SECONDS)
        connection.request("GET", "/metrics", headers={"Host": "127.0.0.1"})
        text = connection.getresponse().read().decode()
        connection.close()
        found = re.search(r'lantoa_requests_total\{view="web:live",method="GET",status="200"\} (\d+)', text)
        return int(found[1]) if found else 0

    before = asked()
    for _ in range(60):
        assert served.page("/health/live/") == 200
    until(lambda: asked() == before + 60)
    assert len([*(served.data / "meters").glob("*.json")]) == 2


def test_with_certificate_files_it_speaks_https_and_nothing_else(
    _prepared: Path, data: Path, keys: tuple[Path, Path]
) -> None:
    subprocess.run(["cp", "-a", str(_prepared), str(data)], check=True)
    files = ["--certificate", str(keys[0]), "--key", str(keys[1])]
    server = Served(data, "--no-demo", "--no-worker", "--address", f"https://{NAME}", *files)
    try:
        server.wait_for("Stop it")
        page, _ = Browser(server.port, keys[0]).ask("/sign-in/")
        assert (page.status, "; Secure" in page.headers["Set-Cookie"]) == (200, True)
        with pytest.raises((OSError, AssertionError, AttributeError)):
            server.page("/sign-in/")
        said = json.loads((data / "serving.json").read_text())
        assert (said["https"], said["certificate"]) == (True, str(keys[0]))
        server.process.send_signal(signal.SIGTERM)
        server.rest()
        assert not (data / "serving.json").exists()
    finally:
        server.end()


def test_a_certificate_and_the_key_of_another_are_refused(keys: tuple[Path, Path], tmp_path: Path) -> None:
    _, other = certificate(tmp_path)
    with pytest.raises(CannotServe) as found:
        check(parser().parse_args(["--certificate", str(keys[0]), "--key", str(other), "--port", str(free_port())]))
    assert str(found.value) == (
        f"Cannot serve HTTPS: {keys[0]} and {other} are not a certificate chain and its key (KEY_VALUES_MISMATCH)."
    )


def test_a_front_server_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANTOA_PROXIES", "10.0.0.5, proxy.example.vn")
    with pytest.raises(CannotServe) as found:
        check(parser().parse_args(["--port", str(free_port())]))
    assert str(found.value) == (
        "Cannot believe the front server 'proxy.example.vn' in LANTOA_PROXIES: it is no address and no network."
    )


def test_too_many_web_processes_are_refused() -> None:
    with pytest.raises(CannotServe) as found:
        check(parser().parse_args(["--port", str(free_port()), "--processes", "99"]))
    assert str(found.value) == "Cannot serve with 99 web processes: from 1 to 16 are possible."


@pytest.mark.skipif(not SYSTEMD, reason="NO SYSTEMD-ANALYZE: the units of deploy/ were NOT TESTED")
@pytest.mark.parametrize("unit", ["lantoa.service", "lantoa-backup.service", "lantoa-backup.timer"])
def test_systemd_understands_the_units(unit: str, tmp_path: Path) -> None:
    assert SYSTEMD
    for file in DEPLOY.glob("lantoa*.*"):
        text = file.read_text().replace("/opt/lantoa/.venv/bin/lantoa", "/bin/true")
        (tmp_path / file.name).write_text(text)
    done = subprocess.run(
        [SYSTEMD, "verify", "--man=no", str(tmp_path / unit)], capture_output=True, text=True, check=False
    )
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "lantoa" in line]
    assert (done.returncode, ours) == (0, [])
