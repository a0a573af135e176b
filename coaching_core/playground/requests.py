"""What a column's model is asked: its version's system prompt, its own history, the next message."""

from __future__ import annotations

from coaching_core.llm.types import CallContext, CompletionRequest, Message, PromptCaching, Purpose
from coaching_core.playground.models import Column, PlaygroundSession
from coaching_core.prompts.models import TopicVersion
from coaching_core.prompts.reading import PromptReader
from coaching_core.prompts.rendering import complete_values, render


def chat_request(session: PlaygroundSession, column: Column, version: TopicVersion, turn: int) -> CompletionRequest:
    """The call for one column's answer in one turn.

    Its provider is asked to keep the conversation from the second turn on: many end after the first, and a beginning
    that is kept costs a quarter more until it is read again.

    Raises:
        InvalidPromptError: The session's parameters do not fit this version.
    """
    values = column_values(version, session)
    messages = []
    if system := version.prompts.get("system"):
        messages.append(Message("system", render(system, values)))
    history = session.history(column.id, turn)
    for said, answered in history:
        messages += [Message("user", said), Message("assistant", answered)]
    messages.append(Message("user", session.turns[turn].said_to(column.id)))
    return CompletionRequest(
        model=column.model,
        messages=tuple(messages),
        temperature=version.settings.temperature,
        max_tokens=version.settings.max_tokens,
        prompt_caching=PromptCaching.CONVERSATION if history else PromptCaching.SYSTEM,
        context=CallContext(
            tenant_id=session.tenant_id,
            user_id=session.author,
            purpose=Purpose.CHAT,
            session_id=session.id,
            topic_id=session.topic_id,
            prompt_version=column.version,
        ),
    )


def column_values(version: TopicVersion, session: PlaygroundSession) -> dict[str, object]:
    """The values of this version's parameters; values only other columns' versions declare are left out.

    Raises:
        InvalidPromptError: A required value is missing, or one does not suit.
    """
    declared = {parameter.name for parameter in version.parameters}
    given = {name: value for name, value in session.parameters.items() if name in declared}
    return complete_values(version.parameters, given)


def user_prompt(prompts: PromptReader, session: PlaygroundSession, column: Column) -> str | None:
    """The rendered user prompt of the column's version; None when it has none."""
    version = prompts.version(session.topic_id, column.version)
    template = version.prompts.get("user")
    return None if not template else render(template, column_values(version, session))
