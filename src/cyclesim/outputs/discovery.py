"""What is said of where something fails."""

from __future__ import annotations

from typing import Any

from cyclesim.analysis.discovery import Discovery
from cyclesim.outputs import text
from cyclesim.outputs.printed import assumptions


def sentence(found: Discovery) -> str:
    """Return the finding in one sentence."""
    box = found.box
    if not box.restrictions:
        return f"{found.scenario} fails ({found.rule}) in {text.percent(box.base)} of the draws, nowhere in particular"
    return f"{found.scenario} fails ({found.rule}) where {box}"


def as_text(found: Discovery, about: dict[str, Any]) -> str:
    """Return where something fails, as text."""
    box = found.box
    lines = [f"{sentence(found)}.\n"]
    if box.restrictions:
        lines += [
            f"There {text.percent(box.density)} of {box.inside:,} draws fail, against {text.percent(box.base)} of all "
            f"{box.draws:,}; {text.percent(box.coverage)} of all failures are there.",
            *(f"  {r}   (by chance: {r.chance:.1g})" for r in box.restrictions),
        ]
        lines += ["\nThe same as a tree:", found.tree]
    lines.append(
        f"\nSimulated worlds, not observations (hash {about['hash']}): a description of these draws, not a cause. "
        f"{assumptions(about)}"
    )
    return "\n".join(lines)
