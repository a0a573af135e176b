"""Runs side-by-side conversations: one message to all columns, each with its own history, all streaming at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coaching_core.clock import Clock, IdFactory, new_id, utc_now
from coaching_core.errors import InvalidInputError, NotFoundError
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.model_loop import LiveReply, ModelLoop
from coaching_core.llm.types import CallContext, CompletionRequest, Message, Purpose
from coaching_core.playground.models import Column, PlaygroundSession, Reply, Turn
from coaching_core.playground.repository import PlaygroundRepository
from coaching_core.prompts.rendering import complete_values, render
from coaching_core.prompts.service import PromptService

MOST_COLUMNS = 4
_LONGEST_MESSAGE = 20_000


@dataclass(frozen=True, slots=True)
class LiveTurn:
    """A turn under way: the message and the answers that are arriving, by column id."""

    session: PlaygroundSession
    message: str
    replies: Mapping[str, LiveReply]

    @property
    def done(self) -> bool:
        """Every column has finished, failed or was stopped."""
        return all(reply.done for reply in self.replies.values())


class PlaygroundService:
    """The Playground's one door to models and the store."""

    def __init__(
        self,
        repository: PlaygroundRepository,
        prompts: PromptService,
        gateway: Gateway,
        loop: ModelLoop,
        clock: Clock = utc_now,
        ids: IdFactory = new_id,
    ) -> None:
        self._repository = repository
        self._prompts = prompts
        self._gateway = gateway
        self._loop = loop
        self._clock = clock
        self._ids = ids

    def start(
        self,
        tenant_id: str,
        author: str,
        topic_id: str,
        columns: tuple[tuple[str, int], ...],
        parameters: Mapping[str, object],
    ) -> PlaygroundSession:
        """A new, empty session with these (model, version) columns.

        Raises:
            InvalidInputError: No column, or more than four.
            InvalidPromptError: The parameters do not fit the prompts.
            ModelNotFoundError, TopicNotFoundError, PromptNotFoundError: Something does not exist.
        """
        now = self._clock()
        session = PlaygroundSession(
            id=self._ids(),
            tenant_id=tenant_id,
            author=author,
            topic_id=topic_id,
            columns=tuple(Column(id=self._ids(), model=model, version=version) for model, version in columns),
            parameters=dict(parameters),
            created_at=now,
            updated_at=now,
        )
        self._check(session)
        self._repository.add(session)
        return session

    def load(self, tenant_id: str, session_id: str) -> PlaygroundSession:
        """A kept session.

        Raises:
            NotFoundError: This tenant has no such session.
        """
        session = self._repository.find(tenant_id, session_id)
        if session is None:
            raise NotFoundError("There is no such conversation. It may have been removed; start a new one.")
        return session

    def arrange(
        self, session: PlaygroundSession, columns: tuple[Column, ...], parameters: Mapping[str, object]
    ) -> PlaygroundSession:
        """Change columns or parameters; turns already spoken stay."""
        changed = session.model_copy(
            update={"columns": columns, "parameters": dict(parameters), "updated_at": self._clock()}
        )
        self._check(changed)
        self._repository.replace(changed)
        return changed

    def new_column(self, model: str, version: int) -> Column:
        """A column to be used with :meth:`arrange`."""
        return Column(id=self._ids(), model=model, version=version)

    def branch(self, session: PlaygroundSession, turns_kept: int) -> PlaygroundSession:
        """A new session that begins with the first turns of this one."""
        now = self._clock()
        branched = session.model_copy(
            update={
                "id": self._ids(),
                "turns": session.turns[:turns_kept],
                "branched_from": (session.id, turns_kept),
                "created_at": now,
                "updated_at": now,
            }
        )
        self._repository.add(branched)
        return branched

    def send(self, session: PlaygroundSession, message: str) -> LiveTurn:
        """Send the next message to all columns; their answers begin to arrive.

        Raises:
            InvalidInputError: The message is empty or too long.
        """
        if not message.strip():
            raise InvalidInputError("The message is empty.", field="message")
        if len(message) > _LONGEST_MESSAGE:
            raise InvalidInputError(
                f"The message has {len(message)} characters; {_LONGEST_MESSAGE} fit.", field="message"
            )
        requests = {column.id: self._request(session, column, message) for column in session.columns}
        replies = {key: self._loop.stream(self._gateway, request) for key, request in requests.items()}
        return LiveTurn(session, message, replies)

    def finish(self, turn: LiveTurn) -> PlaygroundSession:
        """Keep a turn whose answers are all there; returns the session with it."""
        replies = {key: _reply(live) for key, live in turn.replies.items()}
        kept = Turn(message=turn.message, replies=replies)
        session = turn.session.model_copy(update={"turns": (*turn.session.turns, kept), "updated_at": self._clock()})
        self._repository.replace(session)
        return session

    def _check(self, session: PlaygroundSession) -> None:
        if not 1 <= len(session.columns) <= MOST_COLUMNS:
            raise InvalidInputError(f"A conversation has one to {MOST_COLUMNS} columns.", field="columns")
        for column in session.columns:
            self._gateway.catalogue.require(column.model)
            version = self._prompts.version(session.topic_id, column.version)
            complete_values(version.parameters, session.parameters)

    def _request(self, session: PlaygroundSession, column: Column, message: str) -> CompletionRequest:
        version = self._prompts.version(session.topic_id, column.version)
        values = complete_values(version.parameters, session.parameters)
        messages = []
        if system := version.prompts.get("system"):
            messages.append(Message("system", render(system, values)))
        for said, answered in session.history(column.id):
            messages += [Message("user", said), Message("assistant", answered)]
        messages.append(Message("user", message))
        return CompletionRequest(
            model=column.model,
            messages=tuple(messages),
            temperature=version.settings.temperature,
            max_tokens=version.settings.max_tokens,
            context=CallContext(
                tenant_id=session.tenant_id,
                user_id=session.author,
                purpose=Purpose.CHAT,
                session_id=session.id,
                topic_id=session.topic_id,
                prompt_version=column.version,
            ),
        )


def _reply(live: LiveReply) -> Reply:
    done = live.completion
    if done is not None:
        return Reply(
            text=done.text,
            input_tokens=done.usage.input_tokens,
            output_tokens=done.usage.output_tokens,
            cost=done.cost,
            latency_ms=done.latency_ms,
            ttft_ms=done.ttft_ms,
            simulated=done.simulated,
            prompt_run_id=done.prompt_run_id,
        )
    if live.stopped:
        return Reply(text=live.text, status="stopped", ttft_ms=live.ttft_ms)
    return Reply(text=live.text, status="failed", error=live.error, ttft_ms=live.ttft_ms)
