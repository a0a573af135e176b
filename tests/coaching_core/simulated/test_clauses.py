"""A sentence of a prompt brought into plain words and cut into clauses."""

from __future__ import annotations

import pytest

from coaching_core.llm.providers.simulated.clauses import clauses, plain
from coaching_core.llm.providers.simulated.sentences import Sentence


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("Don’t ask “yes or no”", "do not ask yesno"),
        ("You can't, won't, mustn't", "you can not, will not, must not"),
        ("donot ask, nver ask", "do not ask, never ask"),
        ("Never, ever stop", "never stop"),
        ("Do, under any circumstances, ask", "do ask"),
        ("{{user_name}}'s words", "persons names words"),
        ("ASK ﬁrst — aks again", "ask first - ask again"),
        ("Ask open-ended or closed-ended questions", "ask openended or closed questions"),
        ("a simple yes/no answer, one-word answers, either/or", "yesno , yesno , eitheror"),
        ("thought-provoking, long-winded, to the point", "thoughtprovoking, longwinded, brief"),
        ("in-depth or at length", "detailed or detailed"),
        ("problem-solving and self-harm, non-directive", "problemsolving and selfharm, non directive"),
        ("what or how, how and what", "whathow , whathow"),
        ("start with what, begin by do you", "start with whathow, begin by closed"),
        ("tell them what to do", "tell them whattodo"),
        ("a hundred words", "100 words"),
        ("sum up, push back, hand them over, stop coaching", "sumup, pushback, handover, stopcoaching"),
        ("out of ideas in a dead end", "outofideas in a deadend"),
        ("feel free to ask, no matter what", "to ask, what"),
        ("up to five, at the most two", "upto five, atmost two"),
        ("steer clear of tips, hold back", "refrain of tips, refrain"),
        ("keep advice to yourself", "refrain advice"),
        ("instead of advice, rather than tips", "ratherthan advice, ratherthan tips"),
        ("prefer silence over advice", "prefer silence ratherthan advice"),
        ("not only ask but also tell", "ask but also tell"),
        ("nothing but questions", "only questions"),
        ("do not ask anything but questions", "do ask only questions"),
        ("anything but short", "ratherthan short"),
        ("limit yourself to one", "atmost one"),
        ("no more than 60 words", "atmost 60 words"),
        ("not longer than five, no longer than six", "atmost five, atmost six"),
        ("do not exceed ten", "do atmost ten"),
        ("more than one question, more than ten", "several question, morethan ten"),
        ("more than a yes or no", "not yesno"),
        ("fewer than ten, less than two", "under ten, under two"),
        ("no limit, word limits", "no wordlimit, wordlimit"),
    ],
)
def test_wordings_become_plain_words(written: str, words: str) -> None:
    assert " ".join(plain(written).split()) == words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Never give advice or tips.", [("never give advice or tips", 0)]),
        ("Ask, then listen and reflect", [("ask , then", 0), ("listen and", 0), ("reflect", 0)]),
        ("Do not judge, advise or fix.", [("do not judge ,", 0), ("advise or fix", 1)]),
        (
            "Do not judge, advise the person, or fix it",
            [("do not judge ,", 0), ("advise the person , or", 1), ("fix it", 1)],
        ),
        ("Never judge, avoid or fix it", [("never judge ,", 0), ("avoid or", 0), ("fix it", 1)]),
        ("Never ask or, nor avoid it", [("never ask or ,", 0), ("nor", 0), ("avoid it", 0)]),
        ("Do this but never that", [("do this but", 0), ("never that", 0)]),
        ("Listen and not judge", [("listen and", 0), ("not judge", 0)]),
        ("Say it but without haste", [("say it but", 0), ("without haste", 0)]),
        ("Show warmth while asking, and without haste", [("show warmth while asking , and without haste", 0)]),
        ("Ask or name", [("ask or name", 0)]),
        ("Ask or name it", [("ask or", 0), ("name it", 0)]),
        ("Offer advice and solutions", [("offer advice and solutions", 0)]),
        ("If stuck, offer options.", [("offer options", 0)]),
        ("In short, ask", [("in short ,", 0), ("ask", 0)]),
        ("When done", [("when done", 0)]),
        ("", []),
    ],
)
def test_clauses_are_cut_where_a_new_order_begins(text: str, expected: list[tuple[str, int]]) -> None:
    found = clauses(Sentence(text))

    assert [(" ".join(clause.words), clause.carried) for clause in found if clause.words] == expected


def test_a_clause_knows_its_sentence_its_list_and_its_heading() -> None:
    ask, listen = clauses(Sentence("If stuck, ask and listen", heading=True))
    (tips,) = clauses(Sentence("tips", lead="Avoid"))

    assert ask.context == listen.context == {"if", "stuck", ",", "ask", "and", "listen"}
    assert (ask.heading, listen.heading, tips.heading) == (True, True, False)
    assert tips.words == ("avoid", ":", "tips")


def test_only_the_beginning_of_an_endless_sentence_is_read() -> None:
    (clause,) = clauses(Sentence("word " * 1_000))

    assert len(clause.words) == 400
