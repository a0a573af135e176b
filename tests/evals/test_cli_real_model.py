"""A run at the shell with a model over the wire: LiteLLM is loaded for it, and its connections are closed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

from evals.results.reading import load_results
from evals.running.folder import RunFolder
from tests.conftest import PROJECT
from tests.wire import WireUsage
from tests.wire.client import KEY, WireServer

pytest_plugins = ["tests.wire.fixtures"]

_RUN = "run --dataset coaching_reply --topic core_values --prompt published --limit 3 --model {0} --judge {0}"


def test_a_run_over_the_wire_is_whole_and_leaves_no_connection_open(wire: WireServer, tmp_path: Path) -> None:
    wire.configure(usage=WireUsage(1000, 100))
    own = {"WORKBENCH_HOME": str(tmp_path), "OPENAI_BASE_URL": wire.base_url, "OPENAI_API_KEY": KEY, "DATABASE_URL": ""}
    command = [sys.executable, "-X", "dev", "-W", "ignore", "-W", "default::ResourceWarning", "-m", "evals"]
    done = subprocess.run(
        [*command, *_RUN.format("openai/gpt-4.1-mini").split()],
        cwd=PROJECT,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["status"] == "finished"
    results = load_results(RunFolder(Path(answer["folder"])))
    runs = list(results.prompt_runs())
    assert len(runs) == wire.counts().calls == 6
    assert results.cost == 6 * (1000 * Decimal("0.0000004") + 100 * Decimal("0.0000016"))
    assert not any(run.simulated for run in runs)
    assert "unclosed" not in done.stderr.lower()
    assert KEY not in done.stdout + done.stderr
