"""Which models there are, which of them can be asked now, and what they cost."""

from __future__ import annotations

import difflib
import os
from decimal import Decimal
from pathlib import Path

import yaml

from coaching_core.errors import MissingKeyError, ModelNotFoundError
from coaching_core.llm.prices import Price, PriceTable
from coaching_core.llm.providers.simulated import SIMULATED_MODELS
from coaching_core.llm.types import ModelInfo, Usage
from coaching_core.settings import Settings

_MILLION = Decimal(1_000_000)
_SIMULATED_PRICES = "simulated-1"


class Catalogue:
    """The models of this installation.

    A model exists when it is simulated, stands in ``datasets/models.yaml``, in the price table or in EXTRA_MODELS.
    It is available when its provider's key is configured.
    """

    def __init__(self, settings: Settings, prices: PriceTable) -> None:
        self._settings = settings
        self._prices = prices
        self._simulated = {
            model.name: ModelInfo(model.name, model.label, "simulated", True, True, model.note, (model.role,))
            for model in SIMULATED_MODELS
        }
        self._simulated_prices = {
            model.name: Price(
                input=model.input_usd_per_mtok / _MILLION,
                output=model.output_usd_per_mtok / _MILLION,
                cached_input=model.cached_usd_per_mtok / _MILLION,
            )
            for model in SIMULATED_MODELS
        }
        self._offered = self._load_offered(settings.datasets_dir / "models.yaml")

    def models(self) -> tuple[ModelInfo, ...]:
        """All models a screen offers: the simulated ones first, then the configured ones."""
        return (*self._simulated.values(), *self._offered.values())

    def info(self, name: str) -> ModelInfo:
        """What is known of a model.

        Raises:
            ModelNotFoundError: No such model; names the nearest.
        """
        known = self._simulated.get(name) or self._offered.get(name)
        if known is not None:
            return known
        if self._prices.price(name) is not None:
            return self._external(name, name.partition("/")[2])
        names = [*self._simulated, *self._offered, *self._prices.models()]
        raise ModelNotFoundError(name, difflib.get_close_matches(name, names, n=3, cutoff=0.4))

    def require(self, name: str) -> ModelInfo:
        """A model that can be asked now.

        Raises:
            ModelNotFoundError: No such model.
            MissingKeyError: Its provider's key is not configured.
        """
        info = self.info(name)
        if not info.available:
            raise MissingKeyError(f"{info.label} cannot be asked: {info.note}")
        return info

    def cost(self, name: str, usage: Usage) -> Decimal | None:
        """USD for these tokens, exact; None when the price is unknown."""
        simulated = self._simulated_prices.get(name)
        if simulated is not None:
            return simulated.cost(usage)
        return self._prices.cost(name, usage)

    def price_version(self, name: str) -> str | None:
        """The table a price came from; None when the price is unknown."""
        if name in self._simulated_prices:
            return _SIMULATED_PRICES
        return self._prices.version if self._prices.price(name) is not None else None

    def _load_offered(self, file: Path) -> dict[str, ModelInfo]:
        entries = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else []
        offered = {entry["name"]: self._external(entry["name"], entry["label"]) for entry in entries}
        return offered | {name: self._external(name, name) for name in self._settings.extra_models}

    def _external(self, name: str, label: str) -> ModelInfo:
        provider = name.partition("/")[0]
        missing = self._missing_key(provider)
        return ModelInfo(name, label, provider, False, missing is None, missing or "", ("coach", "judge"))

    def _missing_key(self, provider: str) -> str | None:
        if provider == "openai":
            return None if self._settings.openai_api_key else "Set OPENAI_API_KEY and start again."
        if provider == "anthropic":
            return None if self._settings.anthropic_api_key else "Set ANTHROPIC_API_KEY and start again."
        if provider in ("bedrock", "bedrock_converse"):
            there = self._settings.aws_region and (os.environ.get("AWS_ACCESS_KEY_ID") or os.environ.get("AWS_PROFILE"))
            return None if there else "Set AWS_REGION and AWS credentials, and start again."
        variable = f"{provider.upper().replace('-', '_')}_API_KEY"
        return None if os.environ.get(variable) else f"Set {variable} and start again."
