"""Issuing and revoking certificates. What a certificate says is frozen when it is issued."""

import re
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, Max, Min, OuterRef, QuerySet, Sum
from django.utils import timezone

from lantoa.common.models import new_key
from lantoa.common.refused import N_, Refused
from lantoa.directory.queries.units import names
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.actions.keys import ensure_key
from lantoa.office.queries.keys import current_key, private_key
from lantoa.programmes.models import Programme
from lantoa.programmes.rules import act_of_number
from lantoa.training.models import Certificate, Enrolment, TrainingClass
from lantoa.training.rules.certificate.payload import Payload, sign
from lantoa.training.rules.certificate.trust import Reason
from lantoa.training.rules.completion import written

BATCH = 500


def eligible(programme: Programme, class_code: str = "") -> QuerySet[Enrolment]:
    """Those who have completed and hold no certificate, in the order of classes and names. Nobody whose name is
    not to be used: restricted or erased."""
    held = Certificate.objects.filter(enrolment=OuterRef("pk"), revoked_on=None)
    found = Enrolment.objects.filter(
        ~Exists(held),
        training_class__programme=programme,
        withdrawn_at=None,
        completed_at__isnull=False,
        person__restricted_at=None,
        person__erased_at=None,
    )
    if class_code:
        found = found.filter(training_class__code=class_code)
    return found.order_by("training_class__code", "person__sort_key", "id")


def check_issuable(*, programme: Programme, on: date, today: date, class_code: str = "") -> None:
    """Refuses what `issue_certificates` would refuse, and a day that has not come, without issuing anything."""
    _settings(programme)
    if on > today:
        raise Refused(
            N_("Cannot issue certificates of %(programme)s dated %(day)s: the day has not come yet."),
            programme=programme.name,
            day=f"{on:%d/%m/%Y}",
        )
    rows = list(eligible(programme, class_code).select_related("training_class"))
    _refuse_late(rows, _classes({row.training_class_id for row in rows}), on)


@transaction.atomic
def issue_certificates(
    *, by: Actor, programme: Programme, on: date, class_code: str = "", limit: int = BATCH
) -> list[Certificate]:
    """Issues up to `limit` certificates dated `on`; call it until it gives back none. A second caller waits for the
    first, so nobody gets two and no number is given twice.

    Refused when the programme does not say how its certificates look, or the day lies before the end of a class;
    whether the day has come is for `check_issuable`, which whoever reads a day from outside asks first.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    settings = _settings(programme)
    due = list(eligible(programme, class_code).values_list("pk", flat=True)[:limit])
    list(Enrolment.objects.select_for_update().filter(pk__in=due).order_by("pk").values_list("pk"))
    # asked again once they are held: somebody may have been taken out of the class in the meantime
    still = eligible(programme, class_code).filter(pk__in=due)
    rows = list(still.select_related("person", "training_class__course"))
    if not rows:
        return []
    ensure_key(by=by, on=on)
    key = current_key(on)
    private = private_key(key.kid)
    classes = _classes({row.training_class_id for row in rows})
    _refuse_late(rows, classes, on)
    units = names((row.unit_id for row in rows), on=on)
    pattern = settings["number"].replace("{year}", str(on.year))
    with connection.cursor() as cursor:  # another programme may number in the same row
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"lantoa.certificates.{pattern}"])
    number = _last_number(pattern)
    made = []
    for row in rows:
        number += 1
        facts = {
            "name": row.person.full_name,
            "born": [
                part
                for part in (row.person.birth_year, row.person.birth_month, row.person.birth_day)
                if part is not None
            ],
            "unit": units[row.unit_id].full_name if row.unit_id in units else "",
            "title": settings["title"],
            "course": row.training_class.course.title,
            "programme": programme.name,
            "issuer": settings["issuer"],
            "superior": settings.get("superior", ""),
            "place": settings.get("place", ""),
            "post": settings["signer"]["post"].splitlines(),
            "signer": settings["signer"]["name"],
            "decision": _decision(programme),
            "issued": on.isoformat(),
            "demonstration": programme.is_demonstration or row.person.is_demonstration,
            **classes[row.training_class_id]["facts"],
        }
        public = new_key()
        text = pattern.replace("{number}", f"{number:02d}")
        payload = Payload(
            key=public,
            number=text,
            issued=on,
            name=facts["name"],
            course=facts["course"],
            issuer=facts["issuer"],
            demonstration=facts["demonstration"],
        )
        made.append(
            Certificate(
                key=public,
                enrolment=row,
                number=text,
                issued_on=on,
                facts=facts,
                payload=sign(payload, private),
                signing_key=key,
                issued_by=by.actor_key,
            )
        )
    Certificate.objects.bulk_create(made)
    record(
        by=by,
        act="training.issue_certificates",
        thing=programme,
        about={"count": len(made), "first": made[0].number, "last": made[-1].number, "on": on.isoformat()},
    )
    return made


@transaction.atomic
def revoke_certificate(*, by: Actor, certificate: Certificate, kind: str, reason: str, on: date) -> Certificate:
    """Revokes a certificate for good. `kind` is the word that may be published, `reason` stays inside."""
    certificate = Certificate.objects.select_for_update().get(pk=certificate.pk)
    if certificate.revoked_on is not None:
        raise Refused(
            N_("Cannot revoke certificate %(number)s: it was revoked on %(day)s."),
            number=certificate.number,
            day=f"{certificate.revoked_on:%d/%m/%Y}",
        )
    if not reason.strip():
        raise Refused(N_("Cannot revoke certificate %(number)s: say why."), number=certificate.number)
    certificate.revoked_on, certificate.revoked_by = on, by.actor_key
    certificate.revocation_kind, certificate.revocation_reason = Reason(kind), reason.strip()[:300]
    certificate.save(update_fields=["revoked_on", "revoked_by", "revocation_kind", "revocation_reason"])
    record(by=by, act="training.revoke_certificate", thing=certificate, about={"kind": kind})
    return certificate


def _refuse_late(rows: list[Enrolment], classes: dict[int, dict[str, Any]], on: date) -> None:
    for row in rows:
        ends = classes[row.training_class_id]["ends"]
        if ends and ends > on:
            raise Refused(
                N_("Cannot issue certificates of class %(code)s dated %(day)s: its last meeting is on %(last)s."),
                code=row.training_class.code,
                day=f"{on:%d/%m/%Y}",
                last=f"{ends:%d/%m/%Y}",
            )


def _settings(programme: Programme) -> dict[str, Any]:
    settings = programme.papers.get("certificate")
    if not settings:
        raise Refused(
            N_(
                "Cannot issue certificates of %(programme)s: its file does not say who issues and signs them. "
                "Add the part «certificate» to the programme file and load it."
            ),
            programme=programme.name,
        )
    found: dict[str, Any] = settings
    return found


def _decision(programme: Programme) -> str:
    decision = programme.decision
    if not decision:
        return ""
    return f"{act_of_number(decision.number)} số {decision.number} ngày {decision.issued_on:%d/%m/%Y}"


def _last_number(pattern: str) -> int:
    """The highest running number given under the pattern so far."""
    before, after = pattern.split("{number}")
    shape = re.compile(re.escape(before) + r"(\d+)" + re.escape(after))
    given = Certificate.objects.filter(number__startswith=before, number__endswith=after)
    return max((int(m[1]) for n in given.values_list("number", flat=True) if (m := shape.fullmatch(n))), default=0)


def _classes(ids: set[int]) -> dict[int, dict[str, Any]]:
    """What a certificate says of the class: hours, first and last day."""
    spans = {
        pk: (first, last)
        for pk, first, last in TrainingClass.objects.filter(pk__in=ids).values_list(
            "pk", Min("meetings__during__startswith"), Max("meetings__during__endswith")
        )
    }
    hours = dict(TrainingClass.objects.filter(pk__in=ids).values_list("pk", Sum("course__topics__hours")))
    found = {}
    for pk, (first, last) in spans.items():
        starts = timezone.localdate(first) if first else None
        ends = timezone.localdate(last) if last else None
        found[pk] = {
            "ends": ends,
            "facts": {
                "hours": written(hours[pk]) if hours[pk] else "",
                "starts": starts.isoformat() if starts else "",
                "ends": ends.isoformat() if ends else "",
            },
        }
    return found
