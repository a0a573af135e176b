"""What is replayed to see what saving saves: 200 conversations as the golden dataset's people speak, the work after
each, and an evaluation of them.

Everything is drawn from a fixed seed, so that two replays ask the very same questions.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from coaching_core.llm.types import CallContext, CompletionRequest, Message, PromptCaching, Purpose
from coaching_core.prompts.models import TopicDraft
from coaching_core.prompts.rendering import complete_values, render
from coaching_core.prompts.seeds import load_seed
from evals.dataset import GoldenItem, load_dataset

COACH_REPLY = (
    "You said “it is never the right week” about three different weeks, and each time the reason was somebody "
    "else’s. I notice too that your voice went up when you came to the part about Thursday. Let us stay with that "
    "one for a moment, before we look for a plan. What happened on Thursday, just before you decided to wait again?"
)
"""An answer of the length that the topics ask for: just under 60 words."""

BACKGROUND_REPLY = "The person put off the talk three times and named a different reason each time. " * 12
"""What the work after a conversation brings: about 240 tokens."""

_FEWEST_TURNS, _MOST_TURNS = 6, 12
_SEED = 8
_DATASET = "coaching_reply"
_BACKGROUND = {
    Purpose.ANALYSIS: "Say in which phase this coaching conversation stands, and what the person returns to.",
    Purpose.SUMMARY: "Sum up this coaching conversation in at most 150 words, for the coach's next session.",
    Purpose.ASSESSMENT: "Score from 1 to 10 how far the person came in this coaching conversation, with evidence.",
}
_MAX_TOKENS = 500


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation to replay.

    Attributes:
        item: The golden item whose person speaks.
        system: The topic's system prompt, rendered.
        said: What the person says, turn by turn; the first is the topic's user prompt, rendered.
    """

    item: GoldenItem
    system: str
    said: tuple[str, ...]

    @property
    def transcript(self) -> str:
        """The whole conversation as the work after it reads it."""
        return "\n\n".join(f"Person: {text}\n\nCoach: {COACH_REPLY}" for text in self.said)


def conversations(datasets_dir: Path, count: int) -> tuple[Conversation, ...]:
    """So many conversations of 6 to 12 turns; ``count`` up to the size of the golden dataset."""
    items = load_dataset(datasets_dir, _DATASET).items
    topics = {name: load_seed(datasets_dir / "topics" / name) for name in sorted({item.topic for item in items})}
    lines = {name: [text for item in items if item.topic == name for text in _words(item)] for name in topics}
    draw = random.Random(_SEED)
    chosen = draw.sample(items, count)
    return tuple(_conversation(item, topics[item.topic], lines[item.topic], draw) for item in chosen)


def chat_requests(conversation: Conversation, model: str, tenant: str, cached: bool) -> Iterator[CompletionRequest]:
    """The conversation's questions, turn by turn, each with all of the history; ``cached``: as the Playground asks."""
    messages = [Message("system", conversation.system)]
    context = CallContext(tenant, Purpose.CHAT, session_id=conversation.item.id, topic_id=conversation.item.topic)
    for text in conversation.said:
        caching = PromptCaching.CONVERSATION if len(messages) > 1 else PromptCaching.SYSTEM
        messages.append(Message("user", text))
        yield CompletionRequest(
            model=model,
            messages=tuple(messages),
            context=context,
            max_tokens=_MAX_TOKENS,
            prompt_caching=caching if cached else PromptCaching.NONE,
        )
        messages.append(Message("assistant", COACH_REPLY))


def background_requests(conversation: Conversation, model: str, tenant: str) -> Iterator[CompletionRequest]:
    """The work after the conversation: analysis, summary and assessment."""
    for purpose, instruction in _BACKGROUND.items():
        yield CompletionRequest(
            model=model,
            messages=(Message("system", instruction), Message("user", conversation.transcript)),
            context=CallContext(tenant, purpose, session_id=conversation.item.id),
            max_tokens=_MAX_TOKENS,
        )


def _words(item: GoldenItem) -> list[str]:
    return [turn.content for turn in item.conversation if turn.role == "user"]


def _conversation(item: GoldenItem, topic: TopicDraft, lines: list[str], draw: random.Random) -> Conversation:
    declared = {parameter.name for parameter in topic.parameters}
    given = {name: value for name, value in item.parameters.items() if name in declared}
    values = complete_values(topic.parameters, given)
    own = _words(item)
    turns = max(draw.randint(_FEWEST_TURNS, _MOST_TURNS), len(own) + 1)
    more = draw.sample(lines, turns - 1 - len(own))
    opening = render(topic.prompts["user"], values)
    return Conversation(item, render(topic.prompts["system"], values), (opening, *own, *more))
