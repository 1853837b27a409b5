"""What a unit does of a playbook: steps done on a day, looked at by somebody, help asked for and given."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from lantoa.common.once import only_one
from lantoa.common.refused import N_, Refused
from lantoa.directory.models import Unit
from lantoa.ledger.actions import record
from lantoa.ledger.rules import Actor
from lantoa.pilots.actions.notices import tell_help_asked, tell_help_given
from lantoa.pilots.actions.pilots import said
from lantoa.pilots.models import Adoption, FidelityCheck, Help, StepDone
from lantoa.pilots.queries.playbooks import book_of

FOUND = ("as_written", "adapted", "left_out")


def _running(adoption: Adoption) -> Adoption:
    """The row held, of a unit that has not left."""
    rows = Adoption.objects.select_for_update(no_key=True, of=("self",))
    adoption = rows.select_related("unit", "wave", "spread__version").get(pk=adoption.pk)
    if adoption.left_on is not None:
        raise Refused(N_("Cannot change what the unit has done: it left on %(day)s."), day=said(adoption.left_on))
    return adoption


@transaction.atomic
def step_done(*, by: Actor, adoption: Adoption, step: str, day: date, note: str, at: datetime, on: date) -> StepDone:
    """The unit has done a step, on a day from the beginning of its wave to today."""
    adoption = _running(adoption)
    steps = book_of(adoption.spread.version).steps
    if step not in steps:
        raise Refused(N_("Cannot enter step %(step)s: the playbook has none of that code."), step=step)
    if adoption.wave is None:
        raise Refused(N_("Cannot enter “%(step)s”: the order of the spread is not settled."), step=steps[step])
    if not adoption.wave.starts_on <= day <= on:
        raise Refused(
            N_("Cannot enter “%(step)s” for %(day)s: a day from %(first)s to %(last)s is needed."),
            step=steps[step],
            day=said(day),
            first=said(adoption.wave.starts_on),
            last=said(on),
        )
    done = Refused(N_("Cannot enter “%(step)s” twice: it is done."), step=steps[step])
    with only_one(done):
        made = StepDone.objects.create(
            adoption=adoption, step=step, on=day, note=note, entered_at=at, entered_by=by.actor_key
        )
    record(by=by, act="pilots.step_done", thing=adoption, about={"step": step, "day": day.isoformat()})
    return made


@transaction.atomic
def take_step_back(*, by: Actor, done: StepDone, reason: str, at: datetime) -> StepDone:
    """The step is not done after all; the line stays with the reason."""
    _running(done.adoption)
    done = StepDone.objects.select_related("adoption").get(pk=done.pk)
    if not reason.strip():
        raise Refused(N_("Cannot take the step back: say why."))
    if done.taken_back_at is not None:
        raise Refused(N_("Cannot take the step back: that was done."))
    done.taken_back_at, done.taken_back_by, done.taken_back_reason = at, by.actor_key, reason.strip()
    done.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_reason"])
    record(by=by, act="pilots.take_step_back", thing=done.adoption, about={"step": done.step})
    return done


@transaction.atomic
def check_fidelity(
    *, by: Actor, adoption: Adoption, found: Mapping[str, str], words: str, day: date, at: datetime, on: date
) -> FidelityCheck:
    """Whether the unit does it as it is written: an answer for every step, kept as it was found that day."""
    adoption = _running(adoption)
    steps = book_of(adoption.spread.version).steps
    if day > on:
        raise Refused(N_("Cannot enter a check for %(day)s: that day has not come."), day=said(day))
    if missing := [title for code, title in steps.items() if found.get(code) not in FOUND]:
        raise Refused(N_("Cannot enter the check: nothing is said of “%(step)s”."), step=missing[0])
    made = FidelityCheck.objects.create(
        adoption=adoption,
        on=day,
        found={code: found[code] for code in steps},
        words=words,
        checked_at=at,
        checked_by=by.actor_key,
    )
    record(by=by, act="pilots.check_fidelity", thing=adoption, about={"day": day.isoformat(), "found": made.found})
    return made


@transaction.atomic
def ask_help(*, by: Actor, adoption: Adoption, text: str, step: str, at: datetime) -> Help:
    """The unit asks the others of the spread, and the one that tried it first."""
    adoption = _running(adoption)
    if step and step not in book_of(adoption.spread.version).steps:
        raise Refused(N_("Cannot enter step %(step)s: the playbook has none of that code."), step=step)
    made = Help.objects.create(adoption=adoption, step=step, text=text, asked_at=at, asked_by=by.actor_key)
    record(by=by, act="pilots.ask_help", thing=adoption, about={"help": made.key, "step": step})
    tell_help_asked(by=by, asked=made, at=at)
    return made


@transaction.atomic
def give_help(*, by: Actor, asked: Help, helper: Unit, answer: str, at: datetime) -> Help:
    """Another unit of the spread answers, once."""
    asked = (
        Help.objects.select_for_update(no_key=True, of=("self",)).select_related("adoption__spread").get(pk=asked.pk)
    )
    if asked.answered_at is not None:
        raise Refused(N_("Cannot answer: another unit has just answered. Load the page again."))
    if not answer.strip():
        raise Refused(N_("Cannot answer: the answer is empty."))
    asked.helper, asked.answer, asked.answered_at, asked.answered_by = helper, answer.strip(), at, by.actor_key
    asked.save(update_fields=["helper", "answer", "answered_at", "answered_by"])
    record(by=by, act="pilots.give_help", thing=asked.adoption, about={"help": asked.key, "helper": helper.key})
    tell_help_given(by=by, answered=asked, at=at)
    return asked
