"""The counts of several web processes, added up and written as Prometheus reads them."""

import os
import time
from pathlib import Path

import pytest

from lantoa.common import metering
from lantoa.common.metering import Meter, metric, read, requests
from lantoa.common.proxies import is_local, is_proxy


def counted(folder: Path, times: int, seconds: float) -> None:
    """In a process of its own, which ends afterwards."""
    if child := os.fork():
        assert os.waitpid(child, 0)[1] == 0
        return
    meter, before = Meter(folder), counts_in(folder)
    for _ in range(times):
        meter.count("web:home", "GET", 200, seconds)
    while counts_in(folder) < before + times:
        time.sleep(0.02)
    os._exit(0)


def counts_in(folder: Path) -> float:
    return sum(read(folder).get("web:home GET 200", [0])[:-1])


def test_the_counts_of_all_processes_are_added_also_of_those_that_ended(tmp_path: Path) -> None:
    counted(tmp_path, 3, 0.02)
    counted(tmp_path, 4, 0.3)
    row = read(tmp_path)["web:home GET 200"]
    assert sum(row[:-1]) == 7
    assert row[-1] == pytest.approx(3 * 0.02 + 4 * 0.3)
    metering.clear(tmp_path)
    assert read(tmp_path) == {}


def test_the_lines_are_what_prometheus_reads(tmp_path: Path) -> None:
    counts = {"web:home GET 200": [0.0] * 12, "web:home GET 500": [0.0] * 12}
    counts["web:home GET 200"][0], counts["web:home GET 200"][-1] = 2, 0.004
    counts["web:home GET 500"][10], counts["web:home GET 500"][-1] = 1, 12.5
    lines = requests(counts)
    assert lines[:4] == [
        "# HELP lantoa_requests_total Requests answered.",
        "# TYPE lantoa_requests_total counter",
        'lantoa_requests_total{view="web:home",method="GET",status="200"} 2',
        'lantoa_requests_total{view="web:home",method="GET",status="500"} 1',
    ]
    assert 'lantoa_request_seconds_bucket{view="web:home",le="0.01"} 2' in lines
    assert 'lantoa_request_seconds_bucket{view="web:home",le="10"} 2' in lines
    assert lines[-3:] == [
        'lantoa_request_seconds_bucket{view="web:home",le="+Inf"} 3',
        'lantoa_request_seconds_sum{view="web:home"} 12.504',
        'lantoa_request_seconds_count{view="web:home"} 3',
    ]


def test_a_label_is_escaped() -> None:
    assert metric("m", "gauge", "w", [({"a": 'x"\\\n'}, 1)])[-1] == 'm{a="x\\"\\\\\\n"} 1'
    assert metric("m", "gauge", "w", []) == []


def test_a_damaged_file_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text("{")
    assert read(tmp_path) == {}


@pytest.mark.parametrize(
    ("peer", "proxies", "believed"),
    [
        ("127.0.0.1", [], True),
        ("::1", [], True),
        ("::ffff:127.0.0.1", [], True),
        ("10.0.0.5", [], False),
        ("10.0.0.5", ["10.0.0.5"], True),
        ("10.0.0.6", ["10.0.0.5"], False),
        ("10.0.0.6", ["10.0.0.0/24"], True),
        ("2001:db8::7", ["2001:db8::/64"], True),
        ("", [], False),
        ("nonsense", ["10.0.0.5"], False),
    ],
)
def test_a_front_server_is_believed_only_by_its_address(peer: str, proxies: list[str], believed: bool) -> None:
    assert is_proxy(peer, proxies) is believed


def test_whoever_comes_through_a_front_server_is_not_on_this_machine() -> None:
    assert is_local("127.0.0.1", {"HTTP_HOST"})
    assert not is_local("127.0.0.1", {"HTTP_X_FORWARDED_FOR"})
    assert not is_local("203.0.113.7", set())
