"""Pictures of a comparison: the difference and the cycle over time, or over worlds; and what it depends on."""

from matplotlib.figure import Figure

from cyclesim.analysis.compare import Comparison, spread_of
from cyclesim.charts import pictures
from cyclesim.charts.dots import Dot, chart
from cyclesim.measures import EVERY
from cyclesim.outputs.finding import Finding
from cyclesim.outputs.printed import credit
from cyclesim.questions.compare.tell import DRAWN, MOST_INPUTS, covers, leading, more
from cyclesim.text import plain


def draw(result: Comparison, finding: Finding) -> dict[str, Figure]:
    """Return lines over time where months are kept, else a dot for each counterfactual; and the strongest inputs."""
    if not result.counterfactuals:
        return {}
    if result.ensemble.months.empty:
        kept = [m for m in DRAWN if m in result.ensemble.measures]
        found = {measure: _dots(result, measure) for measure in kept}
    else:
        cycle = pictures.cycle(result.ensemble, result.baseline)
        averted = pictures.difference(result.ensemble, result.baseline, result.first_change, "exploited")
        found = {"difference": averted, "cycle": cycle}
    return {**found, **_depends(result)}


def _dots(result: Comparison, measure: str) -> Figure:
    """Return the paired difference of each counterfactual in a total."""
    runs, named = result.ensemble, pictures.titles(result.ensemble.scenarios)
    spreads = {named[name]: spread_of(rows[measure]) for name, rows in result.by_measure.items()}
    words, sign = EVERY[measure].title, "averted" if EVERY[measure].averted else "more"
    clear = [label for label, found in spreads.items() if found.clear]
    return chart(
        [Dot(label, found.mean, found.low, found.high) for label, found in spreads.items()],
        f"A clear difference in {words}: {', '.join(clear)}" if clear else f"No clear difference in {words}",
        f"{words}: {sign} beside the baseline; dot: mean, line: {next(iter(spreads.values())).who}",
        credit(runs.scenarios.values(), covers(runs)),
    )


def _depends(result: Comparison) -> dict[str, Figure]:
    """Return the inputs with which what is averted goes most; nothing if none stands out."""
    name = leading(result)
    found = result.dependences(name)
    shown = [one for one in found if one.clear][:MOST_INPUTS]
    if not shown:
        return {}
    figure = chart(
        [Dot(plain(one.name), one.correlation, one.low, one.high) for one in shown],
        f"The larger {plain(shown[0].name)}, the {more(shown[0])} is averted",
        f"{pictures.titles(result.ensemble.scenarios)[name]}: rank correlation over draws of what is averted with each "
        "input, and its 95 % interval",
        credit(
            result.ensemble.scenarios.values(),
            f"Those that chance would hardly bring up among the {len(found)} that were drawn.",
        ),
    )
    return {"depends": figure}
