"""Questions of the simulated coach. ``{q}`` stands for a few words of the person's own, already in quotation marks."""

from __future__ import annotations

OPEN: tuple[str, ...] = (
    "What matters most to you in this?", "What do you notice as you say it?", "What is at the heart of this for you?",
    "What would you like to be different?", "How do you make sense of that?", "What is it that keeps coming back?",
    "What part of this have you not said yet?", "How would you like this to go on?",
    "What does this tell you about yourself?", "What would it mean to you if that changed?",
    "What do you know about this that nobody else knows?", "How does that sit with you now?",
    "What would you miss if it were gone?", "What are you protecting here?", "What else belongs to this?",
    "How do you see it when you take a step back?", "What is the question underneath all this?",
    "What would be a good outcome in your own eyes?", "What gives you strength in this?",
    "How would you put it to somebody who knows you well?", "What would you want to keep, whatever happens?",
    "What does your gut say?", "What makes this important just now?", "How much room does this have in your days?",
    "What are you hoping for, if you are honest with yourself?", "What is becoming clearer as you talk?",
    "What would the calmest part of you say to that?", "How do you want to look back on this?",
)
OPEN_QUOTED: tuple[str, ...] = (
    "What lies behind {q} for you?", "What do you hear yourself saying in {q}?", "What makes {q} weigh what it weighs?",
    "How would you go on after {q}?", "What does {q} mean in your own life?", "What is in {q} that matters to you?",
    "When you say {q}, what comes up?", "How does it feel to have said {q} out loud?", "What belongs to {q} that is still unsaid?",
    "What would you add to {q} if there were time?", "What sits right beside {q}?", "How long has {q} been true for you?",
    "What would {q} look like on a good day?", "Who else would understand {q}, and how?",
)
OPEN_CONCRETE: tuple[str, ...] = (
    "What happened the last time this came up?", "What did you do the last time, step by step?",
    "What was a recent moment when you felt this most?", "How did it go the last time it mattered?",
    "What is one scene from this week that shows it?", "What exactly happened just before that?",
    "How did you notice it the last time, and where were you?", "What would I have seen if I had stood beside you that day?",
    "What is one particular day that comes to mind?", "What did the other people there do at that moment?",
    "What is a small example of it from the past few days?", "How did the last such moment begin?",
)
OPEN_CONCRETE_QUOTED: tuple[str, ...] = (
    "What was a recent moment when {q} was plain to see?", "When you say {q}, what particular day comes to mind?",
    "What happened the last time that {q} was on your mind?", "What is one scene in which I would have seen {q}?",
    "How did the last such moment go, the one behind {q}?", "What concrete example stands behind {q}?",
)
CLOSED: tuple[str, ...] = (
    "Is this something you want to change?", "Have you talked to anybody about it?", "Do you think it will pass?",
    "Would you say it is getting better?", "Are you sure about that?", "Is it worth it to you?",
    "Do you feel ready for it?", "Have you always seen it that way?", "Would it help to wait a little?",
    "Is that the real reason?", "Do you want to go on with this today?", "Are you happy with how it stands?",
    "Can you accept it as it is?", "Would the people close to you agree?", "Is there still time to decide?",
    "Do you trust your own judgement here?", "Has it been like this for long?", "Could you live with it for another year?",
    "Is it the same at home?", "Do you see a way forward?", "Are you being fair to yourself?",
    "Would you do it again?", "Did you expect that?", "Is that what you really want?",
)
CLOSED_QUOTED: tuple[str, ...] = (
    "Is {q} still true today?", "Do you really mean {q}?", "Is {q} the main thing here?", "Would you still say {q} tomorrow?",
    "Have you said {q} to anybody else?", "Are you content with {q}?",
)
CLOSED_CONCRETE: tuple[str, ...] = (
    "Did something like that happen this week?", "Was there a particular day when it started?",
    "Do you remember the last time it happened?", "Was it like that yesterday as well?",
    "Is there one recent moment that stands out?", "Were you alone when it happened the last time?",
    "Did it happen again in the past few days?", "Can you recall one example?",
)
SHORT_OPEN: tuple[str, ...] = ("What matters most here?", "What comes up?", "What else?", "How so?")
SHORT_CLOSED: tuple[str, ...] = ("Is that so?", "Are you sure?", "Is that all?", "Really?")

OPENING_OPEN: tuple[str, ...] = (
    "What brings you here today?", "What would make this time well spent for you?", "What is on your mind just now?",
    "Where would you like to begin?", "What would you like to look at together?",
    "How are you arriving here today?", "What has been moving you lately?",
)
OPENING_CLOSED: tuple[str, ...] = (
    "Shall we begin?", "Are you ready to start?", "Is there something you would like to talk about?",
    "Have you done something like this before?", "Do you have a subject in mind?",
)
