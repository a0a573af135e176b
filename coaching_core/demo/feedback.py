"""What the demo's assessments say: progress on each focus at three heights, and a dozen sorts of mistake.

``{who}`` stands for the person the conversation was about.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """Explanations of a score: low (1 to 3), middle (4 to 7), high (8 to 10)."""

    low: tuple[str, ...]
    middle: tuple[str, ...]
    high: tuple[str, ...]

    def at(self, score: float) -> tuple[str, ...]:
        """Those that fit a score."""
        if score < 4:
            return self.low
        return self.middle if score < 8 else self.high


@dataclass(frozen=True, slots=True)
class Mistake:
    """A sort of mistake.

    Attributes:
        focus_id: Where it happens.
        early, late: How often in the first days and now; their ratio is its trend.
        severity: low, medium or high.
        messages, suggestions: Wordings.
    """

    key: str
    focus_id: str
    early: float
    late: float
    severity: str
    messages: tuple[str, ...]
    suggestions: tuple[str, ...]


PROGRESS = {
    "demo-focus-asking": Progress(
        (
            "The questions to {who} could be answered with yes or no.",
            "Asked {who} several things at once; none got a full answer.",
            "A suggestion put as a question, and {who} went along with it.",
        ),
        (
            "One open question to {who}, then a closed one right behind it.",
            "Started with “what” and gave {who} room, but not for long.",
            "Open questions to {who}, though the third already held the answer.",
        ),
        (
            "One clear question to {who}, then silence until the answer was done.",
            "Asked {who} what would help, and built on the very words.",
            "Short, open and curious; {who} found the next step alone.",
        ),
    ),
    "demo-focus-listening": Progress(
        (
            "Answered {who} before the thought was finished.",
            "What {who} felt was said twice and not taken up.",
            "Went back to the agenda while {who} was still upset.",
        ),
        (
            "Said back what {who} meant, and missed how it felt.",
            "Let {who} finish, then changed the subject.",
            "Good attention to {who} at first, less in the second half.",
        ),
        (
            "Took up the feeling of {who} in plain words and stayed with it.",
            "Said back the heart of it; {who} answered “exactly”.",
            "Let the pause stand until {who} came to the real worry.",
        ),
    ),
    "demo-focus-delegating": Progress(
        (
            "Gave {who} steps instead of a result.",
            "Took the task back from {who} at the first difference.",
            "No date and no measure: {who} had to guess.",
        ),
        (
            "The result is clear to {who}, the date is not.",
            "Left the way to {who}, then checked too often.",
            "Handed over the task to {who}, kept all the decisions.",
        ),
        (
            "Result, date and first look agreed with {who}; the way left open.",
            "Let {who} solve it differently and judged it by the result.",
            "Asked {who} what was needed, gave that, and stepped back.",
        ),
    ),
    "demo-focus-refusing": Progress(
        (
            "Said yes to {who} and meant no.",
            "Four reasons and two apologies; {who} took it for a maybe.",
            "Gave in to {who} at the second asking.",
        ),
        (
            "A clear no to {who}, with more reasons than needed.",
            "Asked {who} for time to think; the answer is still due.",
            "Declined kindly, but left {who} a door that is not meant.",
        ),
        (
            "A kind, short no to {who}, and an offer that can be kept.",
            "Named the limit once and held it when {who} asked again.",
            "Thanked {who}, declined, and stopped there.",
        ),
    ),
    "demo-focus-feedback": Progress(
        (
            "A judgement on {who} instead of something seen.",
            "Came weeks late, and in front of others; {who} closed up.",
            "So wrapped in praise that {who} did not hear it.",
        ),
        (
            "Told {who} what was seen, not what it led to.",
            "Clear facts for {who}, and no question about the other side.",
            "Soon and in private; the wish to {who} stayed vague.",
        ),
        (
            "What was seen, what it did, and a question to {who}: all three.",
            "Precise praise: {who} knows what to do again.",
            "Said the hard thing calmly and heard the answer of {who} out.",
        ),
    ),
    "demo-focus-talks": Progress(
        (
            "No single message; {who} could not say what it was about.",
            "Everything known was put in, and {who} got lost.",
            "Read from the screen, with the back to {who}.",
        ),
        (
            "The message is there, {who} found it on the last slide.",
            "A good opening, then two parts that {who} would not miss.",
            "Rehearsed with {who} once; the middle still sags.",
        ),
        (
            "One sentence carries the talk, and {who} could repeat it.",
            "Opens with a scene {who} knows and ends on the same.",
            "Cut by a third after the rehearsal with {who}, and clearer for it.",
        ),
    ),
}
"""By focus."""

NEXT_STEPS = (
    "Next: prepare one sentence beforehand.", "Try it once more with somebody easier.", "Look at how it began.",
    "Ask afterwards how it came across.", "Slow down a little.", "Write down what you wanted to say.",
    "Pick one moment and do only that differently.", "",
)  # fmt: skip
"""How an explanation of a score below 7 may end."""

PRAISE = (
    "Keep doing this.", "A small step, and it shows.", "Try the same with somebody less familiar.",
    "Write down what worked.", "Note what made it possible.", "This is becoming a habit.", "Ready for a harder case.",
    "",
)  # fmt: skip
"""How an explanation of a score from 7 on may end."""

SUMMARIES = (
    "Worked on {focus}: a clear example, and one thing to try with {who}.",
    "A good half hour on {focus}. Next: the same again with {who}, prepared.",
    "Told openly about {who}; the link to {focus} became clear towards the end.",
    "Much energy for {focus}, less for the follow-up with {who}.",
    "The talk circled around {who}; one step on {focus} was agreed.",
    "Steady on {focus}. What is left is to hold it when {who} pushes.",
    "More reflection than action on {focus} this time; {who} remains open.",
)
"""What a session summary says."""

MISTAKES = (
    Mistake(
        "two_questions_in_one", "demo-focus-asking", 3.4, 2.4, "medium",
        ("Two questions in one sentence; only the second was answered.", "The first question got lost behind another.",
         "“What happened, and did you tell them?” asks two things.", "Doubled the question before the answer came."),
        ("Ask the one you care about and wait.", "What happened?"),
    ),
    Mistake(
        "closed_question", "demo-focus-asking", 1.6, 1.8, "low",
        ("Yes or no is all that fits here.", "“Did it go well?” closes more than it opens.",
         "Begins with “have you”, so the answer is one word."),
        ("How did it go?", "Begin with what or how."),
    ),
    Mistake(
        "leading_question", "demo-focus-asking", 1.7, 1.1, "medium",
        ("The question holds its own answer.", "“Don't you think …” is advice with a question mark.",
         "Asks for consent, not for a view."),
        ("What do you think about it?", "Ask what they would do."),
    ),
    Mistake(
        "advice_before_asking", "demo-focus-listening", 2.9, 2.3, "high",
        ("A solution came before the problem was told.", "Advised in the first reply.",
         "Told them what to do; nobody had asked."),
        ("Ask first what they have tried.", "What have you thought of so far?"),
    ),
    Mistake(
        "skips_the_feeling", "demo-focus-listening", 0.9, 0.9, "medium",
        ("“I am worn out” went by without a word.", "The worry was heard and not taken up.",
         "Went straight to the facts."),
        ("That sounds exhausting.", "Name what you hear, then wait."),
    ),
    Mistake(
        "interrupts", "demo-focus-listening", 1.2, 0.6, "medium",
        ("Cut in before the sentence was over.", "Finished the other's sentence, wrongly.",
         "Three turns began in the middle of theirs."),
        ("Count to two before you answer.",),
    ),
    Mistake(
        "takes_the_task_back", "demo-focus-delegating", 1.5, 1.0, "high",
        ("Took it back at the first difference.", "Did the last part alone, overnight.",
         "Corrected the draft instead of asking about it."),
        ("Ask what they plan to do about it.", "Agree on the next look instead."),
    ),
    Mistake(
        "no_date_agreed", "demo-focus-delegating", 1.3, 1.2, "low",
        ("“Soon” is not a date.", "Nobody knows when it will be looked at.", "The task has an owner, but no day."),
        ("By when can you show me a first version?",),
    ),
    Mistake(
        "vague_no", "demo-focus-refusing", 1.6, 0.9, "medium",
        ("“I'll see” was heard as a yes.", "A no that sounds like a maybe.", "Left it open although it was decided."),
        ("I can't take that on.", "Not this month, thank you for asking."),
    ),
    Mistake(
        "over_explains", "demo-focus-refusing", 0.8, 1.1, "low",
        ("Five reasons where none was needed.", "The defence is longer than the answer.",
         "Each reason invited a counter-offer."),
        ("Stop after the first sentence.",),
    ),
    Mistake(
        "judges_the_person", "demo-focus-feedback", 2.0, 1.3, "high",
        ("“Careless” is a verdict, not something seen.", "Speaks of how they are, not of what they did.",
         "“You always” closes the ears."),
        ("Say what you saw, and when.", "The minutes came on Thursday; we needed them on Tuesday."),
    ),
    Mistake(
        "no_single_message", "demo-focus-talks", 1.5, 1.4, "medium",
        ("Three messages compete.", "After ten minutes it is not clear what it is about.",
         "The point comes on the last slide."),
        ("Write the last sentence first.",),
    ),
)  # fmt: skip
"""The dozen."""

OBSERVATIONS = (
    "With {who}: {message}", "{message} It happened with {who}.", "In the example with {who}: {message}",
    "{message} You noticed it yourself a moment later.", "{message} Easy to miss when it gets busy.",
    "Again with {who}: {message}",
)  # fmt: skip
"""How an error assessment tells its mistake."""
