"""``python app.py`` as a person meets it: starts, answers, stops, and refuses in words."""

from __future__ import annotations

import json
import re
import shutil
import socket
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from coaching_core.storage.database import open_database
from tests.conftest import PROJECT, make_settings
from tests.server_process import Server, free_port, launch, start_server, variables


@dataclass(frozen=True)
class Refusal:
    """How a server that could not start ended."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    running = start_server(folder / "my home", folder / "server.log")
    running.health()
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture(scope="module")
def refusals(server: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Refusal]:
    """Servers that cannot start, started side by side."""
    folder = tmp_path_factory.mktemp("refused")
    here = folder / "checkout"
    here.mkdir()
    shutil.copy(PROJECT / "app.py", here)
    (here / ".env").write_text("BIND_ADDRESS=0.0.0.0\nEMA_ALPHA=high\nRUN_MONEY_CAP=-1\n")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        started = {
            "second": launch(variables(server.home, PORT=str(free_port())), folder / "second.log"),
            "taken": launch(variables(folder / "a", PORT=port), folder / "taken.log"),
            "env": launch(variables(folder / "c"), folder / "env.log", here / "app.py"),
            "list": launch(variables(folder / "d", EXTRA_MODELS="mistral"), folder / "list.log"),
        }
        return {name: _ended(process, folder / f"{name}.log") for name, process in started.items()}


def _ended(process: subprocess.Popen[str], log: Path) -> Refusal:
    out, _ = process.communicate(timeout=100)
    return Refusal(process.returncode, out, log.read_text())


def test_it_says_where_it_is_and_answers_there(server: Server) -> None:
    assert server.greeting == f"Coaching Workbench is at {server.url} (Ctrl-C stops it).\n"
    health = server.health()
    assert health["status"] == "ok"
    page = httpx.get(server.url, trust_env=False)
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/", "/editor", "/runs?run=x"])
def test_every_page_is_told_where_its_server_is(server: Server, path: str) -> None:
    page = httpx.get(server.url + path, trust_env=False)
    assert page.status_code == 200
    assert "BACKEND_BASE_URL" in page.text
    assert int(page.headers["content-length"]) == len(page.content)


def test_another_site_gets_neither_pages_nor_the_websocket(server: Server) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        assert httpx.get(server.url, headers=headers, trust_env=False).status_code == 403
        stream = f"{server.url}/_stcore/stream"
        assert httpx.get(stream, headers=headers | upgrade, trust_env=False).status_code == 403


def test_the_holder_file_is_for_its_owner_only(server: Server) -> None:
    file = server.home / "holder.json"
    holder = json.loads(file.read_text())
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (holder["pid"], holder["url"]) == (server.process.pid, server.url)
    assert holder["token"] not in server.log.read_text()


def test_a_second_server_names_the_first_and_the_ways_out(server: Server, refusals: dict[str, Refusal]) -> None:
    refusal = refusals["second"]
    assert refusal.code == 1
    for word in (str(server.process.pid), server.url, "WORKBENCH_HOME", "DATABASE_URL"):
        assert word in refusal.err
    assert server.health()["status"] == "ok"
    assert json.loads((server.home / "holder.json").read_text())["pid"] == server.process.pid


def test_a_taken_port_is_named_with_another(refusals: dict[str, Refusal]) -> None:
    assert refusals["taken"].code == 1
    assert re.search(r"Port \d+ is taken .* PORT=\d+ make run", refusals["taken"].err)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("env", ["BIND_ADDRESS=0.0.0.0", "loopback", "127.0.0.1", "EMA_ALPHA", "RUN_MONEY_CAP", "number"]),
        ("list", ["extra_models", "JSON"]),
    ],
)
def test_wrong_settings_are_named(refusals: dict[str, Refusal], name: str, words: list[str]) -> None:
    assert refusals[name].code == 2
    for word in words:
        assert word in refusals[name].err


def test_refusals_are_words_and_not_tracebacks(refusals: dict[str, Refusal]) -> None:
    for refusal in refusals.values():
        assert refusal.out == ""
        assert "Traceback" not in refusal.err
        assert len(refusal.err.splitlines()) == 1


def test_ctrl_c_stops_it_and_gives_the_store_free(server: Server) -> None:
    code, rest = server.stop()
    assert code == 0
    assert rest == "Stopped.\n"
    assert not (server.home / "holder.json").exists()
    assert "Traceback" not in server.log.read_text()
    settings = make_settings(server.home)
    opened = open_database(settings)
    assert opened.health().ok
    opened.close()
