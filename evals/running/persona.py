"""What a simulated coachee is told about whom it plays, and how it says goodbye."""

from __future__ import annotations

from evals.dataset import GoldenItem

FAREWELL = "that's enough for today"
"""The words a coachee ends a conversation with."""

_RESISTANCE = {
    "low": "You trust the coach and answer willingly.",
    "medium": "You answer, but you hedge, and you push back on advice.",
    "high": "You doubt that this helps. You answer shortly, test the coach and open up only when you feel heard.",
}


def coachee_prompt(item: GoldenItem) -> str:
    """The system prompt of the model that plays the person of an item.

    Raises:
        ValueError: The item has no persona.
    """
    persona = item.persona
    if persona is None:
        raise ValueError(f"item {item.id} has no persona")
    return "\n".join(
        (
            "You play a person who talks with a coach. Stay that person; never coach, never explain the play.",
            f"Name: {persona.name}",
            f"Person: {persona.description}",
            f"Goal: {persona.goal}",
            f"Resistance: {persona.resistance}. {_RESISTANCE[persona.resistance]}",
            f"Style: {persona.style or 'plain, one to four sentences'}",
            "Say only what the person says next. Tell what is on your mind bit by bit, as people do.",
            f'When you have what you came for, or want to stop, say goodbye with the words "{FAREWELL}".',
        )
    )


def is_farewell(text: str) -> bool:
    """Whether the person ends the conversation with this turn."""
    return FAREWELL in text.casefold().replace("’", "'")
