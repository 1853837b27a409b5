"""The OpenAPI document against the server, by a client that knows nothing but the document (schemathesis).

It runs all its phases over loopback: examples, coverage of every limit, fuzzing, and sequences of calls. Longer:
`SCHEMATHESIS_SECONDS=900 pytest tests/api/test_schema.py`.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import factories
import pytest
from api.caller import system
from api.test_rights_of_tokens import address_key
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections
from house.world import Corner, World

from lantoa.api.views.document import document
from lantoa.api.views.operations import OPERATIONS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "45"))
SEED = os.environ.get("SCHEMATHESIS_SEED", "2026")  # the same questions each time; another seed asks others
# What the document cannot say: a day that does not exist, a unit that is not in care, a state that was not read.
CHECKS = """
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "304", "401", "403", "404", "409", "412", "422", "429"]
missing_required_header.expected-statuses = ["400", "401", "403", "406", "415", "422", "428"]
negative_data_rejection.expected-statuses = ["400", "401", "403", "404", "405", "409", "412", "415", "422", "428"]
"""


def config(corner: Corner) -> str:
    """Real keys for the paths: made-up ones would end at 404 and reach nothing behind it."""
    lines = [CHECKS]
    for operation in OPERATIONS:
        if operation.arguments:
            parameters = {"key": address_key(operation, corner), "person": corner.enrolment.person.key}
            said = ", ".join(f'"path.{name}" = "{parameters[name]}"' for name in operation.arguments)
            name = f"{operation.method} /{operation.path}"
            lines.append(f'[[operations]]\ninclude-name = "{name}"\nparameters = {{ {said} }}\n')
    return "\n".join(lines)


class Quiet(WSGIRequestHandler):
    """Says nothing, and closes the connections to the database that its thread has used."""

    def log_message(self, *_said: Any) -> None:
        return

    def handle(self) -> None:
        try:
            super().handle()
        finally:
            connections.close_all()


@pytest.fixture
def address(settings: Any) -> Iterator[str]:
    """A server of the house on loopback."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    settings.ADDRESS = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield settings.ADDRESS
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_the_server_does_what_the_document_says(address: str, tmp_path: Path) -> None:
    world = World.make()
    own, foreign = world.own(factories.person()), Corner(world.other_province)
    for corner in (own, foreign):
        assert corner.certificate and corner.assignment and corner.person
    settings = tmp_path / "schemathesis.toml"
    settings.write_text(config(own))
    machine = system(world.own_province, calls_a_minute=100_000)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", f"--config-file={settings}", "run"),
            f"{address}/api/openapi.json",
            f"--header=Authorization: Bearer {machine.text}",
            f"--max-time={SECONDS}",
            f"--seed={SEED}",
            "--continue-on-failure",
            "--no-color",
        ],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=SECONDS * 3 + 120,
    )
    assert done.returncode == 0, done.stdout[-12_000:] + done.stderr[-4_000:]


def test_the_document_is_in_both_languages() -> None:
    english, vietnamese = (document(language, "https://a.example") for language in ("en", "vi"))
    path = english["paths"]["/people/{key}"]["get"], vietnamese["paths"]["/people/{key}"]["get"]
    assert [one["summary"] for one in path] == ["One person, with all posts", "Một người, với mọi chức vụ"]
    assert english["openapi"] == "3.1.0"
    assert english["servers"] == [{"url": "https://a.example/api/v1"}]
