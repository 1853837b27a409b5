"""How long certificates take: 160 single files, 160 as one document, and 10,000 streamed as a job, each signed anew.

python benchmarks/certificates_pdf.py [--runs 5] [--many 10000]      prints JSON

Also what was weighed against it: a new compiler for each certificate, and one document split into pages (with
pypdfium2, when it is there; what it writes is no longer PDF/A). The people are invented.
"""

import argparse
import datetime
import hashlib
import io
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from _measure import peak_memory_mb, report, run
from _people import HARD
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lantoa.training.rules.certificate.payload import Payload, address, sign
from lantoa.training.rules.certificate.pdf import (
    Born,
    Certificate,
    make_certificate,
    make_certificates,
    make_document,
)

DAY = datetime.date(2020, 12, 31)
KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)


def certificates(count: int) -> Iterator[Certificate]:
    course, issuer = "Chuyển đổi số cho lãnh đạo, quản lý", "Ủy ban nhân dân Quận 9"
    for n in range(count):
        number, name = f"{n + 1:05d}/2020/CN-Q9", HARD[n % len(HARD)]
        payload = Payload(f"k{n:012d}", number, DAY, name, course, issuer, demonstration=True)
        yield Certificate(
            number=number, name=name, course=course, issuer=issuer, issued=DAY, place="Quận 9",
            superior="Ủy ban nhân dân Thành phố Hồ Chí Minh", post=("TM. Ủy ban nhân dân", "Chủ tịch"),
            signer="Nguyễn Văn Ví Dụ", code=address("https://lantoa.example", sign(payload, KEY)),
            born=Born(1960 + n % 40, 5, 1 + n % 28), unit=f"Ủy ban nhân dân phường số {n % 168}",
            programme="Bồi dưỡng chuyển đổi số Quận 9 năm 2020", hours=64, starts=datetime.date(2020, 10, 1),
            ends=DAY, decision="Quyết định số 45/QĐ-UBND ngày 31 tháng 12 năm 2020", demonstration=True,
        )  # fmt: skip


def into(folder: Path, count: int) -> int:
    """Writes the files as a job does; their size together in bytes."""
    total = 0
    for n, data in enumerate(make_certificates(certificates(count))):
        (folder / f"{n:05d}.pdf").write_bytes(data)
        total += len(data)
    return total


def split(count: int) -> None:
    """One document, then its pages as files of their own."""
    import pypdfium2  # type: ignore[import-untyped]

    whole = pypdfium2.PdfDocument(make_document(list(certificates(count))))
    for n in range(count):
        part = pypdfium2.PdfDocument.new()
        part.import_pages(whole, [n])
        part.save(io.BytesIO())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--many", type=int, default=10_000)
    asked = parser.parse_args()
    figures: dict[str, object] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures["160 single files"] = run(lambda: into(folder, 160), asked.runs, warm_up=1)
        again = [hashlib.sha256(b"".join(make_certificates(certificates(20)))).hexdigest() for _ in range(2)]
        figures["same bytes again"] = again[0] == again[1]
        figures["160 in one document"] = run(lambda: make_document(list(certificates(160))), asked.runs)
        figures["160, a new compiler each"] = run(
            lambda: [make_certificate(c) for c in certificates(160)], asked.runs
        )
        try:
            figures["160, one document split into pages"] = run(lambda: split(160), asked.runs)
        except ImportError:
            figures["160, one document split into pages"] = "not measured: pypdfium2 is not installed"
        before = peak_memory_mb()
        sizes: list[int] = []
        started = time.perf_counter()
        figures[f"{asked.many} single files"] = run(lambda: sizes.append(into(folder, asked.many)), 1)
        figures["a second of the job"] = round(asked.many / (time.perf_counter() - started), 1)
        figures["bytes a certificate"] = round(sizes[0] / asked.many)
        figures["peak memory MB"] = {"before the job": before, "after": peak_memory_mb()}
    report("certificates", figures)


if __name__ == "__main__":
    main()
