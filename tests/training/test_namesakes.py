"""Two of one name in a class are told apart wherever something is entered for one of them."""

from datetime import date
from typing import Any

import factories
import pytest
from django.utils import translation

from lantoa.training.queries.namesakes import namesakes

pytestmark = pytest.mark.django_db
DAY = date(2020, 10, 5)


def test_namesakes_are_told_apart_by_birth_date_and_unit(django_assert_num_queries: Any) -> None:
    found = factories.training_class()
    rows = [
        factories.enrolment(found, factories.person("Nguyễn Thị Hòa", birth_year=1985, birth_month=3, birth_day=12)),
        factories.enrolment(found, factories.person("NGUYỄN THỊ HÒA")),
        factories.enrolment(found, factories.person("Bùi Đức Anh", birth_year=1991)),
    ]
    with translation.override("vi"), django_assert_num_queries(1):
        said = namesakes(rows, on=DAY)
    called = {row.person_id: text.split(" · ")[0] for row, text in zip(rows, said.values(), strict=False)}
    assert list(said) == [rows[0].person_id, rows[1].person_id]
    assert called[rows[0].person_id] == "12/03/1985"


def test_where_all_names_differ_nothing_is_asked(django_assert_num_queries: Any) -> None:
    found = factories.training_class()
    rows = [factories.enrolment(found, factories.person(name)) for name in ("Lê An", "Lê Ân")]
    with django_assert_num_queries(0):
        assert namesakes(rows, on=DAY) == {}
