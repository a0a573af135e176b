"""Which models and versions the demo's calls went to."""

from __future__ import annotations

import pytest

from coaching_core.demo.models_asked import (
    ANALYSIS_TOPICS,
    CONVERSATION_TOPICS,
    MODELS_FOR,
    VERSIONS,
    AskedModel,
    version_at,
)

PURPOSES = {"chat", "assessment", "summary", "analysis", "evaluation", "judge"}


def test_a_model_is_named_by_its_provider() -> None:
    model = AskedModel("bedrock/amazon.nova/x", 1, 1)

    assert (model.provider, model.simulated, model.caches) == ("bedrock", False, False)
    assert AskedModel("simulated/judge", 1, 1).simulated


def test_every_purpose_has_models_and_every_topic_versions() -> None:
    assert {str(purpose) for purpose in MODELS_FOR} == PURPOSES
    assert set(VERSIONS) == {*CONVERSATION_TOPICS, *ANALYSIS_TOPICS}
    assert sum(CONVERSATION_TOPICS.values()) == sum(ANALYSIS_TOPICS.values()) == 100
    assert {sum(weights.values()) for weights in MODELS_FOR.values()} == {100}


def test_versions_are_numbered_and_follow_each_other() -> None:
    for versions in VERSIONS.values():
        assert [one.number for one in versions] == list(range(1, len(versions) + 1))
        assert [one.days_ago for one in versions] == sorted((one.days_ago for one in versions), reverse=True)
        assert versions[0].days_ago == 91


@pytest.mark.parametrize(
    ("days_ago", "number"), [(90, 1), (61.01, 1), (61, 2), (33.01, 2), (33, 3), (12, 4), (11.9, 4), (0, 4)]
)
def test_the_version_of_a_day(days_ago: float, number: int) -> None:
    assert version_at("core_values", days_ago).number == number
