"""Loads LiteLLM once in a process, and takes out of it what it should not do for us."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Mapping
from typing import Any, NoReturn

_ENVIRONMENT = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_MODE": "PRODUCTION",  # else it copies .env into the environment
    "AIOHTTP_CONNECTOR_LIMIT": "10000",  # 0 would mean aiohttp's default of 100
    "AIOHTTP_CONNECTOR_LIMIT_PER_HOST": "10000",
}
_guard = threading.Lock()


def load_litellm() -> Any:
    """LiteLLM, set up; the first call in a process imports it (4-5 s of CPU), others wait for that.

    Two things are replaced inside it: its second call after a 422, which would be a hidden retry, and the OpenAI SDK's
    walk over every request by its type annotations, which changes nothing in ours and took a fifth of the CPU of a
    call (measured: 6.3 → 5.1 ms).
    """
    with _guard:
        if "litellm" not in sys.modules:
            os.environ.update(_ENVIRONMENT)
        litellm: Any = importlib.import_module("litellm")
        litellm.telemetry, litellm.suppress_debug_info, litellm.drop_params = False, True, True
        handler: Any = importlib.import_module("litellm.llms.openai.openai")
        handler.drop_params_from_unprocessable_entity_error = _never_send_twice
        completions: Any = importlib.import_module("openai.resources.chat.completions.completions")
        completions.async_maybe_transform = _only_what_was_given
        return litellm


def _never_send_twice(error: Exception, _data: object) -> NoReturn:
    raise error


async def _only_what_was_given(body: Mapping[str, Any], _annotation: object) -> dict[str, Any]:
    """A request's body as it is, without the SDK's marks for what was left out."""
    from openai import NotGiven, Omit

    return {name: value for name, value in body.items() if not isinstance(value, NotGiven | Omit)}
