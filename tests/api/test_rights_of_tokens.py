"""Every operation x a token with and without its permission x a thing of one's own unit and of a foreign one.

A NEW OPERATION needs nothing here unless its path begins with a word that PLACES does not know.
"""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from api.caller import System, system
from django.utils import timezone
from house.world import Corner, World

from lantoa.api.actions.exports import start_export
from lantoa.api.actions.tokens import revoke_token
from lantoa.api.models import Token
from lantoa.api.rules.scopes import SCOPES
from lantoa.api.views import resources  # noqa: F401 -- declares the operations
from lantoa.api.views.operations import ANY_TOKEN, OPERATIONS, Operation
from lantoa.directory.models import Person
from lantoa.directory.permissions import PERMISSIONS
from lantoa.ledger.rules import Machine

pytestmark = pytest.mark.django_db
PLACES: dict[str, Callable[[Corner], str]] = {
    "people": lambda corner: corner.person.key,
    "posts": lambda corner: corner.post.key,
    "programmes": lambda corner: corner.programme.key,
    "classes": lambda corner: corner.training_class.key,
    "meetings": lambda corner: corner.meeting.key,
    "assessments": lambda corner: corner.assignment.key,
    "certificates": lambda corner: corner.certificate.key,
    "exports": lambda corner: export_of(corner).key,
    "imports": lambda corner: corner.roster.key,
    "targets": lambda corner: corner.target.key,
    "readiness": lambda corner: corner.index_published.key,
    "pilots": lambda corner: corner.pilot.key,
    "playbooks": lambda corner: corner.playbook.key,
}
FOR_ALL = {"units"}  # every token reads every unit


def export_of(corner: Corner) -> Any:
    return start_export(
        by=Machine("test"), room="training", form="csv", unit=corner.unit, language="vi", at=timezone.now()
    )


def address_key(operation: Operation, corner: Corner) -> str:
    """The key of the thing that the operation speaks of; "" for a list."""
    place = operation.path.partition("/")[0]
    if "{key}" not in operation.path:
        return ""
    return corner.ward.key if place in FOR_ALL else PLACES[place](corner)


def address(operation: Operation, corner: Corner) -> str:
    return operation.path.replace("{key}", address_key(operation, corner)).replace(
        "{person}", corner.enrolment.person.key
    )


def bodies(operation: Operation, corner: Corner) -> dict[str, Any]:
    """A body of the right shape, so that the answer speaks of the thing."""
    person = corner.enrolment.person.key
    return {
        "change_person": {"phone": "0912345678"},
        "add_post": {"unit": corner.ward.key, "since": "2020-10-01"},
        "end_post": {"until": "2020-10-01"},
        "enrol_people": {"people": [person]},
        "enter_roll": {"lines": [{"person": person, "state": "present"}]},
        "correct_line": {"state": "absent", "reason": "thử"},
        "report_measurement": {"period": "2019", "value": "50"},
        "set_marks": {"marks": [{"person": person, "value": "5"}]},
    }.get(operation.name, {})


def ask(caller: System, operation: Operation, corner: Corner) -> int:
    headers = {"idempotency_key": operation.name} if operation.adds else {"if_match": '"none"'}
    body = bodies(operation, corner) if operation.body else None
    return int(caller.call(operation.method, address(operation, corner), body, **headers).status_code)


def of_a_thing() -> Iterator[Operation]:
    return (one for one in OPERATIONS if "{key}" in one.path and one.path.partition("/")[0] not in FOR_ALL)


def test_every_scope_is_a_permission_and_every_permission_asked_for_is_a_scope() -> None:
    assert set(SCOPES) - set(PERMISSIONS) == set()
    assert {one.needs for one in OPERATIONS} - {ANY_TOKEN} == set(SCOPES)


def test_without_its_permission_no_operation_is_done(world: World) -> None:
    corner = world.own(Corner(world.own_province).person)
    wrong = []
    for operation in OPERATIONS:
        if operation.needs == ANY_TOKEN:
            continue
        others = [scope for scope in SCOPES if scope != operation.needs]
        if (status := ask(system(world.own_province, *others), operation, corner)) != 403:
            wrong.append(f"{operation.method} {operation.path}: {status}, not 403")
    assert wrong == []


@pytest.mark.parametrize("side", ["beside", "above"])
def test_nothing_of_a_foreign_unit_is_there(side: str, world: World) -> None:
    """The province beside; and, for a token of a ward, its own province and the other wards."""
    unit = world.own_province if side == "beside" else Corner(world.own_province).ward
    caller, corner = system(unit), world.beside() if side == "beside" else world.above()
    wrong = [
        f"{operation.method} {operation.path}: {status}, not 404"
        for operation in of_a_thing()
        if (status := ask(caller, operation, corner)) != 404
    ]
    assert wrong == []


def test_what_is_ones_own_is_answered(hr: System, own: Corner) -> None:
    assert own.post  # the first of those that follow
    answers = {f"{one.method} {one.path}": ask(hr, one, own) for one in OPERATIONS}
    assert {name: status for name, status in answers.items() if status in (401, 403, 405) or status >= 500} == {}
    assert [one for one, status in answers.items() if status == 404] == []


# ---- hard words


HARD = (
    "x" * 200,
    unicodedata.normalize("NFD", "Nguyễn Thị Ứng"),
    "%00",
    "%FF%FE",
    "..%2F..%2Fetc",
    "' OR 1=1 --",
    "0123456789abc\n",
)


@pytest.mark.parametrize("word", HARD)
def test_a_key_that_is_none_is_not_found_wherever_it_stands(hr: System, word: str) -> None:
    wrong = []
    for operation in OPERATIONS:
        if not operation.arguments:
            continue
        path = operation.path.replace("{key}", word).replace("{person}", word)
        headers = {"idempotency_key": operation.name} if operation.adds else {"if_match": '"none"'}
        status = hr.call(operation.method, path, {} if operation.body else None, **headers).status_code
        if status not in (404, 422):
            wrong.append(f"{operation.method} {path}: {status}")
    assert wrong == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"full_name": "' + b"a" * 10_000_000 + b'"}', 413),
        (b'{"full_name": "\xff\xfe"}', 400),
        (b"\xef\xbb\xbf{}", 400),
        (b"[" * 100_000, 400),
        (b'{"born": 1' + b"0" * 5_000 + b"}", 400),
        (b'{"full_name": "\\ud800"}', 422),
    ],
    ids=["ten megabytes", "no UTF-8", "a mark of bytes", "deep", "a long number", "half a letter"],
)
def test_a_body_that_cannot_be_is_refused_and_nothing_is_written(hr: System, body: bytes, status: int) -> None:
    before = Person.objects.count()
    assert hr.add("people", body).status_code == status
    assert Person.objects.count() == before


def test_a_name_arrives_composed_and_one_too_long_is_refused(hr: System, own: Corner) -> None:
    name = unicodedata.normalize("NFD", "Nguyễn Thị Ứng")
    body = {"full_name": name, "unit": own.ward.key, "since": "2020-10-01"}
    key = hr.add("people", body).json()["key"]
    assert Person.objects.get(key=key).full_name == unicodedata.normalize("NFC", name)
    long = hr.add("people", {**body, "full_name": "Ừ" * 200})
    assert (long.status_code, long.json()["errors"]) == (
        422, [{"pointer": "#/full_name", "detail": "It must have 1 to 100 letters."}],
    )  # fmt: skip


def test_a_token_that_has_expired_or_was_revoked_opens_nothing(hr: System, world: World) -> None:
    late = system(world.own_province)
    Token.objects.filter(pk=late.token.pk).update(
        made_at=timezone.now() - timedelta(days=9), expires_at=timezone.now() - timedelta(seconds=1)
    )
    revoke_token(by=Machine("test"), token=hr.token, at=timezone.now())
    assert {caller.call(one.method, one.path).status_code for caller in (late, hr) for one in OPERATIONS} == {401}
