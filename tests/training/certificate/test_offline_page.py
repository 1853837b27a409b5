"""The page that checks without a network: its Ed25519 against RFC 8032 and Python, its words in a real browser."""

import datetime
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lantoa.training.rules.certificate.offline import offline_page, scripts
from lantoa.training.rules.certificate.payload import address, public_bytes, sign
from lantoa.training.rules.certificate.trust import (
    PublicKey,
    Reason,
    Revocation,
    holds,
    keyed,
    read_list,
    verify,
    write_list,
)

NODE = shutil.which("node")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_node = pytest.mark.skipif(
    not NODE, reason="SKIPPED: no node here, the page's own Ed25519 was not tested by itself"
)
needs_browser = pytest.mark.skipif(not CHROMIUM, reason="SKIPPED: no Chromium here, the offline page was not opened")

# RFC 8032, 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x02" * 32)
MADE = datetime.date(2021, 2, 1)


def node(code: str, values: object) -> Any:
    """What the page's scripts print, as JSON, for a piece of code that sees `values`."""
    assert NODE
    program = f"{scripts()}\nconst values = JSON.parse(require('fs').readFileSync(0, 'utf8'));\n{code}"
    run = subprocess.run([NODE, "-e", program], input=json.dumps(values), capture_output=True, text=True, check=True)
    return json.loads(run.stdout)


def all_of(promises: str) -> str:
    """The code that prints what these promises come to."""
    return f"Promise.all({promises}).then((all) => console.log(JSON.stringify(all)));"


def own_verdicts(cases: list[tuple[str, str, str]]) -> list[bool]:
    code = (
        "const bytes = (t) => new Uint8Array(Buffer.from(t, 'hex'));"
        "console.log(JSON.stringify(values.map(([k, m, s]) => lantoaEd25519.verify(bytes(k), bytes(m), bytes(s)))));"
    )
    found: list[bool] = node(code, cases)
    return found


@needs_node
def test_own_ed25519_holds_for_the_vectors_of_rfc_8032() -> None:
    assert all(holds(*(bytes.fromhex(part) for part in vector)) for vector in VECTORS)
    assert own_verdicts(VECTORS) == [True] * 3


@needs_node
def test_own_sha512_is_that_of_the_standard() -> None:
    import hashlib

    messages = [bytes(range(256))[:n] for n in (0, 1, 3, 55, 110, 111, 112, 127, 128, 129, 239, 240, 256)]
    code = (
        "console.log(JSON.stringify(values.map((m) => Buffer.from(lantoaEd25519.sha512("
        "new Uint8Array(Buffer.from(m, 'hex')))).toString('hex'))));"
    )
    found = node(code, [message.hex() for message in messages])
    assert found == [hashlib.sha512(message).hexdigest() for message in messages]


@needs_node
def test_own_ed25519_judges_as_python_does_also_what_is_wrong() -> None:
    cases = []
    for n in range(12):
        key = Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32)
        message = bytes([n]) * (n * 37)
        good = key.sign(message)
        high = (int.from_bytes(good[32:], "little") + ORDER).to_bytes(32, "little")
        changed = [good, good[:n] + bytes([good[n] ^ 1]) + good[n + 1 :], good[:32] + high, good[:63], b"\0" * 64]
        cases += [(public_bytes(key), message, signature) for signature in changed]
        cases += [
            (public_bytes(key), message + b"x", good),
            (b"\xff" * 32, message, good),
            (b"\x02" * 32, message, good),
        ]
    python = [holds(*case) for case in cases]
    assert own_verdicts([(a.hex(), b.hex(), c.hex()) for a, b, c in cases]) == python
    assert python.count(True) == 12


def cases(private_key: Ed25519PrivateKey, a_payload: Any) -> dict[str, str]:
    """Codes of every kind, by the state they come to."""
    good = sign(a_payload(key="good"), private_key)
    return {
        "valid": address("https://lantoa.example", good),
        "revoked": sign(a_payload(), private_key),
        "unknown-key": sign(a_payload(), OTHER),
        "key-not-in-force": sign(a_payload(issued=datetime.date(2022, 1, 1)), private_key),
        "broken": good[:40] + ("A" if good[40] != "A" else "B") + good[41:],
    }


def page_data(page: str) -> Any:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert found
    return json.loads(found[1])


@pytest.fixture
def revocations(private_key: Any, public_key: PublicKey) -> Any:
    revoked = Revocation("c2d3f4g5h6j7k", datetime.date(2021, 1, 15), Reason.MISTAKE)
    return read_list(write_list([revoked], made=MADE, private_key=private_key), keyed([public_key]))


@needs_node
@pytest.mark.parametrize("engine", ["the browser's own", "ours"])
def test_the_page_comes_to_the_same_verdicts_as_python(
    engine: str, private_key: Any, public_key: PublicKey, a_payload: Any, revocations: Any
) -> None:
    codes = cases(private_key, a_payload)
    lines = list(codes.values()) + [code[:200] for code in codes.values()] + ["", "xyz", "1890", "A" * 300]
    code = all_of("values.codes.map((c) => lantoaCheck.verify(c, values.data))")
    if engine == "ours":
        code = "Object.defineProperty(globalThis, 'crypto', {value: undefined});" + code
    found = node(code, {"codes": lines, "data": page_data(offline_page([public_key], revocations, MADE))})
    python = [verify(line, keyed([public_key]), revocations) for line in lines]
    assert [verdict["state"] for verdict in found] == [verdict.state.value for verdict in python]
    assert [verdict["state"] for verdict in found[:5]] == list(codes)
    for mine, theirs in zip(python, found, strict=True):
        if mine.payload:
            expected = {name: getattr(mine.payload, name) for name in ("key", "number", "name", "course", "issuer")}
            expected |= {"issued": mine.payload.issued.isoformat(), "demonstration": mine.payload.demonstration}
            assert theirs["payload"] == expected
        else:
            assert "payload" not in theirs


@needs_node
def test_the_page_takes_a_newer_list_only_when_we_signed_it(private_key: Any, public_key: PublicKey) -> None:
    newer = write_list([Revocation("x", MADE, Reason.FRAUD)], made=MADE, private_key=private_key)
    lists = [newer, newer.replace("fraud", "other"), write_list([], made=MADE, private_key=OTHER), "nothing", "[]"]
    lists.append(write_list([], made=datetime.date(2022, 1, 1), private_key=private_key))
    code = all_of("values.lists.map((c) => lantoaCheck.readList(c, values.data))")
    data = page_data(offline_page([public_key], None, MADE))
    assert node(code, {"lists": lists, "data": data}) == [
        {"made": "2021-02-01", "revoked": [["x", "2021-02-01", "fraud"]]}, None, None, None, None, None,
    ]  # fmt: skip


def test_the_page_is_one_small_file_that_asks_nothing_of_the_network(public_key: PublicKey) -> None:
    page = offline_page([public_key], None, MADE)
    assert len(page.encode()) < 40_000
    assert re.findall(r"(?:src|href|action)=", page) == []
    assert re.findall(r"https?://", page) == []
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy
    assert re.sub(r"sha256-[\w+/=]+", "HASH", policy[1]) == (
        "default-src 'none'; script-src 'HASH'; style-src 'HASH'; base-uri 'none'; form-action 'none'"
    )


def test_data_that_could_close_its_script_cannot(public_key: PublicKey) -> None:
    from lantoa.training.rules.certificate.offline import _embedded

    assert "<" not in _embedded({"x": "</script><b>&"})
    assert json.loads(_embedded({"x": "</script><b>&"})) == {"x": "</script><b>&"}


def test_the_page_without_a_list_carries_the_day_it_was_made(public_key: PublicKey) -> None:
    data = page_data(offline_page([public_key], None, MADE))
    assert (data["made"], data["revoked"], data["oldAfter"]) == ("2021-02-01", [], 30)


@pytest.fixture
def open_page(chromium: Any, tmp_path: Path, public_key: PublicKey, revocations: Any) -> Iterator[Any]:
    """Opens the page from disk, without a network, as a phone 360 pixels wide, at noon of a day."""
    file = tmp_path / "kiểm tra.html"
    file.write_text(offline_page([public_key], revocations, MADE), encoding="utf-8")
    contexts = []

    def opening(*, script: str = "", today: str = "2021-02-10") -> Any:
        context = chromium.new_context(offline=True, viewport={"width": 360, "height": 640})
        contexts.append(context)
        context.clock.set_fixed_time(f"{today}T12:00:00Z")
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.faults = []
        page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(file.as_uri())
        return page

    yield opening
    for context in contexts:
        context.close()


def checked(page: Any, code: str) -> str:
    page.fill("#code", code)
    page.click("button[type=submit]")
    page.wait_for_selector("#verdict p")
    text: str = page.inner_text("#verdict")
    return text


NO_SUBTLE = "Object.defineProperty(Crypto.prototype, 'subtle', {get: () => undefined});"


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize("script", ["", NO_SUBTLE], ids=["the browser's own Ed25519", "our Ed25519"])
@pytest.mark.parametrize(
    ("state", "vietnamese"),
    [
        ("valid", "Chứng nhận này là thật và đang có hiệu lực."),
        ("revoked", "Chứng nhận này đã bị thu hồi."),
        ("unknown-key", "Không kiểm tra được: trang này không có khóa đã ký chứng nhận."),
        ("key-not-in-force", "Không hợp lệ: khóa đã ký không được dùng vào ngày cấp chứng nhận."),
        ("broken", "Không hợp lệ: mã bị hỏng hoặc đã bị sửa."),
    ],
)
def test_opened_from_disk_without_a_network_it_says_what_a_code_is_worth(
    script: str, state: str, vietnamese: str, open_page: Any, private_key: Any, a_payload: Any
) -> None:
    page = open_page(script=script)
    said = checked(page, cases(private_key, a_payload)[state])
    assert said.split("\n")[0] == vietnamese
    assert page.get_attribute("#verdict", "class") == state
    assert page.faults == []


@pytest.mark.browser
@needs_browser
def test_it_shows_the_whole_name_and_the_demonstration_mark(open_page: Any, private_key: Any, a_payload: Any) -> None:
    name = "Công Tằng Tôn Nữ Thị Ẵ"
    said = checked(open_page(), sign(a_payload(key="x", name=name, demonstration=True), private_key))
    assert name in said.split("\n")
    assert "Bản minh họa: người được cấp là nhân vật hư cấu." in said.split("\n")


@pytest.mark.browser
@needs_browser
def test_a_valid_certificate_says_which_list_was_asked(open_page: Any, private_key: Any, a_payload: Any) -> None:
    said = checked(open_page(), cases(private_key, a_payload)["valid"]).split("\n")
    assert "Theo danh sách thu hồi lập ngày 01/02/2021." in said


@pytest.mark.browser
@needs_browser
def test_it_says_the_day_and_the_reason_of_a_revocation(open_page: Any, private_key: Any, a_payload: Any) -> None:
    said = checked(open_page(), sign(a_payload(), private_key)).split("\n")
    assert "Thu hồi ngày 15/01/2021: cấp nhầm." in said
    assert "Revoked on 15/01/2021: issued by mistake." in said


@pytest.mark.browser
@needs_browser
@pytest.mark.parametrize(
    ("today", "warning"),
    [
        ("2021-03-03", []),
        (
            "2021-03-04",
            ["Danh sách này đã cũ 31 ngày. Hãy nạp danh sách mới hơn hoặc kiểm tra trên trang công khai."],
        ),
    ],
)
def test_it_says_the_day_of_its_list_and_when_it_is_older_than_30_days(
    today: str, warning: list[str], open_page: Any
) -> None:
    said = open_page(today=today).inner_text("#age").split("\n")
    assert (
        "Danh sách thu hồi được lập ngày 01/02/2021. Trang này không biết các quyết định thu hồi sau ngày đó." in said
    )
    assert [line for line in said if "cũ" in line] == warning


@pytest.mark.browser
@needs_browser
def test_a_newer_signed_list_is_taken_from_a_file(
    open_page: Any, tmp_path: Path, private_key: Any, a_payload: Any
) -> None:
    newer = write_list(
        [Revocation("good", datetime.date(2021, 2, 5), Reason.FRAUD)],
        made=datetime.date(2021, 2, 9),
        private_key=private_key,
    )
    (tmp_path / "list.json").write_text(newer)
    page = open_page()
    page.set_input_files("#list", tmp_path / "list.json")
    page.wait_for_function("document.getElementById('age').textContent.includes('09/02/2021')")
    assert checked(page, cases(private_key, a_payload)["valid"]).split("\n")[0] == "Chứng nhận này đã bị thu hồi."


@pytest.mark.browser
@needs_browser
def test_a_browser_without_big_numbers_is_told_that_it_is_too_old(
    open_page: Any, private_key: Any, a_payload: Any
) -> None:
    page = open_page(script="delete window.BigInt;" + NO_SUBTLE)
    assert checked(page, cases(private_key, a_payload)["valid"]).split("\n")[0] == (
        "Trình duyệt này quá cũ hoặc đã tắt JavaScript nên không kiểm tra được. Hãy dùng trình duyệt mới hơn."
    )


@pytest.mark.browser
@needs_browser
def test_markup_in_a_name_stays_text_and_the_page_fits_a_phone(
    open_page: Any, private_key: Any, a_payload: Any
) -> None:
    page = open_page()
    name = "<img src=x onerror=alert(1)>" + "Ẵ" * 60
    assert name in checked(page, sign(a_payload(key="x", name=name), private_key)).split("\n")
    assert page.query_selector("#verdict img") is None
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
