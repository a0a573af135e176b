"""Publishing rules: who sets them, what they hold up, who passes by them, and what the audit log keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from coaching_core.audit.models import AuditEvent
from coaching_core.audit.service import AuditService
from coaching_core.errors import (
    ConflictError,
    GateNotMetError,
    InvalidInputError,
    NotAllowedError,
    NotFoundError,
    TopicNotFoundError,
)
from coaching_core.people import Person, Role
from coaching_core.prompts.gate import (
    GateEvidence,
    GateFinding,
    GateKind,
    GateRequirement,
    GateStatus,
    Override,
    checked_requirement,
    gate_sentence,
)
from coaching_core.prompts.models import TopicUpdate
from coaching_core.prompts.service import PromptService
from coaching_core.prompts.tables import topic_versions, topics
from coaching_core.settings import Settings
from coaching_core.storage.database import Database, open_database, store_target
from coaching_core.storage.migrations import MIGRATIONS, migrate
from tests.coaching_core.prompts.sample_topics import everything, make_change, make_draft

OLGA, ADA, PETE = Person("Olga", Role.ADMIN), Person("Ada"), Person("Pete", Role.PRODUCT_OWNER)
RULE = GateRequirement(GateKind.NOT_WORSE, 0.25, 40)
BLOCKED = [status for status in GateStatus if status is not GateStatus.MET]
REASON = Override("  Readers see a wrong number. ")


@dataclass
class SaysSo:
    """A gate that says what a test tells it, and notes what it was asked."""

    status: GateStatus = GateStatus.MET
    asked: list[tuple[str, int, int, GateRequirement]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None

    def check(self, topic_id: str, baseline: int, candidate: int, requirement: GateRequirement) -> GateFinding:
        self.asked.append((topic_id, baseline, candidate, requirement))
        self.meanwhile()
        if self.status is GateStatus.NO_EVIDENCE:
            return GateFinding(self.status, "Nothing known.")
        at = datetime(2026, 11, 1, tzinfo=UTC)
        run = GateEvidence("run-7", self.status, -0.3, -0.5, -0.1, 0.95, 96, at, "simulated/x", simulated=True)
        return GateFinding(self.status, "The rule: so and so.", (run,))


@pytest.fixture
def gate() -> SaysSo:
    return SaysSo()


@pytest.fixture
def goals(service: PromptService, gate: SaysSo) -> PromptService:
    """Version 1 published, version 2 a draft, a rule set."""
    service.rules.use(gate)
    service.create_topic(make_draft(), "Ada", publish=True)
    service.save_version("goals", 1, make_change("Two.\n"))
    service.rules.set("goals", RULE, OLGA)
    return service


@pytest.fixture
def log(database: Database) -> Callable[[], list[AuditEvent]]:
    """The events since the last look, oldest first."""
    seen: set[str] = set()

    def look() -> list[AuditEvent]:
        events = [event for event in AuditService(database).page(limit=100).events[::-1] if event.id not in seen]
        seen.update(event.id for event in events)
        return events

    return look


def test_a_met_rule_lets_a_version_pass(goals: PromptService, gate: SaysSo) -> None:
    assert goals.publish("goals", 2, 1, ADA).published_version == 2
    assert gate.asked == [("goals", 1, 2, RULE)]


@pytest.mark.parametrize("status", BLOCKED)
def test_anything_else_holds_it_up_and_changes_nothing(goals: PromptService, gate: SaysSo, status: GateStatus) -> None:
    gate.status, before = status, everything(goals)
    with pytest.raises(GateNotMetError) as caught:
        goals.publish("goals", 2, 1, OLGA)
    assert caught.value.status == status
    assert caught.value.run_id == (None if status is GateStatus.NO_EVIDENCE else "run-7")
    assert "admin" in str(caught.value)
    assert everything(goals) == before


def test_without_a_gate_nothing_is_known_and_nothing_passes(service: PromptService) -> None:
    service.create_topic(make_draft(), "Ada", publish=True)
    service.save_version("goals", 1, make_change("Two.\n"))
    service.rules.set("goals", RULE, OLGA)
    with pytest.raises(GateNotMetError):
        service.publish("goals", 2, 1, ADA)


def test_a_topic_without_a_rule_asks_nobody(goals: PromptService, gate: SaysSo) -> None:
    gate.status = GateStatus.NOT_MET
    goals.rules.set("goals", GateRequirement(), OLGA)
    assert goals.publish("goals", 2, 1, ADA).published_version == 2
    assert gate.asked == []


def test_the_first_publication_is_free(service: PromptService, gate: SaysSo) -> None:
    service.rules.use(gate)
    gate.status = GateStatus.NOT_MET
    service.create_topic(make_draft(), "Ada")
    service.rules.set("goals", RULE, OLGA)
    assert service.rules.finding("goals", 1) is None
    assert service.publish("goals", 1, None, ADA).published_version == 1


def test_an_admin_passes_by_the_rule_with_a_reason(
    goals: PromptService, gate: SaysSo, log: Callable[[], list[AuditEvent]]
) -> None:
    gate.status = GateStatus.NOT_MET
    log()
    topic = goals.publish("goals", 2, 1, OLGA, REASON)
    assert topic.published_version == 2
    override, publish = sorted(log(), key=lambda event: event.action)
    assert publish.action == "version.publish"
    assert publish.details == override.details
    assert (override.action, override.who, override.role) == ("gate.override", "Olga", Role.ADMIN)
    assert override.reason == "Readers see a wrong number."
    assert override.at == publish.at == topic.updated_at
    assert override.details == {
        "version": 2,
        "before": 1,
        "rule": {"kind": "not_worse", "margin": 0.25, "least_items": 40},
        "status": "not_met",
        "run_id": "run-7",
        "mean": -0.3,
        "low": -0.5,
        "high": -0.1,
        "items": 96,
    }


def test_a_version_is_published_with_the_evidence_for_it(
    goals: PromptService, log: Callable[[], list[AuditEvent]]
) -> None:
    log()
    goals.publish("goals", 2, 1, ADA)
    (publish,) = log()
    assert publish.action == "version.publish"
    assert (publish.details["status"], publish.details["run_id"]) == ("met", "run-7")
    assert publish.details["rule"] == {"kind": "not_worse", "margin": 0.25, "least_items": 40}


def test_a_reason_that_was_not_needed_is_no_override(goals: PromptService, log: Callable[[], list[AuditEvent]]) -> None:
    log()
    goals.publish("goals", 2, 1, OLGA, REASON)
    assert [event.action for event in log()] == ["version.publish"]


@pytest.mark.parametrize("person", [ADA, PETE, Person("Workbench", Role.SYSTEM), "Ada"])
def test_nobody_else_passes_by_it(goals: PromptService, gate: SaysSo, person: Person | str) -> None:
    gate.status, before = GateStatus.NOT_MET, everything(goals)
    with pytest.raises(NotAllowedError):
        goals.publish("goals", 2, 1, person, REASON)
    assert everything(goals) == before


@pytest.mark.parametrize("reason", ["", "  \n ", "x" * 501, "broken \ud800"])
def test_an_override_needs_a_reason(goals: PromptService, gate: SaysSo, reason: str) -> None:
    gate.status, before = GateStatus.NOT_MET, everything(goals)
    with pytest.raises(InvalidInputError) as caught:
        goals.publish("goals", 2, 1, OLGA, Override(reason))
    assert caught.value.field == "reason"
    assert everything(goals) == before


def test_a_product_owner_changes_nothing_that_readers_get(goals: PromptService) -> None:
    before = everything(goals)
    for attempt in (
        lambda: goals.publish("goals", 2, 1, PETE),
        lambda: goals.rollback("goals", 2, 1, PETE),
        lambda: goals.create_topic(make_draft(topic_id="other"), PETE, publish=True),
    ):
        with pytest.raises(NotAllowedError, match="product owner"):
            attempt()
    assert everything(goals) == before
    assert goals.create_topic(make_draft(topic_id="other"), PETE).published_version is None


def test_rolling_back_waits_for_no_rule(
    goals: PromptService, gate: SaysSo, log: Callable[[], list[AuditEvent]]
) -> None:
    goals.publish("goals", 2, 1, ADA)
    gate.status = GateStatus.NOT_MET
    log()
    assert goals.rollback("goals", 1, 2, ADA).number == 3
    (event,) = log()
    assert (event.action, event.details) == ("version.roll_back", {"version": 3, "content_of": 1, "before": 2})


def test_a_rule_changed_while_its_evidence_was_read_is_a_conflict(goals: PromptService, gate: SaysSo) -> None:
    gate.meanwhile = lambda: goals.rules.set("goals", replace(RULE, margin=0.1), OLGA)
    with pytest.raises(ConflictError, match="rule of “goals” was changed"):
        goals.publish("goals", 2, 1, ADA)
    assert goals.topic("goals").published_version == 1


def test_evidence_against_another_published_version_does_not_count(goals: PromptService, gate: SaysSo) -> None:
    goals.save_version("goals", 2, make_change("Three.\n"))

    def publish_another() -> None:
        gate.meanwhile = lambda: None
        goals.publish("goals", 3, 1, "Bo")

    gate.meanwhile = publish_another
    with pytest.raises(ConflictError, match="Bo published version 3"):
        goals.publish("goals", 2, 1, ADA)
    assert goals.topic("goals").published_version == 3


def test_a_stale_screen_hears_of_the_other_publication_before_the_rule(goals: PromptService, gate: SaysSo) -> None:
    goals.publish("goals", 2, 1, ADA)
    goals.save_version("goals", 2, make_change("Three.\n"))
    gate.status = GateStatus.NOT_MET
    with pytest.raises(ConflictError):
        goals.publish("goals", 3, 1, ADA)


def test_only_an_admin_sets_a_rule(goals: PromptService) -> None:
    for person in (ADA, PETE):
        with pytest.raises(NotAllowedError, match="Only an admin"):
            goals.rules.set("goals", GateRequirement(), person)
    assert goals.rules.get("goals") == RULE


def test_rules_are_kept_changed_and_taken_away(goals: PromptService, log: Callable[[], list[AuditEvent]]) -> None:
    log()
    better = GateRequirement(GateKind.BETTER, 0.0, 30)
    goals.rules.set("goals", better, OLGA)
    assert goals.rules.get("goals") == better
    assert goals.rules.all() == {"goals": better}
    goals.rules.set("goals", GateRequirement(), OLGA)
    assert goals.rules.all() == {}
    assert [(event.action, event.details) for event in log()] == [
        (
            "gate.set",
            {
                "rule": {"kind": "better", "least_items": 30},
                "before": {"kind": "not_worse", "margin": 0.25, "least_items": 40},
            },
        ),
        ("gate.set", {"rule": {"kind": "none"}, "before": {"kind": "better", "least_items": 30}}),
    ]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"margin": -0.01}, "margin"),
        ({"margin": float("nan")}, "margin"),
        ({"margin": float("inf")}, "margin"),
        ({"margin": 9.5}, "margin"),
        ({"least_items": 1}, "least_items"),
        ({"least_items": 10**6}, "least_items"),
    ],
)
def test_a_rule_has_bounds(goals: PromptService, change: dict[str, float], wrong: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        goals.rules.set("goals", replace(RULE, **change), OLGA)  # type: ignore[arg-type]
    assert caught.value.field == wrong
    assert goals.rules.get("goals") == RULE


def test_rules_and_findings_are_about_topics_and_versions_that_are_there(goals: PromptService) -> None:
    with pytest.raises(TopicNotFoundError):
        goals.rules.set("nowhere", RULE, OLGA)
    with pytest.raises(TopicNotFoundError):
        goals.rules.finding("nowhere", 1)
    with pytest.raises(NotFoundError):
        goals.rules.finding("goals", 9)
    assert goals.rules.finding("goals", 1) is None


def test_every_change_of_a_topic_leaves_one_line(service: PromptService, log: Callable[[], list[AuditEvent]]) -> None:
    admin = Person("Olga", Role.ADMIN)
    service.create_topic(make_draft(), admin, publish=True)
    service.save_version("goals", 1, make_change("Secret words.\n", author="Olga"), Role.ADMIN)
    service.update_topic("goals", TopicUpdate(name="Aims", description="Private."), admin)
    service.set_active("goals", False, admin)
    service.set_active("goals", True, admin)
    events = log()
    assert [(event.action, event.details) for event in events] == [
        ("topic.create", {"version": 1}),
        ("version.publish", {"version": 1, "before": None}),
        ("version.save", {"version": 2, "base": 1}),
        ("topic.update", {"fields": ["name", "description"]}),
        ("topic.deactivate", {}),
        ("topic.activate", {}),
    ]
    assert {(event.who, event.role, event.subject.id) for event in events} == {("Olga", Role.ADMIN, "goals")}
    assert not any(word in repr(events) for word in ("Secret", "Private", "coach {{"))


def test_a_refused_change_leaves_none(goals: PromptService, log: Callable[[], list[AuditEvent]]) -> None:
    log()
    with pytest.raises(ConflictError):
        goals.save_version("goals", 1, make_change("Late.\n"))
    with pytest.raises(ConflictError):
        goals.create_topic(make_draft(), ADA)
    with pytest.raises(ConflictError):
        goals.rollback("goals", 1, 2, ADA)
    assert log() == []


@given(st.floats(0, 9), st.integers(2, 100_000), st.sampled_from(GateKind), st.sampled_from(GateStatus))
def test_every_rule_can_be_said(margin: float, items: int, kind: GateKind, status: GateStatus) -> None:
    rule = checked_requirement(GateRequirement(kind, margin, items))
    assert gate_sentence(rule, status).endswith(f": {status.words}.")


def test_a_rule_and_its_finding_in_one_sentence() -> None:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    run = GateEvidence("r", GateStatus.MET, -0.05, -0.14, 0.04, 0.95, 1_296, at, "m", simulated=False)
    said = gate_sentence(GateRequirement(GateKind.NOT_WORSE, 0.2), GateStatus.MET, run)
    assert said == "Not worse by more than 0.20 at 95 %: met, −0.05 [−0.14, +0.04], 1\u202f296 items."
    alone = replace(run, mean=0.001, low=None, high=None, n=1)
    said = gate_sentence(GateRequirement(GateKind.BETTER), GateStatus.INCONCLUSIVE, alone)
    assert said == "Better at 95 %: inconclusive, 0.00, 1 item."


def test_a_store_of_the_release_before_gets_the_publish_gate_and_keeps_its_topics(store_settings: Settings) -> None:
    store_settings.home.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(store_target(store_settings))
    migrate(engine, tuple(one for one in MIGRATIONS if one.number < 6))
    at = datetime(2026, 1, 1, tzinfo=UTC)
    signed = {"created_at": at, "created_by": "Ada", "updated_at": at, "updated_by": "Ada"}
    facts = {"topic_id": "old", "name": "Old", "topic_type": "single_shot", "category": "coaching", "description": ""}
    version = {"topic_id": "old", "number": 1, "prompts": {"system": "Hi."}, "parameters": [], "settings": {}}
    with engine.begin() as connection:
        values = facts | signed | {"display_order": 0, "is_active": True, "published_version": 1}
        connection.execute(sa.insert(topics).values(values))
        connection.execute(
            sa.insert(topic_versions).values(version | {"message": "m", "author": "Ada", "created_at": at})
        )
    engine.dispose()
    database = open_database(store_settings)
    try:
        service, admin = PromptService(database, store_settings), Person("Olga", Role.ADMIN)
        assert service.topic("old").published_version == 1
        assert service.rules.all() == {}
        service.rules.set("old", GateRequirement(GateKind.BETTER), admin)
        assert service.rules.get("old").kind is GateKind.BETTER
        assert AuditService(database).page().total == 1
    finally:
        database.close()
