"""What the Models screen says: rows, words and figures; no Streamlit in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation

from coaching_core.errors import InvalidInputError
from coaching_core.llm.catalogue import PriceInForce
from coaching_core.llm.configuration import Task
from coaching_core.llm.price import Price, Rates
from coaching_core.llm.types import ModelInfo, Usage
from coaching_core.models.models import ModelView, PriceChange, PriceDraft, PriceEffect, ProviderAccess
from pages.view_models.words import DASH, MINUS, count, day, moment, plural

EXAMPLE = Usage(1_000, 300)
"""The call a change of price is shown by."""

AMOUNTS = {
    "input": "Fresh input",
    "output": "Output",
    "cached_input": "Cached input",
    "cache_write": "Cache write, 5 min",
    "cache_write_1h": "Cache write, 1 h",
}
"""The rates of a price, and what they are called."""

TASKS = {
    Task.LIVE_CHAT: ("Live chat", "A person waits: small and fast."),
    Task.BACKGROUND: ("Background", "Analyses, summaries, assessments, personal prompts."),
    Task.JUDGE: ("Judge", "Scores answers against a rubric."),
    Task.EMBEDDING: ("Embedding", "Turns texts into vectors for search."),
}
"""Each task, and what it is."""

PROVIDERS = {"openai": "OpenAI", "anthropic": "Anthropic", "bedrock": "Amazon Bedrock", "simulated": "Simulated"}
_ABILITIES = {"prompt_caching": "caching", "functions": "tools", "json_schema": "schema", "reasoning": "reasoning"}
_SOURCES = {"list": "List price", "file": "Price file", "own": "Set here", "simulated": "Pretended"}
_ROLES_OF = {Task.JUDGE: "judge", Task.EMBEDDING: "embedding"}


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A line of the table of models. Prices are USD per million tokens."""

    name: str
    label: str
    provider: str
    state: str
    context: int | None
    input: float | None
    cached: float | None
    write: float | None
    output: float | None
    price_from: str
    abilities: str
    roles: str


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A line of a model's price history."""

    id: str
    holds_from: str
    amounts: str
    state: str
    by: str


def model_rows(views: Iterable[ModelView], zone: tzinfo) -> list[ModelRow]:
    """The table, in the order given."""
    return [_row(view, zone) for view in views]


def state_of(view: ModelView) -> str:
    """Whether a model can be asked, in a word or two."""
    if not view.settings.enabled:
        return "Off"
    return "Ready" if view.info.available else "No key"


def provider_name(provider: str) -> str:
    """What a person calls a provider."""
    return PROVIDERS.get(provider, provider)


def price_source(price: PriceInForce | None, zone: tzinfo) -> str:
    """Where a price is from, and since when it holds."""
    if price is None:
        return "Unknown"
    since = f" since {day(price.since, zone)}" if price.since else ""
    return _SOURCES[price.source] + since


def abilities_in_words(view: ModelView) -> str:
    """What a model can do beside talking, as far as it is on record."""
    return ", ".join(_ABILITIES.get(name, name) for name in view.facts.capabilities)


def roles_in_words(view: ModelView) -> str:
    """A model's places in the provider matrix."""
    words = []
    for role in view.roles:
        place = "primary" if role.place == 0 else f"fallback {role.place}"
        words.append(f"{TASKS[role.task][0]} ({place})")
    return ", ".join(words)


def per_million(amount: Decimal | None) -> str:
    """$2.50 for a price of 0.0000025 a token; all digits it has."""
    if amount is None:
        return DASH
    return _all_digits(amount.scaleb(6), 2)


def rate_lines(rates: Rates) -> list[tuple[str, str]]:
    """The rates of a price by name, those that are known."""
    return [(label, per_million(getattr(rates, name))) for name, label in AMOUNTS.items() if name_known(rates, name)]


def name_known(rates: Rates, name: str) -> bool:
    """Whether this rate has a figure."""
    return getattr(rates, name) is not None


def tiers_in_words(price: Price) -> list[str]:
    """What else is on record beside the ordinary rates."""
    longer = [
        f"Questions above {count(tier.above_tokens)} tokens: {per_million(tier.rates.input)} in, "
        f"{per_million(tier.rates.output)} out."
        for tier in price.context_tiers
    ]
    services = [
        f"{name.capitalize()} service: {per_million(other.input)} in, {per_million(other.output)} out."
        for name, other in price.service_tiers.items()
    ]
    return longer + services


def effect_in_words(effect: PriceEffect) -> str:
    """A call of 1,000 + 300 tokens: $0.0045 → $0.0030 (−$0.0015)."""
    asked, answered = count(effect.usage.input_tokens), count(effect.usage.output_tokens)
    before, after = (DASH if cost is None else _all_digits(cost, 4) for cost in (effect.before, effect.after))
    words = f"A call of {asked} + {answered} tokens: {before} → {after}"
    if effect.before is None or effect.after is None or effect.before == effect.after:
        return words + "."
    change = effect.after - effect.before
    return f"{words} ({'+' if change > 0 else MINUS}{_all_digits(abs(change), 4)})."


def price_lines(
    changes: Sequence[PriceChange], in_force: PriceInForce | None, now: datetime, zone: tzinfo
) -> list[PriceLine]:
    """The history, in the order given."""
    return [_line(change, _state_of_price(change, in_force, now), zone) for change in changes]


def draft_of(model: str, texts: dict[str, str], valid_from: datetime) -> PriceDraft:
    """The price a person typed, USD per million tokens.

    Raises:
        InvalidInputError: A text is no amount, or input or output is missing.
    """
    amounts = {name: _amount(texts.get(name, ""), label) for name, label in AMOUNTS.items()}
    asked, answered = amounts.pop("input"), amounts.pop("output")
    if asked is None or answered is None:
        raise InvalidInputError("A price needs at least fresh input and output. Write 0 where it costs nothing.")
    return PriceDraft(model, valid_from, asked, answered, **amounts)


def beginning_of(chosen: date, zone: tzinfo) -> datetime:
    """The first moment of a day where the viewer is, in UTC."""
    return datetime.combine(chosen, time(), zone).astimezone(UTC)


def candidates(infos: Iterable[ModelInfo], task: Task) -> list[str]:
    """The models that may answer for a task, those that can be asked now first."""
    role = _ROLES_OF.get(task, "coach")
    fit = [info for info in infos if role in info.roles]
    return [info.name for info in sorted(fit, key=lambda info: not info.available)]


def key_in_words(access: ProviderAccess) -> str:
    """Whether a provider's key is there, and where it is from; never the key."""
    if access.source is None:
        return "Missing"
    return f"Present, from the {access.source}"


def facts_of(views: Sequence[ModelView], providers: Sequence[ProviderAccess]) -> list[str]:
    """The line below the title."""
    ready = sum(view.info.available for view in views)
    keys = [provider_name(access.provider) for access in providers if access.source]
    return [
        plural(len(views), "model"),
        f"{ready} can be asked",
        f"keys of {', '.join(keys)}" if keys else "no key of a provider is set",
    ]


def _row(view: ModelView, zone: tzinfo) -> ModelRow:
    price = view.price.price if view.price else None
    return ModelRow(
        name=view.info.name,
        label=view.info.label,
        provider=provider_name(view.info.provider),
        state=state_of(view),
        context=view.context,
        input=_figure(price.input if price else None),
        cached=_figure(price.cached_input if price else None),
        write=_figure(price.cache_write if price else None),
        output=_figure(price.output if price else None),
        price_from=price_source(view.price, zone),
        abilities=abilities_in_words(view),
        roles=roles_in_words(view),
    )


def _all_digits(dollars: Decimal, at_least: int) -> str:
    digits = max(at_least, -int(dollars.normalize().as_tuple().exponent))
    return f"${dollars:.{digits}f}"


def _figure(amount: Decimal | None) -> float | None:
    return None if amount is None else float(amount.scaleb(6))


def _line(change: PriceChange, state: str, zone: tzinfo) -> PriceLine:
    by = f"{change.author}, {moment(change.created_at, zone)}"
    if change.price is None:
        return PriceLine(change.id, DASH, DASH, state, by)
    amounts = f"{per_million(change.price.input)} in, {per_million(change.price.output)} out"
    return PriceLine(change.id, _to_the_minute(change.valid_from, zone), amounts, state, by)


def _to_the_minute(value: datetime, zone: tzinfo) -> str:
    return f"{day(value, zone)}, {value.astimezone(zone):%H:%M}"


def _state_of_price(change: PriceChange, in_force: PriceInForce | None, now: datetime) -> str:
    if change.price is None:
        return "Takes one back"
    if change.withdrawn:
        return "Withdrawn"
    if change.valid_from > now:
        return "Not yet"
    return "In force" if in_force and in_force.version.endswith(f"own:{change.id}") else "Earlier"


def _amount(text: str, label: str) -> Decimal | None:
    cleaned = text.strip().removeprefix("$")
    if not cleaned:
        return None
    try:
        return Decimal(cleaned)
    except InvalidOperation as error:
        raise InvalidInputError(f"{label}: “{text.strip()}” is no amount. Write it like 2.50.") from error
