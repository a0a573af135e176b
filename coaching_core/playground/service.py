"""Runs side-by-side conversations: one message to all columns, each with its own history, all streaming at once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from functools import partial

from coaching_core.clock import Clock, IdFactory, new_id, utc_now
from coaching_core.errors import ConflictError, InvalidInputError, NotFoundError, WorkbenchError
from coaching_core.llm.gateway import Gateway
from coaching_core.llm.model_loop import ModelLoop
from coaching_core.llm.types import CompletionRequest
from coaching_core.playground.live import LiveTurn, as_reply
from coaching_core.playground.models import Column, PlaygroundSession, Reply, SessionSummary, Turn
from coaching_core.playground.repository import PlaygroundRepository
from coaching_core.playground.requests import chat_request, column_values, user_prompt
from coaching_core.prompts.service import PromptService

MOST_COLUMNS = 4
_LONGEST_MESSAGE = 20_000
_CLOSING_SECONDS = 10

_log = logging.getLogger(__name__)


class PlaygroundService:
    """The Playground's one door to models and the store.

    A turn under way belongs to the service, not to a page: what was said is kept when it is sent, each answer when it
    has ended, whoever looks.
    """

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
        self._guard = threading.Lock()
        self._live: dict[str, LiveTurn] = {}
        self._keepers: dict[str, threading.Thread] = {}

    def start(
        self,
        tenant_id: str,
        author: str,
        topic_id: str,
        columns: tuple[tuple[str, int], ...],
        parameters: Mapping[str, object],
    ) -> PlaygroundSession:
        """A new, empty session with these (model, version) columns. The store gets it with its first message.

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
            columns=tuple(self.new_column(model, version) for model, version in columns),
            parameters=dict(parameters),
            created_at=now,
            updated_at=now,
        )
        self._check(session, session.columns)
        return session

    def load(self, tenant_id: str, session_id: str) -> PlaygroundSession:
        """A kept session. Ask :meth:`live` first: a turn may be under way in it.

        Raises:
            NotFoundError: This tenant has no such session.
        """
        session = self._repository.find(tenant_id, session_id)
        if session is None:
            raise NotFoundError("There is no such conversation. It may have been removed; start a new one.")
        return session

    def latest(self, tenant_id: str, limit: int = 12) -> tuple[SessionSummary, ...]:
        """The conversations changed last, newest first."""
        return self._repository.latest(tenant_id, limit)

    def live(self, session_id: str) -> LiveTurn | None:
        """The turn under way in this conversation; None once all of it is kept."""
        with self._guard:
            return self._live.get(session_id)

    def arrange(
        self, session: PlaygroundSession, columns: tuple[Column, ...], parameters: Mapping[str, object]
    ) -> PlaygroundSession:
        """Change columns or parameters; turns already spoken stay.

        Raises:
            ConflictError: Answers are still arriving, or somebody changed the conversation meanwhile.
            WorkbenchError: As for :meth:`start`; only columns that are new or changed are looked at for their model.
        """
        self._require_quiet(session.id)
        update = {"columns": columns, "parameters": dict(parameters), "updated_at": self._clock()}
        changed = session.model_copy(update=update)
        self._check(changed, tuple(column for column in columns if column not in session.columns))
        if session.turns:
            self._repository.replace(changed, session.updated_at)
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
        if branched.turns:
            self._repository.add(branched)
        return branched

    def opening(self, session: PlaygroundSession) -> dict[str, str]:
        """The user prompt of each column's version, rendered, by column id; empty when none has one."""
        prompts = {column.id: user_prompt(self._prompts, session, column) for column in session.columns}
        return {column_id: prompt for column_id, prompt in prompts.items() if prompt is not None}

    def send(self, session: PlaygroundSession, message: str, sent: Mapping[str, str] | None = None) -> LiveTurn:
        """Send the next message to all columns; their answers begin to arrive.

        Args:
            session: As it was loaded.
            message: What is said to all.
            sent: What some columns are sent in its place, by column id, as :meth:`opening` gives it.

        Raises:
            InvalidInputError: The message is empty or too long.
            ConflictError: Answers are still arriving, or somebody changed the conversation meanwhile.
        """
        _check_message(message)
        self._require_quiet(session.id)
        waiting = {column.id: _unanswered(column) for column in session.columns}
        turn = Turn(message=message, replies=waiting, sent=dict(sent or {}))
        kept = session.model_copy(update={"turns": (*session.turns, turn), "updated_at": self._clock()})
        live = LiveTurn(kept, len(session.turns))
        requests = [self._request(live, column) for column in session.columns]
        if session.turns:
            self._repository.replace(kept, session.updated_at)
        else:
            self._repository.add(kept)
        self._begin(live, dict(zip(waiting, requests, strict=True)))
        return live

    def ask_again(self, session: PlaygroundSession, column_id: str) -> LiveTurn:
        """Have one column answer the last message, again or for the first time; the others may still be at it.

        Raises:
            NotFoundError: There is no such column, or nothing was said yet.
            ConflictError: It is answering already.
        """
        live = self.live(session.id) or LiveTurn(session, len(session.turns) - 1)
        column = live.session.column(column_id)
        if column is None or not live.session.turns:
            raise NotFoundError("There is nothing this column could answer.")
        under_way = live.replies.get(column_id)
        if under_way is not None and not under_way.done:
            raise ConflictError("This column is answering already.")
        self._begin(live, {column_id: self._request(live, column)})
        return live

    def close(self) -> None:
        """Keep what has arrived so far. Call it when the model loop has ended all answers."""
        with self._guard:
            keepers = tuple(self._keepers.values())
        for keeper in keepers:
            keeper.join(timeout=_CLOSING_SECONDS)

    def _begin(self, live: LiveTurn, requests: Mapping[str, CompletionRequest]) -> None:
        """Start these answers; a thread of the turn's own keeps each one as soon as it has ended."""
        session_id = live.session.id
        with self._guard:
            if self._live.get(session_id) not in (None, live):
                raise ConflictError("Answers are still arriving in this conversation. Wait for them or stop them.")
            for column_id, request in requests.items():
                live.add(column_id, self._loop.stream(self._gateway, request, partial(live.arrivals.put, column_id)))
            if self._live.get(session_id) is live and session_id in self._keepers:
                return
            keeper = threading.Thread(target=self._keep, args=(live,), name="playground-keeper", daemon=True)
            self._live[session_id], self._keepers[session_id] = live, keeper
            keeper.start()

    def _keep(self, live: LiveTurn) -> None:
        while True:
            live.arrivals.get()
            with self._guard:
                replies = live.replies
            complete = all(reply.done for reply in replies.values())
            try:
                self._write(live)
                live.problem = None
            except WorkbenchError as error:
                live.problem = str(error)
            except Exception:  # noqa: BLE001 - whatever it was: the answers stay in memory and the page says so
                _log.exception("a turn could not be kept")
                live.problem = "The store did not take these answers; the log says why. Copy what you need."
            with self._guard:
                if complete and replies == live.replies:
                    del self._keepers[live.session.id]
                    if live.problem is None:
                        del self._live[live.session.id]
                    return

    def _write(self, live: LiveTurn) -> None:
        columns = {column.id: column for column in live.session.columns}
        ended = {key: as_reply(reply, columns[key]) for key, reply in live.replies.items() if reply.done}
        kept = live.session.with_replies(live.index, ended, self._clock())
        self._repository.replace(kept, live.session.updated_at)
        live.session = kept

    def _require_quiet(self, session_id: str) -> None:
        live = self.live(session_id)
        if live is None:
            return
        if not live.done:
            raise ConflictError("Answers are still arriving. Wait for them or stop them, then try again.")
        if live.problem is not None:
            self._write(live)
            with self._guard:
                self._live.pop(session_id, None)

    def _check(self, session: PlaygroundSession, changed: tuple[Column, ...]) -> None:
        if not 1 <= len(session.columns) <= MOST_COLUMNS:
            raise InvalidInputError(f"A conversation has one to {MOST_COLUMNS} columns.", field="columns")
        for column in changed:
            self._gateway.catalogue.require(column.model)
        for column in session.columns:
            column_values(self._prompts.version(session.topic_id, column.version), session)

    def _request(self, live: LiveTurn, column: Column) -> CompletionRequest:
        version = self._prompts.version(live.session.topic_id, column.version)
        return chat_request(live.session, column, version, live.index)


def _unanswered(column: Column) -> Reply:
    """What stands in the store until the answer has ended; what is left of it when the process dies."""
    return Reply(text="", status="interrupted", model=column.model, version=column.version)


def _check_message(message: str) -> None:
    if not message.strip():
        raise InvalidInputError("The message is empty.", field="message")
    if len(message) > _LONGEST_MESSAGE:
        raise InvalidInputError(f"The message has {len(message)} characters; {_LONGEST_MESSAGE} fit.", field="message")
