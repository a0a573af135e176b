"""How many calls may be under way at a provider at once: fewer after a 429, slowly more again (AIMD).

A run can wait where a person cannot: a call whose attempts were all refused, or met a provider that was down, gives
its place free and queues again, as long as there is hope.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from coaching_core.errors import ProviderDownError, ProviderPausedError, RateLimitedError
from coaching_core.llm.accounting import PromptRun
from coaching_core.llm.types import Completion, CompletionRequest, RunStatus
from evals.judge_context import CompletionGateway

MOST_ROUNDS = 20
"""How often a call queues at most that is refused."""

_ROUNDS_WHEN_DOWN = 3
_ROUNDS_WHEN_PAUSED = 10
_LONGEST_WAIT_SECONDS = 120.0
_REFUSALS_EACH = 4
_CUT = 0.5
_CALM_ROUNDS = 10.0
_ROUNDS_TO_DOUBLE = 2.0
_SHARE, _BOLDEST_SHARE = 0.1, 0.25
_RATE_LIMITED = RateLimitedError.__name__


class Pace:
    """The calls under way at one provider.

    After a 429 the limit is halved, once for all calls that were under way together; a whole round of answers adds
    one (Chiu and Jain 1989), or a tenth where the limit is below ten, since one more is much there. After ten calm
    rounds the steps grow, to a quarter of the limit a round at most, so that a limit that was lifted is soon forgotten.

    Args:
        most: Where the limit starts, and its upper end.

    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._limit = float(most)
        self._under_way = 0
        self._since_cut = 0
        self._calm = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._refused_in_a_row = 0

    @property
    def limit(self) -> int:
        """How many calls may be under way now."""
        return max(1, int(self._limit))

    @property
    def under_way(self) -> int:
        """How many calls have a place."""
        return self._under_way

    @property
    def is_refused_throughout(self) -> bool:
        """Whether 429 is all that came back for so long that less at once will not help, as when a quota is used up."""
        return self._refused_in_a_row > _REFUSALS_EACH * self._most

    async def enter(self) -> None:
        """Wait for a place."""
        if self._under_way < self.limit and not self._waiting:
            self._under_way += 1
            return
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        """Give the place free."""
        self._under_way -= 1
        self._wake()

    def answered(self) -> None:
        """An attempt brought an answer."""
        self._refused_in_a_row = 0
        self._since_cut += 1
        if self._limit < self._most:
            self._calm += 1 / self._limit
            self._limit = min(self._most, self._limit + self._step() / self._limit)
            self._wake()

    def refused(self) -> None:
        """An attempt was refused with a 429."""
        self._calm = 0.0
        self._refused_in_a_row += 1
        if self._since_cut >= 0:
            self._limit = max(1.0, self._limit * _CUT)
            self._since_cut = -self._under_way
        else:
            self._since_cut += 1

    def _step(self) -> float:
        """What a whole round of answers adds."""
        bold = 2 ** max(0.0, (self._calm - _CALM_ROUNDS) / _ROUNDS_TO_DOUBLE)
        return min(bold * min(1.0, _SHARE * self._limit), max(1.0, _BOLDEST_SHARE * self._limit))

    def _wake(self) -> None:
        while self._waiting and self._under_way < self.limit:
            place = self._waiting.popleft()
            if not place.done():
                self._under_way += 1
                place.set_result(None)


class PacedGateway:
    """A gateway whose calls keep the pace of their providers.

    Args:
        most: Calls at once, for each provider.
        sleep: Waits so many seconds.
    """

    def __init__(
        self, gateway: CompletionGateway, most: int, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._gateway = gateway
        self._most = most
        self._sleep = sleep
        self._paces: dict[str, Pace] = {}

    def pace(self, model: str) -> Pace:
        """The pace of the provider of a model."""
        provider = model.partition("/")[0]
        if provider not in self._paces:
            self._paces[provider] = Pace(self._most)
        return self._paces[provider]

    async def complete(self, request: CompletionRequest) -> Completion:
        """As the gateway; waits for a place before, and queues again where that may help.

        Raises:
            RateLimitedError: Refused until its attempts ran out, and so is everybody else; or too often.
            ProviderDownError: Down again and again.
        """
        pace = self.pace(request.model)
        rounds = 0
        while True:
            await pace.enter()
            try:
                return await self._gateway.complete(request)
            except (RateLimitedError, ProviderDownError) as error:
                rounds += 1
                wait = error.retry_after or 0.0
                if not _may_help(error, rounds, pace) or wait > _LONGEST_WAIT_SECONDS:
                    raise
            finally:
                pace.leave()
            await self._sleep(wait)

    def heard(self, run: PromptRun) -> None:
        """An attempt has ended."""
        if run.error == _RATE_LIMITED:
            self.pace(run.model).refused()
        elif run.status is RunStatus.OK and run.attempt > 0:
            self.pace(run.model).answered()


def _may_help(error: RateLimitedError | ProviderDownError, rounds: int, pace: Pace) -> bool:
    """Whether to ask once more a provider that refused or failed until the call's attempts ran out."""
    if isinstance(error, RateLimitedError):
        return rounds < MOST_ROUNDS and not pace.is_refused_throughout
    return rounds < (_ROUNDS_WHEN_PAUSED if isinstance(error, ProviderPausedError) else _ROUNDS_WHEN_DOWN)
