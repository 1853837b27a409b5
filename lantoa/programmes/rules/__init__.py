"""What programmes know as pure functions and lists: no Django, no database, no clock."""

import re
from datetime import date, timedelta

# Code, Vietnamese, English. The three pillars and the priority fields of Decision 749/QĐ-TTg (3/6/2020) and of
# Decision 2393/QĐ-UBND of Ho Chi Minh City (3/7/2020), with those of Bắc Kạn's training of December 2020.
STANDARD_FIELDS: tuple[tuple[str, str, str], ...] = (
    ("chinh-quyen-so", "Chính quyền số", "Digital government"),
    ("kinh-te-so", "Kinh tế số", "Digital economy"),
    ("xa-hoi-so", "Xã hội số", "Digital society"),
    ("y-te", "Y tế", "Health"),
    ("giao-duc", "Giáo dục", "Education"),
    ("giao-thong-van-tai", "Giao thông vận tải và logistics", "Transport and logistics"),
    ("tai-chinh-ngan-hang", "Tài chính - ngân hàng", "Finance and banking"),
    ("du-lich", "Du lịch", "Tourism"),
    ("nong-nghiep", "Nông nghiệp", "Agriculture"),
    ("tai-nguyen-moi-truong", "Tài nguyên và môi trường", "Natural resources and environment"),
    ("nang-luong", "Năng lượng", "Energy"),
    ("san-xuat-cong-nghiep", "Sản xuất công nghiệp", "Industrial production"),
    ("dao-tao-nhan-luc", "Đào tạo nhân lực", "Training of people"),
    ("an-toan-thong-tin", "An toàn thông tin", "Information security"),
    ("du-lieu", "Dữ liệu và dữ liệu mở", "Data and open data"),
    ("the-che", "Thể chế, chính sách", "Institutions and policies"),
)

# Kinds of acts by the letters in their numbers: Decree 30/2020/NĐ-CP, annex III, and the conclusions of the Party.
ACTS = {
    "NQ": "Nghị quyết",
    "QĐ": "Quyết định",
    "CT": "Chỉ thị",
    "KL": "Kết luận",
    "KH": "Kế hoạch",
    "CTr": "Chương trình",
    "ĐA": "Đề án",
    "TB": "Thông báo",
    "NĐ": "Nghị định",
    "TT": "Thông tư",
}

BEFORE, RUNNING, OVER = "before", "running", "over"


def act_of_number(number: str) -> str:
    """What an act with this number is called, in Vietnamese: "57-NQ/TW" is a Nghị quyết, "749/QĐ-TTg" a Quyết định.

    The kind stands alone between the signs of the number; a number that names none is taken for a decision.
    """
    kinds = (ACTS[part] for part in re.split(r"[/\-\s]+", number.strip()) if part in ACTS)
    return next(kinds, ACTS["QĐ"])


def stage(first: date, end: date, *, on: date) -> str:
    """`before`, `running` or `over`: where a period [first, end) stands on a day."""
    if on < first:
        return BEFORE
    return RUNNING if on < end else OVER


def last_day(end: date) -> date:
    """The last day of a period that ends before `end`."""
    return end - timedelta(days=1)
