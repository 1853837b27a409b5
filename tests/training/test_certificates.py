"""Certificates: issued once, numbered without a gap, frozen, revoked with a reason, verified by anyone."""

import threading
from datetime import date, timedelta
from typing import Any

import factories
import pytest
from at_once import meanwhile
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from training.held import BY, PAPERS, World, at, make_world, roll

from lantoa.common.refused import Refused
from lantoa.directory.models import Role
from lantoa.office.models import Job
from lantoa.training.actions.certificates import (
    check_issuable,
    eligible,
    issue_certificates,
    revoke_certificate,
)
from lantoa.training.actions.classes import withdraw
from lantoa.training.actions.results import decide_completion
from lantoa.training.models import Certificate, Enrolment
from lantoa.training.queries.certificates import signed_revocations, verdict_on

DAY = date(2020, 12, 31)


def finish(world: World, code: str = "Q9-2") -> None:
    """All of a class were there and have completed."""
    people = [row.person for row in world.enrolments[code] if row.person_id not in _gone(world)]
    for meeting in world.meetings[code]:
        roll(meeting, present=people)
    decide_completion(by=BY, training_class=world.meetings[code][0].training_class, at=at(31))


def _gone(world: World) -> set[int]:
    return set(
        Enrolment.objects.filter(training_class__in=world.classes).exclude(withdrawn_at=None).values_list(
            "person_id", flat=True
        )
    )  # fmt: skip


def issue(world: World, on: date = DAY, **more: Any) -> list[Certificate]:
    return issue_certificates(by=BY, programme=world.programme, on=on, **more)


@pytest.fixture
def certificate(world: World) -> Certificate:
    """One that is in force."""
    return Certificate.objects.get(revoked_on=None)


def test_numbers_follow_each_other_without_a_gap(world: World) -> None:
    finish(world)
    numbers = [made.number for made in issue(world, limit=2)] + [made.number for made in issue(world)]
    assert numbers == ["03/CN-BQ9", "04/CN-BQ9", "05/CN-BQ9"]


def test_nobody_gets_a_second_one(world: World) -> None:
    finish(world)
    issue(world)
    assert issue(world) == []
    assert not eligible(world.programme).exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_press_at_once_issue_each_certificate_once() -> None:
    world = make_world()
    finish(world)
    finish(world, "Q9-3")
    together, failures = threading.Barrier(2), []

    def press() -> None:
        try:
            together.wait(120)
            while issue_certificates(by=BY, programme=world.programme, on=DAY, limit=2):
                pass
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    numbers = sorted(Certificate.objects.values_list("number", flat=True))
    assert numbers == [f"{number:02d}/CN-BQ9" for number in range(1, 8)]
    in_force = Certificate.objects.filter(revoked_on=None).values_list("enrolment", flat=True)
    assert len(set(in_force)) == len(in_force) == 6


@pytest.mark.django_db(transaction=True)
def test_whoever_is_taken_out_of_the_class_meanwhile_gets_none() -> None:
    world = make_world()
    finish(world)
    leaves = world.enrolments["Q9-2"][0]
    stays = world.enrolments["Q9-2"][1]

    came = meanwhile(
        lambda: withdraw(by=BY, enrolment=leaves, reason="chuyển công tác", at=at(31)), lambda: issue(world)
    )

    assert came == "done"
    assert [row.certificates.count() for row in (leaves, stays)] == [0, 1]


def test_none_is_dated_in_the_future(world: World) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    with pytest.raises(Refused) as refused:
        check_issuable(programme=world.programme, on=tomorrow, today=timezone.localdate())
    assert str(refused.value) == (
        f"Cannot issue certificates of Chuyển đổi số cho lãnh đạo dated {tomorrow:%d/%m/%Y}: "
        "the day has not come yet."
    )


def test_none_is_dated_before_the_end_of_its_class(world: World) -> None:
    finish(world)
    with pytest.raises(Refused) as refused:
        issue(world, date(2020, 10, 29))
    assert str(refused.value) == (
        "Cannot issue certificates of class Q9-2 dated 29/10/2020: its last meeting is on 30/10/2020."
    )


def test_a_programme_whose_file_does_not_say_who_signs_issues_none(world: World) -> None:
    world.programme.papers = {}
    world.programme.save(update_fields=["papers"])
    with pytest.raises(Refused) as refused:
        issue(world)
    assert str(refused.value) == (
        "Cannot issue certificates of Chuyển đổi số cho lãnh đạo: its file does not say who issues and signs them. "
        "Add the part «certificate» to the programme file and load it."
    )


def test_what_it_says_stays_when_the_person_is_renamed(world: World, certificate: Certificate) -> None:
    person = certificate.enrolment.person
    person.full_name = "Tên Khác"
    person.save(update_fields=["full_name"])
    certificate.refresh_from_db()
    verdict, _row = verdict_on(certificate.payload, on=DAY)
    assert verdict.payload
    assert (certificate.facts["name"], verdict.payload.name) == ("Người 10", "Người 10")


def test_it_says_the_course_that_was_completed_and_the_title_of_the_paper(certificate: Certificate) -> None:
    course = certificate.enrolment.training_class.course.title
    assert (certificate.facts["course"], certificate.facts["title"]) == (
        course,
        certificate.enrolment.training_class.programme.papers["certificate"]["title"],
    )


def test_the_hours_are_written_out(world: World, certificate: Certificate) -> None:
    assert certificate.facts["hours"] == "4"


# ---- revoked


def test_revoking_needs_a_reason(certificate: Certificate) -> None:
    with pytest.raises(Refused) as refused:
        revoke_certificate(by=BY, certificate=certificate, kind="fraud", reason=" ", on=DAY)
    assert str(refused.value) == "Cannot revoke certificate 01/CN-BQ9: say why."


def test_it_is_revoked_once(world: World) -> None:
    gone = Certificate.objects.exclude(revoked_on=None).get()
    with pytest.raises(Refused) as refused:
        revoke_certificate(by=BY, certificate=gone, kind="fraud", reason="lại", on=DAY)
    assert str(refused.value) == "Cannot revoke certificate 02/CN-BQ9: it was revoked on 20/10/2020."


def test_whoever_lost_one_can_get_a_new_one_with_a_new_number(world: World) -> None:
    assert [made.number for made in issue(world)] == ["03/CN-BQ9"]


def test_the_reason_stays_inside_and_the_kind_is_published(world: World) -> None:
    listed = signed_revocations(on=DAY)
    gone = Certificate.objects.exclude(revoked_on=None).get()
    assert (gone.key in listed, "mistake" in listed, "nhầm tên" in listed) == (True, True, False)


def test_a_certificate_is_found_by_name_typed_without_marks_and_by_number(
    officer: Client, certificate: Certificate
) -> None:
    address = reverse("training:certificates", args=[certificate.enrolment.training_class.programme.key])
    name = certificate.enrolment.person.folded

    def found(sought: str) -> list[Certificate]:
        return list(officer.get(address, {"q": sought}).context["page"])

    assert certificate in found(name)
    assert found(certificate.number) == [certificate]
    assert found("nobody of this name") == []


def test_the_officer_revokes_on_the_page(officer: Client, certificate: Certificate) -> None:
    address = reverse("training:revoke", args=[certificate.key])
    assert officer.post(address, {"kind": "fraud"}).status_code == 422
    answer = officer.post(address, {"kind": "fraud", "reason": "bằng giả"}, follow=True)
    certificate.refresh_from_db()
    assert [str(message) for message in answer.context["messages"]] == ["Certificate 01/CN-BQ9 is revoked."]
    assert certificate.revocation_reason == "bằng giả"


# ---- verified


@pytest.fixture
def anyone(db: None, client: Client) -> Client:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def verdict(anyone: Client, text: str) -> tuple[str, str]:
    answer = anyone.get(reverse("training:verify"), {"text": text})
    assert answer.status_code == 200
    return str(answer.context["verdict"].state), answer.context["words"]


def test_one_in_force_is_verified_by_anyone(anyone: Client, certificate: Certificate) -> None:
    assert verdict(anyone, certificate.payload) == ("valid", "This certificate is genuine and in force.")


def test_its_printed_address_leads_to_the_same_page(anyone: Client, certificate: Certificate) -> None:
    page = anyone.get(f"/v/{certificate.payload}").content.decode()
    assert ("Người 10" in page, "01/CN-BQ9" in page) == (True, True)


def test_a_revoked_one_says_since_when_and_the_kind_of_reason(world: World, anyone: Client) -> None:
    gone = Certificate.objects.exclude(revoked_on=None).get()
    answer = anyone.get(reverse("training:verify"), {"text": gone.payload})
    page = answer.content.decode()
    assert str(answer.context["verdict"].state) == "revoked"
    assert ("20 October 2020" in page, "nhầm tên" in page) == (True, False)


def test_one_letter_changed_is_not_genuine(anyone: Client, certificate: Certificate) -> None:
    letters = list(certificate.payload)
    letters[30] = "A" if letters[30] != "A" else "B"
    assert verdict(anyone, "".join(letters))[0] not in ("valid", "revoked")


@pytest.mark.parametrize("text", ["", "xyz", "🙂" * 10, "A" * 5_000])
def test_nonsense_is_answered_calmly(anyone: Client, text: str) -> None:
    assert anyone.get(reverse("training:verify"), {"text": text}).status_code == 200


def test_the_page_to_keep_and_the_list_of_revocations_are_public(world: World, anyone: Client) -> None:
    assert anyone.get(reverse("training:offline")).headers["Content-Type"] == "text/html; charset=utf-8"
    assert "mistake" in anyone.get(reverse("training:revocations")).content.decode()


# ---- taken


def learner_of(row: Enrolment) -> Client:
    client = Client()
    client.force_login(factories.user(Role.LEARNER, on=row.unit, is_person=row.person))
    return client


def test_a_learner_takes_their_own(certificate: Certificate) -> None:
    answer = learner_of(certificate.enrolment).get(reverse("training:certificate", args=[certificate.key]))
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_a_learner_takes_no_one_elses(world: World, certificate: Certificate) -> None:
    other = learner_of(world.enrolments["Q9-2"][0])
    assert other.get(reverse("training:certificate", args=[certificate.key])).status_code == 404


def test_a_revoked_one_is_not_handed_out(world: World) -> None:
    gone = Certificate.objects.exclude(revoked_on=None).get()
    assert learner_of(gone.enrolment).get(reverse("training:certificate", args=[gone.key])).status_code == 404


def test_the_page_issues_what_is_due_and_starts_the_printing(world: World, officer: Client) -> None:
    finish(world)
    answer = officer.post(reverse("training:certificates", args=[world.programme.key]), {"on": "31/12/2020"})
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("office:job", args=[job.key])
    assert (job.kind, job.arguments) == (
        "training.certificates", {"programme": world.programme.key, "on": "2020-12-31"},
    )  # fmt: skip
    assert not eligible(world.programme).exists()


def test_a_refusal_to_issue_stands_on_the_page(world: World, officer: Client) -> None:
    world.programme.papers = {"report": PAPERS["report"]}
    world.programme.save(update_fields=["papers"])
    answer = officer.post(reverse("training:certificates", args=[world.programme.key]), {"on": "31/12/2020"})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()[0].startswith("Cannot issue certificates of")
