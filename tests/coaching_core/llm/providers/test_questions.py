"""Questions in each vendor's form: parameters, marks of the prompt cache, JSON on wires that have no word for it."""

from __future__ import annotations

from typing import Any

import pytest

from coaching_core.llm.providers.anthropic import messages_body
from coaching_core.llm.providers.arrangement import JSON_LINE
from coaching_core.llm.providers.bedrock import converse_body, knows_cache_points
from coaching_core.llm.providers.openai import chat_body
from coaching_core.llm.types import Message, PromptCaching
from tests.wire.client import ask

CLAUDE, ON_BEDROCK = "anthropic/claude-sonnet-4-5", "bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
LONG, NEARLY_LONG, SHORT = "x" * 4096, "x" * 4095, "Be kind."
MARK, POINT = {"cache_control": {"type": "ephemeral"}}, {"cachePoint": {"type": "default"}}
ALL = {"temperature": 0.5, "max_tokens": 77, "seed": 5, "json_object": True}


def test_openai_takes_everything() -> None:
    assert chat_body(ask(messages=(Message("system", "S"), Message("user", "U")), **ALL)) == {
        "model": "gpt-4o",
        "messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}],
        "temperature": 0.5,
        "max_tokens": 77,
        "seed": 5,
        "response_format": {"type": "json_object"},
    }
    assert set(chat_body(ask())) == {"model", "messages"}


def test_anthropic_knows_no_seed_and_is_told_about_json_in_words() -> None:
    assert messages_body(ask(model=CLAUDE, messages=(Message("system", "S"), Message("user", "U")), **ALL)) == {
        "model": "claude-sonnet-4-5",
        "max_tokens": 77,
        "temperature": 0.5,
        "system": [{"type": "text", "text": "S"}, {"type": "text", "text": JSON_LINE}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "U"}]}],
    }
    bare = messages_body(ask(model=CLAUDE, messages=(Message("user", "U"),)))
    assert set(bare) == {"model", "messages", "max_tokens"}
    assert bare["max_tokens"] == 4096


def test_bedrock_knows_no_seed_and_is_told_about_json_in_words() -> None:
    assert converse_body(ask(model=ON_BEDROCK, messages=(Message("system", "S"), Message("user", "U")), **ALL)) == {
        "inferenceConfig": {"maxTokens": 77, "temperature": 0.5},
        "system": [{"text": "S"}, {"text": JSON_LINE}],
        "messages": [{"role": "user", "content": [{"text": "U"}]}],
    }
    assert set(converse_body(ask(model=ON_BEDROCK, messages=(Message("user", "U"),)))) == {"messages"}


def _marks(system: str, said: str, caching: PromptCaching) -> tuple[tuple[bool, bool], tuple[bool, bool]]:
    """Whether system and last turn are marked, on Anthropic's wire and on Bedrock's."""
    messages = (Message("system", system), Message("user", "Hi."), Message("assistant", "Ha."), Message("user", said))
    asked: dict[str, Any] = {"messages": messages, "prompt_caching": caching}
    mine, theirs = messages_body(ask(model=CLAUDE, **asked)), converse_body(ask(model=ON_BEDROCK, **asked))
    marked = (
        MARK.items() <= mine["system"][-1].items(),
        MARK.items() <= mine["messages"][-1]["content"][-1].items(),
    )
    pointed = (theirs["system"][-1] == POINT, theirs["messages"][-1]["content"][-1] == POINT)
    assert str(mine).count("cache_control") == sum(marked)
    assert str(theirs).count("cachePoint") == sum(pointed)
    return marked, pointed


@pytest.mark.parametrize(
    ("system", "said", "caching", "marks"),
    [
        (LONG, SHORT, PromptCaching.SYSTEM, (True, False)),
        (LONG, SHORT, PromptCaching.CONVERSATION, (True, True)),
        (LONG, LONG, PromptCaching.NONE, (False, False)),
        (NEARLY_LONG, LONG, PromptCaching.SYSTEM, (False, False)),
        (SHORT, LONG, PromptCaching.CONVERSATION, (False, True)),
        (SHORT, SHORT, PromptCaching.CONVERSATION, (False, False)),
        (LONG, "", PromptCaching.CONVERSATION, (True, False)),
    ],
)
def test_only_a_beginning_long_enough_to_be_kept_is_marked(
    system: str, said: str, caching: PromptCaching, marks: tuple[bool, bool]
) -> None:
    assert _marks(system, said, caching) == (marks, marks)


def test_a_question_without_system_or_turns_is_marked_nowhere() -> None:
    for messages in ((), (Message("user", SHORT),)):
        asked: dict[str, Any] = {"messages": messages, "prompt_caching": PromptCaching.CONVERSATION}
        assert "cache" not in str(messages_body(ask(model=CLAUDE, **asked)))
        assert "cache" not in str(converse_body(ask(model=ON_BEDROCK, **asked)))


@pytest.mark.parametrize(
    ("model", "knows"),
    [
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", True),
        ("us.anthropic.claude-opus-4-20250514-v1:0", True),
        ("global.anthropic.claude-haiku-4-5-20251001-v1:0", True),
        ("anthropic.claude-3-7-sonnet-20250219-v1:0", True),
        ("anthropic.claude-3-5-haiku-20241022-v1:0", True),
        ("amazon.nova-lite-v1:0", False),
        ("eu.amazon.nova-pro-v1:0", False),
        ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6", True),
        ("anthropic.claude-3-5-sonnet-20241022-v2:0", False),
        ("anthropic.claude-3-haiku-20240307-v1:0", False),
        ("amazon.titan-text-express-v1", False),
        ("meta.llama3-70b-instruct-v1:0", False),
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123", False),
    ],
)
def test_models_on_bedrock_that_know_cache_points(model: str, knows: bool) -> None:
    assert knows_cache_points(model) is knows
    body = converse_body(ask(model=f"bedrock/{model}", messages=(Message("system", LONG), Message("user", "U"))))
    assert (POINT in body["system"]) is knows
