"""From what hurts to what spreads: a pain point, a pilot, its decision, a playbook, a wave, steps of a ward."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone
from journeys.browser import Reader
from journeys.pilot_that_is_over import MEASURED, NAME
from journeys.town import Town
from journeys.wave_that_began import NAME as BEGUN

HURTS = "Khai lại trên giấy điều đã có (của hành trình)"
PILOT = "Khai một lần tại bộ phận một cửa"
SPREAD = "Nhân rộng khai một lần"
STEPS = ("Nối phần mềm một cửa với cơ sở dữ liệu", "Hướng dẫn cán bộ dùng lại dữ liệu")


def test_a_pilot_is_measured_before_it_starts_and_its_plan_stands(reader: Callable[..., Reader]) -> None:
    ward, officer = reader("dieuphoi"), reader("canbo")
    say_what_hurts(ward)
    weigh_it(officer)
    plan_a_pilot(officer)
    the_plan_is_not_fixed_before_it_is_whole(officer)
    measure_and_write_a_gate(officer)
    officer.press("Fix the plan")
    officer.must_be_sound()
    assert officer.says("fixed, not begun") in officer.text


def test_what_worked_in_one_ward_comes_step_by_step_to_others(reader: Callable[..., Reader], town: Town) -> None:
    ward, officer = reader("dieuphoi"), reader("canbo")
    town.make("journeys.pilot_that_is_over")
    tried_by = enter_the_last_value(ward)
    decide(officer)
    write_the_playbook(officer)
    carry_it_to_units(officer, tried_by)
    town.make("journeys.wave_that_began")
    do_a_step(ward)
    check_it(officer)


def say_what_hurts(ward: Reader) -> None:
    ward.go("/pilots/pains/")
    ward.must_be_sound()
    ward.follow("New pain point")
    ward.must_be_sound()
    ward.write("What hurts, in one line", HURTS)
    ward.write("In more words", "Mỗi hồ sơ khai lại ba lần những điều đã có.")
    ward.press("Save")
    assert ward.heading == HURTS
    ward.must_be_sound()


def weigh_it(officer: Reader) -> None:
    officer.go("/pilots/pains/?order=newest")
    officer.must_be_sound()
    officer.follow_name(HURTS)
    officer.follow("Weigh it")
    officer.must_be_sound()
    officer.write("People hit", "5200")
    officer.write("Cost of solving it, in đồng", "40.000.000")
    officer.page.locator("select[name=feasibility]").select_option("4")
    officer.write("What the figures rest on", "Đếm hồ sơ của một tháng.")
    officer.press("Save")
    assert "5.200" in officer.text
    officer.must_be_sound()


def plan_a_pilot(officer: Reader) -> None:
    """In the ward that it hurts, from tomorrow on; a window of a month is refused."""
    first = timezone.localdate() + timedelta(days=1)
    officer.follow("Plan a pilot against it")
    officer.must_be_sound()
    officer.write("Code", "hanh-trinh-1")
    officer.write("Name", PILOT)
    officer.write("Hypothesis", "Nếu dùng lại dữ liệu thì thời gian chờ giảm, vì không phải khai lại.")
    officer.write("First day", first.isoformat())
    officer.write("Last day", (first + timedelta(days=30)).isoformat())
    officer.press("Save")
    assert officer.page.locator(".govuk-error-summary").count() == 1
    officer.must_be_sound()
    officer.write("Last day", (first + timedelta(days=120)).isoformat())
    officer.press("Save")
    assert officer.heading == PILOT
    officer.must_be_sound()


def the_plan_is_not_fixed_before_it_is_whole(officer: Reader) -> None:
    page = officer.page.url
    officer.press("Fix the plan")
    refused = officer.says("Cannot fix the plan of pilot %(name)s: nothing is measured in it.")
    assert refused.split("%")[0] in officer.text
    officer.must_be_sound()
    officer.go(page)


def measure_and_write_a_gate(officer: Reader) -> None:
    today = timezone.localdate()
    officer.follow("New measure")
    officer.must_be_sound()
    officer.write("What is measured", MEASURED)
    officer.write("Counted in", "phút")
    officer.page.locator("select[name=direction]").select_option("down")
    officer.write("Measured every so many days", "30")
    officer.write("Goal", "20")
    officer.press("Save")
    officer.follow("Enter the baseline")
    officer.write("Value", "40")
    officer.write("Measured on", (today - timedelta(days=2)).isoformat())
    officer.must_be_sound()
    officer.press("Save")
    officer.follow("New gate")
    officer.write("Day of the gate", today.isoformat())
    officer.write("Criterion", "Chờ không quá 30 phút")
    officer.press("Save")
    assert officer.page.locator(".govuk-error-summary").count() == 1  # written before its day
    officer.must_be_sound()
    officer.write("Day of the gate", (today + timedelta(days=60)).isoformat())
    officer.page.locator("select[name=measure]").select_option(label=MEASURED)
    officer.write("It must reach", "30")
    officer.press("Save")
    officer.must_be_sound()


def enter_the_last_value(ward: Reader) -> str:
    """The name of the ward."""
    ward.go("/pilots/")
    ward.must_be_sound()
    name = ward.page.locator("main tbody tr", has_text=NAME).locator("td").first.inner_text().splitlines()[-1]
    ward.follow_name(NAME)
    ward.must_be_sound()
    ward.follow("Enter a value")
    ward.write("Value", "18")
    ward.write("Measured on", (timezone.localdate() - timedelta(days=1)).isoformat())
    ward.write("How it was measured", "Đo 50 hồ sơ")
    ward.must_be_sound()
    ward.press("Save")
    assert ward.says("goal reached") in ward.text
    ward.must_be_sound()
    return name


def decide(officer: Reader) -> None:
    """Not before both gates are decided."""
    officer.go("/pilots/")
    officer.follow_name(NAME)
    officer.must_be_sound()
    pilot = officer.page.url
    officer.follow("Decide on the pilot")
    choose_to_spread(officer)
    assert officer.page.locator(".govuk-error-summary").count() == 1
    officer.must_be_sound()
    for _gate in range(2):
        officer.go(pilot)
        officer.follow("Decide on the gate")
        officer.choose("Yes")
        officer.write("What was found at the gate", "Đạt, theo biên bản đo.")
        officer.must_be_sound()
        officer.press("Save")
    officer.follow("Decide on the pilot")
    choose_to_spread(officer)
    assert officer.says("Spread it") in officer.text
    officer.must_be_sound()


def choose_to_spread(officer: Reader) -> None:
    officer.choose("Spread it")
    officer.write("What the decision rests on", "Thời gian chờ từ 40 xuống 18 phút.")
    officer.press("Save")


def write_the_playbook(officer: Reader) -> None:
    officer.press("Write a playbook from it")
    officer.must_be_sound()
    officer.follow_name(f"{officer.says('Change or add')} {officer.says('Steps')}")
    officer.must_be_sound()
    for place, title in enumerate(STEPS):
        officer.page.locator(f"[name='{place}-title']").fill(title)
        officer.page.locator(f"[name='{place}-code']").fill(f"buoc-{place + 1}")
        officer.page.locator(f"[name='{place}-evidence']").select_option("known")
    officer.press("Save as a new version")
    assert [title in officer.text for title in STEPS] == [True, True]
    officer.must_be_sound()


def carry_it_to_units(officer: Reader, tried_by: str) -> None:
    """The readiest two and the ward that tried it, in two waves, as the list stands."""
    today = timezone.localdate()
    officer.follow("Carry it to units")
    officer.write("Office that runs it", "Thành phố Hồ Chí Minh")
    officer.write("Name", SPREAD)
    officer.must_be_sound()
    officer.press("Save")
    officer.must_be_sound()
    officer.follow("Choose units")
    officer.must_be_sound()
    boxes = officer.page.locator("main tbody input[name=chosen]")
    assert boxes.count() >= 168
    mine = officer.page.locator("main tbody tr", has_text=tried_by).locator("input[name=chosen]").first
    mine.check(force=True)
    for box in officer.page.locator("main tbody input[name=chosen]:not(:checked)").all()[:2]:
        box.check(force=True)
    officer.press("Those ticked take it on")
    for number in (1, 2):
        officer.follow("New wave")
        officer.write("Begins on", (today + timedelta(days=14 * number)).isoformat())
        officer.write("Units at once", "2")
        officer.must_be_sound()
        officer.press("Save")
    officer.follow("Settle the order")
    officer.choose("As the list stands: the readiest first, then most trained people")
    officer.must_be_sound()
    officer.press("Save")
    assert officer.page.locator(".lt-tile").count() == 3
    officer.must_be_sound()


def do_a_step(ward: Reader) -> None:
    ward.go("/pilots/adoptions/")
    ward.must_be_sound()
    row = ward.page.locator("main tbody tr", has_text=BEGUN)
    row.locator("th a").click()
    ward.page.wait_for_load_state("load")
    ward.must_be_sound()
    ward.follow("Enter a step")
    ward.page.locator("select[name=step]").select_option(label=STEPS[0])
    ward.write("Done on", (timezone.localdate() + timedelta(days=1)).isoformat())
    ward.press("Save")
    assert ward.page.locator(".govuk-error-summary").count() == 1  # not for a day to come
    ward.must_be_sound()
    ward.write("Done on", timezone.localdate().isoformat())
    ward.press("Save")
    ward.must_be_sound()
    ward.follow("Ask for help")
    ward.write("What you need help with", "Phần mềm một cửa của phường dùng bản cũ.")
    ward.must_be_sound()
    ward.press("Save")
    assert "bản cũ" in ward.text
    ward.must_be_sound()


def check_it(officer: Reader) -> None:
    officer.go("/pilots/spreads/")
    officer.must_be_sound()
    officer.follow_name(BEGUN)
    officer.must_be_sound()
    officer.page.locator("#units tbody tr", has_text="1 / 2").locator("th a").click()
    officer.page.wait_for_load_state("load")
    officer.follow("Check whether it is done as written")
    for step in officer.page.locator("main fieldset").all():
        officer.choose("as it is written", step)
    officer.must_be_sound()
    officer.press("Save")
    assert officer.says("as it is written") in officer.text
    officer.must_be_sound()
