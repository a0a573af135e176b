"""What the demo's coachees write and what the coach answers, for each focus.

``{who}`` and ``{when}`` stand for a person and an occasion; :mod:`coaching_core.demo.texts` fills them in.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Practice:
    """One focus and the material its conversations are made of.

    Attributes:
        turns: How a coachee begins to tell.
        replies: How the coach takes it up.
        questions: What the coach asks then.
    """

    focus_id: str
    title: str
    description: str
    turns: tuple[str, ...]
    replies: tuple[str, ...]
    questions: tuple[str, ...]


ASKING = Practice(
    "demo-focus-asking",
    "Asking open questions",
    "Asks questions that make people think, one at a time, and waits for the answer.",
    (
        "I asked {who} “did it go well?” {when} and got a nod. That was all.",
        "{when} I tried a what-question with {who} and the answer went on for five minutes.",
        "I had three questions ready for {who} and fired them all at once {when}.",
        "{when} {who} said “I don't know”, and I filled the gap myself.",
        "I caught myself asking {who} “don't you think we should wait?” {when}.",
        "With {who} I asked “what would make this easier?” {when} and then shut up. It worked.",
        "{who} came to me with a problem {when} and I asked whether they had tried the obvious thing.",
        "I wrote down two open questions before I met {who} {when}. I used one of them.",
        "{when} I asked {who} “why did you do that?” and it sounded like an accusation.",
    ),
    (
        "So the shape of the question decided how much {who} could say.",
        "You noticed what the question did to {who}. Many people never look.",
        "It sounds as if {who} had more to tell than the question allowed.",
        "There was a moment with {who} when you could have waited a little longer.",
        "You went in with a plan, and then {who} surprised you.",
        "What you describe is a question that already carried its own answer.",
    ),
    (
        "How would you ask the same thing so that yes or no does not fit?",
        "What did you want to find out when you asked?",
        "Which of your questions would you keep if you had only one?",
        "What happened in the silence after it?",
        "What might {who} have said to “what made that hard”?",
        "How could you find out what {who} already tried?",
    ),
)

LISTENING = Practice(
    "demo-focus-listening",
    "Listening",
    "Hears people out, says back what was meant, and leaves room for what was felt.",
    (
        "{who} told me about a row at home {when} and I looked at the clock twice.",
        "{when} I said back to {who} what I had understood, and it was wrong. Good that I asked.",
        "I noticed {when} that I was preparing my answer while {who} was still talking.",
        "{who} sounded tired {when}. I heard it and went on with the agenda anyway.",
        "I let {who} finish {when} without a single word from me. It felt very long.",
        "{when} {who} said “never mind”, and I did not let it go this time.",
        "I interrupted {who} {when} because I was sure I knew where it was heading.",
        "{when} I only asked “and then?” and {who} went on to the part that mattered.",
        "After ten minutes with {who} {when} I could not have said what the worry was.",
    ),
    (
        "You heard the words and also what was under them.",
        "Part of you was with {who}, and part of you was already somewhere else.",
        "It took some patience to stay with {who} there.",
        "So there was something {who} wanted you to hear, and it came late.",
        "You are honest about where your attention went.",
        "Saying it back gave {who} a chance to put it right.",
    ),
    (
        "What do you think {who} was feeling just then?",
        "What told you that there was more behind it?",
        "What pulled your attention away?",
        "How would {who} describe that conversation?",
        "What could you say back in one sentence?",
        "When did you last feel listened to like that?",
    ),
)

DELEGATING = Practice(
    "demo-focus-delegating",
    "Delegating",
    "Hands over a result, not a list of steps, agrees when to look, and leaves it there.",
    (
        "I gave {who} the monthly report {when} and took it back two days later.",
        "{when} I asked {who} how they would go about it instead of explaining it. New for me.",
        "I handed {who} the supplier contract {when}, with a date for a first look.",
        "{who} asked me {when} what exactly the result should be, and I had no clear answer.",
        "I still do the rota myself, although {who} offered {when} to take it.",
        "{when} I checked on {who} three times in one day.",
        "{who} did it differently from how I would have, and {when} I said nothing. It was fine.",
        "I told {who} {when} “just do it as you like” and then I did not like it.",
        "Half of my week went into things {who} could do. We counted it {when}.",
    ),
    (
        "You gave away the task and kept the worry.",
        "Letting {who} choose the way is a large step for you.",
        "The result was clear in your head, less so in what {who} heard.",
        "So {who} is ready to take more than you have handed over.",
        "There is a date now, and that lets both of you breathe.",
        "It cost you something not to step in.",
    ),
    (
        "What would you need to know to leave it with {who}?",
        "How will the two of you see that it is done well?",
        "What is the worst that could happen if {who} does it their way?",
        "Which task will you hand over next, and by when?",
        "What does {who} need from you before starting?",
        "What will you do with the time you win?",
    ),
)

REFUSING = Practice(
    "demo-focus-refusing",
    "Saying no",
    "Turns a request down clearly and kindly, without a long defence, and keeps the relation.",
    (
        "{who} asked me for a favour {when} and I heard myself say yes before thinking.",
        "{when} I told {who} “not this week” and that was the end of it.",
        "I wrote {who} a whole page {when} on why I cannot join the committee.",
        "{who} wants me in another project. I said “I'll see” {when}, and now they count on me.",
        "I said no to {who} {when} and felt guilty all evening.",
        "{when} I offered {who} a smaller thing instead of the big one. We both were content.",
        "I asked {who} for a day to think {when}. I have never done that before.",
        "{who} pushed back when I declined {when}, and I gave in.",
        "I cancelled on {who} at the last minute {when} because I should have refused earlier.",
    ),
    (
        "The yes came faster than the thought.",
        "You said it in one sentence, and {who} could live with it.",
        "It seems the explanation was meant for you more than for {who}.",
        "You want to be somebody {who} can count on, and you are tired.",
        "Asking for time was a way of taking your own plan seriously.",
        "So the door was left ajar, and {who} walked through it.",
    ),
    (
        "What would you be saying yes to if you said no here?",
        "How could the no sound in ten words?",
        "What are you afraid {who} would think?",
        "What would you advise a friend who gets this request?",
        "Where in your body do you notice that it is too much?",
        "What can you offer {who} without paying for it later?",
    ),
)

FEEDBACK = Practice(
    "demo-focus-feedback",
    "Giving feedback",
    "Says what was seen and what it did, soon and in private, and asks how the other sees it.",
    (
        "I told {who} {when} that the minutes came late three times. Just that, nothing else.",
        "{when} I wanted to praise {who} and it came out as “good job, everybody”.",
        "I have been putting off a talk with {who} for two weeks. {when} I nearly did it.",
        "I said to {who} {when} that they were careless. They went very quiet.",
        "{when} {who} thanked me for saying openly what had bothered me.",
        "I packed the criticism between two compliments {when}, and {who} only heard those.",
        "I began with what I had seen, then asked {who} for their side {when}.",
        "{who} got my remark in front of everybody {when}. I regret that.",
        "{when} I described to {who} what the delay meant for the others.",
    ),
    (
        "You stayed with what could be seen, and {who} could hear it.",
        "There is a fact in it and a judgement, and {who} will have heard the judgement.",
        "Waiting has made it heavier for you, and maybe for {who} too.",
        "You wanted to be kind, and the message got lost on the way.",
        "It matters to you how {who} feels afterwards.",
        "That took courage, and {who} answered it.",
    ),
    (
        "What exactly did you see or hear?",
        "What did it lead to, for you or for others?",
        "How might {who} tell the same story?",
        "What do you want {who} to do more of?",
        "When would be a good moment, and where?",
        "What would be your first sentence?",
    ),
)

TALKS = Practice(
    "demo-focus-talks",
    "Preparing talks",
    "Knows the one thing listeners should take home and builds the talk towards it.",
    (
        "I have forty slides for the talk {who} asked me to give. I counted them {when}.",
        "{when} I told {who} the whole talk in one sentence. It took six attempts.",
        "I rehearsed in front of {who} {when} and lost the thread in the middle.",
        "{who} asked me {when} what people should do after my talk. I did not know.",
        "I threw out the history part {when}, and {who} says nothing is missing.",
        "{when} I opened with a story about {who} instead of an agenda.",
        "I read most of it from the screen {when}. {who} noticed.",
        "My talk for {who} ran ten minutes over {when}.",
        "{when} I wrote the last sentence first, as {who} had suggested.",
    ),
    (
        "There is a lot you know, and the listeners will hear it once.",
        "Once you had the sentence, the rest could be measured against it.",
        "You learned more from the rehearsal with {who} than from another evening of slides.",
        "So the question from {who} went to the heart of it.",
        "Cutting was harder than adding.",
        "The beginning is yours now; nobody else could open like that.",
    ),
    (
        "What should people say about it on the way out?",
        "Who will be sitting there, and what do they worry about?",
        "What could go without anybody missing it?",
        "What is the first thing they will see or hear?",
        "Where did you feel most alive when you told it?",
        "What will you try before the day itself?",
    ),
)

PRACTICES = (ASKING, LISTENING, DELEGATING, REFUSING, FEEDBACK, TALKS)
"""All focuses of the demo, the most chosen first."""
