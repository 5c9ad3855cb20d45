"""One way of doing the work, in a process and an environment of its own: reads orders, writes answers, a line each.

    python worker.py MODULE

An order is {"way": name, "people": n, "chance": p, "seed": s}; the answer {"seconds": t, "flows": [...]}, flows summed
over time in two halves, or {"error": text}.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import time

from work import halves, stocks


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print does not disturb the answers
    ways = importlib.import_module(sys.argv[1]).WAYS
    for line in sys.stdin:
        order = json.loads(line)
        way = ways[order["way"]]
        try:
            began = time.perf_counter()
            flows = way(order["people"], order["chance"], order["seed"])
            left = stocks(flows, order["people"])
            seconds = time.perf_counter() - began
            answer = {"seconds": seconds, "flows": halves(flows).tolist(), "trafficked": left[-1, :, 1].tolist()}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
