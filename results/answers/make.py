"""Five questions about the cycle, answered on one page with intervals: python results/answers/make.py.

Writes answers.md and answers.json beside this file. --draws, --worlds and --workers change how much is simulated; with
--draws 8 it is tried in some minutes. Nothing here but words and tables is new: loop, equal spending, paired worlds and
the value of information are functions of the package.
"""

from __future__ import annotations

import argparse
import json
import math
import os
from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import cyclesim as cs
from cyclesim.analysis.loop import LINKS, Loops, loops
from cyclesim.analysis.voi import SURVEYS, evpi, evpi_of_halves, evppi, evsi
from cyclesim.inputs.schedule import Schedule
from cyclesim.inputs.shipped import names as shipped
from cyclesim.outputs import markdown
from cyclesim.outputs.money import number
from cyclesim.runs.engines import cores
from cyclesim.runs.folder import graded
from cyclesim.version import VERSION

HERE = Path(__file__).parent
ON_TOP = 5_000
"""US dollars per million people in need and year that every intervention receives, if money comes on top."""
FIRST, PAIRED = 3, 6
"""How many interventions are answered for, and of how many pairs are tried in twins."""
TARGET = "person_months_exploited"

Scenario = cs.Scenario
Simulate = Callable[[Sequence[Scenario]], cs.Ensemble]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--draws", type=int, default=64, help="draws of all inputs (default: 64)")
    parser.add_argument("--worlds", type=int, default=2, help="worlds of the ledger in each draw (default: 2)")
    parser.add_argument("--workers", type=int, default=cores(), help="processes (default: one a core)")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    found = answers(asked.draws, asked.worlds, asked.workers, asked.seed)
    (HERE / "answers.json").write_text(json.dumps(found, indent=1, allow_nan=False) + "\n", encoding="utf-8")
    (HERE / "answers.md").write_text(page(found), encoding="utf-8")
    print(page(found))


def answers(draws: int, worlds: int, workers: int, seed: int) -> dict[str, Any]:
    """Return everything that the page says, as JSON types."""
    baseline = cs.load("baseline")
    options = interventions(baseline)
    design = cs.sample([baseline, *options], n=draws, seed=seed)
    told("the loop")
    loop = loops(baseline, design, workers=workers)
    told(f"{len(options)} interventions alone, paid from the donors' own money and on top")
    twins = partial(cs.simulate_at_equal_spending, design=design, seed=seed, workers=workers, twin=True)
    own = averted(twins([baseline, *options]))
    on_top = averted(cs.simulate([baseline, *scaled(options)], design, seed=seed, workers=workers, twin=True))
    usual = averted(cs.simulate_at_equal_spending([baseline, *options], seed=seed, workers=workers, twin=True)).loc[0]
    costly = [option.name for option in options if cost(option) > 0]
    order = own[costly].mean().sort_values(ascending=False).index.tolist()
    told(f"pairs of the first {PAIRED}")
    by_name = {option.name: option for option in options}
    pairs = [together(by_name[a], by_name[b]) for a, b in combinations(order[:PAIRED], 2)]
    paired = averted(twins([baseline, *pairs]))
    told("the first three and their pairs, world by world")
    chosen = [*(by_name[name] for name in order[:FIRST])]
    chosen += [together(a, b) for a, b in combinations(chosen, 2)]
    ledger = cs.simulate_at_equal_spending([baseline, *chosen], design, worlds, seed, workers)
    prevalence = ledger.totals[ledger.totals["scenario"] == "baseline"].groupby("draw")["true_prevalence"].mean()
    exploited = own.attrs["baseline"]
    return {
        "model_version": VERSION,
        "command": f"python results/answers/make.py --draws {draws} --worlds {worlds} --seed {seed}",
        "draws": draws,
        "worlds": worlds,
        "quantities": len(design.names),
        "parameters": graded(),
        "baseline_person_months": float(exploited.mean()),
        "loop": told_of_the_loop(loop),
        "alone": alone(own, on_top, order, by_name),
        "at_the_defaults": {n: float(v) for n, v in usual[costly].sort_values(ascending=False).items()},
        "free": free(own, [option.name for option in options if cost(option) == 0]),
        "pairs": in_pairs(own, paired, order),
        "ledger": in_worlds(ledger, [scenario.name for scenario in chosen]),
        "ranking": ranking(own, order, costly),
        "information": information(ledger, [s.name for s in chosen], prevalence.to_numpy(), design, seed),
    }


def told(what: str) -> None:
    print(f"... {what}", flush=True)


# ---------------------------------------------------------------- scenarios


def interventions(baseline: Scenario) -> list[Scenario]:
    """Return every shipped scenario that adds interventions to the baseline and has its months."""
    found = [cs.load(name) for name in shipped() if name[0] in "rp" and name[1:3].isdecimal()]
    return [s for s in found if (s.months, s.start) == (baseline.months, baseline.start) and s.interventions]


def cost(scenario: Scenario) -> float:
    """Return US dollars of all interventions over all months."""
    schedule = Schedule(scenario)
    return sum(schedule.cost(month) for month in range(scenario.months)) / 100


def scaled(options: Sequence[Scenario]) -> list[Scenario]:
    """Return those that cost anything, carried out to the share that costs `ON_TOP`."""
    result = []
    for option in options:
        people = sum(wave.people for crisis in option.crises.values() for wave in crisis.arrivals.values())
        total, full = ON_TOP * people / 1e6 * option.months / 12, cost(option)
        if full > 0:
            shares = {f"interventions.{n}.share": e.share * total / full for n, e in option.interventions.items()}
            result.append(option.with_values({key: min(share, 1.0) for key, share in shares.items()}))
    return result


def together(one: Scenario, two: Scenario) -> Scenario:
    """Return both interventions in one scenario."""
    data = one.resolved()
    return Scenario.parse(
        {**data, "interventions": {**data["interventions"], **two.resolved()["interventions"]}},
        f"{one.name} + {two.name}",
    )


# ---------------------------------------------------------------- findings


def averted(ensemble: cs.Ensemble) -> pd.DataFrame:
    """Return person-months averted, a row for each draw (mean over its worlds), a column for each scenario."""
    table = ensemble.totals.pivot_table(index="draw", columns="scenario", values=TARGET, aggfunc="mean")
    found = table.drop(columns="baseline").rsub(table["baseline"], axis=0)
    found.attrs["baseline"] = table["baseline"]
    return found


def spread(values: Sequence[float] | np.ndarray[Any, Any]) -> dict[str, float]:
    """Return mean, standard error and the ends of 90 % of values."""
    v = np.asarray(values, dtype=float)
    low, high = np.quantile(v, [0.05, 0.95])
    error = v.std(ddof=1) / math.sqrt(v.size)
    return {"mean": float(v.mean()), "standard_error": float(error), "low": float(low), "high": float(high)}


def share(hits: np.ndarray[Any, Any]) -> dict[str, float]:
    """Return a share of draws with its 95 % interval (Wilson)."""
    from scipy.stats import binomtest

    ends = binomtest(int(hits.sum()), hits.size).proportion_ci(0.95, "wilson")
    return {"share": float(hits.mean()), "low": float(ends.low), "high": float(ends.high)}


def told_of_the_loop(found: Loops) -> dict[str, Any]:
    columns = ["gain", "multiplier", "measured", *LINKS]
    table = found.table().iloc[1:]
    weakest = pd.Series([one.weakest for one in found.drawn]).value_counts(normalize=True)
    return {
        "default": found.default.to_dict(),
        "intervals": {c: dict(zip(("low", "median", "high"), found.interval(c), strict=True)) for c in columns},
        "weakest": {str(link): float(part) for link, part in weakest.items()},
        "amplifies": share((table["gain"] >= 0.1).to_numpy()),
    }


def alone(
    own: pd.DataFrame, on_top: pd.DataFrame, order: Sequence[str], by_name: dict[str, Scenario]
) -> list[dict[str, Any]]:
    return [
        {
            "scenario": name,
            "title": by_name[name].title,
            "own_money": spread(own[name]),
            "on_top": spread(on_top[name]),
            "helps": share((own[name] > 0).to_numpy()),
        }
        for name in order
    ]


def free(own: pd.DataFrame, names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"scenario": name, "own_money": spread(own[name])} for name in names]


def in_pairs(own: pd.DataFrame, paired: pd.DataFrame, order: Sequence[str]) -> list[dict[str, Any]]:
    found = []
    for a, b in combinations(order[:PAIRED], 2):
        both = paired[f"{a} + {b}"]
        better = both - own[[a, b]].max(axis=1)
        found.append({"pair": [a, b], "own_money": spread(both), "beyond_the_better_one": spread(better)})
    return sorted(found, key=lambda row: -row["own_money"]["mean"])


def in_worlds(ledger: cs.Ensemble, names: Sequence[str]) -> dict[str, dict[str, float]]:
    table = averted(ledger)
    return {name: {**spread(table[name]), "helps": float((table[name] > 0).mean())} for name in names}


def ranking(own: pd.DataFrame, order: Sequence[str], costly: Sequence[str]) -> dict[str, Any]:
    ranks = own[list(costly)].rank(axis=1, ascending=False)
    first = ranks[list(order[:FIRST])]
    return {
        "same_order": share((first.to_numpy() == np.arange(1, FIRST + 1)).all(axis=1)),
        "same_three": share((first <= FIRST).all(axis=1).to_numpy()),
        "among_themselves": share((own[list(order[:FIRST])].diff(axis=1).iloc[:, 1:] <= 0).all(axis=1).to_numpy()),
        "first_is_first": share((ranks[order[0]] == 1).to_numpy()),
        "in_the_first_three": {name: float((ranks[name] <= FIRST).mean()) for name in order[:PAIRED]},
    }


def information(
    ledger: cs.Ensemble, names: Sequence[str], prevalence: np.ndarray[Any, Any], design: cs.Design, seed: int
) -> dict[str, Any]:
    """Return what knowing more is worth to a donor who chooses among these uses of the same money, and none."""
    table = ledger.totals.pivot(index=["draw", "replication"], columns="scenario", values=TARGET)
    gained = table[["baseline", *names]].rsub(table["baseline"], axis=0)
    values = gained.to_numpy().reshape(len(design), -1, len(names) + 1).transpose(0, 2, 1)
    means = values.mean(axis=2)
    options = ["baseline", *names]
    surveys = {str(n): spread([evsi(means, prevalence / 1000, n, seed + k) for k in range(40)]) for n in SURVEYS}
    inputs = {name: evppi(means, x) for name, x in zip(design.names, design.values.T, strict=True)}
    chance = [max(0.0, evppi(means, np.random.default_rng(seed + k).random(len(means)))) for k in range(200)]
    return {
        "chosen_now": options[int(means.mean(axis=0).argmax())],
        "worth_of_the_choice": float(means.mean(axis=0).max()),
        "evpi": evpi(means),
        "evpi_of_halves": evpi_of_halves(values) if values.shape[2] > 1 else None,
        "surveys": surveys,
        "by_chance": float(np.quantile(chance, 0.95)),
        "inputs": dict(sorted(inputs.items(), key=lambda item: -item[1])[:5]),
        "cost_of_a_survey": float(cs.load("baseline").parameter("cost_survey")),
    }


# ---------------------------------------------------------------- the page


def page(found: dict[str, Any]) -> str:
    """Return the page."""
    parts = [
        "# Five questions about the cycle\n",
        f"Answers of the model (version {found['model_version']}, scenario `baseline`: ten years of a protracted crisis "
        f"of one million displaced people), not observations. Intervals are 90 % of {found['draws']} draws of all "
        f"{found['quantities']} inputs with a range; {found['parameters']['assumptions']} of "
        f"{found['parameters']['number']} parameters are assumptions that nobody has measured. Sizes of interventions "
        f"and what they cost are assumptions too: an order here is no advice.\n\nReproduce: `{found['command']}`; "
        "numbers: [answers.json](answers.json).\n",
        _loop(found["loop"]),
        _alone(found),
        _ranking(found["ranking"]),
        _information(found),
    ]
    return "\n".join(parts)


def _loop(loop: dict[str, Any]) -> str:
    default, ends = loop["default"], loop["intervals"]
    rows = [[link.replace("->", "→"), _figure(default["links"][link]), _ends(ends[link])] for link in LINKS]
    often = max(loop["weakest"].items(), key=lambda item: item[1])
    return (
        "## How strong is the loop, and where is its weakest link?\n\n"
        f"**A permanent dollar of funding comes to US${default['multiplier']:.2f} in the long run at the default inputs "
        f"(gain G = {default['gain']:.3f}), and to US${ends['multiplier']['low']:.2f} to {ends['multiplier']['high']:.2f} "
        f"over the draws.** Brute force gives {default['measured']:.2f} at the defaults. In {_part(loop['amplifies'])} of "
        "draws a tenth or more of a change comes back (G of 0.1 or more). "
        f"The weakest link at the defaults is {default['weakest'].replace('->', '→')}; over the draws it is most often "
        f"{often[0].replace('->', '→')} ({100 * often[1]:.0f} % of draws).\n\n"
        + markdown.table(["link", "elasticity at the defaults", "90 % of draws"], rows)
    )


def _alone(found: dict[str, Any]) -> str:
    base = found["baseline_person_months"]
    rows = [
        [
            row["title"],
            _percent(row["own_money"], base),
            f"{100 * row['helps']['share']:.0f} %",
            _percent(row["on_top"], base),
        ]
        for row in found["alone"][:PAIRED]
    ]
    title = {row["scenario"]: row["title"] for row in found["alone"]}
    pairs = [
        [
            " + ".join(title[n] for n in row["pair"]),
            *(_percent(row[c], base) for c in ("own_money", "beyond_the_better_one")),
        ]
        for row in found["pairs"][:5]
    ]
    worlds = [
        [" + ".join(title[part] for part in name.split(" + ")), _percent(row, base), f"{100 * row['helps']:.0f} %"]
        for name, row in found["ledger"].items()
    ]
    usual = list(found["at_the_defaults"].items())[:FIRST]
    told_usual = "; ".join(f"{title[name].lower()} ({100 * value / base:.2f} %)" for name, value in usual)
    harmful = sum(row["own_money"]["mean"] <= 0 for row in found["alone"])
    return (
        "## Which interventions avert most person-months at equal spending, alone and in pairs?\n\n"
        "Equal spending: the donors of the crisis pay, and what they pay is not spent on the response they paid for "
        f"before. In per cent of the baseline's {number(base)} person-months; positive is averted. **First are "
        f"{', '.join(row['title'].lower() for row in found['alone'][:FIRST])}.** Of the {len(found['alone'])} "
        f"interventions with a cost, {harmful} avert less on average than the money that they displace. "
        f"At the default inputs, where donors have less money than in most draws, the first three are {told_usual}.\n\n"
        + markdown.table(
            [
                "alone",
                "from the donors' own money",
                "averts in",
                f"with US${ON_TOP:,} per million people and year on top",
            ],
            rows,
        )
        + "\nIn pairs, of the first six:\n\n"
        + markdown.table(["pair", "from the donors' own money", "beyond the better of the two"], pairs)
        + f"\nThe first three and their pairs, person by person (worlds in each draw: {found['worlds']}, the same luck on "
        "both sides):\n\n"
        + markdown.table(["use", "averted", "averts in"], worlds)
        + "\nWithout a cost in the catalogue, so that equal spending says nothing of them: "
        + "; ".join(f"{row['scenario']} {_percent(row['own_money'], base)}" for row in found["free"])
        + ".\n"
    )


def _ranking(ranking: dict[str, Any]) -> str:
    places = "; ".join(f"{name} {100 * part:.0f} %" for name, part in ranking["in_the_first_three"].items())
    return (
        "## In what share of the plausible space does that ranking hold?\n\n"
        f"**The three are the first three, in this order, in {_part(ranking['same_order'])} of draws; in any order in "
        f"{_part(ranking['same_three'])}.** The first is first of all in {_part(ranking['first_is_first'])}. Among "
        f"themselves the three keep their order in {_part(ranking['among_themselves'])}. Among the first three are: "
        f"{places}.\n"
    )


def _information(found: dict[str, Any]) -> str:
    info, base = found["information"], found["baseline_person_months"]
    rows = [
        [f"survey of {int(n):,} people", number(row["mean"]), f"{number(row['low'])} to {number(row['high'])}"]
        for n, row in info["surveys"].items()
    ]
    rows += [[f"knowing {name}", number(value), "-"] for name, value in info["inputs"].items()]
    half = info["evpi_of_halves"]
    low = "" if half is None else f"between {number(max(half, 0.0))} and "
    beyond = any(row["mean"] > info["by_chance"] for row in info["surveys"].values())
    verdict = (
        "more than chance makes of a number that says nothing"
        if beyond
        else (
            "no more than chance makes of a number that says nothing, so no value of a survey for this choice was found"
        )
    )
    return (
        "## What is a survey worth?\n\n"
        "To a donor who chooses once among doing nothing new, the three and their pairs, all for the same money, by "
        f"person-months averted. Chosen now: {info['chosen_now']}, {number(info['worth_of_the_choice'])} person-months "
        f"averted on average ({100 * info['worth_of_the_choice'] / base:.2f} %). Knowing every input would add {low}"
        f"{number(info['evpi'])}. **A survey adds {number(max(r['mean'] for r in info['surveys'].values()))} person-months "
        f"at most: {verdict}** ({number(info['by_chance'])} in one of twenty). A survey costs "
        f"US${info['cost_of_a_survey']:,.0f} (assumption).\n\n"
        + markdown.table(["information", "person-months", "90 % of surveys"], rows)
        + "\nAnswers are taken to be true and people to be asked at random. What a survey does to the beliefs of donors, "
        "year after year, is another question: `cyclesim experiment` has it.\n"
    )


def _figure(value: float | None) -> str:
    return "-" if value is None or not math.isfinite(value) else f"{value:.3f}"


def _ends(ends: dict[str, float]) -> str:
    return f"{_figure(ends['low'])} to {_figure(ends['high'])}"


def _percent(row: dict[str, float], base: float) -> str:
    mean, low, high = (100 * row[key] / base for key in ("mean", "low", "high"))
    return f"{mean:.2f} % ({low:.2f} to {high:.2f})"


def _part(part: dict[str, float]) -> str:
    return f"{100 * part['share']:.0f} % (95 %: {100 * part['low']:.0f} to {100 * part['high']:.0f})"


if __name__ == "__main__":
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    main()
