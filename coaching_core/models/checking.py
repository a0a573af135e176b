"""What may be set about models: rules without a store, each refusal in words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from decimal import Decimal

from coaching_core.errors import InvalidInputError
from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.configuration import ModelSettings, Task, TaskModels
from coaching_core.llm.price import Price
from coaching_core.llm.prices import with_providers_rules
from coaching_core.models.models import PriceDraft

_NAME = re.compile(r"[a-z0-9_-]+/[A-Za-z0-9._:/@+-]+")
_LONGEST_CHAIN = 5
_LONGEST_LABEL, _LONGEST_NOTE = 80, 500
_MOST_TOKENS = 100_000_000
_DEAREST = Decimal(1_000_000)
_FINEST = Decimal("0.000001")
_ROLE_OF = {Task.JUDGE: "judge", Task.EMBEDDING: "embedding"}


def check_name(name: str, providers: Sequence[str]) -> None:
    """A model may be added under this name.

    Raises:
        InvalidInputError: It is no ``provider/model``, or no such provider can be asked.
    """
    if not _NAME.fullmatch(name) or len(name) > 200:
        raise InvalidInputError(
            f"“{name}” is not a provider/model. Write it like openai/gpt-4o or mistral/mistral-small-latest.", "model"
        )
    provider = name.partition("/")[0]
    if provider == "simulated":
        raise InvalidInputError("Simulated models come with the workbench; none can be added.", "model")
    if providers and provider not in providers:
        nearest = difflib.get_close_matches(provider, providers, n=3, cutoff=0.5)
        hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
        raise InvalidInputError(
            f"No provider is called “{provider}”.{hint} A server that speaks OpenAI's protocol is openai/…, with "
            "OPENAI_BASE_URL set.",
            "model",
        )


def checked_settings(settings: ModelSettings) -> ModelSettings:
    """Settings as they are kept, texts trimmed.

    Raises:
        InvalidInputError: A figure lies outside its range, or a text is too long.
    """
    if settings.temperature is not None and not 0 <= settings.temperature <= 2:
        raise InvalidInputError("The temperature must lie between 0 and 2.", "temperature")
    for name, words in (("max_tokens", "The longest answer"), ("context", "The context")):
        tokens = getattr(settings, name)
        if tokens is not None and not 1 <= tokens <= _MOST_TOKENS:
            raise InvalidInputError(f"{words} must be at least 1 token, at most {_MOST_TOKENS:,}.", name)
    label, note = (settings.label or "").strip(), settings.note.strip()
    if len(label) > _LONGEST_LABEL or len(note) > _LONGEST_NOTE:
        raise InvalidInputError(f"A label has at most {_LONGEST_LABEL} characters, a note {_LONGEST_NOTE}.", "label")
    return ModelSettings(
        settings.model,
        settings.enabled,
        label or None,
        settings.temperature,
        settings.max_tokens,
        settings.context,
        note,
    )


def price_of(draft: PriceDraft) -> Price:
    """The price a person means, per token.

    Raises:
        InvalidInputError: An amount is negative, too large, or finer than a millionth of a dollar.
    """
    amounts = {
        "input": draft.input,
        "output": draft.output,
        "cached_input": draft.cached_input,
        "cache_write": draft.cache_write,
        "cache_write_1h": draft.cache_write_1h,
    }
    for name, amount in amounts.items():
        if amount is None:
            continue
        if not amount.is_finite() or not 0 <= amount <= _DEAREST:
            raise InvalidInputError("A price must be 0 or more, in USD per million tokens.", name)
        if amount != amount.quantize(_FINEST):
            raise InvalidInputError("A price has at most six digits after the point, in USD per million tokens.", name)
    per_token = {name: None if amount is None else amount.scaleb(-6) for name, amount in amounts.items()}
    price = Price(
        draft.input.scaleb(-6),
        draft.output.scaleb(-6),
        per_token["cached_input"],
        per_token["cache_write"],
        per_token["cache_write_1h"],
    )
    return with_providers_rules(draft.model, price)


def check_task(task: TaskModels, catalogue: Catalogue) -> None:
    """These models may answer for this task.

    Raises:
        ModelNotFoundError: One of them does not exist.
        InvalidInputError: One is there twice or not made for it, real and simulated ones are mixed, or there is nobody
            to swap to.
    """
    if len(set(task.models)) != len(task.models):
        raise InvalidInputError("A model stands in for itself. Name each model once.", "models")
    if len(task.models) > _LONGEST_CHAIN:
        raise InvalidInputError(f"A task has at most {_LONGEST_CHAIN} models.", "models")
    if task.swapped and len(task.models) < 2:
        raise InvalidInputError("There is no fallback to swap to. Choose one first.", "swapped")
    infos = [catalogue.info(name) for name in task.models]
    role = _ROLE_OF.get(task.task, "coach")
    for info in infos:
        if role not in info.roles:
            raise InvalidInputError(f"{info.label} cannot be used for this: it is no {role} model.", "models")
    if len({info.simulated for info in infos}) > 1:
        raise InvalidInputError(
            "A simulated model never stands in for a real one, nor a real one for a simulated. Choose one kind.",
            "models",
        )
