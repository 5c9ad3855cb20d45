"""What is printed of an experiment: a table of its arms, and an answer no bolder than the worlds allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cyclesim.inputs.experiments import Experiment
from cyclesim.outputs import text
from cyclesim.outputs.printed import aligned, covering
from cyclesim.outputs.text import number
from cyclesim.vocabulary import Payer

if TYPE_CHECKING:
    from cyclesim.analysis.experiments import Outcome, Reading

_TARGET = "person_months_exploited"
_HEAD = [
    "mean of worlds (interval)",
    "person-months averted",
    "in the last 24 months",
    "people identified",
    "coverage, points",
    "spent per million and year",
    "carried out",
]
_EQUAL = (
    "Equal spending: interventions are paid out of donors' money. What arms spend differs by what the cycle does to "
    "giving, and by what is still in the purse at the end."
)


def listed(experiment: Experiment) -> str:
    """Return an experiment as an entry of a list."""
    paid = "out of donors' money" if experiment.paid_by is Payer.DONORS else "on top of donors' money, if at all"
    return (
        f"{experiment.name}\n  {experiment.question}\n"
        f"  {experiment.baseline} against {', '.join(experiment.arms)}\n  interventions are paid {paid}"
    )


def told(outcome: Outcome, command: str) -> str:
    """Return the outcome of an experiment as text.

    Parameters
    ----------
    command
        What reproduces it.
    """
    experiment = outcome.experiment
    rows = [_row(outcome, arm, number_) for number_, arm in enumerate(experiment.arms)]
    base = number(outcome.comparison.spending[0].baseline)
    blocks = [
        f"{experiment.title} ({experiment.name})\n{experiment.question}",
        "\n".join(aligned([_HEAD, ["baseline: " + experiment.baseline, "", "", "", "", base, ""], *rows])),
        *(["\n".join(_read(reading) for reading in outcome.readings)] if outcome.readings else []),
        f"Answer of the model: {answer(outcome)}",
        *([_EQUAL] if any(account.equal for account in outcome.comparison.spending) else []),
        *([f"Note: {experiment.note}."] if experiment.note else []),
        _worlds(outcome),
        f"Reproduce: {command}",
    ]
    return "\n\n".join(blocks)


def answer(outcome: Outcome) -> str:
    """Return the answer in a sentence or two; what the worlds leave open is called so."""
    if outcome.comparison.ensemble.worlds == 1 and outcome.comparison.ensemble.engine != "twin":
        return "none from one world; ask for more replications."
    if outcome.experiment.reading == "joint":
        return f"{_clear(outcome)} {_joint(outcome.readings[0])}"
    if outcome.experiment.reading == "best":
        return _best(outcome)
    if outcome.experiment.reading == "rise":
        return _rise(outcome)
    return f"{_clear(outcome)} {_outliving(outcome)}"


def _worlds(outcome: Outcome) -> str:
    ensemble = outcome.comparison.ensemble
    if ensemble.engine == "twin":
        return (
            "Expected values of the model's twin: no luck, so every difference is there, however small; what nobody "
            "knows about the inputs is not in it. A model, not observations."
        )
    if ensemble.worlds == 1:
        return f"One simulated world, not observations (seed {ensemble.seed}): another seed gives another one."
    return (
        f"Simulated worlds, not observations (seed {ensemble.seed}). {covering(ensemble.worlds, 1)} They cover luck "
        "only, not what nobody knows about the inputs."
    )


def _row(outcome: Outcome, arm: str, place: int) -> list[str]:
    effects, account = outcome.effects[arm], outcome.comparison.spending[place]
    points = effects["coverage"]
    return [
        arm,
        _interval(effects[_TARGET]),
        _interval(effects["late"]),
        _interval(effects["identified"]),
        _interval(points, 100),
        number(account.counterfactual),
        text.percent(account.carried_out),
    ]


def _interval(reading: Reading, factor: float = 1.0) -> str:
    mean, found = number(factor * reading.mean), reading.spread
    if found.worlds == 1:
        return mean
    return f"{mean} ({number(factor * found.low)} to {number(factor * found.high)})"


def _read(reading: Reading) -> str:
    found = reading.spread
    mean = "" if found.worlds == 1 else f"; 95 % of the mean {number(found.mean_low)} to {number(found.mean_high)}"
    return f"{reading.name}: {_interval(reading)}{mean}"


def _clear(outcome: Outcome) -> str:
    """Say which arms clearly avert or add exploitation, the largest first."""
    ordered = sorted(outcome.effects.items(), key=lambda item: -item[1][_TARGET].mean)
    better = [arm for arm, effects in ordered if effects[_TARGET].clear and effects[_TARGET].mean > 0]
    worse = [arm for arm, effects in ordered if effects[_TARGET].clear and effects[_TARGET].mean < 0]
    open_ = [arm for arm, effects in ordered if not effects[_TARGET].clear]
    parts = [
        *([f"falls with {_then(better)}"] if better else []),
        *([f"rises with {', '.join(worse)}"] if worse else []),
        *([f"differs not clearly with {', '.join(open_)}"] if open_ else []),
    ]
    return f"exploitation {'; '.join(parts)}."


def _then(arms: list[str]) -> str:
    return arms[0] if len(arms) == 1 else f"{arms[0]} most, then {', '.join(arms[1:])}"


def _outliving(outcome: Outcome) -> str:
    """Say which effects are there in the last months."""
    lasting = [arm for arm, effects in outcome.effects.items() if effects["late"].clear and effects["late"].mean > 0]
    if not lasting:
        return "In the last 24 months no arm clearly has fewer people in exploitation."
    return f"In the last 24 months fewer people are in exploitation with {', '.join(lasting)}."


def _joint(reading: Reading) -> str:
    size = f"{number(abs(reading.mean))} person-months ({_ends(reading)})"
    if not reading.clear:
        return (
            f"Together they avert neither clearly more nor clearly less than the sum of each alone: {_ends(reading)}."
        )
    return f"Together they avert {'more' if reading.mean > 0 else 'less'} than the sum of each alone, by about {size}."


def _ends(reading: Reading) -> str:
    found = reading.spread
    return "one value" if found.worlds == 1 else f"{found.who}: {number(found.low)} to {number(found.high)}"


def _best(outcome: Outcome) -> str:
    best, ends = outcome.best, (outcome.experiment.arms[0], outcome.experiment.arms[-1])
    unclear = [reading.name.split(" in ", 1)[1].split(" than ")[0] for reading in outcome.readings if not reading.clear]
    place = "at an end of what was tried" if best in ends else "between the ends of what was tried"
    tie = f", not clearly better than {', '.join(unclear)}" if unclear else ", clearly better than all others"
    return f"the fewest person-months are in {best}, {place}{tie}."


def _rise(outcome: Outcome) -> str:
    base, *others = outcome.readings
    parts = [f"{arm} {_by_points(reading)}" for arm, reading in zip(outcome.experiment.arms, others, strict=True)]
    return (
        f"identifications 11 to 13 months after the shock change by {text.percent(base.mean)} against the year before "
        f"it in {outcome.experiment.baseline}. Against this: {'; '.join(parts)}. An explanation counts as far as its "
        "removal moves the change."
    )


def _by_points(reading: Reading) -> str:
    if not reading.clear:
        return "no clear difference"
    return f"{text.points(abs(reading.mean))} {'more' if reading.mean > 0 else 'less'}"
