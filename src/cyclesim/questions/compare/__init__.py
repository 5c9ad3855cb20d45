"""The question what scenarios change, world by world."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from cyclesim.analysis.compare import Comparison
from cyclesim.analysis.compare import compare as compute
from cyclesim.questions.asking import Answer, Question
from cyclesim.questions.compare import draw, tell
from cyclesim.runs import folder
from cyclesim.runs.results import Runs
from cyclesim.runs.sweep import Sweep
from cyclesim.vocabulary import Payer

__all__ = ["Comparison", "compare", "swept"]


def _again(asked: Mapping[str, Any]) -> str:
    """Return the command that simulates and compares the same, or what does in Python, where no command can."""
    runs: Runs = asked["runs"]
    names = sorted(runs.scenarios, key=lambda name: name != _baseline(asked))
    if runs.twin:
        return f"in Python, cs.compare(cs.simulate({names}, DESIGN, seed={runs.seed}, twin=True))"
    draws = "--draws DESIGN.csv " if runs.design is not None else ""
    equal = any(s.interventions_paid_by is Payer.DONORS for s in runs.scenarios.values())
    return typed(names, draws, equal, runs.replications, runs.seed)


def typed(
    names: Sequence[str], draws: str, equal: bool, replications: int, seed: int, purse_share: float | None = None
) -> str:
    """Return the command of a comparison; draws are the option as it is typed, with a blank behind it."""
    paid = "--equal-spending " if equal else ""
    paid += f"--purse-share {purse_share:g} " if purse_share else ""
    return f"cyclesim compare {shlex.join(names)} {draws}{paid}--replications {replications} --seed {seed}"


def _manifest(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest of the runs; of another baseline than the first, what is derived from it."""
    about: dict[str, Any] = asked["runs"].about("comparison")
    baseline = _baseline(asked)
    derived = baseline != asked["runs"].baseline
    return folder.derived(about, "comparison", baseline, compute.__module__) if derived else about


def _baseline(asked: Mapping[str, Any]) -> str:
    baseline = asked["baseline"] or asked["runs"].baseline
    return str(getattr(baseline, "name", baseline))


compare = Question("compare", compute, tell.tell, draw.draw, {}, "comparison", "runs", manifest=_manifest, again=_again)


def swept(sweep: Sweep) -> Answer[Comparison]:
    """Return what a sweep says: its scenarios compared, or what the only one comes to."""
    found = compute(sweep) if len(sweep.scenarios) > 1 else Comparison(sweep, sweep.baseline, {}, {})
    return Answer(compare, found, sweep.manifest, f"cyclesim sweep {sweep.study.name}")
