"""Two servers as two machines run them, and a front server before both: what adding a machine means."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from _exam_server import Server

NGINX = """
daemon off; pid {folder}/pid; error_log {folder}/errors.log; {user}
worker_processes 1; worker_rlimit_nofile 65536;
events {{ worker_connections 32768; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    keepalive_requests 1000000;
    upstream lantoa {{ {machines} keepalive 256; keepalive_requests 1000000; }}
    server {{
        listen 127.0.0.1:{port} backlog=16384;
        location / {{
            proxy_pass http://lantoa;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto http;
            proxy_read_timeout 60s;
        }}
    }}
}}
"""
CADDY = """{{
	auto_https off
	admin off
}}
http://127.0.0.1:{port} {{
	bind 127.0.0.1
	reverse_proxy {machines} {{
		header_up -Forwarded
	}}
}}
"""


def found_front(wanted: str = "") -> str:
    """`nginx`, `caddy`, or "" when there is none on this machine."""
    return next((name for name in ([wanted] if wanted else ["nginx", "caddy"]) if shutil.which(name)), "")


class Fronted(Server):
    """The server of one machine and one more on the same database, behind a front server. Where there is none: two
    processes on one port, which `kind` says."""

    def __init__(self, postmaster: int, database: str, wanted: str = "") -> None:
        name = found_front(wanted)
        self.kind = f"{version(name)}, two servers" if name else "no front server here: two processes on one port"
        super().__init__(postmaster, *([] if name else ["--processes", "2"]))
        self._second: Server | None = None
        self._front: subprocess.Popen[bytes] | None = None
        self._folder = tempfile.TemporaryDirectory(prefix="lantoa-front-", dir="/tmp")
        if name:
            self._second = Second(postmaster, database, Path(self._folder.name))
            self._begin(name, [self.port, self._second.port])

    def _begin(self, name: str, behind: list[int]) -> None:
        folder = Path(self._folder.name)
        folder.chmod(0o711)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        if name == "nginx":
            machines = " ".join(f"server 127.0.0.1:{port};" for port in behind)
            user = "user root;" if os.geteuid() == 0 else ""
            text = NGINX.format(folder=folder, machines=machines, port=self.port, user=user)
            command = ["nginx", "-p", str(folder), "-c", str(folder / "front")]
        else:
            machines = " ".join(f"127.0.0.1:{port}" for port in behind)
            text = CADDY.format(machines=machines, port=self.port)
            command = ["caddy", "run", "--config", str(folder / "front"), "--adapter", "caddyfile"]
        (folder / "front").write_text(text)
        own = dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder))
        self._front = subprocess.Popen(
            command, env={**os.environ, **own}, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        self._roots.append(self._front.pid)
        assert self._second is not None
        self._roots.append(self._second.process.pid)
        until = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            except OSError:
                if time.monotonic() > until or self._front.poll() is not None:
                    raise SystemExit(f"{name} does not listen") from None
                time.sleep(0.1)

    def stop(self) -> None:
        if self._front is not None:
            self._front.send_signal(signal.SIGTERM)
            self._front.wait()
        if self._second is not None:
            self._second.stop()
        super().stop()
        self._folder.cleanup()


class Second(Server):
    """Another machine: the same database by its address, the same keys and files (a shared folder), no worker."""

    def __init__(self, postmaster: int, database: str, folder: Path) -> None:
        data = folder / "data"
        data.mkdir()
        first = Path(os.environ["LANTOA_DATA"])
        for name in ("keys", "files"):
            (first / name).mkdir(exist_ok=True)
            (data / name).symlink_to(first / name)
        super().__init__(postmaster, "--no-worker", DATABASE_URL=database, LANTOA_DATA=str(data))


def version(name: str) -> str:
    """As it says itself."""
    asked = ["nginx", "-v"] if name == "nginx" else ["caddy", "version"]
    said = subprocess.run(asked, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    return f"{name} {said.strip().removeprefix('nginx version: nginx/').split(' ')[0]}"
