"""The privacy desk: purposes, consents, requests of people about their data, breaches."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Person, Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.office.models import Breach, Consent, DataRequest, Document, Purpose, PurposeText
from lantoa.office.queries.days import working_calendar
from lantoa.office.rules.privacy import clock, extended, report_by

# ---- purposes and consents


@transaction.atomic
def enter_purpose(
    *,
    by: Actor,
    code: str,
    ground: str,
    basis: str,
    data: str,
    titles: tuple[str, str],
    texts: tuple[str, str],
    since: date,
    at: datetime,
    recipients: str = "",
    kept_for: str = "",
) -> Purpose:
    """Enters a purpose with the first version of what people read about it, (Vietnamese, English)."""
    taken = Refused(N_("Cannot enter the purpose %(code)s: there is one of this name."), code=code)
    if Purpose.objects.filter(code=code).exists():
        raise taken
    if not basis.strip():
        raise Refused(N_("Cannot enter the purpose %(code)s: name its legal basis."), code=code)
    with only_one(taken):
        purpose = Purpose.objects.create(
            code=code, ground=ground, basis=basis, data=data, recipients=recipients, kept_for=kept_for, since=since
        )
    _text(purpose, 1, titles, texts, at)
    record(by=by, act="office.enter_purpose", thing=purpose, about={"code": code, "ground": ground})
    return purpose


@transaction.atomic
def word_purpose(
    *, by: Actor, purpose: Purpose, titles: tuple[str, str], texts: tuple[str, str], at: datetime
) -> PurposeText:
    """A new version of what people read. Consents given to an earlier one stay what they are: to that version."""
    purpose = Purpose.objects.select_for_update().get(pk=purpose.pk)
    if purpose.ended_on is not None:
        raise Refused(
            N_("Cannot word the purpose %(code)s anew: it ended on %(day)s."),
            code=purpose.code,
            day=f"{purpose.ended_on:%d/%m/%Y}",
        )
    last = purpose.texts.order_by("-version").first()
    made = _text(purpose, (last.version if last else 0) + 1, titles, texts, at)
    record(by=by, act="office.word_purpose", thing=purpose, about={"version": made.version})
    return made


def _text(
    purpose: Purpose, version: int, titles: tuple[str, str], texts: tuple[str, str], at: datetime
) -> PurposeText:
    if not all(one.strip() for one in (*titles, *texts)):
        raise Refused(
            N_("Cannot word the purpose %(code)s: title and text are needed in Vietnamese and in English."),
            code=purpose.code,
        )
    return PurposeText.objects.create(
        purpose=purpose,
        version=version,
        title_vi=titles[0],
        title_en=titles[1],
        text_vi=texts[0],
        text_en=texts[1],
        made_at=at,
    )


@transaction.atomic
def end_purpose(*, by: Actor, purpose: Purpose, on: date) -> Purpose:
    """The purpose is no longer pursued: nobody is asked for it from that day on."""
    purpose = Purpose.objects.select_for_update().get(pk=purpose.pk)
    if purpose.ended_on is not None:
        raise Refused(
            N_("Cannot end the purpose %(code)s: it ended on %(day)s."),
            code=purpose.code,
            day=f"{purpose.ended_on:%d/%m/%Y}",
        )
    purpose.ended_on = on
    purpose.save(update_fields=["ended_on"])
    record(by=by, act="office.end_purpose", thing=purpose, about={"on": on.isoformat()})
    return purpose


@transaction.atomic
def give_consent(
    *, by: Actor, person: Person, text: PurposeText, agreed: bool, channel: str, language: str, at: datetime
) -> Consent:
    """The person agrees to a purpose, having read this version of its text. `agreed` is the box they ticked: silence
    is no consent. Agreeing again to the same version changes nothing; to a newer one replaces the consent."""
    person = Person.objects.select_for_update().get(pk=person.pk)
    purpose = Purpose.objects.get(pk=text.purpose_id)  # as it stands now
    if purpose.ground != Purpose.Ground.CONSENT:
        raise Refused(
            N_("Cannot take a consent to %(code)s: it rests on %(basis)s and asks nobody."),
            code=purpose.code,
            basis=purpose.basis,
        )
    if not agreed:
        raise Refused(N_("Cannot take the consent: the box “I agree” is not ticked."))
    if purpose.ended_on is not None and purpose.ended_on <= timezone.localdate(at):
        raise Refused(
            N_("Cannot take a consent to %(code)s: it ended on %(day)s."),
            code=purpose.code,
            day=f"{purpose.ended_on:%d/%m/%Y}",
        )
    newest = purpose.texts.order_by("-version").first()
    if newest is not None and newest.pk != text.pk:
        raise Refused(
            N_("Cannot take the consent: the text has a newer version (%(version)d). Read it first."),
            version=newest.version,
        )
    running = Consent.objects.filter(person=person, purpose=purpose, withdrawn_at=None).first()
    if running is not None:
        if running.text_id == text.pk:
            return running
        running.withdrawn_at, running.withdrawn_by = at, by.actor_key
        running.save(update_fields=["withdrawn_at", "withdrawn_by"])
    made = Consent.objects.create(
        person=person,
        purpose=purpose,
        text=text,
        given_at=at,
        given_by=by.actor_key,
        channel=channel,
        language=language,
    )
    record(
        by=by,
        act="office.give_consent",
        thing=made,
        about={"person": person.key, "purpose": purpose.code, "version": text.version, "channel": channel},
    )
    return made


@transaction.atomic
def withdraw_consent(*, by: Actor, person: Person, purpose: Purpose, at: datetime) -> Consent:
    """The person no longer agrees. As easy as agreeing; what was done before stays lawful."""
    running = Consent.objects.select_for_update().filter(person=person, purpose=purpose, withdrawn_at=None).first()
    if running is None:
        raise Refused(N_("Cannot withdraw the consent to %(code)s: there is none."), code=purpose.code)
    running.withdrawn_at, running.withdrawn_by = at, by.actor_key
    running.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(by=by, act="office.withdraw_consent", thing=running, about={"person": person.key, "purpose": purpose.code})
    return running


# ---- requests


@transaction.atomic
def enter_request(
    *,
    by: Actor,
    person: Person,
    unit: Unit,
    kind: str,
    channel: str,
    at: datetime,
    received_at: datetime | None = None,
    words: str = "",
) -> DataRequest:
    """What a person asks about their data; its clocks run from the day it came, which may be earlier than `at`."""
    received = received_at or at
    if received > at:
        raise Refused(N_("Cannot enter the request: it cannot have come after now."))
    open_one = DataRequest.objects.filter(person=person, kind=kind, ended_at=None).first()
    if open_one is not None:
        raise Refused(
            N_("Cannot enter the request: one of the same kind has been open since %(day)s."),
            day=f"{timezone.localdate(open_one.received_at):%d/%m/%Y}",
        )
    on = timezone.localdate(received)
    times = clock(kind, on, working_calendar(start=on))
    made = DataRequest.objects.create(
        person=person,
        person_key=person.key,
        unit=unit,
        kind=kind,
        words=words.strip(),
        channel=channel,
        received_at=received,
        entered_by=by.actor_key,
        reply_by=times.reply_by,
        due_on=times.due_on,
    )
    record(
        by=by,
        act="office.enter_request",
        thing=made,
        about={"person": person.key, "kind": kind, "due": times.due_on.isoformat()},
    )
    return made


@transaction.atomic
def answer_request(*, by: Actor, request: DataRequest, at: datetime) -> DataRequest:
    """The person was told that the request came, what follows and by when."""
    request = _open(request)
    if request.answered_at is not None:
        return request
    request.state, request.answered_at = DataRequest.State.ANSWERED, at
    request.save(update_fields=["state", "answered_at"])
    record(by=by, act="office.answer_request", thing=request)
    return request


@transaction.atomic
def extend_request(*, by: Actor, request: DataRequest, reason: str, at: datetime) -> DataRequest:
    """More time, once, while there is still some, with a reason the person is told."""
    request = _open(request)
    if request.extended_at is not None:
        raise Refused(N_("Cannot extend the request: it was extended once already."))
    if timezone.localdate(at) > request.due_on:
        raise Refused(N_("Cannot extend the request: it was due on %(day)s."), day=f"{request.due_on:%d/%m/%Y}")
    if not reason.strip():
        raise Refused(N_("Cannot extend the request: say why."))
    calendar = working_calendar(start=request.due_on)
    request.due_on = extended(request.kind, request.due_on, calendar)
    request.extended_at, request.extension_reason = at, reason.strip()[:300]
    request.save(update_fields=["due_on", "extended_at", "extension_reason"])
    record(by=by, act="office.extend_request", thing=request, about={"due": request.due_on.isoformat()})
    return request


@transaction.atomic
def end_request(*, by: Actor, request: DataRequest, state: str, outcome: str, at: datetime) -> DataRequest:
    """The request is done, refused with its reason, or taken back by the person."""
    request = _open(request)
    if state == DataRequest.State.REFUSED and not outcome.strip():
        raise Refused(N_("Cannot refuse the request: say why, with the article of the law."))
    request.state, request.outcome = DataRequest.State(state), outcome.strip()[:500]
    request.ended_at, request.ended_by = at, by.actor_key
    request.answered_at = request.answered_at or at
    request.save(update_fields=["state", "outcome", "ended_at", "ended_by", "answered_at"])
    record(by=by, act="office.end_request", thing=request, about={"state": str(request.state)})
    return request


def _open(request: DataRequest) -> DataRequest:
    request = DataRequest.objects.select_for_update().get(pk=request.pk)
    if not request.is_open:
        raise Refused(
            N_("Cannot change the request: it ended on %(day)s."),
            day=f"{timezone.localdate(request.ended_at):%d/%m/%Y}" if request.ended_at else "",
        )
    return request


@transaction.atomic
def attach_answer(*, by: Actor, request: DataRequest, document: Document) -> None:
    """The document that answers the request."""
    DataRequest.objects.filter(pk=request.pk).update(answer=document)
    record(by=by, act="office.attach_answer", thing=request, about={"document": document.key})


# ---- breaches


@transaction.atomic
def log_breach(
    *, by: Actor, unit: Unit, title: str, detected_at: datetime, what: str, data: str, at: datetime, **more: Any
) -> Breach:
    """A breach, from the hour it was detected. `more`: happened, people, effects, measures, must_report."""
    if detected_at > at:
        raise Refused(N_("Cannot log the breach: it cannot have been detected after now."))
    made = Breach.objects.create(
        unit=unit,
        title=title,
        detected_at=detected_at,
        what=what,
        data=data,
        logged_at=at,
        logged_by=by.actor_key,
        **more,
    )
    record(by=by, act="office.log_breach", thing=made, about={"detected": detected_at.isoformat()})
    return made


@transaction.atomic
def change_breach(*, by: Actor, breach: Breach, **values: Any) -> Breach:
    """More is known of a breach that is not closed. When it was detected is never changed."""
    breach = _running(breach)
    allowed = {"title", "happened", "what", "data", "people", "effects", "measures", "must_report"}
    if unknown := set(values) - allowed:
        raise KeyError(unknown)
    changed = sorted(name for name, value in values.items() if getattr(breach, name) != value)
    for name in changed:
        setattr(breach, name, values[name])
    if changed:
        breach.save(update_fields=changed)
        record(by=by, act="office.change_breach", thing=breach, about={"changed": changed})
    return breach


@transaction.atomic
def report_breach(*, by: Actor, breach: Breach, reported_at: datetime, at: datetime, late_reason: str = "") -> Breach:
    """The authority was notified. After the 72 hours only with the reason why it is late."""
    breach = _running(breach)
    if breach.reported_at is not None:
        raise Refused(
            N_("Cannot enter the notice of the breach: it was sent on %(when)s."),
            when=f"{timezone.localtime(breach.reported_at):%d/%m/%Y %H:%M}",
        )
    if not breach.detected_at <= reported_at <= at:
        raise Refused(
            N_("Cannot enter the notice of the breach: it was sent between the detection and now, or not at all.")
        )
    if reported_at > report_by(breach.detected_at) and not late_reason.strip():
        raise Refused(
            N_(
                "Cannot enter the notice of the breach without the reason why it is late: 72 hours ended on %(when)s."
            ),
            when=f"{timezone.localtime(report_by(breach.detected_at)):%d/%m/%Y %H:%M}",
        )
    breach.reported_at, breach.late_reason = reported_at, late_reason.strip()[:300]
    breach.save(update_fields=["reported_at", "late_reason"])
    record(by=by, act="office.report_breach", thing=breach, about={"reported": reported_at.isoformat()})
    return breach


@transaction.atomic
def tell_people(*, by: Actor, breach: Breach, at: datetime) -> Breach:
    """Those concerned were told."""
    breach = _running(breach)
    breach.people_told_at = breach.people_told_at or at
    breach.save(update_fields=["people_told_at"])
    record(by=by, act="office.tell_people", thing=breach)
    return breach


@transaction.atomic
def close_breach(*, by: Actor, breach: Breach, at: datetime) -> Breach:
    """Nothing is left to do. Refused while the authority must still be told, or what was done is not written down."""
    breach = _running(breach)
    if breach.must_report and breach.reported_at is None:
        raise Refused(N_("Cannot close the breach: the authority has not been notified."))
    if not breach.measures.strip():
        raise Refused(N_("Cannot close the breach: write down what was done."))
    breach.closed_at = at
    breach.save(update_fields=["closed_at"])
    record(by=by, act="office.close_breach", thing=breach)
    return breach


@transaction.atomic
def attach_form(*, by: Actor, breach: Breach, document: Document) -> None:
    """The notice as a document."""
    Breach.objects.filter(pk=breach.pk).update(form=document)
    record(by=by, act="office.attach_form", thing=breach, about={"document": document.key})


def _running(breach: Breach) -> Breach:
    breach = Breach.objects.select_for_update().get(pk=breach.pk)
    if breach.closed_at is not None:
        raise Refused(
            N_("Cannot change the breach: it was closed on %(day)s."),
            day=f"{timezone.localdate(breach.closed_at):%d/%m/%Y}",
        )
    return breach
