"""A sheet of figures in its preview: what is wrong is said in words, and what has closed since takes nothing."""

import io
from datetime import UTC, date, datetime

import factories as make
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook

from lantoa.common.refused import Refused
from lantoa.directory.models import Level, Role, Unit
from lantoa.office.actions.imports import apply_import
from lantoa.office.models import Import
from lantoa.office.queries.imports import marked_file
from lantoa.programmes.actions.measurements import review_figures
from lantoa.programmes.actions.reporting import ask_for, close_reporting, open_reporting
from lantoa.programmes.models import Due, Measurement, Reporting, Target
from lantoa.programmes.rules.spans import span_at

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 10, 2, tzinfo=UTC)


@pytest.fixture
def city() -> Unit:
    return make.unit("Một", kind="Thành phố", level=Level.PROVINCE)


@pytest.fixture
def desk(city: Unit) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(make.user(Role.PROGRAMME_OFFICER, on=city))
    return client


def campaign(city: Unit, *targets: Target) -> Reporting:
    span = span_at("year", date(2025, 1, 1))
    made = open_reporting(by=make.BY, unit=city, title="Số liệu 2025", span=span, due_on=date(2026, 1, 20), at=AT)
    ask_for(by=make.BY, reporting=made, targets=targets, at=AT)
    return made


def preview(desk: Client, made: Reporting, cells: str) -> Import:
    """The preview of a sheet with the same cells (value, part, whole) in every row."""
    rows = [f"{key};{cells}" for key in Due.objects.order_by("pk").values_list("key", flat=True)]
    data = "\n".join(("Mã dòng;Giá trị;Tử số;Mẫu số", *rows)).encode()
    address = reverse("programmes:load_figures", args=[made.key])
    desk.post(address, {"file": SimpleUploadedFile("so-lieu.csv", data)})
    return Import.objects.latest("pk")


def test_what_is_wrong_with_a_figure_is_said_in_words_in_preview_and_marked_sheet(desk: Client, city: Unit) -> None:
    made = preview(desk, campaign(city, make.target(city, code="CT1", high=100)), "120;;")
    words = "Cannot report CT1 for 2025: 120 is above 100, the most that can be."
    page = reverse("office:show_import", args=[made.key])
    assert words in desk.get(page).content.decode()
    with translation.override("en"):
        marked = load_workbook(io.BytesIO(marked_file(made)))
    cells = [cell for sheet in marked for row in sheet.iter_rows() for cell in row]
    assert words in " ".join(f"{one.value} {one.comment.text if one.comment else ''}" for one in cells)
    desk.cookies["django_language"] = "vi"
    assert "Không thể báo cáo CT1 kỳ 2025: 120 lớn hơn" in desk.get(page).content.decode()


def test_a_value_worked_out_beyond_what_is_kept_is_wrong_in_the_preview(desk: Client, city: Unit) -> None:
    made = preview(desk, campaign(city, make.target(city, code="CT1")), ";999999999999999999;0,000001")
    assert (made.summary["wrong"], made.summary["new"]) == (1, 0)


def test_a_preview_is_not_applied_once_its_campaign_is_closed(desk: Client, city: Unit) -> None:
    reporting = campaign(city, make.target(city, code="CT1"))
    made = preview(desk, reporting, "80;;")
    close_reporting(by=make.BY, reporting=reporting, at=AT)
    with pytest.raises(Refused) as refused:
        apply_import(by=make.BY, made=made, at=AT)
    assert str(refused.value) == (
        "Cannot take the figures of a file into «Số liệu 2025»: it was closed on 10/01/2026."
    )
    assert not Measurement.objects.exists()


def test_a_returned_figure_is_no_measure_for_the_next_one_in_a_sheet(desk: Client, city: Unit) -> None:
    target = make.target(city, code="CT1", jump=50)
    slip = make.figure(target, 2024, 1_000_000)
    reporting = campaign(city, target)
    assert preview(desk, reporting, "110;;").summary["wrong"] == 1
    review_figures(by=make.BY, lines=[slip], verdict="returned", reason="Gõ nhầm", at=AT)
    assert preview(desk, reporting, "110;;").summary["new"] == 1
