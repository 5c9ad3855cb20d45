"""The question how many people there are, those on no list included; asked of a table, not of the model."""

import shlex
from collections.abc import Mapping
from typing import Any

from cyclesim.estimation.histories import COUNT
from cyclesim.estimation.methods import Options
from cyclesim.questions.asking import Question
from cyclesim.questions.estimate import compute, draw, tell
from cyclesim.questions.estimate.compute import Estimates
from cyclesim.runs import folder
from cyclesim.worlds.fingerprint import fingerprint

__all__ = ["Estimates", "estimates"]


def _manifest(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the manifest: the table itself, and what is asked."""
    table, own = asked["counts"], {name: asked[name] for name in ("method", "order", "replicates", "seed")}
    histories = [{"history": list(one), "count": people} for one, people in sorted(table.counts.items())]
    content = {"kind": "estimate", "fingerprint": fingerprint().to_dict(), **own}
    content |= {"lists": list(table.lists), "histories": histories}
    about = {"hash": folder.hashed(content), **content}
    return folder.derived(about, "estimate", own, compute.__name__)


def _again(asked: Mapping[str, Any]) -> str:
    """Return the command line that asks the same."""
    table, replicates = asked["counts"], asked["replicates"]
    typed = {
        "--method": asked["method"],
        "--order": "" if asked["order"] == Options.order else asked["order"],
        "--lists": ",".join(table.lists) if table.left_out else "",
        "--count": "" if asked["count"] == COUNT else asked["count"],
        "--interval bootstrap --replicates": replicates or "",
        "--seed": asked["seed"] if replicates else "",
    }
    words = [f"{option} {shlex.quote(str(value))}" for option, value in typed.items() if value != ""]
    return " ".join(["cyclesim estimate", shlex.quote(table.name if table.source else table.title), *words])


estimates = Question(
    "estimate", compute.estimates, tell.tell, draw.draw, {}, manifest=_manifest, again=_again,
    read=lambda asked: compute.table_of(asked["counts"], asked["lists"], asked["count"]),
)  # fmt: skip
