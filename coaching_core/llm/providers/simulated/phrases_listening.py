"""How the simulated coach shows it has heard: feelings, reflections, summaries. ``{q}`` is a quotation."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from coaching_core.llm.providers.simulated.word_set import word_set

FEELING_WORDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "grief": word_set("died death dead funeral widow buried grief grieving mourning"),
        "anger": word_set("angry anger furious rage unfair ridiculous"),
        "fear": word_set("afraid scared fear panic nervous worried worry anxious terrified frightened dread"),
        "tired": word_set("tired exhausted burnout drained overwhelmed stress stressed"),
        "shame": word_set("ashamed shame guilty guilt embarrassed failure stupid humiliated"),
        "sad": word_set("sad cry cried crying alone lonely unhappy hopeless tears pointless"),
        "joy": word_set("happy joy glad excited proud wonderful beautiful thrilled delighted"),
        "doubt": word_set("idk unsure guess confused doubt dunno torn stuck undecided"),
    }
)
FEELINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "grief": (
            "I am sorry for your loss, and for how much of it is still there.",
            "There is grief in what you tell me, and it may stay here.",
            "That is a loss that reaches into everything, and it hurts.",
            "I hear how much you miss what is gone.",
        ),
        "anger": (
            "I can hear the anger in this, and it has its reasons.",
            "That sounds infuriating, and hurtful too.",
            "There is real anger here, and it does not have to be tidied away.",
            "No wonder this makes you angry.",
        ),
        "fear": (
            "I hear the worry in this.",
            "That sounds frightening to carry.",
            "There is fear in what you describe, and it makes sense.",
            "It takes courage to speak of something that scares you.",
        ),
        "tired": (
            "You sound tired, and with good reason.",
            "That sounds exhausting.",
            "I hear how worn out you feel.",
            "So much has been asked of you, and I can hear how tired it leaves you.",
        ),
        "shame": (
            "That is a hard feeling to bring along, and you brought it.",
            "I hear how hard you are on yourself in this.",
            "There is some shame in this, it seems, and it is safe to speak of it here.",
            "It hurts to see oneself that way.",
        ),
        "sad": (
            "That sounds heavy, and rather lonely.",
            "I hear sadness in this, and there is room for it.",
            "That hurts, and I am glad you say it.",
            "There is something sad in what you tell me, and I do not want to pass over it.",
        ),
        "joy": (
            "I can hear the joy in this, and it is good to meet it.",
            "You sound alive as you tell it, and happy.",
            "What a good thing to feel.",
            "There is delight in your words, and pride too, perhaps.",
        ),
        "doubt": (
            "It sounds unsettling not to know yet, and that is all right.",
            "I hear you are torn, and that is a tiring place to be.",
            "There is doubt in this, and I can feel how honest it is.",
            "Not knowing can feel lonely; there is no hurry here.",
        ),
        "plain": (
            "I sense that this is close to your heart.",
            "I hear how much feeling there is in this.",
            "This touches something in you, it seems, and it deserves care.",
            "It takes some trust to say this; I feel that.",
            "I can feel that this is not a small thing for you.",
            "There is more feeling in this than the words let on, perhaps.",
        ),
    }
)

REFLECT_QUOTED: tuple[str, ...] = (
    "You say {q}.",
    "{q}: I would like to stay with that for a moment.",
    "What stays with me is {q}.",
    "I heard {q}.",
    "I notice the words {q}.",
    "You put it as {q}, and I would not want to put it differently.",
    "Let me stay with your own words: {q}.",
    "{q}, you say, and it sounds as if that says a good deal.",
    "Your words were {q}.",
    "I keep hearing {q}.",
    "In all that you tell me, {q} stands out.",
    "You told me {q}, and I am still listening to it.",
    "I would like to hold on to {q}.",
    "{q}. You said that very plainly.",
    "There it is, in your own words: {q}.",
    "Of everything you said, it is {q} that I come back to.",
)
REFLECT_TURNED: tuple[str, ...] = (
    "If I hear you well, {t}.",
    "So {t}.",
    "As you tell it, {t}.",
    "What I hear is that {t}.",
    "You are saying that {t}.",
    "Let me see if I have it: {t}.",
)

SUMMARY_QUOTED: tuple[str, ...] = (
    "So far you have spoken of {e}, and now of {q}.",
    "Drawing it together: first there was {e}, then {q}.",
    "To sum up where we are: earlier you said {e}, and today you add {q}.",
    "Two threads so far: {e} and {q}.",
    "Let me gather what you have told me: {e}, and beside it {q}.",
)
SUMMARY_FIRST: tuple[str, ...] = (
    "To sum up: the thing on the table is {q}.",
    "In short, it comes down to {q} so far.",
    "Let me gather what is here up to now: {q}, and all that hangs on it.",
)
CHALLENGE_QUOTED: tuple[str, ...] = (
    "I wonder what {q} leaves out.",
    "Let me push a little: {q} may be only half of it.",
    "I want to test one thing gently: whether {q} is the whole story.",
    "When I hear {q}, I suspect an assumption that nobody has tested yet.",
    "There is a tension between {q} and other things you say.",
    "I notice a gap between {q} and the rest of your story.",
)
CHALLENGE: tuple[str, ...] = (
    "I wonder whether you are taking something for granted here.",
    "Let me push a little: the opposite might be true as well.",
    "I notice a tension in what you say, and I would not want to smooth it over.",
    "There may be an assumption in this that nobody has tested yet.",
)
