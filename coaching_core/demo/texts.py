"""Puts the demo's conversations together from the material of each focus, so that hardly two are the same."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from coaching_core.demo.practice import Practice

WHO = (
    "my deputy", "our new designer", "the night-shift lead", "Tomasz from finance", "Priya in support",
    "a colleague from sales", "the trainee", "my manager", "our oldest client", "the head of nursing",
    "a parent from my class", "my co-founder", "the site manager", "Lucille at reception", "our data analyst",
    "the project lead", "my brother-in-law", "a volunteer", "the new teacher", "Owen from legal",
    "the warehouse crew", "our translator", "my mentee", "the deputy head", "someone on my board",
)  # fmt: skip
"""People a coachee may speak of; each fits as subject and as object."""

WHEN = (
    "this morning", "on Tuesday", "after the stand-up", "in our one-to-one", "yesterday afternoon", "before lunch",
    "at the end of the sprint", "during the handover", "in the project meeting", "on the phone", "on Friday",
    "at the team day", "late last night", "between two meetings", "on the train",
)  # fmt: skip
"""Occasions; each fits at the start and at the end of a sentence."""

_AFTERTHOUGHTS = (
    "It still goes round in my head.", "I would like to do better next time.", "I was rather pleased with that.",
    "Not sure what to make of it.", "It felt awkward, to be honest.", "Small thing, but I noticed it.",
    "Maybe I am too hard on myself.", "That is a pattern with me.", "I want to try it again soon.",
    "It went better than I feared.", "Afterwards I thought of ten other ways.", "How would you have done it?",
    "I felt my face get hot.", "Nobody said anything about it.", "It took less time than I expected.", "",
)  # fmt: skip

_THANKS = (
    "Thank you for being so open about it.", "Let us stay with that for a moment.", "That is worth a closer look.",
    "I would like to understand it better.", "One thing at a time.", "You can take your time with this.", "", "",
)  # fmt: skip


def capital(sentence: str) -> str:
    """The sentence with its first letter made large."""
    return sentence[:1].upper() + sentence[1:]


def fill(dice: Random, template: str, who: str) -> str:
    """A template with its person and an occasion put in."""
    return ". ".join(capital(part) for part in template.format(who=who, when=dice.choice(WHEN)).split(". "))


class Conversation:
    """Makes the turns of one sitting about one focus, with one person it is about.

    Args:
        dice: Where all choices come from.
        practice: The focus.
        used: Texts that have been given out already, in any conversation; they are avoided.
    """

    def __init__(self, dice: Random, practice: Practice, used: set[str]) -> None:
        self._dice = dice
        self._practice = practice
        self._used = used
        self.who = dice.choice(WHO)

    def turn(self) -> tuple[str, str]:
        """What the coachee writes and what the coach answers."""
        return self._fresh(self._told), self._fresh(self._answered)

    def _told(self) -> str:
        told = fill(self._dice, self._dice.choice(self._practice.turns), self.who)
        return f"{told} {self._dice.choice(_AFTERTHOUGHTS)}".strip()

    def _answered(self) -> str:
        parts = (
            self._dice.choice(_THANKS),
            fill(self._dice, self._dice.choice(self._practice.replies), self.who),
            fill(self._dice, self._dice.choice(self._practice.questions), self.who),
        )
        return " ".join(part for part in parts if part)

    def _fresh(self, make: Callable[[], str]) -> str:
        for _ in range(50):
            text = make()
            if text not in self._used:
                break
        self._used.add(text)
        return text
