"""What can be done with papers and their variants."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Max, QuerySet

from lantoa.common.refused import N_, Refused
from lantoa.competence.models import Topic
from lantoa.directory.models import Unit
from lantoa.exams.models import Bank, Paper, Variant, Version
from lantoa.exams.queries.bank import pictures_of
from lantoa.exams.queries.paper import candidates_for
from lantoa.exams.rules.content import DIFFICULTIES
from lantoa.exams.rules.drawing import (
    MOST_QUESTIONS,
    Blueprint,
    Drawn,
    Lack,
    TooFew,
    blueprint_from,
    blueprint_json,
    draw,
    frozen,
)
from lantoa.exams.rules.pictures import data_address
from lantoa.exams.rules.texts import pictures_in
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor

MOST_VARIANTS = 50


@transaction.atomic
def create_paper(*, by: Actor, title: str, unit: Unit, blueprint: Blueprint, at: datetime) -> Paper:
    """A new paper without variants."""
    _refuse_size(title, blueprint)
    made = Paper.objects.create(
        title=title, unit=unit, settings=blueprint_json(blueprint), made_by=by.actor_key, made_at=at
    )
    record(by=by, act="exams.create_paper", thing=made, about={"unit": unit.key, "questions": blueprint.count})
    return made


@transaction.atomic
def change_paper(*, by: Actor, paper: Paper, title: str, blueprint: Blueprint) -> Paper:
    """Another title or blueprint. Variants drawn before are deleted; refused once one is in use."""
    _refuse_size(title, blueprint)
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    settings = blueprint_json(blueprint)
    changed = [name for name, value in (("title", title), ("settings", settings)) if getattr(paper, name) != value]
    if "settings" in changed:
        used = paper.variants.filter(used_at__isnull=False).order_by("number").first()
        if used is not None:
            raise Refused(
                N_("Cannot change paper %(paper)s: variant %(number)03d is in use. Make a new paper."),
                paper=paper.title,
                number=used.number,
            )
        paper.variants.all().delete()
    paper.title, paper.settings = title, settings
    if changed:
        paper.save(update_fields=changed)
        record(by=by, act="exams.change_paper", thing=paper, about={"changed": changed})
    return paper


@transaction.atomic
def draw_variant(
    *, by: Actor, paper: Paper, banks: "QuerySet[Bank]", at: datetime, seed: int | None = None
) -> Variant:
    """Draws the next variant by its seed (a random one when none is given) and freezes what it asks.

    `banks` are those that the asker may use. Refused, naming every topic and difficulty, when they have too few
    questions. The same seed over the same questions gives the same variant.
    """
    paper = Paper.objects.select_for_update().get(pk=paper.pk)
    blueprint = blueprint_from(paper.settings)
    usable = {bank.key: bank for bank in banks.filter(key__in=[part.bank for part in blueprint.parts])}
    lost = [part.bank for part in blueprint.parts if part.bank not in usable]
    if lost:
        raise Refused(
            N_("Cannot draw paper %(paper)s: you may not use bank %(bank)s."),
            paper=paper.title,
            bank=Bank.objects.filter(key=lost[0]).values_list("title", flat=True).first() or lost[0],
        )
    if paper.variants.count() >= MOST_VARIANTS:
        raise Refused(
            N_("Cannot draw paper %(paper)s: it has %(count)d variants already."),
            paper=paper.title,
            count=MOST_VARIANTS,
        )
    seed = secrets.randbits(62) if seed is None else seed
    try:
        drawn = draw(blueprint, candidates_for(blueprint), seed=seed)
    except TooFew as lacking:
        raise _refusal(paper, blueprint, usable, lacking) from lacking
    held = _addresses(usable, drawn)
    content, keys = frozen(blueprint, drawn, seed=seed, address=lambda bank, picture: held.get((bank, picture), ""))
    last = paper.variants.aggregate(last=Max("number"))["last"] or 0
    made = Variant.objects.create(
        paper=paper,
        number=last + 1,
        seed=seed,
        content=content,
        keys=keys,
        made_by=by.actor_key,
        made_at=at,
    )
    Version.objects.filter(key__in=list(keys), used_at=None).update(used_at=at)
    about = {"paper": paper.key, "number": made.number, "questions": len(keys)}
    record(by=by, act="exams.draw_variant", thing=made, about=about)
    return made


@transaction.atomic
def remove_variant(*, by: Actor, variant: Variant) -> None:
    """Deletes a variant that nobody uses."""
    variant = Variant.objects.select_for_update().select_related("paper").get(pk=variant.pk)
    if variant.used_at is not None:
        raise Refused(
            N_("Cannot delete variant %(number)03d of paper %(paper)s: it is in use."),
            number=variant.number,
            paper=variant.paper.title,
        )
    about = {"paper": variant.paper.key, "number": variant.number}
    record(by=by, act="exams.remove_variant", thing=variant, about=about)
    variant.delete()


@transaction.atomic
def use_variant(*, by: Actor, variant: Variant, at: datetime) -> Variant:
    """From now on the variant stays as it is: a sitting holds it, or it was printed. The second time does nothing."""
    if Variant.objects.filter(pk=variant.pk, used_at=None).update(used_at=at):
        record(by=by, act="exams.use_variant", thing=variant, about={"paper": variant.paper.key})
    variant.refresh_from_db()
    return variant


def _addresses(banks: Mapping[str, Bank], drawn: list[Drawn]) -> dict[tuple[str, str], str]:
    """The pictures of a paper as addresses that hold them."""
    wanted: dict[str, list[str]] = {}
    for one in drawn:
        wanted.setdefault(one.candidate.bank, []).extend(pictures_in(one.candidate.content.texts()))
    return {
        (bank, checksum): data_address(picture.media_type, bytes(picture.content))
        for bank, checksums in wanted.items()
        if checksums
        for checksum, picture in pictures_of(banks[bank], checksums).items()
    }


def _refuse_size(title: str, blueprint: Blueprint) -> None:
    if not 1 <= blueprint.count <= MOST_QUESTIONS:
        raise Refused(
            N_("Cannot keep paper %(paper)s: it would have %(count)d questions; it must have 1 to %(most)d."),
            paper=title,
            count=blueprint.count,
            most=MOST_QUESTIONS,
        )


def _refusal(paper: Paper, blueprint: Blueprint, banks: Mapping[str, Bank], lacking: TooFew) -> Refused:
    keys = [blueprint.parts[lack.part].topic for lack in lacking.lacks]
    titles = dict(Topic.objects.filter(key__in=keys).values_list("key", "title"))
    said: Refused | None = None
    for lack in reversed(lacking.lacks):
        one = _lack(lack, blueprint, banks, titles)
        said = one if said is None else Refused(N_("%(one)s %(more)s"), one=one, more=said)
    return Refused(N_("Cannot draw paper %(paper)s: %(lacks)s"), paper=paper.title, lacks=said)


def _lack(lack: Lack, blueprint: Blueprint, banks: Mapping[str, Bank], titles: Mapping[str, str]) -> Refused:
    part = blueprint.parts[lack.part]
    values = {"bank": banks[part.bank].title, "there": lack.there, "wanted": lack.wanted}
    difficulty = Refused(DIFFICULTIES[part.difficulty]) if part.difficulty else Refused(N_("any difficulty"))
    topic = titles.get(part.topic) or (Refused(N_("any topic")) if not part.topic else part.topic)
    return Refused(
        N_("bank %(bank)s has %(there)d of %(wanted)d questions (topic: %(topic)s; difficulty: %(difficulty)s)."),
        topic=topic,
        difficulty=difficulty,
        **values,
    )
