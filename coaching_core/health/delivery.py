"""Empties the webhook's outbox: what is due is sent, what fails is tried again later, for about eight hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from coaching_core.clock import Clock, utc_now
from coaching_core.health.models import Delivery, DeliveryState
from coaching_core.health.outbox import select_due, update_delivery
from coaching_core.health.webhook import MOST_ATTEMPTS, Answer, Webhook, wait_seconds
from coaching_core.storage.database import Database

_AT_A_TIME = 20


class Courier:
    """Sends what the webhook is owed.

    Args:
        database: Where the outbox is.
        webhook: Where to.
    """

    def __init__(self, database: Database, webhook: Webhook, clock: Clock = utc_now) -> None:
        self._database = database
        self._webhook = webhook
        self._clock = clock

    def deliver_due(self) -> int:
        """Send what is due, oldest first; returns how many were heard. One that fails holds up no other."""
        with self._database.read() as connection:
            due = select_due(connection, self._clock(), _AT_A_TIME)
        return sum(self._try(delivery) for delivery in due)

    def _try(self, delivery: Delivery) -> bool:
        answer = self._webhook.send(delivery.id, delivery.body, self._clock().timestamp())
        with self._database.unit_of_work() as work:
            update_delivery(work.connection, self._after(delivery, answer))
        return answer.ok

    def _after(self, delivery: Delivery, answer: Answer) -> Delivery:
        now, attempts = self._clock(), delivery.attempts + 1
        tried = replace(delivery, attempts=attempts, answer=answer.words)
        if answer.ok:
            return replace(tried, state=DeliveryState.DELIVERED, ended_at=now)
        if attempts >= MOST_ATTEMPTS:
            return replace(tried, state=DeliveryState.GIVEN_UP, ended_at=now)
        return replace(tried, due_at=now + timedelta(seconds=wait_seconds(attempts, answer.retry_after)))
