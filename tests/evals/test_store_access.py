"""How a shell command reaches the store: itself, or through the process that holds it, with its token."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from coaching_core.errors import InvalidInputError, NotFoundError, RunNotFoundError, StoreError, StoreInUseError
from coaching_core.playground.repository import PlaygroundRepository
from coaching_core.settings import Settings
from coaching_core.storage.database import open_database
from coaching_core.storage.holder import Holder
from evals.judge_quality.words import NOT_CHECKED
from evals.planner import SeenDifferences, SeenRun
from evals.running.folder import RunFolder
from evals.store_access import HolderAccess, open_store_access
from tests.evals.making import make_plan, versions
from tests.evals.test_replay import session as conversation


class Desk(HTTPServer):
    """Answers every request alike and notes what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Told)
        self.status = 200
        self.body: bytes = b"{}"
        self.asked: list[tuple[str, str | None, str | None, Any]] = []

    @property
    def access(self) -> HolderAccess:
        return HolderAccess(Holder(1, f"http://127.0.0.1:{self.server_port}", "the token"))


class Told(BaseHTTPRequestHandler):
    server: Desk

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        told = (self.path, self.headers["X-Holder-Token"], self.headers["Content-Type"], body)
        self.server.asked.append(told)
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def desk() -> Iterator[Desk]:
    with Desk() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_holder_is_asked_for_each_service_by_name(desk: Desk, settings: Settings, tmp_path: Path) -> None:
    published = versions(settings)["published"]
    desk.body = published.model_dump_json().encode()
    assert desk.access.resolve("core_values", "published") == published
    desk.body = b"{}"
    desk.access.register(RunFolder(tmp_path / "x" / ".." / "run"))
    desk.access.take_in("run")
    desk.body = json.dumps({"folders": ["/b", "/a"]}).encode()
    assert desk.access.folders() == [Path("/b"), Path("/a")]
    run = SeenRun("r1", "safety", "checks 1", True, 1, False, (), (SeenDifferences(0.2, 80, 1.1, 1.2),), 0.25)
    desk.body = json.dumps({"runs": [run.as_json()]}).encode()
    assert desk.access.seen() == (run,)
    assert [(path, body) for path, _, _, body in desk.asked] == [
        ("/api/local/resolve", {"topic_id": "core_values", "reference": "published"}),
        ("/api/local/runs/register", {"folder": str(tmp_path.resolve() / "run")}),
        ("/api/local/runs/take-in", {"run_id": "run"}),
        ("/api/local/runs/folders", {}),
        ("/api/local/runs/seen", {}),
    ]
    assert {(token, kind) for _, token, kind, _ in desk.asked} == {("the token", "application/json")}


def test_a_proxy_is_not_asked_for_this_machine(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    desk.access.take_in("run")
    assert len(desk.asked) == 1


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidInputError),
        (404, InvalidInputError),
        (499, InvalidInputError),
        (500, StoreError),
        (503, StoreError),
    ],
)
def test_a_refusal_says_what_the_holder_said(desk: Desk, status: int, kind: type[Exception]) -> None:
    desk.status, desk.body = status, json.dumps({"error": {"message": "There is no topic “x”."}}).encode()
    with pytest.raises(kind, match="There is no topic “x”") as caught:
        desk.access.take_in("run")
    assert type(caught.value) is kind


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b"[]", b'{"error": "x"}', b'{"error": {}}'])
def test_a_refusal_without_words_names_its_number(desk: Desk, body: bytes) -> None:
    desk.status, desk.body = 502, body
    with pytest.raises(StoreError, match="answered 502"):
        desk.access.take_in("run")


def test_a_holder_that_talks_nonsense_or_is_gone_does_not_answer(desk: Desk) -> None:
    desk.body = b"<html>"
    access, words = desk.access, "holds the store but does not answer"
    with pytest.raises(StoreError, match=words):
        access.take_in("run")
    desk.server_close()
    with pytest.raises(StoreError, match=words):
        HolderAccess(Holder(1, "http://127.0.0.1:9", "x")).take_in("run")


def test_a_free_store_is_used_directly_and_given_back(settings: Settings, tmp_path: Path) -> None:
    plan = make_plan(settings, limit=1)
    folder = RunFolder(tmp_path / plan.run_id)
    folder.create(plan)
    for _ in range(2):
        with open_store_access(settings) as store:
            assert store.resolve("core_values", "published").number == 1
            store.register(folder)
            store.take_in(plan.run_id)
            assert store.folders() == [folder.path]
            with pytest.raises(RunNotFoundError):
                store.take_in("nobody")


def test_a_store_is_given_back_after_an_error_too(settings: Settings) -> None:
    with pytest.raises(ZeroDivisionError), open_store_access(settings):
        raise ZeroDivisionError
    open_database(settings).close()


def test_a_store_held_by_a_command_that_serves_nobody_is_said_to_be_held(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(_: Settings) -> None:
        raise StoreInUseError("Process 7 holds the store.")

    monkeypatch.setattr("evals.store_access.open_database", held)
    for holder in (None, Holder(7, None, "x")):
        monkeypatch.setattr("evals.store_access.read_holder", lambda _, holder=holder: holder)
        with pytest.raises(StoreInUseError), open_store_access(settings):
            pytest.fail("opened")
    monkeypatch.setattr("evals.store_access.read_holder", lambda _: Holder(7, "http://127.0.0.1:9", "x"))
    with open_store_access(settings) as store:
        assert isinstance(store, HolderAccess)


def test_a_playground_session_comes_from_the_holder_or_from_the_file(desk: Desk, settings: Settings) -> None:
    desk.body = conversation().model_dump_json().encode()
    assert desk.access.playground("s1") == conversation()
    assert desk.asked[0][0::3] == ("/api/local/playground/session", {"session_id": "s1"})
    database = open_database(settings)
    try:
        PlaygroundRepository(database).add(conversation())
    finally:
        database.close()
    with open_store_access(settings) as store:
        assert store.playground("s1") == conversation()
        with pytest.raises(NotFoundError, match="no Playground conversation “s2”"):
            store.playground("s2")


def test_how_far_a_judge_agrees_comes_from_the_holder_or_from_the_file(desk: Desk, settings: Settings) -> None:
    desk.body = b'{"words": "judge agrees with people"}'
    assert desk.access.judge_trust("a/judge", "quality 1") == "judge agrees with people"
    assert desk.asked[0][0::3] == ("/api/local/judges/trust", {"judge": "a/judge", "rubric": "quality 1"})
    with open_store_access(settings) as store:
        assert store.judge_trust("a/judge", "quality 1") == NOT_CHECKED
