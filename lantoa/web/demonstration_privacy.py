"""The privacy desk of the demonstration: the register, a consent, a request that waits, a breach whose clock runs.

Everybody and everything in it is invented.
"""

from dataclasses import asdict
from datetime import date, datetime, timedelta

from lantoa.accounts.models import User
from lantoa.directory.models import Person, Role, RoleGrant
from lantoa.ledger.rules import Actor
from lantoa.office.actions.privacy import enter_purpose, enter_request, give_consent, log_breach
from lantoa.office.models import Breach, Consent, DataRequest, Purpose
from lantoa.office.queries.privacy import text_to_show
from lantoa.office.rules.register import REGISTER


def keep_desk(*, by: Actor, learner: str, at: datetime, on: date) -> None:
    """Fills the desk; whatever of it stands already stays as it is."""
    known = set(Purpose.objects.values_list("code", flat=True))
    for one in REGISTER:
        if one.code not in known:
            enter_purpose(by=by, since=on, at=at, **asdict(one))
    user = User.objects.get(username=learner)
    person = Person.objects.filter(user=user).first()
    if person is None:
        return
    text = text_to_show("notices", on=on)
    if text is not None and not Consent.objects.filter(person=person).exists():
        give_consent(
            by=user, person=person, text=text, agreed=True, channel=Consent.Channel.PAGE, language="vi", at=at
        )
    grant = RoleGrant.objects.filter(user=user, role=Role.LEARNER).select_related("unit").first()
    if grant is not None and not DataRequest.objects.filter(person=person).exists():
        enter_request(
            by=user,
            person=person,
            unit=grant.unit,
            kind=DataRequest.Kind.SEE,
            channel=Consent.Channel.PAGE,
            words="(Minh họa) Tôi muốn biết cơ quan đang giữ những gì về tôi.",
            at=at,
        )
        if not Breach.objects.exists():
            log_breach(
                by=by,
                unit=grant.unit,
                title="(Minh họa) Gửi nhầm danh sách lớp",
                detected_at=at - timedelta(hours=20),
                what="Danh sách một lớp được gửi nhầm vào nhóm trò chuyện của đơn vị khác, đã gỡ sau 10 phút.",
                data="Họ tên, chức vụ, đơn vị",
                people=40,
                at=at,
            )
