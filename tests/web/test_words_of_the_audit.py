"""What an auditor reads is words: keys and codes in lines of the ledger, pages in the list of looks."""

import factories
import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from pilots import made
from web.written import written

from lantoa.directory.models import Level, Role
from lantoa.ledger.actions import look, record
from lantoa.web.forms_audit import LooksForm
from lantoa.web.queries.pages import page_words
from lantoa.web.queries.telling import kept
from lantoa.web.rules.values import MEANT, NAMES

BY_HAND = {  # what the source alone does not say, and the keys that it comes to
    "?note_backup: about": "archive moment why bytes rows files keys locked faults",
    "?take_over_restored: about": "archive moment rows replaced",
    "?str(occasion)": "",  # occasions have words of their own
    "?{key: value for key, value in changes.as_json().items() if key not in ('examples', 'title')}": (
        "applied units placements ended successions links coverage already_known"
    ),
    "?{name: str(changes[name]) for name in ('places', 'due_on') if name in changed}": "places due_on",
    "?{state: self.report.count(state) for state in (NEW, CHANGED, REMOVED)}": "new changed removed",
}
LANGUAGES = ["vi", "en"]


def test_every_key_of_a_line_has_a_word() -> None:
    found, unread = written(settings.BASE_DIR / "lantoa")
    assert unread == set(BY_HAND)
    by_hand = {("by hand", key) for keys in BY_HAND.values() for key in keys.split()}
    assert len(found) > 300
    assert sorted(one for one in found | by_hand if one[1] not in NAMES) == []


@pytest.mark.parametrize("words", [NAMES, *MEANT.values()])
def test_every_word_of_a_line_is_there_in_vietnamese(words: dict[str, str]) -> None:
    with translation.override("vi"):
        same = [word for word in words.values() if translation.gettext(word) == word]
    assert same == [word for word in same if word in ("SMS", "Zalo")]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("way", "password", "bằng mật khẩu"),
        ("to", "appeal", "đang nhận khiếu nại"),
        ("ruling", "lowered", "bị hạ mức"),
        ("kind", "web.check_seals", "Kiểm tra niêm phong của sổ nhật ký"),
        ("template", "readiness.published", "Công bố kết quả"),
        ("value", "12.50", "12,5"),
        ("value", "1200.00", "1.200"),
        ("was", "-3.25", "-3,25"),
        ("version", "1.10", "1.10"),
        ("number", "12/QĐ", "12/QĐ"),
    ],
)
def test_codes_and_numbers_of_a_line_are_said_as_people_say_them(name: str, value: str, words: str) -> None:
    with translation.override("vi"):
        assert kept(value, name) == words


@pytest.mark.django_db
def test_a_line_of_the_newer_rooms_names_the_things_it_holds() -> None:
    country = factories.unit("Việt Nam", kind="Nước", level=Level.COUNTRY)
    pilot, gone = made.pilot(country), "0" * 13
    with transaction.atomic():
        line = record(
            by=factories.BY,
            act="pilots.keep_playbook",
            thing="test:1",
            about={"pilot": pilot.key, "sheet": gone, "way": "openid", "value": "12.50", "returned": 2},
        )
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "vi"
    client.force_login(factories.user(Role.AUDITOR, on=country))
    values = client.get(reverse("web:ledger_line", args=[line.key])).context["values"]
    assert {(row["key"], row["value"], row["url"]) for row in values} == {
        ("thí điểm", "Thử khai một lần", reverse("pilots:pilot", args=[pilot.key])),
        ("phiếu", gone, ""),
        ("cách thức", "qua nhà cung cấp danh tính", ""),
        ("giá trị", "12,5", ""),
        ("bị trả lại", "2", ""),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_pages_of_the_list_of_looks_are_called_alike(language: str) -> None:
    with translation.override(language):
        form = LooksForm(reader=factories.user(), on=timezone.localdate(), pages=page_words())
        words = [words for _page, words in form.fields["page"].choices]  # type: ignore[attr-defined]
        assert sorted(words) == sorted({*page_words().values(), translation.gettext("all")})


@pytest.mark.django_db
def test_a_page_finds_the_looks_at_every_page_called_so() -> None:
    country = factories.unit("Việt Nam", kind="Nước", level=Level.COUNTRY)
    client = Client()
    client.force_login(factories.user(Role.AUDITOR, on=country))
    for page in ("workshops:desk", "workshops:faults", "directory:person"):
        look(by=factories.BY, page=page, whom="directory.person:x", people=1, at=timezone.now())
    for page in ("workshops:desk", "workshops:faults", "workshops:desk_site"):
        answer = client.get(reverse("web:looks"), {"page": page})
        assert {row["look"].page for row in answer.context["rows"]} == {"workshops:desk", "workshops:faults"}
        assert answer.context["form"].is_valid()
