"""Run every experiment and write docs/experiments.md: python docs/make_experiments.py REPLICATIONS, or twin."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import cyclesim as cs
from cyclesim.inputs import shipped

PAGE = Path(__file__).parent / "experiments.md"
HEAD = """# The experiments that the evidence asks for

Written by `python docs/make_experiments.py {asked}`; do not edit by hand. They are studies (`cyclesim studies`), and
`cyclesim experiment NAME` carries one out. Everything here is what the model does under its default parameters, most
of which are assumptions. Person-months averted are those of the baseline less those of the arm, world by world
(positive is good); all else is the arm less the baseline. "Carried out" is the part of the interventions that donors'
money pays, the same for all arms of an experiment (of what their files ask for). A "best" or "worst" here is no
advice: sizes of effects are assumptions, and so are costs.
"""


def main() -> None:
    asked = sys.argv[1] if len(sys.argv) > 1 else "20"
    twin = asked == "twin"
    parts = [HEAD.format(asked=asked)]
    for number, study in experiments():
        found = (
            cs.experiment(study, twin=True)
            if twin
            else cs.experiment(study, replications=int(asked), workers=os.cpu_count() or 1)
        )
        parts.append(f"## {number}. {study.title}\n\n```text\n{found}\n```\n")
        PAGE.write_text("\n".join(parts), encoding="utf-8")
        print(parts[-1], flush=True)


def experiments() -> list[tuple[int, cs.Study]]:
    """Return the experiments of the evidence table with their numbers there, in its order."""
    studies = [study for study in map(cs.load_study, shipped.studies()) if study.experiment]
    numbers = [int(re.match(r"Experiment (\d+) of the evidence table", study.sources[0])[1]) for study in studies]
    return sorted(zip(numbers, studies, strict=True), key=lambda pair: pair[0])


if __name__ == "__main__":
    main()
