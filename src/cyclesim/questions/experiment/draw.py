"""The picture of an experiment: what each arm averts."""

from matplotlib.figure import Figure

from cyclesim.charts.dots import Dot, chart
from cyclesim.outputs.finding import Finding
from cyclesim.outputs.printed import credit
from cyclesim.questions.experiment.compute import TARGET, Experiment


def draw(found: Experiment, finding: Finding) -> dict[str, Figure]:
    """Return the person-months that each arm averts, with where its worlds lie."""
    effects = {arm: readings[TARGET].spread for arm, readings in found.effects.items()}
    dots = [Dot(arm, effect.mean, effect.low, effect.high) for arm, effect in effects.items()]
    who = "expected values" if found.twin else f"mean (dot) and {next(iter(effects.values())).who} (line)"
    caption = credit(found.simulated.scenarios.values(), finding.cautions[0])
    subtitle = f"Person-months of exploitation averted against {found.baseline}: {who}"
    return {"experiment": chart(dots, finding.headline, subtitle, caption)}
