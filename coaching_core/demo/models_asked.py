"""The models the demo's calls went to, which of them did what, and the prompt versions of those days."""

from __future__ import annotations

from dataclasses import dataclass

from coaching_core.llm.types import Purpose


@dataclass(frozen=True, slots=True)
class AskedModel:
    """How a model behaves in the demo.

    Attributes:
        first_token_ms: Median time to the first token.
        tokens_per_second: Median speed of writing.
        caches: Whether the provider reports cached input tokens.
    """

    name: str
    first_token_ms: float
    tokens_per_second: float
    caches: bool = False

    @property
    def provider(self) -> str:
        """What stands before the slash."""
        return self.name.partition("/")[0]

    @property
    def simulated(self) -> bool:
        """Whether no real model is meant."""
        return self.provider == "simulated"


HAIKU = AskedModel("anthropic/claude-haiku-4-5", 390, 118, caches=True)
SONNET = AskedModel("anthropic/claude-sonnet-4-5", 720, 66, caches=True)
MINI = AskedModel("openai/gpt-4o-mini", 430, 92, caches=True)
LARGE = AskedModel("openai/gpt-4.1", 560, 78, caches=True)
NOVA = AskedModel("bedrock/amazon.nova-lite-v1:0", 330, 105)
SELF_HOSTED = AskedModel("ollama/qwen3:14b", 610, 34)
"""Runs on a machine of one's own: no price list has it, so its cost is unknown."""
COACH_STEADY = AskedModel("simulated/coach-steady", 260, 75)
COACH_KEEN = AskedModel("simulated/coach-keen", 280, 75)
SIMULATED_JUDGE = AskedModel("simulated/judge", 120, 400)

MODELS_FOR: dict[Purpose, dict[AskedModel, float]] = {
    Purpose.CHAT: {HAIKU: 48, MINI: 33, NOVA: 16, SELF_HOSTED: 3},
    Purpose.ASSESSMENT: {SONNET: 40, LARGE: 25, MINI: 35},
    Purpose.SUMMARY: {SONNET: 70, LARGE: 30},
    Purpose.ANALYSIS: {SONNET: 45, LARGE: 40, SELF_HOSTED: 15},
    Purpose.EVALUATION: {HAIKU: 20, MINI: 18, NOVA: 10, SELF_HOSTED: 4, COACH_STEADY: 30, COACH_KEEN: 18},
    Purpose.JUDGE: {LARGE: 50, SIMULATED_JUDGE: 50},
}
"""Which models a purpose uses, with weights."""


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A prompt version and how it changed the calls.

    Attributes:
        days_ago: When it was published.
        question, answer: Factors on the tokens of questions and answers.
    """

    number: int
    days_ago: float
    question: float = 1.0
    answer: float = 1.0


VERSIONS: dict[str, tuple[PublishedVersion, ...]] = {
    "core_values": (
        PublishedVersion(1, 91),
        PublishedVersion(2, 61, question=1.08),
        PublishedVersion(3, 33, question=1.1, answer=0.92),
        PublishedVersion(4, 12, question=1.12, answer=0.93),
    ),
    "purpose": (
        PublishedVersion(1, 91),
        PublishedVersion(2, 48, question=1.05, answer=0.97),
        PublishedVersion(3, 8, question=1.09, answer=1.42),
    ),
    "vision": (PublishedVersion(1, 91), PublishedVersion(2, 25, question=0.85)),
    "goals": (PublishedVersion(1, 91), PublishedVersion(2, 70, answer=0.9), PublishedVersion(3, 15, answer=0.95)),
    "alignment_analysis": (PublishedVersion(1, 91), PublishedVersion(2, 40, question=1.2)),
    "strategy_alignment": (PublishedVersion(1, 91),),
    "business_insight": (PublishedVersion(1, 91), PublishedVersion(2, 20, answer=0.88)),
    "revenue_salesforce": (PublishedVersion(1, 91),),
}
"""By topic, oldest first. Version 3 of “purpose” makes answers longer, and so dearer."""

CONVERSATION_TOPICS = {"core_values": 34, "purpose": 27, "vision": 21, "goals": 18}
ANALYSIS_TOPICS = {
    "alignment_analysis": 35,
    "strategy_alignment": 20,
    "business_insight": 30,
    "revenue_salesforce": 15,
}


def version_at(topic_id: str, days_ago: float) -> PublishedVersion:
    """The version that was published that many days ago."""
    return [version for version in VERSIONS[topic_id] if version.days_ago >= days_ago][-1]
