"""Topics and changes that several tests start from."""

from __future__ import annotations

from typing import Any

from coaching_core.prompts.models import ModelSettings, Parameter, TopicDraft, VersionChange
from coaching_core.prompts.service import PromptService

USER_NAME = Parameter(name="user_name", type="string", required=True, example="Amara")


def make_draft(**changes: Any) -> TopicDraft:
    """A small topic that keeps every rule."""
    facts: dict[str, Any] = {
        "topic_id": "goals",
        "name": "Goals",
        "topic_type": "conversation_coaching",
        "category": "coaching",
        "prompts": {"system": "You coach {{user_name}}.\n", "user": "Greet {{user_name}}.\n"},
        "parameters": (USER_NAME,),
        "settings": ModelSettings(default_model="simulated/coach-steady", temperature=0.5),
    }
    return TopicDraft(**(facts | changes))


def make_change(text: str = "Listen first.\n", **changes: Any) -> VersionChange:
    """A change of the system prompt by Ada."""
    facts: dict[str, Any] = {"prompts": {"system": text}, "message": "Try it", "author": "Ada"}
    return VersionChange(**(facts | changes))


def everything(service: PromptService) -> object:
    """All that the store holds about topics, to see that nothing changed."""
    ids = sorted(service.topic_ids())
    return service.list_topics(), [(service.versions(each), service.publications(each)) for each in ids]
