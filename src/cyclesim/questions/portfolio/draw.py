"""The picture of the uses of a sum."""

from matplotlib.figure import Figure

from cyclesim.charts.dots import Dot, chart
from cyclesim.outputs.finding import Finding
from cyclesim.outputs.printed import credit
from cyclesim.questions.portfolio.compute import NOW, Portfolio
from cyclesim.questions.portfolio.tell import FRONT, amount, over


def draw(found: Portfolio, finding: Finding) -> dict[str, Figure]:
    """Return what each use averts: mean and interval over draws, or the value at the defaults without draws."""
    by = "mean" if found.draws else "averted"
    dots = [
        Dot(row["use"], row[by], row["low"], row["high"], row["use"] == NOW, row["front"] or not found.draws)
        for row in found.table.to_dict("records")
    ]
    spread = f"mean, and {over(found)}" if found.draws else "at the default inputs"
    subtitle = f"Person-months of exploitation averted by {amount(found)}: {spread}"
    more = f"{found.draws} draws of the inputs; uses were chosen at the default inputs. Filled: on the front, {FRONT}."
    caption = credit([found.scenario], more if found.draws else "Twin, at the default inputs.")
    return {"portfolio": chart(dots, finding.headline, subtitle, caption)}
