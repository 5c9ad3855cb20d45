"""Run every experiment and write docs/experiments.md: python docs/make_experiments.py REPLICATIONS, or twin."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cyclesim.analysis.experiments import run
from cyclesim.inputs.experiments import experiments
from cyclesim.outputs.experiments import told

PAGE = Path(__file__).parent / "experiments.md"
HEAD = """# The experiments that the evidence asks for

Written by `python docs/make_experiments.py {asked}`; do not edit by hand. `cyclesim experiments` lists them, and
`cyclesim experiment NAME` runs one. Everything here is what the model does under its default parameters, most of which
are assumptions. Person-months averted are those of the baseline less those of the arm, world by world (positive is
good); all else is the arm less the baseline. "Carried out" is the part of the interventions that donors' money pays,
the same for all arms of an experiment (of what their files ask for). A "best" or "worst" here is no advice: sizes of
effects are assumptions, and so are costs.
"""


def main() -> None:
    asked = sys.argv[1] if len(sys.argv) > 1 else "20"
    twin, workers = asked == "twin", os.cpu_count() or 1
    parts = [HEAD.format(asked=asked)]
    for experiment in experiments().values():
        outcome = run(experiment.name, 1 if twin else int(asked), workers=1 if twin else workers, twin=twin)
        command = f"cyclesim experiment {experiment.name} "
        command += "--twin" if twin else f"--replications {asked} --seed 1"
        parts.append(f"## {experiment.number}. {experiment.title}\n\n```text\n{told(outcome, command)}\n```\n")
        PAGE.write_text("\n".join(parts), encoding="utf-8")
        print(parts[-1], flush=True)


if __name__ == "__main__":
    main()
