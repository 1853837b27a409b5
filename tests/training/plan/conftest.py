"""A small programme file and the units it names."""

from datetime import UTC, datetime

import factories as make
import pytest

from lantoa.directory.models import Level, Unit

AT = datetime(2020, 9, 20, 3, tzinfo=UTC)

SMALL = """\
lantoa: 1
programme:
  code: quan-9-2020
  name: Chuyển đổi số Quận 9
  period: {from: 01/10/2020, to: 31/12/2020}
  unit: "Quận 9, Thành phố Hồ Chí Minh"
  decision: {number: 2393/QĐ-UBND, date: 03/07/2020, issuer: UBND Thành phố, title: Phê duyệt Chương trình}
  fields: [chinh-quyen-so]
  partners:
    - {name: Khu Công nghệ phần mềm, role: teaching}
agencies:
  - {name: Trung tâm Y tế Quận 9, under: "Quận 9, Thành phố Hồ Chí Minh"}
lecturers:
  - {code: gv-1, full_name: Trịnh Bảo Lâm, organisation: Khu Công nghệ phần mềm}
  - {code: gv-2, full_name: Phan Diệu Hiền, organisation: Viện Nghiên cứu}
rooms:
  - {name: Phòng 1, capacity: 45}
  - {name: Phòng 2, capacity: 60}
courses:
  - code: cds
    title: Chuyển đổi số
    topics:
      - {title: Tổng quan, hours: 8, outcomes: [Nắm tổng quan]}
      - {title: Lãnh đạo số, hours: 8, materials: [{title: Quyết định 749, url: "https://example.vn/749"}]}
assessments:
  - {code: bai, title: Bài thu hoạch, due: 21/12/2020}
completion:
  presence: 80%
  marks: [{assessment: bai, at_least: 5}]
classes:
  - code: Q9-1
    course: cds
    capacity: 40
    room: Phòng 1
    meetings:
      - {date: 05/10/2020, time: 13:30-16:30, topic: 1, lecturer: gv-1}
      - {date: 08/10/2020, time: 13:30-16:30, topic: 2, lecturer: gv-2}
  - code: Q9-2
    course: cds
    capacity: 40
    room: Phòng 2
    meetings:
      - {date: 06/10/2020, time: 13:30-16:30, topic: 1, lecturer: gv-1}
certificate:
  issuer: UBND Quận 9
  title: Giấy chứng nhận
  number: "{number}/CN-BQ9"
  signer: {post: Chủ tịch, name: Nguyễn Minh Họa}
report:
  issuer: UBND Quận 9
  code: UBND
  place: Quận 9
  signer: {post: Chủ tịch, name: Nguyễn Minh Họa}
  recipients: [Như trên, Lưu trữ]
"""


@pytest.fixture
def small() -> str:
    return SMALL


@pytest.fixture
def district(db: None) -> Unit:
    """Quận 9 of Thành phố Hồ Chí Minh, with one ward; and a Quận 9 of another city."""
    country = make.unit("Việt Nam", kind="Nước", level=Level.COUNTRY)
    city = make.unit("Hồ Chí Minh", kind="Thành phố", level=Level.PROVINCE, under=country, code="79")
    other = make.unit("Hải Phòng", kind="Thành phố", level=Level.PROVINCE, under=country)
    make.unit("9", kind="Quận", level=Level.DISTRICT, under=other)
    district = make.unit("9", kind="Quận", level=Level.DISTRICT, under=city, code="763")
    make.unit("Phước Long A", under=district)
    return district
