"""Puts catalogue and adapters together from settings; needs no store, so that a run at the shell stays light."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

from coaching_core.llm.catalogue import Catalogue
from coaching_core.llm.gateway import OTHER_PROVIDERS
from coaching_core.llm.prices import load_price_table
from coaching_core.llm.providers.litellm import LiteLLMProvider
from coaching_core.llm.providers.simulated import SimulatedProvider
from coaching_core.llm.types import ModelInfo, Provider
from coaching_core.settings import Settings


def build_catalogue(settings: Settings) -> Catalogue:
    """The models and prices of this installation."""
    return Catalogue(settings, load_price_table(settings.datasets_dir, settings.price_overrides))


def build_providers(settings: Settings) -> dict[str, Provider]:
    """The adapters to models; nothing heavy is imported before the first call."""
    return {"simulated": SimulatedProvider(settings.simulated_pace), OTHER_PROVIDERS: LiteLLMProvider(settings)}


@asynccontextmanager
async def loaded(providers: Mapping[str, Provider], models: Iterable[ModelInfo]) -> AsyncIterator[None]:
    """A block in which these models answer at once: no timing contains an import. At its end connections are closed."""
    adapters = _heavy(providers, models)
    try:
        for adapter in adapters:
            await adapter.load()
        yield
    finally:
        for adapter in adapters:
            await adapter.aclose()


def warm(providers: Mapping[str, Provider], models: Iterable[ModelInfo]) -> None:
    """Begin to load, in the background, what the models that can be asked will need."""
    for adapter in _heavy(providers, [model for model in models if model.available and not model.simulated]):
        adapter.warm()


async def close_connections(providers: Mapping[str, Provider]) -> None:
    """Close what adapters keep open between calls."""
    for adapter in providers.values():
        if isinstance(adapter, LiteLLMProvider):
            await adapter.aclose()


def _heavy(providers: Mapping[str, Provider], models: Iterable[ModelInfo]) -> list[LiteLLMProvider]:
    used = [providers.get(model.provider, providers[OTHER_PROVIDERS]) for model in models]
    return [adapter for adapter in dict.fromkeys(used) if isinstance(adapter, LiteLLMProvider)]
