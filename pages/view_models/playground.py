"""What the Playground shows of a conversation: heads, answers, figures; and what blind mode hides of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from coaching_core.llm.types import ModelInfo
from coaching_core.playground.live import LiveTurn, as_reply
from coaching_core.playground.models import Column, PlaygroundSession, Reply, Turn
from coaching_core.prompts.models import Topic
from pages.view_models.words import DASH, count, money_call, money_total, plural, seconds

LETTERS = "ABCD"
NO_DIFFERENCE = "none"
_NUMBERS = ("no", "one", "two", "three", "four")
_SIMULATED = " (simulated)"
_LONG, _MANY_LINES = 420, 5
"""Characters and line breaks of a message that are shown before it is folded."""

Models = Mapping[str, ModelInfo]
"""What is known of the models this installation offers, by name."""


@dataclass(frozen=True, slots=True)
class Vote:
    """A blind vote: the turn (counted from 1) and the column that was best, or :data:`NO_DIFFERENCE`."""

    turn: int
    choice: str


@dataclass(frozen=True, slots=True)
class BlindState:
    """What this page knows of blind reading, by conversation.

    Attributes:
        on: Names, cost and speed are hidden.
        votes: The vote cast in a conversation; names are shown after it.
        seen: Conversations whose answers were read with their names.
    """

    on: bool = False
    votes: Mapping[str, Vote] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column. ``name`` and ``detail`` are "Answer A" and "name hidden" while it is blind."""

    column: Column
    letter: str
    name: str
    detail: str
    place: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One card.

    Attributes:
        state: streaming, ok, failed, stopped, interrupted, or missing when the column was not there yet.
        note: What has to be said about it, with what to do next; empty when all is well.
        by: Who answered and how, where the column's head does not tell: since changed, a stand-in, begun anew, retried.
        figures: (label, value) pairs; empty when they are hidden.
        hidden: What stands in place of the figures in blind mode.
        message: What this column was sent, when columns were sent different messages.
    """

    column_id: str
    state: str
    text: str
    note: str = ""
    by: str = ""
    figures: tuple[tuple[str, str], ...] = ()
    hidden: str = ""
    message: str = ""

    @property
    def streaming(self) -> bool:
        """More may arrive."""
        return self.state == "streaming"

    @property
    def can_ask(self) -> bool:
        """Asking (again) would be of use."""
        return self.state in ("failed", "stopped", "interrupted", "missing")


def is_blind(state: BlindState, session: PlaygroundSession) -> bool:
    """Whether names are hidden in this conversation now."""
    return state.on and session.id not in state.votes and len(session.columns) > 1


def heads(session: PlaygroundSession, topic: Topic, models: Models, state: BlindState) -> tuple[Head, ...]:
    """The columns in the order they are shown: as arranged, or shuffled for good once blind mode is on."""
    hidden = is_blind(state, session)
    shuffled = state.on and len(session.columns) > 1
    columns = sorted(session.columns, key=lambda one: _shuffle_key(session, one)) if shuffled else session.columns
    mixed = len({is_simulated(column.model) for column in columns}) > 1
    found = []
    for place, column in enumerate(columns):
        name, detail = f"Answer {LETTERS[place]}", "name hidden"
        if not hidden:
            name, detail = model_name(models, column.model, mixed), version_name(topic, column.version)
        found.append(Head(column, LETTERS[place], name, detail, place))
    return tuple(found)


def model_name(models: Models, model: str, marked: bool = False) -> str:
    """What a person calls a model; ``marked`` keeps the word that says it is simulated."""
    label = models[model].label if model in models else model
    return label if marked else label.removesuffix(_SIMULATED)


def is_simulated(model: str) -> bool:
    """Whether answers come from our own simulation."""
    return model.startswith("simulated/")


def version_name(topic: Topic, version: int) -> str:
    """``v15 draft``, ``v14 published``, ``v3``."""
    if version == topic.published_version:
        return f"v{version} published"
    return f"v{version} draft" if version == topic.latest_version and topic.has_draft else f"v{version}"


def answer(turn: Turn, head: Head, models: Models, hidden: bool) -> Answer:
    """The card of a kept turn."""
    reply = turn.replies.get(head.column.id)
    message = turn.said_to(head.column.id) if len(set(turn.sent.values())) > 1 else ""
    if reply is None:
        return Answer(head.column.id, "missing", "", note="This column was not there yet.", message=message)
    return Answer(
        column_id=head.column.id,
        state=reply.status,
        text=reply.text,
        note=_note(reply, hidden),
        by="" if hidden else _how_answered(reply, head.column, models),
        figures=() if hidden else _figures(reply),
        hidden=_hidden_words(reply.status) if hidden else "",
        message=message,
    )


def live_answer(live: LiveTurn, head: Head, models: Models, hidden: bool) -> Answer:
    """The card of a turn that is under way."""
    turn = live.session.turns[live.index]
    reply = live.replies.get(head.column.id)
    if reply is None:
        return answer(turn, head, models, hidden)
    now = as_reply(reply, head.column)
    if reply.done:
        return answer(turn.model_copy(update={"replies": {head.column.id: now}}), head, models, hidden)
    message = turn.said_to(head.column.id) if len(set(turn.sent.values())) > 1 else ""
    figures = () if hidden else _figures(now)
    by = "" if hidden else _how_answered(now, head.column, models)
    words = "Streaming. Tokens, cost and speed show after your vote." if hidden else ""
    return Answer(head.column.id, "streaming", now.text, by=by, figures=figures, hidden=words, message=message)


def opening_words(message: str) -> tuple[str, str]:
    """A message's beginning and the rest of it, which is folded away; the rest is empty for most messages."""
    lines = [place for place, letter in enumerate(message.rstrip()) if letter == "\n"]
    if len(message) <= _LONG * 1.3 and len(lines) <= _MANY_LINES + 2:
        return message, ""
    cut = message.rfind(" ", 0, _LONG) if len(message) > _LONG else len(message)
    cut = min(cut if cut > 0 else _LONG, lines[_MANY_LINES] if len(lines) > _MANY_LINES else len(message))
    return message[:cut].rstrip(), message[cut:].lstrip("\n")


def facts(session: PlaygroundSession, topic: Topic, hidden: bool) -> list[str]:
    """Topic, columns, turns and the cost so far."""
    columns = plural(len(session.columns), "column")
    known = [topic.name, f"{columns}, {plural(len(session.turns), 'turn')}" if session.turns else columns]
    if session.turns and not hidden:
        known.append(cost_words(session))
    return known


def cost_words(session: PlaygroundSession) -> str:
    """``$0.0217 so far``; a lower bound when some cost is unknown."""
    if not session.cost:
        return "cost unknown" if session.unknown_costs else f"{money_total(session.cost)} so far"
    figure = money_total(session.cost) if session.cost >= 1 else money_call(session.cost)
    return f"at least {figure} so far" if session.unknown_costs else f"{figure} so far"


def composer_words(columns: int) -> str:
    """What the empty message field says."""
    if columns == 1:
        return "Next message"
    return f"Next message, sent to {'both' if columns == 2 else f'all {_NUMBERS[columns]}'} columns"


def vote_words(vote: Vote, shown: tuple[Head, ...]) -> str:
    """What a vote came to, names revealed."""
    if vote.choice == NO_DIFFERENCE:
        return f"You saw no difference in turn {vote.turn}."
    best = next((head for head in shown if head.column.id == vote.choice), None)
    if best is None:
        return f"The column you chose in turn {vote.turn} is gone."
    return f"You chose answer {best.letter} in turn {vote.turn}: {best.name}, {best.detail}."


def complete_words(columns: int) -> str:
    """When one can vote."""
    return f"Vote when {'both' if columns == 2 else f'all {_NUMBERS[columns]}'} are complete."


def _shuffle_key(session: PlaygroundSession, column: Column) -> bytes:
    return hashlib.blake2b(f"{session.id}/{column.id}".encode(), digest_size=8).digest()


def _note(reply: Reply, hidden: bool) -> str:
    if reply.status == "failed":
        return "This answer failed. Why shows after your vote." if hidden else reply.error or "This answer failed."
    if reply.status == "stopped":
        return "You stopped this answer." if reply.text else "You stopped this answer before it began."
    if reply.status == "interrupted":
        return "The workbench ended before this answer did."
    return "Cut off at its token limit." if reply.finish_reason == "length" else ""


def _hidden_words(status: str) -> str:
    word = {"ok": "Complete", "failed": "Failed", "stopped": "Stopped", "interrupted": "Interrupted"}[status]
    return f"{word}. Tokens, cost and speed show after your vote."


def _how_answered(reply: Reply, column: Column, models: Models) -> str:
    reason = (reply.restarted or "").partition(". ")[0].rstrip(".")  # what to do about it was done already
    began_anew = f"Began anew: {reason}" if reason else ""
    attempts = plural(reply.attempts, "attempt") if reply.attempts and reply.attempts > 1 else ""
    return ". ".join(filter(None, (_answered_by(reply, column, models), began_anew, attempts)))


def _answered_by(reply: Reply, column: Column, models: Models) -> str:
    if reply.model is None:
        return ""
    who = f"Answered by {model_name(models, reply.model)}"
    if (reply.asked or reply.model, reply.version) != (column.model, column.version):
        who += f", v{reply.version}"
    elif reply.asked is None:
        return ""
    return f"{who}, because {model_name(models, reply.asked)} did not answer" if reply.asked else who


def _figures(reply: Reply) -> tuple[tuple[str, str], ...]:
    unknown = reply.input_tokens is None and reply.output_tokens is None
    tokens = DASH if unknown else f"{count(reply.input_tokens)} / {count(reply.output_tokens)}"
    return (
        ("Tokens in / out", tokens),
        ("Cost", money_call(reply.cost)),
        ("Latency", seconds(reply.latency_ms)),
        ("TTFT", seconds(reply.ttft_ms)),
    )
