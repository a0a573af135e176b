"""However a call ends, the gateway keeps one PromptRun of it that says how."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing
from typing import Any, cast

import pytest

from coaching_core.errors import (
    IncompleteReplyError,
    ModelTimeoutError,
    ProviderDownError,
    StoreError,
)
from coaching_core.llm.types import (
    Completion,
    RunStatus,
    TextDelta,
)
from coaching_core.settings import Settings
from tests.coaching_core.llm.asking import BOTH, Ask, completed, make_gateway, streamed, within
from tests.coaching_core.llm.scripted import ANSWER, REPLY, SECRET, Hang, Notebook, Scripted, question


@BOTH
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ProviderDownError(f"500 for: {SECRET}"), RunStatus.ERROR),
        (IncompleteReplyError("Broke off.", partial_text=SECRET), RunStatus.ERROR),
        (ModelTimeoutError("Too slow."), RunStatus.TIMEOUT),
        (RuntimeError(SECRET), RunStatus.ERROR),
    ],
)
def test_a_failed_call_is_recorded_once_by_class_alone(
    settings: Settings, ask_for: Ask, error: Exception, status: RunStatus
) -> None:
    notebook = Notebook()
    gateway = make_gateway(settings, Scripted((error,)), notebook)
    with pytest.raises(type(error)) as raised:
        asyncio.run(ask_for(gateway, question()))
    assert raised.value is error
    run = notebook.only
    assert (run.status, run.error) == (status, type(error).__name__)
    assert (run.cost_usd, run.price_version) == (None, None)
    assert (run.input_tokens, run.output_tokens, run.cached_tokens, run.ttft_ms) == (None, None, None, None)
    assert SECRET not in json.dumps(run.as_json())


def test_a_call_that_takes_too_long_ends_and_says_so(settings: Settings) -> None:
    notebook = Notebook()
    gateway = make_gateway(settings, Scripted((Hang(),)), notebook)
    with pytest.raises(ModelTimeoutError, match=r"did not answer within 0\.01 s"):
        asyncio.run(completed(gateway, question(timeout_seconds=0.01)))
    assert (notebook.only.status, notebook.only.error) == (RunStatus.TIMEOUT, "ModelTimeoutError")
    assert notebook.only.cost_usd is None


def test_the_time_allowed_is_the_gateways_when_the_request_names_none(settings: Settings) -> None:
    notebook = Notebook()
    gateway = make_gateway(settings, Scripted((Hang(),)), notebook, limits=within(0.01))
    with pytest.raises(ModelTimeoutError, match=r"0\.01 s"):
        asyncio.run(completed(gateway, question()))
    assert notebook.only.status is RunStatus.TIMEOUT


@BOTH
@pytest.mark.parametrize("steps", [(Hang(),), (ANSWER[:10], Hang())])
def test_a_call_cancelled_while_it_waits_is_recorded_as_cancelled(
    settings: Settings, ask_for: Ask, steps: tuple[Any, ...]
) -> None:
    async def cancel_it() -> Notebook:
        provider, notebook = Scripted(steps), Notebook()
        task = asyncio.ensure_future(ask_for(make_gateway(settings, provider, notebook), question()))
        await provider.hanging.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return notebook

    run = asyncio.run(cancel_it()).only
    assert (run.status, run.error, run.cost_usd) == (RunStatus.CANCELLED, "CancelledError", None)


@BOTH
@pytest.mark.parametrize("steps", [(Hang(),), (REPLY,)])
def test_a_second_cancel_does_not_lose_the_record(settings: Settings, ask_for: Ask, steps: tuple[Any, ...]) -> None:
    async def cancel_while_recording() -> Notebook:
        provider, notebook = Scripted(steps), Notebook(gate=asyncio.Event())
        task = asyncio.ensure_future(ask_for(make_gateway(settings, provider, notebook), question()))
        if isinstance(steps[0], Hang):
            await provider.hanging.wait()
            task.cancel()
        await notebook.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert notebook.runs == []
        assert notebook.gate is not None
        notebook.gate.set()
        await asyncio.gather(*asyncio.all_tasks() - {cast("asyncio.Task[Any]", asyncio.current_task())})
        return notebook

    expected = RunStatus.CANCELLED if isinstance(steps[0], Hang) else RunStatus.OK
    assert asyncio.run(cancel_while_recording()).only.status is expected


def test_a_cancel_while_a_timeout_is_recorded_does_not_lose_the_record(settings: Settings) -> None:
    async def cancel_while_recording() -> Notebook:
        notebook = Notebook(gate=asyncio.Event())
        gateway = make_gateway(settings, Scripted((Hang(),)), notebook)
        task = asyncio.ensure_future(completed(gateway, question(timeout_seconds=0.01)))
        await notebook.arrived.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert notebook.gate is not None
        notebook.gate.set()
        await asyncio.gather(*asyncio.all_tasks() - {cast("asyncio.Task[Any]", asyncio.current_task())})
        return notebook

    assert asyncio.run(cancel_while_recording()).only.status is RunStatus.TIMEOUT


def test_a_stream_closed_early_stops_the_provider_and_is_recorded(settings: Settings) -> None:
    async def close_after_one() -> tuple[Scripted, Notebook]:
        provider, notebook = Scripted(), Notebook()
        async with aclosing(cast("Any", make_gateway(settings, provider, notebook).stream(question()))) as events:
            assert await anext(events) == TextDelta(ANSWER[:10])
        return provider, notebook

    provider, notebook = asyncio.run(close_after_one())
    assert provider.closed == 1
    assert notebook.only.status is RunStatus.CANCELLED
    assert notebook.only.ttft_ms is not None
    assert notebook.only.cost_usd is None


def test_a_stream_closed_after_its_end_is_recorded_once(settings: Settings) -> None:
    async def close_after_all() -> Notebook:
        notebook = Notebook()
        async with aclosing(cast("Any", make_gateway(settings, Scripted(), notebook).stream(question()))) as events:
            while not isinstance(await anext(events), Completion):
                pass
        return notebook

    assert asyncio.run(close_after_all()).only.status is RunStatus.OK


@pytest.mark.parametrize("steps", [(), (ANSWER[:10],)])
def test_a_stream_that_ends_without_a_reply_is_never_an_answer(settings: Settings, steps: tuple[Any, ...]) -> None:
    notebook = Notebook()
    gateway = make_gateway(settings, Scripted(steps), notebook)
    with pytest.raises(IncompleteReplyError, match="broke off"):
        asyncio.run(streamed(gateway, question()))
    assert (notebook.only.status, notebook.only.error) == (RunStatus.ERROR, "IncompleteReplyError")


@BOTH
@pytest.mark.parametrize("steps", [(REPLY,), (ProviderDownError("500"),)])
def test_the_caller_hears_that_a_record_could_not_be_kept(
    settings: Settings, ask_for: Ask, steps: tuple[Any, ...]
) -> None:
    notebook = Notebook(error=StoreError("The store is gone."))
    with pytest.raises(StoreError, match="gone"):
        asyncio.run(ask_for(make_gateway(settings, Scripted(steps), notebook), question()))
    assert notebook.runs == []
