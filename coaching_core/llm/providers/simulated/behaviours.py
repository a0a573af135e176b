"""The instructions a simulated coach knows, and what one of them looks like when found in a prompt."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Behaviour:
    """Something a prompt can ask of the simulated coach, or forbid.

    Attributes:
        id: Stable name, e.g. ``open_questions``.
        label: What a person calls it.
        examples: Wordings that are understood; many others are.
    """

    id: str
    label: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction as found in a prompt.

    Attributes:
        behaviour: Id of a :class:`Behaviour`.
        wanted: False when the prompt asks to leave it.
        value: Words allowed in a reply, for ``word_limit``; otherwise None.
        sentence: The sentence it was found in, as written.
    """

    behaviour: str
    wanted: bool
    value: int | None
    sentence: str


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        "open_questions",
        "Open questions",
        ("Ask open questions that begin with what or how.", "Never ask yes/no questions."),
    ),
    Behaviour(
        "one_question",
        "One question at a time",
        ("Ask only one question at a time.", "Do not ask several questions at once."),
    ),
    Behaviour(
        "reflect",
        "Reflecting back",
        ("Reflect back what the person said in their own words.", "Paraphrase what you heard."),
    ),
    Behaviour(
        "feelings",
        "Acknowledging feelings",
        ("Acknowledge the feelings you hear.", "Show empathy.", "Do not talk about emotions."),
    ),
    Behaviour(
        "advice",
        "Advice",
        ("Do not give advice or solutions.", "Leave the answers with the person.", "Suggest concrete actions."),
    ),
    Behaviour(
        "word_limit", "Length of a reply", ("Keep each reply under 90 words.", "At most three sentences.", "Be brief.")
    ),
    Behaviour(
        "concrete_moment",
        "A concrete moment",
        ("Ask for a concrete example from a recent moment.", "Ask when it last happened."),
    ),
    Behaviour("summarise", "Summing up", ("Summarise the themes of the conversation.", "Recap what was said so far.")),
    Behaviour(
        "next_step",
        "A next step",
        ("Close the session with a small next step.", "End with one action the person commits to."),
    ),
    Behaviour(
        "options_when_stuck",
        "Options when stuck",
        ("Offer options only when the person is stuck.", "If they run out of ideas, name two alternatives."),
    ),
    Behaviour(
        "challenge",
        "Challenging",
        ("Gently challenge an assumption.", "Point out contradictions.", "Never confront the person."),
    ),
    Behaviour(
        "safety",
        "Handing over to real help",
        (
            "If a crisis, a medical matter or a legal matter comes up, point the person to qualified help.",
            "Refer to a professional in an emergency.",
        ),
    ),
    Behaviour(
        "use_name",
        "Using the person's name",
        ("Use the person's name from time to time.", "Do not address the person by name."),
    ),
)
