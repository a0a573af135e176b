"""The jobs that watch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from coaching_core.jobs.health import probe, schedule_health
from coaching_core.jobs.scheduler import Scheduler
from evals.bootstrap import build_workbench
from tests.conftest import make_settings


@pytest.fixture
def answers() -> Iterator[tuple[str, list[bytes]]]:
    said: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = said.pop(0)
            self.send_response(200 if b"ok" in body or b"html" in body else 503)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", said
    server.shutdown()
    server.server_close()


def test_a_probe_reads_what_the_workbench_says(answers: tuple[str, list[bytes]]) -> None:
    url, said = answers
    said += [b'{"status": "ok"}', b'{"status": "failing"}', b"<html>the screens</html>", b"[]"]
    assert [probe(url)[0] for _ in range(4)] == [True, False, False, False]
    well, milliseconds = probe("http://127.0.0.1:9", timeout=2)
    assert not well
    assert milliseconds >= 0


def test_the_rules_are_looked_at_as_long_as_the_process_lives(tmp_path: Path) -> None:
    workbench = build_workbench(make_settings(tmp_path / "home"))
    looked = threading.Event()
    health = workbench.core.health
    scheduler = Scheduler()
    schedule_health(scheduler, health, None)
    for _ in range(200):
        if any(alert.state.evaluated_at for alert in health.alerts()):
            looked.set()
            break
        looked.wait(0.05)
    scheduler.close()
    workbench.close()
    assert looked.is_set()
