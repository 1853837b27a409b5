"""The ways out of the house: e-mail by the framework's own backend, SMS and Zalo by one HTTP gateway each.

What a channel promises: `send` answers within a limited time, raises nothing, and says whether trying again is
harmless (`repeats_safely`): a gateway is given the same key each time and keeps the first; a mail server is not asked
twice, since nothing would stop the second letter. The request is described in docs/notices.md.
"""

import hashlib
import hmac
import http.client
import json
import smtplib
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from email.utils import parseaddr
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from lantoa.office.models.notices import Channel
from lantoa.office.rules.notices import Delivery, Message, Outcome, gateway_outcome

GATEWAY_SECONDS: Final = 20.0  # for the whole exchange, however slowly the other side speaks
MOST_ANSWER: Final = 64 * 1024


class Way(Protocol):
    """A channel that is configured."""

    repeats_safely: bool

    def send(self, message: Message) -> Delivery:
        """Hands one message over."""
        ...

    def close(self) -> None:
        """Lets go of what it keeps open between messages."""
        ...


def ways() -> dict[str, Way]:
    """The channels that are configured, by name."""
    found: dict[str, Way] = {Channel.EMAIL: Mail()} if settings.MAIL else {}
    for name, gateway in settings.GATEWAYS.items():
        found[name] = Gateway(
            name,
            url=gateway["url"],
            token=gateway.get("token", ""),
            secret=gateway.get("secret", ""),
            seconds=float(gateway.get("seconds", GATEWAY_SECONDS)),
        )
    return found


class Mail:
    """E-mail; one connection for many letters."""

    repeats_safely = False

    def __init__(self) -> None:
        self._line: Any = None

    def send(self, message: Message) -> Delivery:
        """Hands a letter to the mail server. Once it was begun, a broken line leaves it doubtful."""
        try:
            if self._line is not None and not _answers(self._line):
                self.close()
            if self._line is None:
                line = get_connection()
                line.open()
                self._line = line
        except (OSError, smtplib.SMTPException) as error:
            return Delivery(Outcome.AGAIN, _said(error))
        try:
            self._line.send_messages([self._letter(message)])
            return Delivery(Outcome.SENT)
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            outcome = Outcome.BOUNCED if code >= 500 else Outcome.AGAIN
            return Delivery(outcome, f"{code} {_text(words)}")
        except smtplib.SMTPResponseException as refused:
            outcome = Outcome.FAILED if refused.smtp_code >= 500 else Outcome.AGAIN
            self.close()
            return Delivery(outcome, f"{refused.smtp_code} {_text(refused.smtp_error)}")
        except ValueError as error:  # an address or subject that no letter can carry
            return Delivery(Outcome.BOUNCED, _said(error))
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            return Delivery(Outcome.DOUBTFUL, _said(error))

    def close(self) -> None:
        """Ends the connection."""
        if self._line is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._line.close()
            self._line = None

    def _letter(self, message: Message) -> EmailMessage:
        host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
        return EmailMessage(
            message.subject,
            message.body,
            to=[message.to],
            headers={
                "Message-ID": f"<{message.key}@{host}>",
                "Auto-Submitted": "auto-generated",
                "Content-Language": message.language,
            },
        )


def _answers(line: Any) -> bool:
    """Whether a mail server that was kept waiting is still there: asked before a letter is begun, not after."""
    server = getattr(line, "connection", None)
    if not isinstance(server, smtplib.SMTP):
        return True
    try:
        return server.noop()[0] == 250
    except (OSError, smtplib.SMTPException):
        return False


class Gateway:
    """A gateway for SMS or Zalo: one POST of JSON for each message, the same key for the same message."""

    repeats_safely = True

    def __init__(
        self, channel: str, *, url: str, token: str = "", secret: str = "", seconds: float = GATEWAY_SECONDS
    ) -> None:
        self._channel, self._token, self._secret, self._seconds = channel, token, secret, seconds
        self._url = urlsplit(url)

    def send(self, message: Message) -> Delivery:
        """Hands a message over; no answer in time, or half of one, means: try again under the same key."""
        body = json.dumps(
            {
                "key": message.key,
                "channel": self._channel,
                "to": message.to,
                "text": message.short,
                "language": message.language,
                "template": message.template,
                "values": dict(message.values),
            },
            ensure_ascii=False,
        ).encode()
        try:
            status, headers, content = self._post(body, self._headers(message.key, body))
        except (OSError, http.client.HTTPException, ValueError) as error:
            return Delivery(Outcome.AGAIN, _said(error))
        return Delivery(gateway_outcome(status), f"{status} {_gateway_words(content)}".strip(), _wait(headers))

    def close(self) -> None:
        """Nothing is kept open."""

    def _headers(self, key: str, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": key, "Connection": "close"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if self._secret:
            mark = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Lantoa-Signature"] = f"sha256={mark}"
        return headers

    def _post(self, body: bytes, headers: Mapping[str, str]) -> tuple[int, Mapping[str, str], bytes]:
        host, port = self._url.hostname or "", self._url.port
        line: http.client.HTTPConnection = (
            http.client.HTTPSConnection(host, port, timeout=self._seconds, context=ssl.create_default_context())
            if self._url.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=self._seconds)
        )
        line.connect()
        # the timeout of a socket counts anew with every byte: a gateway that drips is cut off as a whole
        alarm = threading.Timer(self._seconds, _cut, [line.sock])
        alarm.daemon = True
        alarm.start()
        try:
            target = self._url.path or "/"
            line.request("POST", f"{target}?{self._url.query}" if self._url.query else target, body, dict(headers))
            answer = line.getresponse()
            with answer:
                return answer.status, dict(answer.headers), answer.read(MOST_ANSWER)
        finally:
            alarm.cancel()
            line.close()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _gateway_words(content: bytes) -> str:
    """The message id or the fault that a gateway names; "" when it says nothing we know."""
    try:
        said = json.loads(content)
    except ValueError:
        return ""
    found = (said.get("error") or said.get("id") or "") if isinstance(said, dict) else ""
    return str(found)[:200]


def _wait(headers: Mapping[str, str]) -> timedelta | None:
    """What `Retry-After` asks for, in seconds; the form with a date is left aside."""
    asked = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    return timedelta(seconds=int(asked)) if asked.isdecimal() and len(asked) < 7 else None


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def _text(words: object) -> str:
    return words.decode(errors="replace") if isinstance(words, bytes) else str(words)
