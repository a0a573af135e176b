"""``make chaos``, shortened: what it promises holds, and it would say so if not."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks import chaos, outage
from benchmarks.outage_report import OutageRun, Sent, problems, report_lines
from benchmarks.outage_worker import PRIMARY, STAND_IN, SeenBreaker, SeenTurn

TURN = SeenTurn(begun=101.0, ended=102.0, first=101.2, model=STAND_IN)
RUN = OutageRun(
    turns=(TURN,) * 200,
    breaker=(
        SeenBreaker(100.5, "open", 1, 105.5),
        SeenBreaker(106.0, "half_open", 1, None),
        SeenBreaker(107.0, "closed", 1, None),
    ),
    sent=(Sent(99.0, 1.0, True), Sent(100.1, 0.1, False), Sent(105.6, 0.1, True), Sent(105.7, 0.1, True)),
    down_at=100.0,
    up_at=104.0,
)


def test_faults_and_kills_lose_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    code = chaos.main(["--calls", "600", "--concurrency", "60", "--kills", "2"])
    said = capsys.readouterr().out
    assert (code, "Nothing lost" in said, "2 kill -9" in said) == (0, True, True), said


def test_people_get_their_answers_while_a_provider_is_down(capsys: pytest.CaptureFixture[str]) -> None:
    short = ["--users", "10", "--before-seconds", "1.5", "--seconds", "1.5", "--after-seconds", "6"]
    code = outage.main([*short, "--kind", "reset"])
    said = capsys.readouterr().out
    assert (code, "All as promised" in said) == (0, True), said


def test_an_outage_as_promised_has_no_problems() -> None:
    assert problems(RUN) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"turns": ()}, "0 of 0 turns"),
        (
            {"turns": (TURN,) * 198 + (dataclasses.replace(TURN, model=None, error="ProviderDownError"),) * 2},
            "2 of 200",
        ),
        ({"breaker": ()}, "did not open"),
        ({"breaker": RUN.breaker[:2]}, "not closed"),
        ({"sent": (*RUN.sent, Sent(102.0, 0.1, False))}, "1 calls were sent while"),
        ({"sent": RUN.sent * 2}, "4 probes"),
        ({"down_at": 90.0}, "took 10.5 s to open"),
    ],
)
def test_what_an_outage_must_not_do_is_named(changes: dict[str, object], words: str) -> None:
    found = problems(dataclasses.replace(RUN, **changes))  # type: ignore[arg-type]
    assert any(words in problem for problem in found), found


def test_a_turn_answered_by_nobody_is_neither_the_primary_s_nor_the_stand_in_s() -> None:
    failed = dataclasses.replace(TURN, model=None, first=None, error="ProviderDownError")
    answered = dataclasses.replace(TURN, model=PRIMARY)
    table = "\n".join(report_lines(dataclasses.replace(RUN, turns=(failed, answered, TURN))))
    rows = {line[:34].strip(): line[34:].split() for line in table.splitlines()}
    assert rows["answered by the primary"] == ["0", "1", "0"]
    assert rows["answered by the stand-in"] == ["0", "1", "0"]
    assert "1 (33.33%)" in table
