"""Publishing rules: what a topic requires before a version takes the place of the published one (ledger E7, P11).

The evidence is read before the transaction that publishes, because reading runs takes a while; the transaction then
checks that rule and published version are still those the evidence was read for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from pydantic import JsonValue

from coaching_core.audit.models import Action, Subject
from coaching_core.audit.trail import Deed, record
from coaching_core.clock import Clock
from coaching_core.errors import ConflictError, GateNotMetError, InvalidInputError
from coaching_core.people import Person
from coaching_core.prompts.finding import check_expected, find_topic, find_version
from coaching_core.prompts.gate import (
    GateFinding,
    GateRequirement,
    GateStatus,
    NoRuns,
    Override,
    PublishGate,
    checked_requirement,
)
from coaching_core.prompts.gate_rows import put_gate, read_gates
from coaching_core.prompts.models import Topic
from coaching_core.prompts.trail import note
from coaching_core.storage.database import Database
from coaching_core.storage.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to publish a version.

    Attributes:
        requirement: The rule it was given under.
        finding: What the runs say; None where nothing was required.
        reason: Why the version may pass all the same; empty where the rule is met.
    """

    requirement: GateRequirement
    finding: GateFinding | None = None
    reason: str = ""

    @property
    def evidence(self) -> dict[str, JsonValue]:
        """Rule, run and figures for the audit log; empty where nothing was required."""
        if self.finding is None:
            return {}
        rule = _facts(self.requirement)
        facts: dict[str, JsonValue] = {"rule": rule, "status": str(self.finding.status), "run_id": self.finding.run_id}
        if (deciding := self.finding.deciding) is not None:
            facts |= {"mean": deciding.mean, "low": deciding.low, "high": deciding.high, "items": deciding.n}
        return facts

    def check_still_valid(self, connection: sa.Connection, topic_id: str) -> None:
        """Check that the rule is still the one the permit was given under.

        Raises:
            ConflictError: Somebody changed it meanwhile.
        """
        if read_gates(connection, topic_id).get(topic_id, GateRequirement()) != self.requirement:
            raise ConflictError(
                f"The publishing rule of “{topic_id}” was changed meanwhile. Nothing was published. "
                "Look at the rule, then decide."
            )

    def note_override(self, work: UnitOfWork, topic: Topic, previous: int | None, person: Person) -> None:
        """Write down that a version was published past its rule, why, and what was known; nothing where it was not.

        Args:
            topic: As it is now, with the version published.
            previous: The version published before.
        """
        if not self.reason or self.finding is None:
            return
        facts: dict[str, JsonValue] = {"version": topic.published_version, "before": previous, **self.evidence}
        subject = Subject("topic", topic.topic_id)
        record(work, Deed(person, topic.updated_at, Action.GATE_OVERRIDE, subject, facts, self.reason))


class PublishingRules:
    """Sets the rules of topics, and says whether a version may be published.

    Args:
        database: The store.
        clock: Tells the time of a change.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._gate: PublishGate = NoRuns()

    def use(self, gate: PublishGate) -> None:
        """Ask this gate from now on; without one nothing is known, and no rule is ever met."""
        self._gate = gate

    def get(self, topic_id: str) -> GateRequirement:
        """What a topic requires."""
        with self._database.read() as connection:
            return read_gates(connection, topic_id).get(topic_id, GateRequirement())

    def all(self) -> Mapping[str, GateRequirement]:
        """The rules of all topics that have one."""
        with self._database.read() as connection:
            return read_gates(connection)

    def set(self, topic_id: str, requirement: GateRequirement, person: Person) -> None:
        """Set what a topic requires; the kind ``none`` takes the rule away.

        Raises:
            NotAllowedError: The person is no admin.
            TopicNotFoundError: There is no such topic.
            InvalidInputError: A figure lies outside its range.
        """
        person.require_admin("set a publishing rule")
        wanted, now = checked_requirement(requirement), self._clock()
        try:
            with self._database.unit_of_work() as work:
                find_topic(work.connection, topic_id)
                before = read_gates(work.connection, topic_id).get(topic_id, GateRequirement())
                put_gate(work.connection, topic_id, wanted, person.name, now)
                note(work, person, now, Action.GATE_SET, topic_id, rule=_facts(wanted), before=_facts(before))
        except sa.exc.IntegrityError as error:
            raise ConflictError("Somebody else set a rule at the same moment. Reload, then set it again.") from error

    def finding(self, topic_id: str, candidate: int) -> GateFinding | None:
        """What the runs say of a version against the published one; None where nothing is required of it.

        The first publication of a topic is free: there is nothing to be worse than.

        Raises:
            TopicNotFoundError: There is no such topic.
            NotFoundError: It has no such version.
        """
        with self._database.read() as connection:
            topic = find_topic(connection, topic_id)
            find_version(connection, topic, candidate)
            requirement = read_gates(connection, topic_id).get(topic_id, GateRequirement())
        published = topic.published_version
        if not requirement.is_set or published is None or published == candidate:
            return None
        return self._gate.check(topic_id, published, candidate, requirement)

    def permit(
        self, topic_id: str, candidate: int, expected: int | None, person: Person, override: Override | None
    ) -> Permit:
        """Leave for a person to publish a version in place of the expected one.

        Raises:
            NotAllowedError: The person may not publish, or not past the rule.
            GateNotMetError: The rule is not met, and nobody overrides it.
            ConflictError: Another version was published meanwhile.
            InvalidInputError: This version is the published one already, or an override has no reason.
            NotFoundError: No such topic, no such version.
        """
        person.require_publisher()
        reason = ""
        if override is not None:
            person.require_admin("publish past the rule")
            reason = override.checked_reason()
        with self._database.read() as connection:
            topic = find_topic(connection, topic_id)
            find_version(connection, topic, candidate)
            check_expected(connection, topic, expected)
            requirement = read_gates(connection, topic_id).get(topic_id, GateRequirement())
        if topic.published_version == candidate:
            raise InvalidInputError(f"Version {candidate} of “{topic_id}” is the published one already.", "number")
        if not requirement.is_set or expected is None:
            return Permit(requirement)
        finding = self._gate.check(topic_id, expected, candidate, requirement)
        if finding.status is GateStatus.MET:
            return Permit(requirement, finding)
        if not reason:
            raise _not_met(finding)
        return Permit(requirement, finding, reason)


def _facts(requirement: GateRequirement) -> dict[str, JsonValue]:
    if not requirement.is_set:
        return {"kind": str(requirement.kind)}
    facts: dict[str, JsonValue] = {"kind": str(requirement.kind), "least_items": requirement.least_items}
    return facts | ({"margin": requirement.margin} if requirement.kind == "not_worse" else {})


def _not_met(finding: GateFinding) -> GateNotMetError:
    what = {
        GateStatus.NOT_MET: "Mend the draft and run it again, or ask an admin to publish it with a reason.",
        GateStatus.INCONCLUSIVE: "Plan a run with more items, or ask an admin to publish it with a reason.",
    }
    then = what.get(finding.status, "Plan a run of the two versions, or ask an admin to publish it with a reason.")
    return GateNotMetError(
        f"The publishing rule is not met. {finding.sentence} {then}", str(finding.status), finding.run_id
    )
