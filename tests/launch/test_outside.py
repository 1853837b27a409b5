"""What the environment says of mail servers and gateways: understood, or refused with words."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.outside import gateways_of, mail_of

DATA = Path("data")
SMTP = "django.core.mail.backends.smtp.EmailBackend"


def test_without_a_word_nothing_is_configured() -> None:
    assert (mail_of({}, DATA), gateways_of({})) == ({}, {})


@pytest.mark.parametrize(
    ("said", "host", "port", "user", "password", "security"),
    [
        ("smtps://an%40vn:p%3Aw@mail.example.vn", "mail.example.vn", "465", "an@vn", "p:w", "tls"),
        ("smtp://an:pw@mail.example.vn:2525", "mail.example.vn", "2525", "an", "pw", "starttls"),
        ("smtp+plain://127.0.0.1", "127.0.0.1", "25", "", "", ""),
    ],
)
def test_a_mail_server_is_named_by_an_address(
    said: str, host: str, port: str, user: str, password: str, security: str
) -> None:
    assert mail_of({"LANTOA_SMTP": said}, DATA) == {
        "backend": SMTP,
        "host": host,
        "port": port,
        "user": user,
        "password": password,
        "security": security,
    }


def test_letters_may_be_written_to_a_folder_for_trying_out() -> None:
    assert mail_of({"LANTOA_SMTP": "file"}, DATA) == {
        "backend": "django.core.mail.backends.filebased.EmailBackend",
        "folder": str(DATA / "mail"),
    }


@pytest.mark.parametrize("said", ["mail.example.vn", "http://mail.example.vn", "smtp://"])
def test_another_address_is_refused(said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="^LANTOA_SMTP must look like smtps://"):
        mail_of({"LANTOA_SMTP": said}, DATA)


def test_a_password_never_leaves_this_machine_in_clear() -> None:
    with pytest.raises(ImproperlyConfigured, match="smtp\\+plain is for a mail server on this machine"):
        mail_of({"LANTOA_SMTP": "smtp+plain://an:pw@mail.example.vn"}, DATA)


def test_a_gateway_has_an_https_address() -> None:
    found = gateways_of({"LANTOA_SMS": "https://gw.example.vn/sms", "LANTOA_SMS_TOKEN": "t", "LANTOA_ZALO": ""})
    assert found == {"sms": {"url": "https://gw.example.vn/sms", "token": "t", "secret": ""}}
    assert list(gateways_of({"LANTOA_ZALO": "http://[::1]:9/"})) == ["zalo"]
    for said in ("http://gw.example.vn/", "ftp://127.0.0.1/", "gw.example.vn"):
        with pytest.raises(ImproperlyConfigured, match="^LANTOA_SMS must be an https address"):
            gateways_of({"LANTOA_SMS": said})
