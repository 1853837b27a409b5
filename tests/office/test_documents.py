"""Official documents: drafted, numbered once by the clerk, frozen."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from factories import BY

from lantoa.common.refused import Refused
from lantoa.directory.models import Unit
from lantoa.ledger.models import Entry
from lantoa.office.actions.documents import (
    correct_number,
    discard_draft,
    draft_document,
    enter_number,
    redraft_document,
)
from lantoa.office.models import Document
from lantoa.office.queries.documents import code_of, file_name, next_number, paper_of, readable, rendered
from lantoa.office.rules.paper_json import from_json, to_json
from lantoa.office.rules.papers.forms import decision, report
from lantoa.office.rules.papers.model import (
    Annex,
    Article,
    Clause,
    Column,
    ColumnKind,
    Issuer,
    Paper,
    Point,
    Recipients,
    Section,
    Table,
    signature,
)

AT = datetime(2020, 12, 31, 2, tzinfo=UTC)
DAY = date(2020, 12, 31)
ISSUER = Issuer("Ủy ban nhân dân Quận 9", "UBND", "Quận 9", "Ủy ban nhân dân Thành phố Hồ Chí Minh")
TABLE = Table(
    (
        Column("TT", ColumnKind.ORDER),
        Column("Họ và tên"),
        Column("Ngày", ColumnKind.DAY),
        Column("Điểm", ColumnKind.NUMBER),
    ),
    ((1, "Nguyễn Thị Thử", date(2020, 10, 5), Decimal("8.5")), (2, "Trần Văn Mẫu", None, 7)),
)
SIGNED = signature("Chủ tịch", "Nguyễn Văn Thử", body="Ủy ban nhân dân")


def paper() -> Paper:
    return report(
        issuer=ISSUER,
        abstract="Kết quả bồi dưỡng",
        parts=(Section("Kết quả", (Clause("Đã học 160 người.", parts=(Point("hai lớp"), TABLE)), "Hết.")),),
        signature=SIGNED,
        recipients=Recipients(("Sở Nội vụ",), "VX", 2),
        annexes=(Annex("Danh sách", (TABLE,), landscape=True),),
    )


def drafted(ward: Unit, title: str = "Kết quả bồi dưỡng", **more: Any) -> Document:
    said: dict[str, Any] = {"kind": "BC", "symbol": "BC-UBND", "content": paper(), "as_of": DAY, **more}
    return draft_document(by=BY, title=title, issuer=ward, about="test:1", at=AT, **said)


def refused(work: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as caught:
        work()
    return str(caught.value)


def test_a_paper_comes_back_from_json_as_it_was() -> None:
    decided = decision(
        issuer=ISSUER,
        authority="Chủ tịch",
        abstract="Công nhận",
        bases=("Luật",),
        articles=(Article("Công nhận.", parts=(Clause("Một."), Point("a"))), Article("Thi hành.", title="Hiệu lực")),
        signature=SIGNED,
        recipients=Recipients(),
    )
    assert from_json(to_json(paper())) == paper()
    assert from_json(to_json(decided)) == decided


@pytest.mark.parametrize(
    "kept", [None, [], {}, {"is": "Issuer", "name": "a"}, {"is": "Popen", "args": "ls"}, {"day": "x"}]
)
def test_json_that_is_no_paper_is_refused(kept: Any) -> None:
    assert refused(lambda: from_json(kept)) == "Cannot read the document: its content is not that of a paper."


def corrected(document: Document, **changes: Any) -> Document:
    values = {"number": 7, "dated": DAY, "reason": "gõ nhầm", **changes}
    return correct_number(by=BY, document=document, at=AT, **values)


@pytest.mark.django_db
class TestDocuments:
    def test_a_draft_leaves_room_for_the_clerk(self, ward: Unit) -> None:
        document = drafted(ward)
        assert (document.number, document.year, code_of(document)) == (None, None, "")
        assert paper_of(document).number is None
        assert file_name(document, "docx") == "BC-UBND-du-thao.docx"

    def test_the_number_and_the_day_are_in_the_paper(self, ward: Unit) -> None:
        document = enter_number(by=BY, document=drafted(ward), number=5, dated=DAY, at=AT)
        assert (code_of(document), file_name(document, "pdf")) == ("05/BC-UBND", "05-BC-UBND-2020.pdf")
        assert (paper_of(document).number, paper_of(document).day) == (5, DAY)
        assert Entry.objects.get(act="office.enter_number").about == {
            "number": 5,
            "symbol": "BC-UBND",
            "dated": "2020-12-31",
        }

    def test_the_next_free_number_is_proposed_for_each_year_and_symbol(self, ward: Unit) -> None:
        enter_number(by=BY, document=drafted(ward), number=7, dated=DAY, at=AT)
        assert next_number(issuer=ward, symbol="BC-UBND", year=2020) == 8
        assert next_number(issuer=ward, symbol="BC-UBND", year=2021) == 1
        assert next_number(issuer=ward, symbol="QĐ-UBND", year=2020) == 1

    def test_a_taken_number_is_refused_and_names_the_document_that_has_it(self, ward: Unit) -> None:
        enter_number(by=BY, document=drafted(ward, "Báo cáo đầu"), number=5, dated=DAY, at=AT)
        second = drafted(ward)
        assert refused(lambda: enter_number(by=BY, document=second, number=5, dated=DAY, at=AT)) == (
            'Cannot number the document 05/BC-UBND: this number of 2020 belongs to "Báo cáo đầu" of 31/12/2020.'
        )
        second.refresh_from_db()
        assert second.number is None

    def test_the_same_number_in_another_year_is_another_number(self, ward: Unit) -> None:
        enter_number(by=BY, document=drafted(ward), number=5, dated=DAY, at=AT)
        later = datetime(2021, 1, 5, tzinfo=UTC)
        second = enter_number(by=BY, document=drafted(ward), number=5, dated=date(2021, 1, 4), at=later)
        assert (second.year, code_of(second)) == (2021, "05/BC-UBND")

    @pytest.mark.parametrize(
        ("number", "dated", "said"),
        [
            (0, DAY, "Cannot number the document 0: numbers go from 1 to 99999."),
            (100_000, DAY, "Cannot number the document 100000: numbers go from 1 to 99999."),
            (1, date(2021, 1, 1), "Cannot date the document 01/01/2021: the day has not come yet."),
            (1, date(2020, 12, 30), "Cannot date the document 30/12/2020: its figures speak of 31/12/2020."),
        ],
    )
    def test_what_no_clerk_writes_is_refused(self, ward: Unit, number: int, dated: date, said: str) -> None:
        assert refused(lambda: enter_number(by=BY, document=drafted(ward), number=number, dated=dated, at=AT)) == said

    def test_a_numbered_document_is_frozen(self, ward: Unit) -> None:
        document = enter_number(by=BY, document=drafted(ward), number=5, dated=DAY, at=AT)
        said = "Cannot change the document: it is frozen as 05/BC-UBND of 31/12/2020."
        assert refused(lambda: enter_number(by=BY, document=document, number=6, dated=DAY, at=AT)) == said
        assert refused(lambda: discard_draft(by=BY, document=document)) == said
        assert (
            refused(lambda: redraft_document(by=BY, document=document, title="x", content=paper(), as_of=DAY)) == said
        )

    def test_a_wrong_number_is_put_right_and_what_stood_there_is_kept(self, ward: Unit) -> None:
        document = enter_number(by=BY, document=drafted(ward), number=50, dated=DAY, at=AT)
        later, day = datetime(2021, 1, 4, 2, tzinfo=UTC), date(2021, 1, 2)
        document = correct_number(by=BY, document=document, number=5, dated=day, reason=" gõ nhầm ", at=later)
        assert (code_of(document), document.year, paper_of(document).day) == ("05/BC-UBND", 2021, day)
        before = document.numbers_before.values_list("number", "dated", "reason", "at", "by")
        assert list(before) == [(50, DAY, "gõ nhầm", later, BY.actor_key)]
        assert Entry.objects.get(act="office.correct_number").about == {
            "number": 5,
            "dated": "2021-01-02",
            "was": 50,
            "was_dated": "2020-12-31",
        }
        free = enter_number(by=BY, document=drafted(ward), number=50, dated=DAY, at=AT)
        assert code_of(free) == "50/BC-UBND"

    def test_a_number_that_another_document_has_is_not_given_by_a_correction(self, ward: Unit) -> None:
        enter_number(by=BY, document=drafted(ward, "Báo cáo đầu"), number=5, dated=DAY, at=AT)
        second = enter_number(by=BY, document=drafted(ward), number=6, dated=DAY, at=AT)
        assert refused(lambda: corrected(second, number=5)) == (
            'Cannot number the document 05/BC-UBND: this number of 2020 belongs to "Báo cáo đầu" of 31/12/2020.'
        )
        second.refresh_from_db()
        assert (second.number, second.numbers_before.count()) == (6, 0)

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"reason": " "}, "Cannot correct the number 06/BC-UBND: the reason is missing."),
            (
                {"number": 6},
                "Cannot correct the number 06/BC-UBND of 31/12/2020: the number and the date are the same as before.",
            ),
            ({"number": 0}, "Cannot number the document 0: numbers go from 1 to 99999."),
            ({"dated": date(2021, 1, 1)}, "Cannot date the document 01/01/2021: the day has not come yet."),
            ({"dated": date(2020, 12, 30)}, "Cannot date the document 30/12/2020: its figures speak of 31/12/2020."),
        ],
    )
    def test_a_correction_that_corrects_nothing_is_refused(
        self, ward: Unit, changes: dict[str, Any], said: str
    ) -> None:
        document = enter_number(by=BY, document=drafted(ward), number=6, dated=DAY, at=AT)
        assert refused(lambda: corrected(document, **changes)) == said

    def test_a_draft_has_no_number_to_correct(self, ward: Unit) -> None:
        document = drafted(ward, "Báo cáo")
        assert refused(lambda: corrected(document)) == ('Cannot correct the number of "Báo cáo": it has none yet.')

    def test_a_draft_can_be_replaced_and_discarded(self, ward: Unit) -> None:
        document = redraft_document(by=BY, document=drafted(ward), title="Mới", content=paper(), as_of=DAY)
        assert document.title == "Mới"
        discard_draft(by=BY, document=document)
        assert Document.objects.count() == 0

    def test_the_symbol_is_the_one_the_paper_shows(self, ward: Unit) -> None:
        with pytest.raises(ValueError, match="the paper is BC BC-UBND, the document BC BC-SNV"):
            drafted(ward, symbol="BC-SNV")

    def test_an_abstract_beyond_the_length_of_the_decree_is_refused(self, ward: Unit) -> None:
        assert refused(lambda: drafted(ward, "x" * 501)) == (
            "Cannot draft the document: its abstract must have 1 to 500 letters."
        )

    def test_it_is_rendered_the_same_each_time(self, ward: Unit) -> None:
        document = drafted(ward)
        assert rendered(document, "docx")[:2] == b"PK"
        assert rendered(document, "pdf")[:5] == b"%PDF-"
        assert rendered(document, "docx") == rendered(document, "docx")

    def test_it_can_be_read_on_a_page(self, ward: Unit) -> None:
        first, annex = readable(paper_of(drafted(ward)))
        tables = [piece for piece in annex if piece.kind == "table"]
        assert tables[0].heads == ("TT", "Họ và tên", "Ngày", "Điểm")
        assert [text for text, _ in tables[0].rows[0]] == ["1", "Nguyễn Thị Thử", "05/10/2020", "8,5"]
        assert "I. KẾT QUẢ" in ["".join(text for text, _ in piece.runs) for piece in first if piece.kind == "line"]


@pytest.mark.django_db(transaction=True)
def test_two_clerks_at_once_never_give_one_number_twice(ward: Unit) -> None:
    documents = [drafted(ward, f"Báo cáo {number}") for number in range(4)]
    said: list[str] = []

    def number_it(document: Document) -> None:
        try:
            said.append(code_of(enter_number(by=BY, document=document, number=5, dated=DAY, at=AT)))
        except Refused as no:
            said.append(str(no)[:35])
        finally:
            connection.close()

    threads = [threading.Thread(target=number_it, args=[document]) for document in documents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["05/BC-UBND", *["Cannot number the document 05/BC-UB"] * 3]
