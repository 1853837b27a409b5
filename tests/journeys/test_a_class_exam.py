"""An exam of a class, on phones and in Vietnamese: asked for, sat on plain pages, published, counted."""

import re
from collections.abc import Callable

from journeys.browser import Reader
from journeys.steps import choose_paper
from journeys.town import Town

TEST = "Bài kiểm tra cuối khóa"
TITLE = "Kiểm tra cuối khóa, đợt một"


def test_an_exam_asked_for_by_a_class_is_sat_published_and_counts(reader: Callable[..., Reader], town: Town) -> None:
    officer, learner = reader("canbo"), reader("hocvien", javascript=False)
    learner.go("/me/")
    materials = learner.page.locator("a[href$='/materials/']").first.get_attribute("href") or ""
    of_class = materials.removesuffix("materials/")

    exam = hold_an_exam(officer, of_class)
    start_it(officer)
    sit_it(learner)
    publish_it(officer, exam)

    officer.go(exam + "?show=marked")
    officer.must_be_sound()
    mark = officer.page.locator("main tbody td").last.inner_text().split()[-1]
    learner.go("/me/")
    assert f"{TEST}: {learner.says('marked')} {mark}/10" in learner.text
    officer.go(of_class)
    assert officer.says("results published") in officer.text
    officer.must_be_sound()


def hold_an_exam(officer: Reader, of_class: str) -> str:
    officer.go(of_class)
    officer.follow("Hold an exam")
    officer.must_be_sound()
    officer.choose("test that counts")
    officer.write("Name of the exam", TITLE)
    choose_paper(officer)
    officer.field("Its result is the mark for").select_option(label=TEST)
    officer.write("Minutes for the exam", "15")
    officer.press("Save")
    assert officer.heading == TITLE
    officer.must_be_sound()
    return officer.page.url


def start_it(officer: Reader) -> None:
    officer.follow("Start, mark, publish")
    officer.follow("Start now")
    officer.press("Start now")


def sit_it(learner: Reader) -> None:
    learner.go("/me/")
    learner.follow_name(TITLE)
    learner.press("Start the exam")
    while re.search(r"/\d+/$", learner.page.url):
        answer(learner)
        on = learner.page.locator("main form button").first  # to the next question; from the last one to all of them
        on.click()
        learner.page.wait_for_load_state("load")
    learner.follow("Hand in")
    learner.press("Hand in")


def answer(learner: Reader) -> None:
    """The first choice, or a number; what has to be ordered or paired is left."""
    choices = learner.page.locator("main input[type=radio], main input[type=checkbox]")
    if choices.count():
        choices.first.check(force=True)
    elif (line := learner.page.locator("main input[name=answer]")).count():
        line.fill("8")


def publish_it(officer: Reader, exam: str) -> None:
    officer.go(exam)
    officer.follow("Start, mark, publish")
    officer.follow("Publish the results")
    officer.press("Publish the results")
    assert officer.says("The results are published.") in officer.page.locator("body").inner_text()
