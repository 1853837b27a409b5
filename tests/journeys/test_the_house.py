"""What keeps the house: a part of its data taken away, the working days of a year, the right number of a document."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

from django.utils import timezone
from journeys.browser import Reader
from journeys.town import Town

LONG = "Nghỉtheođềnghịcủaủyban" * 9


def test_an_officer_takes_a_part_of_the_data_away_as_files(reader: Callable[..., Reader], town: Town) -> None:
    officer = reader("canbo")
    officer.go("/exports/")
    officer.must_be_sound()
    officer.follow("What every column means")
    officer.must_be_sound()
    officer.go("/exports/")
    officer.press("Pack the file")
    assert officer.page.locator(".govuk-error-message").count() == 1
    officer.must_be_sound()
    formats = ["csv", "parquet"] if officer.page.locator("input[name=format][value=parquet]").count() else ["csv"]
    for form in formats:
        names = take(officer, town, form)
        assert any(name.endswith(f".{form}") for name in names)
        assert any(name.endswith(".parquet") for name in names) == (form == "parquet")
    officer.must_be_sound()


def take(officer: Reader, town: Town, form: str) -> list[str]:
    """The names in the file that comes down."""
    officer.go("/exports/")
    officer.choose("Presence")
    if officer.page.locator("input[name=format][type=radio]").count():
        officer.page.locator(f"input[name=format][value={form}]").check(force=True)
    officer.press("Pack the file")
    assert officer.says("It is being packed. The file stands here when it is done.") in officer.page.inner_text(
        "body"
    )
    officer.must_be_sound()
    town.work()
    officer.page.reload()
    packed = officer.download(lambda: officer.page.locator("main tbody tr a[href*='/files/']").first.click())
    return zipfile.ZipFile(io.BytesIO(packed)).namelist()


def test_a_day_of_rest_is_entered_and_taken_back(reader: Callable[..., Reader]) -> None:
    keeper, officer = reader("quantri"), reader("canbo")
    day = a_wednesday()
    shown = f"{day:%d/%m/%Y}"
    keeper.go(f"/days/?year={day.year}")
    keeper.must_be_sound()
    keeper.follow("Change a day")
    keeper.press("Change the day")
    assert keeper.page.locator(".govuk-error-message").count() == 3
    keeper.must_be_sound()
    keeper.write("Day", day.isoformat())
    keeper.choose("rest")
    keeper.write("Why, and by which decision", LONG)
    keeper.press("Change the day")
    assert row(keeper, shown).count() == 1
    keeper.must_be_sound()
    take_the_day_back(keeper, shown)
    officer.go(f"/days/?year={day.year}")
    assert row(officer, shown).count() == 0
    assert officer.page.get_by_role("link", name=officer.says("Change a day")).count() == 0
    officer.must_be_sound()


def a_wednesday() -> date:
    """One next year that no holiday is near of."""
    day = date(timezone.localdate().year + 1, 7, 15)
    return day + timedelta(days=(2 - day.weekday()) % 7)


def row(one: Reader, shown: str):  # type: ignore[no-untyped-def]
    return one.page.locator("main tbody tr", has_text=shown)


def take_the_day_back(keeper: Reader, shown: str) -> None:
    row(keeper, shown).get_by_role("link").click()
    keeper.page.wait_for_load_state("load")
    keeper.must_be_sound()
    keeper.press("Take the change back")
    assert keeper.page.locator(".govuk-error-message").count() == 1
    keeper.must_be_sound()
    keeper.write("Reason", "Nhập nhầm năm")
    keeper.press("Take the change back")
    assert row(keeper, shown).count() == 0
    assert "Nhập nhầm năm" in keeper.text
    keeper.must_be_sound()


def test_a_wrong_number_of_a_document_is_corrected_with_a_reason(reader: Callable[..., Reader], town: Town) -> None:
    officer = reader("canbo")
    officer.go(f"/programmes/{town.found['things']['finished']}/progress/")
    officer.follow("Lists, presence sheets, results, report and decision")
    officer.press("Draft the decision on certificates")
    officer.page.locator("input[name=number]").fill("0")
    officer.press("Enter the number")
    assert officer.says("Number") in officer.page.locator(".govuk-error-summary").inner_text()
    officer.must_be_sound()
    officer.page.locator("input[name=number]").fill("311")
    officer.press("Enter the number")
    assert "311/QĐ-UBND" in officer.text
    officer.follow("Correct the number")
    officer.must_be_sound()
    officer.page.locator("input[name=number]").fill("313")
    officer.press("Correct the number")
    assert officer.page.locator(".govuk-error-message").count() == 1
    officer.must_be_sound()
    officer.write("Reason of the correction", "Văn thư ghi nhầm số")
    officer.press("Correct the number")
    assert ("313/QĐ-UBND" in officer.text, "311/QĐ-UBND" in officer.text) == (True, True)
    assert "Văn thư ghi nhầm số" in officer.text
    officer.must_be_sound()


def test_an_address_that_only_takes_a_form_says_so_and_leads_on(reader: Callable[..., Reader]) -> None:
    officer = reader("canbo")
    officer.go("/me/data/consent/")
    assert officer.heading == officer.says("This address shows no page")
    officer.must_be_sound()
    officer.follow("Go to the start page")
    assert officer.status == 200
