"""Keys and certificates for tests. The people are invented."""

import datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lantoa.training.rules.certificate.payload import Payload, address, public_bytes, sign
from lantoa.training.rules.certificate.pdf import Born, Certificate
from lantoa.training.rules.certificate.trust import PublicKey

PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x01" * 32)
DAY = datetime.date(2020, 12, 31)


def make_payload(**changes: Any) -> Payload:
    values: dict[str, Any] = {
        "key": "c2d3f4g5h6j7k",
        "number": "0012/2020/CN-Q9",
        "issued": DAY,
        "name": "Nguyễn Thị Ước",
        "course": "Chuyển đổi số cho lãnh đạo, quản lý",
        "issuer": "Ủy ban nhân dân Quận 9",
    }
    return Payload(**{**values, **changes})


def make_certificate(**changes: Any) -> Certificate:
    values: dict[str, Any] = {
        "number": "0012/2020/CN-Q9",
        "name": "Nguyễn Thị Ước",
        "course": "Chuyển đổi số cho lãnh đạo, quản lý",
        "issuer": "Ủy ban nhân dân Quận 9",
        "superior": "Ủy ban nhân dân Thành phố Hồ Chí Minh",
        "issued": DAY,
        "place": "Quận 9",
        "post": ("TM. Ủy ban nhân dân", "Chủ tịch"),
        "signer": "Nguyễn Văn Ví Dụ",
        "born": Born(1980, 6, 5),
        "unit": "Ủy ban nhân dân phường Phước Long A",
        "programme": "Bồi dưỡng chuyển đổi số Quận 9 năm 2020",
        "course_in_english": "Digital transformation for leaders",
        "hours": 64,
        "starts": datetime.date(2020, 10, 1),
        "ends": DAY,
        "decision": "Quyết định số 45/QĐ-UBND ngày 31 tháng 12 năm 2020",
    }
    values |= changes
    if "code" not in values:
        payload = make_payload(name=values["name"], course=values["course"], issuer=values["issuer"])
        values["code"] = address("https://lantoa.example", sign(payload, PRIVATE))
    return Certificate(**values)


@pytest.fixture(scope="session")
def private_key() -> Ed25519PrivateKey:
    return PRIVATE


@pytest.fixture(scope="session")
def public_key() -> PublicKey:
    return PublicKey(public_bytes(PRIVATE), datetime.date(2020, 1, 1), datetime.date(2022, 1, 1))


@pytest.fixture(scope="session")
def a_payload() -> Any:
    return make_payload


@pytest.fixture(scope="session")
def a_certificate() -> Any:
    return make_certificate
