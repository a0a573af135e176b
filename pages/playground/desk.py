"""What the Playground's parts share: the conversation in view, and how it is found again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from coaching_core.errors import NotFoundError, WorkbenchError
from coaching_core.llm.types import ModelInfo
from coaching_core.playground.live import LiveTurn
from coaching_core.playground.models import Column, PlaygroundSession
from coaching_core.playground.service import PlaygroundService
from coaching_core.prompts.models import Topic, TopicVersion
from evals.bootstrap import Workbench
from pages.components.messages import show_problem
from pages.components.state import Slot
from pages.view_models.playground import BlindState, Head, heads, is_blind
from pages.view_models.playground_setup import (
    choose_setup,
    first_topic,
    setup_of,
    union_of_parameters,
    with_samples,
)

BLIND: Slot[BlindState] = Slot("playground_blind", BlindState())
PROBLEM: Slot[str] = Slot("playground_problem", "")
TYPED: Slot[str] = Slot("playground_typed", "")
"""Text that goes back into the message field."""
_DRAFT: Slot[PlaygroundSession | None] = Slot("playground_draft", None)
"""A conversation in which nothing was said yet."""
_LAST: Slot[str | None] = Slot("playground_last", None)


@dataclass(frozen=True, slots=True)
class Desk:
    """The conversation in view.

    Attributes:
        live: The turn under way in it, if any.
        hidden: Blind mode hides names, cost and speed now.
    """

    workbench: Workbench
    topics: Mapping[str, Topic]
    topic: Topic
    versions: Mapping[int, TopicVersion]
    models: Mapping[str, ModelInfo]
    session: PlaygroundSession
    live: LiveTurn | None
    heads: tuple[Head, ...]
    hidden: bool

    @property
    def service(self) -> PlaygroundService:
        """The service behind this screen."""
        return self.workbench.core.playground

    def arrange(self, columns: tuple[Column, ...]) -> None:
        """Change the columns; parameters that a new version needs get their samples."""
        needed = union_of_parameters(self.versions[column.version] for column in columns)
        values = {**self.session.parameters, **with_samples(needed, self.session.parameters)}
        show(self.service.arrange(self.session, columns, values))


def open_desk(workbench: Workbench) -> Desk | None:
    """The conversation that the address names, else the one here before, else a new one; None without topics."""
    topics = {summary.topic.topic_id: summary.topic for summary in workbench.core.prompts.list_topics()}
    session = _session(workbench, topics)
    if session is None:
        return None
    live = workbench.core.playground.live(session.id)
    if session.turns:  # read after asking for the live turn: once that is gone, the store has all of it
        session = workbench.core.playground.load(session.tenant_id, session.id)
    topic, models = topics[session.topic_id], {info.name: info for info in workbench.core.catalogue.models()}
    state = BLIND.get()
    return Desk(
        workbench=workbench,
        topics=topics,
        topic=topic,
        versions={version.number: version for version in workbench.core.prompts.versions(topic.topic_id)},
        models=models,
        session=session,
        live=live,
        heads=heads(session, topic, models, state),
        hidden=is_blind(state, session),
    )


def show(session: PlaygroundSession) -> None:
    """Make this the conversation in view, in the address as well."""
    if session.turns:
        _LAST.set(session.id)
        _DRAFT.clear()
        st.query_params.from_dict({"session": session.id})
    else:
        _LAST.clear()
        _DRAFT.set(session)
        st.query_params.from_dict(setup_of(session).query())


def begin(workbench: Workbench, topic: Topic, query: Mapping[str, str]) -> PlaygroundSession:
    """Put a new conversation in view, as a link describes it or chosen sensibly.

    Raises:
        WorkbenchError: A model that the link names cannot be asked.
    """
    core = workbench.core
    versions = {version.number: version for version in core.prompts.versions(topic.topic_id)}
    setup = choose_setup(topic, versions, core.catalogue.models(), query)
    parameters = with_samples(union_of_parameters(versions[number] for _, number in setup.columns), {})
    session = core.playground.start(
        core.settings.tenant_id, core.settings.author, topic.topic_id, setup.columns, parameters
    )
    show(session)
    return session


def attempt(action: Callable[[], object]) -> None:
    """Do something from a callback; what goes wrong is shown above the message field."""
    try:
        action()
    except WorkbenchError as error:
        PROBLEM.set(str(error))


def _session(workbench: Workbench, topics: Mapping[str, Topic]) -> PlaygroundSession | None:
    asked, draft = dict(st.query_params), _DRAFT.get()
    wanted = asked.get("session") or (_LAST.get() if "topic" not in asked else None)
    if wanted is not None:
        try:
            session = workbench.core.playground.load(workbench.core.settings.tenant_id, wanted)
            show(session)
            return session
        except NotFoundError as error:
            _LAST.clear()
            show_problem(error)
    if draft is not None and draft.topic_id in topics and _is_asked_for(draft, asked):
        show(draft)
        return draft
    return _new(workbench, topics, {} if wanted is not None else asked)


def _is_asked_for(draft: PlaygroundSession, asked: Mapping[str, str]) -> bool:
    return all(asked.get(name, value) == value for name, value in setup_of(draft).query().items())


def _new(workbench: Workbench, topics: Mapping[str, Topic], asked: Mapping[str, str]) -> PlaygroundSession | None:
    name = asked.get("topic")
    if name is not None and name not in topics:
        show_problem(f"There is no topic “{name[:80]}”. Choose one of those there are.")
    topic = topics.get(name or "") or first_topic(list(topics.values()))
    if topic is None:
        return None
    try:
        return begin(workbench, topic, asked)
    except WorkbenchError as error:
        show_problem(f"The link cannot be followed as it is. {error}")
        return begin(workbench, topic, {"topic": topic.topic_id})
