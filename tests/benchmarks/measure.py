"""What the benchmarks share: rows of the table, two works timed in turn, and work done in a fresh process.

Run as a module it is that fresh process: `python -m tests.benchmarks.measure MODULE FUNCTION ARGUMENT...`.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Row:
    """A line of the table; `ok` is None for a figure without a goal."""

    what: str
    measured: str
    goal: str = ""
    ok: bool | None = None


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock and of the processor (all threads, user and system)."""

    wall: float
    cpu: float


def cost(work: Callable[[], object]) -> Cost:
    """What it costs to do `work` once in this process."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def alternate(one: Callable[[], object], other: Callable[[], object], rounds: int) -> list[tuple[Cost, Cost]]:
    """The costs of both in `rounds` rounds, after one that does not count; each goes first in every second round."""
    one()
    other()
    pairs = []
    for turn in range(rounds):
        if turn % 2:
            second, first = cost(other), cost(one)
        else:
            first, second = cost(one), cost(other)
        pairs.append((first, second))
    return pairs


def median(values: Iterable[float]) -> float:
    """The median as a float."""
    return float(statistics.median(values))


def fresh(work: Callable[..., dict[str, Any]], *arguments: object, home: Path | str) -> dict[str, Any]:
    """What `work(*arguments)` answers in a process of its own, whose default store is at `home`.

    `work` is a function of a module of these benchmarks; it gets its arguments as texts. Raises RuntimeError with
    the end of what the process complained about.
    """
    command = [sys.executable, "-m", __name__, work.__module__, work.__name__, *map(str, arguments)]
    # waiting threads sleep, as in the app: seconds of the processor count work, not waiting
    env = {"OMP_WAIT_POLICY": "PASSIVE", **os.environ, "EMBEDDINGS_HOME": str(home)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{work.__name__} failed:\n{done.stderr[-3000:]}")
    answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return answer


def spent() -> float:
    """Seconds of the processor since this process started, with Python's own start and its children."""
    return sum(os.times()[:4])


def seconds(value: float) -> str:
    """A duration in the unit that suits it."""
    return f"{value * 1000:.2f} ms" if value < 1 else f"{value:.2f} s"


if __name__ == "__main__":
    module, function, *given = sys.argv[1:]
    answered = getattr(importlib.import_module(module), function)(*given)
    sys.stdout.write("\n" + json.dumps(answered) + "\n")
