"""What the report says of each kind of results."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from cyclesim.errors import FolderError
from cyclesim.outputs.report import Report
from cyclesim.outputs.reports import analyses, simulated, unknowns
from cyclesim.runs.seals import read_manifest

_KINDS: dict[str, Callable[[Path, dict[str, Any]], Report]] = {
    "run": simulated.run,
    "comparison": simulated.comparison,
    "sweep": simulated.sweep,
    "loop": analyses.loop,
    "portfolio": analyses.portfolio,
    "regimes": unknowns.regimes,
    "sensitivity": unknowns.sensitivity,
    "discovery": unknowns.discovery,
    "calibration": unknowns.calibration,
    "match": unknowns.match,
    "voi": unknowns.voi,
}


def report(place: str | Path) -> Report:
    """Return what there is to say of a folder of results.

    Raises
    ------
    FolderError
        If the folder holds no results, or results without an interval that covers the inputs.
    """
    place = Path(place)
    about = read_manifest(place)
    kind = str(about.get("kind", ""))
    if kind in _KINDS:
        return _KINDS[kind](place, about)
    raise FolderError(f"{place} holds results of a kind that no report is written of ({kind or 'unknown'})")
