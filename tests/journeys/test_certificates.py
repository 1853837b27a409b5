"""Anyone verifies a certificate by the text of its QR code, and sees it when it was revoked."""

from collections.abc import Callable

from journeys.browser import Reader
from journeys.town import Town


def test_anyone_verifies_a_certificate_and_sees_that_it_was_revoked(
    reader: Callable[..., Reader], town: Town
) -> None:
    things = town.found["things"]
    anyone, officer = reader(javascript=False), reader("canbo")

    anyone.go("/verify/")
    anyone.write("The text of the QR code, or its address", things["qr"])
    anyone.press("Verify")
    assert anyone.says("As of %(day)s no revocation is known.").split("%")[0] in anyone.text
    assert things["name"] in anyone.text

    revoke(officer, things["certificate"])
    anyone.page.reload()
    assert anyone.says("issued by mistake") in anyone.text
    assert anyone.says("Revoked on") in anyone.text


def revoke(officer: Reader, certificate: str) -> None:
    officer.go(f"/certificates/{certificate}/revoke/")
    officer.choose("issued by mistake")
    officer.press("Revoke the certificate")
    assert officer.page.locator(".govuk-error-message").count() == 1  # not without a reason
    officer.must_be_sound()
    officer.write("Reason, for the file", "Ghi sai ngày sinh")
    officer.press("Revoke the certificate")
    assert "còn hiệu lực" in officer.text


def test_a_certificate_that_was_changed_is_not_taken_for_one_of_ours(
    reader: Callable[..., Reader], town: Town
) -> None:
    anyone = reader(language="en")
    forged = town.found["things"]["qr"]
    anyone.go(f"/v/{forged[:40]}{'A' if forged[40] != 'A' else 'B'}{forged[41:]}")
    anyone.must_be_sound()
    assert anyone.page.locator(".lt-note--late, .lt-note--wait").count() == 1
    assert anyone.page.locator(".lt-note--ok").count() == 0
