"""Names of people who do not exist."""

import random

FAMILY = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Huỳnh",
    "Phan",
    "Vũ",
    "Võ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Lý",
    "Dương",
    "Đinh",
    "Mai",
    "Tô",
    "Lâm",
]
MIDDLE = ["Văn", "Thị", "Minh", "Hữu", "Ngọc", "Quốc", "Thanh", "Đức", "Kim", "Xuân", "Thu", "Gia"]
GIVEN = [
    "An",
    "Bình",
    "Cường",
    "Dũng",
    "Giang",
    "Hà",
    "Hòa",
    "Hương",
    "Khánh",
    "Lan",
    "Mai",
    "Quân",
    "Thảo",
    "Yến",
    "Phượng",
    "Tuấn",
    "Hùng",
    "Linh",
    "Nam",
    "Sơn",
]

# Hard ones: long, short, with an apostrophe, with letters of other languages of the country.
HARD = ("Nguyễn Thị Hồng Phượng", "Lê Ẩn", "Công Tằng Tôn Nữ Thùy Dương", "Đặng Hữu Nghĩa", "H'Hen Niê Kđăm")


def invented_name(chance: random.Random) -> str:
    """Family, middle and given name, as chance has it."""
    return f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)}"
