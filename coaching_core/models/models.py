"""The shapes of the models feature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from coaching_core.llm.catalogue import PriceInForce
from coaching_core.llm.configuration import ModelSettings, Task
from coaching_core.llm.price import Price
from coaching_core.llm.prices import ModelFacts
from coaching_core.llm.types import ModelInfo, Usage


@dataclass(frozen=True, slots=True)
class PriceDraft:
    """A price a person sets, USD per *million* tokens.

    Attributes:
        valid_from: From when on it holds; in the past as well, for calls that are priced later. Calls that were
            priced keep what they cost.
        cached_input, cache_write, cache_write_1h: None where the provider has no such price.
    """

    model: str
    valid_from: datetime
    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PriceChange:
    """A line of a model's price history.

    Attributes:
        price: None for the line that withdraws another.
        withdraws: The id of the line that this one takes back.
        withdrawn: Another line took this one back, so that it does not hold.
    """

    id: str
    model: str
    valid_from: datetime
    price: Price | None
    withdraws: str | None
    author: str
    created_at: datetime
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class PriceEffect:
    """What one call costs before and after a change; None where that is not known."""

    usage: Usage
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True, slots=True)
class TaskRole:
    """A model's place in the provider matrix. ``place`` 0 is the primary one; ``asked_first`` minds the swap."""

    task: Task
    place: int
    asked_first: bool


@dataclass(frozen=True, slots=True)
class ModelView:
    """All that is known of one model.

    Attributes:
        settings: What an admin set; the defaults when nobody did.
        changed_by: Who set it; None when nobody did.
        added: It is in the list because an admin added it in the app.
        context: Longest question, tokens; None when not known.
    """

    info: ModelInfo
    settings: ModelSettings
    changed_by: str | None
    added: bool
    price: PriceInForce | None
    facts: ModelFacts
    context: int | None
    roles: tuple[TaskRole, ...]


@dataclass(frozen=True, slots=True)
class ProviderAccess:
    """Whether a provider can be asked; never the key.

    Attributes:
        variable: The variable its key is looked for under; None when it needs none.
        source: Where the key is from; None when there is none.
        missing: What is missing, in words; None when nothing is.
        models: How many models of it are offered.
    """

    provider: str
    variable: str | None
    source: Literal["environment", "secret store"] | None
    missing: str | None
    models: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What one call to a model brought.

    Attributes:
        text: The answer, or what there was of it; of an embedding, what the vector is like.
        error: What went wrong, in words; None when all went well.
        asked_at: When.
    """

    model: str
    text: str
    simulated: bool
    asked_at: datetime
    error: str | None = None
    usage: Usage | None = None
    cost: Decimal | None = None
    ttft_ms: float | None = None
    latency_ms: float | None = None
    prompt_run_id: str | None = None
