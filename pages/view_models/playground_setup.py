"""How a side-by-side conversation begins: its topic, columns and parameters, read from a link or chosen sensibly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from coaching_core.llm.types import ModelInfo
from coaching_core.playground.models import PlaygroundSession
from coaching_core.prompts.models import Parameter, Topic, TopicVersion
from coaching_core.prompts.rendering import sample_values

FIRST_TOPIC = "core_values"
_FIRST_MODELS = ("simulated/coach-steady", "simulated/coach-keen", "simulated/coach-brief")
_MOST = 4


@dataclass(frozen=True, slots=True)
class Setup:
    """What a conversation starts with: a topic and (model, version) columns."""

    topic_id: str
    columns: tuple[tuple[str, int], ...]

    def query(self) -> dict[str, str]:
        """The query of a link that leads here."""
        return {
            "topic": self.topic_id,
            "versions": ",".join(str(version) for _, version in self.columns),
            "models": ",".join(model for model, _ in self.columns),
        }


def setup_of(session: PlaygroundSession) -> Setup:
    """The setup a conversation has now."""
    return Setup(session.topic_id, tuple((column.model, column.version) for column in session.columns))


def first_topic(topics: Sequence[Topic]) -> Topic | None:
    """The topic a first visit sees."""
    active = [topic for topic in topics if topic.is_active] or list(topics)
    return next((topic for topic in active if topic.topic_id == FIRST_TOPIC), active[0] if active else None)


def asked_versions(query: Mapping[str, str], topic: Topic) -> tuple[int, ...]:
    """The versions a link names that exist, in its order, at most four; a version may be named twice."""
    words = (word.strip().lower().removeprefix("v") for word in query.get("versions", "").split(","))
    numbers = (int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 9)
    return tuple(number for number in numbers if 1 <= number <= topic.latest_version)[:_MOST]


def choose_setup(
    topic: Topic, versions: Mapping[int, TopicVersion], models: Sequence[ModelInfo], query: Mapping[str, str]
) -> Setup:
    """What to begin with.

    Draft and published version side by side when there is a draft, else the version that readers get with three
    coaches; a link may name versions, and a model for each.

    Args:
        versions: The topic's versions by number.
        models: All models, those that cannot be asked included.
    """
    names = [model.name for model in models if model.available and "coach" in model.roles]
    wanted = asked_versions(query, topic)
    asked_models = [name for name in query.get("models", "").split(",") if name]
    if wanted:
        given = dict(enumerate(asked_models))
        columns = [
            (given.get(place) or _usual_model(versions[number], names), number) for place, number in enumerate(wanted)
        ]
        return Setup(topic.topic_id, tuple(columns))
    if topic.has_draft and topic.published_version is not None:
        pair = (topic.latest_version, topic.published_version)
        return Setup(topic.topic_id, tuple((_usual_model(versions[pair[0]], names), number) for number in pair))
    number = topic.published_version or topic.latest_version
    three = [name for name in _FIRST_MODELS if name in names] or names[:3]
    return Setup(topic.topic_id, tuple((name, number) for name in three))


def next_column(session: PlaygroundSession, models: Sequence[ModelInfo]) -> tuple[str, int]:
    """A (model, version) to add: the last column's version with a model that is not there yet, if any is left."""
    names = [model.name for model in models if model.available and "coach" in model.roles]
    last = session.columns[-1]
    used = {column.model for column in session.columns if column.version == last.version}
    return next((name for name in names if name not in used), last.model), last.version


def union_of_parameters(versions: Iterable[TopicVersion]) -> tuple[Parameter, ...]:
    """Every parameter that any of the versions declares; the first to declare one describes it."""
    found: dict[str, Parameter] = {}
    for version in versions:
        for parameter in version.parameters:
            found.setdefault(parameter.name, parameter)
    return tuple(found.values())


def with_samples(parameters: Sequence[Parameter], given: Mapping[str, object]) -> dict[str, object]:
    """A value for each parameter: the one given, else its sample."""
    return {name: given.get(name, sample) for name, sample in sample_values(parameters).items()}


def _usual_model(version: TopicVersion, names: Sequence[str]) -> str:
    wanted = version.settings.default_model
    if wanted is not None and wanted in names:
        return wanted
    return next((name for name in _FIRST_MODELS if name in names), names[0] if names else _FIRST_MODELS[0])
