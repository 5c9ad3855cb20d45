"""What came of checking results, as text and as JSON types."""

from __future__ import annotations

from typing import Any

from cyclesim.runs.verify import Verified


def as_json(found: Verified) -> dict[str, Any]:
    """Return everything as JSON types."""
    return {
        "place": str(found.place),
        "kind": found.kind,
        "good": found.good,
        "made_by": found.made_by.to_dict() if found.made_by else None,
        "here": found.here.to_dict(),
        "files": found.files,
        "problems": found.problems,
        "unlisted": found.unlisted,
        "runs": found.runs,
        "replayed": found.replayed,
        "seed": found.seed,
    }


def as_text(found: Verified) -> str:
    """Return what was checked, what is wrong, and what that does not show."""
    lines = [f"{found.place}: {found.kind or 'no results that can be read'}" + _made_by(found)]
    lines.append(f"{found.files:,} files are as they were written.")
    if found.runs:
        again = "run" if found.runs == 1 else "runs"
        which = f" (--seed {found.seed} chooses the same ones)" if found.replayed < found.runs else ""
        lines.append(f"{found.replayed:,} of {found.runs:,} {again} simulated again{which}.")
    elif found.kind:
        lines.append("No run was simulated again: these are results of an analysis; log.json names its command.")
    if found.unlisted:
        lines.append(f"Not looked at, since no checksum speaks of it: {', '.join(found.unlisted[:5])}")
    lines += [f"WRONG: {problem}" for problem in found.problems[:20]]
    if len(found.problems) > 20:
        lines.append(f"WRONG: and {len(found.problems) - 20:,} more")
    if found.good:
        same = "Every bit of what was simulated again is as stored. " if found.replayed else ""
        lines.append(f"{same}Nothing is wrong.")
    return "\n".join(lines)


def _made_by(found: Verified) -> str:
    if found.made_by is None:
        return ""
    if found.made_by.equals(found.here):
        return f", made by {found.made_by}, which is this code"
    others = " and in ".join(found.made_by.differences(found.here))
    return f", made by {found.made_by}. This is {found.here}; they differ in {others}"
