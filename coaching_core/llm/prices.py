"""What models cost: a versioned table of our own, exact in Decimal, that a person can correct (ledger L4).

The table is a copy of LiteLLM's (``coaching_core.llm.copy_prices`` makes it), so that a model retired there keeps the
price its past calls were made at.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn

from coaching_core.errors import InvalidInputError
from coaching_core.llm.types import Usage

PRICE_FILE = Path("prices") / "litellm.json"
_REQUIRED = ("input", "output")
_OPTIONAL = ("cached_input", "cache_write")


@dataclass(frozen=True, slots=True)
class Price:
    """What one token of a model costs, USD.

    Attributes:
        input: A token of the question.
        output: A token of the answer.
        cached_input: A token of the question that the provider had cached; None when it gives no discount.
        cache_write: A token that is written to the cache; None when that costs nothing extra. We never ask for a
            cache to be written, so no cost contains it.
        flat_until: Longest question, in tokens, these prices hold for; None when they always do. Longer ones cost
            more, by tiers that the table does not carry.
    """

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    flat_until: int | None = None

    def cost(self, usage: Usage) -> Decimal | None:
        """USD for these tokens, exact; None where the price does not hold or the usage contradicts itself."""
        if self.flat_until is not None and usage.input_tokens > self.flat_until:
            return None
        if not 0 <= usage.cached_tokens <= usage.input_tokens or usage.output_tokens < 0:
            return None
        cached = self.input if self.cached_input is None else self.cached_input
        fresh_tokens = usage.input_tokens - usage.cached_tokens
        return fresh_tokens * self.input + usage.cached_tokens * cached + usage.output_tokens * self.output


class PriceTable:
    """Prices by ``provider/model``.

    Attributes:
        version: Which table this is; written on every PromptRun, e.g. ``litellm-1.106.2+overrides``.
    """

    def __init__(self, version: str, prices: Mapping[str, Price]) -> None:
        self.version = version
        self._prices = dict(prices)

    def price(self, model: str) -> Price | None:
        """The price of ``provider/model``; None when it is unknown."""
        return self._prices.get(model)

    def cost(self, model: str, usage: Usage) -> Decimal | None:
        """USD for these tokens, exact; None when the price is unknown, never 0 for that."""
        price = self._prices.get(model)
        return None if price is None else price.cost(usage)

    def models(self) -> tuple[str, ...]:
        """Every ``provider/model`` with a price, sorted."""
        return tuple(sorted(self._prices))


def load_price_table(datasets_dir: Path, overrides: Path | None) -> PriceTable:
    """Read the built-in table, and the prices a person set over it.

    Args:
        datasets_dir: Folder with ``prices/litellm.json``.
        overrides: A JSON file ``{"openai/gpt-4o": {"input": 2.5, "output": 10, "cached_input": 1.25}}`` in USD per
            *million* tokens. An entry replaces the whole built-in price of its model, or adds a model.

    Raises:
        InvalidInputError: A file that cannot be read; says which one and what is wrong in it.
    """
    file = datasets_dir / PRICE_FILE
    document = _read(file)
    version, models = document.get("version"), document.get("models")
    if not isinstance(version, str) or not isinstance(models, dict):
        _refuse(file, "it needs a version and models; make it with `python -m coaching_core.llm.copy_prices`")
    prices = {model: _built_in(file, model, entry) for model, entry in models.items()}
    if overrides is None:
        return PriceTable(version, prices)
    own = {model: _override(overrides, model, entry) for model, entry in _read(overrides).items()}
    return PriceTable(f"{version}+overrides", prices | own)


def _built_in(file: Path, model: str, entry: Mapping[str, Any]) -> Price:
    try:
        amounts = {name: Decimal(entry[name]) for name in (*_REQUIRED, *_OPTIONAL) if name in entry}
        cached, write = amounts.get("cached_input"), amounts.get("cache_write")
        return Price(amounts["input"], amounts["output"], cached, write, entry.get("flat_until"))
    except (KeyError, TypeError, ArithmeticError, AttributeError):
        _refuse(file, f"“{model}” has no usable price")


def _override(file: Path, model: str, entry: object) -> Price:
    if not all(model.partition("/")):
        _refuse(file, f"“{model}” is not a provider/model, such as openai/gpt-4o")
    if not isinstance(entry, dict):
        _refuse(file, f"“{model}” must be an object with input and output, USD per million tokens")
    unknown = sorted(set(entry) - {*_REQUIRED, *_OPTIONAL})
    if unknown:
        _refuse(file, f"“{model}” has unknown fields: {', '.join(unknown)}")
    missing = [name for name in _REQUIRED if name not in entry]
    if missing:
        _refuse(file, f"“{model}” lacks {' and '.join(missing)}")
    amounts = {name: _per_token(file, model, name, amount) for name, amount in entry.items()}
    return Price(amounts["input"], amounts["output"], amounts.get("cached_input"), amounts.get("cache_write"))


def _per_token(file: Path, model: str, name: str, amount: object) -> Decimal:
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal) or amount < 0:
        _refuse(file, f"{name} of “{model}” must be a number of USD per million tokens, 0 or more")
    return Decimal(amount).scaleb(-6)


def _read(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(
            file.read_text(encoding="utf-8"), parse_float=Decimal, parse_constant=lambda name: _refuse(file, f"{name}?")
        )
    except OSError as error:
        raise InvalidInputError(f"Price file {file} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise InvalidInputError(f"Price file {file} is not JSON: {error}.") from error
    if not isinstance(document, dict):
        _refuse(file, "it must be an object of provider/model")
    return document


def _refuse(file: Path, reason: str) -> NoReturn:
    raise InvalidInputError(f"Price file {file}: {reason}.")
