"""``/api/health``, and what every answer of the API has in common: a request id, errors in one form."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import AsyncIterator, Iterator

import pytest
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from api.application import create_api
from api.errors import http_status
from coaching_core import __version__, logs
from coaching_core.errors import (
    ConflictError,
    InvalidPromptError,
    MissingKeyError,
    RateLimitedError,
    StoreInUseError,
    TopicNotFoundError,
    WorkbenchError,
)
from coaching_core.logs import JsonFormatter
from evals.bootstrap import Workbench
from tests.api.asking import ask, with_broken_store

CANARY = "sk-canary-7731"


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    """What the process logs while the test runs."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(lambda record: record.name != "httpx")  # the client of these tests
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield stream
    root.removeHandler(handler)
    root.setLevel(level)


def test_a_well_process_says_what_it_is(api: FastAPI) -> None:
    answer = ask(api, "/health")
    assert answer.status_code == 200
    body = answer.json()
    assert body["status"] == "ok"
    assert body["version"] == __version__
    assert body["store"]["kind"] == "duckdb"
    assert body["store"]["version"].startswith("DuckDB v1.")
    assert body["store"]["schema"] >= 1
    assert body["models"]["simulated"] >= 4
    assert body["models"]["available"] == 0
    assert body["models"]["waiting_for_a_key"] > 0


def test_a_store_that_fails_is_503(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = with_broken_store(workbench)
    monkeypatch.setattr("api.dependencies.running", lambda: broken)
    answer = ask(create_api(), "/health")
    assert answer.status_code == 503
    assert answer.json()["status"] == "failing"
    assert answer.json()["store"] == {"ok": False, "kind": "postgresql", "version": None, "schema": None}
    assert answer.json()["version"] == __version__


def test_a_process_that_is_starting_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.dependencies.running", lambda: None)
    answer = ask(create_api(), "/health")
    assert answer.status_code == 503
    assert answer.json()["error"]["type"] == "StoreError"
    assert "starting" in answer.json()["error"]["message"]


@pytest.mark.parametrize("given", ["abc", "A-1_2.3", "x" * 64])
def test_a_sane_request_id_is_kept(api: FastAPI, given: str) -> None:
    assert ask(api, "/health", headers={"X-Request-Id": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a\u00e9", '{"x":1}', "<script>", "a/b", "a\tb"])
def test_any_other_request_id_is_replaced(api: FastAPI, given: str) -> None:
    answer = ask(api, "/health", headers={"X-Request-Id": given.encode("latin-1")})
    assert len(answer.headers["x-request-id"]) == 26
    assert answer.headers["x-request-id"].isalnum()


def test_each_request_gets_an_id_of_its_own(api: FastAPI) -> None:
    ids = {ask(api, "/health").headers["x-request-id"] for _ in range(5)}
    assert len(ids) == 5
    assert logs.request_id.get() is None


def test_the_log_names_route_status_and_request(api: FastAPI, log_lines: io.StringIO) -> None:
    ask(api, "/health?key=" + CANARY, headers={"X-Request-Id": "mine"})
    line = next(line for line in map(json.loads, log_lines.getvalue().splitlines()) if line["logger"] == "api")
    assert (line["requestId"], line["route"], line["status"]) == ("mine", "/health", 200)
    assert line["latencyMs"] >= 0
    assert CANARY not in log_lines.getvalue()


def test_an_unknown_error_gives_nothing_of_its_text(api: FastAPI, log_lines: io.StringIO) -> None:
    def boom() -> None:
        raise RuntimeError(f"password={CANARY}")

    api.add_api_route("/boom", boom)
    answer = ask(api, "/boom", headers={"X-Request-Id": "mine"})
    assert answer.status_code == 500
    assert answer.json()["error"]["type"] == "InternalError"
    assert CANARY not in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.headers["x-request-id"] == "mine"
    lines = [json.loads(line) for line in log_lines.getvalue().splitlines()]
    assert {line["requestId"] for line in lines if line["logger"].startswith("api")} == {"mine"}
    assert any(line["level"] == "ERROR" and line["route"] == "/boom" for line in lines)
    assert any(line.get("status") == 500 for line in lines)


def test_an_answer_that_breaks_off_is_not_passed_off_as_whole(api: FastAPI, log_lines: io.StringIO) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError("broke off")

    api.add_api_route("/half", lambda: StreamingResponse(half()))
    with pytest.raises(RuntimeError, match="broke off"):
        ask(api, "/half")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InvalidPromptError("The prompt is empty."), 422),
        (TopicNotFoundError("nowhere"), 404),
        (ConflictError("Somebody else was first."), 409),
        (RateLimitedError("Slower.", 12), 429),
        (MissingKeyError("Set OPENAI_API_KEY."), 502),
        (StoreInUseError("In use."), 503),
        (WorkbenchError("Something of ours."), 500),
    ],
)
def test_our_errors_are_answered_in_their_own_words(api: FastAPI, error: WorkbenchError, status: int) -> None:
    def fail() -> None:
        raise error

    api.add_api_route("/fail", fail)
    answer = ask(api, "/fail")
    assert answer.status_code == http_status(error) == status
    told = answer.json()["error"]
    assert (told["type"], told["message"]) == (type(error).__name__, str(error))
    assert answer.headers["x-request-id"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("DELETE", "/health", 405)])
def test_wrong_routes_are_answered_in_the_same_form(api: FastAPI, method: str, path: str, status: int) -> None:
    answer = ask(api, path, method)
    assert answer.status_code == status
    assert set(answer.json()["error"]) == {"type", "message"}
    if status == 405:
        assert answer.headers["allow"] == "GET"
