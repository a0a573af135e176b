"""``/api/local``: only for who can read the holder file, and it does what the store's own process would."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.application import create_api
from coaching_core.playground.models import PlaygroundSession
from coaching_core.playground.repository import PlaygroundRepository
from coaching_core.prompts.models import TopicVersion
from evals.bootstrap import Workbench
from evals.judge_quality.people_said import PeopleSaid, people_said
from evals.labelling import QueueKind, Said
from evals.plan import PlanRequest
from evals.running.folder import RunFolder, RunState
from tests.api.asking import ask, with_broken_store
from tests.evals.making import make_runner
from tests.evals.report_making import CASES, make_results
from tests.evals.test_replay import session as conversation

ROUTES = {
    "/local/resolve": {"topic_id": "core_values", "reference": "published"},
    "/local/runs/register": {"folder": "/nowhere"},
    "/local/runs/take-in": {"run_id": "nothing"},
    "/local/runs/folders": {},
    "/local/runs/seen": {},
    "/local/labels": {"run_id": "nothing"},
    "/local/judges/trust": {"judge": "nobody", "rubric": "nothing"},
    "/local/playground/session": {"session_id": "nothing"},
}


@pytest.fixture
def token(workbench: Workbench) -> str:
    holder = workbench.core.database.holder
    assert holder is not None
    return holder.token


def call(api: FastAPI, token: str, path: str, body: dict[str, Any]) -> httpx.Response:
    return ask(api, f"/local/{path}", "POST", headers={"X-Holder-Token": token}, json=body)


@pytest.mark.parametrize("path", ROUTES)
@pytest.mark.parametrize("wrong", [None, b"", b"wrong", "tök\u00e9n".encode("latin-1"), b"x" * 100_000])
def test_without_the_token_nothing_is_done(api: FastAPI, path: str, wrong: bytes | None) -> None:
    headers = {} if wrong is None else {b"X-Holder-Token": wrong}
    answer = ask(api, path, "POST", headers=headers, json=ROUTES[path])
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "Unauthorized"


def test_half_a_token_is_no_token(api: FastAPI, token: str) -> None:
    for wrong in (token[:-1], token + "x", token.swapcase()):
        assert call(api, wrong, "runs/folders", {}).status_code == 401
    assert call(api, token, "runs/folders", {}).status_code == 200


def test_a_store_without_a_holder_has_no_token(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = with_broken_store(workbench)
    monkeypatch.setattr("api.dependencies.running", lambda: broken)
    for token in ("", "None", "anything"):
        assert call(create_api(), token, "runs/folders", {}).status_code == 401


def test_the_right_token_resolves_prompts(api: FastAPI, token: str, workbench: Workbench) -> None:
    answer = call(api, token, "resolve", {"topic_id": "core_values", "reference": "published"})
    assert answer.status_code == 200
    assert TopicVersion.model_validate(answer.json()) == workbench.core.prompts.resolve("core_values", "published")
    unknown = call(api, token, "resolve", {"topic_id": "core_value", "reference": "published"})
    assert unknown.status_code == 404
    assert "core_value" in unknown.json()["error"]["message"]
    assert call(api, token, "resolve", {"topic_id": "core_values", "reference": "newest"}).status_code == 422


def test_the_right_token_registers_and_takes_in_runs(
    api: FastAPI, token: str, workbench: Workbench, tmp_path: Path
) -> None:
    request = PlanRequest(
        dataset="coaching_reply",
        topic="core_values",
        prompts=("published",),
        models=("simulated/coach-steady",),
        judge="simulated/judge",
        limit=2,
    )
    plan = workbench.plan(request)
    folder = RunFolder(tmp_path / plan.run_id)
    folder.create(plan)
    assert call(api, token, "runs/register", {"folder": str(folder.path)}).json() == {"run_id": plan.run_id}
    assert str(folder.path) in call(api, token, "runs/folders", {}).json()["folders"]
    assert call(api, token, "runs/seen", {}).json() == {"runs": []}
    asyncio.run(make_runner(folder, workbench.core.settings).run())
    for _ in range(2):
        assert call(api, token, "runs/take-in", {"run_id": plan.run_id}).status_code == 200
    run = workbench.runs.get(plan.run_id)
    assert (run.status, run.answers_done, run.verdicts_done) == (RunState.FINISHED, 2, 2)


def test_what_is_no_run_is_refused_and_leaves_nothing(
    api: FastAPI, token: str, workbench: Workbench, tmp_path: Path
) -> None:
    before = [run.run_id for run in workbench.runs.list()]
    assert call(api, token, "runs/register", {"folder": str(tmp_path)}).status_code == 404
    (tmp_path / "plan.json").write_text("{}")
    assert call(api, token, "runs/register", {"folder": str(tmp_path)}).status_code == 422
    assert call(api, token, "runs/take-in", {"run_id": "nothing"}).status_code == 404
    assert [run.run_id for run in workbench.runs.list()] == before


@pytest.mark.parametrize("path", ["resolve", "runs/register", "runs/take-in"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"5", b"{}", b"\xff", b'{"run_id": 5, "folder": 5}'])
def test_a_malformed_body_is_refused_in_words(api: FastAPI, token: str, path: str, body: bytes) -> None:
    answer = ask(api, f"/local/{path}", "POST", headers={"X-Holder-Token": token}, content=body)
    assert answer.status_code == 422
    assert answer.json()["error"]["message"]


def test_it_is_not_in_the_published_description(api: FastAPI) -> None:
    described = ask(api, "/openapi.json").json()["paths"]
    assert "/health" in described
    assert not any("local" in path for path in described)


def test_a_playground_session_is_given_out_and_only_one_that_is_there(
    api: FastAPI, workbench: Workbench, token: str
) -> None:
    session = conversation()
    PlaygroundRepository(workbench.core.database).add(session)
    found = call(api, token, "playground/session", {"session_id": session.id})
    assert PlaygroundSession.model_validate(found.json()) == session
    missing = call(api, token, "playground/session", {"session_id": "another"})
    assert missing.status_code == 404


def test_labels_come_as_the_store_has_them(api: FastAPI, token: str, workbench: Workbench) -> None:
    results = make_results(CASES["two variants"])
    queue = workbench.labels.make_queue(results, "Queue", QueueKind.SCORE, 3, "ada")
    scores: dict[str, float | None] = {criterion.id: 7.0 for criterion in queue.rubric.criteria}
    workbench.labels.say(queue, queue.tasks[0].id, "ada", Said(scores=scores))
    answer = call(api, token, "labels", {"run_id": results.plan.run_id})
    assert PeopleSaid.model_validate(answer.json()) == people_said(workbench.labels, results.plan.run_id)
    assert len(answer.json()["scores"]) == len(scores)
