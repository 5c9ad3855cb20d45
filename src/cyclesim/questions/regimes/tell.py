"""What is said of regimes."""

import math

from cyclesim import text
from cyclesim.analysis.regimes import AMPLIFIES, DRIFTS, HIGH, RUN_DOWN, Equilibria
from cyclesim.outputs.finding import Finding, Table, caveats, titles
from cyclesim.questions.regimes.compute import Regimes

THRESHOLDS = (
    f"Thresholds are ours: an amplifier has a gain of {AMPLIFIES:g} to 1, funding is high from {text.percent(HIGH)} of "
    "what is asked for, two states differ by 10 % after decades, funding has run down below "
    f"{text.percent(RUN_DOWN)} of what donors give who correct for how few are found, and drifts if it moves "
    f"{text.percent(DRIFTS)} in five years."
)


def tell(found: Regimes) -> Finding:
    """Say what kind of loop there is: over draws, along parameters, or at the default inputs."""
    at_defaults = f"At the default inputs: {found.default.regime}. {_states(found.default)}"
    lacks = (
        f"the regime at the default inputs only, and a report needs an interval: cyclesim regimes "
        f"{found.scenario.name} --draws 40 --out FOLDER"
    )
    pushes = [
        f"Out of the trap: {text.number(push)} times the coverage wanted, for {length} years."
        for length, push in found.pushes.items()
    ]
    return Finding(
        kind="Regimes",
        title=titles([found.scenario]),
        question="Where does funding come to rest, and does it matter where it begins?",
        answer=_answer(found) or at_defaults,
        details=[*([at_defaults] if found.points else []), *pushes],
        tables=[_table(found)] if found.points else [],
        cautions=[THRESHOLDS, *caveats([found.scenario])],
        lacks="" if found.points else lacks,
    )


def _answer(found: Regimes) -> str:
    if not found.points:
        return ""
    if not found.along:
        shares = [f"{regime} in {text.percent(share)} ({text.percent(low)} to {text.percent(high)})"
                  for regime, (share, low, high) in found.shares().items() if share]  # fmt: skip
        return f"Over {len(found.points)} draws of the inputs it is {text.listed(shares)}."
    name = text.plain(found.along[0])
    turns = [
        f"Between {name} {text.number(low)} and {text.number(high)} it turns from {below} to {above}."
        for low, high, below, above in found.tipping()
    ]
    kinds = sorted({str(rest.regime) for rest in found.rests})
    over = text.listed([text.plain(name) for name in found.along])
    return " ".join(turns) or f"It is {' or '.join(kinds)} over the whole range of {over}."


def _states(rest: Equilibria) -> str:
    number = "Two states: funding comes to rest at" if rest.two else "One state: funding comes to"
    said = (
        f"{number} {text.percent(rest.poor)} of what is asked for after a poor past, {text.percent(rest.rich)} after "
        "a rich one."
    )
    if not math.isnan(rest.corrected):
        said += f" With donors who correct for how few are found it comes to {text.percent(rest.corrected)}."
    if rest.drift > DRIFTS:
        said += f" It has not come to rest: it still moves by {text.percent(rest.drift)} in five years."
    return said


def _table(found: Regimes) -> Table:
    """Return the regimes along parameters, or their shares of the draws."""
    if not found.along:
        rows = [
            [name, text.percent(share), f"{text.percent(low)} to {text.percent(high)}"]
            for name, (share, low, high) in found.shares().items()
        ]
        return Table("Share of draws in each regime", ["regime", "share of draws", "95 %"], rows, beside="regimes")
    numbers = found.table[[*found.along, "poor", "rich", "corrected", "gain"]].to_numpy(dtype=float)
    rows = [[*map(text.number, row), str(rest.regime)] for row, rest in zip(numbers, found.rests, strict=True)]
    head = [*map(text.plain, found.along), "poor past", "rich past", "corrected", "gain", "regime"]
    return Table("Coverage of the ask at which funding comes to rest", head, rows, beside="regimes")
