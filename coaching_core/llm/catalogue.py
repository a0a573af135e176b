"""Which models there are, which of them can be asked now, what they cost, and who stands in for whom."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from coaching_core.clock import utc_now
from coaching_core.errors import MissingKeyError, ModelDisabledError, ModelNotFoundError
from coaching_core.llm.configuration import (
    TASK_OF,
    Configuration,
    ModelDefaults,
    ModelSettings,
    OwnPrice,
    Task,
)
from coaching_core.llm.keys import missing_key
from coaching_core.llm.prices import ModelFacts, Price, PriceTable
from coaching_core.llm.providers.simulated import SIMULATED_MODELS
from coaching_core.llm.types import ModelInfo, Purpose, Usage
from coaching_core.settings import Settings
from coaching_core.yaml_text import load_yaml

_MILLION = Decimal(1_000_000)
_SIMULATED_PRICES = "simulated-1"
_SWITCHED_OFF = "Switched off in Admin, Models."

DEFAULT_CHAINS: Mapping[Task, tuple[str, ...]] = MappingProxyType(
    {
        Task.LIVE_CHAT: ("simulated/coach-steady",),
        Task.BACKGROUND: ("simulated/coach-steady",),
        Task.JUDGE: ("simulated/judge",),
    }
)
"""Who answers for a task until an admin chooses: models that need no key."""


@dataclass(frozen=True, slots=True)
class PriceInForce:
    """The price of a model at a moment, and where it is from.

    Attributes:
        version: What is written on a PromptRun, e.g. ``litellm-1.106.2+own:01J…``.
        source: ``list``: the built-in table. ``file``: PRICE_OVERRIDES. ``own``: set in the app.
        since: When a price set in the app began to hold; None for others.
    """

    price: Price
    version: str
    source: Literal["list", "file", "own", "simulated"]
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """All that the store said when it was asked last. It is replaced whole, so that a reader never sees half of it.

    Attributes:
        models: Those that screens offer.
        others: Those that were asked for beside them, kept because the next call asks for the same.
    """

    models: Mapping[str, ModelInfo]
    others: dict[str, ModelInfo] = field(default_factory=dict)
    settings: Mapping[str, ModelSettings] = field(default_factory=dict)
    prices: Mapping[str, tuple[OwnPrice, ...]] = field(default_factory=dict)
    chains: Mapping[Task, tuple[str, ...]] = field(default_factory=dict)


class Catalogue:
    """The models of this installation.

    A model exists when it is simulated, stands in ``datasets/models.yaml``, in the price table or in EXTRA_MODELS, or
    was added in the app. It is available when its provider's key is configured and nobody switched it off.

    What admins set in the app comes in by :meth:`configure`; without that, as at the shell, settings and files hold.
    """

    def __init__(self, settings: Settings, prices: PriceTable) -> None:
        self.prices = prices
        self._settings = settings
        self._simulated = {
            model.name: ModelInfo(model.name, model.label, "simulated", True, True, model.note, (model.role,))
            for model in SIMULATED_MODELS
        }
        self._simulated_prices = {
            model.name: PriceInForce(
                Price(
                    input=model.input_usd_per_mtok / _MILLION,
                    output=model.output_usd_per_mtok / _MILLION,
                    cached_input=model.cached_usd_per_mtok / _MILLION,
                    free_writes=True,
                ),
                _SIMULATED_PRICES,
                "simulated",
            )
            for model in SIMULATED_MODELS
        }
        self._labels = self._load_labels(settings.datasets_dir / "models.yaml")
        self.configure(Configuration())

    def configure(self, configuration: Configuration) -> None:
        """Take over what admins set; calls that begin from now on see all of it."""
        self._configuration = configuration
        settings = {one.model: one for one in configuration.settings}
        names = [*self._simulated, *(name for name in {**self._labels, **settings} if name not in self._simulated)]
        prices: dict[str, tuple[OwnPrice, ...]] = {}
        for own in sorted(configuration.prices, key=lambda price: (price.valid_from, price.id)):
            prices[own.model] = (*prices.get(own.model, ()), own)
        self._now = _Snapshot(
            models={name: self._describe(name, settings.get(name)) for name in names},
            settings=settings,
            prices=prices,
            chains={task.task: task.chain for task in configuration.tasks if task.models},
        )

    def configuration_of(self, names: Collection[str]) -> Configuration:
        """What admins set for these models; the provider matrix is not part of it."""
        return Configuration(
            settings=tuple(one for one in self._configuration.settings if one.model in names),
            prices=tuple(one for one in self._configuration.prices if one.model in names),
        )

    def models(self) -> tuple[ModelInfo, ...]:
        """All models a screen offers: the simulated ones first, then the configured ones."""
        return tuple(self._now.models.values())

    def info(self, name: str) -> ModelInfo:
        """What is known of a model.

        Raises:
            ModelNotFoundError: No such model; names the nearest.
        """
        now = self._now
        known = now.models.get(name) or now.others.get(name)
        if known is not None:
            return known
        if self.prices.price(name) is not None or name in now.prices:
            return now.others.setdefault(name, self._describe(name, None))
        names = [*now.models, *now.prices, *self.prices.models()]
        raise ModelNotFoundError(name, difflib.get_close_matches(name, names, n=3, cutoff=0.4))

    def require(self, name: str) -> ModelInfo:
        """A model that can be asked now.

        Raises:
            ModelNotFoundError: No such model.
            ModelDisabledError: It is switched off.
            MissingKeyError: Its provider's key is not configured.
        """
        info = self.info(name)
        if not info.available:
            kind = ModelDisabledError if info.note == _SWITCHED_OFF else MissingKeyError
            raise kind(f"{info.label} cannot be asked: {info.note}")
        return info

    def is_added(self, name: str) -> bool:
        """Whether a model is offered only because an admin added it in the app."""
        return name in self._now.settings and name not in self._simulated and name not in self._labels

    def facts(self, name: str) -> ModelFacts:
        """Context, longest answer and abilities, as far as they are on record."""
        return self.prices.facts(name)

    def context(self, name: str) -> int | None:
        """Longest question in tokens: as an admin set it, else as it is on record; None when unknown."""
        settings = self._now.settings.get(name)
        return settings.context if settings and settings.context else self.prices.facts(name).context

    def defaults(self, name: str) -> ModelDefaults:
        """What a call gets that does not say."""
        settings = self._now.settings.get(name)
        return ModelDefaults(settings.temperature, settings.max_tokens) if settings else ModelDefaults()

    def price(self, name: str, at: datetime | None = None) -> PriceInForce | None:
        """The price that holds at a moment (now, if none is given); None when it is unknown."""
        simulated = self._simulated_prices.get(name)
        if simulated is not None:
            return simulated
        own = self._now.prices.get(name)
        if own:
            moment = at or utc_now()
            for dated in reversed(own):
                if dated.valid_from <= moment:
                    version = f"{self.prices.version}+own:{dated.id}"
                    return PriceInForce(dated.price, version, "own", dated.valid_from)
        listed = self.prices.price(name)
        if listed is None:
            return None
        return PriceInForce(listed, self.prices.version, "file" if name in self.prices.overridden else "list")

    def cost(self, name: str, usage: Usage, at: datetime | None = None) -> Decimal | None:
        """USD for these tokens of a call begun ``at`` (now, if not given), exact; None when it is unknown."""
        found = self.price(name, at)
        return None if found is None else found.price.cost(usage)

    def worst_case(
        self, name: str, input_tokens: int, output_tokens: int, at: datetime | None = None
    ) -> Decimal | None:
        """The most a call of at most so many tokens can cost, USD; None when the price is unknown."""
        found = self.price(name, at)
        return None if found is None else found.price.worst_case(input_tokens, output_tokens)

    def price_version(self, name: str, at: datetime | None = None) -> str | None:
        """The table or the own price that holds; None when the price is unknown."""
        found = self.price(name, at)
        return None if found is None else found.version

    def chain(self, task: Task) -> tuple[str, ...]:
        """Who is asked for a task, the first one first."""
        return self._now.chains.get(task) or DEFAULT_CHAINS.get(task, ())

    def fallbacks(self, name: str, purpose: Purpose) -> tuple[str, ...]:
        """Who may answer for this purpose when ``name`` cannot, in this order; nobody until an admin chose somebody.

        They are the models chosen for the purpose's task that can be asked now. A simulated model never stands in for
        a real one, nor a real one for a simulated.
        """
        task = TASK_OF.get(purpose)
        chosen = self._now.chains.get(task, ()) if task else ()
        return tuple(other for other in chosen if other != name and self._stands_in(other, name))

    def _stands_in(self, other: str, name: str) -> bool:
        try:
            info = self.info(other)
        except ModelNotFoundError:
            return False
        return info.available and info.simulated == (name in self._simulated)

    def _load_labels(self, file: Path) -> dict[str, str]:
        entries = load_yaml(file.read_text(encoding="utf-8")) if file.exists() else []
        return {entry["name"]: entry["label"] for entry in entries} | {
            name: name for name in self._settings.extra_models
        }

    def _describe(self, name: str, settings: ModelSettings | None) -> ModelInfo:
        given = settings or ModelSettings(name)
        simulated = self._simulated.get(name)
        provider = name.partition("/")[0]
        missing = None if simulated else missing_key(self._settings, provider)
        note = missing or given.note or (simulated.note if simulated else "")
        label = given.label or (simulated.label if simulated else self._labels.get(name)) or name.partition("/")[2]
        if simulated:
            roles = simulated.roles
        else:
            roles = ("embedding",) if self.prices.facts(name).embedding else ("coach", "judge")
        available = given.enabled and missing is None
        return ModelInfo(
            name, label, provider, simulated is not None, available, note if given.enabled else _SWITCHED_OFF, roles
        )
