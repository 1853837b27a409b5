"""Verdicts: keys that rotate, revocations, and lists that cannot be trusted."""

import datetime
import json
from typing import Any

import polib
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lantoa.common.refused import Refused
from lantoa.training.rules.certificate.payload import public_bytes, sign
from lantoa.training.rules.certificate.trust import (
    REASON_WORDS,
    STATE_WORDS,
    PublicKey,
    Reason,
    Revocation,
    State,
    keyed,
    read_list,
    verify,
    write_list,
)
from lantoa.training.rules.certificate.words import VIETNAMESE

DAY = datetime.date(2020, 12, 31)
MADE = datetime.date(2021, 2, 1)
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
REVOKED = Revocation("c2d3f4g5h6j7k", datetime.date(2021, 1, 15), Reason.MISTAKE)


def signed_list(key: Ed25519PrivateKey, made: datetime.date = MADE) -> str:
    return write_list([REVOKED, Revocation("a1", DAY, Reason.FRAUD)], made=made, private_key=key)


def test_a_genuine_certificate_is_valid_as_of_the_list(private_key: Any, public_key: Any, a_payload: Any) -> None:
    known = read_list(signed_list(private_key), keyed([public_key]))
    verdict = verify(sign(a_payload(key="another"), private_key), keyed([public_key]), known)
    assert (verdict.state, verdict.as_of, verdict.words) == (
        State.VALID,
        MADE,
        "This certificate is genuine and in force.",
    )


def test_a_revoked_certificate_says_its_day_and_reason(private_key: Any, public_key: Any, a_payload: Any) -> None:
    known = read_list(signed_list(private_key), keyed([public_key]))
    verdict = verify(sign(a_payload(), private_key), keyed([public_key]), known)
    assert (verdict.state, verdict.revocation, verdict.words) == (
        State.REVOKED,
        REVOKED,
        "This certificate was revoked.",
    )


def test_without_a_list_the_verdict_has_no_day(private_key: Any, public_key: Any, a_payload: Any) -> None:
    assert verify(sign(a_payload(), private_key), keyed([public_key])).as_of is None


def test_a_key_that_is_not_known_is_said_so(public_key: Any, a_payload: Any) -> None:
    verdict = verify(sign(a_payload(), OTHER), keyed([public_key]))
    assert (verdict.state, verdict.payload) == (State.UNKNOWN_KEY, a_payload())


def test_a_signature_of_another_key_under_a_known_id_is_broken(
    private_key: Any, a_payload: Any, public_key: Any
) -> None:
    forged = PublicKey(public_bytes(OTHER), public_key.valid_from)
    verdict = verify(sign(a_payload(), private_key), {public_key.kid: forged})
    assert (verdict.state, verdict.payload) == (State.BROKEN, None)


@pytest.mark.parametrize(
    ("issued", "state"),
    [
        (datetime.date(2019, 12, 31), State.KEY_NOT_IN_FORCE),
        (datetime.date(2020, 1, 1), State.VALID),
        (datetime.date(2021, 12, 31), State.VALID),
        (datetime.date(2022, 1, 1), State.KEY_NOT_IN_FORCE),
    ],
)
def test_a_key_signs_from_its_first_day_until_the_day_before_it_retires(
    issued: datetime.date, state: State, private_key: Any, public_key: Any, a_payload: Any
) -> None:
    assert verify(sign(a_payload(issued=issued), private_key), keyed([public_key])).state is state


def test_certificates_of_a_retired_key_stay_valid_beside_those_of_the_new(
    private_key: Any, public_key: Any, a_payload: Any
) -> None:
    keys = keyed([public_key, PublicKey(public_bytes(OTHER), datetime.date(2022, 1, 1))])
    codes = [sign(a_payload(), private_key), sign(a_payload(issued=datetime.date(2022, 1, 1)), OTHER)]
    assert [verify(code, keys).state for code in codes] == [State.VALID, State.VALID]


def test_the_list_comes_back_in_the_order_of_its_keys(private_key: Any, public_key: Any) -> None:
    known = read_list(signed_list(private_key), keyed([public_key]))
    assert (known.made, known.kid) == (MADE, public_key.kid)
    assert known.revocations == (Revocation("a1", DAY, Reason.FRAUD), REVOKED)


def test_the_same_list_is_the_same_text(private_key: Any) -> None:
    assert signed_list(private_key) == signed_list(private_key)


@pytest.mark.parametrize(("days", "old"), [(0, False), (30, False), (31, True)])
def test_a_list_is_old_after_30_days(days: int, old: bool, private_key: Any, public_key: Any) -> None:
    known = read_list(signed_list(private_key), keyed([public_key]))
    assert known.is_old(MADE + datetime.timedelta(days=days)) is old


def changed(text: str) -> str:
    outer = json.loads(text)
    outer["list"] = outer["list"].replace("2021-01-15", "2021-01-16")
    return json.dumps(outer)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda key: "no json", "Cannot read the list of revocations: it is not complete."),
        (lambda key: "[]", "Cannot read the list of revocations: it is not complete."),
        (lambda key: '{"list": "{}", "signature": ""}', "Cannot read the list of revocations: it is not complete."),
        (lambda key: changed(signed_list(key)), "Cannot trust the list of revocations: its signature is broken."),
        (lambda key: signed_list(OTHER), "Cannot trust the list of revocations: its key 6a3803d5 is not known."),
        (
            lambda key: signed_list(key, datetime.date(2022, 1, 1)),
            "Cannot trust the list of revocations: its key 34750f98 was not in force on 2022-01-01.",
        ),
        (
            lambda key: signed_list(key).replace('\\"version\\":1', '\\"version\\":2'),
            "Cannot read the list of revocations: its version is 2, known is 1.",
        ),
    ],
)
def test_a_list_that_cannot_be_trusted_is_refused(make: Any, words: str, private_key: Any, public_key: Any) -> None:
    with pytest.raises(Refused) as refused:
        read_list(make(private_key), keyed([public_key]))
    assert str(refused.value) == words


def test_every_state_and_reason_has_its_vietnamese_words_in_page_and_catalogue() -> None:
    words = [*STATE_WORDS.values(), *REASON_WORDS.values()]
    catalogue = {entry.msgid: entry.msgstr for entry in polib.pofile("locale/vi/certificate.po")}
    assert set(STATE_WORDS) == set(State)
    assert set(REASON_WORDS) == set(Reason)
    assert {text: catalogue[text] for text in words} == VIETNAMESE
