"""How long a roster of 100,000 people takes from the bytes of its .xlsx to understood rows.

python benchmarks/roster_reading.py [--rows 100000] [--runs 3]   prints JSON

Steps: read the file, find the table and understand its rows, mark the faults of every hundredth row. CPU and wall
seconds of each, and the peak memory of the process (the making of the file included). The people are invented.
"""

import argparse
import io
import random
from datetime import date, datetime

import xlsxwriter
from _measure import peak_memory_mb, report, run
from _people import invented_name

from lantoa.office.rules.sheets import Fault, mark_faults, read_table_file
from lantoa.training.rules.roster import read_roster

TODAY = date(2020, 10, 1)
HEADER = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Chức vụ", "Đơn vị", "CCCD", "Điện thoại", "Email", "Lớp"]


def roster(rows: int) -> bytes:
    """An .xlsx of invented people: ten columns, title rows, every second birth date a text."""
    chance = random.Random(2020)
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("DS")
    as_date = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write(0, 0, "UBND QUẬN 9")
    sheet.write(2, 2, "DANH SÁCH HỌC VIÊN")
    sheet.write_row(4, 0, HEADER)
    for number in range(rows):
        year, month, day = chance.randrange(1960, 2000), chance.randrange(1, 13), chance.randrange(1, 29)
        gender = chance.randrange(2)
        row = 5 + number
        sheet.write_number(row, 0, number + 1)
        sheet.write_string(row, 1, invented_name(chance))
        if number % 2:
            sheet.write_datetime(row, 2, datetime(year, month, day), as_date)  # noqa: DTZ001 -- a day
        else:
            sheet.write_string(row, 2, f"{day:02d}/{month:02d}/{year}")
        texts = [
            ("Nam", "Nữ")[gender],
            "Chuyên viên",
            f"UBND phường số {number % 321}",
            f"079{gender}{year % 100:02d}{number:06d}",
            f"09{number:08d}",
            f"u{number}@example.vn",
            f"L{number % 40}",
        ]
        for column, text in enumerate(texts, 3):
            sheet.write_string(row, column, text)
    book.close()
    return target.getvalue()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the reading of a roster.")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    data = roster(options.rows)
    workbook = read_table_file(data, "roster.xlsx")
    reading = read_roster(workbook, TODAY)
    faults = [
        Fault(row.sheet, row.number, "B", "Họ và tên", "full_name", "error", "An example.")
        for row in reading.rows[::100]
    ]
    results = {
        "rows": options.rows,
        "columns": len(HEADER),
        "file_mb": round(len(data) / 1e6, 1),
        "good_rows": len(reading.good_rows),
        "peak_memory_mb": peak_memory_mb(),
        "read_file_seconds": run(lambda: read_table_file(data, "roster.xlsx"), options.runs),
        "understand_rows_seconds": run(lambda: read_roster(workbook, TODAY), options.runs),
        "mark_faults_seconds": run(lambda: mark_faults(workbook, faults), options.runs),
    }
    report("roster reading", results)


if __name__ == "__main__":
    main()
