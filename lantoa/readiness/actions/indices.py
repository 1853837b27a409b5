"""Loading indices."""

import hashlib
from datetime import datetime

from django.db import transaction

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.programmes.actions import enter_decision
from lantoa.readiness.models import IndexVersion
from lantoa.readiness.rules.file import read_index


@transaction.atomic
def load_index(*, by: Actor, unit: Unit, text: str, at: datetime) -> IndexVersion:
    """The version that the text describes, kept for a unit. The same text again is the version that is there.

    Raises IndexFaults for a text that is no index; refused when this version stands there with another text, for a
    version is never changed: scores were reckoned by it.
    """
    text = text.replace("\r\n", "\n")
    index = read_index(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    taken = Refused(
        N_("Cannot load %(index)s: this version stands here with another content. Give it a version of its own."),
        index=f"{index.code} {index.version}",
    )
    standing = IndexVersion.objects.filter(unit=unit, code=index.code, version=index.version).first()
    if standing is not None:
        if standing.sha256 != digest:
            raise taken
        return standing
    act = index.act
    decision = (
        enter_decision(by=by, number=act.number, issued_on=act.issued_on, issuer=act.issuer, title=act.title)
        if act
        else None
    )
    with only_one(taken):
        made = IndexVersion.objects.create(
            unit=unit,
            code=index.code,
            version=index.version,
            title_vi=index.title.vi,
            title_en=index.title.en,
            level=index.level,
            decision=decision,
            can_score=index.can_score,
            is_own=index.own,
            text=text,
            sha256=digest,
            made_by=by.actor_key,
            made_at=at,
        )
    about = {"unit": unit.key, "code": index.code, "version": index.version, "sha256": digest}
    record(by=by, act="readiness.load_index", thing=made, about=about)
    return made
