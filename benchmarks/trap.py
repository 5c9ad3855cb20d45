"""How estimators from lists fare where few are found: estimate over truth, and how often there is none.

    python benchmarks/trap.py [--worlds N] [--victims N] [--chart FILE]

Lists come from the chances of the model (`cyclesim.model.evidence.lists`) in one setting at a stated share of people
found in a year; what a world adds is only how many are found and on which lists. Two worlds of data: all records
shared and complete, and the defaults of parameters.yaml.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cyclesim.estimation.histories import Counts
from cyclesim.estimation.methods import estimate
from cyclesim.inputs.parameters import parameters
from cyclesim.model.evidence.lists import LISTS, SOURCES, Chances, chances, realised
from cyclesim.model.parameters import Parameters
from cyclesim.vocabulary import RecordList

SHARES = (0.02, 0.03, 0.05, 0.07, 0.10, 0.15, 0.20, 0.30)
METHODS = {"chao": "Chao's lower bound", "independence": "independent lists", "stepwise": "stepwise",
           "bic": "lowest BIC", "pairs": "all pairs"}  # fmt: skip
BANDS = ("chao", "independence")
LINES = ("-", "-", "--", ":", "-")
DATA = {"all linked": {"record_sharing": 1.0, "missing_fields": 0.0, "no_sharing": 0.0, "border_equipment": 0.0},
        "defaults": {}}  # fmt: skip
MONTHS_AT_RISK = 7.5  # within a year, of somebody exploited in it: spells last 20 months


@dataclass(frozen=True)
class Row:
    """One method at one share found: quantiles of estimate over truth where there is one, and the share of refusals."""

    data: str
    method: str
    share: float
    low: float
    median: float
    high: float
    refused: float


def rows(worlds: int, victims: int) -> Iterator[Row]:
    for data, values in DATA.items():
        p = Parameters({name: quantity.value for name, quantity in parameters().items()} | values)
        for share in SHARES:
            ratios = {method: np.full(worlds, np.nan) for method in METHODS}
            for world in range(worlds):
                table = found(of_share(p, share), victims, share, np.random.default_rng([world, round(1000 * share)]))
                for method in METHODS:
                    answer = estimate(table, method).estimate if table.cells.any() else None
                    ratios[method][world] = np.nan if answer is None else answer / victims
            for method, ratio in ratios.items():
                known = ratio[np.isfinite(ratio)]
                quantiles = np.quantile(known, (0.05, 0.5, 0.95)) if known.size else np.full(3, np.nan)
                yield Row(data, method, share, *quantiles.tolist(), refused=1.0 - known.size / worlds)


def of_share(p: Parameters, share: float) -> Chances:
    """Return the chances of a setting in which people come forward at the rate that makes this share."""
    rates = np.zeros((SOURCES, 1))
    rates[-1] = -np.log1p(-share) / MONTHS_AT_RISK
    return chances(p, np.zeros((SOURCES - 2, 1, LISTS)), rates, np.zeros(1, dtype=np.int64), 0.0)


def found(now: Chances, victims: int, share: float, rng: np.random.Generator) -> Counts:
    number = rng.binomial(victims, share)
    cell = np.zeros(number, dtype=np.int64)
    histories = realised(now, cell, cell + SOURCES - 1, rng.random((number, 16)))
    return Counts(tuple(RecordList), histories.linked.astype(np.float64))


def draw(table: list[Row], worlds: int, victims: int, file: str) -> None:
    """Draw the medians and refusals of every method, and the spread of two of them."""
    import matplotlib.pyplot as plt

    from cyclesim.charts import style

    with plt.rc_context(style.RC):
        figure, axes = plt.subplots(2, 2, figsize=(style.WIDTH, 5.4), sharex=True, sharey="row", height_ratios=(2, 1))
        for column, data in enumerate(DATA):
            above, below = axes[:, column]
            above.axhline(1.0, color=style.GREY, linewidth=0.8)
            for method, colour, line in zip(METHODS, style.COLOURS, LINES, strict=False):
                chosen = [row for row in table if (row.data, row.method) == (data, method)]
                at = [100 * row.share for row in chosen]
                if method in BANDS:
                    low, high = [row.low for row in chosen], [row.high for row in chosen]
                    above.fill_between(at, low, high, color=colour, alpha=0.12, lw=0)
                above.plot(at, [row.median for row in chosen], line, color=colour)
                below.plot(at, [100 * row.refused for row in chosen], line, color=colour)
            title = "All records linked" if data == "all linked" else "Two fifths of records shared (defaults)"
            above.set_title(title, loc="left", fontsize=style.NORMAL)
            above.set(yscale="log", ylim=(0.1, 8), yticks=(0.1, 0.2, 0.5, 1, 2, 5))
            above.set_yticklabels(["0.1", "0.2", "0.5", "1", "2", "5"])
            above.minorticks_off()
            below.set(ylim=(0, 100), xlim=(0, 31))
        axes[0, 0].set_ylabel("estimate / truth")
        axes[1, 0].set_ylabel("worlds without\nany estimate, %")
        figure.supxlabel("share of the people exploited who are found in a year, %", y=0.065, fontsize=style.SMALL)
        heading = "Where few are found, linked lists give no estimate, or one far off"
        figure.suptitle(heading, x=0.02, ha="left", fontsize=style.LARGE)
        caption = (
            f"A model, not observations: medians of {worlds} worlds of {victims:,} people exploited, where there is an "
            "estimate. Bands: 90 %, Chao and independent."
        )
        figure.text(0.02, 0.015, caption, color=style.GREY)
        figure.tight_layout(rect=(0, 0.06, 0.86, 1))
        last = [(row, colour) for row in table if (row.data, row.share) == ("defaults", SHARES[-1])
                for method, colour in zip(METHODS, style.COLOURS, strict=False) if method == row.method]  # fmt: skip
        labels = [style.Label(row.median, METHODS[row.method], colour) for row, colour in last]
        style.end_labels(axes[0, 1], labels, 1.2)
        figure.savefig(file, dpi=100)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=200)
    parser.add_argument("--victims", type=int, default=5_000)
    parser.add_argument("--chart", help="file for the chart (.png or .svg)")
    arguments = parser.parse_args()
    table = list(rows(arguments.worlds, arguments.victims))
    print("data         method         found   5 %  median   95 %   no estimate")
    for r in table:
        print(f"{r.data:12} {r.method:13} {r.share:6.2f} {r.low:6.2f} {r.median:6.2f} {r.high:6.2f} {r.refused:10.0%}")
    if arguments.chart:
        draw(table, arguments.worlds, arguments.victims, arguments.chart)


if __name__ == "__main__":
    main()
