"""Who may see what of a campaign, and when: exact, on the pages as they are asked for."""

from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from factories import BY, user
from readiness.held import AT, DUE, ON, REVIEWER, answered, campaign, province, published, reviewed, sheet_of
from readiness.test_campaign import PAPERS, refusal

from lantoa.directory.models import Role, Unit
from lantoa.readiness.actions.campaigns import move_campaign
from lantoa.readiness.actions.deadlines import change_deadlines
from lantoa.readiness.actions.reviews import finish_review, rule_on
from lantoa.readiness.actions.sheets import add_paper, hand_in, object_to, save_answer
from lantoa.readiness.models import Campaign, Sheet
from lantoa.readiness.rules.seeing import may_appeal, may_rule, may_write, sees_answer, sees_ruling

CAMPAIGNS = ("draft", "open", "review", "appeal", "published")
SHEETS = ("filling", "handed_in", "returned", "reviewed")


def test_the_office_sees_no_answer_before_it_is_handed_in() -> None:
    shown = {
        (campaign, sheet)
        for campaign, sheet in product(CAMPAIGNS, SHEETS)
        if sees_answer(office=True, own=False, campaign=campaign, sheet=sheet)
    }

    assert shown == set(product(CAMPAIGNS, ("handed_in", "returned", "reviewed")))


def test_the_office_does_not_look_while_an_answer_is_being_corrected() -> None:
    assert not sees_answer(office=True, own=False, campaign="review", sheet="returned", ruling="returned")
    assert sees_answer(office=True, own=False, campaign="review", sheet="returned", ruling="accepted")


def test_a_stranger_never_sees_an_answer_or_a_ruling() -> None:
    for campaign_state, sheet, ruling in product(CAMPAIGNS, SHEETS, ("", "accepted", "lowered", "returned")):
        at = {"office": False, "own": False, "campaign": campaign_state, "sheet": sheet, "ruling": ruling}
        assert not sees_answer(**at)
        assert not sees_ruling(**at)


def test_a_unit_sees_its_rulings_when_objections_open_and_what_was_returned_when_it_returns() -> None:
    shown = {
        (campaign, sheet, ruling)
        for campaign, sheet, ruling in product(CAMPAIGNS, SHEETS, ("accepted", "lowered", "returned"))
        if sees_ruling(office=False, own=True, campaign=campaign, sheet=sheet, ruling=ruling)
    }

    assert shown == {
        *((campaign, "returned", "returned") for campaign in CAMPAIGNS),
        *product(("appeal", "published"), ("reviewed",), ("accepted", "lowered", "returned")),
    }


def test_answers_are_written_while_they_are_taken_and_what_came_back_until_it_is_handed_in() -> None:
    shown = {
        (campaign, sheet, ruling)
        for campaign, sheet, ruling in product(CAMPAIGNS, SHEETS, ("", "accepted", "lowered", "returned"))
        if may_write(campaign=campaign, sheet=sheet, ruling=ruling)
    }

    assert shown == {
        *product(("open",), ("filling",), ("", "accepted", "lowered", "returned")),
        *product(("open", "review"), ("returned",), ("", "returned")),
    }


def test_reviewers_work_on_what_is_handed_in_until_objections_open() -> None:
    shown = {(one, sheet) for one, sheet in product(CAMPAIGNS, SHEETS) if may_rule(campaign=one, sheet=sheet)}

    assert shown == {("open", "handed_in"), ("review", "handed_in")}


def test_only_a_lowering_can_be_objected_to_once_while_objections_are_open() -> None:
    shown = {
        (one, sheet, ruling, appeal)
        for one, sheet, ruling, appeal in product(
            CAMPAIGNS, SHEETS, ("", "accepted", "lowered", "returned"), ("", "made", "upheld", "changed")
        )
        if may_appeal(campaign=one, sheet=sheet, ruling=ruling, appeal=appeal)
    }

    assert shown == {("appeal", "reviewed", "lowered", "")}


# ---- on the pages

SECRET = "12.345"  # what an answer says, as the pages write it


class Place:
    """A province with two wards, an office and a coordinator for each ward; one has answered."""

    def __init__(self, text: str = "") -> None:
        self.top, (self.ward, self.other) = province(2)
        self.campaign = campaign(self.top, **({"text": text} if text else {}), due_on=ON.replace(year=2100),
                                 appeal_until=ON.replace(year=2101))  # fmt: skip
        self.sheet = sheet_of(self.campaign, self.ward)
        save_answer(by=BY, sheet=self.sheet, component="2", typed={"part": "12345", "whole": "20000"}, at=AT, on=ON)

    def reads(self, role: str, on: Unit, address: str) -> tuple[int, bool]:
        """The status, and whether the answer is on the page."""
        client = Client()
        client.force_login(user(role, on=on))
        answer = client.get(address, headers={"Accept-Language": "vi"})
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[arg-type]
        return answer.status_code, SECRET in body.decode()


@pytest.mark.django_db
def test_pages_show_an_answer_to_its_unit_at_once_and_to_the_office_when_it_is_handed_in() -> None:
    place = Place()
    own, review = f"/readiness/sheets/{place.sheet.key}/", f"/readiness/sheets/{place.sheet.key}/review/"

    assert place.reads(Role.UNIT_COORDINATOR, place.ward, own) == (200, True)
    assert place.reads(Role.UNIT_COORDINATOR, place.other, own) == (404, False)
    assert place.reads(Role.PROGRAMME_OFFICER, place.top, own) == (404, False)
    assert place.reads(Role.PROGRAMME_OFFICER, place.top, review) == (200, False)
    assert place.reads(Role.UNIT_COORDINATOR, place.ward, review) == (404, False)

    hand_in(by=BY, sheet=place.sheet, at=AT, on=ON)

    assert place.reads(Role.PROGRAMME_OFFICER, place.top, review) == (200, True)
    assert place.reads(Role.UNIT_COORDINATOR, place.other, review) == (404, False)


@pytest.mark.django_db
def test_the_page_of_a_campaign_shows_a_unit_its_own_sheet_and_the_office_all() -> None:
    place = Place()
    address = f"/readiness/campaigns/{place.campaign.key}/"
    client = Client()

    seen = {}
    for role, on in ((Role.UNIT_COORDINATOR, place.ward), (Role.AUDITOR, place.top)):
        client.force_login(user(role, on=on))
        seen[role] = [row["answered"] for row in client.get(address).context["rows"]]

    assert seen == {Role.UNIT_COORDINATOR: [1], Role.AUDITOR: [1, 0]}


@pytest.mark.django_db
def test_a_draft_is_known_to_the_office_alone() -> None:
    top, (ward,) = province(1)
    held = campaign(top, to="draft")
    client = Client()

    found = {}
    for role, on in ((Role.UNIT_COORDINATOR, ward), (Role.PROGRAMME_OFFICER, top)):
        client.force_login(user(role, on=on))
        found[role] = (
            client.get(f"/readiness/campaigns/{held.key}/").status_code,
            len(client.get("/readiness/").context["rows"]),
        )

    assert found == {Role.UNIT_COORDINATOR: (404, 0), Role.PROGRAMME_OFFICER: (200, 1)}


@pytest.mark.django_db
def test_results_are_shown_when_they_are_published_and_single_answers_to_the_unit_and_the_office_only() -> None:
    place = Place()
    reviewed(hand_in(by=BY, sheet=place.sheet, at=AT, on=ON))
    results = f"/readiness/campaigns/{place.campaign.key}/results/"
    assert place.reads(Role.PROGRAMME_OFFICER, place.top, results) == (404, False)

    done = published(place.campaign)
    address = f"/readiness/results/{done.results.get(unit=place.ward).key}/"

    assert place.reads(Role.UNIT_COORDINATOR, place.other, results) == (200, False)
    assert place.reads(Role.UNIT_COORDINATOR, place.other, address) == (200, False)
    assert place.reads(Role.AUDITOR, place.top, address) == (200, False)
    assert place.reads(Role.UNIT_COORDINATOR, place.ward, address) == (200, True)
    assert place.reads(Role.PROGRAMME_OFFICER, place.top, address) == (200, True)


@pytest.mark.django_db
def test_the_file_of_a_paper_is_opened_by_its_unit_and_after_handing_in_by_reviewers() -> None:
    place = Place(PAPERS.replace('kind = "yes_no"', 'kind = "ratio"'))
    paper = add_paper(
        by=BY,
        sheet=place.sheet,
        component="1",
        abstract="Kế hoạch",
        name="kh.csv",
        content=b"a,b\n1,2\n",
        at=AT,
        on=ON,
    )
    own, review = f"/readiness/papers/{paper.key}/", f"/readiness/papers/{paper.key}/review/"

    assert place.reads(Role.UNIT_COORDINATOR, place.ward, own)[0] == 200
    assert place.reads(Role.UNIT_COORDINATOR, place.other, own)[0] == 404
    assert place.reads(Role.PROGRAMME_OFFICER, place.top, review)[0] == 404
    hand_in(by=BY, sheet=place.sheet, at=AT, on=ON)
    assert place.reads(Role.PROGRAMME_OFFICER, place.top, review)[0] == 200


@pytest.mark.django_db
def test_a_unit_reads_the_reason_of_a_lowering_when_objections_open_and_not_before() -> None:
    place = Place()
    sheet = hand_in(by=BY, sheet=place.sheet, at=AT, on=ON)
    one = sheet.answers.get(component="2")
    low = {"part": "1", "whole": "20000"}
    rule_on(by=REVIEWER, answer=one, ruling="lowered", typed=low, reason="Chỉ thấy một", at=AT)
    finish_review(by=REVIEWER, sheet=sheet, at=AT)
    client = Client()
    client.force_login(user(Role.UNIT_COORDINATOR, on=place.ward))
    address = f"/readiness/sheets/{sheet.key}/of/2/"

    before = "Chỉ thấy một" in client.get(address).content.decode()
    for to in ("review", "appeal"):
        move_campaign(by=BY, campaign=Campaign.objects.get(pk=place.campaign.pk), to=to, at=AT)
    after = "Chỉ thấy một" in client.get(address).content.decode()

    assert (before, after) == (False, True)


@pytest.mark.django_db
def test_an_objection_is_found_from_its_campaign_and_decided_by_somebody_else() -> None:
    place = Place()
    sheet = hand_in(by=BY, sheet=place.sheet, at=AT, on=ON)
    ruled, decides = (user(Role.PROGRAMME_OFFICER, on=place.top) for _each in range(2))
    one = sheet.answers.get(component="2")
    low = {"part": "1", "whole": "20000"}
    rule_on(by=ruled, answer=one, ruling="lowered", typed=low, reason="Chỉ thấy một", at=AT)
    finish_review(by=ruled, sheet=sheet, at=AT)
    for to in ("review", "appeal"):
        move_campaign(by=BY, campaign=Campaign.objects.get(pk=place.campaign.pk), to=to, at=AT)
    object_to(by=BY, answer=one, words="Còn nữa", at=AT, on=ON)

    client = Client()
    forms = []
    for reader in (ruled, decides):
        client.force_login(reader)
        rows = client.get(f"/readiness/campaigns/{place.campaign.key}/?state=objected").context["rows"]
        assert [row["review_url"] for row in rows] == [f"/readiness/sheets/{sheet.key}/review/"]
        forms.append(client.get(f"/readiness/answers/{one.key}/").context["form"] is not None)

    assert forms == [False, True]


@pytest.mark.django_db
def test_a_script_is_told_whether_an_answer_is_saved() -> None:
    place = Place()
    client = Client()
    client.force_login(user(Role.UNIT_COORDINATOR, on=place.ward))
    address = f"/readiness/sheets/{place.sheet.key}/of/2/"

    def post(part: str) -> Any:
        answer = client.post(address, {"part": part, "whole": "20"}, headers={"X-Requested-With": "fetch"})
        return answer.status_code, answer.json()["saved"]

    assert [post("7"), post("70"), post("8,5")] == [(200, True), (422, False), (200, True)]
    assert Sheet.objects.get(pk=place.sheet.pk).answers.get(component="2").declared == ["8.5", "20"]


@pytest.mark.django_db
@pytest.mark.parametrize("wards", [1, 3])
def test_lists_take_as_many_queries_however_long(wards: int) -> None:
    top, units = province(wards)
    held = campaign(top)
    for ward in units:
        answered(held, ward, a1="yes")
    done = published(held)
    client = Client()
    client.force_login(user(Role.PROGRAMME_OFFICER, on=top))
    client.get("/readiness/")  # whatever is read once in a process

    counts = {}
    for name, address in (
        ("campaign", f"/readiness/campaigns/{done.key}/"),
        ("results", f"/readiness/campaigns/{done.key}/results/"),
    ):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        counts[name] = len(asked)

    assert counts == {"campaign": 10, "results": 9}


@pytest.mark.django_db
def test_whoever_moves_a_campaign_on_reads_first_how_many_can_answer_no_more() -> None:
    place = Place()
    address = f"/readiness/campaigns/{place.campaign.key}/to/review/"
    client = Client()
    client.force_login(user(Role.PROGRAMME_OFFICER, on=place.top))

    page = client.get(address)

    assert page.context["consequences"] == [
        "2 đơn vị chưa nộp và sẽ không nộp được nữa.",
        "Các đơn vị đã được báo là có thể trả lời đến hết ngày 02/03/2100.",
    ]
    place.campaign.refresh_from_db()
    assert place.campaign.state == "open"  # to look changes nothing

    assert client.post(address).status_code == 302
    place.campaign.refresh_from_db()
    assert place.campaign.state == "review"
    later = client.get(address)
    assert (later.status_code, later["Location"]) == (302, f"/readiness/campaigns/{place.campaign.key}/")


@pytest.mark.django_db
def test_units_get_more_time_but_never_less_than_they_were_told() -> None:
    top, (ward,) = province(1)
    held = campaign(top)
    later, latest = DUE.replace(day=1, month=6), DUE.replace(day=1, month=7)
    client = Client()
    client.force_login(user(Role.PROGRAMME_OFFICER, on=top))

    answer = client.post(
        f"/readiness/campaigns/{held.key}/deadlines/", {"due_on": f"{later}", "appeal_until": f"{latest}"}
    )

    held.refresh_from_db()
    assert (answer.status_code, held.due_on, held.appeal_until) == (302, later, latest)
    save_answer(by=BY, sheet=sheet_of(held, ward), component="1", typed={"value": "yes"}, at=AT, on=later)
    arguments = {"by": BY, "campaign": held, "appeal_until": latest}
    assert refusal(change_deadlines, due_on=DUE, **arguments) == (
        "Cannot change the last days of campaign Chỉ số 2026: units were told 01/06/2026, not less."
    )
    assert refusal(change_deadlines, due_on=latest, **arguments) == (
        "Cannot change the last days of campaign Chỉ số 2026: its units are those of 02/03/2026, then come the last"
        " day for answers, 01/07/2026, and that for objections, 01/07/2026."
    )
    done = published(campaign(province(1)[0]))
    assert refusal(change_deadlines, by=BY, campaign=done, due_on=later, appeal_until=latest) == (
        "Cannot change the last days of campaign Chỉ số 2026: it is published."
    )
