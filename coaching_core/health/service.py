"""Alerts: looks at the rules, keeps where they stand, tells the webhook, and lets people acknowledge and adjust."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NoReturn

from coaching_core.clock import Clock, IdFactory, new_id, utc_now
from coaching_core.errors import InvalidInputError, NotFoundError
from coaching_core.health import outbox, repository
from coaching_core.health.defaults import DEFAULT_RULES
from coaching_core.health.delivery import Courier
from coaching_core.health.models import Alert, AlertEvent, AlertState, Delivery, EventKind, Rule, Sample
from coaching_core.health.rules import acknowledged, checked, next_state
from coaching_core.health.sources import Sources
from coaching_core.health.webhook import Webhook
from coaching_core.storage.database import Database
from coaching_core.storage.unit_of_work import UnitOfWork

_LEASE = "alerts"
_LEASE_SECONDS = 60.0
_KEEP_PROBES = timedelta(days=8)
_KEEP_EVENTS = timedelta(days=400)
_ORDER = {rule.id: place for place, rule in enumerate(DEFAULT_RULES)}


class HealthService:
    """Rules and alerts of this installation.

    Args:
        database: The store.
        sources: Where values come from.
        webhook: Who is told; None for nobody.
        url: Where the workbench is, for messages.
    """

    def __init__(
        self,
        database: Database,
        sources: Sources,
        webhook: Webhook | None = None,
        url: str = "",
        clock: Clock = utc_now,
        ids: IdFactory = new_id,
    ) -> None:
        self.webhook = webhook
        self._database = database
        self._sources = sources
        self._url = url
        self._clock = clock
        self._ids = ids
        self._owner = ids()
        with database.unit_of_work() as work:
            repository.add_rules(work.connection, DEFAULT_RULES)

    def rules(self) -> tuple[Rule, ...]:
        """All rules, in the order in which they come with the workbench."""
        with self._database.read() as connection:
            return _sorted(repository.select_rules(connection))

    def alerts(self) -> tuple[Alert, ...]:
        """Every rule with where it stands, one for each of its subjects; rules never looked at have a blank state."""
        with self._database.read() as connection:
            rules, states = repository.select_rules(connection), repository.select_states(connection)
        found: list[Alert] = []
        for rule in _sorted(rules):
            own = sorted((state for state in states if state.rule_id == rule.id), key=lambda state: state.subject)
            found += [Alert(rule, state) for state in own] or [Alert(rule, AlertState(rule.id))]
        return tuple(found)

    def history(self, limit: int = 50, offset: int = 0) -> tuple[tuple[AlertEvent, ...], int]:
        """A page of what happened, newest first, and how much there is in all.

        Raises:
            InvalidInputError: The page is none.
        """
        if not 1 <= limit <= 1_000 or offset < 0:
            raise InvalidInputError("A page holds 1 to 1000 lines and begins at 0 or later.", "limit")
        with self._database.read() as connection:
            return repository.select_events(connection, limit, offset), repository.count_events(connection)

    def deliveries(self, limit: int = 20) -> tuple[Delivery, ...]:
        """The newest messages to the webhook."""
        with self._database.read() as connection:
            return outbox.select_deliveries(connection, limit)

    def evaluate(self) -> bool:
        """Look at every rule once; returns False when another process does that at present."""
        now = self._clock()
        if not self._leads(now):
            return False
        with self._database.read() as connection:
            rules = [rule for rule in repository.select_rules(connection) if rule.enabled]
        samples = {rule.id: self._sources.samples(rule, now) for rule in rules}
        with self._database.unit_of_work() as work:
            repository.lock_alerts(work.connection)
            states = repository.select_states(work.connection)
            kept: list[AlertState] = []
            for rule in rules:
                own = {state.subject: state for state in states if state.rule_id == rule.id}
                kept += self._look(work, rule, own, samples[rule.id])
            repository.replace_states(work.connection, kept)
        return True

    def acknowledge(self, rule_id: str, subject: str, by: str, note: str = "") -> AlertState:
        """Say who looks after an alert.

        Raises:
            NotFoundError: There is no such alert.
            ConflictError: It is over, or somebody else was first.
            InvalidInputError: Nobody is named, or the note is too long.
        """
        now = self._clock()
        with self._database.unit_of_work() as work:
            repository.lock_alerts(work.connection)
            states = repository.select_states(work.connection)
            found = next((each for each in states if (each.rule_id, each.subject) == (rule_id, subject)), None)
            if found is None:
                raise NotFoundError("There is no such alert any more.")
            renewed = acknowledged(found, by, note, now)
            repository.replace_states(work.connection, [renewed if each is found else each for each in states])
            rule = self._find(work, rule_id)
            self._note(work, rule, renewed, EventKind.ACKNOWLEDGED, by=renewed.acknowledged_by, note=note.strip())
            return renewed

    def change(self, rule: Rule, by: str) -> Rule:
        """Change a rule; switching it off ends its alerts.

        Raises:
            NotFoundError: There is no such rule.
            InvalidInputError: It makes no sense so; names the field.
        """
        checked(rule)
        with self._database.unit_of_work() as work:
            repository.lock_alerts(work.connection)
            self._find(work, rule.id)
            repository.update_rule(work.connection, rule)
            states = repository.select_states(work.connection)
            own = [state for state in states if state.rule_id == rule.id]
            if not rule.enabled:
                for state in own:
                    if state.stage.is_raised:
                        self._tell(work, rule, state, EventKind.RESOLVED, by=by, note="The rule was switched off.")
                repository.replace_states(work.connection, [each for each in states if each.rule_id != rule.id])
            self._note(work, rule, AlertState(rule.id), EventKind.CHANGED, by=by)
        return rule

    def test_webhook(self, by: str) -> Delivery:
        """Send a test message now; returns how that ended.

        Raises:
            InvalidInputError: No webhook is set.
        """
        if self.webhook is None:
            self._without_webhook()
        event = AlertEvent(self._ids(), "", "Test message", "", EventKind.TEST, self._clock(), by=by)
        with self._database.unit_of_work() as work:
            outbox.add_delivery(work.connection, event, outbox.message(event, None, self._url))
            repository.add_events(work.connection, [event])
        Courier(self._database, self.webhook, self._clock).deliver_due()
        return next(each for each in self.deliveries(100) if each.id == event.id)

    def deliver(self) -> int:
        """Send what the webhook is owed, if this process is the one that does; returns how much was heard."""
        if self.webhook is None or not self._leads(self._clock()):
            return 0
        return Courier(self._database, self.webhook, self._clock).deliver_due()

    def note_probe(self, ok: bool, latency_ms: float) -> None:
        """Keep how a probe of this workbench ended."""
        with self._database.unit_of_work() as work:
            repository.add_probe(work.connection, self._clock(), ok, latency_ms)

    def tidy(self) -> None:
        """Forget old probes, history and messages."""
        now = self._clock()
        with self._database.unit_of_work() as work:
            repository.drop_before(work.connection, now - _KEEP_PROBES, now - _KEEP_EVENTS)
            outbox.drop_ended(work.connection, now - _KEEP_PROBES)

    def close(self) -> None:
        """Leave the looking to another process at once."""
        if self._database.kind == "postgresql":
            with self._database.unit_of_work() as work:
                repository.drop_lease(work.connection, _LEASE, self._owner)

    def _leads(self, now: datetime) -> bool:
        if self._database.kind != "postgresql":
            return True
        with self._database.unit_of_work() as work:
            return repository.take_lease(work.connection, _LEASE, self._owner, now, _LEASE_SECONDS)

    def _look(
        self, work: UnitOfWork, rule: Rule, own: dict[str, AlertState], samples: Sequence[Sample]
    ) -> list[AlertState]:
        """New states of one rule; a quiet subject that was not seen in the window is forgotten."""
        seen = {sample.subject: sample for sample in samples}
        for subject, state in own.items():
            if subject not in seen and state.stage.is_raised:
                seen[subject] = Sample(None, subject=subject, reason="Nothing was observed in the window.")
        kept = []
        for subject, sample in seen.items():
            step = next_state(rule, own.get(subject, AlertState(rule.id, subject)), sample, self._clock())
            kept.append(step.state)
            if step.event is not None:
                self._tell(work, rule, step.state, step.event)
        return kept

    def _tell(
        self, work: UnitOfWork, rule: Rule, state: AlertState, kind: EventKind, by: str | None = None, note: str = ""
    ) -> None:
        event = self._note(work, rule, state, kind, by, note)
        if self.webhook is not None:
            outbox.add_delivery(work.connection, event, outbox.message(event, rule, self._url))

    def _note(
        self, work: UnitOfWork, rule: Rule, state: AlertState, kind: EventKind, by: str | None = None, note: str = ""
    ) -> AlertEvent:
        event = AlertEvent(
            self._ids(),
            rule.id,
            rule.name,
            state.subject,
            kind,
            self._clock(),
            value=state.value,
            threshold=rule.threshold,
            by=by,
            note=note,
        )
        repository.add_events(work.connection, [event])
        return event

    @staticmethod
    def _find(work: UnitOfWork, rule_id: str) -> Rule:
        found = next((rule for rule in repository.select_rules(work.connection) if rule.id == rule_id), None)
        if found is None:
            raise NotFoundError(f"There is no alert rule “{rule_id}”.")
        return found

    @staticmethod
    def _without_webhook() -> NoReturn:
        raise InvalidInputError("No webhook is set. Set ALERT_WEBHOOK_URL and start again.", "alert_webhook_url")


def _sorted(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    return tuple(sorted(rules, key=lambda rule: (_ORDER.get(rule.id, len(_ORDER)), rule.id)))
