"""What comes in from outside: days nobody can mean, addresses that can name nothing."""

from datetime import date
from decimal import Decimal

import factories
import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from lantoa.common.forms import Form, NumberField
from lantoa.common.middleware import RefusalMiddleware
from lantoa.common.refused import Refused
from lantoa.competence.models import Course
from lantoa.directory.models import Level, Role

COUNTRY = {"kind": "Nước", "level": Level.COUNTRY}


class DayForm(Form):
    day = forms.DateField()


@pytest.mark.parametrize("day", ["0001-01-01", "1799-12-31", "2201-01-01", "9999-12-31"])
def test_a_day_that_nobody_can_mean_is_refused(day: str) -> None:
    with translation.override("en"):
        assert DayForm({"day": day}).errors == {"day": ["The year must be between 1800 and 2200"]}


@pytest.mark.parametrize("day", ["1800-01-01", "2020-10-05", "2200-12-31"])
def test_a_likely_day_is_taken(day: str) -> None:
    form = DayForm({"day": day})
    assert form.is_valid()
    assert form.cleaned_data["day"] == date.fromisoformat(day)


class NumberForm(Form):
    share = NumberField(label="Share", max_digits=6, decimal_places=2, required=False)
    dong = NumberField(label="Cost", decimal_places=0, required=False)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize(
    ("typed", "meant"),
    [("62,5", "62.5"), ("62.5", "62.5"), ("1.234,5", "1234.5"), ("1,234.5", "1234.5"), ("0,25", "0.25"), ("7", "7")],
)
def test_a_number_means_the_same_in_every_language(language: str, typed: str, meant: str) -> None:
    with translation.override(language):
        form = NumberForm({"share": typed})
        assert form.is_valid(), form.errors
    assert form.cleaned_data["share"] == Decimal(meant)


@pytest.mark.parametrize("typed", ["1.500", "1,500"])
def test_what_may_be_a_thousand_or_a_fraction_is_refused_but_not_where_only_whole_ones_are_meant(typed: str) -> None:
    with translation.override("en"):
        form = NumberForm({"share": typed, "dong": typed})
        assert form.errors == {
            "share": [
                f"“{typed}” may be a thousand or a fraction."
                " Write thousands without a sign, decimals with fewer than three digits."
            ]
        }
    assert form.cleaned_data["dong"] == 1500


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("1,2345", "“1.2345” has too many digits after the comma: at most 2 are kept."),
        ("nhiều", "“Share” is a number"),
        ("NaN", "“Share” is a number"),
        ("1e3", "“Share” is a number"),
        ("٣", "“Share” is a number"),
    ],
)
def test_what_is_no_number_of_the_field_is_refused(typed: str, words: str) -> None:
    with translation.override("en"):
        assert NumberForm({"share": typed}).errors == {"share": [words]}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("number", ["0", "12", "1500", "1234567", "0.25", "12.5", "-3.75"])
def test_a_number_comes_back_as_it_stands_in_its_field(language: str, number: str) -> None:
    with translation.override(language):
        initial = {"share": Decimal(number)} | ({} if "." in number else {"dong": int(number)})
        shown = NumberForm(initial=initial)
        again = {name: shown[name].value() for name in initial}
        assert {name: NumberForm.base_fields[name].to_python(value) for name, value in again.items()} == initial


class AllKinds(Form):
    day = forms.DateField(label="First day")
    places = forms.IntegerField(label="Places", min_value=1, max_value=99, error_messages={"max_value": "Fewer!"})
    costs = forms.IntegerField(label="Costs, in % of all", max_value=100)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")])
    name = forms.CharField(label="Name", max_length=5)
    email = forms.EmailField()


def test_what_is_wrong_is_said_in_the_houses_words_naming_field_and_value() -> None:
    typed = {"day": "31/31", "places": "0", "costs": "101", "kind": "b", "name": "Nguyễn", "email": "x"}
    with translation.override("en"):
        assert AllKinds(typed).errors == {
            "day": ["“First day” is a day, like 05/10/2026"],
            "places": ["“Places” cannot be less than 1; 0 was entered"],
            "costs": ["“Costs, in % of all” cannot be more than 100; 101 was entered"],
            "kind": ["Choose “Kind” from the list: “b” is not in it"],
            "name": ["“Name” holds at most 5 letters; 6 were entered"],
            "email": ["“email” is an e-mail address, like an@xa.gov.vn"],
        }
        assert AllKinds({**typed, "places": "100"}).errors["places"] == ["Fewer!"]
        assert AllKinds({**typed, "name": ""}).errors["name"] == ["Fill in “Name”"]
        assert AllKinds({**typed, "places": "một"}).errors["places"] == ["“Places” is a whole number"]


class TextForm(Form):
    text = forms.CharField(widget=forms.Textarea)


def test_what_nobody_sees_is_not_kept() -> None:
    form = TextForm({"text": "Ngu\u202eyễn\x01 \u2067Văn\u200f\x1b A\nB\x85"})
    assert form.is_valid()
    assert form.cleaned_data["text"] == "Nguyễn Văn A\nB"


@pytest.fixture
def administrator(db: None) -> Client:
    client = Client()
    client.force_login(factories.user(Role.ADMINISTRATOR, on=factories.unit("Việt Nam", **COUNTRY)))
    return client


@pytest.mark.parametrize(
    "address",
    [
        "/people/a%00b/",
        "/units/%00/",
        "/units/?q=%00",
        "/programmes/?text=a&stage=%00",
        "/units/?on=9999-12-31",
        "/units/?on=0001-01-01",
        "/units/?on=2020-02-30",
        "/ledger/?before=%C2%B2",
        f"/ledger/?before={'9' * 5_000}",
        f"/ledger/?before={'9' * 19}",
    ],
)
def test_an_address_that_can_name_nothing_is_not_found(administrator: Client, address: str) -> None:
    assert administrator.get(address).status_code == 404


def test_the_last_likely_day_opens_every_page_of_a_programme(administrator: Client) -> None:
    key = factories.programme().key
    pages = ["training:programme", "training:people", "training:meetings", "training:presence"]
    addresses = [f"{reverse(page, args=[key])}?on=2200-12-31" for page in pages]
    assert [administrator.get(address).status_code for address in addresses] == [200] * 4


def test_a_key_with_a_nul_that_is_posted_names_nobody(administrator: Client) -> None:
    address = reverse("training:enrol", args=[factories.training_class().key])
    assert administrator.post(address, {"person": "a\0b"}).status_code == 404


@pytest.mark.django_db
def test_a_choice_among_things_begins_with_choose_and_not_with_hyphens() -> None:
    class Which(Form):
        course = forms.ModelChoiceField(queryset=Course.objects.none())

    with translation.override("vi"):
        assert [str(words) for _value, words in Which().fields["course"].choices] == ["Chọn …"]  # type: ignore[attr-defined]


@pytest.mark.django_db
def test_a_refusal_leads_back_to_the_page_it_was_asked_from(rf: RequestFactory) -> None:
    refuse = RefusalMiddleware(lambda request: HttpResponse())

    def back(method: str, **headers: str) -> bool:
        request = getattr(rf, method)("/classes/1/", HTTP_HOST="testserver", **headers)
        request.user, request._messages = AnonymousUser(), []
        answer = refuse.process_exception(request, Refused("Cannot do it."))
        assert answer is not None and answer.status_code == 409
        return 'href="/classes/1/?page=2"' in answer.content.decode()

    here = "http://testserver/classes/1/?page=2"
    assert back("post", HTTP_REFERER=here)
    assert not back("get", HTTP_REFERER=here)  # it would only be refused again
    assert not back("post", HTTP_REFERER="https://elsewhere.example/classes/1/?page=2")
    assert not back("post")


def test_a_text_with_a_nul_is_a_request_that_cannot_be_read(administrator: Client) -> None:
    """A browser sends none; where no form refuses it, the database does."""
    someone = factories.person(at=factories.unit())
    administrator.force_login(factories.user(is_person=someone))
    address = reverse("web:consent")
    assert administrator.post(address, {"act": "withdraw", "purpose": "a\0b"}).status_code == 400
