"""Signing keys: one current, old ones still verify, the private half never in the database."""

import stat
from datetime import date
from pathlib import Path

import pytest
from factories import BY

from lantoa.common.refused import Refused
from lantoa.ledger.models import Entry
from lantoa.office.actions.keys import ensure_key, rotate_key
from lantoa.office.models import SigningKey
from lantoa.office.queries.keys import current_key, key_path, private_key, public_key

pytestmark = pytest.mark.django_db
JANUARY, MARCH = date(2020, 1, 1), date(2020, 3, 1)


def test_the_key_of_a_day_is_the_one_in_use_then() -> None:
    old = rotate_key(by=BY, on=JANUARY)
    new = rotate_key(by=BY, on=MARCH)
    assert [current_key(day).kid for day in (JANUARY, date(2020, 2, 29), MARCH)] == [old.kid, old.kid, new.kid]


def test_what_an_old_key_signed_is_still_verified() -> None:
    old = rotate_key(by=BY, on=JANUARY)
    signature = private_key(old.kid).sign(b"a certificate")
    rotate_key(by=BY, on=MARCH)
    public_key(SigningKey.objects.get(kid=old.kid)).verify(signature, b"a certificate")


def test_before_the_first_key_nothing_is_signed() -> None:
    rotate_key(by=BY, on=MARCH)
    with pytest.raises(Refused, match="^Cannot sign on 01/01/2020: no signing key was made by that day.$"):
        current_key(JANUARY)


def test_a_key_is_not_rotated_twice_for_one_day() -> None:
    key = rotate_key(by=BY, on=MARCH)
    with pytest.raises(Refused) as caught:
        rotate_key(by=BY, on=MARCH)
    assert str(caught.value) == (
        f"Cannot rotate the signing key on 01/03/2020: the current key {key.kid} is in use since 01/03/2020."
    )


def test_the_private_half_is_a_file_that_only_the_server_reads(keys: Path) -> None:
    key = rotate_key(by=BY, on=JANUARY)
    assert key_path(key.kid).parent == keys
    assert stat.S_IMODE(key_path(key.kid).stat().st_mode) == 0o600


def test_a_missing_private_half_is_named() -> None:
    key = rotate_key(by=BY, on=JANUARY)
    key_path(key.kid).unlink()
    with pytest.raises(Refused) as caught:
        private_key(key.kid)
    assert str(caught.value) == (
        f"Cannot sign with key {key.kid}: its private half is not in the key folder of this machine."
    )


def test_a_private_half_of_another_key_is_not_used() -> None:
    old, new = rotate_key(by=BY, on=JANUARY), rotate_key(by=BY, on=MARCH)
    key_path(old.kid).write_bytes(key_path(new.kid).read_bytes())
    with pytest.raises(Refused, match=f"^Cannot sign with key {old.kid}: the file of its private half is damaged.$"):
        private_key(old.kid)


def test_the_first_key_is_made_when_it_is_needed_and_counts_from_the_day_it_signs() -> None:
    later = ensure_key(by=BY, on=MARCH)
    assert ensure_key(by=BY, on=MARCH) == later
    assert ensure_key(by=BY, on=JANUARY) == later
    assert current_key(JANUARY) == later


def test_a_rotation_is_a_line_of_the_ledger() -> None:
    old, new = rotate_key(by=BY, on=JANUARY), rotate_key(by=BY, on=MARCH)
    assert [line.about for line in Entry.objects.order_by("id")] == [
        {"kid": old.kid, "retired": ""},
        {"kid": new.kid, "retired": old.kid},
    ]
