"""The gateway: one PromptRun for each call whatever happens, durable before the caller hears that it is done."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from coaching_core import logs
from coaching_core.errors import (
    MissingKeyError,
    ModelNotFoundError,
)
from coaching_core.llm.assembly import build_catalogue
from coaching_core.llm.providers.litellm import LiteLLMProvider
from coaching_core.llm.types import (
    CallContext,
    Completion,
    Purpose,
    RunStatus,
    TextDelta,
    Usage,
)
from coaching_core.settings import Settings
from tests.coaching_core.llm.asking import BOTH, NOW, Ask, completed, make_gateway, streamed
from tests.coaching_core.llm.scripted import ANSWER, SECRET, STEADY, USAGE, Notebook, Scripted, question
from tests.conftest import PROJECT, make_settings
from tests.wire import WireUsage
from tests.wire.client import WireServer, ask

pytest_plugins = ["tests.wire.fixtures"]


@BOTH
def test_an_answer_is_recorded_once_with_all_it_took(settings: Settings, ask_for: Ask) -> None:
    notebook = Notebook()
    context = CallContext(
        tenant_id="acme",
        purpose=Purpose.JUDGE,
        user_id="ada",
        session_id="s1",
        interaction_ids=("i1", "i2"),
        group_id="g1",
        topic_id="goals",
        prompt_version=7,
        rubric_version="coaching_quality 1",
        eval_run_id="run-1",
    )
    gateway = make_gateway(settings, Scripted(), notebook)
    *pieces, completion = asyncio.run(ask_for(gateway, question(context=context)))
    assert isinstance(completion, Completion)
    run = notebook.only
    for name in CallContext.__dataclass_fields__.keys() - {"request_id"}:
        assert getattr(run, name) == getattr(context, name), name
    assert (run.provider, run.model, run.simulated, run.status) == ("simulated", STEADY, True, RunStatus.OK)
    assert (run.input_tokens, run.output_tokens, run.cached_tokens) == (120, 30, 40)
    assert run.cost_usd == completion.cost == build_catalogue(settings).cost(STEADY, USAGE)
    assert run.cost_usd is not None
    assert run.cost_usd > 0
    assert run.price_version == "simulated-1"
    assert run.created_at == NOW
    assert run.error is None
    assert (completion.text, completion.finish_reason, completion.usage) == (ANSWER, "stop", USAGE)
    assert (completion.prompt_run_id, completion.model, completion.simulated) == (run.id, STEADY, True)
    felt_first = None if run.ttft_ms is None else run.waited_ms + run.ttft_ms
    assert (completion.latency_ms, completion.ttft_ms) == (run.waited_ms + run.latency_ms, felt_first)
    assert "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)) == (ANSWER if pieces else "")


def test_time_to_first_token_is_for_streams_only(settings: Settings) -> None:
    notebook = Notebook()
    gateway = make_gateway(settings, Scripted(), notebook)
    asyncio.run(completed(gateway, question()))
    asyncio.run(streamed(gateway, question()))
    whole, pieces = notebook.runs
    assert whole.ttft_ms is None
    assert pieces.ttft_ms is not None
    assert 0 < pieces.ttft_ms <= pieces.latency_ms


def test_the_first_token_is_timed_and_not_the_last(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook, seconds = Notebook(), [0.0]
    monkeypatch.setattr("coaching_core.llm.journey.time", SimpleNamespace(perf_counter=lambda: seconds[-1]))

    async def listen() -> None:
        async for _ in make_gateway(settings, Scripted(), notebook).stream(question()):
            seconds.append(seconds[-1] + 1)

    asyncio.run(listen())
    assert (notebook.only.ttft_ms, notebook.only.latency_ms) == (0, 2000)


@BOTH
def test_no_words_of_a_conversation_are_in_the_record(settings: Settings, ask_for: Ask) -> None:
    notebook = Notebook()
    asyncio.run(ask_for(make_gateway(settings, Scripted(), notebook), question()))
    document = json.dumps(notebook.only.as_json())
    assert SECRET not in document
    assert ANSWER not in document


@BOTH
def test_an_answer_is_held_back_until_its_record_is_durable(settings: Settings, ask_for: Ask) -> None:
    async def look_while_it_waits() -> None:
        notebook = Notebook(gate=asyncio.Event())
        heard: list[TextDelta | Completion] = []

        async def listen() -> None:
            heard.extend(await ask_for(make_gateway(settings, Scripted(), notebook), question()))

        task = asyncio.create_task(listen())
        await notebook.arrived.wait()
        for _ in range(20):
            await asyncio.sleep(0)
        assert not task.done()
        assert not any(isinstance(event, Completion) for event in heard)
        assert notebook.gate is not None
        notebook.gate.set()
        await task
        assert isinstance(heard[-1], Completion)
        assert heard[-1].prompt_run_id == notebook.only.id

    asyncio.run(look_while_it_waits())


@BOTH
def test_an_unknown_price_is_none_and_never_zero(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, ask_for: Ask) -> None:
    monkeypatch.setenv("HOUSE_API_KEY", "k")
    settings = make_settings(tmp_path, extra_models=["house/own-model"])
    notebook = Notebook()
    events = asyncio.run(ask_for(make_gateway(settings, Scripted(), notebook), question(model="house/own-model")))
    completion = events[-1]
    assert isinstance(completion, Completion)
    assert completion.cost is notebook.only.cost_usd is notebook.only.price_version is None
    assert (completion.simulated, notebook.only.simulated, notebook.only.provider) == (False, False, "house")
    assert notebook.only.input_tokens == 120


def test_a_real_models_cost_names_the_table_it_came_from(tmp_path: Any) -> None:
    settings = make_settings(tmp_path, openai_api_key="sk-test")
    notebook = Notebook()
    asyncio.run(completed(make_gateway(settings, Scripted(), notebook), question(model="openai/gpt-4o")))
    run = notebook.only
    assert run.cost_usd == 80 * Decimal("0.0000025") + 40 * Decimal("0.00000125") + 30 * Decimal("0.00001")
    assert run.price_version is not None
    assert run.price_version.startswith("litellm-")
    assert run.simulated is False


@BOTH
def test_a_model_nobody_knows_is_refused_with_the_nearest_and_leaves_no_record(
    settings: Settings, ask_for: Ask
) -> None:
    provider, notebook = Scripted(), Notebook()
    with pytest.raises(ModelNotFoundError, match="coach-steady") as raised:
        asyncio.run(ask_for(make_gateway(settings, provider, notebook), question(model="simulated/coach-stedy")))
    assert raised.value.nearest[0] == STEADY
    assert provider.asked == []
    assert notebook.runs == []


@BOTH
def test_a_missing_key_is_named_before_anything_is_sent(tmp_path: Any, ask_for: Ask) -> None:
    settings = make_settings(tmp_path, openai_api_key=None)
    provider, notebook = Scripted(), Notebook()
    with pytest.raises(MissingKeyError, match="OPENAI_API_KEY"):
        asyncio.run(ask_for(make_gateway(settings, provider, notebook), question(model="openai/gpt-4o")))
    assert provider.asked == []
    assert notebook.runs == []


@BOTH
def test_the_request_id_is_that_of_the_request_being_served(settings: Settings, ask_for: Ask) -> None:
    notebook = Notebook()
    gateway = make_gateway(settings, Scripted(), notebook)

    async def serve() -> None:
        logs.request_id.set("req-42")
        await ask_for(gateway, question())
        named = CallContext("acme", Purpose.CHAT, request_id="req-own")
        await ask_for(gateway, question(context=named))

    asyncio.run(serve())
    asyncio.run(ask_for(gateway, question()))
    assert [run.request_id for run in notebook.runs] == ["req-42", "req-own", None]


@BOTH
def test_over_the_wire_usage_and_cost_are_what_the_server_said(wire: WireServer, ask_for: Ask) -> None:
    wire.configure(reply=ANSWER, usage=WireUsage(1000, 200, 400))
    notebook = Notebook()
    settings = wire.settings(datasets_dir=PROJECT / "datasets")

    async def call() -> list[TextDelta | Completion]:
        provider = LiteLLMProvider(settings)
        await provider.load()
        try:
            return await ask_for(make_gateway(settings, provider, notebook), ask())
        finally:
            await provider.aclose()

    completion = asyncio.run(call())[-1]
    assert isinstance(completion, Completion)
    run = notebook.only
    assert (completion.text, completion.usage) == (ANSWER, Usage(1000, 200, 400))
    assert (run.input_tokens, run.output_tokens, run.cached_tokens) == (1000, 200, 400)
    assert run.cost_usd == completion.cost == Decimal("0.004")
    assert (run.ttft_ms is None) == (ask_for is completed)
    assert wire.counts().calls == 1
