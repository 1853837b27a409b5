"""Names, tokens, devices, addresses."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantoa.accounts.rules import (
    CARD_LETTERS,
    LETTERS,
    LINK_LETTERS,
    PER_ADDRESS,
    PER_DEVICE,
    PER_KNOWN_DEVICE,
    PER_NAME,
    Device,
    caller,
    clean_username,
    good_username,
    grouped,
    new_password,
    new_token,
    subjects,
    token_hash,
    typed,
)
from lantoa.common.refused import Refused


def test_a_username_is_the_same_in_any_case_width_and_with_spaces_around() -> None:
    assert clean_username("  Lan.NGUYEN\u00a0") == clean_username("ｌａｎ.nguyen") == "lan.nguyen"


@pytest.mark.parametrize("name", ["", "a", "nguyễn", "two words", ".dot", "x" * 81])
def test_what_is_no_username_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refusal:
        good_username(name)

    assert str(refusal.value) == (
        f"Cannot create the account “{name}”: a username has 2 to 80 letters a-z without marks, digits and . _ - @"
        " + and begins with a letter or digit."
    )


def test_a_links_token_has_130_bits_and_a_cards_80() -> None:
    assert (len(LETTERS), LINK_LETTERS * 5, CARD_LETTERS * 5) == (32, 130, 80)


def test_a_card_shows_its_code_in_groups_of_four() -> None:
    assert grouped("k7m29qxd04hnw3pz") == "k7m2-9qxd-04hn-w3pz"


def test_a_first_password_can_be_read_aloud() -> None:
    groups = new_password(secrets.choice).split("-")

    assert [len(group) for group in groups] == [4, 4, 4]


@pytest.mark.parametrize(
    "written",
    [
        "k7m2-9qxd-04hn-w1pv",
        "K7M2 9QXD O4HN WIPU",
        "k7m29qxdo4hnwlpv",
        " k7m2–9qxd.04hn w1pv ",
        "ｋ7m2-9qxd-04hn-w1pv",
    ],
)
def test_a_code_may_be_typed_in_any_case_with_any_signs_between_and_with_look_alikes(written: str) -> None:
    assert typed(written) == "k7m29qxd04hnw1pv"


@given(st.text(LETTERS, min_size=1, max_size=30))
def test_a_token_reads_as_itself_however_it_is_grouped(token: str) -> None:
    assert typed(token) == typed(grouped(token).upper()) == token


def test_what_is_kept_of_a_token_depends_on_the_key_of_the_installation() -> None:
    token = new_token(LINK_LETTERS, secrets.choice)

    assert token_hash(b"a", token) == token_hash(b"a", token.upper())
    assert token_hash(b"a", token) != token_hash(b"b", token)


def test_a_device_remembers_the_latest_accounts() -> None:
    device = Device("d")
    for key in "abca":
        device = device.after(key, keep=2)

    assert device.users == ("c", "a")
    assert (device.knows("a"), device.knows("b"), Device("", ("a",)).knows("a")) == (True, False, False)


def test_a_try_counts_for_the_name_the_device_and_the_address() -> None:
    counted = subjects(b"key", device=Device("d"), address="203.0.113.7", username="lan")

    assert sorted(one.limit.tries for one in counted) == [
        PER_NAME.tries,
        PER_DEVICE.tries,
        PER_ADDRESS.tries,
    ]
    assert counted == sorted(counted, key=lambda one: one.digest)


def test_a_try_on_a_device_that_the_account_has_used_counts_for_that_device_only() -> None:
    counted = subjects(b"key", device=Device("d"), address="203.0.113.7", username="lan", known=True)

    assert [one.limit for one in counted] == [PER_KNOWN_DEVICE]


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # anybody can send that header
        ("127.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),  # the front server has added the last one
        ("192.0.2.1", "198.51.100.1", "198.51.100.1"),  # a front server that the settings name
        ("127.0.0.1", "", ""),
        ("127.0.0.1", "nonsense", ""),
        ("", "", ""),
        ("::ffff:203.0.113.7", "", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
    ],
)
def test_the_caller_is_the_peer_or_whoever_a_front_server_names(peer: str, forwarded: str, address: str) -> None:
    assert caller(peer, forwarded, ["192.0.2.1"]) == address
