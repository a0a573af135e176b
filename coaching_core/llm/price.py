"""What one model costs: fresh, cached and written tokens, long questions, tiers of service; exact in Decimal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from coaching_core.llm.types import Usage

STANDARD_TIERS = frozenset({None, "standard", "default", "auto"})
"""What providers call the tier that is served when nobody asks for another."""

UNASKED_TIERS = ("priority",)
"""Tiers that may be billed though no call asks for them: an OpenAI project can make ``priority`` its default."""


@dataclass(frozen=True, slots=True)
class Rates:
    """USD for one token of each kind.

    Attributes:
        input: A fresh token of the question.
        output: A token of the answer; 0 for embeddings, which have none.
        cached_input: A token of the question that is read from the provider's cache; None where none is known.
        cache_write: A token that is written to the cache for some minutes, instead of ``input``; None: not known.
        cache_write_1h: A token that is written for an hour; None: not known.
    """

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    cache_write_1h: Decimal | None = None

    def dearest(self, input_tokens: int, output_tokens: int) -> Decimal:
        """The most so many tokens can cost, whichever of them are written to the cache for minutes."""
        return input_tokens * max(self.input, self.cache_write or self.input) + output_tokens * self.output


@dataclass(frozen=True, slots=True)
class ContextTier:
    """Rates of long questions. They hold for the whole call, answer included, as every provider has it.

    Attributes:
        above_tokens: Longest question, cached tokens included, that these rates do *not* yet hold for.
    """

    above_tokens: int
    rates: Rates


@dataclass(frozen=True, slots=True)
class Price(Rates):
    """What one token of a model costs, USD: its rates at the standard tier of service, and all others.

    Attributes:
        context_tiers: Rates of longer questions, the shortest first.
        service_tiers: Prices of other tiers of service by name: ``flex``, ``priority``, ``batch`` …
        free_writes: Whether writing to the cache costs no more than reading anew where no price for it is given
            (OpenAI). False: such a price is unknown.
    """

    context_tiers: tuple[ContextTier, ...] = ()
    service_tiers: Mapping[str, Price] = field(default_factory=dict)
    free_writes: bool = False

    @classmethod
    def of(
        cls, rates: Rates, context_tiers: tuple[ContextTier, ...] = (), service_tiers: Mapping[str, Price] | None = None
    ) -> Price:
        """A price made of its rates."""
        amounts = (rates.input, rates.output, rates.cached_input, rates.cache_write, rates.cache_write_1h)
        return cls(*amounts, context_tiers, service_tiers or {})

    def cost(self, usage: Usage) -> Decimal | None:
        """USD for these tokens, exact.

        None where it is not known: a tier of service or a kind of token without a price, or usage that contradicts
        itself. Tokens read from the cache cost as much as others where the model has no discount at all; where it has
        one, and just this tier has none on record, they are unknown.
        """
        fresh = usage.input_tokens - usage.cached_tokens - usage.cache_write_tokens
        counts = (fresh, usage.cached_tokens, usage.cache_write_tokens, usage.output_tokens)
        if min(counts) < 0 or not 0 <= usage.cache_write_1h_tokens <= usage.cache_write_tokens:
            return None
        rates = self._rates_of(usage)
        if rates is None:
            return None
        total = fresh * rates.input + usage.output_tokens * rates.output
        if usage.cached_tokens:
            cached = self._read_rate(rates)
            if cached is None:
                return None
            total += usage.cached_tokens * cached
        if usage.cache_write_tokens:
            written = self._cost_of_writing(rates, usage)
            return None if written is None else total + written
        return total

    def worst_case(self, input_tokens: int, output_tokens: int) -> Decimal:
        """The most that a call of at most so many tokens can cost, USD; what is reserved before it is sent.

        It counts every token of the question as written to the cache where that is dearer, the tiers of questions up
        to that length, and tiers of service that come unasked. Not in it is what no call of ours asks for: caches of
        an hour, ``ultrafast`` service.
        """
        schedules = [self, *(self.service_tiers[name] for name in UNASKED_TIERS if name in self.service_tiers)]
        return max(
            rates.dearest(input_tokens, output_tokens)
            for price in schedules
            for rates in price._rates_up_to(input_tokens)
        )

    def _rates_up_to(self, input_tokens: int) -> Iterator[Rates]:
        yield self
        for tier in self.context_tiers:
            if input_tokens > tier.above_tokens:
                yield tier.rates

    def _rates_of(self, usage: Usage) -> Rates | None:
        own = _context_tier(self.context_tiers, usage.input_tokens)
        if usage.service_tier in STANDARD_TIERS:
            return self if own is None else own.rates
        other = self.service_tiers.get(str(usage.service_tier).lower())
        if other is None:
            return None
        theirs = _context_tier(other.context_tiers, usage.input_tokens)
        if own is None:
            return other if theirs is None else theirs.rates
        return theirs.rates if theirs is not None and theirs.above_tokens == own.above_tokens else None

    def _read_rate(self, rates: Rates) -> Decimal | None:
        if rates.cached_input is not None:
            return rates.cached_input
        return rates.input if self.cached_input is None else None

    def _cost_of_writing(self, rates: Rates, usage: Usage) -> Decimal | None:
        short_tokens = usage.cache_write_tokens - usage.cache_write_1h_tokens
        short, long = rates.cache_write, rates.cache_write_1h
        if short is None and self.free_writes and self.cache_write is None:
            short = rates.input
        total = Decimal(0)
        for tokens, rate in ((short_tokens, short), (usage.cache_write_1h_tokens, long)):
            if tokens and rate is None:
                return None
            total += tokens * (rate or Decimal(0))
        return total


def _context_tier(tiers: tuple[ContextTier, ...], input_tokens: int) -> ContextTier | None:
    found = None
    for tier in tiers:
        if input_tokens > tier.above_tokens:
            found = tier
    return found
