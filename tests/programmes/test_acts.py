"""Legal acts: entered once, in force on a day, replaced and amended, and what rests on them."""

from datetime import UTC, date, datetime
from typing import Any

import factories as make
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from lantoa.common.refused import Refused
from lantoa.directory.models import Decision, Level, Role, Unit
from lantoa.ledger.models import Entry
from lantoa.programmes.actions import enter_decision
from lantoa.programmes.actions.acts import change_act, enter_act, relate_acts, rest_on
from lantoa.programmes.models import ActRelation, LegalAct
from lantoa.programmes.queries.acts import acts_behind, lines_of, programmes_on, targets_on
from lantoa.programmes.rules.acts import IN_FORCE, NOT_YET, OVER, REPLACED, ActText, force

pytestmark = pytest.mark.django_db
AT = datetime(2026, 7, 1, 2, tzinfo=UTC)
ON = date(2026, 7, 1)
LIST = reverse("programmes:acts")


@pytest.fixture
def city() -> Unit:
    return make.unit("Một", kind="Thành phố", level=Level.PROVINCE)


def text(number: str = "922/QĐ-BTTTT", issued_on: date = date(2022, 5, 20), **more: Any) -> ActText:
    said = {"number": number, "issued_on": issued_on, "issuer": "Bộ", "title": "Bộ chỉ số", "kind": "decision"}
    return ActText(**said | more)


def enter(unit: Unit, *said: Any, **more: Any) -> LegalAct:
    return enter_act(by=make.BY, unit=unit, text=text(*said, **more))


def refusal(call: Any) -> str:
    with pytest.raises(Refused) as refused:
        call()
    return str(refused.value)


def client_of(role: str, unit: Unit) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(role, on=unit))
    return client


def page(name: str, key: str) -> str:
    return reverse(f"programmes:{name}", args=[key])


def shown(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


@pytest.mark.parametrize(
    ("ends", "replaced", "on", "said"),
    [
        (None, [], date(2022, 5, 19), NOT_YET),
        (None, [], date(2022, 5, 20), IN_FORCE),
        (date(2025, 1, 1), [], date(2024, 12, 31), IN_FORCE),
        (date(2025, 1, 1), [], date(2025, 1, 1), OVER),
        (None, [date(2025, 4, 3)], date(2025, 4, 2), IN_FORCE),
        (date(2025, 1, 1), [date(2025, 4, 3)], date(2025, 4, 3), REPLACED),
    ],
)
def test_an_act_is_in_force_until_its_end_or_until_another_takes_its_place(
    ends: date | None, replaced: list[date], on: date, said: str
) -> None:
    assert force(date(2022, 5, 20), ends, replaced, on=on) == said


def test_an_act_is_entered_once_and_its_decision_is_the_one_known(city: Unit) -> None:
    known = Decision.objects.create(
        number="922/QĐ-BTTTT", issued_on=date(2022, 5, 20), issuer="Bộ", title="Bộ chỉ số"
    )
    made = enter(city)
    assert (made.decision, made.kind) == (known, "decision")
    assert refusal(lambda: enter(city)) == "Cannot enter 922/QĐ-BTTTT: it is entered already."
    assert [(e.act, e.about) for e in Entry.objects.all()] == [
        ("programmes.enter_act", {"number": "922/QĐ-BTTTT", "kind": "decision"})
    ]


def test_who_names_an_act_of_another_office_does_not_retitle_it(city: Unit) -> None:
    act = enter(city)
    said = {"number": act.decision.number, "issued_on": act.decision.issued_on, "issuer": act.decision.issuer}
    assert enter_decision(by=make.BY, title="Tên khác", **said) == act.decision
    act.decision.refresh_from_db()
    assert act.decision.title == "Bộ chỉ số"
    assert not Entry.objects.filter(act="programmes.correct_decision").exists()


def test_what_cannot_be_said_of_an_act_is_refused_with_its_words(city: Unit) -> None:
    assert refusal(lambda: enter(city, kind="poem")) == "Cannot enter 922/QĐ-BTTTT: there is no kind poem."
    assert refusal(lambda: enter(city, mark="Z")) == "Cannot enter 922/QĐ-BTTTT: there is no mark Z."
    assert refusal(lambda: enter(city, ends=date(2022, 5, 20))) == (
        "Cannot enter 922/QĐ-BTTTT: it ends on 20/05/2022, before it is in force on 20/05/2022."
    )
    assert refusal(lambda: enter(city, url="javascript:x")) == (
        "Cannot enter 922/QĐ-BTTTT: its address does not begin with https://."
    )


def test_an_act_is_corrected_but_stays_the_act_it_is(city: Unit) -> None:
    act = enter(city)
    assert change_act(by=make.BY, act=act, text=text()) == []
    assert change_act(by=make.BY, act=act, text=text(title="Bộ chỉ số 2022", mark="F")) == ["title", "mark"]
    act.refresh_from_db()
    assert (act.decision.title, act.mark) == ("Bộ chỉ số 2022", "F")
    assert refusal(lambda: change_act(by=make.BY, act=act, text=text("923/QĐ-BTTTT"))) == (
        "Cannot change 922/QĐ-BTTTT: its number, day and issuer are the act itself. Enter another act."
    )


def test_a_newer_act_takes_the_place_of_an_older_one(city: Unit) -> None:
    old, new = enter(city), enter(city, "405/QĐ-BKHCN", date(2025, 4, 3))

    def relate(act: LegalAct, other: LegalAct, way: str = "replaces") -> Any:
        return relate_acts(by=make.BY, act=act, other=other, way=way)

    assert refusal(lambda: relate(old, new)) == (
        "Cannot relate 922/QĐ-BTTTT to 405/QĐ-BKHCN: it is older than the act it would replace or amend."
    )
    assert refusal(lambda: relate(new, new)) == "Cannot relate 405/QĐ-BKHCN to itself."
    assert refusal(lambda: relate(new, old, "eats")) == (
        "Cannot relate 405/QĐ-BKHCN to 922/QĐ-BTTTT: there is no way eats."
    )
    relate(new, old)
    assert refusal(lambda: relate(new, old, "amends")) == (
        "Cannot relate 405/QĐ-BKHCN to 922/QĐ-BTTTT: they are related already."
    )
    told = [[line.force for line in lines_of([old, new], on=on)] for on in (date(2025, 4, 2), date(2025, 4, 3))]
    assert told == [[IN_FORCE, NOT_YET], [REPLACED, IN_FORCE]]


def test_programmes_and_targets_rest_on_an_act_and_on_their_own_decision(city: Unit) -> None:
    act = enter(city)
    own, other = make.programme(city, decision=act.decision), make.programme(city)
    target = make.target(city)
    assert list(programmes_on(act)) == [own]
    assert rest_on(by=make.BY, act=act, programmes=[other], targets=[target])
    assert not rest_on(by=make.BY, act=act, programmes=[other], targets=[target])
    assert (set(programmes_on(act)), list(targets_on(act))) == ({own, other}, [target])
    assert [list(acts_behind(one)) for one in (own, other, target)] == [[act]] * 3
    rest_on(by=make.BY, act=act, programmes=[], targets=[], offered={target.key})
    assert (list(act.programmes.all()), list(act.targets.all())) == ([other], [])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_for_three(
    city: Unit, count: int, django_assert_num_queries: Any
) -> None:
    client = client_of(Role.PROGRAMME_OFFICER, city)
    for number in range(count):
        enter(city, f"{number}/QĐ")
    with django_assert_num_queries(7):
        answer = client.get(LIST)
    assert len(answer.context["rows"]) == count


def test_acts_are_found_by_words_kind_and_force(city: Unit) -> None:
    enter(city)
    enter(city, "148/2025/QH15", date(2025, 12, 11), kind="law", title="Luật Chuyển đổi số", starts=ON)
    enter(make.unit("Xa"), "1/QĐ")
    client = client_of(Role.PROGRAMME_OFFICER, city)
    asked = {
        "": ["148/2025/QH15", "922/QĐ-BTTTT"],
        "text=chuyen doi": ["148/2025/QH15"],
        "kind=decision": ["922/QĐ-BTTTT"],
        "force=not_yet&on=2026-06-30": ["148/2025/QH15"],
        "force=not_yet&on=2026-07-01": [],
    }
    for query, numbers in asked.items():
        rows = client.get(f"{LIST}?{query}").context["rows"]
        assert [row["act"].decision.number for row in rows] == numbers, query


def test_an_officer_enters_an_act_and_says_what_rests_on_it_and_what_it_replaces(city: Unit) -> None:
    client, old = client_of(Role.PROGRAMME_OFFICER, city), enter(city)
    said = {
        "kind": "decision", "number": "405/QĐ-BKHCN", "issued_on": "2025-04-03", "issuer": "Bộ", "title": "Bộ chỉ số",
        "unit": "Thành phố Một", "url": "https://example.vn/405",
    }  # fmt: skip
    make.unit("Xa", kind="Tỉnh", level=Level.PROVINCE)
    wrong = client.post(reverse("programmes:new_act"), said | {"unit": "Tỉnh Xa"})
    assert "You do not manage programmes of this unit." in shown(wrong)
    client.post(reverse("programmes:new_act"), said)
    act = LegalAct.objects.get(decision__number="405/QĐ-BKHCN")
    programme, target = make.programme(city), make.target(city)
    client.post(page("rests_on_act", act.key), {"programmes": [programme.key], "targets": [target.key]})
    client.post(page("relate_act", act.key), {"way": "replaces", "other": old.key})
    sent = SimpleUploadedFile("405.pdf", b"%PDF-1.7 x")
    client.post(page("keep_act_file", act.key), {"file": sent})
    words = shown(client.get(page("act", act.key)))
    for one in ("in force on the day", "replaces", programme.name, target.code, "405.pdf", "https://example.vn/405"):
        assert one in words
    assert "is replaced by" in shown(client.get(page("act", old.key)))
    assert "405/QĐ-BKHCN" in shown(client.get(page("programme", programme.key)))
    assert "405/QĐ-BKHCN" in shown(client.get(page("target", target.key)))
    assert b"".join(client.get(page("act_file", act.key)).streaming_content) == b"%PDF-1.7 x"
    client.post(page("unrelate_act", ActRelation.objects.get().key))
    assert not ActRelation.objects.exists()
    client.post(page("change_act", act.key), said | {"title": "Bộ chỉ số mới"})
    assert Decision.objects.get(number="405/QĐ-BKHCN").title == "Bộ chỉ số mới"


def test_everybody_reads_an_act_and_sees_of_what_rests_on_it_only_their_own(city: Unit) -> None:
    act, ward = enter(city), make.unit("Bến", under=city)
    programme, target = make.programme(city, name="Của thành phố"), make.target(ward, name="Của phường")
    rest_on(by=make.BY, act=act, programmes=[programme], targets=[target])
    words = shown(client_of(Role.UNIT_COORDINATOR, ward).get(page("act", act.key)))
    assert "Của phường" in words and "Của thành phố" not in words and "Change the act" not in words
    assert client_of(Role.UNIT_COORDINATOR, ward).get(page("act_file", act.key)).status_code == 404
