"""``python -m evals`` as processes: stopped, killed, resumed, beside a server, behind a pipe."""

from __future__ import annotations

import json
import re
import shlex
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from evals.results.reading import load_results
from evals.results.run_results import RunResults
from evals.running.folder import RunFolder
from tests.evals.shell import PYTHON, Said, Shell, cells
from tests.server_process import start_server

COUNTING = """
import os, signal, sys
from coaching_core.llm.providers.simulated import SimulatedProvider
from evals.cli import main

ask, last = SimulatedProvider.complete, int(sys.argv[2])
log = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
made = 0

async def count(self, request):
    global made
    os.write(log, b".")
    made += 1
    if made == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return await ask(self, request)

SimulatedProvider.complete = count
sys.exit(main(sys.argv[3:]))
"""
"""A command line that writes a dot for each call it makes, and kills itself with -9 in the middle of one."""

CONCURRENCY = 8


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    return Shell(tmp_path_factory.mktemp("processes"))


def counting(shell: Shell, log: Path, last: int, *arguments: str) -> Said:
    process = shell.start(sys.executable, "-c", COUNTING, str(log), str(last), *arguments, SIMULATED_PACE="0.05")
    out, err = process.communicate(timeout=100)
    return Said(process.returncode, out, err)


def figures(results: RunResults) -> list[tuple[Any, ...]]:
    return [
        (answer.cell, answer.text, answer.verdict and (answer.verdict.score, answer.verdict.criteria))
        for answer in results.answers
    ]


def test_killed_in_the_middle_and_resumed_is_as_if_nothing_had_happened(shell: Shell, tmp_path: Path) -> None:
    log, runs = tmp_path / "calls", tmp_path / "runs"
    options = shell.options(limit="63", repeats="2", concurrency=str(CONCURRENCY), out=str(runs), seed="9")
    killed = counting(shell, log, 230, *options, "--all-topics")
    assert killed.code == -signal.SIGKILL
    (path,) = runs.iterdir()
    folder = RunFolder(path)
    before, plan = len(cells(folder)), folder.plan()
    assert plan.calls == 504
    assert 230 - CONCURRENCY <= before < 230
    assert [run["status"] for run in shell.call("list", "--out", str(runs)).document] == ["interrupted"]

    resumed = counting(shell, log, 0, "resume", plan.run_id, "--out", str(runs))
    assert resumed.code == 0
    assert set(cells(folder).values()) == {1}
    assert len(cells(folder)) == plan.calls
    assert log.stat().st_size - 230 == plan.calls - before
    results = load_results(folder)
    ids = {run.id for run in results.prompt_runs()}
    assert len(ids) == len(list(results.prompt_runs())) == plan.calls + len(results.lost)
    assert 0 < len(results.lost) <= CONCURRENCY
    assert all(run.status == "unknown" and run.held_usd and run.held_usd > 0 for run in results.lost)

    undisturbed = Shell(tmp_path)
    (tmp_path / "frozen.json").write_bytes((path / "plan.json").read_bytes())
    said = undisturbed.call("run", "--plan", "frozen.json", "--out", str(tmp_path / "undisturbed"))
    whole = load_results(RunFolder(tmp_path / "undisturbed" / plan.run_id))
    assert figures(whole) == figures(results)
    assert whole.cost == results.cost == Decimal(resumed.document["cost_usd"]) == Decimal(said.document["cost_usd"])
    assert shell.ask(f"select count(*), count(distinct id) from prompt_runs where eval_run_id = '{plan.run_id}'") == [
        (len(ids), len(ids))
    ]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_stopped_it_prints_the_command_that_goes_on(shell: Shell, number: signal.Signals) -> None:
    out = shell.folder / f"runs of {number.name}"
    options = shell.options(limit="20", out=str(out), concurrency="4")
    process = shell.start(*PYTHON, *options, "--json", SIMULATED_PACE="0.4")
    said, folder = _stop_when_under_way(process, number), RunFolder(next(out.iterdir()))
    assert said.code == 130
    assert said.document["status"] == "stopped"
    done = len(cells(folder))
    assert 0 < done < folder.plan().calls
    resume = re.search(r"Go on with: (python -m evals resume .*)", said.err)
    assert resume is not None
    command = shlex.split(resume[1])
    assert command[:3] == ["python", "-m", "evals"]
    resumed = shell.copy_line(resume[1]) if number is signal.SIGINT else shell.call(*command[3:])
    assert resumed.code == 0
    assert resumed.document["status"] == "finished"
    assert set(cells(folder).values()) == {1}
    assert len(cells(folder)) == folder.plan().calls == 80
    query = "select status, answers_done, verdicts_done, cost_usd from eval_runs where run_id = "
    assert shell.ask(f"{query}'{folder.run_id}'") == [("finished", 40, 40, load_results(folder).cost)]


def _stop_when_under_way(process: subprocess.Popen[str], number: signal.Signals) -> Said:
    assert process.stderr is not None
    head = [process.stderr.readline(), process.stderr.readline()]
    assert json.loads(head[1])["event"] == "progress"
    process.send_signal(number)
    out, rest = process.communicate(timeout=100)
    return Said(process.returncode, out, "".join(head) + rest)


def test_a_run_beside_a_server_goes_into_its_store_once(tmp_path: Path) -> None:
    shell = Shell(tmp_path)
    server = start_server(shell.home, tmp_path / "server.log")
    try:
        server.health()
        said = shell.spawn(*shell.options(limit="6"), http_proxy="http://127.0.0.1:9", no_proxy="")
        assert said.code == 0
        run_id = said.document["run_id"]
        assert [run["run_id"] for run in shell.call("list").document] == [run_id]
        assert shell.call("show", run_id).document["cost_usd"] == said.document["cost_usd"]
        for prompt, topic, words in (("draft", "core_values", "no draft"), ("published", "core_value", "no topic")):
            refused = shell.call(*shell.options(prompt, topic=topic))
            assert refused.code == 2
            assert words in refused.err
        assert "There is no run" in shell.call("show", "nothing").err
    finally:
        assert server.stop()[0] == 0
    cost = Decimal(said.document["cost_usd"])
    asked = f"select count(*), count(distinct id), sum(cost_usd) from prompt_runs where eval_run_id = '{run_id}'"
    assert shell.ask(asked) == [(24, 24, cost)]
    assert shell.ask("select run_id, status, answers_done, verdicts_done, cost_usd from eval_runs") == [
        (run_id, "finished", 12, 12, cost)
    ]


def test_a_reader_that_has_seen_enough(shell: Shell) -> None:
    said = shell.copy_line("python -m evals list | true; python -m evals list --out nowhere >&-")
    assert said.code == 0
    assert "Traceback" not in said.err
    assert "Exception ignored" not in said.err


def test_a_simulated_run_does_not_import_what_it_does_not_need(shell: Shell) -> None:
    said = shell.copy_line(
        "python -X importtime -m evals " + " ".join(f"'{part}'" for part in shell.options("published", limit="2"))
    )
    assert said.code == 0
    assert said.document["status"] == "finished"
    imported = {line.rpartition("|")[2].strip().partition(".")[0] for line in said.err.splitlines() if "|" in line}
    assert "evals" in imported
    assert imported.isdisjoint({"litellm", "openai", "streamlit", "fastapi", "plotly", "boto3", "langchain"})
