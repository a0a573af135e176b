"""Every provider LiteLLM knows, behind our port: its breadth, none of its guesses.

What LiteLLM 1.106 would hide, measured with ``tests/wire``, and what is done about it:

- **Truncated streams.** It ends a broken stream with an invented ``stop`` and estimated usage. So the raw chunks are
  read on their way into its stream wrapper (Gemini's before it parses them): an answer is whole only when one carried a
  finish reason and, with it or after it, one carried usage; else IncompleteReplyError. This sees streams cut in good
  order or not, without finish frame, usage or choices, or that are none. Not seen, but for OpenAI's: a garbled line in
  mid-stream, which LiteLLM skips for DeepSeek, xAI and Groq; the text then lacks that piece.
- **Whole replies** without finish reason or usage get ``stop`` and 0 tokens. So the raw body, which LiteLLM shows to
  a logger, is read too, and a question of 0 tokens counts as no usage.
- **Retries.** The SDK's are off, and so is LiteLLM's silent second call, changed by ``drop_params``, after a 422.
- **Keys and texts in error messages.** Providers quote both. Ours name a status and a class, and chain nothing.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from coaching_core.errors import (
    IncompleteReplyError,
    MissingKeyError,
    ModelCallError,
    ModelTimeoutError,
    ProviderDownError,
    ProviderRejectedError,
    RateLimitedError,
)
from coaching_core.llm.providers.litellm_loading import load_litellm
from coaching_core.llm.types import CompletionRequest, ProviderReply, TextDelta, Usage
from coaching_core.settings import Settings


class LiteLLMProvider:
    """Asks any model LiteLLM knows. Importing this module, and making one of these, loads nothing.

    OpenAI, Anthropic and Bedrock are configured by the settings, others by the variable ``<PROVIDER>_API_KEY``.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._litellm: Any = None

    def warm(self) -> None:
        """Begin to load LiteLLM in the background; returns at once."""
        threading.Thread(target=load_litellm, name="litellm-import", daemon=True).start()

    async def load(self) -> None:
        """Load LiteLLM, unless it is. Without this the first calls do, and their latency contains it."""
        self._litellm = self._litellm or await asyncio.to_thread(load_litellm)

    async def aclose(self) -> None:
        """Close the connections that LiteLLM keeps open. A later call opens new ones."""
        if self._litellm is not None:
            await self._litellm.close_litellm_async_clients()
            self._litellm.in_memory_llm_clients_cache.flush_cache()
            await self._litellm.module_level_aclient.client._transport.aclose()  # Gemini's; it opens again by itself

    async def complete(self, request: CompletionRequest) -> ProviderReply:
        """The whole answer at once.

        Raises:
            ModelCallError: Any of its branch; IncompleteReplyError also when finish reason or usage is missing.
        """
        arguments, failure = self._arguments(request), _Failure(request.model, sys.exception())
        details: dict[str, Any] = {}  # LiteLLM shows its logger what it sent, and again with the raw body it received
        try:
            await self.load()
            async with asyncio.timeout(arguments["timeout"]):
                reply = await self._litellm.acompletion(**arguments, logger_fn=details.update)
            return _whole_reply(request.model, reply, details.get("original_response"))
        except Exception as error:  # noqa: BLE001  raised below, without LiteLLM's error in its context
            failed = failure.translate(error, str(details.get("original_response")).startswith("{"))
        raise failed

    async def stream(self, request: CompletionRequest) -> AsyncGenerator[TextDelta | ProviderReply, None]:
        """The answer piece by piece, then one reply with the whole of it. Closing it early closes the connection.

        Raises:
            ModelCallError: Also when the whole stream takes too long, or the wire brought no finish reason or usage.
        """
        arguments, failure = self._arguments(request), _Failure(request.model, sys.exception())
        answer = _StreamedAnswer(request.model)
        failed: ModelCallError | None = None
        try:
            await self.load()
            deadline = asyncio.get_running_loop().time() + arguments["timeout"]
            async with asyncio.timeout_at(deadline):
                options = {"stream": True, "stream_options": {"include_usage": True}}
                await answer.open(await self._litellm.acompletion(**arguments, **options))
            while (text := await answer.next_text(deadline)) is not None:
                if text:
                    yield TextDelta(text)
            reply = answer.reply()
        except Exception as error:  # noqa: BLE001  raised below, without LiteLLM's error in its context
            failed = failure.translate(error, answer.begun, answer.text)
        finally:
            await answer.close()
        if failed is not None:
            raise failed
        yield reply

    def _arguments(self, request: CompletionRequest) -> dict[str, Any]:
        return {
            "model": request.model,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            "timeout": request.timeout_seconds or self._settings.model_timeout_seconds,
            "max_retries": 0,
            "num_retries": 0,
            **self._credentials(request.model),
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            "seed": request.seed,
            "response_format": {"type": "json_object"} if request.json_object else None,
        }

    def _credentials(self, model: str) -> dict[str, str]:
        settings, provider = self._settings, model.partition("/")[0]
        variable = f"{provider.upper().replace('-', '_')}_API_KEY"
        if provider == "openai" and settings.openai_api_key:
            root = settings.openai_base_url or "https://api.openai.com/v1"
            return {"api_key": settings.openai_api_key.get_secret_value(), "api_base": root}
        if provider == "anthropic" and settings.anthropic_api_key:
            return {"api_key": settings.anthropic_api_key.get_secret_value()}
        if provider in ("bedrock", "bedrock_converse"):
            if settings.aws_region:
                return {"aws_region_name": settings.aws_region}
            variable = "AWS_REGION"
        elif provider not in ("openai", "anthropic") and os.environ.get(variable):
            return {}
        raise MissingKeyError(f"{model} cannot be asked: set {variable} and start again.")


def _is_whole(body: object) -> bool:
    """A raw body of OpenAI's form has a finish reason and usage; other forms are not judged."""
    try:
        choice = (document := json.loads(str(body)))["choices"][0]
    except (ValueError, TypeError, LookupError):
        return True
    return bool(choice.get("finish_reason") and document.get("usage"))


def _usage(usage: Any) -> Usage | None:
    if usage is None or not usage.prompt_tokens:
        return None
    cached = getattr(getattr(usage, "prompt_tokens_details", None), "cached_tokens", None)
    return Usage(usage.prompt_tokens, usage.completion_tokens or 0, cached or 0)


def _whole_reply(model: str, reply: Any, body: object) -> ProviderReply:
    text = (reply.choices[0].message.content or "") if reply.choices else ""
    usage = _usage(getattr(reply, "usage", None))
    if not reply.choices or usage is None or not _is_whole(body):
        raise IncompleteReplyError(f"{model} sent no answer, or none with finish reason and usage. Try again.", text)
    return ProviderReply(text, reply.choices[0].finish_reason, usage)


class _StreamedAnswer:
    """A streamed answer as it grows. It stands between the wire and LiteLLM's wrapper, and reads on both sides."""

    def __init__(self, model: str) -> None:
        self.text, self.begun, self._finished, self._metered = "", False, False, False
        self._model, self._finish_reason = model, "stop"
        self._usage: Usage | None = None
        self._wrapper: Any = None
        self._parse: Any = None

    async def open(self, wrapper: Any) -> None:
        self._wrapper, self._source = wrapper, await wrapper.fetch_stream()
        if self._model.startswith(("gemini/", "vertex_ai/")):  # in their chunks LiteLLM invents a finish reason each
            self._parse, self._source.chunk_parser = self._source.chunk_parser, self._parse_gemini
        self._chunks, wrapper.completion_stream = aiter(self._source), self

    def _parse_gemini(self, chunk: dict[str, Any]) -> Any:
        self._finished = self._finished or any(one.get("finishReason") for one in chunk.get("candidates") or ())
        return self._parse(chunk)

    def __aiter__(self) -> _StreamedAnswer:
        return self

    async def __anext__(self) -> Any:
        """The next raw chunk, for LiteLLM's wrapper; what it really carries is noted here."""
        chunk = await anext(self._chunks)
        self.begun = True
        if isinstance(chunk, Mapping):
            finish, usage = chunk.get("is_finished") and chunk.get("finish_reason"), chunk.get("usage")
        else:
            choices, usage = getattr(chunk, "choices", None), getattr(chunk, "usage", None)
            finish = choices[0].finish_reason if choices and self._parse is None else None
        self._finished = self._finished or bool(finish)
        self._metered = self._metered or (self._finished and bool(usage))
        return chunk

    async def aclose(self) -> None:
        await (getattr(self._source, "aclose", None) or self._source.close)()

    async def next_text(self, deadline: float) -> str | None:
        """The text of the next chunk that LiteLLM gives, maybe empty; None at the end."""
        async with asyncio.timeout_at(deadline):
            if (chunk := await anext(self._wrapper, None)) is None:
                return None
        self._usage = _usage(getattr(chunk, "usage", None)) or self._usage
        if not chunk.choices:
            return ""
        self._finish_reason = chunk.choices[0].finish_reason or self._finish_reason
        self.text += (text := chunk.choices[0].delta.content or "")
        return text

    def reply(self) -> ProviderReply:
        if not self._metered or self._usage is None:  # metered: finished too
            lost = "usage" if self._finished else "finish reason"
            raise IncompleteReplyError(f"{self._model} ended its answer without {lost}. Try again.", self.text)
        return ProviderReply(self.text, self._finish_reason, self._usage)

    async def close(self) -> None:
        """Let go of the connection, however far the answer got; LiteLLM shields this from cancellation."""
        if self._wrapper is not None:
            await self._wrapper.aclose()


@dataclass(frozen=True, slots=True)
class _Failure:
    """Turns what LiteLLM raised into our errors, by what happened on the wire."""

    model: str
    outer: BaseException | None  # what our caller was handling when it called us: no cause of ours

    def translate(self, error: Exception, begun: bool, partial_text: str = "") -> ModelCallError:
        """Our error for it; ``begun`` says that part of an answer had arrived."""
        if isinstance(error, ModelCallError):
            return error
        causes = self._causes(error)
        names = {type(cause).__name__ for cause in causes}
        status = next((it.response.status_code for it in causes if type(it).__name__.endswith("HTTPStatusError")), None)
        if status is None and any("Timeout" in name for name in names):
            return ModelTimeoutError(f"{self.model} did not answer within the time allowed.", partial_text)
        if status is None and (begun or names & {"JSONDecodeError", "ClientPayloadError"}):
            return IncompleteReplyError(f"{self.model} sent an answer that breaks off or is garbled.", partial_text)
        return self._by_status(status or getattr(error, "status_code", None) or 500, causes)

    def _by_status(self, status: int, causes: list[Any]) -> ModelCallError:
        about = f"({status}, {type(causes[0]).__name__})"
        if status == 429:
            return RateLimitedError(f"{self.model} asks us to slow down {about}.", _retry_after(causes))
        if 400 <= status < 500 and status != 408:
            return ProviderRejectedError(f"{self.model} refused the request {about}. Check key, name and parameters.")
        return ProviderDownError(f"{self.model} failed or cannot be reached {about}. Try again later.")

    def _causes(self, error: Any) -> list[Any]:
        found = [error]
        for cause in found:  # grows as it is read
            for link in (getattr(cause, "original_exception", None), cause.__cause__, cause.__context__):
                if isinstance(link, BaseException) and link is not self.outer and link not in found:
                    found.append(link)
        return found


def _retry_after(causes: list[Any]) -> float | None:
    """Seconds to wait, from a Retry-After header of seconds or of an HTTP date; None without a usable one."""
    all_headers = (getattr(cause, "litellm_response_headers", None) for cause in causes)
    value = next((str(headers["retry-after"]) for headers in all_headers if headers and "retry-after" in headers), "")
    try:
        if value.replace(".", "", 1).isdecimal():
            return float(value)
        return max(0.0, (parsedate_to_datetime(value).astimezone(UTC) - datetime.now(UTC)).total_seconds())
    except ValueError:
        return None
