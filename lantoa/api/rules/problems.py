"""What is answered when something cannot be done: problem details as in RFC 9457."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lantoa.api.rules.shapes import Fault
from lantoa.common.refused import N_


@dataclass(frozen=True)
class Kind:
    """A kind of problem: its name (the end of its `type`), its status, its title, and what to do about it."""

    name: str
    status: int
    title: str
    advice: str


KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(
            "wrong-parameters",
            400,
            N_("The parameters of the address are not right"),
            N_("Each one is named in “errors”."),
        ),
        Kind("not-readable", 400, N_("The body is not JSON"), N_("Send one JSON object in UTF-8.")),
        Kind(
            "key-missing",
            400,
            N_("The header Idempotency-Key is missing"),
            N_("Make up a key for each thing to be added, such as a UUID; when no answer came, send the same again."),
        ),
        Kind(
            "no-token",
            401,
            N_("A token is needed"),
            N_("Send the header “Authorization: Bearer …” with a token that is neither expired nor revoked."),
        ),
        Kind(
            "not-allowed",
            403,
            N_("The token does not allow this"),
            N_("An administrator can issue a token that does."),
        ),
        Kind(
            "not-found",
            404,
            N_("There is no such thing"),
            N_("It does not exist, or it is not in the care of the unit of the token: both are answered alike."),
        ),
        Kind("no-such-method", 405, N_("The address does not take this method"), N_("See the header Allow.")),
        Kind("refused", 409, N_("It was refused"), N_("The reason is said in “detail”. Nothing was changed.")),
        Kind(
            "maybe-known",
            409,
            N_("This person may be known already"),
            N_("Those who may be meant stand in “known”. If it is none of them, send “although_known”: true."),
        ),
        Kind(
            "merged",
            410,
            N_("This person is another one"),
            N_("Two records of one person were made one. Ask for the one that “merged_into” names."),
        ),
        Kind(
            "changed-since",
            412,
            N_("It has changed since you read it"),
            N_("Read it again, and send the ETag of that answer as If-Match."),
        ),
        Kind("too-large", 413, N_("The body is too large"), N_("Send it in parts of at most 1 MB.")),
        Kind("not-json", 415, N_("The body must be application/json"), N_("Say so in the header Content-Type.")),
        Kind("wrong-body", 422, N_("The body is not right"), N_("Each fault is named in “errors” by its place.")),
        Kind(
            "key-used",
            422,
            N_("The Idempotency-Key was used for something else"),
            N_("A key belongs to one address and one body."),
        ),
        Kind(
            "condition-missing",
            428,
            N_("The header If-Match is missing"),
            N_("Whatever replaces something must say which state of it was read: the ETag of the answer."),
        ),
        Kind("too-many", 429, N_("Too many calls"), N_("Wait as many seconds as the header Retry-After says.")),
        Kind(
            "our-fault",
            500,
            N_("Something went wrong here"),
            N_("The code in “code” leads the administrator to the line of the log."),
        ),
    )
}


class Problem(Exception):
    """Something that cannot be done, as it is answered. `detail` is a msgid with `values`; `more` are further
    members of the answer."""

    def __init__(
        self,
        name: str,
        detail: str = "",
        values: Mapping[str, Any] | None = None,
        *,
        errors: Sequence[Fault] = (),
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(name, detail, values)
        self.kind = KINDS[name]
        self.detail = detail
        self.values = values or {}
        self.errors = errors
        self.more = more or {}
        self.headers = headers or {}
