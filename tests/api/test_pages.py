"""The pages: the documentation for anybody, the tokens for administrators."""

from datetime import timedelta
from typing import Any

import factories
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from house.world import World

from lantoa.api.models import Token
from lantoa.api.views.operations import OPERATIONS
from lantoa.directory.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(world: World, client: Client) -> Client:
    client.force_login(factories.user(Role.ADMINISTRATOR, on=world.own_province))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def form(**values: Any) -> dict[str, Any]:
    day = timezone.localdate() + timedelta(days=30)
    said = {"name": "Nhân sự", "scopes": ["programmes.view"], "last_day": day.isoformat(), "calls_a_minute": "600"}
    return {**said, **values}


@pytest.mark.parametrize(("language", "words"), [("vi", "Cho hệ thống khác"), ("en", "For other systems")])
def test_the_documentation_names_every_operation_in_both_languages(client: Client, language: str, words: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get("/api/").content.decode()
    assert words in page
    assert [one.name for one in OPERATIONS if f'id="{one.name}"' not in page] == []


def test_the_document_for_machines_is_there_for_anybody(client: Client) -> None:
    assert client.get("/api/openapi.json").json()["info"]["title"] == "Lantoa"


def test_a_token_is_shown_once(administrator: Client, world: World) -> None:
    address = reverse("api:new_token", args=[world.own_province.key])
    answer = administrator.post(address, form())
    token = Token.objects.get()
    text = answer.context["issued"].text
    assert text in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert timezone.localdate(token.expires_at) == timezone.localdate() + timedelta(days=31)
    listed = administrator.get(reverse("api:systems")).content.decode()
    assert token.begins in listed and text not in listed


def test_what_is_wrong_in_the_form_is_said_beside_it(administrator: Client, world: World) -> None:
    address = reverse("api:new_token", args=[world.own_province.key])
    late = (timezone.localdate() + timedelta(days=400)).isoformat()
    answer = administrator.post(address, form(name="", scopes=[], last_day=late))
    today = timezone.localdate()
    latest = today + timedelta(days=365)
    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "name": ["Enter the name of the system"],
        "scopes": ["Choose at least one"],
        "last_day": [f"The last day must lie between {today:%d/%m/%Y} and {latest:%d/%m/%Y}"],
    }


def test_the_name_of_a_running_token_is_refused_on_the_page(administrator: Client, world: World) -> None:
    address = reverse("api:new_token", args=[world.own_province.key])
    administrator.post(address, form())
    answer = administrator.post(address, form())
    assert answer.context["form"].errors["__all__"] == [
        "Cannot issue the token “Nhân sự”: this unit has a token of this name. Revoke it first."
    ]


def test_a_unit_is_found_by_its_name(administrator: Client, world: World) -> None:
    page = reverse("api:systems")
    found = administrator.get(page, {"unit": "Tỉnh Một"})
    assert (found.status_code, found["Location"]) == (302, reverse("api:new_token", args=[world.own_province.key]))
    foreign = administrator.get(page, {"unit": "Tỉnh Hai"})
    assert foreign.context["form"].errors["unit"] == ["This unit is not in your care"]


def test_a_token_is_revoked_after_a_question(administrator: Client, world: World) -> None:
    administrator.post(reverse("api:new_token", args=[world.own_province.key]), form())
    token = Token.objects.get()
    address = reverse("api:revoke_token", args=[token.key])
    assert "no longer let in" in administrator.get(address).content.decode()
    administrator.post(address)
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert "revoked" in administrator.get(reverse("api:systems")).content.decode()


def test_the_list_of_tokens_asks_the_same_number_of_questions_whatever_its_length(
    administrator: Client, world: World, django_assert_num_queries: Any
) -> None:
    address = reverse("api:new_token", args=[world.own_province.key])
    for number in range(1, 4):
        administrator.post(address, form(name=f"Hệ thống {number}"))
        if number in (1, 3):
            with django_assert_num_queries(10):
                assert len(administrator.get(reverse("api:systems")).context["rows"]) == number
