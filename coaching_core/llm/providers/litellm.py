"""Every provider LiteLLM knows, behind our port: the breadth of it, none of its guesses.

What LiteLLM would hide is made visible here (measured on 1.106 with ``tests/wire``):

- **A truncated stream.** LiteLLM ends a stream that broke off with an invented ``stop`` and estimated usage. So the raw
  chunks are tapped on their way into LiteLLM's stream wrapper (:class:`_Tap`): an answer is whole only when one of them
  carried a finish reason *from the wire* and, with it or after it, one carried usage. Else: IncompleteReplyError. Seen
  by this: a stream cut in good order or broken, no finish frame, no usage frame, only empty choices, a body that is no
  stream. A line that is not JSON makes LiteLLM raise, which is turned into the same error.
- **A reply without a stream** that has no finish reason or no usage gets ``stop`` and 0 tokens from LiteLLM. So its raw
  body is read too, where LiteLLM shows it (``logger_fn``), and a question of 0 tokens is taken for no usage.
- **Retries.** The SDK's are off. LiteLLM sends a request refused with 422 a second time, in silence, without the
  parameters that were refused, when ``drop_params`` is on: its helper for this is replaced by one that refuses.
- **Keys and texts in error messages.** Providers quote both; our messages are made of a status and a class name only,
  and the original error is not chained.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import math
import os
import sys
import threading
from collections.abc import AsyncGenerator, Iterator, Mapping
from concurrent.futures import Future
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

from coaching_core.errors import (
    IncompleteReplyError,
    MissingKeyError,
    ModelCallError,
    ModelTimeoutError,
    ProviderDownError,
    ProviderRejectedError,
    RateLimitedError,
)
from coaching_core.llm.types import CompletionRequest, ProviderReply, TextDelta, Usage
from coaching_core.settings import Settings

_OPENAI_URL = "https://api.openai.com/v1"
_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_MODE": "PRODUCTION",  # else it copies .env into the environment
    "AIOHTTP_CONNECTOR_LIMIT": "10000",  # 0 would mean aiohttp's default of 100
    "AIOHTTP_CONNECTOR_LIMIT_PER_HOST": "10000",
}
_loading: Future[Any] | None = None
_loading_guard = threading.Lock()


def _load() -> Future[Any]:
    """LiteLLM, imported once for the process in a thread of its own (4-5 s of CPU)."""
    global _loading  # noqa: PLW0603
    with _loading_guard:
        if _loading is None:
            _loading = Future()
            _loading.set_running_or_notify_cancel()
            threading.Thread(target=_import_into, args=(_loading,), name="litellm-import", daemon=True).start()
        return _loading


def _import_into(future: Future[Any]) -> None:
    try:
        os.environ.update(_ENVIRONMENT)
        litellm = importlib.import_module("litellm")
        litellm.telemetry = False  # type: ignore[attr-defined]
        litellm.suppress_debug_info = True  # type: ignore[attr-defined]
        litellm.drop_params = True  # type: ignore[attr-defined]
        handler = importlib.import_module("litellm.llms.openai.openai")
        handler.drop_params_from_unprocessable_entity_error = _never_send_twice  # type: ignore[attr-defined]
    except BaseException as error:  # noqa: BLE001
        future.set_exception(error)
    else:
        future.set_result(litellm)


def _never_send_twice(error: Exception, _data: object) -> NoReturn:
    raise error


class LiteLLMProvider:
    """Asks any model LiteLLM knows. Importing this module, and making one of these, loads nothing.

    Keys of OpenAI, Anthropic and the region of Bedrock come from the settings; other providers take theirs from the
    environment variable ``<PROVIDER>_API_KEY``.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def warm(self) -> None:
        """Begin to load LiteLLM in the background; returns at once."""
        _load()

    async def aclose(self) -> None:
        """Close the connections that LiteLLM keeps open. A later call opens new ones."""
        if _loading is not None and _loading.done():
            litellm = _loading.result()
            await litellm.close_litellm_async_clients()
            litellm.in_memory_llm_clients_cache.flush_cache()

    async def complete(self, request: CompletionRequest) -> ProviderReply:
        """The whole answer at once.

        Raises:
            ModelCallError: Any of its branch; IncompleteReplyError also when finish reason or usage is missing.
        """
        arguments, limit = self._arguments(request), self._limit(request)
        litellm = await _loaded()
        failure, body = _Failure(request.model, limit), _Body()
        try:
            async with asyncio.timeout(limit):
                reply = await litellm.acompletion(**arguments, logger_fn=body.see)
            return _whole_reply(request.model, reply, body)
        except Exception as error:  # noqa: BLE001  raised below, without what LiteLLM says in it
            failed = failure.translate(error, begun=body.text is not None)
        raise failed

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[TextDelta | ProviderReply, None]:
        """The answer piece by piece, then one reply with the whole of it; the time limit is that of the whole stream.

        Closing the generator early closes the HTTP connection.

        Raises:
            ModelCallError: Any of its branch; IncompleteReplyError unless the wire brought a finish reason and usage.
        """
        arguments, limit = self._arguments(request), self._limit(request)
        litellm = await _loaded()
        failure, answer = _Failure(request.model, limit), _StreamedAnswer(request.model)
        deadline = asyncio.get_running_loop().time() + limit
        failed: ModelCallError | None = None
        try:
            async with asyncio.timeout_at(deadline):
                options = {"stream": True, "stream_options": {"include_usage": True}}
                await answer.open(await litellm.acompletion(**arguments, **options))
            while (text := await answer.next_text(deadline)) is not None:
                if text:
                    yield TextDelta(text)
            reply = answer.reply()
        except Exception as error:  # noqa: BLE001  raised below, without what LiteLLM says in it
            failed = failure.translate(error, begun=answer.begun, partial_text=answer.text)
        finally:
            await answer.aclose()
        if failed is not None:
            raise failed
        yield reply

    def _limit(self, request: CompletionRequest) -> float:
        return request.timeout_seconds or self._settings.model_timeout_seconds

    def _arguments(self, request: CompletionRequest) -> dict[str, Any]:
        optional = {
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            "seed": request.seed,
            "response_format": {"type": "json_object"} if request.json_object else None,
        }
        return {
            "model": request.model,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "timeout": self._limit(request),
            "max_retries": 0,
            "num_retries": 0,
            **self._credentials(request.model),
            **{name: value for name, value in optional.items() if value is not None},
        }

    def _credentials(self, model: str) -> dict[str, str]:
        settings, provider = self._settings, model.partition("/")[0]
        if provider in ("openai", "anthropic"):
            key = settings.openai_api_key if provider == "openai" else settings.anthropic_api_key
            if key is None:
                raise _missing(model, f"{provider.upper()}_API_KEY")
            root = {"api_base": settings.openai_base_url or _OPENAI_URL} if provider == "openai" else {}
            return {"api_key": key.get_secret_value(), **root}
        if provider in ("bedrock", "bedrock_converse"):
            if settings.aws_region is None:
                raise _missing(model, "AWS_REGION")
            return {"aws_region_name": settings.aws_region}
        variable = f"{provider.upper().replace('-', '_')}_API_KEY"
        if not os.environ.get(variable):
            raise _missing(model, variable)
        return {}


def _missing(model: str, variable: str) -> MissingKeyError:
    return MissingKeyError(f"{model} cannot be asked: set {variable} and start again.")


async def _loaded() -> Any:
    try:
        return await asyncio.wrap_future(_load())
    except ImportError:
        pass
    raise ProviderDownError("LiteLLM cannot be loaded. Install the requirements again.")


class _Body:
    """The raw body of a reply without a stream, as LiteLLM shows it to a logger."""

    def __init__(self) -> None:
        self.text: object = None

    def see(self, details: Mapping[str, Any]) -> None:
        """LiteLLM calls this before the request and after the reply."""
        if details.get("log_event_type") == "post_api_call":
            self.text = details.get("original_response")

    def lacks(self) -> str | None:
        """What is missing in a body of OpenAI's form; None when nothing is, or when it has another form."""
        try:
            document = json.loads(self.text) if isinstance(self.text, str) else None
        except ValueError:
            return None
        choices = document.get("choices") if isinstance(document, dict) else None
        if not isinstance(document, dict) or not isinstance(choices, list):
            return None
        if not choices:
            return "an answer"
        if not choices[0].get("finish_reason"):
            return "a finish reason"
        return None if document.get("usage") else "usage"


def _usage(usage: Any) -> Usage | None:
    if usage is None or not usage.prompt_tokens:
        return None
    cached = getattr(getattr(usage, "prompt_tokens_details", None), "cached_tokens", None)
    return Usage(usage.prompt_tokens, usage.completion_tokens or 0, cached or 0)


def _whole_reply(model: str, reply: Any, body: _Body) -> ProviderReply:
    choice = reply.choices[0] if reply.choices else None
    text = (choice.message.content or "") if choice else ""
    usage = _usage(getattr(reply, "usage", None))
    lacks = body.lacks() or (None if choice else "an answer") or (None if usage else "usage")
    if lacks or choice is None or usage is None:
        raise IncompleteReplyError(f"{model} sent a reply without {lacks}. Try again.", text)
    return ProviderReply(text, choice.finish_reason, usage)


class _Tap:
    """The raw chunks of a stream on their way into LiteLLM's wrapper, and what they really carried."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._chunks = aiter(source) if hasattr(source, "__aiter__") else iter(source)
        self.begun = self.finished = self.metered = False

    def __aiter__(self) -> _Tap:
        return self

    async def __anext__(self) -> Any:
        if hasattr(self._chunks, "__anext__"):
            chunk = await anext(self._chunks)
        elif (chunk := await asyncio.to_thread(next, self._chunks, self)) is self:
            raise StopAsyncIteration
        self._look_at(chunk)
        return chunk

    def _look_at(self, chunk: Any) -> None:
        self.begun = True
        if isinstance(chunk, Mapping):
            finish, usage = chunk.get("is_finished") and chunk.get("finish_reason"), chunk.get("usage")
        else:
            choices = getattr(chunk, "choices", None)
            finish, usage = (choices[0].finish_reason if choices else None), getattr(chunk, "usage", None)
        self.finished = self.finished or bool(finish)
        self.metered = self.metered or (self.finished and bool(usage))

    async def aclose(self) -> None:
        """Close the stream and with it the HTTP connection."""
        close = getattr(self._source, "aclose", None) or getattr(self._source, "close", None)
        closing = close() if close is not None else None
        if inspect.isawaitable(closing):
            await closing


class _StreamedAnswer:
    """A streamed answer as it grows."""

    def __init__(self, model: str) -> None:
        self.text = ""
        self._model = model
        self._wrapper: Any = None
        self._tap: _Tap | None = None
        self._finish_reason = "stop"
        self._usage: Usage | None = None

    @property
    def begun(self) -> bool:
        """The provider has sent a piece of it."""
        return self._tap is not None and self._tap.begun

    async def open(self, wrapper: Any) -> None:
        """Put the tap between the wire and LiteLLM's wrapper."""
        self._wrapper = wrapper
        self._tap = wrapper.completion_stream = _Tap(await wrapper.fetch_stream())

    async def next_text(self, deadline: float) -> str | None:
        """The text of the next chunk, maybe empty; None at the end."""
        async with asyncio.timeout_at(deadline):
            chunk = await anext(self._wrapper, None)
        if chunk is None:
            return None
        self._usage = _usage(getattr(chunk, "usage", None)) or self._usage
        choice = chunk.choices[0] if chunk.choices else None
        if choice is None:
            return ""
        self._finish_reason = choice.finish_reason or self._finish_reason
        text = choice.delta.content or ""
        self.text += text
        return text

    def reply(self) -> ProviderReply:
        """The whole answer, if the wire brought a whole one."""
        tap = self._tap
        if tap is None or not tap.finished:
            raise IncompleteReplyError(f"{self._model} broke off without finishing its answer. Try again.", self.text)
        if not tap.metered or self._usage is None:
            raise IncompleteReplyError(f"{self._model} did not say what its answer took. Try again.", self.text)
        return ProviderReply(self.text, self._finish_reason, self._usage)

    async def aclose(self) -> None:
        """Let go of the connection, however far the answer got."""
        if self._wrapper is not None:
            await self._wrapper.aclose()


class _Failure:
    """Turns what LiteLLM raised into our errors, by what happened on the wire."""

    def __init__(self, model: str, limit: float) -> None:
        self._model, self._limit = model, limit
        self._outer = sys.exception()  # handled by our caller; no cause of ours

    def translate(self, error: Exception, begun: bool, partial_text: str = "") -> ModelCallError:
        """Our error for it. Its message has neither the key nor a text of anybody.

        Args:
            error: What was raised.
            begun: Part of an answer had arrived.
            partial_text: The text of that part.
        """
        if isinstance(error, ModelCallError):
            return error
        causes = list(self._causes(error))
        names = {type(cause).__name__ for cause in causes}
        status = next((c.response.status_code for c in causes if type(c).__name__.endswith("HTTPStatusError")), None)
        if status is None and any("Timeout" in name for name in names):
            return ModelTimeoutError(f"{self._model} did not answer within {self._limit:g} s.", partial_text)
        if status is None and any("Credentials" in name for name in names):
            return MissingKeyError(f"{self._model} cannot be asked: set AWS credentials and start again.")
        if status is None and (begun or names & {"JSONDecodeError", "ClientPayloadError"}):
            what = f"{self._model} sent an answer that breaks off or cannot be read"
            return IncompleteReplyError(f"{what} ({type(error).__name__}). Try again.", partial_text)
        return self._by_status(status or getattr(error, "status_code", None) or 500, causes)

    def _by_status(self, status: int, causes: list[BaseException]) -> ModelCallError:
        about = f"({status}, {type(causes[0]).__name__})"
        if status == 429:
            return RateLimitedError(f"{self._model} asks us to slow down {about}.", _retry_after(causes))
        if status == 408:
            return ModelTimeoutError(f"{self._model} gave up waiting {about}.")
        if 400 <= status < 500:
            return ProviderRejectedError(
                f"{self._model} refused the request {about}. Check its key, its name and the parameters."
            )
        return ProviderDownError(f"{self._model} failed or cannot be reached {about}. Try again later.")

    def _causes(self, error: BaseException) -> Iterator[BaseException]:
        seen, waiting = {id(self._outer), id(None)}, [error]
        while waiting:
            cause = waiting.pop(0)
            if id(cause) in seen:
                continue
            seen.add(id(cause))
            yield cause
            links = (getattr(cause, "original_exception", None), cause.__cause__, cause.__context__)
            waiting += [link for link in links if isinstance(link, BaseException)]


def _retry_after(causes: list[BaseException]) -> float | None:
    for cause in causes:
        headers = getattr(cause, "litellm_response_headers", None)
        value = headers.get("retry-after") if headers else None
        if value:
            return _seconds(str(value))
    return None


def _seconds(value: str) -> float | None:
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value).astimezone(UTC) - datetime.now(UTC)).total_seconds()
        except ValueError:
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
